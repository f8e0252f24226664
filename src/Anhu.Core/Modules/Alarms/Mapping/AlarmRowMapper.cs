using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;

namespace Anhu.Modules.Alarms.Mapping;

/// <summary>
/// Turns rows into the contract's JSON by a mapping. It judges nothing: what comes out goes through <see cref="AlarmReportReader"/>
/// like every other alarm, and a value that could not be translated is passed on as it is, to be refused there by name.
/// </summary>
public sealed class AlarmRowMapper
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly CompiledCondition[] keep;
    private readonly CompiledCondition[] drop;
    private readonly (MappingTarget Target, CompiledRule Rule)[] fields;
    private readonly (MappingTarget Target, CompiledRule Rule)[][] people;
    private readonly CompiledRule sourceId;
    private readonly CompiledRule? spreadBy;
    private readonly IReadOnlyList<string> communities = [];
    private readonly ArrayBufferWriter<byte> buffer = new(2048);

    /// <summary>Binds a mapping to the columns of a file.</summary>
    /// <param name="mapping">The mapping, checked.</param>
    /// <param name="columns">The file's columns.</param>
    /// <param name="communitiesWithin">Codes of the communities within a region, sorted; asked only by mappings that spread.</param>
    /// <exception cref="FormatException">The mapping names columns that the file has not, or a region that the city has not.</exception>
    public AlarmRowMapper(AlarmMapping mapping, IReadOnlyList<string> columns, Func<string, IReadOnlyList<string>> communitiesWithin)
    {
        Dictionary<string, int> indexes = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (i, column) in columns.Index())
        {
            indexes.TryAdd(column.Trim(), i);
        }

        SortedSet<string> missing = new(StringComparer.Ordinal);
        int ColumnOf(string name, bool optional)
        {
            if (indexes.TryGetValue(name.Trim(), out var index))
            {
                return index;
            }

            if (!optional)
            {
                missing.Add(name);
            }

            return -1;
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(mapping.TimeZone);
        CompiledRule Compile(ValueRule rule) => new(rule, ColumnOf, zone);
        keep = [.. mapping.Keep.Select(c => new CompiledCondition(c, ColumnOf))];
        drop = [.. mapping.Drop.Select(c => new CompiledCondition(c, ColumnOf))];
        fields = [.. MappingTargets.Alarm.Where(t => mapping.Fields.ContainsKey(t.Path)).Select(t => (t, Compile(mapping.Fields[t.Path])))];
        people = [.. mapping.People.Select(p => MappingTargets.Person.Where(t => p.ContainsKey(t.Name)).Select(t => (t, Compile(p[t.Name]))).ToArray())];
        sourceId = fields.First(f => f.Target.Path == "sourceId").Rule;
        if (mapping.Spread is { } spread)
        {
            spreadBy = Compile(spread.By);
            communities = communitiesWithin(spread.Within);
            if (communities.Count == 0)
            {
                throw new FormatException($"spread.within: There is no community within region {spread.Within}.");
            }
        }

        if (missing.Count > 0)
        {
            throw new FormatException($"The mapping names columns that the file has not: {string.Join(", ", missing)}. The file has: {string.Join(", ", columns)}.");
        }
    }

    /// <summary>All communities within a region of the city, by code.</summary>
    /// <param name="map">The city.</param>
    /// <param name="regionCode">A region's code or prefix.</param>
    public static IReadOnlyList<string> CommunitiesOf(OrganisationMap map, string regionCode)
    {
        List<string> communities = [];
        void Collect(Region region)
        {
            if (region.Level == RegionLevel.Community)
            {
                communities.Add(region.RegionCode);
                return;
            }

            foreach (var child in map.Children(region.RegionCode))
            {
                Collect(child);
            }
        }

        if (map.Region(regionCode) is { } root)
        {
            Collect(root);
        }

        communities.Sort(StringComparer.Ordinal);
        return communities;
    }

    /// <summary>True when the mapping's filter lets the row through.</summary>
    /// <param name="cells">The row.</param>
    public bool Keeps(IReadOnlyList<string> cells) =>
        (keep.Length == 0 || keep.Any(c => c.Holds(cells))) && !drop.Any(c => c.Holds(cells));

    /// <summary>The row as an alarm of the contract, without its source.</summary>
    /// <param name="cells">The row.</param>
    /// <returns>UTF-8 JSON, valid until the next call.</returns>
    public ReadOnlySpan<byte> ToJson(IReadOnlyList<string> cells)
    {
        buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        string? section = null;
        bool revisionSeen = false, placed = false;
        foreach (var (target, rule) in fields)
        {
            if (rule.Of(cells).Value is not { } value)
            {
                continue;
            }

            if (target.Section != section)
            {
                placed |= CloseSection(json, section, cells);
                section = target.Section;
                if (section is not null)
                {
                    json.WriteStartObject(section);
                }
            }

            revisionSeen |= target.Path == "revision";
            Write(json, target, rule, value);
        }

        placed |= CloseSection(json, section, cells);
        if (spreadBy is not null && !placed)
        {
            json.WriteStartObject("location");
            json.WriteString("regionCode", Community(cells));
            json.WriteEndObject();
        }

        if (!revisionSeen)
        {
            json.WriteNumber("revision", 1);
        }

        WritePeople(json, cells);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary>Ends an object; a location ends with the made-up region, where one is wanted.</summary>
    /// <returns>True when a region was written.</returns>
    private bool CloseSection(Utf8JsonWriter json, string? section, IReadOnlyList<string> cells)
    {
        if (section is null)
        {
            return false;
        }

        var places = section == "location" && spreadBy is not null;
        if (places)
        {
            json.WriteString("regionCode", Community(cells));
        }

        json.WriteEndObject();
        return places;
    }

    private void WritePeople(Utf8JsonWriter json, IReadOnlyList<string> cells)
    {
        var started = false;
        foreach (var person in people)
        {
            var known = person.Select(f => (f.Target, f.Rule, Found: f.Rule.Of(cells))).ToList();
            if (!known.Any(f => f.Found.FromRow && f.Target.Name != "role"))
            {
                continue;
            }

            if (!started)
            {
                json.WriteStartArray("people");
                started = true;
            }

            json.WriteStartObject();
            foreach (var (target, rule, found) in known)
            {
                if (found.Value is not null)
                {
                    Write(json, target, rule, found.Value);
                }
            }

            json.WriteEndObject();
        }

        if (started)
        {
            json.WriteEndArray();
        }
    }

    private static void Write(Utf8JsonWriter json, MappingTarget target, CompiledRule rule, string value)
    {
        switch (target.Kind)
        {
            case TargetKind.TrueOrFalse when bool.TryParse(value, out var answer):
                json.WriteBoolean(target.Name, answer);
                break;
            case TargetKind.Number when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                json.WriteNumber(target.Name, whole);
                break;
            case TargetKind.Number when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number):
                json.WriteNumber(target.Name, number);
                break;
            case TargetKind.Time when rule.Time(value) is { } time:
                Span<byte> text = stackalloc byte[32];
                json.WriteString(target.Name, text[..Rfc3339.Format(time, text)]);
                break;
            case TargetKind.Date when rule.Date(value) is { } date:
                json.WriteString(target.Name, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString(target.Name, value);
                break;
        }
    }

    /// <summary>The community made up for a row: the same for the same place, one by one for rows that name none.</summary>
    private string Community(IReadOnlyList<string> cells)
    {
        var place = spreadBy!.Of(cells).Value;
        if (place is null || AddressPlaceholders.IsPlaceholder(place))
        {
            place = "\0" + sourceId.Of(cells).Value;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(place.ToUpperInvariant()), hash);
        return communities[(int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)communities.Count)];
    }
}
