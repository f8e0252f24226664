using Anhu.Jobs;

namespace Anhu.Hosting;

/// <summary>Keeps the sign that this node serves the store, over restarts of the database.</summary>
internal sealed partial class ServingLockJob(ServingLock held, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ServingLockJob> logger)
    : PeriodicJob(TimeSpan.FromSeconds(5), time, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        if (!await held.KeepAsync(ct))
        {
            LogTaken();
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(LogLevel.Critical, "A backup is being restored into the store that this node served: the node ends")]
    private partial void LogTaken();
}
