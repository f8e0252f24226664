using System.Net;
using Anhu.Testing;

namespace Anhu.Tests.Account;

/// <summary>What cookies are called over TLS, and that others are not read there. A proxy on the own machine says that it ended TLS.</summary>
public sealed class HostCookieTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OverTls_EveryCookieIsOfThisHostAlone_AndSignsIn()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = Client();
        var jar = new Dictionary<string, string>();
        using var asked = await SendAsync(client, jar, HttpMethod.Get, "/sign-in");
        var page = await asked.ReadPageAsync();
        var form = page.QuerySelectorAll("form").First(f => f.QuerySelector("input[name=_handler]")?.GetAttribute("value") == "sign-in")
            .QuerySelectorAll("input[name]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "");
        (form["Input.UserName"], form["Input.Password"]) = (worker.UserName!, TestData.Password);

        using var entered = await SendAsync(client, jar, HttpMethod.Post, "/sign-in", form);
        using var profile = await SendAsync(client, jar, HttpMethod.Get, "/profile");
        using var language = await SendAsync(client, jar, HttpMethod.Post, "/language", new()
        {
            ["culture"] = "en", ["__RequestVerificationToken"] = (await profile.ReadPageAsync()).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!,
        });

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK, HttpStatusCode.Redirect), (entered.StatusCode, profile.StatusCode, language.StatusCode));
        Assert.All(new[] { "__Host-anhu.form", "__Host-anhu.session", "__Host-anhu.language" }, name => Assert.Contains(name, jar.Keys));
        var set = new[] { asked, entered, profile, language }.SelectMany(a => a.Headers.TryGetValues("Set-Cookie", out var all) ? all : []).ToList();
        Assert.All(set, cookie =>
        {
            Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal);
            Assert.Contains("; path=/;", cookie + ";", StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task OverTls_ACookieWithoutThePrefix_IsNotRead()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var plain = await app.SignInAsync(worker);
        var session = app.CookieOf(plain, "anhu.session")!;
        using var client = Client();

        using var planted = await SendAsync(client, new() { ["anhu.session"] = session }, HttpMethod.Get, "/profile");
        using var own = await SendAsync(client, new() { ["__Host-anhu.session"] = session }, HttpMethod.Get, "/profile");
        using var without = await SendAsync(client, new() { ["__Host-anhu.session"] = session }, HttpMethod.Get, "/profile", tls: false);

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK, HttpStatusCode.Redirect), (planted.StatusCode, own.StatusCode, without.StatusCode));
    }

    [Fact]
    public async Task OverTls_SigningOutAndLeaving_TakeTheCookiesAway()
    {
        using var plain = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var client = Client();

        using var left = await SendAsync(client, new() { ["__Host-anhu.session"] = app.CookieOf(plain, "anhu.session")! }, HttpMethod.Get, "/exit");

        Assert.Contains(left.Headers.GetValues("Set-Cookie"), c => c.StartsWith("__Host-anhu.session=;", StringComparison.Ordinal) && c.Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    private HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = app.Address };

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, Dictionary<string, string> jar, HttpMethod method, string path, Dictionary<string, string>? form = null, bool tls = true)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = form is null ? null : new FormUrlEncodedContent(form) };
        if (tls)
        {
            request.Headers.Add("X-Forwarded-Proto", "https");
        }

        if (jar.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", jar.Select(c => $"{c.Key}={c.Value}")));
        }

        var answer = await client.SendAsync(request, Ct);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var all) ? all : [])
        {
            var pair = cookie.Split(';')[0].Split('=', 2);
            jar[pair[0]] = pair[1];
        }

        return answer;
    }
}
