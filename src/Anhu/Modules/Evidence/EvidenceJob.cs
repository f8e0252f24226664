using Anhu.Jobs;

namespace Anhu.Modules.Evidence;

/// <summary>Takes away files that never came whole.</summary>
internal sealed class EvidenceJob(ReceiveEvidenceHandler handler, TimeProvider time, ILogger<EvidenceJob> logger) : PeriodicJob(TimeSpan.FromHours(6), time, logger)
{
    protected override Task RunAsync(CancellationToken ct) => handler.ForgetUnfinishedAsync(ct);
}
