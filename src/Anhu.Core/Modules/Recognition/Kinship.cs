using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Grading;
using Anhu.Modules.People;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>
/// All that statements about some records can reach: the records of their people, what was said of these, the cases of those
/// people about whom anything was said, and the people of these cases. Tracked.
/// </summary>
internal sealed class Kinship
{
    private readonly AnhuDbContext db;
    private readonly HashSet<Guid> persons = [];
    private readonly HashSet<Guid> caseIds = [];

    private Kinship(AnhuDbContext db) => this.db = db;

    public Dictionary<Guid, PersonRecord> Records { get; } = [];

    public Dictionary<Guid, LinkStatement> Statements { get; } = [];

    public Dictionary<Guid, Incident> Incidents { get; } = [];

    public Dictionary<Guid, DvCase> Cases { get; } = [];

    /// <summary>Cases made for an incident that was parted from its case, by that incident.</summary>
    public Dictionary<Guid, DvCase> Parted { get; } = [];

    /// <summary>Grades in force or that were, by case, oldest first.</summary>
    public ILookup<Guid, Grade> Grades { get; private set; } = Array.Empty<Grade>().ToLookup(g => g.CaseId);

    /// <summary>Loads it.</summary>
    /// <param name="db">The context, whose turn it is.</param>
    /// <param name="recordIds">The records.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<Kinship> LoadAsync(AnhuDbContext db, IReadOnlyCollection<Guid> recordIds, CancellationToken ct)
    {
        var kin = new Kinship(db);
        var start = await db.PersonRecords.AsNoTracking().Where(r => recordIds.Contains(r.RecordId)).Select(r => r.PersonId).Distinct().ToListAsync(ct);
        var (people, spoken) = (start.ToHashSet(), start.ToHashSet());
        while (people.Count > 0 || spoken.Count > 0)
        {
            var fresh = await kin.AddPeopleAsync(people, ct);
            var said = await kin.AddStatementsAsync(fresh, ct);
            people = said.Others;
            spoken.UnionWith(said.Spoken);
            people.UnionWith(await kin.AddCasesAsync(spoken, ct));
            people.ExceptWith(kin.persons);
            spoken.Clear();
        }

        var ids = kin.Cases.Keys.ToList();
        kin.Grades = (await db.Grades.AsNoTracking().Where(g => ids.Contains(g.CaseId) && g.State == GradeState.Effective).ToListAsync(ct))
            .OrderBy(g => g.DecidedAt).ThenBy(g => g.GradeId).ToLookup(g => g.CaseId);
        return kin;
    }

    /// <summary>The case that the intake chose for an incident; of one that came into a parted case, the case that this was parted from.</summary>
    /// <param name="incident">The incident.</param>
    public Guid SeedOf(Incident incident)
    {
        var seed = incident.OriginCaseId ?? incident.CaseId;
        while (Cases[seed].PartedIncidentId is { } parted && parted != incident.IncidentId)
        {
            (incident, seed) = (Incidents[parted], Incidents[parted].OriginCaseId ?? Incidents[parted].CaseId);
        }

        return seed;
    }

    private async Task<List<PersonRecord>> AddPeopleAsync(HashSet<Guid> people, CancellationToken ct)
    {
        var wanted = people.Where(persons.Add).ToList();
        if (wanted.Count == 0)
        {
            return [];
        }

        var found = await db.PersonRecords.Where(r => wanted.Contains(r.PersonId)).ToListAsync(ct);
        foreach (var record in found)
        {
            Records[record.RecordId] = record;
        }

        return found;
    }

    /// <summary>Adds what was said of records.</summary>
    /// <returns>The people on the other side, and those about whom anything was said.</returns>
    private async Task<(HashSet<Guid> Others, HashSet<Guid> Spoken)> AddStatementsAsync(List<PersonRecord> records, CancellationToken ct)
    {
        var ids = records.Select(r => r.RecordId).ToList();
        var (others, spoken) = (new HashSet<Guid>(), new HashSet<Guid>());
        if (ids.Count == 0)
        {
            return (others, spoken);
        }

        var away = new HashSet<Guid>();
        foreach (var s in await db.LinkStatements.Where(s => ids.Contains(s.LeftRecordId) || ids.Contains(s.RightRecordId)).ToListAsync(ct))
        {
            Statements[s.LinkStatementId] = s;
            foreach (var id in (Guid[])[s.LeftRecordId, s.RightRecordId])
            {
                if (Records.TryGetValue(id, out var record))
                {
                    spoken.Add(record.PersonId);
                }
                else
                {
                    away.Add(id);
                }
            }
        }

        // A record that was found by one of another person, when who that was has changed since.
        away.UnionWith(records.Where(r => r.FoundRecordId is { } f && !Records.ContainsKey(f)).Select(r => r.FoundRecordId!.Value));
        if (away.Count > 0)
        {
            others.UnionWith(await db.PersonRecords.AsNoTracking().Where(r => away.Contains(r.RecordId)).Select(r => r.PersonId).Distinct().ToListAsync(ct));
            spoken.UnionWith(others);
        }

        return (others, spoken);
    }

    /// <summary>Adds the cases of people, with all that was joined with them or parted from them.</summary>
    /// <returns>The people of these cases.</returns>
    private async Task<HashSet<Guid>> AddCasesAsync(HashSet<Guid> people, CancellationToken ct)
    {
        var about = Records.Values.Where(r => people.Contains(r.PersonId) && r.IncidentId is not null).Select(r => r.IncidentId!.Value).Distinct().ToList();
        var fresh = (await db.Incidents.AsNoTracking().Where(i => about.Contains(i.IncidentId)).Select(i => new { i.CaseId, i.OriginCaseId }).ToListAsync(ct))
            .SelectMany(i => new[] { i.CaseId, i.OriginCaseId ?? i.CaseId }).ToHashSet();
        var incidents = new HashSet<Guid>();
        while (fresh.Count > 0)
        {
            fresh.ExceptWith(caseIds);
            caseIds.UnionWith(fresh);
            var ids = fresh.ToList();
            fresh = [];
            foreach (var i in await db.Incidents.Where(i => ids.Contains(i.CaseId) || (i.OriginCaseId != null && ids.Contains(i.OriginCaseId.Value))).ToListAsync(ct))
            {
                if (Incidents.TryAdd(i.IncidentId, i))
                {
                    incidents.Add(i.IncidentId);
                }

                fresh.UnionWith([i.CaseId, i.OriginCaseId ?? i.CaseId]);
            }

            var parts = incidents.ToList();
            foreach (var c in await db.Cases.Where(c => ids.Contains(c.CaseId) || (c.PartedIncidentId != null && parts.Contains(c.PartedIncidentId.Value))).ToListAsync(ct))
            {
                Cases[c.CaseId] = c;
                fresh.Add(c.CaseId);
                if (c.PartedIncidentId is { } parted)
                {
                    Parted[parted] = c;
                    if (!Incidents.ContainsKey(parted) && await db.Incidents.FirstOrDefaultAsync(i => i.IncidentId == parted, ct) is { } from)
                    {
                        Incidents.Add(parted, from);
                        incidents.Add(parted);
                        fresh.UnionWith([from.CaseId, from.OriginCaseId ?? from.CaseId]);
                    }
                }
            }

            fresh.ExceptWith(caseIds);
        }

        var all = incidents.Select(i => (Guid?)i).ToList();
        return all.Count == 0 ? []
            : [.. await db.PersonRecords.AsNoTracking().Where(r => all.Contains(r.IncidentId)).Select(r => r.PersonId).Distinct().ToListAsync(ct)];
    }
}
