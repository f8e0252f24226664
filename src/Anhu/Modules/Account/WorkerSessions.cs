using System.Collections.Concurrent;
using System.Security.Claims;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Feed;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Account;

/// <summary>
/// Ends workers' sessions within a second of what ends them, on every node: the record tells that something changed. What
/// concerns a worker makes each session be looked at anew before it is used again; a session that ended by itself is known by its id.
/// </summary>
public sealed class WorkerSessions(IDbContextFactory<AnhuDbContext> contexts, IOptions<IdentityOptions> identity, TimeProvider time) : ISessionCheck
{
    /// <summary>How far the clocks of two nodes may be apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>How long rows of sessions are kept after their last use.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const int Chunk = 500;

    private static readonly HashSet<string> OfWorkers = new(StringComparer.Ordinal)
    {
        OrganisationEvents.WorkerChanged, OrganisationEvents.WorkerRolesChanged, OrganisationEvents.WorkerDeactivated, OrganisationEvents.WorkerReactivated,
        OrganisationEvents.WorkerPasswordReset, AccountEvents.PasswordChanged, AccountEvents.Left, AccountEvents.TwoStepOn, AccountEvents.TwoStepOff, AccountEvents.PasskeyRemoved, SecondStepRule.Changed,
    };

    private static readonly HashSet<string> OfSessions = new(StringComparer.Ordinal) { AccountEvents.SignedIn, AccountEvents.SignedOut, SessionDesk.Ended };

    /// <summary>Sessions that ended of late, until every cookie that names them has been looked at.</summary>
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> ended = new();

    /// <summary>Last uses that are not written yet.</summary>
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> used = new();

    /// <summary>Sessions that began before it are looked at anew; ticks, UTC. What changed while the node was not running is not known.</summary>
    private long lookFrom = time.GetUtcNow().UtcTicks;

    /// <inheritdoc />
    public bool Concerns(string eventType) => OfWorkers.Contains(eventType) || OfSessions.Contains(eventType);

    /// <inheritdoc />
    public async Task ChangedAsync(IReadOnlySet<string>? eventTypes, CancellationToken ct)
    {
        if (eventTypes is null || eventTypes.Overlaps(OfWorkers))
        {
            Interlocked.Exchange(ref lookFrom, (time.GetUtcNow() + Skew).UtcTicks);
        }

        if (eventTypes?.Overlaps(OfSessions) != false)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            var since = time.Now - AccountSetup.CheckInterval - Skew - Skew;
            foreach (var id in await db.WorkerSessions.Where(s => s.EndedAt > since).Select(s => s.WorkerSessionId).ToListAsync(ct))
            {
                End(id);
            }
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyCollection<ClaimsPrincipal>> EndedAsync(IReadOnlyCollection<ClaimsPrincipal> open, CancellationToken ct)
    {
        var workers = open.Select(user => (User: user, Id: Caller.From(user)?.WorkerId)).Where(u => u.Id is not null).ToList();
        if (workers.Count == 0)
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var stamps = new Dictionary<Guid, string?>();
        foreach (var ids in workers.Select(w => w.Id!.Value).Distinct().Chunk(Chunk))
        {
            foreach (var worker in await db.Workers.AsNoTracking().Where(w => w.IsActive && ids.Contains(w.Id)).Select(w => new { w.Id, w.SecurityStamp }).ToListAsync(ct))
            {
                stamps[worker.Id] = worker.SecurityStamp;
            }
        }

        var holding = new HashSet<Guid>();
        foreach (var ids in workers.Select(w => IdOf(w.User)).OfType<Guid>().Distinct().Chunk(Chunk))
        {
            holding.UnionWith(await db.WorkerSessions.Where(s => ids.Contains(s.WorkerSessionId) && s.EndedAt == null).Select(s => s.WorkerSessionId).ToListAsync(ct));
        }

        var claim = identity.Value.ClaimsIdentity.SecurityStampClaimType;
        return [.. workers
            .Where(w => !stamps.TryGetValue(w.Id!.Value, out var stamp) || stamp != w.User.FindFirstValue(claim) || IdOf(w.User) is not { } id || !holding.Contains(id))
            .Select(w => w.User)];
    }

    /// <summary>The session that a principal names; null when it names none.</summary>
    /// <param name="principal">The principal.</param>
    internal static Guid? IdOf(ClaimsPrincipal principal) => Guid.TryParse(principal.FindFirstValue(AccountClaims.Session), out var id) ? id : null;

    /// <summary>Says that a session ended: its cookie opens nothing on this node from now on.</summary>
    /// <param name="sessionId">The session.</param>
    internal void End(Guid sessionId) => ended.TryAdd(sessionId, time.GetUtcNow());

    /// <summary>Says that a session was used just now.</summary>
    /// <param name="principal">Who used it.</param>
    internal void Used(ClaimsPrincipal principal)
    {
        if (IdOf(principal) is { } id)
        {
            used[id] = time.Now;
        }
    }

    /// <summary>Checks the session of a request: when it is due, and at once when something changed since it began.</summary>
    /// <param name="context">The session.</param>
    internal async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is not { } principal || IdOf(principal) is not { } session || ended.ContainsKey(session))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
            return;
        }

        var issued = context.Properties.IssuedUtc;
        if (issued is { } at && at.UtcTicks < Interlocked.Read(ref lookFrom))
        {
            // Too long ago for Identity to trust it unseen.
            context.Properties.IssuedUtc = DateTimeOffset.UnixEpoch;
        }

        await SecurityStampValidator.ValidatePrincipalAsync(context);
        context.Properties.IssuedUtc = issued;
    }

    /// <summary>Writes when sessions were last used, and forgets what is long over.</summary>
    /// <param name="ct">Cancels.</param>
    internal async Task WriteAsync(CancellationToken ct)
    {
        var last = used.ToArray();
        if (last.Length > 0)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            foreach (var part in last.Chunk(Chunk))
            {
                var at = part.ToDictionary(p => p.Key, p => p.Value);
                var ids = at.Keys.ToList();
                foreach (var session in await db.WorkerSessions.Where(s => ids.Contains(s.WorkerSessionId)).ToListAsync(ct))
                {
                    session.LastUsedAt = at[session.WorkerSessionId] > session.LastUsedAt ? at[session.WorkerSessionId] : session.LastUsedAt;
                }

                await db.SaveChangesAsync(ct);
                foreach (var entry in part)
                {
                    // Unless it was used again meanwhile.
                    used.TryRemove(entry);
                }
            }
        }

        // A cookie that nobody has looked at for so long is looked at before it is used.
        var over = time.GetUtcNow() - AccountSetup.CheckInterval - Skew;
        foreach (var (id, at) in ended)
        {
            if (at < over)
            {
                ended.TryRemove(id, out _);
            }
        }
    }

    /// <summary>Takes sessions out of the store that nobody used for a month.</summary>
    /// <param name="ct">Cancels.</param>
    internal async Task ForgetAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var before = time.Now - Kept;
        while (await db.WorkerSessions.Where(s => s.LastUsedAt < before).OrderBy(s => s.LastUsedAt).Take(Chunk).ToListAsync(ct) is { Count: > 0 } old)
        {
            db.RemoveRange(old);
            await db.SaveChangesAsync(ct);
        }
    }
}
