using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Shield;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.DataRequests;

/// <summary>What somebody is told of the own data. Addresses, places, other people, reporters, words of reports and workers' names are in none.</summary>
/// <param name="DataRequestId">The request.</param>
/// <param name="HoldsData">False where there is nothing that may be told; the answer is the same when there is nothing at all.</param>
/// <param name="Name">The person.</param>
/// <param name="IdNumber">Citizen ID number.</param>
/// <param name="Sex">Sex.</param>
/// <param name="BirthDate">Birth date.</param>
/// <param name="Phone">Phone; null where there is none, or where it is not printed.</param>
/// <param name="IsReachHeld">Whether a phone or an address is held that is read out in person only.</param>
/// <param name="Cases">The cases in which the person is a victim or child.</param>
public sealed record DataAnswer(
    Guid DataRequestId, bool HoldsData, string? Name = null, string? IdNumber = null, Sex? Sex = null, DateOnly? BirthDate = null, string? Phone = null,
    bool IsReachHeld = false, IReadOnlyList<DataAnswerCase>? Cases = null);

/// <summary>A case in an answer.</summary>
/// <param name="CaseNumber">Its number.</param>
/// <param name="OpenedAt">When it began, UTC.</param>
/// <param name="State">How far it is.</param>
/// <param name="Agencies">The agencies that worked on it; units and workers are left out, since a unit can tell where somebody is.</param>
/// <param name="Incidents">Its incidents.</param>
/// <param name="Visits">When the person was called or visited because of it, UTC, and whether on site.</param>
/// <param name="MessagesSentAt">When messages were sent, UTC.</param>
public sealed record DataAnswerCase(
    string CaseNumber, DateTimeOffset OpenedAt, CaseState State, IReadOnlyList<Agency> Agencies, IReadOnlyList<DataAnswerIncident> Incidents,
    IReadOnlyList<DataAnswerVisit> Visits, IReadOnlyList<DateTimeOffset> MessagesSentAt);

/// <summary>An incident in an answer.</summary>
/// <param name="OccurredAt">When, UTC.</param>
/// <param name="Category">Of what kind.</param>
/// <param name="Injury">How the person was hurt.</param>
public sealed record DataAnswerIncident(DateTimeOffset OccurredAt, AlarmCategory Category, Injury Injury);

/// <summary>A visit in an answer.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="OnSite">Whether somebody came.</param>
public sealed record DataAnswerVisit(DateTimeOffset At, bool OnSite);

/// <summary>An answer held something that is not the person's own: nothing is given, and the record says so.</summary>
public sealed class DataAnswerBlockedException() : Exception("The answer holds something that is not the person's own.");

/// <summary>Puts together what somebody is told. Pure reading; whoever calls has asked who may have it.</summary>
internal static class DataAnswers
{
    private const int ChildYears = 18;

    /// <summary>The cases of everybody whom a request could mean; for conflicts of interest.</summary>
    public static async Task<List<Guid>> CasesOfAsync(AnhuDbContext db, DataRequest request, CancellationToken ct)
    {
        var ids = (await PeopleOfAsync(db, request, ct)).ConvertAll(p => p.PersonId);
        return await db.CaseParties.AsNoTracking().Where(p => ids.Contains(p.PersonId)).Select(p => p.CaseId).Distinct().ToListAsync(ct);
    }

    /// <summary>The answer.</summary>
    /// <exception cref="DataAnswerBlockedException">It would tell something that is not the person's own.</exception>
    public static async Task<DataAnswer> ComposeAsync(AnhuDbContext db, DataRequest request, OrganisationMap map, DateOnly today, CancellationToken ct)
    {
        var nothing = new DataAnswer(request.DataRequestId, false);
        var people = await PeopleOfAsync(db, request, ct);
        if (people.Count == 0)
        {
            return nothing;
        }

        var ids = people.ConvertAll(p => p.PersonId);
        var caseIds = await db.CaseParties.AsNoTracking().Where(p => ids.Contains(p.PersonId)).Select(p => p.CaseId).Distinct().ToListAsync(ct);
        var parties = await db.CaseParties.AsNoTracking().Where(p => caseIds.Contains(p.CaseId)).ToListAsync(ct);
        var cases = await db.Cases.AsNoTracking().Where(c => caseIds.Contains(c.CaseId)).ToListAsync(ct);

        // A sealed case is not told of to anybody: it would show that it is there.
        cases.RemoveAll(c => c.IsSealed || c.JoinedIntoCaseId is not null);
        var otherIds = parties.Select(p => p.PersonId).Except(ids).ToHashSet();
        var others = await db.People.AsNoTracking().Where(p => otherIds.Contains(p.PersonId)).ToListAsync(ct);

        // Parents who are victims themselves may ask for their children; whoever plays another part may not, nor a name that is theirs.
        var opposed = others.Where(o => parties.Exists(p => p.PersonId == o.PersonId && !CaseSecrets.IsProtected(p.Role))).ToList();
        if (cases.Count == 0 || !MayAsk(request, opposed, today))
        {
            return nothing;
        }

        // Whoever is reported in a case is no victim of it for this, whatever a report the other way round says.
        bool IsIn(DvCase c, params PartyRole[] roles) => parties.Exists(p => p.CaseId == c.CaseId && ids.Contains(p.PersonId) && roles.Contains(p.Role));
        var own = cases.Where(c => IsIn(c, PartyRole.Victim, PartyRole.Child) && !IsIn(c, PartyRole.Perpetrator, PartyRole.Witness, PartyRole.Other)).ToList();
        if (own.Count == 0 && (request.KnownBy ?? KnownBy.Nothing) == KnownBy.Nothing)
        {
            return nothing;
        }

        var person = people.Find(p => p.Phone is not null) ?? people[0];
        var protects = parties.Exists(p => ids.Contains(p.PersonId) && CaseSecrets.IsProtected(p.Role));
        var shared = others.Exists(o => o.Phone is not null && person.Phone is not null && PersonKeys.Digits(o.Phone) == PersonKeys.Digits(person.Phone));
        var answer = new DataAnswer(
            request.DataRequestId, true, Sealing.Readable(person.Name), Sealing.Readable(person.IdNumber), person.Sex, person.BirthDate, protects || shared ? null : Sealing.Readable(person.Phone),
            person.Address is not null || ((protects || shared) && person.Phone is not null), await OwnAsync(db, own, ids, map, ct));
        await GuardAsync(db, answer, caseIds, others, ct);
        return answer;
    }

    /// <summary>The people of that number and name. A number alone is not enough: one digit typed wrong must not give somebody else's data.</summary>
    private static async Task<List<Person>> PeopleOfAsync(AnhuDbContext db, DataRequest request, CancellationToken ct)
    {
        var keys = PersonKeys.IdNumber(db.Keys, request.SubjectIdNumber);
        var found = await db.PersonKeys.AsNoTracking().Where(k => keys.Contains(k.Value)).Select(k => k.PersonId).Distinct().ToListAsync(ct);
        var people = await db.People.AsNoTracking().Where(p => found.Contains(p.PersonId)).ToListAsync(ct);
        var name = PersonKeys.NormaliseName(request.SubjectName);
        return [.. people.Where(p => p.Name is not null && PersonKeys.NormaliseName(p.Name) == name && SameNumber(p.IdNumber, request.SubjectIdNumber))];
    }

    private static bool SameNumber(string? a, string b) => string.Equals(a?.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>A guardian may ask for a child; nobody who is opposed to the child in any of its cases may, told by number or by name.</summary>
    private static bool MayAsk(DataRequest request, List<Person> opposed, DateOnly today)
    {
        if (request.Requester == Requester.Self)
        {
            return true;
        }

        var name = PersonKeys.NormaliseName(request.RequesterName);
        return CitizenId.TryGetBirthDate(request.SubjectIdNumber, out var born) && born.AddYears(ChildYears) > today
            && !opposed.Exists(o => SameNumber(o.IdNumber, request.RequesterIdNumber) || (o.Name is not null && PersonKeys.NormaliseName(o.Name) == name));
    }

    private static async Task<List<DataAnswerCase>> OwnAsync(AnhuDbContext db, List<DvCase> cases, List<Guid> ids, OrganisationMap map, CancellationToken ct)
    {
        var caseIds = cases.ConvertAll(c => c.CaseId);
        var incidents = await db.Incidents.AsNoTracking().Where(i => caseIds.Contains(i.CaseId)).Select(i => new { i.IncidentId, i.CaseId, i.OccurredAt, i.Category }).ToListAsync(ct);
        var incidentIds = incidents.ConvertAll(i => i.IncidentId);
        var mine = (await db.IncidentParties.AsNoTracking().Where(p => incidentIds.Contains(p.IncidentId) && ids.Contains(p.PersonId)).ToListAsync(ct)).ToLookup(p => p.IncidentId);
        var visits = (await db.ReturnVisits.AsNoTracking().Where(v => caseIds.Contains(v.CaseId)).Select(v => new { v.CaseId, v.VisitedAt, v.OnSite }).ToListAsync(ct)).ToLookup(v => v.CaseId);
        var messages = (await db.OutboxMessages.AsNoTracking().Where(m => caseIds.Contains(m.CaseId) && m.SentAt != null && db.SafeContacts.Any(s => s.SafeContactId == m.SafeContactId && ids.Contains(s.PersonId)))
            .Select(m => new { m.CaseId, m.SentAt }).ToListAsync(ct)).ToLookup(m => m.CaseId);
        var units = (await db.CaseAccess.AsNoTracking().Where(a => caseIds.Contains(a.CaseId) && a.IsDirect).Select(a => new { a.CaseId, a.UnitId }).ToListAsync(ct)).ToLookup(a => a.CaseId, a => a.UnitId);
        return
        [
            .. cases.OrderBy(c => c.OpenedAt).Select(c => new DataAnswerCase(
                c.CaseNumber, c.OpenedAt, c.State,
                [.. units[c.CaseId].Select(u => map.Find(u)?.Agency).OfType<Agency>().Distinct().Order()],
                [.. incidents.Where(i => i.CaseId == c.CaseId && mine[i.IncidentId].Any()).OrderBy(i => i.OccurredAt)
                    .Select(i => new DataAnswerIncident(i.OccurredAt, i.Category, mine[i.IncidentId].Max(p => p.Injury)))],
                [.. visits[c.CaseId].OrderBy(v => v.VisitedAt).Select(v => new DataAnswerVisit(v.VisitedAt, v.OnSite))],
                [.. messages[c.CaseId].Select(m => m.SentAt!.Value).Order()])),
        ];
    }

    /// <summary>The last look at what leaves, whoever put it together: nobody else's name, number, phone or address, and no shielded value.</summary>
    private static async Task GuardAsync(AnhuDbContext db, DataAnswer answer, List<Guid> caseIds, List<Person> others, CancellationToken ct)
    {
        var text = System.Text.Json.JsonSerializer.Serialize(answer, JsonText.Options);
        var secrets = await CaseSecrets.LoadAsync(db, caseIds, ct);
        var values = others.SelectMany(o => (ShieldedValue?[])
        [
            o.Phone is { } phone ? new ShieldedValue(ShieldKind.Phone, phone, o.PersonId) : null,
            o.Address is { } address ? new ShieldedValue(ShieldKind.Address, address, o.PersonId) : null,
        ]).OfType<ShieldedValue>();
        var words = others.SelectMany(o => (string?[])[o.Name, o.IdNumber]).Where(w => w is { Length: >= 2 } && w != answer.Name && w != answer.IdNumber);
        if (secrets.Values.Any(s => s.Guard.Find("answer", text).Count > 0) || new LeakGuard(values).Find("answer", text).Count > 0
            || words.Any(w => text.Contains(w!, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DataAnswerBlockedException();
        }
    }
}
