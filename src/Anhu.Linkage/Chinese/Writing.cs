namespace Anhu.Linkage.Chinese;

/// <summary>What normalising needs everywhere: width, blanks, and how two short strings of digits differ.</summary>
internal static class Writing
{
    /// <summary>How one string became the other by a single slip.</summary>
    public enum Slip
    {
        /// <summary>By none, or by more than one.</summary>
        Other,

        /// <summary>Two neighbours are exchanged.</summary>
        Exchanged,

        /// <summary>One character is another.</summary>
        Replaced,

        /// <summary>One character is missing or stands twice.</summary>
        LostOrAdded,
    }

    /// <summary>A character in its usual width: Ａ is A, an ideographic space is a space.</summary>
    public static char Narrow(char character) => character switch
    {
        >= '\uFF01' and <= '\uFF5E' => (char)(character - 0xFEE0),
        '\u3000' => ' ',
        _ => character,
    };

    /// <summary>True for blanks, control characters and marks that are not seen.</summary>
    public static bool IsBlank(char character) => char.IsWhiteSpace(character) || char.IsControl(character) || character is >= '\u200B' and <= '\u200F' or '\u2060' or '\uFEFF';

    /// <summary>True when all characters are the same.</summary>
    public static bool IsOneCharacter(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(text[0]);

    /// <summary>The one slip by which two strings differ.</summary>
    public static Slip SlipBetween(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var more = a.Length - b.Length;
        if (more is < -1 or > 1)
        {
            return Slip.Other;
        }

        var start = a.CommonPrefixLength(b);
        a = a[start..];
        b = b[start..];
        if (more != 0)
        {
            return more > 0 ? Rest(a[1..], b) : Rest(b[1..], a);
        }

        if (a.Length > 0 && a[1..].SequenceEqual(b[1..]))
        {
            return Slip.Replaced;
        }

        return a.Length > 1 && a[0] == b[1] && a[1] == b[0] && a[2..].SequenceEqual(b[2..]) ? Slip.Exchanged : Slip.Other;

        static Slip Rest(ReadOnlySpan<char> longer, ReadOnlySpan<char> shorter) => longer.SequenceEqual(shorter) ? Slip.LostOrAdded : Slip.Other;
    }

    /// <summary>True when all are letters A to Z in either case.</summary>
    public static bool IsLatin(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetter(character))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    /// <summary>True when all are the digits 0 to 9.</summary>
    public static bool IsDigits(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit(character))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
