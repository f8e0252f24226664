using Anhu.Data;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Work;

/// <summary>Open duties of a unit, and those that were offered to it.</summary>
public sealed class DutiesOfUnit : IUnitWork
{
    /// <inheritdoc />
    public Task<int> CountOpenAsync(AnhuDbContext db, Guid unitId, CancellationToken ct) =>
        db.Set<Duty>().CountAsync(
            d => (d.OwnerUnitId == unitId || d.HandOverToUnitId == unitId)
                && (d.State == DutyState.Proposed || d.State == DutyState.Assigned || d.State == DutyState.Accepted || d.State == DutyState.InProgress),
            ct);
}
