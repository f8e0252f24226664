using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Chinese;

/// <summary>Compares birth dates, with the slips that registers of the mainland hold: a date of the lunar calendar, 1 January for an unknown day.</summary>
public sealed class BirthDateComparer : ValueComparer
{
    private const int Lunar = 1;
    private const int DayAndMonthExchanged = 2;
    private const int YearOff = 3;
    private const int OneDigitWrong = 4;
    private const int ExchangedDigits = 5;
    private const int UnknownDay = 6;
    private const int WeeksApart = 7;
    private const int SameDayOfYear = 8;
    private const int SameMonth = 9;
    private const int SameYear = 10;
    private const int Different = 11;

    /// <summary>A lunar date lies some 17 to 53 days before the solar one.</summary>
    private const int NearestWeeksApart = 16;

    private const int FarthestWeeksApart = 55;

    private const int FirstYear = 1880;
    private const int LastYear = 2100;

    /// <inheritdoc/>
    public override string Name => "birth-date";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels { get; } =
    [
        new("equal", ByFrequency: true),
        new("lunar"),
        new("day-and-month-exchanged"),
        new("year-off"),
        new("one-digit-wrong"),
        new("exchanged-digits"),
        new("unknown-day"),
        new("weeks-apart"),
        new("same-day-of-year"),
        new("same-month"),
        new("same-year"),
        new("different"),
    ];

    /// <inheritdoc/>
    public override int Normalise(ReadOnlySpan<char> value, Span<char> normalised)
    {
        if (value.Length == 10 && value[4] == '-' && value[7] == '-' && Writing.IsDigits(value[..4]) && Writing.IsDigits(value[5..7]) && Writing.IsDigits(value[8..])
            && CalendarDay.Read(value) is { Year: >= FirstYear and <= LastYear and not 1900, Month: > 0, Day: > 0 })
        {
            value.CopyTo(normalised);
            return value.Length;
        }

        Span<int> parts = stackalloc int[3];
        Span<int> lengths = stackalloc int[3];
        var count = Split(value, parts, lengths);
        if (count == 0 || !Order(parts, lengths, ref count) || parts[0] is < FirstYear or > LastYear || (parts[0] == 1900 && parts[1] <= 1 && parts[2] <= 1))
        {
            return 0;
        }

        WriteNumber(parts[0], normalised[..4]);
        if (count == 1 || parts[1] == 0)
        {
            return 4;
        }

        normalised[4] = '-';
        WriteNumber(parts[1], normalised[5..7]);
        if (count == 2 || parts[2] == 0)
        {
            return 7;
        }

        normalised[7] = '-';
        WriteNumber(parts[2], normalised[8..10]);
        return 10;
    }

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var x = CalendarDay.Read(a);
        var y = CalendarDay.Read(b);
        if (x.Day == 0 || y.Day == 0)
        {
            return x.Year != y.Year ? Different : x.Month == 0 || y.Month == 0 ? UnknownDay : x.Month == y.Month ? UnknownDay : SameYear;
        }

        if (x.Year == y.Year)
        {
            return CompareInYear(x, y, a, b);
        }

        var apart = Math.Abs(x.Number - y.Number);
        if (apart <= FarthestWeeksApart)
        {
            return LunarDates.AreOneDay(x.Number, y.Number) ? Lunar : apart >= NearestWeeksApart ? WeeksApart : Different;
        }

        if (x.Month == y.Month && x.Day == y.Day)
        {
            return Math.Abs(x.Year - y.Year) == 1 ? YearOff : Writing.SlipBetween(a, b) switch
            {
                Writing.Slip.Replaced => OneDigitWrong,
                Writing.Slip.Exchanged => ExchangedDigits,
                _ => SameDayOfYear,
            };
        }

        return apart is >= 364 and <= 367 ? YearOff : Different;
    }

    private static int CompareInYear(in CalendarDay x, in CalendarDay y, ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (x.Month == y.Day && x.Day == y.Month)
        {
            return DayAndMonthExchanged;
        }

        var apart = Math.Abs(x.Number - y.Number);
        if (apart <= FarthestWeeksApart && LunarDates.AreOneDay(x.Number, y.Number))
        {
            return Lunar;
        }

        if (x is { Month: 1, Day: 1 } || y is { Month: 1, Day: 1 })
        {
            return UnknownDay;
        }

        return Writing.SlipBetween(a, b) switch
        {
            Writing.Slip.Replaced => OneDigitWrong,
            Writing.Slip.Exchanged => ExchangedDigits,
            _ => x.Month == y.Month ? SameMonth : apart is >= NearestWeeksApart and <= FarthestWeeksApart ? WeeksApart : SameYear,
        };
    }

    /// <summary>The groups of digits: year, month and day, also of 19900101 and 199001.</summary>
    private static int Split(ReadOnlySpan<char> value, Span<int> parts, Span<int> lengths)
    {
        var count = 0;
        var at = 0;
        while (at < value.Length && count < 3)
        {
            var number = 0;
            var length = 0;
            for (; at < value.Length && char.IsAsciiDigit(Writing.Narrow(value[at])); at++)
            {
                if (++length <= 8)
                {
                    number = (number * 10) + (Writing.Narrow(value[at]) - '0');
                }
            }

            if (length > 8)
            {
                return 0;
            }

            if (length >= 6 && count == 0)
            {
                parts[0] = length == 8 ? number / 10_000 : length == 6 ? number / 100 : 0;
                parts[1] = length == 8 ? number / 100 % 100 : number % 100;
                parts[2] = length == 8 ? number % 100 : 0;
                lengths[0] = 4;
                return 3;
            }

            if (length > 0)
            {
                parts[count] = number;
                lengths[count++] = length;
            }
            else
            {
                at++;
            }
        }

        return count;
    }

    /// <summary>Brings the parts into the order year, month, day; false when they are no date.</summary>
    private static bool Order(Span<int> parts, Span<int> lengths, ref int count)
    {
        if (lengths[0] != 4)
        {
            if (count < 3 || lengths[2] != 4)
            {
                return false;
            }

            // 31/12/1990 as elsewhere, 12/31/1990 as spreadsheets write it.
            var (first, second, year) = (parts[0], parts[1], parts[2]);
            (parts[0], parts[1], parts[2]) = first > 12 ? (year, second, first) : (year, first, second);
        }

        if (count > 1 && (parts[1] > 99 || (count > 2 && parts[2] > 99)))
        {
            count = 1;
        }

        return true;
    }

    private static void WriteNumber(int number, Span<char> digits)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = (char)('0' + (number % 10));
            number /= 10;
        }
    }
}
