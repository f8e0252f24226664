using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Grading;
using Anhu.Modules.Time;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Retention;

/// <summary>What stands between cases and their deletion.</summary>
public enum RetentionStanding
{
    /// <summary>Nothing: their term is over.</summary>
    Due,

    /// <summary>One of them is not closed.</summary>
    Open,

    /// <summary>Their term goes on, or no term is set.</summary>
    NotYet,

    /// <summary>A legal hold.</summary>
    Held,

    /// <summary>Somebody in them is in a case that is not closed.</summary>
    Needed,
}

/// <summary>Cases that hang together: recognition joined or parted them, or moved an incident, a duty or a contact from one to the other.</summary>
/// <param name="Cases">The cases, the oldest first.</param>
/// <param name="Class">The gravest class they ever had.</param>
/// <param name="Term">The term; null where none is set.</param>
/// <param name="DueOn">The last day of it; null while one is not closed or without a term.</param>
/// <param name="Standing">What stands in the way.</param>
internal sealed record RetentionGroup(IReadOnlyList<DvCase> Cases, int Class, RetentionTerm? Term, DateOnly? DueOn, RetentionStanding Standing)
{
    public List<Guid> Ids { get; } = [.. Cases.Select(c => c.CaseId)];
}

/// <summary>Finds what hangs together with cases, and whether it is due. Pure reading.</summary>
internal static class RetentionGroups
{
    private const int Step = 200;

    /// <summary>Closed cases whose term may be over, in their order. Whether it is, their groups tell.</summary>
    public static async Task<List<(Guid CaseId, long Sequence)>> CandidatesAsync(AnhuDbContext db, DateTimeOffset closedBefore, long after, int limit, CancellationToken ct) =>
        (await db.Cases.AsNoTracking().Where(c => c.State == CaseState.Closed && c.JoinedIntoCaseId == null && c.ClosedAt < closedBefore && c.CaseSequence > after)
            .OrderBy(c => c.CaseSequence).Take(limit).Select(c => new { c.CaseId, c.CaseSequence }).ToListAsync(ct)).ConvertAll(c => (c.CaseId, c.CaseSequence));

    /// <summary>A case by its number.</summary>
    public static async Task<Guid?> FindAsync(AnhuDbContext db, string caseNumber, CancellationToken ct) =>
        await db.Cases.AsNoTracking().Where(c => c.CaseNumber == caseNumber).Select(c => (Guid?)c.CaseId).SingleOrDefaultAsync(ct);

    /// <summary>Numbers of cases.</summary>
    public static Task<Dictionary<Guid, string>> NumbersAsync(AnhuDbContext db, List<Guid> ids, CancellationToken ct) =>
        db.Cases.AsNoTracking().Where(c => ids.Contains(c.CaseId)).ToDictionaryAsync(c => c.CaseId, c => c.CaseNumber, ct);

    /// <summary>Of some cases, those that a worker is shut out of, and sealed ones without a seat.</summary>
    public static async Task<HashSet<Guid>> ShutAsync(AnhuDbContext db, Guid worker, List<Guid> ids, CancellationToken ct) =>
        [.. await db.Cases.AsNoTracking().Where(c => ids.Contains(c.CaseId) && (db.AccessBlocks.Any(b => b.WorkerId == worker && b.CaseId == c.CaseId)
            || (c.IsSealed && !db.SealedSeats.Any(s => s.CaseId == c.CaseId && s.WorkerId == worker)))).Select(c => c.CaseId).ToListAsync(ct)];

    /// <summary>The groups of cases.</summary>
    public static async Task<List<RetentionGroup>> OfAsync(
        AnhuDbContext db, IReadOnlyCollection<Guid> seeds, RetentionPolicy policy, CityZone zone, DateOnly today, CancellationToken ct)
    {
        var (cases, edges) = await NeighbourhoodAsync(db, seeds, ct);
        var ids = cases.Keys.ToList();
        var holds = (await db.Set<RetentionHold>().AsNoTracking().Where(h => ids.Contains(h.CaseId) && h.ReleasedAt == null).ToListAsync(ct))
            .Where(h => h.Stands(today)).Select(h => h.CaseId).ToHashSet();
        var grades = (await db.Grades.AsNoTracking().Where(g => ids.Contains(g.CaseId) && g.State == GradeState.Effective).Select(g => new { g.CaseId, g.Class }).ToListAsync(ct))
            .ToLookup(g => g.CaseId, g => g.Class);
        var parties = await db.CaseParties.AsNoTracking().Where(p => ids.Contains(p.CaseId)).ToListAsync(ct);
        var people = parties.Select(p => p.PersonId).Distinct().ToList();
        var born = await db.People.AsNoTracking().Where(p => people.Contains(p.PersonId)).Select(p => new { p.PersonId, p.BirthDate, p.IdNumber })
            .ToDictionaryAsync(p => p.PersonId, p => p.BirthDate ?? (p.IdNumber is { } n && CitizenId.TryGetBirthDate(n, out var date) ? date : null), ct);
        var elsewhere = (await (from party in db.CaseParties.AsNoTracking()
                                join other in db.Cases.AsNoTracking() on party.CaseId equals other.CaseId
                                where people.Contains(party.PersonId) && other.State != CaseState.Closed
                                select new { party.PersonId, other.CaseId }).ToListAsync(ct)).ToLookup(e => e.PersonId, e => e.CaseId);
        return [.. Together(cases, edges).Select(Group)];

        RetentionGroup Group(List<DvCase> group)
        {
            var own = group.Select(c => c.CaseId).ToHashSet();
            var @class = group.SelectMany(c => grades[c.CaseId].Append(c.Class)).Min();
            if (group.Exists(c => c.State != CaseState.Closed || c.ClosedAt is null))
            {
                return new RetentionGroup(group, @class, null, null, RetentionStanding.Open);
            }

            var term = policy.TermOf(@class, today);
            var of = parties.Where(p => own.Contains(p.CaseId)).ToList();
            DateOnly? dueOn = term is null ? null : group.Select(c => zone.DateOf(c.ClosedAt!.Value).AddYears(term.Years))
                .Concat(of.Where(p => CaseSecrets.IsProtected(p.Role)).Select(p => OfAge(p, term.MinorsUntilAge)).OfType<DateOnly>()).Max();
            return new RetentionGroup(group, @class, term, dueOn,
                dueOn is null || dueOn >= today ? RetentionStanding.NotYet
                : own.Overlaps(holds) ? RetentionStanding.Held
                : of.Exists(p => elsewhere[p.PersonId].Any(c => !own.Contains(c))) ? RetentionStanding.Needed
                : RetentionStanding.Due);
        }

        DateOnly? OfAge(CaseParty party, int? age)
        {
            // Of a child whose birthday nobody wrote down: as if born on the day that the case was opened.
            var date = born.GetValueOrDefault(party.PersonId) ?? (party.Role == PartyRole.Child ? zone.DateOf(cases[party.CaseId].OpenedAt) : (DateOnly?)null);
            return age is { } years ? date?.AddYears(years) : null;
        }
    }

    /// <summary>All cases that hang together with the given ones, and by which ties.</summary>
    private static async Task<(Dictionary<Guid, DvCase> Cases, List<(Guid, Guid)> Edges)> NeighbourhoodAsync(AnhuDbContext db, IReadOnlyCollection<Guid> seeds, CancellationToken ct)
    {
        var (cases, edges, waiting, seen) = (new Dictionary<Guid, DvCase>(), new List<(Guid, Guid)>(), new Queue<Guid>(seeds), seeds.ToHashSet());
        while (waiting.Count > 0)
        {
            var part = new List<Guid>();
            while (part.Count < Step && waiting.TryDequeue(out var id))
            {
                part.Add(id);
            }

            foreach (var c in await db.Cases.AsNoTracking().Where(c => part.Contains(c.CaseId)).ToListAsync(ct))
            {
                cases[c.CaseId] = c;
                Tie(c.CaseId, c.JoinedIntoCaseId);
            }

            foreach (var (one, other) in await TiesAsync(db, part, [.. part.Where(cases.ContainsKey).Select(id => cases[id])], ct))
            {
                Tie(one, other);
            }
        }

        return (cases, edges);

        void Tie(Guid one, Guid? to)
        {
            if (to is not { } other)
            {
                return;
            }

            edges.Add((one, other));
            foreach (var id in (Guid[])[one, other])
            {
                if (seen.Add(id))
                {
                    waiting.Enqueue(id);
                }
            }
        }
    }

    private static async Task<List<(Guid, Guid)>> TiesAsync(AnhuDbContext db, List<Guid> ids, List<DvCase> cases, CancellationToken ct)
    {
        var ties = (await db.Cases.AsNoTracking().Where(c => c.JoinedIntoCaseId != null && ids.Contains(c.JoinedIntoCaseId.Value)).Select(c => new { c.CaseId, Other = c.JoinedIntoCaseId!.Value }).ToListAsync(ct))
            .ConvertAll(t => (t.CaseId, t.Other));
        ties.AddRange((await db.Incidents.AsNoTracking().Where(i => i.OriginCaseId != null && (ids.Contains(i.CaseId) || ids.Contains(i.OriginCaseId.Value)))
            .Select(i => new { i.CaseId, Other = i.OriginCaseId!.Value }).ToListAsync(ct)).Select(t => (t.CaseId, t.Other)));
        ties.AddRange((await db.Duties.AsNoTracking().Where(d => d.OriginCaseId != null && (ids.Contains(d.CaseId) || ids.Contains(d.OriginCaseId.Value)))
            .Select(d => new { d.CaseId, Other = d.OriginCaseId!.Value }).ToListAsync(ct)).Select(t => (t.CaseId, t.Other)));
        ties.AddRange((await db.SafeContacts.AsNoTracking().Where(s => s.OriginCaseId != null && (ids.Contains(s.CaseId) || ids.Contains(s.OriginCaseId.Value)))
            .Select(s => new { s.CaseId, Other = s.OriginCaseId!.Value }).ToListAsync(ct)).Select(t => (t.CaseId, t.Other)));

        // A case that was parted from another for an incident.
        ties.AddRange((await (from c in db.Cases.AsNoTracking()
                              join i in db.Incidents.AsNoTracking() on c.PartedIncidentId equals i.IncidentId
                              where ids.Contains(c.CaseId) || ids.Contains(i.CaseId)
                              select new { c.CaseId, Other = i.CaseId }).ToListAsync(ct)).Select(t => (t.CaseId, t.Other)));

        // What a case tells of itself: cases whose incidents it holds, and own incidents that another holds now.
        var across = cases.SelectMany(c => c.Across).Distinct().ToList();
        if (across.Count > 0)
        {
            var known = (await db.Cases.AsNoTracking().Where(c => across.Contains(c.CaseId)).Select(c => new { Id = c.CaseId, c.CaseId }).ToListAsync(ct))
                .Concat(await db.Incidents.AsNoTracking().Where(i => across.Contains(i.IncidentId)).Select(i => new { Id = i.IncidentId, i.CaseId }).ToListAsync(ct))
                .ToDictionary(k => k.Id, k => k.CaseId);
            ties.AddRange(cases.SelectMany(c => c.Across.Where(known.ContainsKey).Select(id => (c.CaseId, known[id]))));
        }

        return [.. ties.Where(t => t.Item1 != t.Item2).Distinct()];
    }

    private static List<List<DvCase>> Together(Dictionary<Guid, DvCase> cases, List<(Guid, Guid)> edges)
    {
        var neighbours = edges.SelectMany(e => ((Guid, Guid)[])[e, (e.Item2, e.Item1)]).ToLookup(e => e.Item1, e => e.Item2);
        var (groups, seen) = (new List<List<DvCase>>(), new HashSet<Guid>());
        foreach (var first in cases.Values.OrderBy(c => c.CaseSequence).Where(c => !seen.Contains(c.CaseId)))
        {
            var (group, waiting) = (new List<DvCase>(), new Queue<Guid>([first.CaseId]));
            while (waiting.TryDequeue(out var id))
            {
                if (seen.Add(id) && cases.TryGetValue(id, out var c))
                {
                    group.Add(c);
                    foreach (var next in neighbours[id])
                    {
                        waiting.Enqueue(next);
                    }
                }
            }

            groups.Add([.. group.OrderBy(c => c.CaseSequence)]);
        }

        return groups;
    }
}
