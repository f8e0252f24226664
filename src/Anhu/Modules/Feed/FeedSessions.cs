using System.Security.Claims;
using Anhu.Modules.Security;

namespace Anhu.Modules.Feed;

/// <summary>
/// The open live feeds of this node by who reads them. They end with the session: when the worker signs out or is shut
/// out, when password, second step, roles or unit change, when a system is removed or gets a new secret.
/// </summary>
public sealed class FeedSessions(IEnumerable<ISessionCheck> checks)
{
    private readonly ISessionCheck[] checks = [.. checks];
    private readonly Lock sync = new();
    private readonly HashSet<Session> open = [];

    /// <summary>Registers a feed. Ask <see cref="CheckAsync(Session, CancellationToken)"/> after it: the session may have ended on the way here.</summary>
    /// <param name="user">The principal of the feed.</param>
    public Session Watch(ClaimsPrincipal user)
    {
        var session = new Session(this, user);
        lock (sync)
        {
            open.Add(session);
        }

        return session;
    }

    /// <summary>Ends feeds on this node.</summary>
    /// <param name="whose">Which, by their principal.</param>
    public void End(Func<ClaimsPrincipal, bool> whose)
    {
        foreach (var session in Open().Where(s => whose(s.User)))
        {
            session.End();
        }
    }

    /// <summary>Ends the feed when its session no longer holds.</summary>
    /// <param name="session">The feed.</param>
    /// <param name="ct">Cancels.</param>
    public Task CheckAsync(Session session, CancellationToken ct) => CheckAsync(checks, [session], ct);

    /// <summary>Ends the feeds whose session no longer holds after these events.</summary>
    /// <param name="events">New events.</param>
    /// <param name="ct">Cancels.</param>
    public async Task SeenAsync(IEnumerable<FeedItem> events, CancellationToken ct)
    {
        var types = events.Select(e => e.Type).ToHashSet(StringComparer.Ordinal);
        var concerned = checks.Where(check => types.Any(check.Concerns)).ToList();
        foreach (var check in concerned)
        {
            await check.ChangedAsync(types, ct);
        }

        await CheckAsync(concerned, Open(), ct);
    }

    private static async Task CheckAsync(IEnumerable<ISessionCheck> checks, Session[] sessions, CancellationToken ct)
    {
        if (sessions.Length == 0)
        {
            return;
        }

        foreach (var check in checks)
        {
            var ended = (await check.EndedAsync([.. sessions.Select(s => s.User)], ct)).ToHashSet(ReferenceEqualityComparer.Instance);
            if (ended.Count > 0)
            {
                // A feed that is just being opened can know it before the event comes; pages must not lag behind the feed.
                await check.ChangedAsync(null, ct);
            }

            foreach (var session in sessions.Where(s => ended.Contains(s.User)))
            {
                session.End();
            }
        }
    }

    private Session[] Open()
    {
        lock (sync)
        {
            return [.. open];
        }
    }

    private void Remove(Session session)
    {
        lock (sync)
        {
            open.Remove(session);
        }
    }

    /// <summary>One open feed.</summary>
    public sealed class Session : IDisposable
    {
        private readonly FeedSessions sessions;
        private readonly CancellationTokenSource ended = new();

        internal Session(FeedSessions sessions, ClaimsPrincipal user)
        {
            this.sessions = sessions;
            User = user;
        }

        /// <summary>Who reads.</summary>
        public ClaimsPrincipal User { get; }

        /// <summary>Cancelled when the session is closed.</summary>
        public CancellationToken Ended => ended.Token;

        /// <inheritdoc />
        public void Dispose()
        {
            sessions.Remove(this);
            ended.Dispose();
        }

        internal void End()
        {
            try
            {
                ended.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The feed ended by itself meanwhile.
            }
        }
    }
}
