using Anhu.Common;
using Anhu.Modules.Messages;
using Anhu.Modules.Time;

namespace Anhu.Tests.Messages;

[Trait("Store", "none")]
public sealed class ContactGateTests
{
    private static readonly CityZone Zone = CityZone.Of();
    private static readonly DateTimeOffset Nine = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, 0, -1, false, null, null, ContactVerdict.Safe)]
    [InlineData(false, 0, -1, false, null, null, ContactVerdict.NotMarked)]
    [InlineData(true, 0, -1, true, null, null, ContactVerdict.Shared)]
    [InlineData(true, 13, -1, false, null, null, ContactVerdict.Safe)]
    [InlineData(true, 14, -1, false, null, null, ContactVerdict.Stale)]
    [InlineData(true, 2, 1, false, null, null, ContactVerdict.NewIncident)]
    [InlineData(true, 0, -1, false, "08:00", "09:00", ContactVerdict.OutsideHours)]
    [InlineData(true, 0, -1, false, "09:00", "10:00", ContactVerdict.Safe)]
    [InlineData(true, 0, -1, false, "22:00", "10:00", ContactVerdict.Safe)]
    [InlineData(true, 0, -1, false, "22:00", "06:00", ContactVerdict.OutsideHours)]
    [InlineData(true, 0, -1, false, "13:00", null, ContactVerdict.OutsideHours)]
    [InlineData(true, 0, -1, false, null, "12:00", ContactVerdict.Safe)]
    public void Gate_JudgesByWhatSheSaid(bool marked, int daysAgo, int alarmDaysAfter, bool shared, string? from, string? until, ContactVerdict expected)
    {
        var contact = Contact(marked, Nine.AddDays(-daysAgo), from, until);

        Assert.Equal(expected, ContactGate.Judge(contact, ContactChannel.Text, Nine, contact.ConfirmedAt.AddDays(alarmDaysAfter), shared, Zone));
    }

    [Theory]
    [InlineData("08:00", "10:00", 9)]
    [InlineData("13:00", "15:00", 13)]
    [InlineData("07:00", "08:00", 24 + 7)]
    public void NextWindow_IsNowOrWhenTheHoursOpen(string from, string until, int hourOfTheCity)
    {
        var midnight = Nine.AddHours(-9);

        Assert.Equal(midnight.AddHours(hourOfTheCity), ContactGate.NextWindow(Contact(true, Nine, from, until), Nine, Zone));
    }

    [Theory]
    [InlineData("您好，家暴可以求助。", "家暴")]
    [InlineData("您好，请看 http://a.cn/x", "links")]
    [InlineData("您好，编号 DV340104-2026-000001。", "numbers")]
    [InlineData("您好，请打 13800001111。", "numbers")]
    [InlineData("您好，{name}。", "names")]
    [InlineData("您好，这里是妇联。", "妇联")]
    public void Template_ThatTellsTooMuch_IsRefusedWithItsLine(string text, string reason)
    {
        var fault = Assert.Single(Assert.Throws<RuleDocumentException>(() => MessageTemplates.Parse(Yaml(text), "messages.yaml")).Faults.DistinctBy(f => f.Line));

        Assert.Equal(9, fault.Line);
        Assert.Contains(reason, fault.Reason.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Template_MayNameAnAgency_WhereSheAgreed() =>
        Assert.Single(MessageTemplates.Parse(Yaml("您好，这里是妇联。") + "    agencyAllowed: yes\n", "messages.yaml").Templates);

    [Fact]
    public void ShippedTemplates_PassTheLinter() =>
        Assert.NotEmpty(MessageTemplates.Load(Path.Combine(AppContext.BaseDirectory, "data", "templates", "messages.yaml")).Templates);

    [Theory]
    [InlineData(70, 1)]
    [InlineData(71, 2)]
    [InlineData(134, 2)]
    [InlineData(135, 3)]
    public void Segments_CountAsTheNetworkDoes(int length, int segments) => Assert.Equal(segments, MessageText.Segments(new string('好', length)));

    private static string Yaml(string text) => $"""
        kind: message-templates
        version: t
        title: {'{'}zh: 甲, en: A{'}'}
        banned: [家暴]
        agencies: [妇联]
        templates:
          - id: one
            title: {'{'}zh: 甲, en: A{'}'}
            text: "{text}"

        """;

    private static SafeContact Contact(bool marked, DateTimeOffset confirmedAt, string? from, string? until) => new()
    {
        SafeContactId = Guid.CreateVersion7(), CaseId = Guid.CreateVersion7(), PersonId = Guid.CreateVersion7(), Phone = "1", SafeToCall = marked, SafeToText = marked,
        SafeFrom = from is null ? null : TimeOnly.ParseExact(from, "HH:mm"), SafeUntil = until is null ? null : TimeOnly.ParseExact(until, "HH:mm"), ConfirmedAt = confirmedAt,
    };
}
