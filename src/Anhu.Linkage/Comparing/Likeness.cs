using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Anhu.Linkage.Comparing;

/// <summary>Measures of how alike two texts are. Each has a plain form, which is the truth, and faster ones for short texts, which are tested against it.</summary>
public static class Likeness
{
    /// <summary>Longest text that is measured; of a longer one the beginning.</summary>
    private const int Longest = 128;

    /// <summary>Characters that one vector holds.</summary>
    private const int Short = 16;

    /// <summary>Jaro and Winkler's likeness.</summary>
    /// <param name="a">One text.</param>
    /// <param name="b">Another.</param>
    /// <returns>0 (nothing in common) to 1 (equal).</returns>
    public static double JaroWinkler(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        a = a.Length > Longest ? a[..Longest] : a;
        b = b.Length > Longest ? b[..Longest] : b;
        if (a.Length == 0 || b.Length == 0)
        {
            return a.Length == b.Length ? 1 : 0;
        }

        var jaro = b.Length <= Short && a.Length <= 64 && Vector256.IsHardwareAccelerated ? JaroByVector(a, b)
            : a.Length <= 64 && b.Length <= 64 ? JaroByBits(a, b) : Jaro(a, b);
        var prefix = Math.Min(4, a.CommonPrefixLength(b));
        return jaro + (prefix * 0.1 * (1 - jaro));
    }

    /// <summary>Jaro's likeness, as written in the paper.</summary>
    /// <param name="a">One text, not empty.</param>
    /// <param name="b">Another, not empty.</param>
    /// <returns>0 to 1.</returns>
    internal static double Jaro(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        Span<bool> inA = stackalloc bool[a.Length];
        Span<bool> inB = stackalloc bool[b.Length];
        inA.Clear();
        inB.Clear();
        var window = Math.Max((Math.Max(a.Length, b.Length) / 2) - 1, 0);
        var matches = 0;
        for (var i = 0; i < a.Length; i++)
        {
            for (var j = Math.Max(0, i - window); j < Math.Min(b.Length, i + window + 1); j++)
            {
                if (!inB[j] && a[i] == b[j])
                {
                    inA[i] = inB[j] = true;
                    matches++;
                    break;
                }
            }
        }

        if (matches == 0)
        {
            return 0;
        }

        var (exchanged, k) = (0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            if (inA[i])
            {
                while (!inB[k])
                {
                    k++;
                }

                exchanged += a[i] == b[k++] ? 0 : 1;
            }
        }

        double m = matches;
        return ((m / a.Length) + (m / b.Length) + ((m - (exchanged / 2)) / m)) / 3;
    }

    /// <summary>The same with the marks kept as bits of one word.</summary>
    internal static double JaroByBits(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var window = Math.Max((Math.Max(a.Length, b.Length) / 2) - 1, 0);
        ulong inA = 0, inB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var end = Math.Min(b.Length, i + window + 1);
            for (var j = Math.Max(0, i - window); j < end; j++)
            {
                if (a[i] == b[j] && (inB & (1ul << j)) == 0)
                {
                    inA |= 1ul << i;
                    inB |= 1ul << j;
                    break;
                }
            }
        }

        return JaroOf(a, b, inA, inB);
    }

    /// <summary>The same with all of the second text, of at most 16 characters, compared at once with each of the first.</summary>
    internal static double JaroByVector(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var window = Math.Max((Math.Max(a.Length, b.Length) / 2) - 1, 0);
        var all = Load(b);
        ulong inA = 0;
        var free = (1u << b.Length) - 1;
        for (var i = 0; i < a.Length; i++)
        {
            // Characters of the second text from i - window to i + window; none when all of it lies before.
            var reach = (uint)(((1ul << (Math.Min(i + window, 31) + 1)) - 1) & ~((1ul << Math.Max(0, i - window)) - 1));
            var equal = Vector256.Equals(all, Vector256.Create((ushort)a[i])).ExtractMostSignificantBits() & reach & free;
            if (equal != 0)
            {
                inA |= 1ul << i;
                free &= ~(equal & (0u - equal));
            }
        }

        return JaroOf(a, b, inA, ((1u << b.Length) - 1) & ~free);
    }

    private static double JaroOf(ReadOnlySpan<char> a, ReadOnlySpan<char> b, ulong inA, ulong inB)
    {
        var matches = BitOperations.PopCount(inA);
        if (matches == 0)
        {
            return 0;
        }

        var exchanged = 0;
        for (var (restA, restB) = (inA, inB); restA != 0; restA &= restA - 1, restB &= restB - 1)
        {
            exchanged += a[BitOperations.TrailingZeroCount(restA)] == b[BitOperations.TrailingZeroCount(restB)] ? 0 : 1;
        }

        double m = matches;
        return ((m / a.Length) + (m / b.Length) + ((m - (exchanged / 2)) / m)) / 3;
    }

    /// <summary>A text of at most 16 characters; what is behind it is 0.</summary>
    private static Vector256<ushort> Load(ReadOnlySpan<char> text)
    {
        Span<ushort> room = stackalloc ushort[Short];
        room.Clear();
        MemoryMarshal.Cast<char, ushort>(text).CopyTo(room);
        return Vector256.Create((ReadOnlySpan<ushort>)room);
    }

    /// <summary>Damerau and Levenshtein's distance (optimal string alignment): slips that make one text of the other.</summary>
    /// <param name="a">One text.</param>
    /// <param name="b">Another.</param>
    /// <param name="most">Slips from which counting stops.</param>
    /// <returns>The number of slips, or <paramref name="most"/> + 1 when there are more.</returns>
    public static int DamerauLevenshtein(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int most = int.MaxValue - 1)
    {
        a = a.Length > Longest ? a[..Longest] : a;
        b = b.Length > Longest ? b[..Longest] : b;
        var same = a.CommonPrefixLength(b);
        a = a[same..];
        b = b[same..];
        while (a.Length > 0 && b.Length > 0 && a[^1] == b[^1])
        {
            a = a[..^1];
            b = b[..^1];
        }

        if (Math.Abs(a.Length - b.Length) > most)
        {
            return most + 1;
        }

        if (a.Length == 0 || b.Length == 0)
        {
            return Math.Max(a.Length, b.Length);
        }

        return Math.Min(a.Length, b.Length) > Short || !Vector256.IsHardwareAccelerated ? Slips(a, b, most)
            : a.Length <= b.Length ? SlipsByVector(a, b, most) : SlipsByVector(b, a, most);
    }

    /// <summary>Slips row by row, as in the textbook.</summary>
    internal static int Slips(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int most)
    {
        Span<int> rows = stackalloc int[3 * (b.Length + 1)];
        var width = b.Length + 1;
        var before = rows[..width];
        var last = rows[width..(2 * width)];
        var row = rows[(2 * width)..];
        for (var j = 0; j < width; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j < width; j++)
            {
                var cost = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost = Math.Min(cost, before[j - 2] + 1);
                }

                row[j] = cost;
                least = Math.Min(least, cost);
            }

            if (least > most)
            {
                return most + 1;
            }

            var free = before;
            before = last;
            last = row;
            row = free;
        }

        return Math.Min(last[b.Length], most + 1);
    }

    /// <summary>
    /// The same with a column of the table in one word, as differences from cell to cell; the first text, of 1 to 16 characters, is
    /// compared at once with each character of the other. H. Hyyrö, 2003.
    /// </summary>
    internal static int SlipsByVector(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int most)
    {
        var all = Load(a);
        var whole = (1u << a.Length) - 1;
        var end = 1u << (a.Length - 1);
        uint more = whole, less = 0, diagonal = 0, equalBefore = 0;
        var slips = a.Length;
        foreach (var c in b)
        {
            var equal = Vector256.Equals(all, Vector256.Create((ushort)c)).ExtractMostSignificantBits() & whole;
            var exchanged = ((~diagonal & equal) << 1) & equalBefore;
            diagonal = (((equal & more) + more) ^ more) | equal | less | exchanged;
            var up = less | ~(diagonal | more);
            var down = diagonal & more;
            slips += (up & end) != 0 ? 1 : (down & end) != 0 ? -1 : 0;
            up = (up << 1) | 1;
            more = (down << 1) | ~(diagonal | up);
            less = up & diagonal;
            equalBefore = equal;
        }

        return Math.Min(slips, most + 1);
    }
}
