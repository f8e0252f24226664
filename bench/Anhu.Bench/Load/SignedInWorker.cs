using System.Net;

namespace Anhu.Bench.Load;

/// <summary>A worker's session, as the browser keeps it.</summary>
internal sealed class SignedInWorker(Site site, CookieContainer cookies)
{
    /// <summary>
    /// The header that signs in. Waits until the program takes the session as it is: after a change of any account it looks
    /// at each session anew for a minute and answers with a new cookie, and later it renews cookies older than a minute. A browser takes
    /// the new one; a driver that went on with the old one would measure that look with every page.
    /// </summary>
    public async Task<string> HeaderAsync()
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = cookies };
        using var http = new HttpClient(handler) { BaseAddress = site.Address };
        for (var i = 0; i < 90; i++)
        {
            using var home = await http.GetAsync(new Uri("/", UriKind.Relative));
            if (!home.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"The session ended: {(int)home.StatusCode}");
            }

            if (!home.Headers.TryGetValues("Set-Cookie", out var set) || !set.Any(c => c.StartsWith("anhu.session", StringComparison.Ordinal)))
            {
                break;
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        return $"Cookie: {cookies.GetCookieHeader(site.Address)}\r\nAccept: text/html\r\n";
    }
}
