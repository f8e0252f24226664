using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Whereabouts;

/// <summary>
/// When where she is got to the wrong eyes (victim-safety I): in one turn her places are out of use, all channels to her are locked with what waits in them, nobody but a small circle is shown a place or number,
/// reaching her, a check by the police, a new safety plan and a new assessment are duties, and the data-protection officer has the clock of PIPL 57. A second person ends it, never before she was reached.
/// </summary>
public sealed class LeakDesk(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, SafeContacts contacts, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    /// <summary>A leak was reported.</summary>
    public const string Reported = "leak.reported";

    /// <summary>Somebody was let into its circle.</summary>
    public const string Joined = "leak.joined";

    /// <summary>The officer recorded what was told to the authority.</summary>
    public const string Answered = "leak.answered";

    /// <summary>It is over.</summary>
    public const string Ended = "leak.ended";

    /// <summary>The duty of reaching her first.</summary>
    public const string ContactKind = "leak-contact";

    /// <summary>Longest note.</summary>
    public const int NoteMaxLength = 500;

    /// <summary>Most workers of a circle.</summary>
    public const int CircleMost = 6;

    /// <summary>The law says at once (PIPL 57); this is how long the officer may take at most, a rule of the platform.</summary>
    public static readonly TimeSpan OfficerTime = TimeSpan.FromHours(4);

    private const int NoteMinLength = 5;
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(3653);

    /// <summary>Reports a leak; all that follows from it takes effect in the same turn.</summary>
    /// <param name="command">The leak.</param>
    /// <param name="caller">Who works on the case; of its circle, unless it is a system.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<Exposure>> ReportAsync(ReportLeak command, Caller caller, CancellationToken ct)
    {
        var now = time.Now;
        var note = command.Note.Trim();
        if (command.What is not { } what || !Enum.IsDefined(what))
        {
            return LeakFailures.WhatWrong;
        }

        if (command.To is not { } to || !Enum.IsDefined(to))
        {
            return LeakFailures.ToWrong;
        }

        if (command.Since is { } since && (since > now || since < now - Oldest))
        {
            return LeakFailures.SinceWrong;
        }

        if (note.Length is < NoteMinLength or > NoteMaxLength)
        {
            return LeakFailures.NoteWrong;
        }

        return await TurnAsync<Exposure>(caller, command.CaseId, async (db, file, map) =>
        {
            if (await db.Exposures.AnyAsync(x => x.CaseId == command.CaseId && x.EndedAt == null, ct))
            {
                return LeakFailures.AlreadyOpen;
            }

            if (await CaseLeaks.TellsAsync(db, command.CaseId, [("note", note)], ct))
            {
                return LeakFailures.TellsPlace;
            }

            var circle = await WorkersAsync(db, command.CaseId, command.Workers, ct);
            if (circle is null || (circle.Count == 0 && caller.WorkerId is null))
            {
                return LeakFailures.WorkerUnknown;
            }

            if (caller.WorkerId is { } own && !circle.Contains(own))
            {
                circle.Add(own);
            }

            if (circle.Count > CircleMost)
            {
                return LeakFailures.WorkerUnknown;
            }

            var leak = new Exposure
            {
                ExposureId = Guid.CreateVersion7(now), CaseId = command.CaseId, What = what, To = to, Since = command.Since?.ToUniversalTime(), Note = note, ReportedAt = now,
                ReportedByWorkerId = caller.WorkerId, UnitId = caller.UnitId!.Value, OfficerDueAt = now + OfficerTime,
            };
            db.Add(leak);
            db.AddRange(circle.Select(w => new ExposureSeat { ExposureId = leak.ExposureId, WorkerId = w, CaseId = command.CaseId, Since = now }));
            var (places, locked) = await ShutAsync(db, file, what, ct);
            db.Record(new PendingEvent(Reported, now, command.CaseId, null, caller.UnitId, file.Case.Class, EventData.Of(
                ("what", what), ("to", to), ("since", leak.Since), ("circle", circle.Count), ("places", places), ("channels", locked), ("reason", note))));
            new CaseRules(map, rules).Plan(file, [PlaybookEvent.WhereaboutsLeaked], now, null, new TrackedSink(db));
            return leak;
        }, ct);
    }

    /// <summary>Lets one more worker into the circle.</summary>
    /// <param name="caller">Of the circle.</param>
    /// <param name="caseId">The case on which it was reported.</param>
    /// <param name="userName">The worker's sign-in name.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result<Exposure>> LetInAsync(Caller caller, Guid caseId, string userName, CancellationToken ct) => TurnAsync<Exposure>(caller, caseId, async (db, file, _) =>
    {
        if (await db.Exposures.SingleOrDefaultAsync(x => x.CaseId == caseId && x.EndedAt == null, ct) is not { } leak || await LeakHolds.ShutOutAsync(db, caller, caseId, ct))
        {
            return LeakFailures.NotFound;
        }

        var seats = await db.ExposureSeats.Where(s => s.ExposureId == leak.ExposureId).Select(s => s.WorkerId).ToListAsync(ct);
        if (await WorkersAsync(db, caseId, [userName], ct) is not [var worker] || seats.Contains(worker) || seats.Count >= CircleMost)
        {
            return LeakFailures.WorkerUnknown;
        }

        db.Add(new ExposureSeat { ExposureId = leak.ExposureId, WorkerId = worker, CaseId = caseId, Since = time.Now });
        db.Record(new PendingEvent(Joined, time.Now, caseId, null, caller.UnitId, file.Case.Class, EventData.Of(("worker", worker))));
        return leak;
    }, ct);

    /// <summary>Ends a leak: the places stay out of use and the channels locked, but new ones are shown again to who may see them.</summary>
    /// <param name="caller">A supervisor of the case who did not report it.</param>
    /// <param name="caseId">The case on which it was reported.</param>
    /// <param name="reason">Why it is over.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<Exposure>> EndAsync(Caller caller, Guid caseId, string reason, CancellationToken ct)
    {
        reason = reason.Trim();
        if (reason.Length is < NoteMinLength or > NoteMaxLength)
        {
            return LeakFailures.NoteWrong;
        }

        return await TurnAsync<Exposure>(caller, caseId, async (db, file, map) =>
        {
            if (await db.Exposures.SingleOrDefaultAsync(x => x.CaseId == caseId && x.EndedAt == null, ct) is not { } leak)
            {
                return LeakFailures.Over;
            }

            if (!AccessPolicy.MaySupervise(caller, file, map) || caller.WorkerId is not { } worker || worker == leak.ReportedByWorkerId)
            {
                return LeakFailures.NeedsSecondPerson;
            }

            if (file.OpenDuties.Exists(d => d.Kind == ContactKind))
            {
                return LeakFailures.VictimFirst;
            }

            if (await CaseLeaks.TellsAsync(db, caseId, [("note", reason)], ct))
            {
                return LeakFailures.TellsPlace;
            }

            (leak.EndedAt, leak.EndedByWorkerId, leak.EndReason) = (time.Now, worker, reason);
            db.Record(new PendingEvent(Ended, time.Now, caseId, null, caller.UnitId, file.Case.Class, EventData.Of(("reason", reason))));
            return leak;
        }, ct);
    }

    /// <summary>The officer records whether and what the authority was told (PIPL 57).</summary>
    /// <param name="caller">The data-protection officer.</param>
    /// <param name="leakId">The leak.</param>
    /// <param name="told">Whether it was told.</param>
    /// <param name="answer">What was told and by which paper, or why there was nothing to tell.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> AnswerAsync(Caller caller, Guid leakId, bool told, string answer, CancellationToken ct)
    {
        answer = answer.Trim();
        if (answer.Length is < NoteMinLength or > NoteMaxLength)
        {
            return LeakFailures.NoteWrong;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                if (!caller.May(Permissions.ReviewAccess) || caller.WorkerId is not { } worker || await db.Exposures.SingleOrDefaultAsync(x => x.ExposureId == leakId, ct) is not { } leak)
                {
                    return LeakFailures.NotFound;
                }

                if (leak.AnsweredAt is not null)
                {
                    return LeakFailures.Answered;
                }

                if (await CaseLeaks.TellsAsync(db, leak.CaseId, [("note", answer)], ct))
                {
                    return LeakFailures.TellsPlace;
                }

                (leak.AnsweredAt, leak.AnsweredByWorkerId, leak.AuthorityTold, leak.Answer) = (time.Now, worker, told, answer);
                db.Record(new PendingEvent(Answered, time.Now, leak.CaseId, null, caller.UnitId, null, EventData.Of(("told", told), ("reason", answer))));
                return Result.Ok;
            },
            ct);
    }

    /// <summary>What was recorded under addresses and places goes out of use, and all channels to her are locked.</summary>
    private async Task<(int Places, int Channels)> ShutAsync(AnhuDbContext db, CaseFile file, ExposedThing what, CancellationToken ct)
    {
        var people = file.Parties.Where(p => CaseSecrets.IsProtected(p.Role)).Select(p => p.PersonId).Distinct().ToList();
        var kinds = KindsOf(what);
        var places = await db.ShieldedPlaces.Where(s => people.Contains(s.PersonId) && s.State != ShieldState.DoNotUse && kinds.Contains(s.Kind)).ToListAsync(ct);
        foreach (var place in places)
        {
            place.State = ShieldState.DoNotUse;
            db.Record(new PendingEvent(
                WhereaboutsDesk.Ended, time.Now, place.CaseId, null, null, null, EventData.Of(("person", place.PersonId), ("what", place.Kind), ("item", place.ShieldedPlaceId))));
        }

        var open = (await db.SafeContacts.Where(c => people.Contains(c.PersonId)).ToListAsync(ct))
            .Where(c => Enum.GetValues<ContactChannel>().Any(channel => ContactGate.IsMarked(c, channel))).ToList();
        foreach (var contact in open)
        {
            await contacts.LockAsync(db, contact, ct);
        }

        return (places.Count, open.Count);
    }

    private static ShieldKind[] KindsOf(ExposedThing what) => what switch
    {
        ExposedThing.Home => [ShieldKind.Address, ShieldKind.Shelter],
        ExposedThing.Phone => [ShieldKind.Phone],
        ExposedThing.Daily => [ShieldKind.School, ShieldKind.Workplace, ShieldKind.Clinic, ShieldKind.Vehicle],
        ExposedThing.Several => Enum.GetValues<ShieldKind>(),
    };

    /// <summary>The workers of these names, if all may find the case.</summary>
    private static async Task<List<Guid>?> WorkersAsync(AnhuDbContext db, Guid caseId, IReadOnlyCollection<string> userNames, CancellationToken ct)
    {
        var names = userNames.Select(n => n.Trim().ToUpperInvariant()).Where(n => n.Length > 0).Distinct().ToList();
        if (names.Count > CircleMost)
        {
            return null;
        }

        var workers = await db.Workers.AsNoTracking()
            .Where(w => names.Contains(w.NormalizedUserName!) && w.IsActive && !db.AccessBlocks.Any(b => b.WorkerId == w.Id && b.CaseId == caseId)
                && (db.CaseAccess.Any(a => a.CaseId == caseId && a.UnitId == w.UnitId) || db.SealedSeats.Any(s => s.CaseId == caseId && s.WorkerId == w.Id)))
            .Select(w => w.Id).ToListAsync(ct);
        return workers.Count == names.Count ? workers : null;
    }

    private async Task<Result<T>> TurnAsync<T>(Caller caller, Guid caseId, Func<AnhuDbContext, CaseFile, OrganisationMap, Task<Result<T>>> work, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync(
            async () => caller.May(Permissions.WorkDuties) && await sights.FindAsync(db, caller, caseId, ct) is (_, { MayWork: true })
                ? await work(db, (await CaseFile.LoadAsync(db, [caseId], ct))[caseId], map)
                : LeakFailures.NotFound,
            ct);
    }
}
