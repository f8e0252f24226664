using Anhu.Common;
using Anhu.Modules.Organisation;

namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>Conditions of steps on a protection order. What the court's own system tells has happened: of it only what can't be is refused.</summary>
internal static class OrderGuards
{
    private static readonly string[] MustBeServed = ["applicant", "respondent", "station", "committee"];

    public static MeasureGuard MayApply { get; } = new("consent-or-proxy", c => OrderApplication.MayApply(f => c[f]));

    /// <summary>One of the three places is chosen in its field; the court there must be a basic-level one.</summary>
    public static MeasureGuard BasicLevelCourt { get; } = new("basic-level-court-of-one-of-three-places", c => OrderApplication.WrongCourt(f => c[f], c.Map));

    public static MeasureGuard AddressIsHerChoice { get; } = new("address-only-if-she-wants", c => OrderApplication.AddressNotWanted(f => c[f]));

    public static MeasureGuard UrgentIsExplained { get; } = new("urgent-is-explained", c => OrderApplication.UrgentWithoutReason(f => c[f]));

    public static MeasureGuard Term { get; } = new("at-most-six-months", c =>
        Length(c) is { } wrong ? wrong : Longest(c) is { } most && OrderTerm.Of(IssuedOn(c), c) > IssuedOn(c).AddMonths(most)
            ? new Failure(FailureKind.Invalid, "measures.order-too-long", "validMonths") : null);

    public static MeasureGuard Extension { get; } = new("at-most-six-months-more", c =>
        Length(c) is { } wrong ? wrong : c.Measure.ValidUntil is { } last && Longest(c) is { } most && OrderTerm.Of(last, c) > last.AddMonths(most)
            ? new Failure(FailureKind.Invalid, "measures.order-too-long", "validMonths") : null);

    public static MeasureGuard Freely { get; } = new("asked-alone-not-coerced", c =>
        c.ByCourt && c["coerced"].Length == 0 ? null
        : !Yes(c, "askedAlone") ? new Failure(FailureKind.NotAllowed, "measures.order-not-asked-alone", "askedAlone")
        : c["coerced"] is not ("no" or "false") ? new Failure(FailureKind.NotAllowed, "measures.order-coerced", "coerced") : null);

    public static MeasureGuard RevocationFreely { get; } = new("revocation-asked-alone", c => c["change"] == "revoke" ? Freely.Check(c) : null);

    public static MeasureGuard ServedAfterRuling { get; } = new("served-after-ruling", c => Within(c, "servedAt", c.Measure.IssuedAt));

    public static MeasureGuard AddressLeftOut { get; } = new("address-not-in-copies", c =>
        Yes(c, "addressLeftOut") ? null : new Failure(FailureKind.NotAllowed, "measures.order-address-in-copy", "addressLeftOut"));

    public static MeasureGuard AllServed { get; } = new("all-four-served", c =>
        MustBeServed.FirstOrDefault(m => !ServedTo(c).Contains(m)) is null ? null : new Failure(FailureKind.NotAllowed, "measures.order-not-all-served", "servedTo"));

    public static MeasureGuard BothVerified { get; } = new("both-verified", c =>
        !Yes(c, "applicantVerified") ? new Failure(FailureKind.NotAllowed, "measures.order-not-verified", "applicantVerified")
        : Yes(c, "respondentVerified") ? null : new Failure(FailureKind.NotAllowed, "measures.order-not-verified", "respondentVerified"));

    public static MeasureGuard PoliceOnly { get; } = new("police", c => AgencyOf(c) == Agency.Police ? null : new Failure(FailureKind.Forbidden, "measures.police-only"));

    public static MeasureGuard PoliceOrCourt { get; } = new("police-or-court", c =>
        AgencyOf(c) is Agency.Police or Agency.Court ? null : new Failure(FailureKind.Forbidden, "measures.police-or-court"));

    public static MeasureGuard BeforeItLapses { get; } = new("before-it-lapses", c =>
        NotInFuture("askedAt").Check(c) ?? (c.Measure.ValidUntil is { } last && At(c, "askedAt") >= ProtectionOrder.EndOf(last, c.Rules)
            ? new Failure(FailureKind.NotAllowed, "measures.order-lapsed", "askedAt") : null));

    /// <summary>After its end only what was asked for before.</summary>
    public static MeasureGuard ExtendedInTime { get; } = new("asked-before-expiry", c =>
        c.Measure.State != ProtectionOrder.Expired || c.ByCourt || c.Measure.Overlays.Contains(ProtectionOrder.ChangeAsked)
            ? null : new Failure(FailureKind.NotAllowed, "measures.order-lapsed", "ruledAt"));

    public static MeasureGuard WithinReconsideration { get; } = new("within-five-days", c =>
        NotInFuture("askedAt").Check(c) ?? (!c.ByCourt && c.Measure.IssuedAt is { } since && c.Rules.DueAt("reconsider", since, c.On) is { } due && At(c, "askedAt") > due
            ? new Failure(FailureKind.NotAllowed, "measures.order-too-late", "askedAt") : null));

    public static MeasureGuard WhileInForce { get; } = new("while-in-force", c =>
        Within(c, "breachAt", FirstIssue(c)) ?? (c.Measure.ValidUntil is { } last && At(c, "breachAt") >= ProtectionOrder.EndOf(last, c.Rules)
            ? new Failure(FailureKind.Invalid, "measures.order-not-in-force", "breachAt") : null));

    public static MeasureGuard Sanctions { get; } = new("within-the-law", c =>
        c.Has("sanctions", "fine") && Above(c, "fine", "longestFine") ? new Failure(FailureKind.Invalid, "measures.field-invalid", "fine")
        : c.Has("sanctions", "detention") && Above(c, "detentionDays", "longestDetention") ? new Failure(FailureKind.Invalid, "measures.field-invalid", "detentionDays") : null);

    public static MeasureGuard FeedbackSigned { get; } = new("signed-or-why-not", c =>
        Yes(c, "feedbackSigned") || c["feedbackNote"].Length > 0 ? null : MeasureFailures.Required("feedbackNote"));

    public static MeasureGuard NotInFuture(string field) => new("not-in-the-future", c => Within(c, field, null));

    public static MeasureGuard AfterAcceptance(string field) => new("after-acceptance", c => Within(c, field, c.Measure.StartsAt));

    public static MeasureGuard AfterIssuance(string field) => new("after-issuance", c => Within(c, field, c.Measure.IssuedAt));

    /// <summary>Who was served since the last ruling, with this step.</summary>
    public static IReadOnlyList<string> ServedTo(MeasureContext c) =>
        [.. c.Acts.Reverse().TakeWhile(a => a.Action is not ("issue" or "overturn" or "vary" or "extend")).Where(a => a.Action == "serve-part").Select(a => a.Fields["servedTo"])
            .Append(c["servedTo"]).SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct()];

    private static DateTimeOffset? FirstIssue(MeasureContext c) =>
        c.Acts.FirstOrDefault(a => a.Action is "issue" or "overturn") is { } first ? c.Rules.Instant(first.Fields["issuedAt"]) : c.Measure.IssuedAt;

    private static Failure? Length(MeasureContext c) =>
        OrderTerm.Number(c, "validMonths") + OrderTerm.Number(c, "validDays") > 0 ? null : new Failure(FailureKind.Invalid, "measures.order-no-term", "validMonths");

    private static int? Longest(MeasureContext c) => c.Rules.Numbers("longestMonths", c.On) is [var most, ..] ? most : null;

    private static DateOnly IssuedOn(MeasureContext c) => c.Rules.Clock.Zone.DateOf(At(c, "issuedAt"));

    private static bool Above(MeasureContext c, string field, string limit) =>
        OrderTerm.Number(c, field) is 0 || (c.Rules.Numbers(limit, c.On) is [var most, ..] && OrderTerm.Number(c, field) > most);

    /// <summary>Minutes are as exact as forms are: what began within the same minute came after.</summary>
    private static Failure? Within(MeasureContext c, string field, DateTimeOffset? notBefore) =>
        c.Rules.Instant(c[field]) is not { } at ? MeasureFailures.Invalid(field)
        : at > c.At ? new Failure(FailureKind.Invalid, "measures.in-the-future", field)
        : notBefore is { } from && at < from.AddMinutes(-1) ? new Failure(FailureKind.Invalid, "measures.order-before", field) : null;

    private static DateTimeOffset At(MeasureContext c, string field) => c.Rules.Instant(c[field])!.Value;

    private static bool Yes(MeasureContext c, string field) => c[field] is "yes" or "true";

    private static Agency? AgencyOf(MeasureContext c) => c.Caller.UnitId is { } unit ? c.Map.Find(unit)?.Agency : null;
}
