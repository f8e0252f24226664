using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Anhu.Common;
using Anhu.Modules.Alarms;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Narratives;

/// <summary>How a fact is told.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Any">One of these tells it.</param>
/// <param name="Unless">Not where one of these stands in the same clause.</param>
/// <param name="ByAbuser">Only what the abuser did counts.</param>
/// <param name="Proven">Not where the sentence says that nothing is proven.</param>
/// <param name="Anyway">Also after a denial, an order or a fear.</param>
/// <param name="Feared">Also after a fear.</param>
/// <param name="ImpliedBy">Told too where one of these is.</param>
internal sealed record FactWords(
    NarrativeFact Fact, Bilingual Title, IReadOnlyList<WordPattern> Any, IReadOnlyList<WordPattern> Unless, bool ByAbuser, bool Proven, bool Anyway, bool Feared,
    IReadOnlyList<NarrativeFact> ImpliedBy);

/// <summary>A sentence form that tells who did it to whom.</summary>
/// <param name="Pattern">Groups <c>a</c> (abuser) and <c>v</c> (victim).</param>
/// <param name="Weight">How much it counts.</param>
internal sealed record ActWords(WordPattern Pattern, double Weight);

/// <summary>The words by which texts tell facts, as versioned data. Immutable.</summary>
public sealed partial class NarrativeWords
{
    private readonly Dictionary<string, string> words = new(StringComparer.Ordinal);

    private NarrativeWords()
    {
    }

    /// <summary>Version of the document.</summary>
    public string Version { get; private set; } = "";

    internal IReadOnlyList<WordPattern> Statute { get; private set; } = [];

    internal IReadOnlyList<WordPattern> Unproven { get; private set; } = [];

    internal WordPattern Deny { get; private set; } = null!;

    internal WordPattern DenyNot { get; private set; } = null!;

    internal WordPattern Order { get; private set; } = null!;

    internal WordPattern Fear { get; private set; } = null!;

    internal WordPattern Name { get; private set; } = null!;

    internal WordPattern SubjectAfter { get; private set; } = null!;

    internal WordPattern Passive { get; private set; } = null!;

    internal IReadOnlyList<string> Victim { get; private set; } = [];

    internal IReadOnlyList<string> Abuser { get; private set; } = [];

    internal IReadOnlyList<string> Other { get; private set; } = [];

    internal IReadOnlyList<ActWords> Acts { get; private set; } = [];

    internal IReadOnlyList<FactWords> Facts { get; private set; } = [];

    /// <summary>Worst first.</summary>
    internal IReadOnlyList<(Injury Injury, WordPattern Pattern)> Injuries { get; private set; } = [];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RuleDocumentException">It is missing or faulty; all faults are named with their lines.</exception>
    public static NarrativeWords Load(string path) => File.Exists(path)
        ? Parse(File.ReadAllText(path), Path.GetFileName(path))
        : throw new RuleDocumentException(Path.GetFileName(path), [new RuleFault(1, new Bilingual($"找不到文件：{path}。", $"The file is missing: {path}."))]);

    /// <summary>Reads and checks the document.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="RuleDocumentException">All that is wrong, with lines.</exception>
    public static NarrativeWords Parse(string yaml, string file)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        if (root.Text("kind") != "narrative-words")
        {
            root.Fault("kind", "kind 应当是 narrative-words。", "kind must be narrative-words.");
        }

        var read = new NarrativeWords { Version = root.Text("version", 40) };
        foreach (var (key, _, value) in root.Map("words")?.All() ?? [])
        {
            read.words[key] = RuleMap.AsText(reader, value, key, MaxPattern) ?? "";
        }

        read.Statute = read.Patterns(reader, root, "statute");
        read.Unproven = read.Patterns(reader, root, "unproven");
        read.Deny = read.Pattern(reader, root, "deny");
        read.DenyNot = read.Pattern(reader, root, "denyNot");
        read.Order = read.Pattern(reader, root, "order");
        read.Fear = read.Pattern(reader, root, "fear");
        if (root.Map("roles") is { } roles)
        {
            read.ReadRoles(reader, roles);
        }

        read.Facts = read.ReadFacts(reader, root);
        if (root.Map("injury") is { } injury)
        {
            read.Injuries =
            [
                (Injury.Death, read.Pattern(reader, injury, "death")), (Injury.Serious, read.Pattern(reader, injury, "serious")),
                (Injury.Light, read.Pattern(reader, injury, "light")), (Injury.Minor, read.Pattern(reader, injury, "minor")),
            ];
            injury.Done();
        }

        root.Done();
        reader.ThrowIfFaulty();
        return read;
    }

    private const int MaxPattern = 2000;

    private void ReadRoles(RuleReader reader, RuleMap roles)
    {
        words["name"] = roles.Text("name", MaxPattern);
        Name = Pattern(reader, roles, "name");
        SubjectAfter = Pattern(reader, roles, "subjectAfter");
        Passive = Pattern(reader, roles, "passive");
        (Victim, Abuser, Other) = (Texts(reader, roles, "victim"), Texts(reader, roles, "abuser"), Texts(reader, roles, "other"));
        var acts = new List<ActWords>();
        foreach (var (key, keyNode, value) in roles.Map("acts")?.All() ?? [])
        {
            if (!double.TryParse(key, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight))
            {
                reader.Fault(keyNode, "acts 下面应当是分量，例如 2。", "Keys under acts are weights such as 2.");
            }

            acts.AddRange(RuleMap.AsList(reader, value, key).Select(node => new ActWords(Pattern(reader, node, key), weight)));
        }

        Acts = acts;
        roles.Done();
    }

    private List<FactWords> ReadFacts(RuleReader reader, RuleMap root)
    {
        var facts = new List<FactWords>();
        foreach (var (key, keyNode, value) in root.Map("facts")?.All() ?? [])
        {
            if (Fact(reader, keyNode, key) is not { } fact || RuleMap.AsMap(reader, value, key) is not { } map)
            {
                continue;
            }

            var by = map.OptionalText("by");
            if (by is not (null or "abuser"))
            {
                map.Fault("by", "by 只能是 abuser。", "by can only be abuser.");
            }

            facts.Add(new FactWords(
                fact, map.Bilingual("title"), Patterns(reader, map, "any"), [.. map.OptionalList("unless").Select(n => Pattern(reader, n, "unless"))], by is not null,
                map.OptionalYesNo("proven"), map.OptionalYesNo("anyway"), map.OptionalYesNo("feared"),
                [.. map.OptionalList("impliedBy").Select(n => Fact(reader, n, (n as YamlScalarNode)?.Value ?? "")).OfType<NarrativeFact>()]));
            map.Done();
        }

        return [.. facts.OrderBy(f => f.Fact)];
    }

    private static NarrativeFact? Fact(RuleReader reader, YamlNode node, string name)
    {
        foreach (var fact in Enum.GetValues<NarrativeFact>())
        {
            if (JsonNamingPolicy.CamelCase.ConvertName(fact.ToString()) == name)
            {
                return fact;
            }
        }

        var (zh, en) = RuleReader.Suggest(name, Enum.GetNames<NarrativeFact>().Select(JsonNamingPolicy.CamelCase.ConvertName));
        reader.Fault(node, $"不认识“{name}”。{zh}", $"\"{name}\" is not known here. {en}");
        return null;
    }

    private static List<string> Texts(RuleReader reader, RuleMap map, string key) =>
        [.. map.List(key).Select(n => RuleMap.AsText(reader, n, key, 20)).OfType<string>()];

    private List<WordPattern> Patterns(RuleReader reader, RuleMap map, string key) => [.. map.List(key).Select(n => Pattern(reader, n, key))];

    private WordPattern Pattern(RuleReader reader, RuleMap map, string key) => map.Require(key) is { } node ? Pattern(reader, node, key) : WordPattern.Never;

    private WordPattern Pattern(RuleReader reader, YamlNode node, string key)
    {
        if (RuleMap.AsText(reader, node, key, MaxPattern) is not { } text)
        {
            return WordPattern.Never;
        }

        // Phrases may hold phrases; three rounds are as deep as the document goes.
        for (var round = 0; round < 3; round++)
        {
            text = Phrase().Replace(text, m => words.GetValueOrDefault(m.Groups[1].Value, m.Value));
        }

        if (Phrase().Match(text) is { Success: true } unknown)
        {
            reader.Fault(node, $"words 里没有“{unknown.Groups[1].Value}”。", $"\"{unknown.Groups[1].Value}\" is not under words.");
        }

        if (WordPattern.Check(text) is { } fault)
        {
            reader.Fault(node, $"“{key}”不是可用的正则表达式：{fault}", $"\"{key}\" is not a usable pattern: {fault}");
            return WordPattern.Never;
        }

        return new WordPattern(text);
    }

    [GeneratedRegex(@"\{([a-z]+)\}", RegexOptions.IgnoreCase)]
    private static partial Regex Phrase();
}
