using System.Runtime.InteropServices;

namespace Anhu.Linkage.Records;

/// <summary>The distinct texts of one column, each under a small number in the order of their first appearance. Texts live in large shared pages, so that millions cost no objects.</summary>
internal sealed class TextPool
{
    /// <summary>Characters of a page; a text never spans two.</summary>
    private const int PageBits = 18;

    private const int PageSize = 1 << PageBits;

    /// <summary>Bits of a place that hold the text's length.</summary>
    private const int LengthBits = 16;

    /// <summary>Longest text kept, in characters; what is longer is cut.</summary>
    public const int LongestText = 4096;

    private readonly List<char[]> pages = [];
    private ulong[] places = new ulong[16];

    /// <summary>Hash and number of each text, at the slot its hash asks for or the next free one.</summary>
    private ulong[] table = new ulong[16];
    private int end = PageSize;

    /// <summary>How many texts there are; their numbers run from 1 to this.</summary>
    public int Count { get; private set; }

    /// <summary>A text by its number.</summary>
    public ReadOnlySpan<char> this[int id]
    {
        get
        {
            var place = places[id];
            var start = (long)(place >> LengthBits);
            return pages[(int)(start >> PageBits)].AsSpan((int)(start & (PageSize - 1)), (int)(place & ((1 << LengthBits) - 1)));
        }
    }

    /// <summary>The number of a text, given now if it is new.</summary>
    public int Intern(ReadOnlySpan<char> text)
    {
        text = text.Length > LongestText ? text[..LongestText] : text;
        return Intern(text, Hash(text));
    }

    /// <summary>The number of a text whose hash is known, given now if it is new.</summary>
    public int Intern(ReadOnlySpan<char> text, uint hash)
    {
        var slot = Slot(text, hash);
        if (table[slot] != 0)
        {
            return (int)(uint)table[slot];
        }

        if ((Count + 1L) * 10 > table.Length * 7L)
        {
            Grow();
            slot = Slot(text, hash);
        }

        var id = ++Count;
        if (id == places.Length)
        {
            Array.Resize(ref places, id * 2);
        }

        if (end + text.Length > PageSize)
        {
            pages.Add(new char[PageSize]);
            end = 0;
        }

        text.CopyTo(pages[^1].AsSpan(end));
        places[id] = ((((ulong)(pages.Count - 1) << PageBits) | (uint)end) << LengthBits) | (uint)text.Length;
        end += text.Length;
        table[slot] = ((ulong)hash << 32) | (uint)id;
        return id;
    }

    /// <summary>The number of a text, or 0.</summary>
    public int Find(ReadOnlySpan<char> text)
    {
        text = text.Length > LongestText ? text[..LongestText] : text;
        return (int)(uint)table[Slot(text, Hash(text))];
    }

    /// <summary>Asks for the slot that a hash will need soon.</summary>
    public void AskForSlot(uint hash) => Ahead.Of(table, (int)hash & (table.Length - 1));

    /// <summary>Asks for where the text stands that a hash will likely find; its slot was asked for before.</summary>
    public void AskForPlace(uint hash)
    {
        if (table[(int)hash & (table.Length - 1)] is var entry && (uint)(entry >> 32) == hash)
        {
            AskForPlace((int)(uint)entry);
        }
    }

    /// <summary>Asks for the text that a hash will likely find; its place was asked for before.</summary>
    public void AskForText(uint hash)
    {
        if (table[(int)hash & (table.Length - 1)] is var entry && (uint)(entry >> 32) == hash)
        {
            AskForText((int)(uint)entry);
        }
    }

    /// <summary>Asks for where a text stands.</summary>
    public void AskForPlace(int id) => Ahead.Of(places, id);

    /// <summary>Asks for a text; its place was asked for before.</summary>
    public void AskForText(int id)
    {
        if (id != 0)
        {
            var start = (long)(places[id] >> LengthBits);
            Ahead.Of(pages[(int)(start >> PageBits)], (int)(start & (PageSize - 1)));
        }
    }

    /// <summary>Makes room for texts that will be taken out again: the table must not grow between <see cref="Intern(ReadOnlySpan{char})"/> and <see cref="Truncate"/>.</summary>
    public void Reserve(int more)
    {
        while ((Count + 1L + more) * 10 > table.Length * 7L)
        {
            Grow();
        }
    }

    /// <summary>Takes out the texts that came last, so that only <paramref name="count"/> are left.</summary>
    public void Truncate(int count)
    {
        while (Count > count)
        {
            var text = this[Count];
            var slot = (int)Hash(text) & (table.Length - 1);
            while ((int)(uint)table[slot] != Count)
            {
                slot = (slot + 1) & (table.Length - 1);
            }

            // It came last: nothing stands behind it in a row of full slots because of it.
            table[slot] = 0;
            var start = (long)(places[Count] >> LengthBits);
            pages.RemoveRange((int)(start >> PageBits) + 1, pages.Count - (int)(start >> PageBits) - 1);
            end = (int)(start & (PageSize - 1));
            pages[^1].AsSpan(end, text.Length).Clear();
            Count--;
        }
    }

    /// <summary>Gives back what is needed only to add texts and to find them.</summary>
    public void Close() => table = new ulong[16];

    /// <summary>The hash of a text of at most <see cref="LongestText"/>.</summary>
    public static uint Hash(ReadOnlySpan<char> text)
    {
        var hash = 0x9E3779B97F4A7C15ul + (uint)text.Length;
        var words = MemoryMarshal.Cast<char, ulong>(text);
        foreach (var word in words)
        {
            hash = Mix(hash ^ word);
        }

        for (var i = words.Length * 4; i < text.Length; i++)
        {
            hash = Mix(hash ^ text[i]);
        }

        return (uint)(hash ^ (hash >> 32));
    }

    /// <summary>Folds a 128-bit product: one multiplication that reaches all bits.</summary>
    internal static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0xA0761D6478BD642Ful, out var low);
        return high ^ low;
    }

    /// <summary>Writes how much there is, which is to be checked before room is made for it.</summary>
    public void SaveSizes(BinaryWriter to)
    {
        to.Write(Count);
        to.Write(end);
        to.Write(pages.Count);
    }

    /// <summary>Writes the texts.</summary>
    public void Save(Stream to)
    {
        foreach (var page in pages)
        {
            to.Write(MemoryMarshal.AsBytes(page.AsSpan()));
        }

        to.Write(MemoryMarshal.AsBytes(places.AsSpan(0, Count + 1)));
    }

    /// <summary>Makes room for what was written.</summary>
    public void LoadSizes(BinaryReader from)
    {
        (Count, end) = (from.ReadInt32(), from.ReadInt32());
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            pages.Add([]);
        }
    }

    /// <summary>Reads what was written; nothing is looked at yet.</summary>
    public void Load(Stream from)
    {
        for (var page = 0; page < pages.Count; page++)
        {
            pages[page] = GC.AllocateUninitializedArray<char>(PageSize);
            from.ReadExactly(MemoryMarshal.AsBytes(pages[page].AsSpan()));
        }

        places = new ulong[Count + 1];
        from.ReadExactly(MemoryMarshal.AsBytes(places.AsSpan()));
    }

    /// <summary>Makes the texts that were read findable.</summary>
    public void Build()
    {
        table = new ulong[System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(16, (Count + 1L) * 10 / 7))];
        var mask = table.Length - 1;
        for (var id = 1; id <= Count; id++)
        {
            var hash = Hash(this[id]);
            var slot = (int)hash & mask;
            while (table[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            table[slot] = ((ulong)hash << 32) | (uint)id;
        }
    }

    private int Slot(ReadOnlySpan<char> text, uint hash)
    {
        var mask = table.Length - 1;
        var slot = (int)hash & mask;
        while (table[slot] is var entry && entry != 0 && ((uint)(entry >> 32) != hash || !this[(int)(uint)entry].SequenceEqual(text)))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        var old = table;
        table = new ulong[old.Length * 2];
        var mask = table.Length - 1;
        foreach (var entry in old)
        {
            if (entry == 0)
            {
                continue;
            }

            var slot = (int)(entry >> 32) & mask;
            while (table[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            table[slot] = entry;
        }
    }
}
