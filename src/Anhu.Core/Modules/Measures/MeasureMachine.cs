using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;

namespace Anhu.Modules.Measures;

/// <summary>Takes steps on measures by the tables of their kinds, in memory: state, fields, deadline, facts for the record, duties that end and duties that arise.</summary>
internal static class MeasureMachine
{
    /// <summary>The longest text of one field.</summary>
    public const int FieldMaxLength = 4000;

    /// <summary>Takes a step.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="row">The row of its table; the state fits and the caller may.</param>
    /// <param name="context">What stands around it; its fields are checked and merged.</param>
    /// <param name="rules">Rules of cases.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    /// <returns>Why not; nothing is changed then.</returns>
    public static Failure? Take(MeasureKind kind, MeasureRow row, MeasureContext context, CaseRules rules, IChangeSink sink)
    {
        foreach (var guard in row.Guards)
        {
            if (guard.Check(context) is { } failure)
            {
                return failure;
            }
        }

        var m = context.Measure;
        var begins = row.From.Count == 0;
        var from = m.State;
        var overlay = row.Overlay is { } o && o.When(context) ? o.Name : null;
        var history = (context.Incident.LetterAt, context.Incident.PunishedAt, context.Incident.OrderBreachedAt);
        m.Fields = context.Fields;
        m.State = row.To == MeasureRow.Stays ? m.State : row.To;
        m.IsOpen = kind.IsOpen(m.State);
        row.Effect?.Invoke(context);
        m.Overlays = [.. m.Overlays.Except(row.Removes, StringComparer.Ordinal).Concat(row.Adds).Append(overlay).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (row.To != MeasureRow.Stays || row.Deadline is not null)
        {
            var key = row.DeadlineInstead is { } instead && instead.When(context) ? instead.Key : row.Deadline;
            (m.DeadlineKey, m.DueAt) = key is not null ? (key, context.Rules.DueAt(key, row.DeadlineFrom?.Invoke(m) ?? context.At, context.On)) : ((string?)null, (DateTimeOffset?)null);
        }

        m.EndedAt = m.IsOpen ? null : m.EndedAt ?? context.At;
        m.NextCheckAt = kind.NextCheck(m, context.Rules, context.At);
        if (begins)
        {
            sink.Add(m);
        }

        if (row.Keeps)
        {
            sink.Add(MeasureAct.Of(row, context, context.Acts.Count));
        }

        sink.Record(new PendingEvent(kind.EventOf(row), context.At, context.File.Case.CaseId, null, m.UnitId, context.File.Case.Class, EventData.Of(
            ("measure", m.MeasureId), ("action", row.Action), ("from", begins ? null : from), ("to", m.State), ("number", m.Number), ("dueAt", m.DueAt),
            ("overlay", overlay), ("incident", context.NewIncident?.IncidentId), ("reason", row.Required.Contains("reason") ? context["reason"] : null))));
        if (!history.Equals((context.Incident.LetterAt, context.Incident.PunishedAt, context.Incident.OrderBreachedAt)))
        {
            rules.LearnHistory(context.File, context.At, context.Incident, sink);
        }

        End(row, context, rules, sink);
        if (row.Playbook is { } e)
        {
            List<PlaybookEvent> events = [e];
            if (row.PlaybookAlso is { } also && also.When(context))
            {
                events.Add(also.Event);
            }

            Plan(context, [.. events], rules, sink, row.PlaybookFrom?.Invoke(m));
        }

        rules.RestIfIdle(context.File, context.At, sink);
        return row.Then is { } then && kind.Find(then, m.State) is { } next ? Take(kind, next, context with { Fields = m.Fields }, rules, sink) : null;
    }

    /// <summary>Does what the playbook demands on an event of a measure.</summary>
    /// <param name="context">What stands around it.</param>
    /// <param name="happened">The events.</param>
    /// <param name="rules">Rules of cases.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    /// <param name="startsAt">Where deadlines begin, UTC; at the step when null.</param>
    public static void Plan(MeasureContext context, ReadOnlySpan<PlaybookEvent> happened, CaseRules rules, IChangeSink sink, DateTimeOffset? startsAt = null)
    {
        var m = context.Measure;
        if (rules.Map.Find(m.UnitId) is { } unit)
        {
            rules.Plan(
                context.File, happened, context.At, context.NewIncident ?? context.Incident, sink, startsAt: startsAt, measure: (unit, m.DueAt, false), aheadAt: m.ReleaseAt,
                court: m.DecidingUnitId is { } court ? rules.Map.Find(court) : null);
        }
    }

    /// <summary>Duties of the incident that the step fulfils come to their end with it, done by whoever took it.</summary>
    private static void End(MeasureRow row, MeasureContext context, CaseRules rules, IChangeSink sink)
    {
        foreach (var duty in context.File.OpenDuties.Where(d => d.IncidentId == context.Incident.IncidentId).ToList())
        {
            if (row.Ends.FirstOrDefault(e => e.Kind == duty.Kind) is not { Kind: not null } ends)
            {
                continue;
            }

            var form = duty.Kind == "police-disposition"
                ? JsonSerializer.Serialize(new Dictionary<string, string> { ["documentNumber"] = context["number"], ["facts"] = context["facts"] }, Data.JsonText.Options) : "{}";
            foreach (var step in DutyWrites.StepsTo(duty.State, DutyStep.Complete))
            {
                _ = TakeDutyStepHandler.Apply(
                    new TakeDutyStep { DutyId = duty.DutyId, Step = step, Outcome = step == DutyStep.Complete ? ends.Outcome : null, Form = form, ByMeasure = true },
                    duty, context.File, duty.OwnerUnitId, context.Caller, rules, context.At, sink, 1);
            }
        }
    }
}
