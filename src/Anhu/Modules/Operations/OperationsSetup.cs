using System.Net;
using System.Net.Sockets;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Web;
using Microsoft.AspNetCore.HttpOverrides;
using OpenTelemetry.Metrics;

namespace Anhu.Modules.Operations;

/// <summary>What operators need: health, figures, and a proxy in front.</summary>
public static class OperationsSetup
{
    /// <summary>Registers it.</summary>
    /// <param name="services">The container.</param>
    /// <param name="settings">The settings.</param>
    public static IServiceCollection AddOperations(this IServiceCollection services, AnhuSettings settings)
    {
        services.AddSingleton<Health>();
        services.AddSingleton<NodeFigures>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeFigures>());
        services.AddHostedService<SystemdNotice>();
        services.AddExceptionHandler<StoreAwayHandler>();
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            // A proxy on this machine is trusted by default.
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            foreach (var proxy in settings.Proxies)
            {
                options.KnownIPNetworks.Add(Network(proxy));
            }
        });
        if (settings.MetricsPort > 0 && IsFree(settings.MetricsPort))
        {
            services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddMeter(Figures.MeterName, "Npgsql").AddRuntimeInstrumentation().AddAspNetCoreInstrumentation()
                .AddPrometheusHttpListener(options =>
                {
                    options.Host = "127.0.0.1";
                    options.Port = settings.MetricsPort;
                }));
        }

        return services;
    }

    /// <summary>What stands before all else: where a request really came from.</summary>
    /// <param name="app">The program.</param>
    public static void UseOperations(this IApplicationBuilder app) => app.UseForwardedHeaders();

    /// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
    /// <param name="routes">The routes.</param>
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
        // Before any sign-in is looked at: that needs the store, and whether there is one is the question.
        health.MapGet("/live", static () => TypedResults.Ok(new { Live = true })).ShortCircuit();
        health.MapGet("/ready", static async (HttpContext http, Health checks) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            var readiness = await checks.CheckAsync(http.RequestAborted);
            return TypedResults.Json(readiness, statusCode: readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }).ShortCircuit();
    }

    private static System.Net.IPNetwork Network(string proxy) =>
        proxy.Contains('/', StringComparison.Ordinal) ? System.Net.IPNetwork.Parse(proxy)
        : IPAddress.TryParse(proxy, out var address) ? new System.Net.IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)
        : throw new FormatException($"Anhu:Proxies takes addresses and networks such as 10.0.0.5 and 10.0.0.0/24, not {proxy}.");

    /// <summary>Whether the port can be listened on: a second node on this machine goes without figures rather than not at all.</summary>
    internal static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
