using Anhu.Data;

namespace Anhu.Jobs;

/// <summary>Keeps the store in order after it was written to. Housekeeping of the machine, by the machine's clock.</summary>
internal sealed class StoreKeeper(CityStore store, ILogger<StoreKeeper> logger) : PeriodicJob(TimeSpan.FromMilliseconds(250), TimeProvider.System, logger)
{
    private Task changed = Task.CompletedTask;

    /// <inheritdoc />
    protected override Task RunAsync(CancellationToken ct)
    {
        if (!changed.IsCompleted)
        {
            return Task.CompletedTask;
        }

        changed = store.NextChange;
        return store.Provider.TendAsync(store, ct);
    }
}
