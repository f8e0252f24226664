using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>How roles and units are confirmed.</summary>
/// <param name="Months">Months after which they are confirmed again.</param>
/// <param name="GraceDays">Days after that, before <paramref name="Ends"/> ends anything.</param>
/// <param name="Ends">Whether the sign-in of who was not confirmed ends; otherwise it is listed and told only.</param>
public sealed record AccessReviewSettings(int Months, int GraceDays, bool Ends);

/// <summary>A worker whose roles and unit are to be confirmed.</summary>
/// <param name="WorkerId">The worker.</param>
/// <param name="UserName">Name to sign in with; the list's second order.</param>
/// <param name="DisplayName">Name shown to colleagues.</param>
/// <param name="UnitId">The unit.</param>
/// <param name="Roles">The roles.</param>
/// <param name="RegionCode">Grid or community of a grid worker.</param>
/// <param name="DueAt">By when, UTC.</param>
/// <param name="LastUsedAt">When the worker last used a sign-in of the past month, UTC; null when none.</param>
/// <param name="Version">What was seen when it is confirmed.</param>
public sealed record AccessDue(
    Guid WorkerId, string UserName, string DisplayName, Guid UnitId, IReadOnlyList<WorkerRole> Roles, string? RegionCode, DateTimeOffset DueAt, DateTimeOffset? LastUsedAt, long Version);

/// <summary>
/// Has somebody say again and again that each worker still needs the roles and the unit (victim-safety D11): the supervisor, here or above, or a security
/// administrator; about administrators a security administrator alone, and nobody about oneself.
/// </summary>
public sealed class AccessReviews(IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, AccessReviewSettings settings, TimeProvider time)
{
    /// <summary>How long before it is due a worker stands in the list.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(14);

    private const int Chunk = 200;

    /// <summary>Whether the caller may confirm a worker.</summary>
    /// <param name="map">The organisation.</param>
    /// <param name="by">Who, or null for the operator.</param>
    /// <param name="worker">The worker.</param>
    public static bool MayConfirm(OrganisationMap map, Caller? by, Worker worker) =>
        by is null
        || (by.WorkerId != worker.Id && map.Find(worker.UnitId) is { } unit
            && ((by.May(Permissions.AdministerSecurity) && AdministrationScope.Covers(map, by, unit, Permissions.AdministerSecurity))
                || (AdministrationScope.Supervises(map, by, unit) && !worker.Roles.Any(WorkerRoles.Administrators.Contains))));

    /// <summary>Whom the caller has to confirm, what is due first above.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="after">What the page before gave as next.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The workers, and what to ask as <paramref name="after"/> for the next page, or null on the last.</returns>
    public async Task<(IReadOnlyList<AccessDue> Workers, string? Next)> ListAsync(Caller caller, string? after, int limit, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var workers = Due(db, map, caller, time.Now + Ahead);
        if (after?.Split('~', 2) is [var ticks, var name] && long.TryParse(ticks, out var at) && at > 0 && at < DateTimeOffset.MaxValue.UtcTicks)
        {
            var dueAt = new DateTimeOffset(at, TimeSpan.Zero);
            workers = workers.Where(w => w.AccessDueAt > dueAt || (w.AccessDueAt == dueAt && string.Compare(w.NormalizedUserName, name) > 0));
        }

        var found = await workers.OrderBy(w => w.AccessDueAt).ThenBy(w => w.NormalizedUserName).Take(limit + 1)
            .Select(w => new AccessDue(
                w.Id, w.UserName!, w.DisplayName, w.UnitId, w.Roles, w.RegionCode, w.AccessDueAt!.Value,
                db.WorkerSessions.Where(s => s.WorkerId == w.Id).Max(s => (DateTimeOffset?)s.LastUsedAt), w.Version)).ToListAsync(ct);
        if (found.Count <= limit)
        {
            return (found, null);
        }

        found.RemoveAt(found.Count - 1);
        return (found, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{found[^1].DueAt.UtcTicks}~{found[^1].UserName.ToUpperInvariant()}"));
    }

    /// <summary>How many workers whom the caller has to confirm are overdue.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<int> OverdueAsync(Caller caller, CancellationToken ct)
    {
        if (!caller.May(Permissions.Supervise) && !caller.May(Permissions.AdministerSecurity))
        {
            return 0;
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Due(db, map, caller, time.Now).CountAsync(ct);
    }

    /// <summary>Confirms a worker's roles and unit, as they were seen.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="version">The version that was seen; null takes any.</param>
    /// <param name="by">Who, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> ConfirmAsync(Guid workerId, long? version, Caller? by, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = by?.Actor ?? Actor.Platform;
        var worker = await db.Workers.SingleOrDefaultAsync(w => w.Id == workerId && w.IsActive, ct);
        if (worker is null)
        {
            return new Failure(FailureKind.NotFound, "organisation.worker-not-found");
        }

        if (!MayConfirm(map, by, worker))
        {
            return new Failure(FailureKind.Forbidden, by?.WorkerId == workerId ? "organisation.own-roles" : "organisation.out-of-scope");
        }

        if (version is { } seen)
        {
            db.Entry(worker).Property(w => w.Version).OriginalValue = seen;
        }

        var now = time.Now;
        worker.AccessDueAt = now.AddMonths(settings.Months);
        db.Record(new PendingEvent(OrganisationEvents.AccessConfirmed, now, UnitId: worker.UnitId, Data: EventData.Of(
            ("workerId", worker.Id), ("roles", worker.Roles.Select(WorkerRoles.Code)), ("until", worker.AccessDueAt))));
        try
        {
            await db.SaveChangesAsync(ct);
            return Result.Ok;
        }
        catch (DbUpdateConcurrencyException)
        {
            return new Failure(FailureKind.Conflict, "organisation.someone-faster");
        }
    }

    /// <summary>Gives those a date who have none, and ends the sign-in of those whom nobody confirmed, where the city wants that.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many sign-ins ended.</returns>
    public async Task<int> FollowAsync(CancellationToken ct)
    {
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            while (await db.Workers.Where(w => w.IsActive && w.AccessDueAt == null).OrderBy(w => w.NormalizedUserName).Take(Chunk).ToListAsync(ct) is { Count: > 0 } undecided)
            {
                undecided.ForEach(w => w.AccessDueAt = time.Now.AddMonths(settings.Months));
                await db.SaveChangesAsync(ct);
                db.ChangeTracker.Clear();
            }
        }

        return settings.Ends ? await EndAsync(ct) : 0;
    }

    private async Task<int> EndAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.Now;
        var before = now.AddDays(-settings.GraceDays);
        var ended = 0;
        foreach (var id in await db.Workers.Where(w => w.IsActive && w.AccessDueAt < before).Select(w => w.Id).ToListAsync(ct))
        {
            db.ChangeTracker.Clear();
            if (await db.Workers.SingleOrDefaultAsync(w => w.Id == id && w.IsActive && w.AccessDueAt < before, ct) is not { } worker)
            {
                continue;
            }

            worker.IsActive = false;
            worker.SecurityStamp = WorkerAdministration.NewStamp();
            db.Record(new PendingEvent(OrganisationEvents.WorkerDeactivated, now, UnitId: worker.UnitId, Data: EventData.Of(("workerId", id), ("cause", "not-confirmed"))));
            try
            {
                await db.SaveChangesAsync(ct);
                ended++;
            }
            catch (DbUpdateConcurrencyException)
            {
                // Confirmed or changed just now: the next run looks again.
            }
        }

        return ended;
    }

    private static IQueryable<Worker> Due(AnhuDbContext db, OrganisationMap map, Caller caller, DateTimeOffset until)
    {
        var self = caller.WorkerId;
        var workers = db.Workers.AsNoTracking().Where(w => w.IsActive && w.AccessDueAt < until && w.Id != self);
        var own = caller.UnitId is { } id ? map.Find(id) : null;
        if (own is not null && caller.May(Permissions.AdministerSecurity))
        {
            var (from, to) = RegionCodes.Range(own.RegionCode);
            return workers.Where(w => db.Units.Any(u => u.UnitId == w.UnitId && string.Compare(u.RegionCode, from) >= 0 && string.Compare(u.RegionCode, to) < 0));
        }

        var (units, others) = (map.Units.Where(u => AdministrationScope.Supervises(map, caller, u)).Select(u => u.UnitId).ToList(), WorkerRoles.Administrators);
        return workers.Where(w => units.Contains(w.UnitId) && !w.Roles.Any(r => others.Contains(r)));
    }
}
