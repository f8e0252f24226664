using System.Globalization;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Time;

namespace Anhu.Modules.Demo;

/// <summary>How one occurrence in a made-up family is reported: by whom, through which door, what is known at first and what comes later, and the faults of real data.</summary>
internal sealed class DemoReporting(int seed, OrganisationMap map, CityZone zone)
{
    private const string Hotline = "hefei-12338";
    private const string ByHand = "anhu";

    /// <summary>The reports of one occurrence: the first one, what is added later, and a second caller now and then.</summary>
    /// <param name="family">The family.</param>
    /// <param name="at">When it happens, UTC.</param>
    /// <param name="earlier">How often it happened before.</param>
    /// <param name="now">What comes later than this, UTC, is left out.</param>
    public List<DemoReport> Of(DemoFamily family, DateTimeOffset at, int earlier, DateTimeOffset now)
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
            Reporter = Reporter(family, caller, random), Location = Location(home, random),
            People = People(family, facts, random), Dispatch = Dispatch(home, at, sender, random),
            Indicators = new ReportedIndicators(facts.Weapon, facts.ThreatToKill, facts.Strangulation, facts.ChildPresent, facts.Pregnant, facts.Alcohol, Separation: earlier > 0 && family.NewHome is not null ? true : null),
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
            var opinion = random.Chance(0.5) ? (int?)(family.Danger > 0.92 ? 1 : family.Danger > 0.6 ? 2 : 3) : null;
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
                Source = DemoStory.CommandCentre,
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

    /// <summary>Addresses that are none, and points that are wrong, as real dispatch data have them.</summary>
    private static ReportedLocation Location(DemoHome home, Random random)
    {

        // The door keeps a placeholder as what it is: words beside an address that is not there.
        var withheld = random.Chance(0.015) ? random.Pick((string[])["地址保密", "不详", "详细地址不详"]) : null;
        var address = withheld is null ? home.Address : null;
        return random.Pick((0, 97.5), (1, 1), (2, 1.5)) switch
        {
            1 => new ReportedLocation(address, home.RegionCode, 0, 0) { AddressPlaceholder = withheld },
            2 => new ReportedLocation(address, home.RegionCode, home.Longitude + 4.2, home.Latitude - 1.6) { AddressPlaceholder = withheld },
            _ => new ReportedLocation(address, home.RegionCode, home.Longitude, home.Latitude) { AddressPlaceholder = withheld },
        };
    }

    /// <summary>How badly she is hurt is seldom known from a call: only an appraisal fixes the degree.</summary>
    private static DemoFacts Facts(DemoFamily family, int earlier, Random random)
    {
        var category = random.Pick(
            (AlarmCategory.DomesticViolence, family.Tie == DemoTie.Parent ? 95.0 : 74), (AlarmCategory.FamilyDispute, family.Tie == DemoTie.Parent ? 3 : 22 - (earlier * 5)),
            (AlarmCategory.ProtectionOrderBreach, earlier > 1 ? 6 : 0), (AlarmCategory.Other, 1.5));
        var violent = category is AlarmCategory.DomesticViolence or AlarmCategory.ProtectionOrderBreach;

        // Where it goes on, it grows worse.
        var worse = 1 + family.Danger + (0.5 * earlier * earlier);
        bool? Maybe(double rate, double known) => random.Chance(rate) ? true : random.Chance(known) ? false : null;
        return new DemoFacts(
            category,
            violent ? random.Pick((Injury.None, 45.0), (Injury.Minor, 9 + (3 * earlier)), (Injury.Light, 0.8 * worse), (Injury.Serious, 0.1 * worse), (Injury.Unknown, 44)) : Injury.None,
            violent ? Maybe(0.011 * worse, 0.7) : Maybe(0, 0.5),
            violent ? Maybe(0.012 * worse, 0.6) : Maybe(0, 0.5),
            violent ? Maybe(0.006 * worse, 0.55) : Maybe(0, 0.4),
            family.Children.Count > 0 ? Maybe(0.12, 0.4) : family.Tie == DemoTie.Parent ? true : Maybe(0, 0.5),
            family.Pregnant ? true : family.Victim.Sex == Sex.Male ? false : Maybe(0, 0.4),
            family.Drinks ? Maybe(0.5, 0.4) : Maybe(0.02, 0.5));
    }

    /// <summary>How it comes in: by telephone most of the time.</summary>
    private static (AlarmChannel Channel, string Caller, DemoSender Sender, string Source) Door(DemoFamily family, DemoFacts facts, Random random)
    {
        if (family.Tie == DemoTie.Parent && random.Chance(0.35))
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
            ((AlarmChannel.Phone, caller, DemoSender.CommandCentre, DemoStory.CommandCentre), 84.0),
            ((AlarmChannel.Sms, caller, DemoSender.CommandCentre, DemoStory.CommandCentre), 3),
            ((AlarmChannel.App, caller, DemoSender.CommandCentre, DemoStory.CommandCentre), 3),
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
        sender == DemoSender.CommandCentre && map.Responsible(Agency.Police, home.RegionCode, RegionLevel.Township) is { } station
            ? new ReportedDispatch(station.Code, at + random.Between(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(4)))
            : null;
}
