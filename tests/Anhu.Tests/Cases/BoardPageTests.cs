using System.Net;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Cases;

public sealed class BoardPageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Board_ShowsChangedCases_WithoutNames_AndWhereTheFeedGoesOn()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync("/board");

        Assert.NotNull(page.QuerySelector($"[data-case='{alarm.CaseId}']"));
        Assert.DoesNotContain("王小芳", page.Body!.InnerHtml, StringComparison.Ordinal);
        var head = await app.QueryAsync(db => db.Timeline.MaxAsync(e => e.Sequence));
        Assert.InRange(long.Parse(page.QuerySelector("live-board")!.GetAttribute("data-after")!, System.Globalization.CultureInfo.InvariantCulture), 1, head);
    }

    [Fact]
    public async Task Rows_AreGivenForVisibleCasesOnly()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var own = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var other = await app.SignInAsync(await app.Data.CreateWorkerAsync("340102-womens-federation"));
        using var nobody = app.CreateClient();
        var path = $"/board/rows?ids={alarm.CaseId},{Guid.CreateVersion7()},x";

        Assert.Contains(alarm.CaseNumber, await own.GetStringAsync(path, Ct), StringComparison.Ordinal);
        Assert.DoesNotContain(alarm.CaseNumber, await other.GetStringAsync(path, Ct), StringComparison.Ordinal);
        using var refused = await nobody.GetAsync(path, Ct);
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
    }

    [Fact]
    public async Task Rows_KeepToTheFilter()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        foreach (var (filter, shown) in new (string, bool)[]
        {
            ("region=340104000000", true), ("region=340104002000", false), ($"class={alarm.Class}", true), ($"class={(alarm.Class == 1 ? 3 : 1)}", false),
            ("agency=police", true), ("agency=press", false),
        })
        {
            var rows = await client.GetStringAsync($"/board/rows?ids={alarm.CaseId}&{filter}", Ct);

            Assert.True(shown == rows.Contains(alarm.CaseNumber, StringComparison.Ordinal), filter);
        }
    }

    [Fact]
    public async Task Sound_IsRememberedOnTheProfile()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);

        using var answer = await client.SubmitAsync(await client.GetPageAsync("/board"), "/board/sound");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.True(await app.QueryAsync(db => db.Workers.Where(w => w.Id == worker.Id).Select(w => w.SoundOn).SingleAsync()));
        Assert.Equal("on", (await client.GetPageAsync("/board")).QuerySelector("live-board")!.GetAttribute("data-sound"));
    }

    [Fact]
    public async Task SignOut_EndsTheFeed()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.Caseworker));
        var page = await client.GetPageAsync("/board");
        using var feed = await client.GetAsync("/api/v1/feed?after=0", HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var stream = await feed.Content.ReadAsStreamAsync(Ct);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(Ct) is { } line && line != ": live")
        {
        }

        using var out1 = await client.SubmitAsync(page, "/sign-out");

        while (await reader.ReadLineAsync(Ct) is not null)
        {
        }
    }
}
