using System.Text.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Visits;
using Anhu.Modules.Work;

namespace Anhu.Modules.Demo;

/// <summary>Made-up workers at work: does what is on the agenda, each kind of duty in its own way.</summary>
internal sealed class DemoWork(DemoBooks books, DemoAgenda agenda, DemoHabits habits, DemoCrew crew, DemoContacts contacts, DemoLetters letters, DemoOrders orders, int seed)
{
    private readonly Dictionary<Guid, int> tries = [];

    /// <summary>Does one thing on a duty.</summary>
    /// <param name="plan">What.</param>
    /// <param name="duty">The duty, open.</param>
    public void Do(DemoPlan plan, Duty duty)
    {
        var random = DemoRandom.For(seed, books.FileOf(duty).Case.CaseNumber + duty.Kind + plan.Act, plan.Nth);
        var owner = books.Map.Find(duty.OwnerUnitId)!;
        switch (plan.Act)
        {
            case DemoAct.Accept when duty is { State: DutyState.Assigned or DutyState.Proposed, DecidingUnitId: null }:
                books.Take(duty, new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept }, crew.Worker(owner, random), plan.At);
                break;
            case DemoAct.HandOver when duty is { DecidingUnitId: null, HandOverToUnitId: null, State: not DutyState.Proposed } && Receiver(owner, random) is { } receiver:
                HandOver(plan, duty, owner, receiver, random);
                break;
            case DemoAct.Answer when duty.HandOverToUnitId is { } to && books.Map.Find(to) is { } receiver:
                var accepts = random.Chance(0.8);
                books.Take(
                    duty,
                    new TakeDutyStep { DutyId = duty.DutyId, Step = accepts ? DutyStep.Accept : DutyStep.Return, Reason = accepts ? null : "经核实受害人并未搬入本辖区。" },
                    crew.Worker(receiver, random), plan.At);
                break;
            case DemoAct.Decide when duty.DecidingUnitId is not null && Receiver(owner, random, below: true) is { } receiver:
                books.Take(
                    duty, new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Reassign, Receiver = receiver.Code, Reason = "以现住地为准，请你单位办理。" },
                    crew.Leader(owner), plan.At);
                break;
            case DemoAct.Complete when duty.DecidingUnitId is not null || duty.HandOverToUnitId is not null:
                agenda.Add(plan with { At = plan.At + TimeSpan.FromDays(1) });
                break;
            case DemoAct.Complete when DemoLetters.Does(duty.Kind):
                letters.Do(duty, crew.Worker(owner, random), plan.At, random);
                break;
            case DemoAct.Complete when DemoOrders.Does(duty.Kind) && orders.Do(duty, crew.Worker(owner, random), plan.At, random):
                break;
            case DemoAct.Complete:
                Complete(plan, duty, crew.Worker(owner, random), random);
                break;
        }
    }

    /// <summary>Hears what became of a message; its duty is done by then.</summary>
    /// <param name="plan">What.</param>
    public void Hear(DemoPlan plan)
    {
        if (contacts.MessageOf(plan.DutyId) is { State: MessageState.Sent } message)
        {
            contacts.Hear(message, DemoRandom.For(seed, books.File(plan.CaseId).Case.CaseNumber + "heard", plan.Nth).Chance(0.95), plan.At);
        }
    }

    /// <summary>Asks for closing a case, or closes it.</summary>
    /// <param name="plan">What.</param>
    public void Close(DemoPlan plan)
    {
        var file = books.File(plan.CaseId);
        if (file.Case.State != CaseState.Observation || file.Case.OpenDutyCount > 0)
        {
            return;
        }

        var unit = books.Map.Responsible(Agency.WomensFederation, file.Case.RegionCode, RegionLevel.County)!;
        var caller = plan.Act == DemoAct.Close ? crew.Leader(unit) : crew.Worker(unit, DemoRandom.For(seed, file.Case.CaseNumber));
        books.Close(file, file.Case.Class == 3 ? "已处置，次日回访平稳，没有未办事项。" : "观察期内未再发生，需求已落实。", caller, plan.At);
    }

    /// <summary>Applies for a protection order, or takes its next step.</summary>
    /// <param name="duty">The duty that it fulfils.</param>
    /// <param name="caller">Who.</param>
    /// <param name="at">When, UTC.</param>
    public bool Order(Duty duty, Caller caller, DateTimeOffset at) => orders.Do(duty, caller, at, DemoRandom.For(seed, duty.DutyId.ToString()));

    /// <summary>Does a duty as a given result says.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="caller">Who does it.</param>
    /// <param name="result">How.</param>
    /// <param name="at">When, UTC.</param>
    public bool Finish(Duty duty, Caller caller, DemoResult result, DateTimeOffset at)
    {
        ReturnVisit? visit = null;
        foreach (var step in DutyWrites.StepsTo(duty.State, DutyStep.Complete))
        {
            var last = step == DutyStep.Complete;
            if (last)
            {
                visit = Visit(duty, caller, result, at);
            }

            var taken = books.Take(
                duty,
                new TakeDutyStep
                {
                    DutyId = duty.DutyId, Step = step, Outcome = last ? result.Outcome : null, Form = last ? result.Form : null, Needs = last ? result.Needs : [],
                    RiskView = last ? result.RiskView : null, Then = last ? letters.AfterVisit(duty, caller, at) : null, Also = !last || visit is null ? null : (_, d, sink) =>
                    {
                        sink.Add(visit);
                        sink.Record(RecordVisitHandler.Recorded(d, result.Outcome, visit, at));
                    },
                },
                caller, at);
            if (!taken)
            {
                // A city with rules of its own may ask for more than a made-up worker knows: then the duty waits.
                return false;
            }
        }

        return true;
    }

    private void HandOver(DemoPlan plan, Duty duty, Unit owner, Unit receiver, Random random)
    {
        var taken = books.Take(
            duty, new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.HandOver, Receiver = receiver.Code, Reason = "受害人已搬到贵辖区居住，请接续办理。" },
            crew.Worker(owner, random), plan.At);

        // One of five is never answered and comes to the superior of both.
        if (taken && random.Chance(0.8))
        {
            var answer = DemoTiming.AtWork(
                plan.At + random.Between(TimeSpan.FromHours(0.5), TimeSpan.FromHours(5)), plan.At, DateTimeOffset.MaxValue, books.Zone, random);
            agenda.Add(plan with { At = answer, Act = DemoAct.Answer });
        }
    }

    private void Complete(DemoPlan plan, Duty duty, Caller caller, Random random)
    {
        var file = books.FileOf(duty);
        if (duty.Kind == SendCaringMessageHandler.Kind && contacts.MessageOf(duty.DutyId) is null && contacts.MayTextAt(file, plan.At) is { } window)
        {
            if (window > plan.At)
            {
                agenda.Add(plan with { At = window });
                return;
            }

            Send(plan, duty, caller, random);
            return;
        }

        var result = DemoConduct.Result(duty, file, books.Rules.Rules.Playbook, random);
        if (result.Outcome == RecordVisitHandler.NotReached && RecordVisitHandler.PhoneKinds.Contains(duty.Kind)
            && tries.GetValueOrDefault(duty.DutyId) < RecordVisitHandler.Tries - 1)
        {
            Try(plan, duty, caller, result, random);
            return;
        }

        if (!Finish(duty, caller, result, plan.At))
        {
            return;
        }

        if (duty.Kind == "case-review" && result.Outcome == "close")
        {
            habits.Reviewed(duty.CaseId);
        }

        if (result.Outcome == "unsafe-to-talk")
        {
            contacts.Lock(file, caller, plan.At);
        }
        else if ((duty.Kind == "police-first-contact" && result.Outcome == "handled") || result.Outcome == "reached")
        {
            contacts.Ask(file, caller, plan.At, random);
        }
    }

    /// <summary>A message goes into the outbox; once the network has it, the duty is done.</summary>
    private void Send(DemoPlan plan, Duty duty, Caller caller, Random random)
    {
        foreach (var step in DutyWrites.StepsTo(duty.State, DutyStep.Start))
        {
            books.Take(duty, new TakeDutyStep { DutyId = duty.DutyId, Step = step }, caller, plan.At);
        }

        books.ActAs(caller.Actor);
        var message = contacts.Queue(duty, caller, plan.At, random);
        var taken = random.Chance(0.97);
        contacts.Send(message, taken, plan.At);
        if (taken)
        {
            Finish(duty, caller, DemoResult.Of("sent"), plan.At);
            agenda.Add(plan with { At = plan.At + random.Between(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2)), Act = DemoAct.HearOfMessage });
        }
        else
        {
            agenda.Add(plan with { At = plan.At + random.Between(TimeSpan.FromHours(2), TimeSpan.FromHours(20)) });
        }
    }

    /// <summary>Nobody answers: it is tried again at another hour.</summary>
    private void Try(DemoPlan plan, Duty duty, Caller caller, DemoResult result, Random random)
    {
        foreach (var step in DutyWrites.StepsTo(duty.State, DutyStep.Start))
        {
            books.Take(duty, new TakeDutyStep { DutyId = duty.DutyId, Step = step }, caller, plan.At);
        }

        var nth = tries[duty.DutyId] = tries.GetValueOrDefault(duty.DutyId) + 1;
        books.ActAs(caller.Actor);
        books.Add(Visit(duty, caller, result, plan.At)!);
        books.Record(RecordVisitHandler.Tried(duty, nth, plan.At));
        agenda.Add(plan with { At = plan.At + random.Between(TimeSpan.FromHours(1.1), TimeSpan.FromHours(3)) });
    }

    private ReturnVisit? Visit(Duty duty, Caller caller, DemoResult result, DateTimeOffset at)
    {
        if (books.Rules.Rules.Playbook.Kinds.GetValueOrDefault(duty.Kind) is not { Form: "phone-visit" or "on-site-visit" } kind)
        {
            return null;
        }

        using var form = JsonDocument.Parse(result.Form);
        return RecordVisitHandler.Visit(result.Outcome, form.RootElement, duty, kind, caller.WorkerId!.Value, at, kind.Form == "phone-visit");
    }

    /// <summary>A unit of the same agency and level elsewhere, or, for a superior, one below it.</summary>
    private Unit? Receiver(Unit unit, Random random, bool below = false)
    {
        var above = below ? unit : books.Map.Superior(unit);
        var others = above is null ? [] : books.Map.Subordinates(above).Where(u => u.UnitId != unit.UnitId && u.IsActive && u.Agency == unit.Agency)
            .OrderBy(u => u.Code, StringComparer.Ordinal).ToList();
        return others.Count == 0 ? null : random.Pick(others);
    }
}
