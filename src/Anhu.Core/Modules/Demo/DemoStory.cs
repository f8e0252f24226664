using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Time;

namespace Anhu.Modules.Demo;

/// <summary>
/// Makes up families, and when something happens in them. Rates are assumptions and say nothing about Hefei: it happens
/// again in 20 % of families, most often only once more; 10 % of these have moved to another home; 6 % male victims;
/// 5 % elderly victims of their children; 4 % minors. Circumstances are such that about 10 % of the cases are class 1 and
/// 30 % class 2 under the policy that ships.
/// </summary>
internal sealed class DemoStory
{
    /// <summary>Source of the command centre's reports.</summary>
    public const string CommandCentre = "hefei-110";

    // Reported by hour of the day, made up: quiet before dawn, most in the evening.
    private static readonly double[] Hours = [3, 2, 1.4, 1, .7, .7, 1, 1.5, 2, 2.4, 2.5, 3, 3.4, 2.6, 2.4, 2.6, 3, 4, 5.4, 7, 8, 8, 6.4, 4.4];

    // Ages are counted from here, so that a family is the same whenever the demo is started.
    private static readonly DateOnly AgesOn = new(2026, 7, 1);

    private readonly int seed;
    private readonly DemoReporting reporting;
    private readonly CityZone zone;
    private readonly DemoPlaces places;
    private readonly DateOnly today;
    private readonly List<DemoFamily> families = [];

    public DemoStory(int seed, OrganisationMap map, CityZone zone, DateTimeOffset now)
    {
        this.seed = seed;
        this.zone = zone;
        today = zone.DateOf(now);
        places = new DemoPlaces(map, seed);
        reporting = new DemoReporting(seed, map, zone);
    }

    /// <summary>The families made up so far.</summary>
    public IReadOnlyList<DemoFamily> Families => families;

    /// <summary>What was reported in the past, in the order of arrival.</summary>
    /// <param name="options">How much.</param>
    /// <param name="now">The end, UTC.</param>
    public List<DemoReport> Past(DemoOptions options, DateTimeOffset now)
    {
        var reports = new List<DemoReport>(options.Incidents * 3 / 2);
        var random = DemoRandom.For(seed, "past");
        var people = new DemoPeople(DemoRandom.For(seed, "people"));
        var start = zone.StartOf(today.AddMonths(-options.Months));
        for (var incidents = 0; incidents < options.Incidents;)
        {
            var family = NewFamily(people);
            var count = random.Pick((1, 80.0), (2, 14.5), (3, 3.2), (4, 1.4), (6, 0.9));
            var times = Times(count, start, now, options.DenseDays, random);
            for (var i = 0; i < times.Count; i++)
            {
                reports.AddRange(reporting.Of(family, times[i], i, now));
            }

            incidents += times.Count;
        }

        return [.. reports.Where(r => r.At < now).OrderBy(r => r.At).ThenBy(r => r.Report.SourceId, StringComparer.Ordinal)];
    }

    /// <summary>One new occurrence now, of a new or a known family.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="people">Where new people come from.</param>
    /// <param name="now">Now, UTC.</param>
    public List<DemoReport> Live(Random random, DemoPeople people, DateTimeOffset now)
    {
        var repeated = families.Count > 0 && random.Chance(0.3);
        var family = repeated ? random.Pick(families) : NewFamily(people);
        return reporting.Of(family, now, repeated ? 1 : 0, DateTimeOffset.MaxValue);
    }

    private DemoFamily NewFamily(DemoPeople people)
    {
        var number = families.Count;
        var random = DemoRandom.For(seed, "family", number);
        var tie = random.Pick(
            (DemoTie.Spouse, 63.0), (DemoTie.ExSpouse, 8), (DemoTie.Cohabitant, 9), (DemoTie.Parent, 4), (DemoTie.Child, 5), (DemoTie.Sibling, 5), (DemoTie.InLaw, 6));
        var isCouple = tie is DemoTie.Spouse or DemoTie.ExSpouse or DemoTie.Cohabitant;
        var victimSex = random.Chance(tie == DemoTie.Parent ? 0.4 : 0.06) ? Sex.Male : Sex.Female;
        var abuserSex = isCouple ? (victimSex == Sex.Female ? Sex.Male : Sex.Female)
            : tie == DemoTie.InLaw ? (random.Chance(0.7) ? Sex.Female : Sex.Male)
            : random.Chance(0.85) ? Sex.Male : Sex.Female;
        var (victimAge, abuserAge) = tie switch
        {
            DemoTie.Parent => (random.Next(4, 17), random.Next(28, 48)),
            DemoTie.Child => (random.Next(61, 84), random.Next(30, 56)),
            DemoTie.InLaw => (random.Next(23, 42), random.Next(50, 72)),
            _ => (random.Next(22, 56), 0),
        };
        abuserAge = abuserAge == 0 ? Math.Max(20, victimAge + random.Next(-3, 7)) : abuserAge;
        var kin = tie is DemoTie.Parent or DemoTie.Child or DemoTie.Sibling;
        var surname = people.Surname();
        var victim = people.Make(victimSex, victimAge, AgesOn, kin ? surname : null);
        var abuser = people.Make(abuserSex, abuserAge, AgesOn, surname);
        var children = new List<DemoPerson>();
        if (isCouple && victimAge is > 23 and < 48)
        {
            for (var left = random.Pick((0, 30.0), (1, 46), (2, 24)); left > 0; left--)
            {
                children.Add(people.Make(random.Chance(0.5) ? Sex.Male : Sex.Female, random.Next(1, Math.Min(17, victimAge - 20)), AgesOn, surname));
            }
        }

        var family = new DemoFamily
        {
            Number = number, Tie = tie, Victim = victim, Perpetrator = abuser, Children = children, Home = places.Pick(random),
            NewHome = random.Chance(0.1) ? places.Pick(random) : null, Drinks = random.Chance(0.18),
            Pregnant = isCouple && victimSex == Sex.Female && victimAge < 40 && random.Chance(0.05), Danger = Math.Pow(random.NextDouble(), 2),
        };
        families.Add(family);
        return family;
    }

    private List<DateTimeOffset> Times(int count, DateTimeOffset start, DateTimeOffset now, int denseDays, Random random)
    {
        var days = (int)Math.Max(1, (now - start).TotalDays);
        var times = new List<DateTimeOffset>(count);
        for (var tries = 0; times.Count < count && tries < 60; tries++)
        {
            // The last weeks are denser, and so are weekends; the rest grows slowly over the year.
            var back = random.NextDouble() < 1.6 * denseDays / (days + denseDays) ? random.Next(Math.Min(denseDays, days)) : (int)(days * Math.Pow(random.NextDouble(), 1.1));
            var date = today.AddDays(-back);
            if (date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && random.Chance(0.2))
            {
                continue;
            }

            var at = zone.At(date, new TimeOnly(Hour(random), random.Next(60), random.Next(60)));
            if (at > start && at < now - TimeSpan.FromMinutes(1) && times.All(t => (t - at).Duration() > TimeSpan.FromHours(20)))
            {
                times.Add(at);
            }
        }

        times.Sort();
        return times;
    }

    private static int Hour(Random random)
    {
        var at = random.NextDouble() * Hours.Sum();
        for (var hour = 0; hour < 24; hour++)
        {
            at -= Hours[hour];
            if (at < 0)
            {
                return hour;
            }
        }

        return 23;
    }
}
