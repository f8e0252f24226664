using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp.Html.Dom;
using Anhu.Components.Layout;
using Anhu.Hosting;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.AspNetCore.Authorization;
using Xunit;

namespace Anhu.Tests.Account;

public sealed partial class ShellTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Fact]
    public async Task Page_TellsTheBrowserToKeepItToItself()
    {
        using var client = app.CreateClient();

        using var answer = await client.GetAsync("/sign-in", TestContext.Current.CancellationToken);

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.NotEmpty(answer.Headers.GetValues("Permissions-Policy"));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.DoesNotContain(answer.Headers, h => h.Key == "Server");
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/")]
    [InlineData("/profile")]
    [InlineData("/profile/two-step")]
    public async Task Page_HasNothingThatThePolicyForbids(string path)
    {
        using var client = path == "/sign-in" ? app.CreateClient() : await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync(path);

        Assert.Empty(page.QuerySelectorAll("[style], style"));
        Assert.Empty(page.QuerySelectorAll("script:not([src])"));
        Assert.DoesNotContain(page.All, e => e.Attributes.Any(a => a.Name.StartsWith("on", StringComparison.Ordinal)));
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.Equal(page.QuerySelectorAll("[id]").Select(e => e.Id).Distinct().Count(), page.QuerySelectorAll("[id]").Length);
        foreach (var input in page.QuerySelectorAll("input:not([type=hidden]), select, textarea"))
        {
            Assert.NotNull(page.QuerySelector($"label[for='{input.Id}']"));
        }
    }

    [Fact]
    public async Task FirstLoad_StaysBelow300Kilobytes()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var packed = new HttpClient { BaseAddress = app.Address };
        packed.DefaultRequestHeaders.Add("Accept-Encoding", "br, gzip");
        var page = await client.GetPageAsync("/");
        var addresses = page.QuerySelectorAll("link[href], script[src], use[href]")
            .Select(e => (e.GetAttribute("href") ?? e.GetAttribute("src"))!.Split('#')[0]).Distinct().ToList();

        long total = page.Source.Length;
        foreach (var address in addresses)
        {
            using var asset = await packed.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
            Assert.Equal(TimeSpan.FromDays(365), asset.Headers.CacheControl!.MaxAge);
            total += (await asset.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;
        }

        Assert.InRange(addresses.Count, 5, 20);
        Assert.InRange(total, 50_000, 300_000);
    }

    [Fact]
    public async Task UnknownPage_OfASignedInWorker_SaysSoInTheirLanguage()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(change: w => w.Culture = "en"));

        using var answer = await client.GetAsync("/no-such-page", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("This page can't be found", (await answer.ReadPageAsync()).TextOf("h1"));
    }

    [Fact]
    public async Task Page_ThatBreaks_ShowsANumberAndNoDetails()
    {
        var nobody = new Worker { Id = Guid.CreateVersion7(), UserName = "gone", DisplayName = "李雷", UnitId = Guid.CreateVersion7(), PasswordSetAt = app.Clock.GetUtcNow(), SecurityStamp = "x" };

        // Sessions of the first seconds of a node are looked at anew, and this one would end there; a later one is trusted for a while.
        IHtmlDocument page = default!;
        await Until.TrueAsync(async () =>
        {
            using var client = await app.SignInAsync(nobody);
            using var answer = await client.GetAsync("/profile", TestContext.Current.CancellationToken);
            page = await answer.ReadPageAsync();
            return answer.StatusCode == HttpStatusCode.InternalServerError;
        });
        Assert.Equal("系统出了问题", page.TextOf("h1"));
        Assert.Matches("^[0-9a-f]{32}$", page.TextOf("code"));
        Assert.DoesNotContain("Exception", page.Source.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownPage_OfAStranger_LeadsToTheSignIn()
    {
        using var client = app.CreateClient();

        using var answer = await client.GetAsync("/no-such-page", TestContext.Current.CancellationToken);

        Assert.Equal("/sign-in?returnUrl=%2Fno-such-page", answer.Target());
    }

    [Fact]
    public async Task Api_WithoutSignIn_AnswersProblemDetailsAndNoRedirect()
    {
        using var client = app.CreateClient();

        using var answer = await client.GetAsync("/api/v1/no-such-thing", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
    }

    [Fact]
    public async Task Api_WithATokenThatIsNone_AnswersUnauthorized()
    {
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("Authorization", "Bearer nonsense");

        using var answer = await client.GetAsync("/api/v1/no-such-thing", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Policies_FollowTheRolesOfTheHandbook()
    {
        foreach (var role in Enum.GetValues<WorkerRole>())
        {
            var claims = new ClaimsIdentity(
                [new(ClaimTypes.NameIdentifier, Guid.CreateVersion7().ToString()), new(CallerClaims.Unit, Guid.CreateVersion7().ToString()), new(CallerClaims.Role, role.ToString())],
                "test");
            foreach (var permission in Permissions.All)
            {
                var allowed = await app.WithAsync<IAuthorizationService, bool>(async authorization =>
                    (await authorization.AuthorizeAsync(new ClaimsPrincipal(claims), permission)).Succeeded);
                Assert.Equal(Permissions.OfRole(role).Contains(permission), allowed);
            }
        }

        Assert.False(await app.WithAsync<IAuthorizationService, bool>(async authorization =>
            (await authorization.AuthorizeAsync(new ClaimsPrincipal(new ClaimsIdentity()), Permissions.ReadUnits)).Succeeded));
    }

    [Fact]
    public void Resources_SayTheSameInBothLanguages()
    {
        var root = Repository.At("src");
        var wrong = new List<string>();
        foreach (var file in Directory.EnumerateFiles(root, "*.resx", SearchOption.AllDirectories).Where(f => !f.EndsWith(".en.resx", StringComparison.Ordinal)))
        {
            var chinese = Texts(file);
            var english = Texts(Path.ChangeExtension(file, ".en.resx"));
            wrong.AddRange(chinese.Keys.Except(english.Keys).Select(key => $"{Path.GetFileName(file)}: {key} only in Chinese"));
            wrong.AddRange(english.Keys.Except(chinese.Keys).Select(key => $"{Path.GetFileName(file)}: {key} only in English"));
            wrong.AddRange(chinese.Keys.Intersect(english.Keys).Where(key => Slots(chinese[key]) != Slots(english[key]))
                .Select(key => $"{Path.GetFileName(file)}: {key} has other placeholders"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Icons_ThatPagesName_AreInTheSprite()
    {
        var root = Repository.At("src");
        var sprite = XDocument.Load(Path.Combine(root, "Anhu", "wwwroot", "icons.svg")).Descendants().Select(e => (string?)e.Attribute("id")).OfType<string>().ToHashSet();

        var missing = Directory.EnumerateFiles(Path.Combine(root, "Anhu"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => IconName().Matches(File.ReadAllText(file)).Select(m => (File: Path.GetFileName(file), Name: m.Groups[1].Value)))
            .Concat(NavItems.All.Select(item => (File: nameof(NavItems), Name: item.Icon)))
            .Where(use => !sprite.Contains(use.Name)).Distinct().ToList();

        Assert.Empty(missing);
    }

    private static Dictionary<string, string> Texts(string file) =>
        File.Exists(file) ? XDocument.Load(file).Root!.Elements("data").ToDictionary(d => (string)d.Attribute("name")!, d => (string)d.Element("value")!) : [];

    private static string Slots(string text) => string.Join(',', Slot().Matches(text).Select(m => m.Value[1]).Distinct().Order());

    [GeneratedRegex(@"\{[0-9]")]
    private static partial Regex Slot();

    [GeneratedRegex("""(?:<Icon Name|\bIcon)="([a-z][a-z0-9-]*)["]""")]
    private static partial Regex IconName();
}
