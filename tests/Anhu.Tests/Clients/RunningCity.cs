using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Clients;
using Anhu.Testing;

namespace Anhu.Tests.Clients;

/// <summary>The program, with helpers to sign in as a system.</summary>
public sealed class RunningCity : AnhuFixture
{
    private HttpClient? http;

    public HttpClient Http => http ??= CreateClient();

    protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Clients:TokenFailuresPerMinute"] = "5";

    public async Task<ClientCredentials> AddClientAsync(params string[] scopes)
    {
        var made = await WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.AddAsync("110 接警", "340104-police", scopes, Ct));
        return made.Value;
    }

    public Task<HttpResponseMessage> AskTokenAsync(string id, string secret, string? scope = null)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = id, ["client_secret"] = secret };
        if (scope is not null)
        {
            form["scope"] = scope;
        }

        return Http.PostAsync(new Uri("/connect/token", UriKind.Relative), new FormUrlEncodedContent(form), Ct);
    }

    public async Task<string> TokenAsync(ClientCredentials client, string? scope = null)
    {
        using var response = await AskTokenAsync(client.ClientId, client.Secret, scope);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.True(response.IsSuccessStatusCode, json.ToString());
        return json.GetProperty("access_token").GetString()!;
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await Http.SendAsync(request, Ct);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
