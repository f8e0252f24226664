using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Anhu.Data.Postgres;

/// <summary>A city in one schema of a PostgreSQL server.</summary>
public sealed class PostgresStoreProvider : IStoreProvider
{
    private readonly ConcurrentDictionary<IEntityType, ColumnInsert> inserts = new();
    private long nextLook;

    /// <inheritdoc />
    public void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseNpgsql(connectionString, pg => pg.MigrationsAssembly(typeof(PostgresStoreProvider).Assembly.GetName().Name))
            .ReplaceService<IQuerySqlGeneratorFactory, RowQuerySqlGeneratorFactory>();

    /// <inheritdoc />
    public System.Data.Common.DbConnection Connect(string connectionString) => new NpgsqlConnection(connectionString);

    /// <inheritdoc />
    public bool Exists(string connectionString) => true;

    /// <inheritdoc />
    public bool IsMissingTable(Exception exception) => exception is PostgresException { SqlState: "42P01" };

    /// <inheritdoc />
    public async Task InsertAsync(AnhuDbContext db, IReadOnlyList<IReadOnlyList<object>> rows, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction());
        foreach (var list in rows)
        {
            if (list.Count > 0)
            {
                var type = db.Model.FindEntityType(list[0].GetType())!;
                batch.BatchCommands.Add(inserts.GetOrAdd(type, static t => new ColumnInsert(t)).Command(list));
            }
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    /// <inheritdoc />
    public async Task InsertValuesAsync(AnhuDbContext db, IEntityType type, IReadOnlyList<object?[]> rows, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction());
        batch.BatchCommands.Add(inserts.GetOrAdd(type, static t => new ColumnInsert(t)).Command(rows));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <inheritdoc />
    public async Task ContinueNumbersAsync(AnhuDbContext db, CancellationToken ct)
    {
        var numbered = db.Model.GetEntityTypes().SelectMany(t => t.GetProperties())
            .Where(p => p.GetValueGenerationStrategy() == NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
        foreach (var property in numbered)
        {
            var table = property.DeclaringType.GetTableName()!;
            var column = property.GetColumnName(StoreObjectIdentifier.Table(table))!;
            await using var command = new NpgsqlCommand(
                $"SELECT setval(pg_get_serial_sequence($1, $2), COALESCE(MAX(\"{column}\"), 0) + 1, false) FROM \"{table}\"",
                (NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction())
            {
                Parameters = { new NpgsqlParameter { Value = $"\"{table}\"" }, new NpgsqlParameter { Value = column } },
            };
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <inheritdoc />
    public Task ReadByKeysAsync(AnhuDbContext db, CancellationToken ct) => db.Database.ExecuteSqlRawAsync("SET LOCAL enable_seqscan = off", ct);

    /// <summary>
    /// The server keeps itself in order, but looks at a new table only after a minute: a city that is being filled would read whole tables until then.
    /// </summary>
    /// <inheritdoc />
    public async Task TendAsync(CityStore store, CancellationToken ct)
    {
        if (Environment.TickCount64 < nextLook)
        {
            return;
        }

        nextLook = Environment.TickCount64 + (long)TimeSpan.FromSeconds(5).TotalMilliseconds;
        await using var connection = new NpgsqlConnection(store.ConnectionString);
        await connection.OpenAsync(ct);
        var tables = new List<string>();
        await using (var look = new NpgsqlCommand(
            "SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema() AND n_live_tup > 1000 AND last_analyze IS NULL AND last_autoanalyze IS NULL", connection))
        await using (var reader = await look.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                tables.Add(reader.GetString(0));
            }
        }

        foreach (var table in tables)
        {
            await using var analyze = new NpgsqlCommand($"ANALYZE \"{table}\"", connection);
            await analyze.ExecuteNonQueryAsync(ct);
        }
    }

    /// <inheritdoc />
    public bool IsTransient(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case PostgresException { SqlState: "40001" or "40P01" or "55P03" or "XX000" }:
                case PostgresException pg when pg.SqlState.StartsWith("08", StringComparison.Ordinal) || pg.SqlState.StartsWith("57P", StringComparison.Ordinal):
                case NpgsqlException { IsTransient: true }:
                case NpgsqlException { InnerException: IOException or System.Net.Sockets.SocketException or TimeoutException }:
                    return true;
            }
        }

        return false;
    }

    /// <inheritdoc />
    public bool IsFull(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.DiskFull };

    /// <inheritdoc />
    public bool IsConstraint(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException) is { SqlState: "23505" or "23503" };

    /// <summary>Keeps nothing open: connections go back to their pool.</summary>
    public void Dispose()
    {
    }

    /// <summary>INSERT … SELECT FROM unnest(columns): all rows of a table in one statement whose text never changes, so that it stays prepared, and all tables in one round trip.</summary>
    private sealed class ColumnInsert
    {
        private readonly string sql;
        private readonly Column[] columns;

        public ColumnInsert(IEntityType type)
        {
            var table = type.GetTableName()!;
            var store = StoreObjectIdentifier.Table(table);
            columns = [.. type.GetProperties().Select(p => new Column(p, store))];
            var names = string.Join(", ", columns.Select(c => $"\"{c.Name}\""));
            sql = $"INSERT INTO \"{table}\" ({names}) SELECT {string.Join(", ", columns.Select(c => c.Selected))} " +
                $"FROM unnest({string.Join(", ", columns.Select((c, i) => $"${i + 1}::{c.SentType}[]"))}) AS row ({names})" +
                (type.FindAnnotation(StoreAnnotations.Repeatable) is null ? "" : " ON CONFLICT DO NOTHING");
        }

        public NpgsqlBatchCommand Command(IReadOnlyList<object> rows) => Command(rows.Count, column => column.ValuesOf(rows));

        public NpgsqlBatchCommand Command(IReadOnlyList<object?[]> rows)
        {
            var index = columns.Select((c, i) => (c, i)).ToDictionary(c => c.c, c => c.i);
            return Command(rows.Count, column => i => rows[i][index[column]]);
        }

        private NpgsqlBatchCommand Command(int count, Func<Column, Func<int, object?>> values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var column in columns)
            {
                command.Parameters.Add(column.Parameter(count, values(column)));
            }

            return command;
        }
    }

    private sealed class Column
    {
        private readonly Func<object, object?> get;
        private readonly Type element;
        private readonly bool isList;
        private readonly IProperty? sealedProperty;

        public Column(IProperty property, StoreObjectIdentifier store)
        {
            var mapping = property.GetRelationalTypeMapping();
            var converter = mapping.Converter;
            var storeType = mapping.StoreTypeNameBase;
            Name = property.GetColumnName(store)!;
            sealedProperty = mapping.SealedColumnOf() is null ? null : property;
            isList = storeType.EndsWith("[]", StringComparison.Ordinal);

            // unnest takes lists within lists apart: a list goes as its text.
            SentType = isList || storeType == "character varying" ? "text" : storeType;
            Selected = isList ? $"\"{Name}\"::{storeType}" : $"\"{Name}\"";
            get = Getter(property, converter);
            var type = Nullable.GetUnderlyingType(converter?.ProviderClrType ?? property.ClrType) ?? converter?.ProviderClrType ?? property.ClrType;
            element = isList ? typeof(string) : type.IsValueType ? typeof(Nullable<>).MakeGenericType(type) : type;
        }

        public string Name { get; }

        /// <summary>Type of the column as a parameter.</summary>
        public string SentType { get; }

        /// <summary>The column in the SELECT.</summary>
        public string Selected { get; }

        /// <summary>The column's values of some rows, by their place.</summary>
        public Func<int, object?> ValuesOf(IReadOnlyList<object> rows)
        {
            if (sealedProperty is null)
            {
                return i => get(rows[i]);
            }

            var values = SealedColumn.SealOf(sealedProperty, rows);
            return i => values[i];
        }

        public NpgsqlParameter Parameter(int count, Func<int, object?> value)
        {
            var values = Array.CreateInstance(element, count);
            for (var i = 0; i < count; i++)
            {
                values.SetValue(isList ? ListText(value(i)) : value(i), i);
            }

            return new NpgsqlParameter { Value = values, DataTypeName = SentType + "[]" };
        }

        private static Func<object, object?> Getter(IProperty property, ValueConverter? converter)
        {
            if (property.IsShadowProperty())
            {
                return _ => throw new InvalidOperationException($"{property.Name} has no member to read.");
            }

            var getter = property.GetGetter();
            return converter is null ? getter.GetClrValue : row => getter.GetClrValue(row) is { } value ? converter.ConvertToProvider(value) : null;
        }

        private static string? ListText(object? value) => value is null
            ? null
            : "{" + string.Join(',', ((IEnumerable<string>)value).Select(s => "\"" + s.Replace("\\", @"\\").Replace("\"", "\\\"") + "\"")) + "}";
    }
}
