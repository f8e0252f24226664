using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Work;

/// <summary>A step on a duty that a caller wants to take.</summary>
public sealed record TakeDutyStep
{
    /// <summary>The duty.</summary>
    public required Guid DutyId { get; init; }

    /// <summary>The step.</summary>
    public required DutyStep Step { get; init; }

    /// <summary>The version that the caller saw; null when it does not matter to the caller.</summary>
    public long? Version { get; init; }

    /// <summary>Reason, where the step asks for one; at most 1000 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Code of the receiving unit.</summary>
    public string? Receiver { get; init; }

    /// <summary>Outcome code of the form.</summary>
    public string? Outcome { get; init; }

    /// <summary>The filled form as JSON; at most 64 KiB.</summary>
    public string? Form { get; init; }

    /// <summary>The sheet that goes with a hand-over; needed between agencies.</summary>
    public HandOverSheet? Sheet { get; init; }

    /// <summary>The writer has seen that the reason or the form holds a shielded value and keeps it all the same.</summary>
    public bool LeaksSeen { get; init; }

    /// <summary>What the writer typed, by field.</summary>
    public IReadOnlyList<(string Field, string? Text)> Texts => [.. CaseLeaks.Reason(Reason), .. Form is null ? [] : CaseLeaks.Texts(Form)];

    /// <summary>More to store in the same transaction, such as the visit that the form recorded; gets the case file.</summary>
    public Action<CaseFile, Duty, IChangeSink>? Also { get; init; }

    /// <summary>The row of the sheet of a hand-over.</summary>
    internal Guid? HandOverId { get; init; }

    /// <summary>The receiver may not be told of the case.</summary>
    internal bool WithoutConsent { get; init; }

    /// <summary>The step is part of a step on the duty's measure, which has checked all that is to be checked.</summary>
    internal bool ByMeasure { get; init; }

    /// <summary>What follows when the duty is done, before the playbook is asked what follows in general.</summary>
    internal Action<CaseFile, Duty, IChangeSink>? Then { get; init; }

    /// <summary>Needs named in the form; each proposes the duty that answers it.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>The worker's view of the risk as a class, where the form asks.</summary>
    public int? RiskView { get; init; }
}

/// <summary>Has a say when a duty is about to be done: refuses, or adds what follows from it. For what is built on duties.</summary>
public interface IDutyFollower
{
    /// <summary>Looks at a step that completes a duty.</summary>
    /// <param name="db">The context of the transaction.</param>
    /// <param name="step">The step.</param>
    /// <param name="duty">The duty, not done yet.</param>
    /// <param name="file">Its case.</param>
    /// <param name="caller">Who does it.</param>
    /// <param name="rules">Rules of cases.</param>
    /// <param name="at">Now, UTC.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What follows once it is done, null for nothing; or why it can't be done.</returns>
    Task<Result<Action<CaseFile, Duty, IChangeSink>?>> BeforeDoneAsync(
        AnhuDbContext db, TakeDutyStep step, Duty duty, CaseFile file, Caller caller, CaseRules rules, DateTimeOffset at, CancellationToken ct);
}

/// <summary>Takes steps on duties for pages, API and jobs alike.</summary>
public sealed class TakeDutyStepHandler(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, TimeProvider time, IEnumerable<IDutyFollower> followers)
{
    private const int FormMaxLength = 64 * 1024;
    private const int ReasonMaxLength = 1000;

    /// <summary>Takes one or more steps on one duty, all or none.</summary>
    /// <param name="steps">The steps in order, all on the same duty; the version of the first counts.</param>
    /// <param name="caller">Who acts.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The duty after the last step.</returns>
    public async Task<Result<Duty>> Handle(IReadOnlyList<TakeDutyStep> steps, Caller caller, CancellationToken ct)
    {
        foreach (var step in steps)
        {
            if (step.Reason?.Length > ReasonMaxLength)
            {
                return DutyFailures.ReasonTooLong;
            }

            if (step.Form?.Length > FormMaxLength)
            {
                return DutyFailures.FormTooLarge;
            }
        }

        var map = await organisation.GetAsync(ct);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(steps, caller, map, ct);
            }
            catch (DbUpdateConcurrencyException) when (attempt < 6)
            {
                // Another duty of the same case moved: read again. A version given by the caller is checked anew.
            }
            catch (DbUpdateConcurrencyException)
            {
                return DutyFailures.SomeoneWasFaster;
            }
            catch (DbUpdateException e) when (attempt < 6 && IsConstraint(e))
            {
                // Another duty of the same case brought in the same unit a moment before: read again.
            }
        }
    }

    /// <summary>Takes one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="caller">Who acts.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result<Duty>> Handle(TakeDutyStep step, Caller caller, CancellationToken ct) => Handle([step], caller, ct);

    private async Task<Result<Duty>> TryAsync(IReadOnlyList<TakeDutyStep> steps, Caller caller, OrganisationMap map, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        var dutyId = steps[0].DutyId;
        var duty = await db.Duties.WorkableBy(caller, db).AsTracking().SingleOrDefaultAsync(d => d.DutyId == dutyId, ct);
        if (duty is null || caller.UnitId is not { } unit)
        {
            return DutyFailures.NotFound;
        }

        if (!caller.May(Permissions.WorkDuties) && !(AccessPolicy.IsFieldWorker(caller) && IsVisitOnSite(steps, duty)))
        {
            return new Failure(FailureKind.Forbidden, "duties.not-allowed");
        }

        if (steps[0].Version is { } seen && seen != duty.Version)
        {
            return DutyFailures.SomeoneWasFaster;
        }

        foreach (var step in steps)
        {
            if (!step.LeaksSeen && await CaseLeaks.TellsAsync(db, duty.CaseId, step.Texts, ct))
            {
                return DutyFailures.TellsPlace;
            }
        }

        var file = (await CaseFile.LoadAsync(db, [duty.CaseId], ct))[duty.CaseId];
        var now = time.Now;
        var sink = new TrackedSink(db);
        var work = new CaseRules(map, rules);
        foreach (var asked in steps)
        {
            var prepared = asked.Step is DutyStep.HandOver or DutyStep.Reassign ? await HandOverRules.PrepareAsync(db, asked, duty, file, caller, work, now, ct) : asked;
            if (!prepared.IsOk)
            {
                return prepared.Failure!;
            }

            var step = prepared.Value;
            var inRow = step.Step == DutyStep.Complete ? await OutcomesInRowAsync(db, duty, step.Outcome, work, ct) : 1;
            var then = step.Then;
            foreach (var follower in step.Step == DutyStep.Complete && DutyMachine.Allowed[DutyStep.Complete].Contains(duty.State) ? followers : [])
            {
                var follows = await follower.BeforeDoneAsync(db, step, duty, file, caller, work, now, ct);
                if (!follows.IsOk)
                {
                    return follows.Failure!;
                }

                then += follows.Value;
            }

            if (Apply(step with { Then = then }, duty, file, unit, caller, work, now, sink, inRow) is { } failure)
            {
                return failure;
            }
        }

        await db.SaveChangesAsync(ct);
        return duty;
    }

    private bool IsConstraint(DbUpdateException e)
    {
        using var db = contexts.CreateDbContext();
        return db.Store.Provider.IsConstraint(e);
    }

    internal static Failure? Apply(
        TakeDutyStep step, Duty duty, CaseFile file, Guid unit, Caller caller, CaseRules work, DateTimeOffset now, IChangeSink sink,
        int outcomesInRow)
    {
        var map = work.Map;
        Unit? receiver = null;
        if (step.Receiver is { Length: > 0 } code && (receiver = map.Find(code)) is not { IsActive: true })
        {
            return DutyFailures.ReceiverUnknown;
        }

        if (step is { Step: DutyStep.Complete, ByMeasure: false } && DutyMachine.Allowed[DutyStep.Complete].Contains(duty.State) && CheckForm(step, duty, work) is { } wrong)
        {
            return wrong;
        }

        unit = ActingUnit(caller, unit, duty, step.Step, map);
        var wasOpen = duty.IsOpen;
        var owner = map.Find(duty.OwnerUnitId);
        var other = duty.HandOverToUnitId is { } offered ? map.Find(offered) : null;
        var superior = owner is null ? null : other is null ? (map.Supervisor(owner)) : map.CommonSuperior(owner, other);
        var events = new List<PendingEvent>();
        var failure = DutyMachine.Take(duty, step.Step, new DutyContext
        {
            At = now, ActingUnitId = unit, WorkerId = caller.WorkerId, MaySupervise = AccessPolicy.MaySupervise(caller, duty.OwnerUnitId, map),
            Reason = string.IsNullOrWhiteSpace(step.Reason) ? null : step.Reason.Trim(), ReceiverUnitId = receiver?.UnitId, HandOverId = step.HandOverId,
            WithoutConsent = step.WithoutConsent,
            SuperiorUnitId = superior?.UnitId ?? duty.OwnerUnitId, HandOverDueAt = work.Rules.Playbook.HandOverDueAt(Math.Min(duty.Class, HandOverRules.ClassOf(step.Sheet?.Urgency)), now),
            Outcome = step.Outcome, Form = step.Form, EscalationStep = work.Rules.Playbook.EscalationInterval(duty.Class),
        }, events);
        if (failure is not null)
        {
            return failure;
        }

        foreach (var e in events)
        {
            sink.Record(e);
        }

        foreach (var (involved, handed) in ((Guid?, bool)[])[(duty.OwnerUnitId, duty.WithoutConsent), (duty.HandOverToUnitId, duty.HandOverWithoutConsent)])
        {
            if (involved is { } id && map.Find(id) is { } each)
            {
                work.Involve(file, each, sink, handed);
            }
        }

        step.Also?.Invoke(file, duty, sink);
        if (wasOpen && !duty.IsOpen)
        {
            Ended(step, duty, file, work, now, sink, outcomesInRow);
        }

        return null;
    }

    /// <summary>Whether the steps do no more than record a visit on site: that is all that a field worker may do.</summary>
    private bool IsVisitOnSite(IReadOnlyList<TakeDutyStep> steps, Duty duty) =>
        rules.Current.Playbook.Kinds.GetValueOrDefault(duty.Kind) is { Form: "on-site-visit" }
        && steps.All(s => s.Step is DutyStep.Accept or DutyStep.Start or DutyStep.Complete);

    /// <summary>What follows when a duty has come to an end: needs become proposals, the playbook goes on, an idle case rests.</summary>
    private static void Ended(
        TakeDutyStep step, Duty duty, CaseFile file, CaseRules work, DateTimeOffset now, IChangeSink sink, int outcomesInRow)
    {
        file.OpenDuties.RemoveAll(d => d.DutyId == duty.DutyId);
        file.Case.OpenDutyCount--;
        var kind = work.Rules.Playbook.Kinds.GetValueOrDefault(duty.Kind);
        if (duty.State == DutyState.Done && kind is { Disposes: true } && file.Incidents.Find(i => i.IncidentId == duty.IncidentId) is { } incident)
        {
            (incident.Disposition, incident.DisposedAt) = (duty.Outcome, now);
            work.LearnHistory(file, now, incident, sink);
        }

        step.Then?.Invoke(file, duty, sink);
        foreach (var need in step.Needs)
        {
            work.Plan(file, [PlaybookEvent.VisitNeed], now, null, sink, need: need, ended: duty);
        }

        if (duty.State == DutyState.Done)
        {
            work.Plan(file, [PlaybookEvent.DutyDone], now, null, sink, ended: duty, outcomesInRow: outcomesInRow);
        }

        work.RestIfIdle(file, now, sink);
    }

    /// <summary>An agency runs one system for all its offices: a system acts for the units below its own; a worker only for the own unit.</summary>
    private static Guid ActingUnit(Caller caller, Guid own, Duty duty, DutyStep step, OrganisationMap map)
    {
        if (caller.ClientId is null)
        {
            return own;
        }

        var answered = step is DutyStep.Accept or DutyStep.Return ? duty.HandOverToUnitId : null;
        foreach (var candidate in (Guid?[])[answered, duty.OwnerUnitId])
        {
            if (candidate is { } id && map.Find(id) is { } unit && map.WithSuperiors(unit).Any(u => u.UnitId == own))
            {
                return id;
            }
        }

        return own;
    }

    /// <summary>The kind's own rule of completion: an outcome that it knows, with the fields that this outcome asks for.</summary>
    private static Failure? CheckForm(TakeDutyStep step, Duty duty, CaseRules work)
    {
        if (string.IsNullOrEmpty(step.Outcome))
        {
            return DutyFailures.OutcomeMissing;
        }

        if (!work.Rules.Playbook.Kinds.TryGetValue(duty.Kind, out var kind))
        {
            return null;
        }

        if (kind.Form == DutyKind.MeasureForm)
        {
            return DutyFailures.DoneByMeasure;
        }

        using var form = JsonDocument.Parse(step.Form ?? "{}");
        var faults = kind.Check(step.Outcome, form.RootElement);
        return faults.Count == 0 ? null : new Failure(FailureKind.Invalid, faults[0].Code, faults[0].Field);
    }

    private static async Task<int> OutcomesInRowAsync(AnhuDbContext db, Duty duty, string? outcome, CaseRules work, CancellationToken ct)
    {
        var incidentId = duty.IncidentId;
        var alone = work.Rules.Playbook.Kinds.GetValueOrDefault(duty.Kind) is { OfMeasure: true };
        var before = await db.Duties.AsNoTracking()
            .Where(d => d.CaseId == duty.CaseId && d.Kind == duty.Kind && d.DoneAt != null && d.DutyId != duty.DutyId && (!alone || d.IncidentId == incidentId))
            .OrderByDescending(d => d.DoneAt).ThenByDescending(d => d.DutyId).Select(d => d.Outcome).Take(12).ToListAsync(ct);
        return 1 + before.TakeWhile(o => o == outcome).Count();
    }
}
