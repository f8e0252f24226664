using System.Globalization;
using Anhu.Modules.Alarms;

namespace Anhu.Modules.Demo;

/// <summary>A made-up person.</summary>
/// <param name="Name">Name.</param>
/// <param name="Sex">Sex.</param>
/// <param name="Born">Birth date.</param>
/// <param name="IdNumber">ID number of area 340199, which was never given out.</param>
/// <param name="Phone">Telephone of a block that nobody has.</param>
internal sealed record DemoPerson(string Name, Sex Sex, DateOnly Born, string IdNumber, string Phone);

/// <summary>Makes up people. Names are common ones put together by chance.</summary>
internal sealed class DemoPeople(Random random)
{
    private const string Surnames = "王王王李李李张张张刘刘陈陈杨杨吴吴赵周周徐徐孙朱胡高林何郭马罗梁宋郑谢韩唐冯于董程曹袁许沈潘汪汪方方丁江夏";
    private const string Women = "芳娟敏静丽艳娜秀霞燕红玲梅莉兰云萍晶洁琴雪慧倩婷颖琳蓉薇";
    private const string Men = "伟强磊军勇杰涛明超刚平辉鹏斌波宇浩凯健俊峰旭亮飞龙东";
    private const string First = "小晓文建志国玉春雨思子海永嘉俊雅家德";

    // Steps through all of 100,000 numbers without meeting one twice.
    private const int Stride = 40487;

    private int phones = random.Next(100_000);

    /// <summary>A surname.</summary>
    public string Surname() => Surnames[random.Next(Surnames.Length)].ToString();

    /// <summary>A person.</summary>
    /// <param name="sex">Sex.</param>
    /// <param name="age">Age.</param>
    /// <param name="on">The day on which the person has this age.</param>
    /// <param name="surname">Family name; any when null.</param>
    public DemoPerson Make(Sex sex, int age, DateOnly on, string? surname = null)
    {
        var given = sex == Sex.Female ? Women : Men;
        var name = (surname ?? Surname()) + (random.Chance(0.62) ? First[random.Next(First.Length)].ToString() : "") + given[random.Next(given.Length)];
        var born = on.AddYears(-age).AddDays(-random.Next(1, 360));
        var order = (random.Next(500) * 2) + (sex == Sex.Male ? 1 : 0);
        var id = CitizenId.Complete(string.Create(CultureInfo.InvariantCulture, $"340199{born:yyyyMMdd}{order:000}"));
        return new DemoPerson(name, sex, born, id, Phone());
    }

    /// <summary>A name alone.</summary>
    /// <param name="random">Chance.</param>
    public static string Name(Random random)
    {
        var given = random.Chance(0.6) ? Women : Men;
        return Surnames[random.Next(Surnames.Length)] + (random.Chance(0.6) ? First[random.Next(First.Length)].ToString() : "") + given[random.Next(given.Length)];
    }

    /// <summary>A telephone number; each is given once.</summary>
    public string Phone()
    {
        phones = (phones + Stride) % 100_000;
        return string.Create(CultureInfo.InvariantCulture, $"139000{phones:00000}");
    }
}
