using System.IO.Compression;
using System.Text;
using Anhu.Modules.People;
using Anhu.Tests.Operations;

namespace Anhu.Tests.Attacks;

/// <summary>Lists of people that are made to fill the machine, to read its files or to be no list at all.</summary>
public sealed class ExcelBombTests
{
    private const string Sheet = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{0}</sheetData></worksheet>";

    [Fact]
    public void List_ThatIsOne_IsRead()
    {
        using var folder = new TestFolder();

        var rows = Read(folder, Row("1", "姓名", "身份证号", "手机号", "性别", "出生日期", "住址") + Row("2", "王芳", "", "13900000001", "女", "", ""));

        Assert.Equal("王芳", Assert.Single(rows).Person?.Name);
    }

    [Theory]
    [InlineData("one cell of 3 MB")]
    [InlineData("entity")]
    [InlineData("entity of a file")]
    [InlineData("cut")]
    [InlineData("no sheet")]
    [InlineData("no zip")]
    [InlineData("2,000 parts")]
    public void List_ThatIsMadeToHarm_IsRefusedWithAReason(string how)
    {
        using var folder = new TestFolder();
        const string entity = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>";
        const string file = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>";

        var refused = Assert.Throws<FormatException>(() => how switch
        {
            "one cell of 3 MB" => Read(folder, Row("1", new string('a', 3 << 20))),
            "entity" => Read(folder, Row("1", "&c;"), entity),
            "entity of a file" => Read(folder, Row("1", "&b;"), file),
            "cut" => Read(folder, Row("1", "姓名"), change: bytes => bytes[..(bytes.Length / 2)]),
            "no zip" => Read(folder, "", change: _ => Encoding.UTF8.GetBytes("姓名,手机号\n王芳,139")),
            "no sheet" => Read(folder, "", parts: zip => zip.GetEntry("xl/worksheets/sheet1.xml")!.Delete()),
            _ => Read(folder, "", parts: zip => Enumerable.Range(0, 2_000).ToList().ForEach(i => zip.CreateEntry($"{i}"))),
        });

        Assert.DoesNotContain("root:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatUnpacksToMore_IsRefused_WhateverItsDirectorySays()
    {
        using var folder = new TestFolder();
        var path = Make(folder, Row("1", "姓名"), "", zip =>
        {
            using var part = zip.CreateEntry("xl/media/image1.bin", CompressionLevel.SmallestSize).Open();
            part.Write(new byte[4 << 20]);
        });

        Assert.True(new FileInfo(path).Length < 20_000);
        Assert.Throws<FormatException>(() => ExcelFile.Check(path, 1 << 20));
        ExcelFile.Check(path, ExcelFile.Most);
    }

    private static List<PersonListRow> Read(TestFolder folder, string rows, string prolog = "", Func<byte[], byte[]>? change = null, Action<ZipArchive>? parts = null)
    {
        var path = Make(folder, rows, prolog, parts);
        File.WriteAllBytes(path, change?.Invoke(File.ReadAllBytes(path)) ?? File.ReadAllBytes(path));
        return new PersonListFile(path, PersonListMapping.Load(Path.Combine(AppContext.BaseDirectory, "data", "lists", "people-list.json"))).Read();
    }

    private static string Make(TestFolder folder, string rows, string prolog, Action<ZipArchive>? parts)
    {
        var path = Path.Combine(folder.Path, "list.xlsx");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Update);
        const string types = "http://schemas.openxmlformats.org/package/2006/", office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        Add("[Content_Types].xml", $"<Types xmlns=\"{types}content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>");
        Add("_rels/.rels", $"<Relationships xmlns=\"{types}relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
        Add("xl/workbook.xml", $"<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{office}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>");
        Add("xl/_rels/workbook.xml.rels", $"<Relationships xmlns=\"{types}relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>");
        Add("xl/worksheets/sheet1.xml", prolog + Sheet.Replace("{0}", rows, StringComparison.Ordinal));
        parts?.Invoke(zip);
        return path;

        void Add(string name, string text)
        {
            using var part = new StreamWriter(zip.CreateEntry(name, CompressionLevel.SmallestSize).Open());
            part.Write(text);
        }
    }

    private static string Row(string number, params string[] cells) =>
        $"<row r=\"{number}\">{string.Concat(cells.Select((c, i) => $"<c r=\"{(char)('A' + i)}{number}\" t=\"inlineStr\"><is><t>{c}</t></is></c>"))}</row>";
}
