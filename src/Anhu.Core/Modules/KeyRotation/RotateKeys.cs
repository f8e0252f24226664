using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.KeyRotation;

/// <summary>Where the keys stand.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="CityKeyId">The city key.</param>
/// <param name="Generations">Generations of data keys with when they were made; the last one seals.</param>
/// <param name="IndexGenerations">Generations of the index key; while there are two, every index is made anew.</param>
/// <param name="Tables">How far each table is.</param>
public sealed record KeyStatus(
    string Suite, string CityKeyId, IReadOnlyList<(int Generation, DateTimeOffset CreatedAt)> Generations, IReadOnlyList<(int Generation, DateTimeOffset CreatedAt)> IndexGenerations,
    IReadOnlyList<ResealProgress> Tables);

/// <summary>Why keys were not changed.</summary>
public static class KeyFailures
{
    /// <summary>Someone else changed the keys at the same time.</summary>
    public static readonly Failure Faster = new(FailureKind.Conflict, "keys.someone-faster");

    /// <summary>There is only one generation.</summary>
    public static readonly Failure OnlyOne = new(FailureKind.NotAllowed, "keys.only-one");

    /// <summary>Not every index is there in the newest generation yet.</summary>
    public static readonly Failure IndexUnderWay = new(FailureKind.NotAllowed, "keys.index-under-way");

    /// <summary>Values of an old generation are left; the detail says how many.</summary>
    public static Failure StillUsed(long values) => new(FailureKind.NotAllowed, "keys.still-used", Detail: values.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>Makes new generations of data keys, wraps them with another city key, and destroys those that seal nothing any more.</summary>
public sealed class RotateKeys(IDbContextFactory<AnhuDbContext> contexts, CityKeys keys, Reindex reindex, IKeyTable table, TimeProvider time)
{
    /// <summary>The keys were changed; the record says how, never which.</summary>
    public const string Changed = "keys.changed";

    private const int Portion = 1000;

    /// <summary>A further generation: it seals from here on, and <see cref="Reseal"/> seals the rest anew.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>The generation.</returns>
    public async Task<Result<int>> RotateAsync(CancellationToken ct)
    {
        var rows = await table.ReadAsync(ct) ?? [];
        var next = rows.Where(r => r.Purpose == KeyPurpose.Data).Max(r => r.Generation) + 1;
        var added = CityKeys.Wrap([keys.NewKey(KeyPurpose.Data, next)], keys.CityKey, keys.Ring.Suite);
        return await ReplaceAsync(rows, [.. rows, .. added], ("generation", next), ct) is { } failure ? failure : next;
    }

    /// <summary>A further generation of the index key: indexes are stored and looked up under both from here on, and <see cref="Reindex"/> makes those that are missing.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>The generation.</returns>
    public async Task<Result<int>> RotateIndexAsync(CancellationToken ct)
    {
        var rows = await table.ReadAsync(ct) ?? [];
        var generations = rows.Where(r => r.Purpose == KeyPurpose.Index).Select(r => r.Generation).ToList();
        if (generations.Count > 1)
        {
            return KeyFailures.IndexUnderWay;
        }

        var next = generations.Max() + 1;
        var added = CityKeys.Wrap([keys.NewKey(KeyPurpose.Index, next)], keys.CityKey, keys.Ring.Suite);
        return await ReplaceAsync(rows, [.. rows, .. added], ("indexGeneration", next), ct) is { } failure ? failure : next;
    }

    /// <summary>Wraps the keys with another city key; no value changes. From the next start on the other one is needed.</summary>
    /// <param name="address">Address of the new city key; a file that is not there is made.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Which key wraps them now.</returns>
    /// <exception cref="CityKeysException">The new key can't be used.</exception>
    public async Task<Result<string>> RewrapAsync(string address, CancellationToken ct)
    {
        var (kind, path) = CityKey.Split(address);
        if (kind == "file" && !File.Exists(path))
        {
            CityKey.CreateFile(path);
        }

        using var next = CityKey.Open(address, keys.Ring.Suite);
        var rows = await table.ReadAsync(ct) ?? [];
        keys.Check(rows);
        return await ReplaceAsync(rows, CityKeys.Wrap(keys.Ring.Keys, next, keys.Ring.Suite), ("cityKey", next.KeyId), ct) is { } failure ? failure : next.KeyId;
    }

    /// <summary>Destroys all generations but the newest, of data keys and of the index key, if no value and no look-up needs them. Backups made before need their own keys, which they carry.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many were destroyed.</returns>
    public async Task<Result<int>> DestroyOldAsync(CancellationToken ct)
    {
        await keys.RefreshAsync(ct);
        var rows = await table.ReadAsync(ct) ?? [];
        var newest = rows.GroupBy(r => r.Purpose).ToDictionary(g => g.Key, g => g.Max(r => r.Generation));
        List<ProtectionKey> kept = [.. rows.Where(r => r.Generation == newest[r.Purpose])];
        if (kept.Count == rows.Count)
        {
            return KeyFailures.OnlyOne;
        }

        var old = rows.Count(r => r.Purpose == KeyPurpose.Data) > 1 ? await CountOldAsync(newest[KeyPurpose.Data], ct) : 0;
        if (old > 0)
        {
            return KeyFailures.StillUsed(old);
        }

        if (rows.Count(r => r.Purpose == KeyPurpose.Index) > 1)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            if (!await reindex.IsDoneAsync(db, newest[KeyPurpose.Index], ct))
            {
                return KeyFailures.IndexUnderWay;
            }

            await reindex.CompleteAsync(ct);
        }

        return await ReplaceAsync(rows, kept, ("destroyed", rows.Count - kept.Count), ct) is { } failure ? failure : rows.Count - kept.Count;
    }

    /// <summary>Where the keys stand.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<KeyStatus> StatusAsync(CancellationToken ct)
    {
        await keys.RefreshAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var newest = keys.Ring.Generation;
        return new KeyStatus(
            keys.Ring.Suite.Name, keys.CityKey.KeyId, Generations(KeyPurpose.Data), Generations(KeyPurpose.Index),
            await db.ResealProgress.AsNoTracking().Where(p => p.Generation == newest || reindex.TableNames.Contains(p.TableName)).OrderBy(p => p.TableName).ToListAsync(ct));

        List<(int Generation, DateTimeOffset CreatedAt)> Generations(KeyPurpose purpose) =>
            [.. keys.Ring.Keys.Where(k => k.Purpose == purpose).OrderBy(k => k.Generation).Select(k => (k.Generation, k.CreatedAt))];
    }

    private async Task<long> CountOldAsync(int newest, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var old = 0L;
        foreach (var sealedTable in SealedTable.Of(db))
        {
            object[]? after = null;
            while (true)
            {
                var (rows, isEnd) = await sealedTable.ReadAsync(db, after, Portion, ct);
                old += rows.Sum(r => r.Values.Count(v => v is not null && keys.Ring.GenerationOf(v) != newest));
                if (isEnd)
                {
                    break;
                }

                after = rows[^1].Key;
            }
        }

        return old;
    }

    private async Task<Failure?> ReplaceAsync(IReadOnlyList<ProtectionKey> before, IReadOnlyList<ProtectionKey> after, (string, object?) what, CancellationToken ct)
    {
        if (!await table.ReplaceAsync(before, after, ct))
        {
            return KeyFailures.Faster;
        }

        await keys.RefreshAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Record(new PendingEvent(Changed, time.Now, Data: EventData.Of(what)));
        await db.SaveChangesAsync(ct);
        return null;
    }
}
