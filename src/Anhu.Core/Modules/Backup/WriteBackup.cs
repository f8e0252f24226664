using System.Buffers;
using System.Data;
using System.Data.Common;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Protection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Anhu.Modules.Backup;

/// <summary>
/// Writes the whole city into one sealed file that any of the databases can take back: in it a zip with a manifest and one NDJSON entry a table.
/// All is read inside one snapshot, row by row, while the platform goes on working.
/// </summary>
public sealed class WriteBackup(IDbContextFactory<AnhuDbContext> contexts, CityKeys keys, TimeProvider time)
{
    private const int FlushBytes = 1 << 16;

    /// <summary>Writes the file: first beside it, then on disk, then by its name, so that a file of that name is always whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="program">Version of this program.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="ct">Cancels; no file is left.</param>
    /// <param name="recovery">Ways into the file beside the city key.</param>
    /// <returns>What the file holds.</returns>
    /// <exception cref="FormatException">A way to recover is none: too short a passphrase, or no public key.</exception>
    public async Task<Result<BackupManifest>> RunAsync(
        string path, string program, bool overwrite, IProgress<BackupProgress>? progress, CancellationToken ct, BackupRecovery? recovery = null)
    {
        if (!overwrite && File.Exists(path))
        {
            return BackupFailures.Exists;
        }

        var suite = keys.Ring.Suite;
        return await SealedFile.SaveAsync(path, suite, key => Entrances(key, suite, recovery), overwrite, file => WriteAsync(file, program, progress, ct));
    }

    private List<FileEntrance> Entrances(byte[] key, CipherSuite suite, BackupRecovery? recovery)
    {
        List<FileEntrance> ways = [Recovery.ByCityKey(key, keys.CityKey)];
        if (recovery?.Passphrase is { } passphrase)
        {
            ways.Add(Recovery.ByPassphrase(key, passphrase, suite));
        }

        if (recovery?.KeyPem is { } pem)
        {
            ways.Add(Recovery.ByPublicKey(key, pem, suite));
        }

        return ways;
    }

    private async Task<BackupManifest> WriteAsync(Stream file, string program, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var snapshot = await BeginSnapshotAsync(db, ct);
        var head = await db.Head().SingleAsync(ct);
        var migrations = await db.Database.GetAppliedMigrationsAsync(ct);
        var tables = StoreTable.Of(db);
        var total = 0L;
        if (progress is not null)
        {
            foreach (var table in tables)
            {
                total += await table.CountAsync(db, ct);
            }
        }

        await using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        var written = new List<BackupTable>(tables.Count);
        var rows = 0L;
        foreach (var table in tables)
        {
            var before = rows;
            written.Add(await WriteTableAsync(db, zip, table, n => progress?.Report(new BackupProgress(table.Name, before + n, total)), ct));
            rows += written[^1].Rows;
        }

        var manifest = new BackupManifest(
            BackupManifest.CurrentFormat, program, [.. migrations.Select(NameOf)], time.Now,
            new BackupTimeline(head.Sequence, Convert.ToHexStringLower(head.Hash)), written,
            keys.Ring.Suite.Name,
            [.. keys.Open(await db.ProtectionKeys.AsNoTracking().ToListAsync(ct)).Select(k => new BackupKey(k.Purpose, k.Generation, k.Bytes, k.CreatedAt))]);
        await using (var entry = await zip.CreateEntry(BackupManifest.EntryName, CompressionLevel.Fastest).OpenAsync(ct))
        {
            await JsonSerializer.SerializeAsync(entry, manifest, JsonText.Options, ct);
        }

        return manifest;
    }

    /// <summary>The name of a migration without its date, which differs between the databases.</summary>
    internal static string NameOf(string migration) => migration[(migration.IndexOf('_', StringComparison.Ordinal) + 1)..];

    private static async Task<IDbContextTransaction> BeginSnapshotAsync(AnhuDbContext db, CancellationToken ct)
    {
        if (db.Store.Kind == StoreKind.Postgres)
        {
            return await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        }

        // A deferred transaction only reads, so it keeps no writer waiting; EF's own would take the right to write.
        await db.Database.OpenConnectionAsync(ct);
        var transaction = ((Microsoft.Data.Sqlite.SqliteConnection)db.Database.GetDbConnection()).BeginTransaction(deferred: true);
        return (await db.Database.UseTransactionAsync(transaction, ct))!;
    }

    private static async Task<BackupTable> WriteTableAsync(
        AnhuDbContext db, ZipArchive zip, StoreTable table, Action<long> progress, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var result = new BackupTable(table.Name, table.Columns, 0, 0, "");
        await using var entry = await zip.CreateEntry(result.EntryName(), CompressionLevel.Fastest).OpenAsync(ct);
        await using var scope = new DbCommandScope();
        await using var reader = await table.ReadAsync(db, scope, ct);
        var buffer = new ArrayBufferWriter<byte>(2 * FlushBytes);
        await using var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        long rows = 0, bytes = 0;
        progress(0);
        while (await reader.ReadAsync(ct))
        {
            table.WriteLine(reader, json);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
            rows++;
            if (buffer.WrittenCount >= FlushBytes)
            {
                await FlushAsync();
                progress(rows);
            }
        }

        await FlushAsync();
        progress(rows);
        return result with { Rows = rows, Bytes = bytes, Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()) };

        async Task FlushAsync()
        {
            hash.AppendData(buffer.WrittenSpan);
            bytes += buffer.WrittenCount;
            await entry.WriteAsync(buffer.WrittenMemory, ct);
            buffer.ResetWrittenCount();
        }
    }
}
