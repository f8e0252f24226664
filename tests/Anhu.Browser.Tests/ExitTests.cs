using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>Leaving in a hurry, as a browser does it. The weather is a site of the test.</summary>
public sealed class ExitTests(Browser app)
{
    private string Weather => app.Weather;

    [Theory]
    [InlineData("button")]
    [InlineData("first")]
    [InlineData("keys")]
    [InlineData("enter")]
    public async Task Leaving_BlanksThePage_EndsTheSession_AndBackDoesNotReturn(string how)
    {
        var worker = await app.Data.CreateWorkerAsync(roles: WorkerRole.Caseworker);
        var page = await app.SignInPageAsync(worker, "zh-CN", narrow: true);
        var cookies = await page.Context.CookiesAsync();
        await page.GotoAsync(new Uri(app.Address, "/cases").ToString());
        await page.GotoAsync(new Uri(app.Address, "/safety").ToString());
        var said = new List<string>();
        page.Console += (_, message) => said.Add(message.Text);
        await page.EvaluateAsync("""
            () => new MutationObserver(() => console.info('blank: ' + (document.documentElement.hidden && document.body.childElementCount === 0 && document.title.trim().length < 2)))
              .observe(document.documentElement, { attributes: true })
            """);

        await LeaveAsync(page, how);
        await page.ArriveAsync(url => url == Weather);
        var visits = app.WeatherReferrers.Count;
        await page.EvaluateAsync("() => history.back()");
        await Until.TrueAsync(() => app.WeatherReferrers.Count > visits);
        await page.ArriveAsync(url => url == Weather);
        var left = await page.Context.CookiesAsync([app.Address.ToString()]);
        await page.Context.AddCookiesAsync(cookies.Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path }));
        await page.GotoAsync(new Uri(app.Address, "/cases").ToString());

        Assert.Contains("blank: true", said);
        Assert.DoesNotContain(left, c => c.Name == "anhu.session");
        Assert.NotEmpty(app.WeatherReferrers);
        Assert.All(app.WeatherReferrers, from => Assert.Equal("", from));
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Keys_ShowHowFarTheyAre_AndCountOnlyShiftByItself()
    {
        var page = await app.OpenAsync("zh-CN", narrow: false);
        await page.GotoAsync(new Uri(app.Address, "/sign-in").ToString());

        await page.Keyboard.PressAsync("Shift");
        var one = await page.Locator(".exit-dots .on").CountAsync();
        var words = await page.Locator("exit-page [role=status]").TextContentAsync();
        await page.Keyboard.PressAsync("Shift");
        var two = await page.Locator(".exit-dots .on").CountAsync();
        await page.Keyboard.PressAsync("a");
        var none = await page.Locator(".exit-dots .on").CountAsync();
        for (var i = 0; i < 4; i++)
        {
            await page.Keyboard.PressAsync("Shift+B");
        }

        Assert.Equal((1, 2, 0, "再按两次 Shift 键就离开此页。"), (one, two, none, words));
        Assert.EndsWith("/sign-in", page.Url, StringComparison.Ordinal);
        await LeaveAsync(page, "keys");
        await page.ArriveAsync(url => url == Weather);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task WithoutScript_TheLinkStillLeavesAndEndsTheSession()
    {
        var worker = await app.Data.CreateWorkerAsync(roles: WorkerRole.Caseworker);
        var signedIn = await app.SignInPageAsync(worker, "zh-CN", narrow: true);
        var context = await app.NewContextAsync(new BrowserNewContextOptions { JavaScriptEnabled = false, ViewportSize = new ViewportSize { Width = 390, Height = 844 } });
        await context.AddCookiesAsync((await signedIn.Context.CookiesAsync()).Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path }));
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, "/safety").ToString());

        await page.Locator(".exit-button").ClickAsync();
        await page.ArriveAsync(url => url == Weather);
        await signedIn.GotoAsync(new Uri(app.Address, "/cases").ToString());

        Assert.Contains("/sign-in", signedIn.Url, StringComparison.Ordinal);
        await context.CloseAsync();
        await signedIn.Context.CloseAsync();
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/safety")]
    public async Task Button_IsRed_AndSeenOnAPhoneHoweverFarThePageIsScrolled(string path)
    {
        var page = await app.OpenAsync("en", narrow: true);
        await page.GotoAsync(new Uri(app.Address, path).ToString());
        var button = page.Locator(".exit-button");

        var atTop = await button.BoundingBoxAsync();
        var colour = await button.EvaluateAsync<string>("b => getComputedStyle(b).backgroundColor");
        await page.EvaluateAsync("() => scrollTo(0, document.body.scrollHeight)");
        var scrolled = await button.BoundingBoxAsync();

        Assert.Equal("rgb(179, 38, 30)", colour);
        Assert.True(atTop!.Y >= 0 && atTop.Y + atTop.Height < 200 && atTop.X + atTop.Width <= 390);
        Assert.True(scrolled!.Y >= 0 && scrolled.Y < 200);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task FirstTab_ReachesTheExit_AndEnterLeaves()
    {
        var page = await app.OpenAsync("zh-CN", narrow: false);
        await page.GotoAsync(new Uri(app.Address, "/error/404").ToString());
        await page.EvaluateAsync("() => { const top = document.createElement('span'); top.tabIndex = 0; document.body.prepend(top); top.focus(); }");

        await page.Keyboard.PressAsync("Tab");
        var reached = await page.EvaluateAsync<string>("() => document.activeElement.className");
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync(url => url == Weather);

        Assert.Equal("exit-first", reached);
        await page.Context.CloseAsync();
    }

    private static async Task LeaveAsync(IPage page, string how)
    {
        switch (how)
        {
            case "button":
                var at = (await page.Locator(".exit-button").BoundingBoxAsync())!;
                await page.Mouse.ClickAsync(at.X + (at.Width / 2), at.Y + (at.Height / 2));
                break;
            case "first":
                await page.Locator(".exit-first").DispatchEventAsync("click");
                break;
            case "enter":
                await page.Locator(".exit-button").FocusAsync();
                await page.Keyboard.PressAsync("Enter");
                break;
            default:
                for (var i = 0; i < 3; i++)
                {
                    await page.Keyboard.PressAsync("Shift");
                }

                break;
        }
    }
}
