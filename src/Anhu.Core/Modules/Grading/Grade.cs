using System.Collections.Frozen;
using System.Text.Json.Serialization;

namespace Anhu.Modules.Grading;

/// <summary>Where a grading decision stands.</summary>
public enum GradeState
{
    /// <summary>In force, or was until the next one.</summary>
    Effective,

    /// <summary>A proposal to lower that waits for a second person.</summary>
    Proposed,

    /// <summary>A proposal that the second person refused.</summary>
    Refused,
}

/// <summary>One grading decision of a case (分级); history is never deleted.</summary>
public sealed class Grade
{
    /// <summary>Key.</summary>
    public required Guid GradeId { get; init; }

    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The class: 1, 2 or 3.</summary>
    public required int Class { get; init; }

    /// <summary>State.</summary>
    public required GradeState State { get; set; }

    /// <summary>Why, each with the rule's id and values, as JSON (<see cref="GradeReason"/>).</summary>
    public required IReadOnlyList<GradeReason> Reasons { get; init; }

    /// <summary>Facts that nobody has given and the class that their answer could lead to.</summary>
    public required IReadOnlyList<MissingFact> Missing { get; init; }

    /// <summary>Version of the grading policy.</summary>
    public required string PolicyVersion { get; init; }

    /// <summary>When decided, UTC.</summary>
    public required DateTimeOffset DecidedAt { get; set; }

    /// <summary>The worker who raised or proposed; null when the policy decided.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>The worker's own words.</summary>
    public string? Note { get; init; }

    /// <summary>The second person.</summary>
    public Guid? ApprovedByWorkerId { get; set; }

    /// <summary>What recognition had changed of what the case held when this was decided; empty for a case as the alarms made it.</summary>
    public IReadOnlyList<Guid> Across { get; init; } = [];

    /// <summary>The statement about who is who after which this was decided; null when another fact gave rise to it.</summary>
    public Guid? LinkStatementId { get; init; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>One reason of a grade.</summary>
/// <param name="RuleId">The rule of the policy.</param>
/// <param name="Class">The class that it alone leads to.</param>
/// <param name="TextZh">The reason in plain Chinese.</param>
/// <param name="TextEn">The reason in plain English.</param>
/// <param name="OfHealth">It tells of health: of injuries, pregnancy or sexual violence.</param>
/// <param name="OfMeasures">It tells what authority did before: of letters, criticisms, penalties or breached orders, which only those hear who hear the story.</param>
public sealed record GradeReason(string RuleId, int Class, string TextZh, string TextEn, bool OfHealth = false, bool OfMeasures = false);

/// <summary>A fact that is not known and matters.</summary>
/// <param name="Fact">The name of the fact in the policy, such as <c>strangulation</c>.</param>
/// <param name="ClassIfYes">The class that the case would have if the answer were yes.</param>
/// <param name="TextZh">The question in plain Chinese.</param>
/// <param name="TextEn">The question in plain English.</param>
public sealed record MissingFact(string Fact, int ClassIfYes, string TextZh, string TextEn)
{
    /// <summary>The facts that are health data, whoever asks for them.</summary>
    public static FrozenSet<string> Health { get; } = FrozenSet.Create(StringComparer.Ordinal, "injury", "pregnant", "sexualViolence");

    /// <summary>It asks after health.</summary>
    [JsonIgnore]
    public bool OfHealth => Health.Contains(Fact);
}
