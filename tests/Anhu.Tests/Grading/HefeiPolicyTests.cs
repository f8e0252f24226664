using Anhu.Modules.Alarms;
using Anhu.Modules.Grading;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Grading;

/// <summary>Known answers of the policy that ships (handbook §4.9).</summary>
[Trait("Store", "none")]
public sealed class HefeiPolicyTests
{
    private static readonly DateTimeOffset Now = Local(2026, 11, 22, 20, 15);

    public static TheoryData<string, int, string> OneFact => new()
    {
        { "strangulation", 1, "lethal-act" }, { "weapon", 1, "weapon" }, { "threatToKill", 1, "threat-to-kill" }, { "light", 1, "injury-light" },
        { "serious", 1, "injury-light" }, { "death", 1, "injury-light" }, { "orderBreach", 1, "order-breach" }, { "mandatoryReport", 1, "mandatory-report" },
        { "policeHigh", 1, "police-high" }, { "viewHigh", 1, "visitor-high" }, { "minor", 2, "injury-minor" }, { "minorVictim", 2, "minor-victim" },
        { "childPresent", 2, "child-present" }, { "pregnant", 2, "pregnant" }, { "elderlyVictim", 2, "elderly-victim" }, { "alcohol", 2, "alcohol" },
        { "sexualViolence", 1, "sexual-violence" }, { "separation", 2, "separation" },
        { "policeMedium", 2, "police-medium" }, { "viewMedium", 2, "visitor-medium" }, { "policeLow", 3, "default" }, { "nothing", 3, "default" },
        { "floor", 2, "floor" },
    };

    [Theory]
    [MemberData(nameof(OneFact))]
    public void Grade_OfOneFact_IsItsClassWithItsReason(string fact, int expected, string rule)
    {
        var decision = HefeiPolicy.Grade(With(fact));

        Assert.Equal(expected, decision.Class);
        Assert.Equal(rule, decision.Reasons[0].RuleId);
        Assert.Equal(expected, decision.Reasons[0].Class);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    [InlineData(40, 1)]
    public void Grade_ByAlarmsInTwelveMonths(int alarms, int expected)
    {
        var decision = HefeiPolicy.Grade(Nothing with { IncidentTimes = [.. Enumerable.Range(0, alarms).Select(i => Now.AddDays(-i))] });

        Assert.Equal(expected, decision.Class);
        if (alarms > 1)
        {
            Assert.Equal($"12个月内{alarms}次警情", Assert.Single(decision.Reasons).TextZh);
            Assert.Equal($"{alarms} alarms in 12 months", decision.Reasons[0].TextEn);
        }
    }

    [Fact]
    public void Grade_OfAnAlarmLongerAgo_DoesNotCountIt()
    {
        Assert.Equal(2, HefeiPolicy.Grade(Nothing with { IncidentTimes = [Local(2025, 11, 22, 20, 15), Now] }).Class);
        Assert.Equal(3, HefeiPolicy.Grade(Nothing with { IncidentTimes = [Local(2025, 11, 22, 20, 14), Now] }).Class);
    }

    [Fact]
    public void Grade_OfAnInjuredMinor_IsClass1() => Assert.Equal(1, HefeiPolicy.Grade(Nothing with { MinorVictim = true, WorstInjury = Injury.Minor }).Class);

    [Fact]
    public void Grade_OfAMinor_IsNeverClass3() => Assert.Equal(2, HefeiPolicy.Grade(Nothing with { MinorVictim = true, PoliceOpinion = 3, RiskView = 3 }).Class);

    [Fact]
    public void PoliceOpinion_NeverLowers() => Assert.Equal(1, HefeiPolicy.Grade(Nothing with { Strangulation = true, PoliceOpinion = 3, RiskView = 3 }).Class);

    [Fact]
    public void Grade_WithSeveralReasons_ShowsThemMostSeriousFirst()
    {
        var decision = HefeiPolicy.Grade(Nothing with { ChildPresent = true, Weapon = true, WorstInjury = Injury.Light });

        Assert.Equal(["injury-light", "weapon", "child-present"], decision.Reasons.Select(r => r.RuleId));
        Assert.Equal("伤情：轻伤", decision.Reasons[0].TextZh);
    }

    [Fact]
    public void Class3_SaysThatNoLegalDutyEnds()
    {
        Assert.Contains("不免除任何法定职责", HefeiPolicy.Grade(Nothing).Reasons[0].TextZh, StringComparison.Ordinal);
        Assert.Contains("法定职责一项也不免除", HefeiPolicy.Classes[2].Meaning.Zh, StringComparison.Ordinal);
    }

    [Fact]
    public void Grade_OfAnAlarmThatSaysNothing_NamesWhatToAsk()
    {
        var decision = HefeiPolicy.Grade(new GradingFacts { AsOf = Now, IncidentTimes = [Now] });

        Assert.Equal(3, decision.Class);
        Assert.Equal(
            ["weapon", "threatToKill", "strangulation", "sexualViolence", "injury", "policeOpinion", "childPresent", "pregnant", "alcohol", "separation", "minorVictim", "elderlyVictim"],
            decision.Missing.Select(m => m.Fact));
        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2], decision.Missing.Select(m => m.ClassIfYes));
        Assert.All(decision.Missing, m => Assert.EndsWith("？", m.TextZh, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("after-letter", 1, 0)]
    [InlineData("after-letter", 3, 13)]
    [InlineData("letter-issued", 2, 0)]
    [InlineData("letter-issued", 3, 13)]
    [InlineData("punished", 2, 0)]
    [InlineData("criticised", 3, 0)]
    [InlineData("criticised-twice", 2, 0)]
    public void Grade_ByHistory(string what, int expected, int monthsAgo)
    {
        DateTimeOffset[] times = [Now.AddMonths(-monthsAgo)];
        var facts = what switch
        {
            "after-letter" => Nothing with { IncidentsAfterLetter = times },
            "letter-issued" => Nothing with { Letters = times },
            "punished" => Nothing with { Penalties = times },
            "criticised" => Nothing with { Criticisms = times },
            _ => Nothing with { Criticisms = [.. times, .. times] },
        };

        var decision = HefeiPolicy.Grade(facts);

        Assert.Equal(expected, decision.Class);
        Assert.All(decision.Reasons.Where(r => r.RuleId != "default"), r => Assert.True(r.OfMeasures));
    }

    [Theory]
    [InlineData("2025-12-31", 7, 3)]
    [InlineData("2025-12-31", 5, 1)]
    [InlineData("2026-01-01", 7, 1)]
    [InlineData("2026-01-01", 13, 3)]
    public void Grade_AfterAPenalty_ByTheRowInForceOnTheDay(string on, int monthsAgo, int expected)
    {
        var at = new DateTimeOffset(DateOnly.Parse(on, System.Globalization.CultureInfo.InvariantCulture), new TimeOnly(12, 0), TimeSpan.FromHours(8));

        Assert.Equal(expected, HefeiPolicy.Grade(Nothing with { AsOf = at, IncidentTimes = [at], IncidentsAfterPenalty = [at.AddMonths(-monthsAgo)] }).Class);
    }

    [Fact]
    public void Rules_AreReadableInBothLanguages()
    {
        Assert.All(HefeiPolicy.Rules, rule =>
        {
            Assert.NotEmpty(rule.Condition.Zh);
            Assert.NotEmpty(rule.Condition.En);
            Assert.NotEmpty(rule.Basis!);
        });
        Assert.Equal("12个月内警情达到3次", HefeiPolicy.Rules.Single(r => r.RuleId == "three-alarms").Condition.Zh);
        Assert.Equal("a victim is under 18 and minor injury (轻微伤) or worse", HefeiPolicy.Rules.Single(r => r.RuleId == "minor-injured").Condition.En);
    }

    private static GradingFacts Nothing => new()
    {
        AsOf = Now, IncidentTimes = [Now], Weapon = false, ThreatToKill = false, Strangulation = false, ChildPresent = false, Pregnant = false,
        Alcohol = false, SexualViolence = false, Separation = false, WorstInjury = Injury.None, MinorVictim = false, ElderlyVictim = false,
    };

    private static GradingFacts With(string fact) => fact switch
    {
        "strangulation" => Nothing with { Strangulation = true },
        "weapon" => Nothing with { Weapon = true },
        "threatToKill" => Nothing with { ThreatToKill = true },
        "minor" => Nothing with { WorstInjury = Injury.Minor },
        "light" => Nothing with { WorstInjury = Injury.Light },
        "serious" => Nothing with { WorstInjury = Injury.Serious },
        "death" => Nothing with { WorstInjury = Injury.Death },
        "orderBreach" => Nothing with { OrderBreach = true },
        "mandatoryReport" => Nothing with { MandatoryReport = true },
        "policeHigh" => Nothing with { PoliceOpinion = 1 },
        "policeMedium" => Nothing with { PoliceOpinion = 2 },
        "policeLow" => Nothing with { PoliceOpinion = 3 },
        "viewHigh" => Nothing with { RiskView = 1 },
        "viewMedium" => Nothing with { RiskView = 2 },
        "minorVictim" => Nothing with { MinorVictim = true },
        "childPresent" => Nothing with { ChildPresent = true },
        "pregnant" => Nothing with { Pregnant = true },
        "elderlyVictim" => Nothing with { ElderlyVictim = true },
        "alcohol" => Nothing with { Alcohol = true },
        "sexualViolence" => Nothing with { SexualViolence = true },
        "separation" => Nothing with { Separation = true },
        "floor" => Nothing with { Floor = 2 },
        _ => Nothing,
    };
}
