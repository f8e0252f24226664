using System.CommandLine;
using System.Globalization;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Modules.Retention;

namespace Anhu.Commands;

/// <summary><c>anhu retention …</c>: what is due, held and deleted. What is deleted two people decide on the page; the command line only stops it.</summary>
internal static class RetentionCommands
{
    private const int Page = 200;

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output." };

    public static Command Create() => new("retention", "Retention terms, legal holds and deletions.") { Check(), List(), Hold(), Run() };

    private static Command Check()
    {
        var file = new Argument<string>("FILE") { Description = "A document of retention terms, as in data/retention." };
        var command = new Command("check", "Names every fault of a document with its line.") { file };
        command.SetAction(async (parsed, ct) =>
        {
            var path = parsed.GetRequiredValue(file);
            try
            {
                var policy = RetentionPolicy.Parse(await File.ReadAllTextAsync(path, ct), path);
                await Console.Out.WriteLineAsync($"{path}: good; {policy.Terms.Count} terms, version {policy.Version}");
                return 0;
            }
            catch (RuleDocumentException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 1;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FormatException(e.Message, e);
            }
        });
        return command;
    }

    private static Command List()
    {
        var what = new Argument<string>("WHAT") { Description = "due, held, waiting or deleted." };
        what.AcceptOnlyFromAmong("due", "held", "waiting", "deleted");
        var command = new Command("list", "Lists cases that are due, held, being decided or deleted: numbers and days, nothing of their content.") { what, Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var desk = services.GetRequiredService<RetentionDesk>();
                var rows = parsed.GetRequiredValue(what) switch
                {
                    "due" => (await DueAsync(desk, ct)).ConvertAll(c => new ListedCase(c.CaseNumber, c.Cases, c.Class, c.DueOn, c.Term.TermId, null, null)),
                    "held" => [.. (await desk.HeldAsync(null, Page, ct)).Select(h => new ListedCase(h.CaseNumber, 1, null, h.Hold.UntilOn, null, "held", h.Hold.PlacedAt))],
                    "waiting" => await DeletionsAsync(desk, [DeletionState.Proposed, DeletionState.Confirmed], ct),
                    _ => await DeletionsAsync(desk, [DeletionState.Done], ct),
                };
                foreach (var row in rows)
                {
                    await (parsed.GetValue(Json) ? CommandHost.WriteJsonAsync(row) : Console.Out.WriteLineAsync(row.Line));
                }

                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Hold()
    {
        var number = new Argument<string>("CASE") { Description = "The case's number." };
        var reason = new Option<string>("--reason") { Description = "Why, such as which authority needs the case; sealed.", HelpName = "TEXT", Required = true };
        var until = new Option<string?>("--until") { Description = "The last day, such as 2027-06-30; open without it.", HelpName = "DATE" };
        var command = new Command("hold", "Places a legal hold. It is released on the page.") { number, reason, until };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                DateOnly? day = parsed.GetValue(until) is { } text
                    ? DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : throw new FormatException("--until takes a day such as 2027-06-30.")
                    : null;
                var held = await services.GetRequiredService<RetentionDesk>().HoldAsync(parsed.GetRequiredValue(number), parsed.GetRequiredValue(reason), day, null, ct);
                if (!held.IsOk)
                {
                    return await CommandFailures.ReportAsync(held.Failure);
                }

                await Console.Out.WriteLineAsync("The case is held.");
                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Run()
    {
        var command = new Command("run", "Deletes now what two people have confirmed, instead of waiting for the running platform. Can be interrupted at any time.");
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var done = await services.GetRequiredService<RetentionKeeper>().RunAsync(ct);
                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{done} deletion(s) done."));
                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static async Task<List<DueCase>> DueAsync(RetentionDesk desk, CancellationToken ct)
    {
        var due = new List<DueCase>();
        for (long? after = 0; after is { } from;)
        {
            var page = await desk.DueAsync(null, from, Page, ct);
            due.AddRange(page.Cases);
            after = page.Next;
        }

        return due;
    }

    private static async Task<List<ListedCase>> DeletionsAsync(RetentionDesk desk, DeletionState[] states, CancellationToken ct) =>
        [.. (await desk.DeletionsAsync(null, states, int.MaxValue, ct)).Select(d => new ListedCase(
            d.CaseNumber, d.Cases.Count, d.Class, d.DueOn, d.TermId, d.State.ToString().ToLowerInvariant(), d.EndedAt ?? d.ConfirmedAt ?? d.ProposedAt))];

    private sealed record ListedCase(string CaseNumber, int Cases, int? Class, DateOnly? Until, string? Term, string? State, DateTimeOffset? At)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public string Line => string.Join("  ", ((string?[])
        [
            CaseNumber, Class is { } c ? string.Create(CultureInfo.InvariantCulture, $"class {c}") : null, Until is { } day ? $"until {day:O}" : null, Term, State,
            At is { } at ? at.ToString("u", CultureInfo.InvariantCulture) : null, Cases > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Cases} cases together") : null,
        ]).OfType<string>());
    }
}
