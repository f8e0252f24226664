using Anhu.Data;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Audit;

/// <summary>Bounds of the log of views.</summary>
public sealed record ViewLogOptions : GroupCommitOptions;

/// <summary>What was asked for can't be shown now, because that it was shown could not be recorded.</summary>
/// <param name="retryAfter">When to come again.</param>
/// <param name="inner">Why.</param>
public sealed class ViewNotRecordedException(TimeSpan retryAfter, Exception? inner = null)
    : Exception("The view could not be recorded, so nothing was shown.", inner ?? new TimeoutException("Too many views wait to be recorded."))
{
    /// <summary>When to come again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>
/// Records who saw what (查阅记录) in a chain of its own, durably and before it is shown. Those who look at the same moment share one transaction, and a
/// page records while it reads, so that looking is hardly slower.
/// </summary>
public sealed class ViewLog : IAsyncDisposable
{
    private readonly IDbContextFactory<AnhuDbContext> contexts;
    private readonly GroupCommit<(PendingEvent Fact, Actor Actor), bool> door;

    /// <summary>Makes the log; its writer starts with the first view.</summary>
    public ViewLog(IDbContextFactory<AnhuDbContext> contexts, CityStore store, TimeProvider time, ILogger<ViewLog> logger, ViewLogOptions options)
    {
        this.contexts = contexts;
        door = new GroupCommit<(PendingEvent, Actor), bool>(
            new GroupCommitWork<(PendingEvent, Actor), bool> { Name = "views", Write = WriteAsync, Refusal = static (after, e) => new ViewNotRecordedException(after, e) },
            options, store, time, logger);
    }

    /// <summary>Records a view. The task ends when it is on disk.</summary>
    /// <param name="fact">What was seen (<see cref="ViewTypes"/>).</param>
    /// <param name="actor">By whom.</param>
    /// <exception cref="ViewNotRecordedException">It could not be recorded: then nothing may be shown.</exception>
    public Task RecordAsync(PendingEvent fact, Actor actor) =>
        door.TrySubmit((fact, actor)) ?? Task.FromException(new ViewNotRecordedException(TimeSpan.FromSeconds(1)));

    /// <inheritdoc />
    public ValueTask DisposeAsync() => door.DisposeAsync();

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<(PendingEvent Fact, Actor Actor)> views, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var store = db.Store;
        using (await store.EnterAsync(ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var head = await db.TakeHeadAsync(views.Count, ct, Chain.Views);
            var (events, keys) = db.Link<ViewEvent>(head, views);
            await store.Provider.InsertAsync(db, [events, keys], ct);
            await db.SetHeadHashAsync(events[^1].Hash, ct, Chain.Views);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return new bool[views.Count];
    }
}
