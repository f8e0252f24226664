using System.Globalization;
using Anhu.Components;
using Anhu.Components.Layout;
using Anhu.Components.Ui;
using Anhu.Modules.Account;
using Anhu.Modules.Safety;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Localization;

namespace Anhu.Hosting;

/// <summary>What all pages stand on: languages, authorisation, errors, headers, static assets.</summary>
public static class Shell
{
    /// <summary>Registers what pages need.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<CallerAccessor>();
        services.AddScoped<ViewRecorder>();
        services.AddScoped<CityFormat>();
        services.AddScoped<FailureText>();
        services.AddScoped<Flash>();
        services.AddSingleton<DemoSignIns>();
        services.AddSingleton<NavMenu>();
        services.AddScoped<Markup>();
        services.AddSingleton(typeof(IStringLocalizer<>), typeof(KeptTexts<>));
        services.AddLocalization();
        services.Configure<RequestLocalizationOptions>(options =>
        {
            options.SetDefaultCulture(CityLanguages.All[0]).AddSupportedCultures([.. CityLanguages.All]).AddSupportedUICultures([.. CityLanguages.All]);
            options.FallBackToParentCultures = options.FallBackToParentUICultures = false;
            // Not the browser's language: the city's comes first, and who wants another one says so once.
            options.RequestCultureProviders = [new QueryStringRequestCultureProvider(), new WorkerCultureProvider(), LanguageCookie.Provider];
        });
        services.AddAuthorization(options =>
        {
            foreach (var permission in Permissions.All)
            {
                options.AddPolicy(permission, policy => policy.RequireAuthenticatedUser()
                    .RequireAssertion(context => Caller.From(context.User)?.May(permission) == true));
            }

            options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        });
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "anhu.form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddRazorComponents();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
            context.ProblemDetails.Extensions["traceId"] = Requests.TraceId(context.HttpContext));
        services.AddExceptionHandler<ApiExceptionHandler>();
        return services;
    }

    /// <summary>The middleware in its order, before any route.</summary>
    /// <param name="app">The program.</param>
    public static void UseShell(this WebApplication app)
    {
        app.UseHostCookies();
        app.UseSecurityHeaders();
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseWhen(Requests.IsApi, api => api.UseStatusCodePages());
        app.UseStatusCodePagesWithReExecute("/error/{0}", createScopeForStatusCodePages: true);
        app.Use(static (context, next) =>
        {
            if (Requests.IsApi(context) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false;
            }

            if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
            {
                // The error page is read, never posted to: what was posted may be what went wrong.
                context.Request.Method = HttpMethods.Get;
                context.Request.ContentType = null;
            }

            return next(context);
        });
        app.UseExit();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseCallerOnEvents();
        app.UseRequestLocalization();
        app.UseRefusedViews();
        app.UseAuthorization();
        app.UseSignInDue();
        app.UseAntiforgery();
    }

    /// <summary>Static assets and pages.</summary>
    /// <param name="app">The program.</param>
    public static void MapShell(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>();
    }

    /// <summary>The language that the signed-in worker chose.</summary>
    private sealed class WorkerCultureProvider : RequestCultureProvider
    {
        public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext) =>
            Task.FromResult(httpContext.User.FindFirst(AccountClaims.Culture) is { } claim ? new ProviderCultureResult(claim.Value) : null);
    }

    /// <summary>Answers programs with problem details when something broke; the page handler takes the rest.</summary>
    private sealed class ApiExceptionHandler(IProblemDetailsService problems) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (!Requests.IsApi(httpContext))
            {
                return false;
            }

            httpContext.Response.StatusCode = (exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
            return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext });
        }
    }
}
