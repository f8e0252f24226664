using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Modules.Clients;
using Anhu.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

/// <summary>What tests with real processes share: a system that may sign in, and alarms of people who are not known yet.</summary>
internal static class ServedCity
{
    private static int number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Makes a system that may send alarms, read cases and follow the feed.</summary>
    public static async Task<ClientCredentials> AddClientAsync(this OpenCity city)
    {
        await using var scope = city.Services.CreateAsyncScope();
        var made = await scope.ServiceProvider.GetRequiredService<ClientAdministration>()
            .AddAsync("110", "340100-police", ["alarms.write", "cases.read", "feed.read"], Ct);
        return made.Value;
    }

    public static Task<HttpClient> SignInAsync(this AnhuProcess program, ClientCredentials client) => program.SignInAsync(client.ClientId, client.Secret, Ct);

    /// <summary>Sends an alarm.</summary>
    /// <returns>The answer and the alarm's id in its source.</returns>
    public static async Task<(HttpResponseMessage Response, string SourceId)> SendAlarmAsync(this HttpClient http, string? sourceId = null, int padding = 0)
    {
        var n = Interlocked.Increment(ref number);
        var id = sourceId ?? $"a{n}";
        var response = await http.PutAsJsonAsync(
            $"/api/v1/alarms/110/{id}",
            new
            {
                Revision = 1, ReceivedAt = "2026-11-22T20:15:03+08:00", Channel = "phone", Category = "domestic-violence", Summary = "家中殴打" + new string('打', padding),
                People = new object[] { new { Role = "victim", Name = $"王{n}", Phone = $"138{n:00000000}" }, new { Role = "perpetrator", Name = $"李{n}" } },
            },
            Ct);
        return (response, id);
    }

    /// <summary>Waits until the node is ready.</summary>
    public static Task ReadyAsync(this HttpClient http, bool ready = true) => Until.TrueAsync(async () =>
    {
        using var response = await http.GetAsync("/health/ready", Ct);
        return response.StatusCode == (ready ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
    });

    public static Task<JsonElement> JsonAsync(this HttpResponseMessage response) => response.Content.ReadFromJsonAsync<JsonElement>(Ct);
}
