using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Work;

/// <summary>
/// What a form teaches (<see cref="DutyKind.Learned"/>), such as a visit that finds her living apart, becomes an answer about the incident: the case is graded anew
/// and reassessed, as if somebody had answered the question on the case's page.
/// </summary>
internal sealed class LearnedFactsFollower : IDutyFollower
{
    /// <inheritdoc />
    public Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct)
    {
        Action<CaseFile, Duty, IChangeSink>? follows = null;
        if (step.Form is { } form && rules.Rules.Playbook.Kinds.GetValueOrDefault(duty.Kind) is { } kind)
        {
            using var json = JsonDocument.Parse(form);
            var learned = kind.Learned(json.RootElement).Select(QuestionOf).Distinct().ToList();
            if (learned.Count > 0)
            {
                follows = (f, d, sink) => Learn(f, d, learned, caller, rules, at, sink);
            }
        }

        return Task.FromResult<Result<Action<CaseFile, Duty, IChangeSink>?>>(follows);
    }

    private static void Learn(CaseFile file, Duty duty, List<IncidentQuestion> learned, Caller caller, CaseRules rules, DateTimeOffset at, IChangeSink sink)
    {
        if ((file.Incidents.Find(i => i.IncidentId == duty.IncidentId) ?? file.Incidents.MaxBy(i => i.OccurredAt)) is not { } incident)
        {
            return;
        }

        // What is known already is not learned: the same visit next month asks for nothing again.
        var reported = IncidentKnowledge.Reported(incident);
        var answers = learned
            .Where(q => reported[q] != "yes" && incident.Answers.LastOrDefault(a => a.Question == q)?.Value != "yes")
            .Select(q => new IncidentAnswer(q, "yes", AnswerSource.Victim, caller.WorkerId, at)).ToList();
        if (answers.Count > 0)
        {
            rules.Learn(file, incident, answers, caller.UnitId, at, sink);
        }
    }

    private static IncidentQuestion QuestionOf(LearnedFact fact) => fact switch
    {
        LearnedFact.Weapon => IncidentQuestion.Weapon,
        LearnedFact.Strangulation => IncidentQuestion.Strangulation,
        LearnedFact.Pregnant => IncidentQuestion.Pregnant,
        LearnedFact.Separation => IncidentQuestion.Separation,
    };
}
