using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;

namespace Anhu.Modules.DryRun;

/// <summary>An incident as it was, with the people in it.</summary>
internal sealed record PastIncident(Incident Incident, IReadOnlyList<PastParty> Parties);

/// <summary>A person's part in an incident; of the person only what rules look at.</summary>
internal sealed record PastParty(Guid IncidentId, Guid CaseId, Guid PersonId, PartyRole Role, DateOnly? BirthDate);

/// <summary>
/// Plays one case through under one set of rules, in memory: incidents arrive in order, the class is decided and only rises, and each duty is taken to be done
/// on its deadline with the first outcome of its kind, so that the duties that follow from it are counted too.
/// </summary>
internal sealed class CaseReplay(RuleSet rules, DvCase dvCase, CityZone zone, DateTimeOffset until, Action<PlannedDuty, string> counted)
{
    /// <summary>More duties than any case can need: rules that call themselves stop here.</summary>
    public const int MaxDuties = 2000;

    private readonly PriorityQueue<PlannedDuty, DateTimeOffset> open = new();
    private readonly Dictionary<string, (string? Outcome, int Times)> inRow = new(StringComparer.Ordinal);
    private readonly CaseFile file = new() { Case = dvCase };
    private string region = dvCase.RegionCode;
    private int planned;

    /// <summary>The class after the last incident; 0 before the first.</summary>
    public int Class { get; private set; }

    /// <summary>The first reason of the last decision.</summary>
    public Grading.GradeReason? Reason { get; private set; }

    /// <summary>True when the rules did not come to rest.</summary>
    public bool IsEndless => planned >= MaxDuties;

    public void Run(IEnumerable<PastIncident> incidents)
    {
        foreach (var incident in incidents)
        {
            DoUntil(incident.Incident.OccurredAt);
            Take(incident);
        }

        DoUntil(until);
    }

    private void Take(PastIncident past)
    {
        var at = past.Incident.OccurredAt;
        file.Incidents.Add(past.Incident);
        file.Case.IncidentCount = file.Incidents.Count;
        region = past.Incident.RegionCode ?? region;
        foreach (var party in past.Parties)
        {
            file.Parties.RemoveAll(p => p.PersonId == party.PersonId);
            file.Parties.Add(new CaseParty { CaseId = party.CaseId, PersonId = party.PersonId, Role = party.Role });
            file.People.TryAdd(party.PersonId, new Person { PersonId = party.PersonId, Sex = Sex.Unknown, BirthDate = party.BirthDate, CreatedAt = at });
        }

        var decision = rules.Policy.Grade(CaseFacts.ForPolicy(file, at, zone));
        var isFirst = Class == 0;
        var isRaised = !isFirst && decision.Class < Class;
        Class = isFirst ? decision.Class : Math.Min(Class, decision.Class);
        Reason = decision.Reasons[0];
        file.Case.Class = Class;
        Plan(
            isRaised
                ? [PlaybookEvent.AlarmReceived, PlaybookEvent.AlarmRepeated, PlaybookEvent.CaseClassRaised]
                : [PlaybookEvent.AlarmReceived, isFirst ? PlaybookEvent.CaseOpened : PlaybookEvent.AlarmRepeated],
            Facts(at));
        if (past.Incident.IsMandatoryReport)
        {
            Plan([PlaybookEvent.ReportReceived], Facts(at));
        }
    }

    private void DoUntil(DateTimeOffset end)
    {
        while (!IsEndless && open.TryPeek(out var duty, out var due) && due <= end)
        {
            open.Dequeue();
            var outcome = rules.Playbook.Kinds[duty.Kind].Outcomes is [var first, ..] ? first.Id : null;
            var times = inRow.TryGetValue(duty.Kind, out var last) && last.Outcome == outcome ? last.Times + 1 : 1;
            inRow[duty.Kind] = (outcome, times);
            Plan([PlaybookEvent.DutyDone], Facts(due) with { DutyKind = duty.Kind, Outcome = outcome, DutyDueAt = due, OutcomesInRow = times });
        }
    }

    private PlaybookFacts Facts(DateTimeOffset at)
    {
        var kinds = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var (duty, due) in open.UnorderedItems)
        {
            kinds[duty.Kind] = kinds.TryGetValue(duty.Kind, out var earliest) && earliest < due ? earliest : due;
        }

        return CaseFacts.ForPlaybook(file, at, zone, file.Incidents[^1], kinds);
    }

    private void Plan(ReadOnlySpan<PlaybookEvent> events, PlaybookFacts facts)
    {
        foreach (var duty in rules.Playbook.Plan(events, facts).Duties)
        {
            planned++;
            open.Enqueue(duty, duty.DueAt);
            counted(duty, region);
        }
    }
}
