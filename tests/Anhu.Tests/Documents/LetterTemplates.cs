using static Anhu.Tests.Documents.TemplateMaker;

namespace Anhu.Tests.Documents;

/// <summary>Templates of the papers of a warning letter.</summary>
internal static class LetterTemplates
{
    private const string Abuser =
        "被告诫人：{{abuser.name}}{{#abuser.sex}}，{{abuser.sex}}{{/abuser.sex}}{{#abuser.birth}}，{{abuser.birth}}出生{{/abuser.birth}}{{#abuser.id}}，公民身份号码{{abuser.id}}{{/abuser.id}}"
        + "{{#abuser.address}}，住{{abuser.address}}{{/abuser.address}}{{#abuser.job}}，{{abuser.job}}{{/abuser.job}}。";

    private const string Victim =
        "受害人：{{victim.name}}{{#victim.sex}}，{{victim.sex}}{{/victim.sex}}{{#victim.id}}，公民身份号码{{victim.id}}{{/victim.id}}{{#relation}}；被告诫人与受害人的关系：{{relation}}{{/relation}}。";

    /// <summary>By kind.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>
    {
        ["letter-request"] = File(
            Title("呈请家庭暴力告诫报告书")
            + Plain("编号：{{number}}", "right")
            + Plain("承办单位：{{unit.name}}")
            + Text(Abuser)
            + Text(Victim)
            + Text("一、事实")
            + Text("{{happened}}，在{{place}}，{{facts}}")
            + Text("二、证据")
            + Text("{{evidence}}。{{#admits}}被告诫人是否承认：{{admits}}。{{/admits}}")
            + Text("三、依据和情形")
            + Text("{{law}}。")
            + Text("{{#grounds}}")
            + Text("{{text}}（{{basis}}）；")
            + Text("{{/grounds}}")
            + Text("四、承办意见")
            + Text("{{opinion}}")
            + Text("综上，呈请对{{abuser.name}}出具家庭暴力告诫书。妥否，请批示。")
            + Plain("承办人：{{worker.name}}　　　　　　{{issued.date}}", "right", "w:before=\"240\" ")
            + Table([2200, 6600], Line("所队意见", "　"), Line("审批人签名", "　　　　　　　　　　　　　　　　　　年　　月　　日"))
            + Code()),
        ["warning-letter"] = File(
            Head("{{unit.name}}")
            + Title("家庭暴力告诫书")
            + Plain("{{letter.number}}", "right")
            + Text(Abuser)
            + Text(Victim)
            + Text("经查明，{{happened}}，在{{place}}，{{facts}}")
            + Text("以上事实有{{evidence}}等证据证实。")
            + Text("根据{{law}}的规定，现对你予以告诫：{{prohibition}}")
            + Text("{{consequences}}")
            + Text("{{#uses}}{{uses}}{{/uses}}")
            + Text("本告诫书一式三份，一份交被告诫人，一份交受害人，一份附卷。")
            + P("{{unit.name}}（印章）", "FangSong", 32, "<w:keepNext/><w:spacing w:before=\"240\" w:line=\"580\" w:lineRule=\"exact\"/><w:ind w:right=\"640\"/><w:jc w:val=\"right\"/>")
            + P("{{decided.date}}", "FangSong", 32, "<w:keepNext/><w:spacing w:line=\"580\" w:lineRule=\"exact\"/><w:ind w:right=\"1280\"/><w:jc w:val=\"right\"/>")
            + Table(
                [2200, 6600],
                Line("宣读", "　　　年　　月　　日　　时　　分，在　　　　　　　　　　　　向被告诫人宣读"),
                Line("被告诫人", "本告诫书已向我宣读并送达。　　签名、捺指印："),
                Line("受害人", "签收：　　　　　　　　　　　　　　　　年　　月　　日"),
                Line("宣读民警", "　"))
            + Small("平台登记编号：{{number}}　出具日期：{{issued.date}}", "right")
            + Code()),
        ["letter-notice"] = File(
            Head("{{unit.name}}")
            + Title("家庭暴力告诫通知书")
            + Plain("编号：{{number}}", "right")
            + Plain("{{receiver.name}}：")
            + Text("我单位于{{decided.date}}对{{abuser.name}}出具家庭暴力告诫书（{{letter.number}}），{{delivered.date}}送达{{#victim.name}}，受害人为{{victim.name}}{{/victim.name}}。依照《中华人民共和国反家庭暴力法》第十七条，现予通知。")
            + Text("{{asked}}")
            + Text("公安机关自送达之日起七日内首次查访，此后每三个月查访一次，直至连续三次没有发现再次实施家庭暴力。{{#unit.phone}}联系电话：{{unit.phone}}；{{/unit.phone}}紧急情况请拨打110。")
            + Text("本通知含有个人信息，仅供履行反家庭暴力职责使用，不得向无关人员透露，不得询问、打听或者传播受害人的住处和联系方式。")
            + Signed()
            + Plain("签收人：　　　　　　　　　　签收时间：　　　　年　　月　　日", before: "w:before=\"240\" ")
            + Code()),
        ["letter-rights"] = File(
            Head("{{unit.name}}")
            + Title("家庭暴力受害人权利告知书")
            + Plain("编号：{{number}}", "right")
            + Plain("{{victim.name}}：")
            + Text("我单位于{{decided.date}}对{{abuser.name}}出具了家庭暴力告诫书（{{letter.number}}）。现将你的权利告知如下：")
            + Text("一、再次遭受家庭暴力或者面临现实危险的，请立即拨打110。不便说话时可以发送短信至12110。")
            + Text("二、你可以向人民法院申请人身安全保护令，不收取诉讼费用。不能自己申请或者不敢申请的，近亲属、公安机关、妇女联合会、居（村）民委员会、救助管理机构等可以依法代为申请。")
            + Text("三、你可以向公安派出所、妇女联合会、救助管理机构请求临时庇护；可以到医疗机构诊治，并申请伤情鉴定；可以申请法律援助，不需要提交经济困难证明。")
            + Text("四、{{#uses}}{{uses}}{{/uses}}告诫书由你保存的一份请放在安全的地方，不便保存的可以由派出所代为保管。")
            + Text("五、公安机关将在七日内首次查访，此后每三个月查访一次，并会分别听取你的意见。你可以约定安全的时间、地点和方式。")
            + Text("六、未经你同意，我单位不会把你现在的住处和联系方式告诉对方。")
            + Text("{{#unit.phone}}联系电话：{{unit.phone}}。{{/unit.phone}}全国妇女维权热线：12338；法律援助：12348。")
            + Signed()
            + Plain("受害人签收：　　　　　　　　　　　　　年　　月　　日", before: "w:before=\"240\" ")
            + Code()),
        ["letter-delivery"] = File(
            Title("家庭暴力告诫书送达回证")
            + Plain("编号：{{number}}", "right")
            + Table(
                [2200, 6600],
                Line("告诫书文号", "{{letter.number}}"),
                Line("被告诫人", "{{abuser.name}}"),
                Line("受害人", "{{victim.name}}"),
                Line("宣读时间", "{{read.time}}"),
                Line("宣读地点", "{{read.place}}"),
                Line("在场人员", "{{present}}{{^present}}无{{/present}}"),
                Line("被告诫人签收", "{{#signed}}签名：{{signed}}{{/signed}}{{#fingerprint}}　捺指印：{{fingerprint}}{{/fingerprint}}{{#refusal}}拒绝签收。{{refusal}}{{/refusal}}"),
                Line("录像编号", "{{video}}{{^video}}无{{/video}}"),
                Line("送交受害人", "{{victim.copy.time}}，{{victim.copy.way}}"),
                Line("附卷", "{{file.copy}}"))
            + Plain("通知情况", before: "w:before=\"240\" ")
            + Table(
                [2400, 2200, 2700, 1500],
                "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + HeadCells() + "</w:tr>",
                "<w:tr>" + Cell(2400, InCell("{{#notices}}{{to}}")) + Cell(2200, InCell("{{receiver}}")) + Cell(2700, InCell("{{at}}")) + Cell(1500, InCell("{{way}}{{/notices}}")) + "</w:tr>")
            + Signed()
            + Plain("送达民警：{{worker.name}}")
            + Code()),
    };

    private static string HeadCells() => string.Concat(new (int Width, string Text)[] { (2400, "单位"), (2200, "签收人"), (2700, "时间"), (1500, "方式") }.Select(c => Cell(c.Width, InCell(c.Text, true))));

    private static string Line(string label, string text) => Row((2200, label, 1), (6600, text, 1));
}
