using System.Globalization;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Time;

namespace Anhu.Modules.Demo;

/// <summary>
/// Makes up families and what is reported of them. Rates are the handbook's for made-up data (§7.3) and say nothing about
/// Hefei: 60 % without injury, 30 % minor, 2 % light or more; repetition in 20 to 30 % of families; 10 % of those moved to
/// another district; 8 % male victims; 5 % elderly victims of their children; 5 % minors.
/// </summary>
internal sealed class DemoStory
{
    /// <summary>Source of the command centre's reports.</summary>
    public const string CommandCentre = "hefei-110";

    private const string Hotline = "hefei-12338";
    private const string ByHand = "anhu";

    // Reported by hour of the day, made up: quiet before dawn, most in the evening.
    private static readonly double[] Hours = [3, 2, 1.4, 1, .7, .7, 1, 1.5, 2, 2.4, 2.5, 3, 3.4, 2.6, 2.4, 2.6, 3, 4, 5.4, 7, 8, 8, 6.4, 4.4];

    // Ages are counted from here, so that a family is the same whenever the demo is started.
    private static readonly DateOnly AgesOn = new(2026, 7, 1);

    private readonly int seed;
    private readonly OrganisationMap map;
    private readonly CityZone zone;
    private readonly DemoPlaces places;
    private readonly DateOnly today;
    private readonly List<DemoFamily> families = [];

    public DemoStory(int seed, OrganisationMap map, CityZone zone, DateTimeOffset now)
    {
        this.seed = seed;
        this.map = map;
        this.zone = zone;
        today = zone.DateOf(now);
        places = new DemoPlaces(map, seed);
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
            var count = random.Pick((1, 74.0), (2, 15), (3, 6), (4, 3), (6, 2));
            var times = Times(count, start, now, options.DenseDays, random);
            for (var i = 0; i < times.Count; i++)
            {
                reports.AddRange(Occurrence(family, times[i], i, now));
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
        return Occurrence(family, now, repeated ? 1 : 0, DateTimeOffset.MaxValue);
    }

    private DemoFamily NewFamily(DemoPeople people)
    {
        var number = families.Count;
        var random = DemoRandom.For(seed, "family", number);
        var tie = random.Pick(
            (DemoTie.Spouse, 62.0), (DemoTie.ExSpouse, 8), (DemoTie.Cohabitant, 9), (DemoTie.Parent, 5), (DemoTie.Child, 5), (DemoTie.Sibling, 5), (DemoTie.InLaw, 6));
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
            NewHome = random.Chance(0.1) ? places.Pick(random) : null, Drinks = random.Chance(0.3),
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

    /// <summary>The reports of one occurrence: the first one, what is added later, and a second caller now and then.</summary>
    private List<DemoReport> Occurrence(DemoFamily family, DateTimeOffset at, int earlier, DateTimeOffset now)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{zone.ToLocal(at):yyyyMMddHHmmss}{family.Number % 10000:0000}");
        var random = DemoRandom.For(seed, id, earlier);
        var facts = Facts(family, earlier, random);
        var home = earlier > 0 && family.NewHome is { } moved ? moved : family.Home;
        var (channel, caller, sender, source) = Door(family, facts, random);
        var summary = DemoTexts.Summary(family, facts, caller, earlier, random);
        var full = new AlarmReport
        {
            Source = source, SourceId = id, Revision = 1, ReceivedAt = at, Channel = channel, Category = facts.Category, Summary = summary,
            Reporter = Reporter(family, caller, random), Location = new ReportedLocation(home.Address, home.Community.RegionCode, home.Longitude, home.Latitude),
            People = People(family, facts, random), Dispatch = Dispatch(home, at, sender, random),
            Indicators = new ReportedIndicators(facts.Weapon, facts.ThreatToKill, facts.Strangulation, facts.ChildPresent, facts.Pregnant, facts.Alcohol),
            PoliceOpinion = null,
        };
        var arrives = at + random.Between(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(100));
        var reports = new List<DemoReport>(3);
        if (sender == DemoSender.CommandCentre && random.Chance(0.1))
        {
            // Nobody said who it is; most of the time the officers find out.
            reports.Add(new DemoReport(arrives, full with { Summary = DemoTexts.Fragment(random), People = [], Reporter = new ReportedReporter(null, family.Victim.Phone, null), Indicators = new() }, sender));
            if (random.Chance(0.7))
            {
                reports.Add(new DemoReport(arrives + random.Between(TimeSpan.FromMinutes(35), TimeSpan.FromMinutes(200)), full with { Revision = 2 }, sender));
            }

            return Before(reports, now);
        }

        if (random.Chance(0.35))
        {
            // Little is known in the first seconds; the officers on scene add the rest.
            var rest = new ReportedIndicators(facts.Weapon, null, null, null, null, random.Chance(0.5) ? facts.Alcohol : null);
            reports.Add(new DemoReport(arrives, full with { Indicators = rest, People = [.. full.People.Where(p => p.Role != PartyRole.Child).Select(Vaguely)] }, sender));
            var opinion = random.Chance(0.5) ? (int?)(family.Danger > 0.75 ? 1 : family.Danger > 0.35 ? 2 : 3) : null;
            reports.Add(new DemoReport(arrives + random.Between(TimeSpan.FromMinutes(25), TimeSpan.FromMinutes(110)), full with { Revision = 2, PoliceOpinion = opinion }, sender));
        }
        else
        {
            reports.Add(new DemoReport(arrives, full, sender));
        }

        if (caller == "self" && random.Chance(0.05))
        {
            var later = at + random.Between(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(12));
            reports.Add(new DemoReport(later + TimeSpan.FromSeconds(30), full with
            {
                Source = CommandCentre,
                SourceId = id + "2",
                ReceivedAt = later,
                Channel = AlarmChannel.Phone,
                Summary = DemoTexts.Summary(family, facts with { Category = AlarmCategory.DomesticViolence }, "neighbour", 0, random),
                Reporter = new ReportedReporter(DemoPeople.Name(random), "13900100" + random.Next(1000).ToString("000", CultureInfo.InvariantCulture), "neighbour"),
                People = [.. full.People.Where(p => p.Role is PartyRole.Victim or PartyRole.Perpetrator)],
                Indicators = new(),
                Dispatch = null,
            }, DemoSender.CommandCentre));
        }

        return Before(reports, now);
    }

    private static List<DemoReport> Before(List<DemoReport> reports, DateTimeOffset now) => [.. reports.Where(r => r.At < now)];

    private static DemoFacts Facts(DemoFamily family, int earlier, Random random)
    {
        var category = random.Pick(
            (AlarmCategory.DomesticViolence, family.Tie == DemoTie.Parent ? 95.0 : 74), (AlarmCategory.FamilyDispute, family.Tie == DemoTie.Parent ? 3 : 22 - (earlier * 5)),
            (AlarmCategory.ProtectionOrderBreach, earlier > 1 ? 6 : 0), (AlarmCategory.Other, 1.5));
        var violent = category is AlarmCategory.DomesticViolence or AlarmCategory.ProtectionOrderBreach;
        var worse = 1 + family.Danger + (0.4 * earlier);
        bool? Maybe(double rate, double known) => random.Chance(rate) ? true : random.Chance(known) ? false : null;
        return new DemoFacts(
            category,
            violent ? random.Pick((Injury.None, 55.0), (Injury.Minor, 29), (Injury.Light, 2.2 * worse), (Injury.Serious, 0.2 * worse), (Injury.Unknown, 10)) : Injury.None,
            violent ? Maybe(0.025 * worse, 0.7) : Maybe(0, 0.5),
            violent ? Maybe(0.03 * worse, 0.6) : Maybe(0, 0.5),
            violent ? Maybe(0.015 * worse, 0.55) : Maybe(0, 0.4),
            family.Children.Count > 0 ? Maybe(0.35, 0.4) : family.Tie == DemoTie.Parent ? true : Maybe(0, 0.5),
            family.Pregnant ? true : family.Victim.Sex == Sex.Male ? false : Maybe(0, 0.4),
            family.Drinks ? Maybe(0.6, 0.4) : Maybe(0.04, 0.5));
    }

    /// <summary>How it comes in: by telephone most of the time.</summary>
    private static (AlarmChannel Channel, string Caller, DemoSender Sender, string Source) Door(DemoFamily family, DemoFacts facts, Random random)
    {
        if (family.Tie == DemoTie.Parent && random.Chance(0.45))
        {
            return (AlarmChannel.MandatoryReport, "school", DemoSender.Police, ByHand);
        }

        if (facts.Injury >= Injury.Minor && random.Chance(0.04))
        {
            return (AlarmChannel.MandatoryReport, "hospital", DemoSender.Police, ByHand);
        }

        var caller = family.Tie == DemoTie.Parent ? random.Pick(("relative", 4.0), ("neighbour", 5), ("committee", 1))
            : random.Pick(("self", 68.0), ("neighbour", 13), ("relative", 14), ("committee", 5));
        return random.Pick(
            ((AlarmChannel.Phone, caller, DemoSender.CommandCentre, CommandCentre), 84.0),
            ((AlarmChannel.Sms, caller, DemoSender.CommandCentre, CommandCentre), 3),
            ((AlarmChannel.App, caller, DemoSender.CommandCentre, CommandCentre), 3),
            ((AlarmChannel.WalkIn, caller, DemoSender.Police, ByHand), 4),
            ((AlarmChannel.Hotline, caller, DemoSender.Hotline, Hotline), 6));
    }

    private static ReportedReporter? Reporter(DemoFamily family, string caller, Random random)
    {
        var number = "13900200" + random.Next(1000).ToString("000", CultureInfo.InvariantCulture);
        return caller switch
        {
            "self" => new ReportedReporter(family.Victim.Name, family.Victim.Phone, "self"),
            "neighbour" => random.Chance(0.5) ? new ReportedReporter(null, number, "neighbour") : new ReportedReporter(DemoPeople.Name(random), number, "neighbour"),
            _ => new ReportedReporter(DemoPeople.Name(random), number, caller),
        };
    }

    private static List<ReportedPerson> People(DemoFamily family, DemoFacts facts, Random random)
    {
        var people = new List<ReportedPerson>
        {
            Of(family.Victim, PartyRole.Victim, null, random.Chance(0.85)) with { Injury = facts.Injury, Phone = family.Tie == DemoTie.Parent ? null : family.Victim.Phone },
            Of(family.Perpetrator, PartyRole.Perpetrator, DemoTexts.Relation(family.Tie), random.Chance(0.7)),
        };
        if (facts.ChildPresent == true)
        {
            people.AddRange(family.Children.Select(c => Of(c, PartyRole.Child, "child", random.Chance(0.4)) with { Phone = null }));
        }

        return people;
    }

    private static ReportedPerson Of(DemoPerson person, PartyRole role, string? relation, bool withId) => new()
    {
        Role = role, Name = person.Name, Sex = person.Sex, BirthDate = withId || role == PartyRole.Child ? person.Born : null, IdNumber = withId ? person.IdNumber : null,
        Phone = person.Phone, RelationToVictim = relation,
    };

    private static ReportedPerson Vaguely(ReportedPerson person) =>
        person with { Injury = Injury.Unknown, IdNumber = null, BirthDate = null };

    private ReportedDispatch? Dispatch(DemoHome home, DateTimeOffset at, DemoSender sender, Random random) =>
        sender == DemoSender.CommandCentre && map.Responsible(Agency.Police, home.Community.RegionCode, RegionLevel.Township) is { } station
            ? new ReportedDispatch(station.Code, at + random.Between(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(4)))
            : null;
}
