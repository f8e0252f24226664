using Anhu.Common;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Time;

namespace Anhu.Modules.Playbooks;

/// <summary>An item of the checklist with which a case is closed.</summary>
/// <param name="Id">Id.</param>
/// <param name="Text">What must be true.</param>
public sealed record ClosingItem(string Id, Bilingual Text);

/// <summary>How a case of one class is closed.</summary>
/// <param name="SecondPerson">A second person must agree.</param>
/// <param name="ObservationMonths">Months without a new event before it may be closed; 0 when it may be closed after handling.</param>
/// <param name="Checklist">What must be ticked.</param>
public sealed record ClosingRule(bool SecondPerson, int ObservationMonths, IReadOnlyList<ClosingItem> Checklist);

/// <summary>Before which statutory holidays open cases are looked at again (<see cref="PlaybookEvent.HolidayComing"/>): families are together for days, and offices are closed.</summary>
/// <param name="DaysBefore">How many days before the first day off.</param>
/// <param name="AtLeastDays">Holidays of fewer days are left out.</param>
public sealed record HolidayWatch(int DaysBefore, int AtLeastDays)
{
    /// <summary>The holiday that a day lies in, or shortly before; null when none. A holiday counts until its last day, for a platform that stood still before.</summary>
    /// <param name="calendar">The published holidays.</param>
    /// <param name="date">The city's date.</param>
    public Holiday? On(WorkCalendar calendar, DateOnly date) =>
        calendar.Holidays.FirstOrDefault(h => h.Days >= AtLeastDays && h.From.AddDays(-DaysBefore) <= date && date <= h.To);
}

/// <summary>A rule of the playbook, for people to read.</summary>
/// <param name="RuleId">Id.</param>
/// <param name="Events">Names of the events that set it going.</param>
/// <param name="Condition">When it applies, in plain words; null when always.</param>
/// <param name="Unless">When it does not apply after all; null when there is no exception.</param>
/// <param name="Kind">The kind of the duty; null for a notice.</param>
/// <param name="Notice">The key of the notice's text; null for a duty.</param>
/// <param name="Agency">Who.</param>
/// <param name="Level">At which level.</param>
/// <param name="Deadline">Until when, in plain words; null for a notice.</param>
/// <param name="Basis">Legal or policy basis.</param>
/// <param name="Once">Not added while one of the kind is open in the case.</param>
/// <param name="Proposed">A worker of the owning unit decides.</param>
/// <param name="Line">Line in the document.</param>
public sealed record PlaybookRuleView(
    string RuleId, IReadOnlyList<string> Events, Bilingual? Condition, Bilingual? Unless, string? Kind, string? Notice, Agency Agency, RegionLevel Level,
    Bilingual? Deadline, string Basis, bool Once, bool Proposed, int Line);

/// <summary>A version of a city's playbook (预案), compiled: on an event, under conditions, which duties for which agency by when. Immutable and thread-safe.</summary>
public sealed class Playbook
{
    private readonly PlaybookDocument document;
    private readonly PlaybookRule[][] byEvent;
    private readonly CityClock clock;

    private Playbook(string text, PlaybookDocument document, CityClock clock)
    {
        Text = text;
        this.document = document;
        this.clock = clock;
        byEvent = [.. Enum.GetValues<PlaybookEvent>().Select(e => document.Rules.Where(r => r.Events.Contains(e)).ToArray())];
        Rules = [.. document.Rules.Select(r => r.View)];
    }

    /// <summary>The version, such as <c>hefei-2026.1</c>; stands on every duty.</summary>
    public string Version => document.Version;

    /// <summary>The document's title.</summary>
    public Bilingual Title => document.Title;

    /// <summary>What the playbook as a whole rests on.</summary>
    public string Basis => document.Basis;

    /// <summary>The YAML text.</summary>
    public string Text { get; }

    /// <summary>Kinds of duties by id.</summary>
    public IReadOnlyDictionary<string, DutyKind> Kinds => document.Kinds;

    /// <summary>Texts of notices by key: what the told unit must know, not the story.</summary>
    public IReadOnlyDictionary<string, Bilingual> Notices => document.Notices;

    /// <summary>Needs that a visit may name, by id, in the document's order.</summary>
    public IReadOnlyList<DutyOption> Needs => document.Needs;

    /// <summary>Before which holidays cases are looked at again; null when before none.</summary>
    public HolidayWatch? Holidays => document.Holidays;

    /// <summary>When return visits are made.</summary>
    public ReturnVisitSchedule ReturnVisits => document.ReturnVisits;

    /// <summary>The rules, in the document's order.</summary>
    public IReadOnlyList<PlaybookRuleView> Rules { get; }

    /// <summary>Reads a playbook.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <param name="clock">The city's clock.</param>
    /// <exception cref="RuleDocumentException">Something is wrong; all faults are named with their lines.</exception>
    public static Playbook Parse(string yaml, string fileName, CityClock clock) => new(yaml, PlaybookDocument.Read(yaml, fileName, clock), clock);

    /// <summary>What follows from one event.</summary>
    /// <param name="e">The event.</param>
    /// <param name="facts">What is known.</param>
    public PlaybookPlan Plan(PlaybookEvent e, PlaybookFacts facts) => Plan([e], facts);

    /// <summary>What follows from a fact that is several events at once. A <c>once</c> kind is planned once for all of them.</summary>
    /// <param name="events">The events, each at most once.</param>
    /// <param name="facts">What is known.</param>
    /// <param name="before">
    /// What was known when the alarm came, where more was learned since: rules about the alarm itself that did not apply then and do now are planned too,
    /// so that a fact asks for the same duties whenever it is told, and those about learning it (<see cref="PlaybookEvent.FactLearned"/>). Null when nothing was learned.
    /// </param>
    public PlaybookPlan Plan(ReadOnlySpan<PlaybookEvent> events, PlaybookFacts facts, PlaybookFacts? before = null)
    {
        List<PlannedDuty>? duties = null;
        List<PlannedNotice>? notices = null;
        foreach (var e in events)
        {
            foreach (var rule in byEvent[(int)e])
            {
                Add(rule);
            }
        }

        if (before is not null)
        {
            foreach (var e in (ReadOnlySpan<PlaybookEvent>)[PlaybookEvent.AlarmReceived, facts.IncidentCount > 1 ? PlaybookEvent.AlarmRepeated : PlaybookEvent.CaseOpened, PlaybookEvent.FactLearned])
            {
                foreach (var rule in byEvent[(int)e])
                {
                    if (!rule.Applies(before))
                    {
                        Add(rule);
                    }
                }
            }
        }

        return duties is null && notices is null
            ? PlaybookPlan.Nothing
            : new PlaybookPlan((IReadOnlyList<PlannedDuty>?)duties ?? [], (IReadOnlyList<PlannedNotice>?)notices ?? []);

        void Add(PlaybookRule rule)
        {
            if (!rule.Applies(facts))
            {
                return;
            }

            if (rule.Notice is { } notice)
            {
                AddNotice(notices ??= [], notice);
            }
            else if (!IsPlannedBy(rule, duties) && rule.Deadline!.DueAt(facts) is { } due && !(rule.Once && IsCovered(rule.Kind!, due, facts, duties)))
            {
                (duties ??= []).Add(new PlannedDuty(
                    rule.RuleId, rule.Kind!, rule.Agency, rule.Level, due, rule.Basis, rule.Proposed, clock.KnowsHolidays(facts.At, due)));
            }
        }
    }

    /// <summary>By when the receiver of a hand-over must have answered (handbook §4.13), UTC.</summary>
    /// <param name="class">Class of the case.</param>
    /// <param name="at">When it was handed over.</param>
    public DateTimeOffset HandOverDueAt(int @class, DateTimeOffset at) => document.HandOver[@class - 1].DueAt(new PlaybookFacts { At = at, Class = @class })!.Value;

    /// <summary>By when the superior must have decided on a returned or unanswered hand-over, UTC.</summary>
    /// <param name="class">Class of the case.</param>
    /// <param name="at">When the decision fell to the superior.</param>
    public DateTimeOffset DecisionDueAt(int @class, DateTimeOffset at) => document.Decision[@class - 1].DueAt(new PlaybookFacts { At = at, Class = @class })!.Value;

    /// <summary>After how long an overdue duty goes up one more level. The first step is taken at once when it falls overdue.</summary>
    /// <param name="class">Class of the case.</param>
    public TimeSpan EscalationInterval(int @class) => document.Escalation[@class - 1];

    /// <summary>When a case without open duties is looked at again, city date (observation period).</summary>
    /// <param name="class">Class of the case.</param>
    /// <param name="from">City date of the last event.</param>
    public DateOnly ReviewOn(int @class, DateOnly from) => from.AddMonths(document.ReviewMonths[@class - 1]);

    /// <summary>How a case is closed.</summary>
    /// <param name="class">Class of the case.</param>
    public ClosingRule Closing(int @class) => document.Closing[@class - 1];

    private static void AddNotice(List<PlannedNotice> notices, PlannedNotice notice)
    {
        foreach (var planned in notices)
        {
            if (planned.Agency == notice.Agency && planned.Level == notice.Level && planned.Text == notice.Text)
            {
                return;
            }
        }

        notices.Add(notice);
    }

    private static bool IsCovered(string kind, DateTimeOffset due, PlaybookFacts facts, List<PlannedDuty>? planned)
    {
        if (facts.AlreadyOpenKinds is { } open && open.TryGetValue(kind, out var openDue) && openDue <= due)
        {
            return true;
        }

        if (planned is not null)
        {
            foreach (var duty in planned)
            {
                if (duty.Kind == kind && duty.DueAt <= due)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A rule that listens to two events of one fact asks for its duty once.</summary>
    private static bool IsPlannedBy(PlaybookRule rule, List<PlannedDuty>? planned)
    {
        if (planned is not null)
        {
            foreach (var duty in planned)
            {
                if (ReferenceEquals(duty.RuleId, rule.RuleId))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
