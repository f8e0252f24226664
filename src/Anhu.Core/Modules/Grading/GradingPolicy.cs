using System.Collections.Concurrent;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Time;

namespace Anhu.Modules.Grading;

/// <summary>What a class is called and what it means.</summary>
/// <param name="Class">1, 2 or 3.</param>
/// <param name="Title">Its name.</param>
/// <param name="Meaning">What follows from it.</param>
public sealed record GradeClass(int Class, Bilingual Title, Bilingual Meaning);

/// <summary>A rule of the policy, for people to read.</summary>
/// <param name="RuleId">Id.</param>
/// <param name="Class">The class that it leads to.</param>
/// <param name="Condition">When it applies, in plain words.</param>
/// <param name="Reason">The reason as shown; values in braces.</param>
/// <param name="Basis">Where it comes from.</param>
/// <param name="Line">Line in the document.</param>
/// <param name="From">First day on which it holds; null where it always did.</param>
/// <param name="Until">Last day; null while it holds.</param>
public sealed record GradingRuleView(string RuleId, int Class, Bilingual Condition, Bilingual Reason, string? Basis, int Line, DateOnly? From = null, DateOnly? Until = null);

/// <summary>
/// A version of a city's grading policy (分级规则), compiled. Immutable and thread-safe. Any one rule is enough for its class; the most serious class
/// that a rule leads to is the class. Conditions ask only for danger being there, so a further danger never lowers the class.
/// </summary>
public sealed class GradingPolicy
{
    private const int MaxKept = 16_384;
    private readonly ConcurrentDictionary<GradingState, GradingDecision> kept = new();
    private readonly CityZone zone;
    private readonly GradingPolicyDocument document;
    private int keptCount;

    private GradingPolicy(string text, GradingPolicyDocument document, CityZone zone)
    {
        Text = text;
        this.document = document;
        this.zone = zone;
        Rules = [.. document.Rules.Select(r => new GradingRuleView(r.RuleId, r.Class, r.Condition.Text, r.Reason, r.Basis, r.Line, r.From, r.Until))];
    }

    /// <summary>The version, such as <c>hefei-2026.1</c>; stands on every grade.</summary>
    public string Version => document.Version;

    /// <summary>The document's title.</summary>
    public Bilingual Title => document.Title;

    /// <summary>What the policy as a whole rests on.</summary>
    public string Basis => document.Basis;

    /// <summary>The YAML text.</summary>
    public string Text { get; }

    /// <summary>The classes 1, 2 and 3.</summary>
    public IReadOnlyList<GradeClass> Classes => document.Classes;

    /// <summary>The rules, in the document's order.</summary>
    public IReadOnlyList<GradingRuleView> Rules { get; }

    /// <summary>Reads a policy.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <param name="zone">The city's zone; China's when null.</param>
    /// <exception cref="RuleDocumentException">Something is wrong; all faults are named with their lines.</exception>
    public static GradingPolicy Parse(string yaml, string fileName, CityZone? zone = null) =>
        new(yaml, GradingPolicyDocument.Read(yaml, fileName), zone ?? CityZone.Of());

    /// <summary>Decides the class.</summary>
    /// <param name="facts">What is known.</param>
    public GradingDecision Grade(GradingFacts facts)
    {
        var state = GradingState.Of(facts).WithPeriod(document.PeriodOf(zone.DateOf(facts.AsOf)));
        for (var i = 0; i < document.Windows.Length; i++)
        {
            state = state.WithCount(i, document.Windows[i].Count(facts, zone));
        }

        if (kept.TryGetValue(state, out var decision))
        {
            return decision;
        }

        decision = Decide(state);
        // Facts come from outside; a bound keeps odd input from filling the memory.
        if (Interlocked.Increment(ref keptCount) <= MaxKept)
        {
            kept.TryAdd(state, decision);
        }

        return decision;
    }

    /// <summary>Decides from packed facts, without looking up.</summary>
    internal GradingDecision Decide(GradingState state)
    {
        var decided = ClassOf(state);
        var reasons = document.Rules.Where(r => r.Holds(state)).Select(r => r.ReasonFor(state)).OrderBy(r => r.Class).ToList();
        if (reasons.Count == 0 || reasons[0].Class > decided)
        {
            reasons.Insert(0, state.Floor == decided && decided < document.DefaultReason.Class ? document.FloorReasons[decided - 1] : document.DefaultReason);
        }

        // Two rules about the same thing (three alarms are also two) say it once, for the more serious class.
        return new GradingDecision(decided, [.. reasons.DistinctBy(r => r.TextZh)], decided == 1 ? [] : Missing(state, decided));
    }

    private IReadOnlyList<MissingFact> Missing(GradingState state, int decided)
    {
        var missing = new List<MissingFact>();
        foreach (var question in document.Questions)
        {
            var answered = question.Answered(state);
            if (answered is { } states && states.Min(ClassOf) is var raised && raised < decided)
            {
                missing.Add(new MissingFact(question.Fact, raised, question.Text.Zh, question.Text.En));
            }
        }

        return [.. missing.OrderBy(m => m.ClassIfYes)];
    }

    private int ClassOf(GradingState state)
    {
        var worst = state.Floor > 0 ? Math.Min(state.Floor, document.DefaultReason.Class) : document.DefaultReason.Class;
        foreach (var rule in document.Rules)
        {
            if (rule.Class < worst && rule.Holds(state))
            {
                worst = rule.Class;
            }
        }

        return worst;
    }
}

/// <summary>Names of the degrees of injury (handbook §5.3).</summary>
public static class InjuryNames
{
    /// <summary>The degree in both languages.</summary>
    /// <param name="injury">The degree.</param>
    public static Bilingual Of(Injury injury) => injury switch
    {
        Injury.Unknown => new("伤情不明", "injury not known"),
        Injury.None => new("无伤", "no injury"),
        Injury.Minor => new("轻微伤", "minor injury (轻微伤)"),
        Injury.Light => new("轻伤", "light injury (轻伤, the criminal line)"),
        Injury.Serious => new("重伤", "serious injury (重伤)"),
        Injury.Death => new("死亡", "death"),
    };
}
