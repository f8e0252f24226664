using System.Data.Common;
using System.Globalization;
using Anhu.Modules.Protection;

namespace Anhu.Data;

/// <summary>The table of keys, read without the model: the model needs the keys.</summary>
public sealed class KeyTable(CityStore store) : IKeyTable
{
    /// <summary>Name of the table.</summary>
    internal const string TableName = "protection_key";

    private const string Columns = "\"Purpose\", \"Generation\", \"Suite\", \"CityKeyId\", \"Wrapped\", \"CreatedAt\"";

    /// <inheritdoc />
    public async Task<IReadOnlyList<ProtectionKey>?> ReadAsync(CancellationToken ct)
    {
        if (!store.Provider.Exists(store.ConnectionString))
        {
            return null;
        }

        await using var connection = store.Provider.Connect(store.ConnectionString);
        await connection.OpenAsync(ct);
        try
        {
            return await ReadAsync(connection, null, ct);
        }
        catch (DbException e) when (store.Provider.IsMissingTable(e))
        {
            return null;
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<ProtectionKey>? Read()
    {
        using var connection = store.Provider.Connect(store.ConnectionString);
        connection.Open();
        using var command = Select(connection, null);
        using var reader = command.ExecuteReader();
        var keys = new List<ProtectionKey>();
        while (reader.Read())
        {
            keys.Add(Row(reader));
        }

        return keys;
    }

    /// <inheritdoc />
    public async Task<bool> HoldsDataAsync(CancellationToken ct)
    {
        await using var connection = store.Provider.Connect(store.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT \"Sequence\" FROM timeline_head WHERE \"TimelineHeadId\" = 1";
        return await command.ExecuteScalarAsync(ct) is { } sequence and not DBNull && Convert.ToInt64(sequence, CultureInfo.InvariantCulture) > 0;
    }

    /// <inheritdoc />
    public async Task AddAsync(IReadOnlyList<ProtectionKey> keys, CancellationToken ct)
    {
        using var turn = await store.EnterAsync(ct);
        await using var connection = store.Provider.Connect(store.ConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if ((await LockAsync(connection, transaction, ct)).Count == 0)
        {
            await InsertAsync(connection, transaction, keys, ct);

            // A chain keeps the function with which it began.
            await using var function = Command(connection, transaction, "UPDATE timeline_head SET \"Algorithm\" = @a WHERE \"Sequence\" = 0");
            Add(function, "@a", ChainHash.Of(CipherSuite.Find(keys[0].Suite)!).Name);
            await function.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
    }

    /// <inheritdoc />
    public async Task<bool> ReplaceAsync(IReadOnlyList<ProtectionKey> expected, IReadOnlyList<ProtectionKey> keys, CancellationToken ct)
    {
        using var turn = await store.EnterAsync(ct);
        await using var connection = store.Provider.Connect(store.ConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var there = await LockAsync(connection, transaction, ct);
        if (there.Count != expected.Count || there.Any(t => !expected.Any(e => e.Purpose == t.Purpose && e.Generation == t.Generation && e.Wrapped.AsSpan().SequenceEqual(t.Wrapped))))
        {
            return false;
        }

        await using (var clear = Command(connection, transaction, $"DELETE FROM {TableName}"))
        {
            await clear.ExecuteNonQueryAsync(ct);
        }

        await InsertAsync(connection, transaction, keys, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>The rows as they are, with no one else changing them until the transaction ends: the record's head puts the city's writers in one order.</summary>
    private static async Task<List<ProtectionKey>> LockAsync(DbConnection connection, DbTransaction transaction, CancellationToken ct)
    {
        await using (var head = Command(connection, transaction, "UPDATE timeline_head SET \"Sequence\" = \"Sequence\" WHERE \"TimelineHeadId\" = 1"))
        {
            await head.ExecuteNonQueryAsync(ct);
        }

        return await ReadAsync(connection, transaction, ct);
    }

    private async Task InsertAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<ProtectionKey> keys, CancellationToken ct)
    {
        foreach (var key in keys)
        {
            await using var insert = Command(connection, transaction, $"INSERT INTO {TableName} ({Columns}) VALUES (@p, @g, @s, @c, @w, @t)");
            Add(insert, "@p", key.Purpose.ToString());
            Add(insert, "@g", key.Generation);
            Add(insert, "@s", key.Suite);
            Add(insert, "@c", key.CityKeyId);
            Add(insert, "@w", key.Wrapped);
            Add(insert, "@t", store.Kind == StoreKind.Sqlite ? UnixMicroseconds.Of(key.CreatedAt) : key.CreatedAt.ToUniversalTime());
            await insert.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task<List<ProtectionKey>> ReadAsync(DbConnection connection, DbTransaction? transaction, CancellationToken ct)
    {
        await using var command = Select(connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var keys = new List<ProtectionKey>();
        while (await reader.ReadAsync(ct))
        {
            keys.Add(Row(reader));
        }

        return keys;
    }

    private static ProtectionKey Row(DbDataReader row) => new()
    {
        Purpose = Enum.Parse<KeyPurpose>(row.GetString(0)), Generation = row.GetInt32(1), Suite = row.GetString(2), CityKeyId = row.GetString(3),
        Wrapped = row.GetFieldValue<byte[]>(4),
        CreatedAt = row.GetFieldType(5) == typeof(long) ? UnixMicroseconds.From(row.GetInt64(5)) : row.GetFieldValue<DateTimeOffset>(5),
    };

    private static DbCommand Select(DbConnection connection, DbTransaction? transaction) =>
        Command(connection, transaction, $"SELECT {Columns} FROM {TableName} ORDER BY \"Purpose\", \"Generation\"");

    private static DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        return command;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
