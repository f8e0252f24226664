using Anhu.Data;

namespace Anhu.Modules.Organisation;

/// <summary>A region went from one unit of an agency to another.</summary>
/// <param name="Agency">The agency.</param>
/// <param name="RegionPrefix">The region, without trailing zero groups.</param>
/// <param name="From">The unit that answered for it before; null when the city had none.</param>
/// <param name="To">The unit that answers for it now; null when the city has none.</param>
/// <param name="After">The organisation as it is after the change.</param>
public sealed record JurisdictionMove(Agency Agency, string RegionPrefix, Unit? From, Unit? To, OrganisationMap After);

/// <summary>What has to follow when a region changes hands, such as who may see its cases. Called within the transaction of the change.</summary>
public interface IJurisdictionFollower
{
    /// <summary>Follows a change. Must not save or commit.</summary>
    /// <param name="db">The context of the change, with its transaction open.</param>
    /// <param name="move">The change.</param>
    /// <param name="ct">Cancels.</param>
    Task FollowAsync(AnhuDbContext db, JurisdictionMove move, CancellationToken ct);
}

/// <summary>Work that a unit answers for, which keeps it from being dissolved.</summary>
public interface IUnitWork
{
    /// <summary>How many pieces of open work a unit has.</summary>
    /// <param name="db">The context to ask.</param>
    /// <param name="unitId">The unit.</param>
    /// <param name="ct">Cancels.</param>
    Task<int> CountOpenAsync(AnhuDbContext db, Guid unitId, CancellationToken ct);
}

/// <summary>What has to follow when a worker is added, moves or comes back, such as what the worker may not see. Called before the change is saved, with it.</summary>
public interface IWorkerFollower
{
    /// <summary>Follows a change. Must not save or commit.</summary>
    /// <param name="db">The context of the change.</param>
    /// <param name="worker">The worker as changed.</param>
    /// <param name="ct">Cancels.</param>
    Task FollowAsync(AnhuDbContext db, Worker worker, CancellationToken ct);
}
