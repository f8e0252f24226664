using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>A worker's answer on two records.</summary>
public enum LinkAnswer
{
    /// <summary>One person.</summary>
    Same,

    /// <summary>Two people.</summary>
    Different,

    /// <summary>It cannot be told.</summary>
    Unsure,
}

/// <summary>Says who is who.</summary>
public sealed record StatePeople
{
    /// <summary>One record.</summary>
    public required Guid LeftRecordId { get; init; }

    /// <summary>The other record.</summary>
    public required Guid RightRecordId { get; init; }

    /// <summary>The answer.</summary>
    public required LinkAnswer Answer { get; init; }

    /// <summary>Why; may be left out where the pair was shown with its reasons.</summary>
    public string? Reason { get; init; }
}

/// <summary>What a statement led to.</summary>
/// <param name="LinkStatementId">The statement.</param>
/// <param name="Waits">True when it takes effect only once a second person agrees, since a class changes by it.</param>
public sealed record PeopleStated(Guid LinkStatementId, bool Waits);

/// <summary>
/// The commands about who is who. Each makes a statement that is kept for good; people, cases, counts and classes follow from all
/// statements that hold (<see cref="RecognitionPlan"/>). A statement that changes a class waits for a second person: for undoing,
/// its reason is the reason for lowering.
/// </summary>
public sealed class LinkPeopleHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    /// <summary>First part of the types of events about who is who.</summary>
    public const string EventPrefix = "person.";

    private const string Counter = "people:statement";

    /// <summary>Says whether two records are one person.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public Task<Result<PeopleStated>> Handle(StatePeople command, Caller caller, CancellationToken ct) => TurnAsync(
        caller,
        async (db, work) =>
        {
            if (command.Reason?.Length > LinkStatement.ReasonMaxLength)
            {
                return LinkFailures.ReasonMissing;
            }

            if (command.LeftRecordId == command.RightRecordId || !await MayDecideAsync(db, caller, [command.LeftRecordId, command.RightRecordId], ct))
            {
                return LinkFailures.NotFound;
            }

            var pair = await db.LinkPairs.FirstOrDefaultAsync(
                p => (p.LeftRecordId == command.LeftRecordId && p.RightRecordId == command.RightRecordId)
                    || (p.LeftRecordId == command.RightRecordId && p.RightRecordId == command.LeftRecordId), ct);
            if (pair?.State is LinkPairState.Settled or LinkPairState.Waiting)
            {
                return LinkFailures.SomeoneWasFaster;
            }

            var kin = await Kinship.LoadAsync(db, [command.LeftRecordId, command.RightRecordId], ct);
            var (left, right) = (kin.Records[command.LeftRecordId], kin.Records[command.RightRecordId]);
            var statement = await NewAsync(db, Kind(command.Answer), left.RecordId, right.RecordId, null, caller, Text(command.Reason), ct, pair);
            return command.Answer == LinkAnswer.Same && Refusal(kin, left, right, statement) is { } refusal ? refusal : await MakeAsync(db, work, kin, statement, ct);
        },
        ct);

    /// <summary>Takes a statement back, also one that took back, or what the door took to be one person when a record came in.</summary>
    /// <param name="targetId">The statement, or the record.</param>
    /// <param name="reason">Why.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public Task<Result<PeopleStated>> UndoAsync(Guid targetId, string? reason, Caller caller, CancellationToken ct) => TurnAsync(
        caller,
        async (db, work) =>
        {
            if (Text(reason) is not { Length: <= LinkStatement.ReasonMaxLength } why)
            {
                return LinkFailures.ReasonMissing;
            }

            var (left, right) = (Guid.Empty, Guid.Empty);
            if (await db.LinkStatements.AsNoTracking().FirstOrDefaultAsync(s => s.LinkStatementId == targetId && (s.TargetId == null || s.Kind == LinkStatementKind.Undone), ct) is { } target)
            {
                (left, right) = (target.LeftRecordId, target.RightRecordId);
            }
            else if (await db.PersonRecords.AsNoTracking().FirstOrDefaultAsync(r => r.RecordId == targetId && r.FoundRecordId != null, ct) is { } record)
            {
                (left, right) = (record.FoundRecordId!.Value, record.RecordId);
            }

            if (left == Guid.Empty || !await MayDecideAsync(db, caller, [left, right], ct))
            {
                return LinkFailures.NotFound;
            }

            var kin = await Kinship.LoadAsync(db, [left, right], ct);
            var (inForce, undone) = WhoIsWho.Weigh(kin.Statements.Values);
            if (undone.Contains(targetId) || (kin.Statements.ContainsKey(targetId) && !inForce.Contains(targetId)))
            {
                return LinkFailures.SomeoneWasFaster;
            }

            if (kin.Statements.Values.Any(s => s.TargetId == targetId && s.Kind == LinkStatementKind.Undone && s.NeedsSecond && !IsAnswered(kin, s)))
            {
                return LinkFailures.SomeoneWasFaster;
            }

            return await MakeAsync(db, work, kin, await NewAsync(db, LinkStatementKind.Undone, left, right, targetId, caller, why, ct), ct);
        },
        ct);

    /// <summary>The second person agrees to a statement that waits, or refuses it.</summary>
    /// <param name="linkStatementId">The statement.</param>
    /// <param name="agree">True to agree.</param>
    /// <param name="reason">Why; may be left out.</param>
    /// <param name="caller">Who: a supervisor, not the one who made the statement.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public Task<Result<PeopleStated>> SecondAsync(Guid linkStatementId, bool agree, string? reason, Caller caller, CancellationToken ct) => TurnAsync(
        caller,
        async (db, work) =>
        {
            var waiting = await db.LinkStatements.AsNoTracking().FirstOrDefaultAsync(s => s.LinkStatementId == linkStatementId && s.NeedsSecond, ct);
            if (waiting is null || !await MayDecideAsync(db, caller, [waiting.LeftRecordId, waiting.RightRecordId], ct))
            {
                return LinkFailures.NotFound;
            }

            if (!caller.May(Permissions.Supervise) || caller.WorkerId == waiting.WorkerId)
            {
                return LinkFailures.NeedsSecondPerson;
            }

            var kin = await Kinship.LoadAsync(db, [waiting.LeftRecordId, waiting.RightRecordId], ct);
            if (IsAnswered(kin, waiting))
            {
                return LinkFailures.SomeoneWasFaster;
            }

            var answer = await NewAsync(
                db, agree ? LinkStatementKind.Seconded : LinkStatementKind.Refused, waiting.LeftRecordId, waiting.RightRecordId, linkStatementId, caller, Text(reason), ct);
            if (agree && waiting.Kind == LinkStatementKind.Confirmed && Refusal(kin, kin.Records[waiting.LeftRecordId], kin.Records[waiting.RightRecordId], answer) is { } refusal)
            {
                return refusal;
            }

            db.Add(answer);
            var plan = RecognitionPlan.Of(kin, work, time.Now, answer);
            await ApplyAsync(db, work, plan, agree ? waiting : answer, agree ? caller.WorkerId : null, answer, ct);
            return new PeopleStated(linkStatementId, false);
        },
        ct);

    /// <summary>Joins by the platform's certainty, where no class changes by it.</summary>
    /// <param name="db">The context, whose turn it is.</param>
    /// <param name="work">Rules of cases.</param>
    /// <param name="pair">The pair.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when a worker has to decide.</returns>
    internal async Task<bool> JoinAsync(AnhuDbContext db, CaseRules work, LinkPair pair, CancellationToken ct)
    {
        var kin = await Kinship.LoadAsync(db, [pair.LeftRecordId, pair.RightRecordId], ct);
        var (left, right) = (kin.Records[pair.LeftRecordId], kin.Records[pair.RightRecordId]);
        var statement = await NewAsync(db, LinkStatementKind.Joined, left.RecordId, right.RecordId, null, null, null, ct, pair);
        if (Refusal(kin, left, right, statement) is not null || kin.Statements.Values.Any(s => s.LeftRecordId == left.RecordId && s.RightRecordId == right.RecordId))
        {
            return false;
        }

        var plan = RecognitionPlan.Of(kin, work, time.Now, statement);
        if (plan.ChangesClass || plan.Who[left.RecordId] != plan.Who[right.RecordId])
        {
            return false;
        }

        db.Add(statement);
        await ApplyAsync(db, work, plan, statement, null, statement, ct);
        return true;
    }

    private static bool IsAnswered(Kinship kin, LinkStatement statement) => kin.Statements.Values.Any(
        s => s.TargetId == statement.LinkStatementId && s.Kind is LinkStatementKind.Seconded or LinkStatementKind.Refused);

    /// <summary>
    /// Why two records can't be made one person by a statement. What would come of it decides: somebody who was called different from one of
    /// them, and is with the other on arrival only, leaves the other rather than stands in the way.
    /// </summary>
    private static Failure? Refusal(Kinship kin, PersonRecord left, PersonRecord right, LinkStatement said)
    {
        var (one, other) = (kin.Records.Values.Where(r => r.PersonId == left.PersonId), kin.Records.Values.Where(r => r.PersonId == right.PersonId));
        if (left.PersonId == right.PersonId)
        {
            return LinkFailures.NoChange;
        }

        if (HasSeal(kin, one) || HasSeal(kin, other))
        {
            return LinkFailures.Sealed;
        }

        var who = WhoIsWho.Of([.. kin.Records.Values], [.. kin.Statements.Values, said]);
        return who[left.RecordId] == who[right.RecordId] ? null : WhoIsWho.SharesReport(one, other) ? LinkFailures.SameReport : LinkFailures.CalledDifferent;
    }

    private static bool HasSeal(Kinship kin, IEnumerable<PersonRecord> records) =>
        records.Any(r => r.IncidentId is { } id && kin.Incidents.TryGetValue(id, out var i) && kin.Cases[i.CaseId].IsSealed);

    private async Task<Result<PeopleStated>> TurnAsync(Caller caller, Func<AnhuDbContext, CaseRules, Task<Result<PeopleStated>>> work, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync(
            async () => caller.May(Permissions.LinkPeople) ? await work(db, new CaseRules(map, rules)) : LinkFailures.NotFound, ct);
    }

    /// <summary>Whether a caller sees enough of the cases of records to say who they are.</summary>
    private async Task<bool> MayDecideAsync(AnhuDbContext db, Caller caller, IReadOnlyList<Guid> recordIds, CancellationToken ct)
    {
        var cases = await (
            from record in db.PersonRecords.AsNoTracking()
            join incident in db.Incidents on record.IncidentId equals incident.IncidentId into of
            from incident in of.DefaultIfEmpty()
            where recordIds.Contains(record.RecordId)
            select new { record.RecordId, CaseId = (Guid?)incident.CaseId }).ToListAsync(ct);
        if (cases.Count < recordIds.Count || cases.TrueForAll(c => c.CaseId is null))
        {
            return false;
        }

        foreach (var id in cases.Select(c => c.CaseId).OfType<Guid>().Distinct())
        {
            if (await sights.FindAsync(db, caller, id, ct) is not (_, { View: >= CaseView.Card } sight) || sight.Grant == GrantKind.Emergency)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<Result<PeopleStated>> MakeAsync(AnhuDbContext db, CaseRules work, Kinship kin, LinkStatement statement, CancellationToken ct)
    {
        var plan = RecognitionPlan.Of(kin, work, time.Now, statement);
        if (plan.ChangesClass)
        {
            statement.NeedsSecond = true;
            db.Add(statement);
            foreach (var pair in await db.LinkPairs.Where(p => p.LeftRecordId == statement.LeftRecordId && p.RightRecordId == statement.RightRecordId).ToListAsync(ct))
            {
                pair.State = PairStates.Of(pair, kin.Statements.Values.Append(statement));
            }

            Tell(db, kin, statement, "person.proposed");
            return new PeopleStated(statement.LinkStatementId, true);
        }

        db.Add(statement);
        await ApplyAsync(db, work, plan, statement, null, statement, ct);
        return new PeopleStated(statement.LinkStatementId, false);
    }

    private async Task ApplyAsync(
        AnhuDbContext db, CaseRules work, RecognitionPlan plan, LinkStatement cause, Guid? approvedBy, LinkStatement said, CancellationToken ct)
    {
        // Before it happens, so that each case's record tells why before it tells what.
        Tell(db, plan.Kin, said, TypeOf(said.Kind));
        plan.Kin.Statements.TryAdd(said.LinkStatementId, said);
        await new RecognitionWork(db, work, plan, cause, approvedBy, time.Now).RunAsync(ct);
    }

    /// <summary>Tells it in the record of each case of both people.</summary>
    private void Tell(AnhuDbContext db, Kinship kin, LinkStatement said, string type)
    {
        var people = new[] { kin.Records[said.LeftRecordId].PersonId, kin.Records[said.RightRecordId].PersonId };
        var cases = kin.Records.Values.Where(r => people.Contains(r.PersonId) && r.IncidentId is { } id && kin.Incidents.ContainsKey(id))
            .Select(r => kin.Incidents[r.IncidentId!.Value].CaseId).Distinct().Order().ToList();

        // That a sealed case is about somebody is told in its own record only.
        foreach (var caseId in cases.Exists(c => kin.Cases[c].IsSealed) ? cases.Where(c => kin.Cases[c].IsSealed) : cases)
        {
            db.Record(new PendingEvent(type, time.Now, caseId, Class: kin.Cases[caseId].Class, Data: EventData.Of(
                ("statement", said.LinkStatementId), ("left", said.LeftRecordId), ("right", said.RightRecordId), ("target", said.TargetId),
                ("probability", said.Probability is { } p ? (int)Math.Floor(p * 1000) : null), ("model", said.ModelVersion), ("reason", said.Reason))));
        }
    }

    private async Task<LinkStatement> NewAsync(
        AnhuDbContext db, LinkStatementKind kind, Guid left, Guid right, Guid? target, Caller? caller, string? reason, CancellationToken ct,
        LinkPair? pair = null)
    {
        var counter = await db.Counters.FindAsync([Counter], ct);
        if (counter is null)
        {
            db.Add(counter = new Counter { Name = Counter, Value = 0 });
        }

        return new LinkStatement
        {
            LinkStatementId = Guid.CreateVersion7(time.Now), StatementSequence = ++counter.Value, Kind = kind, LeftRecordId = left, RightRecordId = right,
            TargetId = target, At = time.Now, WorkerId = caller?.WorkerId, Reason = reason,
            Probability = pair?.Probability, ModelVersion = pair?.ModelVersion,
        };
    }

    private static string TypeOf(LinkStatementKind kind) => EventPrefix + kind switch
    {
        LinkStatementKind.Joined => "joined",
        LinkStatementKind.Confirmed => "confirmed",
        LinkStatementKind.Different => "different",
        LinkStatementKind.Unsure => "unsure",
        LinkStatementKind.Undone => "undone",
        LinkStatementKind.Seconded => "seconded",
        LinkStatementKind.Refused => "refused",
    };

    private static LinkStatementKind Kind(LinkAnswer answer) => answer switch
    {
        LinkAnswer.Same => LinkStatementKind.Confirmed,
        LinkAnswer.Different => LinkStatementKind.Different,
        LinkAnswer.Unsure => LinkStatementKind.Unsure,
    };

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
