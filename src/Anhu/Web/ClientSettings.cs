
namespace Anhu.Web;

/// <summary>How many requests of API clients are let through; section <c>Anhu:Clients</c>.</summary>
public sealed class ClientSettings
{
    /// <summary>Requests per second of one client, also its burst; 0 for no limit.</summary>
    public int RequestsPerSecond { get; set; } = 5000;

    /// <summary>Wrong sign-ins per minute of one client from one address before further ones are refused unseen; ten times as many from one address.</summary>
    public int TokenFailuresPerMinute { get; set; } = 10;
}
