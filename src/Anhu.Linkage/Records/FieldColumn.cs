using System.Runtime.InteropServices;
using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Records;

/// <summary>The values of one field of all records: their texts, and how many records hold each.</summary>
internal sealed class FieldColumn(FieldPlan plan)
{
    /// <summary>How many values ahead memory is asked for, step by step.</summary>
    private const int Distance = 6;

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

    /// <summary>Sum over all values whose equality is the strongest level, of the squared number of records that hold it; and of that number.</summary>
    private double squares;
    private long counted;
    private byte[] levelOfEqual = new byte[16];

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
            // The slot first, then what it points to, then what that points to.
            if (i + (3 * Distance) < batch.Count)
            {
                Texts.AskForSlot(found[i + (3 * Distance)].Hash);
                Texts.AskForPlace(found[i + (2 * Distance)].Hash);
                Texts.AskForText(found[i + Distance].Hash);
            }

            var (start, length, hash) = found[i];
            var before = Texts.Count;
            var value = length == 0 ? 0 : Texts.Intern(normal.AsSpan(start, length), hash);
            if (Texts.Count > before)
            {
                NoteLevels(before);
            }

            rows[first + (i * width)] = value;
            Add(value);
        }
    }

    /// <summary>Takes a record's value back.</summary>
    public void Remove(int value)
    {
        if (value != 0)
        {
            if (levelOfEqual[value] == 0)
            {
                squares -= (2.0 * Counts[value]) - 1;
                counted--;
            }

            Counts[value]--;
            Known--;
        }
    }

    /// <summary>The level of two records that hold this value.</summary>
    public int LevelOfEqual(int value) => levelOfEqual[value];

    /// <summary>Share of random pairs of records that hold the same value, at the strongest level.</summary>
    public double EqualShare(int records) => records < 2 ? 0 : (squares - counted) / records / (records - 1);

    /// <summary>The number of a value that a record says which is only looked for: it counts for nothing, and is taken out again by <see cref="Withdraw"/>.</summary>
    public int Try(Batch batch)
    {
        Texts.Reserve(1);
        var length = Normalise(batch, 0, 0);
        var before = Texts.Count;
        var value = length == 0 ? 0 : Texts.Intern(normal.AsSpan(0, length));
        NoteLevels(before);
        return value;
    }

    /// <summary>Takes out the values that were only looked for.</summary>
    /// <param name="count">How many there were before.</param>
    public void Withdraw(int count) => Texts.Truncate(count);

    /// <summary>The values that records hold, without those that nobody has any more: what was taken out is not to be found in a file either.</summary>
    public FieldSnapshot Snapshot()
    {
        EnsureCounts(Texts.Count);
        if (!Counts.AsSpan(1, Texts.Count).Contains(0))
        {
            return new FieldSnapshot(Texts, Counts, null, Known, squares, counted);
        }

        var (texts, counts, numbers) = (new TextPool(), new int[Texts.Count + 1], new int[Texts.Count + 1]);
        for (var value = 1; value <= Texts.Count; value++)
        {
            if (Counts[value] > 0)
            {
                counts[numbers[value] = texts.Intern(Texts[value])] = Counts[value];
            }
        }

        return new FieldSnapshot(texts, counts, numbers, Known, squares, counted);
    }

    /// <summary>Makes room for what was written.</summary>
    public void LoadSizes(BinaryReader from)
    {
        Texts.LoadSizes(from);
        Known = from.ReadInt32();
        squares = from.ReadDouble();
        counted = from.ReadInt64();
    }

    /// <summary>Reads what was written; nothing is looked at yet.</summary>
    public void Load(Stream from)
    {
        Texts.Load(from);
        Counts = new int[Texts.Count + 1];
        from.ReadExactly(MemoryMarshal.AsBytes(Counts.AsSpan()));
    }

    /// <summary>Makes the values that were read findable.</summary>
    public void Build()
    {
        Texts.Build();
        NoteLevels(0);
    }

    private void Add(int value)
    {
        if (value == 0)
        {
            return;
        }

        EnsureCounts(value);
        Known++;
        Counts[value]++;
        if (levelOfEqual[value] == 0)
        {
            squares += (2.0 * Counts[value]) - 1;
            counted++;
        }
    }

    /// <summary>Notes the levels of values that have come since the last time.</summary>
    private void NoteLevels(int before)
    {
        if (Texts.Count >= levelOfEqual.Length)
        {
            Array.Resize(ref levelOfEqual, Math.Max(Texts.Count + 1, levelOfEqual.Length * 2));
        }

        for (var value = before + 1; value <= Texts.Count; value++)
        {
            levelOfEqual[value] = (byte)plan.Comparer.LevelOfEqual(Texts[value]);
        }
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

/// <summary>A field's values as they are kept.</summary>
/// <param name="Texts">The values.</param>
/// <param name="Counts">How many records hold each.</param>
/// <param name="Numbers">The new number of each value; null when they keep theirs.</param>
/// <param name="Known">How many records hold one.</param>
/// <param name="Squares">Sum of the squared counts of those whose equality is the strongest level.</param>
/// <param name="Counted">Sum of these counts.</param>
internal sealed record FieldSnapshot(TextPool Texts, int[] Counts, int[]? Numbers, int Known, double Squares, long Counted)
{
    /// <summary>Writes how much there is.</summary>
    public void SaveSizes(BinaryWriter to)
    {
        Texts.SaveSizes(to);
        to.Write(Known);
        to.Write(Squares);
        to.Write(Counted);
    }

    /// <summary>Writes the values.</summary>
    public void Save(Stream to)
    {
        Texts.Save(to);
        to.Write(MemoryMarshal.AsBytes(Counts.AsSpan(0, Texts.Count + 1)));
    }
}

/// <summary>The key of each value of a field.</summary>
internal sealed class KeyColumn
{
    private TextPool keys = new();
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
    public void Close() => keys = new TextPool();
}
