using Anhu.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Anhu.Modules.Account;

/// <summary>
/// Signing in through the city's identity provider: code flow with PKCE. It says who somebody is; whether they are a worker and what they may do is
/// decided here. Signing in with a password stays, for the day when the provider is away.
/// </summary>
public static class SingleSignOn
{
    /// <summary>Name of the scheme, and how such a session was begun.</summary>
    public const string SchemeName = "single-sign-on";

    /// <summary>Where it begins; everything of it is below.</summary>
    internal const string Path = "/sign-in/sso";

    /// <summary>How long the way over the provider may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Registers the provider, where the settings name one.</summary>
    /// <param name="authentication">The authentication.</param>
    /// <param name="settings">The settings.</param>
    internal static void AddSingleSignOn(this AuthenticationBuilder authentication, SignOnSettings settings)
    {
        if (!settings.IsOn)
        {
            return;
        }

        authentication.AddCookie(IdentityConstants.ExternalScheme, options =>
        {
            AccountSetup.Plain(options, "anhu.sign-on");
            options.ExpireTimeSpan = Patience;
        });
        authentication.Services.AddOptions<OpenIdConnectOptions>(SchemeName).Configure<IServiceProvider>(static (options, provider) =>
        {
            // Guarded as every client: what the provider's own documents name must be in the settings, too.
            options.BackchannelHttpHandler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(SchemeName);
        });
        authentication.AddOpenIdConnect(SchemeName, options =>
        {
            options.Authority = settings.Authority;
            options.ClientId = settings.ClientId;
            options.ClientSecret = settings.Secret();
            options.RequireHttpsMetadata = !settings.AllowHttp;
            options.ResponseType = OpenIdConnectResponseType.Code;
            options.ResponseMode = OpenIdConnectResponseMode.Query;
            options.UsePkce = true;
            options.MapInboundClaims = false;
            options.SaveTokens = false;
            options.GetClaimsFromUserInfoEndpoint = false;
            options.SignInScheme = IdentityConstants.ExternalScheme;
            options.CallbackPath = $"{Path}/callback";
            options.SignedOutCallbackPath = $"{Path}/signed-out";
            options.RemoteSignOutPath = PathString.Empty;
            options.RemoteAuthenticationTimeout = Patience;
            // Which way the provider asked is looked at here.
            options.ClaimActions.Remove("acr");
            options.Scope.Clear();
            foreach (var scope in settings.Scopes.Prepend("openid").Distinct(StringComparer.Ordinal))
            {
                options.Scope.Add(scope);
            }

            // The answer comes by a link, so strictness would lose the cookies; none of them says who somebody is.
            foreach (var cookie in (CookieBuilder[])[options.CorrelationCookie, options.NonceCookie])
            {
                cookie.SameSite = SameSiteMode.Lax;
                cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            }

            options.Events.OnRemoteFailure = static context =>
            {
                // Somebody changed their mind, took too long, or made the answer up: back to the sign-in, which says so.
                context.Response.Redirect("/sign-in?notSignedOn=1");
                context.HandleResponse();
                return Task.CompletedTask;
            };
        });
    }

    /// <summary>The way there and back.</summary>
    /// <param name="app">The routes.</param>
    /// <param name="settings">The settings.</param>
    internal static void MapSingleSignOn(this IEndpointRouteBuilder app, SignOnSettings settings)
    {
        if (settings.IsOn)
        {
            app.MapGet(Path, Begin).AllowAnonymous().ExcludeFromDescription();
            app.MapGet($"{Path}/done", FinishAsync).AllowAnonymous().ExcludeFromDescription();
            app.MapGet($"{Path}/out", LeaveAsync).AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static ChallengeHttpResult Begin(string? returnUrl) => TypedResults.Challenge(
        new AuthenticationProperties { RedirectUri = $"{Path}/done?returnUrl={Uri.EscapeDataString(ReturnUrls.Local(returnUrl))}" }, [SchemeName]);

    private static async Task<RedirectHttpResult> FinishAsync(string? returnUrl, HttpContext http, WorkerSignIn signIn, CancellationToken ct)
    {
        var came = await http.AuthenticateAsync(IdentityConstants.ExternalScheme);
        await http.SignOutAsync(IdentityConstants.ExternalScheme);
        var outcome = came.Principal is { } principal ? await signIn.WithSignOnAsync(principal, ct) : SignInOutcome.Expired;
        var next = Uri.EscapeDataString(ReturnUrls.Local(returnUrl));
        return TypedResults.LocalRedirect(outcome switch
        {
            SignInOutcome.SignedIn => ReturnUrls.Local(returnUrl),
            SignInOutcome.CodeNeeded => $"/sign-in/code?returnUrl={next}",
            SignInOutcome.LockedOut or SignInOutcome.Refused or SignInOutcome.FirstPasswordEnded => $"/sign-in?noWorker=1&returnUrl={next}",
            SignInOutcome.Expired => $"/sign-in?notSignedOn=1&returnUrl={next}",
        });
    }

    /// <summary>Ends the session at the provider too; ours has ended before.</summary>
    private static async Task<RedirectHttpResult> LeaveAsync(IOptionsMonitor<OpenIdConnectOptions> options, CancellationToken ct)
    {
        var provider = options.Get(SchemeName);
        var configuration = await provider.ConfigurationManager!.GetConfigurationAsync(ct);
        return TypedResults.Redirect(configuration.EndSessionEndpoint is { Length: > 0 } end
            ? $"{end}{(end.Contains('?', StringComparison.Ordinal) ? '&' : '?')}client_id={Uri.EscapeDataString(provider.ClientId!)}"
            : provider.Authority!);
    }
}
