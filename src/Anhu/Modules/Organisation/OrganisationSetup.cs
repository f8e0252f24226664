using Anhu.Components.Ui;

namespace Anhu.Modules.Organisation;

/// <summary>Pages of units, workers and rosters.</summary>
public static class OrganisationSetup
{
    /// <summary>What the pages need.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddOrganisationPages(this IServiceCollection services)
    {
        services.AddFailureTexts<OrganisationText>();
        services.AddScoped<OrganisationWords>();
        services.AddSingleton<RequiredSecondStep>();
        services.AddHostedService<AccessReviewJob>();
        return services;
    }
}
