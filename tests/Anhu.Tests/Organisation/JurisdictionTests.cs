using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Testing;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Organisation;

public sealed class JurisdictionTests(SeededCity city) : IClassFixture<SeededCity>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Random moves, returns and dissolutions: afterwards every place still has exactly one responsible, active unit for every agency.</summary>
    [Fact]
    public async Task AnyPlace_AfterRandomChanges_HasExactlyOneResponsibleUnit()
    {
        var start = await city.Organisation.GetAsync(Ct);
        var agencies = new[] { Agency.Police, Agency.WomensFederation, Agency.CommunityOffice, Agency.Court };
        var places = start.Children("340104000000").SelectMany(t => start.Children(t.RegionCode)).Concat(start.Children("340104000000"))
            .Concat(start.Children("340176000000")).Append(start.Region("340104")!).Select(r => r.RegionCode).ToArray();
        var units = start.Units.Where(u => agencies.Contains(u.Agency)
            && (RegionCodes.Contains("340104", u.RegionCode) || RegionCodes.Contains("340176", u.RegionCode))).Select(u => u.Code).ToArray();
        var step = Gen.Select(Gen.Int[0, 9], OneOf(agencies), OneOf(places), OneOf(units));

        await step.Array[4, 8].SampleAsync(
            async steps =>
            {
                await ResetAsync(start);
                foreach (var (kind, agency, place, unit) in steps)
                {
                    var ofUnit = start.Find(unit)!.Agency;
                    await WithUnitsAsync(administration => kind switch
                    {
                        < 5 => administration.MoveJurisdictionAsync(ofUnit, place, unit, null, Ct),
                        < 8 => administration.MoveJurisdictionAsync(agency, place, null, null, Ct),
                        _ => administration.DissolveAsync(unit, null, Ct),
                    });
                }

                var map = await city.Organisation.GetAsync(Ct);
                foreach (var agency in Enum.GetValues<Agency>())
                {
                    foreach (var place in places.Append(map.CityCode).Append("340104001001001"))
                    {
                        foreach (var level in Enum.GetValues<RegionLevel>())
                        {
                            var responsible = map.Responsible(agency, place, level);
                            if (responsible is not { IsActive: true } || map.CommonSuperior(responsible, responsible) is not { IsActive: true })
                            {
                                return false;
                            }
                        }
                    }
                }

                // One row per agency and region, each with an active unit of that agency.
                return await city.QueryAsync(async db => !await db.Jurisdictions.AnyAsync(
                        j => !db.Units.Any(u => u.UnitId == j.UnitId && u.Agency == j.Agency && u.IsActive), Ct))
                    && map.Units.Where(u => u.IsActive).All(u => map.WithSuperiors(u).All(s => s.IsActive));
            },
            iter: 8, threads: 1);
        await ResetAsync(start);
    }

    [Fact]
    public async Task Move_ToAnotherStation_TakesThePlaceAndLeavesTheRest()
    {
        var result = await WithUnitsAsync(a => a.MoveJurisdictionAsync(Agency.Police, "340103001001", "340103002-police", null, Ct));

        Assert.True(result.IsOk);
        var map = await city.Organisation.GetAsync(Ct);
        Assert.Equal("340103002-police", map.Responsible(Agency.Police, "340103001001", RegionLevel.Township)?.Code);
        Assert.Equal("340103001-police", map.Responsible(Agency.Police, "340103001002", RegionLevel.Township)?.Code);
        Assert.Equal("340103-police", map.Responsible(Agency.Police, "340103001001", RegionLevel.County)?.Code);
        var recorded = await city.QueryAsync(db => db.Timeline.Where(e => e.Type == OrganisationEvents.JurisdictionMoved)
            .OrderByDescending(e => e.Sequence).Select(e => e.Data).FirstAsync(Ct));
        Assert.Contains("340103001001", recorded, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("340102000000", "340102001-police", "organisation.region-too-large")]
    [InlineData("340199000000", "340102-police", "organisation.region-unknown")]
    [InlineData("340102001000", "340102-court", "organisation.unit-unknown")]
    [InlineData("340102001000", "340199-police", "organisation.unit-not-found")]
    [InlineData("340100000000", null, "organisation.city-needs-unit")]
    public async Task Move_ThatMakesNoSense_IsRefused(string region, string? unit, string code)
    {
        var result = await WithUnitsAsync(a => a.MoveJurisdictionAsync(Agency.Police, region, unit, null, Ct));

        Assert.Equal(code, result.Failure?.Code);
    }

    [Fact]
    public async Task Dissolve_WithAnOpenDuty_NamesHowMany()
    {
        var unit = (await city.Organisation.GetAsync(Ct)).Find("340111001-womens-federation")!;
        await using (var db = await city.OpenAsync())
        {
            for (var i = 0; i < 2; i++)
            {
                db.Duties.Add(new Duty
                {
                    DutyId = Guid.CreateVersion7(), CaseId = Guid.CreateVersion7(), Kind = "return-visit", OwnerUnitId = unit.UnitId,
                    State = i == 0 ? DutyState.Accepted : DutyState.Done, CreatedAt = city.Clock.Now, DueAt = city.Clock.Now, Class = 2, Basis = "x",
                });
            }

            await db.SaveChangesAsync(Ct);
        }

        var result = await WithUnitsAsync(a => a.DissolveAsync(unit.Code, null, Ct));

        Assert.Equal("organisation.unit-has-duties", result.Failure?.Code);
        Assert.Equal("1", result.Failure?.Detail);
        Assert.True((await city.Organisation.GetAsync(Ct)).Find(unit.Code)!.IsActive);
    }

    [Fact]
    public async Task Dissolve_WithAWorker_IsRefused_AndFallsUpwardsAfterTheMove()
    {
        var worker = await city.Data.CreateWorkerAsync("340111002-womens-federation");

        var refused = await WithUnitsAsync(a => a.DissolveAsync("340111002-womens-federation", null, Ct));
        await city.WithAsync<WorkerAdministration, Result>(w => w.ChangeAsync(worker.Id, null, "王芳", "340111-womens-federation", null, null, Ct));
        var done = await WithUnitsAsync(a => a.DissolveAsync("340111002-womens-federation", null, Ct));

        Assert.Equal("organisation.unit-has-workers", refused.Failure?.Code);
        Assert.True(done.IsOk);
        var map = await city.Organisation.GetAsync(Ct);
        Assert.Equal("340111-womens-federation", map.Responsible(Agency.WomensFederation, "340111002001", RegionLevel.Township)?.Code);
        Assert.False(map.Find("340111002-womens-federation")!.IsActive);
    }

    [Fact]
    public async Task Change_ByAnAdministratorOfAnotherDistrict_IsForbidden()
    {
        var map = await city.Organisation.GetAsync(Ct);
        var admin = new Caller { WorkerId = Guid.CreateVersion7(), UnitId = map.Find("340103-police")!.UnitId, Roles = [WorkerRole.SystemAdministrator] };

        var elsewhere = await WithUnitsAsync(a => a.ChangeAsync("340102-police", null, "x", null, admin, Ct));
        var own = await WithUnitsAsync(a => a.ChangeAsync("340103-health", null, "庐阳区卫健委", "0551-12345", admin, Ct));
        var asCaseworker = await WithUnitsAsync(a => a.ChangeAsync("340103-health", null, "x", null, admin with { Roles = [WorkerRole.Supervisor] }, Ct));

        Assert.Equal(FailureKind.Forbidden, elsewhere.Failure?.Kind);
        Assert.True(own.IsOk);
        Assert.Equal("庐阳区卫健委", (await city.Organisation.GetAsync(Ct)).Find("340103-health")!.Name);
        Assert.Equal(FailureKind.Forbidden, asCaseworker.Failure?.Kind);
    }

    private static Gen<T> OneOf<T>(T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    /// <summary>Each history starts from the same organisation, so that a failing one can be run again by its seed.</summary>
    private async Task ResetAsync(OrganisationMap start)
    {
        await using var db = await city.OpenAsync();
        await db.ExclusivelyAsync(
            async () =>
            {
                await db.Jurisdictions.ExecuteDeleteAsync(Ct);
                await db.Units.ExecuteDeleteAsync(Ct);
                await db.Store.Provider.InsertAsync(
                    db,
                    [
                        [.. start.Units],
                        [.. start.Units.SelectMany(u => start.Jurisdictions(u).Select(p => new UnitJurisdiction { Agency = u.Agency, RegionPrefix = p, UnitId = u.UnitId }))],
                    ],
                    Ct);
                return 0;
            },
            Ct);
        city.Organisation.Invalidate();
    }

    private Task<Result> WithUnitsAsync(Func<UnitAdministration, Task<Result>> work) => city.WithAsync(work);
}
