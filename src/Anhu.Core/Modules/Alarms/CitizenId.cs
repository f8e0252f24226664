namespace Anhu.Modules.Alarms;

/// <summary>The citizen ID number (公民身份号码, GB 11643): 6 digits of area, 8 of birth date, 3 of order (odd = male), a check character.</summary>
public static class CitizenId
{
    /// <summary>Length of the number; the 15-digit numbers of before 1999 are no longer valid and are not taken.</summary>
    public const int Length = 18;

    private const string CheckCharacters = "10X98765432";

    private static ReadOnlySpan<byte> Weights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>True when the number has 18 characters, the first 17 of them digits, and the right check character (X in either case).</summary>
    /// <param name="number">The number.</param>
    public static bool HasRightCheck(ReadOnlySpan<char> number) => number.Length == Length && CheckOf(number[..17]) is { } check && check == char.ToUpperInvariant(number[17]);

    /// <summary>The check character that belongs to 17 digits, or null when they are not digits.</summary>
    /// <param name="digits">The first 17 characters.</param>
    public static char? CheckOf(ReadOnlySpan<char> digits)
    {
        if (digits.Length != 17)
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

    /// <summary>The birth date in a number of right length; false when there is no such day.</summary>
    /// <param name="number">The number.</param>
    /// <param name="birthDate">The date.</param>
    public static bool TryGetBirthDate(ReadOnlySpan<char> number, out DateOnly birthDate)
    {
        birthDate = default;
        return number.Length == Length && DateOnly.TryParseExact(number.Slice(6, 8), "yyyyMMdd", null, System.Globalization.DateTimeStyles.None, out birthDate);
    }

    /// <summary>The sex in a number of right length and digits.</summary>
    /// <param name="number">The number.</param>
    public static Sex SexOf(ReadOnlySpan<char> number) => (number[16] - '0') % 2 == 1 ? Sex.Male : Sex.Female;

    /// <summary>Completes 17 digits to a number; for made-up people (area 340199, which was never given out).</summary>
    /// <param name="digits">17 digits.</param>
    /// <exception cref="ArgumentException">Not 17 digits.</exception>
    public static string Complete(string digits) =>
        CheckOf(digits) is { } check ? digits + check : throw new ArgumentException("17 digits are needed.", nameof(digits));
}
