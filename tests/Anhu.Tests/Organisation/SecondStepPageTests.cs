using System.Net;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Account;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Organisation;

/// <summary>The security administrator decides who signs in with a second step.</summary>
public sealed class SecondStepPageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Path = "/security/second-step";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Decision_TakesEffectAtOnce_AndIsRecorded()
    {
        using var worker = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.CallTaker));
        var security = await app.Data.CreateWorkerAsync("340100-political-legal-committee", roles: WorkerRole.SecurityAdministrator);
        using var client = await app.SignInAsync(security);
        using var before = await worker.GetAsync("/", Ct);

        using var saved = await client.SubmitAsync(await client.GetPageAsync(Path), "second-step", new() { ["Input.Roles.CallTaker"] = "true" });
        using var after = await worker.GetAsync("/", Ct);
        var page = await client.GetPageAsync(Path);

        Assert.Equal((HttpStatusCode.OK, Path), (before.StatusCode, saved.Target()));
        await Until.TrueAsync(async () =>
        {
            using var next = await worker.GetAsync("/", Ct);
            return next.StatusCode == HttpStatusCode.Redirect && next.Target() == "/profile/two-step";
        });
        Assert.NotNull(page.QuerySelector("input[name='Input.Roles.CallTaker'][checked]"));
        var recorded = await app.QueryAsync(db => db.Timeline.Where(e => e.Type == SecondStepRule.Changed && e.WorkerId == security.Id).Select(e => e.Data).SingleAsync(Ct));
        Assert.Contains("call-taker", recorded, StringComparison.Ordinal);

        using var back = await client.SubmitAsync(page, "second-step", new() { ["Input.Roles.CallTaker"] = null });
        Assert.Empty((await app.QueryAsync(db => db.SecondStepRules.AsNoTracking().SingleAsync(Ct))).Roles);
    }

    [Fact]
    public async Task EveryRole_CanBeChosen_SoThatSavingDropsNone()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-political-legal-committee", roles: WorkerRole.SecurityAdministrator));

        var page = await client.GetPageAsync(Path);

        Assert.All(Enum.GetValues<WorkerRole>(), role => Assert.NotNull(page.QuerySelector($"input[name='Input.Roles.{role}']")));
    }

    [Fact]
    public async Task SecurityAdministrator_OfADistrict_OnlyReads()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104-womens-federation", roles: WorkerRole.SecurityAdministrator));
        var page = await client.GetPageAsync(Path);

        using var refused = await client.SubmitAsync(page, "second-step", new() { ["Input.Roles.Supervisor"] = "true" });

        Assert.NotNull(page.QuerySelector("fieldset[disabled]"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory]
    [InlineData(WorkerRole.SystemAdministrator)]
    [InlineData(WorkerRole.Supervisor)]
    public async Task Anybody_Else_DoesNotSeeIt(WorkerRole role)
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: role));

        using var answer = await client.GetAsync(Path, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }
}

/// <summary>What administrators find on their home page.</summary>
public sealed class AdministratorHomeTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SecurityAdministrator_SeesWhoIsLockedAndWhoLacksTheSecondStep()
    {
        var locked = await app.Data.CreateWorkerAsync(change: w => w.LockoutEnd = app.Clock.GetUtcNow().AddMinutes(20));
        var free = await app.Data.CreateWorkerAsync(roles: WorkerRole.AuditAdministrator);
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.SecurityAdministrator));
        using var decided = await client.SubmitAsync(
            await client.GetPageAsync("/security/second-step"), "second-step", new() { ["Input.Roles.AuditAdministrator"] = "true" });

        var home = await client.GetPageAsync("/");
        var lockedList = (await client.GetPageAsync("/workers?only=locked")).TextOf("main");
        var dueList = (await client.GetPageAsync("/workers?only=no-second-step")).TextOf("main");

        Assert.NotNull(home.QuerySelector("a[href='/workers?only=locked']"));
        Assert.NotNull(home.QuerySelector("a[href='/workers?only=no-second-step']"));
        Assert.NotNull(home.QuerySelector("a[href='/security/second-step']"));
        Assert.Contains($"/workers/{locked.Id}", (await client.GetPageAsync("/workers?only=locked")).Body!.InnerHtml, StringComparison.Ordinal);
        Assert.DoesNotContain($"/workers/{free.Id}", (await client.GetPageAsync("/workers?only=locked")).Body!.InnerHtml, StringComparison.Ordinal);
        Assert.Contains($"/workers/{free.Id}", (await client.GetPageAsync("/workers?only=no-second-step")).Body!.InnerHtml, StringComparison.Ordinal);
        Assert.NotEqual(lockedList, dueList);
    }
}

/// <summary>What audit administrators find on theirs. A city of its own, in which no role needs a second step.</summary>
public sealed class AuditAdministratorHomeTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AuditAdministrator_SeesTheLastCheckAndRefusedSignIns()
    {
        var victim = await app.Data.CreateWorkerAsync(change: w => w.DisplayName = "钱敏");
        using var stranger = app.CreateClient();
        using var wrong = await stranger.EnterAsync(victim.UserName!, "wrong");
        using var unknown = await stranger.EnterAsync("nobody-has-it", "wrong");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.AuditAdministrator));
        var before = await client.GetPageAsync("/");
        await app.WithAsync<Anhu.Modules.Timeline.VerifyTimeline>(async verify => await verify.RecordAsync(await verify.RunAsync(null, Ct), null, 0, Ct));

        var home = await client.GetPageAsync("/");

        Assert.NotNull(before.QuerySelector(".notice.tone-warn"));
        Assert.NotNull(home.QuerySelector(".notice.tone-good"));
        Assert.Equal("anhu audit verify", home.TextOf("main code"));
        Assert.NotNull(home.QuerySelector($"a[href='/workers/{victim.Id}']"));
        Assert.Equal(2, home.QuerySelectorAll("tbody tr").Length);
    }
}
