using System.Globalization;
using System.Text;
using System.Text.Json;
using Anhu.Linkage;
using Anhu.Linkage.Chinese;
using Anhu.Testing;

namespace Anhu.Tests.Linkage;

/// <summary><c>anhu linkage learn</c> on real files, in the program itself.</summary>
[Trait("Store", "none")]
public sealed class LearnCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anhu-learn-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Decisions_MakeTheNextVersion_WhichSaysWhereItComesFrom()
    {
        // People whose phone changes from report to report, which the shipped model does not expect: workers confirm what it doubts.
        var output = Path.Combine(folder, "next.json");
        var (records, decisions) = Restless();
        string[] command = ["linkage", "learn", "--model", ShippedModel, "--records", Write("records.csv", records), "--decisions", Write("decisions.csv", decisions)];

        var tried = await ProgramRun.OfAsync([.. command, "--evaluate-only", "--json"]);
        Assert.Equal((0, ""), (tried.Code, tried.Errors));
        Assert.False(File.Exists(output));
        var report = JsonDocument.Parse(tried.Output).RootElement;
        Assert.Equal("Better", report.GetProperty("report").GetProperty("verdict").GetString(), ignoreCase: true);

        var (code, table, _) = await ProgramRun.OfAsync([.. command, "--out", output]);
        Assert.Equal(0, code);
        Assert.Contains("learned, held out", table, StringComparison.Ordinal);
        var next = LinkageModel.Parse(await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(ShippedModel, TestContext.Current.CancellationToken)));
        Assert.Equal((2, hash), (next.Version, Assert.Single(next.Lineage!).Parent));
    }

    [Fact]
    public async Task WhatIsNotBetter_IsWrittenOnlyWhenSomebodyInsists_AndSaysSo()
    {
        var output = Path.Combine(folder, "next.json");
        var (records, decisions) = Restless();
        var few = string.Join('\n', decisions.Split('\n').Take(6));
        string[] command = ["linkage", "learn", "--model", ShippedModel, "--records", Write("records.csv", records), "--decisions", Write("decisions.csv", few), "--out", output];

        var refused = await ProgramRun.OfAsync(command);
        Assert.Equal(1, refused.Code);
        Assert.Contains("--anyway", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(output));

        Assert.Equal(0, (await ProgramRun.OfAsync([.. command, "--anyway"])).Code);
        Assert.False(Assert.Single(LinkageModel.Parse(await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken)).Lineage!).IsBetter);
    }

    [Theory]
    [InlineData("left,right,decision\na,c,confirmed\n", "line 2: there is no record 'c'")]
    [InlineData("left,right,decision\na,b,perhaps\n", "line 2: 'perhaps' is neither")]
    [InlineData("left,right\na,b\n", "no column 'decision'")]
    [InlineData("left,right,decision\na,b\n", "line 2: 2 columns")]
    public async Task WhatCantBeUsed_IsSaidWithItsPlace(string decisions, string said)
    {
        var records = "id,report,name,sex,birthDate,idNumber,phone,address\na,1,王伟,,,,,\nb,2,王伟,,,,,\n";
        var (code, _, errors) = await ProgramRun.OfAsync(
            ["linkage", "learn", "--model", ShippedModel, "--records", Write("records.csv", records), "--decisions", Write("decisions.csv", decisions), "--out", Path.Combine(folder, "next.json")]);
        Assert.Equal(2, code);
        Assert.Contains(said, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUntrainedModel_AndNoPlaceForTheNext_AreRefused()
    {
        var model = Repository.At("bench", "linkage", "models", "platform.json");
        var nothing = Write("nothing.csv", "left,right,decision\n");
        var untrained = await ProgramRun.OfAsync(["linkage", "learn", "--model", model, "--records", nothing, "--decisions", nothing, "--evaluate-only"]);
        Assert.Equal(2, untrained.Code);
        Assert.Contains("not trained", untrained.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await ProgramRun.OfAsync(["linkage", "learn", "--model", ShippedModel, "--records", nothing, "--decisions", nothing])).Code);
    }

    private static string ShippedModel => Repository.At("data", "linkage", "people.json");

    /// <summary>Of 120 people two records each that differ in the phone, confirmed; and 60 pairs of people of like names, refused.</summary>
    private static (string Records, string Decisions) Restless()
    {
        const string Surnames = "王李张刘陈杨黄赵吴周";
        const string Given = "伟芳娜敏静丽强磊军洋勇艳";
        var records = new StringBuilder("id,report,name,sex,birthDate,idNumber,phone,address\n");
        var decisions = new StringBuilder("left,right,decision\n");
        for (var i = 0; i < 240; i++)
        {
            var same = i < 120;
            var born = new DateOnly(1960, 1, 1).AddDays(i * 53);
            var name = $"{Surnames[i % 10]}{Given[i / 10 % 12]}{Given[i * 7 % 12]}";
            records.Append(CultureInfo.InvariantCulture, $"a{i},a{i},{name},女,{born:yyyy-MM-dd},,1{380_000_0000 + (i * 7919)},\n");
            records.Append(CultureInfo.InvariantCulture, $"b{i},b{i},{(same ? name : name[..2])},女,{(same ? born : born.AddYears(1)):yyyy-MM-dd},,1{390_000_0000 + (i * 6247)},\n");
            decisions.Append(CultureInfo.InvariantCulture, $"a{i},b{i},{(same ? "confirmed" : "refused")}\n");
        }

        return (records.ToString(), decisions.ToString());
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
