using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>A worker's own list filters; nobody else sees them.</summary>
public sealed class SavedFilters(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time)
{
    /// <summary>How many a worker can keep.</summary>
    public const int Most = 20;

    /// <summary>Longest name.</summary>
    public const int NameLength = 40;

    /// <summary>The caller's filters by name.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<SavedFilter>> ListAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var own = await db.SavedFilters.AsNoTracking().Where(f => f.WorkerId == caller.WorkerId).ToListAsync(ct);
        return [.. own.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    /// <summary>Keeps a filter; one of the same name is replaced.</summary>
    /// <param name="caller">Who keeps it.</param>
    /// <param name="name">Its name, at most <see cref="NameLength"/> characters.</param>
    /// <param name="query">Path and query of the list.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> SaveAsync(Caller caller, string? name, string query, CancellationToken ct)
    {
        name = name?.Trim();
        if (string.IsNullOrEmpty(name) || name.Length > NameLength || caller.WorkerId is not { } worker || query.Length > 500)
        {
            return CaseFailures.FilterNameWrong;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var own = await db.SavedFilters.Where(f => f.WorkerId == worker).ToListAsync(ct);
        if (own.Find(f => f.Name == name) is { } same)
        {
            db.Remove(same);
        }
        else if (own.Count >= Most)
        {
            return CaseFailures.FiltersFull;
        }

        db.Add(new SavedFilter { SavedFilterId = Guid.CreateVersion7(time.Now), WorkerId = worker, Name = name, Query = query });
        await db.SaveChangesAsync(ct);
        return Result.Ok;
    }

    /// <summary>Deletes a filter of the caller; one that is not there stays so.</summary>
    /// <param name="caller">Whose it is.</param>
    /// <param name="savedFilterId">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task DeleteAsync(Caller caller, Guid savedFilterId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.SavedFilters.Where(f => f.SavedFilterId == savedFilterId && f.WorkerId == caller.WorkerId).ExecuteDeleteAsync(ct);
    }
}
