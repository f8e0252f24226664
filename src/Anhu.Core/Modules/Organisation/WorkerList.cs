using Anhu.Data;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>A search among workers.</summary>
public sealed record WorkerSearch
{
    /// <summary>Part of a name or user name.</summary>
    public string? Text { get; init; }

    /// <summary>Only workers of this unit.</summary>
    public Guid? UnitId { get; init; }

    /// <summary>Only workers of units of this agency.</summary>
    public Agency? Agency { get; init; }

    /// <summary>Only workers of units with their seat in this region.</summary>
    public string? RegionCode { get; init; }

    /// <summary>Whether those who left are wanted too.</summary>
    public bool WithInactive { get; init; }

    /// <summary>Only workers whose sign-in is locked at this instant, UTC.</summary>
    public DateTimeOffset? LockedAt { get; init; }

    /// <summary>Only workers of one of these roles who have not turned the second step on.</summary>
    public IReadOnlyCollection<WorkerRole>? WithoutSecondStepOf { get; init; }

    /// <summary>What the page before gave as next.</summary>
    public string? After { get; init; }

    /// <summary>Most workers wanted.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A worker in a list.</summary>
/// <param name="WorkerId">Key.</param>
/// <param name="UserName">Name to sign in with.</param>
/// <param name="DisplayName">Name shown to colleagues.</param>
/// <param name="UnitId">The unit.</param>
/// <param name="Roles">Roles.</param>
/// <param name="RegionCode">Grid or community of a grid worker.</param>
/// <param name="IsActive">False when the worker left.</param>
/// <param name="LockedUntil">Until when sign-in is refused after wrong passwords, UTC.</param>
public sealed record WorkerItem(
    Guid WorkerId, string UserName, string DisplayName, Guid UnitId, IReadOnlyList<WorkerRole> Roles, string? RegionCode, bool IsActive, DateTimeOffset? LockedUntil);

/// <summary>Lists workers by user name, page by page.</summary>
public sealed class WorkerList(AnhuDbContext db)
{
    /// <summary>Finds a page of workers.</summary>
    /// <param name="search">What is wanted.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The workers, and what to ask as <see cref="WorkerSearch.After"/> for the next page, or null on the last.</returns>
    public async Task<(IReadOnlyList<WorkerItem> Workers, string? Next)> RunAsync(WorkerSearch search, CancellationToken ct)
    {
        var workers = Matching(search);
        if (search.After is { } after)
        {
            workers = workers.Where(w => string.Compare(w.NormalizedUserName, after) > 0);
        }

        var found = await workers.OrderBy(w => w.NormalizedUserName).Take(search.Limit + 1)
            .Select(w => new WorkerItem(w.Id, w.UserName!, w.DisplayName, w.UnitId, w.Roles, w.RegionCode, w.IsActive, w.LockoutEnd)).ToListAsync(ct);
        if (found.Count <= search.Limit)
        {
            return (found, null);
        }

        found.RemoveAt(found.Count - 1);
        return (found, found[^1].UserName.ToUpperInvariant());
    }

    /// <summary>Counts workers.</summary>
    /// <param name="search">What is wanted, on all pages.</param>
    /// <param name="ct">Cancels.</param>
    public Task<int> CountAsync(WorkerSearch search, CancellationToken ct) => Matching(search).CountAsync(ct);

    private IQueryable<Worker> Matching(WorkerSearch search)
    {
        var workers = db.Workers.AsNoTracking();
        if (!search.WithInactive)
        {
            workers = workers.Where(w => w.IsActive);
        }

        if (search.UnitId is { } unitId)
        {
            workers = workers.Where(w => w.UnitId == unitId);
        }

        if (search.Agency is not null || search.RegionCode is not null)
        {
            var units = db.Units.AsNoTracking();
            if (search.Agency is { } agency)
            {
                units = units.Where(u => u.Agency == agency);
            }

            if (search.RegionCode is { } region)
            {
                var (from, to) = RegionCodes.Range(region);
                units = units.Where(u => string.Compare(u.RegionCode, from) >= 0 && string.Compare(u.RegionCode, to) < 0);
            }

            workers = workers.Where(w => units.Any(u => u.UnitId == w.UnitId));
        }

        if (search.Text?.Trim() is { Length: > 0 } text)
        {
            var upper = text.ToUpperInvariant();
            workers = workers.Where(w => w.DisplayName.Contains(text) || w.NormalizedUserName!.Contains(upper));
        }

        if (search.LockedAt is { } now)
        {
            workers = workers.Where(w => w.LockoutEnd > now);
        }

        if (search.WithoutSecondStepOf is { } roles)
        {
            workers = workers.Where(w => !w.TwoFactorEnabled && !db.Set<IdentityUserPasskey<Guid>>().Any(p => p.UserId == w.Id) && w.Roles.Any(r => roles.Contains(r)));
        }

        return workers;
    }
}
