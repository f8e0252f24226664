using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Recognition;

/// <summary>Brings cases, whose incidents and duties have been moved, into the state that follows: counts, dates, units, class, and what it was by itself kept beside it.</summary>
/// <param name="db">The context of the transaction.</param>
/// <param name="rules">Rules of cases.</param>
/// <param name="kin">All that is concerned.</param>
/// <param name="cause">The statement by which it happens.</param>
/// <param name="approvedBy">The second person, where one was needed.</param>
/// <param name="now">Now, UTC.</param>
/// <param name="touched">Takes the cases that were concerned.</param>
internal sealed class CaseSettling(AnhuDbContext db, CaseRules rules, Kinship kin, LinkStatement cause, Guid? approvedBy, DateTimeOffset now, ISet<Guid> touched)
{
    private readonly TrackedSink sink = new(db);

    /// <summary>State, dates, counts, units and class of a case that holds incidents.</summary>
    public void Settle(PlannedFile planned, DvCase dvCase, Dictionary<Guid, CaseFile> files, Dictionary<Guid, CaseBefore> before)
    {
        var file = files[dvCase.CaseId];
        var (was, count, wasPointer) = (dvCase.Class, dvCase.IncidentCount, dvCase.JoinedIntoCaseId is not null);
        var changed = !dvCase.Across.SequenceEqual(planned.File.Across) || file.Incidents.Count != count || wasPointer;
        dvCase.IncidentCount = file.Incidents.Count;
        dvCase.OpenDutyCount = file.OpenDuties.Count;
        if (changed)
        {
            touched.Add(dvCase.CaseId);
            Withdraw(file);
            if (planned.File.Across.Count == 0 && dvCase.Before is { } own)
            {
                Restore(file, own);
            }
            else
            {
                Gather(file, planned.File, files, before, wasPointer);
            }

            dvCase.Across = planned.File.Across;
            dvCase.JoinedIntoCaseId = null;
        }

        if (changed || planned.Grade.Class != was)
        {
            Regrade(file, planned, was);
        }

        // Copies in the rows of access, which may just have come.
        CaseRules.SetClass(file, dvCase.Class);
        foreach (var access in file.Access.Values)
        {
            access.State = dvCase.State;
        }

        if (planned.Grade.Class < (changed ? planned.OwnClass : was) && !dvCase.IsSealed)
        {
            foreach (var duty in rules.Plan(file, [PlaybookEvent.CaseClassRaised], now, null, sink))
            {
                duty.LinkStatementId = cause.LinkStatementId;
            }
        }

        rules.RestIfIdle(file, now, sink);
    }

    private void Regrade(CaseFile file, PlannedFile planned, int was)
    {
        var grade = new Grade
        {
            GradeId = Guid.CreateVersion7(now), CaseId = file.Case.CaseId, Class = planned.Grade.Class, State = GradeState.Effective, Reasons = planned.Grade.Reasons,
            Missing = planned.Grade.Missing, PolicyVersion = rules.Rules.Policy.Version, DecidedAt = now, WorkerId = cause.WorkerId, Note = cause.Reason,
            ApprovedByWorkerId = approvedBy, Across = planned.File.Across, LinkStatementId = cause.LinkStatementId,
        };
        file.Grade = grade;
        db.Add(grade);
        file.Case.Class = grade.Class;
        if (grade.Class != was)
        {
            db.Record(new PendingEvent(EventTypes.CaseGraded, now, file.Case.CaseId, null, null, grade.Class, EventData.Of(
                ("from", was), ("to", grade.Class), ("cause", "recognition"), ("rules", grade.Reasons.Select(r => r.RuleId)))));
        }
    }

    /// <summary>The case is again what the alarms made it.</summary>
    private void Restore(CaseFile file, CaseBefore own)
    {
        var dvCase = file.Case;
        var later = Since(file, own.At);
        var latest = later.MaxBy(i => i.OccurredAt);
        dvCase.LastAlarmAt = latest is not null && latest.OccurredAt > own.LastAlarmAt ? latest.OccurredAt : own.LastAlarmAt;
        dvCase.RegionCode = latest?.RegionCode ?? own.RegionCode;
        dvCase.ShunnedUnits = own.ShunnedUnits;
        dvCase.ReopenCount = own.ReopenCount;
        dvCase.ClosedAt = own.ClosedAt;
        dvCase.Before = null;
        if (file.OpenDuties.Count > 0)
        {
            CaseRules.SetState(file, CaseState.Open);
        }
        else if (own.State == CaseState.Closed && later.Count == 0)
        {
            CaseRules.SetState(file, CaseState.Closed);
        }
        else
        {
            CaseRules.SetState(file, CaseState.Observation);
            dvCase.ReviewOn = own.ReviewOn ?? rules.Rules.Playbook.ReviewOn(dvCase.Class, rules.Clock.Zone.DateOf(now));
        }

        SetUnits(file, [own], later);
    }

    /// <summary>The units that saw what a case is made of see it, those with its duties, and the police of what came since.</summary>
    private void SetUnits(CaseFile file, IReadOnlyList<CaseBefore> parts, IEnumerable<Incident> later)
    {
        var (keep, direct) = (parts.SelectMany(p => p.Units).ToHashSet(), parts.SelectMany(p => p.DirectUnits).ToHashSet());
        foreach (var access in file.Access.Values.Where(a => !keep.Contains(a.UnitId)).ToList())
        {
            file.Access.Remove(access.UnitId);
            db.Remove(access);
        }

        foreach (var access in file.Access.Values)
        {
            access.IsDirect = direct.Contains(access.UnitId);
        }

        foreach (var unitId in direct.Concat(file.OpenDuties.Select(d => d.OwnerUnitId)).Concat(later.Select(PoliceOf)).Distinct())
        {
            if (rules.Map.Find(unitId) is { } unit)
            {
                var held = file.OpenDuties.Where(d => d.OwnerUnitId == unitId).ToList();
                rules.Involve(file, unit, sink, handed: !direct.Contains(unitId) && held.Count > 0 && held.TrueForAll(d => d.WithoutConsent));
            }
        }
    }

    /// <summary>
    /// Duties that only the joining gave rise to, and that nobody has taken, end with it: the undoing has its reason and its second
    /// person. Where what follows still raises the class, they arise anew.
    /// </summary>
    private void Withdraw(CaseFile file)
    {
        foreach (var duty in file.OpenDuties.Where(d => d is { LinkStatementId: not null, WorkerId: null, HandOverToUnitId: null, DecidingUnitId: null }).ToList())
        {
            var state = duty.State;
            (duty.State, duty.NextCheckAt, duty.EscalatedToUnitId) = (DutyState.Cancelled, null, null);
            file.OpenDuties.Remove(duty);
            file.Case.OpenDutyCount--;
            db.Record(new PendingEvent("duty.cancelled", now, file.Case.CaseId, duty.DutyId, duty.OwnerUnitId, duty.Class, EventData.Of(
                ("kind", duty.Kind), ("from", state), ("to", duty.State), ("cause", "recognition"))));
        }
    }

    /// <summary>The case stands for others too, or not for all of its own.</summary>
    private void Gather(CaseFile file, FamilyFile family, Dictionary<Guid, CaseFile> files, Dictionary<Guid, CaseBefore> before, bool wasPointer)
    {
        var dvCase = file.Case;
        var isNew = dvCase.PartedIncidentId is not null && file.Access.Count == 0;
        var own = before[dvCase.CaseId];
        if (!isNew)
        {
            dvCase.Before ??= own;
        }

        var sources = family.Seeds.Concat(kin.Parted.Where(p => family.Incidents.Contains(p.Key)).Select(p => p.Value.CaseId)).Where(id => id != dvCase.CaseId)
            .Concat(isNew ? [kin.SeedOf(kin.Incidents[dvCase.PartedIncidentId!.Value])] : []).Distinct().ToList();
        var parts = sources.Select(s => kin.Cases[s].Before ?? before[s]).Concat(isNew ? [] : [dvCase.Before ?? own]).ToList();
        var later = isNew ? [] : Since(file, dvCase.Before!.At);
        if (!isNew)
        {
            dvCase.LastAlarmAt = parts.Select(b => b.LastAlarmAt).Concat(later.Select(i => i.OccurredAt)).Max();
            dvCase.RegionCode = later.MaxBy(i => i.OccurredAt) is { RegionCode: { } region } newest && newest.OccurredAt >= dvCase.LastAlarmAt
                ? region : parts.MaxBy(b => b.LastAlarmAt)!.RegionCode;
            dvCase.ShunnedUnits = [.. parts.SelectMany(b => b.ShunnedUnits).Distinct()];
        }

        SetUnits(file, parts, later);

        // How it stands is what it has become since, not what it once was.
        var all = sources.Select(s => kin.Cases[s].Before ?? before[s]).Append(wasPointer ? dvCase.Before ?? own : own).ToList();
        if (file.OpenDuties.Count > 0)
        {
            dvCase.ReopenCount += dvCase.State == CaseState.Closed && !wasPointer ? 1 : 0;
            CaseRules.SetState(file, CaseState.Open);
        }
        else if (all.TrueForAll(b => b.State == CaseState.Closed))
        {
            CaseRules.SetState(file, CaseState.Closed);
        }
        else
        {
            CaseRules.SetState(file, CaseState.Observation);
            dvCase.ReviewOn = all.Min(b => b.ReviewOn) ?? rules.Rules.Playbook.ReviewOn(dvCase.Class, rules.Clock.Zone.DateOf(now));
        }

        foreach (var from in sources.Where(s => files[s].Incidents.Count == 0 && kin.Cases[s].JoinedIntoCaseId != dvCase.CaseId))
        {
            db.Record(new PendingEvent(EventTypes.CaseJoined, now, dvCase.CaseId, Class: dvCase.Class, Data: EventData.Of(
                ("from", kin.Cases[from].CaseNumber), ("incidents", dvCase.IncidentCount))));
        }
    }

    /// <summary>A case whose incidents are all in another one stays as a closed pointer to it.</summary>
    public void Point(CaseFile file, DvCase to, CaseBefore before)
    {
        var dvCase = file.Case;
        if (dvCase.JoinedIntoCaseId == to.CaseId)
        {
            return;
        }

        touched.UnionWith([dvCase.CaseId, to.CaseId]);
        dvCase.Before ??= before;
        dvCase.Across = [];
        (dvCase.IncidentCount, dvCase.OpenDutyCount, dvCase.ClosedAt, dvCase.JoinedIntoCaseId, dvCase.ReviewOn) = (0, 0, now, to.CaseId, null);
        CaseRules.SetState(file, CaseState.Closed);
        db.Record(new PendingEvent(EventTypes.CaseClosed, now, dvCase.CaseId, Class: dvCase.Class, Data: EventData.Of(("joinedInto", to.CaseNumber))));
    }

    /// <summary>The incidents of a case that were reported, or reported again, since a moment.</summary>
    private List<Incident> Since(CaseFile file, DateTimeOffset at) =>
        [.. file.Incidents.Where(i => kin.Records.Values.Any(r => r.IncidentId == i.IncidentId && r.StoredAt > at))];

    private Guid PoliceOf(Incident incident) =>
        rules.Map.Responsible(Agency.Police, incident.RegionCode ?? rules.Map.CityCode, RegionLevel.Township)?.UnitId ?? Guid.Empty;

    /// <summary>What a case is now.</summary>
    public CaseBefore Snapshot(CaseFile file) => new(
        now, file.Case.State, file.Case.ReviewOn, file.Case.ClosedAt, file.Case.ReopenCount, file.Case.RegionCode, file.Case.LastAlarmAt, file.Case.ShunnedUnits,
        [.. file.Access.Keys.Order()], [.. file.Access.Values.Where(a => a.IsDirect).Select(a => a.UnitId).Order()]);
}
