namespace Anhu.Modules.Dispositions;

/// <summary>How the police disposed of an incident and why: kept so that criticism is found later, and departures from what the facts point to are seen.</summary>
public sealed class DispositionRecord
{
    /// <summary>Key.</summary>
    public required Guid DispositionId { get; init; }

    /// <summary>The incident.</summary>
    public required Guid IncidentId { get; init; }

    /// <summary>The duty that was closed by it.</summary>
    public required Guid DutyId { get; init; }

    /// <summary>The unit that decided.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>Who decided; null for a system.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>The choice.</summary>
    public required string Outcome { get; init; }

    /// <summary>What the facts pointed to; null where they pointed to nothing.</summary>
    public string? Suggested { get; init; }

    /// <summary>Another choice than the facts pointed to, or one that a leader had to open.</summary>
    public required bool Deviates { get; init; }

    /// <summary>A leader from above chose what is barred for the station.</summary>
    public required bool FromAbove { get; init; }

    /// <summary>Rules that pointed elsewhere or barred it.</summary>
    public required IReadOnlyList<string> RuleIds { get; init; }

    /// <summary>What the officer ticked; tells of health.</summary>
    public required IReadOnlyList<string> Circumstances { get; init; }

    /// <summary>What was added.</summary>
    public required IReadOnlyList<string> Additions { get; init; }

    /// <summary>The reason given.</summary>
    public string? Reason { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>Version of the rules.</summary>
    public required string RulesVersion { get; init; }
}
