using Anhu.Common;
using Anhu.Modules.Cases;

namespace Anhu.Modules.Whereabouts;

/// <summary>What can go wrong with a leak.</summary>
public static class LeakFailures
{
    /// <summary>No such case or leak for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "leaks.not-found");

    /// <summary>What leaked is not in the list.</summary>
    public static Failure WhatWrong { get; } = new(FailureKind.Invalid, "leaks.what-wrong", "what");

    /// <summary>To whom is not in the list.</summary>
    public static Failure ToWrong { get; } = new(FailureKind.Invalid, "leaks.to-wrong", "to");

    /// <summary>It can not have been seen from a time that has not come, nor from before ten years ago.</summary>
    public static Failure SinceWrong { get; } = new(FailureKind.Invalid, "leaks.since-wrong", "since");

    /// <summary>A note is missing or too long.</summary>
    public static Failure NoteWrong { get; } = new(FailureKind.Invalid, "leaks.note-wrong", "note");

    /// <summary>The note tells a place or number itself.</summary>
    public static Failure TellsPlace { get; } = new(FailureKind.Invalid, "leaks.tells-place", "note");

    /// <summary>A named worker is not there, has left, is shut out, or is of a unit that does not find the case; or too many or none are named.</summary>
    public static Failure WorkerUnknown { get; } = new(FailureKind.Invalid, "leaks.worker-unknown", "workers");

    /// <summary>A leak is open on the case already.</summary>
    public static Failure AlreadyOpen { get; } = new(FailureKind.NotAllowed, "leaks.already-open");

    /// <summary>It is over already.</summary>
    public static Failure Over { get; } = new(FailureKind.NotAllowed, "leaks.over");

    /// <summary>A supervisor who did not report it ends it.</summary>
    public static Failure NeedsSecondPerson { get; } = new(FailureKind.NotAllowed, "leaks.needs-second-person");

    /// <summary>The victim has not been reached yet: that comes first.</summary>
    public static Failure VictimFirst { get; } = new(FailureKind.NotAllowed, "leaks.victim-first");

    /// <summary>The officer recorded already what was done.</summary>
    public static Failure Answered { get; } = new(FailureKind.NotAllowed, "leaks.answered");
}

/// <summary>A leak to report.</summary>
public sealed record ReportLeak
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>What leaked.</summary>
    public required ExposedThing? What { get; init; }

    /// <summary>To whom.</summary>
    public required ExposedTo? To { get; init; }

    /// <summary>From when on it may have been seen; null when nobody knows.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How it was noticed; never the place itself.</summary>
    public required string Note { get; init; }

    /// <summary>Sign-in names of the few who are still shown her place and number; who reports is one of them.</summary>
    public IReadOnlyCollection<string> Workers { get; init; } = [];
}

/// <summary>Who was shown something of the case since it may have leaked.</summary>
/// <param name="WorkerId">The worker; null for a system.</param>
/// <param name="Name">The worker's name, or the system's.</param>
/// <param name="UnitId">The unit.</param>
/// <param name="FirstAt">First look, UTC.</param>
/// <param name="LastAt">Last look, UTC.</param>
/// <param name="Times">How often anything of the case was opened.</param>
/// <param name="Shown">How often an address or number itself was shown.</param>
/// <param name="Types">What was opened (<see cref="Audit.ViewTypes"/>).</param>
public sealed record LeakWitness(Guid? WorkerId, string Name, Guid? UnitId, DateTimeOffset FirstAt, DateTimeOffset LastAt, int Times, int Shown, IReadOnlyList<string> Types);

/// <summary>A leak as it is shown on its case.</summary>
/// <param name="Leak">The leak.</param>
/// <param name="Circle">Names of its circle.</param>
/// <param name="Witnesses">Who saw what, those first who were shown a place or number; empty for who is neither of the circle nor a supervisor.</param>
/// <param name="VictimReached">She was reached, or nothing is open any more that asks for it.</param>
public sealed record LeakDetails(Exposure Leak, IReadOnlyList<string> Circle, IReadOnlyList<LeakWitness> Witnesses, bool VictimReached);

/// <summary>The leaks of a case.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Sight">What the caller may see of it.</param>
/// <param name="InCircle">The caller is of the circle of each open leak.</param>
/// <param name="MayEnd">The caller may end one that somebody else reported.</param>
/// <param name="Leaks">Newest first.</param>
public sealed record CaseLeakState(Guid CaseId, string CaseNumber, CaseSight Sight, bool InCircle, bool MayEnd, IReadOnlyList<LeakDetails> Leaks)
{
    /// <summary>The one that was reported on this case and is open.</summary>
    public LeakDetails? Open => Leaks.FirstOrDefault(l => l.Leak.EndedAt is null);
}

/// <summary>A leak as the data-protection officer sees it.</summary>
/// <param name="Leak">The leak.</param>
/// <param name="CaseNumber">The case's number.</param>
/// <param name="ReportedBy">Name of who reported it; null for a system.</param>
/// <param name="VictimReached">She was reached.</param>
public sealed record LeakLine(Exposure Leak, string CaseNumber, string? ReportedBy, bool VictimReached);
