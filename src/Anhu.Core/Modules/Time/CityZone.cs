namespace Anhu.Modules.Time;

/// <summary>The one place where instants become the city's dates and times of day, and back. Safe for clock changes.</summary>
/// <param name="zone">The city's zone.</param>
public sealed class CityZone(TimeZoneInfo zone)
{
    /// <summary>The zone of every Chinese city.</summary>
    public const string DefaultId = "Asia/Shanghai";

    private const int FirstYear = 1970;
    private const int NotAsked = int.MinValue;
    private const int Changes = int.MaxValue;

    /// <summary>
    /// The offset in minutes of each year without a clock change, since every grade and deadline asks for it and the zone's own rules take ten times as long.
    /// Two threads that fill the same year write the same value.
    /// </summary>
    private readonly int[] offsets = [.. Enumerable.Repeat(NotAsked, 200)];

    /// <summary>The zone.</summary>
    public TimeZoneInfo Zone => zone;

    /// <summary>Finds a zone.</summary>
    /// <param name="id">IANA id such as <c>Asia/Shanghai</c>.</param>
    /// <exception cref="FormatException">No such zone on this machine.</exception>
    public static CityZone Of(string id = DefaultId) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)
        ? new CityZone(zone)
        : throw new FormatException($"The time zone \"{id}\" is not known on this machine.");

    /// <summary>The instant with the city's offset, for display.</summary>
    /// <param name="at">Any instant, any offset.</param>
    public DateTimeOffset ToLocal(DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        var offset = SteadyOffset(utc.Year) ?? zone.GetUtcOffset(utc);
        return new DateTimeOffset(utc.Ticks + offset.Ticks, offset);
    }

    /// <summary>The city's date at an instant.</summary>
    /// <param name="at">Any instant, any offset.</param>
    public DateOnly DateOf(DateTimeOffset at) => DateOnly.FromDateTime(ToLocal(at).DateTime);

    /// <summary>The city's time of day at an instant.</summary>
    /// <param name="at">Any instant, any offset.</param>
    public TimeOnly TimeOf(DateTimeOffset at) => TimeOnly.FromDateTime(ToLocal(at).DateTime);

    /// <summary>The instant at which the city's clocks show a date and time, in UTC. A time that a clock change skips is taken as the end of the gap; one that occurs twice as the later one.</summary>
    /// <param name="date">The city's date.</param>
    /// <param name="time">The city's time of day.</param>
    public DateTimeOffset At(DateOnly date, TimeOnly time)
    {
        var local = date.ToDateTime(time);
        if (SteadyOffset(date.Year) is { } steady)
        {
            return new DateTimeOffset(local.Ticks - steady.Ticks, TimeSpan.Zero);
        }

        if (zone.IsInvalidTime(local))
        {
            do
            {
                local = new DateTime(local.Ticks - (local.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(1);
            }
            while (zone.IsInvalidTime(local));
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Min() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>The first instant of a day, in UTC.</summary>
    /// <param name="date">The city's date.</param>
    public DateTimeOffset StartOf(DateOnly date)
    {
        var local = date.ToDateTime(TimeOnly.MinValue);
        return SteadyOffset(date.Year) is null && zone.IsAmbiguousTime(local)
            ? new DateTimeOffset(local, zone.GetAmbiguousTimeOffsets(local).Max()).ToUniversalTime()
            : At(date, TimeOnly.MinValue);
    }

    /// <summary>The last second of a day, in UTC: what a deadline "by the end of the day" means.</summary>
    /// <param name="date">The city's date.</param>
    public DateTimeOffset EndOf(DateOnly date) => At(date, new TimeOnly(23, 59, 59));

    /// <summary>The offset of a year in which, and around whose ends, no clock changes; null for other years.</summary>
    private TimeSpan? SteadyOffset(int year)
    {
        var index = year - FirstYear;
        if ((uint)index >= (uint)offsets.Length)
        {
            return null;
        }

        var minutes = Volatile.Read(ref offsets[index]);
        if (minutes == NotAsked)
        {
            minutes = AskFor(year);
            Volatile.Write(ref offsets[index], minutes);
        }

        return minutes == Changes ? null : TimeSpan.FromMinutes(minutes);
    }

    private int AskFor(int year)
    {
        // Twelve-hour steps from two days before to two days after: no zone changes its clocks and back within half a day.
        var from = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(-2);
        var first = zone.GetUtcOffset(from);
        for (var at = from; at <= from.AddDays(370); at = at.AddHours(12))
        {
            if (zone.GetUtcOffset(at) != first)
            {
                return Changes;
            }
        }

        return first.Ticks % TimeSpan.TicksPerMinute == 0 ? (int)first.TotalMinutes : Changes;
    }
}
