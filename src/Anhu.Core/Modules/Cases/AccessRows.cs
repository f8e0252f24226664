namespace Anhu.Modules.Cases;

/// <summary>Why a worker may for a while see more of a case than the own duties give.</summary>
public enum GrantKind
{
    /// <summary>A reason from the list was stated (victim-safety D5).</summary>
    Purpose,

    /// <summary>An emergency: second factor, one case, two hours, reviewed afterwards (victim-safety D6).</summary>
    Emergency,
}

/// <summary>Reasons for opening a file outside one's duties. Kept with every view.</summary>
public enum AccessReason
{
    /// <summary>Supervision of a unit below.</summary>
    Supervision,

    /// <summary>Help for another agency that asked for it.</summary>
    Assistance,

    /// <summary>A complaint or a petition about the case.</summary>
    Complaint,

    /// <summary>The victim asked for it.</summary>
    VictimAsked,

    /// <summary>Preparing a case conference or a hand-over.</summary>
    Conference,

    /// <summary>Wrong or doubled data are put right.</summary>
    Correction,

    /// <summary>Danger to life or limb (break-glass only).</summary>
    Danger,

    /// <summary>Another reason, in words.</summary>
    Other,
}

/// <summary>A worker's leave to see more of one case for a while, with the reason.</summary>
public sealed class AccessGrant
{
    /// <summary>Key.</summary>
    public required Guid AccessGrantId { get; init; }

    /// <summary>The worker.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>The unit of the worker at that time.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>Kind.</summary>
    public required GrantKind Kind { get; init; }

    /// <summary>The reason.</summary>
    public required AccessReason Reason { get; init; }

    /// <summary>The reason in words.</summary>
    public string? Note { get; init; }

    /// <summary>From, UTC.</summary>
    public required DateTimeOffset GrantedAt { get; init; }

    /// <summary>Until, UTC.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The duty that reviews it; null for a stated purpose.</summary>
    public Guid? ReviewDutyId { get; init; }
}

/// <summary>A worker is shut out of a case without a trace of it: a party to it, family of one, or a close colleague of such a worker (victim-safety D8).</summary>
public sealed class AccessBlock
{
    /// <summary>Who is shut out.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The worker who is tied to the case; the same, or a colleague of the same small unit.</summary>
    public required Guid TiedWorkerId { get; init; }

    /// <summary>The person of the case.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>Since, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The case from which the block came along when recognition joined both; null for a block of its own.</summary>
    public Guid? ThroughCaseId { get; init; }
}

/// <summary>A worker who may see a sealed case (victim-safety D7). Nobody else finds it.</summary>
public sealed class SealedSeat
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The worker.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>Since, UTC.</summary>
    public required DateTimeOffset Since { get; init; }
}
