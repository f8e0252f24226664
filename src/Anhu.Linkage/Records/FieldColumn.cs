using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Records;

/// <summary>The values of one field of all records: their texts, and how many records hold each.</summary>
internal sealed class FieldColumn(FieldPlan plan)
{
    /// <summary>How far ahead memory is asked for.</summary>
    private const int Ahead = 12;

    private char[] normal = new char[1024];
    private char[] before = new char[256];
    private char[] key = new char[256];
    private (int Start, int Length, uint Hash)[] found = [];

    /// <summary>What it is made of.</summary>
    public FieldPlan Plan => plan;

    /// <summary>The distinct values.</summary>
    public TextPool Texts { get; } = new();

    /// <summary>How many records hold a value.</summary>
    public int Known { get; private set; }

    /// <summary>How many records hold each value.</summary>
    public int[] Counts { get; private set; } = new int[16];

    /// <summary>Sum over all values of the squared number of records that hold it.</summary>
    private double squares;

    /// <summary>Expected frequency of the value that two random records with a value agree on: the sum of squared frequencies.</summary>
    public double MeanFrequency => Known == 0 ? 0 : squares / Known / Known;

    /// <summary>Takes the field's value out of each record of a batch.</summary>
    /// <param name="batch">What the records said.</param>
    /// <param name="rows">Takes the numbers of the values.</param>
    /// <param name="first">Where the first record's number goes.</param>
    /// <param name="width">How far the next record's is from it.</param>
    public void Take(Batch batch, int[] rows, int first, int width)
    {
        if (found.Length < batch.Count)
        {
            found = new (int, int, uint)[batch.Count];
        }

        var used = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var length = Normalise(batch, i, used);
            found[i] = (used, length, length == 0 ? 0 : TextPool.Hash(normal.AsSpan(used, length)));
            used += length;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            if (i + Ahead < batch.Count)
            {
                Texts.Prefetch(found[i + Ahead].Hash);
            }

            var (start, length, hash) = found[i];
            var value = length == 0 ? 0 : Texts.Intern(normal.AsSpan(start, length), hash);
            rows[first + (i * width)] = value;
            Add(value);
        }
    }

    /// <summary>Takes a record's value back.</summary>
    public void Remove(int value)
    {
        if (value != 0)
        {
            squares -= (2.0 * Counts[value]--) - 1;
            Known--;
        }
    }

    /// <summary>Share of random pairs of records that hold the same value.</summary>
    public double EqualShare(int records) => records < 2 ? 0 : (squares - Known) / records / (records - 1);

    /// <summary>The number of a value that a record says which is only looked for: it counts for nothing, and is taken out again by <see cref="Withdraw"/>.</summary>
    public int Try(Batch batch)
    {
        Texts.Reserve(1);
        var length = Normalise(batch, 0, 0);
        return length == 0 ? 0 : Texts.Intern(normal.AsSpan(0, length));
    }

    /// <summary>Takes out the values that were only looked for.</summary>
    /// <param name="count">How many there were before.</param>
    public void Withdraw(int count) => Texts.Truncate(count);

    /// <summary>Writes the values that records hold.</summary>
    /// <returns>The new number of each value; null when they keep theirs.</returns>
    public int[]? Save(BinaryWriter to)
    {
        EnsureCounts(Texts.Count);
        var (texts, counts, numbers) = (Texts, Counts, (int[]?)null);
        if (Counts.AsSpan(1, Texts.Count).Contains(0))
        {
            // What was taken out is not to be found in a file either.
            (texts, counts, numbers) = (new TextPool(), new int[Texts.Count + 1], new int[Texts.Count + 1]);
            for (var value = 1; value <= Texts.Count; value++)
            {
                if (Counts[value] > 0)
                {
                    counts[numbers[value] = texts.Intern(Texts[value])] = Counts[value];
                }
            }
        }

        texts.Save(to);
        to.Write(Known);
        to.Write(squares);
        to.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(counts.AsSpan(0, texts.Count + 1)));
        return numbers;
    }

    /// <summary>Reads what was written.</summary>
    public void Load(BinaryReader from)
    {
        Texts.Load(from);
        Known = from.ReadInt32();
        squares = from.ReadDouble();
        Counts = new int[Texts.Count + 1];
        from.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Counts.AsSpan()));
    }

    private void Add(int value)
    {
        if (value == 0)
        {
            return;
        }

        EnsureCounts(value);
        squares += (2.0 * Counts[value]++) + 1;
        Known++;
    }

    private void EnsureCounts(int value)
    {
        if (value >= Counts.Length)
        {
            var counts = Counts;
            Array.Resize(ref counts, Math.Max(16, value * 2));
            Counts = counts;
        }
    }

    /// <summary>Writes the normalised value of a record: that of the first source that says something.</summary>
    private int Normalise(Batch batch, int record, int at)
    {
        foreach (var source in plan.Sources)
        {
            var value = batch.Value(record, source.Columns, ref before);
            if (value.IsEmpty)
            {
                continue;
            }

            var room = (value.Length * 4) + 128;
            if (normal.Length - at < room)
            {
                Array.Resize(ref normal, Math.Max(normal.Length * 2, at + room));
            }

            if (source.Key is not null)
            {
                if (key.Length < room)
                {
                    key = new char[room * 2];
                }

                var length = source.Before!.Normalise(value, normal.AsSpan(at));
                value = key.AsSpan(0, length == 0 ? 0 : source.Key.Make(normal.AsSpan(at, length), key));
            }

            var written = value.IsEmpty ? 0 : plan.Comparer.Normalise(value, normal.AsSpan(at));
            if (written > 0)
            {
                return Math.Min(written, TextPool.LongestText);
            }
        }

        return 0;
    }
}

/// <summary>The key of each value of a field.</summary>
internal sealed class KeyColumn
{
    private readonly TextPool keys = new();
    private int done;

    /// <summary>Number of the key of each value; 0 when it gives none.</summary>
    public int[] KeyOfValue { get; private set; } = new int[16];

    /// <summary>Makes the keys of values that have come since the last time.</summary>
    public void Make(TextPool values, KeyMaker maker)
    {
        if (done == values.Count)
        {
            return;
        }

        if (values.Count >= KeyOfValue.Length)
        {
            var grown = KeyOfValue;
            Array.Resize(ref grown, Math.Max(values.Count + 1, KeyOfValue.Length * 2));
            KeyOfValue = grown;
        }

        Span<char> small = stackalloc char[512];
        char[]? large = null;
        while (done < values.Count)
        {
            var value = values[++done];
            var room = (value.Length * 2) + 64 <= small.Length ? small : large ??= new char[(TextPool.LongestText * 2) + 64];
            var length = maker.Make(value, room);
            KeyOfValue[done] = length == 0 ? 0 : keys.Intern(room[..length]);
        }
    }

    /// <summary>Keys there are, to be given to <see cref="Withdraw"/> later; makes room for one more.</summary>
    public int Reserve()
    {
        keys.Reserve(1);
        return keys.Count;
    }

    /// <summary>Takes out the keys of values that were only looked for.</summary>
    /// <param name="values">How many values there were before.</param>
    /// <param name="count">How many keys there were before.</param>
    public void Withdraw(int values, int count)
    {
        done = Math.Min(done, values);
        keys.Truncate(count);
    }

    /// <summary>Gives back what is needed only to make more keys.</summary>
    public void Close() => keys.Close();
}
