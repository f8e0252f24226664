using System.Buffers.Binary;
using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using Anhu.Modules.Protection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.EntityFrameworkCore.Update;

namespace Anhu.Data;

/// <summary>What a part of a row's key is.</summary>
public enum RowPartKind
{
    /// <summary>An id, 16 bytes.</summary>
    Id,

    /// <summary>A whole number, as 16 hexadecimal digits.</summary>
    Number,

    /// <summary>A text, in UTF-8, with its length in bytes as 4 digits behind it.</summary>
    Text,
}

/// <summary>A part of a row's key.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Kind">What it is.</param>
public sealed record RowPart(string Name, RowPartKind Kind);

/// <summary>
/// A sealed column. Its values are bound to table, column and row: the row's key goes in as associated data, so that a value that somebody moves
/// from one row to another can't be opened there. To make that work for every query, also for one that asks for a single column, the program
/// always reads such a column with the key of its row behind the value (the providers' query generators write that).
/// </summary>
public sealed class SealedColumn
{
    /// <summary>Values, each some microseconds of work, below which handing them to other threads costs more than it saves.</summary>
    private const int WorthSharing = 16;

    private readonly KeyRing ring;
    private readonly byte[] place;
    private readonly bool strict;

    internal SealedColumn(IReadOnlyProperty property, KeyRing ring)
    {
        this.ring = ring;
        Name = Sealing.PlaceOf(property);
        place = [.. Encoding.UTF8.GetBytes(Name), 0];
        strict = property.FindAnnotation(StoreAnnotations.Sealed)?.Value is true;
        var keys = ((IReadOnlyEntityType)property.DeclaringType).FindPrimaryKey()!.Properties;

        // Where the database numbers the rows, the number is not known yet when a value is sealed.
        var isNumbered = keys.Any(k => k.ClrType != typeof(Guid) && k.ClrType != typeof(string) && k.ValueGenerated != ValueGenerated.Never);
        Row = isNumbered ? [] : [.. keys.Select(k => new RowPart(k.GetColumnName()!, KindOf(k)))];
    }

    /// <summary>Table and column.</summary>
    public string Name { get; }

    /// <summary>The columns that tell the row, in the order in which they stand behind a value; none where the database numbers the rows.</summary>
    public IReadOnlyList<RowPart> Row { get; }

    /// <summary>The row of an entity.</summary>
    /// <param name="property">The sealed property.</param>
    /// <param name="value">Gives the value of a part of the key.</param>
    public byte[] RowOf(IProperty property, Func<IProperty, object?> value)
    {
        var keys = ((IEntityType)property.DeclaringType).FindPrimaryKey()!.Properties;
        return keys is [var only] && value(only) is Guid id ? id.ToByteArray(bigEndian: true) : RowOf([.. keys.Select(value)]);
    }

    /// <summary>The row of the values of its key.</summary>
    /// <param name="values">The values, in the program's or in the store's form; more than the row's parts are passed over.</param>
    public byte[] RowOf(IReadOnlyList<object?> values)
    {
        var row = new MemoryStream();
        for (var i = 0; i < Row.Count; i++)
        {
            switch (values[i])
            {
                case Guid id: row.Write(id.ToByteArray(bigEndian: true)); break;
                case byte[] id: row.Write(id); break;
                case string text:
                    var bytes = Encoding.UTF8.GetBytes(text);
                    row.Write(bytes);
                    row.Write(Encoding.ASCII.GetBytes(bytes.Length.ToString("D4", CultureInfo.InvariantCulture)));
                    break;
                case { } number:
                    row.Write(Encoding.ASCII.GetBytes(Convert.ToInt64(number, CultureInfo.InvariantCulture).ToString("x16", CultureInfo.InvariantCulture)));
                    break;
                default: throw new InvalidOperationException($"A row of {Name} has no key.");
            }
        }

        return row.ToArray();
    }

    /// <summary>Seals a value for a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="plain">The value.</param>
    public byte[] Seal(ReadOnlySpan<byte> row, ReadOnlySpan<byte> plain)
    {
        Span<byte> context = stackalloc byte[place.Length + row.Length];
        place.CopyTo(context);
        row.CopyTo(context[place.Length..]);
        return ring.Seal(context, plain);
    }

    /// <summary>Seals the value of an entity, as the bulk inserts do.</summary>
    /// <param name="property">The property.</param>
    /// <param name="entity">The entity.</param>
    /// <returns>The sealed value; null when there is none.</returns>
    public static byte[]? SealOf(IProperty property, object entity) => SealOf(property, p => p.GetGetter().GetClrValue(entity));

    /// <summary>Seals the values of many entities, on all cores: a transaction that waits for them is one that others wait for.</summary>
    /// <param name="property">The property.</param>
    /// <param name="entities">The entities.</param>
    /// <returns>The sealed values in the entities' order; null where there is none.</returns>
    public static byte[]?[] SealOf(IProperty property, IReadOnlyList<object> entities)
    {
        var values = new byte[]?[entities.Count];
        if (entities.Count < WorthSharing)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = SealOf(property, entities[i]);
            }
        }
        else
        {
            Parallel.For(0, values.Length, i => values[i] = SealOf(property, entities[i]));
        }

        return values;
    }

    /// <summary>Seals a value of a row.</summary>
    /// <param name="property">The property.</param>
    /// <param name="value">Gives the row's values by their property.</param>
    /// <returns>The sealed value; null when there is none.</returns>
    public static byte[]? SealOf(IProperty property, Func<IProperty, object?> value) =>
        value(property) is { } plain && property.GetTypeMapping().Converter is ISealedConverter converter
            ? converter.Seal(plain, converter.Column.RowOf(property, value))
            : null;

    /// <summary>Opens a value for a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="value">The sealed value.</param>
    /// <exception cref="SealedValueException">It was changed, moved, or sealed with other keys.</exception>
    public byte[] Open(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value)
    {
        Span<byte> context = stackalloc byte[place.Length + row.Length];
        place.CopyTo(context);
        row.CopyTo(context[place.Length..]);
        try
        {
            return ring.Open(context, value);
        }
        catch (SealedValueException e)
        {
            throw new SealedValueException(Name, TextOf(row), e.Why);
        }
    }

    /// <summary>Opens what a query gave: a value with its row behind it.</summary>
    /// <returns>Null when it can't be opened and the column is not strict.</returns>
    internal byte[]? Open(byte[] value)
    {
        var split = value.Length - RowLength(value);
        try
        {
            return split < 0 ? throw new SealedValueException(Name, null, "it is too short") : Open(value.AsSpan(split), value.AsSpan(0, split));
        }
        catch (SealedValueException e)
        {
            ring.Report(e);
            if (strict)
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>The same for a text.</summary>
    internal string? OpenText(byte[] value) => Open(value) is { } plain ? Encoding.UTF8.GetString(plain) : null;

    private static RowPartKind KindOf(IReadOnlyProperty key) =>
        key.ClrType == typeof(Guid) ? RowPartKind.Id : key.ClrType == typeof(string) ? RowPartKind.Text : RowPartKind.Number;

    /// <summary>A row as people read it: the parts of its key.</summary>
    private string? TextOf(ReadOnlySpan<byte> row)
    {
        var parts = new List<string>();
        foreach (var part in Row.Reverse())
        {
            var length = part.Kind == RowPartKind.Text ? TextLength(row, 0) : 16;
            var bytes = row[^length..];
            parts.Add(part.Kind switch
            {
                RowPartKind.Id => new Guid(bytes, bigEndian: true).ToString(),
                RowPartKind.Number => long.Parse(bytes, NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
                RowPartKind.Text => Encoding.UTF8.GetString(bytes[..^4]),
            });
            row = row[..^length];
        }

        parts.Reverse();
        return parts.Count == 0 ? null : string.Join('/', parts);
    }

    /// <summary>How much of a value is its row: its parts are read from the end.</summary>
    private int RowLength(byte[] value)
    {
        var length = 0;
        for (var i = Row.Count - 1; i >= 0; i--)
        {
            length += Row[i].Kind == RowPartKind.Text ? TextLength(value, length) : 16;
        }

        return length;
    }

    private static int TextLength(ReadOnlySpan<byte> value, int behind) =>
        value.Length >= behind + 4
            && int.TryParse(value.Slice(value.Length - behind - 4, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes + 4 : value.Length + 1;
}

/// <summary>How a sealed property goes into the store and comes out of it.</summary>
internal interface ISealedConverter
{
    /// <summary>Its column.</summary>
    SealedColumn Column { get; }

    /// <summary>Seals a value for a row.</summary>
    byte[] Seal(object value, byte[] row);
}

/// <summary>Opens what queries give. It can't seal, since EF does not tell it the row: <see cref="SealedModificationCommandFactory"/> and the bulk inserts do.</summary>
internal sealed class SealedConverter<T>(SealedColumn column, Expression<Func<byte[], T>> open, Func<T, byte[]> bytes)
    : ValueConverter<T, byte[]>(v => Refuse(column.Name), open), ISealedConverter
{
    public SealedColumn Column => column;

    public byte[] Seal(object value, byte[] row) => column.Seal(row, bytes((T)value));

    internal static byte[] Refuse(string place) => throw new InvalidOperationException($"{place} is sealed for its row: write it by saving an entity.");
}

/// <summary>The same for a list that is kept as JSON; one that can't be opened reads as empty.</summary>
internal sealed class SealedList<T>(SealedColumn column, ValueConverter inner)
    : ValueConverter<T, byte[]>(v => SealedConverter<T>.Refuse(column.Name), v => (T)inner.ConvertFromProvider(column.OpenText(v) ?? "[]")!), ISealedConverter
{
    public SealedColumn Column => column;

    public byte[] Seal(object value, byte[] row) => column.Seal(row, Encoding.UTF8.GetBytes((string)inner.ConvertToProvider(value)!));
}

/// <summary>Seals values while entities are saved, where EF knows their row.</summary>
internal sealed class SealedModificationCommandFactory(IRelationalTypeMappingSource mappings) : IModificationCommandFactory
{
    private readonly RelationalTypeMapping bytes = mappings.FindMapping(typeof(byte[]))!;

    /// <inheritdoc />
    public IModificationCommand CreateModificationCommand(in ModificationCommandParameters parameters) => new Command(parameters, bytes);

    /// <inheritdoc />
    public INonTrackedModificationCommand CreateNonTrackedModificationCommand(in NonTrackedModificationCommandParameters parameters) => new ModificationCommand(parameters);

    private sealed class Command(in ModificationCommandParameters parameters, RelationalTypeMapping bytes)
        : ModificationCommand(parameters)
    {
        protected override IColumnModification CreateColumnModification(in ColumnModificationParameters parameters) =>
            parameters is { Entry: not null, Property: { } property } && property.GetTypeMapping().Converter is ISealedConverter converter
                ? new SealedModification(parameters with { TypeMapping = bytes }, converter)
                : base.CreateColumnModification(parameters);
    }

    private sealed class SealedModification(in ColumnModificationParameters parameters, ISealedConverter converter) : ColumnModification(parameters)
    {
        public override object? Value
        {
            get => base.Value is { } value ? converter.Seal(value, converter.Column.RowOf(Property!, k => Entry!.GetCurrentValue(k))) : null;
            set => base.Value = value;
        }
    }
}
