using System.Globalization;
using Anhu.Data;
using Anhu.Modules.KeyRotation;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.People;

/// <summary>Makes the keys of people again from what was reported of them.</summary>
internal sealed class PersonKeyIndex : IBlindIndex
{
    /// <inheritdoc />
    public string TableName => "people_key";

    /// <inheritdoc />
    public async Task<BlindStep> FillAsync(AnhuDbContext db, string? after, int rows, CancellationToken ct)
    {
        var from = after is null ? 0 : long.Parse(after, CultureInfo.InvariantCulture);
        var records = await db.PersonRecords.AsNoTracking().Where(r => r.RecordSequence > from).OrderBy(r => r.RecordSequence).Take(rows).ToListAsync(ct);
        var keys = records.SelectMany(r => PersonKeys.All(db.Keys, r.Name, r.Phone, r.IdNumber), (r, key) => new PersonKey { Value = key, PersonId = r.PersonId, RecordId = r.RecordId })
            .DistinctBy(k => (k.Value, k.PersonId)).ToList();
        var values = keys.Select(k => k.Value).Distinct().ToList();
        var people = keys.Select(k => k.PersonId).Distinct().ToList();
        var there = (await db.PersonKeys.AsNoTracking().Where(k => values.Contains(k.Value) && people.Contains(k.PersonId)).Select(k => new { k.Value, k.PersonId }).ToListAsync(ct))
            .Select(k => (k.Value, k.PersonId)).ToHashSet();
        keys.RemoveAll(k => there.Contains((k.Value, k.PersonId)));
        db.AddRange(keys);
        return new BlindStep(records.Count > 0 ? records[^1].RecordSequence.ToString(CultureInfo.InvariantCulture) : after, records.Count, keys.Count, records.Count < rows);
    }

    /// <inheritdoc />
    public async Task ForgetAsync(AnhuDbContext db, int generation, CancellationToken ct)
    {
        var lowest = generation.ToString("x2", CultureInfo.InvariantCulture);
        await db.PersonKeys.Where(k => string.Compare(k.Value, lowest) < 0).ExecuteDeleteAsync(ct);
    }
}
