using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Messages;

/// <summary>A message of a case as its file shows it; never the number nor the text.</summary>
/// <param name="TemplateId">Template.</param>
/// <param name="State">Where it stands.</param>
/// <param name="At">Since when, UTC; for one that waits, when it is to be sent.</param>
/// <param name="QueuedAt">When it was asked for, UTC.</param>
/// <param name="DutyId">The duty that asked for it.</param>
/// <param name="WorkerName">Who asked for it.</param>
public sealed record CaseMessage(string TemplateId, MessageState State, DateTimeOffset At, DateTimeOffset QueuedAt, Guid? DutyId, string? WorkerName);

/// <summary>Reads what became of the messages of a case.</summary>
public sealed class CaseMessages(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights)
{
    private const int Most = 50;

    /// <summary>The messages of a case, newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>None for callers who do not see the case in full: that somebody writes to her is part of the story.</returns>
    public async Task<IReadOnlyList<CaseMessage>> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not (_, var sight) || !sight.Shows(FieldClass.Story))
        {
            return [];
        }

        var messages = await (
            from m in db.OutboxMessages.AsNoTracking()
            where m.CaseId == caseId
            join w in db.Workers on m.WorkerId equals w.Id into workers
            from w in workers.DefaultIfEmpty()
            orderby m.QueuedAt descending, m.OutboxMessageId
            select new { m.TemplateId, m.State, m.QueuedAt, m.NextAttemptAt, m.SentAt, m.DutyId, Name = w == null ? null : w.DisplayName }).Take(Most).ToListAsync(ct);
        if (messages.Count == 0)
        {
            return [];
        }

        var facts = await db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.Type.StartsWith(EventTypes.MessagePrefix))
            .OrderBy(e => e.Sequence).Select(e => new { e.Type, e.At, e.DutyId }).ToListAsync(ct);
        return [.. messages.Select(m =>
        {
            var type = EventTypes.MessagePrefix + m.State.ToString().ToLowerInvariant();
            var since = m.State == MessageState.Queued ? m.NextAttemptAt : facts.LastOrDefault(f => f.Type == type && f.DutyId == m.DutyId && f.At >= m.QueuedAt)?.At;
            return new CaseMessage(m.TemplateId, m.State, since ?? m.SentAt ?? m.QueuedAt, m.QueuedAt, m.DutyId, m.Name);
        })];
    }
}
