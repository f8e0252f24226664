using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Dispositions;

/// <summary>Letters of one unit over a time: what the facts asked for, and what was done.</summary>
/// <param name="UnitId">The unit.</param>
/// <param name="Due">Incidents for which a letter was due and whose time is over, or that have one.</param>
/// <param name="Issued">Of them with a letter.</param>
/// <param name="InTime">Of them within the time limit.</param>
/// <param name="Missed">Of them without one.</param>
/// <param name="NotDelivered">Letters issued and not delivered in time, as of now.</param>
/// <param name="NotNotified">Letters delivered whose notices were not given in time, as of now.</param>
public sealed record LetterUnitFigures(Guid UnitId, int Due, int Issued, int InTime, int Missed, int NotDelivered, int NotNotified)
{
    /// <summary>Per cent of the due ones that were issued in time, rounded; null where none was due.</summary>
    public int? RatePercent => Due == 0 ? null : (int)Math.Round(100.0 * InTime / Due);
}

/// <summary>A letter that was due and is missing or came late.</summary>
/// <param name="IncidentId">The incident.</param>
/// <param name="CaseId">Its case.</param>
/// <param name="CaseNumber">The case's number.</param>
/// <param name="UnitId">The unit that has to issue it.</param>
/// <param name="DueAt">By when, UTC.</param>
/// <param name="Strength">Must or should.</param>
/// <param name="GroundIds">The grounds.</param>
/// <param name="IssuedAt">When it came, UTC; null when it did not.</param>
/// <param name="DutyId">The leader's duty; null where there is none.</param>
public sealed record MissedLetter(
    Guid IncidentId, Guid CaseId, string CaseNumber, Guid UnitId, DateTimeOffset DueAt, GroundStrength Strength, IReadOnlyList<string> GroundIds, DateTimeOffset? IssuedAt, Guid? DutyId);

/// <summary>Rates of letters for supervisors (handbook §7.3: never an expected ratio, but with what was due as denominator). Counts only cases that the caller may see.</summary>
public sealed class LetterFigures(IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, TimeProvider time)
{
    /// <summary>Published cells below this are suppressed (handbook §4.22).</summary>
    public const int SmallestCell = 5;

    /// <summary>Lines of the list of missed letters at most.</summary>
    public const int MostLines = 200;

    /// <summary>Figures per unit, for the units that the caller supervises; without those that have none.</summary>
    /// <param name="caller">Who asks: a supervisor, or an agency's system for the units below its own.</param>
    /// <param name="from">First instant of the incidents, UTC.</param>
    /// <param name="to">First instant after them, UTC.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<LetterUnitFigures>> OfUnitsAsync(Caller caller, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.Now;
        var rows = await (
            from d in db.LettersDue.AsNoTracking()
            join i in db.Incidents.AsNoTracking() on d.IncidentId equals i.IncidentId
            join a in db.CaseAccess.AsNoTracking().VisibleTo(caller, db) on i.CaseId equals a.CaseId
            where d.OccurredAt >= @from && d.OccurredAt < to && (d.DueAt <= now || i.LetterAt != null)
            group new { d.DueAt, i.LetterAt } by d.UnitId into g
            select new
            {
                UnitId = g.Key, Due = g.Count(), Issued = g.Sum(x => x.LetterAt != null ? 1 : 0), InTime = g.Sum(x => x.LetterAt != null && x.LetterAt <= x.DueAt ? 1 : 0),
            }).ToListAsync(ct);
        var late = await (
            from m in db.Measures.AsNoTracking()
            join i in db.Incidents.AsNoTracking() on m.IncidentId equals i.IncidentId
            join a in db.CaseAccess.AsNoTracking().VisibleTo(caller, db) on i.CaseId equals a.CaseId
            where m.Kind == WarningLetter.KindId && m.IsOpen && m.DueAt <= now && (m.DeadlineKey == "deliver" || m.DeadlineKey == "notify")
            group m.DeadlineKey by m.UnitId into g
            select new { UnitId = g.Key, NotDelivered = g.Sum(k => k == "deliver" ? 1 : 0), NotNotified = g.Sum(k => k == "notify" ? 1 : 0) }).ToListAsync(ct);
        return
        [
            .. rows.Select(r => r.UnitId).Union(late.Select(l => l.UnitId)).Where(u => MayCount(caller, u, map))
                .Select(u => (Unit: u, Row: rows.Find(r => r.UnitId == u), Late: late.Find(l => l.UnitId == u)))
                .Select(f => new LetterUnitFigures(
                    f.Unit, f.Row?.Due ?? 0, f.Row?.Issued ?? 0, f.Row?.InTime ?? 0, (f.Row?.Due ?? 0) - (f.Row?.Issued ?? 0), f.Late?.NotDelivered ?? 0, f.Late?.NotNotified ?? 0))
                .OrderByDescending(f => f.Missed).ThenBy(f => map.Find(f.UnitId)?.Code, StringComparer.Ordinal),
        ];
    }

    /// <summary>Letters that are missing or came late, the latest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="unitId">Only of this unit; all when null.</param>
    /// <param name="from">First instant of the incidents, UTC.</param>
    /// <param name="to">First instant after them, UTC.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<MissedLetter>> MissedAsync(Caller caller, Guid? unitId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        if (caller.UnitId is not { } own || map.Find(own) is not { } unit || !AccessPolicy.HearsStory(unit.Agency))
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.Now;
        var found = await (
            from d in db.LettersDue.AsNoTracking()
            join i in db.Incidents.AsNoTracking() on d.IncidentId equals i.IncidentId
            join a in db.CaseAccess.AsNoTracking().VisibleTo(caller, db) on i.CaseId equals a.CaseId
            join c in db.Cases.AsNoTracking() on i.CaseId equals c.CaseId
            where d.OccurredAt >= @from && d.OccurredAt < to && (unitId == null || d.UnitId == unitId) && ((i.LetterAt == null && d.DueAt <= now) || i.LetterAt > d.DueAt)
            orderby d.OccurredAt descending, d.IncidentId
            select new MissedLetter(
                d.IncidentId, c.CaseId, c.CaseNumber, d.UnitId, d.DueAt, d.Strength, d.GroundIds, i.LetterAt,
                db.Duties.Where(x => x.IncidentId == d.IncidentId && x.CaseId == c.CaseId && x.Kind == LetterWatch.MissedKind).Select(x => (Guid?)x.DutyId).FirstOrDefault()))
            .Take(MostLines).ToListAsync(ct);
        return [.. found.Where(l => MayCount(caller, l.UnitId, map))];
    }

    /// <summary>Figures as they may be published: cells of 1 to 4 are null, and a total from which one could work back to a single such cell, too.</summary>
    /// <param name="rows">Figures per unit.</param>
    /// <returns>Per unit and for all: due, issued, in time, missed; null where suppressed. The rate is given only where all of its row is.</returns>
    public static (IReadOnlyList<(Guid UnitId, int?[] Cells, int? RatePercent)> Rows, int?[] Total) Published(IReadOnlyList<LetterUnitFigures> rows)
    {
        static int[] Cells(LetterUnitFigures f) => [f.Due, f.Issued, f.InTime, f.Missed];
        static int? Shown(int n) => n is > 0 and < SmallestCell ? null : n;
        var shown = rows.Select(r =>
        {
            int?[] cells = [.. Cells(r).Select(Shown)];
            HideSecond(cells);
            return (r.UnitId, Cells: cells, RatePercent: cells.All(c => c is not null) ? r.RatePercent : null);
        }).ToList();
        var total = new int?[4];
        for (var i = 0; i < 4; i++)
        {
            var all = rows.Sum(r => Cells(r)[i]);
            total[i] = shown.Count(s => s.Cells[i] is null) == 1 ? null : Shown(all);
        }

        HideSecond(total);
        return (shown, total);
    }

    /// <summary>Due is issued and missed together: one hidden cell of the three could be worked out from the other two.</summary>
    private static void HideSecond(int?[] cells)
    {
        int[] three = [0, 1, 3];
        if (three.Count(i => cells[i] is null) == 1)
        {
            cells[cells[3] is null ? 1 : 3] = null;
        }
    }

    private static bool MayCount(Caller caller, Guid unitId, OrganisationMap map) => caller.ClientId is null
        ? AccessPolicy.MaySupervise(caller, unitId, map)
        : caller.UnitId is { } own && map.Find(unitId) is { } unit && map.WithSuperiors(unit).Any(u => u.UnitId == own);
}
