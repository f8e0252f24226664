using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Work;

/// <summary>A hand-over as a caller may see it.</summary>
/// <param name="Sheet">The sheet; without what may not be told.</param>
/// <param name="Kind">Kind of the duty.</param>
/// <param name="State">What became of it.</param>
/// <param name="Answer">Why it was returned.</param>
/// <param name="AnsweredAt">When it was answered or expired, UTC.</param>
/// <param name="IsTold">Whether the sheet is shown in full.</param>
/// <param name="Ground">Why the receiver may be told; null for no ground, or where none is needed.</param>
/// <param name="Explanation">Her words, or why the law replaces them.</param>
/// <param name="WorkerName">Who handed over.</param>
/// <param name="MayMark">Whether the caller may say that a step is done.</param>
public sealed record HandOverView(
    HandOver Sheet, string Kind, HandOverState State, string? Answer, DateTimeOffset? AnsweredAt, bool IsTold, SharingGround? Ground, string? Explanation, string? WorkerName, bool MayMark);

/// <summary>Reads hand-overs and says that their steps are done; every query asks the access policy.</summary>
public sealed class HandOverQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, TimeProvider time)
{
    private static readonly string[] Answers = ["duty.hand-over-accepted", "duty.hand-over-refused", "duty.hand-over-expired"];

    /// <summary>The hand-overs of a duty, newest first; null when there is no such duty for the caller.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="dutyId">The duty.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<HandOverView>?> OfDutyAsync(Caller caller, Guid dutyId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var duty = await db.Duties.AsNoTracking().VisibleTo(caller, db).SingleOrDefaultAsync(d => d.DutyId == dutyId, ct);
        return duty is null || await sights.FindAsync(db, caller, duty.CaseId, ct) is not (_, var sight) ? null : await ViewsAsync(db, caller, sight, [duty], ct);
    }

    /// <summary>The hand-overs of a case, newest first; null when the caller does not find it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(CaseSight Sight, IReadOnlyList<HandOverView> HandOvers)?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not (_, var sight))
        {
            return null;
        }

        var duties = await db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.CaseId == caseId && db.HandOvers.Any(h => h.DutyId == d.DutyId)).ToListAsync(ct);
        return (sight, await ViewsAsync(db, caller, sight, duties, ct));
    }

    /// <summary>Says that a step of an accepted hand-over is done.</summary>
    /// <param name="caller">Who; of the unit that has the duty.</param>
    /// <param name="dutyId">The duty.</param>
    /// <param name="handOverId">The hand-over.</param>
    /// <param name="step">Which step, from 0.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result> MarkAsync(Caller caller, Guid dutyId, Guid handOverId, int step, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                var duty = await db.Duties.AsNoTracking().VisibleTo(caller, db).SingleOrDefaultAsync(d => d.DutyId == dutyId, ct);
                var sheet = await db.HandOvers.AsTracking().SingleOrDefaultAsync(h => h.HandOverId == handOverId && h.DutyId == dutyId, ct);
                if (duty is null || sheet is null)
                {
                    return DutyFailures.NotFound;
                }

                if (!MayMark(caller, duty, map))
                {
                    return new Failure(FailureKind.Forbidden, "duties.not-your-unit");
                }

                if (!IsHeld(duty, sheet))
                {
                    return HandOverFailures.NotAccepted;
                }

                if (sheet.WithoutConsent || step < 0 || step >= sheet.Steps.Count || sheet.Steps[step].DoneAt is not null)
                {
                    return HandOverFailures.StepUnknown;
                }

                var now = time.Now;
                sheet.Steps = [.. sheet.Steps.Select((s, i) => i == step ? s with { DoneAt = now, UnitId = duty.OwnerUnitId, WorkerId = caller.WorkerId } : s)];
                db.Record(new PendingEvent("duty.hand-over-step", now, duty.CaseId, duty.DutyId, duty.OwnerUnitId, duty.Class, EventData.Of(
                    ("kind", duty.Kind), ("handOver", sheet.HandOverId), ("step", step + 1), ("open", sheet.Steps.Count(s => s.DoneAt is null)))));
                return Result.Ok;
            },
            ct);
    }

    private static bool MayMark(Caller caller, Duty duty, OrganisationMap map) => caller.May(Permissions.WorkDuties) && caller.UnitId is { } own
        && (own == duty.OwnerUnitId || AccessPolicy.MaySupervise(caller, duty.OwnerUnitId, map)
            || (caller.ClientId is not null && map.Find(duty.OwnerUnitId) is { } owner && map.WithSuperiors(owner).Any(u => u.UnitId == own)));

    private static bool IsHeld(Duty duty, HandOver sheet) => duty.IsOpen && duty.OwnerUnitId == sheet.ToUnitId && duty.HandOverId != sheet.HandOverId;

    private async Task<IReadOnlyList<HandOverView>> ViewsAsync(AnhuDbContext db, Caller caller, CaseSight sight, IReadOnlyCollection<Duty> duties, CancellationToken ct)
    {
        var byId = duties.ToDictionary(d => d.DutyId);
        Guid[] ids = [.. byId.Keys];
        var sheets = await db.HandOvers.AsNoTracking().Where(h => ids.Contains(h.DutyId)).ToListAsync(ct);
        if (sheets.Count == 0)
        {
            return [];
        }

        var map = await organisation.GetAsync(ct);
        var events = await db.Timeline.AsNoTracking().Where(e => e.DutyId != null && ids.Contains(e.DutyId.Value) && Answers.Contains(e.Type))
            .OrderBy(e => e.Sequence).Select(e => new { e.Type, e.At, e.Data }).ToListAsync(ct);
        var told = await EventTexts.OpenDataAsync(db, [.. events.Select(e => e.Data)], ct);
        var answers = events.Select((e, i) => (e.Type, e.At, Data: Read(told[i]))).Where(a => a.Data.HandOver is not null).ToLookup(a => a.Data.HandOver!.Value);
        Guid[] consents = [.. sheets.Select(s => s.SharingConsentId).OfType<Guid>()];
        var grounds = await db.SharingConsents.AsNoTracking().Where(c => consents.Contains(c.SharingConsentId)).ToDictionaryAsync(c => c.SharingConsentId, ct);
        Guid[] workers = [.. sheets.Select(s => s.WorkerId).OfType<Guid>().Distinct()];
        var names = await db.Workers.AsNoTracking().Where(w => workers.Contains(w.Id)).ToDictionaryAsync(w => w.Id, w => w.DisplayName, ct);
        return [.. sheets.OrderByDescending(s => s.OfferedAt).ThenByDescending(s => s.HandOverId).Select(View)];

        HandOverView View(HandOver sheet)
        {
            var duty = byId[sheet.DutyId];
            var answer = answers[sheet.HandOverId].FirstOrDefault();
            var state = answer.Type switch
            {
                "duty.hand-over-accepted" => HandOverState.Accepted,
                "duty.hand-over-refused" => HandOverState.Returned,
                "duty.hand-over-expired" => HandOverState.Expired,
                _ => duty.HandOverId == sheet.HandOverId ? HandOverState.Offered : HandOverState.Ended,
            };
            var (gives, receives) = (caller.UnitId == sheet.FromUnitId, caller.UnitId == sheet.ToUnitId);
            var isTold = sight.Shows(FieldClass.Story) || gives || (receives && !sheet.WithoutConsent);
            var ground = sheet.SharingConsentId is { } id ? grounds.GetValueOrDefault(id) : null;
            return new HandOverView(
                isTold ? sheet : new HandOver
                {
                    HandOverId = sheet.HandOverId, DutyId = sheet.DutyId, FromUnitId = sheet.FromUnitId, ToUnitId = sheet.ToUnitId, OfferedAt = sheet.OfferedAt, WorkerId = sheet.WorkerId,
                    Urgency = sheet.Urgency, Reason = receives ? sheet.Reason : null, WithoutConsent = sheet.WithoutConsent, WasInvolved = sheet.WasInvolved,
                },
                duty.Kind, state, isTold || receives ? answer.Data.Reason : null, answer.Type is null ? null : answer.At, isTold, ground is { WithdrawnAt: null } ? ground.Ground : null,
                isTold ? ground?.Explanation : null, sheet.WorkerId is { } worker ? names.GetValueOrDefault(worker) : null,
                isTold && !sheet.WithoutConsent && IsHeld(duty, sheet) && MayMark(caller, duty, map));
        }
    }

    private static (Guid? HandOver, string? Reason) Read(string data)
    {
        using var json = JsonDocument.Parse(data);
        return (
            json.RootElement.TryGetProperty("handOver", out var sheet) && sheet.TryGetGuid(out var id) ? id : null,
            json.RootElement.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString() : null);
    }
}
