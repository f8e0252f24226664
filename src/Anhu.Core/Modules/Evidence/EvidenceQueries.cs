using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Scene;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Evidence;

/// <summary>A file as lists show it.</summary>
/// <param name="File">The file.</param>
/// <param name="WorkerName">Who made it; null for a worker who is gone.</param>
/// <param name="Thumbnail">A small JPEG; empty where there is none.</param>
public sealed record EvidenceLine(EvidenceFile File, string? WorkerName, byte[] Thumbnail);

/// <summary>The files of a case as the caller may see them.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Sight">What the caller may see of it.</param>
/// <param name="Lines">Those that are kept, the last received first.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
/// <param name="Unfinished">The caller's own that are not whole yet.</param>
public sealed record CaseEvidence(
    Guid CaseId, string CaseNumber, CaseSight Sight, IReadOnlyList<EvidenceLine> Lines, long? Next, IReadOnlyList<EvidenceFile> Unfinished);

/// <summary>What happened to a file.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="What">A code: <c>made</c>, or the last part of the record's or the view's type, such as <c>received</c>, <c>picture</c>, <c>handed-on</c>.</param>
/// <param name="WorkerName">Who; null for a system or a worker who is gone.</param>
/// <param name="UnitId">Whose unit.</param>
/// <param name="Words">To whom, or why.</param>
/// <param name="Sequence">Its place in its chain; null for what was done on the device.</param>
public sealed record CustodyLine(DateTimeOffset At, string What, string? WorkerName, Guid? UnitId, string? Words, long? Sequence);

/// <summary>One file with its custody.</summary>
/// <param name="Line">The file.</param>
/// <param name="CaseNumber">The number of its case.</param>
/// <param name="Sight">What the caller may see of the case.</param>
/// <param name="HasCopy">There is something to be shown.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Custody">What happened to it, oldest first.</param>
/// <param name="MayHandOn">The caller may take the original out.</param>
/// <param name="MayChange">The caller may write the caption and withdraw it.</param>
public sealed record EvidenceDetails(
    EvidenceLine Line, string CaseNumber, CaseSight Sight, bool HasCopy, int Width, int Height, IReadOnlyList<CustodyLine> Custody, bool MayHandOn, bool MayChange);

/// <summary>What is shown of a file.</summary>
/// <param name="Content">The bytes.</param>
/// <param name="MediaType">Their media type.</param>
/// <param name="CaseId">The case.</param>
/// <param name="Sight">What the caller may see of it.</param>
public sealed record EvidencePicture(byte[] Content, string MediaType, Guid CaseId, CaseSight Sight);

/// <summary>Reads photos and files; every query asks the access policy.</summary>
public sealed class EvidenceQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, SceneBook book)
{
    /// <summary>How many files a page shows.</summary>
    public const int PageSize = 48;

    private const int MostLooks = 300;

    /// <summary>The files of a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="before">Where the page begins (keyset).</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="dutyId">Only those made at this duty; null for all.</param>
    /// <returns>Null when there is no such case for the caller, or it sees too little of it.</returns>
    public async Task<CaseEvidence?> OfCaseAsync(Caller caller, Guid caseId, long? before, CancellationToken ct, Guid? dutyId = null)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not ({ } dvCase, { View: >= CaseView.Working } sight))
        {
            return null;
        }

        var from = before is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : DateTimeOffset.MaxValue;
        var hidden = HiddenItems(sight);
        var story = sight.Shows(FieldClass.Story);
        var shown = HealthItems.Where(i => !hidden.Contains(i)).ToList();
        var unit = caller.UnitId;
        var rows = await db.EvidenceFiles.AsNoTracking()
            .Where(f => f.CaseId == caseId && f.State == EvidenceState.Kept && (before == null || f.KeptAt < from) && (dutyId == null || f.DutyId == dutyId)
                && (f.UnitId == unit || (story ? !hidden.Contains(f.Item) : shown.Contains(f.Item))))
            .OrderByDescending(f => f.KeptAt).Take(PageSize + 1)
            .Select(f => new { File = f, Worker = db.Workers.Where(w => w.Id == f.WorkerId).Select(w => w.DisplayName).FirstOrDefault() }).ToListAsync(ct);
        var ids = rows.Take(PageSize).Select(r => r.File.EvidenceFileId).ToList();
        var small = (await db.EvidenceCopies.AsNoTracking().Where(c => ids.Contains(c.EvidenceFileId)).Select(c => new { c.EvidenceFileId, c.Thumbnail }).ToListAsync(ct))
            .ToDictionary(c => c.EvidenceFileId, c => c.Thumbnail);
        var unfinished = await db.EvidenceFiles.AsNoTracking().Where(f => f.CaseId == caseId && f.State == EvidenceState.Receiving && f.WorkerId == caller.WorkerId && (dutyId == null || f.DutyId == dutyId))
            .OrderByDescending(f => f.BegunAt).Take(PageSize).ToListAsync(ct);
        return new CaseEvidence(
            caseId, dvCase.CaseNumber, sight, [.. rows.Take(PageSize).Select(r => new EvidenceLine(r.File, r.Worker, small.GetValueOrDefault(r.File.EvidenceFileId) ?? []))],
            rows.Count > PageSize ? rows[PageSize - 1].File.KeptAt!.Value.UtcTicks : null, unfinished);
    }

    /// <summary>All files of a case that are kept, for who sees it in full, the first made first, each with the name of who made it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<IReadOnlyList<(EvidenceFile File, string? Worker)>> AllOfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not (_, { View: CaseView.Full } sight))
        {
            return [];
        }

        var rows = await db.EvidenceFiles.AsNoTracking().Where(f => f.CaseId == caseId && f.State == EvidenceState.Kept).OrderBy(f => f.MadeAt).ThenBy(f => f.EvidenceFileId)
            .Select(f => new { File = f, Worker = db.Workers.Where(w => w.Id == f.WorkerId).Select(w => w.DisplayName).FirstOrDefault() }).ToListAsync(ct);
        return [.. rows.Where(r => Shows(sight, r.File, caller)).Select(r => (r.File, r.Worker))];
    }

    /// <summary>What the record tells of the files of a case, oldest first, by file.</summary>
    /// <param name="db">The store.</param>
    /// <param name="caseId">The case; the caller was asked about.</param>
    /// <param name="ct">Cancels.</param>
    internal static async Task<ILookup<Guid, BundleStep>> StepsAsync(AnhuDbContext db, Guid caseId, CancellationToken ct)
    {
        var facts = await EventTexts.OpenAsync(db, await db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.Type.StartsWith("evidence.")).OrderBy(e => e.Sequence).ToListAsync(ct), ct);
        var workers = facts.Select(e => e.WorkerId).OfType<Guid>().Distinct().ToList();
        var names = await db.Workers.AsNoTracking().Where(w => workers.Contains(w.Id)).ToDictionaryAsync(w => w.Id, w => w.DisplayName, ct);
        return facts.SelectMany(e => FilesOf(e.Data).Select(id => (Id: id, Step: new BundleStep(e.At, e.Type["evidence.".Length..], e.WorkerId is { } w ? names.GetValueOrDefault(w) : null, e.Sequence))))
            .ToLookup(s => s.Id, s => s.Step);
    }

    /// <summary>One file with its custody.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is no such file for the caller.</returns>
    public async Task<EvidenceDetails?> OneAsync(Caller caller, Guid fileId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await FindAsync(db, caller, fileId, ct) is not (var file, var dvCase, var sight))
        {
            return null;
        }

        var worker = await db.Workers.AsNoTracking().Where(w => w.Id == file.WorkerId).Select(w => w.DisplayName).FirstOrDefaultAsync(ct);
        var copy = await db.EvidenceCopies.AsNoTracking().Where(c => c.EvidenceFileId == fileId).Select(c => new { c.Width, c.Height, c.Thumbnail }).SingleOrDefaultAsync(ct);
        return new EvidenceDetails(
            new EvidenceLine(file, worker, copy?.Thumbnail ?? []), dvCase.CaseNumber, sight, copy is not null, copy?.Width ?? 0, copy?.Height ?? 0, await CustodyAsync(db, file, worker, ct),
            MayHandOn(caller, sight), MayChange(caller, sight, file));
    }

    /// <summary>What is shown of a file.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is nothing to be shown to the caller.</returns>
    public async Task<EvidencePicture?> PictureAsync(Caller caller, Guid fileId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(db, caller, fileId, ct) is (var file, _, var sight) && await db.EvidenceCopies.AsNoTracking().Where(c => c.EvidenceFileId == fileId).Select(c => c.Content).SingleOrDefaultAsync(ct) is { } content
            ? new EvidencePicture(content, file.Kind == EvidenceKind.Text ? "text/plain; charset=utf-8" : "image/jpeg", file.CaseId, sight) : null;
    }

    /// <summary>Whether a caller may take originals out: police, procuratorate and court, who see all of the case and work on it; never in an emergency.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="sight">What the caller may see of the case.</param>
    public static bool MayHandOn(Caller caller, CaseSight sight) => caller.WorkerId is not null && caller.May(Permissions.WorkDuties)
        && sight is { View: CaseView.Full, MayWork: true, Agency: Agency.Police or Agency.Procuratorate or Agency.Court };

    /// <summary>Whether a caller may write the caption of a file, and withdraw it: the unit that made it.</summary>
    internal static bool MayChange(Caller caller, CaseSight sight, EvidenceFile file) => caller.WorkerId is not null && caller.May(Permissions.WorkDuties) && sight.MayWork && file.UnitId == caller.UnitId;

    /// <summary>A file that is kept, for who may see it.</summary>
    internal async Task<(EvidenceFile File, DvCase Case, CaseSight Sight)?> FindAsync(AnhuDbContext db, Caller caller, Guid fileId, CancellationToken ct) =>
        await db.EvidenceFiles.AsNoTracking().SingleOrDefaultAsync(f => f.EvidenceFileId == fileId && f.State == EvidenceState.Kept, ct) is { } file
        && await sights.FindAsync(db, caller, file.CaseId, ct) is (var dvCase, { View: >= CaseView.Working } sight) && Shows(sight, file, caller) ? (file, dvCase, sight) : null;

    /// <summary>What tells of health is for who sees health, all else is the story's; each unit sees what it made.</summary>
    internal bool Shows(CaseSight sight, EvidenceFile file, Caller caller) =>
        file.UnitId == caller.UnitId || (HealthItems.Contains(file.Item) ? !HiddenItems(sight).Contains(file.Item) : sight.Shows(FieldClass.Story));

    private IReadOnlyList<string> HealthItems => [.. book.Checklists.SelectMany(c => c.Items).Where(i => i.IsHealth).Select(i => i.Id).Distinct()];

    private IReadOnlyList<string> HiddenItems(CaseSight sight) => sight.Shows(FieldClass.Health) && sight.Shows(FieldClass.Personal) ? [] : HealthItems;

    /// <summary>Custody is what both chains tell of the file: nothing is kept beside them that could say otherwise.</summary>
    private static async Task<IReadOnlyList<CustodyLine>> CustodyAsync(AnhuDbContext db, EvidenceFile file, string? maker, CancellationToken ct)
    {
        var id = file.EvidenceFileId.ToString("D");
        var facts = await EventTexts.OpenAsync(
            db, await db.Timeline.AsNoTracking().Where(e => e.CaseId == file.CaseId && e.Type.StartsWith("evidence.") && e.Data.Contains(id)).OrderBy(e => e.Sequence).ToListAsync(ct), ct);
        var looks = await db.Views.AsNoTracking().Where(v => v.CaseId == file.CaseId && v.Type == ViewTypes.Evidence && v.Data.Contains(id)).OrderByDescending(v => v.Sequence).Take(MostLooks).ToListAsync(ct);
        var workers = facts.Select(e => e.WorkerId).Concat(looks.Select(v => v.WorkerId)).OfType<Guid>().Distinct().ToList();
        var names = await db.Workers.AsNoTracking().Where(w => workers.Contains(w.Id)).ToDictionaryAsync(w => w.Id, w => w.DisplayName, ct);
        return
        [
            .. facts.Select(e => new CustodyLine(e.At, e.Type["evidence.".Length..], Name(e.WorkerId), e.UnitId, Text(e.Data, "reason"), e.Sequence))
                .Concat(looks.Select(v => new CustodyLine(v.At, Text(v.Data, "shown") ?? "list", Name(v.WorkerId), v.UnitId, null, v.Sequence)))
                .Prepend(new CustodyLine(file.MadeAt, "made", maker, file.UnitId, null, null)).OrderBy(l => l.At),
        ];

        string? Name(Guid? worker) => worker is { } w ? names.GetValueOrDefault(w) : null;
    }

    private static IEnumerable<Guid> FilesOf(string data)
    {
        using var json = JsonDocument.Parse(data);
        var one = json.RootElement.TryGetProperty("file", out var file) ? [file.GetString()] : Array.Empty<string?>();
        return [.. (json.RootElement.TryGetProperty("files", out var several) ? several.EnumerateArray().Select(f => f.GetString()) : []).Concat(one).Select(f => Guid.TryParse(f, out var id) ? id : (Guid?)null).OfType<Guid>()];
    }

    private static string? Text(string data, string name)
    {
        using var json = JsonDocument.Parse(data);
        return json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
