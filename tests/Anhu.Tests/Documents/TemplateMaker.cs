using System.IO.Compression;
using System.Text;

namespace Anhu.Tests.Documents;

/// <summary>Makes Word files: those that the program ships, and others that tests need.</summary>
internal static class TemplateMaker
{
    private const string W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private const string R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>A paragraph of the text: 仿宋, 三号 (16 pt), two characters in, 29 points a line (GB/T 9704).</summary>
    public static string Text(string text, string extra = "") => P(text, "FangSong", 32, $"<w:spacing w:line=\"580\" w:lineRule=\"exact\"/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:jc w:val=\"both\"/>{extra}");

    /// <summary>A line without indent.</summary>
    public static string Plain(string text, string align = "left", string before = "") =>
        P(text, "FangSong", 32, $"<w:spacing {before}w:line=\"580\" w:lineRule=\"exact\"/><w:jc w:val=\"{align}\"/>");

    /// <summary>The title: 小标宋, 二号 (22 pt).</summary>
    public static string Title(string text) => P(text, "FZXiaoBiaoSong-B05S", 44, "<w:keepNext/><w:spacing w:before=\"240\" w:after=\"120\" w:line=\"640\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>");

    /// <summary>The unit's name above the title with the red line below.</summary>
    public static string Head(string text) => P(
        text, "FZXiaoBiaoSong-B05S", 52,
        "<w:keepNext/><w:pBdr><w:bottom w:val=\"single\" w:sz=\"18\" w:space=\"1\" w:color=\"C00000\"/></w:pBdr><w:spacing w:after=\"120\" w:line=\"760\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>", "<w:color w:val=\"C00000\"/>");

    /// <summary>A small line.</summary>
    public static string Small(string text, string align = "left") => P(text, "FangSong", 21, $"<w:spacing w:line=\"320\" w:lineRule=\"exact\"/><w:jc w:val=\"{align}\"/>");

    /// <summary>Signature: unit, seal place and day at the right.</summary>
    public static string Signed() =>
        P("{{unit.name}}（印章）", "FangSong", 32, "<w:keepNext/><w:spacing w:before=\"240\" w:line=\"580\" w:lineRule=\"exact\"/><w:ind w:right=\"640\"/><w:jc w:val=\"right\"/>")
        + P("{{issued.date}}", "FangSong", 32, "<w:keepNext/><w:spacing w:line=\"580\" w:lineRule=\"exact\"/><w:ind w:right=\"1280\"/><w:jc w:val=\"right\"/>");

    /// <summary>The code and what it is for.</summary>
    public static string Code() =>
        "<w:tbl><w:tblPr><w:tblW w:w=\"8800\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid><w:gridCol w:w=\"1700\"/><w:gridCol w:w=\"7100\"/></w:tblGrid>"
        + "<w:tr><w:trPr><w:cantSplit/></w:trPr>" + Cell(1700, P("{{qr}}", "FangSong", 21, "<w:jc w:val=\"left\"/>"))
        + Cell(7100, Small("查验码：{{check.code}}") + Small("扫描二维码或在查验网址输入查验码，可以核对本文书的编号、出具单位、日期和有效状态；上传电子版可以核对内容是否一致。查验页面不显示当事人信息。"), "<w:vAlign w:val=\"center\"/>") + "</w:tr></w:tbl>";

    public static string Cell(int width, string content, string more = "", int span = 1) =>
        $"<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{(span > 1 ? $"<w:gridSpan w:val=\"{span}\"/>" : "")}{more}</w:tcPr>{content}</w:tc>";

    public static string Row(params (int Width, string Text, int Span)[] cells) =>
        "<w:tr><w:trPr><w:trHeight w:val=\"420\"/></w:trPr>" + string.Concat(cells.Select((c, i) => Cell(c.Width, InCell(c.Text, i % 2 == 0 && cells.Length > 1), "<w:vAlign w:val=\"center\"/>", c.Span))) + "</w:tr>";

    /// <summary>What stands in a cell; a label is centred.</summary>
    public static string InCell(string text, bool label = false) => P(text, "FangSong", 24, $"<w:spacing w:line=\"360\" w:lineRule=\"exact\"/><w:jc w:val=\"{(label ? "center" : "left")}\"/>");

    public static string Table(int[] columns, params string[] rows) =>
        $"<w:tbl><w:tblPr><w:tblW w:w=\"{columns.Sum()}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblBorders>{string.Concat(new[] { "top", "left", "bottom", "right", "insideH", "insideV" }.Select(b => $"<w:{b} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>"))}</w:tblBorders>"
        + $"<w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>{string.Concat(columns.Select(c => $"<w:gridCol w:w=\"{c}\"/>"))}</w:tblGrid>{string.Concat(rows)}</w:tbl>";

    public static string P(string text, string font, int halfPoints, string properties, string run = "") =>
        $"<w:p><w:pPr>{properties}</w:pPr>{Run(text, font, halfPoints, run)}</w:p>";

    public static string Run(string text, string font = "FangSong", int halfPoints = 32, string more = "") =>
        $"<w:r><w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\"/>{more}<w:sz w:val=\"{halfPoints}\"/><w:szCs w:val=\"{halfPoints}\"/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>";

    /// <summary>A file with a text and page numbers at its foot.</summary>
    public static byte[] File(string body, IReadOnlyDictionary<string, string>? more = null, string? types = null, string? relations = null)
    {
        var parts = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
                + "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/><Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>"
                + $"<Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>{types}</Types>",
            ["_rels/.rels"] = $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{R}/officeDocument\" Target=\"word/document.xml\"/></Relationships>",
            ["word/_rels/document.xml.rels"] = $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{R}/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId2\" Type=\"{R}/footer\" Target=\"footer1.xml\"/>{relations}</Relationships>",
            ["word/styles.xml"] = $"<w:styles xmlns:w=\"{W}\"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"FangSong\" w:hAnsi=\"FangSong\" w:eastAsia=\"FangSong\"/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/><w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault></w:docDefaults>"
                + "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/></w:style></w:styles>",
            ["word/footer1.xml"] = $"<w:ftr xmlns:w=\"{W}\"><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>{Run("{{number}}　第", "SimSun", 18)}<w:fldSimple w:instr=\" PAGE \">{Run("1", "SimSun", 18)}</w:fldSimple>{Run("页　共", "SimSun", 18)}<w:fldSimple w:instr=\" NUMPAGES \">{Run("1", "SimSun", 18)}</w:fldSimple>{Run("页", "SimSun", 18)}</w:p></w:ftr>",
            ["word/document.xml"] = $"<w:document xmlns:w=\"{W}\" xmlns:r=\"{R}\"><w:body>{body}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1985\" w:left=\"1588\" w:header=\"851\" w:footer=\"992\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
        };
        foreach (var (name, content) in more ?? new Dictionary<string, string>())
        {
            parts[name] = content;
        }

        return Zip(parts.Select(p => (p.Key, Encoding.UTF8.GetBytes(p.Key.EndsWith(".xml", StringComparison.Ordinal) && !p.Value.StartsWith("<?xml", StringComparison.Ordinal) && p.Value.StartsWith('<') ? "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>" + p.Value : p.Value))));
    }

    public static byte[] Zip(IEnumerable<(string Name, byte[] Content)> parts)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in parts)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var into = entry.Open();
                into.Write(content);
            }
        }

        return stream.ToArray();
    }
}

/// <summary>The templates that the program ships, as they are made.</summary>
internal static class ShippedTemplates
{
    /// <summary>By kind.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>(LetterTemplates.All.Concat(OrderTemplates.All).Concat(EvidenceTemplates.All))
    {
        ["alarm-certificate"] = AlarmCertificate(),
        ["hand-over"] = HandOver(),
    };

    private static byte[] AlarmCertificate() => TemplateMaker.File(
        TemplateMaker.Head("{{unit.name}}")
        + TemplateMaker.Title("报警记录证明")
        + TemplateMaker.Plain("编号：{{number}}", "right")
        + TemplateMaker.Text("{{victim.name}}{{#victim.sex}}，{{victim.sex}}{{/victim.sex}}{{#victim.birth}}，{{victim.birth}}出生{{/victim.birth}}{{#victim.id}}，公民身份号码{{victim.id}}{{/victim.id}}：")
        + TemplateMaker.Text("{{alarm.time}}，我单位接到关于你的报警{{#alarm.receipt}}（接警编号：{{alarm.receipt}}）{{/alarm.receipt}}{{#alarm.district}}，事发地在{{alarm.district}}{{/alarm.district}}{{#other.name}}，涉及{{other.name}}{{#relation}}（与你的关系：{{relation}}）{{/relation}}{{/other.name}}。")
        + TemplateMaker.Text("一、报警内容")
        + TemplateMaker.Text("{{summary}}")
        + TemplateMaker.Text("二、处警和处理情况")
        + TemplateMaker.Text("{{handling}}")
        + TemplateMaker.Text("本证明根据接处警记录出具{{#purpose}}，供{{purpose}}使用{{/purpose}}。依照《中华人民共和国反家庭暴力法》第二十条，公安机关出警记录可以作为人民法院认定家庭暴力事实的证据。")
        + TemplateMaker.Signed()
        + TemplateMaker.Plain("经办人：{{worker.name}}")
        + TemplateMaker.Code());

    private static byte[] HandOver()
    {
        int[] columns = [1700, 2700, 1700, 2700];
        string Line(string label, string text) => TemplateMaker.Row((1700, label, 1), (7100, text, 3));
        return TemplateMaker.File(
            TemplateMaker.Title("转介单")
            + TemplateMaker.Plain("编号：{{number}}", "right")
            + TemplateMaker.Table(
                columns,
                TemplateMaker.Row((1700, "转出单位", 1), (2700, "{{unit.name}}", 1), (1700, "接收单位", 1), (2700, "{{receiver.name}}", 1)),
                TemplateMaker.Row((1700, "经办人", 1), (2700, "{{worker.name}}", 1), (1700, "值班电话", 1), (2700, "{{unit.phone}}", 1)),
                TemplateMaker.Row((1700, "当事人", 1), (2700, "{{person.name}}", 1), (1700, "个案编号", 1), (2700, "{{case.number}}", 1)),
                TemplateMaker.Row((1700, "紧急程度", 1), (2700, "{{urgency}}", 1), (1700, "分级", 1), (2700, "{{class}}", 1)),
                Line("办结时限", "{{due.date}}"),
                Line("联系方式", "{{contact}}{{^contact}}由转出单位当面或者通过受保护渠道告知{{/contact}}"),
                Line("基本情况", "{{summary}}"),
                Line("转介事项", "{{needs}}"),
                Line("同意或依据", "{{consent}}"),
                Line("所附材料", "{{enclosed}}{{^enclosed}}无{{/enclosed}}"))
            + TemplateMaker.Plain("已完成的工作", before: "w:before=\"240\" ")
            + TemplateMaker.Table(
                [4000, 2900, 1900],
                "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + TemplateMaker.Cell(4000, TemplateMaker.InCell("事项", true)) + TemplateMaker.Cell(2900, TemplateMaker.InCell("单位", true)) + TemplateMaker.Cell(1900, TemplateMaker.InCell("日期", true)) + "</w:tr>",
                "<w:tr>" + TemplateMaker.Cell(4000, TemplateMaker.InCell("{{#done}}{{what}}")) + TemplateMaker.Cell(2900, TemplateMaker.InCell("{{unit}}")) + TemplateMaker.Cell(1900, TemplateMaker.InCell("{{at}}{{/done}}")) + "</w:tr>")
            + TemplateMaker.Plain("待办的事项", before: "w:before=\"240\" ")
            + TemplateMaker.Table(
                [5600, 3200],
                "<w:tr>" + TemplateMaker.Cell(5600, TemplateMaker.InCell("事项", true)) + TemplateMaker.Cell(3200, TemplateMaker.InCell("接收单位办理情况", true)) + "</w:tr>",
                "<w:tr>" + TemplateMaker.Cell(5600, TemplateMaker.InCell("{{#open}}{{what}}")) + TemplateMaker.Cell(3200, TemplateMaker.InCell("　{{/open}}")) + "</w:tr>")
            + TemplateMaker.Small("保密提示：本单载有个人信息，只用于办理转介事项。不得向当事人以外的任何人透露转介情况，不得询问或者记录受害人现在的住处。")
            + TemplateMaker.Signed()
            + TemplateMaker.Code()
            + TemplateMaker.P("转介接收单", "FZXiaoBiaoSong-B05S", 44, "<w:keepNext/><w:pageBreakBefore/><w:spacing w:after=\"120\" w:line=\"640\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>")
            + TemplateMaker.Plain("对应转介单：{{number}}", "right")
            + TemplateMaker.Table(
                columns,
                TemplateMaker.Row((1700, "接收单位", 1), (2700, "{{receiver.name}}", 1), (1700, "经办人", 1), (2700, "", 1)),
                Line("接收意见", "□ 接收　　□ 退回（理由及建议的接收单位：　　　　　　　　　　）"),
                Line("签收时间", "　　　　年　　月　　日　　时　　分"),
                Line("办理步骤", "1.　　　　　　　　　　　　　　　日期："),
                Line("", "2.　　　　　　　　　　　　　　　日期："),
                Line("", "3.　　　　　　　　　　　　　　　日期："),
                Line("书面反馈", "　"),
                Line("当事人意见", "□ 满意　□ 一般　□ 不满意　□ 未联系上"),
                Line("签名、盖章", "　")));
    }
}
