using System.Text.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Visits;
using Anhu.Modules.Work;

namespace Anhu.Modules.Demo;

/// <summary>What is left open on the desks of those who can sign in: something for each of them to do.</summary>
internal sealed class DemoLooseEnds(DemoBooks books, DemoHistory history, DemoWork work, DemoCrew crew, DemoContacts contacts, int seed)
{
    /// <summary>How long before the end some things are left undone.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromDays(5);

    private const string Federation = "340104-womens-federation";
    private const string Neighbours = "340111-womens-federation";
    private const string Station = "340104001-police";
    private const string Court = "340104-court";
    private const string Procuratorate = "340104-procuratorate";
    private const string ApplicationHelp = "protection-order-help";
    private const string StreetOffice = "340104001-street-office";

    private readonly HashSet<Guid> used = [];

    /// <summary>Some days before the end: hand-overs that nobody answers, so that they come to the superior of both, and duties that nobody does, so that they go up level by level.</summary>
    /// <param name="at">When, UTC.</param>
    public void LeaveUndone(DateTimeOffset at)
    {
        HandOver(Federation, Neighbours, 2, "受害人已搬到包河区居住，请接续回访。", at, answered: false);
        HandOver(Neighbours, Federation, 1, "受害人已回蜀山区娘家居住，请接续回访。", at, answered: false);
        HandOver("340104002-police", Station, 1, "经核实发生地属贵所辖区。", at, answered: false);
        foreach (var (unit, count) in ((string, int)[])[(Station, 2), (Federation, 3), (Neighbours, 1)])
        {
            foreach (var duty in Open(unit).Where(d => d.DueAt < at + TimeSpan.FromDays(2)).Take(count))
            {
                Keep(duty);
            }
        }

        history.LeaveNewWork(DemoCast.Of(books.Map).Select(m => books.Map.Find(m.UnitCode)!.UnitId), at + Before - TimeSpan.FromDays(2));
    }

    /// <summary>At the end: offers to answer, cancellings and closings that wait for a second person, needs that wait for an answer, forms half filled.</summary>
    /// <param name="at">When, UTC.</param>
    public void LeaveOpen(DateTimeOffset at)
    {
        HandOver(Federation, Neighbours, 2, "受害人已搬到包河区居住，请接续回访。", at, answered: false);
        HandOver(Neighbours, Federation, 3, "受害人已回蜀山区娘家居住，请接续回访。", at, answered: false);
        HandOver("340104002-police", Station, 2, "经核实发生地属贵所辖区。", at, answered: false);
        NameNeeds(at);
        Apply(at);
        Criticise(at);
        SendTheCommunity(at);
        HandOver(Community, StreetOffice, 1, "社区人手不足，请街道安排走访。", at, answered: true, "community-notice-visit");
        HandOver(Community, StreetOffice, 1, "该户已搬到本街道另一社区，请街道协调。", at, answered: false, "community-notice-visit");

        foreach (var duty in Open(Federation).Where(d => d.Kind != SendCaringMessageHandler.Kind).Take(2))
        {
            Keep(duty);
            books.Take(duty, new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Cancel, Reason = "同一事件已有另一项责任在办，申请撤销。" }, Someone(Federation), at);
        }

        QueueMessages(at);
        BeginForms(at);
        AskToClose(at);
        TakeUp(at);
    }

    private void HandOver(string from, string to, int count, string reason, DateTimeOffset at, bool answered, string kind = "regular-return-visit")
    {
        // What is due long after is handed over: nobody hands on what must be done today.
        foreach (var duty in Open(from).Where(d => d.Kind != SendCaringMessageHandler.Kind).OrderBy(d => d.Kind != kind).ThenBy(d => d.DueAt < at + TimeSpan.FromDays(2)).Take(count).ToList())
        {
            Keep(duty);
            books.Take(duty, new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.HandOver, Receiver = to, Reason = reason }, Someone(from), at);
            if (answered)
            {
                books.Take(duty, new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept }, Someone(to), at);
            }

            history.Notice(books.FileOf(duty), at);
        }
    }

    /// <summary>Where a unit that answers needs has nothing to do, a visit names such a need.</summary>
    private void NameNeeds(DateTimeOffset at)
    {
        var random = DemoRandom.For(seed, "needs");
        foreach (var (need, unit) in ((string, string)[])
            [("legal", "340104-justice"), ("shelter", "340104-civil-affairs"), ("medical", "340104-health"), ("school", "340104-education"), ("mediation", "340104001-justice"),
            ("disability", "340104-disabled-persons-federation"), ("work", "340104-trade-union"), ("youth", "340104-youth-league"), ("protection-order", Federation)])
        {
            var visits = Open(Federation).Where(d => RecordVisitHandler.PhoneKinds.Contains(d.Kind))
                .Where(d => need != "mediation" || books.FileOf(d).Case.RegionCode.StartsWith("340104001", StringComparison.Ordinal)).ToList();
            foreach (var visit in visits.Take(6).TakeWhile(_ => Open(unit, proposed: true).Count(d => unit != Federation || d.Kind == ApplicationHelp) < 2))
            {
                work.Finish(visit, Someone(Federation), DemoConduct.Reached(books.FileOf(visit), [need], random), at);
            }
        }
    }

    /// <summary>Where the court has little to do, an application for a protection order has just come in.</summary>
    private void Apply(DateTimeOffset at)
    {
        foreach (var help in Open(Federation, proposed: true).Where(d => d.Kind == ApplicationHelp).TakeWhile(_ => Open(Court).Count < 2))
        {
            work.Order(help, Someone(Federation), at);
        }
    }

    /// <summary>Where the procuratorate has little to do, the police have just criticised where more was due.</summary>
    private void Criticise(DateTimeOffset at)
    {
        var due = books.Files.SelectMany(f => f.OpenDuties).Where(d => d.Kind == "police-disposition" && books.FileOf(d).Case.RegionCode.StartsWith("340104", StringComparison.Ordinal))
            .OrderBy(d => d.DueAt).ThenBy(d => books.FileOf(d).Case.CaseNumber, StringComparer.Ordinal).ToList();
        foreach (var duty in due.Where(d => NeedsMore(books.FileOf(d), d)).TakeWhile(_ => Open(Procuratorate, proposed: true).Count < 2))
        {
            var result = DemoResult.Of("criticism", ("facts", "双方争执中有推搡，情节较轻。"), ("reason", "当事人表示谅解，当场批评教育。"));
            work.Finish(duty, Someone(books.Map.Find(duty.OwnerUnitId)!.Code), result, at);
        }
    }

    private static bool NeedsMore(CaseFile file, Duty duty) => file.Incidents.Find(i => i.IncidentId == duty.IncidentId) is { } incident
        && (incident.Injury >= Injury.Light || incident.Pregnant == true || incident.IsMandatoryReport);

    /// <summary>Where the cast's grid has little to do, nobody answered a call: then the community looks in.</summary>
    private void SendTheCommunity(DateTimeOffset at)
    {
        bool IsHere(Duty duty) => books.FileOf(duty).Case is { Class: < 3 } file && file.RegionCode.StartsWith(Grid, StringComparison.Ordinal);
        foreach (var call in Open(Federation).Where(d => RecordVisitHandler.PhoneKinds.Contains(d.Kind) && IsHere(d)).TakeWhile(_ => Open(Community).Count(IsHere) < 5))
        {
            work.Finish(call, Someone(Federation), DemoResult.Of(RecordVisitHandler.NotReached, ("attempts", RecordVisitHandler.Tries)), at);
        }
    }

    private void QueueMessages(DateTimeOffset at)
    {
        var random = DemoRandom.For(seed, "queued");
        foreach (var duty in Open(Federation).Where(d => d.Kind == SendCaringMessageHandler.Kind && contacts.MessageOf(d.DutyId) is null).ToList())
        {
            if (contacts.MayTextAt(books.FileOf(duty), at) is not { } window || window <= at)
            {
                continue;
            }

            Begin(duty, at);
            contacts.Queue(duty, Someone(Federation), at, random);
        }
    }

    /// <summary>A call and a visit that were interrupted: what was typed is kept.</summary>
    private void BeginForms(DateTimeOffset at)
    {
        var calls = Open(Federation).Where(d => RecordVisitHandler.PhoneKinds.Contains(d.Kind)).Take(2);
        var visits = Open(Federation).Where(d => d.Kind == "on-site-visit").Take(1);
        foreach (var duty in calls.Concat(visits).ToList())
        {
            Begin(duty, at);
            Keep(duty);
            books.Add(new FormDraft
            {
                WorkerId = Someone(Federation).WorkerId!.Value, FormKey = FormDrafts.KeyOf(duty.DutyId), Edit = 12, SavedAt = at,
                Content = JsonSerializer.Serialize(duty.Kind == "on-site-visit"
                    ? new Dictionary<string, string[]> { ["outcome"] = ["normal"], ["field.way"] = ["appointment"], ["field.notes"] = ["在社区活动室见面，本人"] }
                    : new Dictionary<string, string[]> { ["outcome"] = ["reached"], ["field.familyRelations"] = ["tense"], ["field.advice"] = ["已告知可以申请法律援助，"] }),
            });
        }
    }

    private void AskToClose(DateTimeOffset at)
    {
        var unitId = books.Map.Find(Federation)!.UnitId;
        foreach (var file in books.Files
            .Where(f => f.Case is { State: CaseState.Observation, Class: 2, OpenDutyCount: 0 } && f.Access.ContainsKey(unitId))
            .OrderBy(f => f.Case.LastAlarmAt).Take(2).ToList())
        {
            books.Close(file, "近期多次回访平稳，受害人表示无需继续关注。", Someone(Federation), at);
        }
    }

    /// <summary>Everybody who works on cases has taken up something.</summary>
    private void TakeUp(DateTimeOffset at)
    {
        foreach (var unit in DemoCast.Of(books.Map).Where(m => m.Role == WorkerRole.Caseworker).Select(m => m.UnitCode).Distinct())
        {
            foreach (var duty in Open(unit).Where(d => d.State == DutyState.Assigned).Take(2))
            {
                books.Take(duty, new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept }, Someone(unit), at);
            }
        }
    }

    private void Begin(Duty duty, DateTimeOffset at)
    {
        foreach (var step in DutyWrites.StepsTo(duty.State, DutyStep.Start))
        {
            books.Take(duty, new TakeDutyStep { DutyId = duty.DutyId, Step = step }, Someone(Federation), at);
        }

        books.ActAs(Someone(Federation).Actor);
    }

    private void Keep(Duty duty)
    {
        used.Add(duty.DutyId);
        history.LeaveAlone(duty);
    }

    private string Community => UnitCodes.Of(books.Map.Children(DemoCast.Street)[0].RegionCode, Agency.CommunityOffice);

    private string Grid => books.Map.Children(DemoCast.Street)[0].RegionCode + "001";

    private List<Duty> Open(string unitCode, bool proposed = false)
    {
        var unitId = books.Map.Find(unitCode)!.UnitId;
        return [.. books.Files.SelectMany(f => f.OpenDuties.Select(d => (File: f, Duty: d)))
            .Where(x => x.Duty.OwnerUnitId == unitId && (proposed || x.Duty.State != DutyState.Proposed) && !used.Contains(x.Duty.DutyId)
                && x.Duty is { HandOverToUnitId: null, CancelRequestedByWorkerId: null, OverdueAt: null, DecidingUnitId: null })
            .OrderBy(x => x.Duty.DueAt).ThenBy(x => x.File.Case.CaseNumber, StringComparer.Ordinal).ThenBy(x => x.Duty.Kind, StringComparer.Ordinal).Select(x => x.Duty)];
    }

    private Caller Someone(string unitCode)
    {
        var unit = books.Map.Find(unitCode)!;
        return crew.Known(unit.UnitId) ?? crew.Worker(unit, DemoRandom.For(seed, unitCode));
    }
}
