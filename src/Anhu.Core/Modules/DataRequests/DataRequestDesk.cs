using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.DataRequests;

/// <summary>What can go wrong with a request for data.</summary>
public static class DataRequestFailures
{
    /// <summary>No such request for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "requests.not-found");

    /// <summary>A name is missing or too long.</summary>
    public static Failure NameWrong(string field) => new(FailureKind.Invalid, "requests.name-wrong", field);

    /// <summary>An ID number is not one.</summary>
    public static Failure NumberWrong(string field) => new(FailureKind.Invalid, "requests.number-wrong", field);

    /// <summary>How identity was checked is missing, or not enough for who asks.</summary>
    public static Failure ProofWrong { get; } = new(FailureKind.Invalid, "requests.proof-wrong", "proof");

    /// <summary>A guardian asks for a child, by the child's number.</summary>
    public static Failure NoChild { get; } = new(FailureKind.Invalid, "requests.no-child", "subjectIdNumber");

    /// <summary>Another person has to decide.</summary>
    public static Failure NeedsSecondPerson { get; } = new(FailureKind.NotAllowed, "requests.needs-second-person");

    /// <summary>It was decided already.</summary>
    public static Failure Decided { get; } = new(FailureKind.NotAllowed, "requests.decided");

    /// <summary>A refusal needs its reason.</summary>
    public static Failure ReasonMissing { get; } = new(FailureKind.Invalid, "requests.reason-missing", "refusal");

    /// <summary>It is not approved, or its time is over.</summary>
    public static Failure Over { get; } = new(FailureKind.NotAllowed, "requests.over");

    /// <summary>The answer held something that is not the person's own.</summary>
    public static Failure Blocked { get; } = new(FailureKind.NotAllowed, "requests.blocked");
}

/// <summary>A request to record.</summary>
public sealed record RecordDataRequest
{
    /// <summary>Whose data.</summary>
    public required string SubjectName { get; init; }

    /// <summary>That person's citizen ID number.</summary>
    public required string SubjectIdNumber { get; init; }

    /// <summary>Who asks.</summary>
    public required Requester Requester { get; init; }

    /// <summary>Name of a guardian; passed over when the person asks.</summary>
    public string? RequesterName { get; init; }

    /// <summary>Citizen ID number of a guardian; passed over when the person asks.</summary>
    public string? RequesterIdNumber { get; init; }

    /// <summary>How identity was checked.</summary>
    public required IdentityProof? Proof { get; init; }
}

/// <summary>
/// Requests of people for their own data (PIPL 45): one person takes a request and checks who asks, a second one decides, and the answer can be printed or
/// downloaded for some days. Whether the platform holds anything is never told before, and an answer that may tell nothing is the same as one that has nothing to tell.
/// </summary>
public sealed class DataRequestDesk(IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, CityZone zone, TimeProvider time)
{
    /// <summary>A request was taken.</summary>
    public const string Recorded = "data-request.recorded";

    /// <summary>A request was approved.</summary>
    public const string Approved = "data-request.approved";

    /// <summary>A request was refused.</summary>
    public const string Refused = "data-request.refused";

    /// <summary>An answer was not given, since it held something that is not the person's own.</summary>
    public const string Blocked = "data-request.blocked";

    /// <summary>An answer was written to a file with the command line.</summary>
    public const string Exported = "data-request.exported";

    /// <summary>Longest name.</summary>
    public const int NameMaxLength = 60;

    /// <summary>How long an answer can be printed or downloaded.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromDays(7);

    private const int ChildYears = 18;

    /// <summary>Whether a caller has anything to do with requests.</summary>
    /// <param name="caller">Who asks.</param>
    public static bool May(Caller caller) => caller.WorkerId is not null && (caller.May(Permissions.ReviewAccess) || caller.May(Permissions.Supervise));

    /// <summary>Takes a request. Looks nobody up.</summary>
    /// <param name="command">The request.</param>
    /// <param name="caller">The data-protection officer, or a supervisor.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<Guid>> RecordAsync(RecordDataRequest command, Caller caller, CancellationToken ct)
    {
        if (!May(caller) || caller.WorkerId is not { } worker || caller.UnitId is not { } unit)
        {
            return DataRequestFailures.NotFound;
        }

        var now = time.Now;
        var forChild = command.Requester == Requester.Guardian;
        var (name, number) = (command.SubjectName.Trim(), command.SubjectIdNumber.Trim().ToUpperInvariant());
        var (byName, byNumber) = forChild ? (command.RequesterName?.Trim() ?? "", command.RequesterIdNumber?.Trim().ToUpperInvariant() ?? "") : (name, number);
        if (Check(name, number, byName, byNumber, command, zone.DateOf(now)) is { } failure)
        {
            return failure;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        var request = new DataRequest
        {
            DataRequestId = Guid.CreateVersion7(now), SubjectName = name, SubjectIdNumber = number, Requester = command.Requester, RequesterName = byName,
            RequesterIdNumber = byNumber, Proof = command.Proof!.Value, State = DataRequestState.Asked, UnitId = unit, AskedByWorkerId = worker, AskedAt = now,
        };
        db.Add(request);
        db.Record(new PendingEvent(Recorded, now, null, null, unit, null, EventData.Of(("request", request.DataRequestId), ("by", request.Requester), ("proof", request.Proof))));
        await db.SaveChangesAsync(ct);
        return request.DataRequestId;
    }

    /// <summary>Requests that the caller may see, newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="before">Only those taken before (keyset).</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<DataRequest>> ListAsync(Caller caller, DateTimeOffset? before, int limit, CancellationToken ct)
    {
        if (!May(caller))
        {
            return [];
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var requests = db.Set<DataRequest>().AsNoTracking();
        if (!caller.May(Permissions.ReviewAccess))
        {
            var units = map.Units.Where(u => AccessPolicy.MaySupervise(caller, u.UnitId, map)).Select(u => u.UnitId).ToList();
            requests = requests.Where(r => units.Contains(r.UnitId));
        }

        if (before is { } last)
        {
            requests = requests.Where(r => r.AskedAt < last);
        }

        return await requests.OrderByDescending(r => r.AskedAt).ThenByDescending(r => r.DataRequestId).Take(limit).ToListAsync(ct);
    }

    /// <summary>A request.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The request.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none for the caller.</returns>
    public async Task<DataRequest?> FindAsync(Caller caller, Guid id, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<DataRequest>().AsNoTracking().SingleOrDefaultAsync(r => r.DataRequestId == id, ct) is { } request && Sees(caller, request, map) ? request : null;
    }

    /// <summary>The second person approves or refuses.</summary>
    /// <param name="id">The request.</param>
    /// <param name="knownBy">When approving: what lets the person know of the case already.</param>
    /// <param name="refusal">When refusing: why. Null approves.</param>
    /// <param name="approve">Whether to approve.</param>
    /// <param name="caller">The second person.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> DecideAsync(Guid id, bool approve, KnownBy knownBy, RefusalReason? refusal, Caller caller, CancellationToken ct)
    {
        if (!approve && refusal is null)
        {
            return DataRequestFailures.ReasonMissing;
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result>(
            async () =>
            {
                if (await db.Set<DataRequest>().AsTracking().SingleOrDefaultAsync(r => r.DataRequestId == id, ct) is not { } request || !Sees(caller, request, map)
                    || caller.WorkerId is not { } worker)
                {
                    return DataRequestFailures.NotFound;
                }

                if (request.State != DataRequestState.Asked)
                {
                    return DataRequestFailures.Decided;
                }

                // Also who is shut out of a case of that person; in the same words, so that it tells nothing.
                if (request.AskedByWorkerId == worker || await IsTiedAsync(db, request, worker, ct))
                {
                    return DataRequestFailures.NeedsSecondPerson;
                }

                var now = time.Now;
                (request.State, request.DecidedByWorkerId, request.DecidedAt) = (approve ? DataRequestState.Approved : DataRequestState.Refused, worker, now);
                (request.KnownBy, request.Refusal, request.Until) = approve ? (knownBy, null, now + AnswerTime) : ((KnownBy?)null, refusal, (DateTimeOffset?)null);
                db.Record(new PendingEvent(approve ? Approved : Refused, now, null, null, caller.UnitId, null, EventData.Of(
                    ("request", id), ("known", request.KnownBy), ("why", request.Refusal), ("until", request.Until))));
                return Result.Ok;
            },
            ct);
    }

    /// <summary>The answer to an approved request, put together as the data are now.</summary>
    /// <param name="id">The request.</param>
    /// <param name="caller">One of the two people, or another who sees the request.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<DataAnswer>> AnswerAsync(Guid id, Caller caller, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        if (await db.Set<DataRequest>().AsNoTracking().SingleOrDefaultAsync(r => r.DataRequestId == id, ct) is not { } request || !Sees(caller, request, map)
            || caller.WorkerId is not { } worker || await IsTiedAsync(db, request, worker, ct))
        {
            return DataRequestFailures.NotFound;
        }

        return await ComposeAsync(db, request, map, caller.UnitId, ct);
    }

    /// <summary>The answer to an approved request, for the command line: who runs the machine gives nobody's data that two people did not approve. It is recorded.</summary>
    /// <param name="id">The request.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<DataAnswer>> ExportAsync(Guid id, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<DataRequest>().AsNoTracking().SingleOrDefaultAsync(r => r.DataRequestId == id, ct) is not { } request)
        {
            return DataRequestFailures.NotFound;
        }

        var answer = await ComposeAsync(db, request, map, null, ct);
        if (answer.IsOk)
        {
            db.Record(new PendingEvent(Exported, time.Now, null, null, null, null, EventData.Of(("request", id))));
            await db.SaveChangesAsync(ct);
        }

        return answer;
    }

    private async Task<Result<DataAnswer>> ComposeAsync(AnhuDbContext db, DataRequest request, OrganisationMap map, Guid? unit, CancellationToken ct)
    {
        var now = time.Now;
        if (request.State != DataRequestState.Approved || request.Until <= now)
        {
            return DataRequestFailures.Over;
        }

        try
        {
            return await DataAnswers.ComposeAsync(db, request, map, zone.DateOf(now), ct);
        }
        catch (DataAnswerBlockedException)
        {
            db.Record(new PendingEvent(Blocked, now, null, null, unit, null, EventData.Of(("request", request.DataRequestId))));
            await db.SaveChangesAsync(ct);
            return DataRequestFailures.Blocked;
        }
    }

    private static bool Sees(Caller caller, DataRequest request, OrganisationMap map) =>
        May(caller) && (caller.May(Permissions.ReviewAccess) || AccessPolicy.MaySupervise(caller, request.UnitId, map));

    private static async Task<bool> IsTiedAsync(AnhuDbContext db, DataRequest request, Guid worker, CancellationToken ct)
    {
        var cases = await DataAnswers.CasesOfAsync(db, request, ct);
        return cases.Count > 0 && await db.AccessBlocks.AnyAsync(b => b.WorkerId == worker && cases.Contains(b.CaseId), ct);
    }

    private static Failure? Check(string name, string number, string byName, string byNumber, RecordDataRequest command, DateOnly today)
    {
        var forChild = command.Requester == Requester.Guardian;
        foreach (var (field, value) in (IEnumerable<(string, string)>)[("subjectName", name), ("requesterName", byName)])
        {
            if (value.Length is < 2 or > NameMaxLength || PersonKeys.IsWithheld(value))
            {
                return DataRequestFailures.NameWrong(field);
            }
        }

        foreach (var (field, value) in (IEnumerable<(string, string)>)[("subjectIdNumber", number), ("requesterIdNumber", byNumber)])
        {
            if (!CitizenId.HasRightCheck(value))
            {
                return DataRequestFailures.NumberWrong(field);
            }
        }

        if (command.Proof is not { } proof || !Enum.IsDefined(proof) || !Enum.IsDefined(command.Requester) || (forChild && proof != IdentityProof.CardAndRegister))
        {
            return DataRequestFailures.ProofWrong;
        }

        return forChild && (number == byNumber || !CitizenId.TryGetBirthDate(number, out var born) || born.AddYears(ChildYears) <= today) ? DataRequestFailures.NoChild : null;
    }
}
