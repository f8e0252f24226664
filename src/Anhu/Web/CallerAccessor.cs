using System.Security.Claims;
using Anhu.Data;
using Anhu.Modules.Security;
using Anhu.Web;

namespace Anhu.Web;

/// <summary>Who asks, for pages and services of one request. Comes from the sign-in, never from the request's content.</summary>
public sealed class CallerAccessor(IHttpContextAccessor http)
{
    private (ClaimsPrincipal Principal, Caller? Caller)? cached;

    /// <summary>The caller; null when nobody is signed in or there is no request.</summary>
    public Caller? Current
    {
        get
        {
            if (Principal is not { } principal)
            {
                return null;
            }

            if (cached is not { } known || !ReferenceEquals(known.Principal, principal))
            {
                known = (principal, Caller.From(principal));
                cached = known;
            }

            return known.Caller;
        }
    }

    /// <summary>The caller of a page or endpoint that needs a sign-in.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the page or endpoint lacks its authorisation.</exception>
    public Caller Required => Current ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>The worker's name for display; empty when nobody is signed in.</summary>
    public string DisplayName => Principal?.FindFirstValue(AccountClaims.DisplayName) ?? "";

    /// <summary>The name of the worker's unit for display; empty when there is none.</summary>
    public string UnitName => Principal?.FindFirstValue(AccountClaims.UnitName) ?? "";

    /// <summary>Whether the worker lets the board play a sound.</summary>
    public bool SoundOn => Principal?.FindFirstValue(AccountClaims.SoundOn) is not null;

    private ClaimsPrincipal? Principal => http.HttpContext?.User;

    /// <summary>Whether somebody is signed in who has a permission.</summary>
    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    public bool May(string permission) => Current?.May(permission) == true;
}

/// <summary>Puts the caller on the request's store context, so that every recorded event names who acted.</summary>
internal static class CallerOnEvents
{
    public static void UseCallerOnEvents(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (context.RequestServices.GetRequiredService<CallerAccessor>().Current is { } caller)
        {
            context.RequestServices.GetRequiredService<AnhuDbContext>().Actor = caller.Actor;
        }

        return next(context);
    });
}
