namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>What became of a court's notice.</summary>
public enum CourtNoticeState
{
    /// <summary>It fits no case or not yet where the order stands: it waits for what comes before, or for a person to say which case it belongs to.</summary>
    Waiting,

    /// <summary>The order says so.</summary>
    Applied,

    /// <summary>It can't be right as it is; a person looks at it.</summary>
    Refused,

    /// <summary>A person said that it concerns no case here; its content is gone.</summary>
    Dismissed,
}

/// <summary>What a court's system reported of a protection order, kept as it came. Nothing that a court reports is lost because nobody knows the case.</summary>
public sealed class CourtNotice
{
    /// <summary>Longest name of a source, and of a notice in it.</summary>
    public const int NameMaxLength = 80;

    /// <summary>Key.</summary>
    public required Guid CourtNoticeId { get; init; }

    /// <summary>The court whose system reported it.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>The system, as it calls itself.</summary>
    public required string Source { get; init; }

    /// <summary>The notice's name in it; unique with unit and source.</summary>
    public required string SourceId { get; init; }

    /// <summary>The court's case number in the form in which numbers are compared (<see cref="Measure.KeyOf"/>).</summary>
    public required string OrderKey { get; init; }

    /// <summary>What happened, such as <c>issued</c>.</summary>
    public required string Event { get; init; }

    /// <summary>When it happened, UTC.</summary>
    public required DateTimeOffset HappenedAt { get; init; }

    /// <summary>When it was received, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>All that was reported, as JSON; empty once dismissed.</summary>
    public required string Content { get; set; }

    /// <summary>What became of it.</summary>
    public CourtNoticeState State { get; set; }

    /// <summary>Code of the failure for which it waits or was refused; null when there is none.</summary>
    public string? Reason { get; set; }

    /// <summary>The order that it belongs to; null while none is known.</summary>
    public Guid? MeasureId { get; set; }

    /// <summary>The order's incident.</summary>
    public Guid? IncidentId { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}
