using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Alarms.Mapping;

namespace Anhu.Modules.People;

/// <summary>Which column of another agency's list is which field: <c>name</c>, <c>sex</c>, <c>birthDate</c>, <c>idNumber</c>, <c>phone</c>, <c>address</c>; rules as in mappings of alarms.</summary>
public sealed record PersonListMapping
{
    /// <summary>The fields that a list can have.</summary>
    public static IReadOnlyList<string> Known { get; } = ["name", "sex", "birthDate", "idNumber", "phone", "address"];

    private static readonly string[] DateFormats = ["yyyy-MM-dd", "yyyy/M/d", "yyyyMMdd", "yyyy年M月d日", "yyyy.M.d"];

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    };

    /// <summary>Name of the list's kind.</summary>
    public string? Name { get; init; }

    /// <summary>What to know about it.</summary>
    public string? Notes { get; init; }

    /// <summary>Encoding of a CSV file, such as <c>gb18030</c>, or <c>auto</c>.</summary>
    public string Encoding { get; init; } = "auto";

    /// <summary>A rule for each field.</summary>
    public IReadOnlyDictionary<string, ValueRule> Fields { get; init; } = new Dictionary<string, ValueRule>();

    /// <summary>Reads and checks a mapping.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">What is wrong, one line each.</exception>
    public static PersonListMapping Load(string path)
    {
        PersonListMapping? mapping;
        try
        {
            mapping = JsonSerializer.Deserialize<PersonListMapping>(File.ReadAllText(path), Options);
        }
        catch (JsonException e)
        {
            throw new FormatException($"{path}({e.LineNumber + 1},{e.BytePositionInLine + 1}): {e.Message.Split(" Path: ", 2)[0]}", e);
        }

        var unknown = mapping?.Fields.Keys.Where(k => !Known.Contains(k)).ToList() ?? [];
        return mapping is null || mapping.Fields.Count == 0 ? throw new FormatException($"{path}: fields: At least one field is needed.")
            : unknown.Count > 0 ? throw new FormatException($"{path}: There is no field {string.Join(", ", unknown)}; there are: {string.Join(", ", Known)}.")
            : mapping with { Fields = mapping.Fields.ToDictionary(f => f.Key, f => f.Key == "birthDate" && f.Value.Formats.Count == 0 ? f.Value with { Formats = DateFormats } : f.Value) };
    }
}

/// <summary>A row of a list.</summary>
/// <param name="Line">The row, from 1; the heading counts.</param>
/// <param name="Person">Who; null when the row can't be used.</param>
/// <param name="Fault">Why it can't be used.</param>
public sealed record PersonListRow(long Line, ReportedPerson? Person, string? Fault);

/// <summary>A list of people from another agency: CSV (UTF-8 or GB18030, also packed with gzip) or XLSX.</summary>
public sealed class PersonListFile
{
    private const int LongestValue = 300;
    private const int ReportEvery = 1000;

    private readonly string path;
    private readonly PersonListMapping mapping;

    /// <summary>Opens a list.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mapping">Which column is which field.</param>
    public PersonListFile(string path, PersonListMapping mapping)
    {
        (this.path, this.mapping) = (path, mapping);
        using var content = File.OpenRead(path);
        Hash = SHA256.HashData(content);
    }

    /// <summary>SHA-256 of the file.</summary>
    public byte[] Hash { get; }

    /// <summary>Reads the rows.</summary>
    /// <param name="progress">Told how many rows were read, and of a CSV how much of the file, 0 to 1; nobody knows how long an XLSX is.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="FormatException">File and mapping don't go together.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public List<PersonListRow> Read(Action<long, double?>? progress = null, CancellationToken ct = default)
    {
        var rows = new List<PersonListRow>();
        (string Field, CompiledRule Rule)[]? rules = null;
        var line = 0L;
        double? read = null;
        foreach (var cells in path.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase) ? Excel() : Csv(part => read = part))
        {
            if (++line % ReportEvery == 0)
            {
                ct.ThrowIfCancellationRequested();
                progress?.Invoke(line, read);
            }

            if (rules is null)
            {
                rules = Bind(cells);
            }
            else if (cells.Any(c => c.Length > 0))
            {
                rows.Add(Row(line, cells, rules));
            }
        }

        return rules is null ? throw new FormatException("The file is empty.") : rows;
    }

    private static PersonListRow Row(long line, IReadOnlyList<string> cells, (string Field, CompiledRule Rule)[] rules)
    {
        var values = new Dictionary<string, string?>();
        DateOnly? born = null;
        foreach (var (field, rule) in rules)
        {
            var value = rule.Of(cells).Value;
            value = value is null ? null : string.Concat(value.Where(c => !char.IsControl(c))).Trim();
            if (value?.Length > LongestValue)
            {
                return new PersonListRow(line, null, $"{field} is too long.");
            }

            if (field == "birthDate" && value is { Length: > 0 })
            {
                if (rule.Time(value) is not { } at)
                {
                    return new PersonListRow(line, null, "birthDate is no date that the mapping knows.");
                }

                born = DateOnly.FromDateTime(at.UtcDateTime);
            }

            values[field] = string.IsNullOrEmpty(value) ? null : value;
        }

        var person = new ReportedPerson
        {
            Role = PartyRole.Other, Name = values.GetValueOrDefault("name"), Sex = SexOf(values.GetValueOrDefault("sex")), BirthDate = born,
            IdNumber = values.GetValueOrDefault("idNumber")?.ToUpperInvariant(), Phone = values.GetValueOrDefault("phone"), Address = values.GetValueOrDefault("address"),
        };
        return person is { Name: null, IdNumber: null, Phone: null } ? new PersonListRow(line, null, "Neither name nor ID number nor phone.") : new PersonListRow(line, person, null);
    }

    private static Sex SexOf(string? value) => value?.ToUpperInvariant() switch
    {
        "女" or "女性" or "F" or "FEMALE" or "2" => Sex.Female,
        "男" or "男性" or "M" or "MALE" or "1" => Sex.Male,
        _ => Sex.Unknown,
    };

    private (string Field, CompiledRule Rule)[] Bind(IReadOnlyList<string> columns)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        var indexes = columns.Select((name, i) => (name, i)).DistinctBy(c => c.name.Trim(), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(c => c.name.Trim(), c => c.i, StringComparer.OrdinalIgnoreCase);
        (string, CompiledRule)[] rules = [.. mapping.Fields.Select(f => (f.Key, new CompiledRule(f.Value, ColumnOf, TimeZoneInfo.Utc)))];
        return missing.Count == 0 ? rules
            : throw new FormatException($"The mapping names columns that the file has not: {string.Join(", ", missing)}. The file has: {string.Join(", ", columns)}.");

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
    }

    private IEnumerable<IReadOnlyList<string>> Csv(Action<double> progress)
    {
        using var rows = new CsvRows(path, mapping.Encoding, hasHeader: false, AlarmLimits.Bytes);
        var csv = rows.Reader;
        while (rows.Read())
        {
            var cells = new string[csv.FieldCount];
            for (var i = 0; i < cells.Length; i++)
            {
                cells[i] = csv.GetString(i);
            }

            progress(rows.Progress);
            yield return cells;
        }
    }

    private IEnumerable<IReadOnlyList<string>> Excel() => ExcelFile.Rows(path).Select(row => (IReadOnlyList<string>)[.. row.Select(Cell)]);

    private static string Cell(object? value) => value switch
    {
        null => "",
        DateTime day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        double number => number.ToString("0.###############", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
