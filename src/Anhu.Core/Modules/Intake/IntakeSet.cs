using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.People;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Intake;

/// <summary>What the alarms of one transaction may touch, in memory: found by source, by person, by case.</summary>
internal sealed class IntakeSet
{
    /// <summary>Two reports of one place and the same people within this time are one occurrence.</summary>
    private static readonly TimeSpan SameOccurrence = TimeSpan.FromMinutes(60);

    private readonly AnhuDbContext db;
    private readonly PersonIndex? index;
    private readonly Dictionary<Guid, List<CaseFile>> casesByPerson = [];
    private readonly Dictionary<Guid, List<PersonRecord>> recordsByIncident = [];
    private readonly Dictionary<Guid, List<IncidentParty>> partiesByIncident = [];
    private readonly Dictionary<string, Counter> counters = new(StringComparer.Ordinal);

    /// <summary>Begins with nothing loaded.</summary>
    /// <param name="db">The context of the transaction.</param>
    /// <param name="index">Where likenesses are looked up; null: by exact keys only.</param>
    public IntakeSet(AnhuDbContext db, PersonIndex? index)
    {
        (this.db, this.index) = (db, index);
        Registry = new PersonRegistry(db.Keys, () => Next(PersonRecord.Counter));
    }

    /// <summary>Alarms by source and id.</summary>
    public Dictionary<string, Alarm> Alarms { get; } = new(StringComparer.Ordinal);

    /// <summary>Cases by id.</summary>
    public Dictionary<Guid, CaseFile> Files { get; } = [];

    /// <summary>Stored records that are like somebody who was reported, by id.</summary>
    public Dictionary<Guid, PersonRecord> Alike { get; } = [];

    /// <summary>The door through which reported people become known ones.</summary>
    public PersonRegistry Registry { get; }

    /// <summary>Loads what the alarms may touch.</summary>
    /// <param name="items">The Alarms.</param>
    /// <param name="counterNames">Counters that new cases may need.</param>
    /// <param name="ct">Cancels.</param>
    public async Task LoadAsync(IReadOnlyList<IntakeItem> items, List<string> counterNames, CancellationToken ct)
    {
        var sourceKeys = items.Select(i => i.SourceKey).Distinct().ToList();
        foreach (var alarm in await db.Alarms.Where(a => sourceKeys.Contains(a.SourceKey)).ToListAsync(ct))
        {
            Alarms.Add(alarm.SourceKey, alarm);
        }

        var personIds = await LikelyPeople.LoadByKeysAsync(db, Registry, items.SelectMany(i => i.Report.People), ct);
        personIds.AddRange(await LikelyPeople.LoadAsync(db, index, Registry, items.SelectMany(i => i.Report.People), Alike, ct));
        var caseIds = Alarms.Values.Select(a => a.CaseId).ToHashSet();
        if (personIds.Count > 0)
        {
            caseIds.UnionWith(await db.CaseParties.AsNoTracking()
                .Where(p => personIds.Contains(p.PersonId)).Select(p => p.CaseId).Distinct().ToListAsync(ct));
        }

        foreach (var (id, file) in await CaseFile.LoadAsync(db, caseIds, ct))
        {
            Files.Add(id, file);
            Registry.Load([], file.People.Values);
            foreach (var party in file.Parties)
            {
                Link(party.PersonId, file);
            }
        }

        var incidentIds = Alarms.Values.Select(a => a.IncidentId).ToHashSet();
        foreach (var file in Files.Values)
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

        // Only a later revision asks what was said of the same people before.
        var revised = Alarms.Values.Select(a => (Guid?)a.IncidentId).Distinct().ToList();
        if (revised.Count > 0)
        {
            foreach (var record in await db.PersonRecords.AsNoTracking().Where(r => revised.Contains(r.IncidentId)).OrderBy(r => r.RecordSequence).ToListAsync(ct))
            {
                Records(record.IncidentId!.Value).Add(record);
            }
        }

        foreach (var counter in await db.Counters.Where(c => counterNames.Contains(c.Name)).ToListAsync(ct))
        {
            counters.Add(counter.Name, counter);
        }
    }

    /// <summary>The case of the same pair; null when there is none. Where several could be, the one that shares most, then the one with the latest alarm.</summary>
    /// <param name="report">The report.</param>
    /// <param name="people">Its people, resolved.</param>
    /// <param name="except">A case that is not asked about.</param>
    public CaseFile? FindCase(AlarmReport report, List<Person> people, CaseFile? except)
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
    public static int Overlap(CaseFile file, AlarmReport report, List<Person> people)
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

    /// <summary>The incident of a case that a report speaks of, too: near in time, not at another place, with one of the same people.</summary>
    /// <param name="file">The case.</param>
    /// <param name="report">The report.</param>
    /// <param name="people">Its people, resolved.</param>
    public Incident? SameIncident(CaseFile file, AlarmReport report, List<Person> people)
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

    /// <summary>The people of an incident; the list is the live one.</summary>
    /// <param name="incidentId">Which.</param>
    public List<IncidentParty> Parties(Guid incidentId)
    {
        if (!partiesByIncident.TryGetValue(incidentId, out var list))
        {
            partiesByIncident.Add(incidentId, list = []);
        }

        return list;
    }

    /// <summary>What was recorded of the people of an incident, in order; the list is the live one. Of a stored incident only where an alarm of it may be revised.</summary>
    /// <param name="incidentId">Which.</param>
    public List<PersonRecord> Records(Guid incidentId)
    {
        if (!recordsByIncident.TryGetValue(incidentId, out var list))
        {
            recordsByIncident.Add(incidentId, list = []);
        }

        return list;
    }

    /// <summary>Makes a case findable by a person.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="file">The case.</param>
    public void Link(Guid personId, CaseFile file)
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

    /// <summary>The next number of a counter.</summary>
    /// <param name="name">The counter; made when it is new.</param>
    public long Next(string name)
    {
        if (!counters.TryGetValue(name, out var counter))
        {
            counters.Add(name, counter = new Counter { Name = name, Value = 0 });
            db.Add(counter);
        }

        return ++counter.Value;
    }

    private static bool Near(DateTimeOffset a, DateTimeOffset b) => (a - b).Duration() <= SameOccurrence;
}
