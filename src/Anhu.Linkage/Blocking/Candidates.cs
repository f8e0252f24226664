namespace Anhu.Linkage.Blocking;

/// <summary>Pairs that were compared: who, and the pattern of levels.</summary>
internal sealed class Candidates
{
    /// <summary>The one record of each pair, the earlier.</summary>
    public required int[] A { get; init; }

    /// <summary>The other record of each pair.</summary>
    public required int[] B { get; init; }

    /// <summary>Place of each pair's pattern in <see cref="Patterns"/>.</summary>
    public required int[] Pattern { get; init; }

    /// <summary>The patterns that occur, by number.</summary>
    public required PatternTable Patterns { get; init; }

    /// <summary>How many pairs.</summary>
    public int Count => A.Length;
}

/// <summary>Patterns of comparison levels: a level per comparison, and how often the pattern occurs under which rules.</summary>
/// <param name="comparisons">How many comparisons there are.</param>
internal sealed class PatternTable(int comparisons)
{
    private readonly List<byte> levels = [];
    private readonly List<(uint Rules, long Count)[]> counts = [];

    /// <summary>How many patterns.</summary>
    public int Count => counts.Count;

    /// <summary>The levels of a pattern.</summary>
    public ReadOnlySpan<byte> this[int pattern] => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(levels).Slice(pattern * comparisons, comparisons);

    /// <summary>How often a pattern occurs, for each set of rules that brought its pairs together.</summary>
    public (uint Rules, long Count)[] Counts(int pattern) => counts[pattern];

    /// <summary>How often a pattern occurs.</summary>
    public long Total(int pattern)
    {
        long total = 0;
        foreach (var (_, count) in counts[pattern])
        {
            total += count;
        }

        return total;
    }

    /// <summary>Adds a pattern.</summary>
    public void Add(ulong number, ReadOnlySpan<ulong> strides, (uint Rules, long Count)[] occurring)
    {
        for (var i = 0; i < comparisons; i++)
        {
            var rest = i + 1 < comparisons ? number % strides[i + 1] : number;
            levels.Add((byte)(rest / strides[i]));
        }

        counts.Add(occurring);
    }
}
