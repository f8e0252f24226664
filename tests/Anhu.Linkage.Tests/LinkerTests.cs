using CsCheck;

namespace Anhu.Linkage.Tests;

public class LinkerTests
{
    [Fact]
    public void Linking_FindsThePeopleBehindDamagedRecords_WithoutLabels()
    {
        var records = People.Make(3_000, 1);
        var result = People.Link(People.Table(records));
        var evaluation = LinkageEvaluation.Of(result, [.. records.Select(r => r.Person)]);
        Assert.InRange(evaluation.Clusters.Precision, 0.98, 1);
        Assert.InRange(evaluation.Clusters.Recall, 0.95, 1);
        Assert.Equal(0, evaluation.MustDifferJoined);
    }

    [Fact]
    public void Linking_GivesTheSame_OnAnyNumberOfThreads()
    {
        var records = People.Make(1_500, 2);
        var one = People.Link(People.Table(records), 1);
        foreach (var threads in (int[])[2, 3, 8])
        {
            var many = People.Link(People.Table(records), threads);
            Assert.Equal(one.Clusters, many.Clusters);
            Assert.Equal(one.Links(), many.Links());
            Assert.Equal(one.Trained.ToJson(), many.Trained.ToJson());
        }
    }

    [Fact]
    public void RecordsOfOneReport_AreNeverOnePerson() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 6], Gen.Int[0, 1_000_000]).Array[2, 60].Sample(rows =>
        {
            // Few different people and reports, and all else equal: everything speaks for joining.
            var records = rows.Select(r => (Values: new[] { "", "", $"王{"伟芳娜敏"[r.Item3 % 4]}", "1390000000" + (r.Item3 % 3), "女", r.Item1.ToString(System.Globalization.CultureInfo.InvariantCulture) }, Person: r.Item2)).ToList();
            var result = People.Link(People.Table(records));
            for (var a = 0; a < records.Count; a++)
            {
                for (var b = 0; b < a; b++)
                {
                    Assert.False(result.Clusters[a] == result.Clusters[b] && records[a].Values[5] == records[b].Values[5]);
                }
            }
        });

    [Fact]
    public void PairsAreComparedOnce_AndOnlyWhereARuleBringsThemTogether()
    {
        // Blocks of all sizes around the largest that is compared whole.
        var records = People.Make(60, 3);
        var model = LinkageModel.Parse(People.Model) with { MaxBlock = 5 };
        var result = People.Link(People.Table(records, model));
        var seen = new HashSet<(int, int)>();
        for (var i = 0; i < result.PairCount; i++)
        {
            var pair = result.Compared(i);
            Assert.True(seen.Add((Math.Min(pair.Left, pair.Right), Math.Max(pair.Left, pair.Right))));
        }

        for (var a = 0; a < records.Count; a++)
        {
            for (var b = a + 1; b < records.Count; b++)
            {
                if (records[a].Values[0] != "" && records[a].Values[0] == records[b].Values[0] && records[a].Values[5] != records[b].Values[5])
                {
                    Assert.Contains((a, b), seen);
                }
            }
        }
    }

    [Fact]
    public void TwoLists_AreLinkedAcrossOnly_AndMayUseTheSameKeys()
    {
        var records = People.Make(1_500, 4);
        var table = new Records.RecordTable(LinkageModel.Parse(People.Model));
        var half = records.Count / 2;
        for (var i = 0; i < records.Count; i++)
        {
            if (i == half)
            {
                table.BeginSecondList();
            }

            People.Add(table, $"r{i % half}", records[i].Values);
            if (i == half)
            {
                Assert.Equal("r0", table.Id(half));
            }
        }

        var links = People.Link(table).Links().ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.NotEqual(link.Left < half, link.Right < half));
    }

    [Fact]
    public void AKeptModel_LinksWithoutTraining_AndGivesTheSame()
    {
        var records = People.Make(1_000, 5);
        var first = People.Link(People.Table(records));
        var kept = LinkageModel.Parse(first.Trained.ToJson());
        Assert.Equal(first.Clusters, People.Link(People.Table(records, kept)).Clusters);
    }

    [Fact]
    public void NoRecords_AndOne_AreNoTrouble()
    {
        Assert.Empty(People.Link(People.Table([])).Clusters);
        Assert.Equal([0], People.Link(People.Table([People.Make(1, 1)[0]])).Clusters);
    }

    [Fact]
    public void ASecondRecordOfOneKey_IsRefused()
    {
        var table = new Records.RecordTable(LinkageModel.Parse(People.Model));
        People.Add(table, "a", ["", "", "王伟", "", "", ""]);
        Assert.False(table.Begin("a"));
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("""{ "id": "id", "comparisons": [], "blocking": ["a"] }""", "'comparisons' is empty")]
    [InlineData("""{ "id": "id", "comparisons": [{ "column": "a", "comparator": "exakt" }], "blocking": ["a"] }""", "no comparator 'exakt'")]
    [InlineData("""{ "id": "id", "comparisons": [{ "column": "a", "comparator": "exact" }], "blocking": ["a:frist(2)"] }""", "no key 'frist'")]
    [InlineData("""{ "id": "id", "comparisons": [{ "column": "a", "comparator": "jaro-winkler(0.9" }], "blocking": ["a"] }""", "parenthesis")]
    [InlineData("""{ "id": "id", "comparisons": [{ "column": "a", "comparator": "jaro-winkler(x)" }], "blocking": ["a"] }""", "'x'")]
    [InlineData("""{ "id": "id", "comparisons": [{ "column": "a", "comparator": "exact" }], "blocking": [] }""", "'blocking'")]
    [InlineData("""{ "id": "id", "comparisons": [{ "column": "a", "comparator": "exact" }], "blocking": ["a"], "colour": 1 }""", "colour")]
    public void AWrongModel_IsRefusedWithItsPlace(string json, string said)
    {
        var fault = Assert.Throws<LinkageModelException>(() => new Records.RecordTable(LinkageModel.Parse(json)));
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }
}
