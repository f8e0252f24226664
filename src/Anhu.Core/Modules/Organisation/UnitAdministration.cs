using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>
/// Changes units and who answers for which region. Whatever is done, each place keeps exactly one responsible unit per
/// agency: a region is held by one unit (primary key), falls to the unit above when nobody holds it, and the city's own
/// is never given up. <c>by</c> is null for the operator at the console, who may all.
/// </summary>
public sealed class UnitAdministration(
    AnhuDbContext db, OrganisationDirectory organisation, IEnumerable<IJurisdictionFollower> followers, IEnumerable<IUnitWork> work, TimeProvider time)
{
    /// <summary>Longest name.</summary>
    public const int NameMaxLength = 100;

    /// <summary>Longest duty telephone.</summary>
    public const int PhoneMaxLength = 30;

    /// <summary>Changes name and duty telephone.</summary>
    /// <param name="code">The unit.</param>
    /// <param name="version">The version that the administrator saw; null takes any.</param>
    /// <param name="name">Name in Chinese.</param>
    /// <param name="dutyPhone">Duty telephone for other departments, or blank.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> ChangeAsync(string code, long? version, string name, string? dutyPhone, Caller? by, CancellationToken ct)
    {
        name = name.Trim();
        dutyPhone = string.IsNullOrWhiteSpace(dutyPhone) ? null : dutyPhone.Trim();
        if (name.Length is 0 or > NameMaxLength)
        {
            return new Failure(FailureKind.Invalid, "organisation.unit-name", "name");
        }

        if (dutyPhone is not null && (dutyPhone.Length > PhoneMaxLength || !dutyPhone.All(c => char.IsAsciiDigit(c) || "+- ()".Contains(c))))
        {
            return new Failure(FailureKind.Invalid, "organisation.unit-phone", "dutyPhone");
        }

        return await RunAsync(
            plan =>
            {
                var found = plan.Find(code, by);
                if (!found.IsOk)
                {
                    return Task.FromResult<Result>(found.Failure!);
                }

                var unit = found.Value;
                if (version is { } seen && seen != unit.Version)
                {
                    return Task.FromResult<Result>(new Failure(FailureKind.Conflict, "organisation.someone-faster"));
                }

                unit.Name = name;
                unit.DutyPhone = dutyPhone;
                Record(OrganisationEvents.UnitChanged, unit, ("name", name), ("dutyPhone", dutyPhone));
                return Task.FromResult(Result.Ok);
            },
            ct);
    }

    /// <summary>Gives a region to a unit of the same agency, or back to the unit above.</summary>
    /// <param name="agency">The agency.</param>
    /// <param name="regionCode">The region.</param>
    /// <param name="toCode">The unit that shall answer for it; null gives it back to the unit above.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result> MoveJurisdictionAsync(Agency agency, string regionCode, string? toCode, Caller? by, CancellationToken ct) => RunAsync(
        async plan =>
        {
            if (plan.Map.Region(regionCode) is not { Level: >= RegionLevel.City } region)
            {
                return new Failure(FailureKind.Invalid, "organisation.region-unknown", "region");
            }

            if (!AdministrationScope.Covers(plan.Map, by, region.RegionCode))
            {
                return new Failure(FailureKind.Forbidden, "organisation.out-of-scope", "region");
            }

            Unit? to = null;
            if (toCode is not null)
            {
                var found = plan.Find(toCode, by);
                if (!found.IsOk)
                {
                    return found.Failure!;
                }

                to = found.Value;
                if (!to.IsActive || to.Agency != agency)
                {
                    return new Failure(FailureKind.Invalid, "organisation.unit-unknown", "unit");
                }

                if (region.Level < to.Level)
                {
                    return new Failure(FailureKind.Invalid, "organisation.region-too-large", "region");
                }
            }
            else if (region.Level == RegionLevel.City)
            {
                return new Failure(FailureKind.NotAllowed, "organisation.city-needs-unit", "region");
            }

            await MoveAsync(plan, agency, RegionCodes.Prefix(region.RegionCode), to, ct);
            return Result.Ok;
        },
        ct);

    /// <summary>Dissolves a unit: its regions fall to the unit above, which also takes over the units below it. Its open duties and its workers have to be moved first.</summary>
    /// <param name="code">The unit.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result> DissolveAsync(string code, Caller? by, CancellationToken ct) => RunAsync(
        async plan =>
        {
            var found = plan.Find(code, by);
            if (!found.IsOk)
            {
                return found.Failure!;
            }

            var unit = found.Value;
            if (!unit.IsActive)
            {
                return new Failure(FailureKind.NotAllowed, "organisation.unit-dissolved");
            }

            if (unit.Level <= RegionLevel.City)
            {
                return new Failure(FailureKind.NotAllowed, "organisation.city-needs-unit");
            }

            var open = 0;
            foreach (var kind in work)
            {
                open += await kind.CountOpenAsync(db, unit.UnitId, ct);
            }

            if (open > 0)
            {
                return new Failure(FailureKind.NotAllowed, "organisation.unit-has-duties", Detail: Count(open));
            }

            var workers = await db.Workers.CountAsync(w => w.UnitId == unit.UnitId && w.IsActive, ct);
            if (workers > 0)
            {
                return new Failure(FailureKind.NotAllowed, "organisation.unit-has-workers", Detail: Count(workers));
            }

            unit.IsActive = false;
            foreach (var prefix in plan.Map.Jurisdictions(unit))
            {
                await MoveAsync(plan, unit.Agency, prefix, null, ct);
            }

            foreach (var below in plan.Units.Where(u => u.SuperiorUnitId == unit.UnitId))
            {
                below.SuperiorUnitId = unit.SuperiorUnitId;
            }

            var now = time.Now;
            db.DutyRoster.RemoveRange(await db.DutyRoster.Where(e => e.UnitId == unit.UnitId && e.StartsAt > now).ToListAsync(ct));
            Record(OrganisationEvents.UnitDissolved, unit);
            return Result.Ok;
        },
        ct);

    private static string Count(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Record(string type, Unit unit, params (string Name, object? Value)[] details) =>
        db.Record(new PendingEvent(type, time.Now, UnitId: unit.UnitId, Data: EventData.Of([("unit", unit.Code), .. details])));

    /// <summary>Reads the organisation as it is in the store and changes it, with nobody else writing meanwhile.</summary>
    private async Task<Result> RunAsync(Func<Plan, Task<Result>> change, CancellationToken ct)
    {
        var result = await db.ExclusivelyAsync(
            async () =>
            {
                var plan = new Plan(
                    await db.Regions.AsNoTracking().ToListAsync(ct), await db.Units.ToListAsync(ct), await db.Jurisdictions.ToListAsync(ct));
                var outcome = await change(plan);
                if (outcome.IsOk)
                {
                    await OrganisationDirectory.RaiseAsync(db, ct);
                }

                return outcome;
            },
            ct);
        organisation.Invalidate();
        return result;
    }

    private async Task MoveAsync(Plan plan, Agency agency, string prefix, Unit? to, CancellationToken ct)
    {
        var before = plan.Map.Responsible(agency, prefix, RegionLevel.Grid);
        var row = plan.Rows.Find(r => r.Agency == agency && r.RegionPrefix == prefix);
        if (to is null && row is not null)
        {
            plan.Rows.Remove(row);
            db.Jurisdictions.Remove(row);
        }
        else if (to is not null && row is null)
        {
            row = new UnitJurisdiction { Agency = agency, RegionPrefix = prefix, UnitId = to.UnitId };
            plan.Rows.Add(row);
            db.Jurisdictions.Add(row);
        }
        else if (to is not null && row is not null)
        {
            row.UnitId = to.UnitId;
        }

        plan.Redraw();
        var after = plan.Map.Responsible(agency, prefix, RegionLevel.Grid);
        if (before?.UnitId == after?.UnitId)
        {
            return;
        }

        // Smaller units within the region answer to whoever has it now.
        foreach (var below in plan.Units)
        {
            if (before is not null && below.SuperiorUnitId == before.UnitId && below.Agency == agency && below.UnitId != after?.UnitId
                && RegionCodes.Contains(prefix, below.RegionCode) && (after is null || below.Level > after.Level))
            {
                below.SuperiorUnitId = after?.Agency == agency ? after.UnitId : null;
            }
        }

        plan.Redraw();
        Record(OrganisationEvents.JurisdictionMoved, after ?? before!, ("region", RegionCodes.Full(prefix)), ("from", before?.Code), ("to", after?.Code));

        // Access to the region's cases follows here.
        var move = new JurisdictionMove(agency, prefix, before, after, plan.Map);
        foreach (var follower in followers)
        {
            await follower.FollowAsync(db, move, ct);
        }
    }

    /// <summary>The organisation being changed.</summary>
    private sealed class Plan(List<Region> regions, List<Unit> units, List<UnitJurisdiction> rows)
    {
        public List<Unit> Units => units;

        public List<UnitJurisdiction> Rows => rows;

        public OrganisationMap Map { get; private set; } = new(regions, units, rows, null);

        public void Redraw() => Map = new OrganisationMap(regions, units, rows, null);

        public Result<Unit> Find(string code, Caller? by)
        {
            if (Map.Find(code) is not { } unit)
            {
                return new Failure(FailureKind.NotFound, "organisation.unit-not-found");
            }

            return AdministrationScope.Covers(Map, by, unit) ? unit : new Failure(FailureKind.Forbidden, "organisation.out-of-scope");
        }
    }
}
