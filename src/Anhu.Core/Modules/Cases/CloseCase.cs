using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>Closes a case by the checklist of its class (结案). Where the handbook asks for a second person, the first call asks and another supervisor's call closes.</summary>
public sealed record CloseCase
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>Ids of the checklist items that the worker confirms.</summary>
    public required IReadOnlyList<string> Confirmed { get; init; }

    /// <summary>Why it can be closed; at most 1000 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>The writer has seen that the reason holds a shielded value and keeps it all the same.</summary>
    public bool LeaksSeen { get; init; }
}

/// <summary>What became of a wish to close.</summary>
public enum CloseOutcome
{
    /// <summary>Waits for a second person.</summary>
    Requested,

    /// <summary>Closed.</summary>
    Closed,
}

/// <summary>Closes cases.</summary>
public sealed class CloseCaseHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>Event of the first person's wish.</summary>
    public const string Requested = "case.close-requested";

    /// <summary>Closes, or asks for the second person.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<CloseOutcome>> Handle(CloseCase command, Caller caller, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(command.Reason) || command.Reason.Length > 1000)
        {
            return CaseFailures.ReasonMissing;
        }

        if (caller.WorkerId is null)
        {
            return CaseFailures.NotFound;
        }

        return await turn.TakeAsync(command.CaseId, caller, (db, file, map) => CloseAsync(command, caller, file, map, db, ct), ct);
    }

    private async Task<Result<CloseOutcome>> CloseAsync(CloseCase command, Caller caller, CaseFile file, OrganisationMap map, AnhuDbContext db, CancellationToken ct)
    {
        if (!command.LeaksSeen && await CaseLeaks.TellsAsync(db, command.CaseId, CaseLeaks.Reason(command.Reason), ct))
        {
            return CaseFailures.TellsPlace;
        }

        var asked = await PendingRequestAsync(db, command.CaseId, ct);
        return Apply(command, caller, file, asked is not null, asked?.WorkerId, new CaseRules(map, rules), time.Now, new TrackedSink(db));
    }

    internal static Result<CloseOutcome> Apply(
        CloseCase command, Caller caller, CaseFile file, bool isAsked, Guid? askedBy, CaseRules rules, DateTimeOffset now, IChangeSink sink)
    {
        if (file.Case.State == CaseState.Closed)
        {
            return CaseFailures.AlreadyClosed;
        }

        if (file.OpenDuties.Count > 0)
        {
            return CaseFailures.DutiesOpen;
        }

        var closing = rules.Rules.Playbook.Closing(file.Case.Class);
        if (closing.Checklist.Any(item => !command.Confirmed.Contains(item.Id)))
        {
            return CaseFailures.ChecklistIncomplete;
        }

        if (closing.SecondPerson)
        {
            if (!isAsked)
            {
                sink.Record(new PendingEvent(Requested, now, command.CaseId, null, caller.UnitId, file.Case.Class, EventData.Of(
                    ("reason", command.Reason.Trim()), ("checklist", command.Confirmed))));
                return CloseOutcome.Requested;
            }

            if (askedBy == caller.WorkerId || !AccessPolicy.MaySupervise(caller, file, rules.Map))
            {
                return CaseFailures.NeedsSecondPerson;
            }
        }

        var from = file.Case.State;
        CaseRules.SetState(file, CaseState.Closed);
        file.Case.ClosedAt = now;
        file.Case.ReviewOn = null;
        sink.Record(new PendingEvent(EventTypes.CaseClosed, now, command.CaseId, null, caller.UnitId, file.Case.Class, EventData.Of(
            ("from", from), ("to", CaseState.Closed), ("reason", command.Reason.Trim()), ("checklist", command.Confirmed))));
        return CloseOutcome.Closed;
    }

    /// <summary>The first person's wish that still stands: nothing but views of it came after.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<TimelineEvent?> PendingRequestAsync(AnhuDbContext db, Guid caseId, CancellationToken ct)
    {
        var last = await db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.Type.StartsWith("case."))
            .OrderByDescending(e => e.Sequence).FirstOrDefaultAsync(ct);
        return last?.Type == Requested ? await EventTexts.OpenAsync(db, last, ct) : null;
    }
}
