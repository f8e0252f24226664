using System.CommandLine;
using Anhu.Hosting;
using Anhu.Modules.Timeline;

namespace Anhu.Commands;

/// <summary><c>anhu audit verify</c>: reads the whole record and checks its chain.</summary>
internal static class AuditCommands
{
    public static Command Create() => new("audit", "The record of what was done.") { Verify() };

    private static Command Verify()
    {
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output." };
        var command = new Command(
            "verify",
            "Checks that no event of the record was changed, taken out, put in or moved. Prints the hash at its end: note it outside of the store, and a record that was cut shows too.")
        {
            json,
        };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var verify = services.GetRequiredService<VerifyTimeline>();
                var check = await CommandProgress.RunAsync(report =>
                    verify.RunAsync(report is null ? null : (done, of) => report("Reading the record", done, of), ct));
                await PrintAsync(check, parsed.GetValue(json));
                await verify.RecordAsync(check, ct);
                return check.Faults.Count == 0 ? 0 : 1;
            },
            ct,
            Migrator.RequireWithoutKeysAsync));
        return command;
    }

    private static async Task PrintAsync(TimelineCheck check, bool json)
    {
        if (json)
        {
            await CommandHost.WriteJsonAsync(check);
            return;
        }

        foreach (var fault in check.Faults)
        {
            await Console.Out.WriteLineAsync($"{fault.Sequence}\t{fault.Kind}\t{Words(fault.Kind)}");
        }

        await Console.Out.WriteLineAsync(check.Faults.Count == 0
            ? $"The record is whole: {check.Events} events, the last is {check.LastSequence} with hash {check.LastHash}."
            : $"The record is not whole: {check.Faults.Count} faults in {check.Events} events.");
    }

    private static string Words(string kind) => kind switch
    {
        "changed" => "This event is not what was recorded.",
        "missing" => "An event is not there.",
        "unlinked" => "This event does not follow the one before it.",
        "head" => "The record does not end where the store says that it ends.",
        _ => "",
    };
}
