using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Evidence;

/// <summary>What an original leaves for.</summary>
public enum HandOnPurpose
{
    /// <summary>A court asks for it.</summary>
    Court,

    /// <summary>The procuratorate asks for it.</summary>
    Procuratorate,

    /// <summary>Another police unit investigates.</summary>
    Police,

    /// <summary>An appraisal of the injuries.</summary>
    Appraisal,

    /// <summary>It is looked at or listened to, since there is no copy to be shown.</summary>
    Look,
}

/// <summary>An original that leaves.</summary>
/// <param name="Name">Name of the file: item and beginning of the hash, nothing personal.</param>
/// <param name="Content">Its bytes, as they were made.</param>
/// <param name="CaseId">The case.</param>
/// <param name="Sight">What the caller may see of it.</param>
public sealed record HandedOriginal(string Name, byte[] Content, Guid CaseId, CaseSight Sight);

/// <summary>Captions, withdraws and hands on what was received; each leaves its line in the record.</summary>
public sealed class EvidenceDesk(IDbContextFactory<AnhuDbContext> contexts, EvidenceQueries queries, TimeProvider time)
{
    /// <summary>The caption was written.</summary>
    public const string Captioned = "evidence.captioned";

    /// <summary>The file was withdrawn.</summary>
    public const string Withdrawn = "evidence.withdrawn";

    /// <summary>The original left the platform.</summary>
    public const string HandedOn = "evidence.handed-on";

    /// <summary>Copies left for the respondent.</summary>
    public const string CopiesHandedOn = "evidence.copies-handed-on";

    /// <summary>Longest name of who receives an original, characters.</summary>
    public const int RecipientMaxLength = 100;

    /// <summary>Writes the caption.</summary>
    /// <param name="caller">Who; of the unit that made the file.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="caption">The words; null takes them away.</param>
    /// <param name="leaksSeen">The writer knows that they hold a shielded value.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result> CaptionAsync(Caller caller, Guid fileId, string? caption, bool leaksSeen, CancellationToken ct) => ChangeAsync(caller, fileId, "caption", caption, EvidenceFile.CaptionMaxLength, false, leaksSeen, (file, words) =>
    {
        file.Caption = words;
        return Captioned;
    }, ct);

    /// <summary>Withdraws a file that was put into the wrong case or entered by mistake.</summary>
    /// <param name="caller">Who; of the unit that made the file.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result> WithdrawAsync(Caller caller, Guid fileId, string? reason, CancellationToken ct) => ChangeAsync(caller, fileId, "reason", reason, EvidenceFile.ReasonMaxLength, true, false, (file, words) =>
    {
        (file.State, file.WithdrawnBecause) = (EvidenceState.Withdrawn, words);
        return Withdrawn;
    }, ct);

    /// <summary>Hands an original on: it is checked, recorded, and then it leaves.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="recipient">To whom; not asked for where it is only looked at.</param>
    /// <param name="ct">Cancels before it is recorded.</param>
    public async Task<Result<HandedOriginal>> HandOnAsync(Caller caller, Guid fileId, HandOnPurpose? purpose, string? recipient, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        if (await queries.FindAsync(db, caller, fileId, ct) is not (var file, _, var sight))
        {
            return EvidenceFailures.NotFound;
        }

        if (!EvidenceQueries.MayHandOn(caller, sight))
        {
            return EvidenceFailures.NotYours;
        }

        var to = string.IsNullOrWhiteSpace(recipient) ? null : recipient.Trim();
        if (purpose is null || (to is null && purpose != HandOnPurpose.Look))
        {
            return EvidenceFailures.Missing(purpose is null ? "purpose" : "recipient");
        }

        if (to?.Length > RecipientMaxLength)
        {
            return EvidenceFailures.Wrong("recipient");
        }

        if (await CaseLeaks.TellsAsync(db, file.CaseId, [("recipient", to)], ct))
        {
            return EvidenceFailures.TellsPlace("recipient");
        }

        if (await EvidenceOriginal.CheckedAsync(db, file, ct) is not { } content)
        {
            return EvidenceFailures.Altered;
        }

        db.Record(new PendingEvent(HandedOn, time.Now, file.CaseId, file.DutyId, caller.UnitId, null, EventData.Of(("file", fileId), ("purpose", purpose), ("sha256", file.Sha256), ("reason", to))));
        await db.SaveChangesAsync(ct);
        return new HandedOriginal(NameOf(file), content, file.CaseId, sight);
    }

    /// <summary>The name by which an original leaves.</summary>
    /// <param name="file">The file.</param>
    public static string NameOf(EvidenceFile file) => $"{file.Item}-{file.Sha256[..12]}.{EvidenceType.Find(file.MediaType)?.Extension ?? "bin"}";

    private async Task<Result> ChangeAsync(
        Caller caller, Guid fileId, string field, string? text, int longest, bool isRequired, bool leaksSeen, Func<EvidenceFile, string?, string> change, CancellationToken ct)
    {
        var words = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
        if (words is null && isRequired)
        {
            return EvidenceFailures.Missing(field);
        }

        if (words?.Length > longest)
        {
            return new Failure(FailureKind.Invalid, "evidence.too-long", field, longest.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        if (await queries.FindAsync(db, caller, fileId, ct) is not (var found, _, var sight))
        {
            return EvidenceFailures.NotFound;
        }

        if (!EvidenceQueries.MayChange(caller, sight, found))
        {
            return EvidenceFailures.NotYours;
        }

        if (!leaksSeen && await CaseLeaks.TellsAsync(db, found.CaseId, [(field, words)], ct))
        {
            return EvidenceFailures.TellsPlace(field);
        }

        db.Attach(found);
        db.Record(new PendingEvent(change(found, words), time.Now, found.CaseId, found.DutyId, caller.UnitId, null, EventData.Of(("file", fileId), ("reason", words))));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return CaseFailures.SomeoneWasFaster;
        }

        return Result.Ok;
    }
}
