using System.Net;
using System.Net.Http.Json;
using Anhu.Hosting;
using Anhu.Modules.Account;
using Anhu.Modules.Messages;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Anhu.Tests.Messages;
using Anhu.Web;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Anhu.Tests.Operations;

/// <summary>Whom the program may ask, how it gets its secrets, and what a city may set stricter or otherwise (OWASP ASVS).</summary>
public sealed class ConfinementTests(ConfinementTests.City city) : IClassFixture<ConfinementTests.City>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_LeaveToHostsOfTheSettingsOnly_AndFollowNoRedirect()
    {
        var clients = city.Services.GetRequiredService<IHttpClientFactory>();
        using var messages = clients.CreateClient("messages");
        using var any = clients.CreateClient("of-tomorrow");
        var provider = city.Services.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(SingleSignOn.SchemeName).Backchannel;
        foreach (var client in (HttpClient[])[messages, any, provider])
        {
            // The same machine, another port; the same port by another name; what a provider's document could name.
            foreach (var address in (string[])[city.Elsewhere.Url, city.Known.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "http://169.254.169.254/latest/meta-data", "file:///etc/passwd"])
            {
                var refused = await Assert.ThrowsAnyAsync<Exception>(() => client.GetAsync(new Uri(address), Ct));
                Assert.Contains("Anhu:Outbound", refused.Message, StringComparison.Ordinal);
            }

            city.Known.Status = (int)HttpStatusCode.TemporaryRedirect;
            using var sent = await client.GetAsync(new Uri(city.Known.Url + "/x"), Ct);
            Assert.Equal(HttpStatusCode.TemporaryRedirect, sent.StatusCode);
        }

        Assert.Empty(city.Elsewhere.Received);
        Assert.Equal(["/x", "/x", "/x"], city.Known.Received.Select(r => r.Path));
    }

    [Fact]
    public void Hosts_AreNamedWithTheirPort()
    {
        var hosts = new OutboundHosts(new AnhuSettings { Outbound = ["Keys.Example.gov.cn", "10.1.2.3:8443"], Messages = new() { Gateway = "file", Url = "https://unused.example/" } });

        Assert.All(["https://keys.example.gov.cn/a?b", "https://10.1.2.3:8443/"], a => Assert.True(hosts.Has(new Uri(a))));
        Assert.All(
            ["http://keys.example.gov.cn/", "https://keys.example.gov.cn:8443/", "https://keys.example.gov.cn.evil.example/", "https://10.1.2.3/", "https://unused.example/", "ftp://keys.example.gov.cn:443/"],
            a => Assert.False(hosts.Has(new Uri(a))));
        Assert.All(["https://x", "x/path", "a@x", "", "x y"], e => Assert.Throws<FormatException>(() => new OutboundHosts(new AnhuSettings { Outbound = [e] })));
    }

    [Fact]
    public void Secrets_ComeFromFiles_NamedAsTheirSettings()
    {
        using var folder = new TestFolder();
        File.WriteAllText(Path.Combine(folder.Path, "Anhu__StorePassword"), "p@ss/wort:1\n");
        File.WriteAllText(Path.Combine(folder.Path, "Anhu__Messages__DeliverySecret"), "from the file");
        AnhuSettings Read(params (string Key, string? Value)[] more) => AnhuApp.Configuration(
            more.Append(("Anhu:Secrets", folder.Path)).ToDictionary(m => m.Item1, m => m.Item2)).GetSection("Anhu").Get<AnhuSettings>()!;

        var settings = Read(("Anhu:Store", "postgres://anhu@127.0.0.1/anhu"));

        Assert.Equal(("p@ss/wort:1", "from the file"), (settings.StorePassword, settings.Messages.DeliverySecret));
        Assert.Equal("p@ss/wort:1", new NpgsqlConnectionStringBuilder(StoreSetup.Open(settings).ConnectionString).Password);
        Assert.Equal("said", Read(("Anhu:Messages:DeliverySecret", "said")).Messages.DeliverySecret);
        Assert.Throws<DirectoryNotFoundException>(() => AnhuApp.Configuration(new Dictionary<string, string?> { ["Anhu:Secrets"] = Path.Combine(folder.Path, "none") }));
    }

    [Theory]
    [InlineData("postgres://a:b@127.0.0.1/anhu", "Prefer")]
    [InlineData("postgres://a:b@localhost/anhu?sslmode=disable", "Disable")]
    [InlineData("postgres://a:b@[::1]/anhu", "Prefer")]
    [InlineData("postgres://a:b@localhost/anhu?host=/run/postgresql", "Prefer")]
    [InlineData("postgres://a:b@localhost/anhu?host=db.example", "Require")]
    [InlineData("postgres://a:b@db.example/anhu", "Require")]
    [InlineData("postgres://a:b@10.0.0.7/anhu?sslmode=verify-full", "VerifyFull")]
    [InlineData("postgres://a:b@10.0.0.7/anhu?sslmode=prefer", null)]
    [InlineData("postgres://a:b@localhost/anhu?host=127.0.0.1,db.example&sslmode=prefer", null)]
    [InlineData("postgres://a:b@10.0.0.7/anhu?SSL%20Mode=Disable", null)]
    public void DatabaseElsewhere_IsReachedOverTlsOnly(string address, string? mode)
    {
        var settings = new AnhuSettings { Store = address };
        if (mode is null)
        {
            Assert.Contains("StoreWithoutTls", Assert.Throws<FormatException>(() => StoreSetup.Open(settings)).Message, StringComparison.Ordinal);
            settings.StoreWithoutTls = true;
            mode = address.Contains("prefer", StringComparison.Ordinal) ? "Prefer" : "Disable";
        }

        Assert.Equal(mode, new NpgsqlConnectionStringBuilder(StoreSetup.Open(settings).ConnectionString).SslMode.ToString());
    }

    [Fact]
    public void GatewayElsewhere_IsReachedOverTlsOnly()
    {
        void Build(string url, bool allow) => new ServiceCollection().AddMessages(new AnhuSettings { Messages = new() { Gateway = "kannel", Url = url, AllowHttp = allow } });

        Assert.Throws<InvalidOperationException>(() => Build("http://10.0.0.9:13013", false));
        Build("http://10.0.0.9:13013", true);
        Build("https://10.0.0.9:13013", false);
        Build("http://127.0.0.1:13013", false);
    }

    /// <summary>What is looked for can stand in the body; a city can refuse it in addresses.</summary>
    [Fact]
    public async Task Search_InTheBody_FindsTheSame_AndInTheAddress_IsRefusedWhereTheCitySaysSo()
    {
        var alarm = await city.SubmitAlarmAsync();
        var number = await city.QueryAsync(db => Task.FromResult(db.Cases.Single(c => c.CaseId == alarm.CaseId).CaseNumber));
        using var client = await city.SignInAsync(await city.Data.CreateWorkerAsync("340104-police"));

        using var found = await client.PostAsJsonAsync("/api/v1/cases/search", new { q = number }, Ct);
        using var wrong = await client.PostAsJsonAsync("/api/v1/cases/search", new { q = number, limit = 0, state = "x" }, Ct);
        using var unknown = await client.PostAsJsonAsync("/api/v1/cases/search", new { q = number, owner = "x" }, Ct);
        using var inAddress = await client.GetAsync($"/api/v1/cases?q={number}", Ct);
        using var list = await client.GetAsync("/api/v1/cases?limit=1", Ct);

        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.Contains(alarm.CaseId.ToString(), await found.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.OK), (wrong.StatusCode, unknown.StatusCode, inAddress.StatusCode, list.StatusCode));
        var problem = await wrong.Content.ReadAsStringAsync(Ct);
        Assert.Contains("\"limit\"", problem, StringComparison.Ordinal);
        Assert.Contains("\"state\"", problem, StringComparison.Ordinal);
        Assert.Contains(await city.QueryAsync(db => Task.FromResult(db.Views.Where(v => v.Type == Anhu.Modules.Audit.ViewTypes.Search).Select(v => v.Data).ToList())), d => d.Contains("api", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Passwords_OfOneKind_ThatDoNotGrowOld_AreTheCitysChoice()
    {
        var worker = await city.Data.CreateWorkerAsync();
        var changed = await city.WithAsync<WorkerManager, bool>(async workers =>
            (await workers.ChangePasswordAsync((await workers.FindByIdAsync(worker.Id.ToString()))!, TestData.Password, "marmelade kuckuck treppe")).Succeeded);
        using var client = await city.SignInAsync(worker);
        var page = await client.GetPageAsync("/profile/password");

        Assert.True(changed);
        Assert.Equal(DateTimeOffset.MaxValue, PasswordRules.DueAt(worker, new() { PasswordDays = 0 }));
        Assert.Equal(worker.PasswordSetAt!.Value.AddDays(90), PasswordRules.DueAt(worker, new()));
        Assert.DoesNotContain("种", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.All([new SecuritySettings { PasswordKinds = 0 }, new SecuritySettings { PasswordKinds = 5 }, new SecuritySettings { PasswordDays = -1 }], s => Assert.Throws<FormatException>(s.CheckPasswords));
    }

    public sealed class City : AnhuFixture
    {
        public GatewayServer Known { get; private set; } = default!;

        public GatewayServer Elsewhere { get; private set; } = default!;

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Known.DisposeAsync();
            await Elsewhere.DisposeAsync();
        }

        protected override async Task PrepareAsync() => (Known, Elsewhere) = (await GatewayServer.StartAsync(), await GatewayServer.StartAsync());

        protected override void Configure(Dictionary<string, string?> settings)
        {
            settings["Anhu:Messages:Gateway"] = "http";
            settings["Anhu:Messages:Url"] = Known.Url + "/send";
            settings["Anhu:SignOn:Authority"] = Known.Url;
            settings["Anhu:SignOn:AllowHttp"] = "true";
            settings["Anhu:Clients:SearchInAddress"] = "false";
            settings["Anhu:Security:PasswordKinds"] = "1";
            settings["Anhu:Security:PasswordDays"] = "0";
        }
    }
}
