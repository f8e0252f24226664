using System.Security.Cryptography;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Documents.Word;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Documents;

/// <summary>Where templates that came with the program are.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="CheckAddress">The platform's address as the public reaches it, such as <c>https://anhu.example.gov.cn</c>; empty for the one that the worker uses.</param>
public sealed record DocumentSettings(string Folder, string CheckAddress);

/// <summary>A template as the page lists it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Version">Its version; 0 for the program's own that was never used.</param>
/// <param name="IsShipped">Whether it came with the program.</param>
/// <param name="AddedAt">When it was taken in, UTC.</param>
/// <param name="AddedBy">Who took it in.</param>
public sealed record TemplateLine(DocumentKind Kind, int Version, bool IsShipped, DateTimeOffset? AddedAt, string? AddedBy);

/// <summary>What came of giving a template.</summary>
/// <param name="Faults">What is wrong with it; nothing when it is in force.</param>
public sealed record TemplateVerdict(IReadOnlyList<TemplateFault> Faults);

/// <summary>Templates: the program's, and those that the city takes in their place.</summary>
public sealed class Templates(IDbContextFactory<AnhuDbContext> contexts, DocumentSettings settings, DocumentCatalog catalog, TimeProvider time)
{
    /// <summary>Largest file of a template, bytes.</summary>
    public const int MostBytes = WordFile.MostBytes;

    /// <summary>A template was taken in, or the program's is used again.</summary>
    public const string Changed = "documents.template-changed";

    /// <summary>The templates in force.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<TemplateLine>> ListAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.DocumentTemplates.AsNoTracking().Where(t => !t.IsShipped && t.EndedAt == null)
            .Select(t => new { t.Kind, t.Version, t.AddedAt, By = db.Workers.Where(w => w.Id == t.AddedByWorkerId).Select(w => w.DisplayName).FirstOrDefault() }).ToListAsync(ct);
        return [.. catalog.All.Select(k => rows.Where(r => r.Kind == k.Id).OrderByDescending(r => r.Version).FirstOrDefault() is { } own
            ? new TemplateLine(k, own.Version, false, own.AddedAt, own.By) : new TemplateLine(k, 0, true, null, null))];
    }

    /// <summary>The template in force of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<byte[]> CurrentAsync(DocumentKind kind, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.DocumentTemplates.AsNoTracking().Where(t => t.Kind == kind.Id && !t.IsShipped && t.EndedAt == null).OrderByDescending(t => t.Version).Select(t => t.Content).FirstOrDefaultAsync(ct)
            ?? await ShippedAsync(kind, ct);
    }

    /// <summary>The program's own template of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="ct">Cancels.</param>
    public Task<byte[]> ShippedAsync(DocumentKind kind, CancellationToken ct) => File.ReadAllBytesAsync(Path.Combine(settings.Folder, kind.Id + ".docx"), ct);

    /// <summary>Takes in a city's template, unless anything is wrong with it.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="kindId">The kind.</param>
    /// <param name="file">The file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What is wrong; nothing when it is in force now.</returns>
    public async Task<Result<TemplateVerdict>> AddAsync(Caller caller, string kindId, byte[] file, CancellationToken ct)
    {
        if (!caller.May(Permissions.AdministerUnits) || caller.WorkerId is not { } worker)
        {
            return new Failure(FailureKind.Forbidden, "documents.not-yours");
        }

        if (catalog.Find(kindId) is not { } kind)
        {
            return DocumentFailures.NotFound;
        }

        if (DocumentPress.Check(file, kind) is { Count: > 0 } faults)
        {
            return new TemplateVerdict(faults);
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        await db.ExclusivelyAsync(
            async () =>
            {
                var template = await AddRowAsync(db, kind, file, false, worker, time.Now, ct);
                db.Record(new PendingEvent(Changed, time.Now, UnitId: caller.UnitId, Data: EventData.Of(("kind", kind.Id), ("version", template.Version), ("hash", template.Hash))));
                return template;
            },
            ct);
        return new TemplateVerdict([]);
    }

    /// <summary>Goes back to the program's own template.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="kindId">The kind.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> UseShippedAsync(Caller caller, string kindId, CancellationToken ct)
    {
        if (!caller.May(Permissions.AdministerUnits) || caller.WorkerId is null)
        {
            return new Failure(FailureKind.Forbidden, "documents.not-yours");
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        var rows = await db.DocumentTemplates.Where(t => t.Kind == kindId && !t.IsShipped && t.EndedAt == null).ToListAsync(ct);
        if (rows.Count == 0)
        {
            return DocumentFailures.NotFound;
        }

        foreach (var row in rows)
        {
            row.EndedAt = time.Now;
        }

        db.Record(new PendingEvent(Changed, time.Now, UnitId: caller.UnitId, Data: EventData.Of(("kind", kindId), ("version", 0))));
        await db.SaveChangesAsync(ct);
        return Result.Ok;
    }

    /// <summary>The row of a template that makes a document, added when the file was never used. Within an exclusive turn.</summary>
    internal static async Task<DocumentTemplate> RowAsync(AnhuDbContext db, DocumentKind kind, byte[] file, DateTimeOffset now, CancellationToken ct)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        return await db.DocumentTemplates.Where(t => t.Kind == kind.Id && t.Hash == hash).OrderByDescending(t => t.Version).FirstOrDefaultAsync(ct)
            ?? await AddRowAsync(db, kind, file, true, null, now, ct);
    }

    private static async Task<DocumentTemplate> AddRowAsync(AnhuDbContext db, DocumentKind kind, byte[] file, bool shipped, Guid? worker, DateTimeOffset now, CancellationToken ct)
    {
        var last = await db.DocumentTemplates.Where(t => t.Kind == kind.Id).MaxAsync(t => (int?)t.Version, ct) ?? 0;
        var row = new DocumentTemplate
        {
            DocumentTemplateId = Guid.CreateVersion7(now), Kind = kind.Id, Version = last + 1, IsShipped = shipped, Content = file,
            Hash = Convert.ToHexStringLower(SHA256.HashData(file)), AddedByWorkerId = worker, AddedAt = now,
        };
        db.Add(row);
        return row;
    }
}
