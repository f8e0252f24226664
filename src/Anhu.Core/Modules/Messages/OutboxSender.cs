using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Messages;

/// <summary>Sends what is due in the outbox. Each message is claimed for a while, so that one node sends it; the gate is asked again right before sending (B9).</summary>
public sealed partial class OutboxSender(
    IDbContextFactory<AnhuDbContext> contexts, IMessageGateway gateway, TakeDutyStepHandler steps, CityZone zone, TimeProvider time, ILogger<OutboxSender> logger)
{
    private const int Portion = 20;
    private const int Most = 500;
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    /// <summary>How long each further try waits; after the last one the message has failed.</summary>
    public static IReadOnlyList<TimeSpan> Backoff { get; } =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(6)];

    /// <summary>Sends all that is due now.</summary>
    /// <param name="ct">Cancels between messages.</param>
    /// <returns>How many messages were handled.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await StopLockedAsync(ct);
        var handled = 0;
        while (await ClaimAsync(ct) is { Count: > 0 } claimed)
        {
            foreach (var id in claimed)
            {
                await SendAsync(id, ct);
                handled++;
            }
        }

        await CompleteDutiesAsync(ct);
        return handled;
    }

    /// <summary>Takes a delivery report.</summary>
    /// <param name="outboxMessageId">The message.</param>
    /// <param name="arrived">True when it arrived, false when it will not.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when there is no such message.</returns>
    public async Task<bool> ReportAsync(Guid outboxMessageId, bool arrived, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ExclusivelyAsync(
            async () =>
            {
                var message = await db.OutboxMessages.SingleOrDefaultAsync(m => m.OutboxMessageId == outboxMessageId, ct);
                if (message is null)
                {
                    return false;
                }

                if (message.State == MessageState.Sent)
                {
                    message.State = arrived ? MessageState.Delivered : MessageState.Failed;
                    message.LastError = arrived ? null : "not delivered";
                    Record(db, message, arrived ? "delivered" : "failed");
                }

                return true;
            },
            ct);
    }

    /// <summary>Stops what waits for its hour on a contact that has been locked meanwhile, so that it does not stand there as if it would leave (B9).</summary>
    private async Task StopLockedAsync(CancellationToken ct)
    {
        var now = time.Now;
        var unsaid = now.AddDays(-ContactGate.StaleAfterDays);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var locked = await (
            from m in db.OutboxMessages
            join d in db.Cases on m.CaseId equals d.CaseId
            join c in db.SafeContacts on m.SafeContactId equals c.SafeContactId
            where m.State == MessageState.Queued && (m.ClaimedUntil == null || m.ClaimedUntil <= now)
                && (!c.SafeToText || d.LastAlarmAt > c.ConfirmedAt || c.ExpiresAt <= now || (c.ExpiresAt == null && c.ConfirmedAt <= unsaid))
            select m.OutboxMessageId).Take(Most).ToListAsync(ct);
        foreach (var id in locked)
        {
            await SendAsync(id, ct);
        }
    }

    private async Task<List<Guid>> ClaimAsync(CancellationToken ct)
    {
        var now = time.Now;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var due = await db.OutboxMessages.AsNoTracking()
            .Where(m => m.State == MessageState.Queued && m.NextAttemptAt <= now && (m.ClaimedUntil == null || m.ClaimedUntil <= now))
            .OrderBy(m => m.NextAttemptAt).Select(m => m.OutboxMessageId).Take(Portion).ToListAsync(ct);
        var claimed = new List<Guid>(due.Count);
        foreach (var id in due)
        {
            var until = now + Claim;
            using var turn = await db.Store.EnterAsync(ct);
            if (await db.OutboxMessages
                .Where(m => m.OutboxMessageId == id && m.State == MessageState.Queued && (m.ClaimedUntil == null || m.ClaimedUntil <= now))
                .ExecuteUpdateAsync(m => m.SetProperty(x => x.ClaimedUntil, until).SetProperty(x => x.Version, x => x.Version + 1), ct) == 1)
            {
                claimed.Add(id);
            }
        }

        return claimed;
    }

    private async Task SendAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var message = await db.OutboxMessages.SingleAsync(m => m.OutboxMessageId == id, ct);
        if (message.State != MessageState.Queued)
        {
            return;
        }

        var verdict = await JudgeAsync(db, message, ct);
        if (verdict.Stop is { } why)
        {
            (message.State, message.NextAttemptAt, message.ClaimedUntil, message.LastError) = (MessageState.Stopped, null, null, why.ToString());
            Record(db, message, "stopped", ("why", why));
        }
        else if (verdict.NotBefore is { } later)
        {
            (message.NextAttemptAt, message.ClaimedUntil) = (later, null);
        }
        else
        {
            Note(db, message, await gateway.SendAsync(message, ct));
        }

        try
        {
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateConcurrencyException)
        {
            // It was stopped while it was being sent: what the gateway took cannot be called back, but the state is the newer one.
            LogOvertaken(id);
        }
    }

    /// <summary>What holds a message back: for good, or until the safe hours.</summary>
    private async Task<(ContactVerdict? Stop, DateTimeOffset? NotBefore)> JudgeAsync(AnhuDbContext db, OutboxMessage message, CancellationToken ct)
    {
        var contact = await db.SafeContacts.AsNoTracking().SingleOrDefaultAsync(c => c.SafeContactId == message.SafeContactId, ct);
        var dvCase = await db.Cases.AsNoTracking().SingleOrDefaultAsync(c => c.CaseId == message.CaseId, ct);
        var cancelled = message.DutyId is { } dutyId && await db.Duties.AnyAsync(d => d.DutyId == dutyId && d.State == DutyState.Cancelled, ct);
        if (contact is null || dvCase is null || contact.Phone != message.Phone || Sealing.Readable(message.Phone) is null || Sealing.Readable(message.Text) is null || cancelled
            // The last look before it leaves: what was shielded since it was queued is in no text either.
            || (await CaseSecrets.LoadAsync(db, message.CaseId, ct)).Guard.Find("text", message.Text).Count > 0)
        {
            return (ContactVerdict.NotMarked, null);
        }

        var shared = await SafeContacts.IsSharedAsync(db, contact, ct);
        return ContactGate.Judge(contact, ContactChannel.Text, time.Now, dvCase.LastAlarmAt, shared, zone) switch
        {
            ContactVerdict.Safe => (null, null),
            ContactVerdict.OutsideHours => (null, ContactGate.NextWindow(contact, time.Now, zone)),
            var verdict => (verdict, null),
        };
    }

    private void Note(AnhuDbContext db, OutboxMessage message, GatewayAnswer answer)
    {
        var now = time.Now;
        message.Attempts++;
        message.ClaimedUntil = null;
        message.LastError = answer.Error;
        if (answer.Accepted)
        {
            (message.State, message.SentAt, message.NextAttemptAt, message.GatewayReference) = (MessageState.Sent, now, null, answer.Reference);
            Record(db, message, "sent", ("attempts", message.Attempts));
        }
        else if (answer.TryAgain && message.Attempts <= Backoff.Count)
        {
            message.NextAttemptAt = now + Backoff[message.Attempts - 1];
        }
        else
        {
            (message.State, message.NextAttemptAt) = (MessageState.Failed, null);
            Record(db, message, "failed", ("attempts", message.Attempts));
        }
    }

    /// <summary>The duty is done once its message is on its way. Found by state, so that a stop in between loses nothing.</summary>
    private async Task CompleteDutiesAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var done = await (
            from d in db.Duties.AsNoTracking()
            join m in db.OutboxMessages on (Guid?)d.DutyId equals m.DutyId
            where d.State == DutyState.InProgress && d.Kind == SendCaringMessageHandler.Kind
                && (m.State == MessageState.Sent || m.State == MessageState.Delivered)
            select new { Duty = d, m.WorkerId }).Take(100).ToListAsync(ct);
        foreach (var each in done)
        {
            // In the name of the worker who chose the message, for the unit that owns the duty.
            var caller = new Caller { WorkerId = each.WorkerId, UnitId = each.Duty.OwnerUnitId, Roles = [WorkerRole.Caseworker] };
            var result = await steps.Handle(new TakeDutyStep { DutyId = each.Duty.DutyId, Step = DutyStep.Complete, Outcome = "sent", Form = "{}" }, caller, ct);
            if (!result.IsOk)
            {
                LogNotCompleted(each.Duty.DutyId, result.Failure!.Code);
            }
        }
    }

    private void Record(AnhuDbContext db, OutboxMessage message, string what, params ReadOnlySpan<(string, object?)> data) =>
        db.Record(new PendingEvent(
            EventTypes.MessagePrefix + what, time.Now, message.CaseId, message.DutyId, null, null, EventData.Of([("template", message.TemplateId), .. data])));

    [LoggerMessage(LogLevel.Warning, "Message {OutboxMessageId} changed while it was being sent")]
    private partial void LogOvertaken(Guid outboxMessageId);

    [LoggerMessage(LogLevel.Warning, "Duty {DutyId} could not be completed after its message was sent: {Code}")]
    private partial void LogNotCompleted(Guid dutyId, string code);
}
