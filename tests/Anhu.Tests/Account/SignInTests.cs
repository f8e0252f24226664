using System.Net;
using Anhu.Modules.Account;
using Anhu.Testing;
using Xunit;

namespace Anhu.Tests.Account;

public sealed class SignInTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Wrong = "用户名或密码不正确";
    private const string Locked = "登录已锁定 30 分钟";

    [Fact]
    public async Task SignIn_WithTheRightPassword_OpensThePageThatWasAskedFor()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = app.CreateClient();
        using var challenge = await client.GetAsync("/profile?a=1", TestContext.Current.CancellationToken);

        using var answer = await client.EnterAsync(worker.UserName!, TestData.Password, challenge.Headers.Location!.PathAndQuery);

        Assert.Equal("/profile?a=1", answer.Target());
        Assert.Contains(worker.DisplayName, (await client.GetPageAsync("/")).TextOf("h1"), StringComparison.Ordinal);
        Assert.Contains(AccountEvents.SignedIn, await app.EventsOfAsync(worker));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/%09/evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task SignIn_WithAPreparedAddressElsewhere_OpensTheHomePage(string returnUrl)
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = app.CreateClient();

        using var answer = await client.EnterAsync(worker.UserName!, TestData.Password, $"/sign-in?returnUrl={returnUrl}");

        Assert.Equal("/", answer.Target());
    }

    [Fact]
    public async Task SignIn_WithAWrongPasswordOrNobodysName_SaysTheSame()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = app.CreateClient();

        using var wrong = await client.EnterAsync(worker.UserName!, "Not-The-One-1");
        using var nobody = await client.EnterAsync("nobody-of-this-name", "Not-The-One-1");

        var said = (await wrong.ReadPageAsync()).TextOf("[role=alert]");
        Assert.Contains(Wrong, said, StringComparison.Ordinal);
        Assert.Equal(said, (await nobody.ReadPageAsync()).TextOf("[role=alert]"));
        Assert.Contains(AccountEvents.SignInFailed, await app.EventsAboutAsync(worker));
    }

    [Fact]
    public async Task SignIn_AfterFiveFailures_IsLockedForHalfAnHour()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = app.CreateClient();
        var fifth = await FailAsync(client, worker.UserName!, 5);

        using var right = await client.EnterAsync(worker.UserName!, TestData.Password);
        app.Time.Advance(TimeSpan.FromMinutes(31));
        using var later = await client.EnterAsync(worker.UserName!, TestData.Password);

        Assert.Contains(Locked, fifth, StringComparison.Ordinal);
        Assert.Contains(Locked, (await right.ReadPageAsync()).TextOf("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal("/", later.Target());
        Assert.Single(await app.EventsAboutAsync(worker), e => e == AccountEvents.LockedOut);
    }

    [Fact]
    public async Task SignIn_FiveFailuresWithNobodysName_LooksLockedToo()
    {
        using var client = app.CreateClient();

        var fourth = await FailAsync(client, "still-nobody", 4);
        var fifth = await FailAsync(client, "STILL-nobody", 1);

        Assert.Contains(Wrong, fourth, StringComparison.Ordinal);
        Assert.Contains(Locked, fifth, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_OfAWorkerWhoLeft_IsRefusedLikeAWrongPassword()
    {
        var worker = await app.Data.CreateWorkerAsync(change: w => w.IsActive = false);
        using var client = app.CreateClient();

        using var answer = await client.EnterAsync(worker.UserName!, TestData.Password);

        Assert.Contains(Wrong, (await answer.ReadPageAsync()).TextOf("[role=alert]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithoutItsToken_IsRefused()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = app.CreateClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "sign-in", ["Input.UserName"] = worker.UserName!, ["Input.Password"] = TestData.Password,
        });

        using var answer = await client.PostAsync("/sign-in", form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, h => h.Key == "Set-Cookie" && h.Value.Any(v => v.StartsWith("anhu.session", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Session_OfAWorkerWhoLeaves_EndsWithinMinutes()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        await client.GetPageAsync("/");

        await app.WithAsync<WorkerManager>(async workers =>
        {
            var stored = (await workers.FindByNameAsync(worker.UserName!))!;
            stored.IsActive = false;
            await workers.UpdateAsync(stored);
        });
        app.Time.Advance(AccountSetup.CheckInterval + TimeSpan.FromSeconds(1));
        using var answer = await client.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.StartsWith("/sign-in", answer.Target(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_EndsAfterFifteenIdleMinutesAndNotWhileWorking()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        for (var i = 0; i < 3; i++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(10));
            await client.GetPageAsync("/");
        }

        app.Time.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(1));
        using var answer = await client.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.StartsWith("/sign-in", answer.Target(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_WithOnlyWhatThePageDoesByItself_EndsToo()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        app.Time.Advance(TimeSpan.FromMinutes(10));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Anhu-Background", "1");
        using var background = await client.SendAsync(request, TestContext.Current.CancellationToken);

        app.Time.Advance(TimeSpan.FromMinutes(6));
        using var answer = await client.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, background.StatusCode);
        Assert.StartsWith("/sign-in", answer.Target(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignOut_EndsTheSession()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        var home = await client.GetPageAsync("/");

        using var answer = await client.SubmitAsync(home, "/sign-out");

        Assert.Equal("/sign-in?signedOut=1", answer.Target());
        using var after = await client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.StartsWith("/sign-in", after.Target(), StringComparison.Ordinal);
        Assert.Contains(AccountEvents.SignedOut, await app.EventsOfAsync(worker));
    }

    [Fact]
    public async Task SignOut_WithoutItsToken_IsRefused()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var form = new FormUrlEncodedContent([]);

        using var answer = await client.PostAsync("/sign-out", form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await client.GetPageAsync("/");
    }

    private static async Task<string> FailAsync(HttpClient client, string userName, int times)
    {
        var said = "";
        for (var i = 0; i < times; i++)
        {
            using var answer = await client.EnterAsync(userName, "Not-The-One-1");
            said = (await answer.ReadPageAsync()).TextOf("[role=alert]")!;
        }

        return said;
    }
}
