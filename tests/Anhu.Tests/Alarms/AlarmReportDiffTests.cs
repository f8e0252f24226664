using Anhu.Modules.Alarms;
using Xunit;

namespace Anhu.Tests.Alarms;

[Trait("Store", "none")]
public sealed class AlarmReportDiffTests
{
    private static readonly AlarmReport First = Hefei.Read(Hefei.Example).Report!;

    [Fact]
    public void Between_ACorrectedField_NamesItWithBothValues()
    {
        var second = First with { Revision = 2, Category = AlarmCategory.ProtectionOrderBreach, Indicators = First.Indicators with { Pregnant = true, Weapon = null } };

        Assert.Equal(
            [
                new FieldChange("category", "domestic-violence", "protection-order-breach"),
                new FieldChange("indicators.weapon", "false", null),
                new FieldChange("indicators.pregnant", "false", "true"),
            ],
            AlarmReportDiff.Between(First, second));
    }

    [Fact]
    public void Between_APersonPutInFront_IsOneNewPersonAndNoOtherChange()
    {
        var second = First with { People = [new ReportedPerson { Role = PartyRole.Witness, Name = "赵六" }, .. First.People] };

        Assert.Equal([new FieldChange("people[0].role", null, "witness"), new FieldChange("people[0].name", null, "赵六")], AlarmReportDiff.Between(First, second));
    }

    [Fact]
    public void Between_ANameCorrected_IsAChangeOfThatPerson()
    {
        var second = First with { People = [First.People[0] with { Name = "王晓芳" }, First.People[1], First.People[2] with { Name = "李小贝", Sex = Sex.Unknown }] };

        Assert.Equal(
            [new FieldChange("people[0].name", "王小芳", "王晓芳"), new FieldChange("people[2].name", "李小宝", "李小贝"), new FieldChange("people[2].sex", "male", null)],
            AlarmReportDiff.Between(First, second));
    }

    [Fact]
    public void Between_APersonTakenAway_ShowsWhatIsGone()
    {
        var second = First with { People = [First.People[0], First.People[1]] };

        Assert.All(AlarmReportDiff.Between(First, second), change => Assert.True(change.After is null && change.Path.StartsWith("people[2].", StringComparison.Ordinal)));
    }
}
