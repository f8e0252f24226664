using Anhu.Components.Ui;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Cases;

/// <summary>Services of the pages of cases, timeline and board.</summary>
public static class CasePages
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddCasePages(this IServiceCollection services)
    {
        services.AddScoped<CaseWords>();
        services.AddScoped<EventText>();
        services.AddSingleton<SearchWords>();
        services.AddFailureTexts<CasesText>();
        return services;
    }
}
