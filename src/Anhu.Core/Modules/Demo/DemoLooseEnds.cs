using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Demo;

/// <summary>What is left open on the desks of those who can sign in: hand-overs to answer, cancellings and closings that wait for a second person.</summary>
internal sealed class DemoLooseEnds(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, DemoCrew crew, TimeProvider time, int seed)
{
    private const string Federation = "340104-womens-federation";
    private const string Neighbours = "340111-womens-federation";

    /// <summary>Leaves it.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task LeaveAsync(CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        var steps = new TakeDutyStepHandler(contexts, organisation, rules, time);
        await HandOverAsync(map, steps, Federation, Neighbours, 2, "受害人已搬到包河区居住，请接续回访。", ct);
        await HandOverAsync(map, steps, Neighbours, Federation, 3, "受害人已回蜀山区娘家居住，请接续回访。", ct);
        await HandOverAsync(map, steps, "340104002-police", "340104001-police", 2, "经核实发生地属贵所辖区。", ct);
        foreach (var duty in await OpenAsync(map, Federation, 2, ct))
        {
            await steps.Handle(
                new TakeDutyStep { DutyId = duty, Step = DutyStep.Cancel, Reason = "同一事件已有另一项责任在办，申请撤销。" }, crew.Known(map.Find(Federation)!.UnitId)!, ct);
        }

        await AskToCloseAsync(map, ct);
    }

    private async Task HandOverAsync(OrganisationMap map, TakeDutyStepHandler steps, string from, string to, int count, string reason, CancellationToken ct)
    {
        if (crew.Known(map.Find(from)!.UnitId) is not { } giver)
        {
            return;
        }

        foreach (var duty in await OpenAsync(map, from, count, ct))
        {
            await steps.Handle(new TakeDutyStep { DutyId = duty, Step = DutyStep.HandOver, Receiver = to, Reason = reason }, giver, ct);
        }
    }

    private async Task<List<Guid>> OpenAsync(OrganisationMap map, string unitCode, int count, CancellationToken ct)
    {
        var unitId = map.Find(unitCode)!.UnitId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Duties
            .Where(d => d.OwnerUnitId == unitId && (d.State == DutyState.Assigned || d.State == DutyState.Accepted) && d.HandOverToUnitId == null
                && d.CancelRequestedByWorkerId == null && d.OverdueAt == null && d.Kind != "caring-message")
            .Join(db.Cases, d => d.CaseId, c => c.CaseId, (d, c) => new { d.DutyId, d.DueAt, c.CaseNumber, d.Kind })
            .OrderBy(d => d.DueAt).ThenBy(d => d.CaseNumber).ThenBy(d => d.Kind).Select(d => d.DutyId).Take(count).ToListAsync(ct);
    }

    private async Task AskToCloseAsync(OrganisationMap map, CancellationToken ct)
    {
        var closing = new CloseCaseHandler(contexts, organisation, rules, time);
        var unit = map.Find(Federation)!;
        if (crew.Known(unit.UnitId) is not { } worker)
        {
            return;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var access = db.CaseAccess.Where(a => a.UnitId == unit.UnitId && a.State == CaseState.Observation && a.Class == 2);
        var cases = await access.OrderBy(a => a.CaseSequence).Select(a => a.CaseId).Take(12).ToListAsync(ct);
        var random = DemoRandom.For(seed, "close");
        foreach (var caseId in cases.Where(_ => random.Chance(0.4)).Take(3))
        {
            await closing.Handle(
                new CloseCase
                {
                    CaseId = caseId, Reason = "近期多次回访平稳，受害人表示无需继续关注。", Confirmed = [.. rules.Current.Playbook.Closing(2).Checklist.Select(i => i.Id)],
                },
                worker, ct);
        }
    }
}
