using Anhu.Data;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;

namespace Anhu.Modules.Cases;

/// <summary>How much of a case a caller sees (design §7: views by need).</summary>
public enum CaseView
{
    /// <summary>Nothing; the case does not exist for the caller.</summary>
    None,

    /// <summary>That there is a task, its class and who is concerned; no story, no injury, no danger signs.</summary>
    Card,

    /// <summary>All that handling it needs, without who reported it.</summary>
    Full,

    /// <summary>The receiving police: also who reported it.</summary>
    FullWithReporter,
}

/// <summary>
/// The one decision about access. A worker or system sees the cases of the unit's jurisdiction in which its agency is
/// involved; units above see those of the units below them. What may not be seen is not found. Pages, API, feed, search
/// and counts all ask here.
/// </summary>
public static class AccessPolicy
{
    /// <summary>The cases that a caller may see.</summary>
    /// <param name="cases">All cases.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<DvCase> VisibleTo(this IQueryable<DvCase> cases, Caller caller, AnhuDbContext db)
    {
        var unit = UnitOf(caller);
        return cases.Where(c => db.CaseAccess.Any(a => a.CaseId == c.CaseId && a.UnitId == unit));
    }

    /// <summary>The rows of <see cref="CaseAccess"/> that a caller may read: one per visible case.</summary>
    /// <param name="access">All rows.</param>
    /// <param name="caller">Who asks.</param>
    public static IQueryable<CaseAccess> VisibleTo(this IQueryable<CaseAccess> access, Caller caller)
    {
        var unit = UnitOf(caller);
        return access.Where(a => a.UnitId == unit);
    }

    /// <summary>The duties that a caller may see: those of visible cases, and those offered to the caller's unit.</summary>
    /// <param name="duties">All duties.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<Duty> VisibleTo(this IQueryable<Duty> duties, Caller caller, AnhuDbContext db)
    {
        var unit = UnitOf(caller);
        return duties.Where(d => d.OwnerUnitId == unit || d.HandOverToUnitId == unit
            || db.CaseAccess.Any(a => a.CaseId == d.CaseId && a.UnitId == unit));
    }

    /// <summary>
    /// The tasks of a field worker: duties of the own unit in the own grid or community, whatever their state. A case whose
    /// place is known to the community but not to the grid is a task of each of the community's grids. Says nothing of the case itself.
    /// </summary>
    /// <param name="duties">All duties.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<Duty> TasksOf(this IQueryable<Duty> duties, Caller caller, AnhuDbContext db)
    {
        if (!caller.May(Permissions.FieldTasks) || caller.UnitId is not { } unit || caller.RegionCode is not { Length: > 0 } place)
        {
            return duties.Where(d => false);
        }

        var prefix = RegionCodes.Prefix(place);
        var community = prefix.Length > 12 ? prefix[..12] : prefix;
        return duties.Where(d => d.OwnerUnitId == unit
            && db.Cases.Any(c => c.CaseId == d.CaseId && (c.RegionCode.StartsWith(prefix) || c.RegionCode == community)));
    }

    /// <summary>The duties on which a caller may take steps, as far as seeing goes: a field worker's tasks, else what the caller may see.</summary>
    /// <param name="duties">All duties.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<Duty> WorkableBy(this IQueryable<Duty> duties, Caller caller, AnhuDbContext db) =>
        IsFieldWorker(caller) ? duties.TasksOf(caller, db) : duties.VisibleTo(caller, db);

    /// <summary>Whether a caller works on tasks only: may record visits, but neither sees cases nor decides over duties.</summary>
    /// <param name="caller">Who asks.</param>
    public static bool IsFieldWorker(Caller caller) => caller.May(Permissions.FieldTasks) && !caller.May(Permissions.WorkDuties);

    /// <summary>How much of a visible case an agency sees (handbook §3.2).</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="agency">The agency of the caller's unit.</param>
    public static CaseView ViewOf(Caller caller, Agency agency)
    {
        if (!caller.May(Permissions.ReadCases))
        {
            return CaseView.None;
        }

        return agency switch
        {
            Agency.Police => CaseView.FullWithReporter,
            Agency.WomensFederation or Agency.Procuratorate or Agency.Court or Agency.Justice or Agency.CivilAffairs => CaseView.Full,
            Agency.Health or Agency.Education or Agency.Press or Agency.TradeUnion or Agency.YouthLeague
                or Agency.DisabledPersonsFederation or Agency.StreetOffice or Agency.CommunityOffice
                or Agency.PoliticalLegalCommittee => CaseView.Card,
        };
    }

    /// <summary>Whether a caller may decide over what a unit does: a supervisor of that unit or of one above it, or of the political-legal committee over its region.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="unitId">The unit.</param>
    /// <param name="map">Units as of now.</param>
    public static bool MaySupervise(Caller caller, Guid unitId, OrganisationMap map)
    {
        if (!caller.May(Permissions.Supervise) || caller.UnitId is not { } own || map.Find(unitId) is not { } unit)
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

        return map.Find(own) is { Agency: Agency.PoliticalLegalCommittee } committee
            && RegionCodes.Contains(committee.RegionCode, unit.RegionCode);
    }

    private static Guid UnitOf(Caller caller) => caller.May(Permissions.ReadCases) && caller.UnitId is { } unit ? unit : Guid.Empty;
}
