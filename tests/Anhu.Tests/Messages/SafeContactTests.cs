using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Intake;
using Anhu.Modules.Messages;
using Anhu.Modules.Security;
using Anhu.Modules.Visits;
using Anhu.Testing;
using Anhu.Tests.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Messages;

/// <summary>What she says of a channel, and what the one gate makes of it.</summary>
public sealed class SafeContactTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static int number = 5000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SafeContacts Contacts => app.Services.GetRequiredService<SafeContacts>();

    [Fact]
    public async Task NothingSaid_EveryChannelIsClosed()
    {
        var (alarm, caller, _) = await CaseAsync();

        foreach (var channel in Enum.GetValues<ContactChannel>())
        {
            var answer = await Contacts.AskAsync(caller, alarm.CaseId, channel, Ct);

            Assert.Equal(new GateAnswer(null, null, null), answer);
        }
    }

    [Fact]
    public async Task EachChannel_HoldsOnlyWhatWasSaidOfIt()
    {
        var (alarm, caller, victim) = await CaseAsync();
        await MarkAsync(alarm, caller, victim, c => c with { SafeToCall = true });
        await MarkAsync(alarm, caller, victim, c => c with { Phone = null, Address = "测试路77号门卫室", SafeForLetters = true });

        Assert.Equal(ContactVerdict.Safe, (await AskAsync(alarm, caller, ContactChannel.Call))!.Verdict);
        Assert.Equal("测试路77号门卫室", (await AskAsync(alarm, caller, ContactChannel.Letter))!.Contact!.Address);
        foreach (var channel in (ContactChannel[])[ContactChannel.Text, ContactChannel.Voicemail, ContactChannel.InPerson])
        {
            Assert.Equal((ContactVerdict.NotMarked, null), Closed(await AskAsync(alarm, caller, channel)));
        }
    }

    [Fact]
    public async Task WhatSheSaysOfAChannel_TakesThePlaceOfWhatSheSaidBefore()
    {
        var (alarm, caller, victim) = await CaseAsync();
        await MarkAsync(alarm, caller, victim, c => c with { SafeToCall = true, SafeToText = true, SafeFrom = new TimeOnly(8, 0), SafeUntil = new TimeOnly(20, 0) });
        await MarkAsync(alarm, caller, victim, c => c with { SafeToText = true, SafeFrom = new TimeOnly(12, 0), SafeUntil = new TimeOnly(13, 0), CodeWord = "青菜" });

        var contacts = (await Contacts.OfCaseAsync(caller, alarm.CaseId, Ct))!;

        Assert.Equal(ContactVerdict.Safe, contacts.ForCall!.Call);
        Assert.Equal((ContactVerdict.OutsideHours, "青菜"), (contacts.ForText!.Text, contacts.ForText.Contact.CodeWord));
        Assert.Single(contacts.Contacts, c => c.Contact.SafeToText);
    }

    [Theory]
    [InlineData(13, ContactVerdict.Safe)]
    [InlineData(14, ContactVerdict.Stale)]
    public async Task Silence_LocksTheChannel(int days, ContactVerdict expected)
    {
        var (alarm, caller, victim) = await CaseAsync();
        await MarkAsync(alarm, caller, victim, c => c with { SafeToCall = true });

        await AgeAsync(alarm, days);

        Assert.Equal(expected, (await AskAsync(alarm, caller, ContactChannel.Call))!.Verdict);
    }

    [Fact]
    public async Task Expiry_MayBeEarlier_NeverLater()
    {
        var (alarm, caller, victim) = await CaseAsync();
        var today = DateOnly.FromDateTime(app.Time.GetUtcNow().AddHours(8).DateTime);

        var late = await Contacts.Handle(Wish(alarm, victim) with { SafeToCall = true, ExpiresOn = today.AddDays(15) }, caller, Ct);
        await MarkAsync(alarm, caller, victim, c => c with { SafeToCall = true, ExpiresOn = today.AddDays(1) });
        await AgeAsync(alarm, 2);

        Assert.Equal(ContactFailures.ExpiryWrong, late.Failure);
        Assert.Equal(ContactVerdict.Stale, (await AskAsync(alarm, caller, ContactChannel.Call))!.Verdict);
    }

    [Fact]
    public async Task NewIncident_LocksAllChannels_UntilSheSaysItAgain()
    {
        var couple = Interlocked.Increment(ref number);
        var alarm = await app.ReportAsync(couple, 1);
        var (caller, victim) = await WhoAsync(alarm);
        await MarkAsync(alarm, caller, victim, c => c with { SafeToCall = true });
        app.Time.Advance(TimeSpan.FromMinutes(1));

        var again = await app.ReportAsync(couple, 2);
        var locked = (await AskAsync(alarm, caller, ContactChannel.Call))!;
        var contact = (await Contacts.OfCaseAsync(caller, alarm.CaseId, Ct))!.ForCall!.Contact;
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await Contacts.ConfirmAsync(alarm.CaseId, contact.SafeContactId, caller, Ct);

        Assert.Equal(alarm.CaseId, again.CaseId);
        Assert.Equal((ContactVerdict.NewIncident, null), Closed(locked));
        Assert.Equal(ContactVerdict.Safe, (await AskAsync(alarm, caller, ContactChannel.Call))!.Verdict);
    }

    [Fact]
    public async Task SharedPhone_AlsoOfAnotherCaseOfHers_IsRefused()
    {
        var (first, second) = (Interlocked.Increment(ref number), Interlocked.Increment(ref number));
        await app.ReportAsync(first, 1, otherPhone: "13911112222");
        // The same woman (name and phone) with somebody else.
        var receipt = await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(
            new AlarmReport
            {
                Source = "shared", SourceId = $"{second}", Revision = 1, ReceivedAt = app.Time.GetUtcNow(), Channel = AlarmChannel.Phone, Category = AlarmCategory.DomesticViolence,
                Location = new ReportedLocation($"别处路{second}号", "340104000000", null, null),
                People = [new ReportedPerson { Role = PartyRole.Victim, Name = $"受害{first}", Phone = $"1380000{first:D4}" }, new ReportedPerson { Role = PartyRole.Perpetrator, Name = $"另外{second}" }],
            },
            Anhu.Modules.Timeline.Actor.Platform, Ct);
        var (caller, victim) = await WhoAsync(receipt);

        var result = await Contacts.Handle(Wish(receipt, victim) with { Phone = "+86 139-1111-2222", SafeToCall = true }, caller, Ct);

        Assert.Equal(ContactFailures.Shared, result.Failure);
    }

    [Fact]
    public async Task Place_OfTheOtherParty_IsRefused_HoweverItIsWritten()
    {
        var couple = Interlocked.Increment(ref number);
        var alarm = await app.ReportAsync(couple, 1);
        await app.QueryAsync(async db =>
        {
            var party = await db.CaseParties.SingleAsync(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Perpetrator, Ct);
            var other = await db.People.SingleAsync(p => p.PersonId == party.PersonId, Ct);
            other.Address = "合肥市蜀山区翡翠花园3栋2单元501室";
            return await db.SaveChangesAsync(Ct);
        });
        var (caller, victim) = await WhoAsync(alarm);

        var result = await Contacts.Handle(Wish(alarm, victim) with { Phone = null, Address = "翡翠花园三号楼2-501", SafeForLetters = true }, caller, Ct);

        Assert.Equal(ContactFailures.SharedPlace, result.Failure);
    }

    [Theory]
    [InlineData(true, false, ContactVerdict.NotMarked)]
    [InlineData(true, true, ContactVerdict.Safe)]
    public async Task Voicemail_OnlyIfFlagged(bool call, bool voicemail, ContactVerdict expected)
    {
        var (alarm, caller, victim) = await CaseAsync();
        await MarkAsync(alarm, caller, victim, c => c with { SafeToCall = call, SafeVoicemail = voicemail });

        Assert.Equal(expected, (await AskAsync(alarm, caller, ContactChannel.Voicemail))!.Verdict);
    }

    [Fact]
    public async Task CallSheet_ShowsTheNumberOnlyWhenItIsSafe_AndSaysWhyNot()
    {
        var (alarm, caller, victim) = await CaseAsync();
        var duty = await app.DutyAsync(alarm, "phone-return-visit");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var before = await client.GetPageAsync($"/visits/{duty.DutyId}");
        var phone = await MarkAsync(alarm, caller, victim, c => c with { SafeToCall = true, CodeWord = "青菜", IfOtherAnswers = OtherAnswer.HangUp, NeedsInterpreter = true });

        var safe = await client.GetPageAsync($"/visits/{duty.DutyId}");
        await AgeAsync(alarm, 14);
        using var later = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var stale = await later.GetPageAsync($"/visits/{duty.DutyId}");
        var list = await later.GetPageAsync($"/visits/contacts/{alarm.CaseId}");

        Assert.Contains("还没有受害人确认过的安全联系方式", before.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains(phone.Phone, safe.Body!.TextContent, StringComparison.Ordinal);
        Assert.All((string[])["青菜", "不说话，挂断", "不要用家里人", "不要留言"], words => Assert.Contains(words, safe.Body!.TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain(phone.Phone, stale.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.DoesNotContain(phone.Phone, list.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Contains("先重新确认", stale.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("请见过受害人的民警单独问她", stale.Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes", true, ContactVerdict.Safe)]
    [InlineData("no", false, ContactVerdict.NotMarked)]
    [InlineData("not-asked", false, ContactVerdict.Safe)]
    public async Task VisitForm_AsksAtEachContact(string answer, bool isConfirmedAgain, ContactVerdict expected)
    {
        var (alarm, caller, victim) = await CaseAsync();
        var marked = await MarkAsync(alarm, caller, victim, c => c with { SafeToCall = true });
        var duty = await app.DutyAsync(alarm, "phone-return-visit");
        app.Time.Advance(TimeSpan.FromMinutes(10));
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var page = await client.GetPageAsync($"/visits/{duty.DutyId}");

        using var done = await client.SubmitAsync(page, "visit", new()
        {
            ["outcome"] = "reached", ["field.familyRelations"] = "calm", ["field.policeHandling"] = "satisfied", ["field.disputeSettled"] = "settled", ["field.riskView"] = "3",
            ["Still"] = answer,
        });

        Assert.Equal($"/visits/{duty.DutyId}/done", done.Headers.Location?.ToString().Replace(app.Address.ToString().TrimEnd('/'), "", StringComparison.Ordinal));
        var now = (await Contacts.OfCaseAsync(caller, alarm.CaseId, Ct))!.ForCall!;
        Assert.Equal(expected, now.Call);
        Assert.Equal(isConfirmedAgain, now.Contact.ConfirmedAt > marked.ConfirmedAt);
    }

    private static (ContactVerdict?, SafeContact?) Closed(GateAnswer? answer) => (answer?.Verdict, answer?.Contact);

    private static MarkSafeContact Wish(AlarmReceipt alarm, Guid victim) =>
        new() { CaseId = alarm.CaseId, PersonId = victim, Phone = $"135{victim.GetHashCode() & 0xFFFFFF:D8}" };

    private Task<GateAnswer?> AskAsync(AlarmReceipt alarm, Caller caller, ContactChannel channel) => Contacts.AskAsync(caller, alarm.CaseId, channel, Ct);

    /// <summary>As if she had said it some days earlier; the clock stands, since it drives all jobs of the program.</summary>
    private Task<int> AgeAsync(AlarmReceipt alarm, int days) => app.QueryAsync(async db =>
    {
        foreach (var contact in await db.SafeContacts.Where(c => c.CaseId == alarm.CaseId).ToListAsync(Ct))
        {
            (contact.ConfirmedAt, contact.ExpiresAt) = (contact.ConfirmedAt.AddDays(-days), contact.ExpiresAt?.AddDays(-days));
        }

        (await db.Cases.SingleAsync(c => c.CaseId == alarm.CaseId, Ct)).LastAlarmAt -= TimeSpan.FromDays(days + 1);
        return await db.SaveChangesAsync(Ct);
    });

    private async Task<SafeContact> MarkAsync(AlarmReceipt alarm, Caller caller, Guid victim, Func<MarkSafeContact, MarkSafeContact> change)
    {
        var result = await Contacts.Handle(change(Wish(alarm, victim)), caller, Ct);
        Assert.True(result.IsOk, result.Failure?.Code);
        return result.Value;
    }

    private async Task<(AlarmReceipt Alarm, Caller Caller, Guid Victim)> CaseAsync()
    {
        var alarm = await app.ReportAsync(Interlocked.Increment(ref number), 1);
        var (caller, victim) = await WhoAsync(alarm);
        return (alarm, caller, victim);
    }

    private async Task<(Caller Caller, Guid Victim)> WhoAsync(AlarmReceipt alarm)
    {
        var worker = await app.Data.CreateWorkerAsync();
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
        return (caller, (await Contacts.OfCaseAsync(caller, alarm.CaseId, Ct))!.Victims[0].PersonId);
    }
}
