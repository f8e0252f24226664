using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Anhu.Common;

/// <summary>Reads a city's YAML document and collects every fault with its line, so that one look at the message is enough to mend the file.</summary>
internal sealed class RuleReader
{
    private const int MaxFaults = 50;
    private readonly List<RuleFault> faults = [];
    private readonly string file;

    private RuleReader(string file) => this.file = file;

    /// <summary>True while nothing wrong was found.</summary>
    public bool IsClean => faults.Count == 0;

    /// <summary>Parses the text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="root">The document's top level.</param>
    /// <exception cref="RuleDocumentException">It is no YAML, or not a mapping.</exception>
    public static RuleReader Open(string text, string file, out RuleMap root)
    {
        var reader = new RuleReader(file);
        var stream = new YamlStream();
        var parser = new Parser(new StringReader(text));
        try
        {
            stream.Load(parser);
        }
        catch (YamlException e)
        {
            var reason = e.Message.TrimEnd('.');
            reader.Fault((int)Math.Max(1, e.Start.Line), $"不是有效的 YAML：{reason}。", $"Not valid YAML: {reason}.");
            reader.ThrowIfFaulty();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet's scanner leaves an unclosed bracket to its own state checks.
            var line = (int)(parser.Current?.End.Line ?? 1);
            reader.Fault(line, "不是有效的 YAML：请检查这一行之后的括号和引号是否成对。", "Not valid YAML: check that brackets and quotes after this line are closed.");
            reader.ThrowIfFaulty();
        }

        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode mapping)
        {
            reader.Fault(1, "文件应当只有一份文档，由“名称: 值”组成。", "The file must hold one document of \"name: value\" entries.");
            reader.ThrowIfFaulty();
            throw new InvalidOperationException();
        }

        root = new RuleMap(reader, mapping);
        return reader;
    }

    public void Fault(YamlNode node, string zh, string en) => Fault((int)node.Start.Line, zh, en);

    public void Fault(int line, string zh, string en)
    {
        if (faults.Count < MaxFaults)
        {
            faults.Add(new RuleFault(line, new Bilingual(zh, en)));
        }
    }

    /// <summary>Ends reading.</summary>
    /// <exception cref="RuleDocumentException">Something was wrong.</exception>
    public void ThrowIfFaulty()
    {
        if (faults.Count > 0)
        {
            throw new RuleDocumentException(file, [.. faults.OrderBy(f => f.Line)]);
        }
    }

    /// <summary>The nearest known word to a mistyped one, for messages.</summary>
    public static (string Zh, string En) Suggest(string word, IEnumerable<string> known)
    {
        var list = known.ToList();
        var nearest = list.Select(k => (Word: k, Distance: Distance(word, k))).OrderBy(k => k.Distance).FirstOrDefault();
        return nearest.Word is not null && nearest.Distance <= Math.Max(2, word.Length / 3)
            ? ($"是否想写“{nearest.Word}”？", $"Did you mean \"{nearest.Word}\"?")
            : ($"可用：{string.Join("、", list)}。", $"Known: {string.Join(", ", list)}.");
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}

/// <summary>A mapping of a document under reading. A key that is never asked for is a fault, so that a typo never loses a rule.</summary>
internal sealed class RuleMap(RuleReader reader, YamlMappingNode node)
{
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> entries = node.Children
        .ToDictionary(c => (c.Key as YamlScalarNode)?.Value ?? "", c => (c.Key, c.Value), StringComparer.Ordinal);

    private readonly List<string> asked = [];

    public RuleReader Reader => reader;

    public YamlNode Node => node;

    public int Line => (int)node.Start.Line;

    /// <summary>Entries in the document's order; all count as asked for.</summary>
    public IEnumerable<(string Key, YamlNode KeyNode, YamlNode Value)> All()
    {
        foreach (var (key, (keyNode, value)) in entries.OrderBy(e => e.Value.Key.Start.Index))
        {
            asked.Add(key);
            yield return (key, keyNode, value);
        }
    }

    public YamlNode? Find(string key)
    {
        asked.Add(key);
        return entries.TryGetValue(key, out var entry) ? entry.Value : null;
    }

    /// <summary>Reports a fault on the line of a key.</summary>
    public void Fault(string key, string zh, string en) => reader.Fault(entries.TryGetValue(key, out var entry) ? entry.Key : node, zh, en);

    public YamlNode? Require(string key)
    {
        var value = Find(key);
        if (value is null)
        {
            reader.Fault(node, $"缺少“{key}”。", $"\"{key}\" is missing.");
        }

        return value;
    }

    public string Text(string key, int maxLength = 400) => Require(key) is { } value ? AsText(reader, value, key, maxLength) ?? "" : "";

    public string? OptionalText(string key, int maxLength = 400) => Find(key) is { } value ? AsText(reader, value, key, maxLength) : null;

    public Bilingual Bilingual(string key)
    {
        if (Require(key) is not { } value)
        {
            return new Bilingual("", "");
        }

        return AsBilingual(reader, value, key);
    }

    public int? OptionalInt(string key, int min, int max) => Find(key) is { } value ? AsInt(reader, value, key, min, max) : null;

    public int Int(string key, int min, int max) => Require(key) is { } value ? AsInt(reader, value, key, min, max) ?? min : min;

    public bool OptionalYesNo(string key) => Find(key) is { } value && AsYesNo(reader, value, key) == true;

    public RuleMap? OptionalMap(string key) => Find(key) is { } value ? AsMap(reader, value, key) : null;

    public RuleMap? Map(string key) => Require(key) is { } value ? AsMap(reader, value, key) : null;

    public IReadOnlyList<YamlNode> List(string key) => Require(key) is { } value ? AsList(reader, value, key) : [];

    public IReadOnlyList<YamlNode> OptionalList(string key) => Find(key) is { } value ? AsList(reader, value, key) : [];

    /// <summary>Ends reading of this mapping: keys that nobody asked for are faults.</summary>
    public void Done()
    {
        foreach (var (key, (keyNode, value)) in entries)
        {
            if (asked.Contains(key, StringComparer.Ordinal))
            {
                continue;
            }

            if (value is YamlScalarNode { Value: null or "" } && node.Style == YamlDotNet.Core.Events.MappingStyle.Flow)
            {
                reader.Fault(keyNode, $"“{key}”前面的逗号把一句话断开了：含逗号的文字请加引号。", $"The comma before \"{key}\" breaks a text apart: put texts with commas in quotes.");
            }
            else
            {
                var (zh, en) = RuleReader.Suggest(key, asked.Distinct());
                reader.Fault(keyNode, $"不认识“{key}”。{zh}", $"\"{key}\" is not known here. {en}");
            }
        }
    }

    public static RuleMap? AsMap(RuleReader reader, YamlNode value, string key)
    {
        if (value is YamlMappingNode mapping)
        {
            return new RuleMap(reader, mapping);
        }

        reader.Fault(value, $"“{key}”下面应当是“名称: 值”。", $"\"{key}\" must hold \"name: value\" entries.");
        return null;
    }

    public static IReadOnlyList<YamlNode> AsList(RuleReader reader, YamlNode value, string key)
    {
        if (value is YamlSequenceNode list)
        {
            return [.. list.Children];
        }

        reader.Fault(value, $"“{key}”下面应当是列表（每项以“- ”开头）。", $"\"{key}\" must be a list.");
        return [];
    }

    /// <summary>One value, or a list of values.</summary>
    public static IReadOnlyList<YamlNode> AsOneOrMore(YamlNode value) => value is YamlSequenceNode list ? [.. list.Children] : [value];

    public static string? AsText(RuleReader reader, YamlNode value, string key, int maxLength = 400)
    {
        if (value is YamlScalarNode { Value: { } text } && !string.IsNullOrWhiteSpace(text))
        {
            if (text.Length > maxLength)
            {
                reader.Fault(value, $"“{key}”超过 {maxLength} 个字。", $"\"{key}\" is longer than {maxLength} characters.");
            }

            return text.Trim();
        }

        reader.Fault(value, $"“{key}”应当是文字。", $"\"{key}\" must be a text.");
        return null;
    }

    public static Bilingual AsBilingual(RuleReader reader, YamlNode value, string key)
    {
        if (AsMap(reader, value, key) is not { } map)
        {
            return new Bilingual("", "");
        }

        var text = new Bilingual(map.Text("zh"), map.Text("en"));
        map.Done();
        return text;
    }

    public static int? AsInt(RuleReader reader, YamlNode value, string key, int min, int max)
    {
        if (value is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        reader.Fault(value, $"“{key}”应当是 {min} 到 {max} 的整数。", $"\"{key}\" must be a whole number from {min} to {max}.");
        return null;
    }

    public static bool? AsYesNo(RuleReader reader, YamlNode value, string key)
    {
        switch ((value as YamlScalarNode)?.Value)
        {
            case "yes" or "true":
                return true;
            case "no" or "false":
                return false;
            default:
                reader.Fault(value, $"“{key}”应当是 yes 或 no。", $"\"{key}\" must be yes or no.");
                return null;
        }
    }

    public static DateOnly? AsDate(RuleReader reader, YamlNode value, string key)
    {
        if (value is YamlScalarNode { Value: { } text }
            && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        reader.Fault(value, $"“{key}”应当是日期，例如 2026-10-01。", $"\"{key}\" must be a date such as 2026-10-01.");
        return null;
    }

    /// <summary>A value of an enum, written in kebab case.</summary>
    public static T? AsEnum<T>(RuleReader reader, YamlNode value, string key)
        where T : struct, Enum
    {
        var text = (value as YamlScalarNode)?.Value ?? "";
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Kebab(candidate.ToString()) == text)
            {
                return candidate;
            }
        }

        var (zh, en) = RuleReader.Suggest(text, Enum.GetValues<T>().Select(v => Kebab(v.ToString())));
        reader.Fault(value, $"“{key}”不认识“{text}”。{zh}", $"\"{key}\" does not know \"{text}\". {en}");
        return null;
    }

    public static string Kebab(string name) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
