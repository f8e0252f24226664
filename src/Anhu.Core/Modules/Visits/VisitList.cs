using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Visits;

/// <summary>A line of the morning list.</summary>
/// <param name="Duty">The duty.</param>
/// <param name="RegionCode">Where.</param>
/// <param name="FromYesterday">The alarm came yesterday.</param>
/// <param name="Tries">How often nobody answered.</param>
/// <param name="Contact">Whether she can be called now; null when nothing is recorded, and for messages whether she can be texted.</param>
public sealed record VisitLine(DutyLine Duty, string RegionCode, bool FromYesterday, int Tries, ContactVerdict? Contact);

/// <summary>The morning list.</summary>
/// <param name="Lines">Next one first.</param>
/// <param name="Left">How many are open; no more than the list holds.</param>
/// <param name="DoneToday">How many the unit did today.</param>
/// <param name="HasMore">There are more than the list holds.</param>
public sealed record VisitList(IReadOnlyList<VisitLine> Lines, int Left, int DoneToday, bool HasMore);

/// <summary>Reads the women's federation's morning list (handbook §4.7).</summary>
public sealed class VisitQueries(IDbContextFactory<AnhuDbContext> contexts, CityZone zone, TimeProvider time)
{
    /// <summary>How many lines the list holds: more than an office calls in a day.</summary>
    public const int Most = 200;

    /// <summary>Regular visits show up so many days before they are due.</summary>
    private const int DaysAhead = 2;

    private static readonly DutyState[] Open = [DutyState.Proposed, DutyState.Assigned, DutyState.Accepted, DutyState.InProgress];

    /// <summary>The visits of a unit that are to be made now: most serious first, then by deadline, then who can be called at this hour.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="kinds">Which kinds of duties.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<VisitList> ListAsync(Caller caller, IReadOnlyList<string> kinds, CancellationToken ct)
    {
        if (!caller.May(Permissions.ReadCases) || caller.UnitId is not { } unit)
        {
            return new VisitList([], 0, 0, false);
        }

        var now = time.Now;
        var today = zone.DateOf(now);
        var (yesterday, midnight) = (zone.StartOf(today.AddDays(-1)), zone.StartOf(today));
        var until = zone.EndOf(today.AddDays(DaysAhead));
        var wanted = kinds.ToList();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var open = db.Duties.AsNoTracking().Where(d => d.OwnerUnitId == unit && Open.Contains(d.State) && wanted.Contains(d.Kind) && d.DueAt <= until);
        var duties = await CaseQueries.Lines(open.OrderBy(d => d.Class).ThenBy(d => d.DueAt).ThenBy(d => d.DutyId).Take(Most + 1), db).ToListAsync(ct);
        var done = await db.Duties.Where(d => d.OwnerUnitId == unit && d.DoneAt >= midnight && wanted.Contains(d.Kind)).CountAsync(ct);
        var more = duties.Count > Most;
        if (more)
        {
            duties.RemoveAt(Most);
        }

        var ids = duties.Select(d => d.DutyId).ToList();
        var caseIds = duties.Select(d => d.CaseId).Distinct().ToList();
        var cases = await db.Cases.AsNoTracking().Where(c => caseIds.Contains(c.CaseId)).Select(c => new { c.CaseId, c.RegionCode, c.LastAlarmAt }).ToDictionaryAsync(c => c.CaseId, ct);
        var tries = await db.ReturnVisits.AsNoTracking().Where(v => ids.Contains(v.DutyId)).GroupBy(v => v.DutyId).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var contacts = (await db.SafeContacts.AsNoTracking().Where(c => caseIds.Contains(c.CaseId)).ToListAsync(ct)).ToLookup(c => c.CaseId);
        var lines = new List<VisitLine>(duties.Count);
        foreach (var duty in duties)
        {
            var dvCase = cases[duty.CaseId];
            var channel = duty.Kind == "caring-message" ? ContactChannel.Text : ContactChannel.Call;
            ContactVerdict? verdict = null;
            foreach (var contact in contacts[duty.CaseId])
            {
                var shared = await SafeContacts.IsSharedAsync(db, duty.CaseId, contact.PersonId, contact.Phone, ct);
                var judged = ContactGate.Judge(contact, channel, now, dvCase.LastAlarmAt, shared, zone);
                verdict = verdict is { } best && best <= judged ? best : judged;
            }

            lines.Add(new VisitLine(
                duty, dvCase.RegionCode, dvCase.LastAlarmAt >= yesterday && dvCase.LastAlarmAt < midnight, tries.GetValueOrDefault(duty.DutyId), verdict));
        }

        return new VisitList(
            [.. lines.OrderBy(l => l.Duty.Class).ThenBy(l => l.Duty.DueAt).ThenBy(l => l.Contact != ContactVerdict.Safe).ThenBy(l => l.Tries)], duties.Count, done, more);
    }
}
