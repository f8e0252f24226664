using Anhu.Modules.Alarms;

namespace Anhu.Modules.Cases;

/// <summary>Where a case stands.</summary>
public enum CaseState
{
    /// <summary>Work is going on.</summary>
    Open,

    /// <summary>No duty is open; the case waits for its dated review (观察期).</summary>
    Observation,

    /// <summary>Closed by checklist (结案); a new alarm reopens it.</summary>
    Closed,
}

/// <summary>One family's file (个案).</summary>
public sealed class DvCase
{
    /// <summary>Key.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>What people read out on the phone: <c>DV340104-2026-000123</c>. Never reused, no personal data in it (handbook §5.5).</summary>
    public required string CaseNumber { get; init; }

    /// <summary>Position in the city's order of cases: newest is highest. Pages of lists are keyed by it.</summary>
    public required long CaseSequence { get; init; }

    /// <summary>When it was opened, UTC.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>State.</summary>
    public required CaseState State { get; set; }

    /// <summary>The class in force: 1 high, 2 medium, 3 light (handbook §4.9).</summary>
    public required int Class { get; set; }

    /// <summary>Where it happened last, as precise as known; the city's code when unknown.</summary>
    public required string RegionCode { get; set; }

    /// <summary>When the last alarm about it was received, UTC.</summary>
    public required DateTimeOffset LastAlarmAt { get; set; }

    /// <summary>Number of incidents.</summary>
    public required int IncidentCount { get; set; }

    /// <summary>Number of duties in an open state. Kept so that closing and a new duty collide on <see cref="Version"/> (promise 2).</summary>
    public required int OpenDutyCount { get; set; }

    /// <summary>Next dated review, city date; required while no duty is open and the case is not closed.</summary>
    public DateOnly? ReviewOn { get; set; }

    /// <summary>When it was closed last, UTC.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>The case into which this one was joined when its people became known; null for all others.</summary>
    public Guid? JoinedIntoCaseId { get; set; }

    /// <summary>How often it was reopened.</summary>
    public int ReopenCount { get; set; }

    /// <summary>Units that get no further duty of it, since a worker of theirs is a party or family of one: the unit above each does it.</summary>
    public IReadOnlyList<Guid> ShunnedUnits { get; set; } = [];

    /// <summary>The incident for which the case was made when recognition parted it from the case it had joined; null for a case that an alarm opened.</summary>
    public Guid? PartedIncidentId { get; init; }

    /// <summary>
    /// What recognition has changed of what the case holds: the cases whose incidents it holds too, and the own incidents that
    /// another case holds now. Empty for a case as the alarms made it.
    /// </summary>
    public IReadOnlyList<Guid> Across { get; set; } = [];

    /// <summary>What the case was before recognition changed what it holds; null while nothing is changed.</summary>
    public CaseBefore? Before { get; set; }

    /// <summary>Sealed: found by the workers with a <see cref="SealedSeat"/> only; no unit has a row in <see cref="CaseAccess"/>.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>What a case was before recognition changed what it holds, so that it can be that again.</summary>
/// <param name="At">When it was changed, UTC.</param>
/// <param name="State">State.</param>
/// <param name="ReviewOn">Next dated review.</param>
/// <param name="ClosedAt">When it was closed last, UTC.</param>
/// <param name="ReopenCount">How often it had been reopened.</param>
/// <param name="RegionCode">Region.</param>
/// <param name="LastAlarmAt">When the last alarm was received, UTC.</param>
/// <param name="ShunnedUnits">Units that got no duty.</param>
/// <param name="Units">Units that could see it.</param>
/// <param name="DirectUnits">Those of them that were involved themselves.</param>
public sealed record CaseBefore(
    DateTimeOffset At, CaseState State, DateOnly? ReviewOn, DateTimeOffset? ClosedAt, int ReopenCount, string RegionCode, DateTimeOffset LastAlarmAt,
    IReadOnlyList<Guid> ShunnedUnits, IReadOnlyList<Guid> Units, IReadOnlyList<Guid> DirectUnits);

/// <summary>A person of a case with the parts they have played in its incidents.</summary>
public sealed class CaseParty
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The person.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>The part in the latest incident that names the person.</summary>
    public required PartyRole Role { get; set; }

    /// <summary>Relation to the victim as last reported.</summary>
    public string? RelationToVictim { get; set; }
}

/// <summary>One occurrence (事件), from one alarm or several.</summary>
public sealed class Incident
{
    /// <summary>Key.</summary>
    public required Guid IncidentId { get; init; }

    /// <summary>The case.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The case that the intake chose, where recognition moved it since; null when it never moved.</summary>
    public Guid? OriginCaseId { get; set; }

    /// <summary>When it was first reported, UTC.</summary>
    public required DateTimeOffset OccurredAt { get; set; }

    /// <summary>What the source takes it to be.</summary>
    public required AlarmCategory Category { get; set; }

    /// <summary>Place, as precise as known; null when the report names none.</summary>
    public string? RegionCode { get; set; }

    /// <summary>Address as reported; null for placeholders such as "Restricted Address".</summary>
    public string? Address { get; set; }

    /// <summary>Longitude as reported, degrees; kept even when it is wrong.</summary>
    public double? Longitude { get; set; }

    /// <summary>Latitude as reported, degrees; kept even when it is wrong.</summary>
    public double? Latitude { get; set; }

    /// <summary>True when the coordinates lie inside the city, so that a map may draw them.</summary>
    public bool IsDrawable { get; set; }

    /// <summary>Normalised place by which two reports of one occurrence meet; null when no place is known.</summary>
    public string? PlaceKey { get; set; }

    /// <summary>The narrative of the latest revision.</summary>
    public string? Summary { get; set; }

    /// <summary>The worst degree of injury reported.</summary>
    public required Injury Injury { get; set; }

    /// <summary>Weapon used or shown; null when not known.</summary>
    public bool? Weapon { get; set; }

    /// <summary>Threat to kill; null when not known.</summary>
    public bool? ThreatToKill { get; set; }

    /// <summary>Strangulation or suffocation; null when not known.</summary>
    public bool? Strangulation { get; set; }

    /// <summary>A child was present; null when not known.</summary>
    public bool? ChildPresent { get; set; }

    /// <summary>The victim is pregnant; null when not known.</summary>
    public bool? Pregnant { get; set; }

    /// <summary>Alcohol or drugs; null when not known.</summary>
    public bool? Alcohol { get; set; }

    /// <summary>Forced sex, sexual abuse or assault; null when not known.</summary>
    public bool? SexualViolence { get; set; }

    /// <summary>Separation, divorce or break-up under way or within the past year; null when not known.</summary>
    public bool? Separation { get; set; }

    /// <summary>One of its alarms was a mandatory report (强制报告).</summary>
    public bool IsMandatoryReport { get; set; }

    /// <summary>The class that the police hold right, 1 to 3; the gravest that an alarm gave.</summary>
    public int? PoliceOpinion { get; set; }

    /// <summary>Number of alarms on this occurrence.</summary>
    public required int AlarmCount { get; set; }

    /// <summary>How the police disposed of it: outcome of the duty whose kind <c>disposes</c>, such as <c>criticism</c>; null while they have not.</summary>
    public string? Disposition { get; set; }

    /// <summary>When the police disposed of it, UTC.</summary>
    public DateTimeOffset? DisposedAt { get; set; }

    /// <summary>When a warning letter was issued for it, UTC; null where none stands.</summary>
    public DateTimeOffset? LetterAt { get; set; }

    /// <summary>When the first penalty for it was decided or the first criminal case filed, UTC; null where none stands.</summary>
    public DateTimeOffset? PunishedAt { get; set; }

    /// <summary>The last day of the protection order that came of it, city date; null where there is none.</summary>
    public DateOnly? OrderUntil { get; set; }

    /// <summary>When that order was breached first, UTC; null while no breach is reported or none was one.</summary>
    public DateTimeOffset? OrderBreachedAt { get; set; }

    /// <summary>What workers answered where the reports are silent, oldest first. What the fields above say is what was reported; <see cref="IncidentKnowledge"/> is both.</summary>
    public IReadOnlyList<IncidentAnswer> Answers { get; set; } = [];

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>A person's part in an incident, as reported.</summary>
public sealed class IncidentParty
{
    /// <summary>The incident.</summary>
    public required Guid IncidentId { get; init; }

    /// <summary>The person.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>The part.</summary>
    public required PartyRole Role { get; set; }

    /// <summary>Relation to the victim as reported.</summary>
    public string? RelationToVictim { get; set; }

    /// <summary>Degree of injury of this person.</summary>
    public required Injury Injury { get; set; }
}

/// <summary>A unit that may see a case because its agency is involved and the place lies in its jurisdiction. Lists and the feed read by it.</summary>
public sealed class CaseAccess
{
    /// <summary>The unit.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>Copy of <see cref="DvCase.CaseSequence"/>, so that a list reads one index.</summary>
    public required long CaseSequence { get; init; }

    /// <summary>Copy of <see cref="DvCase.State"/>.</summary>
    public required CaseState State { get; set; }

    /// <summary>Copy of <see cref="DvCase.Class"/>.</summary>
    public required int Class { get; set; }

    /// <summary>True when the unit itself has or had a duty, or received the alarm; false when it only stands above such a unit.</summary>
    public required bool IsDirect { get; set; }

    /// <summary>The unit, or the ones below it, came to the case only by hand-overs to which nobody agreed: it sees a card at most (victim-safety D4).</summary>
    public bool IsHanded { get; set; }
}
