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
