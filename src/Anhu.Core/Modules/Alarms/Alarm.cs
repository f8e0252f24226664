namespace Anhu.Modules.Alarms;

/// <summary>How a report reached its source.</summary>
public enum AlarmChannel
{
    /// <summary>Voice call.</summary>
    Phone,

    /// <summary>Application.</summary>
    App,

    /// <summary>Text message (12110).</summary>
    Sms,

    /// <summary>In person at a counter.</summary>
    WalkIn,

    /// <summary>Hotline such as 12338 or 12345.</summary>
    Hotline,

    /// <summary>Mandatory report by a school, hospital or other body (强制报告).</summary>
    MandatoryReport,

    /// <summary>Referral by another department.</summary>
    Referral,

    /// <summary>Seen on patrol or by a grid worker.</summary>
    Patrol,

    /// <summary>Another way.</summary>
    Other,
}

/// <summary>What the source takes the report to be.</summary>
public enum AlarmCategory
{
    /// <summary>Domestic violence (家庭暴力).</summary>
    DomesticViolence,

    /// <summary>Family dispute (家庭纠纷).</summary>
    FamilyDispute,

    /// <summary>Breach of a personal safety protection order.</summary>
    ProtectionOrderBreach,

    /// <summary>Missing person.</summary>
    MissingPerson,

    /// <summary>Other.</summary>
    Other,
}

/// <summary>The part that a person plays in one incident; it belongs to the incident, not to the person.</summary>
public enum PartyRole
{
    /// <summary>Victim (受害人).</summary>
    Victim,

    /// <summary>Alleged perpetrator (加害人).</summary>
    Perpetrator,

    /// <summary>Child present or affected.</summary>
    Child,

    /// <summary>Witness.</summary>
    Witness,

    /// <summary>Other.</summary>
    Other,
}

/// <summary>Sex as reported.</summary>
public enum Sex
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Female.</summary>
    Female,

    /// <summary>Male.</summary>
    Male,
}

/// <summary>Degree of injury as known now (handbook §5.3); ordered, only an appraisal fixes it.</summary>
public enum Injury
{
    /// <summary>Not known; not the same as none.</summary>
    Unknown,

    /// <summary>None.</summary>
    None,

    /// <summary>轻微伤 or below: under the criminal line.</summary>
    Minor,

    /// <summary>轻伤: the criminal line.</summary>
    Light,

    /// <summary>重伤.</summary>
    Serious,

    /// <summary>Death.</summary>
    Death,
}

/// <summary>A report as its source sent it; its revisions are kept in <see cref="AlarmRevision"/>.</summary>
public sealed class Alarm
{
    /// <summary>Key.</summary>
    public required Guid AlarmId { get; init; }

    /// <summary>The system that sent it, such as <c>hefei-110</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The name of the alarm in its source.</summary>
    public required string SourceId { get; init; }

    /// <summary>Source and source id joined by a slash (a source has none); unique.</summary>
    public required string SourceKey { get; init; }

    /// <summary>The highest revision stored.</summary>
    public required int Revision { get; set; }

    /// <summary>SHA-256 of the highest revision's content.</summary>
    public required byte[] ContentHash { get; set; }

    /// <summary>Number of the <see cref="MandatoryReport"/> that it is; null when it is none.</summary>
    public string? ReportNumber { get; set; }

    /// <summary>When the source received the report, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; set; }

    /// <summary>When the first revision was stored here, UTC.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>The incident that it reports.</summary>
    public required Guid IncidentId { get; set; }

    /// <summary>The case of that incident.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>One revision of an alarm, immutable.</summary>
public sealed class AlarmRevision
{
    /// <summary>The alarm.</summary>
    public required Guid AlarmId { get; init; }

    /// <summary>Number given by the source, growing.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was stored here, UTC.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>The report as sent, canonical JSON of the contract.</summary>
    public required string Content { get; init; }

    /// <summary>The API client that sent it; null when a worker entered it.</summary>
    public string? ClientId { get; init; }

    /// <summary>The worker who entered it; null when a system sent it.</summary>
    public Guid? WorkerId { get; init; }
}
