using Anhu.Modules.Protection;

namespace Anhu.Modules.Timeline;

/// <summary>One link of a hash chain: what happened, where it stands, and the hash that ties it to the one before. Never changed once stored.</summary>
public abstract class ChainedEvent
{
    /// <summary>Position in the chain's order, without gaps.</summary>
    public long Sequence { get; init; }

    /// <summary>Type, such as <c>case.opened</c> (<see cref="EventTypes"/>).</summary>
    public string Type { get; init; } = "";

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The case; null for facts outside cases (units, workers).</summary>
    public Guid? CaseId { get; init; }

    /// <summary>The duty; null when none.</summary>
    public Guid? DutyId { get; init; }

    /// <summary>The acting worker; null for systems.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>The acting API client; null for workers and the platform itself.</summary>
    public string? ClientId { get; init; }

    /// <summary>The unit that the event is about or that acts.</summary>
    public Guid? UnitId { get; init; }

    /// <summary>Class of the case after the event; null when it does not matter.</summary>
    public int? Class { get; init; }

    /// <summary>Details as canonical JSON: states from and to, reason. Put into words when shown.</summary>
    public string Data { get; init; } = "{}";

    /// <summary>Hash of the event before; 32 zero bytes for the first.</summary>
    public byte[] PreviousHash { get; init; } = [];

    /// <summary>Hash over all other fields (<see cref="TimelineHash"/>).</summary>
    public byte[] Hash { get; init; } = [];
}

/// <summary>One fact in the city's append-only record (时间线). The only source of feed and history; its sequence is the id of the live feed.</summary>
public sealed class TimelineEvent : ChainedEvent;

/// <summary>One look at a case, a list or a person (查阅记录): who saw what, when and why. A chain of its own, so that looking waits for no one's work and no feed carries it.</summary>
public sealed class ViewEvent : ChainedEvent;

/// <summary>The chains of a city.</summary>
public enum Chain
{
    /// <summary>What was done.</summary>
    Record = 1,

    /// <summary>What was seen.</summary>
    Views = 2,
}

/// <summary>The end of a chain. That of the record is taken for update by every transaction that adds events, which also puts the city's writers in one order.</summary>
public sealed class TimelineHead
{
    /// <summary>The <see cref="Chain"/>.</summary>
    public required int TimelineHeadId { get; init; }

    /// <summary>Sequence of the last event.</summary>
    public required long Sequence { get; set; }

    /// <summary>Hash of the last event.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Name of the hash function (<see cref="ChainHash"/>), chosen with the store's suite.</summary>
    public string Algorithm { get; set; } = ChainHash.Sha256.Name;
}

/// <summary>Event types. Stable: other systems and old records rely on them.</summary>
public static class EventTypes
{
    /// <summary>A new alarm came in.</summary>
    public const string AlarmReceived = "alarm.received";

    /// <summary>A later revision of an alarm came in.</summary>
    public const string AlarmRevised = "alarm.revised";

    /// <summary>A case was opened.</summary>
    public const string CaseOpened = "case.opened";

    /// <summary>An alarm joined a case.</summary>
    public const string CaseJoined = "case.joined";

    /// <summary>A closed case was reopened.</summary>
    public const string CaseReopened = "case.reopened";

    /// <summary>A case went into observation until a dated review.</summary>
    public const string CaseObserved = "case.observation";

    /// <summary>A case was closed.</summary>
    public const string CaseClosed = "case.closed";

    /// <summary>A case was graded by the policy, or raised.</summary>
    public const string CaseGraded = "case.graded";

    /// <summary>Lowering was proposed.</summary>
    public const string GradeProposed = "case.grade-proposed";

    /// <summary>A proposal was refused by the second person.</summary>
    public const string GradeRefused = "case.grade-refused";

    /// <summary>A worker answered what the reports of an incident left open.</summary>
    public const string IncidentAnswered = "incident.answered";

    /// <summary>A worker stated why a file outside the own duties is opened.</summary>
    public const string AccessStated = "access.stated";

    /// <summary>A case was opened in an emergency (break-glass).</summary>
    public const string AccessEmergency = "access.emergency";

    /// <summary>A worker was shut out of a case; names no case in its key, and stands in no case's timeline.</summary>
    public const string AccessShut = "access.shut";

    /// <summary>A case was sealed.</summary>
    public const string CaseSealed = "case.sealed";

    /// <summary>A seal was lifted.</summary>
    public const string CaseUnsealed = "case.unsealed";

    /// <summary>A worker's tie was declared.</summary>
    public const string TieDeclared = "worker.tie-declared";

    /// <summary>A worker's tie was taken back.</summary>
    public const string TieWithdrawn = "worker.tie-withdrawn";

    /// <summary>A duty arose.</summary>
    public const string DutyCreated = "duty.created";

    /// <summary>Prefix of duty steps: <c>duty.accepted</c>, <c>duty.started</c> …</summary>
    public const string DutyPrefix = "duty.";

    /// <summary>A unit was told of a case without a duty.</summary>
    public const string UnitNotified = "unit.notified";

    /// <summary>A message was queued, sent, refused or failed.</summary>
    public const string MessagePrefix = "message.";
}
