using Anhu.Common;
using Anhu.Modules.Cases;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Scene;

/// <summary>An item of evidence.</summary>
/// <param name="Id">Its code.</param>
/// <param name="Title">What it is.</param>
/// <param name="Hint">How it is done; null when nothing is to be said.</param>
/// <param name="Basis">Where it comes from.</param>
/// <param name="HasNumber">It asks for a number, such as that of a recording.</param>
/// <param name="IsHealth">Its photos and files tell of her health.</param>
/// <param name="Again">The duty to photograph again that a later photo fulfils; null for none.</param>
/// <param name="Proves">What it proves, as it stands in the list for the court; null when nothing is said.</param>
public sealed record SceneItem(string Id, Bilingual Title, Bilingual? Hint, string Basis, bool HasNumber, bool IsHealth = false, SceneAgain? Again = null, Bilingual? Proves = null);

/// <summary>A duty to photograph again.</summary>
/// <param name="Duty">Kind of the duty.</param>
/// <param name="Hours">Hours after the duty arose from which a photo is a later one; before, it is one of the first.</param>
public sealed record SceneAgain(string Duty, int Hours);

/// <summary>A fact that grading asks for.</summary>
/// <param name="Question">The question.</param>
/// <param name="Id">Its name.</param>
/// <param name="Title">What it is.</param>
/// <param name="Hint">What is easy to get wrong; null when nothing.</param>
/// <param name="Source">How it is known at the scene.</param>
public sealed record SceneFact(IncidentQuestion Question, string Id, Bilingual Title, Bilingual? Hint, AnswerSource Source);

/// <summary>A named code, such as a part of the body.</summary>
/// <param name="Id">The code.</param>
/// <param name="Title">Its name.</param>
/// <param name="Side">For a part of the body: the only side on which it is seen; null for both.</param>
/// <param name="Question">For a kind of wound: the danger that it tells of; null when none.</param>
public sealed record SceneCode(string Id, Bilingual Title, string? Side = null, IncidentQuestion? Question = null);

/// <summary>A question that must not be asked.</summary>
/// <param name="Say">The words.</param>
/// <param name="Why">Why not, and what to ask instead.</param>
public sealed record SceneNever(Bilingual Say, Bilingual Why);

/// <summary>A rule of law that is easy to get wrong.</summary>
/// <param name="Text">The rule.</param>
/// <param name="Basis">Where it stands.</param>
public sealed record SceneMind(Bilingual Text, string Basis);

/// <summary>The checklist at the scene (handbook §4.2), as the city's dated document says.</summary>
public sealed class SceneChecklist
{
    /// <summary>Statuses of an item of evidence, as stored.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["collected", "refused", "not-applicable", "missing"];

    /// <summary>Version.</summary>
    public required string Version { get; init; }

    /// <summary>The first day on which it is in force.</summary>
    public required DateOnly ValidFrom { get; init; }

    /// <summary>Title.</summary>
    public required Bilingual Title { get; init; }

    /// <summary>What it rests on.</summary>
    public required string Basis { get; init; }

    /// <summary>Kinds of duties that are done at the scene.</summary>
    public required IReadOnlyList<string> Duties { get; init; }

    /// <summary>Evidence.</summary>
    public required IReadOnlyList<SceneItem> Items { get; init; }

    /// <summary>Facts.</summary>
    public required IReadOnlyList<SceneFact> Facts { get; init; }

    /// <summary>Parts of the body.</summary>
    public required IReadOnlyList<SceneCode> Regions { get; init; }

    /// <summary>Kinds of wounds.</summary>
    public required IReadOnlyList<SceneCode> Kinds { get; init; }

    /// <summary>Sizes of wounds.</summary>
    public required IReadOnlyList<SceneCode> Sizes { get; init; }

    /// <summary>Questions that must not be asked.</summary>
    public required IReadOnlyList<SceneNever> Never { get; init; }

    /// <summary>Law that is easy to get wrong.</summary>
    public required IReadOnlyList<SceneMind> Mind { get; init; }

    /// <summary>Whether a value fits an item.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    /// <param name="value">The value; empty takes an earlier one back.</param>
    public bool Takes(ScenePart part, string item, string value) => part switch
    {
        ScenePart.Check => Items.Any(i => i.Id == item) && (value.Length == 0 || Statuses.Contains(value)),
        ScenePart.Fact => Facts.FirstOrDefault(f => f.Id == item) is { } fact && (value.Length == 0 || IncidentAnswer.Answers(fact.Question, value)),
        ScenePart.Wound => IsName(item) && (value == SceneWound.Withdrawn || (SceneWound.Parse(value) is { } wound && Knows(wound))),
        ScenePart.Note => value.Length == 0 && item.Split('.', 2) is [var of, var name] && of switch
        {
            "check" => Items.Any(i => i.Id == name),
            "wound" => IsName(name),
            _ => false,
        },
        ScenePart.Danger => false,
    };

    private bool Knows(SceneWound wound) => wound.Side is "front" or "back" && Kinds.Any(k => k.Id == wound.Kind) && Sizes.Any(s => s.Id == wound.Size)
        && Regions.Any(r => r.Id == wound.Region && (r.Side ?? wound.Side) == wound.Side);

    private static bool IsName(string name) => name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    internal static SceneChecklist Read(RuleReader reader, RuleMap root)
    {
        var (version, from) = (root.Text("version", 40), SceneBook.DateOf(reader, root));
        var (title, basis) = (root.Bilingual("title"), root.Text("basis", 2000));
        List<string> duties = [.. root.List("duties").Select(d => RuleMap.AsText(reader, d, "duties", 60)).OfType<string>()];
        List<SceneItem> items = [.. SceneBook.Maps(reader, root, "items").Select(m => Done(m, new SceneItem(
            m.Text("id", 60), m.Bilingual("title"), SceneBook.Optional(m, "hint"), m.Text("basis"), m.OptionalYesNo("number"), m.OptionalYesNo("health"), Again(m.OptionalMap("again")), SceneBook.Optional(m, "proves"))))];
        List<SceneFact> facts = [.. SceneBook.Maps(reader, root, "facts").Select(m => ReadFact(reader, m))];
        var wounds = root.Map("wounds");
        var (regions, kinds, sizes) = (Codes(reader, wounds, "regions"), Codes(reader, wounds, "kinds"), Codes(reader, wounds, "sizes"));
        wounds?.Done();
        List<SceneNever> never = [.. SceneBook.Maps(reader, root, "never").Select(m => Done(m, new SceneNever(m.Bilingual("say"), m.Bilingual("why"))))];
        List<SceneMind> mind = [.. SceneBook.Maps(reader, root, "mind").Select(m => Done(m, new SceneMind(m.Bilingual("text"), m.Text("basis"))))];
        root.Done();
        SceneBook.Once(reader, root, "items", items.Select(i => i.Id));
        SceneBook.Once(reader, root, "facts", facts.Select(f => f.Id));
        return new SceneChecklist
        {
            Version = version, ValidFrom = from, Title = title, Basis = basis, Duties = duties, Items = items, Facts = facts, Regions = regions, Kinds = kinds, Sizes = sizes,
            Never = never, Mind = mind,
        };
    }

    private static SceneAgain? Again(RuleMap? map) => map is null ? null : Done(map, new SceneAgain(map.Text("duty", 60), map.Int("afterHours", 1, 240)));

    private static SceneFact ReadFact(RuleReader reader, RuleMap map)
    {
        var id = map.Text("id", 60);
        if (!IncidentAnswer.Questions.TryGetValue(id, out var question) || question is IncidentQuestion.DangerScale or IncidentQuestion.PoliceOpinion)
        {
            var (zh, en) = RuleReader.Suggest(id, IncidentAnswer.Questions.Keys);
            reader.Fault(map.Node, $"分级不问“{id}”。{zh}", $"Grading does not ask for \"{id}\". {en}");
        }

        var source = map.Require("source") is { } node ? RuleMap.AsEnum<AnswerSource>(reader, node, "source") ?? AnswerSource.Seen : AnswerSource.Seen;
        _ = map.OptionalText("basis");
        return Done(map, new SceneFact(question, id, map.Bilingual("title"), SceneBook.Optional(map, "hint"), source));
    }

    private static List<SceneCode> Codes(RuleReader reader, RuleMap? map, string key)
    {
        var codes = new List<SceneCode>();
        if (map?.Map(key) is not { } entries)
        {
            return codes;
        }

        foreach (var (id, keyNode, value) in entries.All().ToList())
        {
            if (RuleMap.AsMap(reader, value, id) is not { } code)
            {
                continue;
            }

            if (id.Contains(':', StringComparison.Ordinal) || id.Length > 30)
            {
                reader.Fault(keyNode, $"“{id}”不能作编号。", $"\"{id}\" can't be a code.");
            }

            var side = code.OptionalText("side", 5);
            if (side is not (null or "front" or "back"))
            {
                reader.Fault(keyNode, "side 应当是 front 或 back。", "side must be front or back.");
            }

            codes.Add(Done(code, new SceneCode(id, new Bilingual(code.Text("zh"), code.Text("en")), side, SceneBook.Question(reader, code))));
        }

        return codes;
    }

    private static T Done<T>(RuleMap map, T read)
    {
        map.Done();
        return read;
    }
}
