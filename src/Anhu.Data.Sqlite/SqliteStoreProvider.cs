using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Anhu.Data.Sqlite;

/// <summary>A city in one SQLite file.</summary>
public sealed class SqliteStoreProvider : IStoreProvider
{
    private readonly ConditionalWeakTable<DbConnection, Dictionary<IEntityType, PreparedInsert>> prepared = [];

    /// <inheritdoc />
    public void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlite(connectionString, sqlite => sqlite.MigrationsAssembly(typeof(SqliteStoreProvider).Assembly.GetName().Name))
            .AddInterceptors(PragmaInterceptor.Instance);

    /// <inheritdoc />
    public Task InsertAsync(AnhuDbContext db, IReadOnlyList<IReadOnlyList<object>> rows, CancellationToken ct)
    {
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        var transaction = (SqliteTransaction)db.Database.CurrentTransaction!.GetDbTransaction();
        if (!prepared.TryGetValue(connection, out var statements))
        {
            statements = [];
            prepared.Add(connection, statements);
            connection.StateChange += Forget;
        }

        foreach (var list in rows)
        {
            if (list.Count == 0)
            {
                continue;
            }

            var type = db.Model.FindEntityType(list[0].GetType())!;
            if (!statements.TryGetValue(type, out var insert))
            {
                insert = new PreparedInsert(connection, type);
                statements.Add(type, insert);
            }

            insert.Run(transaction, list);
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// A statement belongs to the database handle that was open when it was prepared. The connection may come back with
    /// another one from the pool, and would go on writing through the old one, outside of the transaction.
    /// </summary>
    private void Forget(object sender, StateChangeEventArgs e)
    {
        if (e.CurrentState == ConnectionState.Closed)
        {
            var connection = (SqliteConnection)sender;
            connection.StateChange -= Forget;
            prepared.Remove(connection);
        }
    }

    /// <inheritdoc />
    public Task InsertValuesAsync(AnhuDbContext db, IEntityType type, IReadOnlyList<object?[]> rows, CancellationToken ct)
    {
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        using var insert = new PreparedInsert(connection, type);
        insert.Run((SqliteTransaction)db.Database.CurrentTransaction!.GetDbTransaction(), rows);
        return Task.CompletedTask;
    }

    /// <summary>SQLite counts on from the highest number by itself.</summary>
    /// <inheritdoc />
    public Task ContinueNumbersAsync(AnhuDbContext db, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc />
    public bool IsTransient(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException) is { SqliteErrorCode: 5 or 6 };

    /// <inheritdoc />
    public bool IsConstraint(Exception exception) =>
        (exception as SqliteException ?? exception.InnerException as SqliteException) is { SqliteErrorCode: 19 };

    /// <summary>One prepared INSERT per table and connection: compiling it anew costs more than running it.</summary>
    private sealed class PreparedInsert : IDisposable
    {
        private readonly SqliteCommand command;
        private readonly Func<object, object?>[] getters;

        public PreparedInsert(SqliteConnection connection, IEntityType type)
        {
            var table = type.GetTableName()!;
            var properties = type.GetProperties().ToArray();
            var store = StoreObjectIdentifier.Table(table);
            command = connection.CreateCommand();
            command.CommandText =
                $"INSERT INTO \"{table}\" ({string.Join(", ", properties.Select(p => $"\"{p.GetColumnName(store)}\""))}) " +
                $"VALUES ({string.Join(", ", properties.Select((_, i) => $"@p{i}"))})" +
                (type.FindAnnotation(StoreAnnotations.Repeatable) is null ? "" : " ON CONFLICT DO NOTHING");
            getters = new Func<object, object?>[properties.Length];
            for (var i = 0; i < properties.Length; i++)
            {
                getters[i] = Getter(properties[i]);
                command.Parameters.Add(new SqliteParameter { ParameterName = $"@p{i}" });
            }
        }

        public void Run(SqliteTransaction transaction, IReadOnlyList<object> rows)
        {
            command.Transaction = transaction;
            foreach (var row in rows)
            {
                for (var i = 0; i < getters.Length; i++)
                {
                    command.Parameters[i].Value = getters[i](row) ?? DBNull.Value;
                }

                command.ExecuteNonQuery();
            }
        }

        public void Run(SqliteTransaction transaction, IReadOnlyList<object?[]> rows)
        {
            command.Transaction = transaction;
            foreach (var row in rows)
            {
                for (var i = 0; i < row.Length; i++)
                {
                    command.Parameters[i].Value = row[i] ?? DBNull.Value;
                }

                command.ExecuteNonQuery();
            }
        }

        public void Dispose() => command.Dispose();

        private static Func<object, object?> Getter(IProperty property)
        {
            if (property.IsShadowProperty())
            {
                return _ => throw new InvalidOperationException($"{property.Name} has no member to read.");
            }

            var getter = property.GetGetter();
            var converter = property.GetTypeMapping().Converter;
            return converter is null ? getter.GetClrValue : row => getter.GetClrValue(row) is { } value ? converter.ConvertToProvider(value) : null;
        }
    }
}

/// <summary>Settings of each connection: an acknowledged alarm survives a power cut, references hold.</summary>
internal sealed class PragmaInterceptor : DbConnectionInterceptor
{
    public static PragmaInterceptor Instance { get; } = new();

    private const string Pragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=15000; " +
        "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Run(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Run(connection);
        return Task.CompletedTask;
    }

    private static void Run(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }
}
