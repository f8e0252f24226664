using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>
/// Looks up what the intake could not: records that came while the index was not there, beside each other in one transaction, or on
/// another node. What is certain and changes no class is joined; the rest becomes pairs to look at.
/// </summary>
public sealed class MissedLookUps(
    IDbContextFactory<AnhuDbContext> contexts, PersonIndex index, LinkPeopleHandler handler, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    private const int PageSize = 200;

    /// <summary>Does what is waiting.</summary>
    /// <param name="ct">Cancels between transactions.</param>
    /// <returns>Number of records looked up.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var looked = 0;
        while (index.IsReady)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            var reached = index.UpTo;
            var waiting = await db.PersonRecords.AsNoTracking().Where(r => r.LookUpFrom != null && r.RecordSequence <= reached)
                .OrderBy(r => r.LookUpFrom).ThenBy(r => r.RecordSequence).Take(PageSize).ToListAsync(ct);
            if (waiting.Count == 0)
            {
                return looked;
            }

            var hits = waiting.ToDictionary(r => r, index.Find);
            await KeepAsync(db, hits, ct);
            looked += waiting.Count;
        }

        return looked;
    }

    private async Task KeepAsync(AnhuDbContext db, Dictionary<PersonRecord, IReadOnlyList<IndexHit>> hits, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await db.ExclusivelyAsync(
            async () =>
            {
                var recordIds = hits.Values.SelectMany(h => h).Select(h => h.RecordId).Distinct().ToList();
                var known = recordIds.Count == 0 ? [] : await db.PersonRecords.AsNoTracking().Where(r => recordIds.Contains(r.RecordId)).ToDictionaryAsync(r => r.RecordId, ct);
                var own = hits.Keys.Select(r => r.RecordId).ToList();
                var there = (await db.LinkPairs.Where(p => own.Contains(p.LeftRecordId) || own.Contains(p.RightRecordId)).ToListAsync(ct))
                    .SelectMany(p => new[] { (p.LeftPersonId, p.RightPersonId), (p.RightPersonId, p.LeftPersonId) }).ToHashSet();
                var found = new List<(PersonRecord, PersonRecord, Likeness)>();
                foreach (var (record, likes) in hits)
                {
                    foreach (var hit in likes)
                    {
                        if (known.GetValueOrDefault(hit.RecordId) is { } other && other.RecordSequence > record.LookUpFrom && other.RecordSequence < record.RecordSequence
                            && other.PersonId != record.PersonId && (other.AlarmId is null || other.AlarmId != record.AlarmId)
                            && (other.PersonListId is null || other.PersonListId != record.PersonListId) && there.Add((other.PersonId, record.PersonId)))
                        {
                            there.Add((record.PersonId, other.PersonId));
                            found.Add((other, record, new Likeness(
                                other.RecordId, other.PersonId, hit.Probability, hit.Weight, index.ModelVersion, index.IsCertain(hit, other, record))));
                        }
                    }
                }

                var pairs = await LikelyPairs.MakeAsync(db, found, [], time.Now, ct);
                db.AddRange(pairs);
                var sequences = hits.Keys.Select(r => r.RecordSequence).ToList();
                return await db.PersonRecords.Where(r => sequences.Contains(r.RecordSequence)).ExecuteUpdateAsync(r => r.SetProperty(x => x.LookUpFrom, (long?)null), ct);
            },
            ct);
        await JoinAsync(map, [.. hits.Keys.Select(r => r.RecordId)], ct);
    }

    /// <summary>Joins what is certain, each in a transaction of its own.</summary>
    private async Task JoinAsync(OrganisationMap map, List<Guid> recordIds, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var least = index.Settings.Certain;
        var pairs = await db.LinkPairs.AsNoTracking().Where(p => p.State == LinkPairState.Open && p.Probability >= least && recordIds.Contains(p.RightRecordId)).ToListAsync(ct);
        foreach (var pair in pairs)
        {
            var records = await db.PersonRecords.AsNoTracking().Where(r => r.RecordId == pair.LeftRecordId || r.RecordId == pair.RightRecordId).ToDictionaryAsync(r => r.RecordId, ct);
            if (!index.IsCertain(new IndexHit(pair.LeftRecordId, pair.Probability, pair.Weight), records[pair.LeftRecordId], records[pair.RightRecordId]))
            {
                continue;
            }

            await using var turn = await contexts.CreateDbContextAsync(ct);
            await turn.ExclusivelyAsync(() => handler.JoinAsync(turn, new CaseRules(map, rules), pair, ct), ct);
        }
    }
}
