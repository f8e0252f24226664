using Anhu.Linkage.Comparing;
using Anhu.Linkage.Records;

namespace Anhu.Linkage.Training;

/// <summary>How often each level occurs among pairs drawn by lot: among strangers, since almost all pairs are.</summary>
/// <param name="table">The records.</param>
/// <param name="threads">Threads to use.</param>
internal sealed class RandomPairs(RecordTable table, int threads)
{
    private const int Wanted = 1_000_000;
    private const int PairsPerSample = 5_000;

    private readonly Comparison[] comparisons = [.. table.Plan.Comparisons];

    /// <summary>Of how many pairs there are one random pair stands: what was seen never is less than half a pair of these.</summary>
    public double PerPair { get; private set; } = 1;

    /// <summary>All pairs there are.</summary>
    public double All { get; } = table.Split < 0 ? (double)table.Count * (table.Count - 1) / 2 : (double)table.Split * (table.Count - table.Split);

    /// <summary>u from random pairs; for equality from the frequencies, which is exact.</summary>
    public double[][] Strangers(Weights weights)
    {
        var every = All <= Wanted;
        var pieces = every ? 1 : Wanted / PairsPerSample;
        var counted = new long[pieces][][];
        Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece =>
        {
            var counts = comparisons.Select(c => new long[c.Levels.Count]).ToArray();
            var (left, right) = every ? Everyone() : Sample(piece);
            for (var i = 0; i < left.Length; i++)
            {
                for (var j = right is null ? i + 1 : 0; j < (right ?? left).Length; j++)
                {
                    var rowA = table.Row(left[i]);
                    var rowB = table.Row((right ?? left)[j]);
                    for (var c = 0; c < comparisons.Length; c++)
                    {
                        counts[c][comparisons[c].Compare(table.Fields, rowA, rowB)]++;
                    }
                }
            }

            counted[piece] = counts;
        });

        var shares = new double[comparisons.Length][];
        for (var i = 0; i < comparisons.Length; i++)
        {
            var counts = new double[comparisons[i].Levels.Count];
            foreach (var piece in counted)
            {
                for (var level = 0; level < counts.Length; level++)
                {
                    counts[level] += piece[i][level];
                }
            }

            var total = counts.Sum();
            PerPair = Math.Max(1, All / Math.Max(1, total));
            if (!every && table.Split < 0)
            {
                counts[0] = total * table.Fields[comparisons[i].Field].EqualShare(table.Count);
                if (comparisons[i].Otherwise is { } otherwise)
                {
                    counts[comparisons[i].Missing] = total * EqualWhereMissing(comparisons[i].Field, otherwise.Field);
                }
            }

            Weights.Share(comparisons[i], counts, weights.Stranger[i], 0.5);
            shares[i] = [.. counts.Select(c => c / total)];
        }

        return shares;
    }

    /// <summary>Share of all pairs in which a field is missing on a side and the one in its stead is equal: too rare for random pairs to tell.</summary>
    private double EqualWhereMissing(int field, int instead)
    {
        var column = table.Fields[instead];
        var (all, present) = (new int[column.Texts.Count + 1], new int[column.Texts.Count + 1]);
        for (var record = 0; record < table.Count; record++)
        {
            var row = table.Row(record);
            all[row[instead]]++;
            present[row[instead]] += row[field] != 0 ? 1 : 0;
        }

        double pairs = 0;
        for (var value = 1; value < all.Length; value++)
        {
            if (column.LevelOfEqual(value) == 0)
            {
                pairs += ((double)all[value] * (all[value] - 1)) - ((double)present[value] * (present[value] - 1));
            }
        }

        return pairs / table.Count / (table.Count - 1);
    }

    private (int[] Left, int[]? Right) Everyone() => table.Split < 0
        ? (Enumerable.Range(0, table.Count).ToArray(), null)
        : (Enumerable.Range(0, table.Split).ToArray(), Enumerable.Range(table.Split, table.Count - table.Split).ToArray());

    /// <summary>Some random records, of which every two are compared: as good as random pairs, and their texts are read from near memory. The same on each run, on any number of threads.</summary>
    private (int[] Left, int[]? Right) Sample(int piece)
    {
        var state = (ulong)piece * 0x9E3779B97F4A7C15ul;
        int[] Draw(int count, int from, int below)
        {
            var drawn = new HashSet<int>(count);
            while (drawn.Count < Math.Min(count, below))
            {
                drawn.Add(from + (int)Math.BigMul(TextPool.Mix(state += 0xD1B54A32D192ED03ul), (ulong)below, out _));
            }

            return [.. drawn.Order()];
        }

        return table.Split < 0
            ? (Draw((int)Math.Sqrt(2.0 * PairsPerSample), 0, table.Count), null)
            : (Draw((int)Math.Sqrt(PairsPerSample), 0, table.Split), Draw((int)Math.Sqrt(PairsPerSample), table.Split, table.Count - table.Split));
    }
}
