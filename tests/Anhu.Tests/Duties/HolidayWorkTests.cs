using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Duties;

/// <summary>Before a long holiday cases are assessed anew: once, by whichever node, and never a light case.</summary>
public sealed class HolidayWorkTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static readonly TimeSpan Hefei = TimeSpan.FromHours(8);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BeforeALongHoliday_CasesOfClassOneAndTwo_AreAssessedAnew_OnceEach()
    {
        var serious = await app.ReportAsync(policeOpinion: 2);
        var light = await app.ReportAsync(policeOpinion: 3);
        Advance(new DateTimeOffset(2026, 4, 4, 12, 0, 0, Hefei));
        await RunAsync();
        Assert.DoesNotContain(await app.DutiesAsync(serious), d => d.RuleId == "reassess-holiday");

        // Labour Day, 1 to 5 May: from the 24th of April on.
        Advance(new DateTimeOffset(2026, 4, 24, 9, 0, 0, Hefei));
        await Task.WhenAll(RunAsync(), RunAsync(), RunAsync());
        await RunAsync();

        var duty = Assert.Single(await app.DutiesAsync(serious), d => d.RuleId == "reassess-holiday");
        Assert.Equal(new DateTimeOffset(2026, 4, 30, 18, 0, 0, Hefei), duty.DueAt);
        Assert.DoesNotContain(await app.DutiesAsync(light), d => d.RuleId == "reassess-holiday");
        Assert.True(await app.QueryAsync(db => db.Counters.AnyAsync(c => c.Name == "holiday:20260501" && c.Value == long.MaxValue, Ct)));
        Assert.Equal(0, await app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct)));
        await app.CheckCaseAsync(serious.CaseId);
        await AfterAStandstillAsync();
    }

    /// <summary>A platform that stood still in the days before, or was killed on the way, does the rest within the holiday.</summary>
    private async Task AfterAStandstillAsync()
    {
        var before = await app.ReportAsync(policeOpinion: 1);
        var after = await app.ReportAsync(policeOpinion: 1);
        var place = await app.QueryAsync(db => db.Cases.Where(c => c.CaseId == before.CaseId).Select(c => c.CaseSequence).SingleAsync(Ct));
        await app.QueryAsync(async db =>
        {
            db.Counters.Add(new Anhu.Data.Counter { Name = "holiday:20261001", Value = place });
            return await db.SaveChangesAsync(Ct);
        });

        Advance(new DateTimeOffset(2026, 10, 3, 9, 0, 0, Hefei));
        await RunAsync();

        Assert.DoesNotContain(await app.DutiesAsync(before), d => d.RuleId == "reassess-holiday" && d.DueAt.Month == 10);
        var duty = Assert.Single(await app.DutiesAsync(after), d => d.RuleId == "reassess-holiday" && d.DueAt.Month == 10);
        Assert.Equal(app.Time.GetUtcNow().AddHours(24), duty.DueAt);
    }

    private void Advance(DateTimeOffset to) => app.Time.Advance(to - app.Time.GetUtcNow());

    private Task<int> RunAsync() => app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct));
}
