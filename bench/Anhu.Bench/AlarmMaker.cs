using System.Globalization;
using Anhu.Modules.Alarms;

namespace Anhu.Bench;

/// <summary>Makes believable alarms of made-up people, the same for the same seed. A fifth concern a couple that had one before.</summary>
/// <param name="seed">Decides everything.</param>
/// <param name="regions">Communities in which they happen.</param>
/// <param name="child">Whether a child is in each.</param>
/// <param name="onceIn">One alarm in so many concerns a couple that had one before; 0 for none.</param>
public sealed class AlarmMaker(int seed, IReadOnlyList<string> regions, bool child = true, int onceIn = 5)
{
    private const string Story =
        "报警人称在家中被丈夫殴打，现场有孩子，要求民警到场处理。双方因琐事争吵，对方酒后动手，打了报警人面部和手臂，摔坏家中物品；" +
        "报警人称以前也有过类似情况，现在躲在卧室里，门已反锁，对方仍在客厅大声叫骂。";

    private const string Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高";
    private const string Given = "芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉";

    /// <summary>The n-th alarm.</summary>
    /// <param name="n">Its number.</param>
    /// <param name="at">When it is received.</param>
    public AlarmReport Make(int n, DateTimeOffset at)
    {
        var random = new Random(HashCode.Combine(seed, n));
        var couple = onceIn > 0 && random.Next(onceIn) == 0 && n > 50 ? random.Next(n) : n;
        var who = new Random(HashCode.Combine(seed, couple, 7));
        var region = regions[who.Next(regions.Count)];
        return new AlarmReport
        {
            Source = "bench", SourceId = n.ToString(CultureInfo.InvariantCulture), Revision = 1, ReceivedAt = at, Channel = AlarmChannel.Phone,
            Category = AlarmCategory.DomesticViolence, Summary = Story,
            Reporter = new ReportedReporter("王某", Phone(who), "self"),
            Location = new ReportedLocation($"测试路{who.Next(1, 400)}号{who.Next(1, 30)}栋{who.Next(1, 7)}单元", region, 117.2 + (who.NextDouble() / 10), 31.8 + (who.NextDouble() / 10)),
            People =
            [
                Person(who, couple * 2, PartyRole.Victim, Sex.Female, Injury.Minor, null),
                Person(who, (couple * 2) + 1, PartyRole.Perpetrator, Sex.Male, Injury.None, "spouse"),
                .. child ? [new ReportedPerson { Role = PartyRole.Child, Name = Name(who), Sex = Sex.Male, BirthDate = new DateOnly(2018, 6, 1), RelationToVictim = "child" }] : Array.Empty<ReportedPerson>(),
            ],
            Indicators = new ReportedIndicators(random.Next(20) == 0, random.Next(10) == 0, random.Next(40) == 0, true, false, random.Next(3) == 0),
        };
    }

    /// <summary>The n-th alarm as the API takes it.</summary>
    /// <param name="n">Its number.</param>
    /// <param name="at">When it is received.</param>
    public byte[] Body(int n, DateTimeOffset at)
    {
        // The stored form begins with source and id, which stand in the address here.
        var stored = AlarmReportWriter.ToCanonicalJson(Make(n, at));
        return [(byte)'{', .. stored.AsSpan(stored.AsSpan().IndexOf("\"revision\""u8))];
    }

    private static ReportedPerson Person(Random random, int number, PartyRole role, Sex sex, Injury injury, string? relation)
    {
        var born = new DateOnly(1960 + (number % 40), 1 + (number / 40 % 12), 1 + (number / 480 % 28));
        var order = ((number / 13440 % 500) * 2) + (sex == Sex.Male ? 1 : 0);
        var digits = string.Create(CultureInfo.InvariantCulture, $"3401{99 - (number / 6_720_000 % 2)}{born:yyyyMMdd}{order:000}");
        return new ReportedPerson
        {
            Role = role, Name = Name(random), Sex = sex, BirthDate = born, IdNumber = CitizenId.Complete(digits), Phone = Phone(random),
            Address = $"测试路{random.Next(1, 400)}号", Injury = injury, RelationToVictim = relation,
        };
    }

    private static string Name(Random random) => $"{Surnames[random.Next(Surnames.Length)]}{Given[random.Next(Given.Length)]}{Given[random.Next(Given.Length)]}";

    private static string Phone(Random random) => string.Create(CultureInfo.InvariantCulture, $"139{random.Next(100_000_000):00000000}");
}
