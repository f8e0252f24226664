using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.People;
using Anhu.Modules.Regions;
using Anhu.Modules.Shield;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>
/// What must not be read off a case by the way: the victims' and children's addresses and phones, and all that is shielded on its own.
/// Their address as reported is hidden from sight in any case; it counts as a secret that must not leave only where it is not the
/// home that the other party shares or the place of an incident, which both know.
/// </summary>
public sealed class CaseSecrets
{
    private static readonly PartyRole[] Protected = [PartyRole.Victim, PartyRole.Child];
    private readonly List<ShieldedPlace> places;
    private readonly List<ShieldedValue> values;

    private CaseSecrets(List<ShieldedValue> values, List<ShieldedPlace> places)
    {
        Guard = new LeakGuard(values);
        this.values = values;
        this.places = places;
    }

    /// <summary>Finds what must not leave.</summary>
    public LeakGuard Guard { get; }

    /// <summary>Where field workers may meet her; null when nothing was agreed.</summary>
    public string? MeetAt => places.LastOrDefault(p => p is { State: ShieldState.Active, MeetAt: not null })?.MeetAt;

    /// <summary>Whether addresses and phones of who plays a part are hidden until they are asked for.</summary>
    /// <param name="role">The part.</param>
    public static bool IsProtected(PartyRole role) => Array.IndexOf(Protected, role) >= 0;

    /// <summary>The secrets of cases.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caseIds">Which.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<IReadOnlyDictionary<Guid, CaseSecrets>> LoadAsync(AnhuDbContext db, IReadOnlyCollection<Guid> caseIds, CancellationToken ct)
    {
        var parties = await db.CaseParties.AsNoTracking().Where(p => caseIds.Contains(p.CaseId)).ToListAsync(ct);
        var ids = parties.Select(p => p.PersonId).Distinct().ToList();
        var people = await db.People.AsNoTracking().Where(p => ids.Contains(p.PersonId))
            .Select(p => new { p.PersonId, p.Name, p.Address, p.Phone }).ToDictionaryAsync(p => p.PersonId, ct);
        var incidents = (await db.Incidents.AsNoTracking().Where(i => caseIds.Contains(i.CaseId) && i.Address != null)
            .Select(i => new { i.CaseId, i.Address }).ToListAsync(ct)).ToLookup(i => i.CaseId, i => i.Address);
        var shielded = (await db.ShieldedPlaces.AsNoTracking().Where(s => ids.Contains(s.PersonId)).OrderBy(s => s.RecordedAt).ToListAsync(ct)).ToLookup(s => s.PersonId);
        var reporters = (await (from a in db.Alarms.AsNoTracking() join r in db.AlarmReporters.AsNoTracking() on a.AlarmId equals r.AlarmId where caseIds.Contains(a.CaseId) select new { a.CaseId, r }).ToListAsync(ct))
            .ToLookup(r => r.CaseId, r => r.r);
        var byCase = parties.ToLookup(p => p.CaseId);
        return caseIds.Distinct().ToDictionary(id => id, id => Of(
            [.. byCase[id].Where(p => people.ContainsKey(p.PersonId)).Select(p => (p.Role, p.PersonId, people[p.PersonId].Address, people[p.PersonId].Phone))],
            [.. incidents[id]], [.. byCase[id].SelectMany(p => shielded[p.PersonId])],
            Reporters(reporters[id], [.. byCase[id].Select(p => people.GetValueOrDefault(p.PersonId)).Where(p => p is not null).SelectMany(p => (string?[])[p!.Name, p.Phone]).OfType<string>()])));
    }

    /// <summary>Name and phone of who reported, where it is nobody of the case: a text that leaves must not tell (handbook §0.2, §4.15).</summary>
    private static IEnumerable<ShieldedValue> Reporters(IEnumerable<AlarmReporter> reporters, List<string> ofParties)
    {
        foreach (var by in reporters.Where(r => r.Relation is not ("self" or "perpetrator")))
        {
            if (by.Phone is { } phone && !ofParties.Exists(p => PersonKeys.Digits(p) == PersonKeys.Digits(phone)))
            {
                yield return new ShieldedValue(ShieldKind.Phone, phone, Guid.Empty);
            }

            // 张某 is anybody.
            if (by.Name is { } name && !PersonKeys.IsWithheld(name) && !ofParties.Exists(p => PersonKeys.NormaliseName(p) == PersonKeys.NormaliseName(name)))
            {
                yield return new ShieldedValue(ShieldKind.Reporter, name, Guid.Empty);
            }
        }
    }

    /// <summary>The secrets of a case.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caseId">Which.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<CaseSecrets> LoadAsync(AnhuDbContext db, Guid caseId, CancellationToken ct) => (await LoadAsync(db, [caseId], ct))[caseId];

    /// <summary>What a guard of the case looks for, to be put beside more.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caseId">Which.</param>
    /// <param name="ct">Cancels.</param>
    internal static async Task<IReadOnlyList<ShieldedValue>> ValuesAsync(AnhuDbContext db, Guid caseId, CancellationToken ct) => (await LoadAsync(db, caseId, ct)).values;

    /// <summary>The secrets of a case whose people and incidents were read already.</summary>
    /// <param name="db">The context.</param>
    /// <param name="people">Its people, unmasked.</param>
    /// <param name="incidents">Its incidents.</param>
    /// <param name="ct">Cancels.</param>
    internal static async Task<CaseSecrets> OfAsync(AnhuDbContext db, IReadOnlyList<CasePerson> people, IReadOnlyList<Incident> incidents, CancellationToken ct)
    {
        return Of(
            [.. people.Select(p => (p.Role, p.PersonId, p.Address, p.Phone))], [.. incidents.Select(i => i.Address)],
            [.. (await Reads.Of(db).Places(db, [.. people.Select(p => p.PersonId)]).ToListAsync(ct)).OrderBy(p => p.RecordedAt)], []);
    }

    /// <summary>A person as shown: without what is hidden until asked for.</summary>
    /// <param name="person">The person.</param>
    internal CasePerson Mask(CasePerson person)
    {
        var hidden = IsProtected(person.Role);
        // Who hides her may live where she stays.
        var hidesAddress = person.Address is not null && (hidden || Guard.Find("", person.Address).Count > 0);
        var hidesPhone = person.Phone is not null && (hidden || Guard.Find("", person.Phone).Count > 0);
        return person with
        {
            Address = hidesAddress ? null : person.Address,
            AddressShielded = hidesAddress,
            Phone = hidesPhone ? null : person.Phone,
            PhoneShielded = hidesPhone,
        };
    }

    /// <summary>An incident as shown. Where its place is a secret, so are its coordinates and all of the area below the district (C3).</summary>
    /// <param name="incident">The incident.</param>
    internal CaseIncident Mask(CaseIncident incident)
    {
        var hidden = IsSecret(incident.Address);
        return incident with
        {
            Address = hidden ? null : incident.Address,
            Longitude = hidden ? null : incident.Longitude,
            Latitude = hidden ? null : incident.Latitude,
            IsDrawable = !hidden && incident.IsDrawable,
            RegionCode = hidden ? District(incident.RegionCode) : incident.RegionCode,
            Summary = Guard.Mask(incident.Summary),
        };
    }

    /// <summary>A report as shown: its people's addresses and phones as on the case, and no secret in its words.</summary>
    /// <param name="report">The report.</param>
    internal AlarmReport Mask(AlarmReport report) => report with
    {
        Summary = Guard.Mask(report.Summary),
        Reporter = report.Reporter is { } by && Guard.Find("", by.Phone).Count > 0 ? by with { Phone = LeakGuard.Hidden } : report.Reporter,
        Location = report.Location is { } at && IsSecret(at.Address)
            ? at with { Address = null, AddressPlaceholder = LeakGuard.Hidden, Longitude = null, Latitude = null, RegionCode = District(at.RegionCode) } : report.Location,
        People = [.. report.People.Select(p => p with
        {
            Address = p.Address is null || !Hides(p.Role, p.Address) ? p.Address : null,
            AddressPlaceholder = p.Address is null || !Hides(p.Role, p.Address) ? p.AddressPlaceholder : LeakGuard.Hidden,
            Phone = p.Phone is null || !Hides(p.Role, p.Phone) ? p.Phone : LeakGuard.Hidden,
        })],
    };

    /// <summary>Whether a place is a secret, or one that is no longer to be used.</summary>
    /// <param name="address">The place.</param>
    public bool IsSecret(string? address) => address is not null && Guard.Find("", address).Count > 0;

    /// <summary>The district of an area.</summary>
    /// <param name="regionCode">The area.</param>
    public static string? District(string? regionCode) => regionCode is { Length: > 6 } ? RegionCodes.Full(regionCode[..6]) : regionCode;

    private static CaseSecrets Of(
        IReadOnlyList<(PartyRole Role, Guid PersonId, string? Address, string? Phone)> people, IReadOnlyList<string?> incidents, List<ShieldedPlace> places,
        IEnumerable<ShieldedValue> reporters)
    {
        var others = people.Where(p => p.Role == PartyRole.Perpetrator).ToList();
        var values = places.Select(p => new ShieldedValue(p.Kind, p.Value, p.PersonId)).ToList();
        foreach (var person in people.Where(p => IsProtected(p.Role)))
        {
            if (person.Address is { } address && !others.Exists(o => LeakGuard.SamePlace(o.Address, address)) && !incidents.Any(i => LeakGuard.SamePlace(i, address)))
            {
                values.Add(new ShieldedValue(ShieldKind.Address, address, person.PersonId));
            }

            if (person.Phone is { } phone && !others.Exists(o => o.Phone is { } other && PersonKeys.Digits(other) == PersonKeys.Digits(phone)))
            {
                values.Add(new ShieldedValue(ShieldKind.Phone, phone, person.PersonId));
            }
        }

        values.AddRange(reporters);
        return new CaseSecrets(values, places);
    }

    private bool Hides(PartyRole role, string value) => IsProtected(role) || Guard.Find("", value).Count > 0;

    private static readonly CompiledReads<PlaceReads> Reads = new();

    private sealed class PlaceReads
    {
        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<ShieldedPlace>> Places { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) =>
            db.ShieldedPlaces.AsNoTracking().Where(s => ids.Contains(s.PersonId)));
    }
}
