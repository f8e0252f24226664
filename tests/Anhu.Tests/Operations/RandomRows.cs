using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Backup;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

/// <summary>Fills every table of the model with rows of arbitrary values, so that a table or column that comes later is covered too.</summary>
internal sealed class RandomRows(int seed)
{
    private readonly Random random = new(seed);
    private readonly Dictionary<IKey, List<object?>> keys = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly HashSet<Type> Chained = [typeof(TimelineEvent), typeof(TimelineHead), typeof(ViewEvent), typeof(ViewArchive)];

    /// <summary>Adds rows to each table but the record and the views, which get events with a true chain.</summary>
    /// <param name="city">The city.</param>
    /// <param name="rows">How many rows a table gets.</param>
    /// <param name="textLength">How long texts may be.</param>
    public async Task FillAsync(OpenCity city, int rows, int textLength = 40)
    {
        await using var db = await city.OpenAsync();
        using (await city.Store.EnterAsync(Ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            foreach (var table in StoreTable.Of(db).Where(t => !Chained.Contains(t.Type.ClrType)))
            {
                await city.Store.Provider.InsertValuesAsync(db, table.Type, [.. Enumerable.Range(1, rows).Select(i => Row(table.Type, i, textLength))], Ct);
            }

            await city.Store.Provider.ContinueNumbersAsync(db, Ct);
            await transaction.CommitAsync(Ct);
        }

        await RecordAsync(city, rows);
    }

    /// <summary>Records events, and as many views.</summary>
    public async Task RecordAsync(OpenCity city, int events)
    {
        await using var db = await city.OpenAsync();
        for (var i = 0; i < events; i++)
        {
            db.Record(new PendingEvent(
                Word(20), Instant(), Maybe() ? Id() : null, Maybe() ? Id() : null, Maybe() ? Id() : null, Maybe() ? random.Next(1, 4) : null, "{\"note\":\"报警人称\\u2028“x”\"}"));
        }

        await db.SaveChangesAsync(Ct);
        var log = city.Services.GetRequiredService<ViewLog>();
        await Task.WhenAll(Enumerable.Range(0, events).Select(_ => log.RecordAsync(new PendingEvent(ViewTypes.List, Instant(), Maybe() ? Id() : null), new Actor(Id()))));
    }

    private object?[] Row(IEntityType type, int number, int textLength)
    {
        var values = type.GetProperties().ToDictionary(p => p, p => Value(p, number, textLength));
        foreach (var key in type.GetForeignKeys())
        {
            values[key.Properties.Single()] = keys[key.PrincipalKey][number % keys[key.PrincipalKey].Count];
        }

        foreach (var key in type.GetKeys().Where(k => k.Properties.Count == 1))
        {
            (keys.TryGetValue(key, out var given) ? given : keys[key] = []).Add(values[key.Properties.Single()]);
        }

        return [.. type.GetProperties().Select(p => p.IsSealed() ? SealedColumn.SealOf(p, k => values[k])
            : p.GetTypeMapping().Converter is { } c && values[p] is { } v && !c.ProviderClrType.IsInstanceOfType(v) ? c.ConvertToProvider(v) : values[p])];
    }

    private object? Value(IProperty property, int number, int textLength)
    {
        if (property.IsNullable && Maybe())
        {
            return null;
        }

        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        var unique = property.IsKey() || property.IsIndex();
        return type switch
        {
            _ when property.GetTypeMapping().Converter is HexBytes => Convert.ToHexStringLower(BitConverter.GetBytes(number)) + Convert.ToHexStringLower(Bytes()),
            _ when type == typeof(string) => Text(property, unique ? number : null, textLength),
            _ when type == typeof(Guid) => Id(),
            _ when type == typeof(int) => unique ? 1000 + number : random.Next(),
            _ when type == typeof(long) => unique ? 1000 + number : random.NextInt64(),
            _ when type == typeof(bool) => Maybe(),
            _ when type == typeof(double) => random.NextDouble() * 1e-3,
            _ when type == typeof(DateTimeOffset) => Instant(),
            _ when type == typeof(DateTime) => Instant().UtcDateTime,
            _ when type == typeof(DateOnly) => DateOnly.FromDateTime(Instant().UtcDateTime),
            _ when type == typeof(TimeOnly) => new TimeOnly(random.NextInt64(TimeSpan.TicksPerDay / 10) * 10),
            _ when type == typeof(byte[]) => unique ? [.. BitConverter.GetBytes(number), .. Bytes()] : Bytes(),
            _ when type.IsEnum => Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length)),
            _ when property.GetElementType() is { } element => List(element.ClrType),
            _ when type.IsAssignableFrom(typeof(Dictionary<string, string>)) => new Dictionary<string, string> { ["facts"] = "刀\n\"x\"" },
            _ when type == typeof(IReadOnlyList<string>) && property.IsSealed() => List(typeof(string)),
            _ when property.IsSealed() => System.Text.Json.JsonSerializer.Deserialize("""[{"ruleId":"x","class":1,"textZh":"刀\n\"x\"","textEn":"y"}]""", type, JsonText.Options),
            _ when property.GetTypeMapping().Converter?.ProviderClrType == typeof(string) => """[{"code":"weapon","value":"刀\n\"x\""}]""",
            _ => throw new InvalidOperationException($"No value for {property.DeclaringType.Name}.{property.Name}."),
        };
    }

    private object List(Type element)
    {
        var list = (System.Collections.IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        for (var i = random.Next(4); i > 0; i--)
        {
            list.Add(element.IsEnum ? Enum.GetValues(element).GetValue(random.Next(Enum.GetValues(element).Length)) : "需要,{\"法律\"}\\" + i);
        }

        return list;
    }

    private string Text(IProperty property, int? number, int textLength)
    {
        var most = Math.Min(property.GetMaxLength() ?? textLength, textLength);
        var text = number is null ? Word(most) : $"{number}-{Word(most)}";
        return text.Length <= most ? text : char.IsHighSurrogate(text[most - 1]) ? text[..(most - 1)] : text[..most];
    }

    private string Word(int most)
    {
        string[] parts = ["王小芳", "'", "\"", "\\", "\n", "\r\n", "\t", "{}", "𠮷", "é", ",", "NULL", "\u2028", "a"];
        var text = new System.Text.StringBuilder();
        while (text.Length < most - 4)
        {
            text.Append(parts[random.Next(parts.Length)]);
        }

        return text.ToString();
    }

    private byte[] Bytes()
    {
        var bytes = new byte[random.Next(1, 200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private Guid Id()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private DateTimeOffset Instant() => Clock.CutToMicroseconds(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(random.NextInt64(TimeSpan.TicksPerDay * 365)));

    private bool Maybe() => random.Next(2) == 0;
}
