using Anhu.Modules.Regions;

namespace Anhu.Modules.Organisation;

/// <summary>
/// Which units a city has to begin with, and how they are called in Chinese. Administrators rename, merge and dissolve
/// them afterwards; what they changed is never put back.
/// </summary>
public static class UnitPlan
{
    /// <summary>The agencies that have a unit of their own at a region.</summary>
    /// <param name="region">The region.</param>
    public static IReadOnlyList<Agency> AgenciesAt(Region region) => region.Level switch
    {
        RegionLevel.City => AtCity,
        RegionLevel.County => region.IsStatutory ? AtCounty : AtZone,
        RegionLevel.Township => AtTownship,
        RegionLevel.Community => AtCommunity,
        RegionLevel.Province or RegionLevel.Grid => [],
    };

    /// <summary>The name of an agency's unit at a region.</summary>
    /// <param name="agency">The agency.</param>
    /// <param name="region">The region.</param>
    /// <param name="cityName">The city's name, such as 合肥市.</param>
    public static string NameOf(Agency agency, Region region, string cityName) => region.Level switch
    {
        RegionLevel.Township => TownshipName(agency, region.Name),
        RegionLevel.Community => region.Name.EndsWith('会') ? region.Name : region.Name + "居民委员会",
        _ => CountyName(agency, region, cityName),
    };

    private static readonly Agency[] AtCity = [.. Enum.GetValues<Agency>().Where(a => a is not (Agency.StreetOffice or Agency.CommunityOffice))];

    private static readonly Agency[] AtCounty = [.. AtCity.Where(a => a != Agency.Press)];

    // Development zones have no court and no procuratorate of their own: the city's answer.
    private static readonly Agency[] AtZone = [.. AtCounty.Where(a => a is not (Agency.Court or Agency.Procuratorate))];

    private static readonly Agency[] AtTownship =
        [Agency.Police, Agency.WomensFederation, Agency.Justice, Agency.StreetOffice, Agency.CommunityOffice, Agency.PoliticalLegalCommittee];

    private static readonly Agency[] AtCommunity = [Agency.CommunityOffice];

    private static string CountyName(Agency agency, Region region, string cityName)
    {
        var name = region.Name;
        var isCity = region.Level == RegionLevel.City;
        var isZone = !region.IsStatutory;
        var isDistrict = !isCity && name.EndsWith('区');

        // 瑶海, or 高新技术产业开发区 of a zone that carries the city's name.
        var branch = isZone ? name.Replace(cityName.TrimEnd('市'), string.Empty, StringComparison.Ordinal) : name.TrimEnd('区');
        var seat = isDistrict && !isZone ? cityName + name : name;
        return agency switch
        {
            Agency.Police => isDistrict ? $"{cityName}公安局{branch}分局" : $"{name}公安局",
            Agency.WomensFederation => $"{name}妇女联合会",
            Agency.Procuratorate => $"{seat}人民检察院",
            Agency.Court => isCity ? $"{name}中级人民法院" : $"{seat}人民法院",
            Agency.Justice => isZone ? $"{cityName}司法局{branch}分局" : $"{name}司法局",
            Agency.CivilAffairs => isZone ? $"{name}社会事业局（民政）" : $"{name}民政局",
            Agency.Education => isZone ? $"{name}社会事业局（教育）" : $"{name}教育局",
            Agency.Health => isZone ? $"{name}社会事业局（卫生健康）" : $"{name}卫生健康委员会",
            Agency.Press => $"{name}文化和旅游局（新闻出版、广播电视）",
            Agency.TradeUnion => $"{name}总工会",
            Agency.YouthLeague => isZone ? $"共青团{name}工作委员会" : $"共青团{name}委员会",
            Agency.DisabledPersonsFederation => $"{name}残疾人联合会",
            Agency.StreetOffice or Agency.CommunityOffice => name,
            Agency.PoliticalLegalCommittee => isZone ? $"中共{name}工作委员会政法委员会" : $"中共{name}委政法委员会",
        };
    }

    private static string TownshipName(Agency agency, string name)
    {
        // 三里庵街道 → 三里庵; 天乐社区服务中心 → 天乐; 庐阳工业区（林店街道） → 庐阳工业区
        var plain = name.Split('（')[0];
        var body = Without(plain, "管理委员会", "管委会", "服务中心");
        var stem = Without(body, "街道", "社区", "镇", "乡");
        return agency switch
        {
            Agency.Police => $"{stem}派出所",
            Agency.WomensFederation => $"{body}妇女联合会",
            Agency.Justice => $"{stem}司法所",
            Agency.StreetOffice => OfficeName(plain),
            Agency.CommunityOffice => $"{body}社区工作办公室".Replace("社区社区", "社区", StringComparison.Ordinal),
            Agency.PoliticalLegalCommittee => $"{body}综治中心",
            _ => throw new ArgumentOutOfRangeException(nameof(agency), agency, "Has no unit at a street."),
        };
    }

    private static string OfficeName(string name) => name switch
    {
        _ when name.EndsWith("街道", StringComparison.Ordinal) => name + "办事处",
        _ when name.EndsWith('镇') || name.EndsWith('乡') => name + "人民政府",
        _ when name.EndsWith("社区", StringComparison.Ordinal) => name + "服务中心",
        _ when name.EndsWith("管委会", StringComparison.Ordinal) => name[..^3] + "管理委员会",
        _ when name.EndsWith("中心", StringComparison.Ordinal) || name.EndsWith("管理委员会", StringComparison.Ordinal) => name,
        _ => name + "管理委员会",
    };

    private static string Without(string name, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal))
            {
                return name[..^ending.Length];
            }
        }

        return name;
    }
}
