using Anhu.Modules.KeyRotation;
using Anhu.Modules.Protection;

namespace Anhu.Jobs;

/// <summary>Takes over keys that another node or a command has rotated. By the machine's clock: it is about nodes, not about the city.</summary>
internal sealed class KeyKeeper(CityKeys keys, ILogger<KeyKeeper> logger) : PeriodicJob(TimeSpan.FromSeconds(5), TimeProvider.System, logger)
{
    /// <inheritdoc />
    protected override Task RunAsync(CancellationToken ct) => keys.RefreshAsync(ct);
}

/// <summary>Seals values of old generations anew.</summary>
internal sealed class ResealJob(Reseal reseal, ILogger<ResealJob> logger) : PeriodicJob(TimeSpan.FromSeconds(15), TimeProvider.System, logger)
{
    /// <inheritdoc />
    protected override Task RunAsync(CancellationToken ct) => reseal.RunAsync(null, ct);
}

/// <summary>Makes blind indexes anew after the index key was rotated.</summary>
internal sealed class ReindexJob(Reindex reindex, ILogger<ReindexJob> logger) : PeriodicJob(TimeSpan.FromSeconds(15), TimeProvider.System, logger)
{
    /// <inheritdoc />
    protected override Task RunAsync(CancellationToken ct) => reindex.RunAsync(null, ct);
}

/// <summary>Puts values of the store that could not be opened into the record.</summary>
internal sealed class RefusedValueJob(CheckSealed check, ILogger<RefusedValueJob> logger) : PeriodicJob(TimeSpan.FromSeconds(5), TimeProvider.System, logger)
{
    /// <inheritdoc />
    protected override Task RunAsync(CancellationToken ct) => check.RecordAsync(ct);
}
