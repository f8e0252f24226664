using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>What can go wrong when asking to see more.</summary>
public static class AccessFailures
{
    /// <summary>The list of reasons holds another.</summary>
    public static Failure ReasonUnknown { get; } = new(FailureKind.Invalid, "access.reason-unknown", "reason");

    /// <summary>A reason in words is missing or too long.</summary>
    public static Failure NoteWrong { get; } = new(FailureKind.Invalid, "access.note-wrong", "note");

    /// <summary>Stating a reason would show no more.</summary>
    public static Failure NothingMore { get; } = new(FailureKind.NotAllowed, "access.nothing-more");

    /// <summary>No case of that number, or none that may be opened so. One answer for both.</summary>
    public static Failure NoSuchCase { get; } = new(FailureKind.NotFound, "access.no-such-case", "number");

    /// <summary>Only people who work on cases may open one in an emergency.</summary>
    public static Failure NotAllowed { get; } = new(FailureKind.Forbidden, "access.not-allowed");
}

/// <summary>A leave as a supervisor or the data-protection officer sees it: who, which case, why; nothing of the case.</summary>
public sealed record GrantLine(
    Guid AccessGrantId, GrantKind Kind, string WorkerName, Guid UnitId, string CaseNumber, AccessReason Reason, string? Note, DateTimeOffset GrantedAt,
    DateTimeOffset Until, Guid? ReviewDutyId, DateTimeOffset? ReviewDueAt, DateTimeOffset? ReviewedAt);

/// <summary>Gives workers leave to see more of one case: for a stated reason (victim-safety D5), or in an emergency (D6).</summary>
public sealed class AccessGrants(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    /// <summary>The duty that reviews an emergency.</summary>
    public const string ReviewKind = "emergency-access-review";

    /// <summary>Longest note.</summary>
    public const int NoteMaxLength = 500;

    /// <summary>How long a stated reason holds: a working day.</summary>
    public static readonly TimeSpan PurposeTime = TimeSpan.FromHours(8);

    /// <summary>How long an emergency holds.</summary>
    public static readonly TimeSpan EmergencyTime = TimeSpan.FromHours(2);

    /// <summary>Working days within which an emergency is reviewed.</summary>
    public const int ReviewWorkingDays = 3;

    /// <summary>States why a file outside the own duties is opened.</summary>
    /// <param name="caller">The worker.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="note">In words; needed for <see cref="AccessReason.Other"/>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<AccessGrant>> StateAsync(Caller caller, Guid caseId, AccessReason reason, string? note, CancellationToken ct)
    {
        if (reason == AccessReason.Danger || !Enum.IsDefined(reason))
        {
            return AccessFailures.ReasonUnknown;
        }

        note = string.IsNullOrWhiteSpace(note) ? null : note.Trim();
        if (note?.Length > NoteMaxLength || (note is null && reason == AccessReason.Other))
        {
            return AccessFailures.NoteWrong;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result<AccessGrant>>(
            async () =>
            {
                if (caller.WorkerId is not { } worker || await sights.FindAsync(db, caller, caseId, ct) is not (var dvCase, var sight))
                {
                    return CaseFailures.NotFound;
                }

                if (!sight.AsksReason)
                {
                    return AccessFailures.NothingMore;
                }

                var grant = Grant(caller, worker, caseId, GrantKind.Purpose, reason, note, PurposeTime, null);
                db.Add(grant);
                db.Record(new PendingEvent(EventTypes.AccessStated, grant.GrantedAt, caseId, null, caller.UnitId, dvCase.Class, EventData.Of(
                    ("why", reason), ("reason", note), ("until", grant.Until))));
                return grant;
            },
            ct);
    }

    /// <summary>Opens one case in an emergency. The second factor was checked before; the supervisor gets the review as a duty at once.</summary>
    /// <param name="caller">The worker.</param>
    /// <param name="caseNumber">The case's number, or an ID number or phone of one of its people, in full.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="note">In words; always needed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<AccessGrant>> BreakGlassAsync(Caller caller, string caseNumber, AccessReason reason, string? note, CancellationToken ct)
    {
        if (!Enum.IsDefined(reason))
        {
            return AccessFailures.ReasonUnknown;
        }

        note = note?.Trim();
        if (note is not { Length: >= 5 and <= NoteMaxLength })
        {
            return AccessFailures.NoteWrong;
        }

        if (caller.WorkerId is not { } worker || caller.UnitId is not { } unitId || !caller.May(Permissions.ReadCases))
        {
            return AccessFailures.NotAllowed;
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result<AccessGrant>>(
            async () =>
            {
                if (map.Find(unitId) is not { } unit || await FindAsync(db, caseNumber, worker, ct) is not { } caseId)
                {
                    return AccessFailures.NoSuchCase;
                }

                if (await sights.FindAsync(db, caller, caseId, ct) is (_, { View: CaseView.Full }))
                {
                    return AccessFailures.NothingMore;
                }

                var file = (await CaseFile.LoadAsync(db, [caseId], ct))[caseId];
                var (now, sink) = (time.Now, new TrackedSink(db));
                var work = new CaseRules(map, rules);
                var reviewer = map.Supervisor(unit) ?? map.Responsible(Agency.PoliticalLegalCommittee, null, RegionLevel.City) ?? unit;
                var due = work.Clock.WorkingDays(now, ReviewWorkingDays);
                var duty = work.AddDuty(
                    file, reviewer, ReviewKind, due, Basis, now, null, sink, holidaysKnown: work.Clock.KnowsHolidays(now, due));
                var grant = Grant(caller, worker, caseId, GrantKind.Emergency, reason, note, EmergencyTime, duty.DutyId);
                db.Add(grant);
                db.Record(new PendingEvent(EventTypes.AccessEmergency, now, caseId, duty.DutyId, reviewer.UnitId, file.Case.Class, EventData.Of(
                    ("why", reason), ("reason", note), ("until", grant.Until), ("byUnit", unitId))));
                return grant;
            },
            ct);
    }

    /// <summary>Leaves, newest first: all for a data-protection officer, those of the own unit and below for a supervisor.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="kind">Only this kind.</param>
    /// <param name="before">Only before this instant (keyset).</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<GrantLine>> ListAsync(Caller caller, GrantKind kind, DateTimeOffset? before, int limit, CancellationToken ct)
    {
        var all = caller.May(Permissions.ReviewAccess);
        if (!all && !caller.May(Permissions.Supervise))
        {
            return [];
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var grants = db.AccessGrants.AsNoTracking().Where(g => g.Kind == kind);
        if (before is { } at)
        {
            grants = grants.Where(g => g.GrantedAt < at);
        }

        if (!all)
        {
            // Not one's own: nobody reviews oneself. And nothing of a case that the supervisor may not find.
            var units = map.Units.Where(u => AccessPolicy.MaySupervise(caller, u.UnitId, map)).Select(u => u.UnitId).ToList();
            var visible = db.Cases.VisibleTo(caller, db);
            grants = grants.Where(g => units.Contains(g.UnitId) && g.WorkerId != caller.WorkerId && visible.Any(c => c.CaseId == g.CaseId));
        }

        return await (
            from g in grants
            join w in db.Workers on g.WorkerId equals w.Id
            join c in db.Cases on g.CaseId equals c.CaseId
            join d in db.Duties on g.ReviewDutyId equals (Guid?)d.DutyId into duties
            from d in duties.DefaultIfEmpty()
            orderby g.GrantedAt descending
            select new GrantLine(
                g.AccessGrantId, g.Kind, w.DisplayName, g.UnitId, c.CaseNumber, g.Reason, g.Note, g.GrantedAt, g.Until, g.ReviewDutyId,
                d == null ? null : d.DueAt, d == null ? null : d.DoneAt)).Take(Math.Clamp(limit, 1, 200)).ToListAsync(ct);
    }

    /// <summary>How many emergencies of the last two weeks wait for their review: for a notice on the first page.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<int> UnreviewedAsync(Caller caller, CancellationToken ct)
    {
        if (!caller.May(Permissions.ReviewAccess) && !caller.May(Permissions.Supervise))
        {
            return 0;
        }

        var since = time.Now.AddDays(-14);
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            if (!await db.AccessGrants.AnyAsync(g => g.Kind == GrantKind.Emergency && g.GrantedAt >= since, ct))
            {
                return 0;
            }
        }

        return (await ListAsync(caller, GrantKind.Emergency, null, 200, ct)).Count(l => l.ReviewedAt is null && l.GrantedAt >= since);
    }

    private const string Basis = "个人信息保护法第五十一条；本预案：紧急查阅须在3个工作日内复核";

    /// <summary>The one case that the words name, if it may be opened so: neither sealed nor one from which the worker is shut out.</summary>
    private static async Task<Guid?> FindAsync(AnhuDbContext db, string words, Guid worker, CancellationToken ct)
    {
        words = words.Trim();
        if (words.Length is 0 or > 60 || !CaseQueries.IsNumber(words))
        {
            return null;
        }

        var found = await CaseQueries.CasesOf(words, db).Distinct().Take(50).ToListAsync(ct);
        return await db.Cases.AsNoTracking()
            .Where(c => found.Contains(c.CaseId) && !c.IsSealed && c.JoinedIntoCaseId == null
                && !db.AccessBlocks.Any(b => b.WorkerId == worker && b.CaseId == c.CaseId))
            .OrderByDescending(c => c.LastAlarmAt).Select(c => (Guid?)c.CaseId).FirstOrDefaultAsync(ct);
    }

    private AccessGrant Grant(
        Caller caller, Guid worker, Guid caseId, GrantKind kind, AccessReason reason, string? note, TimeSpan length, Guid? reviewDutyId)
    {
        var now = time.Now;
        return new AccessGrant
        {
            AccessGrantId = Guid.CreateVersion7(now), WorkerId = worker, UnitId = caller.UnitId!.Value, CaseId = caseId, Kind = kind, Reason = reason,
            Note = note, GrantedAt = now, Until = now + length, ReviewDutyId = reviewDutyId,
        };
    }
}
