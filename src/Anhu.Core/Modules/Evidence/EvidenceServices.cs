using Anhu.Modules.Documents;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Evidence;

/// <summary>Services of photos and files.</summary>
public static class EvidenceServices
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The container.</param>
    /// <param name="scanner">Where the virus scanner is.</param>
    public static IServiceCollection AddEvidence(this IServiceCollection services, ScannerSettings scanner)
    {
        _ = scanner.EndPoint();
        services.AddSingleton(scanner);
        services.AddSingleton<VirusScanner>();
        services.AddSingleton<EvidenceDesk>();
        services.AddSingleton<EvidenceQueries>();
        services.AddSingleton<ReceiveEvidenceHandler>();
        services.AddSingleton<EvidenceBundles>();
        return services.AddDocumentSource<EvidenceDocuments>();
    }
}
