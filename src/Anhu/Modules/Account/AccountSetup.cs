using Anhu.Components.Ui;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Clients;
using Anhu.Modules.Feed;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Anhu.Modules.Account;

/// <summary>Sign-in and profile.</summary>
public static class AccountSetup
{
    /// <summary>Header that a page's script sets on requests that nobody asked for; they do not keep the session open.</summary>
    public const string BackgroundHeader = "Anhu-Background";

    private const string SmartScheme = "anhu";

    /// <summary>Idle time after which a session on a computer ends (handbook §5.6).</summary>
    public static readonly TimeSpan IdleTime = WorkerSession.IdleTime(DeviceKind.Computer);

    /// <summary>How often a session is checked against the worker's present state when nothing is known to have changed; see <see cref="WorkerSessions"/>.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(2);

    /// <summary>Workers' passwords and codes, for the web program and the command line.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddWorkerAccounts(this IServiceCollection services)
    {
        // It cannot know that its column is sealed with the city's keys.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
        services.AddDataProtection().SetApplicationName("anhu").PersistKeysToDbContext<AnhuDbContext>();
        // Before Identity, which then leaves out its own rules.
        services.AddScoped<IPasswordValidator<Worker>, PasswordRules>();
        services.AddIdentityCore<Worker>(options =>
            {
                options.Lockout.MaxFailedAccessAttempts = 5;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(30);
                options.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@";
            })
            .AddEntityFrameworkStores<AnhuDbContext>()
            .AddDefaultTokenProviders()
            .AddUserManager<WorkerManager>();
        return services;
    }

    /// <summary>Sign-in of the pages.</summary>
    /// <param name="services">The container.</param>
    /// <param name="settings">The settings.</param>
    public static IServiceCollection AddAccount(this IServiceCollection services, AnhuSettings settings)
    {
        settings.Security.CheckPasswords();
        services.AddSingleton<UnknownNames>();
        services.AddHostedService<SessionJob>();
        services.AddSingleton<WorkerSessions>();
        services.AddSingleton<ISessionCheck>(provider => provider.GetRequiredService<WorkerSessions>());
        services.AddFailureTexts<AccountText>();
        services.AddScoped<IUserClaimsPrincipalFactory<Worker>, WorkerClaimsFactory>();
        new IdentityBuilder(typeof(Worker), services).AddSignInManager<WorkerSignIn>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<AnhuSettings>((options, settings) =>
        {
            // The worker's finger, face or PIN each time: so one touch is two factors.
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
            options.ServerDomain = settings.Security.PasskeyDomain;

            // By the address that was asked for: our pages send no origin with their forms, since they send no referrer.
            options.ValidateOrigin = static context => ValueTask.FromResult(
                !context.CrossOrigin && context.Origin == $"{context.HttpContext.Request.Scheme}://{context.HttpContext.Request.Host}");
        });
        services.AddScoped(provider => (WorkerSignIn)provider.GetRequiredService<SignInManager<Worker>>());
        services.AddScoped<StepUp>();
        services.AddScoped<SignInMeans>();
        services.Configure<SecurityStampValidatorOptions>(options =>
        {
            options.ValidationInterval = CheckInterval;
            options.OnRefreshingPrincipal = context =>
            {
                // What belongs to the session and not to the worker goes on.
                context.NewPrincipal!.Identities.First().AddClaims(context.CurrentPrincipal!.Claims.Where(c => c.Type is AccountClaims.Session or AccountClaims.Method or System.Security.Claims.ClaimTypes.AuthenticationMethod));
                return Task.CompletedTask;
            };
        });
        services.AddAuthentication(SmartScheme)
            .AddPolicyScheme(SmartScheme, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
                || (Requests.IsApi(context) && context.Request.Cookies.Count == 0)
                    ? ClientAuthentication.SchemeName
                    : IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, SessionCookie)
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, options =>
            {
                Plain(options, "anhu.step");
                options.ExpireTimeSpan = TimeSpan.FromMinutes(5);
            })
            // Never given out; Identity clears it when it ends a session.
            .AddCookie(IdentityConstants.TwoFactorRememberMeScheme, options => Plain(options, "anhu.device"))
            .AddSingleSignOn(settings.SignOn);
        return services;
    }

    /// <summary>Routes that are not pages.</summary>
    /// <param name="app">The routes.</param>
    public static void MapAccount(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", SignOutAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapSingleSignOn(app.ServiceProvider.GetRequiredService<AnhuSettings>().SignOn);
        app.MapPost("/sign-in/passkey", PasskeyRequestAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/profile/passkeys/ask", PasskeyAskAsync).RequireAuthorization().ExcludeFromDescription();
        app.MapPost("/profile/passkeys/options", PasskeyCreationAsync).RequireAuthorization().ExcludeFromDescription();
        app.MapPost("/language", ChangeLanguageAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Sends workers whose password is due, or who must turn the second step on first, to the page that does it, from wherever they go.</summary>
    /// <param name="app">The program.</param>
    internal static void UseSignInDue(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (PageDue(context) is not { } page
            || context.GetEndpoint() is not { } endpoint
            || endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null
            || context.Request.Path.StartsWithSegments(page)
            || (page == "/profile/two-step" && context.Request.Path.StartsWithSegments("/profile/passkeys")))
        {
            return next(context);
        }

        if (Requests.IsApi(context))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else
        {
            context.Response.Redirect(page);
        }

        return Task.CompletedTask;
    });

    private static string? PageDue(HttpContext context) =>
        // Who came through the provider used no password of ours.
        context.User.FindFirst(AccountClaims.PasswordDue) is { } due && !context.User.HasClaim(System.Security.Claims.ClaimTypes.AuthenticationMethod, SingleSignOn.SchemeName)
            && long.Parse(due.Value, System.Globalization.CultureInfo.InvariantCulture)
                <= context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds() ? "/profile/password"
        : context.User.HasClaim(c => c.Type == AccountClaims.SecondStepDue) && !context.User.HasClaim(AccountClaims.Method, AccountClaims.TwoFactors) ? "/profile/two-step"
        : null;

    internal static void Plain(CookieAuthenticationOptions options, string name)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.IsEssential = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    }

    private static void SessionCookie(CookieAuthenticationOptions options)
    {
        Plain(options, "anhu.session");
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "returnUrl";
        options.ExpireTimeSpan = IdleTime;
        options.SlidingExpiration = true;
        options.Events.OnValidatePrincipal = async context =>
        {
            if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is not null)
            {
                // Open to all, and wanted by the page that says that the store is away.
                return;
            }

            var sessions = context.HttpContext.RequestServices.GetRequiredService<WorkerSessions>();
            await sessions.ValidateAsync(context);
            if (IsBackground(context.Request))
            {
                context.ShouldRenew = false;
            }
            else if (context.Principal is { } worker)
            {
                sessions.Used(worker);
            }
        };
        options.Events.OnCheckSlidingExpiration = context =>
        {
            // The default renews after half of the time, which would end some sessions after 7.5 idle minutes.
            context.ShouldRenew = context.ElapsedTime > TimeSpan.FromMinutes(1) && !IsBackground(context.Request);
            return Task.CompletedTask;
        };
        options.Events.OnRedirectToLogin = context =>
        {
            if (Requests.IsApi(context.HttpContext))
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            }
            else
            {
                context.Response.Redirect(context.RedirectUri);
            }

            return Task.CompletedTask;
        };
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    /// <summary>What a page does by itself, such as following the live feed, is not work and keeps no session open.</summary>
    private static bool IsBackground(HttpRequest request) =>
        request.Headers.ContainsKey(BackgroundHeader) || request.Path.StartsWithSegments("/api/v1/feed");

    private static async Task<RedirectHttpResult> SignOutAsync(
        [FromForm] string? reason, HttpContext http, WorkerSignIn signIn, FeedSessions feeds, CancellationToken ct)
    {
        _ = reason; // Binding a form is what makes the framework check the antiforgery token.
        var session = http.User.FindFirst(AccountClaims.Session)?.Value;
        await signIn.SignOutAndRecordAsync(ct);
        if (session is not null)
        {
            feeds.End(user => user.HasClaim(AccountClaims.Session, session));
        }

        // What the browser has kept of the pages goes too; its history does not, see /safety.
        http.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";

        return TypedResults.LocalRedirect("/sign-in?signedOut=1");
    }

    /// <summary>What the browser is asked to sign with a passkey; the same for everybody, so that it tells nothing of accounts.</summary>
    private static async Task<ContentHttpResult> PasskeyRequestAsync([FromForm] string? reason, WorkerSignIn signIn)
    {
        _ = reason;
        return TypedResults.Content(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json");
    }

    /// <summary>What the browser is asked to make a passkey with.</summary>
    private static async Task<ContentHttpResult> PasskeyCreationAsync([FromForm] string? reason, SignInMeans means, WorkerSignIn signIn)
    {
        _ = reason;
        return TypedResults.Content(await means.PasskeyOptionsAsync(await signIn.WorkerAsync()), "application/json");
    }

    /// <summary>What the browser is asked to sign with a passkey of the worker who is signed in.</summary>
    private static async Task<ContentHttpResult> PasskeyAskAsync([FromForm] string? reason, StepUp stepUp, WorkerSignIn signIn)
    {
        _ = reason;
        return TypedResults.Content(await stepUp.PasskeyOptionsAsync(await signIn.WorkerAsync()), "application/json");
    }

    private static async Task<RedirectHttpResult> ChangeLanguageAsync(
        [FromForm] string? culture, [FromForm] string? returnUrl, HttpContext context, WorkerManager workers, WorkerSignIn signIn)
    {
        if (culture is not null && CityLanguages.All.Contains(culture))
        {
            LanguageCookie.Write(context, culture);
            if (await workers.GetUserAsync(context.User) is { } worker)
            {
                worker.Culture = culture;
                await workers.UpdateAsync(worker);
                await signIn.RefreshSignInAsync(worker);
            }
        }

        return TypedResults.LocalRedirect(ReturnUrls.Local(returnUrl));
    }
}
