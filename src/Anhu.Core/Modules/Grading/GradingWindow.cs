using Anhu.Common;
using Anhu.Modules.Time;

namespace Anhu.Modules.Grading;

/// <summary>What a policy counts, by the word it writes.</summary>
internal enum GradingCount
{
    Incidents,
    Letters,
    Criticisms,
    Penalties,
    OrderBreaches,
    IncidentsAfterLetter,
    IncidentsAfterPenalty,
}

/// <summary>What is counted, in a span of time before the moment of grading, in the city's calendar.</summary>
/// <param name="Of">What.</param>
/// <param name="Months">Months, or 0.</param>
/// <param name="Days">Days, or 0.</param>
internal readonly record struct GradingWindow(GradingCount Of, int Months, int Days)
{
    /// <summary>The first instant inside the window.</summary>
    public DateTimeOffset Start(DateTimeOffset asOf, CityZone zone)
    {
        var local = zone.ToLocal(asOf);
        var first = local.DateTime.AddMonths(-Months).AddDays(-Days);
        return zone.At(DateOnly.FromDateTime(first), TimeOnly.FromDateTime(first));
    }

    /// <summary>Counts what is inside; what lies after the moment of grading (clocks differ, reports come late) counts too.</summary>
    public int Count(GradingFacts facts, CityZone zone)
    {
        var times = TimesOf(facts);
        if (times.Count == 0)
        {
            return 0;
        }

        var start = Start(facts.AsOf, zone);
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

    /// <summary>What is counted, in plain words.</summary>
    public static Bilingual NameOf(GradingCount of) => of switch
    {
        GradingCount.Incidents => new("警情", "alarms"),
        GradingCount.Letters => new("告诫书", "warning letters"),
        GradingCount.Criticisms => new("批评教育", "criticisms"),
        GradingCount.Penalties => new("处罚或刑事案件", "penalties or criminal cases"),
        GradingCount.OrderBreaches => new("违反保护令", "breaches of a protection order"),
        GradingCount.IncidentsAfterLetter => new("告诫书后的警情", "alarms after a warning letter"),
        GradingCount.IncidentsAfterPenalty => new("处罚后的警情", "alarms after a penalty"),
    };

    private IReadOnlyList<DateTimeOffset> TimesOf(GradingFacts facts) => Of switch
    {
        GradingCount.Incidents => facts.IncidentTimes,
        GradingCount.Letters => facts.Letters,
        GradingCount.Criticisms => facts.Criticisms,
        GradingCount.Penalties => facts.Penalties,
        GradingCount.OrderBreaches => facts.OrderBreaches,
        GradingCount.IncidentsAfterLetter => facts.IncidentsAfterLetter,
        GradingCount.IncidentsAfterPenalty => facts.IncidentsAfterPenalty,
    };
}
