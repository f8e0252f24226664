using Anhu.Modules.Time;

namespace Anhu.Modules.Grading;

/// <summary>A span of time before the moment of grading, in the city's calendar.</summary>
/// <param name="Months">Months, or 0.</param>
/// <param name="Days">Days, or 0.</param>
internal readonly record struct GradingWindow(int Months, int Days)
{
    /// <summary>The first instant inside the window.</summary>
    public DateTimeOffset Start(DateTimeOffset asOf, CityZone zone)
    {
        var local = zone.ToLocal(asOf);
        var first = local.DateTime.AddMonths(-Months).AddDays(-Days);
        return zone.At(DateOnly.FromDateTime(first), TimeOnly.FromDateTime(first));
    }

    /// <summary>Counts the incidents inside; those after the moment of grading (clocks differ, reports come late) count too.</summary>
    public int Count(IReadOnlyList<DateTimeOffset> times, DateTimeOffset asOf, CityZone zone)
    {
        if (times.Count == 0)
        {
            return 0;
        }

        var start = Start(asOf, zone);
        var count = 0;
        for (var i = 0; i < times.Count; i++)
        {
            if (times[i] >= start)
            {
                count++;
            }
        }

        return count;
    }
}
