using System.Globalization;
using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Measures.Punishments;

/// <summary>
/// The public-security penalty (治安管理处罚; handbook §2.8, §4.3): accepted, decided within 30 days (and 30 more, the time of an appraisal left out), executed, ended. The
/// police's own file is the record; here its steps are mirrored, so that everybody who has to act on them does.
/// </summary>
public sealed class AdministrativePenalty : MeasureKind
{
    /// <summary>Its id.</summary>
    public const string KindId = "administrative-penalty";

    internal const string Revoked = "revoked";

    private const string Accepted = "accepted", Decided = "decided", Detained = "detained", Suspended = "suspended", NotExecuted = "not-executed", Ended = "ended";

    private const string Appraisal = "appraisal", Extended = "extended", Paused = "pausedMinutes";

    private static readonly (string, string)[] AllEnd =
        [("penalty-decision", "ended"), ("penalty-appraisal", "ended"), ("penalty-execution", "ended"), .. Custody.DateChanged.Select(d => (d.Item1, "ended"))];

    /// <inheritdoc />
    public override string Id => KindId;

    /// <inheritdoc />
    public override string EventFamily => "penalty";

    /// <inheritdoc />
    public override IReadOnlyList<Agency> Agencies { get; } = [Agency.Police];

    /// <inheritdoc />
    public override IReadOnlyList<string> Deadlines { get; } = ["decide", "decide-extended", "execute"];

    /// <inheritdoc />
    public override IReadOnlyList<string> Numbers { get; } = ["longestDetention", "longestDetentionMerged", "largestFine"];

    // Of what can be done in a state, the page puts the first forward: the step that leads on.
    /// <inheritdoc />
    public override IReadOnlyList<MeasureRow> Rows { get; } =
    [
        new()
        {
            Action = "accept", From = [], To = Accepted, Who = MeasureWho.Officer, Required = ["acceptedAt", "acceptanceNumber"], Optional = ["clause", "facts"],
            Guards = [Custody.NotInFuture("acceptedAt")], Deadline = "decide", DeadlineFrom = Running, Keeps = true, Effect = Accept, Playbook = PlaybookEvent.PenaltyAccepted,
        },
        new()
        {
            Action = "decide", From = [Accepted], To = Decided, Who = MeasureWho.Officer, Required = ["decidedAt", "number", "penalty", "clause", "facts"],
            Optional = ["fine", "detentionDays", "merged", "noContactUntil", "lateReason"],
            Guards = [Custody.NotInFuture("decidedAt"), Custody.NotBefore("decidedAt", "acceptedAt"), WhatItTakes, LateIsExplained], Unless = [Appraisal], Deadline = "execute", Keeps = true,
            DeadlineFrom = m => m.IssuedAt ?? m.ProposedAt, Overlay = ("late", IsLate), Effect = Decide, Playbook = PlaybookEvent.PenaltyDecided,
            Ends = [("penalty-decision", "decided"), ("police-disposition", "penalty")],
        },
        new()
        {
            Action = "extend", From = [Accepted], To = MeasureRow.Stays, Who = MeasureWho.Leader, Required = ["extendedBy", "reason"], Unless = [Extended, Appraisal], Adds = [Extended],
            Deadline = "decide-extended", DeadlineFrom = Running, Keeps = true, MayStay = true, Ends = [("penalty-decision", "extended")], Playbook = PlaybookEvent.PenaltyAccepted,
        },
        new()
        {
            Action = "appraise", From = [Accepted], To = MeasureRow.Stays, Who = MeasureWho.Officer, Required = ["appraisalFrom"], Guards = [Custody.NotInFuture("appraisalFrom"), Custody.NotBefore("appraisalFrom", "acceptedAt")],
            Unless = [Appraisal], Adds = [Appraisal], Keeps = true, MayStay = true, Effect = c => (c.Measure.DeadlineKey, c.Measure.DueAt) = (null, null),
            Ends = [("penalty-decision", "paused")], Playbook = PlaybookEvent.PenaltyPaused,
        },
        new()
        {
            Action = "resume", From = [Accepted], To = MeasureRow.Stays, Who = MeasureWho.Officer, Required = ["appraisalTo"],
            Guards = [Custody.NotInFuture("appraisalTo"), Custody.NotBefore("appraisalTo", "appraisalFrom")], While = Appraisal, Removes = [Appraisal], Keeps = true, Effect = Resume,
            Deadline = "decide", DeadlineInstead = ("decide-extended", c => c.Measure.Overlays.Contains(Extended)), DeadlineFrom = Running, Ends = [("penalty-appraisal", "back")],
            Playbook = PlaybookEvent.PenaltyAccepted,
        },
        new()
        {
            Action = "no-penalty", From = [Accepted], To = "not-punished", Who = MeasureWho.Officer, Required = ["decidedAt", "reason"], Guards = [Custody.NotInFuture("decidedAt")], Keeps = true,
            Ends = AllEnd,
        },
        new()
        {
            Action = "turn-criminal", From = [Accepted], To = "turned-criminal", Who = MeasureWho.Officer, Required = ["decidedAt", "reason"], Guards = [Custody.NotInFuture("decidedAt")], Keeps = true,
            Ends = AllEnd,
        },
        new()
        {
            Action = "carry-out", From = [Decided], To = Ended, Who = MeasureWho.Officer, Required = ["executedAt"], Optional = ["note"],
            Guards = [Custody.NotInFuture("executedAt"), Custody.NotBefore("executedAt", "decidedAt"), IsDetention(false)], Keeps = true, Ends = [("penalty-execution", "executed")],
        },
        new()
        {
            Action = "detain", From = [Decided], To = Detained, Who = MeasureWho.Officer, Required = ["detainedAt"], Optional = ["releaseAt", "place"],
            Guards = [Custody.NotInFuture("detainedAt"), Custody.NotBefore("detainedAt", "decidedAt"), IsDetention(true), Custody.ReleaseIsAhead], Keeps = true, Effect = Custody.Begin,
            Playbook = PlaybookEvent.ReleaseKnown, Ends = [("penalty-execution", "executed")],
        },
        .. Custody.Rows([Detained], Ended),
        new()
        {
            Action = "suspend", From = [Decided, Detained], To = Suspended, Who = MeasureWho.Officer, Required = ["suspendedAt", "reason"], Guards = [Custody.NotInFuture("suspendedAt"), IsDetention(true)],
            Keeps = true, Effect = Free("suspendedAt"), Ends = AllEnd, Playbook = PlaybookEvent.PenaltyNotExecuted,
        },
        new()
        {
            Action = "go-on", From = [Suspended], To = Decided, Who = MeasureWho.Officer, Required = ["reason"], Keeps = true, Deadline = "execute", Effect = c => c.Measure.ReleaseAt = null,
            Playbook = PlaybookEvent.PenaltyDecided,
        },
        new()
        {
            Action = "not-execute", From = [Decided], To = NotExecuted, Who = MeasureWho.Officer, Required = ["notExecutedBecause"], Optional = ["reason"], Guards = [IsDetention(true), WhyNotExecuted], Keeps = true,
            Effect = Free(null), Ends = AllEnd, Playbook = PlaybookEvent.PenaltyNotExecuted,
        },
        new()
        {
            Action = "revoke", From = [Decided, Detained, Suspended, NotExecuted, Ended], To = Revoked, Who = MeasureWho.Leader, Required = ["reason"], Keeps = true, MayStay = true, Effect = Revoke,
            Ends = AllEnd, Playbook = PlaybookEvent.PenaltyNotExecuted,
        },
    ];

    private static MeasureGuard WhatItTakes { get; } = new("what-the-penalty-takes", c =>
    {
        var (fine, days) = (Custody.Number(c, "fine"), Custody.Number(c, "detentionDays"));
        var longest = Number(c, c["merged"] is "yes" or "true" ? "longestDetentionMerged" : "longestDetention");
        return IsLocked(c) && (days == 0 || days > longest) ? new Failure(FailureKind.Invalid, "measures.penalty-days", "detentionDays", longest.ToString(CultureInfo.InvariantCulture))
            : !IsLocked(c) && days > 0 ? MeasureFailures.Invalid("detentionDays")
            : c["penalty"].Contains("fine", StringComparison.Ordinal) && (fine == 0 || fine > Number(c, "largestFine")) ? new Failure(FailureKind.Invalid, "measures.penalty-fine", "fine")
            : !c["penalty"].Contains("fine", StringComparison.Ordinal) && fine > 0 ? MeasureFailures.Invalid("fine") : null;
    });

    private static MeasureGuard LateIsExplained { get; } = new("late-is-explained", c =>
        IsLate(c) && c["lateReason"].Length == 0 ? new Failure(FailureKind.Invalid, "measures.late-reason-missing", "lateReason") : null);

    private static MeasureGuard WhyNotExecuted { get; } = new("ground-in-force", c =>
        c["notExecutedBecause"] != "other" || c["reason"].Length > 0 ? null : MeasureFailures.Required("reason"));

    /// <inheritdoc />
    public override DateTimeOffset? NextCheck(Measure measure, MeasureRules rules, DateTimeOffset after) =>
        measure.State == Detained ? Custody.NextCheck(measure, after) : null;

    /// <inheritdoc />
    public override void Tick(MeasureContext context, CaseRules rules, IChangeSink sink) => Custody.Tick(context, rules, sink, EventFamily);

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, string> Texts(Measure measure, CaseFile file, Unit unit, MeasureRules rules) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = measure.Number ?? "", ["organ"] = unit.Name };

    private static MeasureGuard IsDetention(bool wanted) => new(wanted ? "is-detention" : "is-no-detention", c =>
        IsLocked(c) == wanted ? null : new Failure(FailureKind.NotAllowed, wanted ? "measures.penalty-no-detention" : "measures.penalty-is-detention"));

    private static bool IsLocked(MeasureContext c) => c["penalty"].Contains("detention", StringComparison.Ordinal);

    private static bool IsLate(MeasureContext c) => c.Measure.DueAt is { } due && c["decidedAt"].Length > 0 && Custody.At(c, "decidedAt") > due;

    private static int Number(MeasureContext c, string key) => c.Rules.Numbers(key, c.On) is [var n, ..] ? n : int.MaxValue;

    /// <summary>Where the clock of the decision begins: at acceptance, later by the time that appraisals took (Procedure Rules, art. 165).</summary>
    private static DateTimeOffset Running(Measure m) =>
        m.StartsAt.AddMinutes(m.Fields.TryGetValue(Paused, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : 0);

    private static void Accept(MeasureContext c)
    {
        Custody.People(c);
        c.Measure.StartsAt = Custody.At(c, "acceptedAt");
    }

    private static void Resume(MeasureContext c)
    {
        var minutes = (int)(Custody.At(c, "appraisalTo") - Custody.At(c, "appraisalFrom")).TotalMinutes + (int)(Running(c.Measure) - c.Measure.StartsAt).TotalMinutes;
        c.Measure.Fields = new Dictionary<string, string>(c.Measure.Fields, StringComparer.Ordinal) { [Paused] = minutes.ToString(CultureInfo.InvariantCulture) };
    }

    private static void Decide(MeasureContext c)
    {
        Custody.People(c);
        c.Measure.Number = c["number"];
        c.Measure.NumberKey = Measure.KeyOf(c["number"]);
        c.Measure.IssuedAt = Custody.At(c, "decidedAt");
        c.Incident.PunishedAt ??= c.Measure.IssuedAt;
    }

    /// <summary>He is at large: nobody waits for a release any more.</summary>
    private static Action<MeasureContext> Free(string? field) => c =>
    {
        c.Measure.ReleasedAt = c.Measure.DeliveredAt is null ? null : field is null ? c.At : Custody.At(c, field);
    };

    /// <summary>A penalty that was revoked is none, and whoever was locked up is free.</summary>
    private static void Revoke(MeasureContext c)
    {
        Custody.Undo(c, "penalty");
        c.Measure.ReleasedAt ??= c.Measure.DeliveredAt is null ? null : c.At;
    }
}
