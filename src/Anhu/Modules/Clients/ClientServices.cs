using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Anhu.Components.Ui;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Feed;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;

namespace Anhu.Modules.Clients;

/// <summary>Signing in as a system (contract): client credentials, one hour, sees what its unit may see.</summary>
public static class ClientServices
{
    /// <summary>How long a token lives.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    /// <summary>What the command line needs too: adding and removing clients.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.AddOpenIddict().AddCore(core =>
        {
            core.UseEntityFrameworkCore().UseDbContext<AnhuDbContext>().ReplaceDefaultEntities<Guid>();
            core.ReplaceApplicationManager(typeof(ClientManager<>));
        });
        services.AddFailureTexts<ClientsText>();
        services.AddSingleton<ClientRegistry>();
        services.AddScoped<ClientAdministration>();
        return services;
    }

    /// <summary>Issues and checks tokens; scheme <see cref="ClientAuthentication.SchemeName"/>.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddClientSignIn(this IServiceCollection services)
    {
        services.AddSingleton<ClientKeys>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<ClientKeys>());
        services.AddSingleton<ISessionCheck, ClientSessions>();
        services.AddSingleton<TokenCache>();
        services.AddSingleton<TokenAttempts>();
        services.AddOpenIddict()
            .AddServer(server =>
            {
                server.SetTokenEndpointUris("connect/token").SetConfigurationEndpointUris(Array.Empty<string>()).SetJsonWebKeySetEndpointUris(Array.Empty<string>());
                server.AllowClientCredentialsFlow();
                server.RegisterScopes([.. Permissions.Scopes]);
                server.SetAccessTokenLifetime(TokenLifetime);

                // A city is reached under several names (proxy, loopback); a token is good under each.
                server.SetIssuer(new Uri("urn:anhu"));

                // Tokens stand for themselves: no row is written per token. ClientRegistry ends those of a removed client.
                server.DisableTokenStorage().DisableAuthorizationStorage();

                // A certificate comes beside the secret, not in its place; ApiClient.MayUse looks at it.
                server.RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.ExtractClientCertificate<OpenIddictServerEvents.ExtractTokenRequestContext>.Descriptor);

                // TLS ends at the proxy in front of the program.
                server.UseAspNetCore().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
            })
            .AddValidation(validation => validation.UseLocalServer());
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ClientAuthentication>(ClientAuthentication.SchemeName, null);
        services.AddHttpContextAccessor();
        services.AddSingleton<IAuthenticationSchemeProvider, TokenRequests>();
        services.AddRateLimiter(_ => { });
        services.AddOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>().Configure<AnhuSettings>((options, settings) => Limit(options, settings.Clients));
        return services;
    }

    /// <summary>The token endpoint.</summary>
    /// <param name="routes">The routes.</param>
    public static void MapClients(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/connect/token", IssueAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

    /// <summary>Refuses to check further secrets where too many were wrong. Stands before the authentication, which answers wrong ones itself.</summary>
    /// <param name="app">The program.</param>
    public static void UseTokenAttempts(this IApplicationBuilder app) => app.UseWhen(
        context => context.Request.Path.Equals("/connect/token", StringComparison.OrdinalIgnoreCase),
        token => token.Use(static (context, next) => context.RequestServices.GetRequiredService<TokenAttempts>().RunAsync(context, next)));

    private static async Task<IResult> IssueAsync(HttpContext context, ClientRegistry registry, CancellationToken ct)
    {
        var request = context.GetOpenIddictServerRequest()!;
        registry.Invalidate();
        if (!(await registry.GetAsync(ct)).TryGetValue(request.ClientId!, out var client) || !client.MayUse(context.Connection))
        {
            return Results.Forbid(
                new AuthenticationProperties(new Dictionary<string, string?>
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = OpenIddictConstants.Errors.InvalidClient,
                }),
                [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        }

        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, OpenIddictConstants.Claims.Name, OpenIddictConstants.Claims.Role);
        identity.SetClaim(OpenIddictConstants.Claims.Subject, client.ClientId).SetClaim(ClientRecord.Stamp, client.Stamp);

        // OpenIddict has checked that the client may have the scopes that it asks for; who asks for none gets all of its own.
        var scopes = request.GetScopes();
        identity.SetScopes(scopes.IsEmpty ? [.. client.Scopes] : scopes);
        identity.SetDestinations(static _ => [OpenIddictConstants.Destinations.AccessToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static void Limit(Microsoft.AspNetCore.RateLimiting.RateLimiterOptions options, ClientSettings settings)
    {
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.User.FindFirst(CallerClaims.Client)?.Value is { } client && settings.RequestsPerSecond > 0
                ? RateLimitPartition.GetTokenBucketLimiter(client, _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = settings.RequestsPerSecond, TokensPerPeriod = Math.Max(1, settings.RequestsPerSecond / 10), QueueLimit = 0,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / Math.Min(10, settings.RequestsPerSecond)),
                })
                : RateLimitPartition.GetNoLimiter(string.Empty));
        options.OnRejected = static async (rejected, ct) =>
        {
            var seconds = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : 1;
            await TokenAttempts.RefuseAsync(rejected.HttpContext, Math.Max(1, seconds));
        };
    }
}

/// <summary>Counts wrong sign-ins of systems.</summary>
public sealed class TokenAttempts(AnhuSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string> byClient = Create(settings.Clients.TokenFailuresPerMinute);
    private readonly PartitionedRateLimiter<string> byAddress = Create(settings.Clients.TokenFailuresPerMinute * 10);

    /// <summary>Runs a request for a token, unless too many went wrong before it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What answers it.</param>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? string.Empty;
        var client = $"{address} {await ClientOfAsync(context)}";

        // Asking for none tells whether any are left.
        using var left = byClient.AttemptAcquire(client, 0);
        using var leftOfAddress = byAddress.AttemptAcquire(address, 0);
        if (!left.IsAcquired || !leftOfAddress.IsAcquired)
        {
            await RefuseAsync(context, 60);
            return;
        }

        await next(context);
        if (context.Response.StatusCode is StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized)
        {
            byClient.AttemptAcquire(client).Dispose();
            byAddress.AttemptAcquire(address).Dispose();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        byClient.Dispose();
        byAddress.Dispose();
    }

    /// <summary>Answers 429.</summary>
    /// <param name="context">The request.</param>
    /// <param name="seconds">When to try again.</param>
    internal static async Task RefuseAsync(HttpContext context, int seconds)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var problem = new ProblemDetails { Status = StatusCodes.Status429TooManyRequests, Type = "urn:anhu:security.too-many-requests" };
        problem.Extensions["code"] = "security.too-many-requests";
        await context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
    }

    private static async Task<string?> ClientOfAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            Span<byte> decoded = stackalloc byte[512];
            return header.Length < 600 && Convert.TryFromBase64String(header[6..], decoded, out var length)
                ? System.Text.Encoding.UTF8.GetString(decoded[..length]).Split(':')[0] : null;
        }

        return context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(context.RequestAborted))["client_id"].ToString() : null;
    }

    private static PartitionedRateLimiter<string> Create(int perMinute) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = Math.Max(1, perMinute), Window = TimeSpan.FromMinutes(1), QueueLimit = 0,
        }));
}
