using Anhu.Common;

namespace Anhu.Modules.Duties;

/// <summary>What can go wrong with a step on a duty.</summary>
public static class DutyFailures
{
    /// <summary>No such duty, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "duties.not-found");

    /// <summary>The duty changed since the caller read it.</summary>
    public static Failure SomeoneWasFaster { get; } = new(FailureKind.Conflict, "duties.someone-was-faster");

    /// <summary>No such unit, or it is dissolved.</summary>
    public static Failure ReceiverUnknown { get; } = new(FailureKind.Invalid, "duties.receiver-unknown", "receiver");

    /// <summary>The outcome is not one of this kind of duty.</summary>
    public static Failure OutcomeUnknown { get; } = new(FailureKind.Invalid, "duties.outcome-unknown", "outcome");

    /// <summary>The outcome is missing.</summary>
    public static Failure OutcomeMissing { get; } = new(FailureKind.Invalid, "duties.outcome-missing", "outcome");

    /// <summary>The reason is too long.</summary>
    public static Failure ReasonTooLong { get; } = new(FailureKind.Invalid, "duties.reason-too-long", "reason");

    /// <summary>The reason or the form holds a shielded address or phone of somebody of the case.</summary>
    public static Failure TellsPlace { get; } = new(FailureKind.NotAllowed, "duties.tells-place");

    /// <summary>The form is too large.</summary>
    public static Failure FormTooLarge { get; } = new(FailureKind.Invalid, "duties.form-too-large", "form");

    /// <summary>It ends with a step on its measure, such as a warning letter; not by a form of its own.</summary>
    public static Failure DoneByMeasure { get; } = new(FailureKind.NotAllowed, "duties.done-by-measure");
}
