using System.Net;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Organisation;

public sealed class OrganisationPageTests(SeededCity city) : IClassFixture<SeededCity>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Units_AreFoundByNameAndFilter()
    {
        using var client = await city.SignInAsync(await city.Data.CreateWorkerAsync());

        var byName = await client.GetPageAsync("/units?q=" + Uri.EscapeDataString("三里庵"));
        var none = await client.GetPageAsync("/units?q=nowhere");
        var first = await client.GetPageAsync("/units?agency=police&region=340121000000");

        Assert.Contains("三里庵派出所", byName.TextOf(".data-table"), StringComparison.Ordinal);
        Assert.NotNull(none.QuerySelector(".empty-state"));
        Assert.Equal(17, first.QuerySelectorAll(".data-table tbody tr").Length);
    }

    [Fact]
    public async Task Unit_ForACaseworker_ShowsAndChangesNothing()
    {
        using var client = await city.SignInAsync(await city.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync("/units/340104-womens-federation");
        using var missing = await client.GetAsync(new Uri("/units/340104-fire", UriKind.Relative), Ct);
        using var adding = await client.GetAsync(new Uri("/workers/new", UriKind.Relative), Ct);

        Assert.Contains("合肥市蜀山区", page.TextOf("main"), StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("main form[method=post]"));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, adding.StatusCode);
    }

    [Fact]
    public async Task Unit_ForItsAdministrator_TakesChanges()
    {
        using var client = await AdministratorAsync("340104-police");
        var page = await client.GetPageAsync("/units/340104003-police");

        using var wrong = await client.SubmitAsync(page, "change-unit", new() { ["Change.Name"] = "", ["Change.DutyPhone"] = "0551-65300110" });
        using var right = await client.SubmitAsync(page, "change-unit", new() { ["Change.Name"] = "新派出所", ["Change.DutyPhone"] = "0551-65300110" });
        using var taken = await client.SubmitAsync(page, "take-region", new() { ["Take.Region"] = "340104001002" });
        using var nowhere = await client.SubmitAsync(page, "take-region", new() { ["Take.Region"] = "某地" });

        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        Assert.NotNull((await wrong.ReadPageAsync()).QuerySelector(".form-errors"));
        Assert.Equal(HttpStatusCode.Found, right.StatusCode);
        Assert.Equal(HttpStatusCode.Found, taken.StatusCode);
        Assert.NotNull((await nowhere.ReadPageAsync()).QuerySelector(".field-error"));
        var map = await city.Organisation.GetAsync(Ct);
        Assert.Equal("新派出所", map.Find("340104003-police")!.Name);
        Assert.Equal(["340104001002", "340104003"], map.Jurisdictions(map.Find("340104003-police")!));
        var after = await client.GetPageAsync("/units/340104003-police");
        using var back = await client.SubmitAsync(after, "give-back-340104001002");
        Assert.Equal(HttpStatusCode.Found, back.StatusCode);
        Assert.Equal("340104001-police", (await city.Organisation.GetAsync(Ct)).Responsible(Agency.Police, "340104001002", Modules.Regions.RegionLevel.Grid)?.Code);
    }

    [Fact]
    public async Task Unit_OfAnotherDistrict_OffersNoChange_AndTakesNone()
    {
        using var client = await AdministratorAsync("340104-police");
        var own = await client.GetPageAsync("/units/340104004-police");
        var other = await client.GetPageAsync("/units/340103001-police");

        own.DocumentElement.SetAttribute("data-test-url", "/units/340103001-police");
        own.Forms.First(f => f.QuerySelector("input[name=_handler]")?.GetAttribute("value") == "dissolve").RemoveAttribute("action");
        using var forged = await client.SubmitAsync(own, "dissolve");

        Assert.Empty(other.QuerySelectorAll("main form[method=post]"));
        Assert.NotEqual(HttpStatusCode.Found, forged.StatusCode);
        Assert.True((await city.Organisation.GetAsync(Ct)).Find("340103001-police")!.IsActive);
    }

    [Fact]
    public async Task Worker_IsAddedWithAPasswordShownOnce()
    {
        using var client = await AdministratorAsync("340102-police");
        var page = await client.GetPageAsync("/workers/new?unit=340102001-police");

        using var wrong = await client.SubmitAsync(page, "add-worker", new() { ["Input.DisplayName"] = "赵民", ["Input.UserName"] = "x" });
        using var answer = await client.SubmitAsync(page, "add-worker", new() { ["Input.DisplayName"] = "赵民", ["Input.UserName"] = "zhao.min" });

        Assert.NotNull((await wrong.ReadPageAsync()).QuerySelector(".field-error"));
        var shown = await answer.ReadPageAsync();
        Assert.Equal(2, shown.QuerySelectorAll(".secret-key").Length);
        var worker = await city.QueryAsync(db => db.Workers.SingleAsync(w => w.UserName == "zhao.min", Ct));
        Assert.Empty(worker.Roles);
        var list = await client.GetPageAsync("/workers?unit=340102001-police");
        Assert.Contains("赵民", list.TextOf(".data-table"), StringComparison.Ordinal);
        var one = await client.GetPageAsync($"/workers/{worker.Id}");
        using var reset = await client.SubmitAsync(one, "reset-password");
        Assert.Equal(2, (await reset.ReadPageAsync()).QuerySelectorAll(".secret-key").Length);
        using var ended = await client.SubmitAsync(one, "deactivate");
        Assert.Equal(HttpStatusCode.Found, ended.StatusCode);
        Assert.False(await city.QueryAsync(db => db.Workers.Where(w => w.Id == worker.Id).Select(w => w.IsActive).SingleAsync(Ct)));
    }

    [Fact]
    public async Task Roles_AreSetOnThePageOfTheSecurityAdministrator()
    {
        var worker = await city.Data.CreateWorkerAsync("340102003-police");
        using var client = await city.SignInAsync(await city.Data.CreateWorkerAsync("340102-police", roles: WorkerRole.SecurityAdministrator));
        var page = await client.GetPageAsync($"/workers/{worker.Id}");

        using var answer = await client.SubmitAsync(
            page, "change-roles", new() { ["RolesInput.Roles.Caseworker"] = null, ["RolesInput.Roles.Supervisor"] = "true" });

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal([WorkerRole.Supervisor], await city.QueryAsync(db => db.Workers.Where(w => w.Id == worker.Id).Select(w => w.Roles).SingleAsync(Ct)));
    }

    [Fact]
    public async Task Roster_TakesATurnAndGivesItBack()
    {
        var worker = await city.Data.CreateWorkerAsync("340124-police", "孙强");
        using var client = await AdministratorAsync("340124-police");
        var page = await client.GetPageAsync("/units/340124-police/roster");
        var day = DateOnly.FromDateTime(city.Clock.GetUtcNow().AddDays(1).DateTime).ToString("yyyy-MM-dd", null);

        using var missing = await client.SubmitAsync(page, "add-turn", new() { ["Input.Worker"] = "" });
        using var answer = await client.SubmitAsync(page, "add-turn", new()
        {
            ["Input.Worker"] = worker.Id.ToString(), ["Input.StartsOn"] = day, ["Input.StartsAt"] = "08:30", ["Input.EndsOn"] = day, ["Input.EndsAt"] = "17:30",
        });

        Assert.NotNull((await missing.ReadPageAsync()).QuerySelector(".form-errors"));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var after = await client.GetPageAsync("/units/340124-police/roster");
        Assert.Contains("孙强", after.TextOf(".data-table"), StringComparison.Ordinal);
        var entry = await city.QueryAsync(db => db.DutyRoster.Where(e => e.WorkerId == worker.Id).Select(e => e.DutyRosterEntryId).SingleAsync(Ct));
        using var removed = await client.SubmitAsync(after, $"remove-{entry}");
        Assert.Equal(HttpStatusCode.Found, removed.StatusCode);
        Assert.False(await city.QueryAsync(db => db.DutyRoster.AnyAsync(e => e.WorkerId == worker.Id, Ct)));
    }

    private async Task<HttpClient> AdministratorAsync(string unit) =>
        await city.SignInAsync(await city.Data.CreateWorkerAsync(unit, roles: WorkerRole.SystemAdministrator));
}
