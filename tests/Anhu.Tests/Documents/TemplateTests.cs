using System.IO.Compression;
using System.Text;
using Anhu.Modules.Documents;
using Anhu.Modules.Documents.Pdf;
using Anhu.Modules.Documents.Word;
using CsCheck;
using static Anhu.Tests.Documents.TemplateMaker;

namespace Anhu.Tests.Documents;

/// <summary>What a template may hold, what is refused and where the fault is said to be.</summary>
[Trait("Store", "none")]
public sealed class TemplateTests : IDisposable
{
    private static readonly DocumentKind Kind = new(
        "test", "测试",
        [new("number", true), new("name", true), new("note"), new("qr"), new("rows", false, [new("what"), new("at")])], []);

    private static readonly string[] Pieces = ["中", "，", "。", "（", "）", "《", "》", "“", "”", "word", "12", "——", "…"];

    private readonly FontBook fonts = new(new FontSettings());

    private static string Good => Text("{{number}}{{name}}");

    public void Dispose() => fonts.Dispose();

    [Fact]
    public void Mark_ThatWordSplitOverRuns_TakesItsValue()
    {
        var split = $"<w:p>{Run("前{")}{Run("{na", more: "<w:b/>")}<w:proofErr w:type=\"spellStart\"/>{Run("me}")}{Run("}后")}</w:p>";

        var words = Fill(Text("{{number}}") + split, new DocumentValues().With("number", "1").With("name", "王小芳"));

        Assert.Contains("前王小芳后", words, StringComparison.Ordinal);
    }

    [Fact]
    public void ContentControl_WhoseTagIsAField_TakesItsValue()
    {
        var control = $"<w:p><w:sdt><w:sdtPr><w:tag w:val=\"name\"/></w:sdtPr><w:sdtContent>{Run("单击")}{Run("此处")}</w:sdtContent></w:sdt></w:p>";

        Assert.Contains("\n王小芳", Fill(Text("{{number}}") + control, new DocumentValues().With("number", "1").With("name", "王小芳")), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_StayRepeatAndGo()
    {
        var body = Good + Text("有{{#note}}备注{{note}}{{/note}}{{^note}}无备注{{/note}}") + Text("{{#note}}") + Text("整段") + Text("{{/note}}")
            + Text("{{#rows}}") + Text("项目{{what}}属于{{name}}") + Text("{{/rows}}") + Table([3000, 3000], "<w:tr>" + Cell(3000, InCell("{{#rows}}{{what}}")) + Cell(3000, InCell("{{at}}{{/rows}}")) + "</w:tr>");
        DocumentValues Values(string? note) => new DocumentValues().With("number", "1").With("name", "甲").With("note", note)
            .With("rows", [new DocumentValues().With("what", "乙").With("at", "一"), new DocumentValues().With("what", "丙").With("at", "二")]);

        var (with, without) = (Fill(body, Values("丁")), Fill(body, Values(null)));

        Assert.Contains("有备注丁\n整段\n项目乙属于甲\n项目丙属于甲\n乙\n一\n丙\n二", with, StringComparison.Ordinal);
        Assert.Contains("有无备注\n项目乙属于甲", without, StringComparison.Ordinal);
        Assert.DoesNotContain("整段", without, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_IsText_WhateverItHolds()
    {
        const string Evil = "{{name}}<w:t>&amp;\u0000\u202E\u200B]]>{{#rows}}";

        var words = Fill(Good + Text("备注{{note}}。"), new DocumentValues().With("number", "1").With("name", "甲").With("note", Evil));

        Assert.Contains("备注{{name}}<w:t>&amp;]]>{{#rows}}。", words, StringComparison.Ordinal);
    }

    [Fact]
    public void LinesOfAValue_AreParagraphs()
    {
        Assert.Contains("\n一\n二", Fill(Good + Text("{{note}}"), new DocumentValues().With("number", "1").With("name", "甲").With("note", "一\r\n二")), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string?, int?> Faults { get; } = new()
    {
        { Text("{{number}}{{name}}{{nmae}}"), TemplateFault.Unknown, "nmae", 1 },
        { Text("{{number}}{{name}}") + Text("住在{{victim.address}}。"), TemplateFault.Forbidden, "victim.address", 2 },
        { Text("{{number}}{{name}}{{shelter}}"), TemplateFault.Forbidden, "shelter", 1 },
        { Text("{{number}}"), TemplateFault.Missing, "name", null },
        { Good + Text("一{{#note}}二"), TemplateFault.Mark, "note", 2 },
        { Good + Text("{{#rows}}") + Text("项"), TemplateFault.Mark, "rows", 2 },
        { Good + Text("{{name"), TemplateFault.Mark, null, 2 },
        { Good + Text("｛｛name｝｝"), TemplateFault.Mark, null, 2 },
        { Good + Text("{{rows}}"), TemplateFault.WrongUse, "rows", 2 },
        { Good + Text("{{what}}"), TemplateFault.Unknown, "what", 2 },
        { Good + $"<w:p><w:r><w:drawing/></w:r></w:p>", TemplateFault.NotShown, "drawing", 2 },
        { Good + $"<w:p><w:r><w:object/></w:r></w:p>", TemplateFault.Embedded, "object", 2 },
        { Good + $"<w:p><w:ins w:id=\"1\" w:author=\"x\">{Run("多")}</w:ins></w:p>", TemplateFault.NotShown, "ins", 2 },
        { Good + $"<w:p><w:hyperlink w:anchor=\"x\">{Run("此处")}</w:hyperlink></w:p>", TemplateFault.NotShown, "hyperlink", 2 },
        { Good + P("藏", "FangSong", 32, "", "<w:vanish/>"), TemplateFault.NotShown, "vanish", 2 },
        { Good + P("项", "FangSong", 32, "<w:numPr><w:numId w:val=\"1\"/></w:numPr>"), TemplateFault.NotShown, "numPr", 2 },
        { Good + $"<w:p><w:fldSimple w:instr=\" INCLUDETEXT &quot;/etc/passwd&quot; \">{Run("x")}</w:fldSimple></w:p>", TemplateFault.NotShown, "fldSimple", 2 },
        { Good + "<w:altChunk/>", TemplateFault.Embedded, "altChunk", null },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_IsNamedWithItsPlace(string body, string code, string? detail, int? paragraph)
    {
        var fault = Assert.Single(DocumentPress.Check(File(body), Kind));

        Assert.Equal((code, detail, paragraph), (fault.Code, fault.Detail, fault.Paragraph));
        Assert.True(fault.Paragraph is null || fault.Part == "word/document.xml");
    }

    [Fact]
    public void Files_ThatAreNotWhatTheySay_AreRefused()
    {
        Assert.Equal(TemplateFault.NotWord, Code("no zip"u8.ToArray()));
        Assert.Equal(TemplateFault.NotWord, Code([]));
        Assert.Equal(TemplateFault.NotWord, Code(Zip([("a.txt", [1])])));
        Assert.Equal(TemplateFault.TooLarge, Code(new byte[Templates.MostBytes + 1]));
        Assert.Equal(TemplateFault.TooLarge, Code(Zip([("word/document.xml", new byte[60_000_000])])));
        Assert.Equal(TemplateFault.TooLarge, Code(Zip(Enumerable.Range(0, 300).Select(n => ($"word/{n}.xml", new byte[1])))));
        Assert.Equal(TemplateFault.NotWord, Code(Zip([("word/document.xml", [1]), ("word/document.xml", [2])])));
        Assert.Equal(TemplateFault.Xml, Code(File(Good, new Dictionary<string, string> { ["word/document.xml"] = "<w:document" })));
        Assert.Equal(TemplateFault.Xml, Code(File(Good, new Dictionary<string, string> { ["word/styles.xml"] = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>" })));
        Assert.Equal(TemplateFault.Xml, Code(File(Good, new Dictionary<string, string> { ["word/document.xml"] = string.Concat(Enumerable.Repeat("<a>", 5000)) + string.Concat(Enumerable.Repeat("</a>", 5000)) })));
        Assert.Equal(TemplateFault.Macro, Code(File(Good, new Dictionary<string, string> { ["word/vbaProject.txt"] = "x" })));
        Assert.Equal(TemplateFault.Macro, Code(File(Good, types: "<Override PartName=\"/word/x.xml\" ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/>")));
        Assert.Equal(TemplateFault.Embedded, Code(File(Good, new Dictionary<string, string> { ["word/embeddings/a.xlsx"] = "x" })));
        Assert.Equal(TemplateFault.External, Code(File(Good, relations: "<Relationship Id=\"rId9\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate\" Target=\"http://127.0.0.1/x.dotm\" TargetMode=\"External\"/>")));

        static string Code(byte[] file) => Assert.Single(DocumentPress.Check(file, Kind)).Code;
    }

    [Fact]
    public void WhatATemplateBringsBesides_DoesNotLeaveWithTheDocument()
    {
        var template = File(Good, new Dictionary<string, string> { ["docProps/core.xml"] = "<a>author</a>", ["customXml/item1.xml"] = "<a>secret</a>" });

        var pressed = Samples.Press(fonts, Kind, template, new DocumentValues().With("number", "1").With("name", "甲"));

        using var zip = new ZipArchive(new MemoryStream(pressed.Docx));
        var all = string.Concat(zip.Entries.Select(e => new StreamReader(e.Open()).ReadToEnd()));
        Assert.DoesNotContain("author", all, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_NeitherBeginNorEndAsTheyMustNot()
    {
        CsCheck.Check.Sample(
            Gen.Int[0, Pieces.Length - 1].Select(n => Pieces[n]).Array[1, 200],
            pieces =>
            {
                var lines = Break(string.Concat(pieces));
                foreach (var (before, after) in lines.Zip(lines.Skip(1)))
                {
                    // Only where the whole line is such that no break is right may one be wrong.
                    var could = Enumerable.Range(1, before.Length - 1).Any(i => IsRight(before[i - 1], before[i]));
                    Assert.True(!could || IsRight(before[^1], after[0]), string.Join("|", lines));
                }

                Assert.Equal(string.Concat(pieces), string.Concat(lines));
            },
            iter: 200, threads: 1);

        static bool IsRight(char before, char after) => !"（《“".Contains(before, StringComparison.Ordinal) && !"，。）》”—…".Contains(after, StringComparison.Ordinal) && (!char.IsAsciiLetterOrDigit(before) || !char.IsAsciiLetterOrDigit(after));
    }

    [Fact]
    public void ManyPagesAndTallCells_EndSomewhere()
    {
        var values = new DocumentValues().With("number", "1").With("name", "甲").With("note", string.Concat(Enumerable.Repeat("很长的一段话。", 3000)))
            .With("rows", [.. Enumerable.Range(0, 300).Select(n => new DocumentValues().With("what", $"第{n}项").With("at", new string('字', n % 40)))]);
        var body = Good + Table([1500, 6000], "<w:tr>" + Cell(1500, InCell("备注")) + Cell(6000, InCell("{{note}}")) + "</w:tr>")
            + Table([3000, 3000], "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + Cell(3000, InCell("项")) + Cell(3000, InCell("时")) + "</w:tr>", "<w:tr>" + Cell(3000, InCell("{{#rows}}{{what}}")) + Cell(3000, InCell("{{at}}{{/rows}}")) + "</w:tr>");

        var pdf = Encoding.Latin1.GetString(Samples.Press(fonts, Kind, File(body), values).Pdf);

        Assert.InRange(pdf.Split("/Type /Page\n").Length - 1, 15, 120);
    }

    [Fact]
    public void CharacterThatNoFontHas_IsRefusedByName()
    {
        var faults = new List<TemplateFault>();

        var pressed = new DocumentPress(fonts).Press(File(Good), Kind, new DocumentValues().With("number", "1").With("name", "王\U0010FFFD"), null, "x", Samples.At, faults);

        Assert.Null(pressed);
        Assert.Equal((TemplateFault.Glyph, "\U0010FFFD"), (faults[0].Code, faults[0].Detail));
    }

    [Fact]
    public void Font_ThatTheSettingsNameWrongly_IsSaidInWords()
    {
        using var wrong = new FontBook(new FontSettings { FangSong = "/no/such.ttf" });

        Assert.Contains("/no/such.ttf", Assert.Throws<FontMissingException>(() => wrong.Face(FontRole.FangSong, false)).Message, StringComparison.Ordinal);
    }

    private string Fill(string body, DocumentValues values) => Samples.Press(fonts, Kind, File(body), values).Words;

    private List<string> Break(string text)
    {
        using var letters = new Letters(fonts, new WordLook(null), null, (_, _) => { });
        var paragraph = System.Xml.Linq.XElement.Parse($"<w:p xmlns:w=\"{W.Ns.NamespaceName}\"><w:r><w:t/></w:r></w:p>");
        paragraph.Descendants(W.Name("t")).Single().Value = text;
        return [.. letters.Break(paragraph, new ParagraphLook(), 90, null).Select(l => string.Concat(l.Atoms.Select(a => a.Text))).Where(l => l.Trim().Length > 0)];
    }
}
