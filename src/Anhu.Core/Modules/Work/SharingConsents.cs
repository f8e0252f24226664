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

/// <summary>Records that a unit may be told of a case for one purpose.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Receiver">Code of the recipient.</param>
/// <param name="Purpose">The kind of duty that it is for.</param>
/// <param name="Ground">The ground.</param>
/// <param name="Explanation">Her words, or why the law replaces them.</param>
public sealed record GiveConsent(Guid CaseId, string? Receiver, string? Purpose, SharingGround Ground, string? Explanation);

/// <summary>What victims agree to share with whom (victim-safety D2, D4): recorded per recipient and purpose, withdrawn at any time, and enforced at once in what the unit sees.</summary>
public sealed class SharingConsents(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    // What ties a unit to a case by its own right, whatever was handed to it.
    private static readonly string[] OwnRight = [EventTypes.DutyCreated, EventTypes.UnitNotified, "duty.escalated", "duty.returned", "duty.hand-over-refused", "duty.hand-over-expired"];

    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>The consents of a case, newest first; nothing for who sees less than the working view.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<SharingConsent>?> ListAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await sights.FindAsync(db, caller, caseId, ct) is (_, { View: >= CaseView.Working })
            ? await db.SharingConsents.AsNoTracking().Where(c => c.CaseId == caseId).OrderByDescending(c => c.GivenAt).ThenByDescending(c => c.SharingConsentId).Take(200).ToListAsync(ct)
            : null;
    }

    /// <summary>Records a consent, or a ground in law in its place. What was handed to the unit for this purpose is told to it from now on.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public Task<Result<SharingConsent>> GiveAsync(GiveConsent command, Caller caller, CancellationToken ct) => turn.TakeAsync<SharingConsent>(
        command.CaseId, caller,
        async (db, file, map) =>
        {
            var now = time.Now;
            var work = new CaseRules(map, rules);
            if (map.Find(command.Receiver ?? "") is not { IsActive: true } unit)
            {
                return DutyFailures.ReceiverUnknown;
            }

            if (unit.UnitId == caller.UnitId)
            {
                return HandOverFailures.NotForOneself;
            }

            if (command.Purpose is not { } purpose || !rules.Current.Playbook.Kinds.ContainsKey(purpose))
            {
                return HandOverFailures.PurposeUnknown;
            }

            if (HandOverRules.CheckGround(command.Ground, command.Explanation, file, work.Clock.Zone.DateOf(now)) is { } unfounded)
            {
                return unfounded;
            }

            if (await CaseLeaks.TellsAsync(db, command.CaseId, [("explanation", command.Explanation)], ct))
            {
                return HandOverFailures.SheetTellsPlace;
            }

            if (await HandOverRules.RunningAsync(db, command.CaseId, unit.UnitId, purpose, ct) is not null)
            {
                return HandOverFailures.HoldsAlready;
            }

            var consent = HandOverRules.Consent(command.CaseId, unit.UnitId, purpose, command.Ground, command.Explanation, caller, unit.UnitId, now);
            var sink = new TrackedSink(db);
            sink.Add(consent);
            sink.Record(HandOverRules.Given(consent, file));
            foreach (var (sheet, duty) in await HandedAsync(db, [command.CaseId], unit.UnitId, ct))
            {
                if (duty.Kind == purpose && sheet.WithoutConsent)
                {
                    (sheet.WithoutConsent, sheet.SharingConsentId) = (false, consent.SharingConsentId);
                    Mark(duty, sheet);
                    work.Involve(file, unit, sink);
                }
            }

            return consent;
        },
        ct);

    /// <summary>Records that a consent is withdrawn, or that its ground no longer holds: the unit sees a card at most, unless the case is its own by right.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="consentId">Which.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public Task<Result<SharingConsent>> WithdrawAsync(Caller caller, Guid caseId, Guid consentId, string? reason, CancellationToken ct) => turn.TakeAsync<SharingConsent>(
        caseId, caller,
        async (db, file, map) =>
        {
            if (HandOverRules.Text(reason) is not { Length: <= 300 } why)
            {
                return CaseFailures.ReasonMissing;
            }

            if (await db.SharingConsents.AsTracking().SingleOrDefaultAsync(c => c.SharingConsentId == consentId && c.CaseId == caseId, ct) is not { } consent)
            {
                return CaseFailures.NotFound;
            }

            if (consent.WithdrawnAt is not null)
            {
                return HandOverFailures.WithdrawnAlready;
            }

            if (await CaseLeaks.TellsAsync(db, caseId, CaseLeaks.Reason(why), ct))
            {
                return CaseFailures.TellsPlace;
            }

            (consent.WithdrawnAt, consent.WithdrawnByWorkerId, consent.WithdrawnReason) = (time.Now, caller.WorkerId, why);
            db.Record(new PendingEvent("consent.withdrawn", consent.WithdrawnAt.Value, caseId, null, consent.UnitId, file.Case.Class, EventData.Of(
                ("kind", consent.Purpose), ("toUnit", consent.UnitId), ("reason", why))));
            var handed = await HandedAsync(db, [caseId], consent.UnitId, ct);
            foreach (var (sheet, duty) in handed.Where(h => h.Sheet.SharingConsentId == consentId))
            {
                sheet.WithoutConsent = true;
                Mark(duty, sheet);
            }

            await LimitAsync(db, file, consent.UnitId, [.. handed.Select(h => h.Sheet)], map, ct);
            return consent;
        },
        ct);

    private static async Task<List<(HandOver Sheet, Duty Duty)>> HandedAsync(AnhuDbContext db, Guid[] cases, Guid unitId, CancellationToken ct)
    {
        var found = await (
            from sheet in db.HandOvers.AsTracking()
            join duty in db.Duties.AsTracking() on sheet.DutyId equals duty.DutyId
            where cases.Contains(duty.CaseId) && sheet.ToUnitId == unitId
            orderby sheet.OfferedAt
            select new { sheet, duty }).ToListAsync(ct);
        return [.. found.Select(f => (f.sheet, f.duty))];
    }

    private static void Mark(Duty duty, HandOver sheet)
    {
        if (duty.HandOverId == sheet.HandOverId)
        {
            duty.HandOverWithoutConsent = sheet.WithoutConsent;
        }
        else if (duty.OwnerUnitId == sheet.ToUnitId)
        {
            duty.WithoutConsent = sheet.WithoutConsent;
        }
    }

    /// <summary>Takes back what only the consent gave.</summary>
    private static async Task LimitAsync(AnhuDbContext db, CaseFile file, Guid unitId, List<HandOver> sheets, OrganisationMap map, CancellationToken ct)
    {
        var caseId = file.Case.CaseId;
        if (map.Find(unitId) is not { } unit || sheets.Count == 0 || sheets[0].WasInvolved || sheets.Exists(s => !s.WithoutConsent)
            || await db.Timeline.AsNoTracking().AnyAsync(e => e.CaseId == caseId && e.UnitId == unitId && OwnRight.Contains(e.Type), ct))
        {
            return;
        }

        foreach (var each in map.WithSuperiors(unit))
        {
            // Units above stay what they are while another unit below them has to do with the case.
            if (file.Access.TryGetValue(each.UnitId, out var access) && (each.UnitId == unitId || (!access.IsDirect
                && !file.Access.Values.Any(a => a.IsDirect && map.Find(a.UnitId) is { } other && map.WithSuperiors(other).Any(u => u.UnitId == each.UnitId)))))
            {
                (access.IsDirect, access.IsHanded) = (false, true);
            }
        }
    }
}
