using Anhu.Common;
using Anhu.Modules.Cases;

namespace Anhu.Modules.Scene;

/// <summary>An item of an instrument.</summary>
/// <param name="Id">Its code.</param>
/// <param name="Group">The group that its rules count.</param>
/// <param name="Text">What is asked.</param>
/// <param name="Question">The fact for grading that a yes affirms; null when none.</param>
public sealed record RiskItem(string Id, string Group, Bilingual Text, IncidentQuestion? Question);

/// <summary>A level of an instrument.</summary>
/// <param name="Id">Its code.</param>
/// <param name="Title">Its name.</param>
public sealed record RiskLevel(string Id, Bilingual Title);

/// <summary>A rule: so many yes in a group lead to a level.</summary>
/// <param name="Level">The level.</param>
/// <param name="Group">The group.</param>
/// <param name="AtLeast">How many yes.</param>
public sealed record RiskRule(string Level, string Group, int AtLeast);

/// <summary>What the answers come to. Advice: a person or the city's policy decides.</summary>
/// <param name="Level">The level; null while it can't be told, since something is unanswered.</param>
/// <param name="CouldReach">The most serious level that the unanswered items could lead to; null where they change nothing.</param>
/// <param name="Yes">Items answered yes.</param>
/// <param name="Missing">Items that are neither yes nor no.</param>
/// <param name="Decisive">The items that made the level.</param>
/// <param name="Score">How many yes in the group that is counted; null where the instrument counts nothing.</param>
/// <param name="ScoreUpTo">How many it could be.</param>
public sealed record RiskResult(
    RiskLevel? Level, RiskLevel? CouldReach, IReadOnlyList<RiskItem> Yes, IReadOnlyList<RiskItem> Missing, IReadOnlyList<RiskItem> Decisive, int? Score, int? ScoreUpTo);

/// <summary>A risk instrument (handbook §4.8) as a dated document. Its result depends on answers and version alone.</summary>
public sealed class RiskInstrument
{
    /// <summary>Answers as stored; only the first two are answers to the question.</summary>
    public static IReadOnlyList<string> Answers { get; } = ["yes", "no", "unknown", "refused"];

    /// <summary>Code, such as <c>danger-9</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Version.</summary>
    public required string Version { get; init; }

    /// <summary>The first day on which it is in force.</summary>
    public required DateOnly ValidFrom { get; init; }

    /// <summary>Title.</summary>
    public required Bilingual Title { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Basis { get; init; }

    /// <summary>Whether the holder of the rights must permit it first.</summary>
    public required bool NeedsPermission { get; init; }

    /// <summary>Who holds the rights.</summary>
    public required string RightsHolder { get; init; }

    /// <summary>What is to be known about the rights.</summary>
    public required Bilingual RightsNote { get; init; }

    /// <summary>For whom it was made.</summary>
    public required Bilingual Scope { get; init; }

    /// <summary>Not for victims under 18.</summary>
    public required bool AdultsOnly { get; init; }

    /// <summary>Its level is the danger scale that the grading policy looks at.</summary>
    public required bool Grades { get; init; }

    /// <summary>Items, in order.</summary>
    public required IReadOnlyList<RiskItem> Items { get; init; }

    /// <summary>Levels, the lightest first.</summary>
    public required IReadOnlyList<RiskLevel> Levels { get; init; }

    /// <summary>Rules, the most serious first.</summary>
    public required IReadOnlyList<RiskRule> Rules { get; init; }

    /// <summary>The level where no rule holds and everything was answered.</summary>
    public required string Otherwise { get; init; }

    /// <summary>The group whose yes answers are shown as a score; null when none.</summary>
    public string? ScoreGroup { get; init; }

    /// <summary>The name of an item in the record.</summary>
    /// <param name="item">The item.</param>
    public string NameOf(RiskItem item) => $"{Id}.{item.Id}";

    /// <summary>What answers come to.</summary>
    /// <param name="answer">The answer to an item: <c>yes</c>, <c>no</c>, or anything else for none.</param>
    public RiskResult Result(Func<RiskItem, string?> answer)
    {
        List<RiskItem> yes = [.. Items.Where(i => answer(i) == "yes")];
        List<RiskItem> missing = [.. Items.Where(i => answer(i) is not ("yes" or "no"))];
        var decided = Rules.FirstOrDefault(r => yes.Count(i => i.Group == r.Group) >= r.AtLeast);
        var possible = Rules.FirstOrDefault(r => Items.Count(i => i.Group == r.Group && answer(i) != "no") >= r.AtLeast)?.Level ?? Otherwise;
        var level = decided?.Level ?? (missing.Count == 0 ? Otherwise : null);
        return new RiskResult(
            Find(level), possible == level ? null : Find(possible), yes, missing, decided is null ? [] : [.. yes.Where(i => i.Group == decided.Group)],
            ScoreGroup is null ? null : yes.Count(i => i.Group == ScoreGroup), ScoreGroup is null ? null : Items.Count(i => i.Group == ScoreGroup && answer(i) != "no"));
    }

    /// <summary>What the answers at a scene come to.</summary>
    /// <param name="record">The scene.</param>
    public RiskResult Result(SceneRecord record) => Result(i => record.Answer(ScenePart.Danger, NameOf(i)));

    internal static RiskInstrument Read(RuleReader reader, RuleMap root)
    {
        var (id, version, from) = (root.Text("id", 30), root.Text("version", 40), SceneBook.DateOf(reader, root));
        var (title, basis, scope) = (root.Bilingual("title"), root.Text("basis", 2000), root.Bilingual("scope"));
        var rights = root.Map("rights");
        var status = rights?.Text("status", 30);
        if (status is not ("open" or "permission-required"))
        {
            root.Fault("rights", "rights 的 status 应当是 open 或 permission-required。", "The status of rights must be open or permission-required.");
        }

        var (holder, note) = (rights?.Text("holder") ?? "", rights?.Bilingual("note") ?? new Bilingual("", ""));
        rights?.Done();
        var (adults, grades) = (root.OptionalYesNo("adultsOnly"), root.OptionalYesNo("grades"));
        List<RiskItem> items = [.. SceneBook.Maps(reader, root, "items").Select(m => Done(m, new RiskItem(m.Text("id", 40), m.Text("group", 20), m.Bilingual("text"), SceneBook.Question(reader, m))))];
        SceneBook.Once(reader, root, "items", items.Select(i => i.Id));
        List<RiskLevel> levels = root.Map("levels") is { } map ? [.. map.All().ToList().Select(l => new RiskLevel(l.Key, RuleMap.AsBilingual(reader, l.Value, l.Key)))] : [];
        List<RiskRule> rules = [.. SceneBook.Maps(reader, root, "rules").Select(m => ReadRule(reader, m, items, levels))];
        var (otherwise, score) = (root.Text("otherwise", 40), root.OptionalText("score", 20));
        root.Done();
        if (levels.All(l => l.Id != otherwise))
        {
            root.Fault("otherwise", $"levels 里没有“{otherwise}”。", $"\"{otherwise}\" is not among the levels.");
        }

        if (score is not null && items.All(i => i.Group != score))
        {
            root.Fault("score", $"没有“{score}”这一组。", $"There is no group \"{score}\".");
        }

        if (grades && levels.Any(l => !IncidentAnswer.Dangers.Contains(l.Id, StringComparer.Ordinal)))
        {
            root.Fault("levels", "参与分级的量表，级别只能是 low、medium、high。", "An instrument that grades has the levels low, medium and high.");
        }

        return new RiskInstrument
        {
            Id = id, Version = version, ValidFrom = from, Title = title, Basis = basis, NeedsPermission = status != "open", RightsHolder = holder, RightsNote = note, Scope = scope,
            AdultsOnly = adults, Grades = grades, Items = items, Levels = levels, Rules = rules, Otherwise = otherwise, ScoreGroup = score,
        };
    }

    private static RiskRule ReadRule(RuleReader reader, RuleMap map, List<RiskItem> items, List<RiskLevel> levels)
    {
        var level = map.Text("level", 40);
        var any = map.OptionalText("anyYes", 20);
        var counted = map.OptionalText("countYes", 20);
        var atLeast = counted is null ? 1 : map.Int("atLeast", 1, 100);
        map.Done();
        if ((any is null) == (counted is null))
        {
            reader.Fault(map.Node, "每条规则写 anyYes 或 countYes 之一。", "A rule has either anyYes or countYes.");
        }

        if (levels.All(l => l.Id != level))
        {
            reader.Fault(map.Node, $"levels 里没有“{level}”。", $"\"{level}\" is not among the levels.");
        }

        var group = any ?? counted ?? "";
        if (items.Count(i => i.Group == group) < atLeast)
        {
            reader.Fault(map.Node, $"“{group}”这一组没有{atLeast}项。", $"The group \"{group}\" has fewer than {atLeast} items.");
        }

        return new RiskRule(level, group, atLeast);
    }

    private static RiskItem Done(RuleMap map, RiskItem item)
    {
        map.Done();
        return item;
    }

    private RiskLevel? Find(string? level) => Levels.FirstOrDefault(l => l.Id == level);
}
