using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Work;

/// <summary>A reassessment (重新评估) that was done grades the case anew: what the worker holds right raises the class with its reasons; it never lowers it by itself.</summary>
internal sealed class ReassessmentFollower : IDutyFollower
{
    private const string Kind = "reassessment";

    /// <inheritdoc />
    public Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct)
    {
        Action<CaseFile, Duty, IChangeSink>? follows = null;
        if (duty.Kind == Kind && int.TryParse(FormAnswers.Text(step.Form, "riskView"), NumberStyles.None, CultureInfo.InvariantCulture, out var view) && view is >= 1 and <= 3)
        {
            follows = (f, d, sink) =>
            {
                if (rules.Regrade(f, at, sink, view))
                {
                    rules.Plan(f, [PlaybookEvent.CaseClassRaised], at, f.Incidents.Find(i => i.IncidentId == d.IncidentId), sink);
                }
            };
        }

        return Task.FromResult<Result<Action<CaseFile, Duty, IChangeSink>?>>(follows);
    }
}
