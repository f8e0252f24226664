using System.CommandLine;
using System.Globalization;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Modules.DryRun;
using Anhu.Modules.Grading;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;
using Anhu.Web;
using Spectre.Console;

namespace Anhu.Commands;

/// <summary><c>anhu playbook …</c>: checks rule documents and tries changed ones on past alarms before they go live.</summary>
internal static class PlaybookCommands
{
    private const int MaxUnits = 30;

    public static Command Create() => new("playbook", "Checks policies and playbooks and tries them on past alarms.") { Check(), DryRun() };

    private static Command Check()
    {
        var files = new Argument<string[]>("FILE") { Description = "Grading policies, playbooks and holiday calendars.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Names every fault with its line.") { files };
        command.SetAction((parsed, ct) => CheckAsync(parsed, parsed.GetRequiredValue(files), ct));
        return command;
    }

    private static Command DryRun()
    {
        var policy = new Option<string?>("--policy") { Description = "A changed grading policy.", HelpName = "FILE" };
        var playbook = new Option<string?>("--playbook") { Description = "A changed playbook.", HelpName = "FILE" };
        var since = new Option<string?>("--since") { Description = "Count from this date on, such as 2026-01-01 (default: from the first alarm).", HelpName = "DATE" };
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output." };
        var command = new Command("dry-run", "Replays past alarms against changed rules and says what would change. Changes nothing.") { policy, playbook, since, json };
        command.SetAction((parsed, ct) => DryRunAsync(parsed, parsed.GetValue(policy), parsed.GetValue(playbook), parsed.GetValue(since), parsed.GetValue(json), ct));
        return command;
    }

    private static async Task<int> CheckAsync(ParseResult parsed, string[] files, CancellationToken ct)
    {
        var settings = AnhuApp.Configuration(CommonOptions.ToConfiguration(parsed)).GetSection("Anhu").Get<AnhuSettings>() ?? new AnhuSettings();
        var clock = new CityClock(CityZone.Of(settings.TimeZone), WorkCalendar.Load(Path.Combine(settings.Content, "calendar")));
        var isGood = true;
        foreach (var file in files)
        {
            var text = await ReadAsync(file, ct);
            try
            {
                await Console.Out.WriteLineAsync($"{file}: {Describe(text, file, clock)}");
            }
            catch (RuleDocumentException e)
            {
                isGood = false;
                await Console.Error.WriteLineAsync(e.Message);
            }
        }

        return isGood ? 0 : 1;
    }

    private static string Describe(string text, string file, CityClock clock)
    {
        if (text.Split('\n').Any(l => l.StartsWith("year:", StringComparison.Ordinal)))
        {
            return $"good; holidays of {string.Join(", ", WorkCalendar.Parse([(file, text)]).Years)}";
        }

        if (text.Split('\n').Any(l => l.Trim() == "kind: playbook"))
        {
            var playbook = Playbook.Parse(text, file, clock);
            return $"good; playbook {playbook.Version}, {playbook.Rules.Count} rules, {playbook.Kinds.Count} kinds of duties";
        }

        var policy = GradingPolicy.Parse(text, file, clock.Zone);
        return $"good; grading policy {policy.Version}, {policy.Rules.Count} rules";
    }

    private static async Task<int> DryRunAsync(ParseResult parsed, string? policy, string? playbook, string? since, bool json, CancellationToken ct)
    {
        if (policy is null && playbook is null)
        {
            throw new FormatException("Name a changed document: --policy FILE, --playbook FILE, or both.");
        }

        DateOnly? from = null;
        if (since is not null)
        {
            from = DateOnly.TryParseExact(since, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? date
                : throw new FormatException("--since takes a date such as 2026-01-01.");
        }

        var policyText = policy is null ? null : await ReadAsync(policy, ct);
        var playbookText = playbook is null ? null : await ReadAsync(playbook, ct);
        return await CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var book = services.GetRequiredService<RuleBook>();
                var changed = new RuleSet(
                    policyText is null ? book.Current.Policy : GradingPolicy.Parse(policyText, policy!, book.Clock.Zone),
                    playbookText is null ? book.Current.Playbook : Playbook.Parse(playbookText, playbook!, book.Clock));
                var progress = Console.IsErrorRedirected ? null : new Progress<int>(cases => Console.Error.Write($"\r{cases} cases"));
                var report = await services.GetRequiredService<PlaybookDryRun>().RunAsync(changed, from, progress, ct);
                if (progress is not null)
                {
                    await Console.Error.WriteLineAsync();
                }

                await (json ? CommandHost.WriteJsonAsync(report) : WriteAsync(report));
                return 0;
            },
            ct);
    }

    private static async Task<string> ReadAsync(string file, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllTextAsync(file, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{file} can't be read: {e.Message}");
        }
    }

    private static async Task WriteAsync(DryRunReport report)
    {
        await Console.Out.WriteLineAsync($"Policy:   {Versions(report.Policy)}");
        await Console.Out.WriteLineAsync($"Playbook: {Versions(report.Playbook)}");
        await Console.Out.WriteLineAsync($"{report.Cases} cases with {report.Incidents} incidents from {report.From:yyyy-MM-dd} to {report.To:yyyy-MM-dd}");
        if (report.EndlessCases > 0)
        {
            await Console.Out.WriteLineAsync($"{report.EndlessCases} cases never came to rest: a rule sets itself going without end. Their figures are cut off.");
        }

        if (report.IsSame)
        {
            await Console.Out.WriteLineAsync("Nothing would change.");
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 200;
        }

        var classes = Table("Class now", "Class then", "Cases", "For example");
        foreach (var row in report.Classes)
        {
            Row(classes, row.From, row.To, row.Cases, string.Join('\n', row.Samples.Take(3).Select(s => $"{s.CaseNumber}: {s.Reason.Zh} / {s.Reason.En}")));
        }

        console.Write(classes);
        var kinds = Table("Duties falling due", "", "Now", "Then", "Change");
        foreach (var row in report.Kinds)
        {
            Row(kinds, row.Title.Zh, row.Title.En, row.Before, row.After, $"{row.After - row.Before:+0;-0;0}");
        }

        console.Write(kinds);
        var changed = report.Units.Where(u => u.Before != u.After || u.DaysChanged > 0).ToList();
        var units = Table("Unit", "Code", "A day now", "A day then", "Busiest day now", "Busiest day then", "Days that change");
        foreach (var row in changed.Take(MaxUnits))
        {
            Row(
                units, row.Name ?? $"{row.Agency} at {row.Level}", row.Unit ?? "", Number(row.BeforePerDay), Number(row.AfterPerDay), row.BusiestBefore, row.BusiestAfter,
                row.DaysChanged);
        }

        console.Write(units);
        if (changed.Count > MaxUnits)
        {
            await Console.Out.WriteLineAsync($"… and {changed.Count - MaxUnits} more units; --json has all of them, and every day.");
        }
    }

    private static string Versions(DryRunVersions versions) =>
        versions.Before == versions.After ? $"{versions.Before} (same version)" : $"{versions.Before} -> {versions.After}";

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)));
        }

        return table;
    }

    private static void Row(Table table, params object[] cells) =>
        table.AddRow([.. cells.Select(c => new Text(Convert.ToString(c, CultureInfo.InvariantCulture) ?? ""))]);
}
