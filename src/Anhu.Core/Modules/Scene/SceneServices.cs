using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Scene;

/// <summary>Services of the scene.</summary>
public static class SceneServices
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The container.</param>
    /// <param name="options">Where the documents are, and what is permitted.</param>
    public static IServiceCollection AddScene(this IServiceCollection services, SceneOptions options)
    {
        services.AddSingleton(provider => SceneBook.Load(
            options, provider.GetRequiredService<Time.CityClock>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RecordSceneHandler>();
        services.AddSingleton<RequestJointResponseHandler>();
        services.AddSingleton<SceneQueries>();
        return services;
    }
}
