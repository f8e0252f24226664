using System.Net;
using AngleSharp.Dom;
using Anhu.Modules.Account;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Safety;

public sealed class ExitTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly string[] Telling = ["家暴", "暴力", "妇联", "受害", "庇护", "violence", "abuse", "victim", "domestic", "shelter"];

    public static TheoryData<string> PublicPages => ["/sign-in", "/safety", "/error/404", "/error/500"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exit_EndsAllSessionsOfTheWorkerOnTheServer_AndGoesElsewhere()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var leaving = await app.SignInAsync(worker);
        using var copied = await app.SignInAsync(worker);
        await copied.GetPageAsync("/profile");

        using var left = await leaving.GetAsync("/exit", Ct);
        using var after = await copied.GetAsync("/profile", Ct);

        Assert.Equal((HttpStatusCode.Redirect, "https://www.weather.com.cn/"), (left.StatusCode, left.Headers.Location?.ToString()));
        Assert.Contains("no-store", left.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(left.Headers.GetValues("Referrer-Policy")));
        Assert.Contains(left.Headers.GetValues("Set-Cookie"), c => c.StartsWith("anhu.session=;", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in"), (after.StatusCode, after.Headers.Location!.AbsolutePath));
        Assert.Equal(1, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.Type == AccountEvents.Left && e.WorkerId == worker.Id, Ct)));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Redirect)]
    [InlineData("Sec-Purpose", "prefetch;prerender", HttpStatusCode.ServiceUnavailable)]
    public async Task Exit_ByAStrangersPageOrInAdvance_EndsNoSession(string header, string value, HttpStatusCode expected)
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/exit");
        request.Headers.Add(header, value);

        using var answer = await client.SendAsync(request, Ct);

        Assert.Equal(expected, answer.StatusCode);
        await client.GetPageAsync("/profile");
    }

    [Theory]
    [MemberData(nameof(PublicPages))]
    public async Task PublicPage_BeginsWithTheExit_AndTellsNothing(string path)
    {
        using var client = app.CreateClient();
        using var answer = await client.GetAsync(path, Ct);
        var page = await answer.ReadPageAsync();
        var first = page.QuerySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary").Take(2).ToList();
        var title = page.Title!;

        Assert.All(first, link => Assert.Equal("/exit", link.GetAttribute("href")));
        Assert.All(first, link => Assert.Equal("nofollow noreferrer", link.GetAttribute("rel")));
        Assert.All(first, link => Assert.Equal("离开此页", link.TextContent.Trim()));
        Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.All(Telling, word => Assert.DoesNotContain(word, title + path, StringComparison.OrdinalIgnoreCase));
        Assert.NotEqual("", title);
        Assert.True(page.QuerySelector("script[src*='exit']")!.Index() < page.QuerySelector("link[rel=stylesheet]")!.Index());
        Assert.All(page.QuerySelectorAll("script[src], link[href], img[src]"), e => Assert.DoesNotContain("://", e.GetAttribute("src") ?? e.GetAttribute("href")!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CodePage_BeginsWithTheExit()
    {
        var worker = await app.Data.CreateWorkerAsync(change: w => w.TwoFactorEnabled = true);
        await app.WithAsync<WorkerManager>(async workers =>
        {
            var stored = await workers.FindByIdAsync(worker.Id.ToString());
            await workers.ResetAuthenticatorKeyAsync(stored!);
        });
        using var client = app.CreateClient();
        using var first = await client.SubmitAsync(await client.GetPageAsync("/sign-in"), "sign-in", new() { ["Input.UserName"] = worker.UserName, ["Input.Password"] = TestData.Password });

        foreach (var path in (string[])["/sign-in/code", "/sign-in/recovery"])
        {
            Assert.Equal("/exit", (await client.GetPageAsync(path)).QuerySelector("a[href]")!.GetAttribute("href"));
        }
    }

    [Fact]
    public async Task SafetyPage_SaysThatTheHistoryStays_AndHowToClearTraces()
    {
        using var client = app.CreateClient();

        var text = (await client.GetPageAsync("/safety")).TextOf("main")!;

        Assert.All((string[])["不会清除浏览器的历史记录", "无痕", "监看的软件", "三次 Shift", "只删除这一条", "通话记录"], words => Assert.Contains(words, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Forms_LetNoBrowserRememberPeople()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: [WorkerRole.Caseworker, WorkerRole.CallTaker]));

        var inputs = (await client.GetPageAsync("/alarms/new")).QuerySelectorAll("main input, main textarea").Where(i => i.GetAttribute("type") is null or "text" or "tel" or "search").ToList();

        Assert.NotEmpty(inputs);
        Assert.All(inputs, input => Assert.True(input.GetAttribute("autocomplete") == "off" || input.Closest("form")?.GetAttribute("autocomplete") == "off", input.OuterHtml));
    }
}

/// <summary>On a network without the internet, leaving leads to the program's own calendar.</summary>
public sealed class LocalExitTests(LocalExitTests.ClosedNetwork app) : IClassFixture<LocalExitTests.ClosedNetwork>
{
    [Fact]
    public async Task Exit_LeadsToAPageOfItsOwn_ThatTellsNothingOfTheProgram()
    {
        using var client = app.CreateClient();
        using var left = await client.GetAsync("/exit", TestContext.Current.CancellationToken);

        var page = await client.GetPageAsync(left.Headers.Location!.ToString());

        Assert.Equal(("/calendar", "日历"), (left.Headers.Location.ToString(), page.Title));
        Assert.DoesNotContain("安护", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("a"));
        Assert.Equal("2", page.TextOf("[aria-current=date]"));
    }

    public sealed class ClosedNetwork : FakeTimeFixture
    {
        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Exit:Url"] = "local";
    }
}
