namespace Anhu.Linkage.Records;

/// <summary>What some records said, before it is brought into form: one buffer of text, and where each column of each record stands in it.</summary>
/// <param name="columns">How many columns a record has.</param>
/// <param name="capacity">How many records it holds.</param>
internal sealed class Batch(int columns, int capacity)
{
    private readonly (int Start, int Length)[] places = new (int, int)[columns * capacity];
    private char[] text = new char[capacity * 16];
    private int used;

    /// <summary>How many records it holds now.</summary>
    public int Count { get; private set; }

    /// <summary>True when no more fit.</summary>
    public bool IsFull => Count == capacity;

    /// <summary>Says a column of the record that is being added.</summary>
    public void Set(int column, ReadOnlySpan<char> value)
    {
        if (text.Length - used < value.Length)
        {
            Array.Resize(ref text, Math.Max(text.Length * 2, used + value.Length));
        }

        value.CopyTo(text.AsSpan(used));
        places[(Count * columns) + column] = (used, value.Length);
        used += value.Length;
    }

    /// <summary>The record is whole.</summary>
    public void Next() => Count++;

    /// <summary>Makes room for others.</summary>
    public void Clear()
    {
        places.AsSpan(0, Math.Min(places.Length, (Count + 1) * columns)).Clear();
        (Count, used) = (0, 0);
    }

    /// <summary>What a record said in a column, or in several one after another.</summary>
    public ReadOnlySpan<char> Value(int record, int[] which, ref char[] room)
    {
        if (which.Length == 1)
        {
            var (start, length) = places[(record * columns) + which[0]];
            return text.AsSpan(start, length);
        }

        var at = 0;
        foreach (var column in which)
        {
            var (start, length) = places[(record * columns) + column];
            if (length == 0)
            {
                continue;
            }

            if (room.Length < at + length + 1)
            {
                Array.Resize(ref room, (at + length + 1) * 2);
            }

            if (at > 0)
            {
                room[at++] = ' ';
            }

            text.AsSpan(start, length).CopyTo(room.AsSpan(at));
            at += length;
        }

        return room.AsSpan(0, at);
    }
}
