namespace Anhu.Modules.People;

/// <summary>What a worker says of who lives with whom.</summary>
public enum HouseholdStatementKind
{
    /// <summary>Somebody lives there, from a day on.</summary>
    LivesThere,

    /// <summary>Somebody moved out on a day.</summary>
    MovedOut,

    /// <summary>Somebody does not live there and never did.</summary>
    NeverLivedThere,

    /// <summary>Takes an earlier statement back, also one that took back.</summary>
    Undone,
}

/// <summary>A statement about who lives with whom. Only ever added: what is taken back is taken back by another one.</summary>
public sealed class HouseholdStatement
{
    /// <summary>Longest reason.</summary>
    public const int ReasonMaxLength = 1000;

    /// <summary>Name of the counter that gives statements their order.</summary>
    public const string Counter = "people:household";

    /// <summary>Key.</summary>
    public required Guid HouseholdStatementId { get; init; }

    /// <summary>Position in the order of all such statements of the city.</summary>
    public required long StatementSequence { get; init; }

    /// <summary>Kind.</summary>
    public required HouseholdStatementKind Kind { get; init; }

    /// <summary>A record of the person it is about.</summary>
    public required Guid RecordId { get; init; }

    /// <summary>A record of somebody of the household.</summary>
    public required Guid WithRecordId { get; init; }

    /// <summary>Since or until when, UTC: the beginning of the city's day.</summary>
    public required DateTimeOffset OnAt { get; init; }

    /// <summary>The statement that is taken back; null otherwise.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>When it was said, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who said it.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>Why, in the worker's words.</summary>
    public required string Reason { get; init; }
}
