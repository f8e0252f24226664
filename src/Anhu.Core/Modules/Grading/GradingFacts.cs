using Anhu.Modules.Alarms;

namespace Anhu.Modules.Grading;

/// <summary>What is known about a case at the moment of grading. Null means that nobody has said: not known is not no.</summary>
public sealed record GradingFacts
{
    /// <summary>The moment from which windows such as "in 12 months" look back.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>When each incident of the case occurred, the present one included; in any order.</summary>
    public required IReadOnlyList<DateTimeOffset> IncidentTimes { get; init; }

    /// <summary>When each warning letter that stands was issued; in any order, as all lists of history.</summary>
    public IReadOnlyList<DateTimeOffset> Letters { get; init; } = [];

    /// <summary>When each criticism (批评教育) was given.</summary>
    public IReadOnlyList<DateTimeOffset> Criticisms { get; init; } = [];

    /// <summary>When each administrative penalty was decided and each criminal case filed.</summary>
    public IReadOnlyList<DateTimeOffset> Penalties { get; init; } = [];

    /// <summary>When each breach of a protection order was reported.</summary>
    public IReadOnlyList<DateTimeOffset> OrderBreaches { get; init; } = [];

    /// <summary>When each incident occurred that came after a warning letter.</summary>
    public IReadOnlyList<DateTimeOffset> IncidentsAfterLetter { get; init; } = [];

    /// <summary>When each incident occurred that came after a penalty or a criminal case.</summary>
    public IReadOnlyList<DateTimeOffset> IncidentsAfterPenalty { get; init; } = [];

    /// <summary>A weapon was used or shown.</summary>
    public bool? Weapon { get; init; }

    /// <summary>A threat to kill.</summary>
    public bool? ThreatToKill { get; init; }

    /// <summary>Strangulation, suffocation or another lethal act (handbook §4.8, special items).</summary>
    public bool? Strangulation { get; init; }

    /// <summary>A child was there.</summary>
    public bool? ChildPresent { get; init; }

    /// <summary>The victim is pregnant.</summary>
    public bool? Pregnant { get; init; }

    /// <summary>Alcohol or drugs.</summary>
    public bool? Alcohol { get; init; }

    /// <summary>Forced sex, sexual abuse or assault.</summary>
    public bool? SexualViolence { get; init; }

    /// <summary>Separation, divorce or break-up under way or within the past year, when violence most often turns worse.</summary>
    public bool? Separation { get; init; }

    /// <summary>A personal safety protection order was breached.</summary>
    public bool OrderBreach { get; init; }

    /// <summary>The worst degree of injury known.</summary>
    public Injury WorstInjury { get; init; }

    /// <summary>A victim is under 18.</summary>
    public bool? MinorVictim { get; init; }

    /// <summary>A victim is elderly (60 or over, 老年人权益保障法).</summary>
    public bool? ElderlyVictim { get; init; }

    /// <summary>A school, hospital or other body reported because it had to (强制报告).</summary>
    public bool MandatoryReport { get; init; }

    /// <summary>The class that the police officer holds right, 1 to 3; null when not given.</summary>
    public int? PoliceOpinion { get; init; }

    /// <summary>The class that the worker who visited holds right, 1 to 3; null when not given.</summary>
    public int? RiskView { get; init; }

    /// <summary>What the nine-item danger scale came to at worst: 1 low, 2 medium, 3 high-lethal; null when it was not done to the end.</summary>
    public int? DangerScale { get; init; }

    /// <summary>The class below which the case must not fall, for example while an order is in force; null when there is none.</summary>
    public int? Floor { get; init; }
}

/// <summary>What the policy decides.</summary>
/// <param name="Class">1 high, 2 medium, 3 light.</param>
/// <param name="Reasons">Why: each rule that applied, the most serious first; at least one.</param>
/// <param name="Missing">Each fact that nobody has given and whose "yes" would make the class more serious.</param>
public sealed record GradingDecision(int Class, IReadOnlyList<GradeReason> Reasons, IReadOnlyList<MissingFact> Missing);
