using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anhu.Modules.KeyRotation;

/// <summary>Registration of the rotation of keys.</summary>
public static class KeyRotationServices
{
    /// <summary>Adds <see cref="RotateKeys"/>, <see cref="Reseal"/>, <see cref="Reindex"/> and <see cref="CheckSealed"/>.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddKeyRotation(this IServiceCollection services)
    {
        services.TryAddSingleton(new ResealOptions());
        services.AddSingleton<RotateKeys>();
        services.AddSingleton<Reseal>();
        services.AddSingleton<Reindex>();
        services.AddSingleton<CheckSealed>();
        return services;
    }
}
