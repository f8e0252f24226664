using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.DryRun;

/// <summary>Replays past alarms against changed rules and says what would change (issue §4). Reads only; the store is as it was.</summary>
/// <param name="db">The store.</param>
/// <param name="book">The rules in force.</param>
/// <param name="organisation">Units and regions.</param>
/// <param name="time">The time.</param>
public sealed class PlaybookDryRun(AnhuDbContext db, RuleBook book, OrganisationDirectory organisation, TimeProvider time)
{
    private const int Page = 500;
    private static readonly DateOnly Beginning = new(1970, 1, 1);

    /// <summary>Compares.</summary>
    /// <param name="changed">The rules to try; where only one document is changed, the other is the one in force.</param>
    /// <param name="since">First city date to count; the first alarm's when null.</param>
    /// <param name="progress">Told how many cases are done.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<DryRunReport> RunAsync(RuleSet changed, DateOnly? since, IProgress<int>? progress, CancellationToken ct)
    {
        var zone = book.Clock.Zone;
        var until = time.Now;
        var from = since ?? await FirstDayAsync(ct) ?? zone.DateOf(until);
        var to = zone.DateOf(until) is var today && today > from ? today : from;
        var run = new DryRunComparison(book.Current, changed, await organisation.GetAsync(ct), zone, from, to, until);
        var start = zone.StartOf(from);
        var last = 0L;
        while (await NextAsync(start, last, ct) is { Count: > 0 } cases)
        {
            last = cases[^1].CaseSequence;
            var incidents = await IncidentsAsync(cases, ct);
            foreach (var dvCase in cases)
            {
                if (incidents.TryGetValue(dvCase.CaseId, out var past))
                {
                    run.Play(dvCase, past);
                }
            }

            progress?.Report(run.Cases);
        }

        return run.ToReport();
    }

    private async Task<DateOnly?> FirstDayAsync(CancellationToken ct)
    {
        var first = await db.Incidents.OrderBy(i => i.OccurredAt).Select(i => (DateTimeOffset?)i.OccurredAt).FirstOrDefaultAsync(ct);
        return first is { } at ? book.Clock.Zone.DateOf(at) is var on && on > Beginning ? on : Beginning : null;
    }

    private Task<List<DvCase>> NextAsync(DateTimeOffset since, long after, CancellationToken ct) => db.Cases.AsNoTracking()
        .Where(c => c.CaseSequence > after && c.LastAlarmAt >= since && c.JoinedIntoCaseId == null).OrderBy(c => c.CaseSequence).Take(Page).ToListAsync(ct);

    private async Task<Dictionary<Guid, List<PastIncident>>> IncidentsAsync(List<DvCase> cases, CancellationToken ct)
    {
        var ids = cases.Select(c => c.CaseId).ToList();
        var incidents = await db.Incidents.AsNoTracking().Where(i => ids.Contains(i.CaseId)).ToListAsync(ct);
        var parties = await (
            from incident in db.Incidents
            join party in db.IncidentParties on incident.IncidentId equals party.IncidentId
            join person in db.People on party.PersonId equals person.PersonId
            where ids.Contains(incident.CaseId)
            select new PastParty(incident.IncidentId, incident.CaseId, party.PersonId, party.Role, person.BirthDate)).AsNoTracking().ToListAsync(ct);
        var byIncident = parties.ToLookup(p => p.IncidentId);
        return incidents.GroupBy(i => i.CaseId).ToDictionary(
            g => g.Key,
            g => g.OrderBy(i => i.OccurredAt).ThenBy(i => i.IncidentId).Select(i => new PastIncident(i, [.. byIncident[i.IncidentId]])).ToList());
    }
}
