using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Chinese;

/// <summary>Compares telephone numbers of the mainland: mobile ones, and landlines with or without area code.</summary>
public sealed class MobileComparer : ValueComparer
{
    private const int ExchangedDigits = 1;
    private const int OneDigitWrong = 2;
    private const int DigitLostOrDoubled = 3;
    private const int SameLastEight = 4;
    private const int Different = 5;

    /// <summary>Digits of a mobile number; the first is 1.</summary>
    private const int MobileLength = 11;

    /// <summary>Shorter ones are short codes or pieces.</summary>
    private const int ShortestLength = 7;

    /// <inheritdoc/>
    public override string Name => "mobile";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels { get; } =
    [
        new("equal", ByFrequency: true),
        new("exchanged-digits"),
        new("one-digit-wrong"),
        new("digit-lost-or-doubled"),
        new("same-last-eight"),
        new("different"),
    ];

    /// <inheritdoc/>
    public override int Normalise(ReadOnlySpan<char> value, Span<char> normalised)
    {
        if (value.Length == MobileLength && value[0] == '1' && Writing.IsDigits(value))
        {
            value.CopyTo(normalised);
            return IsNonsense(value) ? 0 : MobileLength;
        }

        var length = WriteDigits(value, normalised, out var international);
        var start = AfterPrefixes(normalised[..length], international);
        normalised[start..length].CopyTo(normalised);
        length -= start;
        return IsNonsense(normalised[..length]) ? 0 : length;
    }

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => Writing.SlipBetween(a, b) switch
    {
        Writing.Slip.Exchanged => ExchangedDigits,
        Writing.Slip.Replaced => OneDigitWrong,
        Writing.Slip.LostOrAdded when a.Length >= MobileLength || b.Length >= MobileLength => DigitLostOrDoubled,
        _ when a.Length >= 8 && b.Length >= 8 && a[^8..].SequenceEqual(b[^8..]) => SameLastEight,
        _ when IsWithoutAreaCode(a, b) || IsWithoutAreaCode(b, a) => SameLastEight,
        _ => Different,
    };

    /// <summary>A seven-digit landline and the same with its area code.</summary>
    private static bool IsWithoutAreaCode(ReadOnlySpan<char> local, ReadOnlySpan<char> whole) => local.Length == 7 && whole.Length == 11 && whole[0] == '0' && whole.EndsWith(local);

    /// <summary>The digits of the first number; what follows a whole one (a second number, an extension) is left.</summary>
    private static int WriteDigits(ReadOnlySpan<char> value, Span<char> digits, out bool international)
    {
        international = false;
        var length = 0;
        foreach (var raw in value)
        {
            var character = Writing.Narrow(raw);
            if (char.IsAsciiDigit(character))
            {
                digits[length++] = character;
            }
            else if (character == '+' && length == 0)
            {
                international = true;
            }
            else if (length >= ShortestLength && IsEnd(character, digits[..length]))
            {
                break;
            }
        }

        return length;
    }

    private static bool IsEnd(char character, ReadOnlySpan<char> digits) =>
        character is ',' or '、' or ';' or '/' or '|' or '转' or '或' || (digits.Length >= MobileLength && !Writing.IsBlank(character)) || (digits.Length == MobileLength && digits[0] == '1');

    /// <summary>Where the number begins after +86, 0086, 86 or a long-distance 0.</summary>
    private static int AfterPrefixes(ReadOnlySpan<char> digits, bool international)
    {
        var start = 0;
        while (true)
        {
            var rest = digits[start..];
            if (rest.StartsWith("0086"))
            {
                start += 4;
            }
            else if ((international && rest.StartsWith("86")) || (rest.Length == MobileLength + 2 && rest.StartsWith("861")))
            {
                start += 2;
            }
            else if (rest.Length == MobileLength + 1 && rest.StartsWith("01") && rest[2] >= '3')
            {
                start++;
            }
            else
            {
                return start;
            }
        }
    }

    private static bool IsNonsense(ReadOnlySpan<char> number) => number.Length < ShortestLength || Writing.IsOneCharacter(number[1..]) || IsCounting(number);

    private static bool IsCounting(ReadOnlySpan<char> digits)
    {
        for (var i = 1; i < digits.Length; i++)
        {
            if ((digits[i] - digits[i - 1] + 10) % 10 != 1)
            {
                return false;
            }
        }

        return true;
    }
}
