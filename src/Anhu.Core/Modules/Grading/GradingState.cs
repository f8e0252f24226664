using System.Collections.Frozen;
using Anhu.Modules.Alarms;

namespace Anhu.Modules.Grading;

/// <summary>Facts with three answers, in the order of their bits in <see cref="GradingState"/>.</summary>
internal enum GradingFact
{
    Weapon,
    ThreatToKill,
    Strangulation,
    ChildPresent,
    Pregnant,
    Alcohol,
    SexualViolence,
    Separation,
    MinorVictim,
    ElderlyVictim,
    OrderBreach,
    MandatoryReport,
}

/// <summary>
/// All that a policy can look at, packed into one number: equal numbers give equal decisions, so decisions can be kept and found by it.
/// Two bits for each fact (0 not known, 1 no, 2 yes), then injury, police opinion, risk view, floor, danger scale, the rows that hold on the day, and the counts in up to twelve windows.
/// </summary>
internal readonly record struct GradingState(UInt128 Bits)
{
    public const int MaxWindows = 12;
    public const int MaxPeriods = 255;
    public const int MaxCount = 127;
    private const int InjuryAt = 24;
    private const int OpinionAt = 27;
    private const int RiskViewAt = 29;
    private const int FloorAt = 31;
    private const int DangerAt = 33;
    private const int PeriodAt = 35;
    private const int WindowsAt = 43;
    private const int CountBits = 7;

    /// <summary>Names of the facts as the policy writes them.</summary>
    public static FrozenDictionary<string, GradingFact> Names { get; } =
        Enum.GetValues<GradingFact>().ToFrozenDictionary(f => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(f.ToString()));

    public Injury Injury => (Injury)Get(InjuryAt, 7);

    /// <summary>1 to 3; 0 when not given.</summary>
    public int PoliceOpinion => Get(OpinionAt, 3);

    /// <summary>1 to 3; 0 when not given.</summary>
    public int RiskView => Get(RiskViewAt, 3);

    /// <summary>1 low to 3 high; 0 when not done.</summary>
    public int DangerScale => Get(DangerAt, 3);

    /// <summary>1 to 3; 0 when there is none.</summary>
    public int Floor => Get(FloorAt, 3);

    /// <summary>Which span between two dates at which rules begin or end the day of grading lies in.</summary>
    public int Period => Get(PeriodAt, MaxPeriods);

    public static GradingState Of(GradingFacts facts) => new(
        Bits2(facts.Weapon, GradingFact.Weapon) | Bits2(facts.ThreatToKill, GradingFact.ThreatToKill)
        | Bits2(facts.Strangulation, GradingFact.Strangulation) | Bits2(facts.ChildPresent, GradingFact.ChildPresent)
        | Bits2(facts.Pregnant, GradingFact.Pregnant) | Bits2(facts.Alcohol, GradingFact.Alcohol)
        | Bits2(facts.SexualViolence, GradingFact.SexualViolence) | Bits2(facts.Separation, GradingFact.Separation)
        | Bits2(facts.MinorVictim, GradingFact.MinorVictim) | Bits2(facts.ElderlyVictim, GradingFact.ElderlyVictim)
        | Bits2(facts.OrderBreach, GradingFact.OrderBreach) | Bits2(facts.MandatoryReport, GradingFact.MandatoryReport)
        | ((UInt128)(ulong)facts.WorstInjury << InjuryAt) | (ClassBits(facts.PoliceOpinion) << OpinionAt)
        | (ClassBits(facts.RiskView) << RiskViewAt) | (ClassBits(facts.Floor) << FloorAt)
        | (ClassBits(facts.DangerScale) << DangerAt));

    public bool IsYes(GradingFact fact) => Get(2 * (int)fact, 3) == 2;

    public bool IsUnknown(GradingFact fact) => Get(2 * (int)fact, 3) == 0;

    public int Count(int window) => Get(WindowsAt + (CountBits * window), MaxCount);

    public GradingState With(GradingFact fact, bool? answer) => With(2 * (int)fact, 3, Bits2(answer, 0));

    public GradingState With(Injury injury) => With(InjuryAt, 7, (ulong)injury);

    public GradingState WithPoliceOpinion(int opinion) => With(OpinionAt, 3, (ulong)opinion);

    public GradingState WithRiskView(int view) => With(RiskViewAt, 3, (ulong)view);

    public GradingState WithDangerScale(int danger) => With(DangerAt, 3, (ulong)danger);

    public GradingState WithPeriod(int period) => With(PeriodAt, MaxPeriods, (ulong)period);

    public GradingState WithCount(int window, int count) => With(WindowsAt + (CountBits * window), MaxCount, (ulong)Math.Min(count, MaxCount));

    private static UInt128 ClassBits(int? value) => value is >= 1 and <= 3 ? (ulong)value.Value : 0;

    private static UInt128 Bits2(bool? answer, GradingFact fact) => (UInt128)(answer is { } known ? known ? 2UL : 1UL : 0UL) << (2 * (int)fact);

    private int Get(int at, ulong mask) => (int)((ulong)(Bits >> at) & mask);

    private GradingState With(int at, UInt128 mask, UInt128 value) => new((Bits & ~(mask << at)) | (value << at));
}
