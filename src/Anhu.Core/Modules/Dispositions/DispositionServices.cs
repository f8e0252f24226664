using Anhu.Modules.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Dispositions;

/// <summary>Services of dispositions.</summary>
public static class DispositionServices
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddDispositions(this IServiceCollection services)
    {
        services.AddSingleton<DispositionBook>();
        services.AddSingleton<DispositionQueries>();
        services.AddSingleton<IDutyFollower, DispositionFollower>();
        services.AddSingleton<IDutyFollower, MissedLetterFollower>();
        services.AddSingleton<LetterWatch>();
        services.AddSingleton<LetterFigures>();
        return services;
    }
}
