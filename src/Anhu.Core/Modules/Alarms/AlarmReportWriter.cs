using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Anhu.Modules.Alarms;

/// <summary>
/// Writes reports in one canonical form: the batch form of the contract, compact, fields in fixed order, nothing that says
/// nothing, times in UTC. The same content gives the same bytes, however it was sent.
/// </summary>
public static class AlarmReportWriter
{
    // The content is stored and hashed, never put into a page as it is: Chinese stays readable and short.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    /// <summary>The canonical form.</summary>
    /// <param name="report">The report.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] ToCanonicalJson(AlarmReport report) => Write(report).ToArray();

    /// <summary>The canonical form as text and its SHA-256, for storing.</summary>
    /// <param name="report">The report.</param>
    public static (string Content, byte[] Hash) ToContent(AlarmReport report)
    {
        var utf8 = Write(report);
        return (Encoding.UTF8.GetString(utf8), SHA256.HashData(utf8));
    }

    private static ReadOnlySpan<byte> Write(AlarmReport report)
    {
        buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        writer ??= new Utf8JsonWriter(buffer, Options);
        writer.Reset(buffer);
        Write(writer, report);
        writer.Flush();
        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter json, AlarmReport report)
    {
        var alarm = AlarmFields.Alarm;
        json.WriteStartObject();
        json.WriteString(alarm[0], report.Source);
        json.WriteString(alarm[1], report.SourceId);
        json.WriteNumber(alarm[2], report.Revision);
        Time(json, alarm[3], report.ReceivedAt);
        json.WriteString(alarm[4], AlarmNames.Encoded<AlarmChannel>()[(int)report.Channel]);
        json.WriteString(alarm[5], AlarmNames.Encoded<AlarmCategory>()[(int)report.Category]);
        Text(json, alarm[6], report.Summary);
        if (report.Reporter is { } reporter && (reporter.Name ?? reporter.Phone ?? reporter.Relation) is not null)
        {
            json.WriteStartObject(alarm[7]);
            Text(json, AlarmFields.Reporter[0], reporter.Name);
            Text(json, AlarmFields.Reporter[1], reporter.Phone);
            Text(json, AlarmFields.Reporter[2], reporter.Relation);
            json.WriteEndObject();
        }

        if (report.Location is { } place && ((place.Address ?? place.AddressPlaceholder ?? place.RegionCode) is not null || place.Longitude is not null || place.Latitude is not null))
        {
            json.WriteStartObject(alarm[8]);
            Text(json, AlarmFields.Location[0], place.Address ?? place.AddressPlaceholder);
            Text(json, AlarmFields.Location[1], place.RegionCode);
            Number(json, AlarmFields.Location[2], place.Longitude);
            Number(json, AlarmFields.Location[3], place.Latitude);
            json.WriteEndObject();
        }

        if (report.People.Count > 0)
        {
            json.WriteStartArray(alarm[9]);
            foreach (var person in report.People)
            {
                Person(json, person);
            }

            json.WriteEndArray();
        }

        Indicators(json, alarm[10], report.Indicators);
        if (report.Dispatch is { } dispatch && (dispatch.Unit is not null || dispatch.DispatchedAt is not null))
        {
            json.WriteStartObject(alarm[11]);
            Text(json, AlarmFields.Dispatch[0], dispatch.Unit);
            if (dispatch.DispatchedAt is { } dispatchedAt)
            {
                Time(json, AlarmFields.Dispatch[1], dispatchedAt);
            }

            json.WriteEndObject();
        }

        if (report.PoliceOpinion is { } opinion)
        {
            json.WriteNumber(alarm[12], opinion);
        }

        json.WriteEndObject();
    }

    private static void Person(Utf8JsonWriter json, ReportedPerson person)
    {
        var fields = AlarmFields.Person;
        json.WriteStartObject();
        json.WriteString(fields[0], AlarmNames.Encoded<PartyRole>()[(int)person.Role]);
        Text(json, fields[1], person.Name);
        if (person.Sex != Sex.Unknown)
        {
            json.WriteString(fields[2], AlarmNames.Encoded<Sex>()[(int)person.Sex]);
        }

        if (person.BirthDate is { } birthDate)
        {
            Span<char> date = stackalloc char[10];
            birthDate.TryFormat(date, out _, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            json.WriteString(fields[3], date);
        }

        Text(json, fields[4], person.IdNumber);
        Text(json, fields[5], person.Phone);
        Text(json, fields[6], person.Address ?? person.AddressPlaceholder);
        if (person.Injury != Injury.Unknown)
        {
            json.WriteString(fields[7], AlarmNames.Encoded<Injury>()[(int)person.Injury]);
        }

        Text(json, fields[8], person.RelationToVictim);
        json.WriteEndObject();
    }

    private static void Indicators(Utf8JsonWriter json, JsonEncodedText name, ReportedIndicators indicators)
    {
        ReadOnlySpan<bool?> answers =
        [
            indicators.Weapon, indicators.ThreatToKill, indicators.Strangulation, indicators.ChildPresent, indicators.Pregnant, indicators.Alcohol,
            indicators.SexualViolence, indicators.Separation,
        ];
        var started = false;
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is not { } answer)
            {
                continue;
            }

            if (!started)
            {
                json.WriteStartObject(name);
                started = true;
            }

            json.WriteBoolean(AlarmFields.Indicators[i], answer);
        }

        if (started)
        {
            json.WriteEndObject();
        }
    }

    private static void Text(Utf8JsonWriter json, JsonEncodedText name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void Number(Utf8JsonWriter json, JsonEncodedText name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Time(Utf8JsonWriter json, JsonEncodedText name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[32];
        json.WriteString(name, text[..Rfc3339.Format(time, text)]);
    }
}
