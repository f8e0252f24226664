using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Anhu.Data;

/// <summary>SQLite: instants as microseconds since 1970, since it cannot order a DateTimeOffset.</summary>
internal sealed class UnixMicroseconds() : ValueConverter<DateTimeOffset, long>(
    v => (v.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
    v => new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + (v * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero))
{
    /// <summary>To the store.</summary>
    public static long Of(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>From the store.</summary>
    public static DateTimeOffset From(long at) => new(DateTimeOffset.UnixEpoch.Ticks + (at * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}

/// <summary>A blind index: hexadecimal in the program, bytes in the store. Both sort alike.</summary>
internal sealed class HexBytes() : ValueConverter<string, byte[]>(v => Convert.FromHexString(v), v => Convert.ToHexStringLower(v));

/// <summary>SQLite: ids as their 16 bytes in the order of their digits, so that they sort by time of making; as text they would take more than twice the room in every index.</summary>
internal sealed class IdBytes() : ValueConverter<Guid, byte[]>(v => v.ToByteArray(true), v => new Guid(v, true));

/// <summary>PostgreSQL: <c>timestamptz</c> takes offset zero only.</summary>
internal sealed class ToUtc() : ValueConverter<DateTimeOffset, DateTimeOffset>(v => v.ToUniversalTime(), v => v);

/// <summary>A small immutable list as JSON text on every store.</summary>
internal sealed class JsonList<T>() : ValueConverter<IReadOnlyList<T>, string>(
    v => JsonSerializer.Serialize(v, JsonText.Options),
    v => JsonSerializer.Deserialize<List<T>>(v, JsonText.Options) ?? new List<T>());

/// <summary>A small immutable record as JSON text on every store.</summary>
internal sealed class JsonValue<T>() : ValueConverter<T, string>(
    v => JsonSerializer.Serialize(v, JsonText.Options),
    v => JsonSerializer.Deserialize<T>(v, JsonText.Options)!)
    where T : class;

/// <summary>Compares lists by their elements.</summary>
internal sealed class ListComparer<T>() : ValueComparer<IReadOnlyList<T>>(
    (a, b) => a == b || (a != null && b != null && a.SequenceEqual(b)),
    v => v.Aggregate(0, (hash, item) => HashCode.Combine(hash, item)),
    v => v);

/// <summary>Compares values that can change in place by their JSON.</summary>
internal sealed class JsonComparer<T>() : ValueComparer<T>(
    (a, b) => JsonSerializer.Serialize(a, JsonText.Options) == JsonSerializer.Serialize(b, JsonText.Options),
    v => JsonSerializer.Serialize(v, JsonText.Options).GetHashCode(StringComparison.Ordinal),
    v => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(v, JsonText.Options), JsonText.Options)!)
    where T : class;

/// <summary>JSON as it is kept in the store: readable Chinese, camel case, kebab-case enums.</summary>
public static class JsonText
{
    /// <summary>The options.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}
