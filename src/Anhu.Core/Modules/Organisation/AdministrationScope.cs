using Anhu.Modules.Regions;
using Anhu.Modules.Security;

namespace Anhu.Modules.Organisation;

/// <summary>
/// How far an administrator's word goes: the own unit's region and all within it, of any agency; the city's reaches
/// everywhere. The operator at the console (no caller) may all.
/// </summary>
public static class AdministrationScope
{
    /// <summary>Whether an administrator may change a unit and its workers.</summary>
    /// <param name="map">The organisation.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="permission">What it takes: <see cref="Permissions.AdministerUnits"/>, or <see cref="Permissions.AdministerSecurity"/> for roles.</param>
    public static bool Covers(OrganisationMap map, Caller? by, Unit unit, string permission = Permissions.AdministerUnits) =>
        Covers(map, by, unit.RegionCode, permission);

    /// <summary>Whether an administrator may change who answers for a region.</summary>
    /// <param name="map">The organisation.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="regionCode">The region.</param>
    /// <param name="permission">What it takes.</param>
    public static bool Covers(OrganisationMap map, Caller? by, string regionCode, string permission = Permissions.AdministerUnits) =>
        by is null
        || (by.May(permission) && by.UnitId is { } id && map.Find(id) is { } own && RegionCodes.Contains(own.RegionCode, regionCode));

    /// <summary>Whether somebody answers for a unit: as a supervisor of it or of one above it.</summary>
    /// <param name="map">The organisation.</param>
    /// <param name="by">Who.</param>
    /// <param name="unit">The unit.</param>
    public static bool Supervises(OrganisationMap map, Caller by, Unit unit)
    {
        if (!by.May(Permissions.Supervise) || by.UnitId is not { } own)
        {
            return false;
        }

        foreach (var each in map.WithSuperiors(unit))
        {
            if (each.UnitId == own)
            {
                return true;
            }
        }

        return false;
    }
}
