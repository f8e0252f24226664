using System.IO.Compression;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;

namespace Anhu.Modules.Backup;

/// <summary>
/// Fills an empty store from a backup, of whichever database it came. The file is checked as a whole before anything is touched;
/// all rows then go in within one transaction, which ends only when the record's chain holds in the store.
/// </summary>
public sealed class RestoreBackup(IDbContextFactory<AnhuDbContext> contexts, CityKeys keys)
{
    private const int Portion = 1000;

    /// <summary>Restores. The store must be migrated and must not be in use.</summary>
    /// <param name="path">The file.</param>
    /// <param name="despiteFaults">Whether to take over a record whose chain was broken before the backup was made.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="ct">Cancels; the store stays as it was.</param>
    /// <param name="recovery">A way into the file without its city key.</param>
    /// <returns>What the file held.</returns>
    public async Task<Result<BackupManifest>> RunAsync(
        string path, bool despiteFaults, IProgress<BackupProgress>? progress, CancellationToken ct, BackupRecovery? recovery = null)
    {
        if (!File.Exists(path))
        {
            return BackupFailures.NoFile;
        }

        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            await using var opened = SealedFile.Read(file, (suite, ways) => KeyOf(ways, suite, recovery));
            using var zip = await OpenAsync(opened, file.Name, ct);
            await using var db = await contexts.CreateDbContextAsync(ct);
            var tables = StoreTable.Of(db);
            var manifest = await ReadManifestAsync(zip, ct);
            if (Check(manifest, tables, [.. db.Database.GetMigrations().Select(WriteBackup.NameOf)]) is { } failure)
            {
                return failure;
            }

            var entries = manifest.Tables.ToDictionary(t => t.Name, StringComparer.Ordinal);
            foreach (var table in manifest.Tables)
            {
                await TableEntry.VerifyAsync(zip, table, ct);
            }

            return await FillAsync(db, zip, manifest, [.. tables.Select(t => (t, entries[t.Name]))], despiteFaults, progress, ct);
        }
        catch (SealedFileException e)
        {
            return BackupFailures.IsDamaged(Path.GetFileName(path), e.Message);
        }
        catch (DamagedBackupException e)
        {
            return BackupFailures.IsDamaged(e.Entry, e.Message);
        }
    }

    private byte[]? KeyOf(IReadOnlyList<FileEntrance> ways, CipherSuite suite, BackupRecovery? recovery)
    {
        using var cityKey = keys.CityKeyFor(suite);
        return Recovery.WithCityKey(ways, cityKey)
            ?? (recovery?.Passphrase is { } passphrase ? Recovery.WithPassphrase(ways, passphrase, suite) : null)
            ?? (recovery?.KeyPem is { } pem ? Recovery.WithPrivateKey(ways, pem, suite) : null);
    }

    private static async Task<ZipArchive> OpenAsync(Stream file, string name, CancellationToken ct)
    {
        try
        {
            return await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, ct);
        }
        catch (InvalidDataException e)
        {
            throw new DamagedBackupException(Path.GetFileName(name), "not a backup", e);
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(ZipArchive zip, CancellationToken ct)
    {
        try
        {
            var entry = zip.GetEntry(BackupManifest.EntryName) ?? throw new DamagedBackupException(BackupManifest.EntryName, "missing");
            await using var stream = await entry.OpenAsync(ct);
            var manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(stream, JsonText.Options, ct);
            return manifest is { Tables: not null, Migrations: not null, Timeline: not null, Program: not null, Keys: not null, Suite: not null }
                ? manifest : throw new DamagedBackupException(BackupManifest.EntryName, "incomplete");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new DamagedBackupException(BackupManifest.EntryName, "unreadable", e);
        }
    }

    private static Failure? Check(BackupManifest manifest, List<StoreTable> tables, List<string> known)
    {
        if (manifest.Format > BackupManifest.CurrentFormat || manifest.Migrations.Except(known).Any())
        {
            return BackupFailures.IsNewer(manifest.Program);
        }

        var columns = tables.ToDictionary(t => t.Name, t => t.Columns, StringComparer.Ordinal);
        var same = manifest.Migrations.SequenceEqual(known) && manifest.Tables.Count == tables.Count
            && manifest.Tables.All(t => columns.TryGetValue(t.Name, out var own) && own.SequenceEqual(t.Columns));

        // The program of that time knows the tables of that time; a later one then brings the store up to date.
        return same ? null : BackupFailures.IsOlder(manifest.Program);
    }

    private static async Task<bool> IsEmptyAsync(AnhuDbContext db, CancellationToken ct) =>
        !await db.Alarms.AnyAsync(ct) && !await db.Cases.AnyAsync(ct) && !await db.Workers.AnyAsync(ct)
        && !await db.Set<OpenIddictEntityFrameworkCoreApplication<Guid>>().AnyAsync(ct);

    private async Task<Result<BackupManifest>> FillAsync(
        AnhuDbContext db, ZipArchive zip, BackupManifest manifest, List<(StoreTable Table, BackupTable Entry)> tables, bool despiteFaults,
        IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var store = db.Store;
        using var turn = await store.EnterAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeHeadAsync(0, ct);
        if (!await IsEmptyAsync(db, ct))
        {
            return BackupFailures.NotEmpty;
        }

        foreach (var (table, _) in Enumerable.Reverse(tables))
        {
            await table.ClearAsync(db, ct);
        }

        await db.ProtectionKeys.ExecuteDeleteAsync(ct);
        var suite = CipherSuite.Find(manifest.Suite) ?? throw new DamagedBackupException(BackupManifest.EntryName, "unknown suite");
        List<OpenKey> opened = [.. manifest.Keys.Select(k => new OpenKey(k.Purpose, k.Generation, k.Key, k.CreatedAt))];
        using (var cityKey = keys.CityKeyFor(suite))
        {
            db.AddRange(CityKeys.Wrap(opened, cityKey, suite));
        }

        await db.SaveChangesAsync(ct);
        var done = 0L;
        foreach (var (table, entry) in tables)
        {
            await foreach (var rows in TableEntry.ReadAsync(zip, entry, table, Portion, ct))
            {
                await store.Provider.InsertValuesAsync(db, table.Type, rows, ct);
                done += rows.Count;
                progress?.Report(new BackupProgress(table.Name, done, manifest.Rows()));
            }
        }

        await store.Provider.ContinueNumbersAsync(db, ct);
        var check = await VerifyTimeline.RunAsync(db, null, ct);
        var views = await VerifyAudit.ViewsAsync(db, ct);
        if (check.LastSequence != manifest.Timeline.Sequence || check.LastHash != manifest.Timeline.Hash || (check.Faults.Count + views.Faults.Count > 0 && !despiteFaults))
        {
            return BackupFailures.Faulty(string.Join(", ", check.Faults.Select(f => $"{f.Sequence} {f.Kind}").Concat(views.Faults.Select(f => $"view {f.Sequence} {f.Kind}"))));
        }

        await transaction.CommitAsync(ct);
        keys.Adopt(suite, opened);
        store.SignalChange();
        return manifest;
    }
}
