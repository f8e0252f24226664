using Anhu.Linkage.Comparing;
using Anhu.Linkage.Records;
using Anhu.Linkage.Scoring;
using Anhu.Linkage.Training;

namespace Anhu.Linkage.Learning;

/// <summary>Decided pairs as levels, side by side: what fitting reads.</summary>
internal sealed class DecidedPairs
{
    private readonly byte[] levels;
    private readonly int comparisons;

    /// <summary>Compares the pairs.</summary>
    /// <param name="table">The records.</param>
    /// <param name="weights">Weights before.</param>
    /// <param name="decisions">What was decided; of a pair that was decided twice the last counts.</param>
    public DecidedPairs(RecordTable table, Weights weights, IReadOnlyList<LinkageDecision> decisions)
    {
        var scorer = new Scorer(table, weights);
        comparisons = table.Plan.Comparisons.Count;
        var last = new Dictionary<(int, int), bool>();
        foreach (var decision in decisions)
        {
            if (decision.Left == decision.Right || table.MustDiffer(table.Row(decision.Left), table.Row(decision.Right)))
            {
                PassedOver++;
                continue;
            }

            last[(Math.Min(decision.Left, decision.Right), Math.Max(decision.Left, decision.Right))] = decision.Same;
        }

        var pairs = last.OrderBy(p => p.Key).ToList();
        levels = new byte[pairs.Count * comparisons];
        (Same, Frequency, People) = (new bool[pairs.Count], new double[pairs.Count], new int[pairs.Count]);
        for (var i = 0; i < pairs.Count; i++)
        {
            var ((a, b), same) = pairs[i];
            Same[i] = same;
            Frequency[i] = scorer.Levels(table.Row(a), table.Row(b), levels.AsSpan(i * comparisons, comparisons));
        }

        PeopleCount = HangTogether([.. pairs.Select(p => p.Key)], People);
    }

    /// <summary>How many pairs.</summary>
    public int Count => Same.Length;

    /// <summary>Of each pair whether it was confirmed.</summary>
    public bool[] Same { get; }

    /// <summary>What the frequencies of each pair's values add to its log-share among strangers.</summary>
    public double[] Frequency { get; }

    /// <summary>Of each pair the set of people it hangs together with, from 0.</summary>
    public int[] People { get; }

    /// <summary>How many such sets.</summary>
    public int PeopleCount { get; }

    /// <summary>Decisions that the model forbids to learn from.</summary>
    public int PassedOver { get; }

    /// <summary>The levels of a pair.</summary>
    public ReadOnlySpan<byte> this[int pair] => levels.AsSpan(pair * comparisons, comparisons);

    /// <summary>Records that decisions connect are one set: to learn from one of its pairs and be tried on another would be to know the answer.</summary>
    private static int HangTogether((int A, int B)[] pairs, int[] sets)
    {
        var parent = new Dictionary<int, int>();
        int Root(int record)
        {
            while (parent.TryGetValue(record, out var above))
            {
                record = above;
            }

            return record;
        }

        foreach (var (a, b) in pairs)
        {
            var (x, y) = (Root(a), Root(b));
            if (x != y)
            {
                parent[Math.Max(x, y)] = Math.Min(x, y);
            }
        }

        var numbers = new Dictionary<int, int>();
        for (var i = 0; i < pairs.Length; i++)
        {
            var root = Root(pairs[i].A);
            sets[i] = numbers.TryGetValue(root, out var known) ? known : numbers[root] = numbers.Count;
        }

        return numbers.Count;
    }
}
