using System.Globalization;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Intake;

/// <summary>Alarms to test with: made-up people, ID numbers with a prefix that nobody has.</summary>
public static class Reports
{
    private static int next;

    /// <summary>A valid report of a couple that nobody reported before, unless named.</summary>
    public static AlarmReport Of(
        AnhuFixture app, int couple = 0, string? sourceId = null, int revision = 1, string source = "test-110", double minutesAgo = 5,
        string region = "340104001001", string? address = "测试路1号2栋", ReportedIndicators? indicators = null, Injury injury = Injury.None,
        bool withPeople = true, AlarmCategory category = AlarmCategory.DomesticViolence, AlarmChannel channel = AlarmChannel.Phone)
    {
        couple = couple == 0 ? NextCouple() : couple;
        return new AlarmReport
        {
            Source = source, SourceId = sourceId ?? Guid.CreateVersion7().ToString("N"), Revision = revision,
            ReceivedAt = Common.Clock.CutToMicroseconds(app.Clock.GetUtcNow().AddMinutes(-minutesAgo)), Channel = channel, Category = category,
            Summary = "家中争吵", Location = new ReportedLocation(address, region, 117.25, 31.85), Indicators = indicators ?? new ReportedIndicators(),
            People = withPeople ? [Person(couple, PartyRole.Victim, injury), Person(couple, PartyRole.Perpetrator, Injury.Unknown)] : [],
        };
    }

    /// <summary>A couple that no other test reports.</summary>
    public static int NextCouple() => 100_000 + Interlocked.Increment(ref next);

    /// <summary>One of a couple.</summary>
    public static ReportedPerson Person(int couple, PartyRole role, Injury injury = Injury.Unknown)
    {
        var woman = role == PartyRole.Victim;
        var digits = string.Create(CultureInfo.InvariantCulture, $"340199{1970 + (couple % 20)}0{1 + (couple / 20 % 9)}{10 + (couple / 180 % 18)}{(couple / 3240 % 400 * 2) + (woman ? 0 : 1):000}");
        return new ReportedPerson
        {
            Role = role, Name = woman ? "王芳" : "李强", Sex = woman ? Sex.Female : Sex.Male, IdNumber = CitizenId.Complete(digits),
            Phone = string.Create(CultureInfo.InvariantCulture, $"13{(woman ? 8 : 9)}{couple:00000000}"), Injury = injury, RelationToVictim = woman ? null : "spouse",
        };
    }

    /// <summary>Sends it through the one door.</summary>
    public static Task<AlarmReceipt> SubmitAsync(this AnhuFixture app, AlarmReport report) =>
        app.WithAsync<AlarmIntake, AlarmReceipt>(intake => intake.SubmitAsync(report, new Actor(ClientId: "test"), TestContext.Current.CancellationToken));

    /// <summary>Checks what must hold of a case at every moment.</summary>
    public static Task CheckCaseAsync(this AnhuFixture app, Guid caseId) => app.QueryAsync(async db =>
    {
        var ct = TestContext.Current.CancellationToken;
        // One statement: jobs work on the case meanwhile, and two would see it at two moments.
        var (dvCase, open, accesses) = await db.Cases.AsNoTracking().Where(c => c.CaseId == caseId).Select(c => new ValueTuple<DvCase, int, List<CaseAccess>>(
            c, db.Duties.Count(d => d.CaseId == c.CaseId && Duty.OpenStates.Contains(d.State)), db.CaseAccess.Where(a => a.CaseId == c.CaseId).ToList())).SingleAsync(ct);
        Assert.Equal(open, dvCase.OpenDutyCount);
        switch (dvCase.State)
        {
            case CaseState.Open:
                Assert.True(open > 0 || dvCase.ReviewOn is not null);
                break;
            case CaseState.Observation:
                Assert.Equal(0, open);
                Assert.NotNull(dvCase.ReviewOn);
                break;
            case CaseState.Closed:
                Assert.Equal(0, open);
                break;
        }

        foreach (var access in accesses)
        {
            Assert.Equal((dvCase.State, dvCase.Class, dvCase.CaseSequence), (access.State, access.Class, access.CaseSequence));
        }

        return true;
    });
}
