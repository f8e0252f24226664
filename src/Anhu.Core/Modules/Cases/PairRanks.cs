using Anhu.Data;
using Anhu.Modules.People;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>Keeps likely pairs where their cases stand: which case a pair is about, and its place in the queue, follow whatever becomes of the cases.</summary>
internal static class PairRanks
{
    /// <summary>Lets the pairs of some cases follow them.</summary>
    /// <param name="db">The context of the transaction; the pairs are changed in it.</param>
    /// <param name="changed">Cases whose class or number of incidents changed, or that were joined into another.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task FollowAsync(AnhuDbContext db, IReadOnlyCollection<DvCase> changed, CancellationToken ct)
    {
        if (changed.Count == 0)
        {
            return;
        }

        var ids = changed.Select(c => (Guid?)c.CaseId).ToList();
        var joined = changed.Where(c => c.JoinedIntoCaseId is not null).ToDictionary(c => c.CaseId, c => c.JoinedIntoCaseId!.Value);
        var pairs = await db.LinkPairs.Where(p => ids.Contains(p.LeftCaseId) || ids.Contains(p.RightCaseId)).ToListAsync(ct);
        foreach (var pair in pairs)
        {
            (pair.LeftCaseId, pair.RightCaseId) = (Home(pair.LeftCaseId), Home(pair.RightCaseId));
        }

        await SetAsync(db, pairs, changed, ct);

        Guid? Home(Guid? caseId)
        {
            while (caseId is { } id && joined.TryGetValue(id, out var into))
            {
                caseId = into;
            }

            return caseId;
        }
    }

    /// <summary>Gives pairs the place that their cases' classes and incidents ask for.</summary>
    /// <param name="db">The context of the transaction.</param>
    /// <param name="pairs">The pairs, tracked.</param>
    /// <param name="known">Cases as they will be saved; others are read.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task SetAsync(AnhuDbContext db, IReadOnlyCollection<LinkPair> pairs, IEnumerable<DvCase> known, CancellationToken ct)
    {
        var cases = known.DistinctBy(c => c.CaseId).ToDictionary(c => c.CaseId, c => (c.Class, c.IncidentCount));
        var missing = pairs.SelectMany(p => new[] { p.LeftCaseId, p.RightCaseId }).OfType<Guid>().Where(id => !cases.ContainsKey(id)).Distinct().ToList();
        foreach (var other in missing.Count == 0 ? [] : await db.Cases.AsNoTracking().Where(c => missing.Contains(c.CaseId)).Select(c => new { c.CaseId, c.Class, c.IncidentCount }).ToListAsync(ct))
        {
            cases.Add(other.CaseId, (other.Class, other.IncidentCount));
        }

        foreach (var pair in pairs)
        {
            (int Class, int Incidents)? left = Of(pair.LeftCaseId), right = pair.RightCaseId == pair.LeftCaseId ? null : Of(pair.RightCaseId);
            pair.Place(Math.Min(left?.Class ?? 3, right?.Class ?? 3), (left?.Incidents ?? 0) + (right?.Incidents ?? 0));
        }

        (int Class, int Incidents)? Of(Guid? caseId) => caseId is { } id && cases.TryGetValue(id, out var of) ? of : null;
    }
}
