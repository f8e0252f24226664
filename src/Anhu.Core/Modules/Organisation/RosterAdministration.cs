using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>A turn of duty, with who has it.</summary>
/// <param name="EntryId">Its key.</param>
/// <param name="WorkerId">The worker.</param>
/// <param name="WorkerName">The worker's name.</param>
/// <param name="StartsAt">Start, UTC.</param>
/// <param name="EndsAt">End, UTC, exclusive.</param>
public sealed record RosterTurn(Guid EntryId, Guid WorkerId, string WorkerName, DateTimeOffset StartsAt, DateTimeOffset EndsAt);

/// <summary>Keeps duty rosters (值班表). Nobody is on duty twice at a time.</summary>
public sealed class RosterAdministration(AnhuDbContext db, OrganisationDirectory organisation, TimeProvider time)
{
    /// <summary>Longest turn.</summary>
    public static readonly TimeSpan LongestTurn = TimeSpan.FromDays(7);

    /// <summary>Most turns read at once.</summary>
    public const int MaxTurns = 500;

    /// <summary>The turns of a unit that touch a time, by start.</summary>
    /// <param name="unitId">The unit.</param>
    /// <param name="from">Start, UTC.</param>
    /// <param name="to">End, UTC, exclusive.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<RosterTurn>> ListAsync(Guid unitId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        // A bound on both ends of the start, so that the index on unit and start answers.
        var earliest = from - LongestTurn;
        return await db.DutyRoster.AsNoTracking()
            .Where(e => e.UnitId == unitId && e.StartsAt >= earliest && e.StartsAt < to && e.EndsAt > from)
            .Join(db.Workers, e => e.WorkerId, w => w.Id, (e, w) => new { e, w.DisplayName })
            .OrderBy(r => r.e.StartsAt).ThenBy(r => r.e.DutyRosterEntryId).Take(MaxTurns)
            .Select(r => new RosterTurn(r.e.DutyRosterEntryId, r.e.WorkerId, r.DisplayName, r.e.StartsAt, r.e.EndsAt)).ToListAsync(ct);
    }

    /// <summary>Puts a worker of the unit on duty.</summary>
    /// <param name="unitCode">The unit.</param>
    /// <param name="workerId">The worker.</param>
    /// <param name="startsAt">Start.</param>
    /// <param name="endsAt">End, exclusive.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> AddAsync(string unitCode, Guid workerId, DateTimeOffset startsAt, DateTimeOffset endsAt, Caller? by, CancellationToken ct)
    {
        var found = await FindAsync(unitCode, by, ct);
        if (!found.IsOk)
        {
            return found.Failure!;
        }

        var unit = found.Value;
        var (starts, ends) = (Clock.CutToMicroseconds(startsAt), Clock.CutToMicroseconds(endsAt));
        if (ends <= starts || ends - starts > LongestTurn)
        {
            return new Failure(FailureKind.Invalid, "organisation.roster-times", "endsAt");
        }

        if (ends <= time.Now)
        {
            return new Failure(FailureKind.Invalid, "organisation.roster-past", "endsAt");
        }

        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                if (!await db.Workers.AnyAsync(w => w.Id == workerId && w.UnitId == unit.UnitId && w.IsActive, ct))
                {
                    return new Failure(FailureKind.Invalid, "organisation.worker-not-here", "worker");
                }

                if (await db.DutyRoster.AnyAsync(e => e.WorkerId == workerId && e.StartsAt < ends && e.EndsAt > starts, ct))
                {
                    return new Failure(FailureKind.NotAllowed, "organisation.roster-overlap", "startsAt");
                }

                var entry = new DutyRosterEntry
                {
                    DutyRosterEntryId = Guid.CreateVersion7(), UnitId = unit.UnitId, WorkerId = workerId, StartsAt = starts, EndsAt = ends,
                };
                db.DutyRoster.Add(entry);
                Record(OrganisationEvents.RosterAdded, entry);
                return Result.Ok;
            },
            ct);
    }

    /// <summary>Takes a turn off the roster.</summary>
    /// <param name="unitCode">The unit.</param>
    /// <param name="entryId">The turn.</param>
    /// <param name="by">The administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> RemoveAsync(string unitCode, Guid entryId, Caller? by, CancellationToken ct)
    {
        var found = await FindAsync(unitCode, by, ct);
        if (!found.IsOk)
        {
            return found.Failure!;
        }

        var entry = await db.DutyRoster.SingleOrDefaultAsync(e => e.DutyRosterEntryId == entryId && e.UnitId == found.Value.UnitId, ct);
        if (entry is null)
        {
            return new Failure(FailureKind.NotFound, "organisation.roster-not-found");
        }

        db.Remove(entry);
        Record(OrganisationEvents.RosterRemoved, entry);
        await db.SaveChangesAsync(ct);
        return Result.Ok;
    }

    private async Task<Result<Unit>> FindAsync(string unitCode, Caller? by, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        if (map.Find(unitCode) is not { IsActive: true } unit)
        {
            return new Failure(FailureKind.NotFound, "organisation.unit-not-found");
        }

        return AdministrationScope.Covers(map, by, unit) ? unit : new Failure(FailureKind.Forbidden, "organisation.out-of-scope");
    }

    private void Record(string type, DutyRosterEntry entry) => db.Record(new PendingEvent(
        type, time.Now, UnitId: entry.UnitId,
        Data: EventData.Of(("workerId", entry.WorkerId), ("startsAt", entry.StartsAt), ("endsAt", entry.EndsAt))));
}
