using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;

namespace Anhu.Modules.Measures.WarningLetters;

/// <summary>The warning letter (告诫书; handbook §2.4, §2.6, §4.4): a written warning by the police, read to the abuser, watched by visits.</summary>
public sealed class WarningLetter : MeasureKind
{
    /// <summary>Its id.</summary>
    public const string KindId = "warning-letter";

    /// <summary>The new incident in the fields of a letter that ended as recurrence by an alarm.</summary>
    public const string RecurrenceIncident = "recurrenceIncident";

    private const string Proposed = "proposed", UnderApproval = "under-approval", Issued = "issued", Delivered = "delivered", Deemed = "deemed-delivered",
        Notified = "notified", Monitoring = "monitoring";

    private static readonly string[] Draft =
    [
        "relation", "happenedAt", "place", "facts", "admits", "evidence", "evidenceNote", "circumstances", "onTheSpot", "abuserAddress", "abuserJob",
    ];

    private static readonly string[] Needed = ["relation", "happenedAt", "place", "facts", "admits", "evidence"];

    /// <summary>The eight kinds of auxiliary evidence (Opinions 2024, no. 4).</summary>
    private static readonly string[] Auxiliary =
        ["audio-video", "messages", "family-testimony", "promise-letter", "appraisal", "medical", "complaint-records", "other"];

    private static readonly string[] Living = [Issued, Delivered, Deemed, Notified, Monitoring];

    private static readonly (string, string)[] AllEnd =
        [("warning-letter", "ended"), ("letter-delivery", "ended"), ("letter-notices", "ended"), ("check-visit", "ended")];

    /// <inheritdoc />
    public override string Id => KindId;

    /// <inheritdoc />
    public override string EventFamily => "letter";

    /// <inheritdoc />
    public override IReadOnlyList<Agency> Agencies { get; } = [Agency.Police];

    /// <inheritdoc />
    public override IReadOnlyList<string> Deadlines { get; } = ["issue", "deliver", "notify", "pursue"];

    // Of what can be done in a state, the page puts the first forward: the step that leads on.
    /// <inheritdoc />
    public override IReadOnlyList<MeasureRow> Rows { get; } =
    [
        new()
        {
            Action = "propose", From = [], To = Proposed, Who = MeasureWho.Officer, Optional = Draft, Deadline = "issue", DeadlineFrom = m => m.StartsAt,
            Playbook = PlaybookEvent.LetterProposed,
        },
        new()
        {
            Action = "submit", From = [Proposed], To = UnderApproval, Who = MeasureWho.Officer, Required = Needed, Optional = [.. Draft.Except(Needed)],
            Guards = [EvidenceSuffices, NotInsteadOfAPenalty], Deadline = "issue", DeadlineFrom = m => m.StartsAt,
            Effect = c => c.Measure.DraftedByWorkerId = c.Caller.WorkerId ?? c.Measure.DraftedByWorkerId,
        },
        new() { Action = "edit", From = [Proposed], To = Proposed, Who = MeasureWho.Officer, Optional = Draft, Deadline = "issue", DeadlineFrom = m => m.StartsAt },
        new()
        {
            Action = "approve", From = [UnderApproval], To = Issued, Who = MeasureWho.Leader, Required = ["number"], Optional = ["lateReason"],
            Guards = [Complete, NotInsteadOfAPenalty, LateIsExplained], Deadline = "deliver", Overlay = ("late", IsLate), Playbook = PlaybookEvent.LetterIssued,
            Ends = [("warning-letter", "issued"), ("police-disposition", "warning-letter"), ("missed-letter", "issued")], Effect = Issue,
        },
        new()
        {
            Action = "send-back", From = [UnderApproval], To = Proposed, Who = MeasureWho.Leader, Required = ["reason"], Deadline = "issue",
            DeadlineFrom = m => m.StartsAt,
        },
        new()
        {
            Action = "reject", From = [UnderApproval], To = "rejected", Who = MeasureWho.Leader, Required = ["reason"], Guards = [MustGroundNeedsSuperior],
            Ends = [("warning-letter", "rejected")],
        },
        new()
        {
            Action = "drop", From = [Proposed], To = "dropped", Who = MeasureWho.Officer, Required = ["reason"], Guards = [MustGroundNeedsSuperior],
            Ends = [("warning-letter", "rejected")],
        },
        new()
        {
            Action = "deliver", From = [Issued], To = Delivered, Who = MeasureWho.Officer,
            Required = ["readAt", "readPlace", "signed", "fingerprint", "victimCopyAt", "victimCopyWay", "fileCopy"], Optional = ["present", "videoId"],
            Guards = [ReadAfterIssue, Signed, ThreeCopies], Deadline = "notify", DeadlineFrom = DeliveredAt, Playbook = PlaybookEvent.LetterDelivered, PlaybookFrom = m => m.DeliveredAt,
            Ends = [("letter-delivery", "delivered")], Effect = Deliver,
        },
        new()
        {
            Action = "deem-delivered", From = [Issued], To = Deemed, Who = MeasureWho.Officer,
            Required = ["readAt", "readPlace", "refusalNote", "videoId", "victimCopyAt", "victimCopyWay", "fileCopy"], Optional = ["present"],
            Guards = [ReadAfterIssue, ThreeCopies], Deadline = "notify", DeadlineFrom = DeliveredAt, Playbook = PlaybookEvent.LetterDelivered, PlaybookFrom = m => m.DeliveredAt,
            Ends = [("letter-delivery", "refused")], Effect = Deliver,
        },
        new()
        {
            Action = "notify", From = [Delivered, Deemed], To = Notified, Who = MeasureWho.Officer,
            Required =
            [
                "committeeReceiver", "committeeAt", "committeeWay", "federationReceiver", "federationAt", "federationWay", "centreReceiver", "centreAt", "centreWay",
            ],
            Optional = ["employerAsked", "employerReceiver", "employerAt"], Guards = [NoticesAfterDelivery, EmployerOnlyIfAsked],
            Ends = [("letter-notices", "notified")], Then = "monitor",
        },
        new() { Action = "monitor", From = [Notified], To = Monitoring, Who = MeasureWho.Platform },
        new() { Action = "close", From = [Monitoring], To = "closed", Who = MeasureWho.Platform, Guards = [VisitsAreDone] },
        new()
        {
            Action = "recur", From = [Delivered, Deemed, Notified, Monitoring], To = "recurrence", Who = MeasureWho.Officer, Required = ["recurrenceFoundBy", "findings"],
            Playbook = PlaybookEvent.LetterRecurrence, Ends = AllEnd,
        },
        new() { Action = "withdraw", From = Living, To = "withdrawn", Who = MeasureWho.Leader, Required = ["reason"], Ends = AllEnd, Effect = Undo },
        new()
        {
            Action = "supersede", From = [UnderApproval, .. Living], To = "superseded", Who = MeasureWho.Leader, Required = ["successor", "successorNumber", "reason"],
            Ends = AllEnd, Effect = Undo,
        },
    ];

    private static MeasureGuard EvidenceSuffices { get; } = new("evidence-suffices", c =>
    {
        // Opinions 2024, no. 3: what the abuser does not dispute needs his word and one of hers or a witness's; what he disputes one auxiliary item more.
        var word = c.Has("evidence", "victim-statement") || c.Has("evidence", "witness");
        if (!word)
        {
            return new Failure(FailureKind.Invalid, "measures.evidence-no-word", "evidence");
        }

        return c["admits"] == "yes"
            ? c.Has("evidence", "abuser-statement") ? null : new Failure(FailureKind.Invalid, "measures.evidence-no-statement", "evidence")
            : Auxiliary.Any(a => c.Has("evidence", a)) ? null : new Failure(FailureKind.Invalid, "measures.evidence-no-auxiliary", "evidence");
    });

    private static MeasureGuard NotInsteadOfAPenalty { get; } = new("not-instead-of-a-penalty", c =>
        c.Grounds.FirstOrDefault(g => g.Strength == GroundStrength.Bars) is { } bar ? new Failure(FailureKind.NotAllowed, "measures.penalty-is-due", "circumstances", bar.Text.Text) : null);

    private static MeasureGuard Complete { get; } = new("contents-complete", c =>
        Needed.FirstOrDefault(f => c[f].Length == 0) is { } missing ? new Failure(FailureKind.NotAllowed, "measures.contents-missing", missing)
        : c.File.People.ContainsKey(c.Against ?? Guid.Empty) && c.File.People.ContainsKey(c.Protected ?? Guid.Empty) ? null : new Failure(FailureKind.NotAllowed, "measures.people-missing"));

    private static MeasureGuard LateIsExplained { get; } = new("late-is-explained", c =>
        IsLate(c) && c["lateReason"].Length == 0 ? new Failure(FailureKind.Invalid, "measures.late-reason-missing", "lateReason") : null);

    private static MeasureGuard MustGroundNeedsSuperior { get; } = new("must-ground-needs-superior", c =>
        !c.FromAbove && c.Grounds.FirstOrDefault(g => g.Strength == GroundStrength.Must) is { } must
            ? new Failure(FailureKind.Forbidden, "measures.must-needs-superior", Detail: must.Text.Text) : null);

    private static MeasureGuard ReadAfterIssue { get; } = new("read-after-issue", c =>
        c.Rules.Instant(c["readAt"]) is not { } read ? new Failure(FailureKind.Invalid, "measures.field-invalid", "readAt")
        : read > c.At ? new Failure(FailureKind.Invalid, "measures.in-the-future", "readAt")

        // Issued on the spot: read at once, approved afterwards.
        : read < (c["onTheSpot"] == "yes" ? c.Measure.StartsAt : c.Measure.IssuedAt!.Value.AddMinutes(-1)) ? new Failure(FailureKind.Invalid, "measures.before-issue", "readAt")
        : c.Rules.Instant(c["victimCopyAt"]) > c.At ? new Failure(FailureKind.Invalid, "measures.in-the-future", "victimCopyAt") : null);

    private static MeasureGuard Signed { get; } = new("signed", c =>
        c["signed"] is "yes" or "true" ? c["fingerprint"] is "yes" or "true" ? null : new Failure(FailureKind.NotAllowed, "measures.not-signed", "fingerprint")
        : new Failure(FailureKind.NotAllowed, "measures.not-signed", "signed"));

    private static MeasureGuard ThreeCopies { get; } = new("three-copies", c =>
        c["fileCopy"] is "yes" or "true" ? null : new Failure(FailureKind.NotAllowed, "measures.copies-missing", "fileCopy"));

    private static MeasureGuard NoticesAfterDelivery { get; } = new("notices-after-delivery", c =>
    {
        foreach (var field in (string[])["committeeAt", "federationAt", "centreAt", "employerAt"])
        {
            if (c[field].Length > 0 && c.Rules.Instant(c[field]) is var at && (at is null || at > c.At || at < DeliveredAt(c.Measure).AddMinutes(-1)))
            {
                return new Failure(FailureKind.Invalid, at is null ? "measures.field-invalid" : at > c.At ? "measures.in-the-future" : "measures.before-delivery", field);
            }
        }

        return null;
    });

    private static MeasureGuard EmployerOnlyIfAsked { get; } = new("employer-only-if-asked", c =>
        (c["employerReceiver"].Length > 0 || c["employerAt"].Length > 0) && c["employerAsked"] is not ("yes" or "true")
            ? new Failure(FailureKind.NotAllowed, "measures.employer-not-asked", "employerAsked") : null);

    private static MeasureGuard VisitsAreDone { get; } = new("visits-are-done", c =>
        c.Rules.Visits(c.On) is { } rule && rule.AreDone(c.Visits) ? null : new Failure(FailureKind.NotAllowed, "measures.visits-missing"));

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, string> Texts(Measure measure, CaseFile file, Unit unit, MeasureRules rules) =>
        WarningLetterTexts.Of(measure, file, unit, rules).ToDictionary();

    private static bool IsLate(MeasureContext c) => c.Measure.DeadlineKey == "issue" && c.At > c.Measure.DueAt;

    private static DateTimeOffset DeliveredAt(Measure measure) => measure.DeliveredAt ?? measure.ProposedAt;

    private static void Issue(MeasureContext c)
    {
        c.Measure.Number = c["number"];
        c.Measure.NumberKey = Measure.KeyOf(c["number"]);
        c.Measure.IssuedAt = c.At;
        c.Measure.DecidedByWorkerId = c.Caller.WorkerId;
        c.Incident.LetterAt = c.At;
        c.Measure.Fields = WarningLetterTexts.WithPeople(c);
    }

    private static void Deliver(MeasureContext c) => c.Measure.DeliveredAt = c.Rules.Instant(c["readAt"]);

    /// <summary>A letter that is withdrawn, or became a penalty, is none for later incidents.</summary>
    private static void Undo(MeasureContext c) => c.Incident.LetterAt = null;
}
