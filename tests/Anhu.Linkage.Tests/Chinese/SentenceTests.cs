using System.Globalization;
using Anhu.Linkage.Chinese;

namespace Anhu.Linkage.Tests.Chinese;

public sealed class SentenceTests
{
    private static readonly CultureInfo Chinese = new("zh-CN");
    private static readonly CultureInfo English = new("en-GB");

    [Fact]
    public void EveryLevel_HasASentenceOfItsOwn_InBothLanguages()
    {
        var levels = ChineseCatalogue.Comparers.SelectMany(comparer => comparer.Levels.Select(level => level.Name).Append("missing").Select(level => (comparer.Name, level))).ToList();
        foreach (var culture in new[] { Chinese, English })
        {
            var sentences = levels.ConvertAll(level => LinkageText.Sentence(level.Name, level.level, culture));

            Assert.All(sentences, sentence => Assert.False(string.IsNullOrEmpty(sentence)));
            Assert.Distinct(sentences);
        }
    }

    [Fact]
    public void Sentence_OfAnIdNumber_IsInTheReadersLanguage()
    {
        Assert.Equal("身份证号有两位相邻数字颠倒", LinkageText.Sentence("citizen-id", "exchanged-digits", Chinese));
        Assert.Equal("The ID numbers differ by two exchanged digits", LinkageText.Sentence("citizen-id", "exchanged-digits", English));
        Assert.Null(LinkageText.Sentence("citizen-id", "made-up", Chinese));
    }
}
