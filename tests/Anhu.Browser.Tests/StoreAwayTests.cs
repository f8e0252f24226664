using Anhu.Modules.Alarms;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Deque.AxeCore.Playwright;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>A worker in the middle of a form while the database goes and comes back.</summary>
public sealed class StoreAwayTests(Browser browser)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FormAndPage_WhileTheStoreIsAway_WaitAndGoOn()
    {
        await using var server = await TestPostgresServer.StartNewAsync();
        await using var app = new OwnServer(server.Address);
        await app.InitializeAsync();
        var receipt = await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(
            new AlarmReport
            {
                Source = "browser", SourceId = "away", Revision = 1, ReceivedAt = Common.Clock.CutToMicroseconds(app.Clock.GetUtcNow()), Channel = AlarmChannel.Phone,
                Category = AlarmCategory.DomesticViolence, Location = new ReportedLocation("测试路1号2栋", "340104001001", null, null),
                People = [new ReportedPerson { Role = PartyRole.Victim, Name = "王芳", Phone = "13800000001" }],
            },
            Actor.Platform, Ct);
        var duty = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == receipt.CaseId && d.Kind == "phone-return-visit").Select(d => d.DutyId).FirstAsync(Ct));
        var page = await browser.OpenAsync("zh-CN", narrow: true);
        await Browser.SignInAsync(page, app, await app.Data.CreateWorkerAsync(roles: WorkerRole.Caseworker));
        await page.GotoAsync(new Uri(app.Address, $"/visits/{duty}").ToString());
        await page.Locator("input[name=outcome][value=refused]").CheckAsync();
        await page.Locator("#f-notes").FillAsync("她说改天再谈");
        var reading = await page.Context.NewPageAsync();

        await server.StopAsync();
        await page.Locator(".visit-form button[type=submit]").ClickAsync();
        await page.Locator("store-away[data-kept]").WaitForAsync();
        await reading.GotoAsync(new Uri(app.Address, "/cases?class=3").ToString());
        await reading.Locator("store-away").WaitForAsync();
        var violations = (await page.RunAxe()).Violations.Concat((await reading.RunAxe()).Violations).ToList();
        if (Environment.GetEnvironmentVariable("ANHU_TEST_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, "store-away.png"), FullPage = true });
        }

        await server.StartAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();

        Assert.Empty(violations.Select(v => v.Id));
        await reading.Locator(".filter-bar").WaitForAsync();
        Assert.EndsWith("/cases?class=3", reading.Url, StringComparison.Ordinal);
        await page.GetByText("已经恢复").WaitForAsync();
        await page.Locator("store-away button").ClickAsync();
        await page.ArriveAsync(url => url.EndsWith("/done", StringComparison.Ordinal));
        Assert.Equal("她说改天再谈", await app.QueryAsync(db => db.ReturnVisits.Where(v => v.DutyId == duty).Select(v => v.Notes).SingleAsync(Ct)));
        await page.Context.CloseAsync();
    }

    private sealed class OwnServer(string address) : AnhuFixture
    {
        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Store"] = address;
    }
}
