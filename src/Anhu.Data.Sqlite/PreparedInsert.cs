using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SQLitePCL;

namespace Anhu.Data.Sqlite;

/// <summary>
/// One prepared INSERT per table and connection. Straight on the native statement, with a binder compiled per table:
/// looking up parameters by name, boxing each value and wrapping each row in a reader cost more than the insert.
/// </summary>
internal sealed class PreparedInsert : IDisposable
{
    private static readonly MethodInfo BindAny = typeof(PreparedInsert).GetMethod(nameof(BindObject), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private static readonly MethodInfo BindBytes = typeof(PreparedInsert).GetMethod(nameof(Bind), BindingFlags.Instance | BindingFlags.NonPublic, [typeof(int), typeof(byte[])])!;

    private static readonly MethodInfo Next = typeof(PreparedInsert).GetMethod(nameof(NextSealed), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly sqlite3 connection;
    private readonly sqlite3_stmt statement;
    private readonly Action<PreparedInsert, object> bind;
    private readonly IProperty[] sealedColumns;
    private byte[]?[][] values = [];
    private int current;

    public PreparedInsert(sqlite3 connection, IEntityType type, Action<PreparedInsert, object> bind)
    {
        this.connection = connection;
        this.bind = bind;
        var table = type.GetTableName()!;
        var properties = type.GetProperties().ToArray();
        sealedColumns = [.. properties.Where(p => p.GetTypeMapping().SealedColumnOf() is not null)];
        var store = StoreObjectIdentifier.Table(table);
        Check(raw.sqlite3_prepare_v3(
            connection,
            $"INSERT INTO \"{table}\" ({string.Join(", ", properties.Select(p => $"\"{p.GetColumnName(store)}\""))}) " +
            $"VALUES ({string.Join(", ", properties.Select(_ => "?"))})" +
            (type.FindAnnotation(StoreAnnotations.Repeatable) is null ? "" : " ON CONFLICT DO NOTHING"),
            raw.SQLITE_PREPARE_PERSISTENT,
            out statement));
    }

    /// <summary>The binder of a table's rows: reads each mapped member, converts it as the model says, and binds it.</summary>
    /// <param name="type">The table's type.</param>
    public static Action<PreparedInsert, object> Binder(IEntityType type)
    {
        var insert = Expression.Parameter(typeof(PreparedInsert), "insert");
        var row = Expression.Parameter(typeof(object), "row");
        var typed = Expression.Variable(type.ClrType, "typed");
        var body = new List<Expression> { Expression.Assign(typed, Expression.Convert(row, type.ClrType)) };
        var (index, sealedIndex) = (1, 0);
        foreach (var property in type.GetProperties())
        {
            if (property.IsShadowProperty())
            {
                throw new InvalidOperationException($"{type.ClrType.Name}.{property.Name} has no member to read.");
            }

            if (property.GetTypeMapping().SealedColumnOf() is not null)
            {
                body.Add(Expression.Call(insert, BindBytes, Expression.Constant(index), Expression.Call(insert, Next, Expression.Constant(sealedIndex))));
                (index, sealedIndex) = (index + 1, sealedIndex + 1);
                continue;
            }

            Expression value = Expression.MakeMemberAccess(typed, property.GetMemberInfo(forMaterialization: false, forSet: false));
            if (property.GetTypeMapping().Converter is { } converter)
            {
                value = Converted(value, converter.ConvertToProviderExpression);
            }

            var method = typeof(PreparedInsert).GetMethod(nameof(Bind), BindingFlags.Instance | BindingFlags.NonPublic, [typeof(int), value.Type]);
            body.Add(method?.GetParameters()[1].ParameterType == value.Type
                ? Expression.Call(insert, method, Expression.Constant(index), value)
                : Expression.Call(insert, BindAny, Expression.Constant(index), Expression.Convert(value, typeof(object))));
            index++;
        }

        return Expression.Lambda<Action<PreparedInsert, object>>(Expression.Block([typed], body), insert, row).Compile();
    }

    public void Run(IReadOnlyList<object> rows)
    {
        values = Array.ConvertAll(sealedColumns, c => SealedColumn.SealOf(c, rows));
        for (current = 0; current < rows.Count; current++)
        {
            bind(this, rows[current]);
            Step();
        }

        values = [];
    }

    public void Run(IReadOnlyList<object?[]> rows)
    {
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                BindObject(i + 1, row[i]);
            }

            Step();
        }
    }

    public void Dispose() => statement.Dispose();

    /// <summary>A converter's expression on a value that may be null where the converter's type may not.</summary>
    private static Expression Converted(Expression value, LambdaExpression convert)
    {
        var from = convert.Parameters[0].Type;
        if (value.Type == from)
        {
            var converted = Expression.Invoke(convert, value);
            return from.IsValueType ? converted : Expression.Condition(
                Expression.ReferenceEqual(value, Expression.Constant(null)), Expression.Default(convert.ReturnType), converted);
        }

        var result = Expression.Invoke(convert, Expression.Convert(value, from));
        var nullable = convert.ReturnType.IsValueType ? typeof(Nullable<>).MakeGenericType(convert.ReturnType) : convert.ReturnType;
        return Expression.Condition(
            Expression.Equal(value, Expression.Constant(null, value.Type)), Expression.Default(nullable), Expression.Convert(result, nullable));
    }

    private byte[]? NextSealed(int column) => values[column][current];

    private void Step()
    {
        var result = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        if (result != raw.SQLITE_DONE)
        {
            Check(result);
        }
    }

    private void Bind(int index, string? text)
    {
        if (text is null)
        {
            Check(raw.sqlite3_bind_null(statement, index));
        }
        else if (text.Length > 500)
        {
            Check(raw.sqlite3_bind_text(statement, index, text));
        }
        else
        {
            Span<byte> bytes = stackalloc byte[1500];
            Check(raw.sqlite3_bind_text(statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]));
        }
    }

    private void Bind(int index, byte[]? bytes) =>
        Check(bytes is null ? raw.sqlite3_bind_null(statement, index) : raw.sqlite3_bind_blob(statement, index, bytes));

    private void Bind(int index, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        Check(raw.sqlite3_bind_blob(statement, index, bytes));
    }

    private void Bind(int index, long number) => Check(raw.sqlite3_bind_int64(statement, index, number));

    private void Bind(int index, long? number) =>
        Check(number is { } n ? raw.sqlite3_bind_int64(statement, index, n) : raw.sqlite3_bind_null(statement, index));

    private void Bind(int index, double number) => Check(raw.sqlite3_bind_double(statement, index, number));

    private void Bind(int index, double? number) =>
        Check(number is { } n ? raw.sqlite3_bind_double(statement, index, n) : raw.sqlite3_bind_null(statement, index));

    private void Bind(int index, int number) => Bind(index, (long)number);

    private void Bind(int index, int? number) => Bind(index, (long?)number);

    private void Bind(int index, bool flag) => Bind(index, flag ? 1L : 0L);

    private void Bind(int index, bool? flag) => Bind(index, flag is { } f ? f ? 1L : 0L : null);

    private void Bind(int index, DateOnly? date) => Bind(index, date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>The forms that EF's SQLite provider writes.</summary>
    private void BindObject(int index, object? value)
    {
        switch (value)
        {
            case null: Bind(index, (string?)null); break;
            case string text: Bind(index, text); break;
            case Guid id: Bind(index, id); break;
            case long number: Bind(index, number); break;
            case int number: Bind(index, (long)number); break;
            case bool flag: Bind(index, flag); break;
            case double number: Bind(index, number); break;
            case byte[] bytes: Bind(index, bytes); break;
            case DateOnly date: Bind(index, (DateOnly?)date); break;
            case TimeOnly time: Bind(index, time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "HH:mm:ss" : "HH:mm:ss.fffffff", CultureInfo.InvariantCulture)); break;
            case DateTime instant: Bind(index, instant.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)); break;
            default: throw new NotSupportedException($"A {value.GetType().Name} has no form on SQLite.");
        }
    }

    private void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            throw new SqliteException(raw.sqlite3_errmsg(connection).utf8_to_string(), result, raw.sqlite3_extended_errcode(connection));
        }
    }
}
