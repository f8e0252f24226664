using System.Globalization;
using Anhu.Data;
using Anhu.Modules.KeyRotation;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>Makes the keys of workers' ties again; a city has a few thousand, so each step does them all.</summary>
internal sealed class TieKeyIndex : IBlindIndex
{
    /// <inheritdoc />
    public string TableName => "cases_worker_tie_key";

    /// <inheritdoc />
    public async Task<BlindStep> FillAsync(AnhuDbContext db, string? after, int rows, CancellationToken ct)
    {
        var ties = await db.WorkerTies.AsNoTracking().ToListAsync(ct);
        var there = (await db.WorkerTieKeys.AsNoTracking().Select(k => new { k.Value, k.WorkerTieId }).ToListAsync(ct)).Select(k => (k.Value, k.WorkerTieId)).ToHashSet();
        var keys = ties.SelectMany(t => TieKeys.Of(db.Keys, t.Name, t.IdNumber, t.Phone, t.BirthDate).Distinct(), (t, key) => new WorkerTieKey { Value = key, WorkerTieId = t.WorkerTieId })
            .Where(k => !there.Contains((k.Value, k.WorkerTieId))).ToList();
        db.AddRange(keys);
        return new BlindStep(null, ties.Count, keys.Count, true);
    }

    /// <inheritdoc />
    public async Task ForgetAsync(AnhuDbContext db, int generation, CancellationToken ct)
    {
        var lowest = generation.ToString("x2", CultureInfo.InvariantCulture);
        await db.WorkerTieKeys.Where(k => string.Compare(k.Value, lowest) < 0).ExecuteDeleteAsync(ct);
    }
}
