using Anhu.Linkage.Chinese;
using CsCheck;

namespace Anhu.Linkage.Tests.Chinese;

public sealed class ChineseNameComparerTests
{
    private static readonly ChineseNameComparer Comparer = new();

    [Theory]
    [InlineData("王 小明", "王小明", "equal")]
    [InlineData("張偉強", "张伟强", "equal")]
    [InlineData("龍　飛", "龙飞", "equal")]
    [InlineData("王小明先生", "王小明", "equal")]
    [InlineData("王小明（化名）", "王小明", "equal")]
    [InlineData("买买提•吐尔逊", "买买提・吐尔逊", "equal")]
    [InlineData("买买提.吐尔逊", "买买提。吐尔逊", "equal")]
    [InlineData("John Smith", "JOHN SMITH", "equal")]
    [InlineData("王某某", "王某", "equal")]
    [InlineData("王**", "王某甲", "equal")]
    [InlineData("王xx", "王先生", "equal")]
    [InlineData("司马女士", "司马某", "equal")]
    [InlineData("王伟", "王玮", "same-sound")]
    [InlineData("张静", "章婧", "same-sound")]
    [InlineData("单田芳", "善田芳", "same-sound")]
    [InlineData("曾国强", "增国强", "same-sound")]
    [InlineData("解小红", "谢小红", "same-sound")]
    [InlineData("买买提吐尔逊", "买买提·吐尔逊", "same-sound")]
    [InlineData("李思梓", "李恩梓", "alike-character")]
    [InlineData("王晴", "王睛", "alike-character")]
    [InlineData("陈己", "陈已", "alike-character")]
    [InlineData("徐明伟", "涂明伟", "alike-character")]
    [InlineData("王玉兰", "王玉三", "alike-character")]
    [InlineData("杨末", "扬未", "alike-character")]
    [InlineData("周伟", "邹伟", "near-sound")]
    [InlineData("程建国", "陈建国", "near-sound")]
    [InlineData("王小明", "Wang Xiaoming", "near-sound")]
    [InlineData("王小明", "XIAOMING WANG", "near-sound")]
    [InlineData("吕单", "LYU DAN", "near-sound")]
    [InlineData("单吕", "Shan Lu", "near-sound")]
    [InlineData("王小明", "Wang Xiaomin", "different")]
    [InlineData("王小明", "W", "different")]
    [InlineData("王小明", "王明小", "turned-round")]
    [InlineData("王小明", "小明王", "turned-round")]
    [InlineData("欧阳小明", "欧阳明小", "turned-round")]
    [InlineData("王小明", "王明", "character-missing")]
    [InlineData("王小明", "王小", "character-missing")]
    [InlineData("王伟", "王伟伟", "character-missing")]
    [InlineData("王建国", "建国", "character-missing")]
    [InlineData("欧阳建国", "欧阳国", "character-missing")]
    [InlineData("买买提·吐尔逊", "买买提", "character-missing")]
    [InlineData("王某", "王小明", "withheld")]
    [InlineData("王某某", "王明", "withheld")]
    [InlineData("王某明", "王小明", "withheld")]
    [InlineData("王*明", "王小明", "withheld")]
    [InlineData("李先生", "李伟", "withheld")]
    [InlineData("张女士", "张秀英", "withheld")]
    [InlineData("王姐", "王秀英", "withheld")]
    [InlineData("王", "王秀英", "withheld")]
    [InlineData("欧阳某", "欧阳建国", "withheld")]
    [InlineData("王某", "老王", "withheld")]
    [InlineData("王某", "李伟", "different")]
    [InlineData("王某红", "王小明", "same-surname")]
    [InlineData("小芳", "李桂芳", "called-name")]
    [InlineData("阿强", "刘强", "called-name")]
    [InlineData("芳芳", "李桂芳", "called-name")]
    [InlineData("芳芳", "小芳", "called-name")]
    [InlineData("老王", "王建国", "called-name")]
    [InlineData("小王", "王建国", "called-name")]
    [InlineData("阿王", "王建国", "different")]
    [InlineData("小芳", "李建国", "different")]
    [InlineData("王小明", "王小红", "one-given-character-same")]
    [InlineData("王建国", "李建国", "same-given-name")]
    [InlineData("买买提·吐尔逊", "买买提·卡德尔", "same-given-name")]
    [InlineData("王伟", "王芳", "same-surname")]
    [InlineData("欧阳伟", "欧阳芳", "same-surname")]
    [InlineData("阿迪力·吐尔逊", "古丽娜·吐尔逊", "same-surname")]
    [InlineData("王伟", "李伟", "different")]
    [InlineData("王小明", "李桂芳", "different")]
    [InlineData("不详", "王小明", "missing")]
    [InlineData("未 知", "王小明", "missing")]
    [InlineData("无名氏", "王小明", "missing")]
    [InlineData("某某", "王小明", "missing")]
    [InlineData("***", "王小明", "missing")]
    [InlineData("？", "王小明", "missing")]
    [InlineData("N/A", "王小明", "missing")]
    [InlineData("-", "王小明", "missing")]
    public void Names_OfEachLevel(string a, string b, string level) => Assert.Equal(level, Comparer.Level(a, b));

    [Theory]
    [InlineData("sound", "王小明", "wangxiaoming")]
    [InlineData("sound", "單曉鳴", "shanxiaoming")]
    [InlineData("sound", "王某", "")]
    [InlineData("sound", "Wang Xiaoming", "wangxiaoming")]
    [InlineData("sound-near", "程琳", "cenlin")]
    [InlineData("sound-near", "陈玲", "cenlin")]
    [InlineData("surname", "欧阳小明", "欧阳")]
    [InlineData("surname", "王某", "王")]
    [InlineData("surname", "小王", "")]
    [InlineData("given", "欧阳小明", "小明")]
    [InlineData("given", "买买提·吐尔逊", "吐尔逊")]
    [InlineData("given", "王某", "")]
    [InlineData("given", "小芳", "芳")]
    [InlineData("initials", "曾小明", "zxm")]
    [InlineData("initials", "买买提·吐尔逊", "mmttex")]
    public void Keys_OfAName(string key, string name, string expected) => Assert.Equal(expected, Comparing.Key(key, "chinese-name", name));

    /// <summary>A surname and two different characters of a given name, none of which makes a called name.</summary>
    private static readonly Gen<(char Surname, char First, char Second)> Names =
        Gen.Select(Character("王李张刘陈杨赵黄周吴徐孙"), Character("建国志文春玉秀淑桂金"), Character("伟强磊军洋勇杰涛超芳敏静丽艳娟霞"));

    [Fact]
    public void Name_WithAnotherCharacterOfTheSameSound_SoundsTheSame()
    {
        var bySound = Enumerable.Range(0x4E00, 0x5200).Select(code => (char)code).Where(character => Comparer.Normalised($"王明{character}") == $"王明{character}" && Comparer.Normalised($"王{character}") == $"王{character}").ToLookup(Characters.Sound);

        Gen.Select(Names, Gen.Int[0, 1000]).Sample((name, which) =>
        {
            var others = bySound[Characters.Sound(name.Second)].Where(character => character != name.Second).ToList();
            var other = others[which % others.Count];
            Assert.Equal("same-sound", Comparer.Level($"{name.Surname}{name.First}{name.Second}", $"{name.Surname}{name.First}{other}"));
            Assert.Equal("same-sound", Comparer.Level($"{name.Surname}{name.Second}", $"{name.Surname}{other}"));
        });
    }

    [Fact]
    public void Name_DamagedAsAgenciesDo_FallsIntoTheLevelMeant() => Names.Sample(name =>
    {
        var (surname, first, second) = name;
        var whole = $"{surname}{first}{second}";
        Assert.Equal("equal", Comparer.Level(whole, $"{surname} {first}{second}"));
        Assert.Equal("character-missing", Comparer.Level(whole, $"{surname}{first}"));
        Assert.Equal("character-missing", Comparer.Level($"{surname}{second}", $"{surname}{second}{second}"));
        Assert.Equal("withheld", Comparer.Level(whole, $"{surname}某"));
        Assert.Equal("withheld", Comparer.Level(whole, $"{surname}某某"));
        Assert.Equal("turned-round", Comparer.Level(whole, $"{surname}{second}{first}"));
        Assert.Equal("called-name", Comparer.Level(whole, $"小{second}"));
        Assert.Equal("called-name", Comparer.Level(whole, $"阿{second}"));
        Assert.Equal("called-name", Comparer.Level(whole, $"老{surname}"));
    });

    [Fact]
    public void SortedSound_OfATurnedName_IsTheSame() =>
        Assert.Equal(Comparing.Key("sound-sorted", "chinese-name", "王小明"), Comparing.Key("sound-sorted", "chinese-name", "王鸣晓"));

    private static Gen<char> Character(string characters) => Gen.Int[0, characters.Length - 1].Select(i => characters[i]);
}
