using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Demo;

/// <summary>
/// Goes on where the made-up year ends: new alarms every few seconds, supplements to them, and workers who take up what came.
/// The desks of those who can sign in are mostly left to the visitor.
/// </summary>
public sealed class DemoLife(
    IDbContextFactory<AnhuDbContext> contexts, AlarmIntake intake, DemoHands hands, OrganisationDirectory organisation, RuleBook rules,
    DemoOptions options, TimeProvider time)
{
    // After so many alarms it goes on more slowly: a demo that is left running must not grow without end.
    private const int LivelyAlarms = 400;

    private readonly DemoAgenda agenda = new();
    private readonly PriorityQueue<DemoReport, DateTimeOffset> coming = new();
    private readonly HashSet<Guid> desks = [];
    private readonly Random random = DemoRandom.For(options.Seed, "live");
    private readonly DemoPeople people = new(DemoRandom.For(options.Seed, "live-people"));
    private DemoStory? story;
    private DemoCrew? crew;
    private DateTimeOffset nextAlarmAt;
    private int alarms;

    /// <summary>How many alarms it has sent, supplements not counted.</summary>
    public int Alarms => alarms;

    /// <summary>Does what is due now.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>How long to rest.</returns>
    /// <exception cref="IntakeUnavailableException">The store is not there now.</exception>
    public async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        var now = time.Now;
        await BeginAsync(now, ct);
        while (coming.TryPeek(out var report, out var at) && at <= now)
        {
            coming.Dequeue();
            await SubmitAsync(report, ct);
        }

        if (nextAlarmAt <= now)
        {
            var reports = story!.Live(random, people, now);
            await SubmitAsync(reports[0], ct);
            foreach (var later in reports.Skip(1))
            {
                // What takes an hour in life takes minutes here.
                coming.Enqueue(later, now + ((later.At - now) / 20));
            }

            alarms++;
            nextAlarmAt = now + (random.Between(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(12)) * (alarms < LivelyAlarms ? 1 : 8));
        }

        while (agenda.Next(now) is { } plan)
        {
            foreach (var next in await hands.DoAsync(plan, crew!, ct))
            {
                agenda.Add(next);
            }
        }

        var rest = nextAlarmAt;
        if (coming.TryPeek(out _, out var due) && due < rest)
        {
            rest = due;
        }

        rest = agenda.NextAt < rest ? agenda.NextAt.Value : rest;
        return TimeSpan.FromMilliseconds(Math.Max(100, (rest - time.Now).TotalMilliseconds));
    }

    private async Task BeginAsync(DateTimeOffset now, CancellationToken ct)
    {
        if (story is not null)
        {
            return;
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        crew = new DemoCrew(await db.Workers.AsNoTracking().OrderBy(w => w.UserName).ToListAsync(ct));
        desks.UnionWith(DemoCast.Of(map).Select(m => map.Find(m.UnitCode)!.UnitId));
        var begun = new DemoStory(options.Seed, map, rules.Clock.Zone, now);

        // Makes the families known again of which more will be heard.
        begun.Past(options, now);
        story = begun;
        nextAlarmAt = now;
    }

    private async Task SubmitAsync(DemoReport report, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        var unit = report.Sender switch
        {
            DemoSender.Hotline => map.Responsible(Agency.WomensFederation, report.Report.Location?.RegionCode, Regions.RegionLevel.County),
            DemoSender.Police => map.Responsible(Agency.Police, report.Report.Location?.RegionCode, Regions.RegionLevel.Township),
            DemoSender.CommandCentre => null,
        };
        var actor = unit is null ? new Actor(ClientId: DemoStory.CommandCentre) : crew!.Known(unit.UnitId)?.Actor ?? Actor.Platform;
        var receipt = await intake.SubmitAsync(report.Report, actor, ct, unit?.UnitId);
        var now = time.Now;
        await using var db = await contexts.CreateDbContextAsync(ct);
        foreach (var duty in await db.Duties.AsNoTracking().Where(d => receipt.DutyIds.Contains(d.DutyId)).OrderBy(d => d.DueAt).ThenBy(d => d.Kind).ToListAsync(ct))
        {
            if (crew!.Known(duty.OwnerUnitId) is null || random.Chance(desks.Contains(duty.OwnerUnitId) ? 0.85 : 0.25))
            {
                continue;
            }

            var isFirst = duty.Kind == "police-first-contact";
            var accept = now + random.Between(TimeSpan.FromSeconds(isFirst ? 10 : 40), TimeSpan.FromSeconds(isFirst ? 60 : 400));
            agenda.Add(new DemoPlan(accept, DemoAct.Accept, duty.CaseId, duty.DutyId, 0));
            var done = accept + random.Between(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(900));
            agenda.Add(new DemoPlan(done, !isFirst && random.Chance(0.06) ? DemoAct.HandOver : DemoAct.Complete, duty.CaseId, duty.DutyId, 0));
        }
    }
}
