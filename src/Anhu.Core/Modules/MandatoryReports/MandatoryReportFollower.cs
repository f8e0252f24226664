using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.MandatoryReports;

/// <summary>
/// When the police have answered, every report of the case that waits gets the answer; when the procuratorate has decided on a report that was not made, it stands with it.
/// The answer leaves the platform: nothing shielded may stand in it, whoever wants it.
/// </summary>
internal sealed class MandatoryReportFollower : IDutyFollower
{
    /// <inheritdoc />
    public async Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct) => duty.Kind switch
        {
            MandatoryReport.DutyKind => await AnswerAsync(db, step, duty, at, ct),
            ReportOmission.DutyKind => await DecideAsync(db, step, duty, at, ct),
            _ => (Action<CaseFile, Duty, IChangeSink>?)null,
        };

    private static async Task<Result<Action<CaseFile, Duty, IChangeSink>?>> AnswerAsync(AnhuDbContext db, TakeDutyStep step, Duty duty, DateTimeOffset at, CancellationToken ct)
    {
        var feedback = FormAnswers.Text(step.Form, "feedback");
        if (feedback.Length > MandatoryReport.FeedbackMaxLength)
        {
            return ReportFailures.TooLong("feedback");
        }

        if (await CaseLeaks.TellsAsync(db, duty.CaseId, [("feedback", feedback)], ct))
        {
            return ReportFailures.TellsPlace;
        }

        var caseId = duty.CaseId;
        var reports = await (from r in db.MandatoryReports.AsTracking() join a in db.Alarms on r.AlarmId equals a.AlarmId where a.CaseId == caseId select r).ToListAsync(ct);
        return (Action<CaseFile, Duty, IChangeSink>?)((file, done, sink) =>
        {
            // A later answer (a transfer for prosecution) is owed to all of them; the first keeps its time.
            foreach (var report in reports)
            {
                (report.UnitId, report.FedBackAt, report.Outcome) = (done.OwnerUnitId, report.FedBackAt ?? at, step.Outcome);
                report.Feedback = report.Feedback is { } earlier && earlier != feedback && earlier.Length + feedback.Length < MandatoryReport.FeedbackMaxLength * 3 ? $"{earlier}\n{feedback}" : feedback;
                sink.Record(new PendingEvent("report.fed-back", at, file.Case.CaseId, done.DutyId, done.OwnerUnitId, file.Case.Class, EventData.Of(("number", report.Number), ("outcome", step.Outcome))));
            }
        });
    }

    private static async Task<Result<Action<CaseFile, Duty, IChangeSink>?>> DecideAsync(AnhuDbContext db, TakeDutyStep step, Duty duty, DateTimeOffset at, CancellationToken ct)
    {
        var dutyId = duty.DutyId;
        var omissions = await db.ReportOmissions.AsTracking().Where(o => o.DecidingDutyId == dutyId && o.DecidedAt == null).ToListAsync(ct);
        return (Action<CaseFile, Duty, IChangeSink>?)((_, _, _) =>
        {
            foreach (var omission in omissions)
            {
                (omission.Outcome, omission.DecidedAt) = (step.Outcome, at);
            }
        });
    }
}
