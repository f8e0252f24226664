using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Retention;

/// <summary>What can go wrong with retention.</summary>
public static class RetentionFailures
{
    /// <summary>No such case, hold or deletion for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "retention.not-found");

    /// <summary>There is no case of that number.</summary>
    public static Failure CaseUnknown { get; } = new(FailureKind.Invalid, "retention.case-unknown", "caseNumber");

    /// <summary>A reason is missing or too long.</summary>
    public static Failure ReasonWrong { get; } = new(FailureKind.Invalid, "retention.reason-wrong", "reason");

    /// <summary>The last day of a hold is past.</summary>
    public static Failure UntilWrong { get; } = new(FailureKind.Invalid, "retention.until-wrong", "until");

    /// <summary>The case is not due: its term goes on, it is held, or another case needs it.</summary>
    public static Failure NotDue { get; } = new(FailureKind.NotAllowed, "retention.not-due");

    /// <summary>It is proposed already.</summary>
    public static Failure Proposed { get; } = new(FailureKind.NotAllowed, "retention.proposed");

    /// <summary>Another person has to confirm.</summary>
    public static Failure NeedsSecondPerson { get; } = new(FailureKind.NotAllowed, "retention.needs-second-person");

    /// <summary>It was confirmed, deleted or withdrawn already.</summary>
    public static Failure Decided { get; } = new(FailureKind.NotAllowed, "retention.decided");
}

/// <summary>A case whose term is over.</summary>
/// <param name="CaseId">The oldest case of those that hang together.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Cases">How many hang together.</param>
/// <param name="Class">The gravest class that they ever had.</param>
/// <param name="ClosedAt">When the last was closed, UTC.</param>
/// <param name="DueOn">The last day of the term.</param>
/// <param name="Term">The term.</param>
public sealed record DueCase(Guid CaseId, string CaseNumber, int Cases, int Class, DateTimeOffset ClosedAt, DateOnly DueOn, RetentionTerm Term);

/// <summary>A page of cases whose term is over.</summary>
/// <param name="Cases">The cases; there can be fewer than asked for, even none, with more to come.</param>
/// <param name="Next">Where to go on; null at the end.</param>
public sealed record DuePage(IReadOnlyList<DueCase> Cases, long? Next);

/// <summary>A hold with the number of its case.</summary>
/// <param name="Hold">The hold.</param>
/// <param name="CaseNumber">The case's number.</param>
public sealed record HeldCase(RetentionHold Hold, string CaseNumber);

/// <summary>
/// Retention and deletion (保存期限与删除): the data-protection officer sees what is due, places and releases holds, and proposes deletions, which another
/// person confirms. Who is shut out of a case, or has no seat in a sealed one, is told of neither.
/// </summary>
public sealed class RetentionDesk(IDbContextFactory<AnhuDbContext> contexts, RetentionPolicy policy, CityZone zone, TimeProvider time)
{
    /// <summary>A hold was placed.</summary>
    public const string Held = "retention.held";

    /// <summary>A hold was released.</summary>
    public const string Released = "retention.released";

    /// <summary>A deletion was proposed.</summary>
    public const string Proposed = "retention.proposed";

    /// <summary>A deletion was confirmed.</summary>
    public const string Confirmed = "retention.confirmed";

    /// <summary>A deletion was withdrawn.</summary>
    public const string Withdrawn = "retention.withdrawn";

    /// <summary>The terms.</summary>
    public RetentionPolicy Policy => policy;

    /// <summary>Whether a caller has anything to do with retention.</summary>
    /// <param name="caller">Who asks.</param>
    public static bool May(Caller caller) => caller.WorkerId is not null && caller.May(Permissions.ReviewAccess);

    /// <summary>Cases whose term is over, by their age.</summary>
    /// <param name="caller">Who asks; null for the operator's command line.</param>
    /// <param name="after">Where to go on.</param>
    /// <param name="limit">How many are looked at.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<DuePage> DueAsync(Caller? caller, long after, int limit, CancellationToken ct)
    {
        var today = zone.DateOf(time.Now);
        if ((caller is not null && !May(caller)) || policy.LatestClosing(today) is not { } latest)
        {
            return new DuePage([], null);
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var candidates = await RetentionGroups.CandidatesAsync(db, zone.StartOf(latest), after, limit, ct);
        var groups = await RetentionGroups.OfAsync(db, [.. candidates.Select(c => c.CaseId)], policy, zone, today, ct);
        var waiting = (await db.Set<CaseDeletion>().AsNoTracking().Where(d => d.State == DeletionState.Proposed || d.State == DeletionState.Confirmed).Select(d => d.Cases).ToListAsync(ct))
            .SelectMany(c => c).ToHashSet();
        var shut = await ShutAsync(db, caller, [.. groups.SelectMany(g => g.Ids)], ct);
        var page = candidates.Select(c => c.CaseId).ToHashSet();
        return new DuePage(
            [
                .. groups.Where(g => g.Standing == RetentionStanding.Due && !g.Ids.Exists(id => waiting.Contains(id) || shut.Contains(id)) && g.Cases.FirstOrDefault(c => c.JoinedIntoCaseId is null) is { } first && page.Contains(first.CaseId))
                    .Select(g => new DueCase(g.Cases[0].CaseId, g.Cases[0].CaseNumber, g.Cases.Count, g.Class, g.Cases.Max(c => c.ClosedAt!.Value), g.DueOn!.Value, g.Term!)),
            ],
            candidates.Count == limit ? candidates[^1].Sequence : null);
    }

    /// <summary>Holds that stand, the newest first.</summary>
    /// <param name="caller">Who asks; null for the operator's command line.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<HeldCase>> HeldAsync(Caller? caller, int limit, CancellationToken ct)
    {
        if (caller is not null && !May(caller))
        {
            return [];
        }

        var today = zone.DateOf(time.Now);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var holds = await db.Set<RetentionHold>().AsNoTracking().Where(h => h.ReleasedAt == null && (h.UntilOn == null || h.UntilOn >= today)).OrderByDescending(h => h.PlacedAt).Take(limit).ToListAsync(ct);
        var ids = holds.ConvertAll(h => h.CaseId);
        var shut = await ShutAsync(db, caller, ids, ct);
        var numbers = await RetentionGroups.NumbersAsync(db, ids, ct);
        return [.. holds.Where(h => !shut.Contains(h.CaseId) && numbers.ContainsKey(h.CaseId)).Select(h => new HeldCase(h, numbers[h.CaseId]))];
    }

    /// <summary>Deletions in some states, the newest first. Those that are done stay for ever.</summary>
    /// <param name="caller">Who asks; null for the operator's command line.</param>
    /// <param name="states">Which.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<CaseDeletion>> DeletionsAsync(Caller? caller, IReadOnlyCollection<DeletionState> states, int limit, CancellationToken ct)
    {
        if (caller is not null && !May(caller))
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var list = states.ToList();
        var deletions = await db.Set<CaseDeletion>().AsNoTracking().Where(d => list.Contains(d.State)).OrderByDescending(d => d.ProposedAt).Take(limit).ToListAsync(ct);
        var shut = await ShutAsync(db, caller, [.. deletions.SelectMany(d => d.Cases)], ct);
        return [.. deletions.Where(d => !d.Cases.Any(shut.Contains))];
    }

    /// <summary>Places a hold.</summary>
    /// <param name="caseNumber">Number of the case.</param>
    /// <param name="reason">Why.</param>
    /// <param name="until">The last day; null until it is released.</param>
    /// <param name="caller">Who asks; null for the operator's command line.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<Guid>> HoldAsync(string caseNumber, string reason, DateOnly? until, Caller? caller, CancellationToken ct)
    {
        if (caller is not null && !May(caller))
        {
            return RetentionFailures.NotFound;
        }

        var now = time.Now;
        if (string.IsNullOrWhiteSpace(reason) || reason.Trim().Length > RetentionHold.ReasonMaxLength)
        {
            return RetentionFailures.ReasonWrong;
        }

        if (until < zone.DateOf(now))
        {
            return RetentionFailures.UntilWrong;
        }

        await using var db = await OpenAsync(caller, ct);
        return await db.ExclusivelyAsync<Result<Guid>>(
            async () =>
            {
                if (await RetentionGroups.FindAsync(db, caseNumber.Trim(), ct) is not { } caseId || (await ShutAsync(db, caller, [caseId], ct)).Count > 0)
                {
                    return RetentionFailures.CaseUnknown;
                }

                var hold = new RetentionHold { RetentionHoldId = Guid.CreateVersion7(now), CaseId = caseId, Reason = reason.Trim(), PlacedByWorkerId = caller?.WorkerId, PlacedAt = now, UntilOn = until };
                db.Add(hold);
                db.Record(new PendingEvent(Held, now, caseId, null, caller?.UnitId, null, EventData.Of(("hold", hold.RetentionHoldId), ("until", until?.ToString("O", CultureInfo.InvariantCulture)), ("reason", hold.Reason))));
                return hold.RetentionHoldId;
            },
            ct);
    }

    /// <summary>Releases a hold.</summary>
    /// <param name="holdId">The hold.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> ReleaseAsync(Guid holdId, Caller caller, CancellationToken ct)
    {
        await using var db = await OpenAsync(caller, ct);
        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                if (!May(caller) || await db.Set<RetentionHold>().AsTracking().SingleOrDefaultAsync(h => h.RetentionHoldId == holdId, ct) is not { } hold
                    || (await ShutAsync(db, caller, [hold.CaseId], ct)).Count > 0)
                {
                    return RetentionFailures.NotFound;
                }

                if (hold.ReleasedAt is not null)
                {
                    return RetentionFailures.Decided;
                }

                (hold.ReleasedAt, hold.ReleasedByWorkerId) = (time.Now, caller.WorkerId);
                db.Record(new PendingEvent(Released, time.Now, hold.CaseId, null, caller.UnitId, null, EventData.Of(("hold", holdId))));
                return Result.Ok;
            },
            ct);
    }

    /// <summary>Proposes to delete a case that is due, with those that hang together with it.</summary>
    /// <param name="caseId">One of them.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<Guid>> ProposeAsync(Guid caseId, Caller caller, CancellationToken ct)
    {
        await using var db = await OpenAsync(caller, ct);
        return await db.ExclusivelyAsync<Result<Guid>>(
            async () =>
            {
                var now = time.Now;
                if (!May(caller) || (await RetentionGroups.OfAsync(db, [caseId], policy, zone, zone.DateOf(now), ct)) is not [var group]
                    || (await ShutAsync(db, caller, group.Ids, ct)).Count > 0)
                {
                    return RetentionFailures.NotFound;
                }

                if (group.Standing != RetentionStanding.Due)
                {
                    return RetentionFailures.NotDue;
                }

                var waiting = await db.Set<CaseDeletion>().AsNoTracking().Where(d => d.State == DeletionState.Proposed || d.State == DeletionState.Confirmed).Select(d => d.Cases).ToListAsync(ct);
                if (waiting.Exists(w => w.Any(group.Ids.Contains)))
                {
                    return RetentionFailures.Proposed;
                }

                var deletion = new CaseDeletion
                {
                    CaseDeletionId = Guid.CreateVersion7(now), Cases = group.Ids, CaseNumber = group.Cases[0].CaseNumber, Class = group.Class, TermId = group.Term!.TermId,
                    PolicyVersion = policy.Version, DueOn = group.DueOn!.Value, State = DeletionState.Proposed, ProposedByWorkerId = caller.WorkerId!.Value, ProposedAt = now,
                };
                db.Add(deletion);
                db.Record(new PendingEvent(Proposed, now, group.Ids[0], null, caller.UnitId, null, EventData.Of(
                    ("deletion", deletion.CaseDeletionId), ("term", deletion.TermId), ("policy", policy.Version), ("due", deletion.DueOn.ToString("O", CultureInfo.InvariantCulture)))));
                return deletion.CaseDeletionId;
            },
            ct);
    }

    /// <summary>The second person confirms a deletion, or anybody withdraws it before that.</summary>
    /// <param name="deletionId">The deletion.</param>
    /// <param name="confirm">Whether to confirm.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> DecideAsync(Guid deletionId, bool confirm, Caller caller, CancellationToken ct)
    {
        await using var db = await OpenAsync(caller, ct);
        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                if (!May(caller) || await db.Set<CaseDeletion>().AsTracking().SingleOrDefaultAsync(d => d.CaseDeletionId == deletionId, ct) is not { } deletion
                    || (await ShutAsync(db, caller, [.. deletion.Cases], ct)).Count > 0)
                {
                    return RetentionFailures.NotFound;
                }

                if (deletion.State != DeletionState.Proposed && (confirm || deletion.State != DeletionState.Confirmed))
                {
                    return RetentionFailures.Decided;
                }

                var now = time.Now;
                if (confirm)
                {
                    if (deletion.ProposedByWorkerId == caller.WorkerId)
                    {
                        return RetentionFailures.NeedsSecondPerson;
                    }

                    var groups = await RetentionGroups.OfAsync(db, deletion.Cases, policy, zone, zone.DateOf(now), ct);
                    if (groups is not [{ Standing: RetentionStanding.Due } group] || !group.Ids.ToHashSet().SetEquals(deletion.Cases))
                    {
                        return RetentionFailures.NotDue;
                    }

                    (deletion.State, deletion.ConfirmedAt, deletion.ConfirmedByWorkerId) = (DeletionState.Confirmed, now, caller.WorkerId);
                }
                else
                {
                    (deletion.State, deletion.EndedAt) = (DeletionState.Withdrawn, now);
                }

                db.Record(new PendingEvent(confirm ? Confirmed : Withdrawn, now, deletion.Cases[0], null, caller.UnitId, null, EventData.Of(("deletion", deletionId))));
                return Result.Ok;
            },
            ct);
    }

    private async Task<AnhuDbContext> OpenAsync(Caller? caller, CancellationToken ct)
    {
        var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller?.Actor ?? Actor.Platform;
        return db;
    }

    private static async Task<HashSet<Guid>> ShutAsync(AnhuDbContext db, Caller? caller, List<Guid> cases, CancellationToken ct) =>
        caller?.WorkerId is { } worker ? await RetentionGroups.ShutAsync(db, worker, cases, ct) : [];
}
