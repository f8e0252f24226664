using Anhu.Common;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Duties;

/// <summary>A step on a duty that somebody takes.</summary>
public enum DutyStep
{
    /// <summary>The owning unit, or the receiver of a hand-over, takes it.</summary>
    Accept,

    /// <summary>Work begins.</summary>
    Start,

    /// <summary>Done, with its form.</summary>
    Complete,

    /// <summary>Not ours: back to the unit above, or, by the receiver of a hand-over, to the superior of both.</summary>
    Return,

    /// <summary>Offered to another unit; stays with the giver until that unit accepts.</summary>
    HandOver,

    /// <summary>A supervisor gives it to a unit, which need not agree.</summary>
    Reassign,

    /// <summary>Cancelling asked for, or, by a second person, approved.</summary>
    Cancel,

    /// <summary>A second person refuses the cancelling that was asked for.</summary>
    KeepOpen,

    /// <summary>A second person checks what was done.</summary>
    Verify,
}

/// <summary>What stands around a step: who takes it, and what units and rules say. All decisions of access were made before.</summary>
public sealed record DutyContext
{
    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The unit of the one who acts.</summary>
    public required Guid ActingUnitId { get; init; }

    /// <summary>The worker who acts; null for a system.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>The one who acts may supervise the owning unit.</summary>
    public required bool MaySupervise { get; init; }

    /// <summary>Reason given.</summary>
    public string? Reason { get; init; }

    /// <summary>The receiver of a hand-over or reassignment.</summary>
    public Guid? ReceiverUnitId { get; init; }

    /// <summary>The unit that decides when it is returned or a hand-over fails: superior of both. The owner itself when there is none.</summary>
    public required Guid SuperiorUnitId { get; init; }

    /// <summary>The sheet of a hand-over.</summary>
    public Guid? HandOverId { get; init; }

    /// <summary>The receiver may not be told of the case: the victim does not agree, and no law replaces her word.</summary>
    public bool WithoutConsent { get; init; }

    /// <summary>When a hand-over must be answered, UTC.</summary>
    public DateTimeOffset HandOverDueAt { get; init; }

    /// <summary>Outcome code of the form.</summary>
    public string? Outcome { get; init; }

    /// <summary>The filled form as JSON.</summary>
    public string? Form { get; init; }

    /// <summary>How long an overdue duty rests before it is escalated again.</summary>
    public required TimeSpan EscalationStep { get; init; }
}

/// <summary>
/// The duty engine's state machine (design §3). Pure: it changes only the duty that it is given and returns the events.
/// Every step either leaves the duty with exactly one owner and one event at least, or changes nothing and says why.
/// </summary>
public static class DutyMachine
{
    /// <summary>The states from which a step is allowed. One table; pages and documents read it too.</summary>
    public static IReadOnlyDictionary<DutyStep, IReadOnlyList<DutyState>> Allowed { get; } = new Dictionary<DutyStep, IReadOnlyList<DutyState>>
    {
        [DutyStep.Accept] = Duty.OpenStates,
        [DutyStep.Start] = [DutyState.Accepted],
        [DutyStep.Complete] = [DutyState.Accepted, DutyState.InProgress],
        [DutyStep.Return] = [DutyState.Assigned, DutyState.Accepted, DutyState.InProgress],
        [DutyStep.HandOver] = [DutyState.Assigned, DutyState.Accepted, DutyState.InProgress],
        [DutyStep.Reassign] = Duty.OpenStates,
        [DutyStep.Cancel] = Duty.OpenStates,
        [DutyStep.KeepOpen] = Duty.OpenStates,
        [DutyStep.Verify] = [DutyState.Done],
    };

    /// <summary>Takes a step.</summary>
    /// <param name="duty">The duty; changed only on success.</param>
    /// <param name="step">The step.</param>
    /// <param name="c">What stands around it.</param>
    /// <param name="events">Receives what happened.</param>
    /// <returns>Why not, or null.</returns>
    public static Failure? Take(Duty duty, DutyStep step, DutyContext c, ICollection<PendingEvent> events)
    {
        if (!Allowed[step].Contains(duty.State))
        {
            return new Failure(FailureKind.NotAllowed, "duties.step-not-allowed", Detail: duty.State.ToString());
        }

        if (step is DutyStep.Return or DutyStep.HandOver or DutyStep.Reassign or DutyStep.Cancel or DutyStep.KeepOpen && string.IsNullOrWhiteSpace(c.Reason)
            && !(step == DutyStep.Cancel && duty.CancelRequestedByWorkerId is not null))
        {
            return new Failure(FailureKind.Invalid, "duties.reason-missing", "reason");
        }

        var isOwner = c.ActingUnitId == duty.OwnerUnitId;
        var isReceiver = duty.HandOverToUnitId == c.ActingUnitId;
        var mayAct = isOwner || c.MaySupervise;
        switch (step)
        {
            case DutyStep.Accept when isReceiver && !isOwner:
                return AcceptHandOver(duty, c, events);
            case DutyStep.Return when isReceiver && !isOwner:
                return GoToSuperior(duty, c.At, c.SuperiorUnitId, "duty.hand-over-refused", c.Reason, c.EscalationStep, events);
            case DutyStep.Accept or DutyStep.Start or DutyStep.Complete or DutyStep.Return or DutyStep.HandOver when !mayAct:
                return new Failure(FailureKind.Forbidden, "duties.not-your-unit");
            case DutyStep.Accept when duty.State is not (DutyState.Proposed or DutyState.Assigned):
                return new Failure(FailureKind.NotAllowed, "duties.step-not-allowed", Detail: duty.State.ToString());
            case DutyStep.Accept:
                return Move(duty, DutyState.Accepted, "duty.accepted", c, events, d => d.WorkerId = c.WorkerId);
            case DutyStep.Start:
                return Move(duty, DutyState.InProgress, "duty.started", c, events, d => d.WorkerId = c.WorkerId ?? d.WorkerId);
            case DutyStep.Complete:
                return Move(duty, DutyState.Done, "duty.done", c, events, d =>
                {
                    d.DoneAt = c.At;
                    d.DoneByWorkerId = c.WorkerId;
                    d.Outcome = c.Outcome;
                    d.Form = c.Form;
                    End(d);
                });
            case DutyStep.Return when c.SuperiorUnitId == duty.OwnerUnitId:
                return new Failure(FailureKind.NotAllowed, "duties.nobody-above");
            case DutyStep.Return:
                return GoToSuperior(duty, c.At, c.SuperiorUnitId, "duty.returned", c.Reason, c.EscalationStep, events);
            case DutyStep.HandOver:
                return HandOver(duty, c, events);
            case DutyStep.Reassign when !c.MaySupervise:
                return new Failure(FailureKind.Forbidden, "duties.needs-supervisor");
            case DutyStep.Reassign when c.ReceiverUnitId is not { } to:
                return new Failure(FailureKind.Invalid, "duties.receiver-missing", "receiver");
            case DutyStep.Reassign:
                return Own(duty, c.ReceiverUnitId!.Value, DutyState.Assigned, null, "duty.reassigned", c, events);
            case DutyStep.Cancel:
                return Cancel(duty, c, mayAct, events);
            case DutyStep.KeepOpen when duty.CancelRequestedByWorkerId is null:
                return new Failure(FailureKind.NotAllowed, "duties.no-cancel-requested");
            case DutyStep.KeepOpen when !c.MaySupervise:
                return new Failure(FailureKind.Forbidden, "duties.needs-supervisor");
            case DutyStep.KeepOpen:
                return Move(duty, duty.State, "duty.cancel-refused", c, events, d => d.CancelRequestedByWorkerId = null);
            case DutyStep.Verify when !c.MaySupervise:
                return new Failure(FailureKind.Forbidden, "duties.needs-supervisor");
            case DutyStep.Verify when c.WorkerId is null || c.WorkerId == duty.DoneByWorkerId:
                return new Failure(FailureKind.NotAllowed, "duties.needs-second-person");
            default:
                return Move(duty, DutyState.Verified, "duty.verified", c, events, _ => { });
        }
    }

    /// <summary>Gives an open duty to another unit without anybody's step, as when a worker of the owner is a party to the case.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="unit">The unit that owns it from now on.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="escalationStep">Rest between escalations.</param>
    /// <param name="events">Receives what happened.</param>
    public static void GiveTo(Duty duty, Guid unit, DateTimeOffset at, TimeSpan escalationStep, ICollection<PendingEvent> events) => Own(
        duty, unit, duty.State == DutyState.Proposed ? DutyState.Proposed : DutyState.Assigned, null, "duty.reassigned",
        new DutyContext { At = at, ActingUnitId = unit, MaySupervise = true, SuperiorUnitId = unit, EscalationStep = escalationStep, WithoutConsent = duty.WithoutConsent }, events);

    /// <summary>What time alone does: an unanswered hand-over goes to the superior of both; an overdue duty is marked and escalated, again and again.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="superiorOfBoth">Superior of owner and receiver of a pending hand-over; the owner when there is none.</param>
    /// <param name="above">The unit above the one escalated to last (or the owner); that one itself at the top.</param>
    /// <param name="escalationStep">Rest between escalations.</param>
    /// <param name="events">Receives what happened.</param>
    /// <returns>True when something changed.</returns>
    public static bool Tick(
        Duty duty, DateTimeOffset at, Guid superiorOfBoth, Guid above, TimeSpan escalationStep, ICollection<PendingEvent> events)
    {
        if (!duty.IsOpen)
        {
            return false;
        }

        var changed = false;
        if (duty.HandOverDueAt <= at)
        {
            GoToSuperior(duty, at, superiorOfBoth, "duty.hand-over-expired", null, escalationStep, events);
            changed = true;
        }

        if (duty.DueAt <= at && (duty.OverdueAt is null || duty.NextCheckAt <= at))
        {
            if (duty.OverdueAt is null)
            {
                duty.OverdueAt = at;
                events.Add(Event(duty, "duty.overdue", at, duty.OwnerUnitId, ("dueAt", duty.DueAt)));
            }

            duty.EscalationLevel++;
            duty.EscalatedToUnitId = above;
            duty.NextCheckAt = Earliest(at + escalationStep, duty.HandOverDueAt);
            events.Add(Event(duty, "duty.escalated", at, above, ("level", duty.EscalationLevel)));
            return true;
        }

        if (changed || duty.NextCheckAt <= at)
        {
            duty.NextCheckAt = NextCheck(duty, at, escalationStep);
            changed = true;
        }

        return changed;
    }

    /// <summary>When the deadline job must look at an open duty next.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="escalationStep">Rest between escalations.</param>
    public static DateTimeOffset NextCheck(Duty duty, DateTimeOffset at, TimeSpan escalationStep) =>
        Earliest(duty.OverdueAt is null ? duty.DueAt : at + escalationStep, duty.HandOverDueAt);

    /// <summary>The event of a new duty.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="holidaysKnown">False when its deadline was counted by weekends only, for want of the year's holidays.</param>
    public static PendingEvent Created(Duty duty, bool holidaysKnown = true) =>
        new(EventTypes.DutyCreated, duty.CreatedAt, duty.CaseId, duty.DutyId, duty.OwnerUnitId, duty.Class,
            EventData.Of(("kind", duty.Kind), ("to", duty.State), ("dueAt", duty.DueAt), ("rule", duty.RuleId), ("basis", duty.Basis), ("holidaysKnown", holidaysKnown ? null : false)));

    private static DateTimeOffset Earliest(DateTimeOffset a, DateTimeOffset? b) => b is { } other && other < a ? other : a;

    private static Failure? AcceptHandOver(Duty duty, DutyContext c, ICollection<PendingEvent> events) =>
        Own(duty, c.ActingUnitId, DutyState.Accepted, c.WorkerId, "duty.hand-over-accepted", c with { WithoutConsent = duty.HandOverWithoutConsent }, events);

    private static Failure? HandOver(Duty duty, DutyContext c, ICollection<PendingEvent> events)
    {
        if (c.ReceiverUnitId is not { } to)
        {
            return new Failure(FailureKind.Invalid, "duties.receiver-missing", "receiver");
        }

        if (to == duty.OwnerUnitId)
        {
            return new Failure(FailureKind.Invalid, "duties.receiver-is-owner", "receiver");
        }

        duty.HandOverToUnitId = to;
        duty.HandOverReason = c.Reason;
        duty.HandOverId = c.HandOverId;
        duty.HandOverWithoutConsent = c.WithoutConsent;
        duty.HandOverDueAt = c.HandOverDueAt;
        duty.NextCheckAt = NextCheck(duty, c.At, c.EscalationStep);
        events.Add(Event(duty, "duty.hand-over-offered", c.At, to,
            ("from", duty.OwnerUnitId), ("to", to), ("reason", c.Reason), ("answerBy", c.HandOverDueAt), ("handOver", c.HandOverId)));
        return null;
    }

    private static Failure? Cancel(Duty duty, DutyContext c, bool mayAct, ICollection<PendingEvent> events)
    {
        if (!mayAct)
        {
            return new Failure(FailureKind.Forbidden, "duties.not-your-unit");
        }

        if (c.WorkerId is not { } worker)
        {
            return new Failure(FailureKind.Forbidden, "duties.needs-worker");
        }

        if (duty.CancelRequestedByWorkerId is not { } first)
        {
            return Move(duty, duty.State, "duty.cancel-requested", c, events, d =>
            {
                d.CancelRequestedByWorkerId = worker;
                d.LastReason = c.Reason;
            });
        }

        if (first == worker)
        {
            return new Failure(FailureKind.NotAllowed, "duties.needs-second-person");
        }

        if (!c.MaySupervise)
        {
            return new Failure(FailureKind.Forbidden, "duties.needs-supervisor");
        }

        return Move(duty, DutyState.Cancelled, "duty.cancelled", c, events, End);
    }

    private static Failure? Own(
        Duty duty, Guid unit, DutyState state, Guid? worker, string type, DutyContext c, ICollection<PendingEvent> events)
    {
        var (from, fromUnit, sheet) = (duty.State, duty.OwnerUnitId, duty.HandOverId);
        duty.OwnerUnitId = unit;
        duty.WithoutConsent = c.WithoutConsent;
        duty.WorkerId = worker;
        duty.State = state;
        ClearHandOver(duty);
        duty.DecidingUnitId = null;
        duty.EscalatedToUnitId = null;
        duty.EscalationLevel = 0;
        duty.CancelRequestedByWorkerId = null;
        duty.LastReason = c.Reason ?? duty.LastReason;
        duty.NextCheckAt = NextCheck(duty, c.At, c.EscalationStep);
        events.Add(Event(duty, type, c.At, unit, ("from", from), ("to", state), ("fromUnit", fromUnit), ("toUnit", unit), ("reason", c.Reason), ("handOver", sheet)));
        return null;
    }

    private static Failure? GoToSuperior(
        Duty duty, DateTimeOffset at, Guid superior, string type, string? reason, TimeSpan escalationStep, ICollection<PendingEvent> events)
    {
        var (from, fromUnit) = (duty.State, duty.OwnerUnitId);
        duty.OwnerUnitId = superior;
        duty.DecidingUnitId = superior;
        duty.WorkerId = null;
        duty.State = DutyState.Assigned;
        duty.EscalatedToUnitId = null;
        duty.EscalationLevel = 0;
        duty.LastReason = reason ?? duty.HandOverReason;
        var (refused, sheet) = (duty.HandOverToUnitId, duty.HandOverId);
        ClearHandOver(duty);
        duty.NextCheckAt = NextCheck(duty, at, escalationStep);
        events.Add(Event(duty, type, at, superior,
            ("from", from), ("to", duty.State), ("fromUnit", fromUnit), ("toUnit", superior), ("receiver", refused), ("reason", reason), ("handOver", sheet)));
        return null;
    }

    private static Failure? Move(
        Duty duty, DutyState to, string type, DutyContext c, ICollection<PendingEvent> events, Action<Duty> change)
    {
        var from = duty.State;
        duty.State = to;
        if (duty.IsOpen && duty.OverdueAt is not null)
        {
            duty.NextCheckAt = Earliest(c.At + c.EscalationStep, duty.HandOverDueAt);
        }

        if (type == "duty.accepted")
        {
            duty.DecidingUnitId = null;
        }

        change(duty);
        events.Add(Event(duty, type, c.At, duty.OwnerUnitId, ("from", from), ("to", to), ("reason", c.Reason), ("outcome", c.Outcome)));
        return null;
    }

    private static void End(Duty duty)
    {
        ClearHandOver(duty);
        duty.NextCheckAt = null;
        duty.EscalatedToUnitId = null;
        duty.DecidingUnitId = null;
        duty.CancelRequestedByWorkerId = null;
    }

    private static void ClearHandOver(Duty duty)
    {
        duty.HandOverToUnitId = null;
        duty.HandOverDueAt = null;
        duty.HandOverReason = null;
        duty.HandOverId = null;
        duty.HandOverWithoutConsent = false;
    }

    private static PendingEvent Event(Duty duty, string type, DateTimeOffset at, Guid unit, params ReadOnlySpan<(string, object?)> data) =>
        new(type, at, duty.CaseId, duty.DutyId, unit, duty.Class, EventData.Of(With(duty.Kind, data)));

    private static (string, object?)[] With(string kind, ReadOnlySpan<(string, object?)> data) => [("kind", kind), .. data];
}
