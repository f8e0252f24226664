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
    private readonly double least;
    private int[] next = [];
    private int[] last = [];
    private int[] size = [];
    private int[] parent = [];

    public Clusterer(RecordTable table, Scorer scorer, double least)
    {
        (this.table, this.scorer, this.least) = (table, scorer, least);
        Grow();
    }

    /// <summary>Takes in the records that have come since the last time, each a group of its own.</summary>
    public void Grow()
    {
        var before = parent.Length;
        if (before >= table.Count)
        {
            return;
        }

        var room = Math.Max(table.Count, before + (before / 2));
        Array.Resize(ref next, room);
        Array.Resize(ref last, room);
        Array.Resize(ref size, room);
        Array.Resize(ref parent, room);
        for (var record = before; record < room; record++)
        {
            Part(record);
        }
    }

    /// <summary>Joins groups, strongest evidence first; of equally strong the earlier pair.</summary>
    public void Join(ReadOnlySpan<int> ones, ReadOnlySpan<int> others, ReadOnlySpan<double> scores)
    {
        var room = new SortRoom(scores.Length);
        var count = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] >= least)
            {
                // Falling scores as rising numbers; equal ones stay in the order of the records.
                var bits = BitConverter.SingleToUInt32Bits((float)scores[i]);
                room.Keys[count] = (bits & 0x80000000) != 0 ? bits : ~bits & 0x7FFFFFFF;
                room.Items[count++] = i;
            }
        }

        room.Sort(count);
        var order = room.Items.AsSpan(0, count);
        for (var i = 0; i < order.Length; i++)
        {
            AskFor(order, i, ones, others, scores);
            var pair = order[i];
            var (a, b) = (Root(ones[pair]), Root(others[pair]));
            if (a != b && MayJoin(a, b, scores[pair]))
            {
                var (into, from) = a < b ? (a, b) : (b, a);
                next[last[into]] = from;
                last[into] = last[from];
                size[into] += size[from];
                parent[from] = into;
            }
        }
    }

    /// <summary>Asks for what the pairs to come need: who they are, then what is known of the two.</summary>
    private void AskFor(ReadOnlySpan<int> order, int at, ReadOnlySpan<int> ones, ReadOnlySpan<int> others, ReadOnlySpan<double> scores)
    {
        const int Distance = 8;
        if (at + (2 * Distance) >= order.Length)
        {
            return;
        }

        var pair = order[at + (2 * Distance)];
        Ahead.Of(ones, pair);
        Ahead.Of(others, pair);
        Ahead.Of(scores, pair);
        pair = order[at + Distance];
        foreach (var record in (ReadOnlySpan<int>)[ones[pair], others[pair]])
        {
            Ahead.Of(parent, record);
            Ahead.Of(size, record);
            Ahead.Of(next, record);
            Ahead.Of(last, record);
            table.AskForRow(record);
        }
    }

    /// <summary>The group of each record: the number of its first record.</summary>
    public int[] Groups()
    {
        var groups = new int[table.Count];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = Root(i);
        }

        return groups;
    }

    /// <summary>The first record of a record's group.</summary>
    public int Root(int record)
    {
        while (parent[record] != record)
        {
            record = parent[record] = parent[parent[record]];
        }

        return record;
    }

    /// <summary>The records of a record's group, the first first.</summary>
    public List<int> Members(int record)
    {
        var members = new List<int>();
        for (var member = Root(record); member >= 0; member = next[member])
        {
            members.Add(member);
        }

        return members;
    }

    /// <summary>Makes a record a group of its own. All of its group must be parted.</summary>
    public void Part(int record) => (next[record], last[record], size[record], parent[record]) = (-1, record, 1, record);

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
}
