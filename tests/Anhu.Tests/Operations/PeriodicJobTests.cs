using Anhu.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anhu.Tests.Operations;

/// <summary>Jobs that run again and again.</summary>
[Trait("Store", "none")]
public sealed class PeriodicJobTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A program that stops closes its services while work may still be under way: that is no fault, and nobody is told of one.</summary>
    [Fact]
    public async Task WorkThatMeetsAClosedService_WhenTheProgramStops_EndsQuietly()
    {
        using var job = new Job();
        await job.StartAsync(Ct);
        await job.Began.Task.WaitAsync(Ct);

        await job.StopAsync(Ct);

        Assert.True(job.ExecuteTask!.IsCompletedSuccessfully);
    }

    private sealed class Job() : PeriodicJob(TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance)
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task RunAsync(CancellationToken ct)
        {
            Began.SetResult();
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new ObjectDisposedException("a service");
        }
    }
}
