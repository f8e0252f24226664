using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Scene;

/// <summary>Where a joint response stands (handbook §4.2). It is a duty of the federation, so each state is one of the duty's.</summary>
public enum JointState
{
    /// <summary>The officer asked for it.</summary>
    Requested,

    /// <summary>The work group comes.</summary>
    Confirmed,

    /// <summary>The work group is there.</summary>
    OnSite,

    /// <summary>The work group told the police what was done and left.</summary>
    HandedBack,

    /// <summary>It ended without the work group's help: the victim changed her mind, or nobody could come.</summary>
    CalledOff,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>A joint response.</summary>
/// <param name="DutyId">The federation's duty.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SupportOnly">Support, no mediation: the danger is high.</param>
/// <param name="UnitId">The unit that answers for it.</param>
/// <param name="RequestedAt">When it was asked for, UTC.</param>
/// <param name="Outcome">How it ended; null while it goes on.</param>
public sealed record JointLine(Guid DutyId, JointState State, bool SupportOnly, Guid UnitId, DateTimeOffset RequestedAt, string? Outcome);

/// <summary>The rules of joint responses.</summary>
public static class JointResponse
{
    /// <summary>Kind of the duty.</summary>
    public const string Kind = "joint-response";

    /// <summary>Kind of the duty where the danger is high: support only.</summary>
    public const string SupportKind = "joint-support";

    /// <summary>A joint response was asked for.</summary>
    public const string Requested = "scene.joint-requested";

    /// <summary>Outcome of a work group that was there.</summary>
    public const string HandedBack = "handed-back";

    /// <summary>The state in which a duty puts the response.</summary>
    /// <param name="state">The duty's.</param>
    /// <param name="outcome">Its outcome.</param>
    public static JointState StateOf(DutyState state, string? outcome) => state switch
    {
        DutyState.Proposed or DutyState.Assigned => JointState.Requested,
        DutyState.Accepted => JointState.Confirmed,
        DutyState.InProgress => JointState.OnSite,
        DutyState.Done or DutyState.Verified => outcome == HandedBack ? JointState.HandedBack : JointState.CalledOff,
        DutyState.Cancelled => JointState.Cancelled,
    };

    /// <summary>What may follow what, by whom, under which guards; the table in <c>docs/modules/scene.md</c> is made of it.</summary>
    public static IReadOnlyList<(JointState? From, JointState To, DutyStep? Step, Bilingual Actor, Bilingual Guard)> Moves { get; } =
    [
        (null, JointState.Requested, null, new("出警民警", "officer"), new("现场已控制；受害人同意；高度致命的只作支持，不调解", "scene secured; victim agrees; support only, no mediation, where the danger is high")),
        (JointState.Requested, JointState.Confirmed, DutyStep.Accept, new("妇联", "federation"), new("—", "—")),
        (JointState.Confirmed, JointState.OnSite, DutyStep.Start, new("妇联", "federation"), new("—", "—")),
        (JointState.OnSite, JointState.HandedBack, DutyStep.Complete, new("妇联", "federation"), new("写明做了什么", "what was done is written down")),
        (JointState.Confirmed, JointState.HandedBack, DutyStep.Complete, new("妇联", "federation"), new("写明做了什么（到场没有登记）", "what was done is written down (the arrival was not entered)")),
        (JointState.Confirmed, JointState.CalledOff, DutyStep.Complete, new("妇联", "federation"), new("写明为什么", "why is written down")),
        (JointState.OnSite, JointState.CalledOff, DutyStep.Complete, new("妇联", "federation"), new("写明为什么", "why is written down")),
        (JointState.Requested, JointState.Cancelled, DutyStep.Cancel, new("妇联，第二人同意", "federation, with a second person"), new("写明理由", "a reason")),
        (JointState.Confirmed, JointState.Cancelled, DutyStep.Cancel, new("妇联，第二人同意", "federation, with a second person"), new("写明理由", "a reason")),
        (JointState.OnSite, JointState.Cancelled, DutyStep.Cancel, new("妇联，第二人同意", "federation, with a second person"), new("写明理由", "a reason")),
    ];

    /// <summary>Whether the work group may give support only (handbook §4.2, §4.8): a lethal act, or the danger scale came to high.</summary>
    /// <param name="known">What is known of the incident.</param>
    public static bool IsSupportOnly(IncidentKnowledge known) => known.Strangulation == true || known.DangerScale == 3;
}

/// <summary>Asks for the federation's work group from the scene.</summary>
/// <param name="DutyId">The officer's duty at the scene.</param>
/// <param name="IsSecured">The police have secured the scene.</param>
/// <param name="VictimAgrees">The victim agrees.</param>
/// <param name="CaseId">The case that the caller takes the duty to be of; null when it does not say.</param>
public sealed record RequestJointResponse(Guid DutyId, bool IsSecured, bool VictimAgrees, Guid? CaseId = null);

/// <summary>Takes the request: the duty arises with the federation in the same moment, and is in its feed.</summary>
public sealed class RequestJointResponseHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, SceneBook book, TimeProvider time)
{
    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>The scene is not secured.</summary>
    public static Failure NotSecured { get; } = new(FailureKind.NotAllowed, "scene.joint-not-secured", "secured");

    /// <summary>The victim does not agree.</summary>
    public static Failure NoConsent { get; } = new(FailureKind.NotAllowed, "scene.joint-no-consent", "victimAgrees");

    /// <summary>The duty at the scene has ended.</summary>
    public static Failure Ended { get; } = new(FailureKind.NotAllowed, "scene.joint-ended");

    /// <summary>The city's playbook has no joint response.</summary>
    public static Failure NotPlanned { get; } = new(FailureKind.NotAllowed, "scene.joint-not-planned");

    /// <summary>Asks. Asked again while one is under way, the answer is that one.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<JointLine>> Handle(RequestJointResponse command, Caller caller, CancellationToken ct)
    {
        if (!command.IsSecured)
        {
            return NotSecured;
        }

        if (!command.VictimAgrees)
        {
            return NoConsent;
        }

        Guid? caseId;
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            caseId = await db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.DutyId == command.DutyId).Select(d => (Guid?)d.CaseId).SingleOrDefaultAsync(ct);
        }

        for (var attempt = 1; caseId is { } id && (command.CaseId ?? id) == id; attempt++)
        {
            try
            {
                return await turn.TakeAsync(id, caller, (db, file, map) => Task.FromResult(Ask(command, caller, db, file, map)), ct);
            }
            catch (DbUpdateConcurrencyException) when (attempt < 6)
            {
                // Somebody took a step on the case meanwhile: read again.
            }
        }

        return DutyFailures.NotFound;
    }

    private Result<JointLine> Ask(RequestJointResponse command, Caller caller, AnhuDbContext db, CaseFile file, OrganisationMap map)
    {
        if (file.OpenDuties.FirstOrDefault(d => d.DutyId == command.DutyId) is not { } duty)
        {
            return Ended;
        }

        if (!book.IsScene(duty.Kind))
        {
            return SceneFailures.NoScene;
        }

        if (!RecordSceneHandler.MayWrite(caller, duty.OwnerUnitId, map))
        {
            return new Failure(FailureKind.Forbidden, "duties.not-your-unit");
        }

        if (file.OpenDuties.FirstOrDefault(d => d.Kind is JointResponse.Kind or JointResponse.SupportKind && d.IncidentId == duty.IncidentId) is { } open)
        {
            return LineOf(open);
        }

        var incident = file.Incidents.FirstOrDefault(i => i.IncidentId == duty.IncidentId) ?? file.Incidents.MaxBy(i => i.OccurredAt);
        var kind = incident is not null && JointResponse.IsSupportOnly(IncidentKnowledge.Of(incident)) ? JointResponse.SupportKind : JointResponse.Kind;
        var now = time.Now;
        var asked = new CaseRules(map, rules).Plan(file, [PlaybookEvent.SceneItem], now, incident, new TrackedSink(db), evidence: (kind, "requested"));
        if (asked.FirstOrDefault(d => d.Kind == kind) is not { } group)
        {
            return NotPlanned;
        }

        db.Record(new PendingEvent(JointResponse.Requested, now, file.Case.CaseId, group.DutyId, group.OwnerUnitId, file.Case.Class, EventData.Of(("kind", kind), ("from", duty.DutyId))));
        return LineOf(group);
    }

    internal static JointLine LineOf(Duty duty) =>
        new(duty.DutyId, JointResponse.StateOf(duty.State, duty.Outcome), duty.Kind == JointResponse.SupportKind, duty.OwnerUnitId, duty.CreatedAt, duty.Outcome);
}
