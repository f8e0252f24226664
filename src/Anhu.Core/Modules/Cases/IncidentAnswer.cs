using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Anhu.Modules.Alarms;

namespace Anhu.Modules.Cases;

/// <summary>What a worker can answer where the reports are silent.</summary>
public enum IncidentQuestion
{
    /// <summary>A weapon was used or shown.</summary>
    Weapon,

    /// <summary>A threat to kill.</summary>
    ThreatToKill,

    /// <summary>Strangulation or another lethal act.</summary>
    Strangulation,

    /// <summary>A child was there.</summary>
    ChildPresent,

    /// <summary>The victim is pregnant.</summary>
    Pregnant,

    /// <summary>Alcohol or drugs.</summary>
    Alcohol,

    /// <summary>Forced sex, sexual abuse or assault.</summary>
    SexualViolence,

    /// <summary>Separation, divorce or break-up under way or within the past year.</summary>
    Separation,

    /// <summary>A victim is under 18.</summary>
    MinorVictim,

    /// <summary>A victim is 60 or over.</summary>
    ElderlyVictim,

    /// <summary>The worst degree of injury.</summary>
    Injury,

    /// <summary>The class that the police hold right; police only.</summary>
    PoliceOpinion,

    /// <summary>What the nine-item danger scale came to (handbook §4.8).</summary>
    DangerScale,
}

/// <summary>From whom or what a worker knows it.</summary>
public enum AnswerSource
{
    /// <summary>The victim said so.</summary>
    Victim,

    /// <summary>Another person said so.</summary>
    OtherPerson,

    /// <summary>Seen by the worker.</summary>
    Seen,

    /// <summary>A document: diagnosis, photograph, record.</summary>
    Document,

    /// <summary>The words of the report itself.</summary>
    Report,
}

/// <summary>A worker's answer about an incident. The last one to a question is in force; earlier ones stay as they were given.</summary>
/// <param name="Question">To what.</param>
/// <param name="Value"><c>yes</c>, <c>no</c>, <c>unknown</c> (an earlier answer is taken back), a degree of injury, a class, or <c>low</c>, <c>medium</c>, <c>high</c>.</param>
/// <param name="Source">How it is known.</param>
/// <param name="WorkerId">Who answered.</param>
/// <param name="At">When, UTC.</param>
public sealed record IncidentAnswer(IncidentQuestion Question, string Value, AnswerSource Source, Guid? WorkerId, DateTimeOffset At)
{
    /// <summary>Taken back.</summary>
    public const string Unknown = "unknown";

    /// <summary>Questions by the names that the policy gives the facts.</summary>
    public static FrozenDictionary<string, IncidentQuestion> Questions { get; } =
        Enum.GetValues<IncidentQuestion>().ToFrozenDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>A question's name, such as <c>threatToKill</c>.</summary>
    /// <param name="question">The question.</param>
    public static string NameOf(IncidentQuestion question) => JsonNamingPolicy.CamelCase.ConvertName(question.ToString());

    /// <summary>Results of the danger scale, the lightest first.</summary>
    internal static IReadOnlyList<string> Dangers { get; } = ["low", "medium", "high"];

    /// <summary>Degrees of injury by their words.</summary>
    internal static FrozenDictionary<string, Injury> Degrees { get; } = Enum.GetValues<Injury>().Where(i => i != Injury.Unknown).ToFrozenDictionary(AlarmNames.Of, StringComparer.Ordinal);

    /// <summary>Whether a value answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="value">The value.</param>
    public static bool Answers(IncidentQuestion question, string value) => value == Unknown || question switch
    {
        IncidentQuestion.Injury => Degrees.ContainsKey(value),
        IncidentQuestion.PoliceOpinion => value is "1" or "2" or "3",
        IncidentQuestion.DangerScale => Dangers.Contains(value, StringComparer.Ordinal),
        _ => value is "yes" or "no",
    };
}

/// <summary>What is known of an incident: by its reports, and where they are silent by answers. A danger once known stays known; a "no" takes nothing back.</summary>
/// <param name="Weapon">A weapon.</param>
/// <param name="ThreatToKill">A threat to kill.</param>
/// <param name="Strangulation">A lethal act.</param>
/// <param name="ChildPresent">A child was there.</param>
/// <param name="Pregnant">The victim is pregnant.</param>
/// <param name="Alcohol">Alcohol or drugs.</param>
/// <param name="SexualViolence">Sexual violence.</param>
/// <param name="Separation">A separation under way or within the past year.</param>
/// <param name="Injury">The worst injury.</param>
/// <param name="PoliceOpinion">The class that the police hold right.</param>
/// <param name="MinorVictim">A victim is under 18, by answer; birth dates of people stand apart.</param>
/// <param name="ElderlyVictim">A victim is 60 or over, by answer.</param>
/// <param name="DangerScale">What the danger scale came to: 1 low, 2 medium, 3 high; null when it was not done.</param>
public readonly record struct IncidentKnowledge(
    bool? Weapon, bool? ThreatToKill, bool? Strangulation, bool? ChildPresent, bool? Pregnant, bool? Alcohol, bool? SexualViolence, bool? Separation,
    Injury Injury, int? PoliceOpinion, bool? MinorVictim, bool? ElderlyVictim, int? DangerScale = null)
{
    /// <summary>What the reports of an incident say.</summary>
    /// <param name="incident">The incident.</param>
    public static IncidentKnowledge Reported(Incident incident) => new(
        incident.Weapon, incident.ThreatToKill, incident.Strangulation, incident.ChildPresent, incident.Pregnant, incident.Alcohol,
        incident.SexualViolence, incident.Separation, incident.Injury, incident.PoliceOpinion, null, null);

    /// <summary>All that is known of an incident.</summary>
    /// <param name="incident">The incident.</param>
    public static IncidentKnowledge Of(Incident incident)
    {
        var known = Reported(incident);
        foreach (var question in incident.Answers.Count == 0 ? [] : Enum.GetValues<IncidentQuestion>())
        {
            if (incident.Answers.LastOrDefault(a => a.Question == question) is { Value: not IncidentAnswer.Unknown } answer)
            {
                known = known.With(answer);
            }
        }

        return known;
    }

    /// <summary>What is known with respect to a question; null when nothing is.</summary>
    /// <param name="question">The question.</param>
    public string? this[IncidentQuestion question] => question switch
    {
        IncidentQuestion.Weapon => Word(Weapon),
        IncidentQuestion.ThreatToKill => Word(ThreatToKill),
        IncidentQuestion.Strangulation => Word(Strangulation),
        IncidentQuestion.ChildPresent => Word(ChildPresent),
        IncidentQuestion.Pregnant => Word(Pregnant),
        IncidentQuestion.Alcohol => Word(Alcohol),
        IncidentQuestion.SexualViolence => Word(SexualViolence),
        IncidentQuestion.Separation => Word(Separation),
        IncidentQuestion.MinorVictim => Word(MinorVictim),
        IncidentQuestion.ElderlyVictim => Word(ElderlyVictim),
        IncidentQuestion.Injury => Injury == Injury.Unknown ? null : AlarmNames.Of(Injury),
        IncidentQuestion.PoliceOpinion => PoliceOpinion?.ToString(CultureInfo.InvariantCulture),
        IncidentQuestion.DangerScale => DangerScale is { } danger ? IncidentAnswer.Dangers[danger - 1] : null,
    };

    internal static bool? Or(bool? a, bool? b) => a == true || b == true ? true : a ?? b;

    private static string? Word(bool? answer) => answer is { } known ? known ? "yes" : "no" : null;

    private IncidentKnowledge With(IncidentAnswer answer)
    {
        bool? yes = answer.Value == "yes";
        return answer.Question switch
        {
            IncidentQuestion.Weapon => this with { Weapon = Or(Weapon, yes) },
            IncidentQuestion.ThreatToKill => this with { ThreatToKill = Or(ThreatToKill, yes) },
            IncidentQuestion.Strangulation => this with { Strangulation = Or(Strangulation, yes) },
            IncidentQuestion.ChildPresent => this with { ChildPresent = Or(ChildPresent, yes) },
            IncidentQuestion.Pregnant => this with { Pregnant = Or(Pregnant, yes) },
            IncidentQuestion.Alcohol => this with { Alcohol = Or(Alcohol, yes) },
            IncidentQuestion.SexualViolence => this with { SexualViolence = Or(SexualViolence, yes) },
            IncidentQuestion.Separation => this with { Separation = Or(Separation, yes) },
            IncidentQuestion.MinorVictim => this with { MinorVictim = yes },
            IncidentQuestion.ElderlyVictim => this with { ElderlyVictim = yes },
            IncidentQuestion.Injury => IncidentAnswer.Degrees.TryGetValue(answer.Value, out var injury) && injury > Injury ? this with { Injury = injury } : this,
            IncidentQuestion.PoliceOpinion => answer.Value[0] - '0' is var opinion && opinion < (PoliceOpinion ?? int.MaxValue) ? this with { PoliceOpinion = opinion } : this,
            IncidentQuestion.DangerScale => this with { DangerScale = 1 + Math.Max(0, IncidentAnswer.Dangers.ToList().IndexOf(answer.Value)) },
        };
    }
}
