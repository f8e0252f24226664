using System.Globalization;
using Anhu.Common;
using Anhu.Modules.Time;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Time;

[Trait("Store", "none")]
public sealed class WorkCalendarTests
{
    [Theory]
    [InlineData("2024-02-12", true, false)]
    [InlineData("2024-05-11", false, true)]
    [InlineData("2025-01-26", false, true)]
    [InlineData("2025-10-08", true, false)]
    [InlineData("2026-01-02", true, false)]
    [InlineData("2026-01-04", false, true)]
    [InlineData("2026-09-20", false, true)]
    [InlineData("2026-11-21", false, false)]
    [InlineData("2026-11-23", false, true)]
    public void Shipped_KnowsTheStateCouncilsDays(string day, bool holiday, bool working)
    {
        var date = DateOnly.Parse(day, CultureInfo.InvariantCulture);

        Assert.Equal((holiday, working), (HefeiClock.Calendar.IsHoliday(date), HefeiClock.Calendar.IsWorkingDay(date)));
    }

    [Fact]
    public void Shipped_HasTheYearsThatArePublished() => Assert.Equal([2024, 2025, 2026], HefeiClock.Calendar.Years.Order());

    [Theory]
    [InlineData("2026-03-02", null)]
    [InlineData("2026-11-30", null)]
    [InlineData("2026-12-01", 2027)]
    [InlineData("2027-01-01", 2027)]
    [InlineData("2025-12-31", null)]
    public void MissingOn_FromDecemberOn_NamesTheNextYear(string day, int? missing) =>
        Assert.Equal(missing, HefeiClock.Calendar.MissingOn(DateOnly.Parse(day, CultureInfo.InvariantCulture)));

    [Fact]
    public void Load_OfAFolderThatIsNotThere_KnowsWeekendsOnly()
    {
        var calendar = WorkCalendar.Load(Path.Combine(Path.GetTempPath(), "anhu-no-such-folder"));

        Assert.False(calendar.Knows(2026));
        Assert.False(calendar.IsWorkingDay(new DateOnly(2026, 11, 21)));
        Assert.True(calendar.IsWorkingDay(new DateOnly(2026, 10, 1)));
    }

    [Fact]
    public void Parse_OfAWrongDocument_NamesEveryLine()
    {
        const string text = """
            year: 2026
            source: x
            holidays:
              - {name: 元旦, from: 2026-01-03, to: 2026-01-01}
              - {name: 春节, from: 2026-02-30, to: 2026-02-23}
              - {from: 2026-04-04, to: 2026-04-06}
            workdays: [2026-01-05, 2025-01-04]
            workday: []
            """;

        var e = Assert.Throws<RuleDocumentException>(() => WorkCalendar.Parse([("2026.yaml", text)]));

        Assert.Equal([4, 5, 6, 7, 7, 8], e.Faults.Select(f => f.Line));
        Assert.Contains("2026.yaml:8: ", e.Message, StringComparison.Ordinal);
    }
}
