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

        var settling = new CaseSettling(db, rules, kin, cause, approvedBy, now, touched);
        var before = loaded.ToDictionary(f => f.Key, f => settling.Snapshot(f.Value));
        await MovePartiesAsync(loaded, target, ct);
        await MoveIncidentsAsync(loaded, target, ct);
        foreach (var planned in plan.Files)
        {
            settling.Settle(planned, target[planned.File.Incidents[0]], loaded, before);
        }

        foreach (var dvCase in kin.Cases.Values.Where(c => loaded[c.CaseId].Incidents.Count == 0 && kin.Incidents.Values.Any(i => kin.SeedOf(i) == c.CaseId || i.IncidentId == c.PartedIncidentId)))
        {
            var first = kin.Incidents.Values.Where(i => kin.SeedOf(i) == dvCase.CaseId || i.IncidentId == dvCase.PartedIncidentId).MinBy(i => i.IncidentId)!;
            settling.Point(loaded[dvCase.CaseId], target[first.IncidentId], before[dvCase.CaseId]);
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

        foreach (var document in moved.Count == 0 ? [] : await db.IssuedDocuments.Where(d => d.IncidentId != null && moved.Contains(d.IncidentId.Value)).ToListAsync(ct))
        {
            document.CaseId = target[document.IncidentId!.Value].CaseId;
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

        // What she agreed to goes with the duty that was handed over by it.
        foreach (var shared in duties.Count == 0 ? [] : await db.HandOvers.Where(h => duties.Contains(h.DutyId) && h.SharingConsentId != null)
            .Join(db.SharingConsents.AsTracking(), h => h.SharingConsentId, c => (Guid?)c.SharingConsentId, (h, c) => new { h.DutyId, Consent = c }).ToListAsync(ct))
        {
            shared.Consent.CaseId = gone[shared.DutyId];
        }

        foreach (var entry in duties.Count == 0 ? [] : await db.SceneEntries.Where(e => duties.Contains(e.DutyId)).ToListAsync(ct))
        {
            entry.CaseId = gone[entry.DutyId];
        }

        // Photos go with the duty at which they were made, others with their incident.
        foreach (var file in duties.Count + moved.Count == 0 ? [] : await db.EvidenceFiles.Where(
            f => (f.DutyId != null && duties.Contains(f.DutyId.Value)) || (f.DutyId == null && f.IncidentId != null && moved.Contains(f.IncidentId.Value))).ToListAsync(ct))
        {
            file.CaseId = file.DutyId is { } at ? gone[at] : target[file.IncidentId!.Value].CaseId;
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
}
