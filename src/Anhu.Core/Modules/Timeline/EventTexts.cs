using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Protection;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Timeline;

/// <summary>
/// The key of one text in the record. The record itself never changes, so the text in it is sealed under a key of its own, and only that key is
/// sealed anew when the city's keys are rotated; deleting it makes the text unreadable for ever while the chain still holds.
/// </summary>
public sealed class EventTextKey
{
    /// <summary>Key; stands beside the text in the event's data.</summary>
    public required Guid EventTextKeyId { get; init; }

    /// <summary>The case; null for events outside cases.</summary>
    public Guid? CaseId { get; init; }

    /// <summary>The text's key.</summary>
    public required byte[] Key { get; init; }
}

/// <summary>
/// What workers write in their own words goes into the record sealed: the member <c>reason</c> (or <c>words</c>, of a search) of an event's data becomes
/// <c>{"sealed":"…","key":"…"}</c> before the event is hashed, so that the chain covers the sealed text and is checked without keys.
/// </summary>
public static class EventTexts
{
    /// <summary>Members that hold a worker's own words; an event has one of them at most.</summary>
    private static readonly string[] Members = ["reason", "words"];

    private static readonly byte[] Place = "timeline_event.Data"u8.ToArray();
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Opens the texts of events.</summary>
    /// <param name="db">The context.</param>
    /// <param name="events">Events as stored.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The same events in the same order with readable data; a text whose key was deleted is left out.</returns>
    public static async Task<List<TimelineEvent>> OpenAsync(AnhuDbContext db, IReadOnlyList<TimelineEvent> events, CancellationToken ct)
    {
        var data = await OpenDataAsync(db, [.. events.Select(e => e.Data)], ct);
        return [.. events.Select((e, i) => ReferenceEquals(e.Data, data[i]) ? e : With(e, data[i]))];
    }

    /// <summary>Opens the texts in the data of events.</summary>
    /// <param name="db">The context.</param>
    /// <param name="data">The data as stored.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Readable data in the same order.</returns>
    public static async Task<List<string>> OpenDataAsync(AnhuDbContext db, IReadOnlyList<string> data, CancellationToken ct)
    {
        var ids = data.Select(KeyOf).OfType<Guid>().ToList();
        if (ids.Count == 0)
        {
            return [.. data];
        }

        var keys = await db.EventTextKeys.AsNoTracking().Where(k => ids.Contains(k.EventTextKeyId)).ToDictionaryAsync(k => k.EventTextKeyId, k => k.Key, ct);
        return [.. data.Select(d => KeyOf(d) is null ? d : Open(d, keys, db.Keys.Suite))];
    }

    /// <summary>Opens the text of one event.</summary>
    /// <param name="db">The context.</param>
    /// <param name="e">The event as stored.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<TimelineEvent> OpenAsync(AnhuDbContext db, TimelineEvent e, CancellationToken ct) => (await OpenAsync(db, [e], ct))[0];

    /// <summary>The data of a fact as the record keeps it.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="ring">The city's keys; needed only where there is a text.</param>
    /// <param name="keys">Takes the text's key.</param>
    internal static string Seal(PendingEvent fact, KeyRing ring, List<EventTextKey> keys)
    {
        if (!Array.Exists(Members, m => fact.Data.Contains($"\"{m}\":\"", StringComparison.Ordinal)))
        {
            return fact.Data;
        }

        return Rewrite(fact.Data, (json, member) =>
        {
            var text = member.Value;
            var key = new EventTextKey { EventTextKeyId = Guid.CreateVersion7(fact.At), CaseId = fact.CaseId, Key = RandomNumberGenerator.GetBytes(CipherSuite.KeyBytes) };
            var plain = Encoding.UTF8.GetBytes(text.GetString()!);
            var value = new byte[CipherSuite.NonceBytes + plain.Length + CipherSuite.TagBytes];
            RandomNumberGenerator.Fill(value.AsSpan(0, CipherSuite.NonceBytes));
            using var cipher = ring.Suite.Cipher(key.Key);
            cipher.Seal(value.AsSpan(0, CipherSuite.NonceBytes), plain, value.AsSpan(CipherSuite.NonceBytes), Place);
            keys.Add(key);
            json.WriteStartObject(member.Name);
            json.WriteBase64String("sealed", value);
            json.WriteString("key", key.EventTextKeyId);
            json.WriteEndObject();
        });
    }

    /// <summary>The key of the text in an event's data; null when there is none.</summary>
    internal static Guid? KeyOf(string data)
    {
        if (!data.Contains("\"sealed\":\"", StringComparison.Ordinal))
        {
            return null;
        }

        using var document = JsonDocument.Parse(data);
        foreach (var member in Members)
        {
            if (document.RootElement.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.Object)
            {
                return text.GetProperty("key").GetGuid();
            }
        }

        return null;
    }

    private static string Open(string data, Dictionary<Guid, byte[]> keys, CipherSuite suite) => Rewrite(data, (json, member) =>
    {
        var text = member.Value;
        if (!keys.TryGetValue(text.GetProperty("key").GetGuid(), out var key) || key.Length == 0)
        {
            return;
        }

        var value = text.GetProperty("sealed").GetBytesFromBase64();
        var plain = new byte[value.Length - CipherSuite.NonceBytes - CipherSuite.TagBytes];
        using var cipher = suite.Cipher(key);
        if (!cipher.Open(value.AsSpan(0, CipherSuite.NonceBytes), value.AsSpan(CipherSuite.NonceBytes), plain, Place))
        {
            throw new SealedValueException("timeline_event.Data", null, "it was changed");
        }

        json.WriteString(member.Name, plain);
    });

    private static string Rewrite(string data, Action<Utf8JsonWriter, JsonProperty> write)
    {
        using var document = JsonDocument.Parse(data);
        var buffer = new ArrayBufferWriter<byte>(data.Length + 256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (Array.Exists(Members, member.NameEquals) && member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Object)
                {
                    write(json, member);
                }
                else
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static TimelineEvent With(TimelineEvent e, string data) => new()
    {
        Sequence = e.Sequence, Type = e.Type, At = e.At, CaseId = e.CaseId, DutyId = e.DutyId, WorkerId = e.WorkerId, ClientId = e.ClientId,
        UnitId = e.UnitId, Class = e.Class, Data = data, PreviousHash = e.PreviousHash, Hash = e.Hash,
    };
}
