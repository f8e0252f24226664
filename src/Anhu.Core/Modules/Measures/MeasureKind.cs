using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;

namespace Anhu.Modules.Measures;

/// <summary>Who may take a step.</summary>
public enum MeasureWho
{
    /// <summary>A worker or system of the issuing unit, or of one above it.</summary>
    Officer,

    /// <summary>A supervisor of the issuing unit who did not draft it.</summary>
    Leader,

    /// <summary>The platform itself, as part of another step.</summary>
    Platform,

    /// <summary>The court that decides on it; or the unit that answers for it, which enters what the court's paper says.</summary>
    Court,

    /// <summary>Every unit that works on the case.</summary>
    Anyone,
}

/// <summary>What stands around a step.</summary>
public sealed record MeasureContext
{
    /// <summary>The measure, before the step.</summary>
    public required Measure Measure { get; init; }

    /// <summary>Its fields with those of this step.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>Its case.</summary>
    public required CaseFile File { get; init; }

    /// <summary>The incident.</summary>
    public required Incident Incident { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who.</summary>
    public required Caller Caller { get; init; }

    /// <summary>The one who acts supervises from a unit above the issuing one.</summary>
    public required bool FromAbove { get; init; }

    /// <summary>Rules of the kind.</summary>
    public required MeasureRules Rules { get; init; }

    /// <summary>The day of the occurrence, by whose law it is judged.</summary>
    public required DateOnly On { get; init; }

    /// <summary>What is known of the person before this incident.</summary>
    public required MeasureHistory History { get; init; }

    /// <summary>The new incident by which the step is taken, where there is one: what follows is about that.</summary>
    public Incident? NewIncident { get; init; }

    /// <summary>The person against whom it is, by now; null when not found.</summary>
    public Guid? Against { get; init; }

    /// <summary>The person whom it protects, by now; null when not found.</summary>
    public Guid? Protected { get; init; }

    /// <summary>Units as of now.</summary>
    public required OrganisationMap Map { get; init; }

    /// <summary>What was done about it before and is kept, oldest first.</summary>
    public IReadOnlyList<MeasureAct> Acts { get; init; } = [];

    /// <summary>Other punishments of the same incident that stand: which disposition each is, and since when, UTC.</summary>
    public IReadOnlyList<(string Disposition, DateTimeOffset At)> Beside { get; init; } = [];

    /// <summary>Outcomes of the visits that watch it, oldest first.</summary>
    public IReadOnlyList<string> Visits { get; init; } = [];

    /// <summary>The one who acts is the court's own system: it says what was decided, and is not asked for what only its file holds.</summary>
    public bool ByCourt => Caller.ClientId is not null && Caller.UnitId is { } unit && Map.Find(unit) is { Agency: Agency.Court };

    /// <summary>A field; empty when it is not filled.</summary>
    /// <param name="name">Its id.</param>
    public string this[string name] => Fields.GetValueOrDefault(name, "");

    /// <summary>Whether a choice was made.</summary>
    /// <param name="field">A field of choices.</param>
    /// <param name="option">The option.</param>
    public bool Has(string field, string option) => this[field].Split(',').Contains(option, StringComparer.Ordinal);

    /// <summary>The grounds that speak for or against the measure.</summary>
    public IReadOnlyList<MeasureGround> Grounds => Rules.Grounds(Facts(), On);

    /// <summary>What the grounds look at.</summary>
    public MeasureFacts Facts()
    {
        var known = CaseFacts.ForPlaybook(File, At, Rules.Clock.Zone, Incident, null);
        return new MeasureFacts(known.MinorVictim, known.ElderlyVictim, known.Pregnant, this["circumstances"].Split(',', StringSplitOptions.RemoveEmptyEntries), History);
    }
}

/// <summary>What is known of a person before an incident, by the dispositions of earlier ones.</summary>
/// <param name="Criticisms">Criticisms (批评教育).</param>
/// <param name="Letters">Warning letters.</param>
/// <param name="Penalties">Penalties and criminal cases.</param>
public sealed record MeasureHistory(int Criticisms, int Letters, int Penalties)
{
    /// <summary>Nothing.</summary>
    public static MeasureHistory None { get; } = new(0, 0, 0);
}

/// <summary>A condition of a step beyond its filled fields.</summary>
/// <param name="Id">Name in tables and documents.</param>
/// <param name="Check">Says why not, or null.</param>
public sealed record MeasureGuard(string Id, Func<MeasureContext, Failure?> Check);

/// <summary>A row of a kind's state table.</summary>
public sealed record MeasureRow
{
    /// <summary>The state after a step that leaves the state as it is, and the deadline too where it names none.</summary>
    public const string Stays = "=";

    /// <summary>The action.</summary>
    public required string Action { get; init; }

    /// <summary>States from which it may be taken; none for one that begins.</summary>
    public required IReadOnlyList<string> From { get; init; }

    /// <summary>The state after it, or <see cref="Stays"/>.</summary>
    public required string To { get; init; }

    /// <summary>Who may.</summary>
    public required MeasureWho Who { get; init; }

    /// <summary>Agencies whose units may take it, where it is for every unit that works on the case; all when empty.</summary>
    public IReadOnlyList<Agency> By { get; init; } = [];

    /// <summary>Fields that must be filled when it is taken.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Fields that may be filled.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];

    /// <summary>Further conditions, asked in this order.</summary>
    public IReadOnlyList<MeasureGuard> Guards { get; init; } = [];

    /// <summary>The deadline that runs from here (a key of the rules); null when none does.</summary>
    public string? Deadline { get; init; }

    /// <summary>Another deadline that runs instead, where the condition holds.</summary>
    public (string Key, Func<MeasureContext, bool> When)? DeadlineInstead { get; init; }

    /// <summary>Where that deadline begins; at the step itself when null.</summary>
    public Func<Measure, DateTimeOffset>? DeadlineFrom { get; init; }

    /// <summary>What is known beside the state from here on, where the condition holds.</summary>
    public (string Name, Func<MeasureContext, bool> When)? Overlay { get; init; }

    /// <summary>What holds beside the state from here on, always.</summary>
    public IReadOnlyList<string> Adds { get; init; } = [];

    /// <summary>What no longer holds beside the state from here on.</summary>
    public IReadOnlyList<string> Removes { get; init; } = [];

    /// <summary>It may be taken only while this holds beside the state.</summary>
    public string? While { get; init; }

    /// <summary>It may be taken only while none of these holds beside the state.</summary>
    public IReadOnlyList<string> Unless { get; init; } = [];

    /// <summary>It may be taken, but nobody has to: alone it does not keep the measure open.</summary>
    public bool MayStay { get; init; }

    /// <summary>What was filled in is kept as an act of its own, since the step may be taken again: rulings that follow on each other.</summary>
    public bool Keeps { get; init; }

    /// <summary>Event of the playbook; null when it hears nothing of it.</summary>
    public PlaybookEvent? Playbook { get; init; }

    /// <summary>A further event of the playbook, where the condition holds after the step.</summary>
    public (PlaybookEvent Event, Func<MeasureContext, bool> When)? PlaybookAlso { get; init; }

    /// <summary>Where deadlines of the playbook begin; at the step itself when null.</summary>
    public Func<Measure, DateTimeOffset?>? PlaybookFrom { get; init; }

    /// <summary>Duties that end with it, of the measure's incident: their kinds and outcomes.</summary>
    public IReadOnlyList<(string Kind, string Outcome)> Ends { get; init; } = [];

    /// <summary>What else it changes on the measure or its incident.</summary>
    public Action<MeasureContext>? Effect { get; init; }

    /// <summary>A row that follows at once.</summary>
    public string? Then { get; init; }
}

/// <summary>A kind of measure: its table, and the names by which its rules, events and pages go. One folder each.</summary>
public abstract class MeasureKind
{
    /// <summary>Id, such as <c>warning-letter</c>; its rules are <c>measures/&lt;id&gt;.yaml</c>.</summary>
    public abstract string Id { get; }

    /// <summary>First part of its events' types, such as <c>letter</c>.</summary>
    public abstract string EventFamily { get; }

    /// <summary>The agencies whose units may begin it.</summary>
    public abstract IReadOnlyList<Agency> Agencies { get; }

    /// <summary>The state table; the first row begins.</summary>
    public abstract IReadOnlyList<MeasureRow> Rows { get; }

    /// <summary>Deadlines that its rules must hold.</summary>
    public abstract IReadOnlyList<string> Deadlines { get; }

    /// <summary>Fields that tell where she or her post is reached: shown after a leak to its circle only.</summary>
    public virtual IReadOnlyList<string> PlaceFields { get; } = [];

    /// <summary>Numbers that its rules must hold, such as the longest term in months.</summary>
    public virtual IReadOnlyList<string> Numbers { get; } = [];

    /// <summary>What may hold beside a state.</summary>
    public IReadOnlyList<string> Overlays => [.. Rows.SelectMany(r => r.Adds.Append(r.Overlay?.Name)).OfType<string>().Distinct()];

    /// <summary>All states, in the order of the table.</summary>
    public IReadOnlyList<string> States => states ??= [.. Rows.Select(r => r.To).Where(t => t != MeasureRow.Stays).Distinct()];

    /// <summary>All fields that a step takes.</summary>
    public IReadOnlyList<string> FieldNames => [.. Rows.SelectMany(r => r.Required.Concat(r.Optional)).Distinct()];

    private IReadOnlyList<string>? states;

    /// <summary>The row of an action from a state; null when the table has none.</summary>
    /// <param name="action">The action.</param>
    /// <param name="state">The state; null before it begins.</param>
    public MeasureRow? Find(string action, string? state) =>
        Rows.FirstOrDefault(r => r.Action == action && (state is null ? r.From.Count == 0 : r.From.Contains(state, StringComparer.Ordinal)));

    /// <summary>Whether somebody has to take a further step in a state.</summary>
    /// <param name="state">The state.</param>
    public bool IsOpen(string state) => Rows.Any(r => !r.MayStay && r.From.Contains(state, StringComparer.Ordinal));

    /// <summary>Whether a row's step can be taken from where a measure stands.</summary>
    /// <param name="row">The row.</param>
    /// <param name="measure">The measure.</param>
    public static bool Fits(MeasureRow row, Measure measure) => row.From.Contains(measure.State, StringComparer.Ordinal)
        && (row.While is not { } needed || measure.Overlays.Contains(needed, StringComparer.Ordinal))
        && !row.Unless.Any(u => measure.Overlays.Contains(u, StringComparer.Ordinal));

    /// <summary>Type of the event of a step: the state that it leads to, or the action where the state stays or is the first one again.</summary>
    /// <param name="row">The row.</param>
    public virtual string EventOf(MeasureRow row) => $"{EventFamily}.{(row.To == MeasureRow.Stays || (row.From.Count > 0 && row.To == Rows[0].To) ? row.Action : row.To)}";

    /// <summary>The day by whose law it is judged; the day of the occurrence when a kind says nothing else.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="incident">Its incident.</param>
    /// <param name="zone">The city's zone.</param>
    public virtual DateOnly LawOf(Measure measure, Incident incident, Time.CityZone zone) => zone.DateOf(incident.OccurredAt);

    /// <summary>When time alone will demand something of it next, UTC; null when never.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="rules">Rules of the kind.</param>
    /// <param name="after">Not before this instant.</param>
    public virtual DateTimeOffset? NextCheck(Measure measure, MeasureRules rules, DateTimeOffset after) => null;

    /// <summary>Does what time alone demands, and says when it must look next; asked when <see cref="NextCheck"/> has come.</summary>
    /// <param name="context">What stands around it.</param>
    /// <param name="rules">Rules of cases.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    public virtual void Tick(MeasureContext context, CaseRules rules, Timeline.IChangeSink sink)
    {
    }

    /// <summary>What its document says: named texts for a template. Never holds where the protected person lives now.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="file">Its case.</param>
    /// <param name="unit">The issuing unit.</param>
    /// <param name="rules">Rules of the kind.</param>
    public abstract IReadOnlyDictionary<string, string> Texts(Measure measure, CaseFile file, Organisation.Unit unit, MeasureRules rules);
}
