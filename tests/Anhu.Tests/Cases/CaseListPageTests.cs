using System.Net;
using System.Text;
using AngleSharp.Html.Dom;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Account;
using Microsoft.AspNetCore.WebUtilities;

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

        foreach (var (words, query, finds) in new (string?, string, bool)[]
        {
            (null, $"class={urgent.Class}&region=340104001000", true), (urgent.CaseNumber, "", true), (urgent.CaseNumber, $"class={urgent.Class}&state=open", true),
            (urgent.CaseNumber, "state=closed", false), (urgent.CaseNumber, "region=340104002000", false), (other.CaseNumber, "", false), ("查无此人", "", false),
        })
        {
            var page = words is null ? await client.GetPageAsync($"/cases?{query}") : await client.GetPageAsync(await FindAsync(client, words, query));

            Assert.True(
                finds == page.Body!.QuerySelector("main")!.InnerHtml.Contains($"/cases/{urgent.CaseId}\"", StringComparison.Ordinal), $"{words} {query}");
        }
    }

    [Fact]
    public async Task Words_StandInNoAddress_AndGoOnOverPages()
    {
        var phone = "13955550001";
        for (var i = 0; i < 52; i++)
        {
            await app.SubmitAlarmAsync(r => r with { People = [new ReportedPerson { Role = PartyRole.Victim, Name = $"同名{i:D2}", Phone = phone }] });
        }

        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var colleague = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var address = await FindAsync(client, phone, "");
        var first = await client.GetPageAsync(address);
        var next = first.QuerySelector("a[rel=next]")!.GetAttribute("href")!;
        var second = await client.GetPageAsync(next);

        Assert.Equal(phone, first.QuerySelector("input[type=search]")!.GetAttribute("value"));
        Assert.Equal(52, Rows(first).Concat(Rows(second)).Distinct().Count());
        Assert.Equal(phone, second.QuerySelector("input[type=search]")!.GetAttribute("value"));
        Assert.DoesNotContain(phone, address + next, StringComparison.Ordinal);
        Assert.DoesNotContain(phone, Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(QueryHelpers.ParseQuery(address[address.IndexOf('?')..])["find"]!)), StringComparison.Ordinal);
        Assert.DoesNotContain(first.QuerySelectorAll("[href]"), a => a.GetAttribute("href")!.Contains(phone, StringComparison.Ordinal));
        Assert.Equal("", (await colleague.GetPageAsync(address)).QuerySelector("input[type=search]")!.GetAttribute("value") ?? "");

        static IEnumerable<string?> Rows(IHtmlDocument page) => page.QuerySelectorAll("a.case-number").Select(a => a.GetAttribute("href"));
    }

    [Fact]
    public async Task Address_WithWordsInTheOpen_IsNotSearched()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync("/cases?q=查无此人&find=x");

        Assert.Contains(alarm.CaseNumber, page.Body!.TextContent, StringComparison.Ordinal);
    }

    /// <summary>Searches as the page does, and tells where that led.</summary>
    private static async Task<string> FindAsync(HttpClient client, string words, string query)
    {
        using var answer = await client.SubmitAsync(await client.GetPageAsync($"/cases?{query}"), "find", new() { ["Words"] = words });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Target();
    }

    [Fact]
    public async Task SavedFilter_IsKeptForItsWorkerOnly_WithoutWords_AndCanBeDeleted()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        var page = await client.GetPageAsync(await FindAsync(client, "王小芳", "class=1"));

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
