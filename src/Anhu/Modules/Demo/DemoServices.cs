using Anhu.Hosting;
using Anhu.Web;

namespace Anhu.Modules.Demo;

/// <summary>Services of the demo.</summary>
public static class DemoServices
{
    /// <summary>What tells a demo's store from a real one, and fills it; needed outside of a demo to refuse one.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddDemo(this IServiceCollection services) => services.AddScoped<DemoFill>().AddSingleton<DemoPictures>();

    /// <summary>The demo itself; nothing when the settings don't ask for one.</summary>
    /// <param name="services">The container.</param>
    /// <param name="settings">The settings.</param>
    public static IServiceCollection AddDemoCity(this IServiceCollection services, AnhuSettings settings)
    {
        if (!settings.Demo)
        {
            return services;
        }

        services.AddSingleton(new DemoOptions { Seed = settings.DemoSeed, Months = settings.DemoMonths, Incidents = settings.DemoIncidents });
        services.AddSingleton<DemoCity>();
        services.AddSingleton<DemoHands>();
        services.AddSingleton<DemoLife>();
        if (settings.DemoSimulator)
        {
            services.AddHostedService<DemoSimulator>();
        }

        return services;
    }
}
