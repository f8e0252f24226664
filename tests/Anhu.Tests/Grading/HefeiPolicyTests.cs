using Anhu.Modules.Alarms;
using Anhu.Modules.Grading;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Grading;

public sealed class HefeiPolicyTests
{
    private static readonly DateTimeOffset Now = Local(2026, 11, 22, 20, 15);

    [Fact]
    public void Strangulation_AtAnyScore_IsClass1()
    {
        var decision = HefeiPolicy.Grade(Nothing with { Strangulation = true, PoliceOpinion = 3 });

        Assert.Equal(1, decision.Class);
        Assert.Equal("lethal-act", Assert.Single(decision.Reasons).RuleId);
        Assert.Empty(decision.Missing);
    }

    private static GradingFacts Nothing => new()
    {
        AsOf = Now, IncidentTimes = [Now], Weapon = false, ThreatToKill = false, Strangulation = false, ChildPresent = false, Pregnant = false,
        Alcohol = false, WorstInjury = Injury.None, MinorVictim = false, ElderlyVictim = false,
    };
}
