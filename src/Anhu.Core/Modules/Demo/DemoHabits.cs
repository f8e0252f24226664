using Anhu.Modules.Cases;
using Anhu.Modules.Duties;

namespace Anhu.Modules.Demo;

/// <summary>What made-up workers make of what comes to their desk: each new duty, refused offer and resting case goes on the agenda.</summary>
internal sealed class DemoHabits(DemoBooks books, DemoAgenda agenda, int seed)
{
    private readonly Dictionary<(Guid CaseId, string Kind), int> counts = [];
    private readonly HashSet<Guid> reviewed = [];

    /// <summary>A duty arose.</summary>
    /// <param name="duty">The duty.</param>
    public void Plan(Duty duty)
    {
        var file = books.FileOf(duty);
        var nth = Count(duty.CaseId, duty.Kind);
        var timing = DemoTiming.Of(duty.Kind, duty.CreatedAt, duty.DueAt, books.Zone, DemoRandom.For(seed, file.Case.CaseNumber + duty.Kind, nth));
        agenda.Add(new DemoPlan(timing.AcceptAt, DemoAct.Accept, duty.CaseId, duty.DutyId, nth));
        if (timing.HandOverAt is { } handOver)
        {
            agenda.Add(new DemoPlan(handOver, DemoAct.HandOver, duty.CaseId, duty.DutyId, nth));
        }

        agenda.Add(new DemoPlan(timing.DoneAt, DemoAct.Complete, duty.CaseId, duty.DutyId, nth));
    }

    /// <summary>A duty came to the superior of giver and receiver: most decide soon.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="at">When, UTC.</param>
    public void PlanDecision(Duty duty, DateTimeOffset at)
    {
        var nth = Count(duty.CaseId, "decide");
        var random = DemoRandom.For(seed, books.FileOf(duty).Case.CaseNumber + "decide", nth);
        agenda.Add(new DemoPlan(
            DemoTiming.AtWork(at + random.Between(TimeSpan.FromHours(2), TimeSpan.FromDays(2)), at, DateTimeOffset.MaxValue, books.Zone, random),
            DemoAct.Decide, duty.CaseId, duty.DutyId, nth));
    }

    /// <summary>A review ended with the wish to close.</summary>
    /// <param name="caseId">The case.</param>
    public void Reviewed(Guid caseId) => reviewed.Add(caseId);

    /// <summary>Nothing is left to do in a case: class 3 is mostly closed soon, the others after a review.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">Since when, UTC.</param>
    public void Rested(CaseFile file, DateTimeOffset at)
    {
        var id = file.Case.CaseId;
        if (file.Case.Class < 3 && !reviewed.Remove(id))
        {
            return;
        }

        var nth = Count(id, "close");
        var random = DemoRandom.For(seed, file.Case.CaseNumber + "close", nth);
        if (!random.Chance(0.8))
        {
            return;
        }

        var ask = DemoTiming.AtWork(at + random.Between(TimeSpan.FromHours(4), TimeSpan.FromDays(6)), at, DateTimeOffset.MaxValue, books.Zone, random);
        agenda.Add(new DemoPlan(ask, DemoAct.AskToClose, id, Guid.Empty, nth));
        if (file.Case.Class < 3)
        {
            agenda.Add(new DemoPlan(ask + TimeSpan.FromHours(random.Next(3, 50)), DemoAct.Close, id, Guid.Empty, nth));
        }
    }

    private int Count(Guid caseId, string what)
    {
        var nth = counts.GetValueOrDefault((caseId, what), -1) + 1;
        counts[(caseId, what)] = nth;
        return nth;
    }
}
