using System.Security.Cryptography;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Protection;
using Anhu.Modules.Scene;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Evidence;

/// <summary>Announces a file that will come in parts.</summary>
public sealed record BeginEvidence
{
    /// <summary>Made where the file was made; what is announced again has the same one.</summary>
    public required Guid Id { get; init; }

    /// <summary>The case; null when the duty names it.</summary>
    public Guid? CaseId { get; init; }

    /// <summary>The duty at which it was made; null for one that came later.</summary>
    public Guid? DutyId { get; init; }

    /// <summary>The item of the checklist.</summary>
    public required string Item { get; init; }

    /// <summary>The wound that it shows; null for none.</summary>
    public string? Wound { get; init; }

    /// <summary>What it shows, in words.</summary>
    public string? Caption { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Bytes of the whole.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-256 of the whole, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The writer was told that the caption holds a shielded value, and keeps it.</summary>
    public bool LeaksSeen { get; init; }
}

/// <summary>How far a file is.</summary>
/// <param name="Id">The file.</param>
/// <param name="IsKept">It is whole and kept; nothing more is to be sent.</param>
/// <param name="Missing">Numbers of the parts that are not here yet.</param>
public sealed record EvidenceProgress(Guid Id, bool IsKept, IReadOnlyList<int> Missing);

/// <summary>
/// Takes files: announced with their hash, sent in parts in any order and as often as it takes, checked as a whole. Each part is on disk when it is answered, so
/// that a lost line, a killed program or a full disk costs a part at most.
/// </summary>
public sealed class ReceiveEvidenceHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RecordSceneHandler scenes, SceneBook book, RuleBook rules, VirusScanner scanner,
    TimeProvider time)
{
    /// <summary>Bytes of each part but the last.</summary>
    public const int PartSize = ChunksOfPart * EvidenceChunk.Size;

    /// <summary>How many files a case holds.</summary>
    public const int MostFiles = 1000;

    /// <summary>A file was received whole, and its hash was found right.</summary>
    public const string Received = "evidence.received";

    /// <summary>A file was refused when it was whole.</summary>
    public const string Refused = "evidence.refused";

    private const int ChunksOfPart = 8;

    /// <summary>Files that wait unfinished longer are taken away: a phone keeps what it has not sent for three days.</summary>
    private static readonly TimeSpan Unfinished = TimeSpan.FromDays(30);

    /// <summary>A whole file is in memory while it is looked at: one at a time.</summary>
    private static readonly SemaphoreSlim Looking = new(1, 1);

    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>Announces a file. Announced again, it tells what is still missing.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who; a worker.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<EvidenceProgress>> BeginAsync(BeginEvidence command, Caller caller, CancellationToken ct)
    {
        if (FaultOf(command) is { } wrong)
        {
            return wrong;
        }

        var caseId = command.CaseId;
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            if (command.DutyId is { } duty)
            {
                var of = await db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.DutyId == duty).Select(d => (Guid?)d.CaseId).SingleOrDefaultAsync(ct);
                caseId = command.CaseId is null || command.CaseId == of ? of : null;
            }
        }

        if (caseId is not { } id || caller.WorkerId is null)
        {
            return EvidenceFailures.NotFound;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var begun = await turn.TakeAsync(id, caller, (db, file, map) => BeginAsync(command, caller, db, file, map, ct), ct);
                return begun.IsOk ? await ProgressAsync(begun.Value, ct) : begun.Failure!;
            }
            catch (DbUpdateException e) when (attempt < 4 && IsConstraint(e))
            {
                // The same file was announced twice at once: the second time it is known.
            }
        }
    }

    /// <summary>Takes a part; one that is here already is taken again without harm.</summary>
    /// <param name="fileId">The file.</param>
    /// <param name="part">Its number, from 0.</param>
    /// <param name="content">Its bytes: <see cref="PartSize"/>, the last one what is left.</param>
    /// <param name="caller">Who announced it.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result> PartAsync(Guid fileId, int part, ReadOnlyMemory<byte> content, Caller caller, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var db = await contexts.CreateDbContextAsync(ct);
                db.Actor = caller.Actor;
                if (await OwnAsync(db, fileId, caller, ct) is not { } file)
                {
                    return EvidenceFailures.NotFound;
                }

                if (part < 0 || part >= PartsOf(file.Length) || content.Length != Math.Min(PartSize, file.Length - ((long)part * PartSize)))
                {
                    return EvidenceFailures.Part;
                }

                if (file.State != EvidenceState.Receiving)
                {
                    return Result.Ok;
                }

                var first = part * ChunksOfPart;
                var here = await db.EvidenceChunks.AsNoTracking().Where(c => c.EvidenceFileId == fileId && c.Number >= first && c.Number < first + ChunksOfPart).Select(c => c.Number).ToListAsync(ct);
                for (var (at, number) = (0, first); at < content.Length; at += EvidenceChunk.Size, number++)
                {
                    if (!here.Contains(number))
                    {
                        db.Add(new EvidenceChunk { EvidenceFileId = fileId, Number = number, Content = content.Slice(at, Math.Min(EvidenceChunk.Size, content.Length - at)).ToArray() });
                    }
                }

                await db.SaveChangesAsync(ct);
                return Result.Ok;
            }
            catch (DbUpdateException e) when (attempt < 4 && IsConstraint(e))
            {
                // The same part came twice at once, or the file was refused meanwhile.
            }
        }
    }

    /// <summary>Looks at a file whose parts are all here, and keeps or refuses it. What is kept already is answered as such.</summary>
    /// <param name="fileId">The file.</param>
    /// <param name="caller">Who announced it.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<EvidenceProgress>> FinishAsync(Guid fileId, Caller caller, CancellationToken ct)
    {
        await Looking.WaitAsync(ct);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            if (await OwnAsync(db, fileId, caller, ct) is not { } file)
            {
                return EvidenceFailures.NotFound;
            }

            if (file.State != EvidenceState.Receiving)
            {
                return new EvidenceProgress(fileId, true, []);
            }

            if (await EvidenceOriginal.ReadAsync(db, file, ct) is not { } content)
            {
                return EvidenceFailures.Incomplete;
            }

            var (verdict, found) = await scanner.ScanAsync(content, ct);
            if (verdict == ScanVerdict.NotScanned)
            {
                // Its parts stay: the phone asks again.
                return EvidenceFailures.NotScanned;
            }

            var looked = verdict == ScanVerdict.Infected ? EvidenceFailures.Infected(found) : Look(file, content);
            var sm3 = db.Keys.Suite == CipherSuite.Guomi ? Convert.ToHexStringLower(ChainHash.Sm3.Compute(content)) : null;
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await turn.TakeAsync(file.CaseId, caller, (turned, of, map) => KeepAsync(turned, of, map, fileId, looked, sm3, caller, ct), ct) is { IsOk: false } refused
                        ? refused.Failure! : looked.IsOk ? new EvidenceProgress(fileId, true, []) : looked.Failure!;
                }
                catch (DbUpdateConcurrencyException) when (attempt < 6)
                {
                    // Somebody took a step on the duty, or finished the file, meanwhile: read again.
                }
                catch (DbUpdateException e) when (attempt < 6 && IsConstraint(e))
                {
                    // The same, a moment earlier.
                }
            }
        }
        finally
        {
            Looking.Release();
        }
    }

    /// <summary>Takes away what was announced long ago and never came whole.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many files.</returns>
    public async Task<int> ForgetUnfinishedAsync(CancellationToken ct)
    {
        var before = time.Now - Unfinished;
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!await db.EvidenceFiles.AnyAsync(f => f.KeptAt == null && f.BegunAt < before, ct))
        {
            return 0;
        }

        using var own = await db.Store.EnterAsync(ct);
        return await db.EvidenceFiles.Where(f => f.KeptAt == null && f.BegunAt < before).ExecuteDeleteAsync(ct);
    }

    private static Failure? FaultOf(BeginEvidence command) =>
        command.Id == Guid.Empty ? EvidenceFailures.Wrong("id")
        : command.Sha256.Length != 64 || !command.Sha256.All(char.IsAsciiHexDigitLower) ? EvidenceFailures.Wrong("sha256")
        : command.MadeAt.Year is < 2000 or > 9000 ? EvidenceFailures.Wrong("madeAt")
        : command.Length is < 1 or > EvidenceType.LongestOfAll ? EvidenceFailures.TooLarge(EvidenceType.LongestOfAll)
        : command.Wound is { Length: > 0 } && (command.Wound.Length > 40 || !command.Wound.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) ? EvidenceFailures.Wrong("wound")
        : command.Caption?.Trim().Length > EvidenceFile.CaptionMaxLength ? EvidenceFailures.CaptionTooLong : null;

    private static int PartsOf(long length) => (int)((length + PartSize - 1) / PartSize);

    private async Task<Result<EvidenceFile>> BeginAsync(BeginEvidence command, Caller caller, AnhuDbContext db, CaseFile file, OrganisationMap map, CancellationToken ct)
    {
        var now = time.Now;
        var (wound, caption) = (string.IsNullOrEmpty(command.Wound) ? null : command.Wound, string.IsNullOrWhiteSpace(command.Caption) ? null : command.Caption.Trim());
        if (await db.EvidenceFiles.AsNoTracking().SingleOrDefaultAsync(f => f.EvidenceFileId == command.Id, ct) is { } known)
        {
            return (known.WorkerId, known.DutyId, known.Item, known.Wound, known.Length, known.Sha256) == (caller.WorkerId, command.DutyId, command.Item, wound, command.Length, command.Sha256)
                && known.CaseId == file.Case.CaseId ? known : EvidenceFailures.Taken;
        }

        if (book.Checklists.All(c => c.Items.All(i => i.Id != command.Item)))
        {
            return EvidenceFailures.Item;
        }

        var duty = command.DutyId is { } dutyId ? await db.Duties.AsNoTracking().SingleOrDefaultAsync(d => d.DutyId == dutyId && d.CaseId == file.Case.CaseId, ct) : null;
        if (command.DutyId is not null && (duty is null || !RecordSceneHandler.MayWrite(caller, duty.OwnerUnitId, map)))
        {
            return duty is null ? EvidenceFailures.NotFound : EvidenceFailures.NotYours;
        }

        if (await db.EvidenceFiles.CountAsync(f => f.CaseId == file.Case.CaseId, ct) >= MostFiles)
        {
            return EvidenceFailures.Full;
        }

        if (caption is not null && !command.LeaksSeen && await CaseLeaks.TellsAsync(db, file.Case.CaseId, [("caption", caption)], ct))
        {
            return EvidenceFailures.TellsPlace("caption");
        }

        var made = new EvidenceFile
        {
            EvidenceFileId = command.Id, CaseId = file.Case.CaseId, IncidentId = duty is null ? file.Incidents.MaxBy(i => i.OccurredAt)?.IncidentId : duty.IncidentId, DutyId = duty?.DutyId,
            UnitId = caller.UnitId!.Value, WorkerId = caller.WorkerId!.Value, Item = command.Item, Wound = wound, Caption = caption, Length = command.Length, Sha256 = command.Sha256,
            MadeAt = Clock.CutToMicroseconds(command.MadeAt.ToUniversalTime()) is var at && at > now ? now : at, BegunAt = now,
        };
        db.Add(made);
        return made;
    }

    private async Task<EvidenceProgress> ProgressAsync(EvidenceFile file, CancellationToken ct)
    {
        if (file.State != EvidenceState.Receiving)
        {
            return new EvidenceProgress(file.EvidenceFileId, true, []);
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var here = (await db.EvidenceChunks.AsNoTracking().Where(c => c.EvidenceFileId == file.EvidenceFileId).Select(c => c.Number).ToListAsync(ct)).ToLookup(n => n / ChunksOfPart);
        var chunks = (int)((file.Length + EvidenceChunk.Size - 1) / EvidenceChunk.Size);
        return new EvidenceProgress(
            file.EvidenceFileId, false, [.. Enumerable.Range(0, PartsOf(file.Length)).Where(p => here[p].Count() < Math.Min(ChunksOfPart, chunks - (p * ChunksOfPart)))]);
    }

    /// <summary>The file, for who announced it and still works on its case.</summary>
    private async Task<EvidenceFile?> OwnAsync(AnhuDbContext db, Guid fileId, Caller caller, CancellationToken ct) =>
        caller.May(Permissions.WorkDuties) && await db.EvidenceFiles.AsNoTracking().SingleOrDefaultAsync(f => f.EvidenceFileId == fileId, ct) is { } file && file.WorkerId == caller.WorkerId
        && await sights.FindAsync(db, caller, file.CaseId, ct) is (_, { MayWork: true }) ? file : null;

    private static Result<LookedAt> Look(EvidenceFile file, byte[] content)
    {
        if (Convert.ToHexStringLower(SHA256.HashData(content)) != file.Sha256)
        {
            return EvidenceFailures.Altered;
        }

        var type = EvidenceType.Of(content);
        if (!type.IsOk)
        {
            return type.Failure!;
        }

        switch (type.Value.Kind)
        {
            case EvidenceKind.Image:
                var picture = PictureMaker.Make(content);
                return picture.IsOk
                    ? new LookedAt(type.Value, new EvidenceCopy
                    {
                        EvidenceFileId = file.EvidenceFileId, Content = picture.Value.Jpeg, Thumbnail = picture.Value.Thumbnail, Width = picture.Value.Width, Height = picture.Value.Height,
                    })
                    : picture.Failure!;
            case EvidenceKind.Text:
                return new LookedAt(type.Value, new EvidenceCopy
                {
                    EvidenceFileId = file.EvidenceFileId, Content = System.Text.Encoding.UTF8.GetBytes(EvidenceType.TextOf(content)!), Thumbnail = [], Width = 0, Height = 0,
                });
            default:
                return new LookedAt(type.Value, null);
        }
    }

    private async Task<Result<bool>> KeepAsync(AnhuDbContext db, CaseFile file, OrganisationMap map, Guid fileId, Result<LookedAt> looked, string? sm3, Caller caller, CancellationToken ct)
    {
        var kept = await db.EvidenceFiles.AsTracking().SingleOrDefaultAsync(f => f.EvidenceFileId == fileId, ct);
        if (kept is null)
        {
            return EvidenceFailures.NotFound;
        }

        if (kept.State != EvidenceState.Receiving)
        {
            return true;
        }

        var now = time.Now;
        if (!looked.IsOk)
        {
            db.Remove(kept);
            db.Record(new PendingEvent(Refused, now, kept.CaseId, kept.DutyId, caller.UnitId, null, EventData.Of(
                ("file", fileId), ("item", kept.Item), ("sha256", kept.Sha256), ("cause", looked.Failure!.Code))));
            return true;
        }

        var (type, copy) = looked.Value;
        (kept.State, kept.KeptAt, kept.Kind, kept.MediaType, kept.Sm3) = (EvidenceState.Kept, now, type.Kind, type.MediaType, sm3);
        if (copy is not null)
        {
            db.Add(copy);
        }

        db.Record(new PendingEvent(Received, now, kept.CaseId, kept.DutyId, caller.UnitId, file.Case.Class, EventData.Of(
            ("file", fileId), ("item", kept.Item), ("madeAt", kept.MadeAt), ("bytes", kept.Length), ("type", kept.MediaType), ("sha256", kept.Sha256), ("sm3", sm3))));
        await CollectedAsync(kept, db, file, map, caller, ct);
        TakenAgain(kept, file, map, caller, now, new TrackedSink(db));
        return true;
    }

    /// <summary>An item of the checklist that has a file is collected.</summary>
    private async Task CollectedAsync(EvidenceFile kept, AnhuDbContext db, CaseFile file, OrganisationMap map, Caller caller, CancellationToken ct)
    {
        if (kept.DutyId is not { } dutyId || (await db.Duties.AsNoTracking().Where(d => d.DutyId == dutyId).Select(d => d.Kind).SingleOrDefaultAsync(ct)) is not { } kind || !book.IsScene(kind))
        {
            return;
        }

        var entries = await db.SceneEntries.AsNoTracking().Where(e => e.DutyId == dutyId && e.Part == ScenePart.Check && e.Item == kept.Item).ToListAsync(ct);
        if (SceneRecord.Of(entries).Value(ScenePart.Check, kept.Item) != Collected)
        {
            var last = await db.SceneEntries.Where(e => e.DutyId == dutyId && e.WorkerId == caller.WorkerId).MaxAsync(e => (long?)e.Count, ct) ?? 0;
            await scenes.TakeAsync(
                new RecordScene(dutyId, [new SceneTap
                {
                    Id = Guid.CreateVersion7(time.Now), Part = ScenePart.Check, Item = kept.Item, Value = Collected, MadeAt = kept.MadeAt, Count = Math.Max(last + 1, kept.MadeAt.ToUnixTimeMilliseconds()),
                }]),
                caller, db, file, map, ct);
        }
    }

    /// <summary>A photo that is made long enough after the first ones, or at that duty, fulfils the duty to photograph again.</summary>
    private void TakenAgain(EvidenceFile kept, CaseFile file, OrganisationMap map, Caller caller, DateTimeOffset now, IChangeSink sink)
    {
        if (kept.Kind != EvidenceKind.Image || book.Checklists.SelectMany(c => c.Items).FirstOrDefault(i => i.Id == kept.Item)?.Again is not { } again)
        {
            return;
        }

        var work = new CaseRules(map, rules);
        foreach (var duty in file.OpenDuties.Where(d => d.Kind == again.Duty && (d.DutyId == kept.DutyId || kept.MadeAt >= d.CreatedAt.AddHours(again.Hours))).ToList())
        {
            foreach (var step in DutyWrites.StepsTo(duty.State, DutyStep.Complete).ToList())
            {
                // A duty of another unit, or one that is on offer, stays: the photo is kept all the same.
                if (TakeDutyStepHandler.Apply(
                    new TakeDutyStep { DutyId = duty.DutyId, Step = step, Outcome = step == DutyStep.Complete ? Taken : null, Form = step == DutyStep.Complete ? "{}" : null },
                    duty, file, caller.UnitId!.Value, caller, work, now, sink, 1) is not null)
                {
                    break;
                }
            }
        }
    }

    private const string Collected = "collected";
    private const string Taken = "taken";

    private bool IsConstraint(DbUpdateException e)
    {
        using var db = contexts.CreateDbContext();
        return db.Store.Provider.IsConstraint(e);
    }

    private sealed record LookedAt(EvidenceType Type, EvidenceCopy? Copy);
}
