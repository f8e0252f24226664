using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>What holds for every page: nothing for axe to report, no script error, nothing cut off.</summary>
internal static class PageCheck
{
    private static readonly AxeRunOptions Wcag = new()
    {
        RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"),
    };

    /// <summary>Opens a page and looks at it. <c>ANHU_TEST_SCREENSHOTS</c> names a folder for a picture of it.</summary>
    /// <param name="page">The window.</param>
    /// <param name="address">The program's address.</param>
    /// <param name="path">The page.</param>
    public static async Task RunAsync(IPage page, Uri address, string path)
    {
        var errors = new List<string>();
        void Note(object? sender, IConsoleMessage message)
        {
            // A page that is missing or refused says so in the console too; that is the page under test.
            if (message.Type == "error" && !message.Text.Contains("the server responded with a status of", StringComparison.Ordinal))
            {
                errors.Add(message.Text);
            }
        }

        page.Console += Note;
        await page.GotoAsync(new Uri(address, path).ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        await page.Locator("h1").First.WaitForAsync();
        var language = await page.EvaluateAsync<string>("() => document.documentElement.lang");

        // Each language and each width once: the other two pairings show axe the same elements again.
        var violations = language == "en" == page.ViewportSize!.Width < 600 ? (await page.RunAxe(Wcag)).Violations : [];
        var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        page.Console -= Note;

        if (Environment.GetEnvironmentVariable("ANHU_TEST_SCREENSHOTS") is { Length: > 0 } folder)
        {
            var name = $"{string.Concat(path.Trim('/').Select(c => char.IsLetterOrDigit(c) ? c : '-'))}-{language}-{page.ViewportSize!.Width}.png";
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name), FullPage = true });
        }

        Assert.True(violations.Length == 0, $"{path}: " + string.Join("; ", violations.Select(v => $"{v.Id}: {string.Join(", ", v.Nodes.Take(3).Select(n => n.Html))}")));
        Assert.True(errors.Count == 0, $"{path}: {string.Join("; ", errors)}");
        Assert.True(overflow <= 0, $"{path} is {overflow} px wider than the window.");
    }
}
