using Anhu.Components.Ui;
using Anhu.Modules.Cases;

namespace Anhu.Modules.Whereabouts;

/// <summary>Services of whereabouts.</summary>
internal static class WhereaboutsSetup
{
    public static IServiceCollection AddWhereabouts(this IServiceCollection services)
    {
        services.AddSingleton<WhereaboutsDesk>().AddSingleton<LeakDesk>().AddSingleton<LeakQueries>().AddSingleton<LeakHolds>();
        return services.AddFailureTexts<WhereaboutsText>();
    }
}
