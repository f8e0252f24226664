using System.Collections.Frozen;
using Anhu.Modules.Regions;

namespace Anhu.Modules.Organisation;

/// <summary>
/// Who answers for what, as one unchanging picture in memory: regions, units, jurisdictions. Asked several times for each
/// alarm, so no question allocates. Get it from <see cref="OrganisationDirectory"/> and keep it for one use case only.
/// </summary>
public sealed class OrganisationMap
{
    private readonly FrozenDictionary<string, Region> regions;
    private readonly FrozenDictionary<string, Region>.AlternateLookup<ReadOnlySpan<char>> regionsByPrefix;
    private readonly FrozenDictionary<string, Region[]> children;
    private readonly FrozenDictionary<string, string> fullNames;
    private readonly FrozenDictionary<string, Unit> unitsByCode;
    private readonly FrozenDictionary<Guid, Unit> unitsById;
    private readonly FrozenDictionary<Guid, Unit[]> chains;
    private readonly FrozenDictionary<Guid, Unit[]> subordinates;
    private readonly FrozenDictionary<Guid, string[]> jurisdictions;
    private readonly FrozenDictionary<string, Unit>.AlternateLookup<ReadOnlySpan<char>>[] responsible;
    private readonly Unit?[] top;
    private readonly CityBorders? borders;

    /// <summary>Draws the picture.</summary>
    /// <param name="regions">All regions.</param>
    /// <param name="units">All units, dissolved ones too.</param>
    /// <param name="jurisdictions">All jurisdictions.</param>
    /// <param name="borders">The city's borders, where known.</param>
    public OrganisationMap(
        IReadOnlyCollection<Region> regions, IReadOnlyCollection<Unit> units, IReadOnlyCollection<UnitJurisdiction> jurisdictions, CityBorders? borders)
    {
        this.borders = borders;
        this.regions = regions.ToFrozenDictionary(r => RegionCodes.Prefix(r.RegionCode), StringComparer.Ordinal);
        regionsByPrefix = this.regions.GetAlternateLookup<ReadOnlySpan<char>>();
        children = regions.Where(r => r.ParentCode is not null).GroupBy(r => RegionCodes.Prefix(r.ParentCode!), StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.OrderBy(r => r.RegionCode, StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        CityCode = regions.FirstOrDefault(r => r.Level == RegionLevel.City)?.RegionCode ?? string.Empty;
        fullNames = this.regions.ToFrozenDictionary(r => r.Key, r => FullName(r.Value), StringComparer.Ordinal);

        Units = [.. units.OrderBy(u => u.Code, StringComparer.Ordinal)];
        unitsById = units.ToFrozenDictionary(u => u.UnitId);
        unitsByCode = units.ToFrozenDictionary(u => u.Code, StringComparer.Ordinal);
        chains = units.ToFrozenDictionary(u => u.UnitId, Chain);
        subordinates = Units.Where(u => u.SuperiorUnitId is not null).GroupBy(u => u.SuperiorUnitId!.Value).ToFrozenDictionary(g => g.Key, g => g.ToArray());
        this.jurisdictions = jurisdictions.GroupBy(j => j.UnitId)
            .ToFrozenDictionary(g => g.Key, g => g.Select(j => j.RegionPrefix).Order(StringComparer.Ordinal).ToArray());

        var agencies = Enum.GetValues<Agency>();
        responsible = new FrozenDictionary<string, Unit>.AlternateLookup<ReadOnlySpan<char>>[agencies.Length];
        top = new Unit?[agencies.Length];
        var cityPrefix = RegionCodes.Prefix(CityCode);
        foreach (var agency in agencies)
        {
            var rows = jurisdictions.Where(j => j.Agency == agency && unitsById.TryGetValue(j.UnitId, out var unit) && unit.IsActive)
                .ToFrozenDictionary(j => j.RegionPrefix, j => unitsById[j.UnitId], StringComparer.Ordinal);
            responsible[(int)agency] = rows.GetAlternateLookup<ReadOnlySpan<char>>();
            top[(int)agency] = rows.GetValueOrDefault(cityPrefix);
        }
    }

    /// <summary>The 12-digit code of the city; empty when no regions are loaded.</summary>
    public string CityCode { get; }

    /// <summary>All units by code, dissolved ones too.</summary>
    public IReadOnlyList<Unit> Units { get; }

    /// <summary>How many regions the city has, itself included.</summary>
    public int RegionCount => regions.Count;

    /// <summary>The unit of a contract code such as <c>340104-womens-federation</c>.</summary>
    /// <param name="code">The code.</param>
    public Unit? Find(string code) => unitsByCode.GetValueOrDefault(code);

    /// <summary>The unit that people mean: by code, or by a full name that only one active unit has. For forms, not for the intake.</summary>
    /// <param name="codeOrName">What was typed.</param>
    public Unit? FindTyped(string? codeOrName)
    {
        var text = codeOrName?.Trim() ?? string.Empty;
        if (Find(text) is { } known)
        {
            return known;
        }

        var named = Units.Where(u => u.IsActive && u.Name == text).Take(2).ToList();
        return named.Count == 1 ? named[0] : null;
    }

    /// <summary>The unit of an id.</summary>
    /// <param name="id">The id.</param>
    public Unit? Find(Guid id) => unitsById.GetValueOrDefault(id);

    /// <summary>
    /// The one unit of an agency that answers for a place: the one whose jurisdiction fits the place most closely and that
    /// is no finer than the asked level; where that level has none, the one above, up to the city's.
    /// </summary>
    /// <param name="agency">The agency.</param>
    /// <param name="regionCode">The place: any code or prefix; null or outside the city asks for the city's unit.</param>
    /// <param name="level">The finest level wanted.</param>
    /// <returns>
    /// An active unit. Streets and communities have none at city or county: there the political-legal committee answers,
    /// which coordinates them. Null only when the city has neither.
    /// </returns>
    public Unit? Responsible(Agency agency, string? regionCode, RegionLevel level)
    {
        if (regionCode is not null && level >= RegionLevel.City)
        {
            var rows = responsible[(int)agency];
            var prefix = regionCode.AsSpan(0, RegionCodes.PrefixLength(regionCode));
            for (var at = RegionLevel.Grid; at > RegionLevel.City; at--)
            {
                var length = RegionCodes.LengthOf(at);
                if (prefix.Length >= length && rows.TryGetValue(prefix[..length], out var unit) && unit.Level <= level)
                {
                    return unit;
                }
            }
        }

        return top[(int)agency] ?? (agency == Agency.PoliticalLegalCommittee ? null : Responsible(Agency.PoliticalLegalCommittee, regionCode, level));
    }

    /// <summary>A unit followed by those above it in its agency, up to the city's.</summary>
    /// <param name="unit">The unit.</param>
    public IReadOnlyList<Unit> WithSuperiors(Unit unit) => chains.TryGetValue(unit.UnitId, out var chain) ? chain : [unit];

    /// <summary>The unit above; null at the top.</summary>
    /// <param name="unit">The unit.</param>
    public Unit? Superior(Unit unit) => unit.SuperiorUnitId is { } id ? Find(id) : null;

    /// <summary>
    /// Who is told when a unit lets something slip: the active unit above it in its agency; for a community's office at the
    /// street the street itself; for others at the top the political-legal committee above. Null for the city's committee.
    /// </summary>
    /// <param name="unit">The unit.</param>
    public Unit? Supervisor(Unit unit)
    {
        foreach (var superior in WithSuperiors(unit))
        {
            if (superior.IsActive && superior.UnitId != unit.UnitId)
            {
                return superior;
            }
        }

        var supervisor = unit.Agency == Agency.CommunityOffice
            ? Responsible(Agency.StreetOffice, unit.RegionCode, RegionLevel.Township)
            : Responsible(Agency.PoliticalLegalCommittee, unit.RegionCode, unit.Level > RegionLevel.City ? unit.Level - 1 : RegionLevel.City);
        return supervisor?.UnitId == unit.UnitId ? null : supervisor;
    }

    /// <summary>The units directly below, by code, dissolved ones too.</summary>
    /// <param name="unit">The unit.</param>
    public IReadOnlyList<Unit> Subordinates(Unit unit) => subordinates.TryGetValue(unit.UnitId, out var below) ? below : [];

    /// <summary>The prefixes of the regions that a unit answers for, in order.</summary>
    /// <param name="unit">The unit.</param>
    public IReadOnlyList<string> Jurisdictions(Unit unit) => jurisdictions.TryGetValue(unit.UnitId, out var prefixes) ? prefixes : [];

    /// <summary>True when <paramref name="upper"/> is <paramref name="unit"/> or above it in its agency.</summary>
    /// <param name="upper">The unit that may supervise.</param>
    /// <param name="unit">The unit that may be supervised.</param>
    public bool Supervises(Unit upper, Unit unit)
    {
        foreach (var superior in WithSuperiors(unit))
        {
            if (superior.UnitId == upper.UnitId)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The unit that decides between two: of one agency, the nearest unit above both; of two agencies, or with none above,
    /// the political-legal committee of the smallest region that holds both seats. Never one of the two, except the city's
    /// committee itself, which has nobody above it here.
    /// </summary>
    /// <param name="a">One unit.</param>
    /// <param name="b">The other, or the same.</param>
    /// <returns>An active unit; null only when the city has no political-legal committee.</returns>
    public Unit? CommonSuperior(Unit a, Unit b)
    {
        if (a.Agency == b.Agency)
        {
            foreach (var superior in WithSuperiors(a))
            {
                if (superior.IsActive && superior.UnitId != a.UnitId && superior.UnitId != b.UnitId && Supervises(superior, b))
                {
                    return superior;
                }
            }
        }

        var level = CommonLevel(a.RegionCode, b.RegionCode);
        var committee = Responsible(Agency.PoliticalLegalCommittee, a.RegionCode, level);
        while (committee is not null && (committee.UnitId == a.UnitId || committee.UnitId == b.UnitId) && level > RegionLevel.City)
        {
            level = committee.Level - 1;
            committee = Responsible(Agency.PoliticalLegalCommittee, a.RegionCode, level);
        }

        return committee;
    }

    /// <summary>The region of a code.</summary>
    /// <param name="code">A full code, or one without trailing zero groups.</param>
    public Region? Region(string code) =>
        regionsByPrefix.TryGetValue(code.AsSpan(0, RegionCodes.PrefixLength(code)), out var region) ? region : null;

    /// <summary>A region's own name, such as 三里庵街道.</summary>
    /// <param name="code">A full code, or one without trailing zero groups.</param>
    public string? RegionName(string code) => Region(code)?.Name;

    /// <summary>A region's name with those above it up to the city, such as 合肥市蜀山区三里庵街道.</summary>
    /// <param name="code">A full code, or one without trailing zero groups.</param>
    public string? RegionFullName(string code) => Region(code) is { } region ? fullNames[RegionCodes.Prefix(region.RegionCode)] : null;

    /// <summary>A region's own name; a grid's, which is a number, with its community's.</summary>
    /// <param name="code">A full code, or one without trailing zero groups.</param>
    public string? ShortName(string code) => Region(code) is { } region
        ? region is { Level: RegionLevel.Grid, ParentCode: { } parent } ? RegionName(parent) + region.Name : region.Name
        : null;

    /// <summary>A place in words, nothing said twice: addresses mostly begin with the names of regions themselves.</summary>
    /// <param name="code">The region, where known.</param>
    /// <param name="address">The address, where known.</param>
    /// <returns>Null when neither is known.</returns>
    public string? Place(string? code, string? address)
    {
        var region = code is null ? null : RegionFullName(code);
        if (region is null || string.IsNullOrEmpty(address))
        {
            return string.IsNullOrEmpty(address) ? region : address;
        }

        // A community may stand for its grid, and a street for both; less would leave out where it is.
        for (var at = Region(code!); at is not null; at = at.ParentCode is { } parent && Region(parent) is { Level: >= RegionLevel.Township } above ? above : null)
        {
            if (address.StartsWith(RegionFullName(at.RegionCode)!, StringComparison.Ordinal))
            {
                return address;
            }
        }

        return $"{region} {address}";
    }

    /// <summary>The regions directly below, by code.</summary>
    /// <param name="code">A full code, or one without trailing zero groups.</param>
    public IReadOnlyList<Region> Children(string code) => children.TryGetValue(RegionCodes.Prefix(code), out var below) ? below : [];

    /// <summary>True when a point lies within the city's borders, to about a kilometre; true for all points where the borders are not known.</summary>
    /// <param name="longitude">Degrees east.</param>
    /// <param name="latitude">Degrees north.</param>
    public bool IsInside(double longitude, double latitude) => borders?.IsInside(longitude, latitude) ?? true;

    private static RegionLevel CommonLevel(string a, string b)
    {
        for (var level = RegionLevel.Grid; level > RegionLevel.City; level--)
        {
            var length = RegionCodes.LengthOf(level);
            if (RegionCodes.PrefixLength(a) >= length && RegionCodes.PrefixLength(b) >= length
                && a.AsSpan(0, length).SequenceEqual(b.AsSpan(0, length)))
            {
                return level;
            }
        }

        return RegionLevel.City;
    }

    private string FullName(Region region)
    {
        var name = region.Name;
        while (region.Level > RegionLevel.City && region.ParentCode is { } parent && regions.TryGetValue(RegionCodes.Prefix(parent), out var above))
        {
            name = above.Name + name;
            region = above;
            if (above.Level <= RegionLevel.City)
            {
                break;
            }
        }

        return name;
    }

    private Unit[] Chain(Unit unit)
    {
        var chain = new List<Unit>(4);
        for (Unit? at = unit; at is not null && !chain.Contains(at); at = at.SuperiorUnitId is { } id ? unitsById.GetValueOrDefault(id) : null)
        {
            chain.Add(at);
        }

        return [.. chain];
    }
}
