using System.Text.Json.Nodes;
using Anhu.Modules.Account;
using Anhu.Modules.Alarms;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>Passkeys in a real browser, with an authenticator that the browser plays.</summary>
public sealed class PasskeyTests(Browser browser, PasskeyTests.StrictSite app) : IClassFixture<PasskeyTests.StrictSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Passkeys want a name, not a number: the loopback's.</summary>
    private string Site => $"http://localhost:{app.Address.Port}";

    [Fact]
    public async Task Passkey_MadeOnTheProfile_SignsInWithoutAPassword_AndNoLongerOnceItIsRemoved()
    {
        var worker = await app.Data.CreateWorkerAsync();
        var page = await browser.OpenAsync("zh-CN", narrow: false, new Uri(Site));
        var (cdp, authenticator) = await PlugInAsync(page, verifies: true);
        await EnterAsync(page, worker);
        await AddAsync(page, "办公电脑");
        Assert.Contains("办公电脑", await page.Locator("tbody").InnerTextAsync(), StringComparison.Ordinal);
        await SignOutAsync(page);

        await page.Locator("button[data-passkey]").ClickAsync();
        await page.ArriveAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));

        await page.GotoAsync($"{Site}/profile/sessions");
        Assert.Contains("通行密钥", await page.Locator("tbody").InnerTextAsync(), StringComparison.Ordinal);
        await page.GotoAsync($"{Site}/profile/passkeys");
        await page.Locator("form:has(select) input[type=password]").FillAsync(TestData.Password);
        await page.Locator("form:has(select) select").SelectOptionAsync(new SelectOptionValue { Label = "办公电脑" });
        await page.Locator("form:has(select) button[type=submit]").ClickAsync();
        await page.Locator("[role=status]").First.WaitForAsync();
        Assert.Equal(0, await CountAsync(worker));
        await SignOutAsync(page);
        await page.Locator("button[data-passkey]").ClickAsync();
        await page.GetByText("没有用通行密钥登录成功").WaitForAsync();
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        await cdp.SendAsync("WebAuthn.removeVirtualAuthenticator", new() { ["authenticatorId"] = authenticator });
        Assert.Equal([AccountEvents.PasskeyAdded, AccountEvents.PasskeyRemoved], (await EventsAsync(worker)).Where(t => t.Contains("passkey", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Passkey_OfAKeyThatDoesNotVerifyItsOwner_IsNotMade()
    {
        var worker = await app.Data.CreateWorkerAsync();
        var page = await browser.OpenAsync("en", narrow: true, new Uri(Site));
        await PlugInAsync(page, verifies: false);
        await EnterAsync(page, worker);
        await page.GotoAsync($"{Site}/profile/passkeys");

        await FillAsync(page, "key");

        await page.GetByText("The browser made no passkey").First.WaitForAsync();
        Assert.Equal(0, await CountAsync(worker));
    }

    [Fact]
    public async Task Passkey_IsTheSecondStep_ThatARoleAsksFor()
    {
        var worker = await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.AuditAdministrator);
        var page = await browser.OpenAsync("zh-CN", narrow: false, new Uri(Site));
        await PlugInAsync(page, verifies: true);
        await EnterAsync(page, worker, "/profile/two-step");
        await AddAsync(page, "钥匙");
        await page.GotoAsync($"{Site}/units");
        Assert.Contains("/profile/two-step", page.Url, StringComparison.Ordinal);
        await SignOutAsync(page);

        await page.Locator("button[data-passkey]").ClickAsync();
        await page.ArriveAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));

        await page.GotoAsync($"{Site}/units");
        Assert.EndsWith("/units", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passkey_OpensOneCaseInAnEmergency()
    {
        var worker = await app.Data.CreateWorkerAsync("340102001-police");
        var alarm = await app.WithAsync<AlarmIntake, AlarmReceipt>(intake => intake.SubmitAsync(
            new AlarmReport
            {
                Source = "browser", SourceId = worker.Id.ToString("N"), Revision = 1, ReceivedAt = Common.Clock.CutToMicroseconds(app.Clock.GetUtcNow()), Channel = AlarmChannel.Phone,
                Category = AlarmCategory.DomesticViolence, Summary = "报警人称在家中被丈夫殴打。", Location = new ReportedLocation("测试路1号2栋", "340104001001", 117.25, 31.85),
                People = [new ReportedPerson { Role = PartyRole.Victim, Name = "王芳" }],
            },
            Actor.Platform, Ct));
        var page = await browser.OpenAsync("zh-CN", narrow: false, new Uri(Site));
        await PlugInAsync(page, verifies: true);
        await EnterAsync(page, worker);
        await page.GotoAsync($"{Site}/emergency");
        await page.GetByText("需要先开通动态验证码或通行密钥").WaitForAsync();
        await AddAsync(page, "值班手机");
        await page.GotoAsync($"{Site}/emergency");
        await page.Locator("main form input[type=text]").First.FillAsync(alarm.CaseNumber);
        await page.Locator("main form select").SelectOptionAsync("Danger");
        await page.Locator("main form textarea").FillAsync("她在门外呼救");

        await page.Locator("button[data-passkey]").ClickAsync();

        await page.ArriveAsync(url => url.EndsWith($"/cases/{alarm.CaseId}", StringComparison.Ordinal));
        Assert.Equal(1, await app.QueryAsync(db => db.AccessGrants.CountAsync(g => g.WorkerId == worker.Id && g.CaseId == alarm.CaseId, Ct)));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Passkey_TakesThePlaceOfACode_AtTheSecondStep()
    {
        var worker = await app.Data.CreateWorkerAsync();
        var page = await browser.OpenAsync("en", narrow: true, new Uri(Site));
        await PlugInAsync(page, verifies: true);
        await EnterAsync(page, worker);
        await AddAsync(page, "phone");
        await app.WithAsync<WorkerManager>(async workers =>
        {
            var known = (await workers.FindByIdAsync(worker.Id.ToString()))!;
            await workers.ResetAuthenticatorKeyAsync(known);
            await workers.SetTwoFactorEnabledAsync(known, true);
        });
        await SignOutAsync(page);
        await page.Locator("input[autocomplete=username]").FillAsync(worker.UserName!);
        await page.Locator("input[type=password]").FillAsync(TestData.Password);
        await page.Locator("main form button[type=submit]").First.ClickAsync();
        await page.ArriveAsync(url => url.Contains("/sign-in/code", StringComparison.Ordinal));

        await page.Locator("button[data-passkey]").ClickAsync();

        await page.ArriveAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        await page.Context.CloseAsync();
    }

    private static async Task<(ICDPSession Cdp, string Authenticator)> PlugInAsync(IPage page, bool verifies)
    {
        var cdp = await page.Context.NewCDPSessionAsync(page);
        await cdp.SendAsync("WebAuthn.enable");
        var added = await cdp.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new JsonObject
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = verifies, ["isUserVerified"] = verifies,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return (cdp, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    private async Task EnterAsync(IPage page, Worker worker, string? landing = null)
    {
        await page.GotoAsync($"{Site}/sign-in");
        await page.Locator("input[autocomplete=username]").FillAsync(worker.UserName!);
        await page.Locator("input[type=password]").FillAsync(TestData.Password);
        await page.Locator("main form button[type=submit]").First.ClickAsync();
        await page.ArriveAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal) && (landing is null || url.Contains(landing, StringComparison.Ordinal)));
    }

    private async Task AddAsync(IPage page, string name)
    {
        await page.GotoAsync($"{Site}/profile/passkeys");
        await FillAsync(page, name);
        await page.Locator("tbody").WaitForAsync();
    }

    private static async Task FillAsync(IPage page, string name)
    {
        await page.Locator("form:has(pass-key) input[type=text]").FillAsync(name);
        await page.Locator("form:has(pass-key) input[type=password]").FillAsync(TestData.Password);
        await page.Locator("button[data-passkey]").ClickAsync();
    }

    private async Task SignOutAsync(IPage page)
    {
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync($"{Site}/sign-in");
    }

    private Task<int> CountAsync(Worker worker) => app.QueryAsync(db => db.Set<IdentityUserPasskey<Guid>>().CountAsync(p => p.UserId == worker.Id, Ct));

    private Task<List<string>> EventsAsync(Worker worker) =>
        app.QueryAsync(db => db.Timeline.Where(e => e.WorkerId == worker.Id).OrderBy(e => e.Sequence).Select(e => e.Type).ToListAsync(Ct));

    /// <summary>The program, where audit administrators must sign in with a second step.</summary>
    public sealed class StrictSite : AnhuFixture
    {
        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Security:RequireTotp:0"] = "audit-administrator";
    }
}
