using System.Net;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;

namespace Anhu.Tests.Cases;

public sealed class CaseListPageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Fact]
    public async Task Cases_OfOwnDistrict_AreListedWithVictimAndDeadline()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync("/cases");

        var row = Assert.Single(page.QuerySelectorAll("tbody tr"), r => r.TextContent.Contains(alarm.CaseNumber, StringComparison.Ordinal));
        Assert.Contains("王小芳", row.TextContent, StringComparison.Ordinal);
        Assert.NotNull(row.QuerySelector(".class-badge"));
        Assert.Equal($"/cases/{alarm.CaseId}", row.QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains("项责任未完成", row.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cases_OfAnotherDistrict_AreNotListed()
    {
        await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340102-womens-federation"));

        var page = await client.GetPageAsync("/cases");

        Assert.Empty(page.QuerySelectorAll("tbody tr"));
        Assert.NotNull(page.QuerySelector(".empty-state"));
    }

    [Fact]
    public async Task Filters_ByClassStateRegionAndWords_LeaveOutTheOthers()
    {
        var urgent = await app.SubmitAlarmAsync(r => r with { Indicators = new(Strangulation: true) });
        var other = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        foreach (var (query, finds) in new (string, bool)[]
        {
            ($"class={urgent.Class}&region=340104001000", true), ($"q={urgent.CaseNumber}", true), ($"q={urgent.CaseNumber}&class={urgent.Class}&state=open", true),
            ($"q={urgent.CaseNumber}&state=closed", false), ($"q={urgent.CaseNumber}&region=340104002000", false), ($"q={other.CaseNumber}", false), ("q=查无此人", false),
        })
        {
            var page = await client.GetPageAsync($"/cases?{query}");

            Assert.True(finds == page.Body!.QuerySelector("main")!.InnerHtml.Contains($"/cases/{urgent.CaseId}\"", StringComparison.Ordinal), query);
        }
    }

    [Fact]
    public async Task SavedFilter_IsKeptForItsWorkerOnly_WithoutWords_AndCanBeDeleted()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        var page = await client.GetPageAsync("/cases?class=1&q=王小芳");

        using var answer = await client.SubmitAsync(page, "save-filter", new() { ["Name"] = "一级" });

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        page = await client.GetPageAsync("/cases");
        Assert.Equal("/cases?class=1", page.QuerySelector(".saved-filter a")!.GetAttribute("href"));
        using var colleague = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        Assert.Null((await colleague.GetPageAsync("/cases")).QuerySelector(".saved-filter"));

        var form = page.QuerySelector(".saved-filter input[name=_handler]")!.GetAttribute("value")!;
        using var deleted = await client.SubmitAsync(page, form);

        Assert.Null((await client.GetPageAsync("/cases")).QuerySelector(".saved-filter"));
    }

    [Fact]
    public async Task Cases_ForTheSystemAdministrator_AreForbidden()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.SystemAdministrator));

        using var answer = await client.GetAsync("/cases", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }
}
