namespace Anhu.Modules.Duties;

/// <summary>Where a duty stands (design §3). Overdue is a mark, not a state.</summary>
public enum DutyState
{
    /// <summary>Suggested (for instance by a need named in a return visit); a worker of the owning unit decides.</summary>
    Proposed,

    /// <summary>The owning unit answers for it and has not yet accepted it.</summary>
    Assigned,

    /// <summary>A worker has taken it.</summary>
    Accepted,

    /// <summary>Work has begun.</summary>
    InProgress,

    /// <summary>Done with its form.</summary>
    Done,

    /// <summary>Done and checked by a second person.</summary>
    Verified,

    /// <summary>Cancelled with a reason and a second person.</summary>
    Cancelled,
}

/// <summary>One piece of work that one unit answers for (责任).</summary>
public sealed class Duty
{
    /// <summary>Key.</summary>
    public required Guid DutyId { get; init; }

    /// <summary>The case; changes only when an anonymous case turns out to be part of another.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The case it arose in, where recognition moved it since; null when it never moved, or goes where its incident goes.</summary>
    public Guid? OriginCaseId { get; set; }

    /// <summary>The statement about who is who that gave rise to it; null when another fact did.</summary>
    public Guid? LinkStatementId { get; set; }

    /// <summary>The incident that gave rise to it; null when the case as a whole did.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>Kind, such as <c>phone-return-visit</c>; names its form and texts.</summary>
    public required string Kind { get; init; }

    /// <summary>The one accountable unit (promise 1).</summary>
    public required Guid OwnerUnitId { get; set; }

    /// <summary>The worker who has taken it.</summary>
    public Guid? WorkerId { get; set; }

    /// <summary>State.</summary>
    public required DutyState State { get; set; }

    /// <summary>When it arose, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Deadline, UTC.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Class of the case when it arose or changed last; for sorting and colours.</summary>
    public required int Class { get; set; }

    /// <summary>Legal or policy basis, such as <c>反家庭暴力法 第15条</c>.</summary>
    public required string Basis { get; init; }

    /// <summary>The playbook rule that made it; null when a worker did.</summary>
    public string? RuleId { get; init; }

    /// <summary>Version of the playbook.</summary>
    public string? PlaybookVersion { get; init; }

    /// <summary>When it was marked overdue, UTC; null while in time.</summary>
    public DateTimeOffset? OverdueAt { get; set; }

    /// <summary>How many levels it has been escalated.</summary>
    public int EscalationLevel { get; set; }

    /// <summary>The unit to which it was escalated last; it sees and may act, the owner stays accountable.</summary>
    public Guid? EscalatedToUnitId { get; set; }

    /// <summary>The receiver of a pending hand-over; the owner stays accountable until it accepts (promise 3).</summary>
    public Guid? HandOverToUnitId { get; set; }

    /// <summary>Why it is handed over.</summary>
    public string? HandOverReason { get; set; }

    /// <summary>The sheet of the pending hand-over (<see cref="HandOver"/>); null while none is pending.</summary>
    public Guid? HandOverId { get; set; }

    /// <summary>The pending hand-over goes to a unit with which the victim does not agree to share, and no law replaces her word: it sees a card at most.</summary>
    public bool HandOverWithoutConsent { get; set; }

    /// <summary>The owner has it by such a hand-over.</summary>
    public bool WithoutConsent { get; set; }

    /// <summary>When the receiver must have answered, UTC.</summary>
    public DateTimeOffset? HandOverDueAt { get; set; }

    /// <summary>The unit that decides on an unanswered or refused hand-over or a returned duty: superior of both.</summary>
    public Guid? DecidingUnitId { get; set; }

    /// <summary>Who asked for cancelling and waits for a second person.</summary>
    public Guid? CancelRequestedByWorkerId { get; set; }

    /// <summary>Reason of the last return, cancelling or hand-over decision.</summary>
    public string? LastReason { get; set; }

    /// <summary>When the deadline job must look at it next, UTC; null when never (not open).</summary>
    public DateTimeOffset? NextCheckAt { get; set; }

    /// <summary>When done, UTC.</summary>
    public DateTimeOffset? DoneAt { get; set; }

    /// <summary>Who did it.</summary>
    public Guid? DoneByWorkerId { get; set; }

    /// <summary>Outcome code of its form, such as <c>reached</c>.</summary>
    public string? Outcome { get; set; }

    /// <summary>The filled form as JSON.</summary>
    public string? Form { get; set; }

    /// <summary>Concurrency token; the ETag of the API.</summary>
    public long Version { get; set; }

    /// <summary>The states of <see cref="IsOpen"/>, for queries.</summary>
    public static readonly DutyState[] OpenStates = [DutyState.Proposed, DutyState.Assigned, DutyState.Accepted, DutyState.InProgress];

    /// <summary>True while the duty must still come to an end.</summary>
    public bool IsOpen => State is DutyState.Proposed or DutyState.Assigned or DutyState.Accepted or DutyState.InProgress;
}
