using Anhu.Modules.Protection;

namespace Anhu.Modules.Timeline;

/// <summary>Checks the links of a chain one after the other, wherever they come from.</summary>
/// <param name="function">The chain's hash function.</param>
/// <param name="after">Sequence of the link before the first; 0 for a whole chain.</param>
/// <param name="hash">Its hash; null for that before the first of all.</param>
public sealed class ChainChecker(ChainHash function, long after = 0, byte[]? hash = null)
{
    private const int MostFaults = 100;
    private readonly List<TimelineFault> faults = [];
    private long sequence = after;
    private byte[] previous = hash ?? TimelineHash.Genesis;
    private long events;

    /// <summary>How many were checked.</summary>
    public long Events => events;

    /// <summary>Sequence of the last one.</summary>
    public long Sequence => sequence;

    /// <summary>Checks the next link.</summary>
    /// <param name="e">The link.</param>
    public void Add(ChainedEvent e) => Add(e, TimelineHash.Compute(function, e));

    /// <summary>Checks the next link, whose hash was computed elsewhere.</summary>
    /// <param name="e">The link.</param>
    /// <param name="computed">The hash that it should have.</param>
    public void Add(ChainedEvent e, byte[] computed)
    {
        if (e.Sequence != sequence + 1)
        {
            Fault(sequence + 1, e.Sequence > sequence ? "missing" : "moved");
        }
        else if (!previous.AsSpan().SequenceEqual(e.PreviousHash))
        {
            Fault(e.Sequence, "unlinked");
        }

        if (!computed.AsSpan().SequenceEqual(e.Hash))
        {
            Fault(e.Sequence, "changed");
        }

        previous = e.Hash;
        sequence = e.Sequence;
        events++;
    }

    /// <summary>What was found, once all are checked.</summary>
    /// <param name="last">Sequence at which the chain should end.</param>
    /// <param name="lastHash">The hash at which it should end.</param>
    public TimelineCheck End(long last, ReadOnlySpan<byte> lastHash)
    {
        if (sequence != last)
        {
            Fault(sequence + 1, "missing");
        }
        else if (!previous.AsSpan().SequenceEqual(lastHash))
        {
            Fault(sequence, "head");
        }

        return new TimelineCheck(events, sequence, Convert.ToHexStringLower(previous), faults);
    }

    private void Fault(long at, string kind)
    {
        if (faults.Count < MostFaults)
        {
            faults.Add(new TimelineFault(at, kind));
        }
    }
}
