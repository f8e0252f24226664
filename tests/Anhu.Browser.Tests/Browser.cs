using Anhu.Modules.Organisation;
using Anhu.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Anhu.Browser.Tests.Browser))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Anhu.Browser.Tests;

/// <summary>One Chromium of Debian's for all tests, and the program with a store of its own.</summary>
public sealed class Browser : AnhuFixture, IAsyncLifetime
{
    private static readonly string[] Quiet =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private WebApplication? weather;
    private IPlaywright? playwright;
    private IBrowser? chromium;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        weather = StartWeather();
        await weather.StartAsync();
        await InitializeAsync();
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("ANHU_TEST_CHROMIUM") ?? "/usr/bin/chromium", Args = Quiet,
        });
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (chromium is not null)
        {
            await chromium.DisposeAsync();
        }

        playwright?.Dispose();
        await (weather?.DisposeAsync() ?? ValueTask.CompletedTask);
        await DisposeAsync();
    }

    /// <summary>A new window in which a worker has signed in through the sign-in page.</summary>
    /// <param name="worker">Who.</param>
    /// <param name="culture">Language.</param>
    /// <param name="narrow">As wide as a phone.</param>
    public async Task<IPage> SignInPageAsync(Worker worker, string culture, bool narrow)
    {
        var page = await OpenAsync(culture, narrow);
        await SignInAsync(page, this, worker);
        return page;
    }

    /// <summary>Signs a worker in through the sign-in page.</summary>
    /// <param name="page">The window.</param>
    /// <param name="app">The program.</param>
    /// <param name="worker">Who.</param>
    /// <param name="landing">The page that it leads to, where that is a certain one.</param>
    public static async Task SignInAsync(IPage page, AnhuFixture app, Worker worker, string? landing = null)
    {
        await page.GotoAsync(new Uri(app.Address, "/sign-in").ToString());
        await page.Locator("input[autocomplete=username]").FillAsync(worker.UserName!);
        await page.Locator("input[type=password]").FillAsync(TestData.Password);
        await page.Locator("main form button[type=submit]").First.ClickAsync();
        await page.ArriveAsync(
            url => landing is null ? !url.Contains("/sign-in", StringComparison.Ordinal) : url.Contains(landing, StringComparison.Ordinal));
        await page.Locator("h1").First.WaitForAsync();
    }

    /// <summary>The site that "leave this page" leads to in tests: somebody else's, on a port of its own.</summary>
    public string Weather => weather!.Urls.First() + "/weather";

    /// <summary>What the weather was asked for, and from where.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> WeatherReferrers { get; } = [];

    /// <inheritdoc />
    protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Exit:Url"] = Weather;

    private WebApplication StartWeather()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        site.Run(http =>
        {
            if (http.Request.Path == "/weather")
            {
                WeatherReferrers.Enqueue(http.Request.Headers.Referer.ToString());
            }

            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.WriteAsync("<!doctype html><title>天气</title><p>晴</p>");
        });
        return site;
    }

    /// <summary>A new window's context, as given.</summary>
    /// <param name="options">How it is.</param>
    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options)
    {
        var context = await chromium!.NewContextAsync(options);
        context.SetDefaultTimeout((float)Until.Patience.TotalMilliseconds);
        return context;
    }

    /// <summary>A new window.</summary>
    /// <param name="culture">Language.</param>
    /// <param name="narrow">As wide as a phone.</param>
    /// <param name="address">Another program's address.</param>
    public async Task<IPage> OpenAsync(string culture, bool narrow, Uri? address = null)
    {
        var context = await NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = narrow ? new ViewportSize { Width = 360, Height = 740 } : new ViewportSize { Width = 1440, Height = 900 },
        });
        await context.AddCookiesAsync(
            [new Cookie { Name = "anhu.language", Value = Uri.EscapeDataString($"c={culture}|uic={culture}"), Url = (address ?? Address).ToString() }]);
        return await context.NewPageAsync();
    }
}
