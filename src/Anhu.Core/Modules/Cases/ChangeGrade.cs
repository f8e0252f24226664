using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Grading;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>What can go wrong with a grade.</summary>
public static class GradeFailures
{
    /// <summary>Not 1, 2 or 3.</summary>
    public static Failure ClassWrong { get; } = new(FailureKind.Invalid, "grading.class-wrong", "class");

    /// <summary>A reason is missing or too long.</summary>
    public static Failure ReasonMissing { get; } = new(FailureKind.Invalid, "grading.reason-missing", "reason");

    /// <summary>The case has this class already.</summary>
    public static Failure SameClass { get; } = new(FailureKind.NotAllowed, "grading.same-class");

    /// <summary>The policy's facts demand a higher class than the one wished for.</summary>
    public static Failure BelowFacts { get; } = new(FailureKind.NotAllowed, "grading.below-facts");

    /// <summary>Another proposal waits already.</summary>
    public static Failure AlreadyProposed { get; } = new(FailureKind.NotAllowed, "grading.already-proposed");

    /// <summary>The reason holds a shielded address or phone of somebody of the case.</summary>
    public static Failure TellsPlace { get; } = new(FailureKind.NotAllowed, "grading.tells-place");

    /// <summary>No proposal waits.</summary>
    public static Failure NoProposal { get; } = new(FailureKind.NotFound, "grading.no-proposal");

    /// <summary>The second person must be another supervisor.</summary>
    public static Failure NeedsSecondPerson { get; } = new(FailureKind.NotAllowed, "grading.needs-second-person");
}

/// <summary>Raises the class of a case at once, or proposes to lower it (handbook §4.9).</summary>
public sealed record ChangeGrade
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The class wished for.</summary>
    public required int Class { get; init; }

    /// <summary>Why; at most 1000 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>The writer has seen that the reason holds a shielded value and keeps it all the same.</summary>
    public bool LeaksSeen { get; init; }
}

/// <summary>Changes grades by hand.</summary>
public sealed class ChangeGradeHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>Rule id of a grade that a worker decided.</summary>
    public const string ByHand = "by-hand";

    /// <summary>Raises, or proposes to lower.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The grade: effective when raised, proposed when lowering.</returns>
    public async Task<Result<Grade>> Handle(ChangeGrade command, Caller caller, CancellationToken ct)
    {
        if (command.Class is < 1 or > 3)
        {
            return GradeFailures.ClassWrong;
        }

        if (string.IsNullOrWhiteSpace(command.Reason) || command.Reason.Length > 1000)
        {
            return GradeFailures.ReasonMissing;
        }

        return await turn.TakeAsync(command.CaseId, caller, (db, file, map) => ChangeAsync(command, caller, file, map, db, ct), ct);
    }

    /// <summary>Decides on a proposal to lower.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="approve">True to lower, false to refuse.</param>
    /// <param name="caller">The second person.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result<Grade>> Decide(Guid caseId, bool approve, Caller caller, CancellationToken ct) =>
        turn.TakeAsync(caseId, caller, (db, file, map) => DecideAsync(approve, caller, file, map, db, ct), ct);

    private async Task<Result<Grade>> ChangeAsync(ChangeGrade command, Caller caller, CaseFile file, OrganisationMap map, AnhuDbContext db, CancellationToken ct)
    {
        if (command.Class == file.Case.Class)
        {
            return GradeFailures.SameClass;
        }

        if (!command.LeaksSeen && await CaseLeaks.TellsAsync(db, command.CaseId, CaseLeaks.Reason(command.Reason), ct))
        {
            return GradeFailures.TellsPlace;
        }

        var now = time.Now;
        var work = new CaseRules(map, rules);
        var text = command.Reason.Trim();
        var raising = command.Class < file.Case.Class;
        if (!raising && await db.Grades.AnyAsync(g => g.CaseId == command.CaseId && g.State == GradeState.Proposed, ct))
        {
            return GradeFailures.AlreadyProposed;
        }

        var grade = new Grade
        {
            GradeId = Guid.CreateVersion7(now), CaseId = command.CaseId, Class = command.Class,
            State = raising ? GradeState.Effective : GradeState.Proposed, Reasons = Reasons(command.Class, text, raising ? file.Grade : null),
            Missing = file.Grade?.Missing ?? [], PolicyVersion = work.Rules.Policy.Version, DecidedAt = now, WorkerId = caller.WorkerId, Note = text,
            Across = file.Case.Across,
        };
        db.Add(grade);
        if (!raising)
        {
            db.Record(new PendingEvent(EventTypes.GradeProposed, now, command.CaseId, null, caller.UnitId, file.Case.Class, EventData.Of(
                ("from", file.Case.Class), ("to", command.Class), ("reason", text))));
            return grade;
        }

        var from = file.Case.Class;
        file.Grade = grade;
        CaseRules.SetClass(file, command.Class);
        db.Record(new PendingEvent(EventTypes.CaseGraded, now, command.CaseId, null, caller.UnitId, command.Class, EventData.Of(
            ("from", from), ("to", command.Class), ("reason", text), ("rules", (string[])[ByHand]))));
        work.Plan(file, [PlaybookEvent.CaseClassRaised], now, null, new TrackedSink(db));
        await PairRanks.FollowAsync(db, [file.Case], ct);
        return grade;
    }

    private async Task<Result<Grade>> DecideAsync(bool approve, Caller caller, CaseFile file, OrganisationMap map, AnhuDbContext db, CancellationToken ct)
    {
        var caseId = file.Case.CaseId;
        var proposed = await db.Grades.Where(g => g.CaseId == caseId && g.State == GradeState.Proposed).FirstOrDefaultAsync(ct);
        if (proposed is null)
        {
            return GradeFailures.NoProposal;
        }

        var supervises = AccessPolicy.MaySupervise(caller, file, map);
        if (caller.WorkerId is null || caller.WorkerId == proposed.WorkerId || !supervises)
        {
            return GradeFailures.NeedsSecondPerson;
        }

        var now = time.Now;
        var from = file.Case.Class;
        proposed.ApprovedByWorkerId = caller.WorkerId;
        proposed.DecidedAt = now;
        if (!approve)
        {
            proposed.State = GradeState.Refused;
            db.Record(new PendingEvent(EventTypes.GradeRefused, now, caseId, null, caller.UnitId, from, EventData.Of(("from", from), ("to", proposed.Class))));
            return proposed;
        }

        proposed.State = GradeState.Effective;
        file.Grade = proposed;
        CaseRules.SetClass(file, proposed.Class);
        db.Record(new PendingEvent(EventTypes.CaseGraded, now, caseId, null, caller.UnitId, proposed.Class, EventData.Of(
            ("from", from), ("to", proposed.Class), ("reason", proposed.Note), ("rules", (string[])[ByHand]))));
        await PairRanks.FollowAsync(db, [file.Case], ct);
        return proposed;
    }

    private static IReadOnlyList<GradeReason> Reasons(int @class, string text, Grade? before) =>
        [new GradeReason(ByHand, @class, $"工作人员认定：{text}", $"Decided by a worker: {text}"), .. before?.Reasons ?? []];
}
