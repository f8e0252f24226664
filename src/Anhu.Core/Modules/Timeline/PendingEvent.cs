using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Anhu.Modules.Timeline;

/// <summary>A fact on its way into the record; gets its place in the chain when the transaction that carries it is written.</summary>
/// <param name="Type">Type (<see cref="EventTypes"/>).</param>
/// <param name="At">When, UTC.</param>
/// <param name="CaseId">The case.</param>
/// <param name="DutyId">The duty.</param>
/// <param name="UnitId">The unit that it is about.</param>
/// <param name="Class">Class of the case after it.</param>
/// <param name="Data">Details as JSON (<see cref="EventData.Of"/>).</param>
public sealed record PendingEvent(
    string Type, DateTimeOffset At, Guid? CaseId = null, Guid? DutyId = null, Guid? UnitId = null, int? Class = null, string Data = "{}");

/// <summary>Who acts: a worker, an API client, or the platform itself when both are null.</summary>
/// <param name="WorkerId">The worker.</param>
/// <param name="ClientId">The API client.</param>
public sealed record Actor(Guid? WorkerId = null, string? ClientId = null)
{
    /// <summary>The platform itself: deadline work, policy.</summary>
    public static Actor Platform { get; } = new();
}

/// <summary>Writes the details of events.</summary>
public static class EventData
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Compact JSON of the given fields in their order; nulls are left out.</summary>
    /// <param name="fields">Names and values: text, numbers, booleans, ids, instants, enums or lists of text.</param>
    /// <returns>JSON.</returns>
    public static string Of(params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in fields)
            {
                switch (value)
                {
                    case null:
                        break;
                    case string text:
                        json.WriteString(name, text);
                        break;
                    case int number:
                        json.WriteNumber(name, number);
                        break;
                    case long number:
                        json.WriteNumber(name, number);
                        break;
                    case bool flag:
                        json.WriteBoolean(name, flag);
                        break;
                    case Guid id:
                        json.WriteString(name, id);
                        break;
                    case DateTimeOffset instant:
                        json.WriteString(name, instant);
                        break;
                    case Enum member:
                        json.WriteString(name, JsonNamingPolicy.KebabCaseLower.ConvertName(member.ToString()));
                        break;
                    case IEnumerable<string> list:
                        json.WriteStartArray(name);
                        foreach (var item in list)
                        {
                            json.WriteStringValue(item);
                        }

                        json.WriteEndArray();
                        break;
                    default:
                        throw new ArgumentException($"An event cannot carry a {value.GetType().Name}.", nameof(fields));
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
