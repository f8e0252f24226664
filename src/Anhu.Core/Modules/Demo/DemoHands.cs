using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Visits;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Demo;

/// <summary>What made-up workers do while the demo runs: by the same use cases as the pages, so that a visitor's step and theirs meet as two people's do.</summary>
public sealed class DemoHands(
    IDbContextFactory<AnhuDbContext> contexts, TakeDutyStepHandler steps, RecordVisitHandler visits, SendCaringMessageHandler messages, SafeContacts safe,
    MessageTemplates templates, OrganisationDirectory organisation, RuleBook rules, DemoOptions options, ActOnMeasureHandler measures,
    MeasureQueries letters, MeasureBook book, TimeProvider time)
{
    /// <summary>Does one thing. A visitor may have been faster; then there is nothing to do.</summary>
    /// <param name="plan">What.</param>
    /// <param name="crew">Who is there.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What follows from it later.</returns>
    internal async Task<IReadOnlyList<DemoPlan>> DoAsync(DemoPlan plan, DemoCrew crew, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        var duty = await db.Duties.SingleOrDefaultAsync(d => d.DutyId == plan.DutyId, ct);
        if (duty is null || !duty.IsOpen || crew.Known(duty.OwnerUnitId) is not { } worker)
        {
            return [];
        }

        var file = (await CaseFile.LoadAsync(db, [duty.CaseId], ct))[duty.CaseId];
        var random = DemoRandom.For(options.Seed, file.Case.CaseNumber + duty.Kind + plan.Act);
        switch (plan.Act)
        {
            case DemoAct.Accept:
                await steps.Handle(new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept }, worker, ct);
                return [];
            case DemoAct.HandOver:
                return await HandOverAsync(plan, duty, worker, crew, random, ct);
            case DemoAct.Answer when duty.HandOverToUnitId is { } to && crew.Known(to) is { } receiver:
                await steps.Handle(new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept }, receiver, ct);
                return [];
            case DemoAct.Complete when duty is { HandOverToUnitId: null, DecidingUnitId: null }:
                return await CompleteAsync(plan, duty, file, worker, random, ct);
            default:
                return [];
        }
    }

    /// <summary>The next step on a letter; its approval is left to a visitor who leads the station.</summary>
    private async Task LetterAsync(Duty duty, CaseFile file, Caller worker, CancellationToken ct)
    {
        var own = book[WarningLetter.KindId].Rules;
        var incident = file.Incidents.Find(i => i.IncidentId == duty.IncidentId);
        if (incident is null || await letters.OfDutyAsync(worker, duty.DutyId, ct) is not (_, _, _, var id))
        {
            return;
        }

        var letter = id ?? (await measures.Handle(new ProposeMeasure { CaseId = duty.CaseId, Kind = WarningLetter.KindId, IncidentId = incident.IncidentId }, worker, ct) is { IsOk: true } begun
            ? begun.Value.MeasureId : null);
        var (action, fields) = duty.Kind switch
        {
            "letter-delivery" => ("deliver", DemoLetters.Delivery(time.Now, own)),
            "letter-notices" => ("notify", DemoLetters.Notices(time.Now, own)),
            _ => ("submit", DemoLetters.Draft(incident, own)),
        };
        if (letter is { } measure)
        {
            var form = fields.ToDictionary(f => f.Key, f => own.Fields[f.Key].Type == DutyFieldType.Choices ? (object)f.Value.Split(',') : f.Value);
            await measures.Handle(new ActOnMeasure { MeasureId = measure, Action = action, Form = System.Text.Json.JsonSerializer.Serialize(form, JsonText.Options) }, worker, ct);
        }
    }

    /// <summary>The next step on a protection order; some do not apply.</summary>
    private async Task<bool> OrderAsync(Duty duty, Caller worker, Random random, CancellationToken ct)
    {
        if ((duty.Kind == DemoOrders.Help && random.Chance(0.25)) || await letters.OfDutyAsync(worker, duty.DutyId, ct) is not (_, _, _, var id))
        {
            return false;
        }

        var own = book[ProtectionOrder.KindId].Rules;
        var order = id ?? (duty.Kind == DemoOrders.Help
            && await measures.Handle(new ProposeMeasure { CaseId = duty.CaseId, Kind = ProtectionOrder.KindId, IncidentId = duty.IncidentId }, worker, ct) is { IsOk: true } begun
            ? begun.Value.MeasureId : null);
        if (order is not { } measure)
        {
            return false;
        }

        var action = DemoOrders.ActionOf(duty.Kind);
        var form = DemoOrders.Fields(action, time.Now, random.Next(1000, 9000), own)
            .ToDictionary(f => f.Key, f => own.Fields[f.Key].Type == DutyFieldType.Choices ? (object)f.Value.Split(',') : f.Value);
        return (await measures.Handle(new ActOnMeasure { MeasureId = measure, Action = action, Form = System.Text.Json.JsonSerializer.Serialize(form, JsonText.Options) }, worker, ct)).IsOk;
    }

    private async Task<IReadOnlyList<DemoPlan>> HandOverAsync(DemoPlan plan, Duty duty, Caller giver, DemoCrew crew, Random random, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        var owner = map.Find(duty.OwnerUnitId)!;
        var others = map.Superior(owner) is { } above
            ? map.Subordinates(above).Where(u => u.UnitId != owner.UnitId && u.IsActive && u.Agency == owner.Agency && crew.Known(u.UnitId) is not null)
                .OrderBy(u => u.Code, StringComparer.Ordinal).ToList()
            : [];
        if (others.Count == 0)
        {
            return [plan with { Act = DemoAct.Complete }];
        }

        var step = new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.HandOver, Receiver = random.Pick(others).Code, Reason = "受害人已搬到贵辖区居住，请接续办理。" };
        var accept = new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept };
        var result = await steps.Handle(duty.State is DutyState.Assigned or DutyState.Proposed ? [accept, step] : [step], giver, ct);
        return result.IsOk && random.Chance(0.6)
            ? [plan with { Act = DemoAct.Answer, At = plan.At + random.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(8)) }]
            : [];
    }

    private async Task<IReadOnlyList<DemoPlan>> CompleteAsync(DemoPlan plan, Duty duty, CaseFile file, Caller worker, Random random, CancellationToken ct)
    {
        if (duty.Kind == SendCaringMessageHandler.Kind
            && (await messages.Handle(new SendCaringMessage { DutyId = duty.DutyId, TemplateId = random.Pick(templates.Templates).TemplateId }, worker, ct)).IsOk)
        {
            return [];
        }

        if (DemoLetters.Does(duty.Kind))
        {
            await LetterAsync(duty, file, worker, ct);
            return [];
        }

        if (DemoOrders.Does(duty.Kind) && await OrderAsync(duty, worker, random, ct))
        {
            return [];
        }

        var playbook = rules.Current.Playbook;
        var result = DemoConduct.Result(duty, file, playbook, random);
        if (playbook.Kinds.GetValueOrDefault(duty.Kind)?.Form is "phone-visit" or "on-site-visit")
        {
            var recorded = await visits.Handle(new RecordVisit { DutyId = duty.DutyId, Outcome = result.Outcome, Form = result.Form }, worker, ct);
            return recorded is { IsOk: true, Value.Done: false } ? [plan with { At = plan.At + TimeSpan.FromMinutes(65) }] : [];
        }

        var done = await steps.Handle(
            [.. DutyWrites.StepsTo(duty.State, DutyStep.Complete).Select(step => step == DutyStep.Complete
                ? new TakeDutyStep { DutyId = duty.DutyId, Step = step, Outcome = result.Outcome, Form = result.Form }
                : new TakeDutyStep { DutyId = duty.DutyId, Step = step })],
            worker, ct);
        if (done.IsOk && duty.Kind == "police-first-contact" && file.With(PartyRole.Victim).FirstOrDefault(p => p.Phone is not null) is { } victim)
        {
            await safe.Handle(
                new MarkSafeContact { CaseId = duty.CaseId, PersonId = victim.PersonId, Phone = victim.Phone!, SafeToCall = true, SafeToText = random.Chance(0.7) }, worker, ct);
        }

        return [];
    }
}
