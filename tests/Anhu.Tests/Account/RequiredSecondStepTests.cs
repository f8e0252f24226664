using System.Net;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Web;

namespace Anhu.Tests.Account;

/// <summary>Administrators turn the second step on before they do anything else.</summary>
public sealed class RequiredSecondStepTests(RequiredSecondStepTests.StrictFixture app) : IClassFixture<RequiredSecondStepTests.StrictFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WorkerRole.SystemAdministrator)]
    [InlineData(WorkerRole.SecurityAdministrator)]
    [InlineData(WorkerRole.Supervisor)]
    public async Task Worker_OfARoleThatMust_IsLedToTurnItOn_AndThenGoesOn(WorkerRole role)
    {
        var worker = await app.Data.CreateWorkerAsync(roles: role);
        using var client = app.CreateClient();

        using var signedIn = await client.EnterAsync(worker.UserName!, TestData.Password);
        using var home = await client.GetAsync("/", Ct);
        using var api = await client.GetAsync("/api/v1/units", Ct);
        var page = await client.GetPageAsync("/profile/two-step");
        var key = page.TextOf(".secret-key")!.Replace(" ", "", StringComparison.Ordinal);
        using var on = await client.SubmitAsync(page, "two-step-off", new() { ["Input.Code"] = TwoStepTests.Code(key, 0) });
        using var after = await client.GetAsync("/", Ct);

        Assert.Equal(("/profile/two-step", HttpStatusCode.Forbidden), (home.Target(), api.StatusCode));
        Assert.NotNull(page.QuerySelector(".notice"));
        Assert.NotNull((await on.ReadPageAsync()).QuerySelector(".recovery-codes"));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Null((await client.GetPageAsync("/profile/two-step")).QuerySelector("button[value=off]"));
    }

    [Fact]
    public async Task Worker_OfAnotherRole_IsNotAsked()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        using var home = await client.GetAsync("/", Ct);

        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
    }

    [Fact]
    public void Settings_AreTheAdministratorsByDefault_NobodysInADemo_AndRefuseWhatIsNoRole()
    {
        static bool Asks(AnhuSettings settings, WorkerRole role) => RequiredSecondStep.DefaultOf(settings).Contains(role);

        Assert.True(Asks(new AnhuSettings(), WorkerRole.AuditAdministrator));
        Assert.False(Asks(new AnhuSettings(), WorkerRole.Supervisor));
        Assert.False(Asks(new AnhuSettings { Demo = true }, WorkerRole.AuditAdministrator));
        Assert.False(Asks(new AnhuSettings { Security = new() { RequireTotp = [SecuritySettings.Nobody] } }, WorkerRole.AuditAdministrator));
        Assert.Throws<FormatException>(() => Asks(new AnhuSettings { Security = new() { RequireTotp = ["boss"] } }, WorkerRole.Supervisor));
    }

    public sealed class StrictFixture : AnhuFixture
    {
        protected override void Configure(Dictionary<string, string?> settings)
        {
            settings["Anhu:Security:RequireTotp:0"] = "system-administrator";
            settings["Anhu:Security:RequireTotp:1"] = "security-administrator";
            settings["Anhu:Security:RequireTotp:2"] = "supervisor";
        }
    }
}
