using System.Globalization;
using CsCheck;

namespace Anhu.Linkage.Tests;

public class LinkageIndexTests
{
    private static readonly LinkageModel Trained = People.Link(People.Table(People.Make(3_000, 7))).Trained;

    [Fact]
    public void LookingUp_FindsTheSamePerson_FirstOfAll()
    {
        var records = People.Make(2_000, 8);
        var index = Index(records.Select((r, i) => (Id(i), r.Values)));
        var (right, wrong, sure) = (0, 0, 0);
        for (var i = 0; i < records.Count; i++)
        {
            var found = index.Find(People.For(index, records[i].Values)).Where(c => c.Id != Id(i)).ToList();
            if (found.Count > 0 && found[0].Probability > 0.99)
            {
                sure++;
                _ = records[Place(found[0].Id)].Person == records[i].Person ? right++ : wrong++;
            }
        }

        Assert.InRange(sure, records.Count / 2, records.Count);
        Assert.InRange((double)right / sure, 0.98, 1);
    }

    [Fact]
    public void AnIndexThatWasChanged_AnswersAsOneThatWasMadeAnew() =>
        Gen.Select(Gen.Int[0, 39], Gen.Int[0, 59], Gen.Int[0, 3]).Array[1, 120].Sample(
            steps =>
            {
                var people = People.Make(20, 9);
                var changed = new LinkageIndex(Trained);
                var model = new Dictionary<Guid, string[]>();
                foreach (var (key, record, kind) in steps)
                {
                    if (kind == 0)
                    {
                        Assert.Equal(model.Remove(Id(key)), changed.Remove(Id(key)));
                    }
                    else
                    {
                        var values = people[record % people.Count].Values;
                        changed.Upsert(Id(key), People.For(changed, values));
                        model[Id(key)] = values;
                        changed.Find(People.For(changed, people[(record + 7) % people.Count].Values));
                    }
                }

                Assert.Equal(model.Count, changed.Count);
                var anew = Index(model.Select(m => (m.Key, m.Value)));
                foreach (var (values, _) in people)
                {
                    // Values that nobody has any more make numbers that sums in another order don't meet to the last bit.
                    static IEnumerable<(Guid Id, double)> Rounded(IEnumerable<LinkageCandidate> found) => found.Select(c => (c.Id, Math.Round(c.Weight, 6))).OrderBy(c => c.Id);
                    Assert.Equal(Rounded(anew.Find(People.For(anew, values), 100, 0)), Rounded(changed.Find(People.For(changed, values), 100, 0)));
                }
            },
            iter: 200);

    [Fact]
    public void RecordsThatComeLater_AreJoinedAsIfTheyHadBeenThere()
    {
        var records = People.Make(1_200, 16);
        var index = Index(records.Take(records.Count - 300).Select((r, i) => (Id(i), r.Values)));
        index.GroupAll();
        for (var i = records.Count - 300; i < records.Count; i++)
        {
            index.Upsert(Id(i), People.For(index, records[i].Values));
        }

        index.GroupAdded([.. Enumerable.Range(records.Count - 300, 300).Select(Id), Id(1_000_000)]);
        var (right, found, there) = (0, 0, 0);
        for (var a = 0; a < records.Count; a++)
        {
            var group = index.GroupOf(Id(a)).Select(Place).ToHashSet();
            Assert.Contains(a, group);
            for (var b = 0; b < a; b++)
            {
                var same = records[a].Person == records[b].Person;
                right += same && group.Contains(b) ? 1 : 0;
                found += group.Contains(b) ? 1 : 0;
                there += same ? 1 : 0;
                Assert.False(group.Contains(b) && records[a].Values[5] == records[b].Values[5]);
            }
        }

        Assert.InRange((double)right / found, 0.97, 1);
        Assert.InRange((double)right / there, 0.93, 1);
    }

    [Fact]
    public void AGroup_FallsApart_WhenTheRecordThatHeldItTogetherIsTakenOut()
    {
        var index = Index(People.Make(400, 17).Select((r, i) => (Id(i), r.Values)));
        string[] number = ["110101198003071234"[..17] + Anhu.Linkage.Chinese.CitizenIdNumber.CheckCharacter("11010119800307123"), "", "诸葛若兰", "", "", "x"];
        index.Upsert(Id(900), People.For(index, number));
        index.Upsert(Id(901), People.For(index, [number[0], "", "诸葛若兰", "15900001111", "女", "y"]));
        index.Upsert(Id(902), People.For(index, ["", "", "诸葛某", "15900001111", "女", "z"]));
        index.GroupAll();
        Assert.Equal([Id(900), Id(901), Id(902)], index.GroupOf(Id(900)));
        index.Remove(Id(901));
        Assert.Equal([Id(900)], index.GroupOf(Id(900)));
        Assert.Equal([Id(902)], index.GroupOf(Id(902)));
        index.Upsert(Id(903), People.For(index, [number[0], "", "诸葛若兰", "15900001111", "女", "y"]));
        index.GroupAdded([Id(903)]);
        Assert.Equal(3, index.GroupOf(Id(902)).Count);
        Assert.Throws<KeyNotFoundException>(() => index.GroupOf(Id(901)));
    }

    [Fact]
    public void LookingUp_LeavesNothingBehind()
    {
        var index = Index(People.Make(50, 10).Select((r, i) => (Id(i), r.Values)));
        var before = Snapshot(index);
        Gen.String.Array[6].Sample(values => index.Find(values), iter: 2_000);
        Assert.Equal(before, Snapshot(index));
    }

    [Fact]
    public void ASnapshot_GivesTheSameIndex()
    {
        var records = People.Make(500, 11);
        var index = Index(records.Select((r, i) => (Id(i), r.Values)));
        index.Remove(Id(3));
        var loaded = LinkageIndex.Load(new MemoryStream(Snapshot(index)), Trained);
        Assert.Equal(index.Count, loaded.Count);
        foreach (var (values, _) in records)
        {
            Assert.Equal(index.Find(People.For(index, values)), loaded.Find(People.For(loaded, values)));
        }

        loaded.Upsert(Id(3), People.For(loaded, records[3].Values));
        Assert.Contains(loaded.Find(People.For(loaded, [.. records[3].Values[..5], "another"])), c => c.Id == Id(3));
    }

    [Fact]
    public void WhatWasTakenOut_IsNotInASnapshot()
    {
        var index = Index(People.Make(20, 14).Select((r, i) => (Id(i), r.Values)));
        index.Upsert(Id(900), People.For(index, ["", "", "欧阳娜娜", "", "", "x"]));
        Assert.Contains("欧阳娜娜", System.Text.Encoding.Unicode.GetString(Snapshot(index)) + System.Text.Encoding.Unicode.GetString(Snapshot(index).AsSpan(1)), StringComparison.Ordinal);
        index.Remove(Id(900));
        index.Find(People.For(index, ["", "", "诸葛若兰", "", "", "y"]));
        var left = System.Text.Encoding.Unicode.GetString(Snapshot(index)) + System.Text.Encoding.Unicode.GetString(Snapshot(index).AsSpan(1));
        Assert.DoesNotContain("欧阳娜娜", left, StringComparison.Ordinal);
        Assert.DoesNotContain("诸葛若兰", left, StringComparison.Ordinal);
    }

    [Fact]
    public void ADamagedSnapshot_IsRefused()
    {
        var whole = Snapshot(Index(People.Make(3, 12).Select((r, i) => (Id(i), r.Values))));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte[1, 255]).Sample(
            (at, flip) =>
            {
                var damaged = whole.ToArray();
                damaged[at] ^= flip;
                Assert.Throws<InvalidDataException>(() => LinkageIndex.Load(new MemoryStream(damaged), Trained));
                Assert.Throws<InvalidDataException>(() => LinkageIndex.Load(new MemoryStream(whole[..at]), Trained));
            },
            iter: 300);
    }

    [Theory]
    [InlineData("王某", "王某", "withheld")]
    [InlineData("小芳", "小芳", "called-name")]
    [InlineData("王秀兰", "王秀兰", "equal")]
    public void EqualNames_WeighWhatTheySay(string one, string other, string level)
    {
        var index = Index(People.Make(50, 15).Select((r, i) => (Id(i), r.Values)));
        var why = index.Explain(People.For(index, ["", "", one, "", "", ""]), People.For(index, ["", "", other, "", "", ""]));
        Assert.Equal(level, Assert.Single(why.Fields, f => f.Name == "name").Level);
    }

    [Fact]
    public void TwoRecordsOfOneReport_AreNoCandidates()
    {
        var index = new LinkageIndex(Trained);
        string[] values = ["", "1980-02-03", "王秀兰", "13812345678", "女", "one"];
        index.Upsert(Id(1), People.For(index, values));
        Assert.Empty(index.Find(People.For(index, values)));
        Assert.Single(index.Find(People.For(index, [.. values[..5], "another"])));
    }

    [Fact]
    public void AnExplanation_AddsUp_AndSpeaksBothLanguages()
    {
        var records = People.Make(300, 13);
        var index = Index(records.Select((r, i) => (Id(i), r.Values)));
        for (var i = 1; i < 200; i++)
        {
            var why = index.Explain(People.For(index, records[i - 1].Values), People.For(index, records[i].Values));
            Assert.Equal(why.Weight, why.Before + why.Fields.Sum(f => f.Weight), 6);
            Assert.All(why.Fields, field =>
            {
                Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", field.Sentence(CultureInfo.GetCultureInfo("zh-CN")));
                Assert.DoesNotMatch(@"\p{IsCJKUnifiedIdeographs}", field.Sentence(CultureInfo.GetCultureInfo("en")));
            });
        }
    }

    [Fact]
    public void APhoneThatHouseholdsShare_IsSaidToWeighLittle()
    {
        var index = Index(People.Make(3_000, 7).Select((r, i) => (Id(i), r.Values)));
        var why = index.Explain(
            People.For(index, ["", "1970-05-04", "王建国", "13812345678", "男", "a"]), People.For(index, ["", "1972-08-09", "李秀兰", "13812345678", "女", "b"]));
        var phone = Assert.Single(why.Fields, f => f.Name == "phone");
        Assert.True(phone.SharedByKin, string.Join("\n", why.Fields.Append<object>(why)));
        Assert.Contains("household", phone.Sentence(CultureInfo.GetCultureInfo("en")), StringComparison.Ordinal);
        Assert.InRange(why.Probability, 0, 0.01);
    }

    [Fact]
    public void AModelThatWasNotTrained_IsRefused() => Assert.Throws<LinkageModelException>(() => new LinkageIndex(LinkageModel.Parse(People.Model)));

    private static Guid Id(int i) => new(i + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]);

    private static int Place(Guid id) => BitConverter.ToInt32(id.ToByteArray(), 0) - 1;

    private static LinkageIndex Index(IEnumerable<(Guid Id, string[] Values)> records)
    {
        var index = new LinkageIndex(Trained);
        foreach (var (id, values) in records)
        {
            index.Upsert(id, People.For(index, values));
        }

        return index;
    }

    private static byte[] Snapshot(LinkageIndex index)
    {
        var stream = new MemoryStream();
        index.Save(stream);
        return stream.ToArray();
    }
}
