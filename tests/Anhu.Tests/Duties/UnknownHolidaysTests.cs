using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Anhu.Tests.Duties;

/// <summary>A deadline in a year whose holidays nobody has published yet.</summary>
public sealed class UnknownHolidaysTests(UnknownHolidaysTests.LastDayOfTheYear app) : IClassFixture<UnknownHolidaysTests.LastDayOfTheYear>
{
    private const string Words = "放假安排还没有公布";

    [Fact]
    public async Task Duty_CountedWithoutHolidays_SaysSo_OnItsPageAndInTheFile()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        var marked = await app.QueryAsync(db => db.Timeline
            .Where(e => e.CaseId == alarm.CaseId && e.Type == EventTypes.DutyCreated && e.Data.Contains("\"holidaysKnown\":false"))
            .Join(db.Duties, e => e.DutyId, d => (Guid?)d.DutyId, (e, d) => d.DutyId).FirstAsync(TestContext.Current.CancellationToken));
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        Assert.Contains(Words, (await client.GetPageAsync($"/duties/{marked}")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains(Words, (await client.GetPageAsync($"/cases/{alarm.CaseId}")).Body!.TextContent, StringComparison.Ordinal);
        var known = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && !db.Timeline.Any(
            e => e.DutyId == d.DutyId && e.Data.Contains("\"holidaysKnown\":false"))).Select(d => d.DutyId).FirstAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Words, (await client.GetPageAsync($"/duties/{known}")).Body!.TextContent, StringComparison.Ordinal);
    }

    public sealed class LastDayOfTheYear : AnhuFixture
    {
        protected override TimeProvider? TestClock { get; } = new FakeTimeProvider(new DateTimeOffset(2026, 12, 31, 2, 0, 0, TimeSpan.Zero));
    }
}
