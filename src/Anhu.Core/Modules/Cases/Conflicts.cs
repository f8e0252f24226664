using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>How far a conflict of interest reaches.</summary>
/// <param name="SmallUnit">Units with up to so many active workers are shut out as a whole; 0 shuts out the tied worker alone.</param>
public sealed record ConflictSettings(int SmallUnit);

/// <summary>What can go wrong with a tie.</summary>
public static class TieFailures
{
    /// <summary>A name is missing or too long.</summary>
    public static Failure NameWrong { get; } = new(FailureKind.Invalid, "ties.name-wrong", "name");

    /// <summary>The ID number is none.</summary>
    public static Failure IdNumberWrong { get; } = new(FailureKind.Invalid, "ties.id-number-wrong", "idNumber");

    /// <summary>The phone is none.</summary>
    public static Failure PhoneWrong { get; } = new(FailureKind.Invalid, "ties.phone-wrong", "phone");

    /// <summary>Nothing but a name, which would match nobody.</summary>
    public static Failure TooLittle { get; } = new(FailureKind.Invalid, "ties.too-little", "idNumber");

    /// <summary>No such worker, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "ties.not-found");
}

/// <summary>A tie to declare.</summary>
public sealed record NewTie(TieKind Kind, string Name, string? IdNumber, string? Phone, DateOnly? BirthDate, string? RegionCode = null);

/// <summary>
/// Conflict of interest (victim-safety D8): whoever is a party to a case, or family of one, is shut out of it without a trace,
/// and the open duties of the own unit go to the unit above. Looked at when people are reported, when ties are declared and when
/// workers move; a block is never lifted by what the worker does.
/// </summary>
public sealed class Conflicts(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, ConflictSettings settings, TimeProvider time) : IWorkerFollower
{
    /// <summary>The ties of a worker; for the worker and security administrators.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="workerId">Whose.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<WorkerTie>> TiesAsync(Caller caller, Guid workerId, CancellationToken ct)
    {
        if (caller.WorkerId != workerId && !caller.May(Permissions.AdministerSecurity))
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.WorkerTies.AsNoTracking().Where(t => t.WorkerId == workerId).OrderBy(t => t.WorkerTieId).ToListAsync(ct);
    }

    /// <summary>Declares a tie. Only a security administrator can take one back.</summary>
    /// <param name="caller">The worker, or a security administrator.</param>
    /// <param name="workerId">Whose.</param>
    /// <param name="tie">The tie.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<WorkerTie>> DeclareAsync(Caller caller, Guid workerId, NewTie tie, CancellationToken ct)
    {
        var (name, id, phone) = (tie.Name.Trim(), Blank(tie.IdNumber)?.ToUpperInvariant(), Blank(tie.Phone));
        if (name.Length is 0 or > 80)
        {
            return TieFailures.NameWrong;
        }

        if (id is not null && !CitizenId.HasRightCheck(id))
        {
            return TieFailures.IdNumberWrong;
        }

        if (phone is not null && PersonKeys.Digits(phone).Length is < 7 or > 15)
        {
            return TieFailures.PhoneWrong;
        }

        if (id is null && phone is null && tie.BirthDate is null)
        {
            return TieFailures.TooLittle;
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result<WorkerTie>>(
            async () =>
            {
                var worker = await db.Workers.AsNoTracking().SingleOrDefaultAsync(w => w.Id == workerId, ct);
                if (worker is null || (caller.WorkerId != workerId && !caller.May(Permissions.AdministerSecurity)))
                {
                    return TieFailures.NotFound;
                }

                var row = new WorkerTie
                {
                    WorkerTieId = Guid.CreateVersion7(time.Now), WorkerId = workerId, Kind = tie.Kind, Name = name, IdNumber = id,
                    Phone = phone is null ? null : PersonKeys.Digits(phone), BirthDate = tie.BirthDate,
                    RegionCode = tie.RegionCode is { } region ? map.Region(region)?.RegionCode : null,
                };
                db.Add(row);
                var keys = TieKeys.Of(db.Keys, name, id, phone, tie.BirthDate).ToHashSet(StringComparer.Ordinal);
                db.AddRange(keys.Select(k => new WorkerTieKey { Value = k, WorkerTieId = row.WorkerTieId }));
                db.Record(new PendingEvent(EventTypes.TieDeclared, time.Now, UnitId: worker.UnitId, Data: EventData.Of(("workerId", workerId), ("tie", tie.Kind))));
                await ShutOutAsync(db, map, worker, row, keys, ct);
                return row;
            },
            ct);
    }

    /// <summary>Takes a declared tie back, with the blocks that stand on that worker's ties, and looks at the others again.</summary>
    /// <param name="caller">A security administrator, not the worker.</param>
    /// <param name="workerTieId">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> WithdrawAsync(Caller caller, Guid workerTieId, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                var tie = await db.WorkerTies.SingleOrDefaultAsync(t => t.WorkerTieId == workerTieId, ct);
                if (tie is null || !caller.May(Permissions.AdministerSecurity) || caller.WorkerId == tie.WorkerId)
                {
                    return TieFailures.NotFound;
                }

                var worker = await db.Workers.AsNoTracking().SingleAsync(w => w.Id == tie.WorkerId, ct);
                db.Remove(tie);
                await db.WorkerTieKeys.Where(k => k.WorkerTieId == workerTieId).ExecuteDeleteAsync(ct);
                await LiftAsync(db, tie.WorkerId, ct);
                foreach (var other in await db.WorkerTies.AsNoTracking().Where(t => t.WorkerId == tie.WorkerId && t.WorkerTieId != workerTieId).ToListAsync(ct))
                {
                    await ShutOutAsync(db, map, worker, other, TieKeys.Of(db.Keys, other.Name, other.IdNumber, other.Phone, other.BirthDate).ToHashSet(StringComparer.Ordinal), ct);
                }

                db.Record(new PendingEvent(EventTypes.TieWithdrawn, time.Now, UnitId: worker.UnitId, Data: EventData.Of(("workerId", tie.WorkerId), ("tie", tie.Kind))));
                return Result.Ok;
            },
            ct);
    }

    /// <summary>After people were reported: shuts out the workers who are tied to them. Within the transaction of the report.</summary>
    /// <param name="db">The context.</param>
    /// <param name="rules">The rules of cases.</param>
    /// <param name="reported">The cases with the people that were reported in them.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="sink">Takes new rows and facts.</param>
    /// <param name="ct">Cancels.</param>
    public async Task FollowAsync(
        AnhuDbContext db, CaseRules rules, IReadOnlyList<(CaseFile File, Person Person, ReportedPerson Reported)> reported, DateTimeOffset now, IChangeSink sink,
        CancellationToken ct)
    {
        if (reported.Count == 0 || !await db.WorkerTieKeys.AsNoTracking().AnyAsync(ct))
        {
            return;
        }

        var byKey = reported
            .SelectMany(r => TieKeys.Of(db.Keys, r.Reported.Name, r.Reported.IdNumber, r.Reported.Phone, r.Reported.BirthDate)
                .Concat(TieKeys.Of(db.Keys, r.Person.Name, r.Person.IdNumber, r.Person.Phone, r.Person.BirthDate)).Distinct().Select(key => (key, r.File, r.Person)))
            .ToLookup(r => r.key, r => (r.File, r.Person), StringComparer.Ordinal);
        var keys = byKey.Select(g => g.Key).ToList();
        var hits = await (
            from key in db.WorkerTieKeys.AsNoTracking()
            join tie in db.WorkerTies on key.WorkerTieId equals tie.WorkerTieId
            join worker in db.Workers on tie.WorkerId equals worker.Id
            where keys.Contains(key.Value)
            select new { key.Value, worker.Id, worker.UnitId }).ToListAsync(ct);
        foreach (var hit in hits)
        {
            foreach (var (file, person) in byKey[hit.Value].Distinct())
            {
                await BlockAsync(db, rules, hit.Id, hit.UnitId, file, person.PersonId, now, sink, ct);
            }
        }
    }

    /// <inheritdoc />
    public async Task FollowAsync(AnhuDbContext db, Worker worker, CancellationToken ct)
    {
        if (settings.SmallUnit <= 0 || await db.Workers.CountAsync(w => w.UnitId == worker.UnitId && w.IsActive && w.Id != worker.Id, ct) >= settings.SmallUnit)
        {
            return;
        }

        // A newcomer to a small unit is shut out with it.
        var colleagues = await db.Workers.Where(w => w.UnitId == worker.UnitId && w.Id != worker.Id).Select(w => w.Id).ToListAsync(ct);
        var blocks = await db.AccessBlocks.AsNoTracking().Where(b => colleagues.Contains(b.TiedWorkerId) && b.WorkerId == b.TiedWorkerId).ToListAsync(ct);
        foreach (var block in blocks)
        {
            await AddAsync(db, worker.Id, block.CaseId, block.TiedWorkerId, block.PersonId, new TrackedSink(db), ct);
        }
    }

    /// <summary>Takes back all blocks that stand on a worker's ties; units stay shunned where another of their workers is tied.</summary>
    private static async Task LiftAsync(AnhuDbContext db, Guid workerId, CancellationToken ct)
    {
        var blocks = db.AccessBlocks.Where(b => b.TiedWorkerId == workerId);
        var cases = await blocks.Select(b => b.CaseId).Distinct().ToListAsync(ct);
        await blocks.ExecuteDeleteAsync(ct);
        var others = (await (
            from b in db.AccessBlocks
            join w in db.Workers on b.TiedWorkerId equals w.Id
            where cases.Contains(b.CaseId)
            select new { b.CaseId, w.UnitId }).Distinct().ToListAsync(ct)).ToLookup(b => b.CaseId, b => b.UnitId);
        foreach (var dvCase in await db.Cases.Where(c => cases.Contains(c.CaseId)).ToListAsync(ct))
        {
            dvCase.ShunnedUnits = [.. others[dvCase.CaseId]];
        }
    }

    private async Task ShutOutAsync(AnhuDbContext db, OrganisationMap map, Worker worker, WorkerTie tie, HashSet<string> keys, CancellationToken ct)
    {
        var found = new HashSet<Guid>();
        foreach (var words in (string?[])[tie.IdNumber, tie.Phone, tie.Name])
        {
            if (words is not null)
            {
                found.UnionWith(await CaseQueries.PeopleOf(words, db).Take(5000).ToListAsync(ct));
            }
        }

        var people = await db.People.AsNoTracking().Where(p => found.Contains(p.PersonId)).ToListAsync(ct);
        var same = people.Where(p => TieKeys.Of(db.Keys, p.Name, p.IdNumber, p.Phone, p.BirthDate).Any(keys.Contains)).Select(p => p.PersonId).ToList();
        var parties = await db.CaseParties.AsNoTracking().Where(p => same.Contains(p.PersonId)).ToListAsync(ct);
        var files = await CaseFile.LoadAsync(db, [.. parties.Select(p => p.CaseId).Distinct()], ct);
        var work = new CaseRules(map, rules);
        foreach (var party in parties)
        {
            await BlockAsync(db, work, worker.Id, worker.UnitId, files[party.CaseId], party.PersonId, time.Now, new TrackedSink(db), ct);
        }
    }

    private async Task BlockAsync(
        AnhuDbContext db, CaseRules rules, Guid worker, Guid unitId, CaseFile file, Guid personId, DateTimeOffset now, IChangeSink sink, CancellationToken ct)
    {
        var shut = new List<Guid> { worker };
        if (settings.SmallUnit > 0)
        {
            var unit = await db.Workers.AsNoTracking().Where(w => w.UnitId == unitId && w.IsActive).Select(w => w.Id).Take(settings.SmallUnit + 1).ToListAsync(ct);
            if (unit.Count <= settings.SmallUnit)
            {
                shut.AddRange(unit.Where(id => id != worker));
            }
        }

        var added = false;
        foreach (var each in shut)
        {
            added |= await AddAsync(db, each, file.Case.CaseId, worker, personId, sink, ct);
        }

        if (added)
        {
            // Without the case's id, so that nothing of it stands in the case's own timeline: for the audit administrator only.
            sink.Record(new PendingEvent(EventTypes.AccessShut, now, UnitId: unitId, Data: EventData.Of(
                ("case", file.Case.CaseId), ("workerId", worker), ("workers", shut.Count))));
        }

        if (!file.Case.ShunnedUnits.Contains(unitId))
        {
            file.Case.ShunnedUnits = [.. file.Case.ShunnedUnits, unitId];
        }

        RaiseDuties(file, rules, unitId, now, sink);
    }

    /// <summary>The open duties of the tied worker's unit go to the unit above.</summary>
    private static void RaiseDuties(CaseFile file, CaseRules rules, Guid unitId, DateTimeOffset now, IChangeSink sink)
    {
        if (rules.Map.Find(unitId) is not { } unit || rules.Map.Supervisor(unit) is not { } above)
        {
            return;
        }

        foreach (var duty in file.OpenDuties.Where(d => d.OwnerUnitId == unitId).ToList())
        {
            var events = new List<PendingEvent>();
            DutyMachine.GiveTo(duty, above.UnitId, now, rules.Rules.Playbook.EscalationInterval(duty.Class), events);
            rules.Involve(file, above, sink, duty.WithoutConsent);
            events.ForEach(sink.Record);
        }
    }

    private async Task<bool> AddAsync(AnhuDbContext db, Guid worker, Guid caseId, Guid tied, Guid personId, IChangeSink sink, CancellationToken ct)
    {
        if (db.AccessBlocks.Local.Any(b => b.WorkerId == worker && b.CaseId == caseId)
            || await db.AccessBlocks.AnyAsync(b => b.WorkerId == worker && b.CaseId == caseId && b.TiedWorkerId == tied && b.PersonId == personId, ct))
        {
            return false;
        }

        // By the context, not the sink: a batch may meet the same pair again before it saves.
        db.Add(new AccessBlock { WorkerId = worker, CaseId = caseId, TiedWorkerId = tied, PersonId = personId, Since = time.Now });
        return true;
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
