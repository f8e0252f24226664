using System.Text.Json.Nodes;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>What a list of cases is asked for.</summary>
public sealed record CaseListFilter
{
    /// <summary>Only cases older than this position (keyset).</summary>
    public long? After { get; init; }

    /// <summary>How many at most, 1 to 200.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Only this state.</summary>
    public CaseState? State { get; init; }

    /// <summary>Only this class.</summary>
    public int? Class { get; init; }

    /// <summary>Only in this region.</summary>
    public string? Region { get; init; }

    /// <summary>Words: a case number, a phone, an ID number or a name.</summary>
    public string? Words { get; init; }
}

/// <summary>A line of a list of cases; no personal data.</summary>
public sealed record CaseLine(
    Guid CaseId, string CaseNumber, long Sequence, CaseState State, int Class, string RegionCode, DateTimeOffset OpenedAt,
    DateTimeOffset LastAlarmAt, int IncidentCount, int OpenDutyCount);

/// <summary>A page of a list.</summary>
/// <param name="Items">The lines.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record KeysetPage<T>(IReadOnlyList<T> Items, long? Next);

/// <summary>A person of a case as the caller may see it. Address and phone of victims and children are left out until they are asked for one by one.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Role">The part.</param>
/// <param name="RelationToVictim">Relation to the victim.</param>
/// <param name="Name">Name.</param>
/// <param name="Sex">Sex.</param>
/// <param name="BirthDate">Birth date.</param>
/// <param name="IdNumber">Citizen ID number.</param>
/// <param name="Phone">Phone, where it is not shielded.</param>
/// <param name="Address">Address, where it is not shielded.</param>
/// <param name="PhoneShielded">There is a phone, and it is shielded.</param>
/// <param name="AddressShielded">There is an address, and it is shielded.</param>
public sealed record CasePerson(
    Guid PersonId, PartyRole Role, string? RelationToVictim, string? Name, Sex Sex, DateOnly? BirthDate, string? IdNumber, string? Phone, string? Address,
    bool PhoneShielded, bool AddressShielded);

/// <summary>An incident as the caller may see it.</summary>
public sealed record CaseIncident(
    Guid IncidentId, DateTimeOffset OccurredAt, AlarmCategory? Category, string? RegionCode, string? Address, double? Longitude, double? Latitude,
    bool IsDrawable, string? Summary, Injury? Injury, bool? Weapon, bool? ThreatToKill, bool? Strangulation, bool? ChildPresent, bool? Pregnant,
    bool? Alcohol, bool? SexualViolence, bool? Separation, int AlarmCount);

/// <summary>A duty as shown in lists and files.</summary>
public sealed record DutyLine(
    Guid DutyId, Guid CaseId, string CaseNumber, string Kind, Guid OwnerUnitId, Guid? WorkerId, DutyState State, DateTimeOffset CreatedAt,
    DateTimeOffset DueAt, DateTimeOffset? OverdueAt, int EscalationLevel, int Class, string Basis, Guid? HandOverToUnitId,
    DateTimeOffset? HandOverDueAt, string? HandOverReason, Guid? DecidingUnitId, Guid? CancelRequestedByWorkerId, string? LastReason,
    string? Outcome, DateTimeOffset? DoneAt, long Version);

/// <summary>A case file as the caller may see it.</summary>
/// <param name="Case">The case.</param>
/// <param name="Sight">What the caller may see of it.</param>
/// <param name="People">Its people, as far as shown.</param>
/// <param name="Incidents">Its incidents, newest first, as far as shown.</param>
/// <param name="Grade">The grade in force.</param>
/// <param name="ProposedGrade">A lower one that waits for a second person.</param>
/// <param name="OpenDuties">Open duties, soonest deadline first.</param>
/// <param name="EndedDuties">Ended ones, newest first.</param>
public sealed record CaseDetails(
    DvCase Case, CaseSight Sight, IReadOnlyList<CasePerson> People, IReadOnlyList<CaseIncident> Incidents, Grade? Grade,
    Grade? ProposedGrade, IReadOnlyList<DutyLine> OpenDuties, IReadOnlyList<DutyLine> EndedDuties)
{
    /// <summary>How much of the case the caller sees.</summary>
    public CaseView View => Sight.View;

    /// <summary>What must not be read off it, for what is read beside it.</summary>
    internal CaseSecrets Secrets { get; init; } = default!;
}

/// <summary>An incident in which a person played a part.</summary>
public sealed record PersonIncident(
    Guid CaseId, string CaseNumber, CaseState State, int Class, Guid IncidentId, DateTimeOffset OccurredAt, PartyRole Role, AlarmCategory? Category, Injury? Injury);

/// <summary>Reads cases; every query asks the access policy.</summary>
public sealed class CaseQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights)
{
    /// <summary>Incidents of one person that are read at most.</summary>
    internal const int MostIncidentsOfPerson = 200;

    private const int FewCases = 200;

    /// <summary>Cases, newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<KeysetPage<CaseLine>> ListAsync(Caller caller, CaseListFilter filter, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var access = db.CaseAccess.AsNoTracking().VisibleTo(caller, db);
        if (filter.After is { } after)
        {
            access = access.Where(a => a.CaseSequence < after);
        }

        if (filter.State is { } state)
        {
            access = access.Where(a => a.State == state);
        }

        if (filter.Class is { } @class)
        {
            access = access.Where(a => a.Class == @class);
        }

        var few = false;
        if (!string.IsNullOrWhiteSpace(filter.Words))
        {
            // Few cases are looked up one by one and put in order here, since asked for an order the database goes through
            // the whole list for it; of many, the newest are soon met on the way through the list.
            var cases = CasesOf(filter.Words.Trim(), db);
            var ids = await cases.Distinct().Take(FewCases + 1).ToListAsync(ct);
            few = ids.Count <= FewCases;
            if (!IsCaseNumber(filter.Words.Trim()))
            {
                access = await sights.AgencyAsync(caller, ct) is { } asking ? access.FoundByPerson(caller, asking, db) : access.Where(a => false);
            }

            access = few ? access.Where(a => ids.Contains(a.CaseId)) : access.Where(a => cases.Contains(a.CaseId));
        }

        var lines =
            from a in access
            join c in db.Cases.AsNoTracking() on a.CaseId equals c.CaseId
            select new { a.CaseSequence, Case = c };
        if (!string.IsNullOrEmpty(filter.Region))
        {
            var prefix = Regions.RegionCodes.Prefix(filter.Region);
            lines = lines.Where(l => l.Case.RegionCode.StartsWith(prefix));
        }

        var limit = Math.Clamp(filter.Limit, 1, 200);
        var found = await (few ? lines : lines.OrderByDescending(l => l.CaseSequence).Take(limit + 1))
            .Select(l => new CaseLine(
                l.Case.CaseId, l.Case.CaseNumber, l.CaseSequence, l.Case.State, l.Case.Class, l.Case.RegionCode, l.Case.OpenedAt,
                l.Case.LastAlarmAt, l.Case.IncidentCount, l.Case.OpenDutyCount))
            .ToListAsync(ct);
        var page = few ? [.. found.OrderByDescending(l => l.Sequence).Take(limit + 1)] : found;
        var more = page.Count > limit;
        if (more)
        {
            page.RemoveAt(limit);
        }

        return new KeysetPage<CaseLine>(page, more ? page[^1].Sequence : null);
    }

    /// <summary>One case file.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The file, or null when there is none that the caller may see.</returns>
    public async Task<CaseDetails?> GetAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        if (await sights.FindAsync(db, caller, caseId, ct) is not (var dvCase, var sight))
        {
            return null;
        }

        var read = Reads.Of(db);
        var people = await read.People(db, caseId).ToListAsync(ct);
        var incidents = await read.Incidents(db, caseId).ToListAsync(ct);
        var grades = await read.Grades(db, caseId).ToListAsync(ct);
        var duties = await read.Duties(db, caseId, dvCase.CaseNumber).ToListAsync(ct);
        var secrets = await CaseSecrets.OfAsync(db, people, incidents, ct);
        var graded = sight.Shows(FieldClass.Personal);
        return new CaseDetails(
            dvCase, sight,
            sight.View < CaseView.Card ? [] : [.. people.OrderBy(p => p.Role).Select(p => Masked(secrets.Mask(p), sight))],
            sight.View < CaseView.Card ? [] : [.. incidents.Select(i => Masked(secrets.Mask(Shown(i)), sight))],
            graded ? Masked(grades.Find(g => g.State == GradeState.Effective), sight) : null,
            graded ? Masked(grades.Find(g => g.State == GradeState.Proposed), sight) : null,
            [.. duties.Where(d => Duty.OpenStates.Contains(d.State)).OrderBy(d => d.DueAt).Select(d => Masked(d, caller, sight.Shows(FieldClass.Story)))],
            [.. duties.Where(d => !Duty.OpenStates.Contains(d.State)).OrderByDescending(d => d.DoneAt).Select(d => Masked(d, caller, sight.Shows(FieldClass.Story)))])
        {
            Secrets = secrets,
        };
    }

    /// <summary>What a caller may see of a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none that the caller may see.</returns>
    public async Task<CaseSight?> SightAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await sights.FindAsync(db, caller, caseId, ct) is (_, var sight) ? sight : null;
    }

    /// <summary>Events of a case, oldest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">Which case.</param>
    /// <param name="after">Only events after this sequence.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The events, or null when the caller may not see the case.</returns>
    public async Task<KeysetPage<TimelineEvent>?> TimelineAsync(Caller caller, Guid caseId, long after, int limit, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not (_, var sight))
        {
            return null;
        }

        limit = Math.Clamp(limit, 1, 500);
        var events = await db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.Sequence > after)
            .OrderBy(e => e.Sequence).Take(limit + 1).ToListAsync(ct);
        var more = events.Count > limit;
        if (more)
        {
            events.RemoveAt(limit);
        }

        long? next = more ? events[^1].Sequence : null;
        return new KeysetPage<TimelineEvent>(await EventTexts.OpenAsync(db, Told(events, sight), ct), next);
    }

    /// <summary>The events that a caller may know of, as the caller may see them.</summary>
    internal static List<TimelineEvent> Told(IEnumerable<TimelineEvent> events, CaseSight sight) =>
        sight.Shows(FieldClass.Reporter) ? [.. events]
            : sight.Shows(FieldClass.Story) ? [.. events.Select(WithoutReporter)]
            : [.. events.Where(e => !AccessPolicy.TellsStory(e.Type)).Select(WithoutDetails).Select(WithoutReporter)];

    /// <summary>Who typed a report in, or whose system sent it, may be who reported: a teacher, a doctor. Only the receiving police are told.</summary>
    internal static TimelineEvent WithoutReporter(TimelineEvent e)
    {
        if (e.Type is not (EventTypes.AlarmReceived or EventTypes.AlarmRevised))
        {
            return e;
        }

        var data = JsonNode.Parse(e.Data) as JsonObject ?? [];
        _ = data.Remove("source");
        _ = data.Remove("sourceId");
        return new TimelineEvent
        {
            Sequence = e.Sequence, Type = e.Type, At = e.At, CaseId = e.CaseId, DutyId = e.DutyId, UnitId = e.UnitId, Class = e.Class, Data = data.ToJsonString(JsonText.Options),
            PreviousHash = e.PreviousHash, Hash = e.Hash,
        };
    }

    /// <summary>An event without its details, which tell reasons and circumstances.</summary>
    internal static TimelineEvent WithoutDetails(TimelineEvent e) => new()
    {
        Sequence = e.Sequence, Type = e.Type, At = e.At, CaseId = e.CaseId, DutyId = e.DutyId, WorkerId = e.WorkerId, ClientId = e.ClientId,
        UnitId = e.UnitId, Class = e.Class, Data = "{}", PreviousHash = e.PreviousHash, Hash = e.Hash,
    };

    /// <summary>The history of a person across the cases that the caller may see.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="personId">The person.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Newest first; null when the caller may see no case of the person.</returns>
    public async Task<IReadOnlyList<PersonIncident>?> PersonHistoryAsync(Caller caller, Guid personId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var visible = db.CaseAccess.AsNoTracking().VisibleTo(caller, db);
        personId = await db.People.Where(p => p.PersonId == personId).Select(p => p.JoinedIntoPersonId).FirstOrDefaultAsync(ct) ?? personId;
        var rows = await (
            from party in db.IncidentParties.AsNoTracking()
            join incident in db.Incidents.AsNoTracking() on party.IncidentId equals incident.IncidentId
            join dvCase in db.Cases.AsNoTracking() on incident.CaseId equals dvCase.CaseId
            where party.PersonId == personId && visible.Any(a => a.CaseId == incident.CaseId)
            orderby incident.OccurredAt descending
            select new PersonIncident(
                dvCase.CaseId, dvCase.CaseNumber, dvCase.State, dvCase.Class, incident.IncidentId, incident.OccurredAt, party.Role,
                incident.Category, party.Injury))
            .Take(MostIncidentsOfPerson).ToListAsync(ct);
        // That the person is in a case is told by the names in it.
        var sight = await sights.OfAsync(db, caller, [.. rows.Select(r => r.CaseId)], null, ct);
        var shown = rows.Where(r => sight[r.CaseId].View >= CaseView.Card)
            .Select(r => r with
            {
                Category = sight[r.CaseId].Shows(FieldClass.Personal) ? r.Category : null,
                Injury = sight[r.CaseId].Shows(FieldClass.Health) ? r.Injury : null,
            }).ToList();
        return shown.Count == 0 ? null : shown;
    }

    /// <summary>Duties joined with their case's number.</summary>
    /// <param name="duties">Which.</param>
    /// <param name="db">The context.</param>
    public static IQueryable<DutyLine> Lines(IQueryable<Duty> duties, AnhuDbContext db) =>
        from d in duties
        join c in db.Cases on d.CaseId equals c.CaseId
        select new DutyLine(
            d.DutyId, d.CaseId, c.CaseNumber, d.Kind, d.OwnerUnitId, d.WorkerId, d.State, d.CreatedAt, d.DueAt, d.OverdueAt, d.EscalationLevel,
            d.Class, d.Basis, d.HandOverToUnitId, d.HandOverDueAt, d.HandOverReason, d.DecidingUnitId, d.CancelRequestedByWorkerId, d.LastReason,
            d.Outcome, d.DoneAt, d.Version);

    /// <summary>The cases that words can mean: one of that number, or those of people with that ID number, phone or name. Whoever may see them.</summary>
    internal static IQueryable<Guid> CasesOf(string words, AnhuDbContext db)
    {
        if (IsCaseNumber(words))
        {
            var number = string.Concat(words.Where(c => !char.IsControl(c))).ToUpperInvariant();
            return db.Cases.Where(c => c.CaseNumber == number).Select(c => c.CaseId);
        }

        var people = PeopleOf(words, db);
        return db.CaseParties.Where(p => people.Contains(p.PersonId)).Select(p => p.CaseId);
    }

    /// <summary>The people that words can mean.</summary>
    internal static IQueryable<Guid> PeopleOf(string words, AnhuDbContext db) =>
        SearchRange(db.Keys, words)
            .Select(range => db.PersonKeys.Where(k => string.Compare(k.Value, range.From) >= 0 && string.Compare(k.Value, range.To) <= 0).Select(k => k.PersonId))
            .Aggregate(Queryable.Concat);

    internal static bool IsCaseNumber(string words) => words.StartsWith("DV", StringComparison.OrdinalIgnoreCase);

    /// <summary>The keys that words can mean, from one to another, in each generation of the index key: an ID number, a phone with whatever name, or a name.</summary>
    internal static IReadOnlyList<(string From, string To)> SearchRange(Protection.KeyRing keys, string words)
    {
        words = string.Concat(words.Where(c => !char.IsControl(c)));
        if (!IsIdNumber(words) && IsPhone(words))
        {
            return PersonKeys.PhoneRange(keys, words);
        }

        return [.. (IsIdNumber(words) ? PersonKeys.IdNumber(keys, words) : PersonKeys.Name(keys, words)).Select(key => (key, key))];
    }

    /// <summary>Whether words name a case or a person by a number, in full.</summary>
    /// <param name="words">As typed.</param>
    internal static bool IsNumber(string words) => IsCaseNumber(words) || IsIdNumber(words) || IsPhone(words);

    private static bool IsIdNumber(string words) => CitizenId.HasRightCheck(words.Trim().ToUpperInvariant());

    private static bool IsPhone(string words) =>
        PersonKeys.Digits(words).Length >= PersonKeys.ShortestPhone && words.All(c => char.IsDigit(c) || c is ' ' or '-' or '+');

    private static CasePerson Masked(CasePerson person, CaseSight sight)
    {
        var shown = sight.Shows(FieldClass.Personal) && (person.Role != PartyRole.Child || sight.Shows(FieldClass.Minors));
        return person with
        {
            Name = shown ? person.Name : MaskedName(person.Name),
            IdNumber = shown ? person.IdNumber : null,
            BirthDate = shown ? person.BirthDate : null,
            Phone = shown ? person.Phone : null,
            Address = shown && sight.Shows(FieldClass.Location) ? person.Address : null,
            PhoneShielded = shown && person.PhoneShielded,
            AddressShielded = shown && person.AddressShielded,
        };
    }

    /// <summary>A duty as a caller may see it: reasons and outcomes tell the story to other units than those that work on it.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="story">Whether the caller may know the story.</param>
    internal static DutyLine Masked(DutyLine duty, Caller caller, bool story) =>
        story || caller.UnitId == duty.OwnerUnitId || caller.UnitId == duty.HandOverToUnitId || caller.UnitId == duty.DecidingUnitId
            ? duty : duty with { HandOverReason = null, LastReason = null, Outcome = null };

    /// <summary>What a worker wrote on a grade is part of the story; which rule held is not.</summary>
    private static Grade? Masked(Grade? grade, CaseSight sight) => grade is null || (sight.Shows(FieldClass.Story) && sight.Shows(FieldClass.Health)) ? grade : new Grade
    {
        GradeId = grade.GradeId, CaseId = grade.CaseId, Class = grade.Class, State = grade.State,
        Missing = [.. grade.Missing.Where(m => !m.OfHealth || sight.Shows(FieldClass.Health))],
        Reasons = [.. grade.Reasons.Where(r => ((r.RuleId != ChangeGradeHandler.ByHand && !r.OfMeasures) || sight.Shows(FieldClass.Story)) && (!r.OfHealth || sight.Shows(FieldClass.Health)))], PolicyVersion = grade.PolicyVersion, DecidedAt = grade.DecidedAt,
        WorkerId = grade.WorkerId, ApprovedByWorkerId = grade.ApprovedByWorkerId, Version = grade.Version,
    };

    /// <summary>The family name only, as the card shows it.</summary>
    internal static string? MaskedName(string? name) => name is { Length: > 0 } ? name[..1] + "某" : null;

    private static CaseIncident Shown(Incident i)
    {
        var known = IncidentKnowledge.Of(i);
        return new CaseIncident(
            i.IncidentId, i.OccurredAt, i.Category, i.RegionCode, i.Address, i.Longitude, i.Latitude, i.IsDrawable, i.Summary, known.Injury, known.Weapon,
            known.ThreatToKill, known.Strangulation, known.ChildPresent, known.Pregnant, known.Alcohol, known.SexualViolence, known.Separation, i.AlarmCount);
    }

    private static CaseIncident Masked(CaseIncident i, CaseSight sight)
    {
        var (personal, place, health) = (sight.Shows(FieldClass.Personal), sight.Shows(FieldClass.Location), sight.Shows(FieldClass.Health));
        return new CaseIncident(
            i.IncidentId, i.OccurredAt, personal ? i.Category : null, i.RegionCode, place ? i.Address : null, place ? i.Longitude : null,
            place ? i.Latitude : null, place && i.IsDrawable, sight.Shows(FieldClass.Story) ? i.Summary : null, health ? i.Injury : null,
            personal ? i.Weapon : null, personal ? i.ThreatToKill : null, personal ? i.Strangulation : null, personal ? i.ChildPresent : null,
            health ? i.Pregnant : null, personal ? i.Alcohol : null, health ? i.SexualViolence : null, personal ? i.Separation : null, i.AlarmCount);
    }

    private static readonly CompiledReads<FileReads> Reads = new();

    /// <summary>What is in a case file, once it is known that the caller may see the case.</summary>
    private sealed class FileReads
    {
        public Func<AnhuDbContext, Guid, IAsyncEnumerable<CasePerson>> People { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid caseId) =>
            from party in db.CaseParties
            join person in db.People on party.PersonId equals person.PersonId
            where party.CaseId == caseId
            select new CasePerson(
                person.PersonId, party.Role, party.RelationToVictim, person.Name, person.Sex, person.BirthDate, person.IdNumber, person.Phone, person.Address, false, false));

        public Func<AnhuDbContext, Guid, IAsyncEnumerable<Incident>> Incidents { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid caseId) =>
            db.Incidents.AsNoTracking().Where(i => i.CaseId == caseId).OrderByDescending(i => i.OccurredAt).Take(200));

        public Func<AnhuDbContext, Guid, IAsyncEnumerable<Grade>> Grades { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid caseId) =>
            db.Grades.AsNoTracking().Where(g => g.CaseId == caseId && g.State != GradeState.Refused).OrderByDescending(g => g.DecidedAt).Take(20));

        public Func<AnhuDbContext, Guid, string, IAsyncEnumerable<DutyLine>> Duties { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid caseId, string number) =>
            db.Duties.AsNoTracking().Where(d => d.CaseId == caseId).OrderBy(d => d.DueAt).Take(500).Select(d => new DutyLine(
                d.DutyId, d.CaseId, number, d.Kind, d.OwnerUnitId, d.WorkerId, d.State, d.CreatedAt, d.DueAt, d.OverdueAt, d.EscalationLevel,
                d.Class, d.Basis, d.HandOverToUnitId, d.HandOverDueAt, d.HandOverReason, d.DecidingUnitId, d.CancelRequestedByWorkerId, d.LastReason,
                d.Outcome, d.DoneAt, d.Version)));
    }
}
