using System.Globalization;
using System.Security.Cryptography;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Audit;

/// <summary>What was archived.</summary>
/// <param name="Views">How many views; 0 when none is old enough.</param>
/// <param name="Path">The file; null then.</param>
public sealed record ArchivedViews(long Views, string? Path);

/// <summary>
/// Moves old views out of the store into a sealed file, after three years at the earliest. The chain goes on: the first view that stays names the hash of
/// the last that went, which is kept here.
/// </summary>
public sealed class ArchiveViews(IDbContextFactory<AnhuDbContext> contexts, CityKeys keys, TimeProvider time)
{
    /// <summary>Event: views were archived; data: <c>from</c>, <c>to</c>, <c>file</c>, <c>hash</c>.</summary>
    public const string Archived = "audit.archived";

    /// <summary>How many years views stay in the store at least.</summary>
    public const int Years = 3;

    private const int Portion = 5000;

    /// <summary>Archives all views that are old enough.</summary>
    /// <param name="folder">Takes the file.</param>
    /// <param name="before">Only views before this; null for all that are old enough.</param>
    /// <param name="progress">Told after each portion: views written, views in all.</param>
    /// <param name="ct">Cancels; the store stays as it was.</param>
    public async Task<Result<ArchivedViews>> RunAsync(string folder, DateTimeOffset? before, Action<long, long>? progress, CancellationToken ct)
    {
        var latest = time.Now.AddYears(-Years);
        if (before > latest)
        {
            return AuditFailures.TooYoung;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var limit = before ?? latest;
        var last = await VerifyAudit.ArchivedAsync(db, ct);
        var from = last?.ToSequence ?? 0;
        var stays = await db.Views.AsNoTracking().Where(v => v.At >= limit).OrderBy(v => v.Sequence).Select(v => (long?)v.Sequence).FirstOrDefaultAsync(ct);
        var to = stays - 1 ?? (await db.Head(Chain.Views).SingleAsync(ct)).Sequence;
        if (to <= from)
        {
            return new ArchivedViews(0, null);
        }

        var algorithm = (await db.Head(Chain.Views).SingleAsync(ct)).Algorithm;
        var end = await db.Views.AsNoTracking().Where(v => v.Sequence == to).Select(v => v.Hash).SingleAsync(ct);
        var part = new AuditFileChain(algorithm, from, Convert.ToHexStringLower(last?.LastHash ?? TimelineHash.Genesis), to, Convert.ToHexStringLower(end));
        var name = string.Create(CultureInfo.InvariantCulture, $"views-{from + 1}-{to}.anhu-audit");
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            return AuditFailures.FileExists;
        }

        await SealedFile.SaveAsync(path, keys.Ring.Suite, key => [Recovery.ByCityKey(key, keys.CityKey)], overwrite: false, file => WriteAsync(db, file, part, progress, ct));
        if (!(await CheckAsync(path, [], ct)).IsWhole)
        {
            File.Delete(path);
            return AuditFailures.NotWhole;
        }

        await RemoveAsync(db, part, name, await HashAsync(path, ct), ct);
        return new ArchivedViews(to - from, path);
    }

    /// <summary>Checks an archive with this city's key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="known">Checkpoints kept elsewhere.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="SealedFileException">It is damaged or of another city.</exception>
    /// <exception cref="AuditFileException">It is no archive.</exception>
    public async Task<AuditCheck> CheckAsync(string path, IReadOnlyList<PublishedCheckpoint> known, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        await using var opened = SealedFile.Read(file, (_, ways) => Recovery.WithCityKey(ways, keys.CityKey));
        return await VerifyAudit.RunAsync(opened, known, null, ct);
    }

    private async Task<bool> WriteAsync(AnhuDbContext db, Stream stream, AuditFileChain part, Action<long, long>? progress, CancellationToken ct)
    {
        var writer = new AuditFile.Writer(stream);
        writer.Head(new AuditFileHead(AuditFile.Format, time.Now, null, part));
        for (var from = part.After; from < part.Sequence;)
        {
            var portion = await db.Views.AsNoTracking().Where(v => v.Sequence > from && v.Sequence <= part.Sequence).OrderBy(v => v.Sequence).Take(Portion).ToListAsync(ct);
            if (portion.Count == 0)
            {
                break;
            }

            var texts = portion.ConvertAll(v => EventTexts.KeyOf(v.Data));
            var ids = texts.OfType<Guid>().ToList();
            var textKeys = await db.EventTextKeys.AsNoTracking().Where(k => ids.Contains(k.EventTextKeyId)).ToDictionaryAsync(k => k.EventTextKeyId, k => k.Key, ct);
            for (var i = 0; i < portion.Count; i++)
            {
                writer.Add(AuditLine.Of(portion[i], texts[i] is { } id ? textKeys.GetValueOrDefault(id) : null));
            }

            from = portion[^1].Sequence;
            progress?.Invoke(from - part.After, part.Sequence - part.After);
        }

        writer.End();
        return true;
    }

    /// <summary>Takes out of the store what the file holds, in one transaction with the note of it.</summary>
    private async Task RemoveAsync(AnhuDbContext db, AuditFileChain part, string name, string fileHash, CancellationToken ct)
    {
        await db.ExclusivelyAsync(
            async () =>
            {
                for (var from = part.After; from < part.Sequence; from += Portion)
                {
                    var to = Math.Min(from + Portion, part.Sequence);
                    var gone = db.Views.Where(v => v.Sequence > from && v.Sequence <= to);
                    var texts = (await gone.Select(v => v.Data).ToListAsync(ct)).Select(EventTexts.KeyOf).OfType<Guid>().ToList();
                    await db.EventTextKeys.Where(k => texts.Contains(k.EventTextKeyId)).ExecuteDeleteAsync(ct);
                    await gone.ExecuteDeleteAsync(ct);
                }

                db.Add(new ViewArchive
                {
                    FromSequence = part.After + 1, ToSequence = part.Sequence, LastHash = Convert.FromHexString(part.Hash), FileName = name, FileHash = fileHash, ArchivedAt = time.Now,
                });
                db.Record(new PendingEvent(Archived, time.Now, Data: EventData.Of(("from", part.After + 1), ("to", part.Sequence), ("file", name), ("hash", fileHash))));
                return true;
            },
            ct);
    }

    private static async Task<string> HashAsync(string path, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }
}

/// <summary>What can go wrong with the record's files.</summary>
public static class AuditFailures
{
    /// <summary>Views stay in the store for three years at least.</summary>
    public static Failure TooYoung { get; } = new(FailureKind.Invalid, "audit.too-young", "before");

    /// <summary>The file is there already.</summary>
    public static Failure FileExists { get; } = new(FailureKind.Conflict, "audit.file-exists", "out");

    /// <summary>What was read back is not whole: nothing was taken out of the store.</summary>
    public static Failure NotWhole { get; } = new(FailureKind.Conflict, "audit.not-whole");
}
