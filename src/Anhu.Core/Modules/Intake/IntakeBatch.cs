using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Intake;

/// <summary>
/// The alarms of one transaction: loads what they may touch in a few queries, lets each take effect in order in memory,
/// and writes all new rows at once. The head of the timeline is held, so nobody else changes a case meanwhile.
/// </summary>
internal sealed class IntakeBatch(AnhuDbContext db, TimelineHead head, CaseRules rules, Conflicts conflicts, TimeProvider time, PersonIndex? index = null) : IChangeSink
{
    /// <summary>Deadlines of an alarm that comes later than this run from when it came, not from when it happened: nobody could have acted.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(24);

    private readonly Dictionary<Type, List<object>> rows = [];
    private readonly List<(PendingEvent Fact, Actor Actor)> facts = [];
    private readonly List<(CaseFile File, Person Person, ReportedPerson Reported)> reported = [];
    private readonly IntakeSet set = new(db, index);
    private DateTimeOffset now = time.Now;
    private Actor actor = Actor.Platform;
    private bool isReport;

    public void Add(object row)
    {
        if (!rows.TryGetValue(row.GetType(), out var list))
        {
            rows.Add(row.GetType(), list = []);
        }

        list.Add(row);
    }

    /// <summary>What follows from a mandatory report is the platform's act: who typed it in may be who reported, and stands with the report alone.</summary>
    public void Record(PendingEvent fact) =>
        facts.Add((fact, isReport && fact.Type is not (EventTypes.AlarmReceived or EventTypes.AlarmRevised) ? Actor.Platform : actor));

    public async Task<AlarmReceipt[]> RunAsync(IReadOnlyList<IntakeItem> items, CancellationToken ct)
    {
        await set.LoadAsync(items,
            [
                PersonRecord.Counter, .. items.Select(i => AreaOf(i.Report)).Distinct().Select(CounterName),
                .. items.Where(i => i.Report.Channel == AlarmChannel.MandatoryReport).Select(i => AreaOf(i.Report)).Distinct().Select(ReportCounterName),
            ], ct);
        var before = set.Files.Values.ToDictionary(f => f.Case, f => (f.Case.Class, f.Case.IncidentCount));
        var receipts = new AlarmReceipt[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            receipts[i] = await TakeLoadedAsync(items[i], ct);
        }

        actor = Actor.Platform;
        await conflicts.FollowAsync(db, rules, reported, now, this, ct);
        await PairRanks.FollowAsync(db, [.. before.Where(b => b.Value != (b.Key.Class, b.Key.IncidentCount)).Select(b => b.Key)], ct);
        foreach (var pair in await LikelyPairs.MakeAsync(db, [.. set.Registry.TakePairs().Select(p => (set.Alike[p.Like.RecordId], p.Record, p.Like))], set.Files.Values, now, ct))
        {
            Add(pair);
        }

        return receipts;
    }

    /// <summary>The cases that were touched so far.</summary>
    public IReadOnlyDictionary<Guid, CaseFile> Files => set.Files;

    /// <summary>Facts that are recorded from here on are this one's.</summary>
    public void ActAs(Actor who) => (actor, isReport) = (who, false);

    /// <summary>Takes one alarm when all that it may touch is known here already.</summary>
    public Task<AlarmReceipt> TakeLoadedAsync(IntakeItem item, CancellationToken ct)
    {
        (actor, isReport) = (item.Actor, item.Report.Channel == AlarmChannel.MandatoryReport);
        now = item.At ?? now;
        return TakeAsync(item, ct);
    }

    public async Task SaveAsync(CancellationToken ct)
    {
        if (facts.Count > 0)
        {
            var (events, keys) = db.Link<TimelineEvent>(head, facts);
            rows[typeof(TimelineEvent)] = [.. events];
            rows[typeof(EventTextKey)] = [.. keys];
            await db.SetHeadAsync(events[^1].Sequence, events[^1].Hash, ct);
        }

        await db.Store.Provider.InsertAsync(db, [.. rows.Values], ct);
        await db.SaveChangesAsync(ct);
    }

    private async Task<AlarmReceipt> TakeAsync(IntakeItem item, CancellationToken ct)
    {
        var report = item.Report;
        if (!set.Alarms.TryGetValue(item.SourceKey, out var alarm))
        {
            return TakeNew(item);
        }

        var file = set.Files[alarm.CaseId];
        if (report.Revision < alarm.Revision || (report.Revision == alarm.Revision && !item.Hash.AsSpan().SequenceEqual(alarm.ContentHash)))
        {
            return Receipt(alarm, file, AlarmStatus.Conflict);
        }

        if (report.Revision == alarm.Revision)
        {
            return Receipt(alarm, file, AlarmStatus.Duplicate);
        }

        alarm.Revision = report.Revision;
        alarm.ContentHash = item.Hash;
        alarm.ReceivedAt = report.ReceivedAt;
        AddRevision(alarm.AlarmId, item);
        file = await ReviseAsync(item, alarm, file, ct);
        return Receipt(alarm, file, AlarmStatus.Updated);
    }

    private AlarmReceipt TakeNew(IntakeItem item)
    {
        var report = item.Report;
        var alarmId = Guid.CreateVersion7(now);
        var ageless = Ageless(report);
        var named = Resolve(report, alarmId, [], []);
        var people = named.ConvertAll(n => n.Person);
        var file = set.FindCase(report, people, null);
        var repeated = file is not null;
        var reopened = file?.Case.State is CaseState.Closed or CaseState.Observation;
        var incident = file is null ? null : set.SameIncident(file, report, people);
        var received = facts.Count;
        Record(new PendingEvent(EventTypes.AlarmReceived, now, file?.Case.CaseId, Data: EventData.Of(
            ("source", report.Source), ("sourceId", report.SourceId), ("revision", report.Revision), ("channel", report.Channel),
            ("category", report.Category), ("receivedAt", report.ReceivedAt))));
        if (file is null)
        {
            file = Open(report);
            facts[received] = (facts[received].Fact with { CaseId = file.Case.CaseId }, actor);
        }

        var before = incident is null ? null : rules.Known(file!, incident, now, ageless);
        if (incident is null)
        {
            incident = NewIncident(file, report);
            file.Incidents.Add(incident);
            file.Case.IncidentCount++;
            Add(incident);
        }
        else
        {
            incident.AlarmCount++;
            IncidentMerge.Merge(incident, report, overwrite: false, rules.Map);
        }

        var alarm = new Alarm
        {
            AlarmId = alarmId, Source = report.Source, SourceId = report.SourceId, SourceKey = item.SourceKey, Revision = report.Revision,
            ContentHash = item.Hash, ReceivedAt = report.ReceivedAt, StoredAt = now, IncidentId = incident.IncidentId, CaseId = file.Case.CaseId,
        };
        set.Alarms.Add(item.SourceKey, alarm);
        Add(alarm);
        AddRevision(alarmId, item);
        foreach (var (_, record) in named)
        {
            record!.IncidentId = incident.IncidentId;
            set.Records(incident.IncidentId).Add(record);
        }

        AddParties(file, incident, report, named);
        Involved(file, item);
        if (report.ReceivedAt > file.Case.LastAlarmAt)
        {
            file.Case.LastAlarmAt = report.ReceivedAt;
            if (repeated && RegionOf(report) is { } region && region.Length >= file.Case.RegionCode.Length)
            {
                file.Case.RegionCode = region;
            }
        }

        if (reopened)
        {
            file.Case.ReopenCount += file.Case.State == CaseState.Closed ? 1 : 0;
            CaseRules.SetState(file, CaseState.Open);
            Record(new PendingEvent(EventTypes.CaseReopened, now, file.Case.CaseId, Class: file.Case.Class, Data: EventData.Of(("alarm", alarmId))));
        }
        else if (repeated)
        {
            Record(new PendingEvent(EventTypes.CaseJoined, now, file.Case.CaseId, Class: file.Case.Class, Data: EventData.Of(
                ("alarm", alarmId), ("sameIncident", before is not null), ("incidents", file.Case.IncidentCount))));
        }

        var raised = rules.Regrade(file, now, this);
        var happened = new List<PlaybookEvent>(3);
        if (before is null)
        {
            happened.Add(PlaybookEvent.AlarmReceived);
            happened.Add(repeated ? PlaybookEvent.AlarmRepeated : PlaybookEvent.CaseOpened);
            if (reopened)
            {
                happened.Add(PlaybookEvent.CaseReopened);
            }
        }

        if (raised)
        {
            happened.Add(PlaybookEvent.CaseClassRaised);
        }

        rules.Plan(file, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(happened), now, incident, this, startsAt: DeadlineStart(report), before: before);
        TakeReport(item, alarm, incident, file);
        rules.RestIfIdle(file, now, this);
        return Receipt(alarm, file, AlarmStatus.Created);
    }

    private async Task<CaseFile> ReviseAsync(IntakeItem item, Alarm alarm, CaseFile file, CancellationToken ct)
    {
        var report = item.Report;
        var incident = file.Incidents.First(i => i.IncidentId == alarm.IncidentId);
        var before = rules.Known(file, incident, now);
        var named = Resolve(report, alarm.AlarmId, set.Parties(incident.IncidentId), set.Records(incident.IncidentId));
        var people = named.ConvertAll(n => n.Person);
        foreach (var (_, record) in named)
        {
            record?.IncidentId = incident.IncidentId;
        }

        Record(new PendingEvent(EventTypes.AlarmRevised, now, file.Case.CaseId, Class: file.Case.Class, Data: EventData.Of(
            ("alarm", alarm.AlarmId), ("source", report.Source), ("sourceId", report.SourceId), ("revision", report.Revision))));
        if (file.Incidents.Count == 1 && set.FindCase(report, people, file) is { } other && other != file && IntakeSet.Overlap(other, report, people) > IntakeSet.Overlap(file, report, people))
        {
            await JoinAsync(file, other, ct);
            file = other;
        }

        IncidentMerge.Merge(incident, report, overwrite: incident.AlarmCount == 1, rules.Map);
        AddParties(file, incident, report, named);
        var region = RegionOf(report);
        if (region is not null && region != file.Case.RegionCode && report.ReceivedAt >= file.Case.LastAlarmAt)
        {
            file.Case.RegionCode = region;
            rules.Reroute(file, incident, now, this);
        }

        Involved(file, item);
        rules.Plan(file, rules.Regrade(file, now, this) ? [PlaybookEvent.CaseClassRaised] : [], now, incident, this, before: before);
        TakeReport(item, alarm, incident, file);
        return file;
    }

    /// <summary>Gives a mandatory report its number, and the police the duty to answer it. Each report is owed an answer, also the second of one occurrence.</summary>
    private void TakeReport(IntakeItem item, Alarm alarm, Incident incident, CaseFile file)
    {
        if (item.Report.Channel != AlarmChannel.MandatoryReport || alarm.ReportNumber is not null)
        {
            return;
        }

        rules.Plan(file, [PlaybookEvent.ReportReceived], now, incident, this, startsAt: DeadlineStart(item.Report));
        var area = AreaOf(item.Report);
        var duty = file.OpenDuties.Where(d => d.Kind == MandatoryReport.DutyKind).MinBy(d => d.DueAt);
        alarm.ReportNumber = $"MR{area}-{Year}-{set.Next(ReportCounterName(area)):000000}";
        Add(new MandatoryReport
        {
            AlarmId = alarm.AlarmId, Number = alarm.ReportNumber, ReceivedAt = now, OriginUnitId = item.OriginUnitId, OriginClientId = item.Actor.ClientId, DueAt = duty?.DueAt,
            UnitId = duty?.OwnerUnitId ?? rules.Map.Responsible(Agency.Police, file.Case.RegionCode, RegionLevel.Township)?.UnitId ?? Guid.Empty,
        });
    }

    /// <summary>A case opened without known people turns out to be part of another: its incident and duties go there, and it stays as a closed pointer.</summary>
    private async Task JoinAsync(CaseFile from, CaseFile to, CancellationToken ct)
    {
        foreach (var alarm in await db.Alarms.Where(a => a.CaseId == from.Case.CaseId).ToListAsync(ct))
        {
            alarm.CaseId = to.Case.CaseId;
        }

        foreach (var alarm in set.Alarms.Values.Where(a => a.CaseId == from.Case.CaseId))
        {
            alarm.CaseId = to.Case.CaseId;
        }

        foreach (var incident in from.Incidents)
        {
            incident.CaseId = to.Case.CaseId;
            to.Incidents.Add(incident);
            to.Case.IncidentCount++;
            to.Case.LastAlarmAt = incident.OccurredAt > to.Case.LastAlarmAt ? incident.OccurredAt : to.Case.LastAlarmAt;
        }

        foreach (var duty in from.OpenDuties)
        {
            duty.CaseId = to.Case.CaseId;
            to.OpenDuties.Add(duty);
            to.Case.OpenDutyCount++;
        }

        foreach (var party in from.Parties)
        {
            // Rows that the same transaction made go as if they had never been.
            if (!rows.TryGetValue(typeof(CaseParty), out var added) || !added.Remove(party))
            {
                db.Remove(party);
            }

            if (!to.Parties.Exists(p => p.PersonId == party.PersonId))
            {
                var moved = new CaseParty { CaseId = to.Case.CaseId, PersonId = party.PersonId, Role = party.Role, RelationToVictim = party.RelationToVictim };
                to.Parties.Add(moved);
                to.People[party.PersonId] = from.People[party.PersonId];
                Add(moved);
                set.Link(party.PersonId, to);
            }
        }

        from.Parties.Clear();
        foreach (var unitId in from.Access.Values.Where(a => a.IsDirect).Select(a => a.UnitId))
        {
            if (rules.Map.Find(unitId) is { } unit)
            {
                rules.Involve(to, unit, this);
            }
        }

        to.Case.ShunnedUnits = [.. to.Case.ShunnedUnits.Union(from.Case.ShunnedUnits)];
        if (to.Case.State != CaseState.Open)
        {
            to.Case.ReopenCount += to.Case.State == CaseState.Closed ? 1 : 0;
            CaseRules.SetState(to, CaseState.Open);
        }

        from.Incidents.Clear();
        from.OpenDuties.Clear();
        from.Case.OpenDutyCount = 0;
        from.Case.IncidentCount = 0;
        from.Case.ClosedAt = now;
        from.Case.JoinedIntoCaseId = to.Case.CaseId;
        CaseRules.SetState(from, CaseState.Closed);
        Record(new PendingEvent(EventTypes.CaseClosed, now, from.Case.CaseId, Class: from.Case.Class, Data: EventData.Of(("joinedInto", to.Case.CaseNumber))));
        Record(new PendingEvent(EventTypes.CaseJoined, now, to.Case.CaseId, Class: to.Case.Class, Data: EventData.Of(
            ("from", from.Case.CaseNumber), ("incidents", to.Case.IncidentCount))));
    }

    /// <summary>The people whose age is not known yet, where this report tells a victim's.</summary>
    private HashSet<Guid>? Ageless(AlarmReport report) => report.People.Any(p => p is { Role: PartyRole.Victim, BirthDate: not null }) ? set.Registry.Ageless() : null;

    /// <summary>The people of a report in its order, each with what is newly recorded of it.</summary>
    private List<(Person Person, PersonRecord? Record)> Resolve(AlarmReport report, Guid alarmId, List<IncidentParty> already, List<PersonRecord> records)
    {
        var named = new List<(Person Person, PersonRecord? Record)>(report.People.Count);
        var people = new List<Person>(report.People.Count);
        var standsIn = new ReportedIn
        {
            AlarmId = alarmId, Revision = report.Revision, Source = report.Source, ReceivedAt = report.ReceivedAt, At = now, Records = records,
        };
        foreach (var reported in report.People)
        {
            // A person is in a report once: a couple's shared phone must not make one of two.
            var within = already.Where(p => p.Role == reported.Role).Select(p => set.Registry.Find(p.PersonId))
                .FirstOrDefault(p => p is not null && !people.Contains(p) && PersonRegistry.MayBe(p, reported));
            var each = set.Registry.Resolve(reported, standsIn, this, within, people);
            named.Add(each);
            people.Add(each.Person);
        }

        return named;
    }

    private CaseFile Open(AlarmReport report)
    {
        var area = AreaOf(report);
        var dvCase = new DvCase
        {
            CaseId = Guid.CreateVersion7(now),
            CaseNumber = $"DV{area}-{Year}-{set.Next(CounterName(area)):000000}",
            CaseSequence = head.Sequence + facts.Count + 1,
            OpenedAt = now, State = CaseState.Open, Class = 3, RegionCode = RegionOf(report) ?? rules.Map.CityCode,
            LastAlarmAt = report.ReceivedAt, IncidentCount = 0, OpenDutyCount = 0,
        };
        var file = new CaseFile { Case = dvCase };
        set.Files.Add(dvCase.CaseId, file);
        Add(dvCase);
        Record(new PendingEvent(EventTypes.CaseOpened, now, dvCase.CaseId, Data: EventData.Of(("number", dvCase.CaseNumber), ("region", dvCase.RegionCode))));
        return file;
    }

    private Incident NewIncident(CaseFile file, AlarmReport report)
    {
        var incident = new Incident
        {
            IncidentId = Guid.CreateVersion7(now), CaseId = file.Case.CaseId, OccurredAt = report.ReceivedAt, Category = report.Category,
            Injury = Injury.Unknown, AlarmCount = 1,
        };
        IncidentMerge.Merge(incident, report, overwrite: true, rules.Map);
        return incident;
    }

    private void AddParties(CaseFile file, Incident incident, AlarmReport report, List<(Person Person, PersonRecord? Record)> named)
    {
        var parties = set.Parties(incident.IncidentId);
        for (var i = 0; i < named.Count; i++)
        {
            var ((person, record), reported) = (named[i], report.People[i]);
            this.reported.Add((file, person, reported));
            if (record is null && parties.Exists(p => p.PersonId == person.PersonId) && file.Parties.Exists(p => p.PersonId == person.PersonId))
            {
                // Said before: whatever was said since is newer.
                file.People[person.PersonId] = person;
                continue;
            }

            if (parties.Find(p => p.PersonId == person.PersonId) is { } party)
            {
                party.Role = reported.Role;
                party.RelationToVictim = reported.RelationToVictim ?? party.RelationToVictim;
                party.Injury = reported.Injury == Injury.Unknown ? party.Injury : reported.Injury;
            }
            else
            {
                party = new IncidentParty
                {
                    IncidentId = incident.IncidentId, PersonId = person.PersonId, Role = reported.Role,
                    RelationToVictim = reported.RelationToVictim, Injury = reported.Injury,
                };
                parties.Add(party);
                Add(party);
            }

            file.People[person.PersonId] = person;
            if (file.Parties.Find(p => p.PersonId == person.PersonId) is { } known)
            {
                known.Role = reported.Role;
                known.RelationToVictim = reported.RelationToVictim ?? known.RelationToVictim;
            }
            else
            {
                known = new CaseParty { CaseId = file.Case.CaseId, PersonId = person.PersonId, Role = reported.Role, RelationToVictim = reported.RelationToVictim };
                file.Parties.Add(known);
                Add(known);
                set.Link(person.PersonId, file);
            }
        }
    }

    /// <summary>The police that received or were sent, and the unit that took the report by hand, see the case from the first moment.</summary>
    private void Involved(CaseFile file, IntakeItem item)
    {
        var police = (item.Report.Dispatch?.Unit is { } code ? rules.Map.Find(code) : null)
            ?? rules.Map.Responsible(Agency.Police, file.Case.RegionCode, RegionLevel.Township);
        if (police is not null)
        {
            rules.Involve(file, police, this);
        }

        if (item.OriginUnitId is { } origin && rules.Map.Find(origin) is { } unit)
        {
            rules.Involve(file, unit, this);
        }
    }

    private void AddRevision(Guid alarmId, IntakeItem item)
    {
        Add(new AlarmRevision
        {
            AlarmId = alarmId, Revision = item.Report.Revision, StoredAt = now, Content = item.Content, ClientId = item.Actor.ClientId, WorkerId = item.Actor.WorkerId,
        });
        if (item.Report.Reporter is { } by && (by.Name ?? by.Phone ?? by.Relation) is not null)
        {
            Add(new AlarmReporter { AlarmId = alarmId, Revision = item.Report.Revision, Name = by.Name, Phone = by.Phone, Relation = by.Relation });
        }
    }

    private static AlarmReceipt Receipt(Alarm alarm, CaseFile file, AlarmStatus status)
    {
        var duties = new List<Guid>(file.OpenDuties.Count);
        foreach (var duty in file.OpenDuties)
        {
            if (duty.IncidentId == alarm.IncidentId)
            {
                duties.Add(duty.DutyId);
            }
        }

        return new AlarmReceipt(
            alarm.AlarmId, file.Case.CaseId, file.Case.CaseNumber, status, alarm.Revision, file.Case.Class, file.Grade?.Reasons ?? [], duties, alarm.ReportNumber);
    }

    private DateTimeOffset DeadlineStart(AlarmReport report) =>
        report.ReceivedAt < now - Late || report.ReceivedAt > now ? now : report.ReceivedAt;

    private string? RegionOf(AlarmReport report) => IncidentMerge.RegionOf(report, rules.Map);

    private string AreaOf(AlarmReport report) =>
        RegionCodes.At(RegionOf(report) ?? "", RegionLevel.County) ?? rules.Map.CityCode[..6];

    private int Year => rules.Clock.Zone.DateOf(now).Year;

    private string CounterName(string area) => $"case:{area}:{Year}";

    private string ReportCounterName(string area) => $"mandatory-report:{area}:{Year}";

}
