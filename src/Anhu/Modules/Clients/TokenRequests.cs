using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Clients;

/// <summary>
/// OpenIddict wants to look at every request for the few that are its own, some ten microseconds each. Only those below
/// <c>/connect</c> can be, so only those are shown to it.
/// </summary>
internal sealed class TokenRequests(IOptions<AuthenticationOptions> options, IHttpContextAccessor http) : AuthenticationSchemeProvider(options)
{
    public override Task<IEnumerable<AuthenticationScheme>> GetRequestHandlerSchemesAsync() =>
        http.HttpContext?.Request.Path.StartsWithSegments("/connect") == true
            ? base.GetRequestHandlerSchemesAsync()
            : Task.FromResult<IEnumerable<AuthenticationScheme>>([]);
}
