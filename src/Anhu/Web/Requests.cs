using Microsoft.AspNetCore.Diagnostics;

namespace Anhu.Web;

/// <summary>What all that answers a request asks of it.</summary>
public static class Requests
{
    /// <summary>Whether a request comes from a program: it is answered with a status and problem details, never with a page or a redirect to one.</summary>
    /// <param name="context">The request.</param>
    public static bool IsApi(HttpContext context)
    {
        // Where an error is handled, the request's own path is that of the error page already.
        PathString path = context.Features.Get<IExceptionHandlerPathFeature>()?.Path ?? context.Request.Path;
        return path.StartsWithSegments("/api") || path.StartsWithSegments("/connect") || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/health");
    }

    /// <summary>The number under which the log tells more about a request.</summary>
    /// <param name="context">The request.</param>
    public static string TraceId(HttpContext context) => System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}
