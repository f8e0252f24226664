using Anhu.Common;

namespace Anhu.Modules.Cases;

/// <summary>What can go wrong with a case.</summary>
public static class CaseFailures
{
    /// <summary>No such case, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "cases.not-found");

    /// <summary>The case changed since the caller read it.</summary>
    public static Failure SomeoneWasFaster { get; } = new(FailureKind.Conflict, "cases.someone-was-faster");

    /// <summary>The reason holds a shielded address or phone of somebody of the case.</summary>
    public static Failure TellsPlace { get; } = new(FailureKind.NotAllowed, "cases.tells-place");

    /// <summary>Duties are still open.</summary>
    public static Failure DutiesOpen { get; } = new(FailureKind.NotAllowed, "cases.duties-open");

    /// <summary>An item of the closing checklist is not confirmed.</summary>
    public static Failure ChecklistIncomplete { get; } = new(FailureKind.Invalid, "cases.checklist-incomplete", "checklist");

    /// <summary>The case is closed already.</summary>
    public static Failure AlreadyClosed { get; } = new(FailureKind.NotAllowed, "cases.already-closed");

    /// <summary>The handbook asks for a second person, and it must be another one with a supervisor's right.</summary>
    public static Failure NeedsSecondPerson { get; } = new(FailureKind.NotAllowed, "cases.needs-second-person");

    /// <summary>A reason is missing.</summary>
    public static Failure ReasonMissing { get; } = new(FailureKind.Invalid, "cases.reason-missing", "reason");

    /// <summary>A saved filter has no name, or one that is too long.</summary>
    public static Failure FilterNameWrong { get; } = new(FailureKind.Invalid, "cases.filter-name-wrong", "name");

    /// <summary>The worker keeps as many filters as there is room for.</summary>
    public static Failure FiltersFull { get; } = new(FailureKind.NotAllowed, "cases.filters-full");
}
