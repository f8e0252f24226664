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

        var files = (await db.Cases.Where(c => caseIds.Contains(c.CaseId)).ToListAsync(ct))
            .ToDictionary(c => c.CaseId, c => new CaseFile { Case = c });
        foreach (var incident in await db.Incidents.Where(i => caseIds.Contains(i.CaseId)).ToListAsync(ct))
        {
            files[incident.CaseId].Incidents.Add(incident);
        }

        foreach (var party in await db.CaseParties.Where(p => caseIds.Contains(p.CaseId)).ToListAsync(ct))
        {
            files[party.CaseId].Parties.Add(party);
        }

        var people = files.Values.SelectMany(f => f.Parties).Select(p => p.PersonId).Distinct().ToList();
        var persons = await db.People.Where(p => people.Contains(p.PersonId)).ToDictionaryAsync(p => p.PersonId, ct);
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

        foreach (var access in await db.CaseAccess.Where(a => caseIds.Contains(a.CaseId)).ToListAsync(ct))
        {
            files[access.CaseId].Access[access.UnitId] = access;
        }

        DutyState[] open = [DutyState.Proposed, DutyState.Assigned, DutyState.Accepted, DutyState.InProgress];
        foreach (var duty in await db.Duties.Where(d => caseIds.Contains(d.CaseId) && open.Contains(d.State)).ToListAsync(ct))
        {
            files[duty.CaseId].OpenDuties.Add(duty);
        }

        foreach (var grade in await db.Grades.AsNoTracking()
            .Where(g => caseIds.Contains(g.CaseId) && g.State == GradeState.Effective).ToListAsync(ct))
        {
            var file = files[grade.CaseId];
            if (file.Grade is null || grade.DecidedAt >= file.Grade.DecidedAt)
            {
                file.Grade = grade;
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
}
