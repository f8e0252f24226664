using System.Net;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;

namespace Anhu.Tests.Duties;

public sealed class DutyPageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Fact]
    public async Task Steps_TakenOneAfterAnother_EndTheDuty()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        var duty = await app.DutyAsync(alarm, "case-file");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        foreach (var step in (string[])["Accept", "Start"])
        {
            using var taken = await client.SubmitAsync(await client.GetPageAsync($"/duties/{duty.DutyId}"), Take(duty, step));
            Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        }

        using var done = await client.SubmitAsync(await client.GetPageAsync($"/duties/{duty.DutyId}"), Take(duty, "Complete"), new()
        {
            ["outcome"] = "filed", ["field.summary"] = "甲", ["field.plan"] = "乙", ["field.victimWish"] = "丙",
        });
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);

        var page = await client.GetPageAsync($"/duties/{duty.DutyId}");
        Assert.Contains("乙", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(DutyState.Done, (await app.DutyAsync(alarm, "case-file")).State);
    }

    [Fact]
    public async Task Complete_WithoutWhatItsOutcomeNeeds_NamesTheFieldAndKeepsWhatWasTyped()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        var duty = await app.DutyAsync(alarm, "case-file");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var taken = await client.SubmitAsync(await client.GetPageAsync($"/duties/{duty.DutyId}"), Take(duty, "Accept"));

        using var answer = await client.SubmitAsync(await client.GetPageAsync($"/duties/{duty.DutyId}"), Take(duty, "Complete"), new()
        {
            ["outcome"] = "filed", ["field.summary"] = "已经写好的", ["field.plan"] = "",
        });
        var page = await answer.ReadPageAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull(page.QuerySelector("#f-plan-error"));
        Assert.Equal("已经写好的", page.QuerySelector("#f-summary")!.TextContent);
    }

    [Fact]
    public async Task Step_WhenSomeoneWasFaster_IsNotTakenAndShowsWhatChanged()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        var duty = await app.DutyAsync(alarm, "case-file");
        using var one = await app.SignInAsync(await app.Data.CreateWorkerAsync(displayName: "先到"));
        using var two = await app.SignInAsync(await app.Data.CreateWorkerAsync(displayName: "后到"));
        var (first, second) = (await one.GetPageAsync($"/duties/{duty.DutyId}"), await two.GetPageAsync($"/duties/{duty.DutyId}"));

        using var taken = await one.SubmitAsync(first, Take(duty, "Accept"));
        using var late = await two.SubmitAsync(second, Take(duty, "Accept"));

        Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("先到", (await late.ReadPageAsync()).TextOf(".notice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_OnADutyOfAnotherUnit_IsForbidden()
    {
        var alarm = await app.ReportAsync();
        var duty = await app.DutyAsync(alarm, "police-disposition");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var page = await client.GetPageAsync($"/duties/{duty.DutyId}");
        Assert.DoesNotContain(page.Forms, f => f.GetAttribute("action") == Take(duty, "Accept"));

        var own = await app.DutyAsync(alarm, "phone-return-visit");
        var ownPage = await client.GetPageAsync($"/duties/{own.DutyId}");
        ownPage.Forms.Single(f => f.GetAttribute("action") == Take(own, "Accept")).SetAttribute("action", Take(duty, "Accept"));
        using var answer = await client.SubmitAsync(ownPage, Take(duty, "Accept"), new() { ["Input.Version"] = null });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(DutyState.Assigned, (await app.DutyAsync(alarm, "police-disposition")).State);
    }

    [Fact]
    public async Task Duty_OfAnotherDistrict_IsNotFound()
    {
        var duty = await app.DutyAsync(await app.ReportAsync(), "phone-return-visit");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340103-womens-federation"));

        using var answer = await client.GetAsync($"/duties/{duty.DutyId}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task HandOver_IsOfferedAcceptedAndThenTheReceivers()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        var duty = await app.DutyAsync(alarm, "case-file");
        using var giver = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var receiver = await app.SignInAsync(await app.Data.CreateWorkerAsync("340103-womens-federation"));

        var search = await giver.GetPageAsync($"/duties/{duty.DutyId}/hand-over?unit=340103-womens");
        using var offered = await giver.SubmitAsync(search, "hand-over", new() { ["Input.Reason"] = "搬到庐阳区", ["Input.Receiver"] = "340103-womens-federation" });
        Assert.Equal(HttpStatusCode.Redirect, offered.StatusCode);
        Assert.Contains(duty.DutyId.ToString(), (await receiver.GetPageAsync("/")).Body!.InnerHtml, StringComparison.Ordinal);

        using var accepted = await receiver.SubmitAsync(await receiver.GetPageAsync($"/duties/{duty.DutyId}"), Take(duty, "Accept"));
        Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);
        var receiverUnit = (await app.QueryAsync(db => Task.FromResult(db.Units.Single(u => u.Code == "340103-womens-federation")))).UnitId;
        Assert.Equal(receiverUnit, (await app.DutyAsync(alarm, "case-file")).OwnerUnitId);
    }

    [Fact]
    public async Task Cancel_NeedsASecondPersonWhoSupervises()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        var duty = await app.DutyAsync(alarm, "case-file");
        using var worker = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var head = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.Supervisor));

        using var asked = await worker.SubmitAsync(await worker.GetPageAsync($"/duties/{duty.DutyId}"), Take(duty, "Cancel"), new() { ["Input.Reason"] = "重复" });
        Assert.Equal(DutyState.Assigned, (await app.DutyAsync(alarm, "case-file")).State);
        using var agreed = await head.SubmitAsync(await head.GetPageAsync($"/duties/{duty.DutyId}"), Take(duty, "Cancel"));

        Assert.Equal(HttpStatusCode.Redirect, agreed.StatusCode);
        Assert.Equal(DutyState.Cancelled, (await app.DutyAsync(alarm, "case-file")).State);
    }

    [Fact]
    public async Task HomeAndList_ShowTheUnitsWork_WithoutNames()
    {
        var alarm = await app.ReportAsync();
        var duty = await app.DutyAsync(alarm, "phone-return-visit");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var home = await client.GetPageAsync("/");
        var list = await client.GetPageAsync("/duties?kind=phone-return-visit&show=unit");

        Assert.NotNull(home.QuerySelector(".load-table"));
        Assert.NotNull(list.QuerySelector($"a[href='/duties/{duty.DutyId}']"));
        Assert.DoesNotContain("受害", list.QuerySelector(".data-table")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Home_OfAGridWorker_ShowsTaskCardsOnly()
    {
        await app.ReportAsync(policeOpinion: 2);
        var unit = await app.QueryAsync(db => Task.FromResult(db.Duties.Where(d => d.Kind == "community-notice-visit")
            .Join(db.Units, d => d.OwnerUnitId, u => u.UnitId, (d, u) => u.Code).First()));
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(unit, change: w => w.RegionCode = "340104", roles: WorkerRole.GridWorker));

        var page = await client.GetPageAsync("/");

        Assert.NotNull(page.QuerySelector(".task-card"));
        Assert.Null(page.QuerySelector(".data-table"));
        Assert.DoesNotContain("受害", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("暴力", page.Body.TextContent, StringComparison.Ordinal);
    }

    private static string Take(Duty duty, string step) => $"/duties/{duty.DutyId}?take={step}";
}
