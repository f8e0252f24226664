using System.Security.Cryptography;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>A worker to be added.</summary>
public sealed record NewWorker
{
    /// <summary>Name to sign in with: 3 to 40 of letters, digits, <c>- . _ @</c>.</summary>
    public required string UserName { get; init; }

    /// <summary>Name shown to colleagues.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Code of the unit.</summary>
    public required string UnitCode { get; init; }

    /// <summary>Grid or community of a grid worker.</summary>
    public string? RegionCode { get; init; }

    /// <summary>Roles.</summary>
    public IReadOnlyList<WorkerRole> Roles { get; init; } = [];
}

/// <summary>A sign-in as it is told to the worker, once.</summary>
/// <param name="WorkerId">The worker.</param>
/// <param name="UserName">Name to sign in with.</param>
/// <param name="Password">First password.</param>
/// <param name="Until">When it ends, UTC.</param>
public sealed record FirstSignIn(Guid WorkerId, string UserName, string Password, DateTimeOffset Until);

/// <summary>
/// Keeps workers. A system administrator adds, moves and ends them within the own region; roles are the security
/// administrator's alone, and nobody's own. <c>by</c> is null for the operator at the console, who may all.
/// </summary>
public sealed class WorkerAdministration(
    AnhuDbContext db, OrganisationDirectory organisation, IPasswordHasher<Worker> hasher, IEnumerable<IWorkerFollower> followers, AccessReviewSettings reviews,
    TimeProvider time)
{
    /// <summary>Longest display name.</summary>
    public const int DisplayNameMaxLength = 60;

    private const int UserNameMinLength = 3;
    private const int UserNameMaxLength = 40;

    /// <summary>Adds a worker with a first password.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<FirstSignIn>> AddAsync(NewWorker worker, Caller? by, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        var name = worker.UserName.Trim();
        var unit = map.Find(worker.UnitCode);
        var roles = worker.Roles.Distinct().Order().ToList();
        if (!IsUserName(name))
        {
            return new Failure(FailureKind.Invalid, "organisation.user-name", "userName");
        }

        if ((CheckDisplayName(worker.DisplayName) ?? CheckUnit(map, by, unit) ?? CheckRegion(map, unit!, worker.RegionCode, roles)) is { } failure)
        {
            return failure;
        }

        if (roles.Count > 0 && by is not null && !by.May(Permissions.AdministerSecurity))
        {
            return new Failure(FailureKind.Forbidden, "organisation.roles-forbidden", "roles");
        }

        if (!WorkerRoles.GoTogether(roles))
        {
            return new Failure(FailureKind.Invalid, "organisation.roles-together", "roles");
        }

        var normalised = name.ToUpperInvariant();
        if (await db.Workers.AnyAsync(w => w.NormalizedUserName == normalised, ct))
        {
            return new Failure(FailureKind.Conflict, "organisation.user-name-taken", "userName");
        }

        var (password, now) = (FirstPassword.Create(), time.Now);
        var added = new Worker
        {
            Id = Guid.CreateVersion7(), UserName = name, NormalizedUserName = normalised, DisplayName = worker.DisplayName.Trim(), UnitId = unit!.UnitId,
            Roles = roles, RegionCode = Blank(worker.RegionCode), LockoutEnabled = true, SecurityStamp = NewStamp(), ConcurrencyStamp = NewStamp(),
            FirstPasswordUntil = now + FirstPassword.Lifetime, AccessDueAt = now.AddMonths(reviews.Months),
        };
        added.PasswordHash = hasher.HashPassword(added, password);
        db.Workers.Add(added);
        Record(OrganisationEvents.WorkerAdded, added, ("roles", roles.Select(WorkerRoles.Code)));
        try
        {
            await FollowAsync(added, ct);
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (db.Store.Provider.IsConstraint(e))
        {
            // Someone added the same name between our look and our save.
            return new Failure(FailureKind.Conflict, "organisation.user-name-taken", "userName");
        }

        return new FirstSignIn(added.Id, name, password, now + FirstPassword.Lifetime);
    }

    /// <summary>Changes name, unit or grid.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="version">The version that the administrator saw; null takes any.</param>
    /// <param name="displayName">Name shown to colleagues.</param>
    /// <param name="unitCode">Code of the unit.</param>
    /// <param name="regionCode">Grid or community of a grid worker.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> ChangeAsync(
        Guid workerId, long? version, string displayName, string unitCode, string? regionCode, Caller? by, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        var found = await FindAsync(map, workerId, by, ct);
        if (!found.IsOk)
        {
            return found.Failure!;
        }

        var worker = found.Value;
        var unit = map.Find(unitCode);
        if ((CheckDisplayName(displayName) ?? CheckUnit(map, by, unit) ?? CheckRegion(map, unit!, regionCode, worker.Roles)) is { } failure)
        {
            return failure;
        }

        var moved = worker.UnitId != unit!.UnitId;
        worker.DisplayName = displayName.Trim();
        worker.RegionCode = Blank(regionCode);
        if (moved)
        {
            worker.UnitId = unit.UnitId;
            worker.SecurityStamp = NewStamp();

            // Who moves takes the roles along; whether they fit there is for somebody to say.
            worker.AccessDueAt = time.Now;
        }

        return await SaveAsync(worker, version, OrganisationEvents.WorkerChanged, ct, ("moved", moved));
    }

    /// <summary>Sets the roles. Running sessions end, so that they take effect.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="version">The version that the administrator saw; null takes any.</param>
    /// <param name="roles">The roles.</param>
    /// <param name="by">The security administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> SetRolesAsync(Guid workerId, long? version, IReadOnlyList<WorkerRole> roles, Caller? by, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        if (by is not null && (!by.May(Permissions.AdministerSecurity) || by.WorkerId == workerId))
        {
            return new Failure(FailureKind.Forbidden, by.WorkerId == workerId ? "organisation.own-roles" : "organisation.roles-forbidden", "roles");
        }

        var found = await FindAsync(map, workerId, by, ct, Permissions.AdministerSecurity);
        if (!found.IsOk)
        {
            return found.Failure!;
        }

        var worker = found.Value;
        var wanted = roles.Distinct().Order().ToList();
        if (!WorkerRoles.GoTogether(wanted))
        {
            return new Failure(FailureKind.Invalid, "organisation.roles-together", "roles");
        }

        if (map.Find(worker.UnitId) is { } unit && CheckRegion(map, unit, worker.RegionCode, wanted) is { } failure)
        {
            return failure;
        }

        var before = worker.Roles.Select(WorkerRoles.Code).ToList();
        worker.Roles = wanted;
        worker.AccessDueAt = time.Now.AddMonths(reviews.Months);
        worker.SecurityStamp = NewStamp();
        return await SaveAsync(
            worker, version, OrganisationEvents.WorkerRolesChanged, ct, ("from", before), ("roles", wanted.Select(WorkerRoles.Code)));
    }

    /// <summary>Ends or restores a worker's sign-in. Running sessions end; duties stay with the unit.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="active">Whether the worker may sign in.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> SetActiveAsync(Guid workerId, bool active, Caller? by, CancellationToken ct)
    {
        if (by is not null && by.WorkerId == workerId)
        {
            return new Failure(FailureKind.NotAllowed, "organisation.own-sign-in");
        }

        var found = await FindAsync(await organisation.GetAsync(ct), workerId, by, ct);
        if (!found.IsOk)
        {
            return found.Failure!;
        }

        var worker = found.Value;
        if (worker.IsActive == active)
        {
            return Result.Ok;
        }

        worker.IsActive = active;
        worker.SecurityStamp = NewStamp();
        if (active && worker.AccessDueAt < time.Now)
        {
            // The days of grace begin anew.
            worker.AccessDueAt = time.Now;
        }

        return await SaveAsync(worker, null, active ? OrganisationEvents.WorkerReactivated : OrganisationEvents.WorkerDeactivated, ct);
    }

    /// <summary>Gives a worker a new first password; the second step, passkeys and the tie to a person of the identity provider are taken off too, since who lost the telephone asks for this.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<FirstSignIn>> ResetPasswordAsync(Guid workerId, Caller? by, CancellationToken ct)
    {
        if (by is not null && by.WorkerId == workerId)
        {
            return new Failure(FailureKind.NotAllowed, "organisation.own-sign-in");
        }

        var found = await FindAsync(await organisation.GetAsync(ct), workerId, by, ct);
        if (!found.IsOk)
        {
            return found.Failure!;
        }

        var worker = found.Value;
        var password = FirstPassword.Create();
        worker.PasswordHash = hasher.HashPassword(worker, password);
        worker.PasswordSetAt = null;
        worker.FirstPasswordUntil = time.Now + FirstPassword.Lifetime;
        worker.TwoFactorEnabled = false;
        db.RemoveRange(await db.Set<IdentityUserPasskey<Guid>>().Where(p => p.UserId == workerId).ToListAsync(ct));
        db.RemoveRange(await db.Set<IdentityUserToken<Guid>>().Where(t => t.UserId == workerId && t.LoginProvider == Worker.SignOnProvider).ToListAsync(ct));
        worker.LockoutEnd = null;
        worker.AccessFailedCount = 0;
        worker.SecurityStamp = NewStamp();
        var saved = await SaveAsync(worker, null, OrganisationEvents.WorkerPasswordReset, ct);
        return saved.IsOk ? new FirstSignIn(worker.Id, worker.UserName!, password, worker.FirstPasswordUntil.Value) : saved.Failure!;
    }

    /// <summary>Lets a worker who mistyped the password too often try again at once.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> UnlockAsync(Guid workerId, Caller? by, CancellationToken ct)
    {
        var found = await FindAsync(await organisation.GetAsync(ct), workerId, by, ct);
        if (!found.IsOk)
        {
            return found.Failure!;
        }

        var worker = found.Value;
        worker.LockoutEnd = null;
        worker.AccessFailedCount = 0;
        return await SaveAsync(worker, null, OrganisationEvents.WorkerUnlocked, ct);
    }

    private static bool IsUserName(string name) =>
        name.Length is >= UserNameMinLength and <= UserNameMaxLength && name.All(c => char.IsAsciiLetterOrDigit(c) || "-._@".Contains(c));

    private static Failure? CheckDisplayName(string name) =>
        name.Trim().Length is 0 or > DisplayNameMaxLength ? new Failure(FailureKind.Invalid, "organisation.display-name", "displayName") : null;

    private static Failure? CheckUnit(OrganisationMap map, Caller? by, Unit? unit) =>
        unit is null || !unit.IsActive ? new Failure(FailureKind.Invalid, "organisation.unit-unknown", "unit")
        : AdministrationScope.Covers(map, by, unit) ? null
        : new Failure(FailureKind.Forbidden, "organisation.out-of-scope", "unit");

    /// <summary>A grid worker needs a place within the unit's; nobody else has one.</summary>
    private static Failure? CheckRegion(OrganisationMap map, Unit unit, string? regionCode, IReadOnlyCollection<WorkerRole> roles)
    {
        regionCode = Blank(regionCode);
        if (regionCode is null)
        {
            return roles.Contains(WorkerRole.GridWorker) ? new Failure(FailureKind.Invalid, "organisation.grid-missing", "region") : null;
        }

        // A grid that the reference data does not know is taken by its community.
        var known = map.Region(regionCode) ?? (regionCode.Length == 15 ? map.Region(regionCode[..12]) : null);
        return known is { Level: >= RegionLevel.Community } && regionCode.All(char.IsAsciiDigit) && RegionCodes.Contains(unit.RegionCode, regionCode)
            ? null : new Failure(FailureKind.Invalid, "organisation.grid-unknown", "region");
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>A new security stamp: running sessions end.</summary>
    internal static string NewStamp() => Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    private async Task<Result<Worker>> FindAsync(
        OrganisationMap map, Guid workerId, Caller? by, CancellationToken ct, string permission = Permissions.AdministerUnits)
    {
        var worker = await db.Workers.SingleOrDefaultAsync(w => w.Id == workerId, ct);
        if (worker is null)
        {
            return new Failure(FailureKind.NotFound, "organisation.worker-not-found");
        }

        return by is null || (map.Find(worker.UnitId) is { } unit && AdministrationScope.Covers(map, by, unit, permission))
            ? worker : new Failure(FailureKind.Forbidden, "organisation.out-of-scope");
    }

    private async Task<Result> SaveAsync(
        Worker worker, long? version, string type, CancellationToken ct, params (string Name, object? Value)[] details)
    {
        if (version is { } seen)
        {
            db.Entry(worker).Property(w => w.Version).OriginalValue = seen;
        }

        worker.ConcurrencyStamp = NewStamp();
        Record(type, worker, details);
        try
        {
            await FollowAsync(worker, ct);
            await db.SaveChangesAsync(ct);
            return Result.Ok;
        }
        catch (DbUpdateConcurrencyException)
        {
            return new Failure(FailureKind.Conflict, "organisation.someone-faster");
        }
    }

    private async Task FollowAsync(Worker worker, CancellationToken ct)
    {
        foreach (var follower in followers)
        {
            await follower.FollowAsync(db, worker, ct);
        }
    }

    private void Record(string type, Worker worker, params (string Name, object? Value)[] details) =>
        db.Record(new PendingEvent(type, time.Now, UnitId: worker.UnitId, Data: EventData.Of([("workerId", worker.Id), .. details])));
}
