using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.People;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Intake;

/// <summary>Looks up in memory whom no exact key finds, and loads who is found.</summary>
internal static class LikelyPeople
{
    /// <summary>Looks up the people of one transaction.</summary>
    /// <param name="db">The context of the transaction.</param>
    /// <param name="index">Where likenesses are looked up; null: by exact keys only.</param>
    /// <param name="registry">The door; knows the people of exact keys, and is told of the likenesses.</param>
    /// <param name="people">The people.</param>
    /// <param name="alike">Takes the stored records that are like them.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The people who are certainly among them.</returns>
    public static async Task<List<Guid>> LoadAsync(
        AnhuDbContext db, PersonIndex? index, PersonRegistry registry, IEnumerable<ReportedPerson> people, Dictionary<Guid, PersonRecord> alike, CancellationToken ct)
    {
        if (index?.LookUp(people.Where(p => !registry.IsKnown(p))) is not var (upTo, found))
        {
            return [];
        }

        var recordIds = found.Values.SelectMany(hits => hits).Select(h => h.RecordId).Distinct().ToList();
        if (recordIds.Count > 0)
        {
            foreach (var record in await db.PersonRecords.AsNoTracking().Where(r => recordIds.Contains(r.RecordId)).ToListAsync(ct))
            {
                alike.Add(record.RecordId, record);
            }

            var missing = alike.Values.Select(r => r.PersonId).Where(id => registry.Find(id) is null).Distinct().ToList();
            registry.Load([], await db.People.Where(p => missing.Contains(p.PersonId)).ToListAsync(ct));
        }

        var likenesses = found.Where(f => f.Value.Count > 0).ToDictionary(f => f.Key, f => Best(f.Key, f.Value));
        registry.Load(new Likenesses(upTo, found.Keys.ToHashSet(), likenesses));
        return [.. likenesses.Values.SelectMany(l => l).Where(l => l.IsCertain).Select(l => l.PersonId).Distinct()];

        // The best record of each person that was found.
        IReadOnlyList<Likeness> Best(ReportedPerson reported, IReadOnlyList<IndexHit> hits) =>
        [
            .. hits.Where(h => alike.ContainsKey(h.RecordId)).DistinctBy(h => alike[h.RecordId].PersonId)
                .Select(h => new Likeness(h.RecordId, alike[h.RecordId].PersonId, h.Probability, h.Weight, index.ModelVersion, index.IsCertain(h, alike[h.RecordId], reported))),
        ];
    }

    /// <summary>Loads the people whom exact keys find.</summary>
    /// <param name="db">The context of the transaction.</param>
    /// <param name="registry">The door.</param>
    /// <param name="people">The people.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Their ids.</returns>
    public static async Task<List<Guid>> LoadByKeysAsync(AnhuDbContext db, PersonRegistry registry, IEnumerable<ReportedPerson> people, CancellationToken ct)
    {
        var keys = people.SelectMany(registry.JoiningKeys).Distinct().ToList();
        if (keys.Count == 0)
        {
            return [];
        }

        var found = await db.PersonKeys.AsNoTracking().Where(k => keys.Contains(k.Value)).ToListAsync(ct);
        List<Guid> ids = [.. found.Select(k => k.PersonId).Distinct()];
        if (ids.Count > 0)
        {
            registry.Load(found, await db.People.Where(p => ids.Contains(p.PersonId)).ToListAsync(ct));
        }

        return ids;
    }
}
