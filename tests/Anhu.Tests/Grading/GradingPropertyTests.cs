using Anhu.Modules.Alarms;
using Anhu.Modules.Grading;
using CsCheck;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Grading;

/// <summary>What must hold for any facts, whatever the policy says.</summary>
[Trait("Store", "none")]
public sealed class GradingPropertyTests
{
    private static readonly DateTimeOffset Now = Local(2026, 11, 22, 20, 15);

    private static readonly Gen<bool?> Answer = Gen.Int[0, 2].Select(i => i == 0 ? (bool?)null : i == 2);

    private static readonly Gen<int?> Opinion = Gen.Int[0, 3].Select(i => i == 0 ? (int?)null : i);

    private static readonly Gen<GradingFacts> AnyFacts = Gen.Select(
        Answer.Array[10], Gen.Bool, Gen.Bool, Gen.Enum<Injury>(), Gen.Select(Opinion, Opinion, Opinion), Gen.Select(Gen.Int[0, 900].Array[0, 5], Gen.Int[0, 900].Array[0, 3].Array[6], Gen.Int[0, 700]),
        (answers, breach, report, injury, opinions, times) => With(times.Item2, times.Item3, new GradingFacts
        {
            AsOf = Now, IncidentTimes = [Now, .. times.Item1.Select(d => Now.AddDays(-d))], Weapon = answers[0], ThreatToKill = answers[1], Strangulation = answers[2],
            ChildPresent = answers[3], Pregnant = answers[4], Alcohol = answers[5], MinorVictim = answers[6], ElderlyVictim = answers[7], SexualViolence = answers[8], Separation = answers[9], OrderBreach = breach,
            MandatoryReport = report, WorstInjury = injury, PoliceOpinion = opinions.Item1, RiskView = opinions.Item2, Floor = opinions.Item3,
        }));

    private static readonly Dictionary<string, (Func<GradingFacts, bool> IsKnown, Func<GradingFacts, GradingFacts> Yes, Func<GradingFacts, GradingFacts>? No)> Facts = new()
    {
        ["weapon"] = (f => f.Weapon is not null, f => f with { Weapon = true }, f => f with { Weapon = false }),
        ["threatToKill"] = (f => f.ThreatToKill is not null, f => f with { ThreatToKill = true }, f => f with { ThreatToKill = false }),
        ["strangulation"] = (f => f.Strangulation is not null, f => f with { Strangulation = true }, f => f with { Strangulation = false }),
        ["childPresent"] = (f => f.ChildPresent is not null, f => f with { ChildPresent = true }, f => f with { ChildPresent = false }),
        ["pregnant"] = (f => f.Pregnant is not null, f => f with { Pregnant = true }, f => f with { Pregnant = false }),
        ["alcohol"] = (f => f.Alcohol is not null, f => f with { Alcohol = true }, f => f with { Alcohol = false }),
        ["sexualViolence"] = (f => f.SexualViolence is not null, f => f with { SexualViolence = true }, f => f with { SexualViolence = false }),
        ["separation"] = (f => f.Separation is not null, f => f with { Separation = true }, f => f with { Separation = false }),
        ["minorVictim"] = (f => f.MinorVictim is not null, f => f with { MinorVictim = true }, f => f with { MinorVictim = false }),
        ["elderlyVictim"] = (f => f.ElderlyVictim is not null, f => f with { ElderlyVictim = true }, f => f with { ElderlyVictim = false }),
        ["injury"] = (f => f.WorstInjury != Injury.Unknown, f => f with { WorstInjury = Injury.Serious }, f => f with { WorstInjury = Injury.None }),
        ["policeOpinion"] = (f => f.PoliceOpinion is not null, f => f with { PoliceOpinion = 1 }, f => f with { PoliceOpinion = 3 }),
    };

    private static readonly Func<GradingFacts, GradingFacts>[] MoreHistory =
    [
        f => f with { Letters = [.. f.Letters, Now.AddDays(-20)] },
        f => f with { Criticisms = [.. f.Criticisms, Now.AddDays(-20)] },
        f => f with { Penalties = [.. f.Penalties, Now.AddDays(-20)] },
        f => f with { OrderBreaches = [.. f.OrderBreaches, Now.AddDays(-20)] },
        f => f with { IncidentsAfterLetter = [.. f.IncidentsAfterLetter, Now.AddDays(-20)] },
        f => f with { IncidentsAfterPenalty = [.. f.IncidentsAfterPenalty, Now.AddDays(-20)] },
    ];

    private static readonly Func<GradingFacts, GradingFacts>[] MoreDanger =
    [
        .. Facts.Values.Select(f => f.Yes),
        f => f with { OrderBreach = true },
        f => f with { MandatoryReport = true },
        f => f with { WorstInjury = f.WorstInjury < Injury.Minor ? Injury.Minor : f.WorstInjury < Injury.Death ? f.WorstInjury + 1 : Injury.Death },
        f => f with { RiskView = 1 },
        f => f with { RiskView = Math.Min(f.RiskView ?? 3, 2) },
        f => f with { PoliceOpinion = Math.Min(f.PoliceOpinion ?? 3, 2) },
        f => f with { IncidentTimes = [.. f.IncidentTimes, Now.AddDays(-30)] },
        .. MoreHistory,
    ];

    [Fact]
    public void MoreDanger_NeverMakesTheClassLighter() =>
        Gen.Select(AnyFacts, Gen.Int[0, MoreDanger.Length - 1]).Sample((facts, more) =>
            HefeiPolicy.Grade(MoreDanger[more](facts)).Class <= HefeiPolicy.Grade(facts).Class);

    [Fact]
    public void PoliceOpinion_NeverLowers() => Gen.Select(AnyFacts, Gen.Int[1, 3]).Sample((facts, opinion) =>
        HefeiPolicy.Grade(facts with { PoliceOpinion = opinion }).Class <= HefeiPolicy.Grade(facts with { PoliceOpinion = null }).Class);

    [Fact]
    public void Class_IsNeverLighterThanTheFloor() => AnyFacts.Sample(facts => HefeiPolicy.Grade(facts).Class <= (facts.Floor ?? 3));

    [Fact]
    public void Reasons_ProveTheClass() => AnyFacts.Sample(facts =>
    {
        var decision = HefeiPolicy.Grade(facts);
        return decision.Reasons.Count > 0 && decision.Reasons[0].Class == decision.Class && decision.Reasons.All(r => r.Class >= decision.Class)
            && decision.Reasons.All(r => !r.TextZh.Contains('{') && !r.TextEn.Contains('{'));
    });

    [Fact]
    public void Missing_ReallyRaisesTheClassWhenAnsweredYes() => AnyFacts.Sample(facts =>
    {
        var decision = HefeiPolicy.Grade(facts);
        return decision.Missing.All(m =>
            !Facts[m.Fact].IsKnown(facts) && m.ClassIfYes < decision.Class && HefeiPolicy.Grade(Facts[m.Fact].Yes(facts)).Class == m.ClassIfYes);
    });

    [Fact]
    public void Unknown_WhoseYesWouldRaise_IsNamed_SoItNeverEqualsNo() => AnyFacts.Sample(facts =>
    {
        var decision = HefeiPolicy.Grade(facts);
        return Facts.Where(f => !f.Value.IsKnown(facts)).All(f =>
        {
            var matters = HefeiPolicy.Grade(f.Value.Yes(facts)).Class < decision.Class;
            var saidNo = HefeiPolicy.Grade(f.Value.No!(facts));
            return decision.Missing.Any(m => m.Fact == f.Key) == matters && saidNo.Missing.All(m => m.Fact != f.Key);
        });
    });

    [Fact]
    public void Grade_IsTheSameEachTimeAndFromAFreshlyReadPolicy()
    {
        var fresh = GradingPolicy.Parse(PolicyText, "policies/hefei.yaml");

        AnyFacts.Sample(facts =>
        {
            var (first, again, other) = (HefeiPolicy.Grade(facts), HefeiPolicy.Grade(facts with { }), fresh.Grade(facts));
            return Same(first, again) && Same(first, other);
        });
    }

    [Fact]
    public void Grade_DoesNotCareInWhichOrderIncidentsCome() => AnyFacts.Sample(facts =>
        Same(HefeiPolicy.Grade(facts), HefeiPolicy.Grade(facts with { IncidentTimes = [.. facts.IncidentTimes.Reverse()] })));

    /// <summary>Facts with a history, looked at on a day on which other rows may be in force.</summary>
    private static GradingFacts With(int[][] daysAgo, int earlier, GradingFacts facts)
    {
        IReadOnlyList<DateTimeOffset> Times(int which) => [.. daysAgo[which].Select(d => Now.AddDays(-d))];
        return facts with
        {
            AsOf = Now.AddDays(-earlier),
            Letters = Times(0),
            Criticisms = Times(1),
            Penalties = Times(2),
            OrderBreaches = Times(3),
            IncidentsAfterLetter = Times(4),
            IncidentsAfterPenalty = Times(5),
        };
    }

    private static bool Same(GradingDecision a, GradingDecision b) =>
        a.Class == b.Class && a.Reasons.SequenceEqual(b.Reasons) && a.Missing.SequenceEqual(b.Missing);
}
