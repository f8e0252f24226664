using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Modules.Clients;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Clients;

public sealed class TokenTests(RunningCity city) : IClassFixture<RunningCity>
{
    private const string Units = "/api/v1/units?limit=1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_OfAClient_OpensWhatItsScopeGives()
    {
        var client = await city.AddClientAsync("cases.read", "alarms.write");

        using var issued = await city.AskTokenAsync(client.ClientId, client.Secret);
        var json = await issued.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal("Bearer", json.GetProperty("token_type").GetString());
        Assert.InRange(json.GetProperty("expires_in").GetInt32(), 3590, 3600);
        var token = json.GetProperty("access_token").GetString();
        for (var again = 0; again < 3; again++)
        {
            using var response = await city.GetAsync(Units, token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Token_WithoutTheScope_IsForbidden()
    {
        var client = await city.AddClientAsync("cases.read", "alarms.write");
        var token = await city.TokenAsync(client, "alarms.write");

        using var response = await city.GetAsync(Units, token);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("feed.read")]
    [InlineData("everything")]
    public async Task Token_ForAScopeThatTheClientHasNot_IsRefused(string scope)
    {
        var client = await city.AddClientAsync("cases.read");

        using var response = await city.AskTokenAsync(client.ClientId, client.Secret, scope);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Token_WithAWrongSecret_IsRefused_AndSoonNotEvenLookedAt()
    {
        var client = await city.AddClientAsync("cases.read");
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var refused = await city.AskTokenAsync(client.ClientId, "wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using var response = await city.AskTokenAsync(client.ClientId, client.Secret);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        var other = await city.AddClientAsync("cases.read");
        Assert.NotEmpty(await city.TokenAsync(other));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")]
    public async Task Request_WithoutAGoodToken_IsUnauthorised(string? token)
    {
        using var response = await city.GetAsync(Units, token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Token_OfARemovedClient_Ends()
    {
        var client = await city.AddClientAsync("cases.read");
        var token = await city.TokenAsync(client);
        using (var before = await city.GetAsync(Units, token))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        await using var scope = city.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ClientAdministration>().RemoveAsync(client.ClientId, Ct);

        using var after = await city.GetAsync(Units, token);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        using var again = await city.AskTokenAsync(client.ClientId, client.Secret);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task Token_OfBeforeARotation_Ends()
    {
        var client = await city.AddClientAsync("cases.read");
        var token = await city.TokenAsync(client);
        await using var scope = city.Services.CreateAsyncScope();

        var renewed = await scope.ServiceProvider.GetRequiredService<ClientAdministration>().RotateAsync(client.ClientId, TimeSpan.Zero, null, Ct);

        using var old = await city.GetAsync(Units, token);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        using var oldSecret = await city.AskTokenAsync(client.ClientId, client.Secret);
        Assert.Equal(HttpStatusCode.Unauthorized, oldSecret.StatusCode);
        using var response = await city.GetAsync(Units, await city.TokenAsync(renewed.Value));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
