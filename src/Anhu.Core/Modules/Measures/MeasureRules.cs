using System.Globalization;
using Anhu.Common;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;

namespace Anhu.Modules.Measures;

/// <summary>How strongly a ground speaks.</summary>
public enum GroundStrength
{
    /// <summary>The measure may not stand alone: something heavier is due.</summary>
    Bars,

    /// <summary>The measure is due (应当).</summary>
    Must,

    /// <summary>The measure is generally due (一般应当).</summary>
    Should,
}

/// <summary>What a ground looks at. Null means not known, which is not no.</summary>
/// <param name="MinorVictim">A victim is under 18.</param>
/// <param name="ElderlyVictim">A victim is elderly.</param>
/// <param name="Pregnant">The victim is pregnant.</param>
/// <param name="Circumstances">What the officer ticked.</param>
/// <param name="History">What was before.</param>
public sealed record MeasureFacts(bool? MinorVictim, bool? ElderlyVictim, bool? Pregnant, IReadOnlyList<string> Circumstances, MeasureHistory History);

/// <summary>A ground for or against a measure, in force for a time.</summary>
/// <param name="Id">Id.</param>
/// <param name="Strength">How strongly it speaks.</param>
/// <param name="Text">In plain words.</param>
/// <param name="When">When it applies, in plain words.</param>
/// <param name="Basis">Legal basis.</param>
/// <param name="From">First day on which it holds.</param>
/// <param name="Until">Last day; null while it holds.</param>
public sealed record MeasureGround(string Id, GroundStrength Strength, Bilingual Text, Bilingual When, string Basis, DateOnly From, DateOnly? Until)
{
    internal Func<MeasureFacts, bool> Applies { get; init; } = _ => false;
}

/// <summary>A deadline of a measure, in force for a time.</summary>
/// <param name="Key">Its name in the table.</param>
/// <param name="Text">In plain words.</param>
/// <param name="Basis">Legal basis.</param>
/// <param name="From">First day on which it holds.</param>
/// <param name="Until">Last day; null while it holds.</param>
public sealed record MeasureDeadline(string Key, Bilingual Text, string Basis, DateOnly From, DateOnly? Until)
{
    internal Func<DateTimeOffset, DateTimeOffset?> Count { get; init; } = _ => null;
}

/// <summary>A number of a measure's rules, in force for a time, such as the longest term in months.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Values">One or more whole numbers.</param>
/// <param name="Basis">Legal basis.</param>
/// <param name="From">First day on which it holds.</param>
/// <param name="Until">Last day; null while it holds.</param>
public sealed record MeasureNumber(string Key, IReadOnlyList<int> Values, string Basis, DateOnly From, DateOnly? Until);

/// <summary>How a measure is watched by visits, for a time.</summary>
/// <param name="CleanInRow">So many visits without recurrence one after the other end it.</param>
/// <param name="FirstCounts">The first visit counts among them.</param>
/// <param name="Basis">Legal basis.</param>
/// <param name="From">First day on which it holds.</param>
/// <param name="Until">Last day; null while it holds.</param>
public sealed record MeasureVisits(int CleanInRow, bool FirstCounts, string Basis, DateOnly From, DateOnly? Until)
{
    /// <summary>Whether enough visits found nothing. A visit at which nobody was met neither counts nor breaks the row.</summary>
    /// <param name="outcomes">Outcomes, oldest first.</param>
    public bool AreDone(IReadOnlyList<string> outcomes)
    {
        var made = outcomes.Where(o => o is not ("not-met" or "ended")).ToList();
        var inRow = made.AsEnumerable().Reverse().TakeWhile(o => o == "clean").Count();
        return inRow - (!FirstCounts && inRow == made.Count && inRow > 0 ? 1 : 0) >= CleanInRow;
    }
}

/// <summary>A wording of a document that holds for a time.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Text">The words; the same in both languages, since the document is Chinese.</param>
/// <param name="From">First day on which it holds.</param>
/// <param name="Until">Last day; null while it holds.</param>
public sealed record MeasureWording(string Key, string Text, DateOnly From, DateOnly? Until);

/// <summary>The dated rules of one kind of measure: words, fields, deadlines, grounds. Immutable.</summary>
public sealed class MeasureRules
{
    private readonly IReadOnlyList<MeasureGround> grounds;
    private readonly IReadOnlyList<MeasureDeadline> deadlines;
    private readonly IReadOnlyList<MeasureVisits> visits;

    private MeasureRules(MeasureRulesDocument document, string text, CityClock clock)
    {
        (grounds, deadlines, visits) = (document.Grounds, document.Deadlines, document.Visits);
        (Text, Clock, Version, Title, Basis) = (text, clock, document.Version, document.Title, document.Basis);
        (Fields, States, Actions, Wordings, DeadlineNames) = (document.Fields, document.States, document.Actions, document.Wordings, document.DeadlineNames);
        (Overlays, AllNumbers) = (document.Overlays, document.Numbers);
    }

    /// <summary>Version.</summary>
    public string Version { get; }

    /// <summary>Title, such as "warning letter".</summary>
    public Bilingual Title { get; }

    /// <summary>What all rests on.</summary>
    public string Basis { get; }

    /// <summary>The YAML text.</summary>
    public string Text { get; }

    /// <summary>The city's clock.</summary>
    public CityClock Clock { get; }

    /// <summary>Fields by id.</summary>
    public IReadOnlyDictionary<string, DutyField> Fields { get; }

    /// <summary>Names of states.</summary>
    public IReadOnlyDictionary<string, Bilingual> States { get; }

    /// <summary>Names of actions.</summary>
    public IReadOnlyDictionary<string, Bilingual> Actions { get; }

    /// <summary>Names of what may hold beside a state.</summary>
    public IReadOnlyDictionary<string, Bilingual> Overlays { get; }

    /// <summary>All numbers, in the document's order.</summary>
    public IReadOnlyList<MeasureNumber> AllNumbers { get; }

    /// <summary>The numbers of a name that hold on a day.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="on">The day.</param>
    public IReadOnlyList<int> Numbers(string key, DateOnly on) => AllNumbers.FirstOrDefault(n => n.Key == key && Holds(n.From, n.Until, on))?.Values ?? [];

    /// <summary>A deadline by the action that it is for.</summary>
    /// <param name="key">Its name.</param>
    public string DeadlineName(string key) => DeadlineNames.GetValueOrDefault(key)?.Text ?? key;

    private IReadOnlyDictionary<string, Bilingual> DeadlineNames { get; }

    /// <summary>Wordings of the document.</summary>
    public IReadOnlyList<MeasureWording> Wordings { get; }

    /// <summary>All grounds, in the document's order.</summary>
    public IReadOnlyList<MeasureGround> AllGrounds => grounds;

    /// <summary>All deadlines, in the document's order.</summary>
    public IReadOnlyList<MeasureDeadline> AllDeadlines => deadlines;

    /// <summary>All rows on visits.</summary>
    public IReadOnlyList<MeasureVisits> AllVisits => visits;

    /// <summary>Reads rules.</summary>
    /// <param name="kind">The kind whose table they must fit.</param>
    /// <param name="yaml">The text.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <param name="clock">The city's clock.</param>
    /// <exception cref="RuleDocumentException">Something is wrong; all faults are named with their lines.</exception>
    public static MeasureRules Parse(MeasureKind kind, string yaml, string fileName, CityClock clock) =>
        new(MeasureRulesDocument.Read(kind, yaml, fileName, clock), yaml, clock);

    /// <summary>The grounds that apply, strongest first.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="on">Day of the occurrence: the law in force then.</param>
    public IReadOnlyList<MeasureGround> Grounds(MeasureFacts facts, DateOnly on) =>
        [.. grounds.Where(g => Holds(g.From, g.Until, on) && g.Applies(facts)).OrderBy(g => g.Strength)];

    /// <summary>When a deadline ends, UTC; null when none holds on that day.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="from">Where it begins, UTC.</param>
    /// <param name="on">Day of the occurrence.</param>
    public DateTimeOffset? DueAt(string key, DateTimeOffset from, DateOnly on) =>
        deadlines.FirstOrDefault(d => d.Key == key && Holds(d.From, d.Until, on))?.Count(from);

    /// <summary>How it is watched by visits.</summary>
    /// <param name="on">Day of the occurrence.</param>
    public MeasureVisits? Visits(DateOnly on) => visits.FirstOrDefault(v => Holds(v.From, v.Until, on));

    /// <summary>A wording of the document; empty when none holds on that day.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="on">The day.</param>
    public string Wording(string key, DateOnly on) => Wordings.FirstOrDefault(w => w.Key == key && Holds(w.From, w.Until, on))?.Text ?? "";

    /// <summary>Reads an instant as a form sends it (<c>2026-11-23T21:05</c>, the city's time) or as systems do, with its offset.</summary>
    /// <param name="text">The text.</param>
    /// <returns>UTC; null when it is none.</returns>
    public DateTimeOffset? Instant(string text) =>
        DateTime.TryParseExact(text, DutyField.LocalTime, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? Clock.Zone.At(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local))
            : null;

    private static bool Holds(DateOnly from, DateOnly? until, DateOnly on) => from <= on && (until is null || on <= until);
}
