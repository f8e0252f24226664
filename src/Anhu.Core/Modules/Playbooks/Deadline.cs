using System.Globalization;
using Anhu.Common;
using Anhu.Modules.Time;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Playbooks;

/// <summary>How a deadline is counted, compiled.</summary>
/// <param name="DueAt">The instant, or null when the rule asks for nothing (a schedule of visits that has ended).</param>
/// <param name="Text">In plain words.</param>
internal sealed record Deadline(Func<PlaybookFacts, DateTimeOffset?> DueAt, Bilingual Text)
{
    /// <summary>The only event that knows what it counts from; null when every one does. With another, the duty would never arise.</summary>
    public PlaybookEvent? OnlyOn { get; private init; }

    /// <summary>Reads a deadline.</summary>
    /// <param name="map">Its entries.</param>
    /// <param name="clock">The city's clock.</param>
    /// <param name="restDays">Which days move the end of periods of days and months.</param>
    /// <param name="schedule">The schedule of return visits, where the deadline may follow it.</param>
    public static Deadline? Read(RuleMap map, CityClock clock, RestDays restDays, ReturnVisitSchedule? schedule)
    {
        var reader = map.Reader;
        var minutes = map.OptionalInt("minutes", 1, 100_000);
        var hours = map.OptionalInt("hours", 1, 10_000);
        var days = map.OptionalInt("days", 1, 3650);
        var workingDays = map.OptionalInt("workingDays", 0, 1000);
        var months = map.OptionalInt("months", 1, 120);
        var endOfDay = map.OptionalInt("endOfDay", 0, 365);
        var day = map.OptionalInt("day", 0, 365);
        var by = map.Find("by") is { } time ? ReadTime(reader, time) : null;
        var returnVisit = map.OptionalText("returnVisit");
        var measure = map.OptionalText("measure");
        var beforeRelease = map.OptionalInt("hoursBeforeRelease", 1, 10_000);
        var beforeHoliday = map.OptionalInt("hoursBeforeHoliday", 1, 1000);
        var afterDay = map.OptionalInt("afterDay", 0, 365);
        var atLeastHours = map.OptionalInt("atLeastHours", 1, 240);
        map.Done();

        var ways = new[] { minutes, hours, days, workingDays, months, endOfDay, day, returnVisit is null ? null : 0, measure is null ? null : 0, beforeRelease, beforeHoliday }.Count(w => w is not null);
        if (ways != 1 || (day is null) != (by is null) || (afterDay is not null && returnVisit is null))
        {
            reader.Fault(
                map.Node, "期限只能写一种：minutes、hours、days、workingDays、months、endOfDay、day 加 by、returnVisit、measure、hoursBeforeRelease、或 hoursBeforeHoliday。",
                "A deadline takes exactly one of: minutes, hours, days, workingDays, months, endOfDay, day with by, returnVisit, measure, hoursBeforeRelease, or hoursBeforeHoliday.");
            return null;
        }

        var deadline = (minutes, hours, days, workingDays, months, endOfDay, day) switch
        {
            ({ } n, _, _, _, _, _, _) => new Deadline(f => CityClock.Minutes(f.At, n), new($"{n}分钟内", $"within {n} minutes")),
            (_, { } n, _, _, _, _, _) => new(f => clock.Hours(f.At, n), new($"{n}小时内", $"within {n} hours")),
            (_, _, { } n, _, _, _, _) => new(f => clock.Days(f.At, n, restDays), new($"{n}日内", $"within {n} days")),
            (_, _, _, { } n, _, _, _) => new(f => clock.WorkingDays(f.At, n), new($"{n}个工作日内", $"within {n} working days")),
            (_, _, _, _, { } n, _, _) => new(f => clock.Months(f.At, n, restDays), new($"{n}个月内", $"within {n} months")),
            (_, _, _, _, _, { } n, _) => new(f => clock.EndOfDay(f.At, n), EndOfDayText(n)),
            (_, _, _, _, _, _, { } n) => new(f => clock.ByTimeOfDay(f.At, n, by!.Value), new($"{DayZh(n)}{by:HH\\:mm}前", $"by {by:HH\\:mm} {DayEn(n)}")),
            _ when beforeRelease is { } n => Before(n, PlaybookEvent.ReleaseKnown, new("释放", "release")),
            _ when beforeHoliday is { } n => Before(n, PlaybookEvent.HolidayComing, new("放假", "holiday")),
            _ => measure is null ? ReturnVisit(map, clock, schedule, afterDay ?? 0) : OfMeasure(map, measure),
        };
        return deadline is null || atLeastHours is not { } least ? deadline : deadline.NotSoonerThan(least);
    }

    private static Deadline Before(int hours, PlaybookEvent known, Bilingual what) =>
        new(f => f.AheadAt?.AddHours(-hours), new($"{what.Zh}前{hours}小时", $"{hours} hours before the {what.En}")) { OnlyOn = known };

    private static Deadline? OfMeasure(RuleMap map, string measure)
    {
        if (measure == "next")
        {
            return new(f => f.MeasureDueAt, new("按该措施的法定期限", "by the measure's own deadline"));
        }

        map.Reader.Fault(map.Node, "“measure”只能写 next。", "\"measure\" takes only \"next\".");
        return null;
    }

    private static Deadline? ReturnVisit(RuleMap map, CityClock clock, ReturnVisitSchedule? schedule, int afterDay)
    {
        if (map.Find("returnVisit") is not YamlScalarNode { Value: "next" } || schedule is null)
        {
            map.Reader.Fault(map.Node, "“returnVisit”只能写 next，而且只能用在规则里。", "\"returnVisit\" takes only \"next\", and only in a rule.");
            return null;
        }

        return new(
            facts =>
            {
                var zone = clock.Zone;
                var anchor = zone.DateOf(facts.LastIncidentAt ?? facts.At);
                var after = zone.DateOf(facts.At);
                if (facts.DutyDueAt is { } due && zone.DateOf(due) is var dueOn && dueOn > after)
                {
                    after = dueOn;
                }

                var least = anchor.AddDays(afterDay);
                return schedule.Next(facts.Class, anchor, after > least ? after : least) is { } next ? zone.EndOf(next) : null;
            },
            new("按回访计划的下一次", "the next day of the return-visit schedule"));
    }

    private Deadline NotSoonerThan(int hours) => this with
    {
        DueAt = facts => DueAt(facts) is { } due ? due > facts.At.AddHours(hours) ? due : facts.At.ToUniversalTime().AddHours(hours) : null,
        Text = new Bilingual($"{Text.Zh}（至少留{hours}小时）", $"{Text.En} (at least {hours} hours)"),
    };

    private static Bilingual EndOfDayText(int days) => new($"{DayZh(days)}内", $"by the end of {DayEnd(days)}");

    private static string DayZh(int days) => days switch { 0 => "当日", 1 => "次日", _ => $"第{days}日" };

    private static string DayEn(int days) => days switch { 0 => "the same day", 1 => "the next day", _ => $"on day {days}" };

    private static string DayEnd(int days) => days switch { 0 => "the same day", 1 => "the next day", _ => $"day {days}" };

    private static TimeOnly? ReadTime(RuleReader reader, YamlNode value)
    {
        if (value is YamlScalarNode { Value: { } text } && TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        reader.Fault(value, "“by”应当是时刻，例如 \"20:00\"。", "\"by\" must be a time of day such as \"20:00\".");
        return null;
    }
}

/// <summary>On which days after an incident return visits are made, by class (handbook §4.7).</summary>
public sealed class ReturnVisitSchedule
{
    private readonly (int[] Days, int ThenEveryMonths)[] classes;

    internal ReturnVisitSchedule((int[] Days, int ThenEveryMonths)[] classes) => this.classes = classes;

    /// <summary>The fixed days of a class: 1 is the day after the incident.</summary>
    /// <param name="class">1 to 3.</param>
    public IReadOnlyList<int> Days(int @class) => classes[@class - 1].Days;

    /// <summary>After the fixed days, a visit every so many months; 0 for none.</summary>
    /// <param name="class">1 to 3.</param>
    public int ThenEveryMonths(int @class) => classes[@class - 1].ThenEveryMonths;

    /// <summary>The first day of the schedule after a date.</summary>
    /// <param name="class">1 to 3.</param>
    /// <param name="incidentOn">The city's date of the last incident.</param>
    /// <param name="after">The city's date after which to look.</param>
    /// <returns>The date, or null when the schedule has ended.</returns>
    public DateOnly? Next(int @class, DateOnly incidentOn, DateOnly after)
    {
        var (days, months) = classes[@class - 1];
        foreach (var day in days)
        {
            if (incidentOn.AddDays(day) is var on && on > after)
            {
                return on;
            }
        }

        if (months == 0)
        {
            return null;
        }

        var last = incidentOn.AddDays(days[^1]);
        for (var n = Math.Max(1, ((after.Year - last.Year) * 12 + after.Month - last.Month) / months); ; n++)
        {
            if (last.AddMonths(n * months) is var on && on > after)
            {
                return on;
            }
        }
    }
}
