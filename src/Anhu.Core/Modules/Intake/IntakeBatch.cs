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
internal sealed class IntakeBatch(AnhuDbContext db, TimelineHead head, CaseRules rules, TimeProvider time) : IChangeSink
{
    /// <summary>Two reports of one place and the same people within this time are one occurrence.</summary>
    private static readonly TimeSpan SameOccurrence = TimeSpan.FromMinutes(60);

    /// <summary>Deadlines of an alarm that comes later than this run from when it came, not from when it happened: nobody could have acted.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(24);

    private readonly Dictionary<Type, List<object>> rows = [];
    private readonly List<(PendingEvent Fact, Actor Actor)> facts = [];
    private readonly Dictionary<string, Alarm> alarms = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, CaseFile> files = [];
    private readonly Dictionary<Guid, List<CaseFile>> casesByPerson = [];
    private readonly Dictionary<Guid, List<IncidentParty>> partiesByIncident = [];
    private readonly Dictionary<string, Counter> counters = new(StringComparer.Ordinal);
    private readonly PersonRegistry registry = new();
    private DateTimeOffset now = time.Now;
    private Actor actor = Actor.Platform;

    public void Add(object row)
    {
        if (!rows.TryGetValue(row.GetType(), out var list))
        {
            rows.Add(row.GetType(), list = []);
        }

        list.Add(row);
    }

    public void Record(PendingEvent fact) => facts.Add((fact, actor));

    public async Task<AlarmReceipt[]> RunAsync(List<IntakeItem> items, CancellationToken ct)
    {
        await LoadAsync(items, ct);
        var receipts = new AlarmReceipt[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            actor = items[i].Actor;
            now = items[i].At ?? now;
            receipts[i] = await TakeAsync(items[i], ct);
        }

        return receipts;
    }

    public async Task SaveAsync(CancellationToken ct)
    {
        if (facts.Count > 0)
        {
            var events = AnhuDbContext.Chain(head, facts);
            rows[typeof(TimelineEvent)] = [.. events];
            await db.SetHeadAsync(events[^1].Sequence, events[^1].Hash, ct);
        }

        await db.Store.Provider.InsertAsync(db, [.. rows.Values], ct);
        await db.SaveChangesAsync(ct);
    }

    private async Task LoadAsync(List<IntakeItem> items, CancellationToken ct)
    {
        var sourceKeys = items.Select(i => SourceKey(i.Report)).Distinct().ToList();
        foreach (var alarm in await db.Alarms.Where(a => sourceKeys.Contains(a.SourceKey)).ToListAsync(ct))
        {
            alarms.Add(alarm.SourceKey, alarm);
        }

        var keys = items.SelectMany(i => i.Report.People).SelectMany(PersonRegistry.JoiningKeys).Distinct().ToList();
        var personIds = new List<Guid>();
        if (keys.Count > 0)
        {
            var found = await db.PersonKeys.AsNoTracking().Where(k => keys.Contains(k.Value)).ToListAsync(ct);
            personIds = [.. found.Select(k => k.PersonId).Distinct()];
            if (personIds.Count > 0)
            {
                registry.Load(found, await db.People.Where(p => personIds.Contains(p.PersonId)).ToListAsync(ct));
            }
        }

        var caseIds = alarms.Values.Select(a => a.CaseId).ToHashSet();
        if (personIds.Count > 0)
        {
            caseIds.UnionWith(await db.CaseParties.AsNoTracking()
                .Where(p => personIds.Contains(p.PersonId)).Select(p => p.CaseId).Distinct().ToListAsync(ct));
        }

        foreach (var (id, file) in await CaseFile.LoadAsync(db, caseIds, ct))
        {
            files.Add(id, file);
            registry.Load([], file.People.Values);
            foreach (var party in file.Parties)
            {
                Link(party.PersonId, file);
            }
        }

        var incidentIds = alarms.Values.Select(a => a.IncidentId).ToHashSet();
        foreach (var file in files.Values)
        {
            incidentIds.UnionWith(file.Incidents.Where(i => items.Any(x => Near(i.OccurredAt, x.Report.ReceivedAt))).Select(i => i.IncidentId));
        }

        if (incidentIds.Count > 0)
        {
            foreach (var party in await db.IncidentParties.Where(p => incidentIds.Contains(p.IncidentId)).ToListAsync(ct))
            {
                Parties(party.IncidentId).Add(party);
            }
        }

        var names = items.Select(i => AreaOf(i.Report)).Distinct().Select(CounterName).ToList();
        foreach (var counter in await db.Counters.Where(c => names.Contains(c.Name)).ToListAsync(ct))
        {
            counters.Add(counter.Name, counter);
        }
    }

    private async Task<AlarmReceipt> TakeAsync(IntakeItem item, CancellationToken ct)
    {
        var report = item.Report;
        var key = SourceKey(report);
        if (!alarms.TryGetValue(key, out var alarm))
        {
            return TakeNew(item, key);
        }

        var file = files[alarm.CaseId];
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

    private AlarmReceipt TakeNew(IntakeItem item, string key)
    {
        var report = item.Report;
        var alarmId = Guid.CreateVersion7(now);
        var people = Resolve(report, []);
        var file = FindCase(report, people, null);
        var repeated = file is not null;
        var reopened = file?.Case.State is CaseState.Closed or CaseState.Observation;
        var incident = file is null ? null : SameIncident(file, report, people);
        Record(new PendingEvent(EventTypes.AlarmReceived, now, file?.Case.CaseId, Data: EventData.Of(
            ("source", report.Source), ("sourceId", report.SourceId), ("revision", report.Revision), ("channel", report.Channel),
            ("category", report.Category), ("receivedAt", report.ReceivedAt))));
        if (file is null)
        {
            file = Open(report);
            facts[^1] = (facts[^1].Fact with { CaseId = file.Case.CaseId }, actor);
        }

        var isSame = incident is not null;
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
            Merge(incident, report, overwrite: false);
        }

        var alarm = new Alarm
        {
            AlarmId = alarmId, Source = report.Source, SourceId = report.SourceId, SourceKey = key, Revision = report.Revision,
            ContentHash = item.Hash, ReceivedAt = report.ReceivedAt, StoredAt = now, IncidentId = incident.IncidentId, CaseId = file.Case.CaseId,
        };
        alarms.Add(key, alarm);
        Add(alarm);
        AddRevision(alarmId, item);
        AddParties(file, incident, report, people);
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
                ("alarm", alarmId), ("sameIncident", isSame), ("incidents", file.Case.IncidentCount))));
        }

        var raised = rules.Regrade(file, now, this);
        var happened = new List<PlaybookEvent>(3);
        if (!isSame)
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

        rules.Plan(file, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(happened), now, incident, this, startsAt: DeadlineStart(report));

        rules.RestIfIdle(file, now, this);
        return Receipt(alarm, file, AlarmStatus.Created);
    }

    private async Task<CaseFile> ReviseAsync(IntakeItem item, Alarm alarm, CaseFile file, CancellationToken ct)
    {
        var report = item.Report;
        var incident = file.Incidents.First(i => i.IncidentId == alarm.IncidentId);
        var people = Resolve(report, Parties(incident.IncidentId));
        Record(new PendingEvent(EventTypes.AlarmRevised, now, file.Case.CaseId, Class: file.Case.Class, Data: EventData.Of(
            ("alarm", alarm.AlarmId), ("source", report.Source), ("sourceId", report.SourceId), ("revision", report.Revision))));
        if (file.Incidents.Count == 1 && FindCase(report, people, file) is { } other && other != file && Overlap(other, report, people) > Overlap(file, report, people))
        {
            await JoinAsync(file, other, ct);
            file = other;
        }

        Merge(incident, report, overwrite: incident.AlarmCount == 1);
        AddParties(file, incident, report, people);
        var region = RegionOf(report);
        if (region is not null && region != file.Case.RegionCode && report.ReceivedAt >= file.Case.LastAlarmAt)
        {
            file.Case.RegionCode = region;
            rules.Reroute(file, incident, now, this);
        }

        Involved(file, item);
        if (rules.Regrade(file, now, this))
        {
            rules.Plan(file, [PlaybookEvent.CaseClassRaised], now, incident, this);
        }

        return file;
    }

    /// <summary>A case opened without known people turns out to be part of another: its incident and duties go there, and it stays as a closed pointer.</summary>
    private async Task JoinAsync(CaseFile from, CaseFile to, CancellationToken ct)
    {
        foreach (var alarm in await db.Alarms.Where(a => a.CaseId == from.Case.CaseId).ToListAsync(ct))
        {
            alarm.CaseId = to.Case.CaseId;
        }

        foreach (var alarm in alarms.Values.Where(a => a.CaseId == from.Case.CaseId))
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

        foreach (var unitId in from.Access.Values.Where(a => a.IsDirect).Select(a => a.UnitId))
        {
            if (rules.Map.Find(unitId) is { } unit)
            {
                rules.Involve(to, unit, this);
            }
        }

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

    /// <summary>The people of a report in its order.</summary>
    private List<Person> Resolve(AlarmReport report, List<IncidentParty> already)
    {
        var people = new List<Person>(report.People.Count);
        foreach (var reported in report.People)
        {
            // A person is in a report once: a couple's shared phone must not make one of two.
            var within = already.Where(p => p.Role == reported.Role).Select(p => registry.Find(p.PersonId))
                .FirstOrDefault(p => p is not null && !people.Contains(p) && PersonRegistry.MayBe(p, reported));
            people.Add(registry.Resolve(reported, now, this, within, people));
        }

        return people;
    }

    private CaseFile? FindCase(AlarmReport report, List<Person> people, CaseFile? except)
    {
        CaseFile? best = null;
        var bestOverlap = 0;
        foreach (var person in people)
        {
            if (!casesByPerson.TryGetValue(person.PersonId, out var candidates))
            {
                continue;
            }

            foreach (var file in candidates)
            {
                if (file == except || file.Case.JoinedIntoCaseId is not null)
                {
                    continue;
                }

                var overlap = Overlap(file, report, people);
                if (overlap > bestOverlap || (overlap == bestOverlap && best is not null && file.Case.LastAlarmAt > best.Case.LastAlarmAt))
                {
                    (best, bestOverlap) = (file, overlap);
                }
            }
        }

        return best;
    }

    /// <summary>How many of the pair a case shares with a report; 0 when it is another pair. Children and witnesses do not make a pair.</summary>
    private static int Overlap(CaseFile file, AlarmReport report, List<Person> people)
    {
        var shared = 0;
        var onlyReport = 0;
        for (var i = 0; i < people.Count; i++)
        {
            var person = people[i];
            if (!IsPrincipal(report.People[i].Role))
            {
                continue;
            }

            if (file.Parties.Any(p => p.PersonId == person.PersonId && IsPrincipal(p.Role)))
            {
                shared++;
            }
            else if (IsIdentified(person))
            {
                onlyReport++;
            }
        }

        if (shared is 0 or >= 2 || onlyReport == 0)
        {
            return shared;
        }

        var onlyFile = file.Parties.Count(p =>
            IsPrincipal(p.Role) && people.All(x => x.PersonId != p.PersonId) && file.People.TryGetValue(p.PersonId, out var known) && IsIdentified(known));
        return onlyFile == 0 ? shared : 0;
    }

    private static bool IsPrincipal(PartyRole role) => role is PartyRole.Victim or PartyRole.Perpetrator;

    private static bool IsIdentified(Person person) =>
        person.IdNumber is not null || (person.Name is { } name && !PersonKeys.IsWithheld(name));

    private Incident? SameIncident(CaseFile file, AlarmReport report, List<Person> people)
    {
        var place = PlaceKeys.Of(report.Location);
        foreach (var incident in file.Incidents)
        {
            if (Near(incident.OccurredAt, report.ReceivedAt)
                && (incident.PlaceKey is null || place is null || incident.PlaceKey == place)
                && Parties(incident.IncidentId).Any(p => people.Any(x => x.PersonId == p.PersonId)))
            {
                return incident;
            }
        }

        return null;
    }

    private CaseFile Open(AlarmReport report)
    {
        var area = AreaOf(report);
        var name = CounterName(area);
        if (!counters.TryGetValue(name, out var counter))
        {
            counters.Add(name, counter = new Counter { Name = name, Value = 0 });
            db.Add(counter);
        }

        counter.Value++;
        var dvCase = new DvCase
        {
            CaseId = Guid.CreateVersion7(now),
            CaseNumber = $"DV{area}-{Year}-{counter.Value:000000}",
            CaseSequence = head.Sequence + facts.Count + 1,
            OpenedAt = now, State = CaseState.Open, Class = 3, RegionCode = RegionOf(report) ?? rules.Map.CityCode,
            LastAlarmAt = report.ReceivedAt, IncidentCount = 0, OpenDutyCount = 0,
        };
        var file = new CaseFile { Case = dvCase };
        files.Add(dvCase.CaseId, file);
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
        Merge(incident, report, overwrite: true);
        return incident;
    }

    private void Merge(Incident incident, AlarmReport report, bool overwrite)
    {
        var location = report.Location;
        var i = report.Indicators;
        var injury = report.People.Count == 0 ? Injury.Unknown : report.People.Max(p => p.Injury);
        incident.Category = overwrite || Severity(report.Category) < Severity(incident.Category) ? report.Category : incident.Category;
        incident.OccurredAt = overwrite || report.ReceivedAt < incident.OccurredAt ? report.ReceivedAt : incident.OccurredAt;
        incident.RegionCode = overwrite ? RegionOf(report) : incident.RegionCode ?? RegionOf(report);
        incident.Address = overwrite ? location?.Address : incident.Address ?? location?.Address;
        incident.PlaceKey = overwrite ? PlaceKeys.Of(location) : incident.PlaceKey ?? PlaceKeys.Of(location);
        if (overwrite || incident.Longitude is null)
        {
            incident.Longitude = location?.Longitude;
            incident.Latitude = location?.Latitude;
            incident.IsDrawable = location is { Longitude: { } lon, Latitude: { } lat } && rules.Map.IsInside(lon, lat);
        }

        incident.Summary = overwrite || incident.Summary is null ? report.Summary
            : report.Summary is null || incident.Summary.Contains(report.Summary, StringComparison.Ordinal) ? incident.Summary
            : $"{incident.Summary}\n{report.Summary}";
        incident.Injury = overwrite || injury > incident.Injury ? injury : incident.Injury;
        incident.IsMandatoryReport = (!overwrite && incident.IsMandatoryReport) || report.Channel == AlarmChannel.MandatoryReport;
        incident.PoliceOpinion = overwrite ? report.PoliceOpinion
            : report.PoliceOpinion < (incident.PoliceOpinion ?? int.MaxValue) ? report.PoliceOpinion : incident.PoliceOpinion;
        incident.Weapon = Fact(incident.Weapon, i.Weapon);
        incident.ThreatToKill = Fact(incident.ThreatToKill, i.ThreatToKill);
        incident.Strangulation = Fact(incident.Strangulation, i.Strangulation);
        incident.ChildPresent = Fact(incident.ChildPresent, i.ChildPresent ?? (report.People.Any(p => p.Role == PartyRole.Child) ? true : null));
        incident.Pregnant = Fact(incident.Pregnant, i.Pregnant);
        incident.Alcohol = Fact(incident.Alcohol, i.Alcohol);

        bool? Fact(bool? before, bool? reported) => overwrite ? reported : before == true || reported == true ? true : before ?? reported;
    }

    private static int Severity(AlarmCategory category) => category switch
    {
        AlarmCategory.ProtectionOrderBreach => 0,
        AlarmCategory.DomesticViolence => 1,
        AlarmCategory.FamilyDispute => 2,
        AlarmCategory.MissingPerson => 3,
        AlarmCategory.Other => 4,
    };

    private void AddParties(CaseFile file, Incident incident, AlarmReport report, List<Person> people)
    {
        var parties = Parties(incident.IncidentId);
        for (var i = 0; i < people.Count; i++)
        {
            var (person, reported) = (people[i], report.People[i]);
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
                Link(person.PersonId, file);
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

    private void AddRevision(Guid alarmId, IntakeItem item) => Add(new AlarmRevision
    {
        AlarmId = alarmId, Revision = item.Report.Revision, StoredAt = now, Content = item.Content, ContentHash = item.Hash,
        ClientId = item.Actor.ClientId, WorkerId = item.Actor.WorkerId,
    });

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
            alarm.AlarmId, file.Case.CaseId, file.Case.CaseNumber, status, alarm.Revision, file.Case.Class, file.Grade?.Reasons ?? [], duties);
    }

    private DateTimeOffset DeadlineStart(AlarmReport report) =>
        report.ReceivedAt < now - Late || report.ReceivedAt > now ? now : report.ReceivedAt;

    private string? RegionOf(AlarmReport report) =>
        report.Location?.RegionCode ?? (report.Dispatch?.Unit is { } unit ? rules.Map.Find(unit)?.RegionCode : null);

    private string AreaOf(AlarmReport report) =>
        RegionCodes.At(RegionOf(report) ?? "", RegionLevel.County) ?? rules.Map.CityCode[..6];

    private int Year => rules.Clock.Zone.DateOf(now).Year;

    private string CounterName(string area) => $"case:{area}:{Year}";

    private static string SourceKey(AlarmReport report) => $"{report.Source}/{report.SourceId}";

    private static bool Near(DateTimeOffset a, DateTimeOffset b) => (a - b).Duration() <= SameOccurrence;

    private List<IncidentParty> Parties(Guid incidentId)
    {
        if (!partiesByIncident.TryGetValue(incidentId, out var list))
        {
            partiesByIncident.Add(incidentId, list = []);
        }

        return list;
    }

    private void Link(Guid personId, CaseFile file)
    {
        if (!casesByPerson.TryGetValue(personId, out var list))
        {
            casesByPerson.Add(personId, list = []);
        }

        if (!list.Contains(file))
        {
            list.Add(file);
        }
    }
}
