using System.Collections.Frozen;
using Anhu.Common;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Time;

/// <summary>A statutory holiday as published: days off in a row.</summary>
/// <param name="Name">Its name, such as 春节.</param>
/// <param name="From">First day off.</param>
/// <param name="To">Last day off.</param>
public sealed record Holiday(string Name, DateOnly From, DateOnly To)
{
    /// <summary>How many days off.</summary>
    public int Days => To.DayNumber - From.DayNumber + 1;
}

/// <summary>Statutory holidays and make-up working weekends as the State Council published them, year by year.</summary>
public sealed class WorkCalendar
{
    private readonly FrozenSet<DateOnly> holidays;
    private readonly FrozenSet<DateOnly> workdays;
    private readonly FrozenSet<int> years;

    private WorkCalendar(IEnumerable<Year> loaded)
    {
        var list = loaded.ToList();
        Holidays = [.. list.SelectMany(y => y.Holidays).OrderBy(h => h.From)];
        holidays = Holidays.SelectMany(h => Enumerable.Range(0, h.Days).Select(h.From.AddDays)).ToFrozenSet();
        workdays = list.SelectMany(y => y.Workdays).ToFrozenSet();
        years = list.Select(y => y.Number).ToFrozenSet();
    }

    /// <summary>A calendar that knows weekends only.</summary>
    public static WorkCalendar WeekendsOnly { get; } = new([]);

    /// <summary>The holidays of the years that are known, the earliest first.</summary>
    public IReadOnlyList<Holiday> Holidays { get; }

    /// <summary>The years whose holidays are known; all others are counted by weekends only.</summary>
    public IReadOnlyCollection<int> Years => years;

    /// <summary>Reads calendars of years.</summary>
    /// <param name="documents">File name and YAML text of each.</param>
    /// <exception cref="RuleDocumentException">A document is wrong.</exception>
    public static WorkCalendar Parse(params IEnumerable<(string File, string Text)> documents) => new(documents.Select(d => ParseYear(d.File, d.Text)).ToList());

    /// <summary>Reads every <c>*.yaml</c> of a folder; a missing folder is a calendar of weekends.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="RuleDocumentException">A document is wrong.</exception>
    public static WorkCalendar Load(string folder) => Directory.Exists(folder)
        ? Parse(Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), File.ReadAllText(f))))
        : WeekendsOnly;

    /// <summary>True when the year's holidays are known.</summary>
    /// <param name="year">The year.</param>
    public bool Knows(int year) => years.Contains(year);

    /// <summary>True when the holidays of every year from one date to another are known.</summary>
    /// <param name="from">First date.</param>
    /// <param name="to">Last date.</param>
    public bool Knows(DateOnly from, DateOnly to)
    {
        for (var year = from.Year; year <= to.Year; year++)
        {
            if (!years.Contains(year))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The year whose holidays should be here by a day and are not: its own, or, from 1 December on, the next one's, which the
    /// State Council publishes in November. Null when none is missing.
    /// </summary>
    /// <param name="date">The day.</param>
    public int? MissingOn(DateOnly date) =>
        !Knows(date.Year) ? date.Year
        : date.Month == 12 && !Knows(date.Year + 1) ? date.Year + 1
        : null;

    /// <summary>True on a published statutory holiday (法定节假日放假调休的放假日).</summary>
    /// <param name="date">The date.</param>
    public bool IsHoliday(DateOnly date) => holidays.Contains(date);

    /// <summary>True on a working day: no holiday, and a weekday or a make-up weekend.</summary>
    /// <param name="date">The date.</param>
    public bool IsWorkingDay(DateOnly date) =>
        workdays.Contains(date) || (!holidays.Contains(date) && date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));

    private static Year ParseYear(string file, string text)
    {
        var reader = RuleReader.Open(text, file, out var root);
        var year = root.Int("year", 2000, 2100);
        root.Text("source");
        var free = new List<Holiday>();
        foreach (var item in root.List("holidays"))
        {
            if (RuleMap.AsMap(reader, item, "holidays") is not { } holiday)
            {
                continue;
            }

            var name = holiday.Text("name");
            var from = holiday.Require("from") is { } f ? RuleMap.AsDate(reader, f, "from") : null;
            var to = holiday.Require("to") is { } t ? RuleMap.AsDate(reader, t, "to") : null;
            holiday.Done();
            if (from is not { } first || to is not { } last)
            {
                continue;
            }

            if (last < first || last.DayNumber - first.DayNumber > 31 || last.Year != year)
            {
                reader.Fault(item, $"放假日期应在 {year} 年内，且结束不早于开始。", $"A holiday must lie in {year} and end no earlier than it begins.");
                continue;
            }

            free.Add(new Holiday(name, first, last));
        }

        var made = ReadWorkdays(reader, root, year, free);
        root.Done();
        reader.ThrowIfFaulty();
        return new Year(year, free, made);
    }

    private static List<DateOnly> ReadWorkdays(RuleReader reader, RuleMap root, int year, List<Holiday> free)
    {
        var made = new List<DateOnly>();
        foreach (YamlNode item in root.List("workdays"))
        {
            if (RuleMap.AsDate(reader, item, "workdays") is not { } day)
            {
                continue;
            }

            if (day.Year != year || day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) || free.Exists(h => h.From <= day && day <= h.To))
            {
                reader.Fault(item, $"调休上班日应是 {year} 年的周六或周日，且不在放假期间。", $"A make-up working day must be a Saturday or Sunday of {year} outside the holidays.");
                continue;
            }

            made.Add(day);
        }

        return made;
    }

    private sealed record Year(int Number, IReadOnlyList<Holiday> Holidays, IReadOnlyList<DateOnly> Workdays);
}
