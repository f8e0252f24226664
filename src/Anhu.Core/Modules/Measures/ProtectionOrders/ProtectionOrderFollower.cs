using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>Duties around a protection order: a breach that an assisting body found is a breach of the order at once; an application is filed on the order, not by a duty's form.</summary>
internal sealed class ProtectionOrderFollower(MeasureBook book) : IDutyFollower
{
    private static readonly string[] Assisting = ["protection-order-follow-up", "protection-order-assist", "protection-order-school"];

    /// <inheritdoc />
    public async Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct)
    {
        if (step is { ByMeasure: false, Outcome: "filed" } && duty.Kind == "protection-order-help")
        {
            return new Failure(FailureKind.NotAllowed, "duties.done-by-measure");
        }

        if (step.ByMeasure || step.Outcome != "breach" || !Assisting.Contains(duty.Kind) || file.Incidents.Find(i => i.IncidentId == duty.IncidentId) is not { } incident)
        {
            return (Action<CaseFile, Duty, IChangeSink>?)null;
        }

        var (kind, own) = book[ProtectionOrder.KindId];
        var orders = await db.Measures.Where(m => m.IncidentId == duty.IncidentId && m.Kind == kind.Id && m.IssuedAt != null).OrderBy(m => m.MeasureId).ToListAsync(ct);
        var found = new List<(MeasureRow Row, MeasureContext Context)>();
        foreach (var order in orders)
        {
            if (kind.Find("breach", order.State) is { } row)
            {
                var fields = MeasureForm.Merge(order, row, new Dictionary<string, string>
                {
                    ["breachAt"] = own.Clock.Zone.ToLocal(at).ToString(DutyField.LocalTime, CultureInfo.InvariantCulture), ["breachKinds"] = "other", ["findings"] = FormAnswers.Text(step.Form, "notes"),
                    ["called110"] = FormAnswers.Text(step.Form, "called110"),
                });
                found.Add((row, await MeasureContexts.OfAsync(db, kind, own, order, file, incident, fields, caller, rules.Map, at, ct)));
            }
        }

        return (Action<CaseFile, Duty, IChangeSink>?)((f, d, sink) => found.ForEach(o => MeasureMachine.Take(kind, o.Row, o.Context, rules, sink)));
    }
}
