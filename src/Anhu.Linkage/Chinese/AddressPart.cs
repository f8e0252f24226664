namespace Anhu.Linkage.Chinese;

/// <summary>The parts of an address in the order in which the normalised form has them.</summary>
internal enum AddressPart
{
    Province,
    City,
    County,
    Town,
    Village,
    Group,
    Road,
    Number,
    Compound,
    Building,
    Unit,
    Room,
}

/// <summary>A normalised address cut into its parts.</summary>
internal readonly ref struct AddressParts
{
    /// <summary>Stands between the parts.</summary>
    public const char Separator = '|';

    /// <summary>How many parts there are.</summary>
    public const int Count = (int)AddressPart.Room + 1;

    private readonly ReadOnlySpan<char> address;
    private readonly Bounds ends;

    /// <summary>Cuts an address; what was never normalised has its whole text in the first part.</summary>
    public AddressParts(ReadOnlySpan<char> address)
    {
        this.address = address;
        var part = 0;
        for (var i = 0; i < address.Length && part < Count; i++)
        {
            if (address[i] == Separator)
            {
                ends[part++] = i;
            }
        }

        for (; part < Count; part++)
        {
            ends[part] = address.Length;
        }
    }

    /// <summary>A part; empty when it is not known.</summary>
    public ReadOnlySpan<char> this[AddressPart part]
    {
        get
        {
            var start = part == 0 ? 0 : Math.Min(ends[(int)part - 1] + 1, address.Length);
            return address[start..Math.Max(start, ends[(int)part])];
        }
    }

    [System.Runtime.CompilerServices.InlineArray(Count)]
    private struct Bounds
    {
        private int first;
    }
}
