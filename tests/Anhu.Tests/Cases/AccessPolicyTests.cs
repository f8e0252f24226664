using System.Text.Json;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;

namespace Anhu.Tests.Cases;

/// <summary>The tables of <c>docs/security/access.md</c> are what the policy decides.</summary>
[Trait("Store", "none")]
public sealed class AccessPolicyTests
{
    private static readonly string[] Document = File.ReadAllLines(Path.Combine(Repository.Root, "docs/security/access.md"));

    /// <summary>That she asked for a paper, or that he got a letter, is told only where the story is.</summary>
    [Theory]
    [InlineData("document.issued")]
    [InlineData("letter.issued")]
    [InlineData("scene.noted")]
    [InlineData("evidence.received")]
    [InlineData("visit.recorded")]
    public void Events_WhoseTypeTellsTheStory_AreOfTheStory(string type) => Assert.True(AccessPolicy.TellsStory(type));

    [Fact]
    public void View_OfEachAgencyAndRelation_IsTheDocumentedOne()
    {
        var table = Table("agency");
        Assert.Equal(Enum.GetValues<Agency>().Length, table.Count);
        foreach (var agency in Enum.GetValues<Agency>())
        {
            var row = table[Code(agency)];
            foreach (var (relation, column) in ((CaseRelation, string)[])[(CaseRelation.Handed, "handed"), (CaseRelation.Above, "above"), (CaseRelation.Involved, "involved"), (CaseRelation.Working, "working")])
            {
                var words = row[column].Split(' ', '(', ')').Where(w => w.Length > 0).ToList();
                var worker = Worker(WorkerRole.Caseworker);
                Assert.Equal(words[0], Code(AccessPolicy.ViewOf(worker, agency, relation, null)));
                Assert.Equal(words.Count == 2, AccessPolicy.AsksReason(worker, agency, relation, null));
                Assert.Equal(words[^1], Code(AccessPolicy.ViewOf(worker, agency, relation, GrantKind.Purpose)));
            }

            Assert.Equal(CaseView.None, AccessPolicy.ViewOf(Worker(WorkerRole.Caseworker), agency, CaseRelation.None, null));
        }
    }

    [Fact]
    public void Fields_OfEachViewAndAgency_AreTheDocumentedOnes()
    {
        var table = Table("fields").ToDictionary(r => r.Key.Split(':')[0], r => r.Value);
        Assert.Equal(Enum.GetValues<FieldClass>().Length, table.Count);
        foreach (var (field, agency, relation) in
            from f in Enum.GetValues<FieldClass>()
            from a in Enum.GetValues<Agency>()
            from r in Enum.GetValues<CaseRelation>()
            select (f, a, r))
        {
            Assert.False(AccessPolicy.Shows(CaseView.None, agency, relation, field));
            foreach (var view in (CaseView[])[CaseView.Existence, CaseView.Card, CaseView.Working, CaseView.Full])
            {
                var cell = table[Code(field)][Code(view)];
                var expected = cell == "yes" || (cell != "no" && cell.Split(", ").Contains(Code(agency)));
                expected &= field != FieldClass.Reporter || relation >= CaseRelation.Involved;
                Assert.Equal(expected, AccessPolicy.Shows(view, agency, relation, field));
            }
        }
    }

    [Theory]
    [InlineData(WorkerRole.GridWorker)]
    [InlineData(WorkerRole.SystemAdministrator)]
    [InlineData(WorkerRole.SecurityAdministrator)]
    [InlineData(WorkerRole.AuditAdministrator)]
    [InlineData(WorkerRole.DataProtectionOfficer)]
    public void RolesThatDoNotWorkOnCases_SeeNone(WorkerRole role)
    {
        foreach (var (agency, relation, grant) in
            from a in Enum.GetValues<Agency>()
            from r in Enum.GetValues<CaseRelation>()
            from g in (GrantKind?[])[null, GrantKind.Purpose, GrantKind.Emergency]
            select (a, r, g))
        {
            Assert.Equal(CaseView.None, AccessPolicy.ViewOf(Worker(role), agency, relation, grant));
        }
    }

    [Fact]
    public void WhoAdministers_DoesNothingElse()
    {
        foreach (var role in Enum.GetValues<WorkerRole>())
        {
            foreach (var administrator in (WorkerRole[])
                [WorkerRole.SystemAdministrator, WorkerRole.SecurityAdministrator, WorkerRole.AuditAdministrator, WorkerRole.DataProtectionOfficer])
            {
                Assert.Equal(role == administrator, WorkerRoles.GoTogether([.. new[] { role, administrator }.Distinct()]));
            }
        }
    }

    [Fact]
    public void System_OfAnAgency_StandsForTheUnitsBelow()
    {
        var client = new Caller { ClientId = "system", UnitId = Guid.NewGuid(), Scopes = ["cases.read"] };
        Assert.Equal(CaseView.Full, AccessPolicy.ViewOf(client, Agency.Police, CaseRelation.Above, null));
        Assert.False(AccessPolicy.Shows(CaseView.Full, Agency.Police, CaseRelation.Above, FieldClass.Reporter));
    }

    private static Caller Worker(WorkerRole role) => new() { WorkerId = Guid.NewGuid(), UnitId = Guid.NewGuid(), Roles = [role] };

    private static string Code<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>The table whose first column is headed so: by first cell, then by column.</summary>
    private static Dictionary<string, Dictionary<string, string>> Table(string head)
    {
        var start = Array.FindIndex(Document, l => l.StartsWith($"| {head} |", StringComparison.Ordinal));
        var columns = Cells(Document[start]);
        return Document.Skip(start + 2).TakeWhile(l => l.StartsWith('|')).Select(Cells)
            .ToDictionary(c => c[0], c => columns.Zip(c).ToDictionary(p => p.First, p => p.Second));
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(c => c.Trim())];
}
