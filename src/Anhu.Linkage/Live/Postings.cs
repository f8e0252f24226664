using Anhu.Linkage.Records;

namespace Anhu.Linkage.Live;

/// <summary>Under one rule, of each key the records that have it: a table of the newest record of each key, and from each record the one before.</summary>
/// <param name="table">The records.</param>
/// <param name="rule">The rule.</param>
internal sealed class Postings(RecordTable table, Rule rule)
{
    private ulong[] heads = new ulong[16];
    private int[] before = new int[16];
    private int keys;

    /// <summary>Adds a record.</summary>
    public void Add(int record)
    {
        if (record >= before.Length)
        {
            Array.Resize(ref before, Math.Max(record + 1, before.Length * 2));
        }

        before[record] = -1;
        var key = table.KeyOf(rule, table.Row(record));
        if (key == 0)
        {
            return;
        }

        if ((keys + 1L) * 10 > heads.Length * 6L)
        {
            Grow();
        }

        var slot = Slot(key);
        if (heads[slot] == 0)
        {
            keys++;
        }
        else
        {
            before[record] = Record(heads[slot]);
        }

        heads[slot] = Entry(key, record);
    }

    /// <summary>Takes a record out; its values must still be those it was added with.</summary>
    public void Remove(int record)
    {
        var key = table.KeyOf(rule, table.Row(record));
        if (key == 0)
        {
            return;
        }

        var slot = Slot(key);
        var at = Record(heads[slot]);
        if (at == record)
        {
            // An emptied slot keeps its tag and says "nobody": what stands behind it is still found.
            heads[slot] = before[record] >= 0 ? Entry(key, before[record]) : Entry(key, -1);
            return;
        }

        while (at >= 0 && before[at] != record)
        {
            at = before[at];
        }

        if (at >= 0)
        {
            before[at] = before[record];
        }
    }

    /// <summary>Finds the newest record with the key of a row, or -1; <see cref="Before"/> leads to the others.</summary>
    public int Newest(ReadOnlySpan<int> row)
    {
        var key = table.KeyOf(rule, row);
        if (key == 0)
        {
            return -1;
        }

        var entry = heads[Slot(key)];
        return entry == 0 ? -1 : Record(entry);
    }

    /// <summary>The record before this one with the same key, or -1.</summary>
    public int Before(int record) => before[record];

    /// <summary>Makes the whole anew from the table.</summary>
    public void Build()
    {
        before = new int[Math.Max(16, table.Count)];
        heads = new ulong[System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(16, table.Count))];
        keys = 0;
        for (var record = 0; record < table.Count; record++)
        {
            Add(record);
        }
    }

    private static uint Tag(ulong key) => (uint)(TextPool.Mix(key) >> 32);

    /// <summary>The tag of a key, and its newest record, two more than its number: 0 is a free slot, 1 a key that nobody has any more.</summary>
    private static ulong Entry(ulong key, int record) => ((ulong)Tag(key) << 32) | (uint)(record + 2);

    private static int Record(ulong entry) => (int)(uint)entry - 2;

    private int Slot(ulong key)
    {
        var tag = Tag(key);
        var mask = heads.Length - 1;
        var slot = (int)(TextPool.Mix(key) & (ulong)mask);
        while (heads[slot] is var entry && entry != 0 && ((uint)(entry >> 32) != tag || (Record(entry) >= 0 && table.KeyOf(rule, table.Row(Record(entry))) != key)))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        var old = heads;
        heads = new ulong[old.Length * 2];
        keys = 0;
        var mask = heads.Length - 1;
        foreach (var entry in old)
        {
            if (entry == 0 || Record(entry) < 0)
            {
                continue;
            }

            var slot = (int)(TextPool.Mix(table.KeyOf(rule, table.Row(Record(entry)))) & (ulong)mask);
            while (heads[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            heads[slot] = entry;
            keys++;
        }
    }
}
