using Anhu.Modules.Alarms;
using Anhu.Modules.Grading;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;

namespace Anhu.Modules.Cases;

/// <summary>What is known of a case, as the policy and the playbook ask for it.</summary>
internal static class CaseFacts
{
    /// <summary>All that the policy asks about.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">As of, UTC.</param>
    /// <param name="zone">The city's zone, for ages.</param>
    /// <param name="riskView">The class that a visitor holds right.</param>
    public static GradingFacts ForPolicy(CaseFile file, DateTimeOffset at, CityZone zone, int? riskView = null)
    {
        var victims = new VictimFacts(file, zone.DateOf(at));
        bool? weapon = null, threat = null, strangulation = null, child = null, pregnant = null, alcohol = null, sexual = null, separation = null;
        bool? minor = victims.Minor, elderly = victims.Elderly;
        var injury = Injury.Unknown;
        var breach = false;
        var mandatory = false;
        int? policeOpinion = null, danger = null;
        var times = new DateTimeOffset[file.Incidents.Count];
        for (var i = 0; i < times.Length; i++)
        {
            var incident = file.Incidents[i];
            var known = IncidentKnowledge.Of(incident);
            times[i] = incident.OccurredAt;

            // A danger once known stays known; a later "no" speaks of another evening.
            weapon = Or(weapon, known.Weapon);
            threat = Or(threat, known.ThreatToKill);
            strangulation = Or(strangulation, known.Strangulation);
            child = Or(child, known.ChildPresent);
            pregnant = Or(pregnant, known.Pregnant);
            alcohol = Or(alcohol, known.Alcohol);
            sexual = Or(sexual, known.SexualViolence);
            separation = Or(separation, known.Separation);
            minor = Or(minor, known.MinorVictim);
            elderly = Or(elderly, known.ElderlyVictim);
            injury = known.Injury > injury ? known.Injury : injury;
            breach |= incident.Category == AlarmCategory.ProtectionOrderBreach || incident.OrderBreachedAt is not null;
            mandatory |= incident.IsMandatoryReport;
            danger = known.DangerScale > (danger ?? 0) ? known.DangerScale : danger;
            policeOpinion = known.PoliceOpinion < (policeOpinion ?? int.MaxValue) ? known.PoliceOpinion : policeOpinion;
        }

        var history = CaseHistory.Of(file, at);
        return new GradingFacts
        {
            AsOf = at, Letters = history.Letters, Criticisms = history.Criticisms, Penalties = history.Penalties, OrderBreaches = history.OrderBreaches,
            IncidentsAfterLetter = CaseHistory.After(file, history.Letters), IncidentsAfterPenalty = CaseHistory.After(file, history.Penalties), IncidentTimes = times, Weapon = weapon, ThreatToKill = threat, Strangulation = strangulation, ChildPresent = child,
            Pregnant = pregnant, Alcohol = alcohol, SexualViolence = sexual, Separation = separation, WorstInjury = injury, OrderBreach = breach, MinorVictim = minor,
            ElderlyVictim = elderly, MandatoryReport = mandatory, PoliceOpinion = policeOpinion, RiskView = riskView, DangerScale = danger,
        };
    }

    /// <summary>All that the playbook asks about, but for what only the event itself knows.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">When the event happened, UTC.</param>
    /// <param name="zone">The city's zone, for ages.</param>
    /// <param name="incident">The incident that it is about; null for none.</param>
    /// <param name="openKinds">Kinds of open duties with their earliest deadlines; null where nothing is planned.</param>
    /// <param name="ageless">People whose age is taken as not known.</param>
    public static PlaybookFacts ForPlaybook(
        CaseFile file, DateTimeOffset at, CityZone zone, Incident? incident, Dictionary<string, DateTimeOffset>? openKinds, IReadOnlySet<Guid>? ageless = null)
    {
        var victims = new VictimFacts(file, zone.DateOf(at), ageless);
        var known = incident is null ? default : IncidentKnowledge.Of(incident);
        return new PlaybookFacts
        {
            At = at,
            Class = file.Case.Class,
            Category = incident?.Category,
            Weapon = known.Weapon,
            ThreatToKill = known.ThreatToKill,
            Strangulation = known.Strangulation,
            ChildPresent = known.ChildPresent,
            Pregnant = known.Pregnant,
            Alcohol = known.Alcohol,
            SexualViolence = known.SexualViolence,
            Separation = known.Separation,
            Injury = known.Injury,
            IncidentCount = file.Case.IncidentCount,
            HasVictim = victims.Any,
            MinorVictim = Or(victims.Minor, known.MinorVictim),
            ElderlyVictim = Or(victims.Elderly, known.ElderlyVictim),
            MandatoryReport = incident?.IsMandatoryReport ?? false,
            LastIncidentAt = incident?.OccurredAt,
            OrderInForce = file.Incidents.Exists(i => i.OrderUntil >= zone.DateOf(at)),
            AlreadyOpenKinds = openKinds,
        };
    }

    private static bool? Or(bool? a, bool? b) => IncidentKnowledge.Or(a, b);

    /// <summary>Age groups of the victims: under 18 (reporting line) and 60 or over (Law on the Elderly).</summary>
    private readonly struct VictimFacts
    {
        public VictimFacts(CaseFile file, DateOnly today, IReadOnlySet<Guid>? ageless = null)
        {
            foreach (var victim in file.With(PartyRole.Victim))
            {
                Any = true;
                if (victim.BirthDate is { } born && ageless?.Contains(victim.PersonId) != true)
                {
                    Minor = Or(Minor, today < born.AddYears(18));
                    Elderly = Or(Elderly, today >= born.AddYears(60));
                }
            }
        }

        public bool Any { get; }

        public bool? Minor { get; }

        public bool? Elderly { get; }
    }
}
