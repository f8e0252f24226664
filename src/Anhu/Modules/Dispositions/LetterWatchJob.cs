using Anhu.Jobs;

namespace Anhu.Modules.Dispositions;

/// <summary>Follows the record for what has to do with warning letters: new violence while one runs, letters that were due and are missing.</summary>
internal sealed class LetterWatchJob(LetterWatch watch, TimeProvider time, ILogger<LetterWatchJob> logger) : PeriodicJob(TimeSpan.FromSeconds(2), time, logger)
{
    protected override Task RunAsync(CancellationToken ct) => watch.RunAsync(ct);
}
