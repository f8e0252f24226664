using System.Text;
using System.Text.RegularExpressions;

namespace Anhu.Modules.Alarms.Mapping;

/// <summary>Finds what is wrong with a mapping before a row is read, all of it at once.</summary>
internal static class MappingCheck
{
    private static readonly string[] Needed = ["sourceId", "receivedAt", "channel", "category"];

    public static List<string> Faults(AlarmMapping mapping)
    {
        List<string> faults = [];
        CheckFile(mapping, faults);
        foreach (var (i, condition) in mapping.Keep.Index())
        {
            Condition($"keep[{i}]", condition, needsColumn: true, faults);
        }

        foreach (var (i, condition) in mapping.Drop.Index())
        {
            Condition($"drop[{i}]", condition, needsColumn: true, faults);
        }

        foreach (var (path, rule) in mapping.Fields)
        {
            Field($"fields.{path}", MappingTargets.Find(path), rule, faults);
        }

        foreach (var name in Needed.Where(name => !mapping.Fields.ContainsKey(name)))
        {
            faults.Add($"fields.{name}: An alarm needs this field.");
        }

        if (!mapping.Fields.ContainsKey("summary") && mapping.People.Count == 0)
        {
            faults.Add("fields.summary: An alarm needs a summary or people.");
        }

        foreach (var (i, person) in mapping.People.Index())
        {
            foreach (var (name, rule) in person)
            {
                Field($"people[{i}].{name}", MappingTargets.Person.FirstOrDefault(t => t.Name == name), rule, faults);
            }

            if (!person.ContainsKey("role"))
            {
                faults.Add($"people[{i}].role: A person needs a role.");
            }
        }

        if (mapping.Spread is { } spread)
        {
            Rule("spread.by", spread.By, faults);
            if (spread.Within.Length is < 2 or > 12 || spread.Within.AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                faults.Add("spread.within: A region code is needed, such as 340100.");
            }

            if (mapping.Fields.ContainsKey("location.regionCode"))
            {
                faults.Add("spread: The mapping already fills location.regionCode; a place is either known or made up.");
            }
        }

        return faults;
    }

    private static void CheckFile(AlarmMapping mapping, List<string> faults)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(mapping.TimeZone, out _))
        {
            faults.Add($"timeZone: There is no time zone '{mapping.TimeZone}'.");
        }

        if (mapping.Delimiter != "auto" && (mapping.Delimiter.Length != 1 || mapping.Delimiter[0] is '"' or '\r' or '\n' or > '~'))
        {
            faults.Add("delimiter: One ASCII character or auto is needed.");
        }

        try
        {
            if (mapping.Encoding != "auto")
            {
                Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
                Encoding.GetEncoding(mapping.Encoding);
            }
        }
        catch (ArgumentException)
        {
            faults.Add($"encoding: There is no encoding '{mapping.Encoding}'.");
        }

        if (mapping.Columns is { } columns && (columns.Count == 0 || columns.Distinct(StringComparer.OrdinalIgnoreCase).Count() != columns.Count))
        {
            faults.Add("columns: Names are needed, each once.");
        }
    }

    private static void Field(string path, MappingTarget? target, ValueRule rule, List<string> faults)
    {
        if (target is null)
        {
            var known = path.StartsWith("fields.", StringComparison.Ordinal) ? MappingTargets.Alarm : MappingTargets.Person;
            faults.Add($"{path}: An alarm has no such field. Fields: {string.Join(", ", known.Select(t => t.Path))}.");
            return;
        }

        Rule(path, rule, faults);
        if (rule.Formats.Count > 0 && target.Kind is not (TargetKind.Time or TargetKind.Date))
        {
            faults.Add($"{path}.formats: Only times and dates have formats.");
        }

        foreach (var word in Results(rule).Where(word => word.Length > 0))
        {
            if (target.Words is { } words && !words.Contains(word))
            {
                faults.Add($"{path}: '{word}' is not allowed here. Allowed: {string.Join(", ", words)}.");
            }
            else if (target.Kind == TargetKind.TrueOrFalse && word is not ("true" or "false"))
            {
                faults.Add($"{path}: '{word}' is neither true nor false.");
            }
        }
    }

    /// <summary>The values that the rule itself writes.</summary>
    private static IEnumerable<string> Results(ValueRule rule)
    {
        var translated = rule.Values.Values.Concat(rule.When.Select(w => w.Value));
        var constant = rule.Value is { } value && !translated.Any() ? value : null;
        return translated.Append(rule.Otherwise).Append(constant).OfType<string>();
    }

    private static void Rule(string path, ValueRule rule, List<string> faults)
    {
        var sources = new object?[] { rule.Value, rule.Column, rule.Columns, rule.FirstOf, rule.Template }.Count(source => source is not null);
        if (sources != 1)
        {
            faults.Add($"{path}: Exactly one of value, column, columns, firstOf or template is needed.");
        }

        if (rule.Columns is { Count: 0 } || rule.FirstOf is { Count: 0 })
        {
            faults.Add($"{path}: Names of columns are needed.");
        }

        if (rule.Join is not null && rule.Columns is null)
        {
            faults.Add($"{path}.join: Only columns are joined.");
        }

        if (rule.Template is { } template && ColumnsIn(template) is null)
        {
            faults.Add($"{path}.template: Columns are written in braces, such as {{nature}}; a brace itself can't be written.");
        }

        if (rule.Values.Count > 0 && rule.When.Count > 0)
        {
            faults.Add($"{path}: Either values or when, not both.");
        }

        if (rule.Formats.Count > 0 && rule.Hash)
        {
            faults.Add($"{path}: A fingerprint has no format.");
        }

        foreach (var (i, replacement) in rule.Replace.Index())
        {
            Pattern($"{path}.replace[{i}].pattern", replacement.Pattern, faults);
        }

        foreach (var (i, translation) in rule.When.Index())
        {
            Condition($"{path}.when[{i}]", translation, needsColumn: false, faults);
        }
    }

    private static void Condition(string path, RowCondition condition, bool needsColumn, List<string> faults)
    {
        if (needsColumn && condition.Column is null)
        {
            faults.Add($"{path}.column: A column is needed.");
        }

        if (condition.OneOf is null && condition.Contains is null && condition.Matches is null && condition.Empty is null)
        {
            faults.Add($"{path}: At least one of oneOf, contains, matches or empty is needed.");
        }

        if (condition.Matches is { } pattern)
        {
            Pattern($"{path}.matches", pattern, faults);
        }
    }

    private static void Pattern(string path, string pattern, List<string> faults)
    {
        try
        {
            Compile(pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            faults.Add($"{path}: {e.Message}");
        }
    }

    /// <summary>Linear in the length of the text, whatever the pattern: a mapping can't stop the intake.</summary>
    public static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>The columns that a template names, or null when its braces don't pair.</summary>
    public static List<string>? ColumnsIn(string template)
    {
        List<string> columns = [];
        for (var at = 0; at < template.Length;)
        {
            var open = template.IndexOfAny(['{', '}'], at);
            if (open < 0)
            {
                break;
            }

            var close = template.IndexOf('}', open);
            if (template[open] == '}' || close <= open + 1)
            {
                return null;
            }

            columns.Add(template[(open + 1)..close]);
            at = close + 1;
        }

        return columns;
    }
}
