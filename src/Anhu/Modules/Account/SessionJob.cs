using Anhu.Jobs;

namespace Anhu.Modules.Account;

/// <summary>Writes when sessions were last used; once an hour, forgets old ones.</summary>
internal sealed class SessionJob(WorkerSessions sessions, TimeProvider time, ILogger<SessionJob> logger) : PeriodicJob(TimeSpan.FromSeconds(30), time, logger)
{
    private readonly TimeProvider time = time;
    private DateTimeOffset forgetAt;

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken ct)
    {
        await sessions.WriteAsync(ct);
        if (time.GetUtcNow() is var now && now >= forgetAt)
        {
            await sessions.ForgetAsync(ct);
            forgetAt = now + TimeSpan.FromHours(1);
        }
    }
}
