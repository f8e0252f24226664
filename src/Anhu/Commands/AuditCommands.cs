using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Audit;
using Anhu.Modules.Timeline;

namespace Anhu.Commands;

/// <summary><c>anhu audit</c>: the record of what was done and of what was seen.</summary>
internal static class AuditCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output." };

    private static readonly Option<string[]> Known = new("--checkpoint")
    {
        Description = "File with checkpoints that were kept outside of the store (anhu audit checkpoint); what does not agree with them was changed since.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Create() => new("audit", "The record of what was done and of what was seen.") { Verify(), Checkpoint(), Export(), Archive() };

    private static Command Verify()
    {
        var file = new Option<string?>("--file") { Description = "Check a file that export or archive wrote, instead of the store. An export needs neither store nor keys.", HelpName = "FILE" };
        var command = new Command(
            "verify",
            "Checks that nothing in the record was changed, taken out, put in or moved, and that it agrees with its signed checkpoints. "
            + "Prints the hashes at its ends: noted outside of the store, they show a record that was cut.")
        {
            file, Known, Json,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var known = (parsed.GetValue(Known) ?? []).SelectMany(Read).ToList();
            if (parsed.GetValue(file) is { } path)
            {
                return await ReportAsync(await CheckAsync(parsed, Path.GetFullPath(path), known, ct), parsed.GetValue(Json));
            }

            return await CommandHost.RunAsync(
                parsed,
                async services =>
                {
                    var check = await CommandProgress.RunAsync(report =>
                        services.GetRequiredService<VerifyAudit>().RunAsync(known, report is null ? null : (done, of) => report("Reading the record", done, of), ct));
                    var code = await ReportAsync(check, parsed.GetValue(Json));
                    await services.GetRequiredService<VerifyTimeline>().RecordAsync(check.Record!, check.Views, check.CheckpointFaults.Count, ct);
                    return code;
                },
                ct,
                Migrator.RequireWithoutKeysAsync);
        });
        return command;
    }

    private static Command Checkpoint()
    {
        var output = new Option<string?>("--out") { Description = "Add it to this file instead of writing it to standard output.", HelpName = "FILE" };
        var command = new Command(
            "checkpoint",
            "Signs where the record ends now, as a line of JSON to be published or given to another agency. Whoever has it can prove any later change of what came before.")
        {
            output,
        };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var (checkpoint, _) = await services.GetRequiredService<Checkpoints>().MakeAsync(ct);
                var line = JsonSerializer.Serialize(checkpoint, JsonText.Options);
                await (parsed.GetValue(output) is { } path ? File.AppendAllTextAsync(path, line + "\n", ct) : Console.Out.WriteLineAsync(line));
                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Export()
    {
        var output = new Option<string>("--out") { Description = "The file to write.", HelpName = "FILE", Required = true };
        var command = new Command(
            "export",
            "Writes the record with its checkpoints to a file of JSON lines that anyone can check without the store. What workers wrote in their own words stays sealed in it.")
        {
            output, Json,
        };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(output));
                var (events, views) = await CommandProgress.RunAsync(async report =>
                {
                    await using var file = new FileStream(path, FileMode.CreateNew);
                    var written = await services.GetRequiredService<ExportAudit>().RunAsync(file, report is null ? null : (done, of) => report("Writing the record", done, of), ct);
                    file.Flush(flushToDisk: true);
                    return written;
                });
                await (parsed.GetValue(Json)
                    ? CommandHost.WriteJsonAsync(new { File = path, Events = events, Views = views })
                    : Console.Out.WriteLineAsync($"Wrote {events} events and {views} views to {path}."));
                return 0;
            },
            ct,
            Migrator.RequireWithoutKeysAsync));
        return command;
    }

    private static Command Archive()
    {
        var output = new Option<string>("--out") { Description = "The folder that takes the file.", HelpName = "DIR", Required = true };
        var before = new Option<string?>("--before")
        {
            Description = $"Only what was seen before this day, such as 2024-01-01; at the latest {ArchiveViews.Years} years ago, which is also the default.", HelpName = "DATE",
        };
        var command = new Command(
            "archive",
            $"Moves what was seen more than {ArchiveViews.Years} years ago out of the store into a sealed file. The chain goes on after it; check the file with anhu audit verify --file.")
        {
            output, before, Json,
        };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                DateTimeOffset? day = parsed.GetValue(before) is { } text
                    ? DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                        ? services.GetRequiredService<Anhu.Modules.Playbooks.RuleBook>().Clock.Zone.StartOf(date)
                        : throw new FormatException("--before takes a day such as 2024-01-01.")
                    : null;
                var result = await CommandProgress.RunAsync(report => services.GetRequiredService<ArchiveViews>().RunAsync(
                    Path.GetFullPath(parsed.GetRequiredValue(output)), day, report is null ? null : (done, of) => report("Archiving", done, of), ct));
                if (!result.IsOk)
                {
                    return await CommandFailures.ReportAsync(result.Failure);
                }

                await (parsed.GetValue(Json)
                    ? CommandHost.WriteJsonAsync(result.Value)
                    : Console.Out.WriteLineAsync(result.Value.Path is { } path ? $"Moved {result.Value.Views} views to {path}. Keep the file: it is the only copy." : "Nothing is old enough."));
                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static IEnumerable<PublishedCheckpoint> Read(string path) => File.ReadLines(path).Where(l => !string.IsNullOrWhiteSpace(l))
        .Select(l => JsonSerializer.Deserialize<PublishedCheckpoint>(l, JsonText.Options) ?? throw new FormatException($"{path} holds no checkpoints."));

    private static async Task<AuditCheck> CheckAsync(ParseResult parsed, string path, IReadOnlyList<PublishedCheckpoint> known, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        if (!Anhu.Modules.Protection.SealedFile.IsSealed(file))
        {
            return await CommandProgress.RunAsync(report =>
                VerifyAudit.RunAsync(file, known, report is null ? null : (done, of) => report("Reading the file", done, of), ct));
        }

        await using var services = await CommandHost.OpenAsync(parsed, ct, Migrator.RequireAsync);
        return await services.GetRequiredService<ArchiveViews>().CheckAsync(path, known, ct);
    }

    private static async Task<int> ReportAsync(AuditCheck check, bool json)
    {
        if (json)
        {
            await CommandHost.WriteJsonAsync(check);
            return check.IsWhole ? 0 : 1;
        }

        foreach (var (name, part) in ((string, TimelineCheck?)[])[("record", check.Record), ("views", check.Views)])
        {
            foreach (var fault in part?.Faults ?? [])
            {
                await Console.Out.WriteLineAsync($"{name}\t{fault.Sequence}\t{fault.Kind}\t{Words(fault.Kind)}");
            }
        }

        foreach (var fault in check.CheckpointFaults)
        {
            await Console.Out.WriteLineAsync($"checkpoint\t{fault.At:O}\t{fault.Kind}\t{(fault.Kind == "signature" ? "Its signature is wrong." : $"The {fault.Kind} is not what was signed then.")}");
        }

        await Console.Out.WriteLineAsync(Ending("record", "events", check.Record));
        await Console.Out.WriteLineAsync(Ending("record of views", "views", check.Views));
        await Console.Out.WriteLineAsync(check.CheckpointFaults.Count == 0
            ? $"All {check.Checkpoints} checkpoints agree with it." : $"{check.CheckpointFaults.Count} of {check.Checkpoints} checkpoints do not agree with it.");
        return check.IsWhole ? 0 : 1;
    }

    private static string Ending(string chain, string items, TimelineCheck? check) => check switch
    {
        null => $"The file holds no {chain}.",
        { Faults.Count: 0 } => $"The {chain} is whole: {check.Events} {items}, the last is {check.LastSequence} with hash {check.LastHash}.",
        _ => $"The {chain} is not whole: {check.Faults.Count} faults in {check.Events} {items}.",
    };

    private static string Words(string kind) => kind switch
    {
        "changed" => "This event is not what was recorded.",
        "missing" => "An event is not there.",
        "moved" => "This event stands in the wrong place.",
        "unlinked" => "This event does not follow the one before it.",
        "head" => "The record does not end where the store says that it ends.",
        _ => "",
    };
}
