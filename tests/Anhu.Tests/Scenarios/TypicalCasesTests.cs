using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Xunit;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Anhu.Tests.Scenarios;

/// <summary>What the shipped policy and playbook make of the typical cases that the Supreme People's Court published; sources in <c>Files/SOURCE.md</c>.</summary>
public sealed class TypicalCasesTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly Book Cases = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build()
        .Deserialize<Book>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Scenarios", "Files", "typical-cases.yaml")));

    public static TheoryData<string> Ids => [.. Cases.Scenarios.Select(s => s.Id)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void EveryCase_IsAScenario_OrSaysWhyNot() =>
        Assert.Equal(24, Cases.Scenarios.Select(s => s.Id).Concat(Cases.Left.Keys).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Case_GetsItsClassItsReasonsAndItsDuties(string id)
    {
        var scenario = Cases.Scenarios.Single(s => s.Id == id);
        var couple = 200_000 + Cases.Scenarios.IndexOf(scenario);
        Modules.Intake.AlarmReceipt? last = null;
        var caseIds = new HashSet<Guid>();
        foreach (var told in scenario.Reports)
        {
            last = await app.SubmitAsync(Report(told, couple));
            caseIds.Add(last.CaseId);
        }

        // However often it is reported, it is one family's case.
        var caseId = Assert.Single(caseIds);
        Assert.Equal(scenario.Class, last!.Class);
        Assert.Empty(scenario.Because.Except(last.Reasons.Select(r => r.RuleId)));
        var kinds = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == caseId).Select(d => d.Kind).ToListAsync(Ct));
        Assert.Empty(scenario.Duties.Except(kinds));
        Assert.DoesNotContain("mediation", kinds);
        var agencies = await app.QueryAsync(db => (
            from a in db.CaseAccess join u in db.Units on a.UnitId equals u.UnitId where a.CaseId == caseId select u.Agency).Distinct().ToListAsync(Ct));
        Assert.Empty(scenario.Told.Select(t => Enum.Parse<Modules.Organisation.Agency>(t, ignoreCase: true)).Except(agencies));
        await app.CheckCaseAsync(caseId);
    }

    private AlarmReport Report(Told told, int couple)
    {
        var report = Reports.Of(app, couple, minutesAgo: 5 + (told.DaysAgo * 24 * 60), indicators: new ReportedIndicators(
            told.Weapon, told.ThreatToKill, told.Strangulation, told.ChildPresent, told.Pregnant, told.Alcohol, told.SexualViolence, told.Separation));
        var year = app.Clock.GetUtcNow().Year;
        List<ReportedPerson> people =
        [
            .. report.People.Select(p => p.Role == PartyRole.Victim
                ? p with
                {
                    Injury = Named<Injury>(told.Injury) ?? Injury.Unknown,
                    IdNumber = told.VictimAge is null ? p.IdNumber : null, BirthDate = told.VictimAge is null ? p.BirthDate : new DateOnly(year - told.VictimAge.Value, 1, 2),
                    Name = told.VictimAge is null ? p.Name : $"王小芳{couple}",
                }
                : p with { RelationToVictim = told.VictimAge is null ? told.Relation : "parent" }),
        ];
        if (told.AlsoChild is { } age)
        {
            people.Add(new ReportedPerson
            {
                Role = PartyRole.Victim, Name = $"李小明{couple}", Sex = Sex.Male, BirthDate = new DateOnly(year - age, 1, 2), Injury = Named<Injury>(told.ChildInjury) ?? Injury.Unknown,
            });
        }

        return report with
        {
            Category = Named<AlarmCategory>(told.Category) ?? report.Category,
            Channel = Named<AlarmChannel>(told.Channel) ?? report.Channel,
            People = people,
        };
    }

    private static T? Named<T>(string? name)
        where T : struct, Enum =>
        name is null ? null : Enum.GetValues<T>().Single(v => AlarmNames.Of(v) == name);

    private sealed class Book
    {
        public List<Scenario> Scenarios { get; init; } = [];

        public Dictionary<string, string> Left { get; init; } = [];
    }

    private sealed class Scenario
    {
        public string Id { get; init; } = "";

        public string What { get; init; } = "";

        public List<Told> Reports { get; init; } = [];

        public int Class { get; init; }

        public List<string> Because { get; init; } = [];

        public List<string> Duties { get; init; } = [];

        public List<string> Told { get; init; } = [];

        public string Due { get; init; } = "";

        public string Taken { get; init; } = "";
    }

    private sealed class Told
    {
        public int DaysAgo { get; init; }

        public string? Channel { get; init; }

        public string? Category { get; init; }

        public string Relation { get; init; } = "spouse";

        public int? VictimAge { get; init; }

        public int? AlsoChild { get; init; }

        public string? Injury { get; init; }

        public string? ChildInjury { get; init; }

        public bool? Weapon { get; init; }

        public bool? ThreatToKill { get; init; }

        public bool? Strangulation { get; init; }

        public bool? ChildPresent { get; init; }

        public bool? Pregnant { get; init; }

        public bool? Alcohol { get; init; }

        public bool? SexualViolence { get; init; }

        public bool? Separation { get; init; }
    }
}
