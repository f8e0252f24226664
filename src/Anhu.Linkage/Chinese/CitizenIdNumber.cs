namespace Anhu.Linkage.Chinese;

/// <summary>A citizen ID number (公民身份号码, GB 11643): 6 digits of region, 8 of birth date, 3 of order (odd for men), a check character.</summary>
/// <param name="Value">The 18 characters.</param>
/// <param name="BirthDate">The birth date in it.</param>
/// <param name="IsMale">True when the order number is odd.</param>
public readonly record struct CitizenIdNumber(string Value, DateOnly BirthDate, bool IsMale)
{
    /// <summary>Length of a number.</summary>
    public const int Length = 18;

    /// <summary>Length of the numbers given out before 1999: two digits of the year, no check character.</summary>
    public const int OldLength = 15;

    private const string CheckCharacters = "10X98765432";

    private static ReadOnlySpan<byte> Weights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>Reads a number in whatever writing: full width, blanks, x for X; one of 15 digits becomes the one of 18.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="number">The number.</param>
    /// <returns>False when it is no valid number.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out CitizenIdNumber number)
    {
        number = default;
        if (text.Length > 200)
        {
            return false;
        }

        Span<char> written = stackalloc char[Math.Max(64, 2 * text.Length)];
        Span<char> whole = stackalloc char[Length];
        var digits = written[..CitizenIdComparer.Write(text, written)];
        if (digits.Length == OldLength && Writing.IsDigits(digits))
        {
            digits[..6].CopyTo(whole);
            "19".CopyTo(whole[6..]);
            digits[6..].CopyTo(whole[8..]);
            whole[17] = CheckCharacter(whole[..17]) ?? '?';
            digits = whole;
        }

        if (!IsValid(digits))
        {
            return false;
        }

        number = new(digits.ToString(), BirthDateOf(digits) ?? default, IsMaleNumber(digits) ?? false);
        return true;
    }

    /// <summary>The check character that belongs to 17 digits; null when they are not 17 digits.</summary>
    /// <param name="digits">The first 17 characters of a number.</param>
    public static char? CheckCharacter(ReadOnlySpan<char> digits)
    {
        if (digits.Length != Length - 1)
        {
            return null;
        }

        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            if (!char.IsAsciiDigit(digits[i]))
            {
                return null;
            }

            sum += (digits[i] - '0') * Weights[i];
        }

        return CheckCharacters[sum % 11];
    }

    /// <summary>True for 18 characters whose check character is right; X in either case.</summary>
    /// <param name="number">The number, without blanks.</param>
    public static bool HasRightCheck(ReadOnlySpan<char> number) =>
        number.Length == Length && CheckCharacter(number[..^1]) is { } check && check == char.ToUpperInvariant(number[^1]);

    /// <summary>True for a number with a right check character and a birth date that there is.</summary>
    /// <param name="number">The number, without blanks.</param>
    public static bool IsValid(ReadOnlySpan<char> number) => HasRightCheck(number) && BirthDateOf(number) is not null;

    /// <summary>The birth date in a number of 18 or 15 characters; null when there is no such day.</summary>
    /// <param name="number">The number, without blanks.</param>
    public static DateOnly? BirthDateOf(ReadOnlySpan<char> number)
    {
        var date = number.Length switch { Length => number.Slice(6, 8), OldLength => number.Slice(6, 6), _ => [] };
        if (!Writing.IsDigits(date))
        {
            return null;
        }

        var written = 0;
        foreach (var digit in date)
        {
            written = (written * 10) + (digit - '0');
        }

        var (year, month, day) = ((number.Length == OldLength ? 1900 : 0) + (written / 10_000), written / 100 % 100, written % 100);
        return year > 0 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) ? new DateOnly(year, month, day) : null;
    }

    /// <summary>True for a man's number of 18 or 15 characters, false for a woman's, null when it doesn't say.</summary>
    /// <param name="number">The number, without blanks.</param>
    public static bool? IsMaleNumber(ReadOnlySpan<char> number)
    {
        var order = number.Length switch { Length => number[16], OldLength => number[14], _ => '?' };
        return char.IsAsciiDigit(order) ? order % 2 == 1 : null;
    }
}
