using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Anhu.Data.Postgres;

/// <summary>A city in one schema of a PostgreSQL server.</summary>
public sealed class PostgresStoreProvider : IStoreProvider
{
    private readonly ConcurrentDictionary<IEntityType, ColumnInsert> inserts = new();

    /// <inheritdoc />
    public void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseNpgsql(connectionString, pg => pg.MigrationsAssembly(typeof(PostgresStoreProvider).Assembly.GetName().Name));

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
    public bool IsConstraint(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException) is { SqlState: "23505" or "23503" };

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
            sql = $"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(c => $"\"{c.Name}\""))}) " +
                $"SELECT * FROM unnest({string.Join(", ", columns.Select((c, i) => $"${i + 1}::{c.StoreType}[]"))})" +
                (type.FindAnnotation(StoreAnnotations.Repeatable) is null ? "" : " ON CONFLICT DO NOTHING");
        }

        public NpgsqlBatchCommand Command(IReadOnlyList<object> rows)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var column in columns)
            {
                command.Parameters.Add(column.Parameter(rows));
            }

            return command;
        }
    }

    private sealed class Column
    {
        private readonly Func<object, object?> get;
        private readonly Type element;

        public Column(IProperty property, StoreObjectIdentifier store)
        {
            var mapping = property.GetRelationalTypeMapping();
            var getter = property.GetGetter();
            var converter = mapping.Converter;
            Name = property.GetColumnName(store)!;
            StoreType = Plain(mapping.StoreTypeNameBase);
            get = converter is null ? getter.GetClrValue : row => getter.GetClrValue(row) is { } value ? converter.ConvertToProvider(value) : null;
            var type = Nullable.GetUnderlyingType(converter?.ProviderClrType ?? property.ClrType) ?? converter?.ProviderClrType ?? property.ClrType;
            element = type.IsValueType ? typeof(Nullable<>).MakeGenericType(type) : type;
        }

        public string Name { get; }

        public string StoreType { get; }

        public NpgsqlParameter Parameter(IReadOnlyList<object> rows)
        {
            var values = Array.CreateInstance(element, rows.Count);
            for (var i = 0; i < rows.Count; i++)
            {
                values.SetValue(get(rows[i]), i);
            }

            return new NpgsqlParameter { Value = values, DataTypeName = StoreType + "[]" };
        }

        private static string Plain(string storeType) => storeType == "character varying" ? "text" : storeType;
    }
}
