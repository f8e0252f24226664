using Anhu.Jobs;

namespace Anhu.Modules.Measures;

/// <summary>Reminds of measures that lapse and ends those that have, every few seconds.</summary>
internal sealed class MeasureJob(MeasureTimes times, TimeProvider time, ILogger<MeasureJob> logger) : PeriodicJob(TimeSpan.FromSeconds(15), time, logger)
{
    protected override Task RunAsync(CancellationToken ct) => times.RunAsync(ct);
}
