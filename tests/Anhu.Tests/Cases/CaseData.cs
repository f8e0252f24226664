using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Cases;

/// <summary>Cases as they come to be: by alarms.</summary>
internal static class CaseData
{
    public const string Township = "340104001000";

    private static int number;

    /// <summary>Sends an alarm from Sanli'an street, Shushan district.</summary>
    public static async Task<AlarmReceipt> SubmitAlarmAsync(this AnhuFixture app, Func<AlarmReport, AlarmReport>? change = null)
    {
        var n = Interlocked.Increment(ref number);
        var report = new AlarmReport
        {
            Source = "hefei-110", SourceId = $"T{n}", Revision = 1, ReceivedAt = app.Clock.Now.AddMinutes(-10), Channel = AlarmChannel.Phone,
            Category = AlarmCategory.DomesticViolence, Summary = "称在家中被丈夫殴打",
            Reporter = new ReportedReporter("周邻居", "13700000000", "neighbour"),
            Location = new ReportedLocation("某小区3栋", Township, null, null),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = $"王小芳{n}", Sex = Sex.Female, Phone = $"139{n:D8}", Address = "娘家某路9号", Injury = Injury.Minor },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = $"李大强{n}", Sex = Sex.Male, RelationToVictim = "spouse" },
            ],
        };
        return await app.Services.GetRequiredService<AlarmIntake>()
            .SubmitAsync(change?.Invoke(report) ?? report, new Actor(null, "hefei-110"), TestContext.Current.CancellationToken);
    }

    /// <summary>A unit of an agency that sees a case.</summary>
    public static Task<string?> UnitThatSeesAsync(this AnhuFixture app, Guid caseId, params Agency[] agencies) => app.QueryAsync(db => (
        from access in db.CaseAccess
        join unit in db.Units on access.UnitId equals unit.UnitId
        where access.CaseId == caseId && agencies.Contains(unit.Agency)
        select unit.Code).FirstOrDefaultAsync());

    /// <summary>Ends all duties of a case, as if their work had been done.</summary>
    public static Task EndDutiesAsync(this AnhuFixture app, Guid caseId) => app.QueryAsync(async db =>
    {
        await db.Duties.Where(d => d.CaseId == caseId).ExecuteUpdateAsync(d => d.SetProperty(x => x.State, DutyState.Verified).SetProperty(x => x.NextCheckAt, (DateTimeOffset?)null));
        return await db.Cases.Where(c => c.CaseId == caseId).ExecuteUpdateAsync(c => c.SetProperty(x => x.OpenDutyCount, 0));
    });
}
