using Anhu.Components.Ui;

namespace Anhu.Modules.Whereabouts;

/// <summary>Services of whereabouts.</summary>
internal static class WhereaboutsSetup
{
    public static IServiceCollection AddWhereabouts(this IServiceCollection services)
    {
        services.AddSingleton<WhereaboutsDesk>();
        return services.AddFailureTexts<WhereaboutsText>();
    }
}
