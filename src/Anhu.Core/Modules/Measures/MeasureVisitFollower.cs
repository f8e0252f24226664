using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures;

/// <summary>Visits that watch a measure (handbook §4.5): both parties seen before one is clean, the next one planned, the end when enough were clean, recurrence at once.</summary>
internal sealed class MeasureVisitFollower(MeasureBook book) : IDutyFollower
{
    private const string Visit = "check-visit";

    /// <inheritdoc />
    public async Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct)
    {
        if (duty.Kind != Visit || step.ByMeasure)
        {
            return (Action<CaseFile, Duty, IChangeSink>?)null;
        }

        if (step.Outcome == "clean" && !BothSeen(step.Form))
        {
            return new Failure(FailureKind.NotAllowed, "duties.both-not-seen", "sawVictim");
        }

        string[] visited = [.. book.All.Where(k => k.Rules.AllVisits.Count > 0).Select(k => k.Kind.Id)];
        var watched = await db.Measures.Where(m => m.IncidentId == duty.IncidentId && visited.Contains(m.Kind) && m.IsOpen && m.DeliveredAt != null)
            .OrderBy(m => m.MeasureId).ToListAsync(ct);
        if (watched.Count == 0 || file.Incidents.Find(i => i.IncidentId == duty.IncidentId) is not { } incident)
        {
            return (Action<CaseFile, Duty, IChangeSink>?)null;
        }

        var contexts = new List<MeasureContext>();
        foreach (var measure in watched)
        {
            var (kind, own) = book[measure.Kind];
            contexts.Add(await MeasureContexts.OfAsync(db, kind, own, measure, file, incident, measure.Fields, caller, rules.Map, at, ct));
        }

        return (Action<CaseFile, Duty, IChangeSink>?)((f, d, sink) => contexts.ForEach(c => Follow(c, d, rules, sink)));
    }

    /// <summary>What follows from a visit that was made.</summary>
    internal void Follow(MeasureContext context, Duty visit, CaseRules rules, IChangeSink sink)
    {
        var (kind, own) = book[context.Measure.Kind];
        var outcomes = context.Visits.Append(visit.Outcome!).ToList();
        var fields = context.Measure.Fields;
        if (visit.Outcome == "recurrence")
        {
            if (kind.Find("recur", context.Measure.State) is { } recur)
            {
                fields = new Dictionary<string, string>(fields, StringComparer.Ordinal) { ["recurrenceFoundBy"] = "visit", ["findings"] = FormAnswers.Text(visit.Form, "notes") };
                MeasureMachine.Take(kind, recur, context with { Fields = fields, Visits = outcomes }, rules, sink);
            }

            return;
        }

        if (own.Visits(context.On)?.AreDone(outcomes) == true && kind.Find("close", context.Measure.State) is { } close)
        {
            MeasureMachine.Take(kind, close, context with { Visits = outcomes }, rules, sink);
            return;
        }

        if (rules.Map.Find(context.Measure.UnitId) is { } unit)
        {
            var inRow = outcomes.AsEnumerable().Reverse().TakeWhile(o => o == visit.Outcome).Count();
            rules.Plan(
                context.File, [PlaybookEvent.LetterVisited], context.At, context.Incident, sink, ended: visit, outcomesInRow: inRow,
                measure: (unit, null, own.Visits(context.On)?.AreDone(outcomes) == true));
        }
    }

    // Together is not seen: before him she says nothing (victim-safety G5).
    private static bool BothSeen(string? form) => FormAnswers.IsYes(form, "sawVictim") && FormAnswers.IsYes(form, "sawAbuser") && FormAnswers.IsYes(form, "seenApart");
}
