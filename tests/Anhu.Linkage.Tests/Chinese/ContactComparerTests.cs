using Anhu.Linkage.Chinese;
using CsCheck;

namespace Anhu.Linkage.Tests.Chinese;

public sealed class ContactComparerTests
{
    private static readonly MobileComparer Mobile = new();
    private static readonly BirthDateComparer BirthDate = new();
    private static readonly SexComparer Sex = new();

    [Theory]
    [InlineData("13905512345", "+86 139-0551-2345", "equal")]
    [InlineData("13905512345", "008613905512345", "equal")]
    [InlineData("13905512345", "8613905512345", "equal")]
    [InlineData("13905512345", "１３９０５５１２３４５", "equal")]
    [InlineData("13905512345", "013905512345", "equal")]
    [InlineData("13905512345", "13905512345、13855160000", "equal")]
    [InlineData("13905512345", "139 0551 2345 13855160000", "equal")]
    [InlineData("13905512345", "13905512345（本人）", "equal")]
    [InlineData("0551-62345678", "(0551) 6234 5678", "equal")]
    [InlineData("13905512345", "13905521345", "exchanged-digits")]
    [InlineData("13905512345", "13905512845", "one-digit-wrong")]
    [InlineData("13905512345", "1390551345", "digit-lost-or-doubled")]
    [InlineData("13905512345", "+86 139055112345", "digit-lost-or-doubled")]
    [InlineData("13905512345", "18605512345", "same-last-eight")]
    [InlineData("0551-62345678", "62345678", "same-last-eight")]
    [InlineData("0556-5234567", "5234567", "same-last-eight")]
    [InlineData("13905512345", "13855167890", "different")]
    [InlineData("00000000000", "13855167890", "missing")]
    [InlineData("11111111111", "13855167890", "missing")]
    [InlineData("12345678901", "13855167890", "missing")]
    [InlineData("110", "13855167890", "missing")]
    [InlineData("无", "13855167890", "missing")]
    public void Phones_OfEachLevel(string a, string b, string level) => Assert.Equal(level, Mobile.Level(a, b));

    [Theory]
    [InlineData("1990-03-07", "19900307", "equal")]
    [InlineData("1990-03-07", "1990/3/7", "equal")]
    [InlineData("1990-03-07", "1990年3月7日", "equal")]
    [InlineData("1990-03-07", "１９９０．０３．０７", "equal")]
    [InlineData("1990-03-07", "1990-03-07T00:00:00", "equal")]
    [InlineData("1990-03-27", "27/3/1990", "equal")]
    [InlineData("1990-03-27", "3/27/1990 0:00", "equal")]
    [InlineData("1990-01-27", "1990-01-01", "lunar")] // new year's day of 1990
    [InlineData("1990-03-07", "1990-07-03", "day-and-month-exchanged")]
    [InlineData("1990-03-07", "1991-03-07", "year-off")]
    [InlineData("1988-03-07", "1989-03-06", "year-off")]
    [InlineData("1990-03-07", "1990-03-01", "one-digit-wrong")]
    [InlineData("1990-03-07", "1980-03-07", "one-digit-wrong")]
    [InlineData("1990-03-21", "1990-03-12", "exchanged-digits")]
    [InlineData("1987-03-07", "1978-03-07", "exchanged-digits")]
    [InlineData("1990-03-07", "1990-01-01", "unknown-day")]
    [InlineData("1990-03-07", "1990", "unknown-day")]
    [InlineData("1990-03-07", "1990-03", "unknown-day")]
    [InlineData("1990-03-07", "1990-02-11", "lunar")]
    [InlineData("1990-03-07", "1990-02-10", "weeks-apart")]
    [InlineData("1990-01-17", "1989-12-29", "weeks-apart")]
    [InlineData("1990-03-07", "1990-02-28", "same-year")]
    [InlineData("1990-01-07", "1989-12-29", "different")]
    [InlineData("1990-03-07", "1964-03-07", "same-day-of-year")]
    [InlineData("1990-03-07", "1990-03-19", "same-month")]
    [InlineData("1990-03-07", "1990-10-18", "same-year")]
    [InlineData("1990-03-07", "1972-10-18", "different")]
    [InlineData("1990-03-07", "1900-01-01", "missing")]
    [InlineData("1990-03-07", "0000-00-00", "missing")]
    [InlineData("1990-03-07", "不详", "missing")]
    public void BirthDates_OfEachLevel(string a, string b, string level) => Assert.Equal(level, BirthDate.Level(a, b));

    [Theory]
    [InlineData("男", " male ", "equal")]
    [InlineData("女", "２", "equal")]
    [InlineData("女性", "F", "equal")]
    [InlineData("男", "女", "different")]
    [InlineData("男", "未知", "missing")]
    [InlineData("男", "", "missing")]
    public void Sexes_OfEachLevel(string a, string b, string level) => Assert.Equal(level, Sex.Level(a, b));

    [Fact]
    public void AnySlip_InAMobileNumber_IsSeen() => Gen.Select(Gen.Long[13000000000, 19999999999], Gen.Int[1, 9], Gen.Int[1, 9]).Sample((digits, at, other) =>
    {
        var number = FormattableString.Invariant($"{digits}");
        if (Mobile.Normalised(number).Length == 0)
        {
            return;
        }

        Assert.Equal("equal", Mobile.Level(number, "+86" + number));
        Assert.Equal("one-digit-wrong", Mobile.Level(number, number[..at] + (char)('0' + ((number[at] - '0' + other) % 10)) + number[(at + 1)..]));
        Assert.Equal("digit-lost-or-doubled", Mobile.Level(number, number.Remove(at, 1)));
        Assert.Equal("digit-lost-or-doubled", Mobile.Level(number, number.Insert(at, number[at].ToString())));
    });

    [Fact]
    public void Date_OfTheLunarCalendar_IsKnownAsTheSolarOne()
    {
        var calendar = new System.Globalization.ChineseLunisolarCalendar();

        Gen.Date[new DateTime(1920, 3, 1), new DateTime(2025, 12, 31)].Sample(solar =>
        {
            var year = calendar.GetYear(solar);
            var leap = calendar.GetLeapMonth(year);
            var month = calendar.GetMonth(solar);
            var written = leap > 0 && month >= leap ? month - 1 : month;
            var day = calendar.GetDayOfMonth(solar);
            if (day <= DateTime.DaysInMonth(year, written) && !(solar.Day == written && solar.Month == day))
            {
                Assert.Equal("lunar", BirthDate.Level(solar.ToString("yyyy-MM-dd", null), FormattableString.Invariant($"{year:0000}-{written:00}-{day:00}")));
            }
        });
    }

    [Fact]
    public void Date_DamagedAsAgenciesDo_FallsIntoTheLevelMeant() => Gen.Select(Gen.Date[new DateTime(1920, 3, 1), new DateTime(2025, 12, 31)], Gen.Int[20, 49]).Sample((born, days) =>
    {
        Assert.True(Level(born.AddDays(-days)) is "weeks-apart" or "lunar" or "unknown-day" or "same-month" or "day-and-month-exchanged" or "one-digit-wrong" or "exchanged-digits");
        foreach (var other in new[] { born.AddDays(365), born.AddDays(-365) })
        {
            Assert.True(other.Year == born.Year || Level(other) is "year-off");
        }

        if (born is { Day: <= 12 } && born.Day != born.Month)
        {
            Assert.Equal("day-and-month-exchanged", Level(new DateTime(born.Year, born.Day, born.Month)));
        }

        if (born is { Month: > 3 })
        {
            Assert.Equal("unknown-day", Level(new DateTime(born.Year, 1, 1)));
        }

        string Level(DateTime other) => BirthDate.Level(born.ToString("yyyy-MM-dd", null), other.ToString("yyyy-MM-dd", null));
    });

    [Theory]
    [InlineData("phone-last8", "mobile", "+86 13905512345", "05512345")]
    [InlineData("phone-last4", "mobile", "13905512345", "2345")]
    [InlineData("phone-first7", "mobile", "13905512345", "1390551")]
    [InlineData("phone-first7", "mobile", "62345678", "")]
    [InlineData("year", "birth-date", "1990年3月7日", "1990")]
    [InlineData("year-month", "birth-date", "1990-03-07", "1990-03")]
    [InlineData("year-month", "birth-date", "1990", "")]
    [InlineData("month-day", "birth-date", "1990-03-07", "03-07")]
    [InlineData("month-day", "birth-date", "1990-01-01", "")]
    public void Keys_OfPhonesAndDates(string key, string comparer, string value, string expected) => Assert.Equal(expected, Comparing.Key(key, comparer, value));
}
