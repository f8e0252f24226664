namespace Anhu.Modules.Time;

/// <summary>Which days move the end of a period of days or months to the next day.</summary>
public enum RestDays
{
    /// <summary>Published statutory holidays only; the earlier deadline.</summary>
    Holidays,

    /// <summary>Statutory holidays and weekends that are not worked.</summary>
    HolidaysAndWeekends,
}

/// <summary>
/// Deadlines as law and playbook count them (handbook §0.1), in the city's zone. All results are UTC instants; a deadline on a day is its last second.
/// The starting hour and the starting day are not counted.
/// </summary>
/// <param name="zone">The city's zone.</param>
/// <param name="calendar">Holidays and make-up working days.</param>
public sealed class CityClock(CityZone zone, WorkCalendar calendar)
{
    /// <summary>The zone.</summary>
    public CityZone Zone => zone;

    /// <summary>The calendar.</summary>
    public WorkCalendar Calendar => calendar;

    /// <summary>Running minutes, to the instant.</summary>
    /// <param name="start">The start.</param>
    /// <param name="minutes">How many.</param>
    public static DateTimeOffset Minutes(DateTimeOffset start, int minutes) => start.ToUniversalTime().AddMinutes(minutes);

    /// <summary>Running hours, nights and holidays included; the hour in which the period starts is not counted (民事诉讼法 第85条).</summary>
    /// <param name="start">The start.</param>
    /// <param name="hours">How many.</param>
    public DateTimeOffset Hours(DateTimeOffset start, int hours)
    {
        var local = zone.ToLocal(start);
        var intoHour = local.Ticks % TimeSpan.TicksPerHour;
        return start.ToUniversalTime().AddTicks(-intoHour).AddHours(hours + 1);
    }

    /// <summary>Calendar days; a last day that is a rest day moves to the first day after it.</summary>
    /// <param name="start">The start; its day is not counted.</param>
    /// <param name="days">How many.</param>
    /// <param name="restDays">Which days move the end.</param>
    public DateTimeOffset Days(DateTimeOffset start, int days, RestDays restDays = RestDays.Holidays) =>
        zone.EndOf(PastRest(zone.DateOf(start).AddDays(days), restDays));

    /// <summary>Calendar months; a day that does not exist is the last of its month; a last day that is a rest day moves to the first day after it.</summary>
    /// <param name="start">The start.</param>
    /// <param name="months">How many.</param>
    /// <param name="restDays">Which days move the end.</param>
    public DateTimeOffset Months(DateTimeOffset start, int months, RestDays restDays = RestDays.Holidays) =>
        zone.EndOf(PastRest(zone.DateOf(start).AddMonths(months), restDays));

    /// <summary>Working days, make-up weekends included.</summary>
    /// <param name="start">The start; its day is not counted.</param>
    /// <param name="days">How many, 0 or more; 0 is the day itself.</param>
    public DateTimeOffset WorkingDays(DateTimeOffset start, int days) => zone.EndOf(AddWorkingDays(zone.DateOf(start), days));

    /// <summary>The end of the day that lies some days ahead, whatever day that is; 0 is today, 1 tomorrow.</summary>
    /// <param name="start">The start.</param>
    /// <param name="daysAhead">How many days ahead.</param>
    public DateTimeOffset EndOfDay(DateTimeOffset start, int daysAhead) => zone.EndOf(zone.DateOf(start).AddDays(daysAhead));

    /// <summary>A time of day some days ahead; never before the start.</summary>
    /// <param name="start">The start.</param>
    /// <param name="daysAhead">How many days ahead.</param>
    /// <param name="by">The city's time of day.</param>
    public DateTimeOffset ByTimeOfDay(DateTimeOffset start, int daysAhead, TimeOnly by)
    {
        var due = zone.At(zone.DateOf(start).AddDays(daysAhead), by);
        return due >= start ? due : start.ToUniversalTime();
    }

    /// <summary>The date that lies some working days after another.</summary>
    /// <param name="from">Not counted.</param>
    /// <param name="days">How many, 0 or more.</param>
    public DateOnly AddWorkingDays(DateOnly from, int days)
    {
        var date = from;
        while (days > 0)
        {
            date = date.AddDays(1);
            if (calendar.IsWorkingDay(date))
            {
                days--;
            }
        }

        return date;
    }

    /// <summary>True when the holidays of every year between two instants are known; else the deadline was counted by weekends only and may change when the calendar is published.</summary>
    /// <param name="start">The start.</param>
    /// <param name="due">The deadline.</param>
    public bool KnowsHolidays(DateTimeOffset start, DateTimeOffset due) => calendar.Knows(zone.DateOf(start), zone.DateOf(due));

    private DateOnly PastRest(DateOnly date, RestDays restDays)
    {
        while (calendar.IsHoliday(date) || (restDays == RestDays.HolidaysAndWeekends && !calendar.IsWorkingDay(date)))
        {
            date = date.AddDays(1);
        }

        return date;
    }
}
