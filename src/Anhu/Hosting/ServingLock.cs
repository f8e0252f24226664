using Anhu.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Anhu.Hosting;

/// <summary>The store is in use by another program that must be alone on it, or that must be stopped first. Ends the program with exit code 1.</summary>
/// <param name="message">What to tell the operator.</param>
public sealed class StoreInUseException(string message) : IOException(message);

/// <summary>
/// Who serves a store, so that nothing is restored under a running platform and one file is served once. Held by the
/// process: a file lock beside the SQLite file, an advisory lock of a connection of its own on PostgreSQL; both end with it.
/// </summary>
public sealed class ServingLock(CityStore store) : IAsyncDisposable
{
    private const string Served =
        "This store is being served by a running anhu. Stop it first (it ends cleanly on SIGTERM), then try again.";

    private const string Restored = "A backup is being restored into this store. Start again when that has ended.";

    /// <summary>Any number of our own; the second one tells the schemas of a database apart.</summary>
    private const int Class = 0x414E4855;

    private FileStream? file;
    private NpgsqlConnection? connection;
    private bool serves;

    /// <summary>Says that this process serves the store: alone on SQLite, with other nodes on PostgreSQL.</summary>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StoreInUseException">The file is served already, or a restore is running.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be reached.</exception>
    public async Task ServeAsync(CancellationToken ct)
    {
        if (!await TakeAsync("pg_try_advisory_lock_shared", ct))
        {
            throw new StoreInUseException(store.Kind == StoreKind.Sqlite ? Served : Restored);
        }

        serves = true;
    }

    /// <summary>Says that this process must be alone on the store.</summary>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StoreInUseException">It is served.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be reached.</exception>
    public async Task BeAloneAsync(CancellationToken ct)
    {
        if (!await TakeAsync("pg_try_advisory_lock", ct))
        {
            throw new StoreInUseException(Served);
        }
    }

    /// <summary>Takes the lock again where its connection was lost with the database's restart.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when a restore has taken the store meanwhile: this process must end.</returns>
    internal async Task<bool> KeepAsync(CancellationToken ct)
    {
        if (!serves || connection is null)
        {
            return true;
        }

        try
        {
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(ct);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException && !ct.IsCancellationRequested)
        {
            await connection.DisposeAsync();
            try
            {
                return await TakeAsync("pg_try_advisory_lock_shared", ct);
            }
            catch (StoreUnavailableException)
            {
                // Still away; others say so.
                return true;
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (file is not null)
        {
            await file.DisposeAsync();
        }

        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<bool> TakeAsync(string function, CancellationToken ct)
    {
        if (store.Kind == StoreKind.Sqlite)
        {
            var folder = Path.GetDirectoryName(new SqliteConnectionStringBuilder(store.ConnectionString).DataSource)!;
            try
            {
                file = new FileStream(Path.Combine(folder, "serving.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
            {
                return false;
            }
        }

        try
        {
            connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(store.ConnectionString) { Pooling = false, KeepAlive = 30 }.ToString());
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand($"SELECT {function}($1, hashtext(coalesce(current_schema(), '')))", connection)
            {
                Parameters = { new NpgsqlParameter<int> { TypedValue = Class } },
            };
            return (bool)(await command.ExecuteScalarAsync(ct))!;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new StoreUnavailableException($"The store can't be reached: {e.GetBaseException().Message}", e);
        }
    }
}
