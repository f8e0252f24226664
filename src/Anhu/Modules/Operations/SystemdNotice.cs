using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace Anhu.Modules.Operations;

/// <summary>
/// Tells systemd, where it started the program, when it serves and when it stops, and that it is alive: a program that hangs is
/// started anew. A store that is away is no reason to: the program waits for it.
/// </summary>
internal sealed class SystemdNotice(IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private readonly SystemdNotifier systemd = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!systemd.IsEnabled)
        {
            return;
        }

        lifetime.ApplicationStarted.Register(() => systemd.Notify(ServiceState.Ready));
        lifetime.ApplicationStopping.Register(() => systemd.Notify(ServiceState.Stopping));
        if (!long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var microseconds) || microseconds <= 0)
        {
            return;
        }

        // Three times in the span: one that comes late does no harm.
        using var timer = new PeriodicTimer(TimeSpan.FromMicroseconds(microseconds / 3.0), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                systemd.Notify(new ServiceState("WATCHDOG=1"));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops.
        }
    }
}
