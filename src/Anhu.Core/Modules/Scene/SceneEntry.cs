namespace Anhu.Modules.Scene;

/// <summary>What an entry at the scene is about.</summary>
public enum ScenePart
{
    /// <summary>An item of the evidence checklist.</summary>
    Check,

    /// <summary>A fact that grading asks for.</summary>
    Fact,

    /// <summary>An item of a risk instrument, named <c>instrument.item</c>.</summary>
    Danger,

    /// <summary>A wound on the body map; each has a name of its own that the page makes.</summary>
    Wound,

    /// <summary>Words to any of the others, named <c>part.item</c>.</summary>
    Note,
}

/// <summary>
/// One tap at the scene (handbook §4.2): who gave what which value, when. Never changed and never removed: a later tap of the same officer takes
/// its place in what holds now, another officer's stands beside it.
/// </summary>
public sealed class SceneEntry
{
    /// <summary>The longest name of an item.</summary>
    public const int ItemMaxLength = 80;

    /// <summary>The longest note, characters.</summary>
    public const int WordsMaxLength = 500;

    /// <summary>Key, made by the page, so that what is sent again is known again.</summary>
    public required Guid SceneEntryId { get; init; }

    /// <summary>The case; goes where its duty goes.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The duty at the scene.</summary>
    public required Guid DutyId { get; init; }

    /// <summary>Who tapped; null when a system sent it.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>The system that sent it; null when a worker tapped.</summary>
    public string? ClientId { get; init; }

    /// <summary>What it is about.</summary>
    public required ScenePart Part { get; init; }

    /// <summary>Which item.</summary>
    public required string Item { get; init; }

    /// <summary>The value: a code of the checklist or instrument; for a wound <c>side:region:kind:size</c> or <c>withdrawn</c>; empty for a note.</summary>
    public required string Value { get; init; }

    /// <summary>Words; only for notes.</summary>
    public string? Words { get; init; }

    /// <summary>Version of the checklist or instrument that was shown.</summary>
    public required string ListVersion { get; init; }

    /// <summary>When it was tapped by the device's clock, UTC, never later than <see cref="ReceivedAt"/>.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The device's counter: of two taps by one officer the one with the higher count is the later, in whatever order they arrive.</summary>
    public required long Count { get; init; }

    /// <summary>When it arrived, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}
