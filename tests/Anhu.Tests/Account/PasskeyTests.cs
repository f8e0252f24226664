using System.Net;
using System.Text;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Account;

/// <summary>What the server says and refuses about passkeys; the ceremonies themselves run in a browser (<c>Anhu.Browser.Tests</c>).</summary>
public sealed class PasskeyTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"problem":"NotAllowedError"}""")]
    [InlineData("""{"id":"AAAA","rawId":"AAAA","type":"public-key","clientExtensionResults":{},"response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AAAA","userHandle":"AAAA"}}""")]
    public async Task SignIn_WithWhatIsNoPasskey_IsRefused_AskedForOrNot(string credential)
    {
        using var client = app.CreateClient();
        var page = await client.GetPageAsync("/sign-in");
        using var unasked = await client.SubmitAsync(page, "passkey", new() { ["Passkey.Credential"] = credential });
        using var options = await client.PostAsync("/sign-in/passkey", Token(page), Ct);

        using var asked = await client.SubmitAsync(page, "passkey", new() { ["Passkey.Credential"] = credential });

        using var json = JsonDocument.Parse(await options.Content.ReadAsStringAsync(Ct));
        Assert.Equal("required", json.RootElement.GetProperty("userVerification").GetString());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (unasked.StatusCode, asked.StatusCode));
        Assert.Contains("没有用通行密钥登录成功", (await asked.ReadPageAsync()).TextOf(".notice")!, StringComparison.Ordinal);
        Assert.Null(app.CookieOf(client, "anhu.session"));
    }

    [Fact]
    public async Task Options_TellNothingOfAccounts_AndNeedOurForm()
    {
        using var client = app.CreateClient();
        var page = await client.GetPageAsync("/sign-in");

        using var options = await client.PostAsync("/sign-in/passkey", Token(page), Ct);
        using var foreign = await client.PostAsync("/sign-in/passkey", new FormUrlEncodedContent([]), Ct);
        using var creation = await client.PostAsync("/profile/passkeys/options", Token(page), Ct);

        using var json = JsonDocument.Parse(await options.Content.ReadAsStringAsync(Ct));
        Assert.Equal(0, json.RootElement.TryGetProperty("allowCredentials", out var allowed) ? allowed.GetArrayLength() : 0);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, creation.StatusCode);
    }

    [Fact]
    public async Task Adding_NeedsThePassword()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        var page = await client.GetPageAsync("/profile/passkeys");

        using var wrong = await client.SubmitAsync(page, "add-passkey", new() { ["Passkey.Name"] = "x", ["Passkey.Password"] = "Not-The-One-1", ["Passkey.Credential"] = "{}" });
        using var nothing = await client.SubmitAsync(page, "add-passkey", new() { ["Passkey.Name"] = "x", ["Passkey.Password"] = TestData.Password, ["Passkey.Credential"] = "{}" });

        Assert.Contains("当前密码不正确", (await wrong.ReadPageAsync()).Source.Text, StringComparison.Ordinal);
        Assert.Contains("浏览器没有生成通行密钥", (await nothing.ReadPageAsync()).Source.Text, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(worker));
    }

    [Fact]
    public async Task ResetByAnAdministrator_TakesPasskeysOff_AndOneIsOnlyItsOwners()
    {
        var (worker, other) = (await app.Data.CreateWorkerAsync(), await app.Data.CreateWorkerAsync());
        byte[] id = [.. Encoding.ASCII.GetBytes("a key"), .. worker.Id.ToByteArray()];
        await app.WithAsync<WorkerManager>(async workers => await workers.AddOrUpdatePasskeyAsync(
            (await workers.FindByIdAsync(worker.Id.ToString()))!, new UserPasskeyInfo(id, [1, 2, 3], app.Clock.GetUtcNow(), 0, ["internal"], true, false, false, [1], [2]) { Name = "电脑" }));
        using var client = await app.SignInAsync(other);
        var before = await CountAsync(worker);

        var notTheirs = await app.WithAsync<WorkerManager, UserPasskeyInfo?>(async workers => await workers.GetPasskeyAsync((await workers.FindByIdAsync(other.Id.ToString()))!, id));
        await app.WithAsync<WorkerAdministration>(async administration => Assert.True((await administration.ResetPasswordAsync(worker.Id, null, Ct)).IsOk));

        Assert.Null(notTheirs);
        Assert.Equal((1, 0), (before, await CountAsync(worker)));
    }

    [Fact]
    public async Task AnsweredQuestion_IsGoodOnce_AlsoForTwoRequestsAtOnce()
    {
        var worker = await app.Data.CreateWorkerAsync();
        Task<bool> SpendAsync(string question) =>
            app.WithAsync<WorkerManager, bool>(async workers => await workers.SpendAsync((await workers.FindByIdAsync(worker.Id.ToString()))!, question));

        var first = await SpendAsync("one");
        var again = await SpendAsync("one");
        var other = await SpendAsync("two");
        var late = await SpendAsync("one");
        var atOnce = await Task.WhenAll(SpendAsync("three"), SpendAsync("three"), SpendAsync("three"));

        Assert.Equal((true, false, true, false), (first, again, other, late));
        Assert.True(atOnce.Count(spent => spent) <= 1, string.Join(' ', atOnce));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"problem":"NotAllowedError"}""")]
    [InlineData("""{"id":"AAAA","rawId":"AAAA","type":"public-key","clientExtensionResults":{},"response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AAAA","userHandle":"AAAA"}}""")]
    public async Task Emergency_WithWhatIsNoPasskey_OpensNothing_AndBringsNoLockNearer(string credential)
    {
        var alarm = await app.SubmitAlarmAsync();
        var worker = await app.Data.CreateWorkerAsync("340102001-police");
        await PlantAsync(worker);
        using var client = await app.SignInAsync(worker);
        Dictionary<string, string?> form = new()
        {
            ["Input.Number"] = alarm.CaseNumber, ["Input.Reason"] = "Danger", ["Input.Note"] = "她在门外呼救", ["Passkey.Credential"] = credential,
        };

        using var unasked = await client.SubmitAsync(await client.GetPageAsync("/emergency"), "emergency", form);
        var page = await client.GetPageAsync("/emergency");
        using var options = await client.PostAsync("/profile/passkeys/ask", Token(page), Ct);
        using var asked = await client.SubmitAsync(page, "emergency", form);

        using var json = JsonDocument.Parse(await options.Content.ReadAsStringAsync(Ct));
        Assert.Equal(1, json.RootElement.GetProperty("allowCredentials").GetArrayLength());
        foreach (var answer in (HttpResponseMessage[])[unasked, asked])
        {
            Assert.Contains("没有用通行密钥确认成功", (await answer.ReadPageAsync()).TextOf("form-errors")!, StringComparison.Ordinal);
        }

        var now = await app.QueryAsync(db => db.Workers.AsNoTracking().SingleAsync(w => w.Id == worker.Id, Ct));
        Assert.Equal(0, now.AccessFailedCount);
        Assert.False(await app.QueryAsync(db => db.AccessGrants.AnyAsync(g => g.WorkerId == worker.Id, Ct)));
        Assert.Equal(2, (await app.EventsAboutAsync(worker)).Count(t => t == AccountEvents.SignInFailed));
    }

    [Fact]
    public async Task Emergency_WithoutAnyKey_LeadsToGettingOne_AndOnlyWorkersAreAsked()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340102001-police"));
        using var stranger = app.CreateClient();

        using var asked = await stranger.PostAsync("/profile/passkeys/ask", Token(await stranger.GetPageAsync("/sign-in")), Ct);
        var page = await client.GetPageAsync("/emergency");

        Assert.NotEqual(HttpStatusCode.OK, asked.StatusCode);
        Assert.Null(page.QuerySelector("pass-key"));
        Assert.NotNull(page.QuerySelector("a[href='/profile/passkeys']"));
    }

    private Task PlantAsync(Worker worker) => app.WithAsync<WorkerManager>(async workers => await workers.AddOrUpdatePasskeyAsync(
        (await workers.FindByIdAsync(worker.Id.ToString()))!,
        new UserPasskeyInfo([.. worker.Id.ToByteArray()], [1, 2, 3], app.Clock.GetUtcNow(), 0, ["internal"], true, false, false, [1], [2]) { Name = "电脑" }));

    private static FormUrlEncodedContent Token(AngleSharp.Html.Dom.IHtmlDocument page) => new(new Dictionary<string, string>
    {
        ["__RequestVerificationToken"] = page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!,
    });

    private Task<int> CountAsync(Worker worker) => app.QueryAsync(db => db.Set<IdentityUserPasskey<Guid>>().CountAsync(p => p.UserId == worker.Id, Ct));
}
