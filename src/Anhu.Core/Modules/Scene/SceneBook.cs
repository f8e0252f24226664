using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Time;

namespace Anhu.Modules.Scene;

/// <summary>Where the documents of the scene are.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Permitted">Codes of instruments for which the city holds a permission.</param>
public sealed record SceneOptions(string Folder, IReadOnlyList<string> Permitted);

/// <summary>The city's documents for the scene: checklists and instruments, each version from its day on. Read and checked at start. Immutable.</summary>
public sealed class SceneBook
{
    private readonly IReadOnlyList<string> permitted;
    private readonly CityClock? clock;
    private readonly TimeProvider? time;

    private SceneBook(IReadOnlyList<SceneChecklist> checklists, IReadOnlyList<RiskInstrument> instruments, IReadOnlyList<string> permitted, CityClock? clock, TimeProvider? time)
    {
        (Checklists, Instruments, this.permitted, this.clock, this.time) = (checklists, instruments, permitted, clock, time);
    }

    /// <summary>All checklists, the newest first.</summary>
    public IReadOnlyList<SceneChecklist> Checklists { get; }

    /// <summary>All instruments, the newest first.</summary>
    public IReadOnlyList<RiskInstrument> Instruments { get; }

    /// <summary>The checklist in force now.</summary>
    public SceneChecklist Checklist => ChecklistOn(Today);

    /// <summary>The instruments that may be used now.</summary>
    public IReadOnlyList<RiskInstrument> InForce => [.. Instruments.Where(i => i.ValidFrom <= Today && IsOn(i)).DistinctBy(i => i.Id)];

    private DateOnly Today => clock!.Zone.DateOf(time!.Now);

    /// <summary>Reads a folder.</summary>
    /// <param name="options">Where.</param>
    /// <param name="clock">The city's clock.</param>
    /// <param name="time">The time.</param>
    /// <exception cref="RuleDocumentException">Something is missing or wrong; all faults of a file are named with their lines.</exception>
    public static SceneBook Load(SceneOptions options, CityClock clock, TimeProvider time)
    {
        var files = Directory.Exists(options.Folder) ? Directory.GetFiles(options.Folder, "*.yaml").Order(StringComparer.Ordinal).ToList() : [];
        return Parse([.. files.Select(f => ($"scene/{Path.GetFileName(f)}", File.ReadAllText(f)))], options.Permitted, clock, time);
    }

    /// <summary>Reads documents.</summary>
    /// <param name="documents">File names and texts.</param>
    /// <param name="permitted">Codes of instruments for which the city holds a permission.</param>
    /// <param name="clock">The city's clock.</param>
    /// <param name="time">The time.</param>
    /// <exception cref="RuleDocumentException">Something is missing or wrong.</exception>
    public static SceneBook Parse(IReadOnlyList<(string File, string Text)> documents, IReadOnlyList<string> permitted, CityClock clock, TimeProvider time)
    {
        var (checklists, instruments) = (new List<SceneChecklist>(), new List<RiskInstrument>());
        foreach (var (file, text) in documents)
        {
            var reader = RuleReader.Open(text, file, out var root);
            switch (root.Text("kind"))
            {
                case "scene-checklist":
                    var list = SceneChecklist.Read(reader, root);
                    Alone(root, checklists.Any(c => c.Version == list.Version || c.ValidFrom == list.ValidFrom));
                    checklists.Add(list);
                    break;
                case "risk-instrument":
                    var instrument = RiskInstrument.Read(reader, root);
                    Alone(root, instruments.Any(i => i.Version == instrument.Version || (i.Id == instrument.Id && i.ValidFrom == instrument.ValidFrom)));
                    instruments.Add(instrument);
                    break;
                default:
                    root.Fault("kind", "kind 应当是 scene-checklist 或 risk-instrument。", "kind must be scene-checklist or risk-instrument.");
                    break;
            }

            reader.ThrowIfFaulty();
        }

        if (checklists.Count == 0)
        {
            throw new RuleDocumentException("scene", [new RuleFault(1, new Bilingual("没有现场证据清单（kind: scene-checklist）。", "There is no checklist for the scene (kind: scene-checklist)."))]);
        }

        if (permitted.FirstOrDefault(p => instruments.All(i => i.Id != p)) is { } unknown)
        {
            throw new RuleDocumentException("scene", [new RuleFault(1, new Bilingual($"设置里许可的量表“{unknown}”不存在。", $"The settings permit \"{unknown}\", which does not exist."))]);
        }

        return new SceneBook(
            [.. checklists.OrderByDescending(c => c.ValidFrom)], [.. instruments.OrderByDescending(i => i.Grades).ThenByDescending(i => i.ValidFrom).ThenBy(i => i.Id)], permitted, clock, time);

        static void Alone(RuleMap root, bool isTaken)
        {
            if (isTaken)
            {
                root.Fault("version", "同一版本或同一起用日期出现了两次。", "The same version or the same first day appears twice.");
            }
        }
    }

    /// <summary>Whether an instrument may be used: it is open, or the city holds a permission.</summary>
    /// <param name="instrument">The instrument.</param>
    public bool IsOn(RiskInstrument instrument) => !instrument.NeedsPermission || permitted.Contains(instrument.Id);

    /// <summary>The checklist in force on a day; the first one before it began.</summary>
    /// <param name="day">The day.</param>
    public SceneChecklist ChecklistOn(DateOnly day) => Checklists.FirstOrDefault(c => c.ValidFrom <= day) ?? Checklists[^1];

    /// <summary>Whether a kind of duty is done at the scene.</summary>
    /// <param name="kind">The duty's kind.</param>
    public bool IsScene(string kind) => Checklists.Any(c => c.Duties.Contains(kind));

    /// <summary>The version of the document that knows a value: the named one, or else the newest.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    /// <param name="value">The value.</param>
    /// <param name="version">The version that was shown; null when the sender does not say.</param>
    /// <returns>Null when none does.</returns>
    public string? VersionOf(ScenePart part, string item, string value, string? version)
    {
        if (part == ScenePart.Danger)
        {
            var known = Instruments.Where(i => IsOn(i) && item.StartsWith($"{i.Id}.", StringComparison.Ordinal) && i.Items.Any(x => i.NameOf(x) == item)).ToList();
            return value.Length > 0 && !RiskInstrument.Answers.Contains(value) ? null : (known.FirstOrDefault(i => i.Version == version) ?? known.FirstOrDefault())?.Version;
        }

        var lists = Checklists.Where(c => c.Takes(part, item, value)).ToList();
        return (lists.FirstOrDefault(c => c.Version == version) ?? lists.FirstOrDefault())?.Version;
    }

    internal static DateOnly DateOf(RuleReader reader, RuleMap root) => root.Require("validFrom") is { } node ? RuleMap.AsDate(reader, node, "validFrom") ?? default : default;

    internal static Bilingual? Optional(RuleMap map, string key) => map.Find(key) is { } node ? RuleMap.AsBilingual(map.Reader, node, key) : null;

    internal static IEnumerable<RuleMap> Maps(RuleReader reader, RuleMap root, string key) => root.List(key).Select(n => RuleMap.AsMap(reader, n, key)).OfType<RuleMap>().ToList();

    internal static IncidentQuestion? Question(RuleReader reader, RuleMap map)
    {
        if (map.OptionalText("question", 40) is not { } name)
        {
            return null;
        }

        if (IncidentAnswer.Questions.TryGetValue(name, out var question))
        {
            return question;
        }

        var (zh, en) = RuleReader.Suggest(name, IncidentAnswer.Questions.Keys);
        reader.Fault(map.Node, $"分级不问“{name}”。{zh}", $"Grading does not ask for \"{name}\". {en}");
        return null;
    }

    internal static void Once(RuleReader reader, RuleMap root, string key, IEnumerable<string> ids)
    {
        if (ids.GroupBy(i => i, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            root.Fault(key, $"“{twice.Key}”出现了两次。", $"\"{twice.Key}\" appears twice.");
        }
    }
}
