using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>Work on one case that reads, decides and writes while nobody else does.</summary>
internal sealed class CaseTurn(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation)
{
    /// <summary>Takes the turn.</summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <param name="caseId">The case.</param>
    /// <param name="caller">Who; a case that they may not see, or not work on, is not found.</param>
    /// <param name="work">Changes and records; must not save.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<T>> TakeAsync<T>(Guid caseId, Caller caller, Func<AnhuDbContext, CaseFile, OrganisationMap, Task<Result<T>>> work, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync(
            async () => caller.May(Permissions.WorkDuties) && await sights.FindAsync(db, caller, caseId, ct) is (_, { MayWork: true })
                ? await work(db, (await CaseFile.LoadAsync(db, [caseId], ct))[caseId], map)
                : CaseFailures.NotFound,
            ct);
    }
}
