using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Work;

/// <summary>A mediation (人民调解) is one only where each side, asked alone, was willing, and an agreement counts only where they were kept apart (victim-safety G2). Otherwise it was stopped.</summary>
internal sealed class MediationFollower : IDutyFollower
{
    private const string Kind = "mediation";

    /// <inheritdoc />
    public Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct)
    {
        string[] asked = duty.Kind != Kind ? [] : step.Outcome switch
        {
            "agreed" => ["victimWilling", "otherWilling", "heldApart"],
            "failed" => ["victimWilling", "otherWilling"],
            _ => [],
        };
        return Task.FromResult<Result<Action<CaseFile, Duty, IChangeSink>?>>(Array.Find(asked, f => !FormAnswers.IsYes(step.Form, f)) is { } missing
            ? new Failure(FailureKind.NotAllowed, "duties.not-willing", missing)
            : (Action<CaseFile, Duty, IChangeSink>?)null);
    }
}

/// <summary>Reads answers of a form that was filled in.</summary>
internal static class FormAnswers
{
    /// <summary>Whether a question was answered with yes.</summary>
    /// <param name="form">The form as JSON; null when there is none.</param>
    /// <param name="name">The field.</param>
    public static bool IsYes(string? form, string name)
    {
        using var json = JsonDocument.Parse(form ?? "{}");
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value)
            && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && value.GetString() is "yes" or "true"));
    }
}
