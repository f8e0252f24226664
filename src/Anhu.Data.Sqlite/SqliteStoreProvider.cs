using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using SQLitePCL;

namespace Anhu.Data.Sqlite;

/// <summary>A city in one SQLite file.</summary>
public sealed class SqliteStoreProvider : IStoreProvider
{
    /// <summary>By the native connection, which the pool keeps while the managed one comes and goes.</summary>
    private readonly ConditionalWeakTable<sqlite3, Dictionary<IEntityType, PreparedInsert>> prepared = [];

    private readonly ConcurrentDictionary<IEntityType, Action<PreparedInsert, object>> binders = new();
    private readonly KeptStatements kept = new();

    /// <summary>Pages in the log from which on it should start anew, 16 MiB.</summary>
    private const int LongLog = 4096;

    /// <summary>Pages that are copied in a few milliseconds.</summary>
    private const int ShortRest = 1024;

    /// <inheritdoc />
    [SuppressMessage("Usage", "EF1001:Internal EF Core API usage.", Justification = "See KeptConnection.")]
    public void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlite(connectionString, sqlite => sqlite
                .MigrationsAssembly(typeof(SqliteStoreProvider).Assembly.GetName().Name)
                .UseParameterizedCollectionMode(ParameterTranslationMode.Parameter))
            .ReplaceService<IMigrationsSqlGenerator, ClusteringSqlGenerator>()
            .ReplaceService<IQuerySqlGeneratorFactory, RowQuerySqlGeneratorFactory>()
            .ReplaceService<ISqliteRelationalConnection, KeptConnection>()
            .AddInterceptors(PragmaInterceptor.Instance, kept);

    /// <inheritdoc />
    public DbConnection Connect(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        connection.StateChange += static (sender, change) =>
        {
            if (change.CurrentState == System.Data.ConnectionState.Open)
            {
                PragmaInterceptor.Instance.Set((SqliteConnection)sender);
            }
        };
        return connection;
    }

    /// <inheritdoc />
    public bool Exists(string connectionString) => File.Exists(new SqliteConnectionStringBuilder(connectionString).DataSource);

    /// <inheritdoc />
    public bool IsMissingTable(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: 1 } && exception.Message.Contains("no such table", StringComparison.Ordinal);

    /// <inheritdoc />
    public Task InsertAsync(AnhuDbContext db, IReadOnlyList<IReadOnlyList<object>> rows, CancellationToken ct)
    {
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("Bulk inserts go into an open transaction.");
        }

        var handle = connection.Handle!;
        var statements = prepared.GetOrCreateValue(handle);
        foreach (var list in rows)
        {
            if (list.Count == 0)
            {
                continue;
            }

            var type = db.Model.FindEntityType(list[0].GetType())!;
            if (!statements.TryGetValue(type, out var insert))
            {
                insert = new PreparedInsert(handle, type, binders.GetOrAdd(type, PreparedInsert.Binder));
                statements.Add(type, insert);
            }

            insert.Run(list);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task InsertValuesAsync(AnhuDbContext db, IEntityType type, IReadOnlyList<object?[]> rows, CancellationToken ct)
    {
        using var insert = new PreparedInsert(((SqliteConnection)db.Database.GetDbConnection()).Handle!, type, static (_, _) => throw new InvalidOperationException("Values are given, not rows."));
        insert.Run(rows);
        return Task.CompletedTask;
    }

    /// <summary>SQLite counts on from the highest number by itself.</summary>
    /// <inheritdoc />
    public Task ContinueNumbersAsync(AnhuDbContext db, CancellationToken ct) => Task.CompletedTask;

    /// <summary>SQLite prefers keys by itself.</summary>
    /// <inheritdoc />
    public Task ReadByKeysAsync(AnhuDbContext db, CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// Copies the write-ahead log into the file beside the writers, not within their commits. While they write the log never
    /// ends, so when it has grown long and little is left to copy, that last piece is copied with the writers held: then the log starts anew.
    /// </summary>
    /// <inheritdoc />
    public async Task TendAsync(CityStore store, CancellationToken ct)
    {
        await using var connection = new SqliteConnection(store.ConnectionString);
        await connection.OpenAsync(ct);
        PragmaInterceptor.Instance.Set(connection);
        for (var round = 0; round < 8; round++)
        {
            var left = Checkpoint(connection, out var length);
            if (length < LongLog || left == 0)
            {
                return;
            }

            if (left < ShortRest || round == 6)
            {
                using (await store.EnterAsync(ct))
                {
                    Checkpoint(connection, out _);
                }

                return;
            }
        }
    }

    /// <inheritdoc />
    public bool IsTransient(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException) is { SqliteErrorCode: 5 or 6 };

    /// <inheritdoc />
    public bool IsFull(Exception exception) => exception is SqliteException { SqliteErrorCode: 13 };

    /// <inheritdoc />
    public bool IsConstraint(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException) is { SqliteErrorCode: 19 };

    /// <inheritdoc />
    public void Dispose() => kept.Dispose();

    /// <summary>Copies what no reader holds back.</summary>
    /// <returns>Pages of the log not copied yet.</returns>
    private static int Checkpoint(SqliteConnection connection, out int length)
    {
        _ = raw.sqlite3_wal_checkpoint_v2(connection.Handle!, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out length, out var copied);
        return length - copied;
    }
}

/// <summary>Settings of each connection: an acknowledged alarm survives a power cut, references hold.</summary>
internal sealed class PragmaInterceptor : DbConnectionInterceptor
{
    public static PragmaInterceptor Instance { get; } = new();

    private readonly ConditionalWeakTable<sqlite3, object> set = [];

    private const string Pragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=15000; " +
        "PRAGMA wal_autocheckpoint=16384; PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set(connection);
        return Task.CompletedTask;
    }

    public void Set(DbConnection connection)
    {
        // The pool keeps the native connection and with it its settings.
        if (!set.TryAdd(((SqliteConnection)connection).Handle!, this))
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }
}
