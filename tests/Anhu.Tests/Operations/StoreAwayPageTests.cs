using System.Net;
using Anhu.Testing;
using Anhu.Tests.Account;
using Anhu.Tests.Duties;

namespace Anhu.Tests.Operations;

/// <summary>What people see while the database is gone, and that they lose nothing.</summary>
public sealed class StoreAwayPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_WhileTheStoreIsAway_AreCalm_KeepWhatWasTyped_AndComeBack()
    {
        Assert.SkipUnless(TestStore.IsPostgres, "A file does not go away.");
        await using var server = await TestPostgresServer.StartNewAsync();
        await using var app = new OwnServer(server.Address);
        await app.InitializeAsync();
        var alarm = await app.ReportAsync();
        var duty = await app.DutyAsync(alarm, "phone-return-visit");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var form = await client.GetPageAsync($"/visits/{duty.DutyId}");

        await server.StopAsync();
        using var reading = await client.GetAsync("/cases?class=1", Ct);
        using var english = await client.GetAsync("/duties?culture=en", Ct);
        using var sending = await client.SubmitAsync(form, "visit", new() { ["outcome"] = "refused", ["field.notes"] = "她说“改天”<再>谈\n第二行" });
        using var signingIn = await SignInAsync(app);

        foreach (var answer in (HttpResponseMessage[])[reading, english, sending, signingIn])
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        var read = await reading.ReadPageAsync();
        Assert.Equal(("暂时连不上记录", "/cases?class=1"), (read.TextOf("h1"), read.QuerySelector("store-away a")!.GetAttribute("href")));
        Assert.Equal("en", (await english.ReadPageAsync()).DocumentElement.GetAttribute("lang"));
        var kept = await sending.ReadPageAsync();
        Assert.Equal("她说“改天”<再>谈\n第二行", kept.QuerySelector("[name='field.notes']")!.GetAttribute("value"));
        Assert.DoesNotContain(TestData.Password, await signingIn.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);

        // A session that is due for a check finds its page's looks all the same.
        app.Time.Advance(TimeSpan.FromMinutes(3));
        using var later = await client.GetAsync("/cases", Ct);
        using var css = await client.GetAsync("/anhu.css", Ct);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (later.StatusCode, css.StatusCode));

        await server.StartAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();
        await Until.TrueAsync(async () =>
        {
            using var answer = await client.GetAsync("/cases?class=1", Ct);
            return answer.StatusCode == HttpStatusCode.OK;
        });
        using var again = await client.SubmitAsync(kept, kept.Forms.Single(f => f.Method == "post").GetAttribute("action")!, []);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal("refused", (await app.DutyAsync(alarm, "phone-return-visit")).Outcome);
    }

    private static async Task<HttpResponseMessage> SignInAsync(OwnServer app)
    {
        using var client = app.CreateClient();
        return await client.EnterAsync("worker1", TestData.Password);
    }

    private sealed class OwnServer(string address) : FakeTimeFixture
    {
        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Store"] = address;
    }
}
