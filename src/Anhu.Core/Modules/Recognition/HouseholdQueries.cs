using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>Somebody of a household, as the caller may see.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Name">Name, or the family name.</param>
/// <param name="Role">The part played in the last report of that time.</param>
/// <param name="IsMinor">Under 18 now.</param>
/// <param name="From">Since when, UTC.</param>
/// <param name="To">Until when, UTC; null while nothing tells otherwise.</param>
public sealed record HouseholdPerson(Guid PersonId, string? Name, PartyRole Role, bool IsMinor, DateTimeOffset From, DateTimeOffset? To);

/// <summary>A case of a household.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Class">Its class.</param>
/// <param name="Incidents">How many of the household's incidents are in it.</param>
public sealed record HouseholdCase(Guid CaseId, string CaseNumber, int Class, int Incidents);

/// <summary>Something that a worker said of a household.</summary>
/// <param name="HouseholdStatementId">The statement.</param>
/// <param name="Kind">What.</param>
/// <param name="Name">Of whom, as the caller may see.</param>
/// <param name="OnAt">Since or until when, UTC.</param>
/// <param name="At">When it was said, UTC.</param>
/// <param name="WorkerName">Who said it; null for somebody who left.</param>
/// <param name="Reason">Why; null for those who may not read the story.</param>
public sealed record HouseholdSaid(
    Guid HouseholdStatementId, HouseholdStatementKind Kind, string? Name, DateTimeOffset OnAt, DateTimeOffset At, string? WorkerName, string? Reason);

/// <summary>A household, as the caller may see. Tells who lived together and when, never where.</summary>
/// <param name="HouseholdId">The household.</param>
/// <param name="Members">Times of its people, the earliest first.</param>
/// <param name="Cases">Cases of its incidents.</param>
/// <param name="Said">What workers said of it and what holds.</param>
/// <param name="MayCorrect">The caller may say who lives there.</param>
public sealed record HouseholdView(
    Guid HouseholdId, IReadOnlyList<HouseholdPerson> Members, IReadOnlyList<HouseholdCase> Cases, IReadOnlyList<HouseholdSaid> Said, bool MayCorrect)
{
    /// <summary>Who lives there now.</summary>
    public IReadOnlyList<HouseholdPerson> Current => [.. Members.Where(m => m.To is null)];

    /// <summary>Who lived there.</summary>
    public IReadOnlyList<HouseholdPerson> Former => [.. Members.Where(m => m.To is not null)];

    /// <summary>How many incidents there were.</summary>
    public int Incidents => Cases.Sum(c => c.Incidents);
}

/// <summary>
/// Reads who lives with whom, from the reports of those cases only whose places the caller may see: whoever sees less of a case learns nothing by it, not even that a report is
/// there. An address is compared, never told; one that is shielded joins nobody.
/// </summary>
public sealed class HouseholdQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, TimeProvider time)
{
    /// <summary>Households reach from person to person; this far at most.</summary>
    private const int MostRounds = 4;

    private const int MostPeople = 60;
    private const int MostIncidents = 300;

    /// <summary>The households of a person, that of now first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="personId">Which; also one that is a part of another now.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<HouseholdView>> OfPersonAsync(Caller caller, Guid personId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var own = await db.People.AsNoTracking().Where(p => p.PersonId == personId).Select(p => p.JoinedIntoPersonId).FirstOrDefaultAsync(ct) ?? personId;
        return await ViewAsync(db, caller, [own], ct);
    }

    /// <summary>The households of a case's victims, perpetrators and children.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<HouseholdView>> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!await db.CaseAccess.AsNoTracking().VisibleTo(caller, db).AnyAsync(a => a.CaseId == caseId, ct))
        {
            return [];
        }

        var people = await db.CaseParties.AsNoTracking().Where(p => p.CaseId == caseId && (p.Role == PartyRole.Victim || p.Role == PartyRole.Perpetrator || p.Role == PartyRole.Child))
            .Select(p => p.PersonId).ToListAsync(ct);
        return [.. (await ViewAsync(db, caller, people, ct)).Where(h => h.Cases.Any(c => c.CaseId == caseId))];
    }

    /// <summary>The households of people with what they were worked out from.</summary>
    /// <param name="db">A context.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="people">Who they are now.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<HouseholdSet> LoadAsync(AnhuDbContext db, Caller caller, IReadOnlyCollection<Guid> people, CancellationToken ct)
    {
        var set = new HouseholdSet(people) { At = time.Now };
        var asked = new HashSet<Guid>();
        for (var round = 0; round < MostRounds; round++)
        {
            var fresh = set.Near().Where(asked.Add).Take(MostPeople).ToList();
            if (fresh.Count == 0)
            {
                break;
            }

            await AddReportsAsync(db, caller, set, fresh, ct);
            await AddSaidAsync(db, set, ct);
            set.WorkOut();
        }

        return set;
    }

    /// <summary>A statement, with who its two are now.</summary>
    /// <param name="db">A context.</param>
    /// <param name="statementId">Which.</param>
    /// <param name="ct">Cancels.</param>
    internal static async Task<(HouseholdStatement Said, Guid PersonId, Guid WithPersonId)?> FindSaidAsync(AnhuDbContext db, Guid statementId, CancellationToken ct) =>
        await SaidOf(db, db.HouseholdStatements.Where(s => s.HouseholdStatementId == statementId)).FirstOrDefaultAsync(ct) is { } found ? (found.Said, found.PersonId, found.WithPersonId) : null;

    private static IQueryable<SaidRow> SaidOf(AnhuDbContext db, IQueryable<HouseholdStatement> statements) =>
        from s in statements.AsNoTracking()
        join one in db.PersonRecords on s.RecordId equals one.RecordId
        join other in db.PersonRecords on s.WithRecordId equals other.RecordId
        orderby s.StatementSequence
        select new SaidRow { Said = s, PersonId = one.PersonId, WithPersonId = other.PersonId };

    private async Task AddReportsAsync(AnhuDbContext db, Caller caller, HouseholdSet set, List<Guid> people, CancellationToken ct)
    {
        var incidents = await (
            from party in db.IncidentParties.AsNoTracking()
            join incident in db.Incidents on party.IncidentId equals incident.IncidentId
            where people.Contains(party.PersonId)
            orderby incident.OccurredAt descending
            select new { incident.IncidentId, incident.CaseId }).Distinct().Take(MostIncidents).ToListAsync(ct);
        var caseIds = incidents.Select(i => i.CaseId).Distinct().Where(id => !set.Sights.ContainsKey(id)).ToList();
        var found = await db.CaseAccess.AsNoTracking().VisibleTo(caller, db).Where(a => caseIds.Contains(a.CaseId)).Select(a => a.CaseId).ToListAsync(ct);
        foreach (var (caseId, sight) in await sights.OfAsync(db, caller, found, null, ct))
        {
            set.Sights.Add(caseId, sight);
        }

        var shown = incidents.Where(i => set.Sights.TryGetValue(i.CaseId, out var sight) && sight.Shows(FieldClass.Location) && set.Cases.TryAdd(i.IncidentId, i.CaseId))
            .Select(i => (Guid?)i.IncidentId).ToList();
        if (shown.Count > 0)
        {
            set.Records.AddRange(await db.PersonRecords.AsNoTracking().Where(r => shown.Contains(r.IncidentId)).ToListAsync(ct));
        }

        var ids = set.Records.Select(r => r.PersonId).ToHashSet();
        set.Shielded.Clear();
        set.Shielded.AddRange(await db.ShieldedPlaces.AsNoTracking()
            .Where(p => ids.Contains(p.PersonId) && (p.Kind == ShieldKind.Address || p.Kind == ShieldKind.Shelter)).ToListAsync(ct));
    }

    private static async Task AddSaidAsync(AnhuDbContext db, HouseholdSet set, CancellationToken ct)
    {
        var ids = set.Records.Select(r => r.PersonId).Concat(set.Near()).ToHashSet();
        var said = await SaidOf(db, db.HouseholdStatements).Where(s => ids.Contains(s.PersonId) || ids.Contains(s.WithPersonId)).ToListAsync(ct);
        set.Said.Clear();
        set.Said.AddRange(said.Select(s => (s.Said, s.PersonId, s.WithPersonId)));
    }

    private async Task<IReadOnlyList<HouseholdView>> ViewAsync(AnhuDbContext db, Caller caller, IReadOnlyCollection<Guid> people, CancellationToken ct)
    {
        var set = await LoadAsync(db, caller, people, ct);
        if (set.Households.Count == 0)
        {
            return [];
        }

        var caseIds = set.Cases.Values.Distinct().ToList();
        var cases = await db.Cases.AsNoTracking().Where(c => caseIds.Contains(c.CaseId)).Select(c => new { c.CaseId, c.CaseNumber, c.Class }).ToDictionaryAsync(c => c.CaseId, ct);
        var workers = set.Said.Select(s => s.Said.WorkerId).Distinct().ToList();
        var names = await db.Workers.AsNoTracking().Where(w => workers.Contains(w.Id)).ToDictionaryAsync(w => w.Id, w => w.DisplayName, ct);
        var undone = Households.Undone(set.Said.Select(s => s.Said));
        return
        [
            .. set.Households.OrderByDescending(h => h.Members.Any(m => m.To is null && people.Contains(m.PersonId))).ThenByDescending(h => h.Members.Max(m => m.From)).Select(h =>
            {
                var members = h.Members.Select(m => m.PersonId).ToHashSet();
                return new HouseholdView(
                    h.HouseholdId, [.. h.Members.Select(m => new HouseholdPerson(m.PersonId, set.NameOf(m.PersonId), m.Role, set.IsMinor(m.PersonId), m.From, m.To))],
                    [.. h.Incidents.Select(i => set.Cases[i]).GroupBy(id => id).Select(g => new HouseholdCase(g.Key, cases[g.Key].CaseNumber, cases[g.Key].Class, g.Count()))],
                    [
                        .. set.Said.Where(s => s.Said.Kind != HouseholdStatementKind.Undone && !undone.Contains(s.Said.HouseholdStatementId) && set.Knows(s.PersonId) && members.Contains(s.WithPersonId))
                            .OrderByDescending(s => s.Said.StatementSequence).Select(s => new HouseholdSaid(
                                s.Said.HouseholdStatementId, s.Said.Kind, set.NameOf(s.PersonId), s.Said.OnAt, s.Said.At, names.GetValueOrDefault(s.Said.WorkerId),
                                set.TellsStory(s.PersonId) ? s.Said.Reason : null)),
                    ],
                    set.MayCorrect(caller, members));
            }),
        ];
    }

    private sealed class SaidRow
    {
        public required HouseholdStatement Said { get; init; }

        public required Guid PersonId { get; init; }

        public required Guid WithPersonId { get; init; }
    }
}

/// <summary>What households are worked out from, as far as one caller may see.</summary>
/// <param name="people">Whose households.</param>
internal sealed class HouseholdSet(IReadOnlyCollection<Guid> people)
{
    /// <summary>Records of all reports of the incidents.</summary>
    public List<PersonRecord> Records { get; } = [];

    /// <summary>The case of each incident whose place the caller may see.</summary>
    public Dictionary<Guid, Guid> Cases { get; } = [];

    /// <summary>What the caller sees of cases.</summary>
    public Dictionary<Guid, CaseSight> Sights { get; } = [];

    /// <summary>Shielded places of the people.</summary>
    public List<ShieldedPlace> Shielded { get; } = [];

    /// <summary>What workers said, with who that is now.</summary>
    public List<(HouseholdStatement Said, Guid PersonId, Guid WithPersonId)> Said { get; } = [];

    /// <summary>The households of the people who were asked about.</summary>
    public IReadOnlyList<Household> Households { get; private set; } = [];

    /// <summary>Those who were asked about, and who is or was in a household with them.</summary>
    public IEnumerable<Guid> Near() => people.Concat(Households.SelectMany(h => h.Members).Select(m => m.PersonId)).Concat(Said.SelectMany(s => new[] { s.PersonId, s.WithPersonId }));

    /// <summary>Whether the caller sees the person in a case.</summary>
    /// <param name="personId">Who.</param>
    public bool Knows(Guid personId) => Records.Exists(r => r.PersonId == personId);

    /// <summary>Works the households out.</summary>
    public void WorkOut()
    {
        var secret = Shielded.Select(p => KeyOf(p.Value)).OfType<string>().ToHashSet();
        var homes = Records.Select(r => new HomeRecord(r, r.PersonId, KeyOf(r.Address) is { } key && !secret.Contains(key) && key.Any(char.IsDigit) ? key : null)).ToList();
        var hidings = Shielded.Where(p => p.State != ShieldState.Proposed && Cases.ContainsValue(p.CaseId)).Select(p => new Hiding(p.PersonId, p.RecordedAt, KeyOf(p.Value))).ToList();
        Households = [.. Recognition.Households.Of(homes, hidings, [.. Said.Where(s => Knows(s.PersonId) && Knows(s.WithPersonId))])
            .Where(h => h.Members.Any(m => people.Contains(m.PersonId)))];
    }

    /// <summary>A person's name as the caller may see it.</summary>
    /// <param name="personId">Who.</param>
    public string? NameOf(Guid personId)
    {
        var newest = Of(personId).LastOrDefault(r => r.Name is not null);
        return newest is null ? null : Of(personId).Any(r => Shows(r, FieldClass.Personal) && (r.Role != PartyRole.Child || Shows(r, FieldClass.Minors))) ? newest.Name : CaseQueries.MaskedName(newest.Name);
    }

    /// <summary>Whether a person is under 18 now.</summary>
    /// <param name="personId">Who.</param>
    public bool IsMinor(Guid personId) => Recognition.Households.IsMinor(Of(personId).Select(r => r.BirthDate).LastOrDefault(d => d is not null), Of(personId).LastOrDefault()?.Role, At);

    /// <summary>Whether the caller may read what happened to a person.</summary>
    /// <param name="personId">Who.</param>
    public bool TellsStory(Guid personId) => Of(personId).Any(r => Shows(r, FieldClass.Story));

    /// <summary>Whether the caller may say who lives in a household.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="members">Its people.</param>
    public bool MayCorrect(Caller caller, IReadOnlySet<Guid> members) =>
        caller.May(Permissions.LinkPeople) && Records.Exists(r => members.Contains(r.PersonId) && Sights[Cases[r.IncidentId!.Value]].MayWork);

    /// <summary>The cases in which a person is.</summary>
    /// <param name="personId">Who.</param>
    public IEnumerable<Guid> CasesOf(Guid personId) => Of(personId).Select(r => Cases[r.IncidentId!.Value]).Distinct();

    /// <summary>Now, UTC.</summary>
    public DateTimeOffset At { get; init; }

    private IEnumerable<PersonRecord> Of(Guid personId) => Records.Where(r => r.PersonId == personId).OrderBy(r => r.RecordSequence);

    private bool Shows(PersonRecord r, FieldClass field) => Sights[Cases[r.IncidentId!.Value]].Shows(field);

    private static string? KeyOf(string? address) => PlaceKeys.Of(new ReportedLocation(address, null, null, null));
}
