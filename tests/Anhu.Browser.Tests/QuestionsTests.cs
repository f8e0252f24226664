using Anhu.Modules.Alarms;
using Anhu.Modules.Intake;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>What the words of a report tell stands beside the question; a person answers.</summary>
public sealed class QuestionsTests(Browser app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_TypedOnTheEntryPage_AreShownBesideTheQuestion_AndAnswerNothing()
    {
        var worker = await app.Data.CreateWorkerAsync("340104002-police", roles: WorkerRole.CallTaker);
        var page = await app.SignInPageAsync(worker, "zh-CN", narrow: false);
        await page.GotoAsync(new Uri(app.Address, "/alarms/new").ToString());
        var summary = page.Locator("textarea[name='Input.Summary']");
        await summary.FillAsync("女方报警称丈夫酒后持菜刀追砍她，掐她脖子，孩子在旁边哭。");

        await page.Locator(".told", new() { HasText = "持菜刀" }).First.WaitForAsync();
        Assert.True(await page.Locator("input[name='Input.Indicators.Weapon'][value='']").IsCheckedAsync());

        await summary.FillAsync("邻居吵闹。");
        await Assertions.Expect(page.Locator(".told:visible")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(PagesTests.Looks), MemberType = typeof(PagesTests))]
    public async Task OpenQuestions_AreAnsweredOnTheCaseFile_AndTheClassFollows(string culture, bool narrow)
    {
        var n = Random.Shared.Next(10_000_000, 99_999_999);
        var report = new AlarmReport
        {
            Source = "test-110", SourceId = Guid.CreateVersion7().ToString("N"), Revision = 1, ReceivedAt = Anhu.Common.Clock.CutToMicroseconds(app.Clock.GetUtcNow().AddMinutes(-9)),
            Channel = AlarmChannel.Phone, Category = AlarmCategory.DomesticViolence, Summary = "女方报警，称丈夫掐住她脖子，孩子在场。", Location = new ReportedLocation(null, "340104002001", null, null),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = "周小兰", Sex = Sex.Female, Phone = $"138{n}" },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = "吴建国", Sex = Sex.Male, Phone = $"139{n}", RelationToVictim = "spouse" },
            ],
        };
        var receipt = await app.WithAsync<AlarmIntake, AlarmReceipt>(intake => intake.SubmitAsync(report, new Actor(ClientId: "test"), Ct));
        var worker = await app.Data.CreateWorkerAsync("340104-womens-federation", change: w => w.Culture = culture, roles: WorkerRole.Caseworker);
        var page = await app.SignInPageAsync(worker, culture, narrow);
        await PageCheck.RunAsync(page, app.Address, $"/cases/{receipt.CaseId}");

        await page.Locator("input[name='Input.Answers.Strangulation'][value='true']").CheckAsync();
        await page.Locator("select[name='Input.Source']").SelectOptionAsync("Report");
        await page.Locator("form:has(select[name='Input.Source']) .form-actions button[type=submit]").ClickAsync();

        await page.Locator(".class-1").First.WaitForAsync();
        Assert.Equal(1, await app.QueryAsync(db => Task.FromResult(db.Cases.Single(c => c.CaseId == receipt.CaseId).Class)));
        await page.Context.CloseAsync();
    }
}
