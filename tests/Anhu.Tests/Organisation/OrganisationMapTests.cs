using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Organisation;

public sealed class OrganisationMapTests(SeededCity city) : IClassFixture<SeededCity>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Seeding_OfHefei_HasEveryRegionOnce()
    {
        await using var db = await city.OpenAsync();

        var levels = await db.Regions.GroupBy(r => r.Level).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, Ct);
        var map = await city.Organisation.GetAsync(Ct);

        Assert.Equal(12, levels[RegionLevel.County]);
        Assert.Equal(160, levels[RegionLevel.Township]);
        Assert.Equal(1773, levels[RegionLevel.Community]);
        Assert.Equal("340100000000", map.CityCode);
        Assert.Equal("合肥市蜀山区三里庵街道", map.RegionFullName("340104001000"));
        Assert.Equal("三里庵街道", map.RegionName("340104001"));
        Assert.Equal(12, map.Children(map.CityCode).Count);
        Assert.Equal(3, await db.Regions.CountAsync(r => r.Level == RegionLevel.County && !r.IsStatutory, Ct));
        Assert.Null(map.Region("340199000000"));
    }

    [Theory]
    [InlineData("340104001000", "合肥市蜀山区三里庵街道史河路1号", "合肥市蜀山区三里庵街道史河路1号")]
    [InlineData("340104001001", "合肥市蜀山区三里庵街道史河路1号", "合肥市蜀山区三里庵街道史河路1号")]
    [InlineData("340104001000", "史河路1号", "合肥市蜀山区三里庵街道 史河路1号")]
    [InlineData("340104001000", "合肥市史河路1号", "合肥市蜀山区三里庵街道 合肥市史河路1号")]
    [InlineData("340104001000", null, "合肥市蜀山区三里庵街道")]
    [InlineData(null, "史河路1号", "史河路1号")]
    [InlineData(null, null, null)]
    public async Task Place_SaysNothingTwice_AndLeavesNothingOut(string? region, string? address, string? expected) =>
        Assert.Equal(expected, (await city.Organisation.GetAsync(Ct)).Place(region, address));

    [Fact]
    public async Task Seeding_Again_ChangesNothing()
    {
        await using var db = await city.OpenAsync();
        var before = (await db.Units.CountAsync(Ct), await db.Jurisdictions.CountAsync(Ct), await db.Timeline.CountAsync(Ct));

        var added = await city.Services.GetRequiredService<OrganisationSeeder>().EnsureAsync(Ct);

        Assert.Equal(0, added);
        Assert.Equal(before, (await db.Units.CountAsync(Ct), await db.Jurisdictions.CountAsync(Ct), await db.Timeline.CountAsync(Ct)));
    }

    [Theory]
    [InlineData("340100-police", "合肥市公安局")]
    [InlineData("340104-police", "合肥市公安局蜀山分局")]
    [InlineData("340176-police", "合肥市公安局高新技术产业开发区分局")]
    [InlineData("340121-police", "长丰县公安局")]
    [InlineData("340104001-police", "三里庵派出所")]
    [InlineData("340104-womens-federation", "蜀山区妇女联合会")]
    [InlineData("340104002-community-office", null)]
    [InlineData("340100-court", "合肥市中级人民法院")]
    [InlineData("340104-court", "合肥市蜀山区人民法院")]
    [InlineData("340181-political-legal-committee", "中共巢湖市委政法委员会")]
    [InlineData("340104001-street-office", "三里庵街道办事处")]
    [InlineData("340104100-street-office", "井岗镇人民政府")]
    [InlineData("340104001-political-legal-committee", "三里庵街道综治中心")]
    [InlineData("340103-disabled-persons-federation", "庐阳区残疾人联合会")]
    [InlineData("340100-press", null)]
    [InlineData("340124401-street-office", "白湖监狱生活社区服务中心")]
    public async Task Find_ContractCode_NamesTheUnit(string code, string? name)
    {
        var map = await city.Organisation.GetAsync(Ct);

        var unit = map.Find(code);

        Assert.NotNull(unit);
        Assert.Equal(name ?? unit.Name, unit.Name);
        Assert.Same(unit, map.Find(unit.UnitId));
        Assert.Equal([RegionCodes.Prefix(unit.RegionCode)], map.Jurisdictions(unit));
    }

    [Theory]
    [InlineData(Agency.Police, "340104001001", RegionLevel.Township, "340104001-police")]
    [InlineData(Agency.Police, "340104001001", RegionLevel.County, "340104-police")]
    [InlineData(Agency.Police, "340104001001", RegionLevel.Grid, "340104001-police")]
    [InlineData(Agency.Police, "340104000000", RegionLevel.Township, "340104-police")]
    [InlineData(Agency.Police, null, RegionLevel.Township, "340100-police")]
    [InlineData(Agency.Court, "340176401000", RegionLevel.County, "340100-court")]
    [InlineData(Agency.CommunityOffice, "340104001001", RegionLevel.Community, "340104001001-community-office")]
    [InlineData(Agency.CommunityOffice, "340104001001", RegionLevel.Township, "340104001-community-office")]
    [InlineData(Agency.CommunityOffice, "340104001001001", RegionLevel.Grid, "340104001001-community-office")]
    [InlineData(Agency.Press, "340104001001", RegionLevel.Community, "340100-press")]
    [InlineData(Agency.StreetOffice, "340104000000", RegionLevel.Township, "340104-political-legal-committee")]
    [InlineData(Agency.CommunityOffice, null, RegionLevel.Community, "340100-political-legal-committee")]
    [InlineData(Agency.Health, "110101001001", RegionLevel.County, "340100-health")]
    public async Task Responsible_FallsUpwards(Agency agency, string? region, RegionLevel level, string code)
    {
        var map = await city.Organisation.GetAsync(Ct);

        Assert.Equal(code, map.Responsible(agency, region, level)?.Code);
    }

    [Theory]
    [InlineData("340104001-police", "340104002-police", "340104-police")]
    [InlineData("340104001-police", "340103001-police", "340100-police")]
    [InlineData("340104-police", "340104001-police", "340100-police")]
    [InlineData("340104001-police", "340104001-womens-federation", "340104001-political-legal-committee")]
    [InlineData("340104001-police", "340104002-womens-federation", "340104-political-legal-committee")]
    [InlineData("340104-court", "340103-womens-federation", "340100-political-legal-committee")]
    [InlineData("340100-police", "340100-police", "340100-political-legal-committee")]
    [InlineData("340100-police", "340104-police", "340100-political-legal-committee")]
    [InlineData("340104001-political-legal-committee", "340104001-police", "340104-political-legal-committee")]
    [InlineData("340104001001-community-office", "340104001-street-office", "340104001-political-legal-committee")]
    public async Task CommonSuperior_IsAboveBoth(string a, string b, string code)
    {
        var map = await city.Organisation.GetAsync(Ct);

        Assert.Equal(code, map.CommonSuperior(map.Find(a)!, map.Find(b)!)?.Code);
        Assert.Equal(code, map.CommonSuperior(map.Find(b)!, map.Find(a)!)?.Code);
    }

    [Theory]
    [InlineData("340104001-police", "340104-police")]
    [InlineData("340104001001-community-office", "340104001-community-office")]
    [InlineData("340104001-community-office", "340104001-street-office")]
    [InlineData("340104001-street-office", "340104-political-legal-committee")]
    [InlineData("340100-health", "340100-political-legal-committee")]
    [InlineData("340176-political-legal-committee", "340100-political-legal-committee")]
    [InlineData("340100-political-legal-committee", null)]
    public async Task Supervisor_OfAUnit(string unit, string? supervisor)
    {
        var map = await city.Organisation.GetAsync(Ct);

        Assert.Equal(supervisor, map.Supervisor(map.Find(unit)!)?.Code);
    }

    [Theory]
    [InlineData(117.25, 31.85, true)]
    [InlineData(117.309546, 31.857917, true)]
    [InlineData(117.87, 31.60, true)]
    [InlineData(116.40, 39.90, false)]
    [InlineData(118.36, 31.34, false)]
    [InlineData(-87.9, 43.0, false)]
    [InlineData(double.NaN, 31.85, false)]
    [InlineData(0, 0, false)]
    public async Task IsInside_KnowsTheCity(double longitude, double latitude, bool inside)
    {
        var map = await city.Organisation.GetAsync(Ct);

        Assert.Equal(inside, map.IsInside(longitude, latitude));
    }

    [Fact]
    public async Task GetAsync_AfterAChangeElsewhere_SeesIt()
    {
        var map = await city.Organisation.GetAsync(Ct);
        Assert.Same(map, await city.Organisation.GetAsync(Ct));

        city.Organisation.Invalidate();

        Assert.NotSame(map, await city.Organisation.GetAsync(Ct));
    }
}
