using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Clients;

/// <summary>
/// OpenIddict wants to look at every request for the few that are its own, some ten microseconds each, and so does single sign-on. Only those below
/// <c>/connect</c> and <c>/sign-in/sso</c> can be, so only those are shown to them.
/// </summary>
internal sealed class TokenRequests(IOptions<AuthenticationOptions> options, IHttpContextAccessor http) : AuthenticationSchemeProvider(options)
{
    public override Task<IEnumerable<AuthenticationScheme>> GetRequestHandlerSchemesAsync() =>
        http.HttpContext?.Request.Path is { } path && (path.StartsWithSegments("/connect") || path.StartsWithSegments(Account.SingleSignOn.Path))
            ? base.GetRequestHandlerSchemesAsync()
            : Task.FromResult<IEnumerable<AuthenticationScheme>>([]);
}
