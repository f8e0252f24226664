using Anhu.Linkage.Comparing;
using CsCheck;

namespace Anhu.Linkage.Tests;

/// <summary>The fast forms give what the plain ones give, bit for bit.</summary>
public sealed class LikenessTests
{
    /// <summary>Texts of few different characters, so that much matches; a 0 among them, which fills a short vector too.</summary>
    private static readonly Gen<string> Text = Gen.Char["abcd王\0"].Array[1, 24].Select(characters => new string(characters));

    private static readonly Gen<string> ShortText = Gen.Char["abcd王\0"].Array[1, 16].Select(characters => new string(characters));

    [Fact]
    public void Jaro_ByVectorAndByBits_IsThePlainOne() => Gen.Select(Gen.OneOf(Text, Gen.Char["ab"].Array[1, 64].Select(x => new string(x))), ShortText).Sample((a, b) =>
    {
        Assert.Equal(Likeness.Jaro(a, b), Likeness.JaroByVector(a, b));
        Assert.Equal(Likeness.Jaro(a, b), Likeness.JaroByBits(a, b));
    }, iter: 20_000);

    [Fact]
    public void Slips_ByVector_AreThePlainOnes() => Gen.Select(ShortText, Text, Gen.OneOf(Gen.Int[0, 5], Gen.Const(int.MaxValue - 1))).Sample((a, b, most) =>
        Assert.Equal(Likeness.Slips(a, b, most), Likeness.SlipsByVector(a, b, most)), iter: 20_000);

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("ca", "abc", 3)]
    [InlineData("abcd", "abdc", 1)]
    [InlineData("340102199003070018", "340102199003070081", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Slips_AreCounted_WhicheverTextIsFirst(string a, string b, int slips)
    {
        Assert.Equal(slips, Likeness.DamerauLevenshtein(a, b));
        Assert.Equal(slips, Likeness.DamerauLevenshtein(b, a));
        Assert.Equal(Math.Min(slips, 2), Likeness.DamerauLevenshtein(a, b, 1));
    }
}
