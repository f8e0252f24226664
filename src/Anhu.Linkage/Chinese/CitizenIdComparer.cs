using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Chinese;

/// <summary>
/// Compares citizen ID numbers, also the 15-digit ones of before 1999 and such with a masked birth date. The check character
/// tells a slip of the pen from two people: of two numbers that differ in one place at most one has a right one.
/// </summary>
public sealed class CitizenIdComparer : ValueComparer
{
    private const int OldForm = 1;
    private const int ExchangedDigits = 2;
    private const int OneDigitWrong = 3;
    private const int DigitLostOrDoubled = 4;
    private const int Masked = 5;
    private const int SeveralDigitsWrong = 6;
    private const int NeighbouringNumbers = 7;
    private const int SameRegionAndBirthDate = 8;
    private const int SameBirthDate = 9;
    private const int Different = 10;

    /// <summary>Fewer characters than this say too little of a person.</summary>
    private const int FewestVisible = 7;

    /// <inheritdoc/>
    public override string Name => "citizen-id";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels { get; } =
    [
        new("equal", ByFrequency: true),
        new("old-form"),
        new("exchanged-digits"),
        new("one-digit-wrong"),
        new("digit-lost-or-doubled"),
        new("masked"),
        new("several-digits-wrong"),
        new("neighbouring-numbers"),
        new("same-region-and-birth-date"),
        new("same-birth-date"),
        new("different"),
    ];

    /// <inheritdoc/>
    public override int Normalise(ReadOnlySpan<char> value, Span<char> normalised)
    {
        var length = IsNormal(value) ? Copy(value, normalised) : Write(value, normalised);
        var number = normalised[..length];
        var visible = length - number.Count('*');
        return visible < FewestVisible || Writing.IsOneCharacter(number) || number.StartsWith("1234567") || number.EndsWith("0000000000") ? 0 : length;
    }

    /// <inheritdoc/>
    public override int LevelOfEqual(ReadOnlySpan<char> value) => value.Contains('*') ? Masked : 0;

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Contains('*') || b.Contains('*'))
        {
            return CompareMasked(a, b);
        }

        if (IsOld(a) && !IsOld(b))
        {
            return CompareOld(a, b);
        }

        if (IsOld(b) && !IsOld(a))
        {
            return CompareOld(b, a);
        }

        var slip = Writing.SlipBetween(a, b);
        if (slip != Writing.Slip.Other)
        {
            return LevelOf(slip);
        }

        if (a.Length != CitizenIdNumber.Length || b.Length != CitizenIdNumber.Length)
        {
            return CompareShort(a, b);
        }

        var sameBirthDate = a.Slice(6, 8).SequenceEqual(b.Slice(6, 8));
        if (!sameBirthDate && a[..6].CommonPrefixLength(b) < 6)
        {
            return DifferingPlaces(a, b) <= 2 && OneIsWrong(a, b) ? SeveralDigitsWrong : Different;
        }

        // Most pairs end here: the same region or birth date is common in a block, and the rest tells at once.
        if (OneIsWrong(a, b))
        {
            if (DifferingPlaces(a, b) is var places && (places <= 2 || (places == 3 && a[14..].SequenceEqual(b[14..]))))
            {
                return SeveralDigitsWrong;
            }
        }
        else if (Writing.SlipBetween(a[..17], b[..17]) != Writing.Slip.Other)
        {
            return NeighbouringNumbers;
        }

        return !sameBirthDate ? Different : a[..6].SequenceEqual(b[..6]) ? SameRegionAndBirthDate : SameBirthDate;
    }

    /// <summary>Digits, letters and masks of what was written, in usual width and upper case.</summary>
    internal static int Write(ReadOnlySpan<char> value, Span<char> written)
    {
        var length = 0;
        foreach (var raw in value)
        {
            var character = Writing.Narrow(raw);
            if (char.IsAsciiLetterOrDigit(character))
            {
                written[length++] = char.ToUpperInvariant(character);
            }
            else if (character is '*' or '?' or '#' or '×' or '●' or '■' or '＊' or '✱' or '∗')
            {
                written[length++] = '*';
            }
        }

        // X elsewhere than at the end masks a digit; a passport's letters stand at its beginning.
        if (length > 0 && char.IsAsciiDigit(written[0]))
        {
            written[..(length - 1)].Replace('X', '*');
        }

        return length;
    }

    /// <summary>True for 17 digits and a digit or X, as nearly all are.</summary>
    private static bool IsNormal(ReadOnlySpan<char> value) => value.Length == CitizenIdNumber.Length && Writing.IsDigits(value[..^1]) && (value[^1] == 'X' || char.IsAsciiDigit(value[^1]));

    private static int Copy(ReadOnlySpan<char> value, Span<char> written)
    {
        value.CopyTo(written);
        return value.Length;
    }

    private static bool IsOld(ReadOnlySpan<char> number) => number.Length == CitizenIdNumber.OldLength;

    private static bool OneIsWrong(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => !CitizenIdNumber.HasRightCheck(a) || !CitizenIdNumber.HasRightCheck(b);

    private static int LevelOf(Writing.Slip slip) => slip switch
    {
        Writing.Slip.Exchanged => ExchangedDigits,
        Writing.Slip.Replaced => OneDigitWrong,
        Writing.Slip.LostOrAdded => DigitLostOrDoubled,
        Writing.Slip.Other => Different,
    };

    private static int DifferingPlaces(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var places = 0;
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            places += a[i] == b[i] ? 0 : 1;
        }

        return places;
    }

    private static int CompareOld(ReadOnlySpan<char> old, ReadOnlySpan<char> other)
    {
        Span<char> core = stackalloc char[CitizenIdNumber.OldLength];
        if (!TryWriteOld(other, core))
        {
            return Different;
        }

        if (old.SequenceEqual(core))
        {
            return OldForm;
        }

        var slip = Writing.SlipBetween(old, core);
        if (slip is Writing.Slip.Exchanged or Writing.Slip.Replaced)
        {
            return LevelOf(slip);
        }

        return !old.Slice(6, 6).SequenceEqual(core.Slice(6, 6)) ? Different : old[..6].SequenceEqual(core[..6]) ? SameRegionAndBirthDate : SameBirthDate;
    }

    /// <summary>The 15-digit form of an 18-character number of the 20th century.</summary>
    internal static bool TryWriteOld(ReadOnlySpan<char> number, Span<char> old)
    {
        if (number.Length == CitizenIdNumber.OldLength)
        {
            number.CopyTo(old);
            return true;
        }

        if (number.Length != CitizenIdNumber.Length || number[6] != '1' || number[7] != '9')
        {
            return false;
        }

        number[..6].CopyTo(old);
        number[8..17].CopyTo(old[6..]);
        return true;
    }

    private static int CompareMasked(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length != b.Length)
        {
            return CompareEnds(a, b);
        }

        var visible = 0;
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] == '*' || b[i] == '*')
            {
                continue;
            }

            if (a[i] != b[i])
            {
                return Different;
            }

            visible++;
        }

        return visible >= FewestVisible ? Masked : Different;
    }

    /// <summary>A mask is often shorter or longer than what it hides: what stands before and after it is compared.</summary>
    private static int CompareEnds(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var head = 0;
        while (head < a.Length && head < b.Length && a[head] != '*' && b[head] != '*')
        {
            if (a[head] != b[head])
            {
                return Different;
            }

            head++;
        }

        var tail = 0;
        while (tail < a.Length - head && tail < b.Length - head && a[^(tail + 1)] != '*' && b[^(tail + 1)] != '*')
        {
            if (a[^(tail + 1)] != b[^(tail + 1)])
            {
                return Different;
            }

            tail++;
        }

        return head + tail >= FewestVisible ? Masked : Different;
    }

    /// <summary>A number that lost or doubled a digit, against one that is no single slip away: its beginning may still hold region and birth date.</summary>
    private static int CompareShort(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var same = a.CommonPrefixLength(b);
        return same >= 14 && a.Length >= 17 && b.Length >= 17 ? SameRegionAndBirthDate : Different;
    }
}
