using Anhu.Api;
using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.Whereabouts;

/// <summary>A leak to report.</summary>
/// <param name="What"><c>home</c>, <c>phone</c>, <c>daily</c> or <c>several</c>.</param>
/// <param name="To"><c>other-party</c>, <c>colleague</c>, <c>stranger</c> or <c>not-known</c>.</param>
/// <param name="Since">From when on it may have been seen; missing when nobody knows.</param>
/// <param name="Note">How it was noticed, 5 to 500 characters; never the place or number itself.</param>
/// <param name="Workers">Sign-in names of the workers, 1 to 6, who are still shown place and number.</param>
public sealed record LeakRequest(string? What, string? To, DateTimeOffset? Since, string? Note, IReadOnlyList<string>? Workers);

/// <summary>A leak; never what leaked.</summary>
/// <param name="Id">Its id.</param>
/// <param name="What">What kind of thing.</param>
/// <param name="To">To whom.</param>
/// <param name="Since">From when on it may have been seen.</param>
/// <param name="ReportedAt">When it was reported.</param>
/// <param name="VictimReached">She was reached.</param>
/// <param name="OfficerDueAt">By when the data-protection officer answers.</param>
/// <param name="AnsweredAt">When the officer did.</param>
/// <param name="AuthorityTold">Whether the authority was told.</param>
/// <param name="EndedAt">When it was over.</param>
public sealed record LeakItem(
    Guid Id, ExposedThing What, ExposedTo To, DateTimeOffset? Since, DateTimeOffset ReportedAt, bool VictimReached, DateTimeOffset OfficerDueAt, DateTimeOffset? AnsweredAt, bool? AuthorityTold,
    DateTimeOffset? EndedAt)
{
    internal static LeakItem From(Exposure leak, bool reached) => new(
        leak.ExposureId, leak.What, leak.To, leak.Since, leak.ReportedAt, reached, leak.OfficerDueAt, leak.AnsweredAt, leak.AuthorityTold, leak.EndedAt);
}

/// <summary>The leaks of a case.</summary>
/// <param name="Items">Newest first.</param>
public sealed record LeakListAnswer(IReadOnlyList<LeakItem> Items);

/// <summary>The API of leaks. Programs report them and see where they stand; who saw what is for people.</summary>
internal static class LeakEndpoints
{
    public static void MapLeaks(this IEndpointRouteBuilder app)
    {
        var leaks = app.MapGroup("/api/v1/cases/{id:guid}/leaks").WithTags("Leaks").RequireAuthorization(Permissions.WorkDuties).ProducesProblem(StatusCodes.Status404NotFound);
        leaks.MapGet("", ListAsync).WithName("ListLeaks").WithSummary("Leaks of where the victim is, newest first");
        leaks.MapPost("", ReportAsync).WithName("ReportLeak").WithSummary("Report that where she is got to the wrong eyes; takes effect at once")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<LeakListAnswer>, FailureResult>> ListAsync(HttpContext http, Guid id, LeakQueries queries, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.OfCaseAsync(Caller.From(http.User)!, id, ct) is not { } state)
        {
            return LeakFailures.NotFound.ToProblem();
        }

        views.Saw(ViewTypes.Audit, id, ("list", "leak"), ("shown", 0));
        await views.DoneAsync();
        return TypedResults.Ok(new LeakListAnswer([.. state.Leaks.Select(l => LeakItem.From(l.Leak, l.VictimReached))]));
    }

    private static async Task<Results<Created<LeakItem>, FailureResult>> ReportAsync(HttpContext http, Guid id, LeakRequest request, LeakDesk desk, CancellationToken ct)
    {
        var errors = new Dictionary<string, string[]>();
        var result = await desk.ReportAsync(
            new ReportLeak
            {
                CaseId = id, What = QueryValues.Kebab<ExposedThing>(request.What, "what", errors), To = QueryValues.Kebab<ExposedTo>(request.To, "to", errors), Since = request.Since,
                Note = request.Note ?? "", Workers = request.Workers ?? [],
            },
            Caller.From(http.User)!, ct);
        return result.IsOk ? TypedResults.Created($"/api/v1/cases/{id}/leaks", LeakItem.From(result.Value, false)) : result.Failure!.ToProblem();
    }
}
