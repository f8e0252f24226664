using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anhu.Tests.Cases;

/// <summary>Why a case has its class must not tell what the view leaves out: a school works with the child, and is not told of injuries or sexual violence.</summary>
public sealed class HealthReasonsTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly string[] OfHealth = ["injury-light", "minor-injured", "pregnant", "sexual-violence"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reasons_OfHealth_AreTheirsOnlyWhoSeeHealth()
    {
        var report = Reports.Of(app, injury: Injury.Light, indicators: new ReportedIndicators(Weapon: true, Pregnant: true, SexualViolence: true));
        var child = app.Clock.GetUtcNow().Year - 15;
        var receipt = await app.SubmitAsync(report with
        {
            People = [.. report.People.Select(p => p.Role == PartyRole.Victim ? p with { IdNumber = null, BirthDate = new DateOnly(child, 1, 2) } : p)],
        });

        var school = await GradeAsync("340104-education", receipt.CaseId);
        var federation = await GradeAsync("340104-womens-federation", receipt.CaseId);

        Assert.Equal(OfHealth.Order(), federation.Select(r => r.RuleId).Intersect(OfHealth).Order());
        Assert.Empty(school.Select(r => r.RuleId).Intersect(OfHealth));
        Assert.Contains(school, r => r.RuleId == "weapon");
    }

    [Fact]
    public async Task Questions_OfHealth_AreAskedOnlyOfThoseWhoSeeHealth()
    {
        var report = Reports.Of(app, injury: Injury.Unknown);
        var receipt = await app.SubmitAsync(report with
        {
            People = [.. report.People.Select(p => p.Role == PartyRole.Victim ? p with { IdNumber = null, BirthDate = new DateOnly(app.Clock.GetUtcNow().Year - 15, 1, 2) } : p)],
        });

        Assert.DoesNotContain((await FileAsync("340104-education", receipt.CaseId)).Grade!.Missing, m => m.Fact is "injury" or "pregnant" or "sexualViolence");
        Assert.Contains((await FileAsync("340104-womens-federation", receipt.CaseId)).Grade!.Missing, m => m.Fact == "sexualViolence");
    }

    private async Task<IReadOnlyList<Modules.Grading.GradeReason>> GradeAsync(string unit, Guid caseId) => (await FileAsync(unit, caseId)).Grade!.Reasons;

    private async Task<CaseDetails> FileAsync(string unit, Guid caseId)
    {
        var unitId = await app.QueryAsync(db => db.Units.Where(u => u.Code == unit).Select(u => u.UnitId).SingleAsync(Ct));
        var file = await app.Services.GetRequiredService<CaseQueries>().GetAsync(
            new Caller { WorkerId = Guid.CreateVersion7(), UnitId = unitId, Roles = [WorkerRole.Caseworker] }, caseId, Ct);
        return Assert.IsType<CaseDetails>(file);
    }
}
