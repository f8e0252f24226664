using Anhu.Modules.Regions;
using Anhu.Modules.Security;

namespace Anhu.Modules.Organisation;

/// <summary>How far an administrator's word goes: the own unit's region and all within it, of any agency. The city's reaches everywhere.</summary>
public static class AdministrationScope
{
    /// <summary>Whether an administrator may change a unit and its workers.</summary>
    /// <param name="map">The organisation.</param>
    /// <param name="by">The administrator; null for the operator at the console, who may all.</param>
    /// <param name="unit">The unit.</param>
    public static bool Covers(OrganisationMap map, Caller? by, Unit unit) => Covers(map, by, unit.RegionCode);

    /// <summary>Whether an administrator may change who answers for a region.</summary>
    /// <param name="map">The organisation.</param>
    /// <param name="by">The administrator; null for the operator at the console, who may all.</param>
    /// <param name="regionCode">The region.</param>
    public static bool Covers(OrganisationMap map, Caller? by, string regionCode) =>
        by is null || (by.UnitId is { } id && map.Find(id) is { } own && RegionCodes.Contains(own.RegionCode, regionCode));
}
