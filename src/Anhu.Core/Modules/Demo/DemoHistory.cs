using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Demo;

/// <summary>Lets a made-up year happen in order: reports come in, deadlines pass, workers do what is on their agenda, each at its own instant.</summary>
internal sealed class DemoHistory(DemoBooks books, DemoAgenda agenda, DemoHabits habits, DemoWork work, DemoCrew crew, int seed)
{
    private static readonly Actor CommandCentre = new(ClientId: DemoStory.CommandCentre);

    private readonly Dictionary<Guid, Duty> duties = [];
    private readonly Dictionary<Guid, CaseState> states = [];
    private readonly Dictionary<Guid, (DateTimeOffset? Check, Guid? Deciding)> seen = [];
    private readonly PriorityQueue<(Duty? Duty, CaseFile? Review), (DateTimeOffset At, long Order)> deadlines = new();
    private readonly HashSet<Guid> leftAlone = [];
    private HashSet<Guid> desks = [];
    private DateTimeOffset desksFrom = DateTimeOffset.MaxValue;
    private Queue<DemoReport> reports = [];
    private long order;

    /// <summary>What will be reported, in order.</summary>
    /// <param name="coming">The reports.</param>
    public void Expect(IEnumerable<DemoReport> coming) => reports = new Queue<DemoReport>(coming);

    /// <summary>Lets it happen until an instant.</summary>
    /// <param name="until">The instant, UTC.</param>
    /// <param name="happened">Told the time now and then.</param>
    /// <param name="ct">Cancels.</param>
    public async Task RunAsync(DateTimeOffset until, Action<DateTimeOffset> happened, CancellationToken ct)
    {
        for (var told = DateTimeOffset.MinValue; ;)
        {
            var report = reports.TryPeek(out var first) ? first.At : DateTimeOffset.MaxValue;
            var deadline = deadlines.TryPeek(out _, out var due) ? due.At : DateTimeOffset.MaxValue;
            var plan = agenda.NextAt ?? DateTimeOffset.MaxValue;
            var now = Earliest(report, Earliest(deadline, plan));
            if (now > until)
            {
                return;
            }

            if (now - told > TimeSpan.FromDays(1))
            {
                ct.ThrowIfCancellationRequested();
                happened(now);
                told = now;
            }

            if (report == now)
            {
                Notice(await books.TakeAsync(Item(reports.Dequeue()), ct), now);
            }
            else if (deadline == now)
            {
                var (duty, review) = deadlines.Dequeue();
                Pass(duty, review, now);
            }
            else
            {
                Do(agenda.Next(now)!);
            }
        }
    }

    /// <summary>Nobody touches a duty any more; time alone acts on it.</summary>
    /// <param name="duty">The duty.</param>
    public void LeaveAlone(Duty duty) => leftAlone.Add(duty.DutyId);

    /// <summary>From an instant on, half of what comes to some units stays on their desks.</summary>
    /// <param name="units">The units.</param>
    /// <param name="from">The instant, UTC.</param>
    public void LeaveNewWork(IEnumerable<Guid> units, DateTimeOffset from) => (desks, desksFrom) = ([.. units], from);

    /// <summary>Sees what is new in a case: duties, deadlines, decisions to take, nothing left to do.</summary>
    /// <param name="file">The case.</param>
    /// <param name="now">Now, UTC.</param>
    public void Notice(CaseFile file, DateTimeOffset now)
    {
        foreach (var duty in file.OpenDuties)
        {
            var isNew = duties.TryAdd(duty.DutyId, duty);
            var before = seen.GetValueOrDefault(duty.DutyId);
            seen[duty.DutyId] = (duty.NextCheckAt, duty.DecidingUnitId);
            if (isNew)
            {
                habits.Plan(duty);
                if (duty.CreatedAt >= desksFrom && desks.Contains(duty.OwnerUnitId)
                    && DemoRandom.For(seed, file.Case.CaseNumber + duty.Kind + "desk").Chance(0.5))
                {
                    LeaveAlone(duty);
                }
            }

            if (duty.NextCheckAt is { } check && before.Check != check)
            {
                deadlines.Enqueue((duty, null), (check, order++));
            }

            if (duty.DecidingUnitId is not null && before.Deciding is null)
            {
                habits.PlanDecision(duty, now);
            }
        }

        var state = states.GetValueOrDefault(file.Case.CaseId);
        states[file.Case.CaseId] = file.Case.State;
        if (file.Case.State == CaseState.Open)
        {
            books.ForgetAsking(file);
        }
        else if (file.Case is { State: CaseState.Observation, ReviewOn: { } on } && state != CaseState.Observation)
        {
            deadlines.Enqueue((null, file), (books.Zone.At(on, new TimeOnly(0, 5)), order++));
            habits.Rested(file, now);
        }
    }

    private void Pass(Duty? duty, CaseFile? review, DateTimeOffset now)
    {
        if (duty is { IsOpen: true } && duty.NextCheckAt == now)
        {
            books.Tick(duty, now);
            Notice(books.FileOf(duty), now);
        }
        else if (review is not null && review.Case is { State: CaseState.Observation, ReviewOn: { } on } && on <= books.Zone.DateOf(now))
        {
            books.Review(review, now);
            Notice(review, now);
        }
    }

    private void Do(DemoPlan plan)
    {
        if (plan.DutyId == Guid.Empty)
        {
            work.Close(plan);
            Notice(books.File(plan.CaseId), plan.At);
        }
        else if (plan.Act == DemoAct.HearOfMessage)
        {
            work.Hear(plan);
        }
        else if (duties[plan.DutyId] is { IsOpen: true } duty && !leftAlone.Contains(duty.DutyId))
        {
            work.Do(plan, duty);
            Notice(books.FileOf(duty), plan.At);
        }
    }

    private IntakeItem Item(DemoReport report)
    {
        if (report.Sender == DemoSender.CommandCentre)
        {
            return new IntakeItem(report.Report, CommandCentre, null) { At = report.At };
        }

        var unit = report.Sender == DemoSender.Hotline
            ? books.Map.Responsible(Agency.WomensFederation, report.Report.Location?.RegionCode, RegionLevel.County)!
            : books.Map.Responsible(Agency.Police, report.Report.Location?.RegionCode, RegionLevel.Township)!;
        var worker = crew.Worker(unit, DemoRandom.For(seed, report.Report.SourceId));
        return new IntakeItem(report.Report, worker.Actor, unit.UnitId) { At = report.At };
    }

    private static DateTimeOffset Earliest(DateTimeOffset a, DateTimeOffset b) => a <= b ? a : b;
}
