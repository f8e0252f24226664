using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Duties;
using Anhu.Modules.Playbooks;

namespace Anhu.Modules.Measures;

/// <summary>The forms of steps, drawn like those of duties.</summary>
internal static class MeasureForms
{
    /// <summary>The form of a row.</summary>
    public static DutyKind Of(MeasureRules rules, MeasureRow row) => new()
    {
        Id = row.Action, Title = rules.Actions[row.Action], What = rules.Actions[row.Action], Form = "standard",
        Fields = [.. row.Required.Concat(row.Optional).Select(f => rules.Fields[f])],
        Outcomes = [new DutyOutcome("act", rules.Actions[row.Action], row.Required)],
    };

    /// <summary>What is filled in already.</summary>
    public static DutyFormValues Values(DutyKind form, IReadOnlyDictionary<string, string> fields) => DutyFormValues.Of(JsonSerializer.Serialize(
        form.Fields.Where(f => fields.ContainsKey(f.Id)).ToDictionary(f => f.Id, f => f.Type == DutyFieldType.Choices ? fields[f.Id].Split(',') : [fields[f.Id]]), Data.JsonText.Options));
}
