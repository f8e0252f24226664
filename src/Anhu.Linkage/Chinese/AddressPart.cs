using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
        if (address.Length is >= 16 and <= 64)
        {
            for (var bars = Bars(address); bars != 0 && part < Count; bars &= bars - 1)
            {
                ends[part++] = BitOperations.TrailingZeroCount(bars);
            }
        }
        else
        {
            for (var i = 0; i < address.Length && part < Count; i++)
            {
                if (address[i] == Separator)
                {
                    ends[part++] = i;
                }
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

    /// <summary>A bit for each bar in 16 to 64 characters, sixteen looked at together.</summary>
    private static ulong Bars(ReadOnlySpan<char> address)
    {
        ref var first = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(address));
        var bars = 0ul;
        var i = 0;
        for (; i < address.Length - 16; i += 16)
        {
            bars |= At(ref first, i);
        }

        return bars | At(ref first, address.Length - 16);

        static ulong At(ref ushort first, int i) =>
            (ulong)Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)i), Vector256.Create((ushort)Separator)).ExtractMostSignificantBits() << i;
    }

    [InlineArray(Count)]
    private struct Bounds
    {
        private int first;
    }
}
