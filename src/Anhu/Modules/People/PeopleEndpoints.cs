using Anhu.Api;
using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Recognition;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.People;

/// <summary>Pairs to look at.</summary>
/// <param name="Pairs">The pairs, the most important first.</param>
/// <param name="Next">Where the next page starts; absent on the last.</param>
public sealed record LinksAnswer(IReadOnlyList<LinkPairView> Pairs, string? Next);

/// <summary>An answer on a pair.</summary>
public sealed record AnswerPairRequest
{
    /// <summary>One person, two, or it cannot be told.</summary>
    public required LinkAnswer Answer { get; init; }

    /// <summary>Why; at most 1000 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>An earlier statement is taken back.</summary>
public sealed record UndoStatementRequest
{
    /// <summary>Why; at most 1000 characters.</summary>
    public required string Reason { get; init; }
}

/// <summary>The second person's answer.</summary>
public sealed record SecondStatementRequest
{
    /// <summary>True to agree, false to refuse.</summary>
    public required bool Agree { get; init; }

    /// <summary>Why; at most 1000 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>The API about who is who. Deciding is for workers: a system has no permission for it.</summary>
internal static class PeopleEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder app)
    {
        var people = app.MapGroup("/api/v1/people").WithTags("People").RequireAuthorization(Permissions.LinkPeople);
        people.MapGet("/links", ListAsync).WithName("ListLinks").WithSummary("Pairs of records that are likely one person, as far as the caller may see both");
        people.MapPost("/links/{id:guid}", AnswerAsync).WithName("AnswerLink").WithSummary("Say whether a pair is one person")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        people.MapPost("/statements/{id:guid}/undo", UndoAsync).WithName("UndoStatement")
            .WithSummary("Take a statement back, or what was found when a record came in")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        people.MapPost("/statements/{id:guid}/second", SecondAsync).WithName("SecondStatement").WithSummary("Agree to a statement that changes a class, or refuse it")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<LinksAnswer>, ValidationProblem>> ListAsync(
        HttpContext http, LinkQueries queries, ViewRecorder views, CancellationToken ct, string? state = null, string? after = null, int? limit = null)
    {
        var errors = new Dictionary<string, string[]>();
        var list = QueryValues.Kebab<LinkList>(state, "state", errors);
        QueryValues.Range(limit, 1, LinkQueries.Most, "limit", errors);
        var cursor = LinkCursor.Parse(after);
        if (after is not null && cursor is null)
        {
            errors["after"] = ["Not a place in this list."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var (pairs, next) = await queries.ListAsync(Caller.From(http.User)!, list ?? LinkList.Open, cursor, limit ?? LinkQueries.Most, ct);
        views.Pairs("api-links", pairs);
        await views.DoneAsync();
        return TypedResults.Ok(new LinksAnswer(pairs, next?.ToString()));
    }

    private static async Task<Results<Ok<PeopleStated>, FailureResult>> AnswerAsync(
        HttpContext http, Guid id, AnswerPairRequest request, LinkQueries queries, LinkPeopleHandler handler, CancellationToken ct)
    {
        var caller = Caller.From(http.User)!;
        if (await queries.FindAsync(caller, id, ct) is not { } pair)
        {
            return LinkFailures.NotFound.ToProblem();
        }

        return Answer(await handler.Handle(
            new StatePeople { LeftRecordId = pair.Left.RecordId, RightRecordId = pair.Right.RecordId, Answer = request.Answer, Reason = request.Reason }, caller, ct));
    }

    private static async Task<Results<Ok<PeopleStated>, FailureResult>> UndoAsync(
        HttpContext http, Guid id, UndoStatementRequest request, LinkPeopleHandler handler, CancellationToken ct) =>
        Answer(await handler.UndoAsync(id, request.Reason, Caller.From(http.User)!, ct));

    private static async Task<Results<Ok<PeopleStated>, FailureResult>> SecondAsync(
        HttpContext http, Guid id, SecondStatementRequest request, LinkPeopleHandler handler, CancellationToken ct) =>
        Answer(await handler.SecondAsync(id, request.Agree, request.Reason, Caller.From(http.User)!, ct));

    private static Results<Ok<PeopleStated>, FailureResult> Answer(Result<PeopleStated> result) =>
        result.IsOk ? TypedResults.Ok(result.Value) : result.Failure!.ToProblem();
}
