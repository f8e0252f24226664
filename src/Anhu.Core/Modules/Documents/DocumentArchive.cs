using System.Text;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Documents;

/// <summary>Hands out documents that were issued, and tells the public whether one is genuine.</summary>
public sealed class DocumentArchive(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, DocumentCatalog catalog)
{
    /// <summary>A file of a document.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="format">Which file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none for the caller.</returns>
    public async Task<DocumentDownload?> FileAsync(Caller caller, Guid documentId, DocumentFileKind format, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var document = await db.IssuedDocuments.AsNoTracking().SingleOrDefaultAsync(d => d.IssuedDocumentId == documentId, ct);
        if (document is null || await sights.FindAsync(db, caller, document.CaseId, ct) is not (_, { View: >= CaseView.Working, Grant: not GrantKind.Emergency } sight)
            || !(sight.Shows(FieldClass.Story) || document.UnitId == caller.UnitId)
            || await LeakHolds.ShutOutAsync(db, caller, document.CaseId, ct))
        {
            return null;
        }

        if (format == DocumentFileKind.Signature)
        {
            var signature = await SignatureAsync(db, document, ct);
            return new DocumentDownload($"{document.Number}.signature.json", "application/json", Encoding.UTF8.GetBytes(signature.ToJson()), document.CaseId, sight);
        }

        var files = await db.IssuedDocumentFiles.AsNoTracking().SingleAsync(f => f.IssuedDocumentId == documentId, ct);
        return format == DocumentFileKind.Pdf
            ? new DocumentDownload($"{document.Number}.pdf", "application/pdf", files.Pdf, document.CaseId, sight)
            : new DocumentDownload($"{document.Number}.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", files.Docx, document.CaseId, sight);
    }

    /// <summary>What anybody may know of a document whose code he has.</summary>
    /// <param name="code">The code as it was typed or scanned.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none.</returns>
    public async Task<CheckedDocument?> CheckAsync(string? code, CancellationToken ct)
    {
        if (CheckCodes.HashOf(code) is not { } hash)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await db.IssuedDocuments.AsNoTracking().Where(d => d.CheckHash == hash)
            .Select(d => new { d.Number, d.Kind, d.UnitId, d.IssuedAt, d.State, d.EndedAt, d.PdfHash }).SingleOrDefaultAsync(ct);
        var map = await organisation.GetAsync(ct);
        return found is null ? null : new CheckedDocument(
            found.Number, catalog.Find(found.Kind)?.Title ?? found.Kind, map.Find(found.UnitId)?.Name ?? "", found.IssuedAt, found.State, found.EndedAt, Convert.ToHexStringLower(found.PdfHash));
    }

    /// <summary>The public keys by which documents of this city are checked, oldest first.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<(string Algorithm, byte[] PublicKey, DateTimeOffset CreatedAt)>> KeysAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return [.. (await db.DocumentKeys.AsNoTracking().OrderBy(k => k.CreatedAt).Select(k => new { k.Algorithm, k.PublicKey, k.CreatedAt }).ToListAsync(ct)).Select(k => (k.Algorithm, k.PublicKey, k.CreatedAt))];
    }

    private async Task<DocumentSignature> SignatureAsync(AnhuDbContext db, IssuedDocument document, CancellationToken ct)
    {
        var key = await db.DocumentKeys.AsNoTracking().Where(k => k.DocumentKeyId == document.DocumentKeyId).Select(k => new { k.Algorithm, k.PublicKey }).SingleAsync(ct);
        var sm3 = key.Algorithm == AuditSignature.AlgorithmOf(Protection.CipherSuite.Guomi)
            ? DocumentSignature.Sm3Of(await db.IssuedDocumentFiles.AsNoTracking().Where(f => f.IssuedDocumentId == document.IssuedDocumentId).Select(f => f.Pdf).SingleAsync(ct)) : null;
        var unit = (await organisation.GetAsync(ct)).Find(document.UnitId);
        return new DocumentSignature(
            DocumentSignature.FormatName, document.Number, document.Kind, unit?.Code ?? "", document.IssuedAt.ToUniversalTime(), Convert.ToHexStringLower(document.PdfHash), sm3, key.Algorithm,
            Convert.ToBase64String(key.PublicKey), Convert.ToBase64String(document.Signature));
    }
}
