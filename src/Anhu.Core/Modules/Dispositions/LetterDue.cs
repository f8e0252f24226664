using Anhu.Modules.Measures;

namespace Anhu.Modules.Dispositions;

/// <summary>
/// An incident for which the facts say that a warning letter is due (handbook §2.6). Kept up by <see cref="LetterWatch"/> from incidents, people and dispositions alone:
/// it can be deleted and arises again.
/// </summary>
public sealed class LetterDue
{
    /// <summary>The incident.</summary>
    public required Guid IncidentId { get; init; }

    /// <summary>The unit that has to issue it.</summary>
    public required Guid UnitId { get; set; }

    /// <summary>When the report was accepted, UTC.</summary>
    public required DateTimeOffset OccurredAt { get; set; }

    /// <summary>By when it has to be issued, UTC.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>How strongly the facts speak: must or should.</summary>
    public required GroundStrength Strength { get; set; }

    /// <summary>The grounds, strongest first.</summary>
    public required IReadOnlyList<string> GroundIds { get; set; }

    /// <summary>When it was found missed, UTC; null while there is time, or where it was issued in time.</summary>
    public DateTimeOffset? MissedAt { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}
