using System.Net;
using Anhu.Modules.Account;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Account;

public sealed class ProfileTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Next = "Another-Horse-8";

    [Fact]
    public async Task Language_Switched_IsKeptWithTheWorkerOnEveryComputer()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        var chinese = await client.GetPageAsync("/profile");

        using var answer = await client.SubmitAsync(chinese, "/language", new() { ["culture"] = "en" });

        Assert.Equal("/profile", answer.Target());
        var english = await client.GetPageAsync("/profile");
        using var elsewhere = app.CreateClient();
        using var signedIn = await elsewhere.EnterAsync(worker.UserName!, TestData.Password);
        var there = await elsewhere.GetPageAsync("/profile");
        Assert.Equal(("zh-CN", "个人设置"), (chinese.DocumentElement.GetAttribute("lang"), chinese.TextOf("h1")));
        Assert.Equal(("en", "My settings"), (english.DocumentElement.GetAttribute("lang"), english.TextOf("h1")));
        Assert.Equal("en", there.DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task Language_OfTheBrowser_DoesNotCount()
    {
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en-GB,en");

        var page = await client.GetPageAsync("/sign-in");
        using var answer = await client.SubmitAsync(page, "/language", new() { ["culture"] = "en" });
        var english = await client.GetPageAsync("/sign-in");
        using var nonsense = await client.SubmitAsync(english, "/language", new() { ["culture"] = "xx", ["returnUrl"] = "https://evil.example" });

        Assert.Equal("登录", page.TextOf("h1"));
        Assert.Equal("Sign in", english.TextOf("h1"));
        Assert.Equal("/", nonsense.Target());
    }

    [Fact]
    public async Task Preferences_Saved_AreShownAgain()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var page = await client.GetPageAsync("/profile");

        using var answer = await client.SubmitAsync(page, "preferences", new() { ["Input.Culture"] = "en", ["Input.SoundOn"] = "true" });

        Assert.Equal("/profile", answer.Target());
        var saved = await client.GetPageAsync("/profile");
        Assert.Equal("Saved.", saved.TextOf("[role=status]"));
        Assert.NotNull(saved.QuerySelector("input[name='Input.SoundOn'][checked]"));
        Assert.Null((await client.GetPageAsync("/profile")).QuerySelector("[role=status]"));
    }

    [Fact]
    public async Task Preferences_WithALanguageThatIsNone_AreRefusedBesideTheField()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var page = await client.GetPageAsync("/profile");

        using var answer = await client.SubmitAsync(page, "preferences", new() { ["Input.Culture"] = "xx" });

        var refused = await answer.ReadPageAsync();
        Assert.Equal("true", refused.QuerySelector("#f-Input-Culture")!.GetAttribute("aria-invalid"));
        Assert.Contains("请选择语言", refused.TextOf("#f-Input-Culture-error"), StringComparison.Ordinal);
        Assert.Contains("请选择语言", refused.TextOf("form-errors"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Short-1", "至少需要 10 个字符")]
    [InlineData("onlysmallletters", "字符种类不够")]
    [InlineData("small-and-others", "字符种类不够")]
    [InlineData("Password2026!", "太常见")]
    [InlineData("P@ssw0rd2026", "太常见")]
    [InlineData("Hefei@2026anhu", "城市、平台、单位")]
    [InlineData("Lkjhgfdsa19890604", "键盘顺序")]
    [InlineData(TestData.Password, "最近用过")]
    public async Task Password_ThatBreaksARule_IsRefused(string next, string because)
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        using var answer = await ChangeAsync(client, TestData.Password, next);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(because, (await answer.ReadPageAsync()).TextOf("#f-Input-Next-error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_WithTheUserNameInIt_IsRefused()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);

        using var answer = await ChangeAsync(client, TestData.Password, $"My-{worker.UserName!.ToUpperInvariant()}-1x");

        Assert.Contains("不能包含用户名", (await answer.ReadPageAsync()).TextOf("#f-Input-Next-error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_WithoutThePresentOne_IsNotChanged()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        using var answer = await ChangeAsync(client, "Not-The-One-1", Next);

        Assert.Contains("当前密码不正确", (await answer.ReadPageAsync()).TextOf("#f-Input-Current-error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_Changed_EndsOtherSessionsAndBarsTheLastFive()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        using var other = await app.SignInAsync(worker);

        using var changed = await ChangeAsync(client, TestData.Password, Next);
        app.Time.Advance(AccountSetup.CheckInterval + TimeSpan.FromSeconds(1));
        using var otherSession = await other.GetAsync("/", TestContext.Current.CancellationToken);
        using var back = await ChangeAsync(client, Next, TestData.Password);
        for (var i = 0; i < 4; i++)
        {
            using var more = await ChangeAsync(client, i == 0 ? Next : $"Password-No-{i - 1}", $"Password-No-{i}");
            Assert.Equal("/profile", more.Target());
        }

        using var afterFive = await ChangeAsync(client, "Password-No-3", TestData.Password);

        Assert.Equal("/profile", changed.Target());
        Assert.StartsWith("/sign-in", otherSession.Target(), StringComparison.Ordinal);
        Assert.Contains("最近用过", (await back.ReadPageAsync()).TextOf("#f-Input-Next-error"), StringComparison.Ordinal);
        Assert.Equal("/profile", afterFive.Target());
        Assert.Contains(AccountEvents.PasswordChanged, await app.EventsOfAsync(worker));
    }

    [Fact]
    public async Task Password_SetBySomeoneElse_HasToBeChangedBeforeAnythingElse()
    {
        var worker = await app.Data.CreateWorkerAsync(change: w => w.PasswordSetAt = null);
        using var client = await app.SignInAsync(worker);

        using var home = await client.GetAsync("/", TestContext.Current.CancellationToken);
        using var changed = await ChangeAsync(client, TestData.Password, Next);

        Assert.Equal("/profile/password", home.Target());
        Assert.Equal("/profile", changed.Target());
        await client.GetPageAsync("/");
        Assert.Equal(app.Time.GetUtcNow(), await app.QueryAsync(db => db.Workers.Where(w => w.Id == worker.Id).Select(w => w.PasswordSetAt).SingleAsync()));
    }

    [Fact]
    public async Task Password_OlderThanNinetyDays_HasToBeChanged()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(change: w => w.PasswordSetAt = app.Time.GetUtcNow() - TimeSpan.FromDays(90)));

        using var home = await client.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal("/profile/password", home.Target());
    }

    private static async Task<HttpResponseMessage> ChangeAsync(HttpClient client, string current, string next) =>
        await client.SubmitAsync(
            await client.GetPageAsync("/profile/password"), "password",
            new() { ["Input.Current"] = current, ["Input.Next"] = next, ["Input.Repeat"] = next });
}
