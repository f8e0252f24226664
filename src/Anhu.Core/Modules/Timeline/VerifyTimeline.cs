using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Protection;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Timeline;

/// <summary>One fault in the record.</summary>
/// <param name="Sequence">Where.</param>
/// <param name="Kind"><c>changed</c>, <c>missing</c>, <c>unlinked</c>, <c>moved</c> or <c>head</c>.</param>
public sealed record TimelineFault(long Sequence, string Kind);

/// <summary>What the check of the record found.</summary>
/// <param name="Events">Events read.</param>
/// <param name="LastSequence">The last sequence.</param>
/// <param name="LastHash">The hash at the end, hexadecimal; note it elsewhere to notice a record that was cut.</param>
/// <param name="Faults">The faults, the first hundred.</param>
public sealed record TimelineCheck(long Events, long LastSequence, string LastHash, IReadOnlyList<TimelineFault> Faults);

/// <summary>Checks the hash chain from the first event to the last.</summary>
public sealed class VerifyTimeline(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time)
{
    /// <summary>Event: the record was checked; data: <c>events</c>, <c>lastSequence</c>, <c>faults</c>.</summary>
    public const string Verified = "timeline.verified";

    private const int Portion = 5000;

    /// <summary>Reads the whole record.</summary>
    /// <param name="progress">Told after each portion: events read, events in all.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<TimelineCheck> RunAsync(Action<long, long>? progress, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await RunAsync(db, progress, ct);
    }

    /// <summary>Records that the record was checked and what came of it, for those who answer for it.</summary>
    /// <param name="check">The check.</param>
    /// <param name="views">What was found in the chain of views.</param>
    /// <param name="checkpointFaults">How many checkpoints did not agree.</param>
    /// <param name="ct">Cancels.</param>
    public async Task RecordAsync(TimelineCheck check, TimelineCheck? views, int checkpointFaults, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Record(new PendingEvent(Verified, time.Now, Data: EventData.Of(
            ("events", check.Events), ("lastSequence", check.LastSequence), ("views", views?.Events), ("faults", check.Faults.Count + (views?.Faults.Count ?? 0) + checkpointFaults))));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Reads the whole record through a context, within its transaction if it has one.</summary>
    /// <param name="db">The context.</param>
    /// <param name="progress">Told after each portion: events read, events in all.</param>
    /// <param name="ct">Cancels.</param>
    internal static async Task<TimelineCheck> RunAsync(AnhuDbContext db, Action<long, long>? progress, CancellationToken ct)
    {
        var head = await db.Head().SingleAsync(ct);
        return await RunAsync(db.Timeline, head, 0, null, progress, ct);
    }

    /// <summary>Reads a chain from one place to its end.</summary>
    /// <param name="chain">Its events.</param>
    /// <param name="head">Its end.</param>
    /// <param name="after">Sequence of the event before the first; 0 for a whole chain.</param>
    /// <param name="hash">That event's hash.</param>
    /// <param name="progress">Told after each portion: events read, events in all.</param>
    /// <param name="ct">Cancels.</param>
    internal static async Task<TimelineCheck> RunAsync<TEvent>(
        IQueryable<TEvent> chain, TimelineHead head, long after, byte[]? hash, Action<long, long>? progress, CancellationToken ct)
        where TEvent : ChainedEvent
    {
        var checker = new ChainChecker(ChainHash.Find(head.Algorithm) ?? throw new InvalidOperationException($"No hash function {head.Algorithm}."), after, hash);
        while (true)
        {
            var from = checker.Sequence;
            var portion = await chain.AsNoTracking().Where(e => e.Sequence > from && e.Sequence <= head.Sequence)
                .OrderBy(e => e.Sequence).Take(Portion).ToListAsync(ct);
            portion.ForEach(checker.Add);
            progress?.Invoke(checker.Events, head.Sequence - after);
            if (portion.Count < Portion)
            {
                return checker.End(head.Sequence, head.Hash);
            }
        }
    }
}
