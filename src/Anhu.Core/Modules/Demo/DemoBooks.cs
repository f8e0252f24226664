using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;

namespace Anhu.Modules.Demo;

/// <summary>
/// The made-up city while its year goes by: all cases in memory, changed through the platform's own rules only, and
/// written in one go at the end. So cases, grades, overdue marks and the chained record are those that the year would have left.
/// </summary>
internal sealed class DemoBooks(IntakeBatch batch, CaseRules rules) : IChangeSink
{
    private readonly Dictionary<(Guid CaseId, string Kind), List<string>> outcomes = [];
    private readonly Dictionary<Guid, Guid> asked = [];

    /// <summary>Units and regions.</summary>
    public OrganisationMap Map => rules.Map;

    /// <summary>Policy and playbook at work.</summary>
    public CaseRules Rules => rules;

    /// <summary>The city's zone.</summary>
    public CityZone Zone => rules.Clock.Zone;

    /// <summary>Steps that the rules refused; none under the rules that ship.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>All cases.</summary>
    public IEnumerable<CaseFile> Files => batch.Files.Values;

    /// <summary>The case of a duty; another one after its case was joined into it.</summary>
    /// <param name="duty">The duty.</param>
    public CaseFile FileOf(Duty duty) => batch.Files[duty.CaseId];

    /// <summary>A case.</summary>
    /// <param name="caseId">Its key.</param>
    public CaseFile File(Guid caseId) => batch.Files[caseId];

    /// <summary>Takes a report.</summary>
    /// <param name="item">The report, with its sender and time.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Its case.</returns>
    public async Task<CaseFile> TakeAsync(IntakeItem item, CancellationToken ct) =>
        batch.Files[(await batch.TakeLoadedAsync(item, ct)).CaseId];

    /// <summary>Takes a step on a duty.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="step">The step.</param>
    /// <param name="caller">Who takes it.</param>
    /// <param name="at">When, UTC.</param>
    /// <returns>False when the rules refused it.</returns>
    public bool Take(Duty duty, TakeDutyStep step, Caller caller, DateTimeOffset at)
    {
        batch.ActAs(caller.Actor);
        var inRow = step.Step == DutyStep.Complete ? InRow(duty, step.Outcome!) : 1;
        if (TakeDutyStepHandler.Apply(step, duty, FileOf(duty), caller.UnitId!.Value, caller, rules, at, batch, inRow) is { } failure)
        {
            Refused.Add($"{duty.Kind} {step.Step} {duty.State} {step.Outcome}: {failure.Code} {failure.Field}");
            return false;
        }

        return true;
    }

    /// <summary>Lets time act on a duty.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="at">Now, UTC.</param>
    public void Tick(Duty duty, DateTimeOffset at)
    {
        batch.ActAs(Actor.Platform);
        DeadlineWork.Tick(duty, FileOf(duty), rules, at, batch);
    }

    /// <summary>The day of a case's review has come.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">Now, UTC.</param>
    public void Review(CaseFile file, DateTimeOffset at)
    {
        batch.ActAs(Actor.Platform);
        DeadlineWork.Review(file, rules, at, batch);
    }

    /// <summary>Asks for closing a case, or closes it.</summary>
    /// <param name="file">The case.</param>
    /// <param name="reason">Why.</param>
    /// <param name="caller">Who.</param>
    /// <param name="at">When, UTC.</param>
    public void Close(CaseFile file, string reason, Caller caller, DateTimeOffset at)
    {
        batch.ActAs(caller.Actor);
        var command = new CloseCase
        {
            CaseId = file.Case.CaseId, Reason = reason, Confirmed = [.. rules.Rules.Playbook.Closing(file.Case.Class).Checklist.Select(i => i.Id)],
        };
        var isAsked = asked.TryGetValue(file.Case.CaseId, out var by);
        var result = CloseCaseHandler.Apply(command, caller, file, isAsked, isAsked ? by : null, rules, at, batch);
        if (!result.IsOk)
        {
            Refused.Add($"close {file.Case.Class} {file.Case.State}: {result.Failure!.Code}");
        }
        else if (result.Value == CloseOutcome.Requested)
        {
            asked.Add(file.Case.CaseId, caller.WorkerId!.Value);
        }
        else
        {
            asked.Remove(file.Case.CaseId);
        }
    }

    /// <summary>Nobody waits for a second person any more: something happened to the case meanwhile.</summary>
    /// <param name="file">The case.</param>
    public void ForgetAsking(CaseFile file) => asked.Remove(file.Case.CaseId);

    /// <summary>Facts that are recorded from here on are this one's.</summary>
    /// <param name="actor">Who acts.</param>
    public void ActAs(Actor actor) => batch.ActAs(actor);

    /// <inheritdoc />
    public void Add(object row) => batch.Add(row);

    /// <inheritdoc />
    public void Record(PendingEvent fact) => batch.Record(fact);

    private int InRow(Duty duty, string outcome)
    {
        if (!outcomes.TryGetValue((duty.CaseId, duty.Kind), out var before))
        {
            outcomes.Add((duty.CaseId, duty.Kind), before = []);
        }

        before.Add(outcome);
        return before.AsEnumerable().Reverse().TakeWhile(o => o == outcome).Count();
    }
}
