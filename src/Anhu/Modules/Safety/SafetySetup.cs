using Anhu.Data;
using Anhu.Modules.Account;
using Anhu.Modules.Feed;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Anhu.Modules.Safety;

/// <summary>Leaving a page in a hurry: <c>/exit</c> ends the session and goes to a site that tells nothing.</summary>
internal static class SafetySetup
{
    private const string Path = "/exit";

    /// <summary>
    /// Stands before authentication, so that it works while the store is away. A link is enough for it, without script and without a
    /// token: that somebody is sent away by a stranger's page does no harm, that somebody can't get away does.
    /// </summary>
    /// <param name="app">The program.</param>
    public static void UseExit(this WebApplication app)
    {
        var target = app.Services.GetRequiredService<AnhuSettings>().Exit.Target;
        app.Use((context, next) => context.Request.Path == Path && HttpMethods.IsGet(context.Request.Method) ? LeaveAsync(context, target) : next(context));
    }

    private static async Task LeaveAsync(HttpContext http, string target)
    {
        if (http.Request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase))
        {
            // Fetched in advance, nobody has left.
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        http.Response.Redirect(target);
        if (http.Request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            return;
        }

        foreach (var name in http.Request.Cookies.Keys.Where(n => n.StartsWith("anhu.", StringComparison.Ordinal)))
        {
            http.Response.Cookies.Delete(name);
        }

        try
        {
            await EndSessionAsync(http);
        }
        catch (Exception e) when (http.RequestServices.GetRequiredService<CityStore>().IsAway(e))
        {
            // The cookies are gone; the session itself ends when it is idle.
        }
    }

    private static async Task EndSessionAsync(HttpContext http)
    {
        var found = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (found.Principal is null)
        {
            return;
        }

        http.User = found.Principal;
        // The browser may hang up at once, and the session must still end.
        await http.RequestServices.GetRequiredService<WorkerSignIn>().LeaveAsync(CancellationToken.None);
        await http.RequestServices.GetRequiredService<WorkerSessions>().ChangedAsync(null, CancellationToken.None);
        if (Caller.From(found.Principal)?.WorkerId is { } worker)
        {
            http.RequestServices.GetRequiredService<FeedSessions>().End(user => Caller.From(user)?.WorkerId == worker);
        }
    }
}
