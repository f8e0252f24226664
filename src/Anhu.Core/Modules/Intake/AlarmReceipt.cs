using Anhu.Modules.Alarms;

namespace Anhu.Modules.Intake;

/// <summary>What became of a submitted revision.</summary>
public enum AlarmStatus
{
    /// <summary>A new alarm, on disk.</summary>
    Created,

    /// <summary>A higher revision, on disk.</summary>
    Updated,

    /// <summary>The same revision with the same content: nothing to do.</summary>
    Duplicate,

    /// <summary>The same revision with other content, or a lower one: nothing changed.</summary>
    Conflict,
}

/// <summary>The answer to a submitted revision; given only when it is durable.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="CaseId">Its case.</param>
/// <param name="CaseNumber">The case's number.</param>
/// <param name="Status">What became of it.</param>
/// <param name="StoredRevision">The revision now stored.</param>
/// <param name="Class">The case's class.</param>
/// <param name="Reasons">Why, in plain words.</param>
/// <param name="DutyIds">The case's open duties that this alarm gave rise to.</param>
/// <param name="ReportNumber">Number of the mandatory report that it is, the receipt for who made it; null when it is none.</param>
public sealed record AlarmReceipt(
    Guid AlarmId, Guid CaseId, string CaseNumber, AlarmStatus Status, int StoredRevision, int Class,
    IReadOnlyList<Grading.GradeReason> Reasons, IReadOnlyList<Guid> DutyIds, string? ReportNumber = null);

/// <summary>The store can't take the alarm now; the caller must send it again.</summary>
/// <param name="retryAfter">When to try again.</param>
/// <param name="inner">The cause.</param>
public sealed class IntakeUnavailableException(TimeSpan retryAfter, Exception? inner = null) : Exception("The alarm could not be made durable now.", inner)
{
    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
