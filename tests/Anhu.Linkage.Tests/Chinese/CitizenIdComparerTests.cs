using Anhu.Linkage.Chinese;
using CsCheck;

namespace Anhu.Linkage.Tests.Chinese;

public sealed class CitizenIdComparerTests
{
    private static readonly CitizenIdComparer Comparer = new();

    /// <summary>Right numbers of people born from 1930 to 1999.</summary>
    private static readonly Gen<string> Numbers = Gen.Select(Gen.Int[110000, 659000], Gen.Date[new DateTime(1930, 1, 1), new DateTime(1999, 12, 31)], Gen.Int[0, 999])
        .Select((region, born, order) => Complete(FormattableString.Invariant($"{region}{born:yyyyMMdd}{order:000}")));

    [Theory]
    [InlineData("340102199003070013", "340102199003070013", "equal")]
    [InlineData("34010219900307123X", "34010219900307123x", "equal")]
    [InlineData("３４０１０２ 19900307 0013", "340102199003070013", "equal")]
    [InlineData("身份证：340102199003070013", "'340102199003070013", "equal")]
    [InlineData("340102900307001", "340102199003070013", "old-form")]
    [InlineData("340120199003070013", "340102199003070013", "exchanged-digits")]
    [InlineData("340102199003070031", "340102199003070013", "exchanged-digits")]
    [InlineData("340102199003070018", "340102199003070013", "one-digit-wrong")]
    [InlineData("340102199008070013", "340102199003070013", "one-digit-wrong")]
    [InlineData("340102900308001", "340102199003070013", "one-digit-wrong")]
    [InlineData("34010219900307013", "340102199003070013", "digit-lost-or-doubled")]
    [InlineData("3401021199003070013", "340102199003070013", "digit-lost-or-doubled")]
    [InlineData("340102********0013", "340102199003070013", "masked")]
    [InlineData("3401021990****0013", "340102199003070013", "masked")]
    [InlineData("340102XXXXXXXX0013", "340102199003070013", "masked")]
    [InlineData("340102****0013", "340102199003070013", "masked")]
    [InlineData("340102********0018", "340102199003070013", "different")]
    [InlineData("340120199003070018", "340102199003070018", "exchanged-digits")]
    [InlineData("340202199009070013", "340102199003070013", "several-digits-wrong")]
    [InlineData("340102199003072051", "340102199003070013", "same-region-and-birth-date")]
    [InlineData("340103199003072051", "340102199003070013", "same-birth-date")]
    [InlineData("340102198511230021", "340102199003070013", "different")]
    [InlineData("不详", "340102199003070013", "missing")]
    [InlineData("000000000000000000", "340102199003070013", "missing")]
    [InlineData("340102", "340102199003070013", "missing")]
    [InlineData("340102************", "340102199003070013", "missing")]
    [InlineData("E12345678", "e12345678", "equal")]
    public void Numbers_OfEachLevel(string a, string b, string level) => Assert.Equal(level, Comparer.Level(a, b));

    [Fact]
    public void TwoRightNumbersOneDigitApart_AreNeighbours_NotASlip()
    {
        var one = Complete("34010219900307001");
        var other = Complete("34010219900307003");

        Assert.Equal("neighbouring-numbers", Comparer.Level(one, other));
        Assert.Equal("several-digits-wrong", Comparer.Level(one[..16] + "3" + (char)(one[17] == '0' ? '1' : '0'), one));
    }

    [Fact]
    public void AnySlip_InARightNumber_IsSeen() => Gen.Select(Numbers, Gen.Int[0, 16], Gen.Int[1, 9]).Sample((number, at, other) =>
    {
        var replaced = number[..at] + (char)('0' + ((number[at] - '0' + other) % 10)) + number[(at + 1)..];
        Assert.Equal("one-digit-wrong", Comparer.Level(number, replaced));
        Assert.Equal("digit-lost-or-doubled", Comparer.Level(number, number.Remove(at, 1)));
        Assert.Equal("digit-lost-or-doubled", Comparer.Level(number, number.Insert(at, number[at].ToString())));
        if (at < 16 && number[at] != number[at + 1])
        {
            Assert.Equal("exchanged-digits", Comparer.Level(number, number[..at] + number[at + 1] + number[at] + number[(at + 2)..]));
        }

        Assert.Equal("masked", Comparer.Level(number, number[..6] + "********" + number[14..]));
        Assert.Equal("old-form", Comparer.Level(number, number[..6] + number[8..17]));
        Assert.Equal("equal", Comparer.Level(number, number.ToLowerInvariant()));
    });

    [Fact]
    public void Numbers_OfTwoPeople_AreSeldomTakenForSlips() => Gen.Select(Numbers, Numbers).Sample((a, b) =>
        a == b || Comparer.Level(a, b) is "different" or "same-birth-date" or "same-region-and-birth-date" or "neighbouring-numbers");

    [Theory]
    [InlineData("id-birth", "34010219900307001X", "1990-03-07")]
    [InlineData("id-birth", "340102900307001", "1990-03-07")]
    [InlineData("id-birth", "340102********001X", "")]
    [InlineData("id-birth", "340102199013070013", "")]
    [InlineData("id-sex", "340102199003070013", "男")]
    [InlineData("id-sex", "340102900307002", "女")]
    [InlineData("id-sex", "340102199003", "")]
    [InlineData("id15", "340102199003070013", "340102900307001")]
    [InlineData("id15", "340102900307001", "340102900307001")]
    [InlineData("id15", "340102200503070013", "")]
    [InlineData("id-county", "340102199003070013", "340102")]
    [InlineData("id-first10", "340102199003070013", "3401021990")]
    [InlineData("id-first14", "340102********001X", "")]
    [InlineData("id-no-check", "340102199003070013", "34010219900307001")]
    [InlineData("id-last4", "340102********001X", "001X")]
    [InlineData("id-last8", "340102199003070013", "03070013")]
    public void Keys_OfANumber(string key, string number, string expected) => Assert.Equal(expected, Comparing.Key(key, "citizen-id", number));

    [Fact]
    public void Number_IsReadInAnyWriting() => Numbers.Sample(number =>
    {
        Assert.True(CitizenIdNumber.TryParse($" {number[..6]} {number[6..14]} {number[14..].ToLowerInvariant()} ", out var read));
        Assert.Equal(number, read.Value);
        Assert.Equal(number.Substring(6, 8), read.BirthDate.ToString("yyyyMMdd", null));
        Assert.Equal((number[16] - '0') % 2 == 1, read.IsMale);
        Assert.True(CitizenIdNumber.TryParse(number[..6] + number[8..17], out var old));
        Assert.Equal(read, old);
        Assert.False(CitizenIdNumber.TryParse(number[..17] + (number[17] == '5' ? '6' : '5'), out _));
    });

    private static string Complete(string digits) => digits + CitizenIdNumber.CheckCharacter(digits);
}
