namespace Anhu.Modules.Alarms;

/// <summary>
/// What an alarm that came as a mandatory report (强制报告; Anti-Domestic Violence Law art. 14, Minor Protection Law art. 11, 高检发〔2020〕9号) owes to who made it:
/// a receipt at once, an answer within the term. Goes where its alarm goes. Who reported is not in it.
/// </summary>
public sealed class MandatoryReport
{
    /// <summary>The longest answer.</summary>
    public const int FeedbackMaxLength = 4000;

    /// <summary>The duty of the police to answer.</summary>
    public const string DutyKind = "mandatory-report-follow-up";

    /// <summary>The alarm.</summary>
    public required Guid AlarmId { get; init; }

    /// <summary>Its number, <c>MR340104-2026-000001</c>; unique, never used again.</summary>
    public required string Number { get; init; }

    /// <summary>When the receipt was given, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The police unit that received it.</summary>
    public required Guid UnitId { get; set; }

    /// <summary>The unit whose worker entered it; null when a system sent it.</summary>
    public Guid? OriginUnitId { get; init; }

    /// <summary>The system that sent it; null when a worker entered it.</summary>
    public string? OriginClientId { get; init; }

    /// <summary>By when the answer is due, UTC; null where the playbook sets no term.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>When it was first answered, UTC; null while it is not.</summary>
    public DateTimeOffset? FedBackAt { get; set; }

    /// <summary>What came of it: the outcome of the duty.</summary>
    public string? Outcome { get; set; }

    /// <summary>The answers given, for the reporting body; null while there is none.</summary>
    public string? Feedback { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}
