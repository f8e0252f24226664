using System.Net;
using System.Net.Http.Headers;
using Anhu.Common;
using Anhu.Modules.Clients;
using Anhu.Testing;

namespace Anhu.Tests.Clients;

public sealed class RateLimitTests(RateLimitTests.City city) : IClassFixture<RateLimitTests.City>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_OverItsRate_IsToldWhenToComeBack_AndOthersAreNotHeldUp()
    {
        using var hasty = await SignInAsync();
        using var other = await SignInAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => hasty.GetAsync(new Uri("/api/v1/units?limit=1", UriKind.Relative), Ct)));

        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        using var calm = await other.GetAsync(new Uri("/api/v1/units?limit=1", UriKind.Relative), Ct);

        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.NotNull(a.Headers.RetryAfter));
        Assert.All(refused, a => Assert.Equal("application/problem+json", a.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HttpStatusCode.OK, calm.StatusCode);
    }

    private async Task<HttpClient> SignInAsync()
    {
        var client = city.CreateClient();
        var made = await city.WithAsync<ClientAdministration, Result<ClientCredentials>>(c => c.AddAsync("test", "340104-police", ["cases.read"], Ct));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = made.Value.ClientId, ["client_secret"] = made.Value.Secret,
        });
        using var answer = await client.PostAsync(new Uri("/connect/token", UriKind.Relative), form, Ct);
        using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", json.RootElement.GetProperty("access_token").GetString());
        return client;
    }

    public sealed class City : AnhuFixture
    {
        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Clients:RequestsPerSecond"] = "1";
    }
}
