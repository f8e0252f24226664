using Anhu.Modules.Documents.Pdf;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Documents;

/// <summary>Services of documents.</summary>
public static class DocumentServices
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The container.</param>
    /// <param name="settings">Where templates are.</param>
    /// <param name="fonts">Where fonts are.</param>
    public static IServiceCollection AddDocuments(this IServiceCollection services, DocumentSettings settings, FontSettings fonts)
    {
        services.AddSingleton(settings);
        services.AddSingleton(_ => new FontBook(fonts));
        services.AddSingleton<DocumentPress>();
        services.AddSingleton<Templates>();
        services.AddSingleton<DocumentArchive>();
        services.AddSingleton<DocumentCatalog>();
        services.AddSingleton<DocumentDesk>();
        services.AddSingleton<DocumentIssuer>();
        return services.AddDocumentSource<CaseDocumentSource>();
    }

    /// <summary>Registers what knows some kinds of documents.</summary>
    /// <typeparam name="T">The source.</typeparam>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddDocumentSource<T>(this IServiceCollection services) where T : class, IDocumentSource => services.AddSingleton<IDocumentSource, T>();
}
