using Anhu.Modules.Regions;

namespace Anhu.Modules.Organisation;

/// <summary>One office of an agency (单位) that answers for a set of regions.</summary>
public sealed class Unit
{
    /// <summary>Key.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>Contract code: region code without trailing zero groups (a city keeps six digits), a hyphen, the agency, such as <c>340104-womens-federation</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The agency.</summary>
    public required Agency Agency { get; init; }

    /// <summary>Name in Chinese.</summary>
    public required string Name { get; set; }

    /// <summary>Seat: the region whose level is the unit's level.</summary>
    public required string RegionCode { get; init; }

    /// <summary>The level of the seat.</summary>
    public required RegionLevel Level { get; init; }

    /// <summary>The unit of the same agency above; null at the top.</summary>
    public Guid? SuperiorUnitId { get; set; }

    /// <summary>Duty telephone for other departments, never a victim's.</summary>
    public string? DutyPhone { get; set; }

    /// <summary>False when dissolved; a dissolved unit keeps its history but gets no new work.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Concurrency token, raised with each change.</summary>
    public long Version { get; set; }
}

/// <summary>One region for which a unit of an agency answers. Unique by agency and region, so every place has exactly one responsible unit per agency.</summary>
public sealed class UnitJurisdiction
{
    /// <summary>The agency of the unit.</summary>
    public required Agency Agency { get; init; }

    /// <summary>Significant prefix of the region (<see cref="RegionCodes.Prefix"/>).</summary>
    public required string RegionPrefix { get; init; }

    /// <summary>The responsible unit.</summary>
    public required Guid UnitId { get; set; }
}

/// <summary>When a worker is on duty for a unit (值班).</summary>
public sealed class DutyRosterEntry
{
    /// <summary>Key.</summary>
    public required Guid DutyRosterEntryId { get; init; }

    /// <summary>The unit.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>The worker on duty.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>Start, UTC.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>End, UTC, exclusive.</summary>
    public required DateTimeOffset EndsAt { get; init; }
}
