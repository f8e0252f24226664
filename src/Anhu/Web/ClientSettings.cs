
namespace Anhu.Web;

/// <summary>How many requests of API clients are let through; section <c>Anhu:Clients</c>.</summary>
public sealed class ClientSettings
{
    /// <summary>Requests per second of one client, also its burst; 0 for no limit.</summary>
    public int RequestsPerSecond { get; set; } = 5000;

    /// <summary>Whether <c>GET /api/v1/cases</c> takes what is looked for in its address; where not, <c>POST /api/v1/cases/search</c> does.</summary>
    public bool SearchInAddress { get; set; } = true;

    /// <summary>Whether HTTPS endpoints of the program ask for a client's certificate; who has none connects all the same, unless a certificate is bound to the client.</summary>
    public bool AcceptCertificates { get; set; }

    /// <summary>Wrong sign-ins per minute of one client from one address before further ones are refused unseen; ten times as many from one address.</summary>
    public int TokenFailuresPerMinute { get; set; } = 10;
}
