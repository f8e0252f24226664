using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Messages;

/// <summary>What can go wrong with a message.</summary>
public static class MessageFailures
{
    /// <summary>No such template.</summary>
    public static Failure TemplateUnknown { get; } = new(FailureKind.Invalid, "messages.template-unknown", "templateId");

    /// <summary>The duty asks for no message.</summary>
    public static Failure NoMessage { get; } = new(FailureKind.NotAllowed, "messages.no-message");

    /// <summary>A message of this duty waits or is sent already.</summary>
    public static Failure AlreadyQueued { get; } = new(FailureKind.NotAllowed, "messages.already-queued");

    /// <summary>The text names somebody of the case, or holds what is shielded.</summary>
    public static Failure TellsTooMuch { get; } = new(FailureKind.NotAllowed, "messages.tells-too-much", "templateId");

    /// <summary>The contact may not be texted.</summary>
    /// <param name="verdict">Why.</param>
    public static Failure NotSafe(ContactVerdict? verdict) =>
        new(FailureKind.NotAllowed, $"messages.contact-{System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(verdict?.ToString() ?? "None")}");
}

/// <summary>A caring message (关爱短信) to the contact that a victim marked safe.</summary>
public sealed record SendCaringMessage
{
    /// <summary>The duty.</summary>
    public required Guid DutyId { get; init; }

    /// <summary>The version of the duty that was seen.</summary>
    public long? Version { get; init; }

    /// <summary>The template.</summary>
    public required string? TemplateId { get; init; }
}

/// <summary>Puts caring messages into the outbox; outside the safe hours they wait for them. The duty is done when the gateway took the message.</summary>
public sealed class SendCaringMessageHandler(
    IDbContextFactory<AnhuDbContext> contexts, DutyWrites writes, SafeContacts contacts, MessageTemplates templates, TimeProvider time)
{
    /// <summary>The kind of duty.</summary>
    public const string Kind = "caring-message";

    /// <summary>Queues a message.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The message.</returns>
    public async Task<Result<OutboxMessage>> Handle(SendCaringMessage command, Caller caller, CancellationToken ct)
    {
        if (templates.Find(command.TemplateId) is not { } template)
        {
            return MessageFailures.TemplateUnknown;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var duty = await db.Duties.AsNoTracking().VisibleTo(caller, db).SingleOrDefaultAsync(d => d.DutyId == command.DutyId, ct);
        if (duty is null || caller.WorkerId is not { } worker)
        {
            return DutyFailures.NotFound;
        }

        if (duty.Kind != Kind)
        {
            return MessageFailures.NoMessage;
        }

        if (await db.OutboxMessages.AnyAsync(m => m.DutyId == duty.DutyId
            && (m.State == MessageState.Queued || m.State == MessageState.Sent || m.State == MessageState.Delivered), ct))
        {
            return MessageFailures.AlreadyQueued;
        }

        var gate = await contacts.AskAsync(caller, duty.CaseId, ContactChannel.Text, ct);
        if (gate?.Contact is not { } contact)
        {
            return MessageFailures.NotSafe(gate?.Verdict);
        }

        if (MessageLinter.TellsWho(template.Text, await NamesAsync(db, duty.CaseId, ct))
            || (await CaseSecrets.LoadAsync(db, duty.CaseId, ct)).Guard.Find("text", template.Text).Count > 0)
        {
            return MessageFailures.TellsTooMuch;
        }

        var now = time.Now;
        var message = new OutboxMessage
        {
            OutboxMessageId = Guid.CreateVersion7(now), CaseId = duty.CaseId, DutyId = duty.DutyId, SafeContactId = contact.SafeContactId,
            Phone = contact.Phone, TemplateId = template.TemplateId, Text = template.Text, State = MessageState.Queued, QueuedAt = now, WorkerId = worker,
            NextAttemptAt = gate.From ?? now,
        };
        // The version, if only the one read here: two who queue at once do not both succeed.
        var result = await writes.AddAsync(duty.DutyId, command.Version ?? duty.Version, caller, (_, d, sink) =>
        {
            sink.Add(message);
            sink.Record(new PendingEvent(EventTypes.MessagePrefix + "queued", now, d.CaseId, d.DutyId, d.OwnerUnitId, d.Class, EventData.Of(
                ("template", template.TemplateId), ("at", message.NextAttemptAt))));
        }, ct);
        return result.IsOk ? message : result.Failure!;
    }

    private static async Task<IReadOnlyList<string?>> NamesAsync(AnhuDbContext db, Guid caseId, CancellationToken ct) => await (
        from party in db.CaseParties.AsNoTracking()
        join person in db.People on party.PersonId equals person.PersonId
        where party.CaseId == caseId
        select person.Name).ToListAsync(ct);

    /// <summary>Those of some duties whose message waits or is sent already.</summary>
    /// <param name="dutyIds">Duties, seen by the caller before.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<HashSet<Guid>> WaitingAsync(IReadOnlyList<Guid> dutyIds, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var waiting = await db.OutboxMessages.Where(m => m.DutyId != null && dutyIds.Contains(m.DutyId.Value) && m.State != MessageState.Failed && m.State != MessageState.Stopped)
            .Select(m => m.DutyId).ToListAsync(ct);
        return [.. waiting.OfType<Guid>()];
    }

    /// <summary>The messages of a duty, newest first.</summary>
    /// <param name="dutyId">The duty, seen by the caller before.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<OutboxMessage>> OfDutyAsync(Guid dutyId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.OutboxMessages.AsNoTracking().Where(m => m.DutyId == dutyId).OrderByDescending(m => m.QueuedAt).Take(20).ToListAsync(ct);
    }
}
