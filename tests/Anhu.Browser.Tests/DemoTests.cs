using Anhu.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>A small demo whose simulator runs.</summary>
public sealed class DemoSite : AnhuFixture
{
    protected override void Configure(Dictionary<string, string?> settings)
    {
        settings["Anhu:Demo"] = "true";
        settings["Anhu:DemoMonths"] = "2";
        settings["Anhu:DemoIncidents"] = "40";
    }
}

/// <summary>What a visitor of the demo does first.</summary>
public sealed class DemoTests(Browser browser, DemoSite demo) : IClassFixture<DemoSite>
{
    [Theory]
    [InlineData("zh-CN", false)]
    [InlineData("zh-CN", true)]
    [InlineData("en", false)]
    [InlineData("en", true)]
    public async Task SignInList_IsCleanAndWhole(string culture, bool narrow)
    {
        var page = await browser.OpenAsync(culture, narrow, demo.Address);

        await PageCheck.RunAsync(page, demo.Address, "/sign-in");

        Assert.True(await page.Locator(".demo-person").CountAsync() > 20);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("fulian", "/visits")]
    [InlineData("minjing", "/duties/")]
    [InlineData("xitong", "/units")]
    public async Task OneClick_SignsInAsThatRole_WithWorkOfItsOwn(string userName, string work)
    {
        var page = await browser.OpenAsync("zh-CN", narrow: userName == "minjing", demo.Address);
        await page.GotoAsync(new Uri(demo.Address, "/sign-in").ToString());

        await EnterAsync(page, userName);
        await page.ArriveAsync(url => new Uri(url).AbsolutePath == "/");

        await page.Locator($"main a[href^='{work}']").First.WaitForAsync();
        await PageCheck.RunAsync(page, demo.Address, "/");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Board_Lives_WithTheSimulatorsAlarms()
    {
        var page = await browser.OpenAsync("zh-CN", narrow: false, demo.Address);
        await page.GotoAsync(new Uri(demo.Address, "/sign-in").ToString());
        await EnterAsync(page, "shifulian");
        await page.ArriveAsync(url => new Uri(url).AbsolutePath == "/");
        await page.GotoAsync(new Uri(demo.Address, "/board").ToString());
        await page.Locator("[data-state=live]").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        var before = await CasesAsync(page);

        await Until.TrueAsync(async () => (await CasesAsync(page)).Except(before).Any());

        Assert.EndsWith("/board", page.Url, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    private static Task EnterAsync(IPage page, string userName) => page.Locator($"form:has(input[value='demo-{userName}']) .demo-person").ClickAsync();

    private static Task<IReadOnlyList<string>> CasesAsync(IPage page) => page.Locator(".board-line .case-number").AllInnerTextsAsync();
}
