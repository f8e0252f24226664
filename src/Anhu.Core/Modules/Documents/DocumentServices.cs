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
        services.AddSingleton<DocumentDesk>();
        return services;
    }
}
