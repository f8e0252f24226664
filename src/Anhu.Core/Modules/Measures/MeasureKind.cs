using Anhu.Common;
using Anhu.Modules.Cases;
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

    /// <summary>The person against whom it is, by now; null when not found.</summary>
    public Guid? Against { get; init; }

    /// <summary>The person whom it protects, by now; null when not found.</summary>
    public Guid? Protected { get; init; }

    /// <summary>Outcomes of the visits that watch it, oldest first.</summary>
    public IReadOnlyList<string> Visits { get; init; } = [];

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
        var known = CaseRules.PlanFacts(File, At, Rules.Clock.Zone, Incident, null);
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
    /// <summary>The action.</summary>
    public required string Action { get; init; }

    /// <summary>States from which it may be taken; none for the one that begins.</summary>
    public required IReadOnlyList<string> From { get; init; }

    /// <summary>The state after it.</summary>
    public required string To { get; init; }

    /// <summary>Who may.</summary>
    public required MeasureWho Who { get; init; }

    /// <summary>Fields that must be filled when it is taken.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Fields that may be filled.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];

    /// <summary>Further conditions, asked in this order.</summary>
    public IReadOnlyList<MeasureGuard> Guards { get; init; } = [];

    /// <summary>The deadline that runs from here (a key of the rules); null when none does.</summary>
    public string? Deadline { get; init; }

    /// <summary>Where that deadline begins; at the step itself when null.</summary>
    public Func<Measure, DateTimeOffset>? DeadlineFrom { get; init; }

    /// <summary>What is known beside the state from here on, where the condition holds.</summary>
    public (string Name, Func<MeasureContext, bool> When)? Overlay { get; init; }

    /// <summary>Event of the playbook; null when it hears nothing of it.</summary>
    public PlaybookEvent? Playbook { get; init; }

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

    /// <summary>The agency that imposes it.</summary>
    public abstract Organisation.Agency Agency { get; }

    /// <summary>The state table; the first row begins.</summary>
    public abstract IReadOnlyList<MeasureRow> Rows { get; }

    /// <summary>Deadlines that its rules must hold.</summary>
    public abstract IReadOnlyList<string> Deadlines { get; }

    /// <summary>All states, in the order of the table.</summary>
    public IReadOnlyList<string> States => states ??= [.. Rows.Select(r => r.To).Distinct()];

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
    public bool IsOpen(string state) => Rows.Any(r => r.From.Contains(state, StringComparer.Ordinal));

    /// <summary>Type of the event of a step: the state that it leads to, or the action where that is the first state again.</summary>
    /// <param name="row">The row.</param>
    public string EventOf(MeasureRow row) => $"{EventFamily}.{(row.From.Count > 0 && row.To == Rows[0].To ? row.Action : row.To)}";

    /// <summary>What its document says: named texts for a template. Never holds where the protected person lives now.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="file">Its case.</param>
    /// <param name="unit">The issuing unit.</param>
    /// <param name="rules">Rules of the kind.</param>
    public abstract IReadOnlyDictionary<string, string> Texts(Measure measure, CaseFile file, Organisation.Unit unit, MeasureRules rules);
}
