using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.People;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>All of one case that its rules need, in memory: the aggregate that intake, duties and grading change.</summary>
public sealed class CaseFile
{
    /// <summary>The case.</summary>
    public required DvCase Case { get; init; }

    /// <summary>Its incidents, in no order.</summary>
    public List<Incident> Incidents { get; init; } = [];

    /// <summary>Its people with their part.</summary>
    public List<CaseParty> Parties { get; init; } = [];

    /// <summary>Its people, by id, as far as loaded.</summary>
    public Dictionary<Guid, Person> People { get; init; } = [];

    /// <summary>Units that may see it.</summary>
    public Dictionary<Guid, CaseAccess> Access { get; init; } = [];

    /// <summary>Its duties in an open state.</summary>
    public List<Duty> OpenDuties { get; init; } = [];

    /// <summary>The grade in force; null before the first grading.</summary>
    public Grade? Grade { get; set; }

    /// <summary>Loads cases with all that their rules need, tracked.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caseIds">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>By id; those that do not exist are missing.</returns>
    public static async Task<Dictionary<Guid, CaseFile>> LoadAsync(AnhuDbContext db, IReadOnlyCollection<Guid> caseIds, CancellationToken ct)
    {
        if (caseIds.Count == 0)
        {
            return [];
        }

        var read = Reads.Of(db);
        Guid[] ids = [.. caseIds];
        var files = await FillAsync(db, ids, read.Cases, read.Incidents, read.Parties, read.People, ct);
        await foreach (var access in read.Access(db, ids).WithCancellation(ct))
        {
            files[access.CaseId].Access[access.UnitId] = access;
        }

        await foreach (var duty in read.OpenDuties(db, ids).WithCancellation(ct))
        {
            files[duty.CaseId].OpenDuties.Add(duty);
        }

        await foreach (var grade in read.Grades(db, ids).WithCancellation(ct))
        {
            var file = files[grade.CaseId];
            if (file.Grade is null || grade.DecidedAt >= file.Grade.DecidedAt)
            {
                file.Grade = grade;
            }
        }

        return files;
    }

    /// <summary>
    /// Reads cases with their incidents and people, and of their duties only some kinds; no grade and no unit. For work that looks at many cases and changes few:
    /// half of the rows, none of them tracked.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="caseIds">Which.</param>
    /// <param name="dutyKinds">Kinds of duties that are wanted where they are open.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>By id; those that do not exist are missing.</returns>
    public static async Task<Dictionary<Guid, CaseFile>> ReadAsync(AnhuDbContext db, IReadOnlyCollection<Guid> caseIds, string[] dutyKinds, CancellationToken ct)
    {
        var read = Reads.Of(db);
        Guid[] ids = [.. caseIds];
        var files = await FillAsync(db, ids, read.SeenCases, read.SeenIncidents, read.SeenParties, read.SeenPeople, ct);
        await foreach (var duty in read.SeenDuties(db, ids, dutyKinds).WithCancellation(ct))
        {
            files[duty.CaseId].OpenDuties.Add(duty);
        }

        return files;
    }

    private static async Task<Dictionary<Guid, CaseFile>> FillAsync(
        AnhuDbContext db, Guid[] ids, Func<AnhuDbContext, Guid[], IAsyncEnumerable<DvCase>> readCases, Func<AnhuDbContext, Guid[], IAsyncEnumerable<Incident>> readIncidents,
        Func<AnhuDbContext, Guid[], IAsyncEnumerable<CaseParty>> readParties, Func<AnhuDbContext, Guid[], IAsyncEnumerable<Person>> readPeople, CancellationToken ct)
    {
        var files = new Dictionary<Guid, CaseFile>(ids.Length);
        await foreach (var dvCase in readCases(db, ids).WithCancellation(ct))
        {
            files.Add(dvCase.CaseId, new CaseFile { Case = dvCase });
        }

        await foreach (var incident in readIncidents(db, ids).WithCancellation(ct))
        {
            files[incident.CaseId].Incidents.Add(incident);
        }

        await foreach (var party in readParties(db, ids).WithCancellation(ct))
        {
            files[party.CaseId].Parties.Add(party);
        }

        Guid[] people = [.. files.Values.SelectMany(f => f.Parties).Select(p => p.PersonId).Distinct()];
        var persons = new Dictionary<Guid, Person>(people.Length);
        await foreach (var person in readPeople(db, people).WithCancellation(ct))
        {
            persons.Add(person.PersonId, person);
        }

        foreach (var file in files.Values)
        {
            foreach (var party in file.Parties)
            {
                if (persons.TryGetValue(party.PersonId, out var person))
                {
                    file.People[person.PersonId] = person;
                }
            }
        }

        return files;
    }

    /// <summary>The people who play a part as of now.</summary>
    /// <param name="role">The part.</param>
    public IEnumerable<Person> With(PartyRole role)
    {
        foreach (var party in Parties)
        {
            if (party.Role == role && People.TryGetValue(party.PersonId, out var person))
            {
                yield return person;
            }
        }
    }

    private static readonly CompiledReads<Queries> Reads = new();

    // A compiled query keeps the tracking of the context that runs it first: without saying so, one reader that does not track would make all later changes be lost.
    private sealed class Queries
    {
        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<DvCase>> Cases { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.Cases.AsTracking().Where(c => ids.Contains(c.CaseId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<Incident>> Incidents { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.Incidents.AsTracking().Where(i => ids.Contains(i.CaseId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<CaseParty>> Parties { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.CaseParties.AsTracking().Where(p => ids.Contains(p.CaseId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<Person>> People { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.People.AsTracking().Where(p => ids.Contains(p.PersonId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<CaseAccess>> Access { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.CaseAccess.AsTracking().Where(a => ids.Contains(a.CaseId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<Duty>> OpenDuties { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.Duties.AsTracking().Where(d => ids.Contains(d.CaseId)
                && (d.State == DutyState.Proposed || d.State == DutyState.Assigned || d.State == DutyState.Accepted || d.State == DutyState.InProgress)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<DvCase>> SeenCases { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.Cases.AsNoTracking().Where(c => ids.Contains(c.CaseId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<Incident>> SeenIncidents { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.Incidents.AsNoTracking().Where(i => ids.Contains(i.CaseId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<CaseParty>> SeenParties { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.CaseParties.AsNoTracking().Where(p => ids.Contains(p.CaseId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<Person>> SeenPeople { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.People.AsNoTracking().Where(p => ids.Contains(p.PersonId)));

        public Func<AnhuDbContext, Guid[], string[], IAsyncEnumerable<Duty>> SeenDuties { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids, string[] kinds) => db.Duties.AsNoTracking().Where(d => ids.Contains(d.CaseId) && kinds.Contains(d.Kind)
                && (d.State == DutyState.Proposed || d.State == DutyState.Assigned || d.State == DutyState.Accepted || d.State == DutyState.InProgress)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<Grade>> Grades { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.Grades.AsNoTracking().Where(g => ids.Contains(g.CaseId) && g.State == GradeState.Effective));
    }
}
