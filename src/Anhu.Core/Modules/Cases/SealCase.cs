using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>What can go wrong with a seal.</summary>
public static class SealFailures
{
    /// <summary>Only a supervisor of a unit that works on the case may seal it.</summary>
    public static Failure NotAllowed { get; } = new(FailureKind.Forbidden, "seal.not-allowed");

    /// <summary>A named worker is not there, has left, or is shut out.</summary>
    public static Failure WorkerUnknown { get; } = new(FailureKind.Invalid, "seal.worker-unknown", "workers");

    /// <summary>The case is sealed already, or is not.</summary>
    public static Failure NoChange { get; } = new(FailureKind.NotAllowed, "seal.no-change");
}

/// <summary>
/// Seals a case (victim-safety D7): a colleague as victim, a public figure, witness protection. From then on the named workers
/// find it, and nobody else; it is not counted, listed, searched or fed to any unit. Its duties and their deadlines go on.
/// </summary>
public sealed class SealCaseHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    /// <summary>Seals a case.</summary>
    /// <param name="caller">A supervisor; has a seat in it afterwards.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="userNames">Sign-in names of the workers who may see it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> SealAsync(Caller caller, Guid caseId, IReadOnlyCollection<string> userNames, string reason, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > 1000)
        {
            return CaseFailures.ReasonMissing;
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                if (caller.WorkerId is not { } own || await sights.FindAsync(db, caller, caseId, ct) is null)
                {
                    return CaseFailures.NotFound;
                }

                var file = (await CaseFile.LoadAsync(db, [caseId], ct))[caseId];
                if (!AccessPolicy.MaySupervise(caller, file, map))
                {
                    return SealFailures.NotAllowed;
                }

                if (file.Case.IsSealed)
                {
                    return SealFailures.NoChange;
                }

                var names = userNames.Select(n => n.Trim().ToUpperInvariant()).Where(n => n.Length > 0).Distinct().ToList();
                var workers = await db.Workers.AsNoTracking()
                    .Where(w => names.Contains(w.NormalizedUserName!) && w.IsActive && !db.AccessBlocks.Any(b => b.WorkerId == w.Id && b.CaseId == caseId))
                    .Select(w => w.Id).ToListAsync(ct);
                if (workers.Count < names.Count)
                {
                    return SealFailures.WorkerUnknown;
                }

                var now = time.Now;
                db.AddRange(workers.Append(own).Distinct().Select(w => new SealedSeat { CaseId = caseId, WorkerId = w, Since = now }));
                db.RemoveRange(file.Access.Values);
                file.Access.Clear();
                file.Case.IsSealed = true;
                db.Record(new PendingEvent(EventTypes.CaseSealed, now, caseId, null, caller.UnitId, file.Case.Class, EventData.Of(
                    ("reason", reason.Trim()), ("workers", workers.Append(own).Distinct().Count()))));
                return Result.Ok;
            },
            ct);
    }

    /// <summary>Lifts the seal: the units that have duties, and the police of the place, see the case again.</summary>
    /// <param name="caller">A supervisor with a seat.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> UnsealAsync(Caller caller, Guid caseId, string reason, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > 1000)
        {
            return CaseFailures.ReasonMissing;
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                if (!caller.May(Permissions.Supervise) || await sights.FindAsync(db, caller, caseId, ct) is not (var dvCase, _))
                {
                    return CaseFailures.NotFound;
                }

                if (!dvCase.IsSealed)
                {
                    return SealFailures.NoChange;
                }

                var file = (await CaseFile.LoadAsync(db, [caseId], ct))[caseId];
                db.RemoveRange(await db.SealedSeats.Where(s => s.CaseId == caseId).ToListAsync(ct));
                file.Case.IsSealed = false;
                var work = new CaseRules(map, rules);
                var owners = await db.Duties.Where(d => d.CaseId == caseId).Select(d => new { d.OwnerUnitId, d.WithoutConsent }).Distinct().ToListAsync(ct);
                var police = map.Responsible(Agency.Police, file.Case.RegionCode, RegionLevel.Township);
                foreach (var owner in owners)
                {
                    if (map.Find(owner.OwnerUnitId) is { } unit)
                    {
                        work.Involve(file, unit, new TrackedSink(db), owner.WithoutConsent);
                    }
                }

                if (police is not null)
                {
                    work.Involve(file, police, new TrackedSink(db));
                }

                db.Record(new PendingEvent(EventTypes.CaseUnsealed, time.Now, caseId, null, caller.UnitId, file.Case.Class, EventData.Of(("reason", reason.Trim()))));
                return Result.Ok;
            },
            ct);
    }

    /// <summary>The sealed cases in which a worker has a seat, newest first.</summary>
    /// <param name="caller">The worker.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<CaseLine>> OfAsync(Caller caller, CancellationToken ct)
    {
        if (caller.WorkerId is not { } worker || !caller.May(Permissions.ReadCases))
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var seats = await db.SealedSeats.AsNoTracking().Where(s => s.WorkerId == worker).OrderByDescending(s => s.Since).Select(s => s.CaseId).Take(100).ToListAsync(ct);
        return seats.Count == 0 ? [] : await db.Cases.AsNoTracking().VisibleTo(caller, db).Where(c => seats.Contains(c.CaseId))
            .OrderByDescending(c => c.CaseSequence).Take(100)
            .Select(c => new CaseLine(
                c.CaseId, c.CaseNumber, c.CaseSequence, c.State, c.Class, c.RegionCode, c.OpenedAt, c.LastAlarmAt, c.IncidentCount, c.OpenDutyCount))
            .ToListAsync(ct);
    }
}
