using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Measures;
using Anhu.Modules.Time;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Dispositions;

/// <summary>What an officer fills in when the police dispose of an incident, as far as rules look at it.</summary>
/// <param name="Appraised">The degree that an appraisal fixed; null while there is none.</param>
/// <param name="Circumstances">What is ticked.</param>
/// <param name="Additions">What is added.</param>
/// <param name="Reason">The reason given.</param>
public sealed record DispositionForm(Injury? Appraised, IReadOnlyList<string> Circumstances, IReadOnlyList<string> Additions, string? Reason)
{
    /// <summary>Nothing filled in.</summary>
    public static DispositionForm Empty { get; } = new(null, [], [], null);

    /// <summary>Reads a checked form.</summary>
    /// <param name="form">JSON; null for none.</param>
    public static DispositionForm Of(string? form)
    {
        using var json = JsonDocument.Parse(form ?? "{}");
        var root = json.RootElement;
        return root.ValueKind != JsonValueKind.Object ? Empty
            : new(Degree(Text(root, "appraisedInjury")), List(root, "circumstances"), List(root, "additions"), Text(root, "reason"));
    }

    /// <summary>A degree by its word.</summary>
    /// <param name="word">Such as <c>minor</c>.</param>
    public static Injury? Degree(string? word) => Enum.GetValues<Injury>().Where(i => i != Injury.Unknown && AlarmNames.Of(i) == word).Select(i => (Injury?)i).FirstOrDefault();

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] List(JsonElement root, string name) => !root.TryGetProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.GetString()!).Distinct()]
        : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } one ? [one] : [];
}

/// <summary>Reads what the choice of a disposition looks at.</summary>
internal static class DispositionReading
{
    public static async Task<DispositionFacts> FactsAsync(
        AnhuDbContext db, CaseFile file, Incident incident, DispositionForm form, MeasureRules letters, CityZone zone, CancellationToken ct)
    {
        var known = CaseFacts.ForPlaybook(file, incident.OccurredAt, zone, incident, null);
        var id = incident.IncidentId;
        var perpetrators = await db.IncidentParties.AsNoTracking().Where(p => p.IncidentId == id && p.Role == PartyRole.Perpetrator).Select(p => p.PersonId).ToListAsync(ct);
        var history = MeasureHistory.None;
        foreach (var person in perpetrators)
        {
            var own = await MeasureContexts.HistoryAsync(db, person, incident, ct);
            history = new MeasureHistory(history.Criticisms + own.Criticisms, history.Letters + own.Letters, history.Penalties + own.Penalties);
        }

        var circumstances = await CircumstancesAsync(db, incident, form, ct);
        return new DispositionFacts
        {
            Category = incident.Category, Injury = form.Appraised ?? known.Injury, Appraised = form.Appraised is not null, Weapon = known.Weapon, ThreatToKill = known.ThreatToKill,
            Strangulation = known.Strangulation, SexualViolence = known.SexualViolence, MinorVictim = known.MinorVictim, ElderlyVictim = known.ElderlyVictim,
            HighDanger = file.Case.Class == 1 || IncidentKnowledge.Of(incident).DangerScale == 3, Circumstances = circumstances, History = history,
            LetterGrounds = letters.Grounds(new MeasureFacts(known.MinorVictim, known.ElderlyVictim, known.Pregnant, circumstances, history), zone.DateOf(incident.OccurredAt)),
        };
    }

    /// <summary>What is ticked now, and what a letter about the incident says already.</summary>
    public static async Task<IReadOnlyList<string>> CircumstancesAsync(AnhuDbContext db, Incident incident, DispositionForm form, CancellationToken ct)
    {
        var id = incident.IncidentId;
        var letters = await db.Measures.AsNoTracking().Where(m => m.IncidentId == id).OrderBy(m => m.MeasureId).ToListAsync(ct);
        return [.. letters.SelectMany(m => m.Fields.GetValueOrDefault("circumstances", "").Split(',', StringSplitOptions.RemoveEmptyEntries)).Concat(form.Circumstances).Distinct()];
    }
}
