using Anhu.Modules.Time;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Playbooks;

/// <summary>Registers time, grading and playbooks.</summary>
public static class RulesServices
{
    /// <summary>Adds the city's zone, clock, policy and playbook.</summary>
    /// <param name="services">The container.</param>
    /// <param name="options">Where the documents are.</param>
    public static IServiceCollection AddRules(this IServiceCollection services, RulesOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(CityZone.Of(options.TimeZone));
        services.AddSingleton(provider => new CityClock(
            provider.GetRequiredService<CityZone>(), WorkCalendar.Load(Path.Combine(options.ContentFolder, "calendar"))));
        services.AddSingleton<RuleBook>();
        services.AddSingleton<RuleHistory>();
        return services;
    }
}
