using Anhu.Common;
using Anhu.Modules.Messages;

namespace Anhu.Tests.Messages;

[Trait("Store", "none")]
public sealed class MessageLinterTests
{
    private static readonly MessageLinter Linter = MessageLinter.Load(Path.Combine(AppContext.BaseDirectory, "data", "templates", "words.yaml"));

    [Theory]
    [InlineData("关于家暴的事")]
    [InlineData("关于家 暴的事")]
    [InlineData("关于家*暴的事")]
    [InlineData("关于家\u200b暴的事")]
    [InlineData("关于家爆的事")]
    [InlineData("您申请的保護令")]
    [InlineData("ｊｉａｂａｏ的事")]
    [InlineData("he may be violent")]
    [InlineData("V10LENCE is not ok")]
    [InlineData("no a b u s e here")]
    [InlineData("your shelter place")]
    [InlineData("这里是婦聯")]
    [InlineData("这里是派 出 所")]
    [InlineData("Police here")]
    [InlineData("请拨１２３３８")]
    [InlineData("看这里 anhui.gov.cn")]
    [InlineData("看这里 ｗｗｗ．a.cn")]
    [InlineData("您的编号 DV 340104")]
    [InlineData("请打 138 0000 1111")]
    [InlineData("请打 一三八零零零零")]
    [InlineData("您好，{name}")]
    public void Text_ThatTellsTooMuch_IsRefused(string text) => Assert.NotEmpty(Linter.Check(text, agencyAllowed: false));

    [Theory]
    [InlineData("您好，祝您一切都好。")]
    [InlineData("天气多变，请多保重身体。")]
    [InlineData("您好，周三 15:30 的讲座欢迎您来。")]
    [InlineData("Hello, the therapist is free on Tuesday.")]
    [InlineData("It was great to hear from you.")]
    public void Text_ThatTellsNothing_Passes(string text) => Assert.Empty(Linter.Check(text, agencyAllowed: false).Select(f => f.En));

    [Fact]
    public void Agency_MayBeNamed_WhereSheAgreed_ButNothingElse()
    {
        Assert.Empty(Linter.Check("您好，这里是妇联。", agencyAllowed: true));
        Assert.NotEmpty(Linter.Check("您好，这里是妇联，关于家暴。", agencyAllowed: true));
    }

    [Theory]
    [InlineData("王芳，您好", true)]
    [InlineData("王 芳，您好", true)]
    [InlineData("您好，祝好", false)]
    public void Name_OfAnybodyOfTheCase_IsSeen(string text, bool expected) => Assert.Equal(expected, MessageLinter.TellsWho(text, ["李强", null, "王芳"]));

    [Fact]
    public void Templates_AreReadWithTheListBesideThem()
    {
        var folder = Directory.CreateTempSubdirectory("anhu-words").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "words.yaml"), "kind: message-words\nversion: t\nwords: [讲座]\nagencies: []\n");
            File.WriteAllText(
                Path.Combine(folder, "messages.yaml"),
                "kind: message-templates\nversion: t\ntitle: {zh: 甲, en: A}\nbanned: []\nagencies: []\ntemplates:\n  - id: one\n    title: {zh: 甲, en: A}\n    text: 讲 座欢迎您\n");

            var fault = Assert.Single(Assert.Throws<RuleDocumentException>(() => MessageTemplates.Load(Path.Combine(folder, "messages.yaml"))).Faults);

            Assert.Contains("讲座", fault.Reason.Zh, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("Hello", MessageEncoding.Gsm7)]
    [InlineData("Grüße, 5 €", MessageEncoding.Gsm7)]
    [InlineData("您好", MessageEncoding.Ucs2)]
    [InlineData("Hello 好", MessageEncoding.Ucs2)]
    public void Encoding_IsTheNetworksOwn_WhereItCanBe(string text, MessageEncoding expected) => Assert.Equal(expected, MessageText.EncodingOf(text));

    [Theory]
    [InlineData('a', 160, 1)]
    [InlineData('a', 161, 2)]
    [InlineData('a', 306, 2)]
    [InlineData('a', 307, 3)]
    [InlineData('€', 80, 1)]
    [InlineData('€', 81, 2)]
    [InlineData('€', 152, 2)]
    [InlineData('€', 153, 3)]
    public void Segments_OfLatinText_CountAsTheNetworkDoes(char letter, int length, int expected) =>
        Assert.Equal(expected, MessageText.Segments(new string(letter, length)));

    [Fact]
    public void Segments_DoNotCutALetterInTwo() => Assert.Equal(3, MessageText.Segments(string.Concat(Enumerable.Repeat("😀", 67))));
}
