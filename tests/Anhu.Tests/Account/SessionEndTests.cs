using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Account;
using Anhu.Modules.Clients;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Operations;

namespace Anhu.Tests.Account;

/// <summary>What ends a session ends it now, with its feeds, and on every node.</summary>
public sealed class SessionEndTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Changes => ["deactivated", "roles", "moved", "password-reset", "password-changed", "second-step"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_OfTheWorker_EndsPagesAndFeeds(string change)
    {
        var (worker, colleague) = (await app.Data.CreateWorkerAsync(), await app.Data.CreateWorkerAsync());
        using var client = await app.SignInAsync(worker);
        using var other = await app.SignInAsync(colleague);
        using var feed = await OpenFeed.OpenAsync(client);
        using var others = await OpenFeed.OpenAsync(other);
        var reading = others.ReadToEndAsync();
        using var before = await client.GetAsync("/cases", Ct);

        await ChangeAsync(app, worker, change);

        await feed.ReadToEndAsync();
        await Until.TrueAsync(async () =>
        {
            using var after = await client.GetAsync("/cases", Ct);
            return after.StatusCode == HttpStatusCode.Redirect && after.Target().StartsWith("/sign-in", StringComparison.Ordinal);
        });
        using var again = await client.GetAsync("/api/v1/feed?follow=false", Ct);
        using var stays = await other.GetAsync("/cases", Ct);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (before.StatusCode, again.StatusCode, stays.StatusCode));
        Assert.False(reading.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_OfTheSystem_EndsItsFeeds(bool removed)
    {
        var (credentials, feed) = await OpenSystemFeedAsync(app);

        await app.WithAsync<ClientAdministration>(async clients => Assert.True(
            removed ? (await clients.RemoveAsync(credentials.ClientId, Ct)).IsOk : (await clients.RotateAsync(credentials.ClientId, TimeSpan.Zero, null, Ct)).IsOk));

        await feed.ReadToEndAsync();
        feed.Dispose();
    }

    [Fact]
    public async Task OwnPasswordChange_KeepsTheSessionThatMadeIt()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var here = await app.SignInAsync(worker);
        using var elsewhere = await app.SignInAsync(worker);
        using var feed = await OpenFeed.OpenAsync(elsewhere);

        using var changed = await here.SubmitAsync(
            await here.GetPageAsync("/profile/password"), "password",
            new() { ["Input.Current"] = TestData.Password, ["Input.Next"] = "Other-Horse-88", ["Input.Repeat"] = "Other-Horse-88" });

        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        await feed.ReadToEndAsync();
        using var stays = await here.GetAsync("/cases", Ct);
        Assert.Equal(HttpStatusCode.OK, stays.StatusCode);
    }

    [Fact]
    public async Task ChangesAndSignOut_OnAnotherNode_AreNoticed()
    {
        Assert.SkipUnless(TestStore.IsPostgres, "One file is for one node.");
        await using var store = await TestStore.CreateAsync();
        await using var first = new Node(store);
        await using var second = new Node(store);
        await first.InitializeAsync();
        await second.InitializeAsync();
        foreach (var change in (string[])["deactivated", "roles"])
        {
            var worker = await first.Data.CreateWorkerAsync();
            using var client = await second.SignInAsync(worker);
            using var feed = await OpenFeed.OpenAsync(client);

            await ChangeAsync(first, worker, change);

            await feed.ReadToEndAsync();
            using var after = await client.GetAsync("/cases", Ct);
            Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
        }

        var leaving = await first.Data.CreateWorkerAsync();
        using var onFirst = await first.SignInAsync(leaving);
        // The same session, used on the other node.
        using var onSecond = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = second.Address };
        onSecond.DefaultRequestHeaders.Add("Cookie", $"anhu.session={first.CookieOf(onFirst, "anhu.session")}");
        using var left = await OpenFeed.OpenAsync(onSecond);
        using var signedOut = await onFirst.SubmitAsync(await onFirst.GetPageAsync("/cases"), "/sign-out");
        await left.ReadToEndAsync();

        var (credentials, system) = await OpenSystemFeedAsync(second);
        await first.WithAsync<ClientAdministration>(async clients => Assert.True((await clients.RemoveAsync(credentials.ClientId, Ct)).IsOk));
        await system.ReadToEndAsync();
        system.Dispose();
    }

    private static async Task<(ClientCredentials Credentials, OpenFeed Feed)> OpenSystemFeedAsync(AnhuFixture app)
    {
        var credentials = (await app.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.AddAsync("feed", "340104-police", ["feed.read", "cases.read"], Ct))).Value;
        var http = app.CreateClient();
        using var answer = await http.PostAsync("/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = credentials.ClientId, ["client_secret"] = credentials.Secret,
        }), Ct);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("access_token").GetString();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (credentials, await OpenFeed.OpenAsync(http));
    }

    private static Task ChangeAsync(AnhuFixture app, Worker worker, string change) => change switch
    {
        "second-step" or "password-changed" => app.WithAsync<WorkerManager>(async workers =>
        {
            var present = (await workers.FindByIdAsync(worker.Id.ToString()))!;
            Assert.True((change == "second-step"
                ? await workers.SetTwoFactorEnabledAsync(present, true)
                : await workers.ChangePasswordAsync(present, TestData.Password, "Other-Horse-88")).Succeeded);
            await app.WithAsync<WorkerSignIn>(signIn => signIn.RecordAsync(change == "second-step" ? AccountEvents.TwoStepOn : AccountEvents.PasswordChanged, present, Ct));
        }),
        _ => app.WithAsync<WorkerAdministration>(async administration => Assert.True(change switch
        {
            "deactivated" => (await administration.SetActiveAsync(worker.Id, false, null, Ct)).IsOk,
            "roles" => (await administration.SetRolesAsync(worker.Id, null, [WorkerRole.CallTaker], null, Ct)).IsOk,
            "moved" => (await administration.ChangeAsync(worker.Id, null, worker.DisplayName, "340103-womens-federation", null, null, Ct)).IsOk,
            _ => (await administration.ResetPasswordAsync(worker.Id, null, Ct)).IsOk,
        })),
    };

    private sealed class Node(TestStore shared) : AnhuFixture
    {
        protected override void Configure(Dictionary<string, string?> settings)
        {
            foreach (var (key, value) in shared.Configuration)
            {
                settings[key] = value;
            }
        }
    }
}
