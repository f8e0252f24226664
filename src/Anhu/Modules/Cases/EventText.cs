using System.Globalization;
using System.Text.Json;
using Anhu.Components.Ui;
using Anhu.Hosting;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;
using Anhu.Web;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Cases;

/// <summary>An event in the reader's language.</summary>
/// <param name="What">What happened, in one sentence.</param>
/// <param name="Why">The reason that was given; null when there is none, or the reader may not know it.</param>
/// <param name="Icon">Icon in the sprite.</param>
/// <param name="Tone">How it should strike the reader.</param>
public sealed record EventWords(string What, string? Why, string Icon, Tone Tone);

/// <summary>
/// Puts events into words when they are shown, so that each reader gets them in the own language. A module that records
/// a new type adds <c>Event_&lt;type&gt;</c> to <see cref="TimelineText"/>, with {0} for the duty's kind and {1} for the
/// unit; a type without words is told by its family, never by its code.
/// </summary>
public sealed class EventText(IStringLocalizer<TimelineText> text, CaseWords words, CityFormat format, RuleBook rules)
{
    private static readonly HashSet<string> Bad = ["duty.overdue", "duty.escalated", "duty.hand-over-expired", "message.failed", "letter.recurrence", "letter.missed", "order.breach"];
    private static readonly HashSet<string> Good = ["duty.done", "duty.verified", "case.closed", "visit.recorded"];
    private static readonly HashSet<string> Warn =
        [EventTypes.AccessEmergency, "alarm.received", "case.opened", "case.reopened", "case.close-requested", "case.grade-proposed", "duty.hand-over-refused", "duty.returned", "duty.cancel-requested"];

    /// <summary>Types that the live board listens to; browsers cannot listen to all at once.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        EventTypes.AlarmReceived, EventTypes.AlarmRevised, EventTypes.CaseOpened, EventTypes.CaseJoined, EventTypes.CaseReopened, EventTypes.CaseObserved,
        EventTypes.CaseClosed, EventTypes.CaseGraded, EventTypes.GradeProposed, EventTypes.GradeRefused, EventTypes.IncidentAnswered, CloseCaseHandler.Requested,
        EventTypes.DutyCreated, "duty.accepted", "duty.started", "duty.done", "duty.returned", "duty.verified", "duty.cancel-requested", "duty.cancel-refused",
        "duty.cancelled", "duty.reassigned", "duty.overdue", "duty.escalated", "duty.hand-over-offered", "duty.hand-over-accepted",
        "duty.hand-over-refused", "duty.hand-over-expired", "duty.hand-over-step", EventTypes.UnitNotified, "visit.recorded", "visit.need", "scene.noted", "scene.joint-requested", "evidence.received", "contact.changed",
        "message.queued", "message.sent", "message.failed", "message.refused",
    ];

    /// <summary>The words for an event.</summary>
    /// <param name="e">The event.</param>
    /// <param name="map">Units as of now.</param>
    /// <param name="full">Whether the reader may read reasons, which can tell the story.</param>
    public EventWords Of(TimelineEvent e, OrganisationMap map, bool full)
    {
        using var document = JsonDocument.Parse(e.Data);
        var data = new Details(document.RootElement, map);
        var tone = Bad.Contains(e.Type) ? Tone.Bad : Good.Contains(e.Type) ? Tone.Good : Warn.Contains(e.Type) ? Tone.Warn : Tone.Neutral;
        return new EventWords(What(e, data), full ? Why(data) : null, Icon(e.Type), tone);
    }

    /// <summary>Who acted.</summary>
    /// <param name="e">The event.</param>
    /// <param name="workers">Names of workers by id.</param>
    public string Who(TimelineEvent e, IReadOnlyDictionary<Guid, string> workers) => e switch
    {
        { WorkerId: { } id } => workers.TryGetValue(id, out var name) ? name : text["Who_FormerWorker"],
        { ClientId: { } client } => text["Who_System", client],
        _ => text["Who_Platform"],
    };

    private static string Icon(string type) => type switch
    {
        "duty.overdue" or "duty.hand-over-expired" => "clock-exclamation",
        "duty.escalated" => "arrow-up",
        "duty.done" or "duty.verified" => "circle-check",
        "case.closed" => "lock",
        "case.joined" => "git-merge",
        "case.opened" or "case.reopened" => "folder",
        "case.graded" or "case.grade-proposed" or "case.grade-refused" => "alert-triangle",
        EventTypes.IncidentAnswered => "help-circle",
        EventTypes.AccessStated or EventTypes.AccessEmergency => "eye",
        EventTypes.CaseSealed or EventTypes.CaseUnsealed => "shield-lock",
        _ when type.StartsWith("person.", StringComparison.Ordinal) || type.StartsWith("household.", StringComparison.Ordinal) => "users",
        _ when type.StartsWith("letter.", StringComparison.Ordinal) || type.StartsWith("order.", StringComparison.Ordinal)
            || type.StartsWith("penalty.", StringComparison.Ordinal) || type.StartsWith("crime.", StringComparison.Ordinal) => "clipboard-text",
        _ when type.StartsWith("report.", StringComparison.Ordinal) => "mood-kid",
        _ when type.StartsWith("consent.", StringComparison.Ordinal) => "shield-check",
        _ when type.StartsWith("alarm.", StringComparison.Ordinal) => "bell-ringing",
        _ when type.StartsWith("duty.hand-over", StringComparison.Ordinal) || type == "duty.reassigned" => "arrows-exchange",
        _ when type.StartsWith(EventTypes.DutyPrefix, StringComparison.Ordinal) => "checklist",
        _ when type.StartsWith(EventTypes.MessagePrefix, StringComparison.Ordinal) => "message",
        _ when type.StartsWith("scene.", StringComparison.Ordinal) => "clipboard-list",
        _ when type.StartsWith("evidence.", StringComparison.Ordinal) => "upload",
        _ when type.StartsWith("visit.", StringComparison.Ordinal) || type.StartsWith("contact.", StringComparison.Ordinal) => "phone-call",
        _ => "circle-dot",
    };

    private string What(TimelineEvent e, Details data)
    {
        var kind = words.Kind(data.Text("kind"));
        var unit = data.UnitName(e.UnitId) ?? text["Unit_Some"];
        return e.Type switch
        {
            EventTypes.AlarmReceived => text["Event_alarm.received", words.Named("Channel", data.Text("channel")), words.Named("Category", data.Text("category"))],
            EventTypes.AlarmRevised => text["Event_alarm.revised", data.Text("revision") ?? ""],
            EventTypes.CaseOpened when data.Text("partedFrom") is { } from => text["Event_case.opened-parted", data.Text("number") ?? "", from],
            EventTypes.CaseOpened => text["Event_case.opened", data.Text("number") ?? ""],
            EventTypes.CaseJoined when data.Text("from") is { } number => text["Event_case.joined-case", number],
            EventTypes.CaseJoined when data.Text("sameIncident") == "true" => text["Event_case.joined-same"],
            EventTypes.CaseJoined => text["Event_case.joined", data.Text("incidents") ?? ""],
            EventTypes.CaseObserved => text["Event_case.observation", data.Day("reviewOn", format)],
            EventTypes.CaseClosed when data.Text("joinedInto") is { } number => text["Event_case.closed-joined", number],
            EventTypes.CaseGraded when data.Text("from") is null => text["Event_case.graded-first", words.Class(data.Text("to"))],
            EventTypes.CaseGraded when data.Text("from") == data.Text("to") => text["Event_case.graded-same", words.Class(data.Text("to"))],
            EventTypes.CaseGraded => text[
                string.CompareOrdinal(data.Text("to"), data.Text("from")) < 0 ? "Event_case.graded-raised" : "Event_case.graded-lowered",
                words.Class(data.Text("from")), words.Class(data.Text("to"))],
            EventTypes.GradeProposed or EventTypes.GradeRefused => text[$"Event_{e.Type}", words.Class(data.Text("from")), words.Class(data.Text("to"))],
            EventTypes.DutyCreated => text[
                data.Text("to") == "proposed" ? "Event_duty.created-proposed" : "Event_duty.created", kind, unit, data.Time("dueAt", format)],
            "duty.done" => data.Text("outcome") is { } outcome
                ? text["Event_duty.done-outcome", kind, words.Outcome(data.Text("kind"), outcome)] : text["Event_duty.done", kind],
            "duty.reassigned" => text["Event_duty.reassigned", kind, data.UnitName("toUnit") ?? unit],
            "duty.hand-over-offered" => text["Event_duty.hand-over-offered", kind, data.UnitName("to") ?? unit, data.Time("answerBy", format)],
            "duty.hand-over-accepted" => text["Event_duty.hand-over-accepted", kind, data.UnitName("toUnit") ?? unit],
            "duty.hand-over-refused" or "duty.hand-over-expired" => text[
                $"Event_{e.Type}", kind, data.UnitName("receiver") ?? text["Unit_Some"], data.UnitName("toUnit") ?? unit],
            EventTypes.IncidentAnswered => text[
                "Event_incident.answered", words.Question(data.Text("question")), words.Answer(data.Text("question"), data.Text("answer")), words.AnswerSource(data.Text("source"))],
            EventTypes.UnitNotified => text["Event_unit.notified", unit, Notice(data.Text("what"))],
            "order.accepted" or "order.issued" or "penalty.decided" or "crime.filed" => text[$"Event_{e.Type}", data.Text("number") ?? ""],
            "letter.issued" => text["Event_letter.issued", data.Text("number") ?? ""],
            _ => Plain(e.Type, kind, unit),
        };
    }

    private string Plain(string type, string kind, string unit)
    {
        var own = text[$"Event_{type}", kind, unit];
        if (!own.ResourceNotFound)
        {
            return own;
        }

        var family = text[$"Event_{type.Split('.')[0]}.*", kind, unit];
        return family.ResourceNotFound ? text["Event_*"] : family;
    }

    private string? Why(Details data) => data.Text("reason") is { Length: > 0 } reason ? reason
        : data.Text("cause") is { } cause && text[$"Cause_{cause}"] is { ResourceNotFound: false } known ? known.Value : null;

    private string Notice(string? id) => id is not null && rules.Current.Playbook.Notices.TryGetValue(id, out var notice) ? notice.Text : id ?? "";

    /// <summary>The details of an event, which older versions of the program may have written with other fields.</summary>
    private readonly struct Details(JsonElement data, OrganisationMap map)
    {
        public string? Text(string name) => data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;

        public string? UnitName(string name) => Guid.TryParse(Text(name), out var id) ? UnitName(id) : null;

        public string? UnitName(Guid? id) => id is { } unit ? map.Find(unit)?.Name : null;

        public string Time(string name, CityFormat format) =>
            DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? format.Compact(at) : "—";

        public string Day(string name, CityFormat format) =>
            DateOnly.TryParseExact(Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? format.Date(day) : "—";
    }
}
