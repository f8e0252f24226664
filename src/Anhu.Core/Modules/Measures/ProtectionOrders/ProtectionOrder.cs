using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>
/// The personal safety protection order (人身安全保护令; handbook §2.2, §2.3, §4.6). The court decides and its file is the record; here the application is
/// drafted and the court's steps are mirrored, so that everybody who has to act on them does. It is in force from issuance, not from service.
/// </summary>
public sealed class ProtectionOrder : MeasureKind
{
    /// <summary>Its id.</summary>
    public const string KindId = "protection-order";

    internal const string Drafting = "drafting", Filed = "filed", Accepted = "accepted", Issued = "issued", Served = "served", Rejected = "rejected", Expired = "expired",
        Revoked = "revoked", Closed = "closed";

    internal const string Reconsideration = "reconsideration", Reconsidered = "reconsidered", ChangeAsked = "change-asked", Breach = "breach", Sanctioned = "sanctioned",
        CriminalReferred = "criminal-referred";

    private static readonly string[] InForce = [Issued, Served];

    /// <summary>States in which a breach may still be dealt with.</summary>
    private static readonly string[] AfterIssue = [Issued, Served, Expired, Closed, Revoked];

    /// <summary>What an application says (handbook §6(f)).</summary>
    private static readonly string[] Application =
    [
        "applicantWay", "consent", "proxyGround", "proxyKind", "proxyName", "proxyWish", "court", "courtPlace", "relation", "covered", "requests", "distance", "places",
        "requestOther", "requestMonths", "facts", "urgent", "urgentReason", "evidence", "evidenceHolders", "evidenceCollect", "evidenceNote", "serviceAddress", "servicePhone",
        "addressWanted", "currentAddress", "respondentAddress", "respondentPhone", "respondentJob",
    ];

    private static readonly string[] Needed = ["applicantWay", "court", "courtPlace", "relation", "requests", "facts", "serviceAddress"];

    private static readonly (string, string)[] AllEnd =
    [
        ("protection-order-service", "ended"), ("protection-order-assistance", "ended"), ("protection-order-assist", "ended"), ("protection-order-school", "ended"),
        ("protection-order-follow-up", "ended"), ("protection-order-extension", "ended"),
    ];

    private static readonly (string, string)[] RulingEnds = [("protection-order-acceptance", "ended"), ("protection-order-ruling", "ended")];

    /// <inheritdoc />
    public override string Id => KindId;

    /// <inheritdoc />
    public override string EventFamily => "order";

    /// <inheritdoc />
    public override IReadOnlyList<string> PlaceFields { get; } = ["serviceAddress", "servicePhone", "currentAddress"];

    // Others who may apply in her place (Anti-Domestic Violence Law 23; SPC 2022, 2) are named in the application; it is drafted by those who see the story.
    /// <inheritdoc />
    public override IReadOnlyList<Agency> Agencies { get; } = [Agency.WomensFederation, Agency.Police, Agency.Court];

    /// <inheritdoc />
    public override IReadOnlyList<string> Deadlines { get; } = ["accept", "rule", "rule-urgent", "serve", "verify", "reconsider", "feedback"];

    /// <inheritdoc />
    public override IReadOnlyList<string> Numbers { get; } = ["longestMonths", "reminderDays", "longestFine", "longestDetention"];

    // Of what can be done in a state, the page puts the first forward: the step that leads on.
    /// <inheritdoc />
    public override IReadOnlyList<MeasureRow> Rows { get; } =
    [
        new() { Action = "draft", From = [], To = Drafting, Who = MeasureWho.Officer, Optional = Application, Effect = OrderEffects.People },
        new()
        {
            Action = "file", From = [Drafting], To = Filed, Who = MeasureWho.Officer, Required = ["filedAt", "filedWay", .. Needed], Optional = [.. Application.Except(Needed)],
            Guards = [OrderGuards.MayApply, OrderGuards.BasicLevelCourt, OrderGuards.AddressIsHerChoice, OrderGuards.UrgentIsExplained, OrderGuards.NotInFuture("filedAt")],
            Deadline = "accept", DeadlineFrom = m => m.StartsAt, Playbook = PlaybookEvent.OrderFiled, Ends = [("protection-order-help", "filed")], Effect = OrderEffects.File,
        },
        new() { Action = "edit", From = [Drafting], To = Drafting, Who = MeasureWho.Officer, Optional = Application, Effect = OrderEffects.People },
        new()
        {
            Action = "drop", From = [Drafting], To = "dropped", Who = MeasureWho.Officer, Required = ["reason"], Ends = [("protection-order-help", "declined")],
        },
        new()
        {
            Action = "register", From = [], To = Accepted, Who = MeasureWho.Court, Required = ["number", "acceptedAt"],
            Optional = ["urgent", "applicantWay", "proxyKind", "relation", "requests", "court"],
            Guards = [OrderGuards.NotInFuture("acceptedAt")], Deadline = "rule", DeadlineInstead = ("rule-urgent", OrderEffects.IsUrgent), DeadlineFrom = m => m.StartsAt,
            Playbook = PlaybookEvent.OrderAccepted, Ends = [("protection-order-help", "filed")], Effect = OrderEffects.Accept,
        },
        new()
        {
            Action = "accept", From = [Filed, Drafting], To = Accepted, Who = MeasureWho.Court, Required = ["number", "acceptedAt"], Optional = ["urgent"],
            Guards = [OrderGuards.NotInFuture("acceptedAt")], Deadline = "rule", DeadlineInstead = ("rule-urgent", OrderEffects.IsUrgent), DeadlineFrom = m => m.StartsAt,
            Playbook = PlaybookEvent.OrderAccepted, Ends = [("protection-order-help", "filed"), ("protection-order-acceptance", "accepted")], Effect = OrderEffects.Accept,
        },
        new()
        {
            Action = "issue", From = [Accepted], To = Issued, Who = MeasureWho.Court, Required = ["issuedAt", "measures"],
            Optional = ["rulingNumber", "validMonths", "validDays", "measureOther", "distance", "places"],
            Guards = [OrderGuards.AfterAcceptance("issuedAt"), OrderGuards.Term], Deadline = "serve", DeadlineFrom = IssuedAt, Playbook = PlaybookEvent.OrderIssued,
            PlaybookFrom = m => m.IssuedAt, Ends = [("protection-order-ruling", "granted")], Effect = OrderEffects.Issue, Keeps = true,
        },
        new()
        {
            Action = "reject", From = [Accepted], To = Rejected, Who = MeasureWho.Court, Required = ["ruledAt", "reason"], Optional = ["rulingNumber"],
            Guards = [OrderGuards.AfterAcceptance("ruledAt")], Playbook = PlaybookEvent.OrderRejected, Ends = [("protection-order-ruling", "refused")], Effect = OrderEffects.Rule,
            Keeps = true,
        },
        new()
        {
            Action = "withdraw", From = [Filed, Accepted], To = "withdrawn", Who = MeasureWho.Court, Required = ["ruledAt"], Optional = ["askedAlone", "coerced", "findings"],
            Guards = [OrderGuards.NotInFuture("ruledAt"), OrderGuards.Freely], Playbook = PlaybookEvent.OrderWithdrawn,
            Ends = [("protection-order-acceptance", "withdrawn"), ("protection-order-ruling", "withdrawn")], Keeps = true,
        },
        new()
        {
            Action = "deem-withdrawn", From = [Accepted], To = "deemed-withdrawn", Who = MeasureWho.Court, Required = ["ruledAt"], Optional = ["reason"],
            Guards = [OrderGuards.NotInFuture("ruledAt")], Playbook = PlaybookEvent.OrderWithdrawn, Ends = RulingEnds, Keeps = true,
        },
        new()
        {
            Action = "terminate", From = [Accepted], To = "terminated", Who = MeasureWho.Court, Required = ["ruledAt"], Optional = ["reason"],
            Guards = [OrderGuards.NotInFuture("ruledAt")], Playbook = PlaybookEvent.OrderWithdrawn, Ends = RulingEnds, Keeps = true,
        },
        new()
        {
            Action = "serve", From = [Issued], To = Served, Who = MeasureWho.Court, Required = ["servedAt", "servedTo", "addressLeftOut"],
            Guards = [OrderGuards.ServedAfterRuling, OrderGuards.AddressLeftOut, OrderGuards.AllServed], Deadline = "verify", DeadlineFrom = ServedAt,
            Playbook = PlaybookEvent.OrderServed, PlaybookFrom = m => m.DeliveredAt, Ends = [("protection-order-service", "served")], Effect = OrderEffects.Serve, Keeps = true,
        },
        new()
        {
            Action = "serve-part", From = [Issued], To = MeasureRow.Stays, Who = MeasureWho.Court, Required = ["servedAt", "servedTo", "addressLeftOut"],
            Guards = [OrderGuards.ServedAfterRuling, OrderGuards.AddressLeftOut], Keeps = true,
        },
        new()
        {
            Action = "verify", From = [Served], To = MeasureRow.Stays, Who = MeasureWho.Anyone, Required = ["verifiedAt", "applicantVerified", "respondentVerified", "urged"],
            Optional = ["findings"], Guards = [OrderGuards.PoliceOnly, OrderGuards.NotInFuture("verifiedAt"), OrderGuards.BothVerified],
            Ends = [("protection-order-assistance", "done")], MayStay = true, Keeps = true, Effect = OrderEffects.ClockIsMet,
        },
        new()
        {
            Action = "ask-change", From = InForce, To = MeasureRow.Stays, Who = MeasureWho.Officer, Required = ["change", "askedAt"], Optional = ["askedAlone", "coerced", "findings"],
            Unless = [ChangeAsked], Guards = [OrderGuards.BeforeItLapses, OrderGuards.RevocationFreely], Adds = [ChangeAsked], MayStay = true, Keeps = true,
            Ends = [("protection-order-extension", "asked")],
        },
        new()
        {
            Action = "extend", From = [Issued, Served, Expired], To = Issued, Who = MeasureWho.Court, Required = ["rulingNumber", "ruledAt"], Optional = ["validMonths", "validDays"],
            Guards = [OrderGuards.AfterIssuance("ruledAt"), OrderGuards.ExtendedInTime, OrderGuards.Extension], Removes = [ChangeAsked], Deadline = "serve",
            DeadlineFrom = IssuedAt, Playbook = PlaybookEvent.OrderIssued, MayStay = true, Keeps = true, Effect = OrderEffects.Extend,
            Ends = [("protection-order-extension", "asked"), ("protection-order-feedback", "extended")],
        },
        new()
        {
            Action = "vary", From = InForce, To = Issued, Who = MeasureWho.Court, Required = ["rulingNumber", "ruledAt", "measures"], Optional = ["measureOther", "distance", "places"],
            Guards = [OrderGuards.AfterIssuance("ruledAt")], Removes = [ChangeAsked], Deadline = "serve", DeadlineFrom = IssuedAt, Playbook = PlaybookEvent.OrderIssued,
            MayStay = true, Keeps = true, Effect = OrderEffects.Vary,
        },
        new()
        {
            Action = "revoke", From = InForce, To = Revoked, Who = MeasureWho.Court, Required = ["rulingNumber", "ruledAt"], Optional = ["reason", "askedAlone", "coerced", "findings"],
            Guards = [OrderGuards.AfterIssuance("ruledAt"), OrderGuards.Freely], Removes = [ChangeAsked, Reconsideration], Playbook = PlaybookEvent.OrderWithdrawn, MayStay = true,
            Keeps = true, Effect = OrderEffects.Revoke, Ends = AllEnd,
        },
        new()
        {
            Action = "refuse-change", From = [Issued, Served, Expired], To = MeasureRow.Stays, Who = MeasureWho.Court, Required = ["ruledAt", "reason"], Optional = ["rulingNumber"],
            While = ChangeAsked, Guards = [OrderGuards.NotInFuture("ruledAt")], Removes = [ChangeAsked], MayStay = true, Keeps = true,
        },
        new()
        {
            Action = "ask-reconsideration", From = [Issued, Served, Rejected], To = MeasureRow.Stays, Who = MeasureWho.Officer, Required = ["askedBy", "askedAt"],
            Unless = [Reconsideration, Reconsidered], Guards = [OrderGuards.WithinReconsideration], Adds = [Reconsideration], MayStay = true, Keeps = true,
        },
        new()
        {
            Action = "uphold", From = [Issued, Served, Rejected, Expired], To = MeasureRow.Stays, Who = MeasureWho.Court, Required = ["ruledAt"], Optional = ["rulingNumber", "reason"],
            While = Reconsideration, Guards = [OrderGuards.NotInFuture("ruledAt")], Removes = [Reconsideration], Adds = [Reconsidered], MayStay = true, Keeps = true,
        },
        new()
        {
            Action = "overturn", From = [Rejected], To = Issued, Who = MeasureWho.Court, Required = ["issuedAt", "measures"],
            Optional = ["rulingNumber", "validMonths", "validDays", "measureOther", "distance", "places"], While = Reconsideration,
            Guards = [OrderGuards.AfterAcceptance("issuedAt"), OrderGuards.Term], Removes = [Reconsideration], Adds = [Reconsidered], Deadline = "serve", DeadlineFrom = IssuedAt,
            Playbook = PlaybookEvent.OrderIssued, PlaybookFrom = m => m.IssuedAt, MayStay = true, Keeps = true, Effect = OrderEffects.Issue,
        },
        new()
        {
            Action = "breach", From = [Issued, Served, Expired, Revoked, Closed], To = MeasureRow.Stays, Who = MeasureWho.Anyone,
            Required = ["breachAt", "breachKinds", "findings", "called110"], Optional = ["breachEvidence"], Guards = [OrderGuards.WhileInForce], Adds = [Breach],
            Playbook = PlaybookEvent.OrderBreached, MayStay = true, Keeps = true, Effect = OrderEffects.Breached,
        },
        new()
        {
            Action = "sanction", From = AfterIssue, To = MeasureRow.Stays, Who = MeasureWho.Court, Required = ["ruledAt", "sanctions"],
            Optional = ["rulingNumber", "fine", "detentionDays"], While = Breach, Guards = [OrderGuards.NotInFuture("ruledAt"), OrderGuards.Sanctions], Removes = [Breach],
            Adds = [Sanctioned], MayStay = true, Keeps = true,
        },
        new()
        {
            Action = "refer-criminal", From = AfterIssue, To = MeasureRow.Stays, Who = MeasureWho.Anyone, Required = ["referredAt", "referredTo"], Optional = ["findings"],
            While = Breach, Guards = [OrderGuards.PoliceOrCourt, OrderGuards.NotInFuture("referredAt")], Removes = [Breach], Adds = [CriminalReferred], MayStay = true, Keeps = true,
        },
        new()
        {
            Action = "unfounded", From = AfterIssue, To = MeasureRow.Stays, Who = MeasureWho.Anyone, Required = ["reason"], While = Breach, Guards = [OrderGuards.PoliceOrCourt],
            Removes = [Breach], MayStay = true, Keeps = true, Effect = OrderEffects.Unfounded,
        },
        new()
        {
            Action = "expire", From = InForce, To = Expired, Who = MeasureWho.Platform, Deadline = "feedback", Playbook = PlaybookEvent.OrderExpired, Ends = AllEnd,
        },
        new()
        {
            Action = "feedback", From = [Expired], To = Closed, Who = MeasureWho.Officer, Required = ["feedbackAt", "kept", "feedbackSigned", "feedbackTo"], Optional = ["feedbackNote"],
            Guards = [OrderGuards.NotInFuture("feedbackAt"), OrderGuards.FeedbackSigned], Keeps = true, Ends = [("protection-order-feedback", "sent")],
        },
    ];

    /// <inheritdoc />
    public override string EventOf(MeasureRow row) => row.Action is "vary" or "extend" or "overturn" ? $"order.{row.Action}" : base.EventOf(row);

    /// <summary>The law of the day on which the application was begun here; the occurrence may lie years back.</summary>
    public override DateOnly LawOf(Measure measure, Incident incident, CityZone zone) => zone.DateOf(measure.ProposedAt);

    /// <summary>Reminders before it lapses, at eight in the morning of the city; then the end of its last day.</summary>
    public override DateTimeOffset? NextCheck(Measure measure, MeasureRules rules, DateTimeOffset after) =>
        measure.ValidUntil is not { } last || !InForce.Contains(measure.State) ? null
        : rules.Numbers("reminderDays", rules.Clock.Zone.DateOf(measure.ProposedAt)).Select(d => rules.Clock.Zone.At(last.AddDays(-d), new TimeOnly(8, 0))).Where(t => t > after)
            .Append(EndOf(last, rules)).Min();

    /// <inheritdoc />
    public override void Tick(MeasureContext context, CaseRules rules, IChangeSink sink)
    {
        var m = context.Measure;
        if (m.ValidUntil is { } last && context.At >= EndOf(last, context.Rules))
        {
            MeasureMachine.Take(this, Find("expire", m.State)!, context, rules, sink);
            return;
        }

        m.NextCheckAt = NextCheck(m, context.Rules, context.At);
        sink.Record(new PendingEvent("order.expiring", context.At, context.File.Case.CaseId, null, m.UnitId, context.File.Case.Class, EventData.Of(
            ("measure", m.MeasureId), ("validUntil", m.ValidUntil?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)))));
        MeasureMachine.Plan(context, [PlaybookEvent.OrderExpiring], rules, sink);
    }

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, string> Texts(Measure measure, CaseFile file, Unit unit, MeasureRules rules) =>
        ProtectionOrderTexts.Of(measure, rules);

    /// <summary>The instant at which an order is over: when its last day is, in the city's time.</summary>
    /// <param name="last">Its last day.</param>
    /// <param name="rules">Rules of orders.</param>
    internal static DateTimeOffset EndOf(DateOnly last, MeasureRules rules) => rules.Clock.Zone.StartOf(last.AddDays(1));

    private static DateTimeOffset IssuedAt(Measure m) => m.IssuedAt ?? m.ProposedAt;

    private static DateTimeOffset ServedAt(Measure m) => m.DeliveredAt ?? IssuedAt(m);
}
