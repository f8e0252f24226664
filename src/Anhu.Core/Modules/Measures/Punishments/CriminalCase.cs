using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Measures.Punishments;

/// <summary>
/// The criminal case (刑事案件; handbook §2.7, §4.3): filed, or not filed with notice that the victim may sue herself; custody or bail with conditions beside it; transferred,
/// prosecuted, judged, served. Police, procuratorate and court enter their own steps; the platform decides nothing.
/// </summary>
public sealed class CriminalCase : MeasureKind
{
    /// <summary>Its id.</summary>
    public const string KindId = "criminal-case";

    internal const string NotFiled = "not-filed", Withdrawn = "withdrawn";

    private const string Filed = "filed", Transferred = "transferred", Prosecuted = "prosecuted", Judged = "judged", Serving = "serving", Ended = "ended";

    /// <summary>What may hold beside the state: where the suspect is.</summary>
    private const string Detained = "detained", Arrested = "arrested", Locked = "serving-time", Bail = "bail", Residence = "residence";

    private static readonly string[] Running = [Filed, Transferred, Prosecuted, Judged];

    private static readonly Agency[] PoliceOrProcuratorate = [Agency.Police, Agency.Procuratorate];

    private static readonly Agency[] All = [Agency.Police, Agency.Procuratorate, Agency.Court];

    /// <inheritdoc />
    public override string Id => KindId;

    /// <inheritdoc />
    public override string EventFamily => "crime";

    /// <inheritdoc />
    public override IReadOnlyList<Agency> Agencies { get; } = [Agency.Police];

    /// <inheritdoc />
    public override IReadOnlyList<string> Deadlines { get; } = ["investigate", "arrest", "review", "try"];

    /// <inheritdoc />
    public override IReadOnlyList<string> Numbers { get; } = ["longestBailMonths", "longestResidenceMonths"];

    // Of what can be done in a state, the page puts the first forward: the step that leads on.
    /// <inheritdoc />
    public override IReadOnlyList<MeasureRow> Rows { get; } =
    [
        new()
        {
            Action = "file", From = [], To = Filed, Who = MeasureWho.Officer, Required = ["filedAt", "number", "charge", "facts"], Guards = [Custody.NotInFuture("filedAt")], Keeps = true,
            Deadline = "investigate", DeadlineFrom = m => m.StartsAt, Effect = File, Playbook = PlaybookEvent.CrimeFiled, Ends = [("police-disposition", "criminal")],
        },
        new()
        {
            Action = "not-file", From = [], To = NotFiled, Who = MeasureWho.Officer, Required = ["decidedAt", "reason", "choiceTold", "choiceToldAt"],
            Guards = [Custody.NotInFuture("decidedAt"), Custody.NotInFuture("choiceToldAt"), ChoiceTold], Keeps = true, Effect = Custody.People, Playbook = PlaybookEvent.CrimeNotFiled,
        },
        new()
        {
            Action = "file-after-all", From = [NotFiled], To = Filed, Who = MeasureWho.Anyone, By = PoliceOrProcuratorate, Required = ["filedAt", "number", "charge", "facts"],
            Guards = [Custody.NotInFuture("filedAt")], Keeps = true, MayStay = true, Deadline = "investigate", DeadlineFrom = m => m.StartsAt, Effect = File, Playbook = PlaybookEvent.CrimeFiled,
            Ends = [("police-disposition", "criminal")],
        },
        new()
        {
            Action = "transfer", From = [Filed], To = Transferred, Who = MeasureWho.Anyone, By = PoliceOrProcuratorate, Required = ["transferredAt"], Guards = [Custody.NotInFuture("transferredAt"), Custody.NotBefore("transferredAt", "filedAt")],
            Keeps = true, Deadline = "review", Playbook = PlaybookEvent.CrimeTransferred,
        },
        new()
        {
            Action = "prosecute", From = [Transferred], To = Prosecuted, Who = MeasureWho.Anyone, By = [Agency.Procuratorate, Agency.Court], Required = ["prosecutedAt"],
            Guards = [Custody.NotInFuture("prosecutedAt"), Custody.NotBefore("prosecutedAt", "transferredAt")], Keeps = true, Deadline = "try",
        },
        new()
        {
            Action = "judge", From = [Prosecuted], To = Judged, Who = MeasureWho.Anyone, By = [Agency.Court, Agency.Procuratorate],
            Required = ["judgedAt", "judgmentNumber", "verdict"], Optional = ["sentence", "sentenceMonths", "injunction"],
            Guards = [Custody.NotInFuture("judgedAt"), Custody.NotBefore("judgedAt", "prosecutedAt"), SentenceOfTheGuilty], Keeps = true, Effect = Judge,
        },
        new()
        {
            Action = "begin-sentence", From = [Judged], To = Serving, Who = MeasureWho.Anyone, By = All, Required = ["detainedAt", "releaseAt"],
            Guards = [Custody.NotInFuture("detainedAt"), Custody.ReleaseIsAhead, IsSentenced], Keeps = true, Adds = [Locked], Removes = [Detained, Arrested, Bail, Residence], Effect = Custody.Begin,
            Ends = Custody.DateChanged, Playbook = PlaybookEvent.ReleaseKnown,
        },
        new()
        {
            Action = "detain", From = Running, To = MeasureRow.Stays, Who = MeasureWho.Anyone, By = PoliceOrProcuratorate, Required = ["detainedAt"], Optional = ["releaseAt"],
            Guards = [Custody.NotInFuture("detainedAt"), Custody.NotBefore("detainedAt", "filedAt"), Custody.ReleaseIsAhead], Unless = [Detained, Arrested], Adds = [Detained], Removes = [Bail, Residence], Keeps = true, MayStay = true,
            Deadline = "arrest", Effect = Custody.Begin, Playbook = PlaybookEvent.CustodyBegan, PlaybookAlso = (PlaybookEvent.ReleaseKnown, Custody.IsReleaseKnown),
        },
        new()
        {
            Action = "arrest", From = Running, To = MeasureRow.Stays, Who = MeasureWho.Anyone, By = All, Required = ["arrestedAt", "arrestNumber"], Optional = ["releaseAt"],
            Guards = [Custody.NotInFuture("arrestedAt"), Custody.NotBefore("arrestedAt", "filedAt"), Custody.ReleaseIsAhead], Unless = [Arrested], Adds = [Arrested], Removes = [Detained, Bail, Residence], Keeps = true, MayStay = true,
            Effect = Arrest, Playbook = PlaybookEvent.CustodyBegan, PlaybookAlso = (PlaybookEvent.ReleaseKnown, Custody.IsReleaseKnown),
        },
        new()
        {
            Action = "bail", From = Running, To = MeasureRow.Stays, Who = MeasureWho.Anyone, By = All, Required = ["bailAt", "bailUntil", "bailConditions"], Optional = ["note"],
            Guards = [Custody.NotInFuture("bailAt"), Term("bailAt", "bailUntil", "longestBailMonths"), NoContact], Unless = [Bail], Adds = [Bail], Removes = [Detained, Arrested, Residence], Keeps = true, MayStay = true,
            Effect = Out("bailAt"), Playbook = PlaybookEvent.Released, PlaybookAlso = (PlaybookEvent.ReleasedEarly, Custody.IsUnforeseen),
        },
        new()
        {
            Action = "supervise-residence", From = Running, To = MeasureRow.Stays, Who = MeasureWho.Anyone, By = All, Required = ["residenceAt", "residenceUntil", "bailConditions"], Optional = ["note"],
            Guards = [Custody.NotInFuture("residenceAt"), Term("residenceAt", "residenceUntil", "longestResidenceMonths"), NoContact], Unless = [Residence], Adds = [Residence], Removes = [Detained, Arrested, Bail], Keeps = true, MayStay = true,
            Effect = Out("residenceAt"), Playbook = PlaybookEvent.Released, PlaybookAlso = (PlaybookEvent.ReleasedEarly, Custody.IsUnforeseen),
        },
        .. Custody.Rows(Running, MeasureRow.Stays, Detained, Arrested).Select(r => r with { By = All, MayStay = true }),
        .. Custody.Rows([Serving], Ended, Locked).Select(r => r with { By = All }),
        new()
        {
            Action = "send-back", From = [Transferred], To = Filed, Who = MeasureWho.Anyone, By = [Agency.Procuratorate], Required = ["reason"], Keeps = true, Deadline = "investigate",
        },
        new()
        {
            Action = "not-prosecute", From = [Transferred], To = "not-prosecuted", Who = MeasureWho.Anyone, By = [Agency.Procuratorate], Required = ["decidedAt", "reason"], Guards = [Custody.NotInFuture("decidedAt"), IsFree], Keeps = true,
        },
        new()
        {
            Action = "withdraw-case", From = [Filed], To = Withdrawn, Who = MeasureWho.Officer, Required = ["reason"], Guards = [IsFree], Keeps = true, Effect = c => Custody.Undo(c, "criminal"),
        },
        new() { Action = "finish", From = [Judged], To = Ended, Who = MeasureWho.Anyone, By = All, Required = ["reason"], Guards = [IsFree], Keeps = true },
    ];

    private static MeasureGuard ChoiceTold { get; } = new("told-of-private-prosecution", c =>
        c["choiceTold"] is "yes" or "true" ? null : new Failure(FailureKind.NotAllowed, "measures.choice-not-told", "choiceTold"));

    private static MeasureGuard NoContact { get; } = new("no-contact-among-conditions", c =>
        c.Has("bailConditions", "no-contact") || c["note"].Length > 0 ? null : new Failure(FailureKind.NotAllowed, "measures.bail-contact", "bailConditions"));

    private static MeasureGuard IsFree { get; } = new("not-in-custody", c =>
        c.Measure.Overlays.Intersect([Detained, Arrested, Locked], StringComparer.Ordinal).Any() ? new Failure(FailureKind.NotAllowed, "measures.still-in-custody") : null);

    private static MeasureGuard IsSentenced { get; } = new("sentenced-to-be-locked-up", c =>
        c["sentence"] is "imprisonment" or "short-detention" ? null : new Failure(FailureKind.NotAllowed, "measures.not-sentenced"));

    private static MeasureGuard SentenceOfTheGuilty { get; } = new("sentence-of-the-guilty", c =>
        c["verdict"] == "guilty" ? c["sentence"].Length > 0 ? null : MeasureFailures.Required("sentence") : c["sentence"].Length > 0 ? MeasureFailures.Invalid("sentence") : null);

    /// <inheritdoc />
    public override DateTimeOffset? NextCheck(Measure measure, MeasureRules rules, DateTimeOffset after) => Custody.NextCheck(measure, after);

    /// <inheritdoc />
    public override void Tick(MeasureContext context, CaseRules rules, IChangeSink sink) => Custody.Tick(context, rules, sink, EventFamily);

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, string> Texts(Measure measure, CaseFile file, Unit unit, MeasureRules rules) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = measure.Number ?? "", ["organ"] = unit.Name };

    private static MeasureGuard Term(string from, string until, string longest) => new($"{until}-within-{longest}", c =>
    {
        var (first, last) = (Custody.At(c, from), c[until]);
        var on = DateOnly.Parse(last, System.Globalization.CultureInfo.InvariantCulture);
        var begun = c.Rules.Clock.Zone.DateOf(first);
        return on < begun || (c.Rules.Numbers(longest, c.On) is [var months, ..] && on > begun.AddMonths(months)) ? new Failure(FailureKind.Invalid, "measures.term-wrong", until) : null;
    });

    private static void File(MeasureContext c)
    {
        Custody.People(c);
        c.Measure.StartsAt = Custody.At(c, "filedAt");
        c.Measure.Number = c["number"];
        c.Measure.NumberKey = Measure.KeyOf(c["number"]);
        c.Incident.PunishedAt ??= c.Measure.StartsAt;
    }

    private static void Arrest(MeasureContext c)
    {
        c.Measure.DeliveredAt ??= Custody.At(c, "arrestedAt");
        c.Measure.ReleasedAt = null;
        c.Measure.ReleaseAt = c["releaseAt"].Length > 0 ? Custody.At(c, "releaseAt") : null;
        (c.Measure.DeadlineKey, c.Measure.DueAt) = c.Measure.DeadlineKey == "arrest" ? (null, null) : (c.Measure.DeadlineKey, c.Measure.DueAt);
    }

    /// <summary>Out of custody on conditions; who was not in it was free already.</summary>
    private static Action<MeasureContext> Out(string field) => c =>
    {
        c.Measure.ReleasedAt = c.Measure.DeliveredAt is null ? null : Custody.At(c, field);
        (c.Measure.DeadlineKey, c.Measure.DueAt) = c.Measure.DeadlineKey == "arrest" ? (null, null) : (c.Measure.DeadlineKey, c.Measure.DueAt);
    };

    private static void Judge(MeasureContext c)
    {
        c.Measure.IssuedAt = Custody.At(c, "judgedAt");
        if (c["verdict"] == "not-guilty")
        {
            Custody.Undo(c, "criminal");
        }
    }
}
