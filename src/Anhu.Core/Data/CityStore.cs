using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Anhu.Data;

/// <summary>Which database a city runs on.</summary>
public enum StoreKind
{
    /// <summary>One file.</summary>
    Sqlite,

    /// <summary>One schema of a PostgreSQL server.</summary>
    Postgres,
}

/// <summary>The one store of a city, open: what kind it is, who may write now, and who wants to hear of new events.</summary>
public sealed class CityStore(StoreKind kind, string connectionString, IStoreProvider provider) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Kind of database.</summary>
    public StoreKind Kind { get; } = kind;

    /// <summary>Connection string. May hold a password: never logged.</summary>
    public string ConnectionString { get; } = connectionString;

    /// <summary>What differs between databases.</summary>
    public IStoreProvider Provider { get; } = provider;

    /// <summary>Waits for the right to write. SQLite has one writer: waiting here, unlike in the database, blocks no thread. PostgreSQL orders writers by the timeline's head row.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>Dispose it to let the next writer in.</returns>
    public async ValueTask<WriteTurn> EnterAsync(CancellationToken ct)
    {
        if (Kind != StoreKind.Sqlite)
        {
            return default;
        }

        await gate.WaitAsync(ct);
        return new WriteTurn(gate);
    }

    /// <summary>The same for the few callers that cannot await (data protection keys).</summary>
    public WriteTurn Enter()
    {
        if (Kind != StoreKind.Sqlite)
        {
            return default;
        }

        gate.Wait();
        return new WriteTurn(gate);
    }

    /// <summary>Tells those who follow the timeline that something was committed. A hint: polling is the truth.</summary>
    public void SignalChange() =>
        Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Completes at the next <see cref="SignalChange"/>. Take it before reading, await it after.</summary>
    public Task NextChange => Volatile.Read(ref changed).Task;

    /// <summary>Whether a failure came of a store that does not answer now, rather than of a fault.</summary>
    /// <param name="exception">What was thrown.</param>
    public bool IsAway(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (Provider.IsTransient(e) || Provider.IsFull(e) || e is TimeoutException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Closes what was kept open. The gate stays: a writer that the end of the program overtakes still gives his turn back.</summary>
    public void Dispose() => Provider.Dispose();
}

/// <summary>The right to write, until disposed.</summary>
public readonly struct WriteTurn(SemaphoreSlim? gate) : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => gate?.Release();
}

/// <summary>Names of annotations that the providers read off the model.</summary>
public static class StoreAnnotations
{
    /// <summary>On a table: a row that is there already is passed over by bulk inserts.</summary>
    public const string Repeatable = "Anhu:Repeatable";

    /// <summary>On a table of small rows: they lie in the tree of their key where the database can do that.</summary>
    public const string Clustered = "Anhu:Clustered";

    /// <summary>On a property: kept sealed (<see cref="Sealing"/>); its value is whether it is strict.</summary>
    public const string Sealed = "Anhu:Sealed";
}

/// <summary>What differs between databases; one implementation each. Disposed when nobody uses the store any more: closes what it kept open.</summary>
public interface IStoreProvider : IDisposable
{
    /// <summary>Sets the provider and its migrations on a context.</summary>
    /// <param name="options">The builder.</param>
    /// <param name="connectionString">The connection string.</param>
    void Configure(DbContextOptionsBuilder options, string connectionString);

    /// <summary>A connection with the settings that the store needs, not open yet.</summary>
    /// <param name="connectionString">The connection string.</param>
    System.Data.Common.DbConnection Connect(string connectionString);

    /// <summary>False when there is no store at all, so that connecting would make an empty one.</summary>
    /// <param name="connectionString">The connection string.</param>
    bool Exists(string connectionString);

    /// <summary>Inserts many rows within the context's open transaction, past the change tracker.</summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="rows">Rows of any mapped types; those of one type stay in order, types go in the order in which they come first.</param>
    /// <param name="ct">Cancels.</param>
    Task InsertAsync(AnhuDbContext db, IReadOnlyList<IReadOnlyList<object>> rows, CancellationToken ct);

    /// <summary>Inserts many rows of one table within the context's open transaction, given by their values.</summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="type">The table's type in the model.</param>
    /// <param name="rows">Values as the database takes them (after the model's conversions), in the order of the type's properties.</param>
    /// <param name="ct">Cancels.</param>
    Task InsertValuesAsync(AnhuDbContext db, IEntityType type, IReadOnlyList<object?[]> rows, CancellationToken ct);

    /// <summary>Makes the numbers that the database gives out itself go on after those in the tables.</summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="ct">Cancels.</param>
    Task ContinueNumbersAsync(AnhuDbContext db, CancellationToken ct);

    /// <summary>Tells the database that all reads of the context's open transaction go by keys, so that it does not read whole tables while it has no statistics yet.</summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="ct">Cancels.</param>
    Task ReadByKeysAsync(AnhuDbContext db, CancellationToken ct);

    /// <summary>Does the database's housekeeping, so that writers need not. Called often while the program serves; cheap when nothing is due.</summary>
    /// <param name="store">The store.</param>
    /// <param name="ct">Cancels.</param>
    Task TendAsync(CityStore store, CancellationToken ct);

    /// <summary>True when the failure came of another writer, a lost connection or a restart, so that the whole unit of work may be tried again on a fresh connection (storage rule 9).</summary>
    /// <param name="exception">What was thrown.</param>
    bool IsTransient(Exception exception);

    /// <summary>True when there is no room to write.</summary>
    /// <param name="exception">What was thrown.</param>
    bool IsFull(Exception exception);

    /// <summary>True when the failure came of a table that is not there.</summary>
    /// <param name="exception">What was thrown.</param>
    bool IsMissingTable(Exception exception);

    /// <summary>True when a unique key or other constraint was violated.</summary>
    /// <param name="exception">What was thrown.</param>
    bool IsConstraint(Exception exception);
}
