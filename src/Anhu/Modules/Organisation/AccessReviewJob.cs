using Anhu.Jobs;

namespace Anhu.Modules.Organisation;

/// <summary>Once an hour, looks whose roles and unit nobody has confirmed.</summary>
internal sealed class AccessReviewJob(AccessReviews reviews, TimeProvider time, ILogger<AccessReviewJob> logger) : PeriodicJob(TimeSpan.FromHours(1), time, logger)
{
    /// <inheritdoc />
    protected override Task RunAsync(CancellationToken ct) => reviews.FollowAsync(ct);
}
