using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Anhu.Modules.Work;
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
/// <param name="Left">How many are open on all pages; counted no further than <see cref="VisitQueries.MostCounted"/>.</param>
/// <param name="DoneToday">How many the unit did today; without those that were more than a year overdue.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record VisitList(IReadOnlyList<VisitLine> Lines, int Left, int DoneToday, VisitCursor? Next);

/// <summary>A place in the morning list.</summary>
/// <param name="Class">Class of the last line seen.</param>
/// <param name="Due">Deadline and key of the last line seen.</param>
public sealed record VisitCursor(int Class, DutyCursor Due)
{
    /// <summary>Reads a cursor; null when it is not one.</summary>
    /// <param name="text">As written by <see cref="ToString"/>.</param>
    public static VisitCursor? Parse(string? text) =>
        text is [>= '1' and <= '3', '_', _, ..] && DutyCursor.Parse(text[2..]) is { } due ? new VisitCursor(text[0] - '0', due) : null;

    /// <inheritdoc />
    public override string ToString() => $"{Class}_{Due}";
}

/// <summary>Reads the women's federation's morning list (handbook §4.7).</summary>
public sealed class VisitQueries(IDbContextFactory<AnhuDbContext> contexts, CityZone zone, TimeProvider time)
{
    /// <summary>How many lines a page holds at most.</summary>
    public const int Most = 200;

    /// <summary>How far the open ones are counted.</summary>
    public const int MostCounted = 1000;

    /// <summary>Regular visits show up so many days before they are due.</summary>
    private const int DaysAhead = 2;

    private static readonly DutyState[] Open = Duty.OpenStates;

    /// <summary>The visits of a unit that are to be made now: most serious first, then by deadline, then who can be called at this hour.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="kinds">Which kinds of duties.</param>
    /// <param name="after">Only after this place; null for the first page.</param>
    /// <param name="limit">How many lines, 1 to <see cref="Most"/>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<VisitList> ListAsync(Caller caller, IReadOnlyList<string> kinds, VisitCursor? after, int limit, CancellationToken ct)
    {
        if (!caller.May(Permissions.ReadCases) || caller.UnitId is not { } unit)
        {
            return new VisitList([], 0, 0, null);
        }

        var now = time.Now;
        var today = zone.DateOf(now);
        var (yesterday, midnight) = (zone.StartOf(today.AddDays(-1)), zone.StartOf(today));
        var until = zone.EndOf(today.AddDays(DaysAhead));
        var wanted = kinds.ToList();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var mine = db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.OwnerUnitId == unit);
        var open = mine.Where(d => Open.Contains(d.State) && wanted.Contains(d.Kind) && d.DueAt <= until);
        var left = await open.Take(MostCounted).CountAsync(ct);
        if (after is { Class: var @class, Due: var (dueAt, dutyId) })
        {
            open = open.Where(d => d.Class > @class || (d.Class == @class && (d.DueAt > dueAt || (d.DueAt == dueAt && d.DutyId.CompareTo(dutyId) > 0))));
        }

        limit = Math.Clamp(limit, 1, Most);
        var duties = await CaseQueries.Lines(open.OrderBy(d => d.Class).ThenBy(d => d.DueAt).ThenBy(d => d.DutyId).Take(limit + 1), db).ToListAsync(ct);
        duties.Sort(static (a, b) => (a.Class, a.DueAt, a.DutyId).CompareTo((b.Class, b.DueAt, b.DutyId)));
        var done = await mine.Where(d => d.DoneAt >= midnight && (d.State == DutyState.Done || d.State == DutyState.Verified) && wanted.Contains(d.Kind)).CountAsync(ct);
        var more = duties.Count > limit;
        if (more)
        {
            duties.RemoveAt(limit);
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
                var shared = await SafeContacts.IsSharedAsync(db, contact, ct);
                var judged = ContactGate.Judge(contact, channel, now, dvCase.LastAlarmAt, shared, zone);
                verdict = verdict is { } best && best <= judged ? best : judged;
            }

            lines.Add(new VisitLine(
                duty, dvCase.RegionCode, dvCase.LastAlarmAt >= yesterday && dvCase.LastAlarmAt < midnight, tries.GetValueOrDefault(duty.DutyId), verdict));
        }

        return new VisitList(
            [.. lines.OrderBy(l => l.Duty.Class).ThenBy(l => l.Duty.DueAt).ThenBy(l => l.Contact != ContactVerdict.Safe).ThenBy(l => l.Tries)], left, done,
            more ? new VisitCursor(duties[^1].Class, new DutyCursor(duties[^1].DueAt, duties[^1].DutyId)) : null);
    }
}
