using System.Collections.Frozen;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Feed;

/// <summary>One event as a hint: what changed, without personal data; and the units that may know of it.</summary>
/// <param name="Sequence">Position.</param>
/// <param name="Type">Event type.</param>
/// <param name="CaseId">Case.</param>
/// <param name="DutyId">Duty.</param>
/// <param name="Class">Class after it.</param>
/// <param name="At">When, UTC.</param>
/// <param name="UnitId">Unit it is about.</param>
/// <param name="WorkerId">Who did it, for the node itself; never sent.</param>
public sealed record FeedItem(long Sequence, string Type, Guid? CaseId, Guid? DutyId, int? Class, DateTimeOffset At, Guid? UnitId, Guid? WorkerId = null);

/// <summary>An event with who may know of it.</summary>
/// <param name="Item">The event.</param>
/// <param name="Units">The units that may.</param>
/// <param name="Shut">Workers of those units who may not.</param>
public sealed record FeedRow(FeedItem Item, Guid[] Units, Guid[] Shut);

/// <summary>Reads the timeline for the feed: what a unit may see after a cursor, in order, nothing missed and nothing twice.</summary>
public sealed class FeedQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights)
{
    /// <summary>Events after a cursor that a caller may see.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="after">The cursor.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The items, and the cursor up to which everything was looked at.</returns>
    public async Task<(IReadOnlyList<FeedItem> Items, long Cursor)> AfterAsync(Caller caller, long after, int limit, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var head = await db.Head().Select(h => h.Sequence).SingleAsync(ct);
        var visible = db.CaseAccess.VisibleTo(caller, db);
        var events = db.Timeline.AsNoTracking().Where(e => e.Sequence > after && e.Sequence <= head && e.CaseId != null && visible.Any(a => a.CaseId == e.CaseId));
        if (!await sights.HearsStoryAsync(caller, ct))
        {
            events = events.WithoutStory();
        }

        var items = await events
            .OrderBy(e => e.Sequence).Take(limit)
            .Select(e => new FeedItem(e.Sequence, e.Type, e.CaseId, e.DutyId, e.Class, e.At, e.UnitId, null))
            .ToListAsync(ct);
        return (items, items.Count == limit ? items[^1].Sequence : Math.Max(head, after));
    }

    /// <summary>The newest sequence.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<long> HeadAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Head().Select(h => h.Sequence).SingleAsync(ct);
    }

    /// <summary>All new events after a cursor, with the units that may see each; for the node's follower.</summary>
    /// <param name="after">The cursor.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="withUnits">False when nobody listens: then no event names a unit.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<FeedRow>> FollowAsync(long after, int limit, bool withUnits, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var items = await db.Timeline.AsNoTracking().Where(e => e.Sequence > after).OrderBy(e => e.Sequence).Take(limit)
            .Select(e => new FeedItem(e.Sequence, e.Type, e.CaseId, e.DutyId, e.Class, e.At, e.UnitId, e.WorkerId)).ToListAsync(ct);
        var cases = withUnits ? items.Select(i => i.CaseId).OfType<Guid>().Distinct().ToList() : [];
        if (cases.Count == 0)
        {
            return [.. items.Select(i => new FeedRow(i, [], []))];
        }

        var access = (await db.CaseAccess.AsNoTracking().Where(a => cases.Contains(a.CaseId)).Select(a => new { a.CaseId, a.UnitId }).ToListAsync(ct))
            .GroupBy(a => a.CaseId).ToFrozenDictionary(g => g.Key, g => g.Select(a => a.UnitId).ToArray());
        var shut = (await db.AccessBlocks.AsNoTracking().Where(b => cases.Contains(b.CaseId)).Select(b => new { b.CaseId, b.WorkerId }).ToListAsync(ct))
            .ToLookup(b => b.CaseId, b => b.WorkerId);
        return [.. items.Select(i => i.CaseId is { } id && access.TryGetValue(id, out var units) ? new FeedRow(i, units, [.. shut[id]]) : new FeedRow(i, [], []))];
    }
}
