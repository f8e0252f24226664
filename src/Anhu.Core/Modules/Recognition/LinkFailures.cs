using Anhu.Common;

namespace Anhu.Modules.Recognition;

/// <summary>What can go wrong with a statement about who is who.</summary>
public static class LinkFailures
{
    /// <summary>No such pair, record or statement, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "people.not-found");

    /// <summary>Someone else decided meanwhile.</summary>
    public static Failure SomeoneWasFaster { get; } = new(FailureKind.Conflict, "people.someone-was-faster");

    /// <summary>A reason is missing or too long.</summary>
    public static Failure ReasonMissing { get; } = new(FailureKind.Invalid, "people.reason-missing", "reason");

    /// <summary>A day that is still to come, or long before anybody's birth.</summary>
    public static Failure DayWrong { get; } = new(FailureKind.Invalid, "people.day-wrong", "on");

    /// <summary>One report names both: they are two people.</summary>
    public static Failure SameReport { get; } = new(FailureKind.NotAllowed, "people.same-report");

    /// <summary>A worker called them different; that has to be taken back first.</summary>
    public static Failure CalledDifferent { get; } = new(FailureKind.NotAllowed, "people.called-different");

    /// <summary>A case of one of them is sealed; the seal has to be lifted first.</summary>
    public static Failure Sealed { get; } = new(FailureKind.NotAllowed, "people.sealed");

    /// <summary>They are one person already, or two already.</summary>
    public static Failure NoChange { get; } = new(FailureKind.NotAllowed, "people.no-change");

    /// <summary>The second person must be another supervisor.</summary>
    public static Failure NeedsSecondPerson { get; } = new(FailureKind.NotAllowed, "people.needs-second-person");
}
