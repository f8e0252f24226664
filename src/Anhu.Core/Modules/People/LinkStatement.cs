namespace Anhu.Modules.People;

/// <summary>What is said of two records, or of what was said before.</summary>
public enum LinkStatementKind
{
    /// <summary>The platform: one person, by certainty. What the door knew on arrival stands on the record itself.</summary>
    Joined,

    /// <summary>A worker: one person.</summary>
    Confirmed,

    /// <summary>A worker: two people.</summary>
    Different,

    /// <summary>A worker: it cannot be told from what is known.</summary>
    Unsure,

    /// <summary>A worker takes an earlier statement back, or what the door knew when a record came in.</summary>
    Undone,

    /// <summary>The second person agrees to an earlier statement.</summary>
    Seconded,

    /// <summary>The second person refuses an earlier statement.</summary>
    Refused,
}

/// <summary>A statement about who is who. Only ever added: what is taken back is taken back by another one.</summary>
public sealed class LinkStatement
{
    /// <summary>Longest reason.</summary>
    public const int ReasonMaxLength = 1000;

    /// <summary>Key.</summary>
    public required Guid LinkStatementId { get; init; }

    /// <summary>Position in the order of all statements of the city.</summary>
    public required long StatementSequence { get; init; }

    /// <summary>Kind.</summary>
    public required LinkStatementKind Kind { get; init; }

    /// <summary>One record. Of an undoing, seconding or refusal: that of the statement it is about.</summary>
    public required Guid LeftRecordId { get; init; }

    /// <summary>The other record.</summary>
    public required Guid RightRecordId { get; init; }

    /// <summary>The statement that is undone, seconded or refused, or the record whose arrival is undone; null otherwise.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The worker; null for the platform.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>Why, in the worker's words.</summary>
    public string? Reason { get; init; }

    /// <summary>How probable the engine held it, 0 to 1.</summary>
    public double? Probability { get; init; }

    /// <summary>Version of the engine's model.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>It takes effect only when a second person agrees, since it changes the class of a case.</summary>
    public bool NeedsSecond { get; set; }
}
