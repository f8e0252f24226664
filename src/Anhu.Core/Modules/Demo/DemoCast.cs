using Anhu.Common;
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
public sealed record DemoCastMember(string UserName, string DisplayName, Bilingual Office, string UnitCode, WorkerRole Role, string? RegionCode = null);

/// <summary>The workers that a visitor of the demo can be: each role and agency that works on cases, once, mostly in Shushan; and one of a neighbouring district, to hand over to.</summary>
public static class DemoCast
{
    /// <summary>The password of all of them.</summary>
    public const string Password = "Hefei-Demo-2026";

    private const string City = "340100";
    private const string District = "340104";

    /// <summary>The street in which most of the cast work.</summary>
    public const string Street = "340104001";

    /// <summary>The cast in the order in which it is shown.</summary>
    /// <param name="map">The organisation.</param>
    public static IReadOnlyList<DemoCastMember> Of(OrganisationMap map)
    {
        var community = map.Children(Street)[0].RegionCode;
        return
        [
            new("jiejing", "周敏", new("接警员", "Call taker"), $"{City}-police", WorkerRole.CallTaker),
            new("minjing", "徐刚", new("派出所民警", "Police officer"), $"{Street}-police", WorkerRole.Caseworker),
            new("suozhang", "程勇", new("派出所所长", "Station leader"), $"{Street}-police", WorkerRole.Supervisor),
            new("fenju", "潘峰", new("公安分局负责人", "Police branch leader"), $"{District}-police", WorkerRole.Supervisor),
            new("fulian", "王芳", new("区妇联个案工作者", "District women's federation, caseworker"), $"{District}-womens-federation", WorkerRole.Caseworker),
            new("fulianzhuxi", "陈慧", new("区妇联负责人", "District women's federation, leader"), $"{District}-womens-federation", WorkerRole.Supervisor),
            new("shifulian", "刘琴", new("市妇联负责人", "City women's federation, leader"), $"{City}-womens-federation", WorkerRole.Supervisor),
            new("baohefulian", "吴倩", new("包河区妇联个案工作者", "Women's federation of Baohe, caseworker"), "340111-womens-federation", WorkerRole.Caseworker),
            new("jiedao", "孙斌", new("街道工作人员", "Street office"), $"{Street}-street-office", WorkerRole.Caseworker),
            new("shequ", "汪玲", new("社区工作人员", "Community"), UnitCodes.Of(community, Agency.CommunityOffice), WorkerRole.Caseworker),
            new("wangge", "方杰", new("网格员", "Grid worker"), UnitCodes.Of(community, Agency.CommunityOffice), WorkerRole.GridWorker, community + "001"),
            new("jiancha", "郑浩", new("检察院", "Procuratorate"), $"{District}-procuratorate", WorkerRole.Caseworker),
            new("fayuan", "许丽", new("法院", "Court"), $"{District}-court", WorkerRole.Caseworker),
            new("sifa", "何平", new("司法局", "Justice bureau"), $"{District}-justice", WorkerRole.Caseworker),
            new("sifasuo", "丁磊", new("司法所", "Justice office"), $"{Street}-justice", WorkerRole.Caseworker),
            new("minzheng", "高洁", new("民政局", "Civil affairs"), $"{District}-civil-affairs", WorkerRole.Caseworker),
            new("weijian", "韩梅", new("卫生健康委员会", "Health"), $"{District}-health", WorkerRole.Caseworker),
            new("jiaoyu", "宋颖", new("教育局", "Education"), $"{District}-education", WorkerRole.Caseworker),
            new("canlian", "罗琳", new("残疾人联合会", "Disabled persons' federation"), $"{District}-disabled-persons-federation", WorkerRole.Caseworker),
            new("gonghui", "马超", new("工会", "Trade union"), $"{District}-trade-union", WorkerRole.Caseworker),
            new("tuanwei", "谢婷", new("共青团", "Youth league"), $"{District}-youth-league", WorkerRole.Caseworker),
            new("zhengfa", "朱强", new("区委政法委", "District political-legal committee"), $"{District}-political-legal-committee", WorkerRole.Supervisor),
            new("shizhengfa", "胡辉", new("市委政法委", "City political-legal committee"), $"{City}-political-legal-committee", WorkerRole.Supervisor),
            new("xitong", "江涛", new("系统管理员", "System administrator"), $"{City}-political-legal-committee", WorkerRole.SystemAdministrator),
            new("anquan", "夏宇", new("安全管理员", "Security administrator"), $"{City}-political-legal-committee", WorkerRole.SecurityAdministrator),
            new("shenji", "董萍", new("审计管理员", "Audit administrator"), $"{City}-political-legal-committee", WorkerRole.AuditAdministrator),
            new("xinxi", "苏静", new("个人信息保护负责人", "Data-protection officer"), $"{City}-political-legal-committee", WorkerRole.DataProtectionOfficer),
        ];
    }
}
