using System.Buffers;
using System.Data.Common;
using System.Linq.Expressions;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Anhu.Modules.Backup;

/// <summary>One table of the model as a backup sees it: values are written as the model means them, so that they are the same from every database.</summary>
internal sealed class StoreTable
{
    private readonly IEntityType type;
    private readonly StoreColumn[] columns;

    private StoreTable(IEntityType type)
    {
        this.type = type;
        Name = type.GetTableName()!;
        var store = StoreObjectIdentifier.Table(Name);
        columns = [.. type.GetProperties().Select((p, i) => new StoreColumn(p, p.GetColumnName(store)!, i))];
        Columns = [.. columns.Select(c => c.Name)];
    }

    public string Name { get; }

    public IReadOnlyList<string> Columns { get; }

    public IEntityType Type => type;

    private string Quoted => $"\"{Name}\"";

    /// <summary>The tables of the store, each after those that it refers to; the keys go their own way.</summary>
    public static List<StoreTable> Of(AnhuDbContext db)
    {
        var tables = new List<StoreTable>();
        var done = new HashSet<IEntityType>();
        foreach (var type in db.Model.GetEntityTypes().Where(t => t.ClrType != typeof(Protection.ProtectionKey)).OrderBy(t => t.GetTableName(), StringComparer.Ordinal))
        {
            Add(type);
        }

        return tables;

        void Add(IEntityType type)
        {
            if (!done.Add(type))
            {
                return;
            }

            foreach (var key in type.GetForeignKeys())
            {
                Add(key.PrincipalEntityType);
            }

            tables.Add(new StoreTable(type));
        }
    }

    public async Task<long> CountAsync(AnhuDbContext db, CancellationToken ct)
    {
        await using var command = Command(db, $"SELECT COUNT(*) FROM {Quoted}");
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task ClearAsync(AnhuDbContext db, CancellationToken ct)
    {
        await using var command = Command(db, $"DELETE FROM {Quoted}");
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Opens the rows, in the order in which the database finds them quickest.</summary>
    public async Task<DbDataReader> ReadAsync(AnhuDbContext db, DbCommandScope scope, CancellationToken ct) =>
        await scope.Take(Command(db, $"SELECT {string.Join(", ", columns.Select(c => $"\"{c.Name}\""))} FROM {Quoted}")).ExecuteReaderAsync(ct);

    /// <summary>Writes the reader's row as one line.</summary>
    public void WriteLine(DbDataReader row, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var column in columns)
        {
            column.Write(row, json);
        }

        json.WriteEndArray();
    }

    /// <summary>Reads a line into the values that this database takes, in the order of the columns.</summary>
    /// <exception cref="JsonException">The line is not a row of this table.</exception>
    public object?[] ReadLine(ReadOnlySequence<byte> line)
    {
        var json = new Utf8JsonReader(line);
        Expect(ref json, JsonTokenType.StartArray);
        var values = new object?[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            json.Read();
            values[i] = columns[i].Read(ref json);
        }

        Expect(ref json, JsonTokenType.EndArray);
        return json.Read() ? throw new JsonException("More than one value in a line.") : values;
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType token)
    {
        if (!json.Read() || json.TokenType != token)
        {
            throw new JsonException($"{token} expected.");
        }
    }

    private static DbCommand Command(AnhuDbContext db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        return command;
    }
}

/// <summary>Disposes a command after its reader.</summary>
internal sealed class DbCommandScope : IAsyncDisposable
{
    private DbCommand? command;

    public DbCommand Take(DbCommand taken) => command = taken;

    public ValueTask DisposeAsync() => command?.DisposeAsync() ?? default;
}

/// <summary>One column: from the database to JSON, and from JSON to what the database takes.</summary>
internal sealed class StoreColumn
{
    /// <summary>Enums by their names, as in the store.</summary>
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
    };

    private readonly int index;
    private readonly Type type;
    private readonly bool nullable;
    private readonly Func<DbDataReader, object> get;
    private readonly ValueConverter? converter;

    public StoreColumn(IProperty property, string name, int index)
    {
        var mapping = (RelationalTypeMapping)property.GetTypeMapping();
        Name = name;
        this.index = index;
        nullable = property.IsColumnNullable();
        get = Getter(mapping, index);
        if (property.IsSealed())
        {
            // Sealed values go over as they are: the backup takes the keys along.
            type = typeof(byte[]);
        }
        else if (property.GetElementType() is null && mapping.Converter?.ProviderClrType == typeof(string))
        {
            // What is kept as text on every database (enums, JSON of ours) goes over as that text, letter by letter.
            type = typeof(string);
        }
        else
        {
            type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
            converter = mapping.Converter;
        }
    }

    public string Name { get; }

    public void Write(DbDataReader row, Utf8JsonWriter json)
    {
        if (row.IsDBNull(index))
        {
            json.WriteNullValue();
            return;
        }

        var value = get(row);
        value = converter is null ? value : converter.ConvertFromProvider(value)!;

        // SQLite forgets that an instant was UTC.
        JsonSerializer.Serialize(json, value is DateTime time ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : value, type, Json);
    }

    public object? Read(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return nullable ? null : throw new JsonException($"{Name} is empty.");
        }

        var value = JsonSerializer.Deserialize(ref json, type, Json);
        return converter is null ? value : converter.ConvertToProvider(value);
    }

    /// <summary>Reads as EF does: by the method that the mapping names.</summary>
    private static Func<DbDataReader, object> Getter(RelationalTypeMapping mapping, int index)
    {
        var reader = Expression.Parameter(typeof(DbDataReader), "reader");
        var method = mapping.GetDataReaderMethod();
        var read = mapping.CustomizeDataReaderExpression(Expression.Call(Expression.Convert(reader, method.DeclaringType!), method, Expression.Constant(index)));
        return Expression.Lambda<Func<DbDataReader, object>>(Expression.Convert(read, typeof(object)), reader).Compile();
    }
}
