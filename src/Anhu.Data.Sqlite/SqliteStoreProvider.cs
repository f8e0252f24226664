using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using SQLitePCL;

namespace Anhu.Data.Sqlite;

/// <summary>A city in one SQLite file.</summary>
public sealed class SqliteStoreProvider : IStoreProvider
{
    /// <summary>By the native connection, which the pool keeps while the managed one comes and goes.</summary>
    private readonly ConditionalWeakTable<sqlite3, Dictionary<IEntityType, PreparedInsert>> prepared = [];

    /// <inheritdoc />
    public void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlite(connectionString, sqlite => sqlite.MigrationsAssembly(typeof(SqliteStoreProvider).Assembly.GetName().Name))
            .AddInterceptors(PragmaInterceptor.Instance);

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
                insert = new PreparedInsert(handle, type);
                statements.Add(type, insert);
            }

            insert.Run(list);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task InsertValuesAsync(AnhuDbContext db, IEntityType type, IReadOnlyList<object?[]> rows, CancellationToken ct)
    {
        using var insert = new PreparedInsert(((SqliteConnection)db.Database.GetDbConnection()).Handle!, type);
        insert.Run(rows);
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

    /// <summary>One prepared INSERT per table and connection. Straight on the native statement: looking up parameters by name and wrapping each row in a reader costs as much as the insert.</summary>
    private sealed class PreparedInsert : IDisposable
    {
        private readonly sqlite3 connection;
        private readonly sqlite3_stmt statement;
        private readonly Func<object, object?>[] getters;

        public PreparedInsert(sqlite3 connection, IEntityType type)
        {
            this.connection = connection;
            var table = type.GetTableName()!;
            var properties = type.GetProperties().ToArray();
            var store = StoreObjectIdentifier.Table(table);
            Check(raw.sqlite3_prepare_v2(
                connection,
                $"INSERT INTO \"{table}\" ({string.Join(", ", properties.Select(p => $"\"{p.GetColumnName(store)}\""))}) " +
                $"VALUES ({string.Join(", ", properties.Select(_ => "?"))})" +
                (type.FindAnnotation(StoreAnnotations.Repeatable) is null ? "" : " ON CONFLICT DO NOTHING"),
                out statement));
            getters = new Func<object, object?>[properties.Length];
            for (var i = 0; i < properties.Length; i++)
            {
                getters[i] = Getter(properties[i]);
            }
        }

        public void Run(IReadOnlyList<object> rows)
        {
            foreach (var row in rows)
            {
                for (var i = 0; i < getters.Length; i++)
                {
                    Check(Bind(i + 1, getters[i](row)));
                }

                Step();
            }
        }

        public void Run(IReadOnlyList<object?[]> rows)
        {
            foreach (var row in rows)
            {
                for (var i = 0; i < row.Length; i++)
                {
                    Check(Bind(i + 1, row[i]));
                }

                Step();
            }
        }

        public void Dispose() => statement.Dispose();

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

        private void Step()
        {
            var result = raw.sqlite3_step(statement);
            raw.sqlite3_reset(statement);
            if (result != raw.SQLITE_DONE)
            {
                Check(result);
            }
        }

        /// <summary>The forms that EF's SQLite provider writes.</summary>
        private int Bind(int index, object? value) => value switch
        {
            null => raw.sqlite3_bind_null(statement, index),
            string text => raw.sqlite3_bind_text(statement, index, text),
            Guid id => raw.sqlite3_bind_text(statement, index, id.ToString("D").ToUpperInvariant()),
            long number => raw.sqlite3_bind_int64(statement, index, number),
            int number => raw.sqlite3_bind_int64(statement, index, number),
            bool flag => raw.sqlite3_bind_int64(statement, index, flag ? 1 : 0),
            double number => raw.sqlite3_bind_double(statement, index, number),
            byte[] bytes => raw.sqlite3_bind_blob(statement, index, bytes),
            DateOnly date => raw.sqlite3_bind_text(statement, index, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            TimeOnly time => raw.sqlite3_bind_text(statement, index, time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "HH:mm:ss" : "HH:mm:ss.fffffff", CultureInfo.InvariantCulture)),
            DateTime instant => raw.sqlite3_bind_text(statement, index, instant.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)),
            _ => throw new NotSupportedException($"A {value.GetType().Name} has no form on SQLite."),
        };

        private void Check(int result)
        {
            if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
            {
                throw new SqliteException(raw.sqlite3_errmsg(connection).utf8_to_string(), result, raw.sqlite3_extended_errcode(connection));
            }
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
