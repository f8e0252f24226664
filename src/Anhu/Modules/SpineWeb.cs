using Anhu.Jobs;
using Anhu.Modules.Duties;
using Anhu.Modules.Feed;
using Anhu.Modules.Timeline;

namespace Anhu.Modules;

/// <summary>What only the running platform needs of the spine: live feed, deadline work and housekeeping.</summary>
internal static class SpineWeb
{
    public static IServiceCollection AddSpineWeb(this IServiceCollection services)
    {
        services.AddSingleton<FeedHub>();
        services.AddSingleton<FeedSessions>();
        services.AddHostedService(provider => provider.GetRequiredService<FeedHub>());
        services.AddHostedService<DeadlineJob>();
        services.AddHostedService<Measures.MeasureJob>();
        services.AddHostedService<StoreKeeper>();
        return services;
    }
}
