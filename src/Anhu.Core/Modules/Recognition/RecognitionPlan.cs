using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Grading;
using Anhu.Modules.People;

namespace Anhu.Modules.Recognition;

/// <summary>One case as it has to be.</summary>
/// <param name="File">Its incidents.</param>
/// <param name="Case">The case; null when it has to be made.</param>
/// <param name="Parties">Its people.</param>
/// <param name="Grade">The class that it has by that, with reasons.</param>
/// <param name="OwnClass">The lightest class that one of the cases in it has by itself; null where nothing else was graded.</param>
internal sealed record PlannedFile(FamilyFile File, DvCase? Case, IReadOnlyList<CaseParty> Parties, GradingDecision Grade, int? OwnClass);

/// <summary>What recognition makes of some records: who is who, which incident belongs into which case, and what class that gives. Changes nothing.</summary>
internal sealed class RecognitionPlan
{
    private RecognitionPlan(Kinship kin, IReadOnlyDictionary<Guid, Guid> who, IReadOnlyDictionary<Guid, Person> people, IReadOnlyList<PlannedFile> files)
    {
        (Kin, Who, People, Files) = (kin, who, people, files);
        ByIncident = files.SelectMany(f => f.File.Incidents, (f, id) => (f, id)).ToDictionary(p => p.id, p => p.f);
    }

    /// <summary>What it was worked out from.</summary>
    public Kinship Kin { get; }

    /// <summary>The person of each record.</summary>
    public IReadOnlyDictionary<Guid, Guid> Who { get; }

    /// <summary>The people, with what their records say.</summary>
    public IReadOnlyDictionary<Guid, Person> People { get; }

    /// <summary>The cases.</summary>
    public IReadOnlyList<PlannedFile> Files { get; }

    /// <summary>The case of each incident.</summary>
    public IReadOnlyDictionary<Guid, PlannedFile> ByIncident { get; }

    /// <summary>Whether the class of any incident's case becomes another one.</summary>
    public bool ChangesClass => Kin.Incidents.Values.Any(i => ByIncident.TryGetValue(i.IncidentId, out var file) && Kin.Cases[i.CaseId].Class != file.Grade.Class);

    /// <summary>Whether an incident would leave, or come into, a sealed case's company: two cases of which one is sealed are about one pair.</summary>
    /// <param name="left">Records of one person.</param>
    /// <param name="right">Records of the other.</param>
    public bool TouchesSeal(Guid left, Guid right) => Kin.Records.Values
        .Where(r => r.IncidentId is not null && (Kin.Records[left].PersonId == r.PersonId || Kin.Records[right].PersonId == r.PersonId))
        .Any(r => Kin.Incidents.TryGetValue(r.IncidentId!.Value, out var i) && Kin.Cases[i.CaseId].IsSealed);

    /// <summary>Works it out.</summary>
    /// <param name="kin">All that may be concerned.</param>
    /// <param name="rules">Rules of cases.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="added">Statements that are being made.</param>
    public static RecognitionPlan Of(Kinship kin, CaseRules rules, DateTimeOffset at, params IEnumerable<LinkStatement> added)
    {
        var statements = kin.Statements.Values.Concat(added).ToList();
        var who = WhoIsWho.Of(kin.Records.Values, statements);
        var inForce = WhoIsWho.Weigh(statements).InForce;
        var people = kin.Records.Values.GroupBy(r => who[r.RecordId]).ToDictionary(g => g.Key, g => Known(g.Key, g));
        var byIncident = kin.Records.Values.Where(r => r.IncidentId is not null).ToLookup(r => r.IncidentId!.Value);
        var filed = kin.Incidents.Values.Select(i =>
        {
            List<PersonRecord> records = [.. byIncident[i.IncidentId].OrderBy(r => r.RecordSequence)];
            return new FiledIncident(i.IncidentId, kin.SeedOf(i), records.Count == 0 ? 0 : records[0].RecordSequence, records);
        }).ToList();
        var seeds = kin.Cases.Values.Where(c => c.PartedIncidentId is null).Select(c => new SeedCase(c.CaseId, c.CaseSequence, c.IsSealed)).ToList();
        var files = FamilyFiles.Of(seeds, filed, who, id => people[id] is var p && (p.IdNumber is not null || (p.Name is { } name && !PersonKeys.IsWithheld(name))));
        return new RecognitionPlan(kin, who, people, [.. files.Where(f => f.Incidents.Count > 0).Select(Plan)]);

        PlannedFile Plan(FamilyFile file)
        {
            var dvCase = file.CaseId is { } id ? kin.Cases[id] : kin.Parted.GetValueOrDefault(file.PartedIncidentId!.Value);
            var parties = Parties(dvCase?.CaseId ?? Guid.Empty, file.Incidents.SelectMany(i => byIncident[i]).OrderBy(r => r.RecordSequence), who);
            var facts = new CaseFile
            {
                Case = dvCase ?? kin.Cases.Values.First(), Incidents = [.. file.Incidents.Select(i => kin.Incidents[i])], Parties = parties,
                People = parties.ToDictionary(p => p.PersonId, p => people[p.PersonId]),
            };
            var policy = rules.Rules.Policy.Grade(CaseFacts.ForPolicy(facts, at, rules.Clock.Zone));
            return new PlannedFile(file, dvCase, parties, Grade(kin, file, dvCase, policy, inForce), file.Seeds.Max(seed => Own(kin, file, seed, inForce)?.Class));
        }
    }

    /// <summary>What records say of a person, in their order.</summary>
    public static Person Known(Guid personId, IEnumerable<PersonRecord> records)
    {
        Person? person = null;
        foreach (var record in records.OrderBy(r => r.RecordSequence))
        {
            person ??= new Person { PersonId = personId, Sex = Sex.Unknown, CreatedAt = record.StoredAt };
            person.Learn(record);
        }

        return person!;
    }

    private static List<CaseParty> Parties(Guid caseId, IEnumerable<PersonRecord> records, Dictionary<Guid, Guid> who)
    {
        var parties = new List<CaseParty>();
        foreach (var record in records)
        {
            var id = who[record.RecordId];
            if (parties.Find(p => p.PersonId == id) is { } party)
            {
                party.Role = record.Role!.Value;
                party.RelationToVictim = record.RelationToVictim ?? party.RelationToVictim;
            }
            else
            {
                parties.Add(new CaseParty { CaseId = caseId, PersonId = id, Role = record.Role!.Value, RelationToVictim = record.RelationToVictim });
            }
        }

        return parties;
    }

    /// <summary>
    /// The class of a case that holds what it has to hold: the gravest of what the policy says of it now, and of what was decided
    /// before, either about just this, or about each part of it alone. What was decided in view of what is no longer in it does not count.
    /// </summary>
    private static GradingDecision Grade(Kinship kin, FamilyFile file, DvCase? dvCase, GradingDecision policy, IReadOnlySet<Guid> inForce)
    {
        Grade? before = null;
        if (dvCase is not null && file.Across.Count == 0)
        {
            before = Own(kin, file, dvCase.CaseId, inForce);
        }
        else
        {
            var same = dvCase is null ? null : kin.Grades[dvCase.CaseId].LastOrDefault(g => Counts(g, inForce) && g.Across.SequenceEqual(file.Across));
            before = file.Seeds.Select(seed => Own(kin, file, seed, inForce)).Append(same).OfType<Grade>()
                .Where(g => same is null || g == same || g.DecidedAt > same.DecidedAt).MinBy(g => g.Class);
        }

        return before is null || before.Class > policy.Class ? policy
            : file.Across.Count == 0 ? new GradingDecision(before.Class, before.Reasons, before.Missing)
            : before.Class == policy.Class ? policy
            : new GradingDecision(before.Class, [.. before.Reasons.Where(r => r.Class <= before.Class), .. policy.Reasons], policy.Missing);
    }

    /// <summary>What was last decided of a case by itself.</summary>
    private static Grade? Own(Kinship kin, FamilyFile file, Guid caseId, IReadOnlySet<Guid> inForce)
    {
        // An incident that turned out to be another family's may have raised the class when it came.
        var away = kin.Incidents.Values.Where(i => !file.Incidents.Contains(i.IncidentId) && kin.SeedOf(i) == caseId).Select(i => i.IncidentId).ToHashSet();
        var until = kin.Records.Values.Where(r => r.IncidentId is { } id && away.Contains(id)).Select(r => (DateTimeOffset?)r.StoredAt).Min();
        return kin.Grades[caseId].LastOrDefault(g => Counts(g, inForce) && (ByHand(g) || (g.Across.Count == 0 && (until is null || g.DecidedAt < until))));
    }

    private static bool Counts(Grade g, IReadOnlySet<Guid> inForce) => g.LinkStatementId is not { } statement || inForce.Contains(statement);

    private static bool ByHand(Grade g) => g.WorkerId is not null && g.LinkStatementId is null;
}
