using Anhu.Modules.Narratives;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Primitives;

namespace Anhu.Modules.Alarms;

/// <summary>A danger sign that the typed words tell, for the call taker to confirm.</summary>
/// <param name="Field">The field of the form.</param>
/// <param name="Hint">What to show beside it.</param>
public sealed record EntryHint(string Field, string Hint);

/// <summary>Reads the words of a report while they are typed. Nothing is filled in: a person answers.</summary>
public static class EntryReading
{
    private static readonly (NarrativeFact Fact, string Field)[] Fields =
    [
        (NarrativeFact.Weapon, "Weapon"), (NarrativeFact.ThreatToKill, "ThreatToKill"), (NarrativeFact.Strangulation, "Strangulation"),
        (NarrativeFact.ChildAffected, "ChildPresent"), (NarrativeFact.PregnancyPostpartum, "Pregnant"), (NarrativeFact.Alcohol, "Alcohol"),
        (NarrativeFact.Sexual, "SexualViolence"), (NarrativeFact.Separation, "Separation"),
    ];

    /// <summary>Maps what the page asks for while someone types. The words come in the body, never in an address that is logged.</summary>
    /// <param name="app">Routes.</param>
    public static void MapEntryReading(this IEndpointRouteBuilder app) =>
        app.MapPost("/alarms/new/reading", Read).RequireAuthorization(Permissions.WriteAlarms).ExcludeFromDescription();

    private static Ok<IEnumerable<EntryHint>> Read(IFormCollection form, NarrativeReader reader, IStringLocalizer<AlarmText> words)
    {
        var text = form["text"].ToString();
        var reading = reader.Read(text[..Math.Min(text.Length, AlarmLimits.Summary)], Names(form["victims"]), Names(form["perpetrators"]));
        return TypedResults.Ok(Fields
            .Select(f => (f.Field, Found: reading.Find(f.Fact))).Where(f => f.Found is not null)
            .Select(f => new EntryHint($"Input.Indicators.{f.Field}", words["Entry_Told", f.Found!.Quote])));
    }

    private static List<string> Names(StringValues names) =>
        [.. names.OfType<string>().Where(n => !string.IsNullOrWhiteSpace(n) && n.Length <= AlarmLimits.Name).Take(EntryInput.MaxPeople)];
}
