using System.Data.Common;
using System.Text.Json;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Anhu.Modules.KeyRotation;

/// <summary>A sealed column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Column">Seals and opens its values.</param>
internal sealed record ColumnOfTable(string Name, SealedColumn Column);

/// <summary>A row with sealed values.</summary>
/// <param name="Key">The values of its key.</param>
/// <param name="Values">Its sealed values, in the order of the columns; null where there is none.</param>
internal sealed record SealedRow(object[] Key, byte[]?[] Values);

/// <summary>A table with sealed columns, past the change tracker: rows in the order of their key.</summary>
internal sealed class SealedTable
{
    private const int MostBytes = 8 * 1024 * 1024;

    private readonly string[] keys;
    private readonly string quoted;

    private SealedTable(IEntityType type)
    {
        Name = type.GetTableName()!;
        quoted = $"\"{Name}\"";
        keys = [.. type.FindPrimaryKey()!.Properties.Select(p => $"\"{p.GetColumnName()}\"")];
        Columns = [.. type.GetProperties().Where(p => p.IsSealed()).Select(p => new ColumnOfTable(p.GetColumnName(), p.GetTypeMapping().SealedColumnOf()!))];
    }

    public string Name { get; }

    public IReadOnlyList<ColumnOfTable> Columns { get; }

    /// <summary>The tables of the store that have sealed columns.</summary>
    public static IReadOnlyList<SealedTable> Of(AnhuDbContext db) =>
        [.. db.Model.GetEntityTypes().Where(t => t.GetProperties().Any(p => p.IsSealed())).OrderBy(t => t.GetTableName(), StringComparer.Ordinal).Select(t => new SealedTable(t))];

    /// <summary>The next rows after a key: so many, or fewer where they are large, so that one step is never much to hold or to write.</summary>
    /// <returns>The rows, and whether they are the table's last.</returns>
    public async Task<(List<SealedRow> Rows, bool IsEnd)> ReadAsync(AnhuDbContext db, object[]? after, int limit, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        await using var command = Command(
            db,
            $"SELECT {string.Join(", ", keys.Concat(Columns.Select(c => $"\"{c.Name}\"")))} FROM {quoted}" +
            (after is null ? "" : $" WHERE ({string.Join(", ", keys)}) > ({string.Join(", ", keys.Select((_, i) => $"@k{i}"))})") +
            $" ORDER BY {string.Join(", ", keys)} LIMIT {limit}");
        for (var i = 0; i < (after?.Length ?? 0); i++)
        {
            Add(command, $"@k{i}", after![i]);
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<SealedRow>();
        var bytes = 0L;
        while (await reader.ReadAsync(ct))
        {
            var key = Enumerable.Range(0, keys.Length).Select(reader.GetValue).ToArray();
            var values = Enumerable.Range(keys.Length, Columns.Count).Select(i => reader.IsDBNull(i) ? null : reader.GetFieldValue<byte[]>(i)).ToArray();
            rows.Add(new SealedRow(key, values));
            bytes += values.Sum(v => (long)(v?.Length ?? 0));
            if (bytes >= MostBytes)
            {
                return (rows, false);
            }
        }

        return (rows, rows.Count < limit);
    }

    /// <summary>Puts a value in the place of another, unless somebody has written the column meanwhile.</summary>
    /// <returns>Whether it was put.</returns>
    public async Task<bool> ReplaceAsync(AnhuDbContext db, ColumnOfTable column, object[] key, byte[] before, byte[] after, CancellationToken ct)
    {
        await using var command = Command(
            db, $"UPDATE {quoted} SET \"{column.Name}\" = @after WHERE {string.Join(" AND ", keys.Select((k, i) => $"{k} = @k{i}"))} AND \"{column.Name}\" = @before");
        for (var i = 0; i < key.Length; i++)
        {
            Add(command, $"@k{i}", key[i]);
        }

        Add(command, "@before", before);
        Add(command, "@after", after);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>A key as text that can be kept.</summary>
    public static string Write(object[] key) => JsonSerializer.Serialize(key.Select(k => k switch
    {
        byte[] bytes => "b" + Convert.ToBase64String(bytes),
        Guid id => "g" + id.ToString("D"),
        string text => "s" + text,
        _ => "n" + Convert.ToInt64(k, System.Globalization.CultureInfo.InvariantCulture).ToString(System.Globalization.CultureInfo.InvariantCulture),
    }));

    /// <summary>A key out of its text.</summary>
    public static object[] Read(string text) => [.. JsonSerializer.Deserialize<string[]>(text)!.Select(k => (object)(k[0] switch
    {
        'b' => Convert.FromBase64String(k[1..]),
        'g' => Guid.Parse(k[1..]),
        's' => k[1..],
        _ => long.Parse(k[1..], System.Globalization.CultureInfo.InvariantCulture),
    }))];

    private static DbCommand Command(AnhuDbContext db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
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
