using System.CommandLine;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Modules.Backup;
using Anhu.Web;

namespace Anhu.Commands;

/// <summary><c>anhu backup</c> and <c>anhu restore</c>: the whole city as one file, the same for every database.</summary>
internal static class BackupCommands
{
    private const string Guard = "It is sealed: it opens with the city key, or with what is given here for recovery.";

    private static readonly Option<string?> RecoveryKey = new("--recovery-key")
    {
        Description = "PEM file: for backup the public half of a pair (anhu keys recovery; default: the setting Anhu:RecoveryKey), for restore the private half.", HelpName = "FILE",
    };

    private static readonly Option<string?> Passphrase = new("--passphrase-file")
    {
        Description = "File whose first line is a recovery passphrase, at least 16 characters.", HelpName = "FILE",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output." };

    public static Command CreateBackup()
    {
        var file = new Argument<string>("FILE") { Description = "The file to write, such as anhu-2026-11-22.anhu." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace FILE if it is there." };
        var command = new Command("backup", "Writes the whole city to FILE while the platform goes on working. " + Guard) { file, overwrite, RecoveryKey, Passphrase, Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(file));
                var backup = services.GetRequiredService<WriteBackup>();
                var made = await RunAsync(progress => backup.RunAsync(path, ProgramVersion.Version, parsed.GetValue(overwrite), progress, ct, RecoveryOf(parsed, services.GetRequiredService<AnhuSettings>().RecoveryKey)));
                return await PrintAsync(made, path, "Wrote", parsed.GetValue(Json));
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    public static Command CreateRestore()
    {
        var file = new Argument<string>("FILE") { Description = "A file that backup wrote, on this or another kind of database." };
        var despite = new Option<bool>("--despite-faults") { Description = "Restore even if the record's chain was broken before the backup was made." };
        var command = new Command(
            "restore",
            "Fills an empty store from FILE, wholly or not at all; with --store it is also the way from SQLite to PostgreSQL. Stop serve first. " + Guard)
        {
            file, despite, RecoveryKey, Passphrase, Json,
        };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(file));
                var restore = services.GetRequiredService<RestoreBackup>();
                var done = await RunAsync(progress => restore.RunAsync(path, parsed.GetValue(despite), progress, ct, RecoveryOf(parsed, null)));
                return done.Failure?.Code == BackupFailures.Newer
                    ? throw new StoreUnavailableException($"The backup is newer than this program: it was made by anhu {done.Failure.Detail}. Restore it with that version or a later one.")
                    : await PrintAsync(done, path, "Restored", parsed.GetValue(Json));
            },
            ct,
            async (services, cancel) =>
            {
                await services.GetRequiredService<ServingLock>().BeAloneAsync(cancel);
                await Migrator.MigrateAsync(services, cancel);
            }));
        return command;
    }

    private static Task<Result<BackupManifest>> RunAsync(Func<IProgress<BackupProgress>?, Task<Result<BackupManifest>>> work) =>
        CommandProgress.RunAsync(report => work(report is null ? null : new Direct(p => report(p.Table, p.Rows, p.OfRows))));

    private static BackupRecovery RecoveryOf(ParseResult parsed, string? key) => new()
    {
        KeyPem = (parsed.GetValue(RecoveryKey) ?? key) is { Length: > 0 } path ? File.ReadAllText(path) : null,
        Passphrase = parsed.GetValue(Passphrase) is { } file ? File.ReadLines(file).FirstOrDefault() ?? "" : null,
    };

    private static async Task<int> PrintAsync(Result<BackupManifest> result, string path, string done, bool json)
    {
        if (!result.IsOk)
        {
            return await CommandFailures.ReportAsync(result.Failure);
        }

        var manifest = result.Value;
        if (json)
        {
            await CommandHost.WriteJsonAsync(new
            {
                File = path, Bytes = new FileInfo(path).Length, manifest.Program, manifest.CreatedAt, Tables = manifest.Tables.Count, Rows = manifest.Rows(), manifest.Timeline,
            });
        }
        else
        {
            await Console.Out.WriteLineAsync(
                $"{done} {path}: {manifest.Rows()} rows of {manifest.Tables.Count} tables; the record ends at {manifest.Timeline.Sequence} with hash {manifest.Timeline.Hash}.");
        }

        return 0;
    }

    /// <summary>Reports on the spot, unlike <see cref="Progress{T}"/>, which may do so after the end.</summary>
    private sealed class Direct(Action<BackupProgress> report) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => report(value);
    }
}
