using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Measures;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;

namespace Anhu.Modules.Dispositions;

/// <summary>What the choice of a disposition looks at. Null means not known, which is not no.</summary>
public sealed record DispositionFacts
{
    /// <summary>What the source takes it to be.</summary>
    public AlarmCategory Category { get; init; }

    /// <summary>The worst degree of injury: the appraised one where there is one, else as reported and answered.</summary>
    public Injury Injury { get; init; }

    /// <summary>The degree was fixed by a forensic appraisal (伤情鉴定); before that it is provisional.</summary>
    public bool Appraised { get; init; }

    /// <summary>A weapon.</summary>
    public bool? Weapon { get; init; }

    /// <summary>A threat to kill.</summary>
    public bool? ThreatToKill { get; init; }

    /// <summary>Strangulation or another lethal act.</summary>
    public bool? Strangulation { get; init; }

    /// <summary>Sexual violence.</summary>
    public bool? SexualViolence { get; init; }

    /// <summary>A victim is under 18.</summary>
    public bool? MinorVictim { get; init; }

    /// <summary>A victim is elderly.</summary>
    public bool? ElderlyVictim { get; init; }

    /// <summary>The case is class 1, or its danger scale came to high.</summary>
    public bool HighDanger { get; init; }

    /// <summary>What the officer ticked.</summary>
    public IReadOnlyList<string> Circumstances { get; init; } = [];

    /// <summary>What was decided about earlier incidents of the person.</summary>
    public MeasureHistory History { get; init; } = MeasureHistory.None;

    /// <summary>Grounds for and against a warning letter, by the law of the day (<see cref="MeasureRules.Grounds"/>).</summary>
    public IReadOnlyList<MeasureGround> LetterGrounds { get; init; } = [];
}

/// <summary>A reason for or against a choice.</summary>
/// <param name="Rule">Id of the rule.</param>
/// <param name="Text">In plain words.</param>
/// <param name="Basis">Legal basis.</param>
/// <param name="FromAbove">For a bar: a leader from above may decide otherwise.</param>
public sealed record DispositionReason(string Rule, Bilingual Text, string Basis, bool FromAbove = false);

/// <summary>A choice as the law of a day knows it.</summary>
/// <param name="Id">Outcome of the duty, such as <c>criticism</c>.</param>
/// <param name="Step">Its place in the decision order, from 1.</param>
/// <param name="Test">What must be true.</param>
/// <param name="Document">What is made.</param>
/// <param name="Basis">Legal basis on that day.</param>
/// <param name="Clock">Its time limit in words; null for none.</param>
/// <param name="DueAt">Its time limit, UTC.</param>
/// <param name="Points">Why the facts point to it.</param>
/// <param name="Bars">Why it may not be chosen.</param>
public sealed record DispositionChoice(
    string Id, int Step, Bilingual Test, Bilingual Document, string Basis, Bilingual? Clock, DateTimeOffset? DueAt, IReadOnlyList<DispositionReason> Points,
    IReadOnlyList<DispositionReason> Bars)
{
    /// <summary>Nobody may choose it.</summary>
    public bool IsClosed => Bars.Any(b => !b.FromAbove);
}

/// <summary>Something that can be added to any choice.</summary>
/// <param name="Id">Id.</param>
/// <param name="Text">In plain words.</param>
/// <param name="Basis">Legal basis.</param>
public sealed record DispositionAddition(string Id, Bilingual Text, string Basis);

/// <summary>What the facts say of a disposition.</summary>
/// <param name="Choices">All choices in decision order.</param>
/// <param name="Suggested">The choice that the facts point to; null where they point to none.</param>
/// <param name="Hints">Where the law is easy to get wrong.</param>
/// <param name="Additions">What can be added, by the law of the day.</param>
public sealed record DispositionAdvice(
    IReadOnlyList<DispositionChoice> Choices, string? Suggested, IReadOnlyList<DispositionReason> Hints, IReadOnlyList<DispositionAddition> Additions)
{
    /// <summary>The suggested choice first, the others in decision order.</summary>
    public IEnumerable<DispositionChoice> Shown => Choices.OrderBy(c => c.Id != Suggested).ThenBy(c => c.Step);

    /// <summary>A choice.</summary>
    /// <param name="id">Its id.</param>
    public DispositionChoice? Find(string? id) => Choices.FirstOrDefault(c => c.Id == id);
}

/// <summary>
/// The decision order of the police (handbook §4.3) with the dated rules of what the facts point to and what is barred.
/// Pure: the same facts and the same day give the same advice. Immutable.
/// </summary>
public sealed class DispositionRules
{
    /// <summary>The warning letter among the choices.</summary>
    public const string Letter = "warning-letter";

    /// <summary>The form of the kinds of duties that these rules decide.</summary>
    public const string FormName = "disposition";

    private const string Criticism = "criticism", Mediation = "police-mediation", Penalty = "penalty";

    private readonly DispositionDocument document;

    private DispositionRules(DispositionDocument document, string text, CityClock clock) => (this.document, Text, Clock) = (document, text, clock);

    /// <summary>Version.</summary>
    public string Version => document.Version;

    /// <summary>The YAML text.</summary>
    public string Text { get; }

    /// <summary>The city's clock.</summary>
    public CityClock Clock { get; }

    /// <summary>Ids of the choices in decision order.</summary>
    public IReadOnlyList<string> ChoiceIds => [.. document.Choices.Select(c => c.Id)];

    /// <summary>Circumstances that rules speak of.</summary>
    public IReadOnlySet<string> Circumstances => document.Circumstances;

    /// <summary>Reads rules.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <param name="clock">The city's clock.</param>
    /// <exception cref="RuleDocumentException">Something is wrong; all faults are named with their lines.</exception>
    public static DispositionRules Parse(string yaml, string fileName, CityClock clock) => new(DispositionDocument.Read(yaml, fileName, clock), yaml, clock);

    /// <summary>What the facts say.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="on">Day of the occurrence: the law in force then.</param>
    /// <param name="startsAt">When the report was accepted, UTC: clocks run from there.</param>
    public DispositionAdvice Advise(DispositionFacts facts, DateOnly on, DateTimeOffset startsAt)
    {
        var rules = document.Rules.Where(r => r.HoldsOn(on) && r.Applies(facts)).ToList();
        var must = facts.LetterGrounds.Any(g => g.Strength == GroundStrength.Must);
        var choices = new List<DispositionChoice>(document.Choices.Count);
        foreach (var (row, i) in document.Choices.Select((c, i) => (c, i)))
        {
            var basis = row.Bases.FirstOrDefault(b => b.HoldsOn(on));
            var clock = document.Clocks.FirstOrDefault(c => c.HoldsOn(on) && c.Choice == row.Id);
            choices.Add(new DispositionChoice(
                row.Id, i + 1, row.Test, row.Document, basis?.Text ?? "", clock?.Text, clock?.Count(startsAt),
                [.. rules.Where(r => !r.IsBar && r.Choices.Contains(row.Id)).Select(r => r.Reason), .. LetterPoints(row.Id, facts)],
                [.. rules.Where(r => r.IsBar && r.Choices.Contains(row.Id)).Select(r => r.Reason), .. LetterBars(row.Id, facts)]));
        }

        // Who must get a letter is not offered mediation instead of it.
        var suggested = choices.FirstOrDefault(c => c.Points.Count > 0 && c.Bars.Count == 0 && !(must && c.Id == Mediation));
        return new DispositionAdvice(
            choices, suggested?.Id, [.. document.Hints.Where(h => h.HoldsOn(on) && h.Applies(facts)).Select(h => h.Reason)],
            [.. document.Additions.Where(a => a.HoldsOn(on)).Select(a => a.Addition)]);
    }

    /// <summary>Whether a choice stands.</summary>
    /// <param name="advice">What the facts say.</param>
    /// <param name="outcome">The choice.</param>
    /// <param name="additions">What is added.</param>
    /// <param name="reason">The reason given for it; null or blank for none.</param>
    /// <param name="fromAbove">Who chooses supervises from a unit above.</param>
    /// <returns>Why not; null when it does.</returns>
    public static Failure? Check(DispositionAdvice advice, string? outcome, IReadOnlyList<string> additions, string? reason, bool fromAbove)
    {
        if (advice.Find(outcome) is not { } choice)
        {
            return new Failure(FailureKind.Invalid, "duties.outcome-unknown", "outcome");
        }

        if (additions.Any(a => advice.Additions.All(known => known.Id != a)))
        {
            return new Failure(FailureKind.Invalid, "dispositions.addition-not-in-force", "additions");
        }

        if (choice.Bars.FirstOrDefault(b => !b.FromAbove) is { } bar)
        {
            return new Failure(FailureKind.NotAllowed, "dispositions.barred", "outcome", Words(bar));
        }

        if (choice.Bars is [var lifted, ..] && !fromAbove)
        {
            return new Failure(FailureKind.NotAllowed, "dispositions.needs-above", "outcome", Words(lifted));
        }

        return Deviates(advice, choice) && string.IsNullOrWhiteSpace(reason)
            ? new Failure(FailureKind.Invalid, "dispositions.reason-missing", "reason")
            : null;
    }

    /// <summary>Whether a choice is another one than the facts point to, or one that a leader had to open.</summary>
    /// <param name="advice">What the facts say.</param>
    /// <param name="choice">The choice.</param>
    public static bool Deviates(DispositionAdvice advice, DispositionChoice choice) =>
        choice.Bars.Count > 0 || (advice.Suggested is { } suggested && suggested != choice.Id);

    private static string Words(DispositionReason reason) => $"{reason.Text.Text} ({reason.Basis})";

    private static IEnumerable<DispositionReason> LetterPoints(string choice, DispositionFacts facts) => facts.LetterGrounds
        .Where(g => g.Strength == GroundStrength.Bars ? choice == Penalty : choice == Letter)
        .Select(g => new DispositionReason(g.Id, g.Text, g.Basis));

    /// <summary>A letter never stands in for a penalty, nor does anything lighter; where it is a must, criticism alone takes a leader from above.</summary>
    private static IEnumerable<DispositionReason> LetterBars(string choice, DispositionFacts facts) => facts.LetterGrounds
        .Where(g => g.Strength switch
        {
            GroundStrength.Bars => choice is Letter or Criticism or Mediation,
            GroundStrength.Must => choice == Criticism,
            GroundStrength.Should => false,
        })
        .Select(g => new DispositionReason(g.Id, g.Text, g.Basis, FromAbove: g.Strength == GroundStrength.Must));
}
