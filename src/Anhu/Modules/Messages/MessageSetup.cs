using System.Security.Cryptography;
using System.Text;
using Anhu.Components.Ui;
using Anhu.Hosting;
using Anhu.Jobs;
using Anhu.Web;

namespace Anhu.Modules.Messages;

/// <summary>Sends what is due in the outbox, every few seconds.</summary>
internal sealed class OutboxJob(OutboxSender sender, TimeProvider time, ILogger<OutboxJob> logger) : PeriodicJob(TimeSpan.FromSeconds(5), time, logger)
{
    protected override Task RunAsync(CancellationToken ct) => sender.RunAsync(ct);
}

/// <summary>Services and routes of messages.</summary>
internal static class MessageSetup
{
    public static IServiceCollection AddMessages(this IServiceCollection services, AnhuSettings settings)
    {
        services.AddHttpClient(Gateways.ClientName, client => client.Timeout = TimeSpan.FromSeconds(Math.Max(1, settings.Messages.TimeoutSeconds)))
            // Whatever answers must not be able to send number and text elsewhere.
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false })
            // Kannel takes password, phone and text in the address: nothing of it may be logged.
            .RemoveAllLoggers();
        services.AddSingleton(MessageTemplates.Load(Path.Combine(settings.Content, "templates", "messages.yaml")));
        services.AddSingleton<CaseMessages>();
        services.AddSingleton<SendCaringMessageHandler>();
        services.AddSingleton<OutboxSender>();
        services.AddHostedService<OutboxJob>();
        _ = settings.Messages.Gateway switch
        {
            "http" when IsAddress(settings.Messages) => services.AddSingleton<IMessageGateway, HttpGateway>(),
            "kannel" when IsAddress(settings.Messages) => services.AddSingleton<IMessageGateway, KannelGateway>(),
            "file" => services.AddSingleton<IMessageGateway, FileGateway>(),
            _ => throw new InvalidOperationException("Anhu:Messages: Gateway is file, http or kannel; http and kannel need Url, with https where it is on another machine (or AllowHttp)."),
        };
        return services.AddFailureTexts<MessagesText>();
    }

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        // Gateways differ in how they ask; the answer is the same.
        foreach (var (method, name) in new[] { (HttpMethods.Get, "ReportDeliveryByGet"), (HttpMethods.Post, "ReportDelivery") })
        {
            app.MapMethods("/api/v1/messages/{id:guid}/delivery", [method], ReportAsync).AllowAnonymous().DisableAntiforgery()
                .WithTags("Messages").WithName(name).WithSummary("Delivery report of the message gateway, which names the agreed secret")
                .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        }
    }

    /// <summary>Status as Kannel counts (1 arrived, 2 and 16 not) or in words; other steps change nothing.</summary>
    private static async Task<IResult> ReportAsync(Guid id, string? secret, string? status, OutboxSender sender, AnhuSettings settings, CancellationToken ct)
    {
        if (settings.Messages.DeliverySecret is not { Length: > 0 } own
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret ?? ""), Encoding.UTF8.GetBytes(own)))
        {
            return Results.NotFound();
        }

        bool? arrived = status switch { "1" or "delivered" => true, "2" or "16" or "failed" => false, _ => null };
        return arrived is { } known && !await sender.ReportAsync(id, known, ct) ? Results.NotFound() : Results.NoContent();
    }

    private static bool IsAddress(MessageSettings settings) =>
        Uri.TryCreate(settings.Url, UriKind.Absolute, out var address) && (address.Scheme == "https" || (address.Scheme == "http" && (address.IsLoopback || settings.AllowHttp)));
}
