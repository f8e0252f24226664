using System.Runtime.InteropServices;
using Anhu.Linkage.Records;

namespace Anhu.Linkage.Blocking;

/// <summary>The blocks of one rule: records in the order of their keys, and where each block of two or more begins.</summary>
internal sealed class Blocks
{
    /// <summary>Added to a block's number where it is too large to be compared whole.</summary>
    public const int Large = 1 << 30;

    private Blocks(int[] members, int[] starts) => (Members, Starts) = (members, starts);

    /// <summary>Records, block after block, in their order within each.</summary>
    public int[] Members { get; }

    /// <summary>Where each block begins in <see cref="Members"/>; one more at the end.</summary>
    public int[] Starts { get; }

    /// <summary>How many blocks there are.</summary>
    public int Count => Starts.Length - 1;

    /// <summary>A block's records.</summary>
    public ReadOnlySpan<int> this[int block] => Members.AsSpan(Starts[block], Starts[block + 1] - Starts[block]);

    /// <summary>Makes the blocks of a rule.</summary>
    /// <param name="table">The records.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="blockOf">Takes of each record its block from 1 on, with <see cref="Large"/> for one that is too large.</param>
    /// <param name="column">Where in a record's part of <paramref name="blockOf"/>.</param>
    /// <param name="width">How long a record's part is.</param>
    /// <param name="room">What sorting needs; may be used again for the next rule.</param>
    public static Blocks Make(RecordTable table, Rule rule, int[] blockOf, int column, int width, SortRoom room)
    {
        var (keys, records) = (room.Keys, room.Items);
        var count = 0;
        for (var record = 0; record < table.Count; record++)
        {
            if (table.KeyOf(rule, table.Row(record)) is var key && key != 0)
            {
                keys[count] = key;
                records[count++] = record;
            }
        }

        room.Sort(count);
        (keys, records) = (room.Keys, room.Items);
        var starts = new List<int>();
        var kept = 0;
        for (var i = 0; i < count;)
        {
            var end = i + 1;
            while (end < count && keys[end] == keys[i])
            {
                end++;
            }

            if (end - i > 1)
            {
                starts.Add(kept);
                var number = starts.Count | (end - i > table.Model.MaxBlock ? Large : 0);
                for (var at = i; at < end; at++)
                {
                    records[kept++] = records[at];
                    blockOf[(records[kept - 1] * width) + column] = number;
                }
            }

            i = end;
        }

        starts.Add(kept);
        return new Blocks(records[..kept], [.. starts]);
    }
}

/// <summary>Keys of 64 bits with an item each, and room to sort them: some bits after others, so that equal keys keep their order.</summary>
/// <param name="capacity">Most keys there will be.</param>
internal sealed class SortRoom(int capacity)
{
    private const int Bits = 11;
    private const int Buckets = 1 << Bits;

    private readonly int[] counts = new int[Buckets];
    private ulong[] otherKeys = new ulong[capacity];
    private int[] otherItems = new int[capacity];

    /// <summary>The keys.</summary>
    public ulong[] Keys { get; private set; } = new ulong[capacity];

    /// <summary>The items.</summary>
    public int[] Items { get; private set; } = new int[capacity];

    /// <summary>Sorts the first <paramref name="count"/>. <see cref="Keys"/> and <see cref="Items"/> may be other arrays afterwards.</summary>
    public void Sort(int count)
    {
        ulong any = 0, all = ulong.MaxValue;
        foreach (var key in Keys.AsSpan(0, count))
        {
            any |= key;
            all &= key;
        }

        for (var shift = 0; shift < 64; shift += Bits)
        {
            // Bits in which all keys agree need no pass.
            if ((((any ^ all) >> shift) & (Buckets - 1)) != 0)
            {
                Pass(count, shift);
            }
        }
    }

    private void Pass(int count, int shift)
    {
        var (keys, items) = (Keys, Items);
        counts.AsSpan().Clear();
        for (var i = 0; i < count; i++)
        {
            counts[(int)(keys[i] >> shift) & (Buckets - 1)]++;
        }

        var sum = 0;
        for (var b = 0; b < Buckets; b++)
        {
            (counts[b], sum) = (sum, sum + counts[b]);
        }

        for (var i = 0; i < count; i++)
        {
            var to = counts[(int)(keys[i] >> shift) & (Buckets - 1)]++;
            otherKeys[to] = keys[i];
            otherItems[to] = items[i];
        }

        (Keys, otherKeys) = (otherKeys, keys);
        (Items, otherItems) = (otherItems, items);
    }
}
