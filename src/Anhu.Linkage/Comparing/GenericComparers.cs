using System.Globalization;

namespace Anhu.Linkage.Comparing;

/// <summary>Base of the comparers for data of any field: texts in one width and case, without needless blanks.</summary>
public abstract class TextComparer : ValueComparer
{
    /// <inheritdoc/>
    public override int Normalise(ReadOnlySpan<char> value, Span<char> normalised)
    {
        var length = 0;
        var blank = false;
        foreach (var c in value)
        {
            if (char.IsWhiteSpace(c) || c is '_' or '-' or '\'' or '’' or '.' or ',')
            {
                blank = true;
                continue;
            }

            if (blank && length > 0)
            {
                normalised[length++] = ' ';
            }

            blank = false;
            normalised[length++] = char.ToLowerInvariant(c is > '\uFF00' and < '\uFF5F' ? (char)(c - 0xFEE0) : c);
        }

        return length;
    }
}

/// <summary>Equal or different.</summary>
public sealed class ExactComparer : TextComparer
{
    /// <inheritdoc/>
    public override string Name => "exact";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels { get; } = [new("equal", ByFrequency: true), new("different")];

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => 1;
}

/// <summary>Jaro and Winkler's likeness of names, in steps. M. A. Jaro, 1989; W. E. Winkler, 1990.</summary>
/// <param name="steps">Smallest likeness of each level, falling; 0.92, 0.88, 0.7 unless said.</param>
public sealed class JaroWinklerComparer(params double[] steps) : TextComparer
{
    private readonly double[] steps = steps.Length > 0 ? steps : [0.92, 0.88, 0.7];

    /// <inheritdoc/>
    public override string Name => "jaro-winkler";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels => field ??=
        [new("equal", ByFrequency: true), .. steps.Select(step => new ComparisonLevel(string.Create(CultureInfo.InvariantCulture, $"alike-{step}"))), new("different")];

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var likeness = Likeness.JaroWinkler(a, b);
        for (var level = 0; level < steps.Length; level++)
        {
            if (likeness >= steps[level])
            {
                return level + 1;
            }
        }

        return steps.Length + 1;
    }
}

/// <summary>Damerau and Levenshtein's count of slips (a character wrong, lost, doubled, or two exchanged), in steps.</summary>
/// <param name="steps">Most slips of each level, rising; 1 and 2 unless said.</param>
public sealed class DamerauLevenshteinComparer(params double[] steps) : TextComparer
{
    private readonly double[] steps = steps.Length > 0 ? steps : [1, 2];

    /// <inheritdoc/>
    public override string Name => "damerau-levenshtein";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels => field ??=
        [new("equal", ByFrequency: true), .. steps.Select(step => new ComparisonLevel(string.Create(CultureInfo.InvariantCulture, $"slips-{step}"))), new("different")];

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var slips = Likeness.DamerauLevenshtein(a, b, (int)steps[^1]);
        for (var level = 0; level < steps.Length; level++)
        {
            if (slips <= steps[level])
            {
                return level + 1;
            }
        }

        return steps.Length + 1;
    }
}

/// <summary>Equal up to some first characters, in steps.</summary>
/// <param name="steps">Length of the agreeing beginning of each level, falling; 4 and 2 unless said.</param>
public sealed class PrefixComparer(params double[] steps) : TextComparer
{
    private readonly double[] steps = steps.Length > 0 ? steps : [4, 2];

    /// <inheritdoc/>
    public override string Name => "prefix";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels => field ??=
        [new("equal", ByFrequency: true), .. steps.Select(step => new ComparisonLevel(string.Create(CultureInfo.InvariantCulture, $"first-{step}"))), new("different")];

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var common = a.CommonPrefixLength(b);
        for (var level = 0; level < steps.Length; level++)
        {
            if (common >= steps[level])
            {
                return level + 1;
            }
        }

        return steps.Length + 1;
    }
}

/// <summary>Dates: slips of the pen first, then distance in days.</summary>
/// <param name="steps">Most days apart of each level, rising; 31, 366 and 3,660 unless said.</param>
public sealed class DateComparer(params double[] steps) : ValueComparer
{
    private readonly double[] steps = steps.Length > 0 ? steps : [31, 366, 3660];

    /// <inheritdoc/>
    public override string Name => "date";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels => field ??=
    [
        new("equal"), new("day-and-month-exchanged"), new("one-digit"), new("two-digits"), new("same-year"),
        .. steps.Select(step => new ComparisonLevel(string.Create(CultureInfo.InvariantCulture, $"days-{step}"))), new("different"),
    ];

    /// <inheritdoc/>
    public override int Normalise(ReadOnlySpan<char> value, Span<char> normalised)
    {
        var length = 0;
        foreach (var c in value)
        {
            if (char.IsAsciiDigit(c))
            {
                normalised[length++] = c;
            }
        }

        return length is 4 or 6 or 8 ? length : 0;
    }

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length == 8 && b.Length == 8)
        {
            if (a[..4].SequenceEqual(b[..4]) && a[4..6].SequenceEqual(b[6..]) && a[6..].SequenceEqual(b[4..6]))
            {
                return 1;
            }

            var wrong = 0;
            for (var i = 0; i < 8; i++)
            {
                wrong += a[i] == b[i] ? 0 : 1;
            }

            // Two neighbours exchanged is one slip.
            if (wrong == 1 || (wrong == 2 && Likeness.DamerauLevenshtein(a, b, 1) == 1))
            {
                return 2;
            }

            if (wrong == 2)
            {
                return 3;
            }
        }

        if (a.Length >= 4 && b.Length >= 4 && a[..4].SequenceEqual(b[..4]))
        {
            return 4;
        }

        var apart = Math.Abs(Days(a) - Days(b));
        for (var level = 0; level < steps.Length; level++)
        {
            if (apart <= steps[level])
            {
                return level + 5;
            }
        }

        return steps.Length + 5;
    }

    /// <summary>Days of a date that need not exist, near enough to count distances.</summary>
    private static double Days(ReadOnlySpan<char> date)
    {
        var year = int.Parse(date[..4], CultureInfo.InvariantCulture);
        var month = date.Length >= 6 ? int.Parse(date[4..6], CultureInfo.InvariantCulture) : 6;
        var day = date.Length == 8 ? int.Parse(date[6..], CultureInfo.InvariantCulture) : 15;
        return (year * 365.2425) + (month * 30.44) + day;
    }
}
