using Anhu.Data;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Anhu.Tests.Architecture;

/// <summary>Nothing reads a case around the access policy (issue: trust, §1).</summary>
[Trait("Store", "none")]
public sealed class AccessTests
{
    /// <summary>What holds cases and what belongs to them.</summary>
    private static readonly HashSet<string> Guarded = new(StringComparer.Ordinal)
    {
        nameof(AnhuDbContext.Alarms), nameof(AnhuDbContext.AlarmRevisions), nameof(AnhuDbContext.People), nameof(AnhuDbContext.PersonKeys), nameof(AnhuDbContext.Cases),
        nameof(AnhuDbContext.CaseParties), nameof(AnhuDbContext.Incidents), nameof(AnhuDbContext.IncidentParties), nameof(AnhuDbContext.CaseAccess),
        nameof(AnhuDbContext.Grades), nameof(AnhuDbContext.Duties), nameof(AnhuDbContext.Measures), nameof(AnhuDbContext.Dispositions), nameof(AnhuDbContext.LettersDue), nameof(AnhuDbContext.ReturnVisits), nameof(AnhuDbContext.SceneEntries), nameof(AnhuDbContext.EvidenceFiles), nameof(AnhuDbContext.EvidenceChunks), nameof(AnhuDbContext.EvidenceCopies), nameof(AnhuDbContext.IssuedDocuments), nameof(AnhuDbContext.SafeContacts),
        nameof(AnhuDbContext.OutboxMessages), nameof(AnhuDbContext.AccessGrants), nameof(AnhuDbContext.Timeline), nameof(AnhuDbContext.PersonRecords),
        nameof(AnhuDbContext.LinkPairs), nameof(AnhuDbContext.LinkStatements), nameof(AnhuDbContext.AlarmReporters), nameof(AnhuDbContext.MandatoryReports), nameof(AnhuDbContext.ReportOmissions),
    };

    /// <summary>Where the policy is asked.</summary>
    private static readonly HashSet<string> Policy = new(StringComparer.Ordinal) { "Anhu.Modules.Cases.AccessPolicy", "Anhu.Modules.Cases.CaseSights" };

    /// <summary>Types that read them for nobody: what they find goes to no caller, or they are called only with what the policy gave.</summary>
    private static readonly Dictionary<string, string> ForNobody = new(StringComparer.Ordinal)
    {
        ["AnhuDbContext"] = "declares them",
        ["CaseSecrets"] = "hides places and phones in what the policy gave",
        ["CaseAccessFollower"] = "moves rows of access when a region changes hands",
        ["CaseEraser"] = "deletes cases that two people have decided on; tells numbers of rows only",
        ["CaseFile"] = "loads cases for their rules, after the caller was asked about",
        ["Conflicts"] = "looks for ties; tells the caller nothing of what it finds",
        ["DataAnswers"] = "puts together what a person is told of the own data, for a request that two people have decided on",
        ["MandatoryReportFollower"] = "what follows from an answer given, after the caller was asked about",
        ["MeasureTimes"] = "ends of measures, for the platform itself",
        ["ProtectionOrderFollower"] = "what follows from a duty of an order, after the caller was asked about",
        ["DeadlineWork"] = "deadlines, for the platform itself",
        ["DemoFill"] = "makes a demo's data",
        ["DemoHands"] = "a demo's made-up workers",
        ["DemoPictures"] = "a demo's made-up workers",
        ["DemoLife"] = "a demo's made-up workers",
        ["DispositionReading"] = "what the choice of a disposition looks at, after the caller was asked about",
        ["DocumentIssuer"] = "prints and keeps what the policy gave; tells a key only",
        ["EvidenceDocuments"] = "lists files and papers of a case that the policy gave in full",
        ["EvidenceOriginal"] = "puts an original together, after the caller was asked about",
        ["ExportAudit"] = "the operator's command line: the record as it is, texts sealed",
        ["IntakeBatch"] = "takes alarms; the receipt tells of the sender's own alarm",
        ["IntakeSet"] = "takes alarms; the receipt tells of the sender's own alarm",
        ["Kinship"] = "loads the neighbourhood of two records, after the caller was asked about",
        ["LeakHolds"] = "says whether a leak keeps a caller from places and numbers: yes or no",
        ["LetterDocuments"] = "adds their incidents to letters that the policy gave",
        ["LikelyPeople"] = "looks people up at intake; the receipt tells of the sender's own alarm",
        ["LearnFromDecisions"] = "the operator's command line: shares of levels and counts only",
        ["LinkPersonListHandler"] = "the operator's command line: counts only",
        ["LikelyPairs"] = "says how grave a pair is, for the queue",
        ["LetterWatch"] = "what follows from new incidents and missed letters, for the platform itself",
        ["LetterFacts"] = "the same, read for many cases at once",
        ["MeasureVisitFollower"] = "what follows from a visit, after the caller was asked about",
        ["MissedLookUps"] = "looks people up, for the platform itself",
        ["PersonIndex"] = "looks people up, for the platform itself",
        ["PersonKeyIndex"] = "makes blind indexes anew, for the platform itself",
        ["OrderDocuments"] = "adds their incidents to orders that the policy gave",
        ["OtherPartyGuard"] = "hides places, phones and names in what the policy gave",
        ["OutboxSender"] = "sends what a worker asked for, by the contact gate",
        ["PlaybookDryRun"] = "the operator's command line: counts only",
        ["RecordFigures"] = "counts of the record for the audit administrator",
        ["PairRanks"] = "says how grave a pair is, for the queue",
        ["RecognitionWork"] = "moves people and cases as statements ask, after the caller was asked about",
        ["RestoreBackup"] = "the operator's command line: counts only",
        ["RetentionGroups"] = "finds what is due; tells numbers of cases and days, never of sealed ones or to who is shut out",
        ["VerifyAudit"] = "the operator's command line: places in the record only",
        ["VerifyTimeline"] = "the operator's command line: places in the record only",
        ["ViewDays"] = "compares places and names of cases with where a worker lives and how one is called; tells numbers only",
        ["ViewNotes"] = "the reason of a leave, for the view that is recorded with it",
    };

    [Fact]
    public void WhoeverReadsCases_AsksThePolicy()
    {
        var readers = Readers(typeof(AnhuDbContext).Assembly.Location, typeof(Anhu.Hosting.AnhuApp).Assembly.Location).ToList();

        var around = readers.Where(r => !r.Asks && !ForNobody.ContainsKey(r.Type)).Select(r => $"{r.Type} reads {r.Sets}").Order(StringComparer.Ordinal).ToList();
        Assert.True(around.Count == 0, string.Join(Environment.NewLine, around));
        Assert.DoesNotContain(ForNobody.Keys, t => readers.All(r => r.Type != t));
        Assert.True(readers.Count(r => r.Asks) > 10);
    }

    private static IEnumerable<(string Type, bool Asks, string Sets)> Readers(params string[] paths)
    {
        foreach (var path in paths)
        {
            using var module = ModuleDefinition.ReadModule(path);
            foreach (var type in module.Types)
            {
                var calls = Calls(type).ToList();
                var sets = calls.Where(c => c.DeclaringType.FullName == typeof(AnhuDbContext).FullName && c.Name.StartsWith("get_", StringComparison.Ordinal))
                    .Select(c => c.Name[4..]).Where(Guarded.Contains).Distinct().Order(StringComparer.Ordinal).ToList();
                if (sets.Count > 0)
                {
                    yield return (type.Name, Policy.Contains(type.FullName) || calls.Any(c => Policy.Contains(c.DeclaringType.FullName)), string.Join(", ", sets));
                }
            }
        }
    }

    private static IEnumerable<MethodReference> Calls(TypeDefinition type) =>
        type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).Select((Instruction i) => i.Operand).OfType<MethodReference>()
            .Concat(type.NestedTypes.SelectMany(Calls));
}
