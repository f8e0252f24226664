using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>One incident of a person, as the caller may see it.</summary>
/// <param name="Incident">The incident.</param>
/// <param name="Agencies">Agencies that work or worked on its case.</param>
/// <param name="Others">The others in it: part, name as the caller may see it, relation.</param>
/// <param name="Measures">What was done on its case: kinds of duties that are done.</param>
public sealed record PersonEpisode(
    PersonIncident Incident, IReadOnlyList<Agency> Agencies, IReadOnlyList<(Guid PersonId, PartyRole Role, string? Name, string? Relation)> Others, IReadOnlyList<string> Measures);

/// <summary>A relationship of a person, from reports.</summary>
/// <param name="PersonId">The other person.</param>
/// <param name="Name">Name, as the caller may see it.</param>
/// <param name="Relation">What the reported one is to the victim: <c>spouse</c>, <c>ex-spouse</c>, <c>child</c> …</param>
/// <param name="IsTheirs">True where it says what the other one is to this person; false where it says what this person is to the other.</param>
/// <param name="FirstAt">First reported, UTC.</param>
/// <param name="LastAt">Last reported, UTC.</param>
public sealed record PersonRelation(Guid PersonId, string? Name, string Relation, bool IsTheirs, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>A record of a person, with how it was found.</summary>
/// <param name="Side">The record, as the caller may see it.</param>
/// <param name="FoundBy">How the door found it on arrival.</param>
/// <param name="MayPart">It was joined on arrival, and can be parted.</param>
public sealed record PersonRecordLine(LinkSide Side, FoundBy FoundBy, bool MayPart);

/// <summary>What a caller may see of a person over time.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Name">Name, as the caller may see it.</param>
/// <param name="Sex">Sex.</param>
/// <param name="BirthDate">Birth date, where it may be seen.</param>
/// <param name="Episodes">Incidents, newest first.</param>
/// <param name="Agencies">Agencies that know the person by a case that the caller may see.</param>
/// <param name="Relations">Relationships.</param>
/// <param name="Records">What was recorded.</param>
/// <param name="Latest">The case that was seen last, which says what may be shown.</param>
public sealed record PersonFile(
    Guid PersonId, string? Name, Sex Sex, DateOnly? BirthDate, IReadOnlyList<PersonEpisode> Episodes, IReadOnlyList<Agency> Agencies, IReadOnlyList<PersonRelation> Relations,
    IReadOnlyList<PersonRecordLine> Records, Guid Latest)
{
    /// <summary>More incidents or records may be there than are shown.</summary>
    public bool IsCut => Episodes.Count >= PersonQueries.MostEpisodes || Records.Count >= PersonQueries.MostRecords;

    /// <summary>What was done, and on how many incidents; the most frequent first.</summary>
    public IReadOnlyList<(string Kind, int Times)> Measures => [.. Episodes.SelectMany(e => e.Measures).GroupBy(k => k).Select(g => (Kind: g.Key, Times: g.Count())).OrderByDescending(m => m.Times).ThenBy(m => m.Kind, StringComparer.Ordinal)];

    /// <summary>Incidents in which the person was the alleged perpetrator.</summary>
    public int AsPerpetrator => Episodes.Count(e => e.Incident.Role == PartyRole.Perpetrator);

    /// <summary>Incidents in which the person was the victim.</summary>
    public int AsVictim => Episodes.Count(e => e.Incident.Role == PartyRole.Victim);

    /// <summary>Number of people who were victims of this one.</summary>
    public int Victims => Episodes.Where(e => e.Incident.Role == PartyRole.Perpetrator).SelectMany(e => e.Others).Where(o => o.Role == PartyRole.Victim)
        .Select(o => o.PersonId).Distinct().Count();
}

/// <summary>Reads what is known of a person, as far as a caller may see: each incident shows no more than its case does, and none of a case that the caller does not find.</summary>
public sealed class PersonQueries(
    IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, CaseSights sights, LinkQueries links, OrganisationDirectory organisation)
{
    /// <summary>Incidents of a person that are shown at most.</summary>
    internal const int MostEpisodes = CaseQueries.MostIncidentsOfPerson;

    /// <summary>Records of a person that are shown at most.</summary>
    internal const int MostRecords = 100;

    /// <summary>A person.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="personId">Which; also one that is a part of another now.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the caller may see no case of the person.</returns>
    public async Task<PersonFile?> FindAsync(Caller caller, Guid personId, CancellationToken ct)
    {
        if (await cases.PersonHistoryAsync(caller, personId, ct) is not { Count: > 0 } history)
        {
            return null;
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        personId = await db.People.Where(p => p.PersonId == personId).Select(p => p.JoinedIntoPersonId).FirstOrDefaultAsync(ct) ?? personId;
        var caseIds = history.Select(h => h.CaseId).Distinct().ToList();
        var sight = await sights.OfAsync(db, caller, caseIds, null, ct);
        var incidentIds = history.Select(h => h.IncidentId).ToList();
        var parts = await (
            from party in db.IncidentParties
            join person in db.People on party.PersonId equals person.PersonId
            join incident in db.Incidents on party.IncidentId equals incident.IncidentId
            where incidentIds.Contains(party.IncidentId)
            select new { party.IncidentId, incident.CaseId, incident.OccurredAt, party.PersonId, party.Role, party.RelationToVictim, person.Name, person.Sex, person.BirthDate }).ToListAsync(ct);
        var agencies = await AgenciesAsync(db, map, caseIds, ct);
        var done = (await db.Duties.Where(d => caseIds.Contains(d.CaseId) && d.DoneAt != null).Select(d => new { d.CaseId, d.IncidentId, d.Kind }).ToListAsync(ct))
            .ToLookup(d => d.IncidentId ?? Guid.Empty, d => d.Kind);

        var episodes = history.Select(h => new PersonEpisode(
            h, agencies.GetValueOrDefault(h.CaseId, []),
            [.. parts.Where(p => p.IncidentId == h.IncidentId && p.PersonId != personId).OrderBy(p => p.Role)
                .Select(p => (p.PersonId, p.Role, Shown(p.Name, p.Role, sight[h.CaseId]), p.RelationToVictim))],
            sight[h.CaseId].Shows(FieldClass.Story) ? [.. done[h.IncidentId].Distinct()] : [])).ToList();
        var relations = parts.Where(p => p.PersonId != personId)
            .SelectMany(other => parts.Where(p => p.PersonId == personId && p.IncidentId == other.IncidentId), (other, own) => (other, own))
            .SelectMany(pair => Relations(pair.own.Role, pair.own.RelationToVictim, pair.other.Role, pair.other.RelationToVictim)
                .Select(r => (pair.other.PersonId, r.Relation, r.IsTheirs, At: pair.other.OccurredAt, Name: Shown(pair.other.Name, pair.other.Role, sight[pair.other.CaseId]))))
            .GroupBy(r => (r.PersonId, r.Relation, r.IsTheirs))
            .Select(g => new PersonRelation(g.Key.PersonId, g.MaxBy(r => r.Name?.Length ?? 0).Name, g.Key.Relation, g.Key.IsTheirs, g.Min(r => r.At), g.Max(r => r.At)))
            .OrderByDescending(r => r.LastAt).ToList();
        var self = parts.Where(p => p.PersonId == personId).OrderByDescending(p => sight[p.CaseId].View).First();
        var open = sight[self.CaseId].Shows(FieldClass.Personal) && (self.Role != PartyRole.Child || sight[self.CaseId].Shows(FieldClass.Minors));
        return new PersonFile(
            personId, Shown(self.Name, self.Role, sight[self.CaseId]), self.Sex, open ? self.BirthDate : null, episodes,
            [.. agencies.Values.SelectMany(a => a).Distinct().Order()], relations, await RecordsAsync(db, caller, personId, ct), history[0].CaseId);
    }

    /// <summary>
    /// The agencies that know the people of a case: by that case, by another one that the caller may see, or, for who sees the people's names, by a list that the agency gave.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="view">How much of it the caller sees, where that was asked before.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Empty where the caller does not see who is concerned.</returns>
    public async Task<IReadOnlyList<Agency>> KnownToAsync(Caller caller, Guid caseId, CaseView? view, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        view ??= await sights.FindAsync(db, caller, caseId, ct) is (_, var sight) ? sight.View : CaseView.None;
        return view < CaseView.Card ? [] : (await KnownToAsync(db, caller, [caseId], view >= CaseView.Working ? [caseId] : [], ct)).GetValueOrDefault(caseId, []);
    }

    /// <summary>The same for a page of cases, in a fixed number of queries however long the page.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseIds">The cases.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>By case; without those of which the caller does not see who is concerned.</returns>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<Agency>>> KnownToAsync(Caller caller, IReadOnlyCollection<Guid> caseIds, CancellationToken ct)
    {
        if (caseIds.Count == 0)
        {
            return new Dictionary<Guid, IReadOnlyList<Agency>>();
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await FoundAsync(db, caller, caseIds, ct);
        var sight = await sights.OfAsync(db, caller, found, null, ct);
        return await KnownToAsync(
            db, caller, [.. sight.Where(s => s.Value.View >= CaseView.Card).Select(s => s.Key)], [.. sight.Where(s => s.Value.View >= CaseView.Working).Select(s => s.Key)], ct);
    }

    /// <summary>Sealed cases add nothing: they have no rows in <see cref="CaseAccess"/>, neither the caller's nor those of the agencies.</summary>
    private async Task<Dictionary<Guid, IReadOnlyList<Agency>>> KnownToAsync(AnhuDbContext db, Caller caller, List<Guid> caseIds, List<Guid> working, CancellationToken ct)
    {
        if (caseIds.Count == 0)
        {
            return [];
        }

        var pairs = await (
            from own in db.CaseParties.AsNoTracking()
            join other in db.CaseParties on own.PersonId equals other.PersonId
            where caseIds.Contains(own.CaseId) && (own.Role == PartyRole.Victim || own.Role == PartyRole.Perpetrator)
            select new { Own = own.CaseId, Other = other.CaseId }).Distinct().ToListAsync(ct);
        var others = pairs.Select(p => p.Other).Distinct().ToList();
        var visible = await FoundAsync(db, caller, others, ct);
        var agencies = await AgenciesAsync(db, await organisation.GetAsync(ct), visible, ct);
        var listed = await ListedAsync(db, working, ct);
        return pairs.GroupBy(p => p.Own)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<Agency>)[.. g.SelectMany(p => agencies.GetValueOrDefault(p.Other, [])).Concat(listed[g.Key]).Distinct().Order()]);
    }

    /// <summary>The agencies on whose lists people of cases stand, whose names the caller sees.</summary>
    private static async Task<ILookup<Guid, Agency>> ListedAsync(AnhuDbContext db, List<Guid> caseIds, CancellationToken ct) =>
        (caseIds.Count == 0 ? [] : await (
            from own in db.CaseParties.AsNoTracking()
            join record in db.PersonRecords on own.PersonId equals record.PersonId
            join list in db.PersonLists on record.PersonListId equals list.PersonListId
            where caseIds.Contains(own.CaseId) && (own.Role == PartyRole.Victim || own.Role == PartyRole.Perpetrator) && list.Agency != null
            select new { own.CaseId, Agency = list.Agency!.Value }).Distinct().ToListAsync(ct)).ToLookup(l => l.CaseId, l => l.Agency);

    /// <summary>Those of some cases that the caller finds and that are not sealed.</summary>
    private static Task<List<Guid>> FoundAsync(AnhuDbContext db, Caller caller, IReadOnlyCollection<Guid> caseIds, CancellationToken ct) =>
        db.CaseAccess.AsNoTracking().VisibleTo(caller, db).Where(a => caseIds.Contains(a.CaseId)).Select(a => a.CaseId).ToListAsync(ct);

    private static async Task<Dictionary<Guid, IReadOnlyList<Agency>>> AgenciesAsync(AnhuDbContext db, OrganisationMap map, List<Guid> caseIds, CancellationToken ct) =>
        (await db.CaseAccess.AsNoTracking().Where(a => caseIds.Contains(a.CaseId) && a.IsDirect).Select(a => new { a.CaseId, a.UnitId }).ToListAsync(ct))
            .GroupBy(a => a.CaseId)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<Agency>)[.. g.Select(a => map.Find(a.UnitId)?.Agency).OfType<Agency>().Distinct().Order()]);

    private async Task<IReadOnlyList<PersonRecordLine>> RecordsAsync(AnhuDbContext db, Caller caller, Guid personId, CancellationToken ct)
    {
        var ids = await db.PersonRecords.Where(r => r.PersonId == personId).OrderByDescending(r => r.RecordSequence).Select(r => r.RecordId).Take(MostRecords).ToListAsync(ct);
        var sides = await links.SidesAsync(db, caller, ids, ct);
        var shown = ids.Where(sides.ContainsKey).ToList();
        var about = await LinkQueries.AboutAsync(db, shown, ct);
        var undone = WhoIsWho.Weigh(about).Undone;
        var waiting = about.Where(s => s.NeedsSecond && !about.Exists(a => a.TargetId == s.LinkStatementId)).Select(s => s.TargetId!.Value).ToHashSet();
        return [.. shown.Select(id => new PersonRecordLine(
            sides[id].Side, sides[id].Record.FoundBy,
            caller.May(Permissions.LinkPeople) && sides[id].Record.FoundRecordId is { } found && sides.ContainsKey(found) && !undone.Contains(id) && !waiting.Contains(id)))];
    }

    /// <summary>A report says what each one is to the victim.</summary>
    private static IEnumerable<(string Relation, bool IsTheirs)> Relations(PartyRole own, string? ownRelation, PartyRole other, string? otherRelation)
    {
        if (own == PartyRole.Victim && otherRelation is not null)
        {
            yield return (otherRelation, true);
        }

        if (other == PartyRole.Victim && ownRelation is not null)
        {
            yield return (ownRelation, false);
        }
    }

    private static string? Shown(string? name, PartyRole role, CaseSight sight) =>
        sight.Shows(FieldClass.Personal) && (role != PartyRole.Child || sight.Shows(FieldClass.Minors)) ? name : CaseQueries.MaskedName(name);
}
