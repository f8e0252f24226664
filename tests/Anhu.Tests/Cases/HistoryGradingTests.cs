using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Grading;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Anhu.Tests.Measures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Cases;

/// <summary>A case is graded by what authority did before (handbook §4.9); only those who hear the story are told of it.</summary>
public sealed class HistoryGradingTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private readonly Letters letters = new(app);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Letter_RaisesTheClass_ViolenceAfterIt_RaisesItAgain_AndOnlyTheStoryTellsWhy()
    {
        var (officer, leader) = (await letters.CallerAsync(Letters.Station), await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor));
        var alarm = await letters.ReportAsync(7, r => Plain(r));
        Assert.Equal(3, alarm.Class);
        var letter = (await letters.ProposeAsync(alarm.CaseId, officer)).Value;
        await letters.ActAsync(letter.MeasureId, "submit", officer, letters.Draft());
        Assert.Equal(3, (await GradeAsync(alarm.CaseId)).Class);

        await letters.ActAsync(letter.MeasureId, "approve", leader, Letters.Number());
        var issued = await GradeAsync(alarm.CaseId);
        Assert.Equal((2, "letter-issued"), (issued.Class, issued.Reasons[0].RuleId));
        Assert.NotNull(await letters.OpenAsync(alarm.CaseId, "regular-return-visit"));

        // Withdrawn: a class does not fall by itself.
        await letters.ActAsync(letter.MeasureId, "withdraw", leader, new() { ["reason"] = "事实有误" });
        Assert.Equal(2, (await GradeAsync(alarm.CaseId)).Class);

        app.Time.Advance(TimeSpan.FromDays(2));
        var second = await letters.ReportAsync(7, r => Plain(r));
        Assert.Equal((alarm.CaseId, 2), (second.CaseId, second.Class));
        letter = (await letters.ProposeAsync(alarm.CaseId, officer)).Value;
        await letters.ActAsync(letter.MeasureId, "submit", officer, letters.Draft());
        Assert.True((await letters.ActAsync(letter.MeasureId, "approve", leader, Letters.Number())).IsOk);
        app.Time.Advance(TimeSpan.FromDays(2));
        var third = await letters.ReportAsync(7, r => Plain(r));
        Assert.Equal((alarm.CaseId, 1), (third.CaseId, third.Class));
        Assert.Contains(third.Reasons, r => r is { RuleId: "after-letter", OfMeasures: true });

        // The school works with the child and is told the class, and why as far as it goes without the story.
        var police = await ShownAsync(Letters.Station, alarm.CaseId);
        Assert.Contains(police, r => r.RuleId == "after-letter");
        var street = await ShownAsync("340104001-street-office", alarm.CaseId);
        Assert.DoesNotContain(street, r => r.OfMeasures);
        await app.CheckCaseAsync(alarm.CaseId);
    }

    /// <summary>A report of which nothing alone makes more than class 3.</summary>
    private static AlarmReport Plain(AlarmReport report) => report with
    {
        People = [.. report.People.Select(p => p with { Injury = Injury.None })],
    };

    private Task<Grade> GradeAsync(Guid caseId) => app.QueryAsync(db => db.Grades.AsNoTracking()
        .Where(g => g.CaseId == caseId && g.State == GradeState.Effective).OrderByDescending(g => g.DecidedAt).FirstAsync(Ct));

    private async Task<IReadOnlyList<GradeReason>> ShownAsync(string unit, Guid caseId) =>
        (await app.Services.GetRequiredService<CaseQueries>().GetAsync(await letters.CallerAsync(unit), caseId, Ct))!.Grade?.Reasons ?? [];
}
