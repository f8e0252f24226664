using Anhu.Jobs;
using Anhu.Modules.Work;

namespace Anhu.Modules.Duties;

/// <summary>Marks and escalates what is late, every few seconds.</summary>
internal sealed class DeadlineJob(DeadlineWork work, TimeProvider time, ILogger<DeadlineJob> logger) : PeriodicJob(TimeSpan.FromSeconds(10), time, logger)
{
    protected override Task RunAsync(CancellationToken ct) => work.RunAsync(ct);
}
