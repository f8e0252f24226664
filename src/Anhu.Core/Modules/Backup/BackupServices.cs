using Anhu.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Backup;

/// <summary>Registration of backup and restore.</summary>
public static class BackupServices
{
    /// <summary>Adds <see cref="WriteBackup"/> and <see cref="RestoreBackup"/>.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddBackup(this IServiceCollection services)
    {
        services.AddSingleton<WriteBackup>();
        services.AddSingleton<RestoreBackup>();
        return services;
    }
}
