using System.Net;
using AngleSharp.Html.Dom;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Cases;

public sealed class CaseFilePageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_OfAnotherDistrict_IsNotFound()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340102-womens-federation"));

        using var answer = await client.GetAsync($"/cases/{alarm.CaseId}", Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task File_TellsGradePeopleDutiesAndTimelineInWords_WithoutNamesInItsTitle()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync($"/cases/{alarm.CaseId}");

        var main = TextOf(page);
        Assert.Contains("王小芳", main, StringComparison.Ordinal);
        Assert.Contains("称在家中被丈夫殴打", main, StringComparison.Ordinal);
        Assert.Contains($"新立个案 {alarm.CaseNumber}", main, StringComparison.Ordinal);
        Assert.Contains("还不知道", main, StringComparison.Ordinal);
        Assert.Contains("如果是 →", main, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector("a[href^='/duties/']"));
        Assert.DoesNotContain("case.", main, StringComparison.Ordinal);
        Assert.DoesNotContain("duty.", main, StringComparison.Ordinal);
        Assert.DoesNotContain("王小芳", page.Title, StringComparison.Ordinal);
        Assert.DoesNotContain("娘家某路", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Equal("地址已隐去 说明理由后查看", page.QuerySelectorAll(".person .d-print-none").Single(l => l.TextContent.Contains("地址", StringComparison.Ordinal)).TextContent.Trim());
    }

    [Fact]
    public async Task Reporter_IsShownToThePoliceOnly()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var police = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-police"));
        using var federation = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        Assert.Contains("周邻居", TextOf(await police.GetPageAsync($"/cases/{alarm.CaseId}")), StringComparison.Ordinal);
        Assert.DoesNotContain("周邻居", TextOf(await federation.GetPageAsync($"/cases/{alarm.CaseId}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_ForAgenciesThatNeedNoStory_IsMasked()
    {
        var alarm = await app.SubmitAlarmAsync(r => r with { Indicators = new(Strangulation: true, ChildPresent: true), PoliceOpinion = 1 });
        var unit = await app.UnitThatSeesAsync(
            alarm.CaseId, Agency.CommunityOffice, Agency.StreetOffice, Agency.Health, Agency.Education, Agency.PoliticalLegalCommittee);
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(Assert.IsType<string>(unit)));

        var page = await client.GetPageAsync($"/cases/{alarm.CaseId}");

        var main = TextOf(page);
        Assert.Contains("王某", main, StringComparison.Ordinal);
        foreach (var secret in (string[])["王小芳", "称在家中", "娘家某路", "周邻居", "扼颈", "轻微伤", "1390"])
        {
            Assert.DoesNotContain(secret, main, StringComparison.Ordinal);
        }

        Assert.Contains("王某", TextOf(await client.GetPageAsync("/cases")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revision_IsShownFieldByField()
    {
        AlarmReport? first = null;
        var alarm = await app.SubmitAlarmAsync(r => first = r);
        await app.SubmitAlarmAsync(_ => first! with { Revision = 2, Indicators = new(Weapon: true), Summary = "称丈夫持刀" });
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync($"/cases/{alarm.CaseId}");

        var changes = page.QuerySelectorAll(".changes li").Select(l => l.TextContent).ToList();
        Assert.Contains(changes, c => c.Contains("凶器", StringComparison.Ordinal) && c.Contains('是', StringComparison.Ordinal));
        Assert.Contains(changes, c => c.Contains("称丈夫持刀", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Grade_IsRaisedAtOnce_AndLoweredByASecondPersonOnly()
    {
        var alarm = await app.SubmitAlarmAsync();
        Assert.NotEqual(1, alarm.Class);
        var path = $"/cases/{alarm.CaseId}";
        var first = await app.Data.CreateWorkerAsync(displayName: "甲负责", roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]);
        using var one = await app.SignInAsync(first);
        using var two = await app.SignInAsync(await app.Data.CreateWorkerAsync(displayName: "乙负责", roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));

        using var wrong = await one.SubmitAsync(await one.GetPageAsync(path), "change-grade", new() { ["Input.Class"] = "1", ["Input.Reason"] = "" });
        Assert.NotNull((await wrong.ReadPageAsync()).QuerySelector("form-errors"));

        using var raised = await one.SubmitAsync(await one.GetPageAsync(path), "change-grade", new() { ["Input.Class"] = "1", ["Input.Reason"] = "有扬言" });
        Assert.Equal(HttpStatusCode.Redirect, raised.StatusCode);
        Assert.Equal(1, await ClassAsync(alarm.CaseId));

        using var proposed = await one.SubmitAsync(await one.GetPageAsync(path), "change-grade", new() { ["Input.Class"] = "2", ["Input.Reason"] = "已核实" });
        Assert.Equal(HttpStatusCode.Redirect, proposed.StatusCode);
        Assert.Equal(1, await ClassAsync(alarm.CaseId));
        Assert.DoesNotContain("decide-grade", (await one.GetPageAsync(path)).Body!.InnerHtml, StringComparison.Ordinal);

        using var approved = await two.SubmitAsync(await two.GetPageAsync(path), "decide-grade", new() { ["Decision"] = "approve" });
        Assert.Equal(HttpStatusCode.Redirect, approved.StatusCode);
        Assert.Equal(2, await ClassAsync(alarm.CaseId));
        Assert.Contains("甲负责", TextOf(await two.GetPageAsync(path)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_WaitsForDuties_AndForASecondPersonWhereTheClassAsks()
    {
        var alarm = await app.SubmitAlarmAsync(r => r with { Indicators = new(Strangulation: true), PoliceOpinion = 1 });
        Assert.Equal(1, alarm.Class);
        var path = $"/cases/{alarm.CaseId}";
        using var one = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));
        using var two = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));
        Assert.NotNull((await one.GetPageAsync(path)).QuerySelector(".close-blocked"));
        await app.EndDutiesAsync(alarm.CaseId);

        using var incomplete = await one.SubmitAsync(await one.GetPageAsync(path), "close-case", new() { ["CloseReason"] = "平静三个月" });
        Assert.Contains("清单还有项目没有确认", TextOf(await incomplete.ReadPageAsync()), StringComparison.Ordinal);

        using var asked = await one.SubmitAsync(Checked(await one.GetPageAsync(path)), "close-case", new() { ["CloseReason"] = "平静三个月" });
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        Assert.Contains("已申请结案", TextOf(await one.GetPageAsync(path)), StringComparison.Ordinal);
        Assert.Null((await one.GetPageAsync(path)).QuerySelector("textarea[name=CloseReason]"));

        using var closed = await two.SubmitAsync(Checked(await two.GetPageAsync(path)), "close-case", new() { ["CloseReason"] = "同意" });
        Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
        Assert.Contains("已结案", (await two.GetPageAsync(path)).QuerySelector(".case-facts")!.TextContent, StringComparison.Ordinal);
    }

    private static IHtmlDocument Checked(IHtmlDocument page)
    {
        foreach (var box in page.QuerySelectorAll("input[name=Confirmed]"))
        {
            box.SetAttribute("checked", "");
        }

        return page;
    }

    private static string TextOf(IHtmlDocument page) => page.QuerySelector("main")!.TextContent;

    private Task<int> ClassAsync(Guid caseId) => app.QueryAsync(db => db.Cases.Where(c => c.CaseId == caseId).Select(c => c.Class).SingleAsync());
}
