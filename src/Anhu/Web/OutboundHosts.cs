namespace Anhu.Web;

/// <summary>Whom the program may ask over HTTP: the hosts of its own settings and those in <c>Anhu:Outbound</c>, nobody else.</summary>
public sealed class OutboundHosts
{
    private readonly HashSet<(string Host, int Port)> known = [];

    /// <summary>Reads them from the settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <exception cref="FormatException">An entry is no host.</exception>
    public OutboundHosts(AnhuSettings settings)
    {
        var messages = settings.Messages.Gateway == "file" ? null : settings.Messages.Url;
        foreach (var address in (string?[])[messages, settings.SignOn.Authority, .. settings.Audit.CheckpointsTo])
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            {
                known.Add(Of(uri));
            }
        }

        foreach (var entry in settings.Outbound)
        {
            known.Add(Uri.TryCreate($"https://{entry}", UriKind.Absolute, out var uri) && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 && !entry.EndsWith('/')
                ? Of(uri) : throw new FormatException($"Anhu:Outbound takes hosts such as keys.example.gov.cn and 10.1.2.3:8443, not {entry}."));
        }
    }

    /// <summary>Whether an address is one of them.</summary>
    /// <param name="address">The address.</param>
    public bool Has(Uri? address) => address is { IsAbsoluteUri: true, Scheme: "http" or "https" } && known.Contains(Of(address));

    private static (string Host, int Port) Of(Uri address) => (address.IdnHost.ToLowerInvariant(), address.Port);
}

/// <summary>Stops what would go elsewhere, whatever led there: a setting of another program, a document of the identity provider, a bug.</summary>
/// <param name="hosts">Who may be asked.</param>
/// <param name="logger">Log.</param>
public sealed partial class OutboundGuard(OutboundHosts hosts, ILogger<OutboundGuard> logger) : DelegatingHandler
{
    /// <inheritdoc />
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (hosts.Has(request.RequestUri))
        {
            return base.SendAsync(request, cancellationToken);
        }

        // Path and query may hold a number, a text, a password.
        LogRefused(request.RequestUri?.IdnHost ?? "", request.RequestUri?.Port ?? 0);
        throw new HttpRequestException(HttpRequestError.Unknown, "The host is none that the settings name (Anhu:Outbound).");
    }

    [LoggerMessage(LogLevel.Error, "A request to {Host}:{Port} was refused: no setting names it (Anhu:Outbound)")]
    private partial void LogRefused(string host, int port);
}

/// <summary>Services of outgoing requests.</summary>
internal static class OutboundSetup
{
    /// <summary>Puts the guard before every client that the program makes.</summary>
    public static IServiceCollection AddOutbound(this IServiceCollection services, AnhuSettings settings)
    {
        services.AddSingleton(new OutboundHosts(settings));
        services.AddTransient<OutboundGuard>();
        return services.ConfigureHttpClientDefaults(static client => client
            // A redirect is followed below the guard, which would not see where it leads.
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false })
            .AddHttpMessageHandler<OutboundGuard>());
    }
}
