using Anhu.Common;

namespace Anhu.Modules.Measures;

/// <summary>What can go wrong with measures.</summary>
public static class MeasureFailures
{
    /// <summary>Not there, or not for the caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "measures.not-found");

    /// <summary>No such kind.</summary>
    public static Failure KindUnknown { get; } = new(FailureKind.Invalid, "measures.kind-unknown", "kind");

    /// <summary>No such action of this kind.</summary>
    public static Failure ActionUnknown { get; } = new(FailureKind.NotFound, "measures.action-unknown");

    /// <summary>The state does not allow it.</summary>
    /// <param name="state">The state in words.</param>
    public static Failure NotFromHere(string state) => new(FailureKind.NotAllowed, "measures.not-from-here", Detail: state);

    /// <summary>Only the issuing unit may.</summary>
    public static Failure NotYourUnit { get; } = new(FailureKind.Forbidden, "measures.not-your-unit");

    /// <summary>Only its leader may.</summary>
    public static Failure NeedsLeader { get; } = new(FailureKind.Forbidden, "measures.needs-leader");

    /// <summary>Only the court may, or the unit that answers for it, by the court's paper.</summary>
    public static Failure CourtOnly { get; } = new(FailureKind.Forbidden, "measures.court-only");

    /// <summary>Whoever drafted it does not decide on it.</summary>
    public static Failure NeedsAnother { get; } = new(FailureKind.Forbidden, "measures.needs-another");

    /// <summary>Only this agency imposes it.</summary>
    public static Failure WrongAgency { get; } = new(FailureKind.Forbidden, "measures.wrong-agency");

    /// <summary>The case has no such incident.</summary>
    public static Failure NoIncident { get; } = new(FailureKind.Invalid, "measures.no-incident", "incidentId");

    /// <summary>Not a person of the case, or the wrong one.</summary>
    /// <param name="field">Which field.</param>
    public static Failure WrongPerson(string field) => new(FailureKind.Invalid, "measures.wrong-person", field);

    /// <summary>One is open for this incident and person already.</summary>
    public static Failure AlreadyOpen { get; } = new(FailureKind.Conflict, "measures.already-open");

    /// <summary>The number belongs to another one.</summary>
    public static Failure NumberTaken { get; } = new(FailureKind.Conflict, "measures.number-taken", "number");

    /// <summary>A court's notice of this name said something else before.</summary>
    /// <param name="fields">The fields that differ.</param>
    public static Failure NoticeConflict(string fields) => new(FailureKind.Conflict, "measures.notice-conflict", Detail: fields);

    /// <summary>Someone was faster.</summary>
    public static Failure SomeoneWasFaster { get; } = new(FailureKind.Conflict, "measures.someone-was-faster");

    /// <summary>A field that must be filled.</summary>
    /// <param name="field">Which.</param>
    public static Failure Required(string field) => new(FailureKind.Invalid, "measures.field-required", field);

    /// <summary>A field with a wrong value, or that this step does not take.</summary>
    /// <param name="field">Which.</param>
    public static Failure Invalid(string field) => new(FailureKind.Invalid, "measures.field-invalid", field);

    /// <summary>A text holds a shielded place or phone of somebody in the case.</summary>
    public static Failure TellsPlace { get; } = new(FailureKind.NotAllowed, "measures.tells-place");
}
