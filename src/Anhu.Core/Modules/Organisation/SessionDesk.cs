using System.Security.Cryptography;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>A session as lists show it.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Kind">Kind of device.</param>
/// <param name="Device">Browser and system; may be empty.</param>
/// <param name="From">Network address; null in lists for others than the worker.</param>
/// <param name="Method">How it was begun.</param>
/// <param name="StartedAt">When it was begun, UTC.</param>
/// <param name="LastUsedAt">When it was last used, UTC.</param>
public sealed record OpenSession(Guid SessionId, DeviceKind Kind, string Device, string? From, string Method, DateTimeOffset StartedAt, DateTimeOffset LastUsedAt);

/// <summary>Begins, lists and ends workers' sessions.</summary>
public sealed class SessionDesk(AnhuDbContext db, OrganisationDirectory organisation, TimeProvider time)
{
    /// <summary>Event: sessions of a worker were ended by the worker or an administrator; data: <c>workerId</c>, <c>sessions</c> (how many), <c>scope</c>: <c>one</c>, <c>others</c> or <c>all</c>.</summary>
    public const string Ended = "account.sessions-ended";

    /// <summary>Last use is written every half minute; a session that is used is not taken for idle in between.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>Begins a session with an id of its own.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="method">How the worker signed in.</param>
    /// <param name="userAgent">What the browser says of itself.</param>
    /// <param name="from">Network address.</param>
    /// <param name="replaces">The session that this device had until now; it ends.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<WorkerSession> OpenAsync(Worker worker, string method, string? userAgent, string? from, Guid? replaces, CancellationToken ct)
    {
        var session = new WorkerSession
        {
            WorkerSessionId = new Guid(RandomNumberGenerator.GetBytes(16)), WorkerId = worker.Id, Stamp = worker.SecurityStamp!, Kind = Devices.KindOf(userAgent),
            Device = Devices.NameOf(userAgent), From = from, Method = method, StartedAt = time.Now, LastUsedAt = time.Now,
        };
        db.Add(session);
        if (replaces is { } old && await db.WorkerSessions.SingleOrDefaultAsync(s => s.WorkerSessionId == old && s.EndedAt == null, ct) is { } before)
        {
            before.EndedAt = time.Now;
        }

        await db.SaveChangesAsync(ct);
        return session;
    }

    /// <summary>Lets a session go on after its worker's security stamp changed by what was done in it.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="stamp">The new stamp.</param>
    /// <param name="ct">Cancels.</param>
    public async Task KeepAsync(Guid sessionId, string stamp, CancellationToken ct)
    {
        if (await db.WorkerSessions.SingleOrDefaultAsync(s => s.WorkerSessionId == sessionId, ct) is { } session && session.Stamp != stamp)
        {
            session.Stamp = stamp;
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>Whether a session may be used; whether it was idle for too long is the cookie's to say.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="workerId">Whose it is said to be.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> HoldsAsync(Guid sessionId, Guid workerId, CancellationToken ct)
    {
        var since = time.Now - WorkerSession.Longest;
        return await db.WorkerSessions.AnyAsync(s => s.WorkerSessionId == sessionId && s.WorkerId == workerId && s.EndedAt == null && s.StartedAt > since, ct);
    }

    /// <summary>The worker's own open sessions, the one used last first.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="ct">Cancels.</param>
    public Task<IReadOnlyList<OpenSession>> OwnAsync(Guid workerId, CancellationToken ct) => ListAsync(workerId, ct);

    /// <summary>A worker's open sessions for a security administrator, without where from; nothing where the administrator may not end them.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<OpenSession>> OfWorkerAsync(Guid workerId, Caller by, CancellationToken ct) =>
        await MayEndAsync(workerId, by, ct) is null ? [.. (await ListAsync(workerId, ct)).Select(s => s with { From = null })] : [];

    /// <summary>Ends one of the worker's own sessions.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="sessionId">The session; somebody else's is not found.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> EndOwnAsync(Guid workerId, Guid sessionId, CancellationToken ct) =>
        await EndAsync(workerId, s => s.WorkerSessionId == sessionId, "one", ct) > 0 ? Result.Ok : new Failure(FailureKind.NotFound, "account.session-not-found");

    /// <summary>Ends all of the worker's own sessions but one.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="but">The one that stays; null ends all.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many ended.</returns>
    public Task<int> EndOthersAsync(Guid workerId, Guid? but, CancellationToken ct) => EndAsync(workerId, s => s.WorkerSessionId != but, but is null ? "all" : "others", ct);

    /// <summary>Ends all sessions of a worker for a security administrator.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many ended.</returns>
    public async Task<Result<int>> EndAllAsync(Guid workerId, Caller? by, CancellationToken ct) =>
        await MayEndAsync(workerId, by, ct) is { } failure ? failure : await EndAsync(workerId, static _ => true, "all", ct);

    /// <summary>Ends a session as part of signing out; the caller records why.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="ct">Cancels.</param>
    public async Task CloseAsync(Guid sessionId, CancellationToken ct)
    {
        if (await db.WorkerSessions.SingleOrDefaultAsync(s => s.WorkerSessionId == sessionId && s.EndedAt == null, ct) is { } session)
        {
            session.EndedAt = time.Now;
        }
    }

    private async Task<Failure?> MayEndAsync(Guid workerId, Caller? by, CancellationToken ct)
    {
        var unitId = await db.Workers.Where(w => w.Id == workerId).Select(w => (Guid?)w.UnitId).SingleOrDefaultAsync(ct);
        if (unitId is not { } id)
        {
            return new Failure(FailureKind.NotFound, "organisation.worker-not-found");
        }

        var map = await organisation.GetAsync(ct);
        return by is null || (map.Find(id) is { } unit && AdministrationScope.Covers(map, by, unit, Permissions.AdministerSecurity))
            ? null : new Failure(FailureKind.Forbidden, "organisation.out-of-scope");
    }

    private async Task<int> EndAsync(Guid workerId, Func<WorkerSession, bool> which, string scope, CancellationToken ct)
    {
        var ending = (await Open(workerId).ToListAsync(ct)).Where(which).ToList();
        if (ending.Count == 0)
        {
            return 0;
        }

        foreach (var session in ending)
        {
            session.EndedAt = time.Now;
        }

        var unitId = await db.Workers.Where(w => w.Id == workerId).Select(w => w.UnitId).SingleAsync(ct);
        db.Record(new PendingEvent(Ended, time.Now, UnitId: unitId, Data: EventData.Of(("workerId", workerId), ("sessions", ending.Count), ("scope", scope))));
        await db.SaveChangesAsync(ct);
        return ending.Count;
    }

    private async Task<IReadOnlyList<OpenSession>> ListAsync(Guid workerId, CancellationToken ct)
    {
        var stamp = await db.Workers.Where(w => w.Id == workerId && w.IsActive).Select(w => w.SecurityStamp).SingleOrDefaultAsync(ct);
        var now = time.Now;
        return [.. (await Open(workerId).AsNoTracking().ToListAsync(ct))
            .Where(s => s.Stamp == stamp && s.LastUsedAt + WorkerSession.IdleTime(s.Kind) + Slack > now)
            .OrderByDescending(s => s.LastUsedAt).ThenBy(s => s.WorkerSessionId)
            .Select(s => new OpenSession(s.WorkerSessionId, s.Kind, s.Device, s.From, s.Method, s.StartedAt, s.LastUsedAt))];
    }

    private IQueryable<WorkerSession> Open(Guid workerId)
    {
        var since = time.Now - WorkerSession.Longest;
        return db.WorkerSessions.Where(s => s.WorkerId == workerId && s.EndedAt == null && s.StartedAt > since);
    }
}
