using System.Security.Claims;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Feed;

/// <summary>Ends the live feeds of a worker who signs out or is shut out: closing the session ends its alerts.</summary>
public sealed class FeedSessions
{
    private readonly Lock sync = new();
    private readonly Dictionary<Guid, List<Session>> byWorker = [];

    /// <summary>Registers a feed of the signed-in worker; systems are not registered.</summary>
    /// <param name="user">The principal of the feed.</param>
    public Session Watch(ClaimsPrincipal user)
    {
        var session = new Session(this, Caller.From(user)?.WorkerId);
        if (session.WorkerId is { } worker)
        {
            lock (sync)
            {
                if (!byWorker.TryGetValue(worker, out var list))
                {
                    byWorker.Add(worker, list = []);
                }

                list.Add(session);
            }
        }

        return session;
    }

    /// <summary>Ends all feeds of a worker on this node.</summary>
    /// <param name="workerId">The worker.</param>
    public void End(Guid workerId)
    {
        Session[] sessions;
        lock (sync)
        {
            sessions = byWorker.Remove(workerId, out var list) ? [.. list] : [];
        }

        foreach (var session in sessions)
        {
            session.End();
        }
    }

    private void Remove(Session session)
    {
        lock (sync)
        {
            if (session.WorkerId is { } worker && byWorker.TryGetValue(worker, out var list) && list.Remove(session) && list.Count == 0)
            {
                byWorker.Remove(worker);
            }
        }
    }

    /// <summary>One feed of a worker.</summary>
    public sealed class Session : IDisposable
    {
        private readonly FeedSessions sessions;
        private readonly CancellationTokenSource ended = new();

        internal Session(FeedSessions sessions, Guid? workerId)
        {
            this.sessions = sessions;
            WorkerId = workerId;
        }

        /// <summary>The worker; null for a system.</summary>
        public Guid? WorkerId { get; }

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
