using System.Threading.RateLimiting;
using Anhu.Components.Ui;
using Anhu.Modules.Audit;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.RateLimiting;

namespace Anhu.Modules.Documents;

/// <summary>Services and routes of documents.</summary>
internal static class DocumentSetup
{
    /// <summary>Name of the limit on the check page, by address.</summary>
    public const string CheckLimit = "documents-check";

    public static IServiceCollection AddDocumentPages(this IServiceCollection services, AnhuSettings settings)
    {
        if (settings.Documents.ChecksPerMinute is < 1 or > 10_000)
        {
            throw new InvalidOperationException("Anhu:Documents:ChecksPerMinute is 1 to 10,000.");
        }

        if (settings.Documents.CheckAddress.Length > 0 && !(Uri.TryCreate(settings.Documents.CheckAddress, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
        {
            throw new InvalidOperationException("Anhu:Documents:CheckAddress is an address such as https://anhu.example.gov.cn.");
        }

        services.AddOptions<RateLimiterOptions>().Configure(options => options.AddPolicy(CheckLimit, context => RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.Documents.ChecksPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 })));
        return services.AddFailureTexts<DocumentsText>();
    }

    public static void MapDocuments(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/documents").ExcludeFromDescription();
        files.MapGet("/{id:guid}/pdf", (Guid id, HttpContext http, DocumentArchive archive, ViewRecorder views) => FileAsync(id, DocumentFileKind.Pdf, http, archive, views)).RequireAuthorization(Permissions.ReadCases);
        files.MapGet("/{id:guid}/docx", (Guid id, HttpContext http, DocumentArchive archive, ViewRecorder views) => FileAsync(id, DocumentFileKind.Docx, http, archive, views)).RequireAuthorization(Permissions.ReadCases);
        files.MapGet("/{id:guid}/signature", (Guid id, HttpContext http, DocumentArchive archive, ViewRecorder views) => FileAsync(id, DocumentFileKind.Signature, http, archive, views)).RequireAuthorization(Permissions.ReadCases);
        files.MapGet("/templates/{kind}", TemplateAsync).RequireAuthorization(Permissions.ReadRules);
    }

    /// <summary>A file to be kept, never shown in the browser's window; it is recorded before it leaves.</summary>
    internal static async Task<IResult> FileAsync(Guid id, DocumentFileKind format, HttpContext http, DocumentArchive archive, ViewRecorder views)
    {
        if (await archive.FileAsync(Caller.From(http.User)!, id, format, http.RequestAborted) is not { } file)
        {
            return Results.NotFound();
        }

        views.Saw(ViewTypes.Document, file.CaseId, ("view", file.Sight.View), ("tie", file.Sight.Relation), ("file", file.Name));
        await views.DoneAsync();
        http.Response.Headers.CacheControl = "no-store";
        return Results.File(file.Content, file.ContentType, file.Name);
    }

    private static async Task<IResult> TemplateAsync(string kind, Templates templates, CancellationToken ct) => DocumentKinds.Find(kind) is { } known
        ? Results.File(await templates.CurrentAsync(known, ct), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", known.Id + ".docx")
        : Results.NotFound();
}
