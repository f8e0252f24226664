using static Anhu.Tests.Documents.TemplateMaker;

namespace Anhu.Tests.Documents;

/// <summary>Templates of the lists of evidence: for the court, and the copy for the respondent.</summary>
internal static class EvidenceTemplates
{
    /// <summary>By kind.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>
    {
        ["evidence-list"] = File(
            Title("证据清单")
            + Plain("编号：{{number}}", "right")
            + Plain("提交：{{receiver.name}}")
            + Plain("个案：{{case.number}}{{#victim.name}}　受害人：{{victim.name}}{{/victim.name}}{{#other.name}}　对方：{{other.name}}{{/other.name}}")
            + Plain("{{#purpose}}")
            + Plain("证明目的：{{purpose}}")
            + Plain("{{/purpose}}")
            + Plain("共{{files.count}}件：")
            + Table(
                [800, 3000, 2700, 2300],
                "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + HeadCells((800, "序号"), (3000, "名称和种类"), (2700, "来源和取得时间"), (2300, "证明内容")) + "</w:tr>",
                "<w:tr>" + Cell(800, InCell("{{#files}}{{n}}", true)) + Cell(3000, InCell("{{name}}")) + Cell(2700, InCell("{{source}}")) + Cell(2300, InCell("{{proves}}{{/files}}")) + "</w:tr>")
            + Plain("校验值和保管经过", before: "w:before=\"240\" ")
            + Small("{{#files}}")
            + Small("第{{n}}号　SHA-256　{{hash}}")
            + Small("{{#sm3}}")
            + Small("　　SM3　{{sm3}}")
            + Small("{{/sm3}}")
            + Small("　　{{custody}}")
            + Small("{{/files}}")
            + Plain("没有取得的证据", before: "w:before=\"240\" ")
            + Small("{{^statuses}}")
            + Small("没有记载。")
            + Small("{{/statuses}}")
            + Small("{{#statuses}}")
            + Small("{{name}}：{{status}}（{{at}}）")
            + Small("{{/statuses}}")
            + Small("原件随材料包提交，可以用sha256sum按SHA256SUMS逐件核对。本清单和原件仅供人民法院、检察机关使用，送被申请人的另有副本。", "left")
            + Signed()
            + Plain("经办人：{{worker.name}}　　收件人：　　　　　　　　　日期：")
            + Code()),
        ["evidence-list-copy"] = File(
            Title("证据清单")
            + P("（副本，送被申请人）", "KaiTi", 32, "<w:keepNext/><w:spacing w:after=\"120\" w:line=\"580\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>")
            + Plain("编号：{{number}}", "right")
            + Plain("提交：{{receiver.name}}")
            + Plain("依据证据清单{{list.number}}，编号相同。提供{{files.count}}件：")
            + Table(
                [800, 4700, 3300],
                "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + HeadCells((800, "序号"), (4700, "名称和种类"), (3300, "证明内容")) + "</w:tr>",
                "<w:tr>" + Cell(800, InCell("{{#files}}{{n}}", true)) + Cell(4700, InCell("{{name}}")) + Cell(3300, InCell("{{proves}}{{/files}}")) + "</w:tr>")
            + Small("{{#files}}")
            + Small("第{{n}}号　SHA-256　{{hash}}")
            + Small("{{#sm3}}")
            + Small("　　SM3　{{sm3}}")
            + Small("{{/sm3}}")
            + Small("{{/files}}")
            + Plain("没有提供的", before: "w:before=\"240\" ")
            + Small("{{#left}}")
            + Small("第{{n}}号：{{reason}}")
            + Small("{{/left}}")
            + Small("{{^left}}")
            + Small("无。")
            + Small("{{/left}}")
            + Small("图片为重新绘制的副本，不含拍摄信息；原件存人民法院。被申请人不得打听申请人的住处，不得报复申请人、证人和报警人。")
            + Signed()
            + Code()),
    };

    private static string HeadCells(params (int Width, string Text)[] cells) => string.Concat(cells.Select(c => Cell(c.Width, InCell(c.Text, true))));
}
