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

/// <summary>The sheet of a hand-over, as it is sent.</summary>
/// <param name="Urgency"><c>normal</c>, <c>urgent</c> or <c>very-urgent</c>.</param>
/// <param name="Summary">What the receiver must know, at most 300 characters.</param>
/// <param name="Needs">What is asked of the receiver, at most 300 characters.</param>
/// <param name="Done">Steps that are done.</param>
/// <param name="Open">Steps that are open; one at least.</param>
/// <param name="Enclosed">Documents that go with it.</param>
/// <param name="Ground">Why the receiver may be told: <c>agreed</c>, or what the law puts in its place. Missing: it may not, and sees a card at most.</param>
/// <param name="Explanation">Her words, or why the law replaces them; goes with a ground.</param>
public sealed record HandOverSheetRequest(
    HandOverUrgency? Urgency, string? Summary, string? Needs, IReadOnlyList<string?>? Done, IReadOnlyList<string?>? Open, string? Enclosed, SharingGround? Ground, string? Explanation)
{
    internal HandOverSheet ToSheet() => new()
    {
        Urgency = Urgency ?? HandOverUrgency.Normal, Summary = Summary, Needs = Needs, Done = [.. Done?.OfType<string>() ?? []], Open = [.. Open?.OfType<string>() ?? []], Enclosed = Enclosed,
        Ground = Ground, Explanation = Explanation,
    };
}

/// <summary>A step of a hand-over.</summary>
/// <param name="What">What.</param>
/// <param name="DoneAt">When it was done; missing while it is open.</param>
/// <param name="Unit">The unit that did it.</param>
public sealed record HandOverStepAnswer(string What, DateTimeOffset? DoneAt, string? Unit);

/// <summary>A hand-over. What may not be told to the caller is missing, and <c>told</c> is false.</summary>
public sealed record HandOverAnswer(
    Guid Id, Guid DutyId, string Kind, HandOverState State, string? From, string? To, DateTimeOffset OfferedAt, HandOverUrgency Urgency, string? Reason, string? Answer,
    DateTimeOffset? AnsweredAt, bool Told, bool WithoutConsent, SharingGround? Ground, string? Basis, string? Summary, string? Needs, string? Enclosed, IReadOnlyList<HandOverStepAnswer> Steps);

/// <summary>The hand-overs of a duty, newest first.</summary>
public sealed record HandOversAnswer(IReadOnlyList<HandOverAnswer> Items);

/// <summary>Records that a unit may be told of a case for one purpose.</summary>
/// <param name="Receiver">Code of the recipient.</param>
/// <param name="Purpose">The kind of duty.</param>
/// <param name="Ground">The ground.</param>
/// <param name="Explanation">Her words, or why the law replaces them.</param>
public sealed record ConsentRequest(string? Receiver, string? Purpose, SharingGround? Ground, string? Explanation);

/// <summary>Withdraws a consent.</summary>
/// <param name="Reason">Why.</param>
public sealed record WithdrawConsentRequest(string? Reason);

/// <summary>A consent, or the ground in law in its place.</summary>
public sealed record ConsentAnswer(Guid Id, string? Receiver, string Purpose, SharingGround Ground, string Basis, DateTimeOffset GivenAt, string? RecordedBy, DateTimeOffset? WithdrawnAt);

/// <summary>The consents of a case, newest first.</summary>
public sealed record ConsentsAnswer(IReadOnlyList<ConsentAnswer> Items);

/// <summary>The API of hand-overs and of what is shared by them.</summary>
public static class HandOverEndpoints
{
    /// <summary>Maps the routes.</summary>
    /// <param name="app">Routes.</param>
    public static void MapHandOvers(this IEndpointRouteBuilder app)
    {
        var sheets = app.MapGroup("/api/v1/duties/{id:guid}/hand-overs").WithTags("Duties").RequireAuthorization(Permissions.ReadCases);
        sheets.MapGet("", ListAsync).WithName("ListHandOvers").WithSummary("The hand-overs of a duty with their steps done and open").ProducesProblem(StatusCodes.Status404NotFound);
        sheets.MapPost("/{handOverId:guid}/steps/{step:int}/done", MarkAsync).WithName("MarkHandOverStep").WithSummary("Say that a step of an accepted hand-over is done; the first step is 1")
            .RequireAuthorization(Permissions.WorkDuties).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        var consents = app.MapGroup("/api/v1/cases/{id:guid}/consents").WithTags("Cases").RequireAuthorization(Permissions.ReadCases);
        consents.MapGet("", ConsentsAsync).WithName("ListConsents").WithSummary("With which units the case may be shared, for what, and on which ground").ProducesProblem(StatusCodes.Status404NotFound);
        consents.MapPost("", GiveAsync).WithName("GiveConsent").WithSummary("Record a consent, or the ground in law in its place").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        consents.MapPost("/{consentId:guid}/withdraw", WithdrawAsync).WithName("WithdrawConsent").WithSummary("Record that a consent is withdrawn; what the unit sees shrinks at once")
            .RequireAuthorization(Permissions.WorkDuties).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<HandOversAnswer>, FailureResult>> ListAsync(
        HttpContext http, Guid id, DutyQueries duties, HandOverQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        var caller = Caller.From(http.User)!;
        if (await duties.GetAsync(caller, id, ct) is not { } duty || await queries.OfDutyAsync(caller, id, ct) is not { } found)
        {
            return DutyFailures.NotFound.ToProblem();
        }

        views.Line(ViewTypes.Duty, duty);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new HandOversAnswer([.. found.Select(h => new HandOverAnswer(
            h.Sheet.HandOverId, h.Sheet.DutyId, h.Kind, h.State, map.Find(h.Sheet.FromUnitId)?.Code, map.Find(h.Sheet.ToUnitId)?.Code, h.Sheet.OfferedAt, h.Sheet.Urgency, h.Sheet.Reason,
            h.Answer, h.AnsweredAt, h.IsTold, h.Sheet.WithoutConsent, h.Ground, h.Ground is { } ground ? SharingGrounds.Basis(ground).Text : null, h.Sheet.Summary, h.Sheet.Needs, h.Sheet.Enclosed,
            [.. h.Sheet.Steps.Select(s => new HandOverStepAnswer(s.What, s.DoneAt, s.UnitId is { } by ? map.Find(by)?.Code : null))]))]));
    }

    private static async Task<Results<NoContent, FailureResult>> MarkAsync(HttpContext http, Guid id, Guid handOverId, int step, HandOverQueries queries, CancellationToken ct)
    {
        var result = await queries.MarkAsync(Caller.From(http.User)!, id, handOverId, step - 1, ct);
        return result.IsOk ? TypedResults.NoContent() : result.Failure!.ToProblem();
    }

    private static async Task<Results<Ok<ConsentsAnswer>, FailureResult>> ConsentsAsync(
        HttpContext http, Guid id, CaseQueries cases, SharingConsents consents, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        var caller = Caller.From(http.User)!;
        if (await cases.SightAsync(caller, id, ct) is not { } sight || await consents.ListAsync(caller, id, ct) is not { } found)
        {
            return CaseFailures.NotFound.ToProblem();
        }

        views.Case(ViewTypes.Case, id, sight);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new ConsentsAnswer([.. found.Select(c => Answer(c, map))]));
    }

    private static async Task<Results<Ok<ConsentAnswer>, FailureResult, ValidationProblem>> GiveAsync(
        HttpContext http, Guid id, ConsentRequest request, SharingConsents consents, OrganisationDirectory organisation, CancellationToken ct)
    {
        if (request.Ground is not { } ground)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["ground"] = ["Missing."] });
        }

        var result = await consents.GiveAsync(new GiveConsent(id, request.Receiver, request.Purpose, ground, request.Explanation), Caller.From(http.User)!, ct);
        return result.IsOk ? TypedResults.Ok(Answer(result.Value, await organisation.GetAsync(ct))) : result.Failure!.ToProblem();
    }

    private static async Task<Results<Ok<ConsentAnswer>, FailureResult>> WithdrawAsync(
        HttpContext http, Guid id, Guid consentId, WithdrawConsentRequest request, SharingConsents consents, OrganisationDirectory organisation, CancellationToken ct)
    {
        var result = await consents.WithdrawAsync(Caller.From(http.User)!, id, consentId, request.Reason, ct);
        return result.IsOk ? TypedResults.Ok(Answer(result.Value, await organisation.GetAsync(ct))) : result.Failure!.ToProblem();
    }

    private static ConsentAnswer Answer(SharingConsent c, OrganisationMap map) => new(
        c.SharingConsentId, map.Find(c.UnitId)?.Code, c.Purpose, c.Ground, SharingGrounds.Basis(c.Ground).Text, c.GivenAt, map.Find(c.ByUnitId)?.Code, c.WithdrawnAt);
}
