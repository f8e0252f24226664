using Anhu.Modules.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.MandatoryReports;

/// <summary>Services of mandatory reports.</summary>
public static class ReportServices
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddMandatoryReports(this IServiceCollection services)
    {
        services.AddSingleton<ReportQueries>();
        services.AddSingleton<RecordOmissionHandler>();
        services.AddSingleton<IDutyFollower, MandatoryReportFollower>();
        return services;
    }
}
