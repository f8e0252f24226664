using Anhu.Components.Ui;
using Anhu.Jobs;
using Anhu.Web;

namespace Anhu.Modules.Retention;

/// <summary>Registration of retention and deletion.</summary>
internal static class RetentionSetup
{
    /// <summary>What the command line needs, too.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services, AnhuSettings settings)
    {
        var name = $"retention/{settings.City}.yaml";
        services.AddSingleton(_ => RetentionPolicy.Load(Path.Combine(settings.Content, name), name));
        services.AddSingleton<RetentionDesk>();
        services.AddSingleton<RetentionKeeper>();
        return services;
    }

    public static IServiceCollection AddRetentionPages(this IServiceCollection services)
    {
        services.AddHostedService<RetentionJob>();
        return services.AddFailureTexts<RetentionText>();
    }
}

/// <summary>Deletes what two people decided to delete.</summary>
internal sealed class RetentionJob(RetentionKeeper keeper, TimeProvider time, ILogger<RetentionJob> logger) : PeriodicJob(TimeSpan.FromMinutes(5), time, logger)
{
    protected override Task RunAsync(CancellationToken ct) => keeper.RunAsync(ct);
}
