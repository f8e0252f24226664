using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.People;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Audit;

/// <summary>What stands beside a view: the reason that was stated for it, and whether a search was for the worker's own particulars.</summary>
public sealed class ViewNotes(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time)
{
    /// <summary>The reason of the leave by which a worker sees a case now.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="kind">Kind of the leave.</param>
    public async Task<AccessReason?> ReasonAsync(Guid workerId, Guid caseId, GrantKind kind)
    {
        var now = time.Now;
        await using var db = await contexts.CreateDbContextAsync();
        return await db.AccessGrants.AsNoTracking().Where(g => g.CaseId == caseId && g.WorkerId == workerId && g.Kind == kind && g.Until > now)
            .OrderByDescending(g => g.GrantedAt).Select(g => (AccessReason?)g.Reason).FirstOrDefaultAsync();
    }

    /// <summary>Whether words are the worker's own name or number, or those of declared family.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="words">What is searched for.</param>
    public async Task<bool> IsOwnAsync(Guid workerId, string words)
    {
        var (name, digits) = (PersonKeys.NormaliseName(words), PersonKeys.Digits(words));
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Workers.AsNoTracking().Where(w => w.Id == workerId).Select(w => w.DisplayName).FirstOrDefaultAsync() is { } own && PersonKeys.NormaliseName(own) == name)
        {
            return true;
        }

        return (await db.WorkerTies.AsNoTracking().Where(t => t.WorkerId == workerId).ToListAsync()).Exists(t =>
            PersonKeys.NormaliseName(t.Name) == name
            || string.Equals(t.IdNumber, words.Trim(), StringComparison.OrdinalIgnoreCase)
            || (digits.Length >= PersonKeys.ShortestPhone && t.Phone == digits));
    }
}
