using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents;
using Anhu.Modules.Organisation;
using Anhu.Modules.Protection;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Evidence;

/// <summary>A bundle that may leave: checked and recorded, not yet read.</summary>
/// <param name="Name">Name of the archive: the list's number.</param>
/// <param name="Document">The list on paper.</param>
/// <param name="Bundle">What is in it.</param>
/// <param name="Papers">The list's files.</param>
/// <param name="UnitCode">Code of the unit that made the list.</param>
/// <param name="Sight">What the caller may see of the case.</param>
public sealed record OpenBundle(string Name, IssuedDocument Document, EvidenceBundle Bundle, IReadOnlyList<DocumentDownload> Papers, string UnitCode, CaseSight Sight);

/// <summary>
/// Hands out the files of a list of evidence as an archive. All files are looked at before the first byte leaves: one that was withdrawn or is no longer what was hashed stops the bundle and is named. Then they are read
/// piece by piece, so that neither many nor large ones fill the memory.
/// </summary>
public sealed class EvidenceBundles(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, DocumentArchive archive, OrganisationDirectory organisation, TimeProvider time)
{
    private const string Sums = "SHA256SUMS", SumsSm3 = "SM3SUMS";

    /// <summary>Whether who sees so much of a case may make and take bundles: police, procuratorate and court, who see all of it and work on it; never in an emergency.</summary>
    /// <param name="sight">What the caller may see of the case.</param>
    public static bool May(CaseSight sight) => sight is { View: CaseView.Full, MayWork: true, Agency: Agency.Police or Agency.Procuratorate or Agency.Court };

    /// <summary>Opens a bundle: access, state, each file; and records that it leaves.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="documentId">The list.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<OpenBundle>> OpenAsync(Caller caller, Guid documentId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        var document = await db.IssuedDocuments.AsNoTracking().SingleOrDefaultAsync(d => d.IssuedDocumentId == documentId, ct);
        if (document is null || await sights.FindAsync(db, caller, document.CaseId, ct) is not (_, { } sight) || !May(sight) || !caller.May(Permissions.WorkDuties)
            || await db.IssuedDocumentFiles.AsNoTracking().Where(f => f.IssuedDocumentId == documentId).Select(f => f.Data).SingleAsync(ct) is not { } data)
        {
            return DocumentFailures.NotFound;
        }

        if (document.State != DocumentState.Valid)
        {
            return DocumentFailures.Ended;
        }

        var bundle = EvidenceBundle.Read(data);
        if (await WithdrawnAsync(db, bundle.Files, ct) is { } withdrawn)
        {
            return withdrawn;
        }

        var altered = new List<BundleFile>();
        foreach (var file in bundle.Files)
        {
            var isSame = file.IsOriginal ? await EvidenceOriginal.IsSameAsync(db, file.Id!.Value, file.Sha256, ct)
                : await CopyAsync(db, file, ct) is { } copy && Convert.ToHexStringLower(SHA256.HashData(copy)) == file.Sha256;
            if (!isSame)
            {
                altered.Add(file);
            }
        }

        if (altered.Count > 0)
        {
            return EvidenceFailures.BundleAltered(string.Join("、", altered.Select(f => $"{f.Number.ToString(CultureInfo.InvariantCulture)} {f.Title}")));
        }

        List<DocumentDownload> papers = [];
        foreach (var format in Enum.GetValues<DocumentFileKind>())
        {
            if (await archive.FileAsync(caller, documentId, format, ct) is not { } paper)
            {
                return DocumentFailures.NotFound;
            }

            papers.Add(paper);
        }

        db.Record(new PendingEvent(
            bundle.Edition == EvidenceBundle.Court ? EvidenceDesk.HandedOn : EvidenceDesk.CopiesHandedOn, time.Now, document.CaseId, null, caller.UnitId, null,
            EventData.Of(("purpose", HandOnPurpose.Court), ("reason", document.Number), ("files", bundle.Files.Select(f => f.Id!.Value.ToString())))));
        await db.SaveChangesAsync(ct);
        var unit = (await organisation.GetAsync(ct)).Find(document.UnitId)?.Code ?? "";
        return new OpenBundle($"{document.Number}.zip", document, bundle, papers, unit, sight);
    }

    /// <summary>Writes the archive.</summary>
    /// <param name="open">What was opened.</param>
    /// <param name="into">Takes it; written once from front to back.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="InvalidDataException">A file is no longer what it was a moment ago. What was written is no archive.</exception>
    public async Task WriteAsync(OpenBundle open, Stream into, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (sums, sums3) = (new StringBuilder(), new StringBuilder());
        var isGuomi = open.Bundle.Files.Any(f => f.Sm3 is not null);
        var zip = await ZipArchive.CreateAsync(into, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: Encoding.UTF8, ct);
        var at = open.Document.IssuedAt;
        foreach (var paper in open.Papers)
        {
            await AddAsync(paper.Name, paper.Content);
        }

        await AddAsync("manifest.json", open.Bundle.Manifest(open.Document.Number, open.UnitCode, at));
        await AddAsync("README.txt", Encoding.UTF8.GetBytes(Help(isGuomi)));
        foreach (var file in open.Bundle.Files)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using (var entry = await EntryAsync(file.Path))
            {
                if (file.IsOriginal)
                {
                    await foreach (var piece in EvidenceOriginal.PiecesAsync(db, file.Id!.Value, ct))
                    {
                        hash.AppendData(piece);
                        await entry.WriteAsync(piece, ct);
                    }
                }
                else if (await CopyAsync(db, file, ct) is { } copy)
                {
                    hash.AppendData(copy);
                    await entry.WriteAsync(copy, ct);
                }
            }

            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
            {
                throw new InvalidDataException($"File {file.Number.ToString(CultureInfo.InvariantCulture)} of {open.Document.Number} changed while it was handed out.");
            }

            sums.Append(file.Sha256).Append("  ").Append(file.Path).Append('\n');
            if (file.Sm3 is { } sm3)
            {
                sums3.Append(sm3).Append("  ").Append(file.Path).Append('\n');
            }
        }

        if (isGuomi)
        {
            await WriteEntryAsync(SumsSm3, Encoding.UTF8.GetBytes(sums3.ToString()));
        }

        await WriteEntryAsync(Sums, Encoding.UTF8.GetBytes(sums.ToString()));

        // Only a whole archive gets its end: what breaks off before can't be taken for one.
        await zip.DisposeAsync();

        async Task AddAsync(string name, byte[] content)
        {
            await WriteEntryAsync(name, content);
            sums.Append(Convert.ToHexStringLower(SHA256.HashData(content))).Append("  ").Append(name).Append('\n');
            if (isGuomi)
            {
                sums3.Append(Convert.ToHexStringLower(ChainHash.Sm3.Compute(content))).Append("  ").Append(name).Append('\n');
            }
        }

        async Task WriteEntryAsync(string name, byte[] content)
        {
            await using var entry = await EntryAsync(name);
            await entry.WriteAsync(content, ct);
        }

        Task<Stream> EntryAsync(string name)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
            entry.LastWriteTime = at;
            return entry.OpenAsync(ct);
        }
    }

    /// <summary>Files that were withdrawn since the list was made stop it.</summary>
    internal static async Task<Failure?> WithdrawnAsync(AnhuDbContext db, IEnumerable<BundleFile> files, CancellationToken ct)
    {
        var byId = files.ToDictionary(f => f.Id!.Value);
        List<Guid> ids = [.. byId.Keys];
        var kept = await db.EvidenceFiles.AsNoTracking().Where(f => ids.Contains(f.EvidenceFileId) && f.State == EvidenceState.Kept).Select(f => f.EvidenceFileId).ToListAsync(ct);
        var gone = byId.Where(f => !kept.Contains(f.Key)).Select(f => f.Value.Number).Order().ToList();
        return gone.Count == 0 ? null : EvidenceFailures.BundleWithdrawn(string.Join("、", gone.Select(n => n.ToString(CultureInfo.InvariantCulture))));
    }

    private static Task<byte[]?> CopyAsync(AnhuDbContext db, BundleFile file, CancellationToken ct) =>
        db.EvidenceCopies.AsNoTracking().Where(c => c.EvidenceFileId == file.Id).Select(c => c.Content).SingleOrDefaultAsync(ct)!;

    private static string Help(bool isGuomi) => $"""
        核对：在解压后的文件夹里运行 sha256sum -c SHA256SUMS{(isGuomi ? "（国密：SM3SUMS）" : "")}。清单（PDF）的签名见 .signature.json。
        To check: run "sha256sum -c SHA256SUMS" in the unpacked folder{(isGuomi ? " (SM3 hashes: SM3SUMS)" : "")}. The signature of the list (PDF) is in .signature.json.

        """;
}
