using System.Text.Json.Nodes;
using Anhu.Api;
using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.Duties;

/// <summary>A duty; <c>etag</c> goes into <c>If-Match</c>.</summary>
public sealed record DutyItem(
    Guid Id, Guid CaseId, string CaseNumber, string Kind, string? Unit, DutyState State, DateTimeOffset CreatedAt, DateTimeOffset DueAt, bool Overdue,
    int EscalationLevel, int Class, string Basis, string? HandOverTo, DateTimeOffset? HandOverAnswerBy, string? Outcome, DateTimeOffset? DoneAt, string Etag)
{
    /// <summary>Makes it of a line.</summary>
    public static DutyItem From(DutyLine d, OrganisationMap map) => new(
        d.DutyId, d.CaseId, d.CaseNumber, d.Kind, map.Find(d.OwnerUnitId)?.Code, d.State, d.CreatedAt, d.DueAt, d.OverdueAt is not null,
        d.EscalationLevel, d.Class, d.Basis, d.HandOverToUnitId is { } to ? map.Find(to)?.Code : null, d.HandOverDueAt, d.Outcome, d.DoneAt,
        DutyEndpoints.Etag(d.Version));
}

/// <summary>A page of duties; <c>next</c> goes into <c>after</c>.</summary>
public sealed record DutyListAnswer(IReadOnlyList<DutyItem> Items, string? Next);

/// <summary>The body of a step; each step takes what it needs.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Receiver">Code of the receiving unit.</param>
/// <param name="Outcome">Outcome code of the form.</param>
/// <param name="Form">The filled form.</param>
/// <param name="Sheet">The sheet of a hand-over; needed between agencies.</param>
public sealed record DutyStepRequest(string? Reason, string? Receiver, string? Outcome, JsonObject? Form, bool? LeaksSeen = null, HandOverSheetRequest? Sheet = null);

/// <summary>The API of duties.</summary>
public static class DutyEndpoints
{
    /// <summary>The ETag of a version.</summary>
    /// <param name="version">The version.</param>
    public static string Etag(long version) => $"\"{version}\"";

    /// <summary>Maps the routes.</summary>
    /// <param name="app">Routes.</param>
    public static void MapDuties(this IEndpointRouteBuilder app)
    {
        var duties = app.MapGroup("/api/v1/duties").WithTags("Duties");
        duties.MapGet("", ListAsync).WithName("ListDuties").WithSummary("Duties that the caller may see, soonest deadline first")
            .RequireAuthorization(Permissions.ReadCases);
        duties.MapGet("/{id:guid}", GetAsync).WithName("GetDuty").WithSummary("One duty").RequireAuthorization(Permissions.ReadCases)
            .ProducesProblem(StatusCodes.Status404NotFound);
        foreach (var (path, step) in ((string, DutyStep)[])[
            ("accept", DutyStep.Accept), ("start", DutyStep.Start), ("complete", DutyStep.Complete), ("return", DutyStep.Return),
            ("hand-over", DutyStep.HandOver), ("cancel", DutyStep.Cancel), ("verify", DutyStep.Verify), ("reassign", DutyStep.Reassign)])
        {
            duties.MapPost($"/{{id:guid}}/{path}", (HttpContext http, Guid id, DutyStepRequest? request, TakeDutyStepHandler handler, DutyQueries queries,
                    OrganisationDirectory organisation, CancellationToken ct) => StepAsync(http, id, step, request, handler, queries, organisation, ct))
                .WithName($"{step}Duty").WithSummary($"The step “{path}” on a duty").RequireAuthorization(Permissions.WorkDuties)
                .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static async Task<Results<Ok<DutyListAnswer>, ValidationProblem>> ListAsync(
        HttpContext http, DutyQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct,
        string? state = null, string? unit = null, bool? overdue = null, string? kind = null, string? after = null, int? limit = null)
    {
        var errors = new Dictionary<string, string[]>();
        var map = await organisation.GetAsync(ct);
        var parsedState = state == "open" ? null : QueryValues.Kebab<DutyState>(state, "state", errors);
        var cursor = DutyCursor.Parse(after);
        if (after is not null && cursor is null)
        {
            errors["after"] = ["Not a cursor of this list."];
        }

        QueryValues.Range(limit, 1, 200, "limit", errors);
        var unitId = unit is null ? null : map.Find(unit)?.UnitId;
        if (unit is not null && unitId is null)
        {
            errors["unit"] = ["No such unit."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var page = await queries.ListAsync(
            Caller.From(http.User)!,
            new DutyListFilter
            {
                After = cursor, Limit = limit ?? 50, State = parsedState, OnlyOpen = state is null or "open", UnitId = unitId, Overdue = overdue, Kind = kind,
            },
            ct);
        views.List("api-duties", page.Items.Count, ("state", state), ("unit", unit), ("kind", kind));
        await views.DoneAsync();
        return TypedResults.Ok(new DutyListAnswer([.. page.Items.Select(d => DutyItem.From(d, map))], page.Next?.ToString()));
    }

    private static async Task<Results<Ok<DutyItem>, FailureResult>> GetAsync(
        HttpContext http, Guid id, DutyQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.GetAsync(Caller.From(http.User)!, id, ct) is not { } duty)
        {
            return DutyFailures.NotFound.ToProblem();
        }

        views.Line(ViewTypes.Duty, duty);
        await views.DoneAsync();
        http.Response.Headers.ETag = Etag(duty.Version);
        return TypedResults.Ok(DutyItem.From(duty, await organisation.GetAsync(ct)));
    }

    private static async Task<Results<Ok<DutyItem>, FailureResult>> StepAsync(
        HttpContext http, Guid id, DutyStep step, DutyStepRequest? request, TakeDutyStepHandler handler, DutyQueries queries,
        OrganisationDirectory organisation, CancellationToken ct)
    {
        long? version = null;
        if (http.Request.Headers.IfMatch.ToString() is { Length: > 0 } match && match != "*")
        {
            if (!long.TryParse(match.AsSpan().Trim('"'), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var parsed))
            {
                return new Failure(FailureKind.Invalid, "duties.if-match-wrong", "If-Match").ToProblem();
            }

            version = parsed;
        }

        var caller = Caller.From(http.User)!;
        var result = await handler.Handle(
            new TakeDutyStep
            {
                DutyId = id, Step = step, Version = version, Reason = request?.Reason, Receiver = request?.Receiver, Outcome = request?.Outcome,
                Form = request?.Form?.ToJsonString(), LeaksSeen = request?.LeaksSeen == true, Sheet = request?.Sheet?.ToSheet(),
            },
            caller, ct);
        if (!result.IsOk)
        {
            return result.Failure!.ToProblem();
        }

        http.Response.Headers.ETag = Etag(result.Value.Version);
        return TypedResults.Ok(DutyItem.From(await queries.LineAsync(result.Value, ct), await organisation.GetAsync(ct)));
    }
}
