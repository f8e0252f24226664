using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Work;

/// <summary>What time alone demands: overdue marks, escalations, failed hand-overs, reviews that have come, holidays that are near. Idempotent: running it twice, or on two nodes, does it once.</summary>
public sealed class DeadlineWork(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    private const int Portion = 200;

    /// <summary>Does all that is due now.</summary>
    /// <param name="ct">Cancels between portions.</param>
    /// <returns>How many duties and cases changed.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var changed = 0;
        for (var portion = -1; portion != 0;)
        {
            portion = await DutiesAsync(ct);
            changed += portion;
        }

        for (var portion = -1; portion != 0;)
        {
            portion = await ReviewsAsync(ct);
            changed += portion;
        }

        for (var portion = -1; portion != 0;)
        {
            portion = await HolidaysAsync(ct);
            changed += portion;
        }

        return changed;
    }

    private async Task<int> DutiesAsync(CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var asOf = time.Now;
        if (!await db.Duties.AnyAsync(d => d.NextCheckAt != null && d.NextCheckAt <= asOf, ct))
        {
            return 0;
        }

        var overdue = 0;
        var done = await db.ExclusivelyAsync(
            async () =>
            {
                var now = time.Now;
                var work = new CaseRules(map, rules);
                var due = await db.Duties.Where(d => d.NextCheckAt != null && d.NextCheckAt <= now)
                    .OrderBy(d => d.NextCheckAt).Take(Portion).ToListAsync(ct);
                var files = await CaseFile.LoadAsync(db, [.. due.Select(d => d.CaseId).Distinct()], ct);
                var sink = new TrackedSink(db);
                foreach (var duty in due)
                {
                    var wasOverdue = duty.OverdueAt is not null;
                    Tick(duty, files[duty.CaseId], work, now, sink);
                    overdue += !wasOverdue && duty.OverdueAt is not null ? 1 : 0;
                }

                return due.Count;
            },
            ct);
        Figures.Overdue(overdue);
        return done;
    }

    internal static void Tick(Duty duty, CaseFile file, CaseRules work, DateTimeOffset now, IChangeSink sink)
    {
        var map = work.Map;
        var owner = map.Find(duty.OwnerUnitId);
        var receiver = duty.HandOverToUnitId is { } id ? map.Find(id) : null;
        var both = owner is not null && receiver is not null ? map.CommonSuperior(owner, receiver)?.UnitId ?? owner.UnitId : duty.OwnerUnitId;
        var wasOverdue = duty.OverdueAt is not null;
        var events = new List<PendingEvent>();
        var last = map.Find(duty.EscalatedToUnitId ?? duty.OwnerUnitId);
        DutyMachine.Tick(duty, now, both, Above(last, map) ?? duty.OwnerUnitId, work.Rules.Playbook.EscalationInterval(duty.Class), events);
        foreach (var e in events)
        {
            sink.Record(e);
        }

        foreach (var involved in (Guid?[])[duty.OwnerUnitId, duty.EscalatedToUnitId])
        {
            if (involved is { } unitId && map.Find(unitId) is { } unit)
            {
                work.Involve(file, unit, sink, duty.WithoutConsent);
            }
        }

        if (!wasOverdue && duty.OverdueAt is not null)
        {
            work.Plan(file, [PlaybookEvent.DutyOverdue], now, null, sink, ended: duty);
        }
    }

    private static Guid? Above(Unit? unit, OrganisationMap map) =>
        unit is null ? null : map.Supervisor(unit)?.UnitId ?? unit.UnitId;

    /// <summary>A dated review that has come becomes a duty.</summary>
    private async Task<int> ReviewsAsync(CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var date = rules.Clock.Zone.DateOf(time.Now);
        if (!await db.Cases.AnyAsync(c => c.State == CaseState.Observation && c.ReviewOn <= date, ct))
        {
            return 0;
        }

        return await db.ExclusivelyAsync(
            async () =>
            {
                var now = time.Now;
                var work = new CaseRules(map, rules);
                var today = work.Clock.Zone.DateOf(now);
                var due = await db.Cases.Where(c => c.State == CaseState.Observation && c.ReviewOn <= today)
                    .OrderBy(c => c.ReviewOn).Select(c => c.CaseId).Take(Portion).ToListAsync(ct);
                var files = await CaseFile.LoadAsync(db, due, ct);
                var sink = new TrackedSink(db);
                foreach (var file in files.Values)
                {
                    Review(file, work, now, sink);
                }

                return due.Count;
            },
            ct);
    }

    internal static void Review(CaseFile file, CaseRules work, DateTimeOffset now, IChangeSink sink)
    {
        if (work.Plan(file, [PlaybookEvent.CaseReviewDue], now, null, sink).Count == 0)
        {
            var lead = work.Map.Responsible(Agency.WomensFederation, file.Case.RegionCode, Regions.RegionLevel.County)
                ?? throw new InvalidOperationException("The city has no women's federation to review a case.");
            work.AddDuty(file, lead, "case-review", now + TimeSpan.FromDays(7), "合肥市联动规则", now, null, sink);
        }
    }

    /// <summary>
    /// Before a long holiday every case that is open or under observation is looked at, in order of their numbers; a counter of the holiday's name keeps how far it came,
    /// so that it is done once by any number of nodes, and goes on where it was killed. A case that comes later was graded later.
    /// </summary>
    private async Task<int> HolidaysAsync(CancellationToken ct)
    {
        if (rules.Current.Playbook.Holidays?.On(rules.Clock.Calendar, rules.Clock.Zone.DateOf(time.Now)) is not { } holiday)
        {
            return 0;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"holiday:{holiday.From:yyyyMMdd}");
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Counters.AnyAsync(c => c.Name == name && c.Value == long.MaxValue, ct))
        {
            return 0;
        }

        var map = await organisation.GetAsync(ct);
        return await db.ExclusivelyAsync(
            async () =>
            {
                var counter = await db.Counters.SingleOrDefaultAsync(c => c.Name == name, ct);
                if (counter is null)
                {
                    counter = new Counter { Name = name, Value = -1 };
                    db.Add(counter);
                }

                var after = counter.Value;
                var next = await db.Cases
                    .Where(c => c.CaseSequence > after && (c.State == CaseState.Open || c.State == CaseState.Observation) && c.JoinedIntoCaseId == null)
                    .OrderBy(c => c.CaseSequence).Take(Portion).Select(c => new { c.CaseId, c.CaseSequence }).ToListAsync(ct);
                counter.Value = next.Count == 0 ? long.MaxValue : next[^1].CaseSequence;
                var now = time.Now;
                var work = new CaseRules(map, rules);
                var files = await CaseFile.LoadAsync(db, [.. next.Select(c => c.CaseId)], ct);
                var sink = new TrackedSink(db);
                foreach (var file in files.Values)
                {
                    work.Plan(file, [PlaybookEvent.HolidayComing], now, null, sink, aheadAt: rules.Clock.Zone.StartOf(holiday.From));
                }

                return next.Count;
            },
            ct);
    }
}
