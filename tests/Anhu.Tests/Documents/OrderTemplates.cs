using static Anhu.Tests.Documents.TemplateMaker;

namespace Anhu.Tests.Documents;

/// <summary>Templates of the application for a protection order: for the court, and the copy for the respondent.</summary>
internal static class OrderTemplates
{
    private const string Respondent =
        "被申请人：{{respondent.name}}{{#respondent.sex}}，{{respondent.sex}}{{/respondent.sex}}{{#respondent.birth}}，{{respondent.birth}}出生{{/respondent.birth}}{{#respondent.id}}，公民身份号码{{respondent.id}}{{/respondent.id}}"
        + "{{#respondent.address}}，住{{respondent.address}}{{/respondent.address}}{{#respondent.phone}}，电话{{respondent.phone}}{{/respondent.phone}}{{#respondent.job}}，{{respondent.job}}{{/respondent.job}}。";

    /// <summary>By kind.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>
    {
        ["order-application"] = File(
            Title("人身安全保护令申请书")
            + Plain("编号：{{number}}", "right")
            + Plain("{{#court.number}}", "right")
            + Plain("案号：{{court.number}}", "right")
            + Plain("{{/court.number}}", "right")
            + Text("申请人：{{applicant.name}}{{#applicant.sex}}，{{applicant.sex}}{{/applicant.sex}}{{#applicant.birth}}，{{applicant.birth}}出生{{/applicant.birth}}{{#applicant.id}}，公民身份号码{{applicant.id}}{{/applicant.id}}{{#current.place}}，现住{{current.place}}{{/current.place}}。")
            + Text("送达地址：{{service.place}}{{#service.phone}}；联系电话：{{service.phone}}{{/service.phone}}。以上仅供人民法院使用，请勿载入送达被申请人的文书和回证。")
            + Text("{{#proxy.kind}}")
            + Text("代为申请人：{{proxy.name}}（{{proxy.kind}}），理由：{{proxy.ground}}。")
            + Text("{{/proxy.kind}}")
            + Text("申请意愿：{{consent}}。")
            + Text(Respondent)
            + Text("被申请人与申请人的关系：{{relation}}。{{#covered}}请求一并保护：{{covered}}。{{/covered}}")
            + Heading("一、请求事项")
            + Text("请求依法作出人身安全保护令，期限{{months}}个月：")
            + Text("{{#requests}}")
            + Text("{{n}}．{{text}}；")
            + Text("{{/requests}}")
            + Text("{{#distance}}距离：{{distance}}。{{/distance}}{{#places}}场所：{{places}}。{{/places}}{{#other}}其他：{{other}}{{/other}}")
            + Text("{{#urgent}}")
            + Text("情况紧急，请求二十四小时内裁定。理由：{{urgent}}")
            + Text("{{/urgent}}")
            + Heading("二、事实和理由")
            + Text("{{facts}}")
            + Text("管辖依据：{{court.why}}。")
            + Heading("三、以前的报警、告诫、处罚和保护令")
            + Text("{{#earlier}}")
            + Text("{{at}}　{{what}}；")
            + Text("{{/earlier}}")
            + Text("{{^earlier}}")
            + Text("平台没有记载。")
            + Text("{{/earlier}}")
            + Heading("四、证据（法释〔2022〕17号第六条）")
            + Table(
                [900, 6100, 1800],
                "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + Cell(900, InCell("序号", true)) + Cell(6100, InCell("种类", true)) + Cell(1800, InCell("法院调取", true)) + "</w:tr>",
                "<w:tr>" + Cell(900, InCell("{{#evidence}}{{n}}", true)) + Cell(6100, InCell("{{kind}}")) + Cell(1800, InCell("{{collect}}{{/evidence}}")) + "</w:tr>")
            + Text("{{#evidence.holders}}")
            + Text("证据在谁手里：{{evidence.holders}}")
            + Text("{{/evidence.holders}}")
            + Text("{{#evidence.note}}")
            + Text("说明：{{evidence.note}}")
            + Text("{{/evidence.note}}")
            + Text("此致")
            + Plain("{{court}}")
            + P("申请人（签名、捺指印）：　　　　　　　　", "FangSong", 32, "<w:keepNext/><w:spacing w:before=\"240\" w:line=\"580\" w:lineRule=\"exact\"/><w:jc w:val=\"right\"/>")
            + P("　　　　年　　月　　日", "FangSong", 32, "<w:keepNext/><w:spacing w:line=\"580\" w:lineRule=\"exact\"/><w:jc w:val=\"right\"/>")
            + Small("附：1．身份证明复印件；2．关系证明；3．证据材料。口头申请由人民法院记录的，以笔录代替签名。")
            + Small("代书：{{unit.name}}{{#worker.name}}　{{worker.name}}{{/worker.name}}　{{issued.date}}。申请人身安全保护令不收取诉讼费用，不需要提供担保，不以提起离婚诉讼为条件。")
            + Code()),
        ["order-application-copy"] = File(
            Title("人身安全保护令申请书")
            + P("（副本，送被申请人）", "KaiTi", 32, "<w:keepNext/><w:spacing w:after=\"120\" w:line=\"580\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>")
            + Plain("编号：{{number}}", "right")
            + Plain("{{#court.number}}", "right")
            + Plain("案号：{{court.number}}", "right")
            + Plain("{{/court.number}}", "right")
            + Text("申请人：{{applicant.name}}{{#applicant.sex}}，{{applicant.sex}}{{/applicant.sex}}。{{#proxy.kind}}由{{proxy.kind}}代为申请。{{/proxy.kind}}")
            + Text(Respondent)
            + Text("被申请人与申请人的关系：{{relation}}。{{#covered}}请求一并保护：{{covered}}。{{/covered}}")
            + Heading("一、请求事项")
            + Text("请求依法作出人身安全保护令，期限{{months}}个月：")
            + Text("{{#requests}}")
            + Text("{{n}}．{{text}}；")
            + Text("{{/requests}}")
            + Text("{{#distance}}距离：{{distance}}。{{/distance}}{{#other}}其他：{{other}}{{/other}}")
            + Text("{{#urgent}}")
            + Text("情况紧急，请求二十四小时内裁定。理由：{{urgent}}")
            + Text("{{/urgent}}")
            + Heading("二、事实和理由")
            + Text("{{facts}}")
            + Heading("三、证据种类")
            + Text("{{#evidence}}")
            + Text("{{n}}．{{kind}}；")
            + Text("{{/evidence}}")
            + Plain("受理法院：{{court}}", before: "w:before=\"240\" ")
            + Small("依照最高人民法院等七部门法发〔2022〕10号意见第四条，本副本不载明申请人和子女的现住址、去向和联系方式，也不载明证人、报警人、举报人的身份；略去的文字以“［已隐去］”标明。申请书原件存人民法院。")
            + Small("被申请人不得因申请实施报复，不得打听申请人的住处。制作：{{unit.name}}　{{issued.date}}")
            + Code()),
    };

    private static string Heading(string text) => P(text, "SimHei", 32, "<w:keepNext/><w:spacing w:line=\"580\" w:lineRule=\"exact\"/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/>");
}
