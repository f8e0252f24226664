using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Cases;

/// <summary>What always holds of a case, whoever changes it: who may see it, its class, what the playbook demands next. Works in memory on a <see cref="CaseFile"/>.</summary>
/// <param name="map">Units and regions as of now.</param>
/// <param name="book">Policy and playbook; those in force now are taken once.</param>
public sealed class CaseRules(OrganisationMap map, RuleBook book)
{
    /// <summary>Units and regions as of now.</summary>
    public OrganisationMap Map { get; } = map;

    /// <summary>Policy and playbook in force.</summary>
    public RuleSet Rules { get; } = book.Current;

    /// <summary>The city's clock.</summary>
    public CityClock Clock { get; } = book.Clock;

    /// <summary>Lets a unit see the case, and with it the units of its agency above.</summary>
    /// <param name="file">The case.</param>
    /// <param name="unit">The unit that is now involved.</param>
    /// <param name="sink">Takes new rows.</param>
    /// <param name="handed">It comes by a hand-over to which nobody agreed; who is tied to the case otherwise stays so.</param>
    public void Involve(CaseFile file, Unit unit, IChangeSink sink, bool handed = false)
    {
        if (file.Case.IsSealed)
        {
            return;
        }

        var direct = !handed;
        foreach (var each in Map.WithSuperiors(unit))
        {
            if (!file.Access.TryGetValue(each.UnitId, out var access))
            {
                access = new CaseAccess
                {
                    UnitId = each.UnitId, CaseId = file.Case.CaseId, CaseSequence = file.Case.CaseSequence,
                    State = file.Case.State, Class = file.Case.Class, IsDirect = direct, IsHanded = handed,
                };
                file.Access.Add(each.UnitId, access);
                sink.Add(access);
            }
            else if (!handed)
            {
                access.IsDirect |= direct;
                access.IsHanded = false;
            }

            direct = false;
        }
    }

    /// <summary>Adds a duty that the playbook planned.</summary>
    /// <param name="file">The case.</param>
    /// <param name="planned">What is planned.</param>
    /// <param name="at">When it arises, UTC.</param>
    /// <param name="incidentId">The incident that gave rise to it.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    /// <param name="acting">The unit that acts, which keeps what its agency has to do on the spot; null for none.</param>
    /// <returns>The duty.</returns>
    public Duty AddDuty(CaseFile file, PlannedDuty planned, DateTimeOffset at, Guid? incidentId, IChangeSink sink, Unit? acting = null)
    {
        var owner = (acting is { IsActive: true } && acting.Agency == planned.Agency && (planned.Level >= RegionLevel.Township || acting.Agency == Agency.Court) ? acting : null)
            ?? Map.Responsible(planned.Agency, file.Case.RegionCode, planned.Level)
            ?? Map.Responsible(Agency.PoliticalLegalCommittee, null, RegionLevel.City)
            ?? throw new InvalidOperationException("The city has no unit that could own a duty.");
        return AddDuty(file, owner, planned.Kind, planned.DueAt, planned.Basis, at, incidentId, sink, planned.Proposed, planned.RuleId, Rules.Playbook.Version, planned.HolidaysKnown);
    }

    /// <summary>Adds a duty.</summary>
    /// <param name="file">The case.</param>
    /// <param name="owner">The accountable unit.</param>
    /// <param name="kind">Kind.</param>
    /// <param name="dueAt">Deadline, UTC.</param>
    /// <param name="basis">Legal or policy basis.</param>
    /// <param name="at">When it arises, UTC.</param>
    /// <param name="incidentId">The incident that gave rise to it.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    /// <param name="proposed">True when a worker must first agree that it is needed.</param>
    /// <param name="ruleId">The playbook's rule; null when a worker asked.</param>
    /// <param name="version">The playbook's version; null when a worker asked.</param>
    /// <param name="holidaysKnown">False when the deadline was counted without the year's holidays.</param>
    public Duty AddDuty(
        CaseFile file, Unit owner, string kind, DateTimeOffset dueAt, string basis, DateTimeOffset at, Guid? incidentId,
        IChangeSink sink, bool proposed = false, string? ruleId = null, string? version = null, bool holidaysKnown = true)
    {
        owner = Allowed(file, owner);
        var duty = new Duty
        {
            DutyId = Guid.CreateVersion7(at), CaseId = file.Case.CaseId, IncidentId = incidentId, Kind = kind, OwnerUnitId = owner.UnitId,
            State = proposed ? DutyState.Proposed : DutyState.Assigned, CreatedAt = at, DueAt = dueAt, Class = file.Case.Class,
            Basis = basis, RuleId = ruleId, PlaybookVersion = version, NextCheckAt = dueAt,
        };
        file.OpenDuties.Add(duty);
        file.Case.OpenDutyCount++;
        if (file.Case.State == CaseState.Observation)
        {
            SetState(file, CaseState.Open);
        }

        Involve(file, owner, sink);
        sink.Add(duty);
        sink.Record(DutyMachine.Created(duty, holidaysKnown));
        return duty;
    }

    /// <summary>Does what the playbook demands on an event: duties arise, units are told.</summary>
    /// <param name="file">The case.</param>
    /// <param name="happened">The events; a fact may be several at once.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="incident">The incident that it is about; the latest one when null.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    /// <param name="need">For a need named in a visit: which.</param>
    /// <param name="ended">For a duty that was done or is overdue: which.</param>
    /// <param name="outcomesInRow">How many duties of its kind ended with its outcome in a row, this one included.</param>
    /// <param name="startsAt">Where deadlines start, UTC; <paramref name="at"/> when null.</param>
    /// <param name="before">What <see cref="Known"/> said before more was learned of the incident; null when nothing was.</param>
    /// <param name="evidence">For an item of evidence at the scene: which, and its status.</param>
    /// <param name="measure">For a step of a measure: its unit, which does what its agency has to do, and what it knows.</param>
    /// <param name="court">The court before which it is; the one of the place when null.</param>
    /// <param name="aheadAt">When what is known ahead comes, for deadlines before it: a release, a holiday.</param>
    /// <param name="addition">For what was added to a disposition: which.</param>
    /// <returns>The new duties.</returns>
    public List<Duty> Plan(
        CaseFile file, ReadOnlySpan<PlaybookEvent> happened, DateTimeOffset at, Incident? incident, IChangeSink sink,
        string? need = null, Duty? ended = null, int outcomesInRow = 1, DateTimeOffset? startsAt = null, PlaybookFacts? before = null,
        (string Item, string Status)? evidence = null,
        (Unit Unit, DateTimeOffset? DueAt, bool VisitsDone)? measure = null, Unit? court = null, DateTimeOffset? aheadAt = null,
        string? addition = null)
    {
        incident ??= Latest(file);
        var own = ended?.IncidentId is { } about ? file.Incidents.Find(i => i.IncidentId == about) ?? incident : incident;
        var plan = Rules.Playbook.Plan(happened, CaseFacts.ForPlaybook(file, startsAt ?? at, Clock.Zone, incident, OpenKinds(file)) with
        {
            Need = need,
            SceneItem = evidence?.Item,
            SceneStatus = evidence?.Status,
            Addition = addition,
            DispositionBegun = incident is not null && (incident.Disposition is not null
                || file.OpenDuties.Exists(d => d.IncidentId == incident.IncidentId && Rules.Playbook.Kinds.GetValueOrDefault(d.Kind) is { Disposes: true })),
            DutyKind = ended?.Kind,
            Outcome = ended?.Outcome,
            DutyDueAt = ended?.DueAt,
            OutcomesInRow = outcomesInRow,
            LetterIssued = own?.LetterAt is not null,
            MeasureDueAt = measure?.DueAt,
            AheadAt = aheadAt,
            VisitsDone = measure?.VisitsDone ?? false,
        }, before);
        if (plan.Duties.Count > 0 && file.Case.State == CaseState.Closed)
        {
            file.Case.ReopenCount++;
            SetState(file, CaseState.Open);
            sink.Record(new PendingEvent(EventTypes.CaseReopened, at, file.Case.CaseId, Class: file.Case.Class, Data: EventData.Of(("cause", "learned"))));
        }

        var duties = new List<Duty>(plan.Duties.Count);
        foreach (var planned in plan.Duties)
        {
            duties.Add(AddDuty(file, planned, at, incident?.IncidentId, sink, planned.Agency == Agency.Court && court is not null ? court : measure?.Unit));
        }

        foreach (var notice in plan.Notices)
        {
            if (Map.Responsible(notice.Agency, file.Case.RegionCode, notice.Level) is { } unit)
            {
                Involve(file, unit, sink);
                sink.Record(new PendingEvent(
                    EventTypes.UnitNotified, at, file.Case.CaseId, null, unit.UnitId, file.Case.Class, EventData.Of(("rule", notice.RuleId), ("what", notice.Text))));
            }
        }

        return duties;
    }

    /// <summary>Takes answers about an incident: they stand in the record, the case is graded anew at once, and duties that the new facts ask for arise.</summary>
    /// <param name="file">The case.</param>
    /// <param name="incident">The incident.</param>
    /// <param name="answers">The new answers, in order.</param>
    /// <param name="unitId">The unit of who answers; null for none.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    /// <returns>Whether the class rose, and the new duties.</returns>
    public (bool Raised, List<Duty> Duties) Learn(CaseFile file, Incident incident, IReadOnlyList<IncidentAnswer> answers, Guid? unitId, DateTimeOffset at, IChangeSink sink)
    {
        var before = Known(file, incident, at);
        foreach (var answer in answers)
        {
            sink.Record(new PendingEvent(EventTypes.IncidentAnswered, at, file.Case.CaseId, null, unitId, file.Case.Class, EventData.Of(
                ("incident", incident.IncidentId), ("question", IncidentAnswer.NameOf(answer.Question)), ("answer", answer.Value), ("source", answer.Source))));
        }

        incident.Answers = [.. incident.Answers, .. answers];
        var raised = Regrade(file, at, sink);
        return (raised, Plan(file, raised ? [PlaybookEvent.CaseClassRaised] : [], at, incident, sink, before: before));
    }

    /// <summary>What the playbook looks at, as known of one incident now; taken before more is learned, it tells afterwards which duties are new.</summary>
    /// <param name="file">The case.</param>
    /// <param name="incident">The incident.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="ageless">People whose age was not known then, though it is by now.</param>
    public PlaybookFacts Known(CaseFile file, Incident incident, DateTimeOffset at, IReadOnlySet<Guid>? ageless = null) =>
        CaseFacts.ForPlaybook(file, at, Clock.Zone, incident, null, ageless);

    /// <summary>After the place was corrected: duties that nobody has taken yet go to the units that answer for the right place.</summary>
    /// <param name="file">The case, with its new region.</param>
    /// <param name="incident">The incident whose place was corrected.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    public void Reroute(CaseFile file, Incident incident, DateTimeOffset at, IChangeSink sink)
    {
        var waiting = file.OpenDuties.Where(d => d is { RuleId: not null, WorkerId: null, HandOverToUnitId: null, DecidingUnitId: null }
            && d.State is DutyState.Assigned or DutyState.Proposed).ToList();
        if (waiting.Count == 0)
        {
            return;
        }

        var facts = CaseFacts.ForPlaybook(file, at, Clock.Zone, incident, null);
        var planned = Rules.Playbook.Plan(
            [PlaybookEvent.AlarmReceived, PlaybookEvent.AlarmRepeated, PlaybookEvent.CaseOpened, PlaybookEvent.CaseReopened, PlaybookEvent.CaseClassRaised],
            facts).Duties;
        foreach (var duty in waiting)
        {
            if (planned.FirstOrDefault(p => p.RuleId == duty.RuleId && p.Kind == duty.Kind) is { } plan
                && Map.Responsible(plan.Agency, file.Case.RegionCode, plan.Level) is { } responsible
                && Allowed(file, responsible) is var owner && owner.UnitId != duty.OwnerUnitId)
            {
                var from = duty.OwnerUnitId;
                duty.OwnerUnitId = owner.UnitId;
                Involve(file, owner, sink);
                sink.Record(new PendingEvent("duty.reassigned", at, file.Case.CaseId, duty.DutyId, owner.UnitId, duty.Class, EventData.Of(
                    ("kind", duty.Kind), ("from", duty.State), ("to", duty.State), ("fromUnit", from), ("toUnit", owner.UnitId), ("cause", "place-corrected"))));
            }
        }
    }

    /// <summary>Grades the case by the policy on all that is known now. Raising takes effect at once; the policy alone never lowers.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    /// <param name="riskView">The class that a visitor holds right, where given.</param>
    /// <returns>True when the class rose.</returns>
    public bool Regrade(CaseFile file, DateTimeOffset at, IChangeSink sink, int? riskView = null)
    {
        var decision = Rules.Policy.Grade(CaseFacts.ForPolicy(file, at, Clock.Zone, riskView));
        var first = file.Grade is null;
        var before = file.Case.Class;
        var now = first ? decision.Class : Math.Min(before, decision.Class);
        if (!first && now == before && file.Grade!.Reasons.SequenceEqual(decision.Reasons) && file.Grade.Missing.SequenceEqual(decision.Missing))
        {
            return false;
        }

        var grade = new Grade
        {
            GradeId = Guid.CreateVersion7(at), CaseId = file.Case.CaseId, Class = now, State = GradeState.Effective,
            Reasons = now < decision.Class ? [.. decision.Reasons, .. Kept(file)] : decision.Reasons,
            Missing = decision.Missing, PolicyVersion = Rules.Policy.Version, DecidedAt = at, Across = file.Case.Across,
        };
        file.Grade = grade;
        sink.Add(grade);
        SetClass(file, now);
        sink.Record(new PendingEvent(
            EventTypes.CaseGraded, at, file.Case.CaseId, null, null, now,
            EventData.Of(("from", first ? null : before), ("to", now), ("policy", Rules.Policy.Version), ("rules", grade.Reasons.Select(r => r.RuleId)))));
        return !first && now < before;
    }

    /// <summary>After authority decided something on an incident (a letter, a criticism, a penalty): it is history by which the case is graded.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="incident">The incident.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    public void LearnHistory(CaseFile file, DateTimeOffset at, Incident incident, IChangeSink sink)
    {
        if (Regrade(file, at, sink))
        {
            Plan(file, [PlaybookEvent.CaseClassRaised], at, incident, sink);
        }
    }

    /// <summary>Sets the class in force on the case and wherever it is copied.</summary>
    /// <param name="file">The case.</param>
    /// <param name="class">1, 2 or 3.</param>
    public static void SetClass(CaseFile file, int @class)
    {
        file.Case.Class = @class;
        foreach (var access in file.Access.Values)
        {
            access.Class = @class;
        }

        foreach (var duty in file.OpenDuties)
        {
            duty.Class = @class;
        }
    }

    /// <summary>Sets the state of the case and wherever it is copied.</summary>
    /// <param name="file">The case.</param>
    /// <param name="state">The state.</param>
    public static void SetState(CaseFile file, CaseState state)
    {
        file.Case.State = state;
        if (state == CaseState.Open)
        {
            file.Case.ReviewOn = null;
        }

        foreach (var access in file.Access.Values)
        {
            access.State = state;
        }
    }

    /// <summary>After a duty ended: a case without an open one goes into observation until a dated review (promise 2).</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="sink">Takes facts.</param>
    public void RestIfIdle(CaseFile file, DateTimeOffset at, IChangeSink sink)
    {
        if (file.Case.State != CaseState.Open || file.Case.OpenDutyCount > 0)
        {
            return;
        }

        SetState(file, CaseState.Observation);
        file.Case.ReviewOn = Rules.Playbook.ReviewOn(file.Case.Class, Clock.Zone.DateOf(at));
        sink.Record(new PendingEvent(
            EventTypes.CaseObserved, at, file.Case.CaseId, null, null, file.Case.Class,
            EventData.Of(("reviewOn", file.Case.ReviewOn?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)))));
    }

    /// <summary>The unit, or the one above it where it must not get a duty of the case.</summary>
    private Unit Allowed(CaseFile file, Unit owner)
    {
        while (file.Case.ShunnedUnits.Contains(owner.UnitId) && Map.Supervisor(owner) is { } above)
        {
            owner = above;
        }

        return owner;
    }

    private static IEnumerable<GradeReason> Kept(CaseFile file) =>
        file.Grade?.Reasons.Where(r => r.Class <= file.Case.Class) ?? [];

    private static Incident? Latest(CaseFile file)
    {
        Incident? latest = null;
        foreach (var incident in file.Incidents)
        {
            if (latest is null || incident.OccurredAt > latest.OccurredAt)
            {
                latest = incident;
            }
        }

        return latest;
    }

    private static Dictionary<string, DateTimeOffset> OpenKinds(CaseFile file)
    {
        var kinds = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var duty in file.OpenDuties)
        {
            if (!kinds.TryGetValue(duty.Kind, out var due) || duty.DueAt < due)
            {
                kinds[duty.Kind] = duty.DueAt;
            }
        }

        return kinds;
    }
}
