using System.Globalization;
using Anhu.Modules.Time;
using CsCheck;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Time;

[Trait("Store", "none")]
public sealed class CityClockTests
{
    /// <summary>Zones with and without clock changes; Shanghai itself changed its clocks until 1991.</summary>
    private static readonly CityClock[] Clocks = [HefeiClock, new(CityZone.Of("America/New_York"), WorkCalendar.WeekendsOnly)];

    private static readonly Gen<DateTimeOffset> AnyInstant =
        Gen.Long[new DateTimeOffset(1986, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks / 10_000_000, new DateTimeOffset(2029, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks / 10_000_000]
            .Select(seconds => new DateTimeOffset(seconds * 10_000_000, TimeSpan.Zero));

    private static readonly (string Name, Func<CityClock, DateTimeOffset, int, DateTimeOffset> Count)[] Ways =
    [
        ("minutes", (_, start, n) => CityClock.Minutes(start, n)),
        ("hours", (c, start, n) => c.Hours(start, n)),
        ("days", (c, start, n) => c.Days(start, n)),
        ("days past weekends", (c, start, n) => c.Days(start, n, RestDays.HolidaysAndWeekends)),
        ("months", (c, start, n) => c.Months(start, n)),
        ("working days", (c, start, n) => c.WorkingDays(start, n)),
        ("end of day", (c, start, n) => c.EndOfDay(start, n)),
        ("time of day", (c, start, n) => c.ByTimeOfDay(start, n, new TimeOnly(20, 0))),
    ];

    [Theory]
    [InlineData("2026-11-20 20:15", 72, "2026-11-23 21:00")]
    [InlineData("2026-11-20 20:00", 24, "2026-11-21 21:00")]
    [InlineData("2026-02-14 23:59", 1, "2026-02-15 01:00")]
    public void Hours_RunThroughNightsAndHolidaysWithoutTheStartingHour(string start, int hours, string due) => Assert.Equal(At(due), HefeiClock.Hours(At(start), hours));

    [Theory]
    [InlineData("2026-11-16 08:00", 7, "2026-11-23")]
    [InlineData("2026-09-28 08:00", 3, "2026-10-08")]
    [InlineData("2026-02-12 23:50", 3, "2026-02-24")]
    [InlineData("2026-11-20 08:00", 1, "2026-11-21")]
    [InlineData("2026-09-17 08:00", 3, "2026-09-20")]
    public void Days_LeaveOutTheFirstAndMovePastAHolidayAtTheEnd(string start, int days, string due) => Assert.Equal(EndOf(due), HefeiClock.Days(At(start), days));

    [Theory]
    [InlineData("2026-11-20 08:00", 1, "2026-11-23")]
    [InlineData("2026-09-17 08:00", 3, "2026-09-20")]
    [InlineData("2026-10-02 08:00", 1, "2026-10-08")]
    public void Days_PastWeekends_StopAtAMakeUpWorkingDay(string start, int days, string due) =>
        Assert.Equal(EndOf(due), HefeiClock.Days(At(start), days, RestDays.HolidaysAndWeekends));

    [Theory]
    [InlineData("2026-02-13 10:00", 1, "2026-02-14")]
    [InlineData("2026-02-13 10:00", 2, "2026-02-24")]
    [InlineData("2026-10-09 10:00", 1, "2026-10-10")]
    [InlineData("2026-10-09 10:00", 2, "2026-10-12")]
    [InlineData("2025-09-30 10:00", 1, "2025-10-09")]
    [InlineData("2024-02-03 10:00", 1, "2024-02-04")]
    [InlineData("2026-11-20 10:00", 0, "2026-11-20")]
    public void WorkingDays_KnowHolidaysAndMakeUpWeekends(string start, int days, string due) => Assert.Equal(EndOf(due), HefeiClock.WorkingDays(At(start), days));

    [Theory]
    [InlineData("2026-01-31 10:00", 1, "2026-02-28")]
    [InlineData("2024-01-31 10:00", 1, "2024-02-29")]
    [InlineData("2026-08-22 10:00", 3, "2026-11-22")]
    [InlineData("2026-09-01 10:00", 1, "2026-10-08")]
    public void Months_EndOnTheLastDayWhereTheDayDoesNotExist(string start, int months, string due) => Assert.Equal(EndOf(due), HefeiClock.Months(At(start), months));

    [Fact]
    public void EndOfDay_CountsByTheCitysMidnight()
    {
        Assert.Equal(EndOf("2026-11-21"), HefeiClock.EndOfDay(new DateTimeOffset(2026, 11, 20, 15, 59, 0, TimeSpan.Zero), 1));
        Assert.Equal(EndOf("2026-11-22"), HefeiClock.EndOfDay(new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero), 1));
    }

    [Fact]
    public void ByTimeOfDay_ThatHasPassed_IsTheStart() => Assert.Equal(At("2026-11-20 21:30"), HefeiClock.ByTimeOfDay(At("2026-11-20 21:30"), 0, new TimeOnly(20, 0)));

    [Fact]
    public void KnowsHolidays_OfAYearNotPublished_SaysNo()
    {
        var start = At("2026-12-30 10:00");

        Assert.False(HefeiClock.KnowsHolidays(start, HefeiClock.WorkingDays(start, 5)));
        Assert.True(HefeiClock.KnowsHolidays(start, HefeiClock.WorkingDays(start, 1)));
        Assert.Equal(EndOf("2027-01-06"), HefeiClock.WorkingDays(start, 5));
    }

    [Fact]
    public void At_ATimeThatTheClockSkips_IsTheEndOfTheGap()
    {
        var zone = CityZone.Of("America/New_York");

        Assert.Equal(new DateTimeOffset(2026, 3, 8, 7, 0, 0, TimeSpan.Zero), zone.At(new DateOnly(2026, 3, 8), new TimeOnly(2, 30)));
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 6, 30, 0, TimeSpan.Zero), zone.At(new DateOnly(2026, 11, 1), new TimeOnly(1, 30)));
    }

    [Fact]
    public void Zone_ThatDoesNotExist_IsRefused() => Assert.Throws<FormatException>(() => CityZone.Of("Asia/Hefei"));

    [Fact]
    public void Deadlines_AreNeverBeforeTheirStart() =>
        Gen.Select(Gen.Int[0, Clocks.Length - 1], Gen.Int[0, Ways.Length - 1], AnyInstant, Gen.Int[0, 400]).Sample((clock, way, start, n) =>
            Ways[way].Count(Clocks[clock], start, n) >= start);

    [Fact]
    public void Deadlines_OfALaterStart_AreNoEarlier() =>
        Gen.Select(Gen.Int[0, Clocks.Length - 1], Gen.Int[0, Ways.Length - 1], AnyInstant, Gen.Int[0, 400], Gen.Long[0, 10_000_000]).Sample((clock, way, start, n, later) =>
            Ways[way].Count(Clocks[clock], start.AddSeconds(later), n) >= Ways[way].Count(Clocks[clock], start, n));

    [Fact]
    public void Deadlines_OfMoreDays_AreNoEarlier() =>
        Gen.Select(Gen.Int[0, Clocks.Length - 1], Gen.Int[0, Ways.Length - 1], AnyInstant, Gen.Int[0, 200], Gen.Int[0, 200]).Sample((clock, way, start, n, more) =>
            Ways[way].Count(Clocks[clock], start, n + more) >= Ways[way].Count(Clocks[clock], start, n));

    [Fact]
    public void DayDeadlines_FallOnTheLastSecondOfACityDay() =>
        Gen.Select(Gen.Int[0, Clocks.Length - 1], Gen.Int[2, 6], AnyInstant, Gen.Int[0, 400]).Sample((clock, way, start, n) =>
            Clocks[clock].Zone.TimeOf(Ways[way].Count(Clocks[clock], start, n)) == new TimeOnly(23, 59, 59));

    [Fact]
    public void DateAndTime_ThereAndBack_AreTheSameInstant() =>
        Gen.Select(Gen.Int[0, Clocks.Length - 1], AnyInstant).Sample((clock, at) =>
        {
            var zone = Clocks[clock].Zone;
            var back = zone.At(zone.DateOf(at), zone.TimeOf(at));
            return back == at || (zone.Zone.IsAmbiguousTime(zone.ToLocal(at).DateTime) && back > at);
        });

    [Fact]
    public void Days_StartAndEndInOrder() =>
        Gen.Select(Gen.Int[0, Clocks.Length - 1], AnyInstant).Sample((clock, at) =>
        {
            var zone = Clocks[clock].Zone;
            var date = zone.DateOf(at);
            return zone.StartOf(date) <= at && at < zone.StartOf(date.AddDays(1)) && zone.EndOf(date) < zone.StartOf(date.AddDays(1));
        });

    private static DateTimeOffset At(string local) =>
        new DateTimeOffset(DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), TimeSpan.FromHours(8)).ToUniversalTime();

    private static DateTimeOffset EndOf(string date) => At(date + " 23:59").AddSeconds(59);
}
