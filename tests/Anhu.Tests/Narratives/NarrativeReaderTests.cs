using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Narratives;
using CsCheck;
using Xunit;

namespace Anhu.Tests.Narratives;

/// <summary>What is read out of texts, measured on texts labelled by hand.</summary>
[Trait("Store", "none")]
public sealed class NarrativeReaderTests(ITestOutputHelper output)
{
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "data", "narratives", "zh.yaml");

    private static readonly NarrativeReader Reader = new(NarrativeWords.Load(Path));

    [Theory]
    [InlineData("cases.jsonl", 0, 1, 0.97, 0.94)]
    [InlineData("written.jsonl", 1, 2, 0.92, 0.92)]
    [InlineData("written.jsonl", 0, 2, 0.85, 0.70)] // Not looked at when the words were chosen: what to expect of new texts.
    public void Facts_OfLabelledTexts_AreFound(string file, int part, int parts, double precision, double recall)
    {
        var score = new Score();
        var each = new SortedDictionary<string, Score>(StringComparer.Ordinal);
        foreach (var row in Rows(file).Where((_, i) => (i + 1) % parts == part))
        {
            var reading = Reader.Read(row.GetProperty("text").GetString());
            foreach (var label in row.GetProperty("labels").EnumerateObject())
            {
                if (label.Value.ValueKind == JsonValueKind.Number && Enum.TryParse<NarrativeFact>(label.Name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var fact) && fact != NarrativeFact.VictimMinor)
                {
                    var (told, found) = (label.Value.GetInt32() == 1, reading.Find(fact) is not null);
                    score.Add(told, found);
                    (each.TryGetValue(label.Name, out var one) ? one : each[label.Name] = new Score()).Add(told, found);
                    if (told != found)
                    {
                        output.WriteLine($"{row.GetProperty("id").GetString()} {label.Name}: {(told ? "missed" : $"found in “{reading.Find(fact)!.Quote}”")}");
                    }
                }
            }
        }

        foreach (var (name, one) in each)
        {
            output.WriteLine($"{name}: {one}");
        }

        output.WriteLine($"all: {score}");
        Assert.True(score.Precision >= precision && score.Recall >= recall, score.ToString());
    }

    [Fact]
    public void Sentences_ThatAssertViolence_AreToldFromThoseThatDoNot()
    {
        var score = new Score();
        foreach (var row in Rows("sentences.jsonl"))
        {
            var label = row.GetProperty("label").GetString();
            if (label != "ambiguous")
            {
                score.Add(label is "alleges" or "admits" or "found", Reader.Read(row.GetProperty("text").GetString()).TellsViolence);
            }
        }

        output.WriteLine(score.ToString());
        Assert.True(score is { Precision: >= 0.93, Recall: >= 0.92 }, score.ToString());
    }

    [Theory]
    [InlineData("其丈夫酒后持菜刀威胁要砍死她", NarrativeFact.Weapon, true)]
    [InlineData("其丈夫酒后持菜刀威胁要砍死她", NarrativeFact.ThreatToKill, true)]
    [InlineData("其丈夫酒后持菜刀威胁要砍死她", NarrativeFact.Alcohol, true)]
    [InlineData("其丈夫未持械，双方只是争吵", NarrativeFact.Weapon, false)]
    [InlineData("老公掐住她脖子，孩子在场吓哭", NarrativeFact.Strangulation, true)]
    [InlineData("老公掐住她脖子，孩子在场吓哭", NarrativeFact.ChildAffected, true)]
    [InlineData("女方怀孕六个月，被丈夫推倒", NarrativeFact.PregnancyPostpartum, true)]
    [InlineData("法院裁定禁止郑某某对李某某实施殴打、威胁", NarrativeFact.Physical, false)]
    [InlineData("（三）实施家庭暴力的；", NarrativeFact.Physical, false)]
    [InlineData("邻居吵闹，无人受伤", NarrativeFact.Physical, false)]
    public void Words_AreReadInTheirClause(string text, NarrativeFact fact, bool told) => Assert.Equal(told, Reader.Read(text).Find(fact) is not null);

    [Fact]
    public void Weapon_OfTheVictim_IsNotTheAbusers_WhenNamesAreKnown()
    {
        var reading = Reader.Read("王芳称长期被李强殴打，情急之下王芳拿起水果刀刺伤李强手臂", ["王芳"], ["李强"]);

        Assert.Null(reading.Find(NarrativeFact.Weapon));
        Assert.NotNull(reading.Find(NarrativeFact.VictimFoughtBack));
        Assert.NotNull(reading.Find(NarrativeFact.PriorViolence));
    }

    [Fact]
    public void Injury_IsTheWorstNamed_AndADenialNamesNone()
    {
        Assert.Equal(Injury.Light, Reader.Read("手臂淤青，经诊断为肋骨骨折").Injury);
        Assert.Equal(Injury.Unknown, Reader.Read("女方没有受伤").Injury);
    }

    [Fact]
    public void Findings_LieInTheText_WhateverTheText() =>
        Gen.OneOf(
                Gen.OneOf(new[] { "，", "。", "持刀", "王某某", "被", "殴打", "《反家庭暴力法》", "没有", "掐脖子", "（", "\n", "\0", "9岁", "！", "酒后", "禁止", "𠮷" }.Select(Gen.Const).ToArray()),
                Gen.Char.Select(c => c.ToString()))
            .Array[0, 60].Select(string.Concat).Sample(text =>
            {
                var reading = Reader.Read(text);
                Assert.All(reading.Findings, f => Assert.True(f.Start >= 0 && f.Length >= 0 && f.Start + f.Length <= text.Length));
                Assert.Equal(reading.Findings.Select(f => f.Fact).Distinct().Count(), reading.Findings.Count);
                Assert.Equal(reading.Findings, Reader.Read(text).Findings);
            });

    [Fact]
    public void HugeText_IsReadUpToItsLimit()
    {
        var reading = Reader.Read(string.Concat(Enumerable.Repeat("没有殴打，持", 100_000)) + "。丈夫殴打她。");

        Assert.Null(reading.Find(NarrativeFact.Strangulation));
    }

    [Fact]
    public void FaultyDocument_NamesTheLineOfEachFault()
    {
        var yaml = File.ReadAllText(Path).Replace("  weapon:\n", "  weapom:\n", StringComparison.Ordinal).Replace("'离婚|", "'(离婚|", StringComparison.Ordinal)
            .Replace("passive: '被", "passive: '(?=被)", StringComparison.Ordinal);

        var e = Assert.Throws<RuleDocumentException>(() => NarrativeWords.Parse(yaml, "zh.yaml"));

        Assert.Equal(3, e.Faults.Count);
        Assert.All(e.Faults, f => Assert.True(f.Line > 1));
    }

    private static IEnumerable<JsonElement> Rows(string file) =>
        File.ReadLines(System.IO.Path.Combine(AppContext.BaseDirectory, "Narratives", "Files", file)).Select(line => JsonDocument.Parse(line).RootElement);

    private sealed class Score
    {
        private int right, wrong, missed;

        public double Precision => right == 0 ? 0 : (double)right / (right + wrong);

        public double Recall => right == 0 ? 0 : (double)right / (right + missed);

        public void Add(bool told, bool found)
        {
            right += told && found ? 1 : 0;
            wrong += !told && found ? 1 : 0;
            missed += told && !found ? 1 : 0;
        }

        public override string ToString() => $"precision {Precision:0.000}, recall {Recall:0.000} ({right} right, {wrong} wrong, {missed} missed)";
    }
}
