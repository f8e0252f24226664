namespace Anhu.Modules.MandatoryReports;

/// <summary>A unit that had to make a mandatory report and did not (应报未报; handbook §4.15: NotReported → Accountability). Answered for by the procuratorate's duty.</summary>
public sealed class ReportOmission
{
    /// <summary>The duty in which it is decided.</summary>
    public const string DutyKind = "report-omission";

    /// <summary>Longest name of a unit.</summary>
    public const int NameMaxLength = 100;

    /// <summary>Longest text.</summary>
    public const int WordsMaxLength = 2000;

    /// <summary>Kinds of units that must report, as codes (Minor Protection Law art. 11; Anti-Domestic Violence Law art. 14).</summary>
    public static IReadOnlyList<string> BodyKinds { get; } =
        ["school", "kindergarten", "hospital", "community", "social-work", "shelter", "welfare", "hotel", "tutoring", "other"];

    /// <summary>Key.</summary>
    public required Guid ReportOmissionId { get; init; }

    /// <summary>The incident that was to be reported; its case is the case.</summary>
    public required Guid IncidentId { get; init; }

    /// <summary>The duty of the procuratorate in which it is decided; null where the playbook makes none.</summary>
    public Guid? DecidingDutyId { get; set; }

    /// <summary>Kind of the unit, of <see cref="BodyKinds"/>.</summary>
    public required string BodyKind { get; init; }

    /// <summary>Its name.</summary>
    public required string BodyName { get; init; }

    /// <summary>From when it knew or had to suspect, city date; null when that is not known.</summary>
    public DateOnly? KnewOn { get; init; }

    /// <summary>How it was found that it knew and did not report.</summary>
    public required string Findings { get; init; }

    /// <summary>The unit that found it.</summary>
    public required Guid FoundByUnitId { get; init; }

    /// <summary>Who found it; null for a system.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>What was decided: the outcome of the duty; null while nothing is.</summary>
    public string? Outcome { get; set; }

    /// <summary>When it was decided, UTC.</summary>
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}
