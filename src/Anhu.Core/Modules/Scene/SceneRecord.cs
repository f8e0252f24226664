namespace Anhu.Modules.Scene;

/// <summary>What one officer, or one system, says of an item now.</summary>
/// <param name="Entry">The tap.</param>
public sealed record SceneSaying(SceneEntry Entry)
{
    /// <summary>The value.</summary>
    public string Value => Entry.Value;

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At => Entry.MadeAt;

    internal (Guid?, string?) Author => (Entry.WorkerId, Entry.ClientId);
}

/// <summary>What holds now of all that was tapped at a scene. Depends on the set of taps alone, not on the order or number in which they arrived.</summary>
public sealed class SceneRecord
{
    private readonly Dictionary<(ScenePart Part, string Item), IReadOnlyList<SceneSaying>> sayings;

    private SceneRecord(Dictionary<(ScenePart Part, string Item), IReadOnlyList<SceneSaying>> sayings, IReadOnlyList<SceneEntry> entries)
    {
        this.sayings = sayings;
        Entries = entries;
    }

    /// <summary>Nothing tapped.</summary>
    public static SceneRecord Empty { get; } = Of([]);

    /// <summary>All taps, oldest first.</summary>
    public IReadOnlyList<SceneEntry> Entries { get; }

    /// <summary>What is there, by part and item.</summary>
    public IEnumerable<(ScenePart Part, string Item)> Items => sayings.Keys;

    /// <summary>Reads taps.</summary>
    /// <param name="entries">In any order.</param>
    public static SceneRecord Of(IEnumerable<SceneEntry> entries)
    {
        List<SceneEntry> all = [.. entries.DistinctBy(e => e.SceneEntryId).OrderBy(e => e.MadeAt).ThenBy(e => e.Count).ThenBy(e => e.SceneEntryId)];
        return new SceneRecord(
            all.GroupBy(e => (e.Part, e.Item)).ToDictionary(
                g => g.Key,
                g => (IReadOnlyList<SceneSaying>)[.. g.GroupBy(e => (e.WorkerId, e.ClientId))
                    .Select(a => new SceneSaying(a.OrderBy(e => e.Count).ThenBy(e => e.SceneEntryId).Last()))
                    .OrderByDescending(s => s.At).ThenByDescending(s => s.Entry.Count).ThenByDescending(s => s.Entry.SceneEntryId)]),
            all);
    }

    /// <summary>What each officer says of an item, the latest first; empty when nobody says anything.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    public IReadOnlyList<SceneSaying> Says(ScenePart part, string item) => sayings.GetValueOrDefault((part, item)) ?? [];

    /// <summary>The latest value of an item; null when there is none, or it was taken back.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    public string? Value(ScenePart part, string item) => Says(part, item) is [{ Value.Length: > 0 } last, ..] ? last.Value : null;

    /// <summary>An answer: a danger that one officer affirms is there, whatever another says.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    /// <returns><c>yes</c>, <c>no</c>, or null where nobody gave either.</returns>
    public string? Answer(ScenePart part, string item) =>
        Says(part, item).Any(s => s.Value == "yes") ? "yes" : Says(part, item).Any(s => s.Value == "no") ? "no" : null;

    /// <summary>Whether two officers say different things of an item.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    public bool Differs(ScenePart part, string item) => Says(part, item).Where(s => s.Value.Length > 0).Select(s => s.Value).Distinct().Skip(1).Any();

    /// <summary>The latest words to an item; null when there are none.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    public string? Note(ScenePart part, string item) => Notes(part, item) is [var last, ..] ? last.Entry.Words : null;

    /// <summary>Each officer's words to an item, the latest first.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    public IReadOnlyList<SceneSaying> Notes(ScenePart part, string item) =>
        [.. Says(ScenePart.Note, NoteOf(part, item)).Where(s => !string.IsNullOrEmpty(s.Entry.Words))];

    /// <summary>The wounds, in the order in which they were entered; one is gone when who entered it withdrew it, another officer's withdrawal only stands beside it.</summary>
    public IReadOnlyList<(string Item, SceneWound Wound, SceneSaying Saying)> Wounds =>
        [.. Entries.Where(e => e.Part == ScenePart.Wound).Select(e => e.Item).Distinct()
            .Select(item => (item, Says(ScenePart.Wound, item).FirstOrDefault(s => SceneWound.Parse(s.Value) is not null)))
            .Where(w => w.Item2 is not null).Select(w => (w.item, SceneWound.Parse(w.Item2!.Value)!, w.Item2!))];

    /// <summary>The name of an item's note.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    public static string NoteOf(ScenePart part, string item) => $"{System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(part.ToString())}.{item}";
}

/// <summary>A wound on the body map.</summary>
/// <param name="Side"><c>front</c> or <c>back</c>.</param>
/// <param name="Region">The part of the body.</param>
/// <param name="Kind">What kind of wound.</param>
/// <param name="Size">How large.</param>
public sealed record SceneWound(string Side, string Region, string Kind, string Size)
{
    /// <summary>The value of a wound that was entered by mistake.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Reads a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Null where it is no wound.</returns>
    public static SceneWound? Parse(string? value) => value?.Split(':') is [var side, var region, var kind, var size] ? new SceneWound(side, region, kind, size) : null;

    /// <summary>As a value.</summary>
    public string Code => $"{Side}:{Region}:{Kind}:{Size}";
}
