using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Intake;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Intake;

/// <summary>What the contract promises to those who send alarms, on a real store.</summary>
public sealed class AlarmIntakeTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NewAlarm_OpensACase_GradedAndWithDuties()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app, injury: Injury.Minor));

        Assert.Equal(AlarmStatus.Created, receipt.Status);
        Assert.Equal(2, receipt.Class);
        Assert.NotEmpty(receipt.Reasons);
        Assert.NotEmpty(receipt.DutyIds);
        Assert.StartsWith("DV340104-", receipt.CaseNumber, StringComparison.Ordinal);
        await app.CheckCaseAsync(receipt.CaseId);
    }

    [Fact]
    public async Task NewAlarm_ItsArrivalStandsInTheCaseThatItOpens()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));

        var types = await app.QueryAsync(db => db.Timeline.Where(e => e.CaseId == receipt.CaseId).OrderBy(e => e.Sequence).Select(e => e.Type).Take(2).ToListAsync(Ct));

        Assert.Equal([EventTypes.AlarmReceived, EventTypes.CaseOpened], types);
    }

    [Fact]
    public async Task SameRevision_SameContent_IsADuplicateAndAddsNothing()
    {
        var report = Reports.Of(app);
        var first = await app.SubmitAsync(report);
        var events = await EventsAsync();

        var second = await app.SubmitAsync(report);

        Assert.Equal(AlarmStatus.Duplicate, second.Status);
        Assert.Equal((first.AlarmId, first.CaseId), (second.AlarmId, second.CaseId));
        Assert.Equal(events, await EventsAsync());
    }

    [Theory]
    [InlineData(2, "other words")]
    [InlineData(1, "家中争吵")]
    public async Task LowerOrContradictingRevision_IsAConflict_AndNamesTheStoredOne(int revision, string summary)
    {
        var report = Reports.Of(app, revision: 2);
        await app.SubmitAsync(report);

        var receipt = await app.SubmitAsync(report with { Revision = revision, Summary = summary });

        Assert.Equal(AlarmStatus.Conflict, receipt.Status);
        Assert.Equal(2, receipt.StoredRevision);
    }

    [Fact]
    public async Task HigherRevision_UpdatesAndKeepsBoth_AndRegradesAtOnce()
    {
        var report = Reports.Of(app);
        var first = await app.SubmitAsync(report);

        var second = await app.SubmitAsync(report with { Revision = 7, Indicators = new ReportedIndicators(Strangulation: true) });

        Assert.Equal((3, 1), (first.Class, second.Class));
        Assert.Equal(AlarmStatus.Updated, second.Status);
        Assert.True(second.DutyIds.Count > first.DutyIds.Count);
        Assert.Equal([1, 7], await app.QueryAsync(db =>
            db.AlarmRevisions.Where(r => r.AlarmId == first.AlarmId).OrderBy(r => r.Revision).Select(r => r.Revision).ToListAsync(Ct)));
        await app.CheckCaseAsync(first.CaseId);
    }

    [Fact]
    public async Task CorrectionThatTakesDangerAway_DoesNotLowerTheClassByItself()
    {
        var report = Reports.Of(app, indicators: new ReportedIndicators(Weapon: true));
        var first = await app.SubmitAsync(report);

        var second = await app.SubmitAsync(report with { Revision = 2, Indicators = new ReportedIndicators(Weapon: false) });

        Assert.Equal((1, 1), (first.Class, second.Class));
    }

    [Fact]
    public async Task SamePairAgain_JoinsTheCase_AsASecondIncident()
    {
        var first = await app.SubmitAsync(Reports.Of(app, couple: 41, minutesAgo: 600));

        var second = await app.SubmitAsync(Reports.Of(app, couple: 41));

        Assert.Equal(first.CaseId, second.CaseId);
        Assert.Equal(2, await app.QueryAsync(db => db.Incidents.CountAsync(i => i.CaseId == first.CaseId, Ct)));
        await app.CheckCaseAsync(first.CaseId);
    }

    [Fact]
    public async Task SameOccurrence_FromTwoSources_IsOneIncidentWithTwoAlarms()
    {
        var first = await app.SubmitAsync(Reports.Of(app, couple: 42, minutesAgo: 20));
        var duties = await app.QueryAsync(db => db.Duties.CountAsync(d => d.CaseId == first.CaseId, Ct));

        await app.SubmitAsync(Reports.Of(app, couple: 42, minutesAgo: 15, source: "test-12338"));

        var incident = await app.QueryAsync(db => db.Incidents.SingleAsync(i => i.CaseId == first.CaseId, Ct));
        Assert.Equal(2, incident.AlarmCount);
        Assert.Equal(duties, await app.QueryAsync(db => db.Duties.CountAsync(d => d.CaseId == first.CaseId, Ct)));
    }

    [Fact]
    public async Task AnotherPartner_IsAnotherCase()
    {
        var first = await app.SubmitAsync(Reports.Of(app, couple: 43));
        var report = Reports.Of(app, couple: 44);
        report = report with { People = [report.People[0], Reports.Person(43, PartyRole.Perpetrator)] };

        var second = await app.SubmitAsync(report);

        Assert.NotEqual(first.CaseId, second.CaseId);
    }

    [Fact]
    public async Task SharedPhone_DoesNotMakeOneOfTwo()
    {
        var report = Reports.Of(app, couple: 45);
        var shared = report.People.Select(p => p with { IdNumber = null, Name = "王伟", Phone = "13712345678" }).ToList();

        var receipt = await app.SubmitAsync(report with { People = shared });

        Assert.Equal(2, await app.QueryAsync(db => db.CaseParties.CountAsync(p => p.CaseId == receipt.CaseId, Ct)));
    }

    [Fact]
    public async Task AnonymousAlarm_WhosePeopleBecomeKnown_JoinsTheirCase()
    {
        var known = await app.SubmitAsync(Reports.Of(app, couple: 46, minutesAgo: 3000));
        var report = Reports.Of(app, couple: 46, withPeople: false);
        var anonymous = await app.SubmitAsync(report);
        Assert.NotEqual(known.CaseId, anonymous.CaseId);

        var named = await app.SubmitAsync(report with { Revision = 2, People = Reports.Of(app, couple: 46).People });

        Assert.Equal(known.CaseId, named.CaseId);
        var pointer = await app.QueryAsync(db => db.Cases.SingleAsync(c => c.CaseId == anonymous.CaseId, Ct));
        Assert.Equal((CaseState.Closed, (Guid?)known.CaseId), (pointer.State, pointer.JoinedIntoCaseId));
        await app.CheckCaseAsync(known.CaseId);
        await app.CheckCaseAsync(anonymous.CaseId);
    }

    [Fact]
    public async Task CorrectedPlace_MovesDutiesThatNobodyHasTaken()
    {
        var report = Reports.Of(app, region: "340104001001");
        var first = await app.SubmitAsync(report);

        await app.SubmitAsync(report with { Revision = 2, Location = report.Location! with { RegionCode = "340111003000" } });

        var owners = await app.QueryAsync(db => (
            from d in db.Duties join u in db.Units on d.OwnerUnitId equals u.UnitId where d.CaseId == first.CaseId select u.Code).ToListAsync(Ct));
        Assert.All(owners, code => Assert.StartsWith("340111", code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ManyCallers_AllAnswered_NothingLostOrDoubled_AndTheChainHolds()
    {
        var before = await app.QueryAsync(db => db.Alarms.CountAsync(Ct));
        var reports = Enumerable.Range(1, 300).Select(n => Reports.Of(app, couple: 5000 + (n % 97), sourceId: $"many-{n % 250}")).ToList();

        var receipts = await Task.WhenAll(reports.Select(r => Task.Run(() => app.SubmitAsync(r), Ct)));

        Assert.Equal(250, await app.QueryAsync(db => db.Alarms.CountAsync(Ct)) - before);
        Assert.Equal(250, receipts.Count(r => r.Status == AlarmStatus.Created));
        foreach (var caseId in receipts.Select(r => r.CaseId).Distinct())
        {
            await app.CheckCaseAsync(caseId);
        }

        var check = await app.WithAsync<VerifyTimeline, TimelineCheck>(verify => verify.RunAsync(null, Ct));
        Assert.Empty(check.Faults);
        Assert.Equal(97, await app.QueryAsync(db => db.Cases.CountAsync(c => receipts.Select(r => r.CaseId).Contains(c.CaseId), Ct)));
    }

    private Task<int> EventsAsync() => app.QueryAsync(db => db.Timeline.CountAsync(Ct));
}
