using Anhu.Modules.Regions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anhu.Modules.Organisation;

/// <summary>Services of regions and organisation.</summary>
public static class OrganisationServices
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The container.</param>
    /// <param name="cityFolder">Folder with <c>regions.csv</c> and <c>boundaries.geojson</c>.</param>
    public static IServiceCollection AddOrganisation(this IServiceCollection services, string cityFolder)
    {
        services.AddSingleton(new CityFiles(cityFolder));
        services.AddSingleton(provider => CityBorders.Load(Path.Combine(provider.GetRequiredService<CityFiles>().Folder, "boundaries.geojson")));
        services.AddSingleton<AccessReviews>();
        services.AddSingleton<ChangeSecondStepHandler>();
        services.AddSingleton<OrganisationDirectory>();
        services.AddSingleton<OrganisationSeeder>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = Worker.PasswordRounds);
        services.TryAddScoped<IPasswordHasher<Worker>, PasswordHasher<Worker>>();
        services.AddScoped<RosterAdministration>();
        services.AddScoped<SessionDesk>();
        services.AddScoped<UnitAdministration>();
        services.AddScoped<WorkerAdministration>();
        services.AddScoped<WorkerList>();
        return services;
    }
}
