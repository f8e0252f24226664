using System.Security.Claims;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Feed;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Account;

/// <summary>
/// Ends workers' sessions within a second of what ends them, on every node: the record tells that something changed, and
/// then each session is looked at anew before it is used again.
/// </summary>
public sealed class WorkerSessions(IDbContextFactory<AnhuDbContext> contexts, IOptions<IdentityOptions> identity, TimeProvider time) : ISessionCheck
{
    /// <summary>How far the clocks of two nodes may be apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private const int Chunk = 500;

    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        OrganisationEvents.WorkerChanged, OrganisationEvents.WorkerRolesChanged, OrganisationEvents.WorkerDeactivated, OrganisationEvents.WorkerReactivated,
        OrganisationEvents.WorkerPasswordReset, AccountEvents.PasswordChanged, AccountEvents.Left, AccountEvents.TwoStepOn, AccountEvents.TwoStepOff, SecondStepRule.Changed,
    };

    /// <summary>Sessions that began before it are looked at anew; ticks, UTC. What changed while the node was not running is not known.</summary>
    private long lookFrom = time.GetUtcNow().UtcTicks;

    /// <inheritdoc />
    public bool Concerns(string eventType) => Types.Contains(eventType);

    /// <inheritdoc />
    public bool IsSignOut(string eventType) => eventType == AccountEvents.SignedOut;

    /// <inheritdoc />
    public void Changed() => Interlocked.Exchange(ref lookFrom, (time.GetUtcNow() + Skew).UtcTicks);

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

        var claim = identity.Value.ClaimsIdentity.SecurityStampClaimType;
        return [.. workers.Where(w => !stamps.TryGetValue(w.Id!.Value, out var stamp) || stamp != w.User.FindFirstValue(claim)).Select(w => w.User)];
    }

    /// <summary>Checks the session of a request: when it is due, and at once when something changed since it began.</summary>
    /// <param name="context">The session.</param>
    internal async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var issued = context.Properties.IssuedUtc;
        if (issued is { } at && at.UtcTicks < Interlocked.Read(ref lookFrom))
        {
            // Too long ago for Identity to trust it unseen.
            context.Properties.IssuedUtc = DateTimeOffset.UnixEpoch;
        }

        await SecurityStampValidator.ValidatePrincipalAsync(context);
        context.Properties.IssuedUtc = issued;
    }
}
