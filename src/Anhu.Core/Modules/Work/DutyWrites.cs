using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Work;

/// <summary>Stores something that belongs to a duty which goes on, such as a call that nobody answered: whoever does it takes the duty and begins it.</summary>
public sealed class DutyWrites(IDbContextFactory<AnhuDbContext> contexts, TakeDutyStepHandler steps, OrganisationDirectory organisation)
{
    /// <summary>The steps that lead from where a duty stands to another step, that one included.</summary>
    /// <param name="state">Where it stands.</param>
    /// <param name="last">The last step.</param>
    public static IEnumerable<DutyStep> StepsTo(DutyState state, DutyStep last)
    {
        if (state is DutyState.Proposed or DutyState.Assigned)
        {
            yield return DutyStep.Accept;
        }

        if (state is DutyState.Proposed or DutyState.Assigned or DutyState.Accepted)
        {
            yield return DutyStep.Start;
        }

        if (last != DutyStep.Start)
        {
            yield return last;
        }
    }

    /// <summary>Begins the duty where that is still to be done, and stores something with it in one transaction.</summary>
    /// <param name="dutyId">The duty.</param>
    /// <param name="version">The version that was seen; null when it does not matter.</param>
    /// <param name="caller">Who acts.</param>
    /// <param name="add">Gets the case, the duty and where new rows and facts go.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<Duty>> AddAsync(
        Guid dutyId, long? version, Caller caller, Action<CaseFile, Duty, IChangeSink> add, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = await db.Duties.AsNoTracking().VisibleTo(caller, db).SingleOrDefaultAsync(d => d.DutyId == dutyId, ct);
        if (now is null)
        {
            return DutyFailures.NotFound;
        }

        var list = StepsTo(now.State, DutyStep.Start).ToList();
        if (list.Count > 0)
        {
            return await steps.Handle(
                [.. list.Select((step, i) => new TakeDutyStep
                {
                    DutyId = dutyId, Step = step, Version = i == 0 ? version : null, Also = i == list.Count - 1 ? add : null,
                })],
                caller, ct);
        }

        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result<Duty>>(
            async () =>
            {
                var duty = await db.Duties.SingleAsync(d => d.DutyId == dutyId, ct);
                if (duty.State != DutyState.InProgress)
                {
                    return new Failure(FailureKind.NotAllowed, "duties.step-not-allowed", Detail: duty.State.ToString());
                }

                if (version is { } seen && seen != duty.Version)
                {
                    return DutyFailures.SomeoneWasFaster;
                }

                if (!caller.May(Permissions.WorkDuties) || (duty.OwnerUnitId != caller.UnitId && !AccessPolicy.MaySupervise(caller, duty.OwnerUnitId, map)))
                {
                    return new Failure(FailureKind.Forbidden, "duties.not-your-unit");
                }

                // A new version, so that two who do it at once do not both succeed.
                db.Entry(duty).State = EntityState.Modified;
                add((await CaseFile.LoadAsync(db, [duty.CaseId], ct))[duty.CaseId], duty, new TrackedSink(db));
                return duty;
            },
            ct);
    }
}
