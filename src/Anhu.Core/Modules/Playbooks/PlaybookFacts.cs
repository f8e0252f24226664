using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;

namespace Anhu.Modules.Playbooks;

/// <summary>What may set a playbook's rules going. A fact may be several events at once: a repeated alarm in a closed case is received, repeated and reopens.</summary>
public enum PlaybookEvent
{
    /// <summary><c>alarm.received</c>: every new incident.</summary>
    AlarmReceived,

    /// <summary><c>alarm.repeated</c>: in addition, when the case had earlier incidents.</summary>
    AlarmRepeated,

    /// <summary><c>case.opened</c>: a new case.</summary>
    CaseOpened,

    /// <summary><c>case.reopened</c>: a closed case, or one under observation, has a new incident.</summary>
    CaseReopened,

    /// <summary><c>case.class-raised</c>: the class became more serious.</summary>
    CaseClassRaised,

    /// <summary><c>case.review-due</c>: the dated review of a case has come.</summary>
    CaseReviewDue,

    /// <summary><c>duty.overdue</c>: a duty was marked overdue.</summary>
    DutyOverdue,

    /// <summary><c>duty.done</c>: a duty was done, with its kind and outcome.</summary>
    DutyDone,

    /// <summary><c>visit.need</c>: a visit named a need.</summary>
    VisitNeed,

    /// <summary><c>scene.item</c>: an item of the evidence checklist at the scene was given its status.</summary>
    SceneItem,

    /// <summary><c>letter.proposed</c>: a warning letter was begun.</summary>
    LetterProposed,

    /// <summary><c>letter.issued</c>: a warning letter was approved.</summary>
    LetterIssued,

    /// <summary><c>letter.delivered</c>: a warning letter was read and handed over, or counts as delivered.</summary>
    LetterDelivered,

    /// <summary><c>letter.visited</c>: a visit that watches a warning letter was made, with its outcome.</summary>
    LetterVisited,

    /// <summary><c>letter.recurrence</c>: violence again after a warning letter.</summary>
    LetterRecurrence,

    /// <summary><c>order.filed</c>: a protection order was applied for.</summary>
    OrderFiled,

    /// <summary><c>order.accepted</c>: the court accepted the application.</summary>
    OrderAccepted,

    /// <summary><c>order.issued</c>: the court issued, varied or extended a protection order; it is in force.</summary>
    OrderIssued,

    /// <summary><c>order.served</c>: parties, station and committee were served.</summary>
    OrderServed,

    /// <summary><c>order.rejected</c>: the court rejected the application.</summary>
    OrderRejected,

    /// <summary><c>order.withdrawn</c>: the application was withdrawn or ended otherwise, or the order revoked.</summary>
    OrderWithdrawn,

    /// <summary><c>order.expiring</c>: a reminder before the order lapses.</summary>
    OrderExpiring,

    /// <summary><c>order.expired</c>: the order's last day is over.</summary>
    OrderExpired,

    /// <summary><c>order.breached</c>: a breach was reported.</summary>
    OrderBreached,

    /// <summary><c>penalty.accepted</c>: a penalty case was accepted, extended, or goes on after an appraisal.</summary>
    PenaltyAccepted,

    /// <summary><c>penalty.paused</c>: an appraisal stops the clock of a penalty case.</summary>
    PenaltyPaused,

    /// <summary><c>penalty.decided</c>: a penalty was decided.</summary>
    PenaltyDecided,

    /// <summary><c>penalty.not-executed</c>: a penalty is suspended, not executed, or revoked: he is at large.</summary>
    PenaltyNotExecuted,

    /// <summary><c>crime.filed</c>: a criminal case was filed.</summary>
    CrimeFiled,

    /// <summary><c>crime.not-filed</c>: no criminal case was filed.</summary>
    CrimeNotFiled,

    /// <summary><c>crime.transferred</c>: the police transferred it for prosecution.</summary>
    CrimeTransferred,

    /// <summary><c>custody.began</c>: somebody was detained or arrested as a suspect.</summary>
    CustodyBegan,

    /// <summary><c>release.known</c>: the day of a release is known, or changed.</summary>
    ReleaseKnown,

    /// <summary><c>release.day</c>: the day of a known release has come.</summary>
    ReleaseDay,

    /// <summary><c>release.done</c>: somebody was released, on bail too.</summary>
    Released,

    /// <summary><c>release.early</c>: in addition, it came before the known day, or none was known.</summary>
    ReleasedEarly,

    /// <summary><c>letter.missed</c>: a warning letter was due and none was issued in time.</summary>
    LetterMissed,

    /// <summary><c>report.received</c>: a mandatory report came in; each is owed an answer.</summary>
    ReportReceived,

    /// <summary><c>report.omitted</c>: a unit that had to report did not.</summary>
    ReportOmitted,

    /// <summary><c>disposition.addition</c>: the police added something to how they disposed of an incident.</summary>
    DispositionAddition,

    /// <summary><c>whereabouts.leaked</c>: a victim's or child's place or number got to the wrong eyes.</summary>
    WhereaboutsLeaked,

    /// <summary><c>fact.learned</c>: more was learned of an incident than its first report said. A rule applies only where it did not before, so the condition is what was learned.</summary>
    FactLearned,

    /// <summary><c>holiday.coming</c>: a long statutory holiday is near; once for each open case and holiday.</summary>
    HolidayComing,
}

/// <summary>What a playbook may look at. Null means not known, which is not no.</summary>
public sealed record PlaybookFacts
{
    /// <summary>When the event happened; deadlines start here.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The class of the case, 1 to 3.</summary>
    public required int Class { get; init; }

    /// <summary>What the source takes the incident to be; null when the event is not about an incident.</summary>
    public AlarmCategory? Category { get; init; }

    /// <summary>A weapon was used or shown.</summary>
    public bool? Weapon { get; init; }

    /// <summary>A threat to kill.</summary>
    public bool? ThreatToKill { get; init; }

    /// <summary>Strangulation or another lethal act.</summary>
    public bool? Strangulation { get; init; }

    /// <summary>A child was there.</summary>
    public bool? ChildPresent { get; init; }

    /// <summary>The victim is pregnant.</summary>
    public bool? Pregnant { get; init; }

    /// <summary>Alcohol or drugs.</summary>
    public bool? Alcohol { get; init; }

    /// <summary>Forced sex, sexual abuse or assault.</summary>
    public bool? SexualViolence { get; init; }

    /// <summary>Separation, divorce or break-up under way or within the past year.</summary>
    public bool? Separation { get; init; }

    /// <summary>The worst degree of injury known.</summary>
    public Injury Injury { get; init; }

    /// <summary>Number of incidents of the case, the present one included.</summary>
    public int IncidentCount { get; init; }

    /// <summary>A victim is named, so that someone can be called.</summary>
    public bool HasVictim { get; init; }

    /// <summary>A victim is under 18.</summary>
    public bool? MinorVictim { get; init; }

    /// <summary>A victim is elderly.</summary>
    public bool? ElderlyVictim { get; init; }

    /// <summary>It came as a mandatory report.</summary>
    public bool MandatoryReport { get; init; }

    /// <summary>The need named (<see cref="PlaybookEvent.VisitNeed"/>), such as <c>shelter</c>.</summary>
    public string? Need { get; init; }

    /// <summary>The item of the evidence checklist (<see cref="PlaybookEvent.SceneItem"/>), such as <c>injury-photos</c>; <c>joint-response</c> or <c>joint-support</c> where the federation's work group was asked for.</summary>
    public string? SceneItem { get; init; }

    /// <summary>Its status: <c>collected</c>, <c>refused</c>, <c>not-applicable</c> or <c>missing</c>; <c>requested</c> for the work group.</summary>
    public string? SceneStatus { get; init; }

    /// <summary>What was added to a disposition (<see cref="PlaybookEvent.DispositionAddition"/>), such as <c>shelter</c>.</summary>
    public string? Addition { get; init; }

    /// <summary>How the police dispose of the incident is decided, or a duty to decide it is open.</summary>
    public bool DispositionBegun { get; init; }

    /// <summary>The kind of the duty that was done or is overdue.</summary>
    public string? DutyKind { get; init; }

    /// <summary>The outcome of the duty that was done.</summary>
    public string? Outcome { get; init; }

    /// <summary>The deadline that a measure's own rules give its next step; null when the event is about no measure.</summary>
    public DateTimeOffset? MeasureDueAt { get; init; }

    /// <summary>When what is known ahead comes, UTC: somebody's release (<see cref="PlaybookEvent.ReleaseKnown"/>), the first day of a holiday (<see cref="PlaybookEvent.HolidayComing"/>); null for other events.</summary>
    public DateTimeOffset? AheadAt { get; init; }

    /// <summary>The visits that watch a measure have done enough.</summary>
    public bool VisitsDone { get; init; }

    /// <summary>A protection order of the case is in force.</summary>
    public bool OrderInForce { get; init; }

    /// <summary>A warning letter was issued for the incident; for a duty that was done, its own incident.</summary>
    public bool LetterIssued { get; init; }

    /// <summary>The deadline of the duty that was done or is overdue; a return visit made early counts as the one that was due.</summary>
    public DateTimeOffset? DutyDueAt { get; init; }

    /// <summary>How many duties of this kind in the case ended with this outcome in a row, the present one included; for rules such as "after three clean visits".</summary>
    public int OutcomesInRow { get; init; } = 1;

    /// <summary>When the last incident occurred, from which return visits are counted; <see cref="At"/> when null.</summary>
    public DateTimeOffset? LastIncidentAt { get; init; }

    /// <summary>
    /// Kinds of which a duty is open in the case, each with the earliest deadline of its open duties. A <c>once</c> rule adds nothing where the open duty
    /// is due no later than the new one would be: a new incident still gets its visit in time when the open one is months away.
    /// </summary>
    public IReadOnlyDictionary<string, DateTimeOffset>? AlreadyOpenKinds { get; init; }
}

/// <summary>A duty that the playbook asks for.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Kind">The kind, declared in the playbook.</param>
/// <param name="Agency">The agency that answers for it.</param>
/// <param name="Level">The level of its unit; the unit above where a place has none.</param>
/// <param name="DueAt">The deadline, UTC.</param>
/// <param name="Basis">Legal or policy basis.</param>
/// <param name="Proposed">True when a worker of the owning unit decides whether it is taken on.</param>
/// <param name="HolidaysKnown">False when the deadline reaches into a year whose holidays are not published or not loaded: counted by weekends only.</param>
public sealed record PlannedDuty(
    string RuleId, string Kind, Agency Agency, RegionLevel Level, DateTimeOffset DueAt, string Basis, bool Proposed, bool HolidaysKnown);

/// <summary>A notice that the playbook asks for.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Agency">Who is told.</param>
/// <param name="Level">The level of the unit told.</param>
/// <param name="Text">Key of the text, declared under <c>notices</c> (<see cref="Playbook.Notices"/>).</param>
public sealed record PlannedNotice(string RuleId, Agency Agency, RegionLevel Level, string Text);

/// <summary>What follows from an event.</summary>
/// <param name="Duties">Duties, in the document's order.</param>
/// <param name="Notices">Notices, in the document's order.</param>
public sealed record PlaybookPlan(IReadOnlyList<PlannedDuty> Duties, IReadOnlyList<PlannedNotice> Notices)
{
    /// <summary>Nothing.</summary>
    public static PlaybookPlan Nothing { get; } = new([], []);
}
