using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.DataRequests;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Retention;

/// <summary>
/// Deletes what two people decided to delete. Each deletion is one transaction that looks once more whether it may happen: killed in the middle, nothing is
/// gone and the next turn does it; two nodes at once wait for each other, and the second finds it done.
/// </summary>
public sealed partial class RetentionKeeper(IDbContextFactory<AnhuDbContext> contexts, RetentionPolicy policy, CityZone zone, TimeProvider time, ILogger<RetentionKeeper> logger)
{
    /// <summary>A case was deleted.</summary>
    public const string Deleted = "retention.deleted";

    /// <summary>Requests for data were deleted at the end of their term.</summary>
    public const string RequestsDeleted = "retention.requests-deleted";

    /// <summary>Notices of courts that no case was found for were deleted at the end of their term.</summary>
    public const string NoticesDeleted = "retention.court-notices-deleted";

    private const int MostRequests = 500;

    /// <summary>Deletes what is confirmed, and requests for data and courts' notices without a case whose term is over.</summary>
    /// <param name="ct">Cancels; what is under way is then left whole.</param>
    /// <returns>How many deletions were done.</returns>
    public Task<int> RunAsync(CancellationToken ct) => RunAsync(null, ct);

    /// <summary>As above; the step is told of each table, for tests that stop it there.</summary>
    internal async Task<int> RunAsync(Action<string>? step, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await DeleteRequestsAsync(db, ct);
        await DeleteNoticesAsync(db, ct);
        var done = 0;
        foreach (var id in await db.Set<CaseDeletion>().AsNoTracking().Where(d => d.State == DeletionState.Confirmed).OrderBy(d => d.ProposedAt).Select(d => d.CaseDeletionId).ToListAsync(ct))
        {
            done += await DeleteAsync(id, step, ct) ? 1 : 0;
        }

        return done;
    }

    private async Task<bool> DeleteAsync(Guid id, Action<string>? step, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<CaseDeletion>().AsNoTracking().SingleAsync(d => d.CaseDeletionId == id, ct) is not { State: DeletionState.Confirmed } confirmed
            || await MayAsync(db, confirmed, ct) is false)
        {
            await EndAsync(db, id, ct);
            return false;
        }

        // Before the cases go, since what is looked for is known from them. Done twice, it finds nothing the second time.
        var words = await CaseEraser.WordsAsync(db, [.. confirmed.Cases], ct);
        await words.ForgetAsync(db, ct);
        var deleted = await db.ExclusivelyAsync(
            async () =>
            {
                var deletion = await db.Set<CaseDeletion>().AsTracking().SingleAsync(d => d.CaseDeletionId == id, ct);
                if (deletion.State != DeletionState.Confirmed || !await MayAsync(db, deletion, ct))
                {
                    return false;
                }

                var now = time.Now;
                List<Guid> cases = [.. deletion.Cases];
                var numbers = await RetentionGroups.NumbersAsync(db, cases, ct);
                deletion.Rows = await CaseEraser.EraseAsync(db, cases, step, ct);
                (deletion.State, deletion.EndedAt) = (DeletionState.Done, now);
                foreach (var caseId in cases)
                {
                    db.Record(new PendingEvent(Deleted, now, caseId, null, null, deletion.Class, EventData.Of(
                        ("deletion", id), ("number", numbers.GetValueOrDefault(caseId)), ("term", deletion.TermId), ("policy", deletion.PolicyVersion), ("due", deletion.DueOn.ToString("O", CultureInfo.InvariantCulture)),
                        ("proposedBy", deletion.ProposedByWorkerId), ("confirmedBy", deletion.ConfirmedByWorkerId), ("rows", deletion.Rows))));
                }

                step?.Invoke("commit");
                return true;
            },
            ct);
        if (deleted)
        {
            LogDeleted(id, confirmed.Cases.Count);
        }
        else
        {
            await EndAsync(db, id, ct);
        }

        return deleted;
    }

    /// <summary>Whether just these cases hang together, all are due, and nothing holds them.</summary>
    private async Task<bool> MayAsync(AnhuDbContext db, CaseDeletion deletion, CancellationToken ct)
    {
        var groups = await RetentionGroups.OfAsync(db, deletion.Cases, policy, zone, zone.DateOf(time.Now), ct);
        return groups is [{ Standing: RetentionStanding.Due } group] && group.Ids.ToHashSet().SetEquals(deletion.Cases);
    }

    /// <summary>Something came in between: it has to be decided again.</summary>
    private async Task EndAsync(AnhuDbContext db, Guid id, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        await db.ExclusivelyAsync(
            async () =>
            {
                if (await db.Set<CaseDeletion>().AsTracking().SingleAsync(d => d.CaseDeletionId == id, ct) is { State: DeletionState.Confirmed } deletion && !await MayAsync(db, deletion, ct))
                {
                    (deletion.State, deletion.EndedAt) = (DeletionState.Withdrawn, time.Now);
                    db.Record(new PendingEvent(RetentionDesk.Withdrawn, time.Now, deletion.Cases[0], null, null, null, EventData.Of(("deletion", id))));
                }

                return true;
            },
            ct);
    }

    private async Task DeleteRequestsAsync(AnhuDbContext db, CancellationToken ct)
    {
        if (policy.RequestYears is not { } years)
        {
            return;
        }

        var before = zone.StartOf(zone.DateOf(time.Now).AddYears(-years));
        if (!await db.Set<DataRequest>().AnyAsync(r => r.AskedAt < before && (r.DecidedAt == null || r.DecidedAt < before), ct))
        {
            return;
        }

        await db.ExclusivelyAsync(
            async () =>
            {
                var ids = await db.Set<DataRequest>().Where(r => r.AskedAt < before && (r.DecidedAt == null || r.DecidedAt < before)).OrderBy(r => r.AskedAt).Take(MostRequests)
                    .Select(r => r.DataRequestId).ToListAsync(ct);
                var rows = await db.Set<DataRequest>().Where(r => ids.Contains(r.DataRequestId)).ExecuteDeleteAsync(ct);
                if (rows > 0)
                {
                    db.Record(new PendingEvent(RequestsDeleted, time.Now, null, null, null, null, EventData.Of(("rows", rows), ("policy", policy.Version))));
                }

                return rows;
            },
            ct);
    }

    /// <summary>What was joined to a case goes with it.</summary>
    private async Task DeleteNoticesAsync(AnhuDbContext db, CancellationToken ct)
    {
        var today = zone.DateOf(time.Now);
        if (policy.NoticeTermOf(today) is not { } term)
        {
            return;
        }

        var before = zone.StartOf(today.AddYears(-term.Years));
        while (await db.CourtNotices.AnyAsync(n => n.MeasureId == null && n.IncidentId == null && n.ReceivedAt < before, ct))
        {
            await db.ExclusivelyAsync(
                async () =>
                {
                    var ids = await db.CourtNotices.Where(n => n.MeasureId == null && n.IncidentId == null && n.ReceivedAt < before).OrderBy(n => n.ReceivedAt).Take(MostRequests)
                        .Select(n => n.CourtNoticeId).ToListAsync(ct);
                    var rows = await db.CourtNotices.Where(n => ids.Contains(n.CourtNoticeId)).ExecuteDeleteAsync(ct);
                    if (rows > 0)
                    {
                        db.Record(new PendingEvent(NoticesDeleted, time.Now, null, null, null, null, EventData.Of(("rows", rows), ("policy", policy.Version))));
                    }

                    return rows;
                },
                ct);
        }
    }

    [LoggerMessage(LogLevel.Information, "Deletion {CaseDeletionId} is done: {Cases} case(s) whose term was over")]
    private partial void LogDeleted(Guid caseDeletionId, int cases);
}
