using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;

namespace Anhu.Modules.Dispositions;

/// <summary>A letter that was missed is answered for by the station's leader, or by one above; that it was issued after all, the platform sees by itself.</summary>
internal sealed class MissedLetterFollower : IDutyFollower
{
    /// <inheritdoc />
    public Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct)
    {
        Failure? refused = duty.Kind != LetterWatch.MissedKind || step.ByMeasure ? null
            : caller.WorkerId is null || !AccessPolicy.MaySupervise(caller, duty.OwnerUnitId, rules.Map) ? MeasureFailures.NeedsLeader
            : step.Outcome is "issued" or "ended" ? DutyFailures.DoneByMeasure
            : null;
        return Task.FromResult(refused is { } why ? (Result<Action<CaseFile, Duty, IChangeSink>?>)why : (Action<CaseFile, Duty, IChangeSink>?)null);
    }
}
