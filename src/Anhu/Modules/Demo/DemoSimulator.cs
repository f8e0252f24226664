using Anhu.Modules.Alarms;
using Anhu.Modules.Intake;

namespace Anhu.Modules.Demo;

/// <summary>Keeps a demo alive while the program runs.</summary>
internal sealed partial class DemoSimulator(DemoLife life, TimeProvider time, ILogger<DemoSimulator> logger) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var rest = First; ;)
            {
                await Task.Delay(rest, time, stoppingToken);
                try
                {
                    rest = await life.StepAsync(stoppingToken);
                }
                catch (IntakeUnavailableException e)
                {
                    rest = e.RetryAfter;
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(e);
                    rest = AfterFailure;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    [LoggerMessage(LogLevel.Error, "The demo's next event failed; it goes on")]
    private partial void LogFailed(Exception e);
}
