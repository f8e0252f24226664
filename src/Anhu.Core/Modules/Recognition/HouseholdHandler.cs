using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>Says who lives with whom.</summary>
public sealed record StateHousehold
{
    /// <summary>Who it is about.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>Somebody of the household.</summary>
    public required Guid WithPersonId { get; init; }

    /// <summary>What; not <see cref="HouseholdStatementKind.Undone"/>.</summary>
    public required HouseholdStatementKind Kind { get; init; }

    /// <summary>Since or until which day of the city; today when null.</summary>
    public DateOnly? On { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}

/// <summary>
/// The commands about households. Each makes a statement that is kept for good and can be taken back; households follow from reports and statements (<see cref="Households"/>).
/// No case, class or right follows from them.
/// </summary>
public sealed class HouseholdHandler(IDbContextFactory<AnhuDbContext> contexts, HouseholdQueries queries, RuleBook rules, TimeProvider time)
{
    /// <summary>First part of the types of events about households. They tell where somebody does not live any more.</summary>
    public const string EventPrefix = "household.";

    /// <summary>Says that somebody lives with somebody, moved out, or never lived there.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who: sees both, and works on a case of one of them.</param>
    /// <param name="ct">Cancels before the commit.</param>
    /// <returns>The statement.</returns>
    public Task<Result<Guid>> Handle(StateHousehold command, Caller caller, CancellationToken ct) => TurnAsync(
        caller,
        async db =>
        {
            var reason = command.Reason.Trim();
            var today = rules.Clock.Zone.DateOf(time.Now);
            var on = command.On ?? today;
            if (reason.Length is 0 or > HouseholdStatement.ReasonMaxLength)
            {
                return LinkFailures.ReasonMissing;
            }

            if (on > today || on.Year < 1900)
            {
                return LinkFailures.DayWrong;
            }

            var set = await queries.LoadAsync(db, caller, [command.PersonId, command.WithPersonId], ct);
            if (command.Kind == HouseholdStatementKind.Undone || command.PersonId == command.WithPersonId || !set.Knows(command.PersonId) || !set.Knows(command.WithPersonId)
                || !set.MayCorrect(caller, new HashSet<Guid> { command.PersonId, command.WithPersonId }))
            {
                return LinkFailures.NotFound;
            }

            var together = set.Households.Where(h => Has(h, command.PersonId, false) && Has(h, command.WithPersonId, false)).ToList();
            var changes = command.Kind switch
            {
                HouseholdStatementKind.LivesThere => !together.Exists(h => Has(h, command.PersonId, true) && Has(h, command.WithPersonId, true)),
                HouseholdStatementKind.MovedOut => together.Exists(h => Has(h, command.PersonId, true)),
                HouseholdStatementKind.NeverLivedThere or HouseholdStatementKind.Undone => together.Count > 0,
            };
            return changes ? await AddAsync(db, set, command.Kind, (command.PersonId, command.WithPersonId), rules.Clock.Zone.StartOf(on), null, caller, reason, ct) : LinkFailures.NoChange;
        },
        ct);

    /// <summary>Takes a statement back.</summary>
    /// <param name="statementId">Which.</param>
    /// <param name="reason">Why.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public Task<Result<Guid>> UndoAsync(Guid statementId, string? reason, Caller caller, CancellationToken ct) => TurnAsync(
        caller,
        async db =>
        {
            if (reason?.Trim() is not { Length: > 0 and <= HouseholdStatement.ReasonMaxLength } why)
            {
                return LinkFailures.ReasonMissing;
            }

            if (await HouseholdQueries.FindSaidAsync(db, statementId, ct) is not var (target, person, with))
            {
                return LinkFailures.NotFound;
            }

            var set = await queries.LoadAsync(db, caller, [person, with], ct);
            if (!set.Knows(person) || !set.Knows(with) || !set.MayCorrect(caller, new HashSet<Guid> { person, with }))
            {
                return LinkFailures.NotFound;
            }

            return Households.Undone(set.Said.Select(s => s.Said)).Contains(statementId)
                ? LinkFailures.SomeoneWasFaster
                : await AddAsync(db, set, HouseholdStatementKind.Undone, (person, with), target.OnAt, statementId, caller, why, ct, (target.RecordId, target.WithRecordId));
        },
        ct);

    private static bool Has(Household household, Guid personId, bool now) => household.Members.Any(m => m.PersonId == personId && (!now || m.To is null));

    private static string TypeOf(HouseholdStatementKind kind) => EventPrefix + kind switch
    {
        HouseholdStatementKind.LivesThere => "lives-there",
        HouseholdStatementKind.MovedOut => "moved-out",
        HouseholdStatementKind.NeverLivedThere => "never-lived-there",
        HouseholdStatementKind.Undone => "undone",
    };

    private async Task<Result<Guid>> AddAsync(
        AnhuDbContext db, HouseholdSet set, HouseholdStatementKind kind, (Guid Person, Guid With) who, DateTimeOffset onAt, Guid? target, Caller caller, string reason,
        CancellationToken ct, (Guid Record, Guid With)? records = null)
    {
        var counter = await db.Counters.FindAsync([HouseholdStatement.Counter], ct);
        if (counter is null)
        {
            db.Add(counter = new Counter { Name = HouseholdStatement.Counter, Value = 0 });
        }

        // A person has the id of its first record.
        var statement = new HouseholdStatement
        {
            HouseholdStatementId = Guid.CreateVersion7(time.Now), StatementSequence = ++counter.Value, Kind = kind, RecordId = records?.Record ?? who.Person,
            WithRecordId = records?.With ?? who.With, OnAt = onAt, TargetId = target, At = time.Now, WorkerId = caller.WorkerId!.Value, Reason = reason,
        };
        db.Add(statement);
        foreach (var caseId in set.CasesOf(who.Person).Union(set.CasesOf(who.With)).Order())
        {
            db.Record(new PendingEvent(TypeOf(kind), time.Now, caseId, Data: EventData.Of(
                ("statement", statement.HouseholdStatementId), ("person", statement.RecordId), ("with", statement.WithRecordId), ("target", target), ("reason", reason))));
        }

        return statement.HouseholdStatementId;
    }

    private async Task<Result<Guid>> TurnAsync(Caller caller, Func<AnhuDbContext, Task<Result<Guid>>> work, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync(async () => caller.May(Permissions.LinkPeople) && caller.WorkerId is not null ? await work(db) : LinkFailures.NotFound, ct);
    }
}
