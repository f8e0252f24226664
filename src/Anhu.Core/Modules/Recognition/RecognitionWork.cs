using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>Brings people and cases into the state that a <see cref="RecognitionPlan"/> asks for, with all that hangs on them, within one transaction.</summary>
internal sealed class RecognitionWork(AnhuDbContext db, CaseRules rules, RecognitionPlan plan, LinkStatement cause, Guid? approvedBy, DateTimeOffset now)
{
    private readonly Kinship kin = plan.Kin;
    private readonly TrackedSink sink = new(db);
    private readonly HashSet<Guid> touched = [];

    /// <summary>The cases that were concerned, before and after.</summary>
    public IReadOnlySet<Guid> Touched => touched;

    /// <summary>Does it.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        await MovePeopleAsync(ct);
        var target = await CasesOfIncidentsAsync(ct);
        var from = kin.Incidents.Values.ToDictionary(i => i.IncidentId, i => i.CaseId);
        var loaded = await CaseFile.LoadAsync(db, [.. from.Values.Concat(target.Values.Select(c => c.CaseId)).Concat(kin.Cases.Keys).Distinct()], ct);
        foreach (var made in target.Values)
        {
            loaded.TryAdd(made.CaseId, new CaseFile { Case = made });
        }

        var before = loaded.ToDictionary(f => f.Key, f => Snapshot(f.Value));
        await MovePartiesAsync(loaded, target, ct);
        await MoveIncidentsAsync(loaded, target, ct);
        foreach (var planned in plan.Files)
        {
            Settle(planned, target[planned.File.Incidents[0]], loaded, before);
        }

        foreach (var dvCase in kin.Cases.Values.Where(c => loaded[c.CaseId].Incidents.Count == 0 && kin.Incidents.Values.Any(i => kin.SeedOf(i) == c.CaseId || i.IncidentId == c.PartedIncidentId)))
        {
            var first = kin.Incidents.Values.Where(i => kin.SeedOf(i) == dvCase.CaseId || i.IncidentId == dvCase.PartedIncidentId).MinBy(i => i.IncidentId)!;
            Point(loaded[dvCase.CaseId], target[first.IncidentId], before[dvCase.CaseId]);
        }

        await MoveBlocksAsync(ct);
        await MovePairsAsync(target, loaded.Values.Select(f => f.Case), ct);
    }

    /// <summary>Who is who: the records' people, what is known of them, their keys, and what was said and recorded of them elsewhere.</summary>
    private async Task MovePeopleAsync(CancellationToken ct)
    {
        foreach (var record in kin.Records.Values)
        {
            record.PersonId = plan.Who[record.RecordId];
        }

        var ids = kin.Records.Keys.ToList();
        var rows = await db.People.Where(p => ids.Contains(p.PersonId)).ToDictionaryAsync(p => p.PersonId, ct);
        foreach (var known in plan.People.Values)
        {
            if (rows.TryGetValue(known.PersonId, out var row))
            {
                (row.Name, row.Sex, row.BirthDate, row.IdNumber, row.Phone, row.Address, row.JoinedIntoPersonId) =
                    (known.Name, known.Sex, known.BirthDate, known.IdNumber, known.Phone, known.Address, null);
            }
            else
            {
                db.Add(known);
            }
        }

        foreach (var row in rows.Values.Where(r => !plan.People.ContainsKey(r.PersonId)))
        {
            row.JoinedIntoPersonId = plan.Who[row.PersonId];
        }

        await MoveKeysAsync(ct);
        foreach (var place in await db.ShieldedPlaces.Where(p => ids.Contains(p.PersonId) || (p.OriginPersonId != null && ids.Contains(p.OriginPersonId.Value))).ToListAsync(ct))
        {
            var own = place.OriginPersonId ?? place.PersonId;
            place.PersonId = plan.Who[own];
            place.OriginPersonId = place.PersonId == own ? null : own;
        }
    }

    private async Task MoveKeysAsync(CancellationToken ct)
    {
        var wanted = new Dictionary<(string, Guid), Guid>();
        foreach (var record in kin.Records.Values.OrderBy(r => r.RecordSequence))
        {
            foreach (var key in PersonKeys.All(db.Keys, record.Name, record.Phone, record.IdNumber))
            {
                wanted.TryAdd((key, record.PersonId), record.RecordId);
            }
        }

        var values = wanted.Keys.Select(k => k.Item1).Distinct().ToList();
        var there = (await db.PersonKeys.Where(k => values.Contains(k.Value)).ToListAsync(ct)).Where(k => kin.Records.ContainsKey(k.PersonId)).ToList();
        foreach (var key in there)
        {
            if (!wanted.Remove((key.Value, key.PersonId), out var record))
            {
                db.Remove(key);
            }
            else if (key.RecordId != record)
            {
                key.RecordId = record;
            }
        }

        db.AddRange(wanted.Select(k => new PersonKey { Value = k.Key.Item1, PersonId = k.Key.Item2, RecordId = k.Value }));
    }

    /// <summary>The case that each incident belongs into; makes those that are missing.</summary>
    private async Task<Dictionary<Guid, DvCase>> CasesOfIncidentsAsync(CancellationToken ct)
    {
        var target = new Dictionary<Guid, DvCase>();
        foreach (var planned in plan.Files)
        {
            var dvCase = planned.Case ?? await OpenAsync(planned.File, ct);
            foreach (var incident in planned.File.Incidents)
            {
                target.Add(incident, dvCase);
            }
        }

        return target;
    }

    private async Task<DvCase> OpenAsync(FamilyFile file, CancellationToken ct)
    {
        var incident = kin.Incidents[file.PartedIncidentId!.Value];
        var from = kin.Cases[kin.SeedOf(incident)];
        var area = RegionCodes.At(incident.RegionCode ?? "", RegionLevel.County) ?? rules.Map.CityCode[..6];
        var year = rules.Clock.Zone.DateOf(now).Year;
        var counter = await db.Counters.FindAsync([$"case:{area}:{year}"], ct);
        if (counter is null)
        {
            db.Add(counter = new Counter { Name = $"case:{area}:{year}", Value = 0 });
        }

        var last = await db.Cases.MaxAsync(c => c.CaseSequence, ct);
        var made = db.Cases.Local.Select(c => c.CaseSequence).Append(last).Append((await db.Head().SingleAsync(ct)).Sequence).Max();
        var dvCase = new DvCase
        {
            CaseId = Guid.CreateVersion7(now), CaseNumber = $"DV{area}-{year}-{++counter.Value:000000}", CaseSequence = made + 1, OpenedAt = now,
            State = CaseState.Open, Class = from.Class, RegionCode = incident.RegionCode ?? from.RegionCode, LastAlarmAt = incident.OccurredAt, IncidentCount = 0,
            OpenDutyCount = 0, PartedIncidentId = incident.IncidentId, ShunnedUnits = from.ShunnedUnits,
        };
        db.Add(dvCase);
        db.Record(new PendingEvent(EventTypes.CaseOpened, now, dvCase.CaseId, Class: from.Class, Data: EventData.Of(
            ("number", dvCase.CaseNumber), ("region", dvCase.RegionCode), ("partedFrom", from.CaseNumber))));
        return dvCase;
    }

    private async Task MovePartiesAsync(Dictionary<Guid, CaseFile> files, Dictionary<Guid, DvCase> target, CancellationToken ct)
    {
        var incidentIds = target.Keys.ToList();
        var parties = (await db.IncidentParties.Where(p => incidentIds.Contains(p.IncidentId)).ToListAsync(ct)).ToDictionary(p => (p.IncidentId, p.PersonId));
        var wanted = new Dictionary<(Guid, Guid), IncidentParty>();
        foreach (var record in kin.Records.Values.Where(r => r.IncidentId is { } id && target.ContainsKey(id)).OrderBy(r => r.RecordSequence))
        {
            var key = (record.IncidentId!.Value, record.PersonId);
            if (!wanted.TryGetValue(key, out var party))
            {
                wanted.Add(key, party = new IncidentParty { IncidentId = key.Value, PersonId = record.PersonId, Role = record.Role!.Value, Injury = Injury.Unknown });
            }

            party.Role = record.Role!.Value;
            party.RelationToVictim = record.RelationToVictim ?? party.RelationToVictim;
            party.Injury = record.Injury == Injury.Unknown ? party.Injury : record.Injury;
        }

        foreach (var (key, party) in wanted)
        {
            if (parties.Remove(key, out var there))
            {
                (there.Role, there.RelationToVictim, there.Injury) = (party.Role, party.RelationToVictim, party.Injury);
            }
            else
            {
                db.Add(party);
            }
        }

        db.RemoveRange(parties.Values);
        foreach (var file in files.Values.Where(f => kin.Cases.ContainsKey(f.Case.CaseId) || target.ContainsValue(f.Case)))
        {
            var planned = plan.Files.FirstOrDefault(p => target[p.File.Incidents[0]] == file.Case);
            var there = file.Parties.ToDictionary(p => p.PersonId);
            file.Parties.Clear();
            file.People.Clear();
            foreach (var party in planned?.Parties ?? [])
            {
                if (there.Remove(party.PersonId, out var row))
                {
                    (row.Role, row.RelationToVictim) = (party.Role, party.RelationToVictim);
                }
                else
                {
                    db.Add(row = new CaseParty { CaseId = file.Case.CaseId, PersonId = party.PersonId, Role = party.Role, RelationToVictim = party.RelationToVictim });
                }

                file.Parties.Add(row);
                file.People.Add(party.PersonId, plan.People[party.PersonId]);
            }

            db.RemoveRange(there.Values);
        }
    }

    /// <summary>Incidents with their alarms and duties, visits and messages with their duties, contacts with their case.</summary>
    private async Task MoveIncidentsAsync(Dictionary<Guid, CaseFile> files, Dictionary<Guid, DvCase> target, CancellationToken ct)
    {
        foreach (var file in files.Values.Where(f => kin.Cases.ContainsKey(f.Case.CaseId) || target.ContainsValue(f.Case)))
        {
            file.Incidents.Clear();
            file.OpenDuties.Clear();
        }

        var moved = new List<Guid>();
        foreach (var (id, dvCase) in target)
        {
            var incident = kin.Incidents[id];
            files[dvCase.CaseId].Incidents.Add(incident);
            if (incident.CaseId != dvCase.CaseId)
            {
                touched.UnionWith([incident.CaseId, dvCase.CaseId]);
                incident.OriginCaseId ??= incident.CaseId;
                incident.CaseId = dvCase.CaseId;
                moved.Add(id);
            }
        }

        foreach (var alarm in moved.Count == 0 ? [] : await db.Alarms.Where(a => moved.Contains(a.IncidentId)).ToListAsync(ct))
        {
            alarm.CaseId = target[alarm.IncidentId].CaseId;
        }

        // A case that recognition joined into another is where its first incident is.
        var home = kin.Cases.Values.ToDictionary(c => c.CaseId, c => c.CaseId);
        foreach (var planned in plan.Files)
        {
            foreach (var seed in planned.File.Seeds)
            {
                home[seed] = target[planned.File.Incidents[0]].CaseId;
            }
        }

        foreach (var (parted, dvCase) in kin.Parted)
        {
            home[dvCase.CaseId] = target[parted].CaseId;
        }

        var caseIds = home.Keys.ToList();
        var gone = new Dictionary<Guid, Guid>();
        foreach (var duty in await db.Duties.Where(d => caseIds.Contains(d.CaseId) || (d.OriginCaseId != null && caseIds.Contains(d.OriginCaseId.Value))).ToListAsync(ct))
        {
            var own = duty.OriginCaseId ?? duty.CaseId;
            var to = duty.IncidentId is { } incident && target.TryGetValue(incident, out var c) ? c.CaseId : home[own];
            if (duty.CaseId != to)
            {
                duty.OriginCaseId = duty.IncidentId is null && own != to ? own : null;
                duty.CaseId = to;
                gone.Add(duty.DutyId, to);
            }

            if (duty.IsOpen)
            {
                files[to].OpenDuties.Add(duty);
            }
        }

        var duties = gone.Keys.ToList();
        foreach (var visit in duties.Count == 0 ? [] : await db.ReturnVisits.Where(v => duties.Contains(v.DutyId)).ToListAsync(ct))
        {
            visit.CaseId = gone[visit.DutyId];
        }

        foreach (var message in duties.Count == 0 ? [] : await db.OutboxMessages.Where(m => m.DutyId != null && duties.Contains(m.DutyId.Value)).ToListAsync(ct))
        {
            message.CaseId = gone[message.DutyId!.Value];
        }

        foreach (var contact in await db.SafeContacts.Where(c => caseIds.Contains(c.CaseId) || (c.OriginCaseId != null && caseIds.Contains(c.OriginCaseId.Value))).ToListAsync(ct))
        {
            var (ownCase, ownPerson) = (contact.OriginCaseId ?? contact.CaseId, contact.OriginPersonId ?? contact.PersonId);
            (contact.CaseId, contact.PersonId) = (home[ownCase], plan.Who.GetValueOrDefault(ownPerson, ownPerson));
            contact.OriginCaseId = contact.CaseId == ownCase ? null : ownCase;
            contact.OriginPersonId = contact.PersonId == ownPerson ? null : ownPerson;
        }
    }

    /// <summary>State, dates, counts, units and class of a case that holds incidents.</summary>
    private void Settle(PlannedFile planned, DvCase dvCase, Dictionary<Guid, CaseFile> files, Dictionary<Guid, CaseBefore> before)
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
                rules.Involve(file, unit, sink);
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
    private void Point(CaseFile file, DvCase to, CaseBefore before)
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

    /// <summary>Who is shut out of a case is shut out of the one that stands for it.</summary>
    private async Task MoveBlocksAsync(CancellationToken ct)
    {
        var ids = kin.Cases.Keys.ToList();
        var blocks = await db.AccessBlocks.Where(b => ids.Contains(b.CaseId)).ToListAsync(ct);
        var wanted = blocks.Where(b => b.ThroughCaseId is null && kin.Cases[b.CaseId].JoinedIntoCaseId is not null)
            .Select(b => (b.WorkerId, CaseId: kin.Cases[b.CaseId].JoinedIntoCaseId!.Value, b.TiedWorkerId, b.PersonId, From: b.CaseId, b.Since)).ToList();
        foreach (var block in blocks.Where(b => b.ThroughCaseId is not null))
        {
            if (wanted.RemoveAll(w => (w.WorkerId, w.CaseId, w.TiedWorkerId, w.PersonId) == (block.WorkerId, block.CaseId, block.TiedWorkerId, block.PersonId)) == 0)
            {
                db.Remove(block);
            }
        }

        foreach (var w in wanted.Where(w => !blocks.Exists(b => (b.WorkerId, b.CaseId, b.TiedWorkerId, b.PersonId) == (w.WorkerId, w.CaseId, w.TiedWorkerId, w.PersonId))))
        {
            db.Add(new AccessBlock { WorkerId = w.WorkerId, CaseId = w.CaseId, TiedWorkerId = w.TiedWorkerId, PersonId = w.PersonId, Since = w.Since, ThroughCaseId = w.From });
        }
    }

    /// <summary>Pairs to look at follow their records; those of one person need no look.</summary>
    private async Task MovePairsAsync(Dictionary<Guid, DvCase> target, IEnumerable<DvCase> cases, CancellationToken ct)
    {
        var ids = kin.Records.Keys.ToList();
        var pairs = await db.LinkPairs.Where(p => ids.Contains(p.LeftRecordId) || ids.Contains(p.RightRecordId)).ToListAsync(ct);
        foreach (var pair in pairs)
        {
            pair.LeftPersonId = plan.Who.GetValueOrDefault(pair.LeftRecordId, pair.LeftPersonId);
            pair.RightPersonId = plan.Who.GetValueOrDefault(pair.RightRecordId, pair.RightPersonId);
            pair.LeftCaseId = CaseOf(pair.LeftRecordId) ?? pair.LeftCaseId;
            pair.RightCaseId = CaseOf(pair.RightRecordId) ?? pair.RightCaseId;
            pair.State = PairStates.Of(pair, kin.Statements.Values.Append(cause));
        }

        await PairRanks.SetAsync(db, pairs, cases, ct);

        Guid? CaseOf(Guid record) => kin.Records.TryGetValue(record, out var r) && r.IncidentId is { } i && target.TryGetValue(i, out var c) ? c.CaseId : null;
    }

    /// <summary>The incidents of a case that were reported, or reported again, since a moment.</summary>
    private List<Incident> Since(CaseFile file, DateTimeOffset at) =>
        [.. file.Incidents.Where(i => kin.Records.Values.Any(r => r.IncidentId == i.IncidentId && r.StoredAt > at))];

    private Guid PoliceOf(Incident incident) =>
        rules.Map.Responsible(Agency.Police, incident.RegionCode ?? rules.Map.CityCode, RegionLevel.Township)?.UnitId ?? Guid.Empty;

    private CaseBefore Snapshot(CaseFile file) => new(
        now, file.Case.State, file.Case.ReviewOn, file.Case.ClosedAt, file.Case.ReopenCount, file.Case.RegionCode, file.Case.LastAlarmAt, file.Case.ShunnedUnits,
        [.. file.Access.Keys.Order()], [.. file.Access.Values.Where(a => a.IsDirect).Select(a => a.UnitId).Order()]);
}
