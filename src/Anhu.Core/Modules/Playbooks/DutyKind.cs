using System.Globalization;
using System.Text.Json;
using Anhu.Common;

namespace Anhu.Modules.Playbooks;

/// <summary>How a field of a duty's form is filled.</summary>
public enum DutyFieldType
{
    /// <summary>One line.</summary>
    Text,

    /// <summary>Several lines.</summary>
    LongText,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A date.</summary>
    Date,

    /// <summary>A date with the time of day, in the city's time.</summary>
    DateTime,

    /// <summary>Yes or no.</summary>
    YesNo,

    /// <summary>One of the options.</summary>
    Choice,

    /// <summary>Any of the options, as a JSON list.</summary>
    Choices,
}

/// <summary>What a form may teach about the incident: facts that its reports often leave open and that change the danger.</summary>
public enum LearnedFact
{
    /// <summary>A weapon was used or shown.</summary>
    Weapon,

    /// <summary>Strangulation or another lethal act.</summary>
    Strangulation,

    /// <summary>The victim is pregnant.</summary>
    Pregnant,

    /// <summary>Separation, divorce or break-up under way or within the past year.</summary>
    Separation,
}

/// <summary>An option of a field.</summary>
/// <param name="Id">Stored value.</param>
/// <param name="Label">What people read.</param>
public sealed record DutyOption(string Id, Bilingual Label)
{
    /// <summary>Whoever chooses it has learned this; null when nothing.</summary>
    public LearnedFact? Learns { get; init; }
}

/// <summary>A field of a duty's form.</summary>
/// <param name="Id">Name in the form's JSON.</param>
/// <param name="Label">What people read.</param>
/// <param name="Type">How it is filled.</param>
/// <param name="Min">The least number allowed, for numbers.</param>
/// <param name="Options">Options of a choice.</param>
public sealed record DutyField(string Id, Bilingual Label, DutyFieldType Type, int? Min, IReadOnlyList<DutyOption> Options)
{
    /// <summary>Whoever answers a <see cref="DutyFieldType.YesNo"/> with yes has learned this; null when nothing. A no teaches nothing: what somebody else was told stands.</summary>
    public LearnedFact? Learns { get; init; }

    /// <summary>How a form sends a <see cref="DutyFieldType.DateTime"/>.</summary>
    public const string LocalTime = "yyyy-MM-dd'T'HH:mm";
}

/// <summary>How a duty may end.</summary>
/// <param name="Id">Stored value, such as <c>reached</c>.</param>
/// <param name="Label">What people read.</param>
/// <param name="Required">The fields that must be filled with this outcome.</param>
public sealed record DutyOutcome(string Id, Bilingual Label, IReadOnlyList<string> Required);

/// <summary>Why a form does not complete its duty.</summary>
/// <param name="Field">The field, or <c>outcome</c>.</param>
/// <param name="Code">Failure code: <c>duties.outcome-unknown</c>, <c>duties.field-required</c>, <c>duties.field-invalid</c>.</param>
public sealed record CompletionFault(string Field, string Code);

/// <summary>A kind of duty (责任种类): its texts, form and completion rule. A new kind is an entry in the playbook.</summary>
public sealed class DutyKind
{
    /// <summary>Id, such as <c>phone-return-visit</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Title.</summary>
    public required Bilingual Title { get; init; }

    /// <summary>What is to be done, in one sentence.</summary>
    public required Bilingual What { get; init; }

    /// <summary>The form's page: <c>standard</c> is built from <see cref="Fields"/>, any other name is a page of its own.</summary>
    public required string Form { get; init; }

    /// <summary>Fields of the form.</summary>
    public required IReadOnlyList<DutyField> Fields { get; init; }

    /// <summary>How it may end.</summary>
    public required IReadOnlyList<DutyOutcome> Outcomes { get; init; }

    /// <summary>It belongs to a measure: what follows from it stays with the measure's incident, and outcomes are counted for that alone.</summary>
    public bool OfMeasure { get; init; }

    /// <summary>Its outcome is how the police dispose of the incident.</summary>
    public bool Disposes { get; init; }

    /// <summary>The form of kinds that end with a step on a measure, never by themselves.</summary>
    public const string MeasureForm = "measure";

    /// <summary>Checks whether a filled form ends the duty.</summary>
    /// <param name="outcome">The chosen outcome.</param>
    /// <param name="form">The form, a JSON object with the fields' ids as names.</param>
    /// <returns>Nothing when it does.</returns>
    public IReadOnlyList<CompletionFault> Check(string? outcome, JsonElement form) =>
        Outcomes.FirstOrDefault(o => o.Id == outcome) is { } chosen ? Check(Fields, chosen.Required, form) : [new CompletionFault("outcome", "duties.outcome-unknown")];

    /// <summary>Checks a filled form.</summary>
    /// <param name="fields">Its fields.</param>
    /// <param name="required">Those that must be filled.</param>
    /// <param name="form">The form, a JSON object with the fields' ids as names.</param>
    /// <returns>Nothing when all is right.</returns>
    public static IReadOnlyList<CompletionFault> Check(IEnumerable<DutyField> fields, IReadOnlyList<string> required, JsonElement form)
    {
        var faults = new List<CompletionFault>();
        foreach (var field in fields)
        {
            var value = form.ValueKind == JsonValueKind.Object && form.TryGetProperty(field.Id, out var found) ? found : default;
            if (IsBlank(value))
            {
                if (required.Contains(field.Id, StringComparer.Ordinal))
                {
                    faults.Add(new CompletionFault(field.Id, "duties.field-required"));
                }
            }
            else if (!IsValid(field, value))
            {
                faults.Add(new CompletionFault(field.Id, "duties.field-invalid"));
            }
        }

        return faults;
    }

    /// <summary>What a filled form teaches.</summary>
    /// <param name="form">The form, a JSON object with the fields' ids as names.</param>
    public IEnumerable<LearnedFact> Learned(JsonElement form)
    {
        if (form.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        foreach (var field in Fields)
        {
            if (!form.TryGetProperty(field.Id, out var value))
            {
                continue;
            }

            string?[] answers = value.ValueKind == JsonValueKind.Array
                ? [.. value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString() : null)]
                : [value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()];
            if (field.Learns is { } fact && answers is ["true" or "yes"])
            {
                yield return fact;
            }

            foreach (var option in field.Options)
            {
                if (option.Learns is { } learned && answers.Contains(option.Id, StringComparer.Ordinal))
                {
                    yield return learned;
                }
            }
        }
    }

    private static bool IsBlank(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => true,
        JsonValueKind.String => string.IsNullOrWhiteSpace(value.GetString()),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };

    /// <summary>Web forms send text, systems send JSON types: both are understood.</summary>
    private static bool IsValid(DutyField field, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return field.Type switch
        {
            DutyFieldType.Text or DutyFieldType.LongText => value.ValueKind == JsonValueKind.String,
            DutyFieldType.Number => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= (field.Min ?? int.MinValue),
            DutyFieldType.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            DutyFieldType.DateTime => DateTime.TryParseExact(text, DutyField.LocalTime, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            DutyFieldType.YesNo => text is "true" or "false" or "yes" or "no",
            DutyFieldType.Choice => field.Options.Any(o => o.Id == text),
            DutyFieldType.Choices => value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String && field.Options.Any(o => o.Id == v.GetString()))
                : field.Options.Any(o => o.Id == text),
        };
    }
}
