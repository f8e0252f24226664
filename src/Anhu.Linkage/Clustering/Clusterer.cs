using Anhu.Linkage.Blocking;
using Anhu.Linkage.Records;
using Anhu.Linkage.Scoring;

namespace Anhu.Linkage.Clustering;

/// <summary>
/// Joins records into people, strongest evidence first. Two groups come together when the evidence between all their
/// records speaks for it on average, and never when a record of one and a record of the other are known to be two people.
/// </summary>
internal sealed class Clusterer
{
    /// <summary>Pairs between two groups that are looked at; of more, evenly chosen ones.</summary>
    private const int MostPairs = 64;

    /// <summary>Evidence of one pair counts no more than this (natural log-odds): one pair must not outvote all others.</summary>
    private const double MostSaid = 12;

    /// <summary>
    /// How far the average between two groups may fall below what two single records need. The pairs of a group hang
    /// together, so that each repeats what the others said against as much as for.
    /// </summary>
    private const double Leniency = 2;

    private readonly RecordTable table;
    private readonly Scorer scorer;
    private readonly int[] next;
    private readonly int[] last;
    private readonly int[] size;
    private readonly int[] parent;
    private readonly double least;

    public Clusterer(RecordTable table, Scorer scorer, double least)
    {
        (this.table, this.scorer, this.least) = (table, scorer, least);
        (next, last, size, parent) = (new int[table.Count], new int[table.Count], new int[table.Count], new int[table.Count]);
        for (var i = 0; i < table.Count; i++)
        {
            (next[i], last[i], size[i], parent[i]) = (-1, i, 1, i);
        }
    }

    /// <summary>The group of each record: the number of its first record.</summary>
    public int[] Join(Candidates pairs, ReadOnlySpan<double> scores)
    {
        var order = new int[pairs.Count];
        var keys = new ulong[pairs.Count];
        var count = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            if (scores[i] >= least)
            {
                // Falling scores as rising numbers; equal ones stay in the order of the records.
                var bits = BitConverter.SingleToUInt32Bits((float)scores[i]);
                keys[count] = (bits & 0x80000000) != 0 ? bits : ~bits & 0x7FFFFFFF;
                order[count++] = i;
            }
        }

        RadixSort.Sort(ref keys, ref order, count);
        for (var i = 0; i < count; i++)
        {
            var (a, b) = (Root(pairs.A[order[i]]), Root(pairs.B[order[i]]));
            if (a != b && MayJoin(a, b, scores[order[i]]))
            {
                var (into, from) = a < b ? (a, b) : (b, a);
                next[last[into]] = from;
                last[into] = last[from];
                size[into] += size[from];
                parent[from] = into;
            }
        }

        var groups = new int[table.Count];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = Root(i);
        }

        return groups;
    }

    private bool MayJoin(int a, int b, double score)
    {
        foreach (var field in table.Plan.Apart)
        {
            for (var x = a; x >= 0; x = next[x])
            {
                var value = table.Value(x, field);
                for (var y = b; y >= 0 && value != 0; y = next[y])
                {
                    if (value == table.Value(y, field))
                    {
                        return false;
                    }
                }
            }
        }

        if (size[a] == 1 && size[b] == 1)
        {
            return score >= least;
        }

        var step = Math.Max(1, size[a] * size[b] / MostPairs);
        var (at, seen) = (0, 0);
        double sum = 0;
        for (var x = a; x >= 0; x = next[x])
        {
            for (var y = b; y >= 0; y = next[y])
            {
                if (at++ % step == 0)
                {
                    sum += Math.Clamp(scorer.Score(x, y), -MostSaid, MostSaid);
                    seen++;
                }
            }
        }

        return sum / seen >= least - Leniency;
    }

    private int Root(int record)
    {
        while (parent[record] != record)
        {
            record = parent[record] = parent[parent[record]];
        }

        return record;
    }
}
