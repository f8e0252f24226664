using Anhu.Linkage.Chinese;

namespace Anhu.Modules.Alarms;

/// <summary>The citizen ID number (公民身份号码, GB 11643): 6 digits of area, 8 of birth date, 3 of order (odd = male), a check character.</summary>
public static class CitizenId
{
    /// <summary>Length of the number; the 15-digit numbers of before 1999 are no longer valid and are not taken.</summary>
    public const int Length = 18;

    /// <summary>True when the number has 18 characters, the first 17 of them digits, and the right check character (X in either case).</summary>
    /// <param name="number">The number.</param>
    public static bool HasRightCheck(ReadOnlySpan<char> number) => CitizenIdNumber.HasRightCheck(number);

    /// <summary>The check character that belongs to 17 digits, or null when they are not digits.</summary>
    /// <param name="digits">The first 17 characters.</param>
    public static char? CheckOf(ReadOnlySpan<char> digits) => CitizenIdNumber.CheckCharacter(digits);

    /// <summary>The birth date in a number of right length; false when there is no such day.</summary>
    /// <param name="number">The number.</param>
    /// <param name="birthDate">The date.</param>
    public static bool TryGetBirthDate(ReadOnlySpan<char> number, out DateOnly birthDate)
    {
        var date = number.Length == Length ? CitizenIdNumber.BirthDateOf(number) : null;
        birthDate = date ?? default;
        return date is not null;
    }

    /// <summary>The sex in a number of right length and digits.</summary>
    /// <param name="number">The number.</param>
    public static Sex SexOf(ReadOnlySpan<char> number) => CitizenIdNumber.IsMaleNumber(number) == true ? Sex.Male : Sex.Female;

    /// <summary>Completes 17 digits to a number; for made-up people (area 340199, which was never given out).</summary>
    /// <param name="digits">17 digits.</param>
    /// <exception cref="ArgumentException">Not 17 digits.</exception>
    public static string Complete(string digits) =>
        CitizenIdNumber.CheckCharacter(digits) is { } check ? digits + check : throw new ArgumentException("17 digits are needed.", nameof(digits));
}
