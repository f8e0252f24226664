using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;

namespace Anhu.Modules.Dispositions;

/// <summary>When the police dispose of an incident: what is barred is refused, another choice than the facts point to needs a reason, what was added makes its duties.</summary>
internal sealed class DispositionFollower(DispositionBook book, MeasureBook measures) : IDutyFollower
{
    /// <inheritdoc />
    public async Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct)
    {
        if (step.ByMeasure || rules.Rules.Playbook.Kinds.GetValueOrDefault(duty.Kind) is not { Form: DispositionRules.FormName } kind
            || file.Incidents.Find(i => i.IncidentId == duty.IncidentId) is not { } incident)
        {
            return (Action<CaseFile, Duty, IChangeSink>?)null;
        }

        using (var json = System.Text.Json.JsonDocument.Parse(step.Form ?? "{}"))
        {
            if (kind.Check(step.Outcome, json.RootElement) is [var fault, ..])
            {
                return new Failure(FailureKind.Invalid, fault.Code, fault.Field);
            }
        }

        var form = DispositionForm.Of(step.Form);
        var zone = rules.Clock.Zone;
        var facts = await DispositionReading.FactsAsync(db, file, incident, form, measures[DispositionRules.Letter].Rules, zone, ct);
        var advice = book.Rules.Advise(facts, zone.DateOf(incident.OccurredAt), incident.OccurredAt);
        var above = caller.UnitId is { } unit && unit != duty.OwnerUnitId && AccessPolicy.MaySupervise(caller, duty.OwnerUnitId, rules.Map);
        if (DispositionRules.Check(advice, step.Outcome, form.Additions, form.Reason, above) is { } refused)
        {
            return refused;
        }

        var choice = advice.Find(step.Outcome)!;
        var deviates = DispositionRules.Deviates(advice, choice);
        return (Action<CaseFile, Duty, IChangeSink>?)((f, d, sink) =>
        {
            var record = new DispositionRecord
            {
                DispositionId = Guid.CreateVersion7(at), IncidentId = incident.IncidentId, DutyId = d.DutyId, UnitId = d.OwnerUnitId, WorkerId = caller.WorkerId,
                Outcome = choice.Id, Suggested = advice.Suggested, Deviates = deviates, FromAbove = choice.Bars.Count > 0,
                RuleIds = [.. choice.Bars.Concat(deviates ? advice.Find(advice.Suggested)?.Points ?? [] : []).Select(r => r.Rule).Distinct()],
                Circumstances = form.Circumstances, Additions = form.Additions, Reason = string.IsNullOrWhiteSpace(form.Reason) ? null : form.Reason.Trim(),
                DecidedAt = at, RulesVersion = book.Rules.Version,
            };
            sink.Add(record);
            sink.Record(new PendingEvent("disposition.decided", at, f.Case.CaseId, d.DutyId, d.OwnerUnitId, f.Case.Class, EventData.Of(
                ("outcome", record.Outcome), ("suggested", record.Suggested), ("deviates", deviates), ("fromAbove", record.FromAbove), ("rules", record.RuleIds),
                ("additions", record.Additions), ("version", record.RulesVersion))));
            foreach (var addition in form.Additions)
            {
                rules.Plan(f, [PlaybookEvent.DispositionAddition], at, incident, sink, addition: addition);
            }
        });
    }
}
