using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Work;

/// <summary>What the giver writes on the sheet of a hand-over.</summary>
public sealed record HandOverSheet
{
    /// <summary>How soon.</summary>
    public HandOverUrgency Urgency { get; init; }

    /// <summary>What the receiver must know, at most 300 characters.</summary>
    public string? Summary { get; init; }

    /// <summary>What is asked of the receiver, at most 300 characters.</summary>
    public string? Needs { get; init; }

    /// <summary>Steps that are done, each at most 200 characters.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];

    /// <summary>Steps that are open; one at least.</summary>
    public IReadOnlyList<string> Open { get; init; } = [];

    /// <summary>Documents that go with it, at most 300 characters.</summary>
    public string? Enclosed { get; init; }

    /// <summary>Why the receiver may be told; null when nothing new is known of it.</summary>
    public SharingGround? Ground { get; init; }

    /// <summary>Her words, or why the law replaces them; at most 300 characters.</summary>
    public string? Explanation { get; init; }

    /// <summary>What was typed, by field.</summary>
    public IReadOnlyList<(string Field, string? Text)> Texts =>
    [
        ("summary", Summary), ("needs", Needs), ("enclosed", Enclosed), ("explanation", Explanation), .. Done.Select(d => ("done", (string?)d)), .. Open.Select(o => ("open", (string?)o)),
    ];
}

/// <summary>What can go wrong with sheets and consents.</summary>
public static class HandOverFailures
{
    /// <summary>Between agencies, the sheet is needed.</summary>
    public static Failure SheetMissing { get; } = new(FailureKind.Invalid, "duties.sheet-missing", "sheet");

    /// <summary>The sheet names no step that is open.</summary>
    public static Failure OpenMissing { get; } = new(FailureKind.Invalid, "duties.sheet-open-missing", "open");

    /// <summary>The sheet holds a shielded address, phone, school … of somebody of the case: it goes to another unit, so there is no way around.</summary>
    public static Failure SheetTellsPlace { get; } = new(FailureKind.NotAllowed, "duties.sheet-tells-place");

    /// <summary>No such step, or it is done.</summary>
    public static Failure StepUnknown { get; } = new(FailureKind.NotAllowed, "duties.sheet-step-unknown");

    /// <summary>The receiver has not accepted, or no longer has the duty.</summary>
    public static Failure NotAccepted { get; } = new(FailureKind.NotAllowed, "duties.sheet-not-accepted");

    /// <summary>A ground in law has to be explained; so has her consent, with her words.</summary>
    public static Failure ExplanationMissing { get; } = new(FailureKind.Invalid, "consents.explanation-missing", "explanation");

    /// <summary>Nobody of the case is known to be a minor.</summary>
    public static Failure NoMinor { get; } = new(FailureKind.NotAllowed, "consents.no-minor", "ground");

    /// <summary>The case has no mandatory report.</summary>
    public static Failure NoMandatoryReport { get; } = new(FailureKind.NotAllowed, "consents.no-mandatory-report", "ground");

    /// <summary>No such kind of duty.</summary>
    public static Failure PurposeUnknown { get; } = new(FailureKind.Invalid, "consents.purpose-unknown", "purpose");

    /// <summary>A unit cannot record by itself that it may be told.</summary>
    public static Failure NotForOneself { get; } = new(FailureKind.NotAllowed, "consents.not-for-oneself", "receiver");

    /// <summary>It holds already.</summary>
    public static Failure HoldsAlready { get; } = new(FailureKind.NotAllowed, "consents.holds-already");

    /// <summary>It was withdrawn already.</summary>
    public static Failure WithdrawnAlready { get; } = new(FailureKind.NotAllowed, "consents.withdrawn-already");

    /// <summary>A text is too long.</summary>
    /// <param name="field">Which.</param>
    public static Failure TooLong(string field) => new(FailureKind.Invalid, "duties.sheet-too-long", field);
}

/// <summary>The rules of hand-overs: what must stand on the sheet, and whether the receiver may be told.</summary>
internal static class HandOverRules
{
    private const int MostSteps = 20;

    /// <summary>The class whose time to answer an urgency takes.</summary>
    public static int ClassOf(HandOverUrgency? urgency) => urgency switch { HandOverUrgency.VeryUrgent => 1, HandOverUrgency.Urgent => 2, _ => 3 };

    /// <summary>Checks the sheet, finds out whether the receiver may be told, and has the rows stored with the step.</summary>
    public static async Task<Result<TakeDutyStep>> PrepareAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules work, DateTimeOffset now, CancellationToken ct)
    {
        var (owner, receiver) = (work.Map.Find(duty.OwnerUnitId), work.Map.Find(step.Receiver ?? ""));
        if (receiver is not { IsActive: true })
        {
            return step;
        }

        var between = owner?.Agency != receiver.Agency;
        var involved = file.Access.TryGetValue(receiver.UnitId, out var access) && access.IsDirect;
        var consent = await RunningAsync(db, file.Case.CaseId, receiver.UnitId, duty.Kind, ct);
        if (step.Step == DutyStep.Reassign)
        {
            return step with { WithoutConsent = between && !involved && consent is null };
        }

        if (step.Sheet is not { } sheet)
        {
            if (between)
            {
                return HandOverFailures.SheetMissing;
            }

            sheet = new HandOverSheet();
        }
        else if (Check(sheet) is { } wrong)
        {
            return wrong;
        }
        else if (await CaseLeaks.TellsAsync(db, file.Case.CaseId, between ? [.. sheet.Texts, .. CaseLeaks.Reason(step.Reason)] : sheet.Texts, ct))
        {
            return HandOverFailures.SheetTellsPlace;
        }

        SharingConsent? given = null;
        if (sheet.Ground is { } ground && consent is null)
        {
            if (CheckGround(ground, sheet.Explanation, file, work.Clock.Zone.DateOf(now)) is { } unfounded)
            {
                return unfounded;
            }

            given = Consent(file.Case.CaseId, receiver.UnitId, duty.Kind, ground, sheet.Explanation, caller, duty.OwnerUnitId, now);
        }

        var row = new HandOver
        {
            HandOverId = Guid.CreateVersion7(now), DutyId = duty.DutyId, FromUnitId = duty.OwnerUnitId, ToUnitId = receiver.UnitId, OfferedAt = now, WorkerId = caller.WorkerId,
            Urgency = sheet.Urgency, Reason = Text(step.Reason), Summary = Text(sheet.Summary), Needs = Text(sheet.Needs), Enclosed = Text(sheet.Enclosed), WasInvolved = involved,
            Steps = [.. Lines(sheet.Done).Select(d => new HandOverStep(d, now, duty.OwnerUnitId, caller.WorkerId)), .. Lines(sheet.Open).Select(o => new HandOverStep(o, null, null, null))],
            SharingConsentId = (given ?? consent)?.SharingConsentId, WithoutConsent = between && given is null && consent is null,
        };
        var also = step.Also;
        return step with
        {
            HandOverId = row.HandOverId,
            WithoutConsent = row.WithoutConsent,
            Also = (f, d, sink) =>
            {
                also?.Invoke(f, d, sink);
                sink.Add(row);
                if (given is not null)
                {
                    sink.Add(given);
                    sink.Record(Given(given, f));
                }
            },
        };
    }

    /// <summary>The consent that holds for a recipient and a purpose.</summary>
    public static Task<SharingConsent?> RunningAsync(AnhuDbContext db, Guid caseId, Guid unitId, string purpose, CancellationToken ct) =>
        db.SharingConsents.Where(c => c.CaseId == caseId && c.UnitId == unitId && c.Purpose == purpose && c.WithdrawnAt == null).OrderBy(c => c.GivenAt).FirstOrDefaultAsync(ct);

    /// <summary>Whether a ground is explained and what is known of the case does not speak against it.</summary>
    public static Failure? CheckGround(SharingGround ground, string? explanation, CaseFile file, DateOnly today)
    {
        if (Text(explanation) is not { } words)
        {
            return HandOverFailures.ExplanationMissing;
        }

        if (words.Length > 300)
        {
            return HandOverFailures.TooLong("explanation");
        }

        return ground switch
        {
            SharingGround.Minor when file.With(PartyRole.Victim).Concat(file.With(PartyRole.Child)).All(p => p.BirthDate is { } born && born.AddYears(18) <= today) => HandOverFailures.NoMinor,
            SharingGround.MandatoryReport when !file.Incidents.Exists(i => i.IsMandatoryReport) => HandOverFailures.NoMandatoryReport,
            _ => null,
        };
    }

    /// <summary>A row of a consent.</summary>
    public static SharingConsent Consent(Guid caseId, Guid unitId, string purpose, SharingGround ground, string? explanation, Caller caller, Guid by, DateTimeOffset now) => new()
    {
        SharingConsentId = Guid.CreateVersion7(now), CaseId = caseId, UnitId = unitId, Purpose = purpose, Ground = ground, Explanation = Text(explanation), GivenAt = now,
        WorkerId = caller.WorkerId, ByUnitId = caller.UnitId ?? by,
    };

    /// <summary>The fact that a consent, or a ground in its place, was recorded.</summary>
    public static PendingEvent Given(SharingConsent consent, CaseFile file) => new(
        "consent.given", consent.GivenAt, file.Case.CaseId, null, consent.UnitId, file.Case.Class, EventData.Of(("kind", consent.Purpose), ("ground", consent.Ground), ("toUnit", consent.UnitId)));

    /// <summary>Without blanks; null for nothing.</summary>
    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static IEnumerable<string> Lines(IEnumerable<string> lines) => lines.Select(Text).OfType<string>();

    private static Failure? Check(HandOverSheet sheet)
    {
        foreach (var (field, text) in sheet.Texts)
        {
            if (text?.Trim().Length > (field is "done" or "open" ? 200 : 300))
            {
                return HandOverFailures.TooLong(field);
            }
        }

        return !Lines(sheet.Open).Any() ? HandOverFailures.OpenMissing
            : Lines(sheet.Open).Count() > MostSteps ? HandOverFailures.TooLong("open")
            : Lines(sheet.Done).Count() > MostSteps ? HandOverFailures.TooLong("done") : null;
    }
}
