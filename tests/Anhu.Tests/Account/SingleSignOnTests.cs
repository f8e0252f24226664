using System.Net;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Account;

/// <summary>Signing in through a real identity provider, which says who somebody is and nothing of factors that we trust.</summary>
public sealed class SingleSignOnTests(SingleSignOnTests.City city) : IClassFixture<SingleSignOnTests.City>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Worker_KnownToTheProvider_IsSignedIn_AndComesBackToThePageWanted()
    {
        var worker = await city.WorkerAsync(change: w => w.PasswordSetAt = null);
        using var browser = city.CreateClient();
        var page = await browser.GetPageAsync("/sign-in?returnUrl=%2Funits");

        var landed = await city.EnterAsync(browser, worker.UserName!, page.QuerySelector("a[href^='/sign-in/sso']")!.GetAttribute("href")!);

        using var units = await browser.GetAsync("/units", Ct);
        Assert.Equal(("/units", HttpStatusCode.OK), (landed, units.StatusCode));
        Assert.Contains("统一身份认证", (await browser.GetPageAsync("/profile/sessions")).TextOf("tbody")!, StringComparison.Ordinal);
        Assert.Contains(AccountEvents.SignedIn, await city.EventsOfAsync(worker));
        Assert.Null(city.CookieOf(browser, "anhu.sign-on"));
    }

    /// <summary>A user name that the provider gives to somebody else opens nothing here: the first sign-on ties the provider's own key of the person to the worker.</summary>
    [Fact]
    public async Task NameThatWasGivenToAnother_OpensNothing_UntilAnAdministratorResetsTheSignIn()
    {
        var worker = await city.WorkerAsync();
        using var first = city.CreateClient();
        Assert.Equal("/", await city.EnterAsync(first, worker.UserName!));
        var bound = await SubjectAsync();
        Assert.StartsWith(city.Authority + "\n", bound, StringComparison.Ordinal);
        Assert.Contains(AccountEvents.SignOnBound, await city.EventsAboutAsync(worker));
        using var second = city.CreateClient();
        Assert.Equal("/", await city.EnterAsync(second, worker.UserName!));

        await city.WithAsync<WorkerManager>(async workers => await workers.TieAsync((await workers.FindByIdAsync(worker.Id.ToString()))!, bound + "x"));
        using var other = city.CreateClient();
        var landed = await city.EnterAsync(other, worker.UserName!);
        Assert.StartsWith("/sign-in?noWorker=1", landed, StringComparison.Ordinal);
        Assert.Null(city.CookieOf(other, "anhu.session"));

        Assert.True((await city.WithAsync<WorkerAdministration, Common.Result<FirstSignIn>>(a => a.ResetPasswordAsync(worker.Id, null, Ct))).IsOk);
        using var again = city.CreateClient();
        Assert.Equal("/", await city.EnterAsync(again, worker.UserName!));
        Assert.Equal(bound, await SubjectAsync());

        Task<string?> SubjectAsync() => city.WithAsync<WorkerManager, string?>(async workers => await workers.SubjectAsync((await workers.FindByIdAsync(worker.Id.ToString()))!));
    }

    [Fact]
    public async Task Worker_WithASecondStep_IsAskedForItHere()
    {
        var worker = await city.WorkerAsync();
        using var first = await city.SignInAsync(worker);
        var page = await first.GetPageAsync("/profile/two-step");
        var key = page.TextOf(".secret-key")!.Replace(" ", "", StringComparison.Ordinal);
        using var on = await first.SubmitAsync(page, "two-step-off", new() { ["Input.Code"] = TwoStepTests.Code(key, step: 0) });
        using var browser = city.CreateClient();

        var landed = await city.EnterAsync(browser, worker.UserName!);
        using var before = await browser.GetAsync("/units", Ct);
        using var done = await browser.SubmitAsync(await browser.GetPageAsync(landed), "sign-in-code", new() { ["Input.Code"] = TwoStepTests.Code(key, step: 1) });

        using var after = await browser.GetAsync("/units", Ct);
        Assert.StartsWith("/sign-in/code", landed, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task RoleThatAsksForASecondStep_IsNotSatisfiedByTheProviderAlone()
    {
        var worker = await city.WorkerAsync(WorkerRole.AuditAdministrator);
        using var browser = city.CreateClient();

        await city.EnterAsync(browser, worker.UserName!);

        using var home = await browser.GetAsync("/units", Ct);
        Assert.Equal("/profile/two-step", home.Target());
    }

    [Fact]
    public async Task Person_WhoIsNoWorker_OrLeft_OrIsLocked_IsRefused_AndNobodyIsAdded()
    {
        var left = await city.WorkerAsync(change: w => w.IsActive = false);
        var locked = await city.WorkerAsync(change: w => w.LockoutEnd = city.Clock.GetUtcNow().AddMinutes(20));
        var before = await city.QueryAsync(db => db.Workers.CountAsync(Ct));

        foreach (var name in (string[])["stranger.nobody", left.UserName!, locked.UserName!])
        {
            using var browser = city.CreateClient();
            var landed = await city.EnterAsync(browser, name);

            using var page = await browser.GetAsync(landed, Ct);
            Assert.StartsWith("/sign-in?noWorker=1", landed, StringComparison.Ordinal);
            Assert.Contains("没有可用的账号", (await page.ReadPageAsync()).TextOf(".notice")!, StringComparison.Ordinal);
            Assert.Null(city.CookieOf(browser, "anhu.session"));
        }

        Assert.Equal(before, await city.QueryAsync(db => db.Workers.CountAsync(Ct)));
        Assert.Contains(AccountEvents.SignInFailed, await city.EventsAboutAsync(left));
    }

    [Fact]
    public async Task Answer_ThatWasNotAskedFor_OrIsAnothersOrUsed_SignsNobodyIn()
    {
        var worker = await city.WorkerAsync();
        using var victim = city.CreateClient();
        using var attacker = city.CreateClient();
        var (answer, _) = await city.AskAsync(attacker, worker.UserName!, "/sign-in/sso");

        // The attacker's answer in the victim's browser, and one that is made up.
        using var planted = await victim.GetAsync(answer, Ct);
        using var madeUp = await victim.GetAsync("/sign-in/sso/callback?code=x&state=y", Ct);
        using var without = await victim.GetAsync("/sign-in/sso/done", Ct);
        using var once = await attacker.GetAsync(answer, Ct);
        using var twice = await attacker.GetAsync(answer, Ct);

        Assert.Equal(("/sign-in?notSignedOn=1", "/sign-in?notSignedOn=1", "/sign-in?notSignedOn=1"), (planted.Target(), madeUp.Target(), twice.Target()));
        Assert.StartsWith("/sign-in?notSignedOn=1", without.Target(), StringComparison.Ordinal);
        Assert.StartsWith("/sign-in/sso/done", once.Target(), StringComparison.Ordinal);
        Assert.Null(city.CookieOf(victim, "anhu.session"));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task PreparedLink_StaysHere(string returnUrl)
    {
        var worker = await city.WorkerAsync();
        using var browser = city.CreateClient();

        Assert.Equal("/", await city.EnterAsync(browser, worker.UserName!, $"/sign-in/sso?returnUrl={Uri.EscapeDataString(returnUrl)}"));
    }

    [Fact]
    public async Task Password_StillWorks_AndLeavingOffersTheProvidersEnd()
    {
        var worker = await city.WorkerAsync();
        using var browser = city.CreateClient();
        using var entered = await browser.EnterAsync(worker.UserName!, TestData.Password);
        using var left = await browser.SubmitAsync(await browser.GetPageAsync("/"), "/sign-out");

        var page = await browser.GetPageAsync(left.Target());
        using var end = await browser.GetAsync(page.QuerySelector("a[href='/sign-in/sso/out']")!.GetAttribute("href"), Ct);

        Assert.Equal("/", entered.Target());
        Assert.StartsWith(city.Authority, end.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    public class City : AnhuFixture
    {
        private readonly IdentityProvider provider = new();

        public string Authority => provider.Authority;

        /// <summary>Adds a worker whose name the provider knows too, once somebody enters.</summary>
        public Task<Worker> WorkerAsync(WorkerRole role = WorkerRole.Caseworker, Action<Worker>? change = null) =>
            Data.CreateWorkerAsync(role == WorkerRole.Caseworker ? "340104-womens-federation" : "340100-police", change: change, roles: role);

        /// <summary>Goes to the provider and signs in there.</summary>
        /// <returns>The address of the program that the provider sends back to, and where the program sent the browser.</returns>
        public async Task<(string Answer, string Asked)> AskAsync(HttpClient browser, string userName, string path)
        {
            using var asked = await browser.GetAsync(path, Ct);
            var there = asked.Headers.Location!.ToString();
            using var atProvider = await provider.SignInAsync(userName);
            using var answered = await atProvider.GetAsync($"{there}&g_continue", Ct);
            return (answered.Headers.Location!.PathAndQuery, there);
        }

        /// <summary>The whole way.</summary>
        /// <returns>Where the browser lands.</returns>
        public async Task<string> EnterAsync(HttpClient browser, string userName, string path = "/sign-in/sso")
        {
            var (answer, asked) = await AskAsync(browser, userName, path);
            Assert.Contains("code_challenge_method=S256", asked, StringComparison.Ordinal);
            using var back = await browser.GetAsync(answer, Ct);
            using var done = await browser.GetAsync(back.Target(), Ct);
            return done.Target();
        }

        public override async ValueTask InitializeAsync()
        {
            Assert.SkipUnless(IdentityProvider.IsInstalled, "Glewlwyd is not installed.");
            await base.InitializeAsync();
            await provider.RegisterAsync(Address);
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            provider.Dispose();
            GC.SuppressFinalize(this);
        }

        protected override Task PrepareAsync() => provider.StartAsync();

        protected override void Configure(Dictionary<string, string?> settings)
        {
            settings["Anhu:SignOn:Authority"] = provider.Authority;
            settings["Anhu:SignOn:ClientSecret"] = IdentityProvider.ClientSecret;
            settings["Anhu:SignOn:AllowHttp"] = "true";
            settings["Anhu:Security:RequireTotp:0"] = "audit-administrator";
        }
    }
}

/// <summary>The same, where the provider's way of signing in is trusted as two factors.</summary>
public sealed class TrustedSignOnTests(TrustedSignOnTests.City city) : IClassFixture<TrustedSignOnTests.City>
{
    [Fact]
    public async Task RoleThatAsksForASecondStep_IsSatisfied()
    {
        var worker = await city.WorkerAsync(WorkerRole.AuditAdministrator);
        using var browser = city.CreateClient();

        await city.EnterAsync(browser, worker.UserName!);

        using var units = await browser.GetAsync("/units", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, units.StatusCode);
    }

    public sealed class City : SingleSignOnTests.City
    {
        protected override void Configure(Dictionary<string, string?> settings)
        {
            base.Configure(settings);

            // What this provider calls a sign-in of its own.
            settings["Anhu:SignOn:TwoFactorMethods:0"] = "session";
        }
    }
}
