using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Demo;

/// <summary>What made-up victims say of their telephones, and the caring messages that go there: through the same gate as real ones.</summary>
internal sealed class DemoContacts(DemoBooks books, MessageTemplates templates)
{
    private readonly Dictionary<Guid, SafeContact> contacts = [];
    private readonly Dictionary<Guid, OutboxMessage> messages = [];

    /// <summary>The message of a duty; null when there is none.</summary>
    /// <param name="dutyId">The duty.</param>
    public OutboxMessage? MessageOf(Guid dutyId) => messages.GetValueOrDefault(dutyId);

    /// <summary>Whether the victim of a case can be texted, and when.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">Now, UTC.</param>
    /// <returns>When, UTC; null when she can't be.</returns>
    public DateTimeOffset? MayTextAt(CaseFile file, DateTimeOffset at) => contacts.TryGetValue(file.Case.CaseId, out var contact)
        && ContactGate.Judge(contact, ContactChannel.Text, at, file.Case.LastAlarmAt, IsShared(file, contact), books.Zone) is ContactVerdict.Safe or ContactVerdict.OutsideHours
            ? ContactGate.NextWindow(contact, at, books.Zone)
            : null;

    /// <summary>Officers or a visitor ask her which number is safe.</summary>
    /// <param name="file">The case.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="random">Chance.</param>
    public void Ask(CaseFile file, Caller caller, DateTimeOffset at, Random random)
    {
        if (contacts.TryGetValue(file.Case.CaseId, out var known))
        {
            known.ConfirmedAt = at;
            Record("contact.confirmed", known, caller, at);
            return;
        }

        if (file.With(PartyRole.Victim).FirstOrDefault(p => p.Phone is not null) is not { } victim || !random.Chance(0.8))
        {
            return;
        }

        var contact = new SafeContact
        {
            SafeContactId = Guid.CreateVersion7(at), CaseId = file.Case.CaseId, PersonId = victim.PersonId, Phone = victim.Phone!, SafeToCall = true,
            SafeToText = random.Chance(0.8), SafeFrom = random.Chance(0.5) ? new TimeOnly(9, 0) : null, SafeUntil = random.Chance(0.5) ? new TimeOnly(17, 0) : null,
            SafePhrase = random.Chance(0.3) ? random.Pick((string[])["请问是社区图书馆吗？", "您预约的体检时间到了。", "您好，家长会的事想跟您说一下。"]) : null,
            Note = random.Chance(0.15) ? "白天本人接听，晚上可能是家人接。" : null, ConfirmedAt = at,
        };
        if (IsShared(file, contact))
        {
            return;
        }

        contacts.Add(file.Case.CaseId, contact);
        books.Add(contact);
        Record("contact.marked", contact, caller, at, ("call", contact.SafeToCall), ("text", contact.SafeToText));
    }

    /// <summary>Somebody else answered: the number is locked.</summary>
    /// <param name="file">The case.</param>
    /// <param name="caller">Who noticed.</param>
    /// <param name="at">When, UTC.</param>
    public void Lock(CaseFile file, Caller caller, DateTimeOffset at)
    {
        if (contacts.Remove(file.Case.CaseId, out var contact))
        {
            (contact.SafeToCall, contact.SafeToText, contact.SafeVoicemail) = (false, false, false);
            Record("contact.withdrawn", contact, caller, at);
        }
    }

    /// <summary>Chooses a message for a duty and puts it into the outbox.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="caller">Who chooses.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="random">Chance.</param>
    public OutboxMessage Queue(Duty duty, Caller caller, DateTimeOffset at, Random random)
    {
        var contact = contacts[duty.CaseId];
        var template = random.Pick(templates.Templates);
        var message = new OutboxMessage
        {
            OutboxMessageId = Guid.CreateVersion7(at), CaseId = duty.CaseId, DutyId = duty.DutyId, SafeContactId = contact.SafeContactId, Phone = contact.Phone,
            TemplateId = template.TemplateId, Text = template.Text, State = MessageState.Queued, QueuedAt = at, WorkerId = caller.WorkerId!.Value,
            NextAttemptAt = ContactGate.NextWindow(contact, at, books.Zone),
        };
        messages[duty.DutyId] = message;
        books.Add(message);
        books.Record(Fact("queued", message, at, duty.OwnerUnitId, duty.Class, ("at", message.NextAttemptAt)));
        return message;
    }

    /// <summary>The network takes a message, or not.</summary>
    /// <param name="message">The message.</param>
    /// <param name="taken">Whether it does.</param>
    /// <param name="at">When, UTC.</param>
    public void Send(OutboxMessage message, bool taken, DateTimeOffset at)
    {
        books.ActAs(Actor.Platform);
        message.NextAttemptAt = null;
        message.Attempts = taken ? 1 : OutboxSender.Backoff.Count + 1;
        message.State = taken ? MessageState.Sent : MessageState.Failed;
        message.SentAt = taken ? at : null;
        message.LastError = taken ? null : "no answer";
        message.GatewayReference = taken ? $"demo-{message.OutboxMessageId:N}"[..20] : null;
        books.Record(Fact(taken ? "sent" : "failed", message, at, null, null, ("attempts", message.Attempts)));
    }

    /// <summary>The network tells what became of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="arrived">Whether it arrived.</param>
    /// <param name="at">When, UTC.</param>
    public void Hear(OutboxMessage message, bool arrived, DateTimeOffset at)
    {
        books.ActAs(Actor.Platform);
        message.State = arrived ? MessageState.Delivered : MessageState.Failed;
        message.LastError = arrived ? null : "not delivered";
        books.Record(Fact(arrived ? "delivered" : "failed", message, at, null, null));
    }

    private static bool IsShared(CaseFile file, SafeContact contact) =>
        file.People.Values.Any(p => p.PersonId != contact.PersonId && p.Phone == contact.Phone);

    private static PendingEvent Fact(string what, OutboxMessage message, DateTimeOffset at, Guid? unit, int? @class, params ReadOnlySpan<(string, object?)> data) =>
        new(EventTypes.MessagePrefix + what, at, message.CaseId, message.DutyId, unit, @class, EventData.Of([("template", message.TemplateId), .. data]));

    private void Record(string type, SafeContact contact, Caller caller, DateTimeOffset at, params ReadOnlySpan<(string, object?)> data)
    {
        books.ActAs(caller.Actor);
        books.Record(new PendingEvent(type, at, contact.CaseId, null, null, null, EventData.Of([("contact", contact.SafeContactId), .. data])));
    }
}
