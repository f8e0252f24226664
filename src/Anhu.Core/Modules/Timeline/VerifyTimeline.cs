using Anhu.Common;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Timeline;

/// <summary>One fault in the record.</summary>
/// <param name="Sequence">Where.</param>
/// <param name="Kind"><c>changed</c>, <c>missing</c>, <c>unlinked</c> or <c>head</c>.</param>
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
    private const int MostFaults = 100;

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
    /// <param name="ct">Cancels.</param>
    public async Task RecordAsync(TimelineCheck check, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Record(new PendingEvent(Verified, time.Now, Data: EventData.Of(
            ("events", check.Events), ("lastSequence", check.LastSequence), ("faults", check.Faults.Count))));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Reads the whole record through a context, within its transaction if it has one.</summary>
    /// <param name="db">The context.</param>
    /// <param name="progress">Told after each portion: events read, events in all.</param>
    /// <param name="ct">Cancels.</param>
    internal static async Task<TimelineCheck> RunAsync(AnhuDbContext db, Action<long, long>? progress, CancellationToken ct)
    {
        var head = await db.TimelineHeads.AsNoTracking().SingleAsync(ct);
        var faults = new List<TimelineFault>();
        var previous = TimelineHash.Genesis;
        long sequence = 0, events = 0;
        while (true)
        {
            var from = sequence;
            var portion = await db.Timeline.AsNoTracking().Where(e => e.Sequence > from && e.Sequence <= head.Sequence)
                .OrderBy(e => e.Sequence).Take(Portion).ToListAsync(ct);
            foreach (var e in portion)
            {
                if (e.Sequence != sequence + 1)
                {
                    Fault(faults, sequence + 1, "missing");
                }
                else if (!previous.AsSpan().SequenceEqual(e.PreviousHash))
                {
                    Fault(faults, e.Sequence, "unlinked");
                }

                if (!TimelineHash.Compute(e).AsSpan().SequenceEqual(e.Hash))
                {
                    Fault(faults, e.Sequence, "changed");
                }

                previous = e.Hash;
                sequence = e.Sequence;
                events++;
            }

            progress?.Invoke(events, head.Sequence);
            if (portion.Count < Portion)
            {
                break;
            }
        }

        if (sequence != head.Sequence)
        {
            Fault(faults, sequence + 1, "missing");
        }
        else if (!previous.AsSpan().SequenceEqual(head.Hash))
        {
            Fault(faults, sequence, "head");
        }

        return new TimelineCheck(events, sequence, Convert.ToHexStringLower(previous), faults);
    }

    private static void Fault(List<TimelineFault> faults, long sequence, string kind)
    {
        if (faults.Count < MostFaults)
        {
            faults.Add(new TimelineFault(sequence, kind));
        }
    }
}
