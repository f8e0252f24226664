using Anhu.Linkage.Chinese;
using Anhu.Linkage.Comparing;
using CsCheck;

namespace Anhu.Linkage.Tests.Chinese;

/// <summary>What every comparer and every key promises, whatever it is given.</summary>
public sealed class CatalogueTests
{
    /// <summary>Pieces that the comparers look for, so that chance puts them together.</summary>
    private static readonly string[] Pieces =
    [
        "340102199003070013", "340102900307001", "34010219900307", "13905512345", "+86", "0086", "86", "0551", "1990-01-01", "1990年", "3月", "7日", "2/30/", "王", "欧阳", "小", "明", "某", "某某", "先生", "·", ".", "*", "x", "X",
        "張", "不详", "阿", "老", "（", "）", "安徽省", "合肥市", "蜀山区", "长江西路", "12号", "十二号", "3栋", "2单元", "501室", "3-2-501", "石桥镇", "王家村", "三组", "阳光小区", "|", " ", "　", "１２", "男", "\uD800", "\uDC00", "\u0001", "\u200B",
        "号", "路", "村", "组", "栋", "室", "弄", "附", "甲", "省", "市", "区", "县", "镇", "乡", "街道", "社区", "-", "#", "氏", "姐", "〇", "百", "龘", "⼀", "豈",
    ];

    private static readonly Gen<string> PieceGen = Gen.OneOf(Pieces.Select(Gen.Const).ToArray());

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String,
        PieceGen.Array[0, 8].Select(parts => string.Concat(parts)),
        Gen.Char['\u4E00', '\u9FFF'].Array[0, 6].Select(characters => new string(characters)),
        Gen.Char['0', '9'].Array[0, 22].Select(characters => new string(characters)),
        Gen.Select(PieceGen, Gen.Int[1, 3000]).Select((piece, times) => string.Concat(Enumerable.Repeat(piece, times))));

    /// <summary>What is compared with each other to see whether it allocates.</summary>
    private static readonly string[] Values =
    [
        "340102199003070013", "340102********0013", "王小明", "王某", "欧阳建国", "买买提·吐尔逊", "13905512345", "1990-03-07", "1990-02-11", "男",
        "安徽省合肥市蜀山区长江西路12号阳光小区3栋2单元501室", "石桥镇王家村三组12号",
    ];

    public static TheoryData<string> ComparerNames => new(ChineseCatalogue.Comparers.Select(comparer => comparer.Name));

    [Theory]
    [MemberData(nameof(ComparerNames))]
    public void Normalise_OfAnything_StaysInItsBoundsAndIsDoneOnce(string name)
    {
        var comparer = Named(name);

        Texts.Sample(text =>
        {
            var once = comparer.Normalised(text);
            Assert.Equal(once, comparer.Normalised(once));
        });
    }

    [Theory]
    [MemberData(nameof(ComparerNames))]
    public void Compare_OfAnything_IsALevelAndTheSameBothWays(string name)
    {
        var comparer = Named(name);

        Gen.Select(Texts, Texts).Sample((a, b) => comparer.Level(a, b).Length > 0);
    }

    [Theory]
    [MemberData(nameof(ComparerNames))]
    public void Compare_OfWhatWasNeverNormalised_DoesNotThrow(string name)
    {
        var comparer = Named(name);

        Gen.Select(Texts, Texts).Sample((a, b) => a == b || a.Length == 0 || b.Length == 0 || comparer.Compare(a, b) < comparer.Levels.Count);
    }

    [Fact]
    public void Keys_OfAnything_StayInTheirBounds() => Texts.Sample(text =>
    {
        foreach (var comparer in ChineseCatalogue.Comparers)
        {
            foreach (var value in new[] { text, comparer.Normalised(text) })
            {
                var key = new char[Math.Max(64, 2 * value.Length)];
                Assert.All(ChineseCatalogue.Keys, maker => Assert.InRange(value.Length == 0 ? 0 : maker.Make(value, key), 0, key.Length));
            }
        }
    });

    [Fact]
    public void Work_OnValues_AllocatesNothing()
    {
        Assert.All(ChineseCatalogue.Comparers, comparer => Assert.Equal((comparer.Name, 0), (comparer.Name, Allocated(() => Work(comparer)))));
        Assert.All(ChineseCatalogue.Keys, key => Assert.Equal((key.Name, 0), (key.Name, Allocated(() => Work(key)))));
    }

    [Fact]
    public void Names_AreOfOneMeaning()
    {
        Assert.Distinct(ChineseCatalogue.Comparers.Select(comparer => comparer.Name));
        Assert.Distinct(ChineseCatalogue.Keys.Select(key => key.Name));
        Assert.All(ChineseCatalogue.Comparers, comparer => Assert.Distinct(comparer.Levels.Select(level => level.Name)));
        Assert.All(ChineseCatalogue.Comparers, comparer => Assert.Equal(("equal", "different"), (comparer.Levels[0].Name, comparer.Levels[^1].Name)));
    }

    [Fact]
    public void Page_ForDevelopers_ListsEveryLevelInOrderAndEveryKey()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "comparing-people.md"));

        foreach (var comparer in ChineseCatalogue.Comparers)
        {
            var levels = lines.First(line => line.StartsWith($"| `{comparer.Name}` |", StringComparison.Ordinal)).Split('|')[2];
            Assert.Equal(comparer.Levels.Select(level => level.Name), levels.Split(',').Select(level => level.Split('(')[0].Trim()));
        }

        Assert.All(ChineseCatalogue.Keys, key => Assert.Contains(lines, line => line.Contains($"`{key.Name}`", StringComparison.Ordinal)));
    }

    private static ValueComparer Named(string name) => ChineseCatalogue.Comparers.Single(comparer => comparer.Name == name);

    /// <summary>Bytes allocated when it is done a second time, once tables are loaded.</summary>
    /// <summary>The least of some runs: a collection that another test causes closes this thread's buffer, and what was left of it counts as allocated.</summary>
    private static long Allocated(Action work)
    {
        work();
        return Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    private static void Work(ValueComparer comparer)
    {
        Span<char> buffer = stackalloc char[128];
        for (var times = 0; times < 80; times++)
        {
            foreach (var a in Values)
            {
                comparer.Normalise(a, buffer);
                foreach (var b in Values)
                {
                    if (!ReferenceEquals(a, b))
                    {
                        comparer.Compare(a, b);
                    }
                }
            }
        }
    }

    private static void Work(KeyMaker key)
    {
        Span<char> buffer = stackalloc char[128];
        for (var times = 0; times < 800; times++)
        {
            foreach (var value in Values)
            {
                key.Make(value, buffer);
            }
        }
    }
}
