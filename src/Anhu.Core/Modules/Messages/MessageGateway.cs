namespace Anhu.Modules.Messages;

/// <summary>How messages leave, settings section <c>Anhu:Messages</c>.</summary>
public sealed class MessageSettings
{
    /// <summary><c>file</c> (development: writes lines into the data folder), <c>http</c> or <c>kannel</c>.</summary>
    public string Gateway { get; set; } = "file";

    /// <summary>Address of the gateway: the endpoint for <c>http</c>, the server for <c>kannel</c>.</summary>
    public string? Url { get; set; }

    /// <summary>Whether a gateway on another machine may be reached without TLS.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Bearer token for <c>http</c>.</summary>
    public string? Token { get; set; }

    /// <summary>User name for <c>kannel</c>.</summary>
    public string? UserName { get; set; }

    /// <summary>Password for <c>kannel</c>.</summary>
    public string? Password { get; set; }

    /// <summary>Sender as the phone shows it; neutral.</summary>
    public string? From { get; set; }

    /// <summary>This program's address as the gateway reaches it, for delivery reports; none without it.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>What a delivery report must carry; none are taken without it.</summary>
    public string? DeliverySecret { get; set; }

    /// <summary>How long one try may take, seconds.</summary>
    public int TimeoutSeconds { get; set; } = 20;
}

/// <summary>What a gateway answered to one message.</summary>
/// <param name="Accepted">It took the message.</param>
/// <param name="Reference">Its reference.</param>
/// <param name="Error">Why not; no personal data.</param>
/// <param name="TryAgain">Another try may succeed.</param>
public sealed record GatewayAnswer(bool Accepted, string? Reference, string? Error, bool TryAgain)
{
    /// <summary>Taken.</summary>
    /// <param name="reference">The gateway's reference.</param>
    public static GatewayAnswer Taken(string? reference) => new(true, reference, null, false);

    /// <summary>Not taken now.</summary>
    /// <param name="error">Why.</param>
    public static GatewayAnswer Later(string error) => new(false, null, error, true);

    /// <summary>Not taken, and never will be.</summary>
    /// <param name="error">Why.</param>
    public static GatewayAnswer Never(string error) => new(false, null, error, false);
}

/// <summary>What hands messages on to the telephone network.</summary>
public interface IMessageGateway
{
    /// <summary>Hands one message on. Faults of the line are answers, not exceptions.</summary>
    /// <param name="message">The message; its key recognises repeats.</param>
    /// <param name="ct">Cancels.</param>
    Task<GatewayAnswer> SendAsync(OutboxMessage message, CancellationToken ct);
}
