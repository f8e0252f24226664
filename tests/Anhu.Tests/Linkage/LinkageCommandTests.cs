using System.Text;
using Anhu.Linkage;
using Anhu.Testing;

namespace Anhu.Tests.Linkage;

/// <summary><c>anhu linkage</c> on real files, in the program itself.</summary>
[Trait("Store", "none")]
public sealed class LinkageCommandTests : IDisposable
{
    private const string Model = """
        {
          "id": "nr",
          "comparisons": [
            { "column": "idNumber", "comparator": "citizen-id" },
            { "column": "name", "comparator": "chinese-name" },
            { "column": "phone", "comparator": "mobile" }
          ],
          "apart": ["report"],
          "blocking": ["idNumber", "phone", "name"]
        }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("anhu-linkage-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Dedupe_WritesOfEachRecordItsGroup_AndThePairs()
    {
        var file = Write("people.csv", Rows());
        var clusters = Path.Combine(folder, "clusters.csv");
        var pairs = Path.Combine(folder, "pairs.csv");
        var trained = Path.Combine(folder, "trained.json");

        Assert.Equal(0, await RunAsync("linkage", "dedupe", file, "--model", Write("model.json", Model), "--out", clusters, "--pairs", pairs, "--save-trained", trained, "--evaluate", "who", "--json"));

        var groups = ReadPairs(clusters, "id,cluster").ToDictionary(x => x[0], x => x[1]);
        Assert.Equal(160, groups.Count);
        Assert.Equal(groups["a7"], groups["b7"]);
        Assert.NotEqual(groups["a7"], groups["a8"]);
        var links = ReadPairs(pairs, "left,right,probability,weight").ToList();
        Assert.Contains(links, x => x[0] == "a7" && x[1] == "b7");
        Assert.All(links, x => Assert.InRange(double.Parse(x[2], System.Globalization.CultureInfo.InvariantCulture), 0.0, 1.0));

        // What was kept links without training, and gives the same.
        var again = Path.Combine(folder, "again.csv");
        Assert.NotNull(LinkageModel.Parse(await File.ReadAllTextAsync(trained, TestContext.Current.CancellationToken)).Trained);
        Assert.Equal(0, await RunAsync("linkage", "dedupe", file, "--model", trained, "--out", again, "--threads", "1"));
        Assert.Equal(await File.ReadAllTextAsync(clusters, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(again, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Link_FindsWhoIsInBothFiles_InGb18030Too()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var rows = Rows().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var left = Write("left.csv", string.Join('\n', rows.Where((_, i) => i == 0 || rows[i][0] == 'a')));
        var right = Path.Combine(folder, "right.csv");
        await File.WriteAllTextAsync(right, string.Join('\n', rows.Where((_, i) => i == 0 || rows[i][0] == 'b')), Encoding.GetEncoding("gb18030"), TestContext.Current.CancellationToken);
        var pairs = Path.Combine(folder, "pairs.csv");

        Assert.Equal(0, await RunAsync("linkage", "link", left, right, "--model", Write("model.json", Model), "--out", pairs));

        var links = ReadPairs(pairs, "left,right,probability,weight").ToList();
        Assert.InRange(links.Count, 70, 80);
        Assert.All(links, x => Assert.Equal(("a", "b", x[0][1..]), (x[0][..1], x[1][..1], x[1][1..])));
    }

    [Theory]
    [InlineData("nr,name,phone,report\n1,王伟,,\n", Model, "no column 'idNumber'")]
    [InlineData("nr,idNumber,name,phone,report\n1,,王伟,,\n1,,李娜,,\n", Model, "line 3: a record before has the same 'nr'")]
    [InlineData("nr,idNumber,name,phone,report\n,,王伟,,\n", Model, "line 2: 'nr' is empty")]
    [InlineData("nr,idNumber,name,phone,report\n1,,\"王伟,,\n", Model, "quote")]
    [InlineData("nr,idNumber,name,phone,report\n1,\n", Model, "line 2: 2 columns")]
    [InlineData("nr,idNumber,name,phone,report\n1,,王伟,,\n", "{ \"id\": \"nr\" }", "model.json: ")]
    [InlineData("nr,idNumber,name,phone,report\n1,,王伟,,\n", Model, "the model reads that column", "--evaluate", "name")]
    [InlineData("nr,idNumber,name,phone,report\n1,,王伟,,\n", Model, "no column 'truth'", "--evaluate", "truth")]
    [InlineData("nr,idNumber,name,phone,report\n1,,王伟,,\n", Model, "--threshold", "--threshold", "1.5")]
    [InlineData("nr,idNumber,name,phone,report\n1,,王伟,,\n", Model, "--threads", "--threads", "0")]
    public async Task WhatCantBeUsed_IsSaidWithItsPlace_AndNothingIsWritten(string rows, string model, string said, params string[] more)
    {
        var output = Path.Combine(folder, "out.csv");
        var (code, _, error) = await ProgramRun.OfAsync(["linkage", "dedupe", Write("people.csv", rows), "--model", Write("model.json", model), "--out", output, .. more]);
        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task AFileOfNobody_GivesAnEmptyResult()
    {
        var output = Path.Combine(folder, "out.csv");
        Assert.Equal(0, await RunAsync("linkage", "dedupe", Write("people.csv", "nr,idNumber,name,phone,report\n"), "--model", Write("model.json", Model), "--out", output));
        Assert.Equal("id,cluster", (await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken)).Trim());
    }

    [Theory]
    [InlineData("fake_1000.csv", "fake_1000.json", 0.95)]
    [InlineData("febrl3.csv", "febrl3.json", 0.9999)]
    public async Task TheShippedModels_ReachWhatTheDocumentationSays(string file, string model, double leastF1)
    {
        var bench = Repository.At("bench", "linkage");
        var (code, report, _) = await ProgramRun.OfAsync(["linkage", "dedupe", Path.Combine(bench, file), "--model", Path.Combine(bench, "models", model), "--out", Path.Combine(folder, "out.csv"), "--evaluate", "cluster", "--json"]);
        Assert.Equal(0, code);
        using var json = System.Text.Json.JsonDocument.Parse(report);
        Assert.InRange(json.RootElement.GetProperty("evaluation").GetProperty("clusters").GetProperty("f1").GetDouble(), leastF1, 1);
    }

    /// <summary>Eighty people, each in two reports: the second miswrites the name of every fourth and lacks the number of every third.</summary>
    private static string Rows()
    {
        const string Surnames = "王李张刘陈杨黄赵吴周";
        const string Given = "伟芳娜敏静丽强磊";
        var text = new StringBuilder("nr,idNumber,name,phone,report,who\n");
        foreach (var list in "ab")
        {
            for (var i = 0; i < 80; i++)
            {
                var body = $"3401{i % 60 + 10:00}{1950 + (i * 7 % 50):0000}{(i % 12) + 1:00}{(i % 27) + 1:00}{100 + (i * 11 % 800):000}";
                var number = list == 'b' && i % 3 == 0 ? "" : body + Anhu.Linkage.Chinese.CitizenIdNumber.CheckCharacter(body);
                var name = $"{Surnames[i % 10]}{Given[i / 10]}{(list == 'b' && i % 4 == 0 ? "某" : "国")}";
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{list}{i},{number},{name},1{380_000_0000 + (i * 7919)},{list}{i / 2},{i}\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string[]> ReadPairs(string path, string header)
    {
        var lines = File.ReadAllLines(path);
        Assert.Equal(header, lines[0]);
        return lines[1..].Select(line => line.Split(','));
    }

    private static async Task<int> RunAsync(params string[] args) => (await ProgramRun.OfAsync(args)).Code;

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
