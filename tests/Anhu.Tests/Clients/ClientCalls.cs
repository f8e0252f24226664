using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Modules.Clients;

namespace Anhu.Tests.Clients;

/// <summary>What a system does: asks for a token, calls with it.</summary>
internal static class ClientCalls
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<HttpResponseMessage> AskTokenAsync(HttpClient http, ClientCredentials client)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = client.ClientId, ["client_secret"] = client.Secret,
        });
        return await http.PostAsync(new Uri("/connect/token", UriKind.Relative), form, Ct);
    }

    public static async Task<string> TokenAsync(HttpClient http, ClientCredentials client)
    {
        using var answer = await AskTokenAsync(http, client);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json.GetProperty("access_token").GetString()!;
    }

    public static async Task<HttpResponseMessage> GetAsync(HttpClient http, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, Ct);
    }
}
