using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Duties;

/// <summary>Cases as the 110 centre makes them, in Shushan District.</summary>
internal static class CityCases
{
    private static int number;

    /// <summary>One alarm about a couple that nobody has reported before.</summary>
    public static Task<AlarmReceipt> ReportAsync(this AnhuFixture app, int? policeOpinion = null, string? victimPhone = null, string? otherPhone = null)
    {
        var n = Interlocked.Increment(ref number);
        return app.ReportAsync(n, 1, policeOpinion, victimPhone, otherPhone);
    }

    /// <summary>An alarm about a couple that may have been reported before.</summary>
    public static Task<AlarmReceipt> ReportAsync(
        this AnhuFixture app, int couple, int time, int? policeOpinion = null, string? victimPhone = null, string? otherPhone = null)
    {
        var report = new AlarmReport
        {
            Source = "test-110", SourceId = $"{couple}-{time}", Revision = 1, ReceivedAt = app.Clock.Now, Channel = AlarmChannel.Phone,
            Category = AlarmCategory.DomesticViolence, Summary = "邻居听到吵闹", PoliceOpinion = policeOpinion,
            Location = new ReportedLocation($"蜀山区测试路{couple}号", "340104000000", null, null),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = $"受害{couple}", Sex = Sex.Female, Phone = victimPhone ?? $"1380000{couple:D4}" },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = $"对方{couple}", Sex = Sex.Male, Phone = otherPhone ?? $"1390000{couple:D4}" },
            ],
        };
        return app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(report, Actor.Platform, TestContext.Current.CancellationToken);
    }

    /// <summary>The newest duty of a kind in a case.</summary>
    public static Task<Duty> DutyAsync(this AnhuFixture app, AlarmReceipt alarm, string kind) =>
        app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == alarm.CaseId && d.Kind == kind).OrderByDescending(d => d.CreatedAt)
            .ThenByDescending(d => d.DutyId).FirstAsync(TestContext.Current.CancellationToken));

    /// <summary>All duties of a case.</summary>
    public static Task<List<Duty>> DutiesAsync(this AnhuFixture app, AlarmReceipt alarm) =>
        app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == alarm.CaseId).ToListAsync(TestContext.Current.CancellationToken));
}
