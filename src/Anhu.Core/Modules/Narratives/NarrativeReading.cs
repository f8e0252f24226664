using Anhu.Modules.Alarms;

namespace Anhu.Modules.Narratives;

/// <summary>What a text about a family may tell (columns of the labelled cases; handbook §4.2, §4.8).</summary>
public enum NarrativeFact
{
    /// <summary>Physical violence.</summary>
    Physical,

    /// <summary>Abuse by words or fear.</summary>
    Psychological,

    /// <summary>Sexual violence.</summary>
    Sexual,

    /// <summary>Money is kept from the victim.</summary>
    EconomicControl,

    /// <summary>Movement or contacts are kept from the victim.</summary>
    SocialControl,

    /// <summary>A weapon or an object, used or shown by the abuser.</summary>
    Weapon,

    /// <summary>Strangling, smothering or another lethal act.</summary>
    Strangulation,

    /// <summary>An explicit threat.</summary>
    Threat,

    /// <summary>A threat against a life other than the abuser's own.</summary>
    ThreatToKill,

    /// <summary>A threat of the abuser against the own life.</summary>
    SelfHarmThreat,

    /// <summary>The abuser had taken alcohol or drugs.</summary>
    Alcohol,

    /// <summary>The victim is pregnant or has just given birth.</summary>
    PregnancyPostpartum,

    /// <summary>A child was hit, present or a witness.</summary>
    ChildAffected,

    /// <summary>Separation, divorce or break-up is sought, under way or done.</summary>
    Separation,

    /// <summary>Stalking or harassment.</summary>
    StalkingHarassment,

    /// <summary>Violence before the latest incident.</summary>
    PriorViolence,

    /// <summary>A report to the police or an act of theirs.</summary>
    PoliceInvolved,

    /// <summary>A warning letter (告诫书).</summary>
    WarningLetter,

    /// <summary>A protection order applied for or issued (人身安全保护令).</summary>
    ProtectionOrder,

    /// <summary>A breach of a protection order.</summary>
    OrderViolation,

    /// <summary>The victim fought back.</summary>
    VictimFoughtBack,

    /// <summary>The abuser denies it.</summary>
    AbuserDenies,

    /// <summary>The victim is under 18.</summary>
    VictimMinor,
}

/// <summary>A place in a text that tells a fact.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Start">Where the words begin, in characters.</param>
/// <param name="Length">How long they are; 0 when the text as a whole tells it.</param>
/// <param name="Quote">The clause that holds them.</param>
public sealed record NarrativeFinding(NarrativeFact Fact, int Start, int Length, string Quote);

/// <summary>What a text tells: proposals for a person to confirm. What is not in it is not denied by it.</summary>
/// <param name="Findings">One for each fact, in the order of the facts.</param>
/// <param name="Injury">The worst degree of injury named; <see cref="Alarms.Injury.Unknown"/> when the text names none.</param>
/// <param name="InjuryQuote">The clause that names it.</param>
public sealed record NarrativeReading(IReadOnlyList<NarrativeFinding> Findings, Injury Injury, string? InjuryQuote)
{
    private static readonly HashSet<NarrativeFact> Violence =
    [
        NarrativeFact.Physical, NarrativeFact.Psychological, NarrativeFact.Sexual, NarrativeFact.PriorViolence, NarrativeFact.Strangulation,
        NarrativeFact.Weapon, NarrativeFact.Threat,
    ];

    /// <summary>The text says that there was violence.</summary>
    public bool TellsViolence => Findings.Any(f => Violence.Contains(f.Fact));

    /// <summary>What is told of a fact; null when nothing is.</summary>
    /// <param name="fact">The fact.</param>
    public NarrativeFinding? Find(NarrativeFact fact) => Findings.FirstOrDefault(f => f.Fact == fact);
}
