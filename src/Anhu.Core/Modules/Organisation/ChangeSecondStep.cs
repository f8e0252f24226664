using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>Decides which roles sign in with a second step.</summary>
public sealed class ChangeSecondStepHandler(IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, TimeProvider time)
{
    /// <summary>Only a security administrator of a unit of the city decides for the city.</summary>
    public static Failure NotTheCitys { get; } = new(FailureKind.Forbidden, "security.second-step-citys");

    /// <summary>Whether the caller decides.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="map">The units.</param>
    public static bool MayChange(Caller caller, OrganisationMap map) =>
        caller.May(Permissions.AdministerSecurity) && caller.UnitId is { } unit && map.Find(unit) is { Level: RegionLevel.City };

    /// <summary>Sets the roles.</summary>
    /// <param name="roles">All roles that shall ask for it.</param>
    /// <param name="before">What counted until now, for the record.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> Handle(IReadOnlyCollection<WorkerRole> roles, IReadOnlyCollection<WorkerRole> before, Caller caller, CancellationToken ct)
    {
        if (!MayChange(caller, await organisation.GetAsync(ct)))
        {
            return NotTheCitys;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync(() => ChangeAsync(db, roles, before, caller, ct), ct);
    }

    private async Task<Result> ChangeAsync(
        AnhuDbContext db, IReadOnlyCollection<WorkerRole> roles, IReadOnlyCollection<WorkerRole> before, Caller caller, CancellationToken ct)
    {
        var now = time.Now;
        var wanted = roles.Distinct().Order().ToList();
        var rule = await db.SecondStepRules.SingleOrDefaultAsync(ct);
        var from = (rule?.Roles ?? before).Order().ToList();
        if (rule is not null && from.SequenceEqual(wanted))
        {
            return Result.Ok;
        }

        if (rule is null)
        {
            rule = new SecondStepRule { SecondStepRuleId = SecondStepRule.OnlyId };
            db.Add(rule);
        }

        (rule.Roles, rule.ChangedAt, rule.ChangedByWorkerId) = (wanted, now, caller.WorkerId);
        db.Record(new PendingEvent(SecondStepRule.Changed, now, UnitId: caller.UnitId, Data: EventData.Of(
            ("from", from.Select(WorkerRoles.Code)), ("to", wanted.Select(WorkerRoles.Code)))));
        return Result.Ok;
    }
}
