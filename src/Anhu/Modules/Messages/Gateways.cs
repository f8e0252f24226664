using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Web;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Web;

namespace Anhu.Modules.Messages;

/// <summary>For development: writes messages as lines into the data folder instead of sending them.</summary>
internal sealed class FileGateway(AnhuSettings settings, TimeProvider time) : IMessageGateway, IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);

    public async Task<GatewayAnswer> SendAsync(OutboxMessage message, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            Directory.CreateDirectory(settings.Data);
            var line = JsonSerializer.Serialize(new { id = message.OutboxMessageId, at = time.Now, to = message.Phone, text = message.Text }, Gateways.Json);
            await File.AppendAllTextAsync(Path.Combine(settings.Data, "messages.ndjson"), line + "\n", ct);
            return GatewayAnswer.Taken("file");
        }
        catch (IOException e)
        {
            return GatewayAnswer.Later(e.GetType().Name);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}

/// <summary>Any gateway that takes a JSON POST: <c>{id, to, from, text, reportUrl}</c> with a bearer token; <c>2xx</c> means taken.</summary>
internal sealed class HttpGateway(IHttpClientFactory clients, AnhuSettings settings) : IMessageGateway
{
    public Task<GatewayAnswer> SendAsync(OutboxMessage message, CancellationToken ct) => Gateways.TryAsync(async () =>
    {
        var own = settings.Messages;
        using var request = new HttpRequestMessage(HttpMethod.Post, own.Url);
        request.Headers.Authorization = own.Token is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token) : null;
        request.Headers.Add("Idempotency-Key", message.OutboxMessageId.ToString());
        request.Content = JsonContent.Create(
            new { id = message.OutboxMessageId, to = message.Phone, from = own.From, text = message.Text, reportUrl = Gateways.ReportUrl(own, message, null) }, options: Gateways.Json);
        using var answer = await clients.CreateClient(Gateways.ClientName).SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode)
        {
            return Gateways.Refused(answer.StatusCode);
        }

        var body = await answer.Content.ReadAsStringAsync(ct);
        return GatewayAnswer.Taken(Reference(body));
    }, ct);

    /// <summary>The <c>id</c> of the answer, where it is JSON that has one.</summary>
    private static string? Reference(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("id", out var id) && id.ToString() is { Length: <= 100 } text ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Kannel's sendsms: <c>GET /cgi-bin/sendsms</c>, UCS-2 text in UTF-8, delivery reports to a URL.</summary>
internal sealed class KannelGateway(IHttpClientFactory clients, AnhuSettings settings) : IMessageGateway
{
    // Arrived 1, not arrived 2, refused by the centre 16; the steps in between are of no interest.
    private const int ReportMask = 1 | 2 | 16;

    public Task<GatewayAnswer> SendAsync(OutboxMessage message, CancellationToken ct) => Gateways.TryAsync(async () =>
    {
        var own = settings.Messages;
        var query = HttpUtility.ParseQueryString("");
        query["username"] = own.UserName;
        query["password"] = own.Password;
        query["from"] = own.From;
        query["to"] = message.Phone;
        query["text"] = message.Text;
        query["charset"] = "UTF-8";
        query["coding"] = MessageText.EncodingOf(message.Text) == MessageEncoding.Gsm7 ? "0" : "2";
        if (Gateways.ReportUrl(own, message, "%d") is { } report)
        {
            query["dlr-mask"] = ReportMask.ToString(CultureInfo.InvariantCulture);
            query["dlr-url"] = report;
        }

        var address = new UriBuilder(new Uri(new Uri(own.Url!), "/cgi-bin/sendsms")) { Query = Encoded(query) }.Uri;
        using var answer = await clients.CreateClient(Gateways.ClientName).GetAsync(address, ct);
        var body = await answer.Content.ReadAsStringAsync(ct);
        return answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK
            ? GatewayAnswer.Taken(body.Length > 100 ? body[..100] : body)
            : Gateways.Refused(answer.StatusCode);
    }, ct);

    /// <summary>Percent codes in UTF-8; .NET's own collection writes the text as %u….</summary>
    private static string Encoded(System.Collections.Specialized.NameValueCollection query) => string.Join(
        '&', query.AllKeys.Where(k => query[k] is not null).Select(k => $"{k}={Uri.EscapeDataString(query[k]!)}"));
}

/// <summary>What gateways share.</summary>
internal static class Gateways
{
    public const string ClientName = "messages";

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where the gateway reports what became of a message.</summary>
    public static string? ReportUrl(MessageSettings settings, OutboxMessage message, string? status) =>
        settings is { PublicUrl: { Length: > 0 } url, DeliverySecret: { Length: > 0 } secret }
            ? $"{url.TrimEnd('/')}/api/v1/messages/{message.OutboxMessageId}/delivery?secret={Uri.EscapeDataString(secret)}" + (status is null ? "" : $"&status={status}")
            : null;

    /// <summary>Faults of the line are answers; what they say holds no address, since Kannel's carries password, phone and text.</summary>
    public static async Task<GatewayAnswer> TryAsync(Func<Task<GatewayAnswer>> send, CancellationToken ct)
    {
        try
        {
            return await send();
        }
        catch (HttpRequestException e)
        {
            return GatewayAnswer.Later($"no connection ({e.HttpRequestError})");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return GatewayAnswer.Later("timeout");
        }
    }

    /// <summary>An overloaded or broken gateway is tried again; one that holds the message wrong is not.</summary>
    public static GatewayAnswer Refused(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? GatewayAnswer.Later($"status {(int)status}")
            : GatewayAnswer.Never($"status {(int)status}");
}
