using System.Text.Json;
using Anhu.Components.Ui;
using Anhu.Modules.Cases;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Work;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Duties;

/// <summary>Puts duties into the reader's words. Kinds, outcomes and fields are named by the playbook in force.</summary>
public sealed class DutyWords(RuleBook rules, IStringLocalizer<DutiesText> text)
{
    /// <summary>All kinds, by id.</summary>
    public IReadOnlyDictionary<string, DutyKind> Kinds => rules.Current.Playbook.Kinds;

    /// <summary>The title of a kind; the id itself where the playbook no longer has it.</summary>
    /// <param name="kind">Its id.</param>
    public string Kind(string kind) => Kinds.TryGetValue(kind, out var found) ? found.Title.Text : kind;

    /// <summary>An outcome.</summary>
    /// <param name="kind">Id of the kind.</param>
    /// <param name="outcome">Id of the outcome; null gives null.</param>
    public string? Outcome(string kind, string? outcome) =>
        outcome is not null && Kinds.TryGetValue(kind, out var found) && found.Outcomes.FirstOrDefault(o => o.Id == outcome) is { } known
            ? known.Label.Text
            : outcome;

    /// <summary>A state.</summary>
    /// <param name="state">The state.</param>
    public string State(DutyState state) => text[$"State_{state}"];

    /// <summary>How a state looks.</summary>
    /// <param name="duty">The duty.</param>
    public static Tone ToneOf(DutyLine duty) => duty.State switch
    {
        DutyState.Proposed or DutyState.Assigned => duty.OverdueAt is null ? Tone.Warn : Tone.Bad,
        DutyState.Accepted or DutyState.InProgress => duty.OverdueAt is null ? Tone.Info : Tone.Bad,
        DutyState.Done or DutyState.Verified => Tone.Good,
        DutyState.Cancelled => Tone.Neutral,
    };

    /// <summary>What happened.</summary>
    /// <param name="type">Event type.</param>
    public string Event(string type) => text[$"Event_{type}"] is { ResourceNotFound: false } words ? words.Value : text["Event_Other"].Value;

    /// <summary>Who did it.</summary>
    /// <param name="happening">What happened.</param>
    public string Who(DutyHappening happening) => happening.WorkerName ?? text[happening.ByClient ? "Duty_OtherSystem" : "Duty_System"];

    /// <summary>The page on which a kind is done.</summary>
    /// <param name="kind">Id of the kind.</param>
    /// <param name="dutyId">The duty.</param>
    /// <returns>The path; null where the duty's own page holds the form.</returns>
    public string? FormPath(string kind, Guid dutyId) => (Kinds.TryGetValue(kind, out var found) ? found.Form : null) switch
    {
        "phone-visit" or "on-site-visit" => $"/visits/{dutyId}",
        "caring-message" => $"/messages/{dutyId}",
        Dispositions.DispositionRules.FormName => $"/dispositions/{dutyId}",
        DutyKind.MeasureForm => $"/measures/of-duty/{dutyId}",
        _ => null,
    };

    /// <summary>A filled form as labels and values.</summary>
    /// <param name="kind">Id of the kind.</param>
    /// <param name="form">The form as JSON.</param>
    public IReadOnlyList<(string Label, string Value)> Filled(string kind, string? form)
    {
        if (form is null || !Kinds.TryGetValue(kind, out var found))
        {
            return [];
        }

        var values = DutyFormValues.Of(form);
        return [.. found.Fields.Select(f => (f.Label.Text, Value(f, values[f.Id]))).Where(f => f.Item2.Length > 0)];
    }

    private string Value(DutyField field, IReadOnlyList<string> values) => string.Join(
        System.Globalization.CultureInfo.CurrentUICulture.Name == "en" ? ", " : "、",
        values.Select(v => field.Type switch
        {
            DutyFieldType.YesNo => text[v is "true" or "yes" ? "Yes" : "No"] is { ResourceNotFound: false } w ? w.Value : v,
            DutyFieldType.Choice or DutyFieldType.Choices => field.Options.FirstOrDefault(o => o.Id == v)?.Label.Text ?? v,
            DutyFieldType.Text or DutyFieldType.LongText or DutyFieldType.Number or DutyFieldType.Date => v,
            DutyFieldType.DateTime => v.Replace('T', ' '),
        }));
}

/// <summary>The values of a duty's form, from a posted form or from JSON.</summary>
public sealed class DutyFormValues
{
    /// <summary>Names in a posted form begin with it.</summary>
    public const string Prefix = "field.";

    private readonly Dictionary<string, string[]> values;

    private DutyFormValues(Dictionary<string, string[]> values) => this.values = values;

    /// <summary>Nothing filled.</summary>
    public static DutyFormValues Empty { get; } = new([]);

    /// <summary>The values of a field; empty when it is not filled.</summary>
    /// <param name="field">Its id.</param>
    public IReadOnlyList<string> this[string field] => values.TryGetValue(field, out var found) ? found : [];

    /// <summary>Reads a posted form.</summary>
    /// <param name="form">What was posted.</param>
    public static DutyFormValues Of(IFormCollection form) => new(form.Where(f => f.Key.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(f => f.Key[Prefix.Length..], f => f.Value.Where(v => !string.IsNullOrWhiteSpace(v)).Select(v => v!.Trim()).ToArray(), StringComparer.Ordinal));

    /// <summary>Reads a form kept as JSON; what is no object counts as empty.</summary>
    /// <param name="json">JSON.</param>
    /// <param name="prefix">Only names that begin with it, cut off.</param>
    public static DutyFormValues Of(string json, string prefix = "")
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return Empty;
        }

        var read = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                read[property.Name[prefix.Length..]] = property.Value.ValueKind == JsonValueKind.Array
                    ? [.. property.Value.EnumerateArray().Select(Text)]
                    : [Text(property.Value)];
            }
        }

        return new DutyFormValues(read);
    }

    /// <summary>The fields of a kind as JSON: one value as text, several as a list; what is empty is left out.</summary>
    /// <param name="kind">The kind.</param>
    public string ToJson(DutyKind kind)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var field in kind.Fields)
            {
                var filled = this[field.Id];
                if (filled.Count == 0)
                {
                    continue;
                }

                if (field.Type == DutyFieldType.Choices)
                {
                    json.WriteStartArray(field.Id);
                    foreach (var value in filled)
                    {
                        json.WriteStringValue(value);
                    }

                    json.WriteEndArray();
                }
                else
                {
                    json.WriteString(field.Id, filled[0]);
                }
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}

/// <summary>What pages about duties need.</summary>
internal static class DutyPages
{
    public static IServiceCollection AddDutyPages(this IServiceCollection services)
    {
        services.AddSingleton<DutyDetailsQueries>();
        services.AddSingleton<DutyWrites>();
        services.AddScoped<DutyWords>();
        services.AddSingleton<RecordFigures>();
        return services.AddFailureTexts<DutiesText>();
    }
}
