using Anhu.Modules.Documents;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Measures.Punishments;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Measures;

/// <summary>Services of measures.</summary>
public static class MeasureServices
{
    /// <summary>Registers them; a new kind is one line.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddMeasures(this IServiceCollection services)
    {
        services.AddSingleton<MeasureKind, WarningLetter>();
        services.AddSingleton<MeasureKind, ProtectionOrder>();
        services.AddSingleton<MeasureKind, AdministrativePenalty>();
        services.AddSingleton<MeasureKind, CriminalCase>();
        services.AddSingleton<MeasureTimes>();
        services.AddSingleton<CourtNotices>();
        services.AddSingleton<IDutyFollower, ProtectionOrderFollower>();
        services.AddSingleton<MeasureBook>();
        services.AddSingleton<MeasureQueries>();
        services.AddSingleton<ActOnMeasureHandler>();
        services.AddSingleton<IDutyFollower, MeasureVisitFollower>();
        return services.AddDocumentSource<LetterDocuments>().AddDocumentSource<OrderDocuments>();
    }
}
