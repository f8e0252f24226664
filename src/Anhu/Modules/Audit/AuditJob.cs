using Anhu.Jobs;

namespace Anhu.Modules.Audit;

/// <summary>Signs checkpoints, takes them out of the store where the city says to where, and counts what was seen.</summary>
internal sealed class AuditJob(Checkpoints checkpoints, CheckpointPublisher publisher, ViewDays days, TimeProvider time, ILogger<AuditJob> logger)
    : PeriodicJob(TimeSpan.FromMinutes(1), time, logger)
{
    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken ct)
    {
        await checkpoints.MakeDueAsync(publisher.IsOn ? Checkpoints.PublishedInterval : Checkpoints.Interval, ct);
        await publisher.RunAsync(ct);
        await days.CountAsync(ct);
    }
}
