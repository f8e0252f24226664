using Anhu.Common;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Account;

/// <summary>Passwords that an administrator makes end by themselves, and are changed before anything else.</summary>
public sealed class FirstPasswordTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Password_ThatAnAdministratorMade_IsGoodForThreeDays_AndChangedBeforeAnythingElse()
    {
        var made = (await app.WithAsync<WorkerAdministration, Result<FirstSignIn>>(workers => workers.AddAsync(
            new NewWorker { UserName = "first-1", DisplayName = "新人", UnitCode = "340104-womens-federation", Roles = [Modules.Security.WorkerRole.Caseworker] }, null, Ct))).Value;
        using var client = app.CreateClient();

        using var entered = await client.EnterAsync(made.UserName, made.Password);
        using var elsewhere = await client.GetAsync("/cases", Ct);
        using var changed = await client.SubmitAsync(
            await client.GetPageAsync("/profile/password"), "password", new() { ["Input.Current"] = made.Password, ["Input.Next"] = "Lantern+Copper 41", ["Input.Repeat"] = "Lantern+Copper 41" });
        using var after = await client.GetAsync("/cases", Ct);

        Assert.InRange(made.Until, app.Clock.Now.AddDays(3).AddMinutes(-5), app.Clock.Now.AddDays(3));
        Assert.Equal(("/", "/profile/password", "/profile"), (entered.Target(), elsewhere.Target(), changed.Target()));
        Assert.True(after.IsSuccessStatusCode);
        Assert.Null((await StoredAsync(made.WorkerId)).FirstPasswordUntil);
    }

    [Fact]
    public async Task Password_ThatEnded_LetsNobodyIn_AndSaysSoOnlyToWhoKnowsIt()
    {
        var worker = await app.Data.CreateWorkerAsync(change: w => (w.PasswordSetAt, w.FirstPasswordUntil) = (null, app.Clock.Now.AddMinutes(-1)));
        using var client = app.CreateClient();

        using var right = await client.EnterAsync(worker.UserName!, TestData.Password);
        using var wrong = await client.EnterAsync(worker.UserName!, "Not-The-One-1");

        Assert.Contains("初始密码已过期", (await right.ReadPageAsync()).TextOf("[role=alert], .notice")!, StringComparison.Ordinal);
        Assert.DoesNotContain("初始密码已过期", (await wrong.ReadPageAsync()).TextOf("[role=alert], .notice")!, StringComparison.Ordinal);
        Assert.Null(app.CookieOf(client, "anhu.session"));
        Assert.Equal([AccountEvents.SignInFailed, AccountEvents.SignInFailed], await app.EventsAboutAsync(worker));
        Assert.Equal(1, (await StoredAsync(worker.Id)).AccessFailedCount);
        using var administrator = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-police", roles: Modules.Security.WorkerRole.SystemAdministrator));
        Assert.Contains("初始密码已过期", (await administrator.GetPageAsync($"/workers/{worker.Id}")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndedPassword_IsGuessedNoMoreOften_AndANewOneOpensAgain()
    {
        var worker = await app.Data.CreateWorkerAsync(change: w => (w.PasswordSetAt, w.FirstPasswordUntil) = (null, app.Clock.Now.AddMinutes(-1)));
        using var client = app.CreateClient();
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await client.EnterAsync(worker.UserName!, "Not-The-One-1");
        }

        using var locked = await client.EnterAsync(worker.UserName!, TestData.Password);
        var made = (await app.WithAsync<WorkerAdministration, Result<FirstSignIn>>(workers => workers.ResetPasswordAsync(worker.Id, null, Ct))).Value;
        using var entered = await client.EnterAsync(worker.UserName!, made.Password);

        Assert.Contains("锁定", (await locked.ReadPageAsync()).TextOf("[role=alert], .notice")!, StringComparison.Ordinal);
        Assert.Equal("/", entered.Target());
    }

    private Task<Worker> StoredAsync(Guid id) => app.QueryAsync(db => db.Workers.AsNoTracking().SingleAsync(w => w.Id == id, Ct));
}
