using System.Globalization;
using System.Text;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Audit;

/// <summary>A key that signs checkpoints; the newest signs, older ones still prove.</summary>
public sealed class AuditKey
{
    /// <summary>Key.</summary>
    public required Guid AuditKeyId { get; init; }

    /// <summary>Algorithm (<see cref="AuditSignature"/>).</summary>
    public required string Algorithm { get; init; }

    /// <summary>The private key, Base64; sealed in the store.</summary>
    public required string PrivateKey { get; init; }

    /// <summary>The public key (SubjectPublicKeyInfo).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A signed mark of where both chains ended at one moment. Kept outside of the store, it shows any later change of what came before, even by who holds the store and its keys.</summary>
public sealed class AuditCheckpoint
{
    /// <summary>Key.</summary>
    public required Guid AuditCheckpointId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Sequence of the record's last event; 0 for none.</summary>
    public required long RecordSequence { get; init; }

    /// <summary>Its hash.</summary>
    public required byte[] RecordHash { get; init; }

    /// <summary>Sequence of the last view; 0 for none.</summary>
    public required long ViewSequence { get; init; }

    /// <summary>Its hash.</summary>
    public required byte[] ViewHash { get; init; }

    /// <summary>The key that signed.</summary>
    public required Guid AuditKeyId { get; init; }

    /// <summary>Signature over <see cref="Text"/>.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>What is signed, in UTF-8: a line each for the format, the time, and sequence and hash of both chains.</summary>
    /// <param name="at">When, UTC.</param>
    /// <param name="record">End of the record.</param>
    /// <param name="views">End of the views.</param>
    public static byte[] TextOf(DateTimeOffset at, (long Sequence, byte[] Hash) record, (long Sequence, byte[] Hash) views) =>
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"anhu-checkpoint-1\n{at.UtcDateTime:O}\n{record.Sequence} {Convert.ToHexStringLower(record.Hash)}\n{views.Sequence} {Convert.ToHexStringLower(views.Hash)}\n"));

    /// <summary>What this one's signature is over.</summary>
    public byte[] Text() => TextOf(At, (RecordSequence, RecordHash), (ViewSequence, ViewHash));
}

/// <summary>A checkpoint as it is handed out: all that is needed to check it.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="RecordSequence">Sequence of the record's last event.</param>
/// <param name="RecordHash">Its hash, hexadecimal.</param>
/// <param name="ViewSequence">Sequence of the last view.</param>
/// <param name="ViewHash">Its hash, hexadecimal.</param>
/// <param name="Algorithm">Algorithm of the signature.</param>
/// <param name="PublicKey">The public key (SubjectPublicKeyInfo), Base64.</param>
/// <param name="Signature">The signature, Base64.</param>
public sealed record PublishedCheckpoint(
    DateTimeOffset At, long RecordSequence, string RecordHash, long ViewSequence, string ViewHash, string Algorithm, string PublicKey, string Signature)
{
    /// <summary>Whether the signature is right.</summary>
    public bool IsSigned()
    {
        try
        {
            return AuditSignature.Verify(
                Algorithm, Convert.FromBase64String(PublicKey),
                AuditCheckpoint.TextOf(At, (RecordSequence, Convert.FromHexString(RecordHash)), (ViewSequence, Convert.FromHexString(ViewHash))),
                Convert.FromBase64String(Signature));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>Makes and hands out checkpoints.</summary>
public sealed class Checkpoints(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time)
{
    /// <summary>How long at most between two checkpoints while something happens.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Makes one, unless nothing happened since the last.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>The newest, and whether it is new.</returns>
    public Task<(PublishedCheckpoint Checkpoint, bool IsNew)> MakeAsync(CancellationToken ct) => MakeAsync(TimeSpan.Zero, ct);

    /// <summary>How long at most where they leave the store by themselves.</summary>
    public static readonly TimeSpan PublishedInterval = TimeSpan.FromMinutes(5);

    /// <summary>Makes one when the last is older than an interval.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="ct">Cancels.</param>
    public async Task MakeDueAsync(TimeSpan interval, CancellationToken ct)
    {
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            var since = time.Now - interval;
            if (await db.AuditCheckpoints.AnyAsync(c => c.At > since, ct))
            {
                return;
            }
        }

        await MakeAsync(interval, ct);
    }

    /// <summary>The newest checkpoints, newest first.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<PublishedCheckpoint>> NewestAsync(int limit, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return [.. (await Published(db).OrderByDescending(c => c.Checkpoint.At).Take(limit).ToListAsync(ct)).Select(c => c.Publish())];
    }

    /// <summary>The checkpoints after a time, oldest first.</summary>
    /// <param name="after">The time; null for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<PublishedCheckpoint>> SinceAsync(DateTimeOffset? after, int limit, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = after is { } at ? Published(db).Where(c => c.Checkpoint.At > at) : Published(db);
        return [.. (await found.OrderBy(c => c.Checkpoint.At).Take(limit).ToListAsync(ct)).Select(c => c.Publish())];
    }

    /// <summary>Checkpoints with the public keys that prove them.</summary>
    internal static IQueryable<CheckpointRow> Published(AnhuDbContext db) =>
        from c in db.AuditCheckpoints.AsNoTracking()
        join k in db.Set<AuditKey>() on c.AuditKeyId equals k.AuditKeyId
        select new CheckpointRow { Checkpoint = c, Algorithm = k.Algorithm, PublicKey = k.PublicKey };

    private async Task<(PublishedCheckpoint Checkpoint, bool IsNew)> MakeAsync(TimeSpan age, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ExclusivelyAsync(
            async () =>
            {
                var last = await Published(db).OrderByDescending(c => c.Checkpoint.At).FirstOrDefaultAsync(ct);
                var record = await db.Head().SingleAsync(ct);
                var views = await db.Head(Chain.Views).SingleAsync(ct);
                var now = Clock.CutToMicroseconds(time.Now);
                if (last is not null && ((last.Checkpoint.RecordSequence == record.Sequence && last.Checkpoint.ViewSequence == views.Sequence) || now - last.Checkpoint.At < age))
                {
                    return (last.Publish(), false);
                }

                var key = await KeyAsync(db, now, ct);
                var signature = AuditSignature.Sign(
                    key.Algorithm, Convert.FromBase64String(key.PrivateKey), AuditCheckpoint.TextOf(now, (record.Sequence, record.Hash), (views.Sequence, views.Hash)));
                var made = new AuditCheckpoint
                {
                    AuditCheckpointId = Guid.CreateVersion7(now), At = now, RecordSequence = record.Sequence, RecordHash = record.Hash,
                    ViewSequence = views.Sequence, ViewHash = views.Hash, AuditKeyId = key.AuditKeyId, Signature = signature,
                };
                db.Add(made);
                return (new CheckpointRow { Checkpoint = made, Algorithm = key.Algorithm, PublicKey = key.PublicKey }.Publish(), true);
            },
            ct);
    }

    private static async Task<AuditKey> KeyAsync(AnhuDbContext db, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.Set<AuditKey>().OrderByDescending(k => k.CreatedAt).FirstOrDefaultAsync(ct) is { } known)
        {
            return known;
        }

        var algorithm = AuditSignature.AlgorithmOf(db.Keys.Suite);
        var (own, shown) = AuditSignature.Create(algorithm);
        var key = new AuditKey { AuditKeyId = Guid.CreateVersion7(now), Algorithm = algorithm, PrivateKey = Convert.ToBase64String(own), PublicKey = shown, CreatedAt = now };
        db.Add(key);
        return key;
    }
}

/// <summary>A checkpoint and the public key that proves it.</summary>
internal sealed record CheckpointRow
{
    public required AuditCheckpoint Checkpoint { get; init; }

    public required string Algorithm { get; init; }

    public required byte[] PublicKey { get; init; }

    public PublishedCheckpoint Publish() => new(
        Checkpoint.At, Checkpoint.RecordSequence, Convert.ToHexStringLower(Checkpoint.RecordHash), Checkpoint.ViewSequence, Convert.ToHexStringLower(Checkpoint.ViewHash),
        Algorithm, Convert.ToBase64String(PublicKey), Convert.ToBase64String(Checkpoint.Signature));
}
