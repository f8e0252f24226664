using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anhu.Modules.Alarms.Mapping;

/// <summary>How rows of a foreign system's export become alarms: the content of a MAP.json. See data/mappings/README.md.</summary>
public sealed record AlarmMapping
{
    /// <summary>What export this is for.</summary>
    public string? Name { get; init; }

    /// <summary>Remarks for people.</summary>
    public string? Notes { get; init; }

    /// <summary><c>auto</c> (byte order mark, else UTF-8 where the whole file is valid, else GB18030), or the name of an encoding.</summary>
    public string Encoding { get; init; } = "auto";

    /// <summary>The character between columns; <c>auto</c> looks at the first lines.</summary>
    public string Delimiter { get; init; } = "auto";

    /// <summary>Names of the columns, for files without a header.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>IANA name of the zone of times without an offset.</summary>
    public string TimeZone { get; init; } = "Asia/Shanghai";

    /// <summary>Rows are kept when any of these holds; all rows when there is none.</summary>
    public IReadOnlyList<RowCondition> Keep { get; init; } = [];

    /// <summary>Of those, rows are left out when any of these holds.</summary>
    public IReadOnlyList<RowCondition> Drop { get; init; } = [];

    /// <summary>The rules by field of the contract, such as <c>location.address</c>; <c>sourceId</c> is one of them.</summary>
    public IReadOnlyDictionary<string, ValueRule> Fields { get; init; } = new Dictionary<string, ValueRule>();

    /// <summary>The people of a row, each by its fields; someone of whom no column says anything is left out.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, ValueRule>> People { get; init; } = [];

    /// <summary>For exercises with data from elsewhere: gives each row a community of the city.</summary>
    public SpreadRule? Spread { get; init; }

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads and checks a mapping.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">What is wrong, one line each.</exception>
    public static AlarmMapping Load(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads and checks a mapping.</summary>
    /// <param name="json">The content.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="FormatException">What is wrong, one line each.</exception>
    public static AlarmMapping Parse(string json, string name)
    {
        AlarmMapping? mapping;
        try
        {
            mapping = JsonSerializer.Deserialize<AlarmMapping>(json, Options);
        }
        catch (JsonException e)
        {
            var message = e.Message.Split(" Path: ", 2)[0].Replace("Anhu.Modules.Alarms.Mapping.", "", StringComparison.Ordinal);
            throw new FormatException($"{name}({e.LineNumber + 1},{e.BytePositionInLine + 1}): {message}", e);
        }

        var faults = mapping is null ? ["An object is needed."] : MappingCheck.Faults(mapping);
        return faults.Count == 0 ? mapping! : throw new FormatException(string.Join(Environment.NewLine, faults.Select(fault => $"{name}: {fault}")));
    }

    /// <summary>The mapping of a file whose columns are named by the contract's fields, such as <c>people[0].name</c>.</summary>
    /// <param name="columns">The columns.</param>
    /// <exception cref="FormatException">A column is not a field.</exception>
    public static AlarmMapping ForContractColumns(IReadOnlyList<string> columns)
    {
        Dictionary<string, ValueRule> fields = [];
        SortedDictionary<int, IReadOnlyDictionary<string, ValueRule>> people = [];
        List<string> unknown = [];
        foreach (var column in columns)
        {
            var rule = new ValueRule { Column = column };
            if (MappingTargets.Find(column) is not null)
            {
                fields[column] = rule;
            }
            else if (MappingTargets.FindPerson(column, out var index) is { } field)
            {
                if (!people.TryGetValue(index, out var person))
                {
                    people[index] = person = new Dictionary<string, ValueRule>();
                }

                ((Dictionary<string, ValueRule>)person)[field.Name] = rule;
            }
            else
            {
                unknown.Add(column);
            }
        }

        if (unknown.Count > 0)
        {
            throw new FormatException($"Without a mapping the columns must be named like the fields of an alarm; these are not: {string.Join(", ", unknown)}.");
        }

        var mapping = new AlarmMapping { Fields = fields, People = [.. people.Values] };
        var faults = MappingCheck.Faults(mapping);
        return faults.Count == 0 ? mapping : throw new FormatException(string.Join(Environment.NewLine, faults));
    }
}

/// <summary>
/// Where a value comes from and how it is translated: first one of <c>value</c>, <c>column</c>, <c>columns</c>, <c>firstOf</c>
/// or <c>template</c>, then <c>replace</c>, then <c>values</c> or <c>when</c>, then <c>formats</c> or <c>hash</c>. An empty
/// value is no value.
/// </summary>
public sealed record ValueRule
{
    /// <summary>A constant.</summary>
    public string? Value { get; init; }

    /// <summary>The content of a column.</summary>
    public string? Column { get; init; }

    /// <summary>The contents of columns, joined by <see cref="Join"/>, empty ones left out.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>What joins <see cref="Columns"/>; a space when not given.</summary>
    public string? Join { get; init; }

    /// <summary>The first of these columns that is not empty.</summary>
    public IReadOnlyList<string>? FirstOf { get; init; }

    /// <summary>Text with columns in braces; no value when all its columns are empty.</summary>
    public string? Template { get; init; }

    /// <summary>The columns named may be absent from the file.</summary>
    public bool Optional { get; init; }

    /// <summary>Replacements by regular expression, in order.</summary>
    public IReadOnlyList<Replacement> Replace { get; init; } = [];

    /// <summary>Translations of whole values, without regard to case.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Translations by condition; the first that holds decides.</summary>
    public IReadOnlyList<Translation> When { get; init; } = [];

    /// <summary>What a value becomes that neither <see cref="Values"/> nor <see cref="When"/> knows, and what no value becomes; without it the value stays. Empty: no value.</summary>
    public string? Otherwise { get; init; }

    /// <summary>Formats of times or dates as .NET writes them, or <c>unix</c>, <c>unix-ms</c>; tried in order.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>Takes a fingerprint of the value instead of it: a name for rows that have none.</summary>
    public bool Hash { get; init; }
}

/// <summary>A replacement.</summary>
/// <param name="Pattern">Regular expression without look-around.</param>
/// <param name="With">Replacement text, with <c>$1</c> for groups.</param>
public sealed record Replacement([property: JsonRequired] string Pattern, string With = "");

/// <summary>A condition on a row; what is given of it must all hold.</summary>
public record RowCondition
{
    /// <summary>The column; within a rule the rule's own value when not given.</summary>
    public string? Column { get; init; }

    /// <summary>The value is one of these, without regard to case.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }

    /// <summary>The value contains this, without regard to case.</summary>
    public string? Contains { get; init; }

    /// <summary>The value matches this regular expression, without regard to case.</summary>
    public string? Matches { get; init; }

    /// <summary>The value is empty, or is not.</summary>
    public bool? Empty { get; init; }
}

/// <summary>What a value becomes when a condition holds.</summary>
public sealed record Translation : RowCondition
{
    /// <summary>The new value; empty: no value.</summary>
    [JsonRequired]
    public string Value { get; init; } = "";
}

/// <summary>Gives rows from elsewhere a place in the city, always the same for the same value. For exercises only: the place is made up.</summary>
public sealed record SpreadRule
{
    /// <summary>What decides: rows with the same value get the same community. Rows whose value is empty or a placeholder are spread one by one.</summary>
    [JsonRequired]
    public ValueRule By { get; init; } = new();

    /// <summary>Code of the region within which communities are given.</summary>
    [JsonRequired]
    public string Within { get; init; } = "";
}
