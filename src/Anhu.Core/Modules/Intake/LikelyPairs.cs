using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.People;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Intake;

/// <summary>Makes the pairs that workers shall look at, in the order of what matters.</summary>
internal static class LikelyPairs
{
    /// <summary>Makes them.</summary>
    /// <param name="db">The context of the transaction.</param>
    /// <param name="found">The known record, the one that came later, and how like they are.</param>
    /// <param name="files">Cases that the transaction changes: as they are now, not as they are stored.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<List<LinkPair>> MakeAsync(
        AnhuDbContext db, IReadOnlyList<(PersonRecord Known, PersonRecord Later, Likeness Like)> found, IEnumerable<CaseFile> files, DateTimeOffset at, CancellationToken ct)
    {
        if (found.Count == 0)
        {
            return [];
        }

        var cases = new Dictionary<Guid, (Guid CaseId, int Class, int Incidents)>();
        var incidents = found.SelectMany(f => new[] { f.Known.IncidentId, f.Later.IncidentId }).OfType<Guid>().Distinct().ToList();
        var stored = await (
            from incident in db.Incidents.AsNoTracking()
            join dvCase in db.Cases on incident.CaseId equals dvCase.CaseId
            where incidents.Contains(incident.IncidentId)
            select new { incident.IncidentId, dvCase.CaseId, dvCase.Class, dvCase.IncidentCount }).ToListAsync(ct);
        foreach (var row in stored)
        {
            cases[row.IncidentId] = (row.CaseId, row.Class, row.IncidentCount);
        }

        foreach (var file in files)
        {
            foreach (var incident in file.Incidents)
            {
                cases[incident.IncidentId] = (file.Case.CaseId, file.Case.Class, file.Case.IncidentCount);
            }
        }

        return [.. found.Select(f => Pair(f.Known, f.Later, f.Like, CaseOf(f.Known), CaseOf(f.Later), at))];

        (Guid CaseId, int Class, int Incidents)? CaseOf(PersonRecord record) =>
            record.IncidentId is { } id && cases.TryGetValue(id, out var one) ? one : null;
    }

    private static LinkPair Pair(
        PersonRecord known, PersonRecord later, Likeness like, (Guid CaseId, int Class, int Incidents)? left, (Guid CaseId, int Class, int Incidents)? right, DateTimeOffset at)
    {
        var @class = Math.Min(left?.Class ?? 3, right?.Class ?? 3);
        var incidents = (left?.Incidents ?? 0) + (right?.CaseId == left?.CaseId ? 0 : right?.Incidents ?? 0);
        return new LinkPair
        {
            LinkPairId = Guid.CreateVersion7(at), LeftRecordId = known.RecordId, RightRecordId = later.RecordId, LeftPersonId = known.PersonId,
            RightPersonId = later.PersonId, LeftCaseId = left?.CaseId, RightCaseId = right?.CaseId, Probability = like.Probability, Weight = like.Weight,
            ModelVersion = like.ModelVersion, FoundAt = at, State = LinkPairState.Open, Class = @class, Incidents = incidents,
            Rank = LinkPair.RankOf(@class, incidents, at),
        };
    }
}
