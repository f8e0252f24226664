using System.Text.Json;

namespace Anhu.Modules.Work;

/// <summary>Reads answers of a form that was filled in. Web forms send text, systems send JSON types: both are understood.</summary>
internal static class FormAnswers
{
    /// <summary>The answer to a field: its text, a number as written, <c>yes</c> or <c>no</c>; empty when there is none.</summary>
    /// <param name="form">The form as JSON; null when there is none.</param>
    /// <param name="name">The field.</param>
    public static string Text(string? form, string name)
    {
        using var json = JsonDocument.Parse(form ?? "{}");
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!.Trim(),
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.True => "yes",
                JsonValueKind.False => "no",
                _ => "",
            }
            : "";
    }

    /// <summary>Whether a question was answered with yes.</summary>
    /// <param name="form">The form as JSON; null when there is none.</param>
    /// <param name="name">The field.</param>
    public static bool IsYes(string? form, string name) => Text(form, name) is "yes" or "true";
}
