namespace Anhu.Jobs;

/// <summary>Runs a piece of work again and again; a failed run is logged and the next one tried. The work itself is safe to run on two nodes.</summary>
/// <param name="period">Rest between runs.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public abstract partial class PeriodicJob(TimeSpan period, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>Does what is due.</summary>
    /// <param name="ct">Cancels.</param>
    protected abstract Task RunAsync(CancellationToken ct);

    /// <inheritdoc />
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(period, time);
        var failures = 0;
        try
        {
            do
            {
                try
                {
                    await RunAsync(stoppingToken);
                    failures = 0;
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // While the store is away each run fails alike: the trace once, then one line each.
                    if (failures++ == 0)
                    {
                        LogFailed(GetType().Name, e);
                    }
                    else
                    {
                        LogFailedAgain(GetType().Name, failures, e.GetBaseException().Message);
                    }
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops: what the work met then, a service that is closed already among it, is no fault. It is safe to be cut off anywhere, and is done again.
        }
    }

    [LoggerMessage(LogLevel.Error, "{Job} failed; it is tried again at its next time")]
    private partial void LogFailed(string job, Exception e);

    [LoggerMessage(LogLevel.Warning, "{Job} failed {Times} times running: {Reason}")]
    private partial void LogFailedAgain(string job, int times, string reason);
}
