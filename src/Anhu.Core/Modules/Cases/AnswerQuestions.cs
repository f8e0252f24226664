using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>What can go wrong with answers.</summary>
public static class AnswerFailures
{
    /// <summary>No answer was given.</summary>
    public static Failure NoAnswer { get; } = new(FailureKind.Invalid, "answers.none", "answers");

    /// <summary>Not an answer to this question.</summary>
    /// <param name="question">The question's name.</param>
    public static Failure Wrong(string question) => new(FailureKind.Invalid, "answers.wrong", $"answers.{question}");

    /// <summary>Only the police say what class they hold right.</summary>
    public static Failure PoliceOnly { get; } = new(FailureKind.NotAllowed, "answers.police-only", "answers.policeOpinion");

    /// <summary>The reports say that it is so; a correction comes from who reported.</summary>
    /// <param name="question">The question's name.</param>
    public static Failure Reported(string question) => new(FailureKind.NotAllowed, "answers.reported", $"answers.{question}");

    /// <summary>The case has no such incident.</summary>
    public static Failure NoIncident { get; } = new(FailureKind.NotFound, "answers.no-incident", "incidentId");
}

/// <summary>Answers what the reports of an incident left open (handbook §4.9: missing facts are asked for).</summary>
public sealed record AnswerQuestions
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The incident; the latest one when null.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>Answers by question; see <see cref="IncidentAnswer.Value"/>.</summary>
    public required IReadOnlyDictionary<IncidentQuestion, string> Answers { get; init; }

    /// <summary>How it is known.</summary>
    public required AnswerSource Source { get; init; }
}

/// <summary>What came of answers.</summary>
/// <param name="Class">The class now.</param>
/// <param name="Raised">It rose by the answers.</param>
/// <param name="NewDuties">How many duties arose.</param>
public sealed record AnswersTaken(int Class, bool Raised, int NewDuties);

/// <summary>Takes answers: the case is graded again at once, and duties that the new facts ask for arise.</summary>
public sealed class AnswerQuestionsHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>Takes them.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<AnswersTaken>> Handle(AnswerQuestions command, Caller caller, CancellationToken ct)
    {
        if (command.Answers.Count == 0)
        {
            return AnswerFailures.NoAnswer;
        }

        foreach (var (question, value) in command.Answers)
        {
            if (!Enum.IsDefined(question) || !IncidentAnswer.Answers(question, value))
            {
                return AnswerFailures.Wrong(IncidentAnswer.NameOf(question));
            }
        }

        return await turn.TakeAsync(command.CaseId, caller, (db, file, map) => Task.FromResult(Take(command, caller, file, map, db)), ct);
    }

    /// <summary>Takes answers within a turn that somebody else began; their values must be answers.</summary>
    internal Result<AnswersTaken> Take(AnswerQuestions command, Caller caller, CaseFile file, OrganisationMap map, AnhuDbContext db)
    {
        var incident = command.IncidentId is { } id ? file.Incidents.FirstOrDefault(i => i.IncidentId == id) : file.Incidents.MaxBy(i => i.OccurredAt);
        if (incident is null)
        {
            return AnswerFailures.NoIncident;
        }

        if (command.Answers.ContainsKey(IncidentQuestion.PoliceOpinion) && (caller.UnitId is not { } unitId || map.Find(unitId)?.Agency != Agency.Police))
        {
            return AnswerFailures.PoliceOnly;
        }

        var now = time.Now;
        var reported = IncidentKnowledge.Reported(incident);
        var answers = new List<IncidentAnswer>();
        foreach (var (question, value) in command.Answers.OrderBy(a => a.Key))
        {
            if (value == "no" && reported[question] == "yes")
            {
                return AnswerFailures.Reported(IncidentAnswer.NameOf(question));
            }

            if (incident.Answers.LastOrDefault(a => a.Question == question)?.Value != value)
            {
                answers.Add(new IncidentAnswer(question, value, command.Source, caller.WorkerId, now));
            }
        }

        if (answers.Count == 0)
        {
            return new AnswersTaken(file.Case.Class, false, 0);
        }

        var (raised, duties) = new CaseRules(map, rules).Learn(file, incident, answers, caller.UnitId, now, new TrackedSink(db));
        return new AnswersTaken(file.Case.Class, raised, duties.Count);
    }
}
