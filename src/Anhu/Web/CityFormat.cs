using System.Globalization;
using Anhu.Common;
using Anhu.Components.Shared;
using Anhu.Modules.Time;
using Microsoft.Extensions.Localization;

namespace Anhu.Web;

/// <summary>Puts dates, times and numbers into words: in the city's time zone and the reader's language. The one place where this happens.</summary>
public sealed class CityFormat(CityZone zone, TimeProvider time, IStringLocalizer<SharedText> text)
{
    private static bool Chinese => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh";

    /// <summary>The same instant on the city's clock.</summary>
    /// <param name="instant">Any instant.</param>
    public DateTimeOffset InCity(DateTimeOffset instant) => zone.ToLocal(instant);

    /// <summary>The calendar day in the city.</summary>
    public DateOnly Today => zone.DateOf(time.Now);

    /// <summary>The instant of a wall-clock time in the city, as date and time fields give it.</summary>
    /// <param name="on">Day in the city.</param>
    /// <param name="at">Time of day in the city.</param>
    /// <returns>The instant, UTC; see <see cref="CityZone.At"/> for clock changes.</returns>
    public DateTimeOffset FromCity(DateOnly on, TimeOnly at) => zone.At(on, at);

    /// <summary>Day and time, such as 2026年11月22日 20:15 or 22 Nov 2026 20:15.</summary>
    /// <param name="instant">The instant.</param>
    public string DateTime(DateTimeOffset instant) =>
        InCity(instant).ToString(Chinese ? "yyyy年M月d日 HH:mm" : "d MMM yyyy HH:mm", CultureInfo.CurrentCulture);

    /// <summary>Day, such as 2026年11月22日 or 22 Nov 2026.</summary>
    /// <param name="instant">The instant.</param>
    public string Date(DateTimeOffset instant) => Date(zone.DateOf(instant));

    /// <summary>Day, such as 2026年11月22日 or 22 Nov 2026.</summary>
    /// <param name="day">A day in the city.</param>
    public string Date(DateOnly day) => day.ToString(Chinese ? "yyyy年M月d日" : "d MMM yyyy", CultureInfo.CurrentCulture);

    /// <summary>Time of day, such as 20:15.</summary>
    /// <param name="instant">The instant.</param>
    public string TimeOfDay(DateTimeOffset instant) => InCity(instant).ToString("HH:mm", CultureInfo.CurrentCulture);

    /// <summary>As short as it can be without being unclear: the time today, else day and time, with the year when it is another one.</summary>
    /// <param name="instant">The instant.</param>
    public string Compact(DateTimeOffset instant)
    {
        var city = InCity(instant);
        var today = Today;
        var format = (DateOnly.FromDateTime(city.DateTime) == today, city.Year == today.Year, Chinese) switch
        {
            (true, _, _) => "HH:mm",
            (_, true, true) => "M月d日 HH:mm",
            (_, true, false) => "d MMM HH:mm",
            (_, false, true) => "yyyy年M月d日 HH:mm",
            (_, false, false) => "d MMM yyyy HH:mm",
        };
        return city.ToString(format, CultureInfo.CurrentCulture);
    }

    /// <summary>The distance from now, such as 3 小时前 or in 2 days; rounded down, so that nothing seems older or later than it is.</summary>
    /// <param name="instant">The instant.</param>
    public string Relative(DateTimeOffset instant)
    {
        var distance = instant - time.Now;
        var ahead = distance > TimeSpan.Zero;
        var span = distance.Duration();
        return span.TotalMinutes < 1
            ? text[ahead ? "Time_Soon" : "Time_JustNow"]
            : text[ahead ? "Time_In" : "Time_Ago", Span(span)];
    }

    /// <summary>A length of time in its largest unit, such as 3 小时 or 2 days.</summary>
    /// <param name="span">A positive length.</param>
    public string Span(TimeSpan span)
    {
        var (count, unit) = span switch
        {
            { TotalMinutes: < 60 } => ((int)span.TotalMinutes, "Minute"),
            { TotalHours: < 48 } => ((int)span.TotalHours, "Hour"),
            { TotalDays: < 60 } => ((int)span.TotalDays, "Day"),
            { TotalDays: < 730 } => ((int)(span.TotalDays / 30.44), "Month"),
            _ => ((int)(span.TotalDays / 365.25), "Year"),
        };
        return text[count == 1 ? $"Time_{unit}One" : $"Time_{unit}Many", count];
    }

    /// <summary>A whole number with the language's grouping.</summary>
    /// <param name="number">The number.</param>
    public string Number(long number) => number.ToString("N0", CultureInfo.CurrentCulture);
}
