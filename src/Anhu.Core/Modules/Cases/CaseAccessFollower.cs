using Anhu.Data;
using Anhu.Modules.Organisation;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>When a region changes hands, its cases follow: the new unit and those above it see them, the old one only those in which it still has a duty.</summary>
internal sealed class CaseAccessFollower : IJurisdictionFollower
{
    public async Task FollowAsync(AnhuDbContext db, JurisdictionMove move, CancellationToken ct)
    {
        if (move.From is not { } before || move.To is not { } to)
        {
            return;
        }

        var cases = await (
            from access in db.CaseAccess
            join dvCase in db.Cases on access.CaseId equals dvCase.CaseId
            where access.UnitId == before.UnitId && dvCase.RegionCode.StartsWith(move.RegionPrefix)
            select access).ToListAsync(ct);
        if (cases.Count == 0)
        {
            return;
        }

        var chain = move.After.WithSuperiors(to);
        var chainIds = chain.Select(u => u.UnitId).ToList();
        var caseIds = cases.Select(a => a.CaseId).ToList();
        var have = (await db.CaseAccess.Where(a => chainIds.Contains(a.UnitId) && EF.Parameter(caseIds).Contains(a.CaseId))
            .Select(a => new { a.CaseId, a.UnitId }).ToListAsync(ct)).Select(a => (a.CaseId, a.UnitId)).ToHashSet();
        var working = (await db.Duties.Where(d => d.OwnerUnitId == before.UnitId && EF.Parameter(caseIds).Contains(d.CaseId))
            .Select(d => d.CaseId).Distinct().ToListAsync(ct)).ToHashSet();
        foreach (var access in cases)
        {
            foreach (var unitId in chainIds.Where(id => have.Add((access.CaseId, id))))
            {
                db.Add(new CaseAccess
                {
                    UnitId = unitId, CaseId = access.CaseId, CaseSequence = access.CaseSequence, State = access.State, Class = access.Class,
                    IsDirect = access.IsDirect && unitId == to.UnitId, IsHanded = access.IsHanded,
                });
            }

            if (!working.Contains(access.CaseId) && !chainIds.Contains(before.UnitId))
            {
                db.Remove(access);
            }
        }
    }
}
