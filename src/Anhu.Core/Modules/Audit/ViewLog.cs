using Anhu.Data;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
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

    /// <summary>Where this node's last commit left the chain; only the one writer uses it.</summary>
    private TimelineHead? known;

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
            var head = known;
            var (events, keys) = head is null ? default : db.Link<ViewEvent>(head, views);
            if (head is null || !await MoveHeadAsync(db, head, events[^1], ct))
            {
                // Another node has added views, or this is the first time: the row itself tells where the chain ends, and is held until the commit.
                head = await db.TakeHeadAsync(0, ct, Chain.Views);
                (events, keys) = db.Link<ViewEvent>(head, views);
                await MoveHeadAsync(db, head, events[^1], ct);
            }

            known = null;
            await store.Provider.InsertAsync(db, [events, keys], ct);
            await transaction.CommitAsync(CancellationToken.None);
            known = new TimelineHead { TimelineHeadId = head.TimelineHeadId, Sequence = events[^1].Sequence, Hash = events[^1].Hash, Algorithm = head.Algorithm };
        }

        return new bool[views.Count];
    }

    /// <summary>Moves the end of the chain on if it still is where it was; past EF Core, since it is the price of every page.</summary>
    private static async Task<bool> MoveHeadAsync(AnhuDbContext db, TimelineHead from, ViewEvent to, CancellationToken ct)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = "UPDATE timeline_head SET \"Sequence\" = @to, \"Hash\" = @hash WHERE \"TimelineHeadId\" = 2 AND \"Sequence\" = @from AND \"Hash\" = @was";
        foreach (var (name, value) in ((string, object)[])[("@to", to.Sequence), ("@hash", to.Hash), ("@from", from.Sequence), ("@was", from.Hash)])
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return await command.ExecuteNonQueryAsync(ct) == 1;
    }
}
