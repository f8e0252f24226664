using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.Intake;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Visits;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Demo;

/// <summary>
/// Lets a made-up year happen. Each portion of a day goes through the platform's own rules on a clock of its own: alarms
/// through the intake, steps through the duty machine, deadlines through the deadline work; so cases, grades, overdue marks
/// and the chained record are those that the year would have left.
/// </summary>
internal sealed class DemoHistory(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, OrganisationMap map, DemoStory story, DemoOptions options)
{
    private static readonly Actor CommandCentre = new(ClientId: DemoStory.CommandCentre);
    private static readonly int[] HoursOfPortions = [0, 9, 17];

    private readonly DemoAgenda agenda = new();
    private readonly Dictionary<Guid, string> numbers = [];
    private readonly Dictionary<(Guid CaseId, string Kind), int> counts = [];
    private readonly Dictionary<(Guid CaseId, string Kind), List<string>> outcomes = [];
    private readonly Dictionary<Guid, int> reviewed = [];
    private readonly Dictionary<Guid, SafeContact> safe = [];
    private readonly HashSet<Guid> knownDuties = [];
    private readonly List<DemoPlan> closings = [];
    private readonly List<(PendingEvent Fact, Actor Actor)> facts = [];
    private DemoCrew crew = new([]);
    private long seen;

    /// <summary>Steps that the rules refused; none under the rules that ship.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Lets it happen until now.</summary>
    /// <param name="now">The end, UTC.</param>
    /// <param name="progress">Told after each day, from 0 to 1.</param>
    /// <param name="ct">Cancels.</param>
    public async Task RunAsync(DateTimeOffset now, Action<double>? progress, CancellationToken ct)
    {
        var reports = new Queue<DemoReport>(story.Past(options, now));
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            crew = new DemoCrew(await db.Workers.AsNoTracking().OrderBy(w => w.UserName).ToListAsync(ct));
        }

        var start = rules.Clock.Zone.StartOf(rules.Clock.Zone.DateOf(reports.Count > 0 ? reports.Peek().At : now));
        var clock = new SteppingTimeProvider(start);
        var deadlines = new DeadlineWork(contexts, organisation, rules, clock);
        var closing = new CloseCaseHandler(contexts, organisation, rules, clock);
        var from = start;
        while (from < now)
        {
            var to = Next(from, now);
            clock.MoveTo(from);
            await PortionAsync(reports, to, clock, ct);
            await CloseAsync(closing, to, clock, ct);
            clock.MoveTo(to);
            await DeadlinesAsync(deadlines, to, ct);
            progress?.Invoke((to - start) / (now - start));
            from = to;
        }

        await new DemoLooseEnds(contexts, organisation, rules, crew, clock, options.Seed).LeaveAsync(ct);
    }

    /// <summary>The end of a portion: three a day, and every two hours in the last ten days, so that what is late is marked soon.</summary>
    private DateTimeOffset Next(DateTimeOffset from, DateTimeOffset now)
    {
        var zone = rules.Clock.Zone;
        var date = zone.DateOf(from);
        var hour = zone.TimeOf(from).Hour;
        var next = now - from < TimeSpan.FromDays(10) ? hour + 2 : Array.Find(HoursOfPortions, h => h > hour);
        var to = next is 0 or >= 24 ? zone.StartOf(date.AddDays(1)) : zone.At(date, new TimeOnly(next, 0));
        return to < now ? to : now;
    }

    /// <summary>All that arrives and is done in one portion, in one transaction.</summary>
    private async Task PortionAsync(Queue<DemoReport> reports, DateTimeOffset to, SteppingTimeProvider clock, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var store = db.Store;
        using (await store.EnterAsync(ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            facts.Clear();
            var items = new List<IntakeItem>();
            while (reports.TryPeek(out var report) && report.At < to)
            {
                items.Add(Item(reports.Dequeue(), db));
            }

            if (items.Count > 0)
            {
                var batch = new IntakeBatch(db, await db.TakeHeadAsync(0, ct), new CaseRules(map, rules), clock);
                foreach (var receipt in await batch.RunAsync(items, ct))
                {
                    numbers[receipt.CaseId] = receipt.CaseNumber;
                }

                await batch.SaveAsync(ct);
            }

            var after = seen;
            foreach (var e in await db.Timeline.AsNoTracking().Where(e => e.Sequence > after).OrderBy(e => e.Sequence).ToListAsync(ct))
            {
                seen = e.Sequence;
                Notice(e.Type, e.At, e.CaseId, e.DutyId, e.Class, e.Data);
            }

            await WorkAsync(db, to, ct);
            if (facts.Count > 0)
            {
                var events = AnhuDbContext.Chain(await db.TakeHeadAsync(0, ct), facts);
                await store.Provider.InsertAsync(db, [[.. events]], ct);
                await db.SetHeadAsync(events[^1].Sequence, events[^1].Hash, ct);
                seen = events[^1].Sequence;
            }

            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
    }

    private IntakeItem Item(DemoReport report, AnhuDbContext db)
    {
        if (report.Sender == DemoSender.CommandCentre)
        {
            return new IntakeItem(report.Report, CommandCentre, null) { At = report.At };
        }

        var unit = report.Sender == DemoSender.Hotline
            ? map.Responsible(Agency.WomensFederation, report.Report.Location?.RegionCode, Regions.RegionLevel.County)!
            : map.Responsible(Agency.Police, report.Report.Location?.RegionCode, Regions.RegionLevel.Township)!;
        var worker = crew.Worker(unit, DemoRandom.For(options.Seed, report.Report.SourceId), w => db.Add(w));
        return new IntakeItem(report.Report, worker.Actor, unit.UnitId) { At = report.At };
    }

    private async Task WorkAsync(AnhuDbContext db, DateTimeOffset to, CancellationToken ct)
    {
        var files = await CaseFile.LoadAsync(db, agenda.Cases(to), ct);
        var work = new CaseRules(map, rules);
        while (agenda.Next(to) is { } plan)
        {
            if (plan.DutyId == Guid.Empty)
            {
                closings.Add(plan);
                continue;
            }

            if (files.GetValueOrDefault(plan.CaseId)?.Case.JoinedIntoCaseId is { } joined)
            {
                // The people were found out and their case was known: the duty went there.
                if (!files.ContainsKey(joined))
                {
                    files.Add(joined, (await CaseFile.LoadAsync(db, [joined], ct))[joined]);
                }

                agenda.Add(plan with { CaseId = joined });
                continue;
            }

            if (!files.TryGetValue(plan.CaseId, out var file) || file.OpenDuties.Find(d => d.DutyId == plan.DutyId) is not { } duty)
            {
                continue;
            }

            Act(plan, duty, file, work, db);
        }
    }

    private void Act(DemoPlan plan, Duty duty, CaseFile file, CaseRules work, AnhuDbContext db)
    {
        var random = DemoRandom.For(options.Seed, numbers[plan.CaseId] + duty.Kind + plan.Act, plan.Nth);
        var owner = map.Find(duty.OwnerUnitId)!;

        // Nobody acts on an alarm that has not come: reports of this portion are taken before its steps.
        var at = plan.At < file.Case.LastAlarmAt ? file.Case.LastAlarmAt + TimeSpan.FromMinutes(4) : plan.At;
        at = at < duty.CreatedAt ? duty.CreatedAt : at;
        switch (plan.Act)
        {
            case DemoAct.Accept when duty.State is DutyState.Assigned or DutyState.Proposed:
                Step(new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept }, owner, null);
                break;
            case DemoAct.HandOver when duty.State != DutyState.Proposed && duty.HandOverToUnitId is null && Receiver(owner, random) is { } receiver:
                Step(new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.HandOver, Receiver = receiver.Code, Reason = "受害人已搬到贵辖区居住，请接续办理。" }, owner, null);
                agenda.Add(new DemoPlan(
                    DemoConduct.AtWork(at + random.Between(TimeSpan.FromHours(0.5), TimeSpan.FromHours(5)), at, DateTimeOffset.MaxValue, rules.Clock.Zone, random),
                    DemoAct.Answer, plan.CaseId, plan.DutyId, plan.Nth));
                break;
            case DemoAct.Answer when duty.HandOverToUnitId is { } to && map.Find(to) is { } receiver:
                var accepts = random.Chance(0.8);
                Step(
                    new TakeDutyStep { DutyId = duty.DutyId, Step = accepts ? DutyStep.Accept : DutyStep.Return, Reason = accepts ? null : "经核实受害人并未搬入本辖区。" },
                    receiver, null);
                break;
            case DemoAct.Complete:
                if (duty.State is DutyState.Assigned or DutyState.Proposed)
                {
                    Step(new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept }, owner, null);
                }

                var result = DemoConduct.Result(duty, file, safe.TryGetValue(plan.CaseId, out var contact) && contact.SafeToText, random);
                Step(
                    new TakeDutyStep
                    {
                        DutyId = duty.DutyId, Step = DutyStep.Complete, Outcome = result.Outcome, Form = result.Form, Needs = result.Needs, RiskView = result.RiskView,
                    },
                    owner, result);
                break;
        }

        void Step(TakeDutyStep step, Unit unit, DemoResult? result)
        {
            var caller = crew.Worker(unit, random, w => db.Add(w));
            var sink = new Sink(db, facts, caller.Actor);
            var first = facts.Count;
            var inRow = result is null ? 1 : InRow(duty, result.Outcome);
            if (TakeDutyStepHandler.Apply(step, duty, file, unit.UnitId, caller, work, at, sink, inRow) is { } failure)
            {
                // A city with rules of its own may ask for more than a made-up worker knows: then the duty waits.
                Refused.Add($"{duty.Kind} {plan.Act} {duty.State}: {failure.Code} {failure.Field}");
                return;
            }

            if (result is not null)
            {
                Leave(duty, file, result, caller, at, random, db);
            }

            for (var i = first; i < facts.Count; i++)
            {
                var fact = facts[i].Fact;
                Notice(fact.Type, fact.At, fact.CaseId, fact.DutyId, fact.Class, fact.Data, file);
            }
        }
    }

    /// <summary>What a visit or a message leaves behind beside the duty.</summary>
    private void Leave(Duty duty, CaseFile file, DemoResult result, Caller caller, DateTimeOffset at, Random random, AnhuDbContext db)
    {
        if (duty.Kind == "police-first-contact" && !safe.ContainsKey(duty.CaseId) && random.Chance(0.8)
            && file.With(PartyRole.Victim).FirstOrDefault(p => p.Phone is not null) is { } victim)
        {
            var contact = new SafeContact
            {
                SafeContactId = Guid.CreateVersion7(at), CaseId = duty.CaseId, PersonId = victim.PersonId, Phone = victim.Phone!, SafeToCall = true,
                SafeToText = random.Chance(0.8), SafeFrom = random.Chance(0.5) ? new TimeOnly(9, 0) : null, SafeUntil = random.Chance(0.5) ? new TimeOnly(17, 0) : null,
                ConfirmedAt = at,
            };
            safe.Add(duty.CaseId, contact);
            db.Add(contact);
        }

        if (duty.Kind is not ("phone-return-visit" or "regular-return-visit" or "on-site-visit"))
        {
            return;
        }

        using var form = System.Text.Json.JsonDocument.Parse(duty.Form!);
        string? Text(string name) => form.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
        db.Add(new ReturnVisit
        {
            ReturnVisitId = Guid.CreateVersion7(at), CaseId = duty.CaseId, DutyId = duty.DutyId, WorkerId = caller.WorkerId!.Value, VisitedAt = at,
            OnSite = duty.Kind == "on-site-visit",
            Outcome = result.Outcome switch
            {
                "reached" => VisitOutcome.Reached,
                "refused" => VisitOutcome.Refused,
                "unsafe-to-talk" => VisitOutcome.UnsafeToTalk,
                _ => VisitOutcome.NotReached,
            },
            FamilyRelations = Text("familyRelations"), PoliceHandling = Text("policeHandling"), DisputeSettled = Text("disputeSettled"),
            Needs = [.. result.Needs], Advice = Text("advice"), RiskView = result.RiskView,
        });
    }

    private int InRow(Duty duty, string outcome)
    {
        if (!outcomes.TryGetValue((duty.CaseId, duty.Kind), out var before))
        {
            outcomes.Add((duty.CaseId, duty.Kind), before = []);
        }

        before.Add(outcome);
        return before.AsEnumerable().Reverse().TakeWhile(o => o == outcome).Count();
    }

    /// <summary>A unit of the same agency and level elsewhere.</summary>
    private Unit? Receiver(Unit owner, Random random)
    {
        var others = map.Superior(owner) is { } above ? map.Subordinates(above).Where(u => u.UnitId != owner.UnitId && u.IsActive).ToList() : [];
        return others.Count == 0 ? null : random.Pick(others);
    }

    /// <summary>Workers look at the record as the platform keeps it: what is new goes on the agenda.</summary>
    private void Notice(string type, DateTimeOffset at, Guid? caseId, Guid? dutyId, int? @class, string data, CaseFile? file = null)
    {
        if (caseId is not { } id || !numbers.TryGetValue(id, out var number))
        {
            return;
        }

        if (type == EventTypes.DutyCreated && dutyId is { } newDuty && knownDuties.Add(newDuty))
        {
            using var json = System.Text.Json.JsonDocument.Parse(data);
            var kind = json.RootElement.GetProperty("kind").GetString()!;
            var dueAt = json.RootElement.GetProperty("dueAt").GetDateTimeOffset();
            var nth = counts[(id, kind)] = counts.GetValueOrDefault((id, kind), -1) + 1;
            var timing = DemoConduct.Timing(kind, at, dueAt, rules.Clock.Zone, DemoRandom.For(options.Seed, number + kind, nth));
            agenda.Add(new DemoPlan(timing.AcceptAt, DemoAct.Accept, id, newDuty, nth));
            if (timing.HandOverAt is { } handOver)
            {
                agenda.Add(new DemoPlan(handOver, DemoAct.HandOver, id, newDuty, nth));
            }

            agenda.Add(new DemoPlan(timing.DoneAt, DemoAct.Complete, id, newDuty, nth));
        }
        else if (type == EventTypes.CaseObserved && (@class == 3 || reviewed.ContainsKey(id)))
        {
            var nth = counts[(id, "close")] = counts.GetValueOrDefault((id, "close"), -1) + 1;
            var random = DemoRandom.For(options.Seed, number + "close", nth);
            if (random.Chance(0.8))
            {
                var ask = DemoConduct.AtWork(at + random.Between(TimeSpan.FromHours(4), TimeSpan.FromDays(6)), at, DateTimeOffset.MaxValue, rules.Clock.Zone, random);
                agenda.Add(new DemoPlan(ask, DemoAct.AskToClose, id, Guid.Empty, nth));
                if (@class < 3)
                {
                    agenda.Add(new DemoPlan(ask + TimeSpan.FromHours(random.Next(3, 50)), DemoAct.Close, id, Guid.Empty, nth));
                }
            }
        }
        else if (type == "duty.done" && file is not null && data.Contains("\"case-review\"", StringComparison.Ordinal) && data.Contains("\"close\"", StringComparison.Ordinal))
        {
            reviewed[id] = 1;
        }
    }

    private async Task CloseAsync(CloseCaseHandler closing, DateTimeOffset to, SteppingTimeProvider clock, CancellationToken ct)
    {
        foreach (var plan in closings)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            var dvCase = await db.Cases.AsNoTracking().SingleAsync(c => c.CaseId == plan.CaseId, ct);
            var unit = map.Responsible(Agency.WomensFederation, dvCase.RegionCode, Regions.RegionLevel.County)!;
            if (dvCase.State != CaseState.Observation || dvCase.OpenDutyCount > 0)
            {
                continue;
            }

            var hired = new List<Worker>();
            var caller = plan.Act == DemoAct.Close ? crew.Leader(unit, hired.Add) : crew.Worker(unit, DemoRandom.For(options.Seed, dvCase.CaseNumber), hired.Add);
            if (hired.Count > 0)
            {
                db.AddRange(hired);
                await db.SaveChangesAsync(ct);
            }

            clock.MoveTo(plan.At);
            await closing.Handle(
                new CloseCase
                {
                    CaseId = plan.CaseId, Reason = dvCase.Class == 3 ? "已处置，次日回访平稳，没有未办事项。" : "观察期内未再发生，需求已落实。",
                    Confirmed = [.. rules.Current.Playbook.Closing(dvCase.Class).Checklist.Select(i => i.Id)],
                },
                caller, ct);
        }

        closings.Clear();
    }

    private async Task DeadlinesAsync(DeadlineWork deadlines, DateTimeOffset to, CancellationToken ct)
    {
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            var today = rules.Clock.Zone.DateOf(to);
            if (!await db.Duties.AnyAsync(d => d.NextCheckAt != null && d.NextCheckAt <= to, ct)
                && !await db.Cases.AnyAsync(c => c.State == CaseState.Observation && c.ReviewOn <= today, ct))
            {
                return;
            }
        }

        await deadlines.RunAsync(ct);
    }

    /// <summary>Rows are saved with the context, facts at the end with their own actors.</summary>
    private sealed class Sink(AnhuDbContext db, List<(PendingEvent Fact, Actor Actor)> facts, Actor actor) : IChangeSink
    {
        public void Add(object row) => db.Add(row);

        public void Record(PendingEvent fact) => facts.Add((fact, actor));
    }
}
