using System.Net;
using Anhu.Testing;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>The published program, as an operator starts it: from a folder that is not its own, with nothing but its data there.</summary>
public sealed class PublishedProgramTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_FromAnotherFolder_ShowsTheSignInPageWithAllItsAssets()
    {
        var folder = Directory.CreateTempSubdirectory("anhu-published-");
        try
        {
            await using var program = await AnhuProcess.ServeAsync(
                new Dictionary<string, string?> { ["Anhu:Data"] = "city", ["Anhu:Store"] = "sqlite" }, Ct, "env", "-C", folder.FullName);
            using var client = program.CreateClient();

            var page = await client.GetPageAsync("/sign-in");

            Assert.NotNull(page.QuerySelector("input[type=password]"));
            string[] assets = [.. page.QuerySelectorAll("script[src], link[rel=stylesheet]").Select(e => e.GetAttribute("src") ?? e.GetAttribute("href")!)];
            Assert.Contains(assets, a => a.Contains("blazor.web", StringComparison.Ordinal));
            foreach (var asset in assets)
            {
                using var response = await client.GetAsync(new Uri("/" + asset.TrimStart('/'), UriKind.Relative), Ct);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }

            Assert.NotEmpty(Directory.GetFiles(Path.Combine(folder.FullName, "city"), "*.db*"));
            Assert.Equal(0, await program.StopAsync(Ct));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
