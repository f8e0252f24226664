using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;

namespace Anhu.Modules.Demo;

/// <summary>A made-up worker with a sign-in.</summary>
/// <param name="UserName">User name.</param>
/// <param name="DisplayName">Name.</param>
/// <param name="Office">What the worker does, in Chinese and English.</param>
/// <param name="UnitCode">Code of the unit.</param>
/// <param name="Role">Role.</param>
/// <param name="RegionCode">Grid of a grid worker.</param>
public sealed record DemoCastMember(string UserName, string DisplayName, string Office, string UnitCode, WorkerRole Role, string? RegionCode = null);

/// <summary>The workers that a visitor of the demo can be: each role and agency, mostly in Shushan.</summary>
public static class DemoCast
{
    /// <summary>The password of all of them.</summary>
    public const string Password = "Hefei-Demo-2026";

    private const string City = "340100";
    private const string District = "340104";
    private const string Street = "340104001";

    /// <summary>The cast in the order in which it is shown.</summary>
    /// <param name="map">The organisation.</param>
    public static IReadOnlyList<DemoCastMember> Of(OrganisationMap map)
    {
        var community = map.Children(Street)[0].RegionCode;
        return
        [
            new("jiejing", "周敏", "接警员 · call taker", $"{City}-police", WorkerRole.CallTaker),
            new("minjing", "徐刚", "派出所民警 · police officer", $"{Street}-police", WorkerRole.Caseworker),
            new("suozhang", "程勇", "派出所所长 · station leader", $"{Street}-police", WorkerRole.Supervisor),
            new("fenju", "潘峰", "公安分局负责人 · police branch leader", $"{District}-police", WorkerRole.Supervisor),
            new("fulian", "王芳", "区妇联个案工作者 · district federation, caseworker", $"{District}-womens-federation", WorkerRole.Caseworker),
            new("fulian2", "李静", "区妇联个案工作者 · district federation, caseworker", $"{District}-womens-federation", WorkerRole.Caseworker),
            new("fulianzhuxi", "陈慧", "区妇联负责人 · district federation, leader", $"{District}-womens-federation", WorkerRole.Supervisor),
            new("shifulian", "刘琴", "市妇联负责人 · city federation, leader", $"{City}-womens-federation", WorkerRole.Supervisor),
            new("baohefulian", "吴倩", "包河区妇联个案工作者 · Baohe federation, caseworker", "340111-womens-federation", WorkerRole.Caseworker),
            new("jiedao", "孙斌", "街道工作人员 · street office", $"{Street}-street-office", WorkerRole.Caseworker),
            new("shequ", "汪玲", "社区工作人员 · community", UnitCodes.Of(community, Agency.CommunityOffice), WorkerRole.Caseworker),
            new("wangge", "方杰", "网格员 · grid worker", UnitCodes.Of(community, Agency.CommunityOffice), WorkerRole.GridWorker, community + "001"),
            new("jiancha", "郑浩", "检察院 · procuratorate", $"{District}-procuratorate", WorkerRole.Caseworker),
            new("fayuan", "许丽", "法院 · court", $"{District}-court", WorkerRole.Caseworker),
            new("sifa", "何平", "司法局 · justice bureau", $"{District}-justice", WorkerRole.Caseworker),
            new("sifasuo", "丁磊", "司法所 · justice office", $"{Street}-justice", WorkerRole.Caseworker),
            new("minzheng", "高洁", "民政局 · civil affairs", $"{District}-civil-affairs", WorkerRole.Caseworker),
            new("weijian", "韩梅", "卫生健康委员会 · health", $"{District}-health", WorkerRole.Caseworker),
            new("jiaoyu", "宋颖", "教育局 · education", $"{District}-education", WorkerRole.Caseworker),
            new("zhengfa", "朱强", "区委政法委 · district political-legal committee", $"{District}-political-legal-committee", WorkerRole.Supervisor),
            new("shizhengfa", "胡辉", "市委政法委 · city political-legal committee", $"{City}-political-legal-committee", WorkerRole.Supervisor),
            new("xitong", "江涛", "系统管理员 · system administrator", $"{City}-political-legal-committee", WorkerRole.SystemAdministrator),
            new("anquan", "夏宇", "安全管理员 · security administrator", $"{City}-political-legal-committee", WorkerRole.SecurityAdministrator),
            new("shenji", "董萍", "审计管理员 · audit administrator", $"{City}-political-legal-committee", WorkerRole.AuditAdministrator),
        ];
    }
}
