using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Intake;

/// <summary>A fact that a later report brings asks for the duties it would have asked for at first.</summary>
public sealed class LearnedLaterTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revision_ThatNamesTheVictim_AsksForMessageAndVisit_Once()
    {
        var report = Reports.Of(app);
        var unnamed = report with { People = [.. report.People.Where(p => p.Role != PartyRole.Victim)] };
        var first = await app.SubmitAsync(unnamed);
        Assert.DoesNotContain("phone-return-visit", await KindsAsync(first.CaseId));

        await app.SubmitAsync(report with { Revision = 2 });
        await app.SubmitAsync(report with { Revision = 3, Summary = "家中争吵，已离开" });

        var kinds = await KindsAsync(first.CaseId);
        Assert.Single(kinds, "phone-return-visit");
        Assert.Single(kinds, "caring-message");
        Assert.Single(kinds, "police-first-contact");
        await app.CheckCaseAsync(first.CaseId);
    }

    [Fact]
    public async Task Revision_ThatTellsOfAChildInDanger_AsksForPlacementAndSchool()
    {
        var report = Reports.Of(app);
        var first = await app.SubmitAsync(report with { People = [.. report.People.Select(p => p with { IdNumber = null, BirthDate = null })] });

        var second = await app.SubmitAsync(report with
        {
            Revision = 2,
            Indicators = new ReportedIndicators(ThreatToKill: true),
            People = [.. report.People.Select(p => p.Role == PartyRole.Victim ? p with { IdNumber = null, BirthDate = new DateOnly(app.Clock.GetUtcNow().Year - 9, 1, 2) } : p)],
        });

        Assert.Equal(1, second.Class);
        var kinds = await KindsAsync(first.CaseId);
        Assert.Single(kinds, "minor-placement");
        Assert.Single(kinds, "school-contact");
        Assert.Single(kinds, "on-site-visit");
        await app.CheckCaseAsync(first.CaseId);
    }

    [Fact]
    public async Task SecondReportOfTheOccurrence_ThatIsMandatory_IsFollowedUp()
    {
        var report = Reports.Of(app);
        var first = await app.SubmitAsync(report);

        var second = await app.SubmitAsync(report with { Source = "test-school", Channel = AlarmChannel.MandatoryReport, ReceivedAt = report.ReceivedAt.AddMinutes(1) });

        Assert.Equal(first.CaseId, second.CaseId);
        Assert.Equal(1, await app.QueryAsync(db => db.Incidents.CountAsync(i => i.CaseId == first.CaseId, Ct)));
        var kinds = await KindsAsync(first.CaseId);
        Assert.Single(kinds, "mandatory-report-follow-up");
        Assert.Single(kinds, "police-first-contact");
        await app.CheckCaseAsync(first.CaseId);
    }

    [Fact]
    public async Task SecondReportOfTheOccurrence_ThatTellsTheVictimsAge_AsksTheSchool()
    {
        var report = Reports.Of(app);
        var first = await app.SubmitAsync(report with { People = [.. report.People.Select(p => p with { IdNumber = null, BirthDate = null })] });

        await app.SubmitAsync(report with
        {
            Source = "test-hotline",
            ReceivedAt = report.ReceivedAt.AddMinutes(1),
            People = [.. report.People.Select(p => p.Role == PartyRole.Victim ? p with { IdNumber = null, BirthDate = new DateOnly(app.Clock.GetUtcNow().Year - 9, 1, 2) } : p)],
        });

        Assert.Single(await KindsAsync(first.CaseId), "school-contact");
        await app.CheckCaseAsync(first.CaseId);
    }

    [Fact]
    public async Task Revision_OfAClosedCase_ThatAsksForDuties_ReopensIt()
    {
        var report = Reports.Of(app);
        var first = await app.SubmitAsync(report);
        await CloseAsync(first.CaseId);

        await app.SubmitAsync(report with { Revision = 2, Indicators = new ReportedIndicators(Strangulation: true) });

        Assert.Equal(CaseState.Open, await app.QueryAsync(db => db.Cases.Where(c => c.CaseId == first.CaseId).Select(c => c.State).SingleAsync(Ct)));
        await app.CheckCaseAsync(first.CaseId);
    }

    /// <summary>As it stands long after everything was done.</summary>
    private Task<int> CloseAsync(Guid caseId) => app.QueryAsync(async db =>
    {
        await db.Duties.Where(d => d.CaseId == caseId).ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DutyState.Cancelled), Ct);
        await db.CaseAccess.Where(a => a.CaseId == caseId).ExecuteUpdateAsync(set => set.SetProperty(a => a.State, CaseState.Closed), Ct);
        return await db.Cases.Where(c => c.CaseId == caseId).ExecuteUpdateAsync(set => set.SetProperty(c => c.State, CaseState.Closed).SetProperty(c => c.OpenDutyCount, 0), Ct);
    });

    private Task<List<string>> KindsAsync(Guid caseId) =>
        app.QueryAsync(db => db.Duties.Where(d => d.CaseId == caseId).Select(d => d.Kind).ToListAsync(Ct));
}
