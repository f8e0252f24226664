using System.Globalization;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;

namespace Anhu.Modules.Demo;

/// <summary>Where made-up families live: half of them in Shushan, the rest in the other districts and counties.</summary>
internal sealed class DemoPlaces
{
    /// <summary>The district that the demo is mostly about.</summary>
    public const string Shushan = "340104";

    private static readonly string[] Estates =
        ["春晖家园", "安居苑", "和顺小区", "翡翠花园", "金桂园", "丽景苑", "翠竹新村", "锦绣里", "望湖苑", "东方新苑", "梧桐苑", "书香门第", "桂花园", "新华小区", "清溪花园"];

    private readonly OrganisationMap map;
    private readonly List<(Region[] Communities, double Weight)> areas = [];
    private readonly double total;

    public DemoPlaces(OrganisationMap map, int seed)
    {
        this.map = map;
        foreach (var county in map.Children(map.CityCode))
        {
            var random = DemoRandom.For(seed, county.RegionCode);
            var all = map.Children(county.RegionCode).SelectMany(t => map.Children(t.RegionCode)).ToList();
            if (all.Count == 0)
            {
                continue;
            }

            // Not every community has families here: so some of them have several.
            var home = county.RegionCode.StartsWith(Shushan, StringComparison.Ordinal);
            List<Region> chosen = [.. Enumerable.Range(0, home ? 32 : 12).Select(_ => random.Pick(all))];
            if (home)
            {
                // Where those who can sign in work.
                var street = map.Children(DemoCast.Street);
                chosen.AddRange([.. Enumerable.Repeat(street[0], 7), .. Enumerable.Range(0, 5).Select(_ => random.Pick(street))]);
            }

            areas.Add(([.. chosen], home ? 11 : 1));
        }

        total = areas.Sum(a => a.Weight);
    }

    /// <summary>A home.</summary>
    /// <param name="random">Chance.</param>
    public DemoHome Pick(Random random)
    {
        var at = random.NextDouble() * total;
        var communities = areas[^1].Communities;
        foreach (var area in areas)
        {
            at -= area.Weight;
            if (at < 0)
            {
                communities = area.Communities;
                break;
            }
        }

        var community = random.Pick(communities);
        var name = (map.RegionFullName(community.RegionCode) ?? community.Name)
            .Replace("居民委员会", string.Empty, StringComparison.Ordinal).Replace("村民委员会", "村", StringComparison.Ordinal);
        var address = name.EndsWith('村')
            ? string.Create(CultureInfo.InvariantCulture, $"{name}{random.Next(1, 24)}组{random.Next(1, 90)}号")
            : string.Create(CultureInfo.InvariantCulture, $"{name}{random.Pick(Estates)}{random.Next(1, 29)}幢{random.Next(1, 5)}单元{(random.Next(1, 27) * 100) + random.Next(1, 5)}室");
        var (longitude, latitude) = Point(community, random);

        // Grids are known where the cast have theirs.
        var grid = community.RegionCode + random.Pick(("001", 6.0), ("002", 2), ("", 2));
        grid = map.Region(grid)?.RegionCode == grid ? grid : community.RegionCode;
        return new DemoHome(grid, address, longitude, latitude);
    }

    /// <summary>A point near the middle of the county-level area: the reference data has no points of communities.</summary>
    private (double Longitude, double Latitude) Point(Region community, Random random)
    {
        var county = map.Region(RegionCodes.At(community.RegionCode, RegionLevel.County)!);
        var own = DemoRandom.For(1, community.RegionCode);
        var longitude = (county?.Longitude ?? 117.25) + ((own.NextDouble() - 0.5) * 0.14);
        var latitude = (county?.Latitude ?? 31.8) + ((own.NextDouble() - 0.5) * 0.1);
        return (Math.Round(longitude + ((random.NextDouble() - 0.5) * 0.008), 5), Math.Round(latitude + ((random.NextDouble() - 0.5) * 0.006), 5));
    }
}
