using System.Globalization;
using System.Text.Json;
using Anhu.Components.Ui;
using Anhu.Hosting;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Web;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Cases;

/// <summary>Names of what a case is made of, in the reader's language.</summary>
public sealed class CaseWords(IStringLocalizer<CasesText> text, RuleBook rules, CityFormat format)
{
    /// <summary>The state of a case.</summary>
    /// <param name="state">The state.</param>
    public string State(CaseState state) => text[$"CaseState_{state}"];

    /// <summary>The state of a duty.</summary>
    /// <param name="state">The state.</param>
    public string State(DutyState state) => text[$"DutyState_{state}"];

    /// <summary>How the state of a case strikes the reader.</summary>
    /// <param name="state">The state.</param>
    public static Tone ToneOf(CaseState state) => state switch { CaseState.Open => Tone.Info, CaseState.Observation => Tone.Warn, CaseState.Closed => Tone.Neutral };

    /// <summary>How the state of a duty strikes the reader.</summary>
    /// <param name="state">The state.</param>
    public static Tone ToneOf(DutyState state) => state switch
    {
        DutyState.Proposed or DutyState.Assigned => Tone.Warn,
        DutyState.Accepted or DutyState.InProgress => Tone.Info,
        DutyState.Done or DutyState.Verified => Tone.Good,
        DutyState.Cancelled => Tone.Neutral,
    };

    /// <summary>An agency.</summary>
    /// <param name="agency">The agency.</param>
    public string Agency(Agency agency) => text[$"Agency_{agency}"];

    /// <summary>The part of a person.</summary>
    /// <param name="role">The part.</param>
    public string Role(PartyRole role) => text[$"Role_{role}"];

    /// <summary>A class with its name in the policy.</summary>
    /// <param name="class">1, 2 or 3.</param>
    public string Class(int @class) => rules.Current.Policy.Classes.FirstOrDefault(c => c.Class == @class)?.Title.Text ?? text["Class", @class];

    /// <summary>A class as an event names it.</summary>
    /// <param name="class">The number; anything else is shown as a dash.</param>
    public string Class(string? @class) => int.TryParse(@class, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Class(number) : "—";

    /// <summary>A kind of duty; the words of the playbook in force, else that it is an older kind.</summary>
    /// <param name="kind">Its id.</param>
    public string Kind(string? kind) => kind is not null && rules.Current.Playbook.Kinds.TryGetValue(kind, out var known) ? known.Title.Text : text["Kind_Former"];

    /// <summary>How a duty ended.</summary>
    /// <param name="kind">The kind's id.</param>
    /// <param name="outcome">The outcome's id.</param>
    public string Outcome(string? kind, string outcome) =>
        kind is not null && rules.Current.Playbook.Kinds.TryGetValue(kind, out var known) && known.Outcomes.FirstOrDefault(o => o.Id == outcome) is { } end
            ? end.Label.Text : outcome;

    /// <summary>A word of the contract: <c>Channel_</c>, <c>Category_</c>, <c>Injury_</c>, <c>Sex_</c>, <c>Role_</c>.</summary>
    /// <param name="family">Which family.</param>
    /// <param name="word">The word as the contract writes it, such as <c>walk-in</c>.</param>
    public string Named(string family, string? word)
    {
        if (string.IsNullOrEmpty(word))
        {
            return text["NotGiven"];
        }

        var known = text[$"{family}_{string.Concat(word.Split('-').Select(p => p.Length == 0 ? p : char.ToUpperInvariant(p[0]) + p[1..]))}"];
        return known.ResourceNotFound ? word : known;
    }

    /// <summary>A question about an incident.</summary>
    /// <param name="name">Its name, such as <c>weapon</c>.</param>
    public string Question(string? name) =>
        name is not null && IncidentAnswer.Questions.TryGetValue(name, out var question)
            ? question == IncidentQuestion.PoliceOpinion ? text["Questions_PoliceOpinion"] : text[$"Question_{question}"] : text["NotGiven"];

    /// <summary>An answer to it.</summary>
    /// <param name="question">The question's name.</param>
    /// <param name="value">The answer.</param>
    public string Answer(string? question, string? value) => (question, value) switch
    {
        (_, IncidentAnswer.Unknown or null) => text["NotKnown"],
        (_, "yes") => text["Yes"],
        (_, "no") => text["No"],
        ("policeOpinion", _) => Class(value),
        ("dangerScale", _) => Named("Danger", value),
        _ => Named("Injury", value),
    };

    /// <summary>How an answer is known.</summary>
    /// <param name="source">The source's word.</param>
    public string AnswerSource(string? source) => Named("AnswerSource", source);

    /// <summary>A relation to the victim; what is not one of the usual words stays as it was reported.</summary>
    /// <param name="relation">As reported.</param>
    public string? Relation(string? relation) => relation is null ? null : text[$"Relation_{relation}"] is { ResourceNotFound: false } known ? known.Value : relation;

    /// <summary>A member of an enumeration of the contract.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <param name="family">Which family.</param>
    /// <param name="value">The member.</param>
    public string Named<T>(string family, T value)
        where T : struct, Enum => Named(family, JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

    /// <summary>A field of a report by its path.</summary>
    /// <param name="path">Such as <c>people[0].phone</c>.</param>
    public string Field(string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        var label = text[$"Field_{name}"];
        var words = label.ResourceNotFound ? name : label.Value;
        return path.StartsWith("people[", StringComparison.Ordinal) && int.TryParse(path.AsSpan(7, path.IndexOf(']', StringComparison.Ordinal) - 7), out var i)
            ? text["Field_OfPerson", i + 1, words]
            : path.StartsWith("reporter.", StringComparison.Ordinal) ? text["Field_OfReporter", words] : words;
    }

    /// <summary>A value of a report as a reader says it.</summary>
    /// <param name="path">The field.</param>
    /// <param name="value">The value in the contract's words; null when it was not there.</param>
    /// <param name="map">Regions and units as of now.</param>
    public string Value(string path, string? value, OrganisationMap map)
    {
        if (value is null)
        {
            return text["NotGiven"];
        }

        var name = path[(path.LastIndexOf('.') + 1)..];
        return name switch
        {
            "channel" => Named("Channel", value),
            "category" => Named("Category", value),
            "injury" => Named("Injury", value),
            "sex" => Named("Sex", value),
            "role" => Named("Role", value),
            "relationToVictim" or "relation" => Relation(value)!,
            "regionCode" => map.RegionFullName(value) ?? value,
            "unit" => map.Find(value)?.Name ?? value,
            "receivedAt" or "dispatchedAt" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) => format.DateTime(at),
            _ => value switch { "true" => text["Yes"], "false" => text["No"], _ => value },
        };
    }
}
