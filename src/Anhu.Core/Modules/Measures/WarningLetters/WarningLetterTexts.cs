using System.Globalization;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;

namespace Anhu.Modules.Measures.WarningLetters;

/// <summary>
/// What a warning letter says (handbook §6(c); Opinions 2024, no. 9), as texts for a template. Where the victim lives, her phone and who reported are no part
/// of it: there is no field for them. Who the two are is kept as it was when the letter was issued.
/// </summary>
public sealed record WarningLetterTexts
{
    /// <summary>The police's number of the letter.</summary>
    public required string Number { get; init; }

    /// <summary>The issuing organ.</summary>
    public required string Organ { get; init; }

    /// <summary>The abuser's name.</summary>
    public required string AbuserName { get; init; }

    /// <summary>男, 女, or empty.</summary>
    public required string AbuserSex { get; init; }

    /// <summary>Birth date, such as 1988年3月3日.</summary>
    public required string AbuserBirthDate { get; init; }

    /// <summary>Citizen ID number.</summary>
    public required string AbuserIdNumber { get; init; }

    /// <summary>The abuser's own address.</summary>
    public required string AbuserAddress { get; init; }

    /// <summary>Job.</summary>
    public required string AbuserJob { get; init; }

    /// <summary>The victim's name.</summary>
    public required string VictimName { get; init; }

    /// <summary>男, 女, or empty.</summary>
    public required string VictimSex { get; init; }

    /// <summary>Citizen ID number.</summary>
    public required string VictimIdNumber { get; init; }

    /// <summary>What the abuser is to the victim.</summary>
    public required string Relation { get; init; }

    /// <summary>When it happened.</summary>
    public required string HappenedAt { get; init; }

    /// <summary>Where it happened.</summary>
    public required string Place { get; init; }

    /// <summary>What was done.</summary>
    public required string Facts { get; init; }

    /// <summary>On what evidence.</summary>
    public required string Evidence { get; init; }

    /// <summary>The clauses of law.</summary>
    public required string Law { get; init; }

    /// <summary>What is forbidden.</summary>
    public required string Prohibition { get; init; }

    /// <summary>What follows on repetition.</summary>
    public required string Consequences { get; init; }

    /// <summary>What the letter may be used for.</summary>
    public required string Uses { get; init; }

    /// <summary>Date of the decision.</summary>
    public required string DecidedOn { get; init; }

    /// <summary>Makes it.</summary>
    /// <param name="measure">The letter.</param>
    /// <param name="file">Its case.</param>
    /// <param name="unit">The issuing unit.</param>
    /// <param name="rules">Rules of letters.</param>
    public static WarningLetterTexts Of(Measure measure, CaseFile file, Unit unit, MeasureRules rules)
    {
        var zone = rules.Clock.Zone;
        var incident = file.Incidents.Find(i => i.IncidentId == measure.IncidentId);
        var on = zone.DateOf(incident?.OccurredAt ?? measure.StartsAt);
        string F(string name) => measure.Fields.GetValueOrDefault(name, "");
        string Choices(string name) => string.Join("、", F(name).Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => rules.Fields[name].Options.FirstOrDefault(o => o.Id == id)?.Label.Zh ?? id));
        return new WarningLetterTexts
        {
            Number = measure.Number ?? "", Organ = unit.Name, AbuserName = F("against.name"), AbuserSex = F("against.sex"), AbuserBirthDate = F("against.birthDate"),
            AbuserIdNumber = F("against.idNumber"), AbuserAddress = F("abuserAddress"), AbuserJob = F("abuserJob"), VictimName = F("protects.name"),
            VictimSex = F("protects.sex"), VictimIdNumber = F("protects.idNumber"), Relation = F("relation"),
            HappenedAt = rules.Instant(F("happenedAt")) is { } at ? zone.ToLocal(at).ToString("yyyy年M月d日H时m分", CultureInfo.InvariantCulture) : "",
            Place = F("place"), Facts = F("facts"),
            Evidence = string.Join("；", ((string[])[Choices("evidence"), F("evidenceNote")]).Where(t => t.Length > 0)),
            Law = rules.Wording("law", on), Prohibition = rules.Wording("prohibition", on), Consequences = rules.Wording("consequences", on), Uses = rules.Wording("uses", on),
            DecidedOn = measure.IssuedAt is { } issued ? Day(zone.DateOf(issued)) : "",
        };
    }

    /// <summary>The texts by name.</summary>
    public IReadOnlyDictionary<string, string> ToDictionary() =>
        typeof(WarningLetterTexts).GetProperties().Where(p => p.PropertyType == typeof(string)).ToDictionary(
            p => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(p.Name), p => (string)p.GetValue(this)!, StringComparer.Ordinal);

    /// <summary>The fields of a letter with who the two are, as known now.</summary>
    internal static IReadOnlyDictionary<string, string> WithPeople(MeasureContext c)
    {
        var fields = new Dictionary<string, string>(c.Fields, StringComparer.Ordinal);
        Add("against", c.Against);
        Add("protects", c.Protected);
        return fields;

        void Add(string part, Guid? id)
        {
            if (id is { } known && c.File.People.GetValueOrDefault(known) is { } person)
            {
                fields[$"{part}.name"] = person.Name ?? "";
                fields[$"{part}.sex"] = person.Sex switch { Sex.Female => "女", Sex.Male => "男", Sex.Unknown => "" };
                fields[$"{part}.birthDate"] = person.BirthDate is { } born ? Day(born) : "";
                fields[$"{part}.idNumber"] = person.IdNumber ?? "";
            }
        }
    }

    private static string Day(DateOnly day) => day.ToString("yyyy年M月d日", CultureInfo.InvariantCulture);
}
