using System.Globalization;

namespace Anhu.Linkage.Chinese;

/// <summary>A date as written, which need not be one that there is; 0 for a part that is not written.</summary>
internal readonly record struct CalendarDay(int Year, int Month, int Day)
{
    /// <summary>Days since the year 0, such that the difference of two dates is right; near enough for days that there are not.</summary>
    public int Number
    {
        get
        {
            var isLeap = Year % 4 == 0 && (Year % 100 != 0 || Year % 400 == 0);
            var past = Year - 1;
            return (past * 365) + (past / 4) - (past / 100) + (past / 400) + (((367 * Month) - 362) / 12) - (Month <= 2 ? 0 : isLeap ? 1 : 2) + Day;
        }
    }

    /// <summary>Reads yyyy, yyyy-MM or yyyy-MM-dd; what is no digit counts as 0.</summary>
    public static CalendarDay Read(ReadOnlySpan<char> date) => new(
        date.Length >= 4 ? (Two(date) * 100) + Two(date[2..]) : 0,
        date.Length >= 7 ? Two(date[5..]) : 0,
        date.Length >= 10 ? Two(date[8..]) : 0);

    private static int Two(ReadOnlySpan<char> digits) => (Digit(digits[0]) * 10) + Digit(digits[1]);

    private static int Digit(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : 0;
}

/// <summary>Which day a date is when it was meant in the Chinese calendar.</summary>
internal static class LunarDates
{
    /// <summary>By how many days a solar date lies after the date whose year, month and day are its lunar ones; 0 where that is no date.</summary>
    private static readonly byte[] DaysLater;

    private static readonly int First;

    static LunarDates()
    {
        var calendar = new ChineseLunisolarCalendar();
        First = Number(calendar.MinSupportedDateTime);
        DaysLater = new byte[Number(calendar.MaxSupportedDateTime) - First + 1];
        var day = First;
        for (var year = 1901; day - First < DaysLater.Length; year++)
        {
            var leap = calendar.GetLeapMonth(year);
            for (var month = 1; month <= (leap > 0 ? 13 : 12) && day - First < DaysLater.Length; month++)
            {
                // The leap month carries the number of the month before it.
                var written = leap > 0 && month >= leap ? month - 1 : month;
                var later = day - new CalendarDay(year, written, 1).Number;
                var days = calendar.GetDaysInMonth(year, month);
                var dates = Math.Min(DateTime.DaysInMonth(year, written), DaysLater.Length - (day - First));
                if (later is > 0 and <= byte.MaxValue)
                {
                    DaysLater.AsSpan(day - First, Math.Min(days, dates)).Fill((byte)later);
                }

                day += days;
            }
        }
    }

    /// <summary>True when the earlier of two dates is the lunar one of the later.</summary>
    /// <param name="a">One, as <see cref="CalendarDay.Number"/>.</param>
    /// <param name="b">The other.</param>
    public static bool AreOneDay(int a, int b)
    {
        var later = Math.Max(a, b);
        return later >= First && later - First < DaysLater.Length && DaysLater[later - First] == Math.Abs(a - b) && a != b;
    }

    private static int Number(DateTime date) => new CalendarDay(date.Year, date.Month, date.Day).Number;
}
