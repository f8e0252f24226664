using System.Globalization;
using System.Text.Json.Nodes;
using Anhu.Api;
using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.Measures;

/// <summary>A measure; <c>etag</c> goes into <c>If-Match</c>.</summary>
public sealed record MeasureItem(
    Guid Id, string Kind, Guid CaseId, string CaseNumber, string State, bool Open, IReadOnlyList<string> Overlays, string? Number, string? Unit, DateTimeOffset ProposedAt,
    DateTimeOffset? DueAt, DateTimeOffset? IssuedAt, DateTimeOffset? DeliveredAt, DateTimeOffset? EndedAt, string Etag)
{
    /// <summary>Makes it of a line.</summary>
    public static MeasureItem From(MeasureLine m, OrganisationMap map) => new(
        m.MeasureId, m.Kind, m.CaseId, m.CaseNumber, m.State, m.IsOpen, m.Overlays, m.Number, map.Find(m.UnitId)?.Code, m.ProposedAt, m.DueAt, m.IssuedAt, m.DeliveredAt, m.EndedAt,
        MeasureEndpoints.Etag(m.Version));
}

/// <summary>The measures of a case, newest first.</summary>
public sealed record CaseMeasuresAnswer(IReadOnlyList<MeasureItem> Items);

/// <summary>The measures of a number.</summary>
public sealed record MeasuresFoundAnswer(IReadOnlyList<MeasureItem> Items);

/// <summary>One measure in full: what was filled in, the grounds, what its visits found, and what the caller may do next.</summary>
public sealed record MeasureAnswer(
    MeasureItem Measure, Guid? AgainstPersonId, Guid? ProtectsPersonId, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<MeasureGroundItem> Grounds,
    IReadOnlyList<string> Visits, IReadOnlyList<MeasureActionItem> Actions);

/// <summary>A ground for or against a measure.</summary>
public sealed record MeasureGroundItem(string Id, GroundStrength Strength, string Text, string Basis);

/// <summary>An action with the fields that it takes.</summary>
public sealed record MeasureActionItem(string Action, string To, IReadOnlyList<string> Required, IReadOnlyList<string> Optional);

/// <summary>Begins a measure.</summary>
public sealed record ProposeMeasureRequest
{
    /// <summary>Kind, such as <c>warning-letter</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The action that begins it, where its kind has several; the first when left out.</summary>
    public string? Action { get; init; }

    /// <summary>The incident; the latest one when left out.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>Against whom; the one alleged perpetrator of the incident when left out.</summary>
    public Guid? AgainstPersonId { get; init; }

    /// <summary>Whom it protects; the one victim of the incident when left out.</summary>
    public Guid? ProtectsPersonId { get; init; }

    /// <summary>Fields of the draft.</summary>
    public JsonObject? Fields { get; init; }
}

/// <summary>A step on a measure.</summary>
public sealed record MeasureStepRequest
{
    /// <summary>The fields that the action takes.</summary>
    public JsonObject? Fields { get; init; }
}

/// <summary>The API of measures.</summary>
internal static class MeasureEndpoints
{
    public static string Etag(long version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    public static void MapMeasures(this IEndpointRouteBuilder app)
    {
        var ofCase = app.MapGroup("/api/v1/cases/{id:guid}/measures").WithTags("Measures").ProducesProblem(StatusCodes.Status404NotFound);
        ofCase.MapGet("", ListAsync).WithName("ListCaseMeasures").WithSummary("Measures of a case, newest first").RequireAuthorization(Permissions.ReadCases);
        ofCase.MapPost("", ProposeAsync).WithName("ProposeMeasure").WithSummary("Begin a measure").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        app.MapGet("/api/v1/measures", FindAsync).WithTags("Measures").WithName("FindMeasures").WithSummary("Measures by their number, or by that of a ruling on them").RequireAuthorization(Permissions.ReadCases)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        var one = app.MapGroup("/api/v1/measures/{id:guid}").WithTags("Measures").ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("", GetAsync).WithName("GetMeasure").WithSummary("One measure").RequireAuthorization(Permissions.ReadCases);
        one.MapPost("/{action}", ActAsync).WithName("ActOnMeasure").WithSummary("Take a step on a measure, as the table of its kind allows")
            .RequireAuthorization(Permissions.WorkDuties).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<CaseMeasuresAnswer>, FailureResult>> ListAsync(
        HttpContext http, Guid id, MeasureQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.OfCaseAsync(Caller.From(http.User)!, id, ct) is not (var sight, var lines))
        {
            return CaseFailures.NotFound.ToProblem();
        }

        views.Case(ViewTypes.Measure, id, sight);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new CaseMeasuresAnswer([.. lines.Select(l => MeasureItem.From(l, map))]));
    }

    private static async Task<Results<Ok<MeasuresFoundAnswer>, FailureResult>> FindAsync(
        HttpContext http, string? number, string? kind, MeasureQueries queries, MeasureBook book, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        if (number is null || Measure.KeyOf(number).Length is 0 or > Measure.NumberMaxLength)
        {
            return MeasureFailures.Invalid("number").ToProblem();
        }

        if (kind is not null && book.Find(kind) is null)
        {
            return MeasureFailures.Invalid("kind").ToProblem();
        }

        var found = await queries.FindAsync(Caller.From(http.User)!, number, kind, ct);
        views.List("measures", found.Count, ("kind", kind), ("number", number));
        foreach (var (line, sight) in found)
        {
            views.Case(ViewTypes.Measure, line.CaseId, sight);
        }

        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new MeasuresFoundAnswer([.. found.Select(f => MeasureItem.From(f.Line, map))]));
    }

    private static async Task<Results<Ok<MeasureAnswer>, FailureResult>> GetAsync(
        HttpContext http, Guid id, MeasureQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.GetAsync(Caller.From(http.User)!, id, ct) is not { } details)
        {
            return MeasureFailures.NotFound.ToProblem();
        }

        views.Case(ViewTypes.Measure, details.Line.CaseId, details.Sight);
        await views.DoneAsync();
        http.Response.Headers.ETag = Etag(details.Line.Version);
        return TypedResults.Ok(Answer(details, await organisation.GetAsync(ct)));
    }

    private static async Task<Results<Created<MeasureAnswer>, FailureResult>> ProposeAsync(
        HttpContext http, Guid id, ProposeMeasureRequest request, ActOnMeasureHandler handler, MeasureQueries queries, OrganisationDirectory organisation, CancellationToken ct)
    {
        var caller = Caller.From(http.User)!;
        var result = await handler.Handle(
            new ProposeMeasure
            {
                CaseId = id, Kind = request.Kind, Action = request.Action, IncidentId = request.IncidentId, AgainstPersonId = request.AgainstPersonId, ProtectsPersonId = request.ProtectsPersonId,
                Form = request.Fields?.ToJsonString(),
            },
            caller, ct);
        if (!result.IsOk || await queries.GetAsync(caller, result.Value.MeasureId, ct) is not { } details)
        {
            return (result.Failure ?? MeasureFailures.NotFound).ToProblem();
        }

        http.Response.Headers.ETag = Etag(details.Line.Version);
        return TypedResults.Created($"/api/v1/measures/{details.Line.MeasureId}", Answer(details, await organisation.GetAsync(ct)));
    }

    private static async Task<Results<Ok<MeasureAnswer>, FailureResult>> ActAsync(
        HttpContext http, Guid id, string action, MeasureStepRequest? request, ActOnMeasureHandler handler, MeasureQueries queries, OrganisationDirectory organisation, CancellationToken ct)
    {
        long? version = null;
        if (http.Request.Headers.IfMatch.ToString() is { Length: > 0 } match && match != "*")
        {
            if (!long.TryParse(match.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            {
                return new Failure(FailureKind.Invalid, "duties.if-match-wrong", "If-Match").ToProblem();
            }

            version = parsed;
        }

        var caller = Caller.From(http.User)!;
        var result = await handler.Handle(new ActOnMeasure { MeasureId = id, Action = action, Form = request?.Fields?.ToJsonString(), Version = version }, caller, ct);
        if (!result.IsOk || await queries.GetAsync(caller, id, ct) is not { } details)
        {
            return (result.Failure ?? MeasureFailures.NotFound).ToProblem();
        }

        http.Response.Headers.ETag = Etag(details.Line.Version);
        return TypedResults.Ok(Answer(details, await organisation.GetAsync(ct)));
    }

    private static MeasureAnswer Answer(MeasureDetails d, OrganisationMap map) => new(
        MeasureItem.From(d.Line, map), d.Against?.PersonId, d.Protects?.PersonId, d.Measure.Fields.Where(f => !d.PlaceFields.Contains(f.Key)).ToDictionary(StringComparer.Ordinal),
        [.. d.Grounds.Select(g => new MeasureGroundItem(g.Id, g.Strength, g.Text.Text, g.Basis))], d.Visits,
        [.. d.Actions.Select(a => new MeasureActionItem(a.Action, a.To, a.Required, a.Optional))]);
}
