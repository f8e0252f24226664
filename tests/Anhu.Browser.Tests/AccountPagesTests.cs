using Anhu.Common;
using Anhu.Modules.Account;
using Anhu.Modules.Clients;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>Pages about signing in, with all that can be set up set up: nothing for axe to report, nothing cut off.</summary>
public sealed class AccountPagesTests(Browser browser, AccountPagesTests.FullSite app) : IClassFixture<AccountPagesTests.FullSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(PagesTests.Looks), MemberType = typeof(PagesTests))]
    public async Task OwnSignIn_IsCleanAndWhole(string culture, bool narrow)
    {
        var worker = await app.Data.CreateWorkerAsync(change: w => w.Culture = culture);
        var page = await browser.OpenAsync(culture, narrow, app.Address);
        foreach (var path in (string[])["/sign-in", "/sign-in?signedOut=1", "/sign-in?noWorker=1"])
        {
            await PageCheck.RunAsync(page, app.Address, path);
        }

        var elsewhere = await browser.OpenAsync(culture, narrow: true, app.Address);
        await Browser.SignInAsync(elsewhere, app, worker);
        await Browser.SignInAsync(page, app, worker);
        await PageCheck.RunAsync(page, app.Address, "/emergency");
        await PlantAsync(worker, "办公电脑", 1);
        await PageCheck.RunAsync(page, app.Address, "/emergency?by=passkey");
        await app.WithAsync<WorkerManager>(async workers =>
        {
            var known = (await workers.FindByIdAsync(worker.Id.ToString()))!;
            await workers.ResetAuthenticatorKeyAsync(known);
            await workers.SetTwoFactorEnabledAsync(known, true);
        });
        await PlantAsync(worker, "A key with a long name of forty letters.", 2);

        // What changes how one signs in ends the sessions: so once more.
        foreach (var each in (IPage[])[elsewhere, page])
        {
            await each.Context.ClearCookiesAsync();
        }

        await page.Context.CloseAsync();
        await elsewhere.Context.CloseAsync();
        (elsewhere, page) = (await EnterByRecoveryAsync(worker, culture, true), await EnterByRecoveryAsync(worker, culture, narrow));
        foreach (var path in (string[])["/profile", "/profile/sessions", "/profile/passkeys", "/profile/two-step?on", "/profile/password", "/emergency?by=both"])
        {
            await PageCheck.RunAsync(page, app.Address, path);
        }

        await page.Context.CloseAsync();
        await elsewhere.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(PagesTests.Looks), MemberType = typeof(PagesTests))]
    public async Task Systems_AreCleanAndWhole(string culture, bool narrow)
    {
        var made = await app.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.AddAsync("市局警情系统", "340104-police", ["alarms.write", "cases.read", "duties.write", "feed.read"], Ct));
        Assert.True((await app.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.RotateAsync(made.Value.ClientId, TimeSpan.FromDays(1), null, Ct))).IsOk);
        var colleague = await app.Data.CreateWorkerAsync();
        using var signedIn = await app.SignInAsync(colleague);
        var worker = await app.Data.CreateWorkerAsync("340100-police", change: w => w.Culture = culture, roles: WorkerRole.SecurityAdministrator);
        var page = await browser.OpenAsync(culture, narrow, app.Address);
        await Browser.SignInAsync(page, app, worker);

        foreach (var path in (string[])["/security/clients", $"/security/clients/{made.Value.ClientId}", "/security/clients/nobody", $"/workers/{colleague.Id}"])
        {
            await PageCheck.RunAsync(page, app.Address, path);
        }

        await page.Context.CloseAsync();
    }

    private async Task<IPage> EnterByRecoveryAsync(Worker worker, string culture, bool narrow)
    {
        var code = (await app.WithAsync<WorkerManager, IEnumerable<string>?>(async workers =>
            await workers.GenerateNewTwoFactorRecoveryCodesAsync((await workers.FindByIdAsync(worker.Id.ToString()))!, 3)))!.First();
        var page = await browser.OpenAsync(culture, narrow, app.Address);
        await Browser.SignInAsync(page, app, worker, landing: "/sign-in/code");
        await page.GotoAsync(new Uri(app.Address, "/sign-in/recovery").ToString());
        await page.Locator("main form input[type=text]").FillAsync(code);
        await page.Locator("main form button[type=submit]").First.ClickAsync();
        await page.ArriveAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        return page;
    }

    private Task PlantAsync(Worker worker, string name, byte number) => app.WithAsync<WorkerManager>(async workers => await workers.AddOrUpdatePasskeyAsync(
        (await workers.FindByIdAsync(worker.Id.ToString()))!,
        new UserPasskeyInfo([number, .. worker.Id.ToByteArray()], [1, 2, 3], app.Clock.GetUtcNow(), 0, ["internal"], true, false, false, [1], [2]) { Name = name }));

    /// <summary>The program with a provider of sign-ins, which nobody asks here.</summary>
    public sealed class FullSite : AnhuFixture
    {
        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:SignOn:Authority"] = "https://sign-on.invalid";
    }
}
