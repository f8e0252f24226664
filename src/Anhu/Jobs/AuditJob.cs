using Anhu.Modules.Audit;

namespace Anhu.Jobs;

/// <summary>Signs a checkpoint every hour and counts what was seen.</summary>
internal sealed class AuditJob(Checkpoints checkpoints, ViewDays days, TimeProvider time, ILogger<AuditJob> logger)
    : PeriodicJob(TimeSpan.FromMinutes(1), time, logger)
{
    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken ct)
    {
        await checkpoints.MakeDueAsync(ct);
        await days.CountAsync(ct);
    }
}
