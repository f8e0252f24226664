using System.Net;
using Anhu.Common;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Operations;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Account;

/// <summary>A worker sees where they are signed in and ends it; what is ended opens nothing, on any device.</summary>
public sealed class SessionListTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    internal const string Phone = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";
    internal const string Desk = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_ShowsDeviceTimesAndWhereFrom_OfOnesOwnSessionsOnly()
    {
        var (worker, colleague) = (await app.Data.CreateWorkerAsync(), await app.Data.CreateWorkerAsync());
        using var desk = await app.EnterAsync(worker, Desk);
        using var phone = await app.EnterAsync(worker, Phone);
        using var other = await app.EnterAsync(colleague, Desk);

        var page = await desk.GetPageAsync("/profile/sessions");

        var rows = page.QuerySelectorAll("tbody tr").Select(r => r.TextContent).ToList();
        Assert.Equal(2, rows.Count);
        Assert.Contains(rows, r => r.Contains("电脑", StringComparison.Ordinal) && r.Contains("Firefox · Windows", StringComparison.Ordinal) && r.Contains("本设备", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.Contains("手机", StringComparison.Ordinal) && r.Contains("Chrome · Android", StringComparison.Ordinal) && r.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Session_OfSomebodyElse_IsNotFound()
    {
        var (worker, victim) = (await app.Data.CreateWorkerAsync(), await app.Data.CreateWorkerAsync());
        using var theirs = await app.EnterAsync(victim, Desk);
        var id = await app.QueryAsync(db => db.WorkerSessions.Where(s => s.WorkerId == victim.Id).Select(s => s.WorkerSessionId).SingleAsync(Ct));

        var ended = await app.WithAsync<SessionDesk, Result>(desk => desk.EndOwnAsync(worker.Id, id, Ct));

        using var still = await theirs.GetAsync("/cases", Ct);
        Assert.Equal(("account.session-not-found", HttpStatusCode.OK), (ended.Failure!.Code, still.StatusCode));
    }

    [Fact]
    public async Task SignedOut_CookieThatWasCopied_OpensNothing_AndOtherDevicesStay()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var here = await app.EnterAsync(worker, Desk);
        using var other = await app.EnterAsync(worker, Phone);
        var page = await here.GetPageAsync("/cases");
        using var thief = Holding(Cookie(here)!);
        using var before = await thief.GetAsync("/cases", Ct);

        using var signedOut = await here.SubmitAsync(page, "/sign-out");

        using var stolen = await thief.GetAsync("/cases", Ct);
        using var stays = await other.GetAsync("/cases", Ct);
        Assert.Equal("\"cache\", \"storage\"", signedOut.Headers.GetValues("Clear-Site-Data").Single());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before.StatusCode, stays.StatusCode));
        Assert.StartsWith("/sign-in", stolen.Target(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SigningIn_MakesANewSession_AndEndsTheOneThatTheBrowserHad()
    {
        var (attacker, victim) = (await app.Data.CreateWorkerAsync(), await app.Data.CreateWorkerAsync());
        using var prepared = app.CreateClient();
        var form = await prepared.GetPageAsync("/sign-in");
        using var asAttacker = await prepared.SubmitAsync(form, "sign-in", new() { ["Input.UserName"] = attacker.UserName, ["Input.Password"] = TestData.Password });
        var planted = Cookie(prepared)!;
        using var attackers = Holding(planted);
        using var before = await attackers.GetAsync("/cases", Ct);

        // The victim signs in in the browser that was prepared; the password is checked whoever is signed in.
        var asThere = await prepared.GetPageAsync("/profile");
        using var signedOut = await prepared.SubmitAsync(asThere, "/sign-out");
        using var asVictim = await prepared.EnterAsync(victim.UserName!, TestData.Password);
        using var after = await attackers.GetAsync("/cases", Ct);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
        Assert.NotEqual(planted, Cookie(prepared));
        Assert.Equal("/", asVictim.Target());
    }

    [Fact]
    public async Task Session_ThatANewOneReplaces_Ends()
    {
        var worker = await app.Data.CreateWorkerAsync();
        var first = await app.WithAsync<SessionDesk, WorkerSession>(desk => desk.OpenAsync(worker, "password", Desk, null, null, Ct));

        var second = await app.WithAsync<SessionDesk, WorkerSession>(desk => desk.OpenAsync(worker, "code", Desk, null, first.WorkerSessionId, Ct));

        Assert.NotEqual(first.WorkerSessionId, second.WorkerSessionId);
        Assert.Equal((false, true), (await HoldsAsync(first), await HoldsAsync(second)));

        Task<bool> HoldsAsync(WorkerSession session) => app.WithAsync<SessionDesk, bool>(desk => desk.HoldsAsync(session.WorkerSessionId, worker.Id, Ct));
    }

    [Fact]
    public async Task SecondStep_BeginsASessionOnlyWhenItIsDone_WithAnIdOfItsOwn()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var first = await app.EnterAsync(worker, Desk);
        var key = (await first.GetPageAsync("/profile/two-step")).TextOf(".secret-key")!.Replace(" ", "", StringComparison.Ordinal);
        using var on = await first.SubmitAsync(await first.GetPageAsync("/profile/two-step"), "two-step-off", new() { ["Input.Code"] = TwoStepTests.Code(key, step: 0) });
        var sessionsBefore = await CountAsync();
        using var browser = app.CreateClient();
        browser.DefaultRequestHeaders.UserAgent.ParseAdd(Desk);

        using var password = await browser.EnterAsync(worker.UserName!, TestData.Password);
        var betweenSteps = (Cookie(browser), await CountAsync());
        using var done = await browser.SubmitAsync(await browser.GetPageAsync("/sign-in/code"), "sign-in-code", new() { ["Input.Code"] = TwoStepTests.Code(key, step: 1) });

        Assert.Equal((null, sessionsBefore), betweenSteps);
        Assert.Equal("/", done.Target());
        Assert.Equal(sessionsBefore + 1, await CountAsync());
        Assert.Equal(1, await app.QueryAsync(db => db.WorkerSessions.CountAsync(s => s.WorkerId == worker.Id && s.Method == "code", Ct)));

        Task<int> CountAsync() => app.QueryAsync(db => db.WorkerSessions.CountAsync(s => s.WorkerId == worker.Id, Ct));
    }

    [Fact]
    public async Task Phone_IsSignedOutAfterFiveIdleMinutes_AComputerIsNot()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var phone = await app.EnterAsync(worker, Phone);
        using var desk = await app.EnterAsync(worker, Desk);

        app.Time.Advance(TimeSpan.FromMinutes(6));

        using var onPhone = await phone.GetAsync("/cases", Ct);
        using var onDesk = await desk.GetAsync("/cases", Ct);
        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (onPhone.StatusCode, onDesk.StatusCode));
    }

    [Fact]
    public async Task Session_EndsAfterTwelveHours_HoweverMuchItIsUsed()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.EnterAsync(worker, Desk);

        var before = await LookAsync(TimeSpan.FromMinutes(-10));
        var after = await LookAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (before, after));

        // As if it had begun so long ago; walking twelve hours would wake every job for each of its turns.
        async Task<HttpStatusCode> LookAsync(TimeSpan beyond)
        {
            app.Time.Advance(AccountSetup.CheckInterval + TimeSpan.FromSeconds(1));
            var begun = app.Time.GetUtcNow() - WorkerSession.Longest - beyond;
            await app.QueryAsync(db => db.WorkerSessions.Where(s => s.WorkerId == worker.Id).ExecuteUpdateAsync(u => u.SetProperty(s => s.StartedAt, begun), Ct));
            using var answer = await client.GetAsync("/profile", Ct);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task CookieWithoutASession_OpensNothing()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        await app.QueryAsync(async db =>
        {
            db.RemoveRange(await db.WorkerSessions.Where(s => s.WorkerId == worker.Id).ToListAsync(Ct));
            return await db.SaveChangesAsync(Ct);
        });
        app.Time.Advance(AccountSetup.CheckInterval + TimeSpan.FromSeconds(1));

        using var answer = await client.GetAsync("/cases", Ct);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, DeviceKind.Computer, "")]
    [InlineData(Desk, DeviceKind.Computer, "Firefox · Windows")]
    [InlineData(Phone, DeviceKind.Phone, "Chrome · Android")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", DeviceKind.Tablet, "Safari · iPadOS")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50", DeviceKind.Phone, "WeChat · iOS")]
    public void Device_IsSaidInAFewWords(string? userAgent, DeviceKind kind, string name) => Assert.Equal((kind, name), (Devices.KindOf(userAgent), Devices.NameOf(userAgent)));

    /// <summary>A client elsewhere that holds a copy of a cookie.</summary>
    private HttpClient Holding(string cookie)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Add("Cookie", $"anhu.session={cookie}");
        return client;
    }

    private string? Cookie(HttpClient client) => app.CookieOf(client, "anhu.session");
}

/// <summary>Ending sessions ends their feeds; by the computer's clock, on which feeds run.</summary>
public sealed class SessionFeedTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("one")]
    [InlineData("others")]
    [InlineData("all")]
    public async Task Ended_Session_OpensNothing_AndItsFeedStops(string scope)
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var here = await app.EnterAsync(worker, SessionListTests.Desk);
        using var there = await app.EnterAsync(worker, SessionListTests.Phone);
        using var feed = await OpenFeed.OpenAsync(there);
        var page = await here.GetPageAsync("/profile/sessions");
        var form = scope == "one" ? page.Forms.Select(f => f.QuerySelector("input[name=_handler]")?.GetAttribute("value")).Single(n => n is ['e', 'n', 'd', '-', ..] and not ("end-others" or "end-all"))!
            : $"end-{scope}";

        using var ended = await here.SubmitAsync(page, form);

        await feed.ReadToEndAsync();
        using var after = await there.GetAsync("/cases", Ct);
        using var mine = await here.GetAsync("/cases", Ct);
        Assert.Equal(scope == "all" ? "/sign-in?signedOut=1" : "/profile/sessions", ended.Target());
        Assert.StartsWith("/sign-in", after.Target(), StringComparison.Ordinal);
        Assert.Equal(scope == "all" ? HttpStatusCode.Redirect : HttpStatusCode.OK, mine.StatusCode);
        Assert.Contains(SessionDesk.Ended, await app.EventsOfAsync(worker));
    }

    [Fact]
    public async Task SecurityAdministrator_EndsAWorkersSessions_WithoutSeeingWhereFrom_AndASystemAdministratorSeesNone()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.EnterAsync(worker, SessionListTests.Desk);
        using var feed = await OpenFeed.OpenAsync(client);
        using var administrator = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.SecurityAdministrator));
        using var system = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.SystemAdministrator));
        var page = await administrator.GetPageAsync($"/workers/{worker.Id}");
        var other = await system.GetPageAsync($"/workers/{worker.Id}");

        using var ended = await administrator.SubmitAsync(page, "end-sessions");

        await feed.ReadToEndAsync();
        await Until.TrueAsync(async () =>
        {
            using var after = await client.GetAsync("/cases", Ct);
            return after.StatusCode == HttpStatusCode.Redirect;
        });
        Assert.Contains("Firefox · Windows", page.Source.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", page.TextOf("tbody")!, StringComparison.Ordinal);
        Assert.DoesNotContain("Firefox", other.Source.Text, StringComparison.Ordinal);
        Assert.Contains(SessionDesk.Ended, await app.EventsAboutAsync(worker));
    }
}
