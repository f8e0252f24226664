using System.Net;
using Anhu.Common;
using Anhu.Modules.Clients;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Clients;

/// <summary>A system changes its secret without a gap: for a stated time two are taken, and then one.</summary>
public sealed class SecretRotationTests(SecretRotationTests.City city) : IClassFixture<SecretRotationTests.City>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotation_WithOverlap_TakesBothSecrets_ThenTheNewOneOnly()
    {
        var old = await AddAsync();

        var renewed = await RotateAsync(old.ClientId, TimeSpan.FromHours(24));

        Assert.Equal((true, true), (await TakesAsync(old), await TakesAsync(renewed)));
        city.Time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));
        Assert.Equal((false, true), (await TakesAsync(old), await TakesAsync(renewed)));
        Assert.Contains(OrganisationEvents.ClientRotated, await EventsAsync(old.ClientId));
    }

    [Fact]
    public async Task SecondRotation_WithinTheOverlap_EndsTheOldest()
    {
        var first = await AddAsync();
        var second = await RotateAsync(first.ClientId, TimeSpan.FromDays(7));

        var third = await RotateAsync(first.ClientId, TimeSpan.FromDays(7));

        Assert.Equal((false, true, true), (await TakesAsync(first), await TakesAsync(second), await TakesAsync(third)));
    }

    [Fact]
    public async Task OldSecret_EndedBeforeItsTime_IsRefused_AndTokensEnd()
    {
        var old = await AddAsync();
        var renewed = await RotateAsync(old.ClientId, TimeSpan.FromDays(7));
        var token = await city.TokenAsync(old);
        using var before = await city.GetAsync("/api/v1/units?limit=1", token);

        Assert.True((await city.WithAsync<ClientAdministration, Result>(clients => clients.EndOldSecretAsync(old.ClientId, null, Ct))).IsOk);

        using var after = await city.GetAsync("/api/v1/units?limit=1", token);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
        Assert.Equal((false, true), (await TakesAsync(old), await TakesAsync(renewed)));
        Assert.Contains(OrganisationEvents.ClientOldSecretEnded, await EventsAsync(old.ClientId));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(721)]
    public async Task Overlap_ThatIsNone_IsRefused(int hours)
    {
        var client = await AddAsync();

        var refused = await city.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.RotateAsync(client.ClientId, TimeSpan.FromHours(hours), null, Ct));

        Assert.Equal("clients.overlap", refused.Failure!.Code);
        Assert.True(await TakesAsync(client));
    }

    [Fact]
    public async Task Page_RotatesAndBinds_ForSecurityAdministratorsOfThatRegionOnly()
    {
        var client = await AddAsync();
        using var administrator = await city.SignInAsync(await city.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.SecurityAdministrator));
        using var elsewhere = await city.SignInAsync(await city.Data.CreateWorkerAsync("340102-police", roles: WorkerRole.SecurityAdministrator));
        using var system = await city.SignInAsync(await city.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.SystemAdministrator));
        var path = $"/security/clients/{client.ClientId}";
        using var notTheirs = await elsewhere.GetAsync(path, Ct);
        using var notAllowed = await system.GetAsync(path, Ct);

        using var rotated = await administrator.SubmitAsync(await administrator.GetPageAsync(path), "rotate", new() { ["Input.Overlap"] = "24" });
        var secret = (await rotated.ReadPageAsync()).TextOf(".secret-key")!;
        using var wrong = await administrator.SubmitAsync(await administrator.GetPageAsync(path), "bind", new() { ["Bind.Thumbprint"] = "abc" });
        using var bound = await administrator.SubmitAsync(await administrator.GetPageAsync(path), "bind", new() { ["Bind.Thumbprint"] = string.Concat(Enumerable.Repeat("AB:", 31)) + "AB" });

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Forbidden), (notTheirs.StatusCode, notAllowed.StatusCode));
        Assert.NotEqual(client.Secret, secret);
        Assert.Contains("64", (await wrong.ReadPageAsync()).TextOf("form-errors")!, StringComparison.Ordinal);
        Assert.Equal(path, bound.Headers.Location!.ToString().Replace(city.Address.ToString().TrimEnd('/'), "", StringComparison.Ordinal));
        Assert.Contains("已绑定", (await administrator.GetPageAsync("/security/clients")).Source.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(client.ClientId, (await elsewhere.GetPageAsync("/security/clients")).Source.Text, StringComparison.Ordinal);

        // Without the certificate neither the secret nor a token is of use.
        Assert.False(await TakesAsync(new ClientCredentials(client.ClientId, secret)));
        Assert.Contains(OrganisationEvents.ClientCertificateBound, await EventsAsync(client.ClientId));
    }

    private async Task<ClientCredentials> AddAsync() =>
        (await city.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.AddAsync("secrets", "340104-police", ["cases.read"], Ct))).Value;

    private async Task<ClientCredentials> RotateAsync(string clientId, TimeSpan overlap) =>
        (await city.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.RotateAsync(clientId, overlap, null, Ct))).Value;

    private async Task<bool> TakesAsync(ClientCredentials client)
    {
        using var answer = await city.AskTokenAsync(client);
        return answer.IsSuccessStatusCode;
    }

    private async Task<List<string>> EventsAsync(string clientId) => [.. (await city.QueryAsync(db => db.Timeline.Where(e => e.Type.StartsWith("security.client")).ToListAsync(Ct)))
        .Where(e => e.Data.Contains(clientId, StringComparison.Ordinal)).Select(e => e.Type)];

    public sealed class City : FakeTimeFixture
    {
        private HttpClient? http;

        public Task<HttpResponseMessage> AskTokenAsync(ClientCredentials client) => ClientCalls.AskTokenAsync(Http, client);

        public Task<string> TokenAsync(ClientCredentials client) => ClientCalls.TokenAsync(Http, client);

        public Task<HttpResponseMessage> GetAsync(string path, string token) => ClientCalls.GetAsync(Http, path, token);

        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Clients:TokenFailuresPerMinute"] = "1000";

        private HttpClient Http => http ??= CreateClient();
    }
}
