using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Anhu.Modules.Alarms.Mapping;

/// <summary>A rule bound to the columns of one file.</summary>
internal sealed class CompiledRule
{
    private readonly ValueRule rule;
    private readonly int[] columns;
    private readonly string[] literals = [];
    private readonly (Regex Pattern, string With)[] replacements;
    private readonly Dictionary<string, string> values;
    private readonly (CompiledCondition Condition, string Value)[] translations;
    private readonly TimeZoneInfo zone;

    /// <summary>Binds a rule.</summary>
    /// <param name="rule">The rule, checked.</param>
    /// <param name="columnOf">Index of a column by name; negative for an optional column that is absent.</param>
    /// <param name="zone">The zone of times without an offset.</param>
    public CompiledRule(ValueRule rule, Func<string, bool, int> columnOf, TimeZoneInfo zone)
    {
        this.rule = rule;
        this.zone = zone;
        IReadOnlyList<string> names = rule.Column is { } column ? [column] : rule.Columns ?? rule.FirstOf ?? [];
        if (rule.Template is { } template)
        {
            names = MappingCheck.ColumnsIn(template)!;
            literals = Regex.Split(template, @"\{[^}]*\}");
        }

        columns = [.. names.Select(name => columnOf(name, rule.Optional))];
        replacements = [.. rule.Replace.Select(r => (MappingCheck.Compile(r.Pattern), r.With))];
        values = rule.Values.ToDictionary(v => v.Key.Trim(), v => v.Value, StringComparer.OrdinalIgnoreCase);
        translations = [.. rule.When.Select(w => (new CompiledCondition(w, columnOf, rule.Optional), w.Value))];
    }

    /// <summary>The value that a row gives, or null; and whether a column gave it rather than a constant or a default.</summary>
    public (string? Value, bool FromRow) Of(IReadOnlyList<string> cells)
    {
        var value = Source(cells);
        var fromRow = rule.Value is null && value.Length > 0;
        foreach (var (pattern, with) in replacements)
        {
            value = pattern.Replace(value, with);
        }

        value = value.Trim();
        (value, var known) = Translate(value, cells);
        if (!known && rule.Otherwise is { } otherwise)
        {
            (value, fromRow) = (otherwise, false);
        }

        if (rule.Hash && value.Length > 0)
        {
            return (Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 16)), fromRow);
        }

        return value.Length == 0 ? (null, false) : (value, fromRow);
    }

    /// <summary>The value as an instant, or null when none of the formats fits.</summary>
    public DateTimeOffset? Time(string value)
    {
        foreach (var format in rule.Formats)
        {
            if (format is "unix" or "unix-ms")
            {
                if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ticks) && Math.Abs(ticks) < 4_000_000_000_000)
                {
                    return format == "unix" ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Min(ticks, 4_000_000_000)) : DateTimeOffset.FromUnixTimeMilliseconds(ticks);
                }
            }
            else if (format.Contains('z', StringComparison.Ordinal) || format.Contains('K', StringComparison.Ordinal))
            {
                if (DateTimeOffset.TryParseExact(value, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var instant))
                {
                    return instant;
                }
            }
            else if (DateTime.TryParseExact(value, format, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var local))
            {
                return InZone(local);
            }
        }

        return null;
    }

    /// <summary>The value as a day, or null when none of the formats fits.</summary>
    public DateOnly? Date(string value) =>
        DateTime.TryParseExact(value, [.. rule.Formats], CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var day) ? DateOnly.FromDateTime(day) : null;

    /// <summary>An hour that the clock shows twice in autumn is taken for the first of the two; one that it leaves out in spring for a clock not yet set.</summary>
    private DateTimeOffset InZone(DateTime local)
    {
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        var ticks = local.Ticks - offset.Ticks;
        return ticks < 0 || ticks > DateTime.MaxValue.Ticks ? DateTimeOffset.MinValue : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private string Source(IReadOnlyList<string> cells)
    {
        string Cell(int column) => column >= 0 && column < cells.Count ? cells[column].Trim() : "";

        if (rule.Value is { } constant)
        {
            return constant;
        }

        if (rule.Template is not null)
        {
            return columns.Any(c => Cell(c).Length > 0) ? string.Concat(literals.Select((text, i) => i < columns.Length ? text + Cell(columns[i]) : text)) : "";
        }

        if (rule.FirstOf is not null)
        {
            return columns.Select(Cell).FirstOrDefault(cell => cell.Length > 0) ?? "";
        }

        if (rule.Columns is not null)
        {
            // A fingerprint keeps empty parts apart, or two rows could share one.
            return rule.Hash ? string.Join(rule.Join ?? "\u001f", columns.Select(Cell)) : string.Join(rule.Join ?? " ", columns.Select(Cell).Where(cell => cell.Length > 0));
        }

        return Cell(columns[0]);
    }

    private (string Value, bool Known) Translate(string value, IReadOnlyList<string> cells)
    {
        if (values.Count > 0)
        {
            return values.TryGetValue(value, out var to) ? (to, true) : (value, false);
        }

        if (translations.Length > 0)
        {
            foreach (var (condition, to) in translations)
            {
                if (condition.Holds(cells, value))
                {
                    return (to, true);
                }
            }

            return (value, false);
        }

        return (value, value.Length > 0);
    }
}

/// <summary>A condition bound to the columns of one file.</summary>
internal sealed class CompiledCondition
{
    private readonly int? column;
    private readonly HashSet<string>? oneOf;
    private readonly string? contains;
    private readonly Regex? matches;
    private readonly bool? empty;

    public CompiledCondition(RowCondition condition, Func<string, bool, int> columnOf, bool optional = false)
    {
        column = condition.Column is { } name ? columnOf(name, optional) : null;
        oneOf = condition.OneOf?.Select(v => v.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        contains = condition.Contains;
        matches = condition.Matches is { } pattern ? MappingCheck.Compile(pattern) : null;
        empty = condition.Empty;
    }

    public bool Holds(IReadOnlyList<string> cells, string own = "")
    {
        var value = column is not { } c ? own : c >= 0 && c < cells.Count ? cells[c].Trim() : "";
        return (oneOf is null || oneOf.Contains(value))
            && (contains is null || value.Contains(contains, StringComparison.OrdinalIgnoreCase))
            && (matches is null || matches.IsMatch(value))
            && (empty is null || value.Length == 0 == empty);
    }
}
