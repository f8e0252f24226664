using System.Text.Json.Nodes;
using Anhu.Api;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Anhu.Modules.Cases;

/// <summary>A case in a list.</summary>
public sealed record CaseItem(
    Guid Id, string Number, CaseState State, int Class, string Region, DateTimeOffset OpenedAt, DateTimeOffset LastAlarmAt, int Incidents, int OpenDuties);

/// <summary>A page of a list; <c>next</c> goes into <c>after</c>.</summary>
public sealed record CaseListAnswer(IReadOnlyList<CaseItem> Items, string? Next);

/// <summary>What to look for; as the list's parameters, in the body, which no log on the way keeps.</summary>
/// <param name="Q">A name, a phone, an ID number or a case number.</param>
/// <param name="State">State of the case.</param>
/// <param name="Class">Class.</param>
/// <param name="Region">Code of an area.</param>
/// <param name="After">Where the page begins.</param>
/// <param name="Limit">Cases of a page, 1 to 200.</param>
public sealed record CaseSearchRequest(string? Q = null, string? State = null, int? Class = null, string? Region = null, string? After = null, int? Limit = null);

/// <summary>The grade in force.</summary>
public sealed record GradeAnswer(int Class, string PolicyVersion, DateTimeOffset DecidedAt, IReadOnlyList<ReasonAnswer> Reasons, IReadOnlyList<MissingAnswer> Missing);

/// <summary>A reason in both languages.</summary>
public sealed record ReasonAnswer(string Rule, int Class, string Zh, string En);

/// <summary>A fact that is not known, and the class that a yes would give.</summary>
public sealed record MissingAnswer(string Fact, int ClassIfYes, string Zh, string En);

/// <summary>A case file; <c>view</c> says how much of it the caller sees.</summary>
public sealed record CaseAnswer(
    Guid Id, string Number, CaseView View, CaseState State, int Class, string Region, DateTimeOffset OpenedAt, DateTimeOffset LastAlarmAt, DateOnly? ReviewOn,
    IReadOnlyList<CasePerson> People, IReadOnlyList<CaseIncident> Incidents, GradeAnswer? Grade, IReadOnlyList<DutyItem> Duties,
    IReadOnlyList<JsonObject> Measures, IReadOnlyList<JsonObject> Services);

/// <summary>An event of a case.</summary>
public sealed record EventItem(
    long Sequence, string Type, DateTimeOffset At, Guid? DutyId, Guid? WorkerId, string? ClientId, string? Unit, int? Class, JsonNode? Data, string Hash, string PreviousHash);

/// <summary>A page of events; <c>next</c> goes into <c>after</c>.</summary>
public sealed record EventListAnswer(IReadOnlyList<EventItem> Items, long? Next);

/// <summary>What is known of a person.</summary>
public sealed record PersonHistoryAnswer(Guid PersonId, int Cases, IReadOnlyList<PersonIncident> Incidents);

/// <summary>A wish to change the class.</summary>
public sealed record GradeRequest(int? Class, string? Reason, bool? LeaksSeen = null);

/// <summary>What became of it.</summary>
public sealed record GradeChangeAnswer(int Class, string Status);

/// <summary>Answers to what the reports of an incident left open.</summary>
/// <param name="IncidentId">The incident; the latest one when missing.</param>
/// <param name="Answers">By question (<c>weapon</c>, <c>strangulation</c> …): yes, no or unknown; for <c>injury</c> a degree, for <c>policeOpinion</c> 1 to 3.</param>
/// <param name="Source"><c>victim</c>, <c>other-person</c>, <c>seen</c>, <c>document</c> or <c>report</c>.</param>
public sealed record AnswersRequest(Guid? IncidentId, IReadOnlyDictionary<string, string?>? Answers, string? Source);

/// <summary>What came of the answers.</summary>
/// <param name="Class">The class now.</param>
/// <param name="Raised">It rose.</param>
/// <param name="NewDuties">How many duties arose.</param>
public sealed record AnswersAnswer(int Class, bool Raised, int NewDuties);

/// <summary>The API of cases.</summary>
public static class CaseEndpoints
{
    /// <summary>Maps the routes.</summary>
    /// <param name="app">Routes.</param>
    public static void MapCases(this IEndpointRouteBuilder app)
    {
        var cases = app.MapGroup("/api/v1/cases").WithTags("Cases").RequireAuthorization(Permissions.ReadCases);
        cases.MapGet("", ListAsync).WithName("ListCases").WithSummary("Cases that the caller may see, newest first");
        cases.MapPost("/search", SearchAsync).WithName("SearchCases").WithSummary("The same list, with what is looked for in the body");
        cases.MapGet("/{id:guid}", GetAsync).WithName("GetCase").WithSummary("One case file").ProducesProblem(StatusCodes.Status404NotFound);
        cases.MapGet("/{id:guid}/timeline", TimelineAsync).WithName("GetCaseTimeline").WithSummary("The events of a case, oldest first")
            .ProducesProblem(StatusCodes.Status404NotFound);
        cases.MapPost("/{id:guid}/grade", GradeAsync).WithName("ChangeGrade").WithSummary("Raise the class, or propose to lower it, with a reason")
            .RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        cases.MapPost("/{id:guid}/answers", AnswersAsync).WithName("AnswerQuestions").WithSummary("Answer what the reports of an incident left open; the case is graded again at once")
            .RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        app.MapPost("/cases/{id:guid}/printed", PrintedAsync).RequireAuthorization(Permissions.ReadCases).ExcludeFromDescription();
        app.MapGet("/api/v1/people/{id:guid}/history", HistoryAsync).WithName("GetPersonHistory").WithTags("People")
            .WithSummary("The recognised history of a person across agencies, as far as the caller may see")
            .RequireAuthorization(Permissions.ReadCases).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The page tells that its reader prints it. Nothing comes of a wrong call but a line in the record of views.</summary>
    private static async Task<Results<NoContent, NotFound>> PrintedAsync(HttpContext http, Guid id, CaseQueries queries, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.SightAsync(Caller.From(http.User)!, id, ct) is not { } sight)
        {
            return TypedResults.NotFound();
        }

        views.Case(ViewTypes.Print, id, sight);
        await views.DoneAsync();
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<PersonHistoryAnswer>, FailureResult>> HistoryAsync(
        HttpContext http, Guid id, CaseQueries queries, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.PersonHistoryAsync(Caller.From(http.User)!, id, ct) is not { } incidents)
        {
            return new Failure(FailureKind.NotFound, "people.not-found").ToProblem();
        }

        views.Saw(ViewTypes.Person, null, ("person", id), ("shown", incidents.Count));
        await views.DoneAsync();
        return TypedResults.Ok(new PersonHistoryAnswer(id, incidents.Select(i => i.CaseId).Distinct().Count(), incidents));
    }

    private static Task<Results<Ok<CaseListAnswer>, ValidationProblem>> SearchAsync(
        HttpContext http, CaseSearchRequest request, CaseQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct) =>
        FindAsync(http, request, queries, organisation, views, ct);

    private static async Task<Results<Ok<CaseListAnswer>, ValidationProblem>> ListAsync(
        HttpContext http, CaseQueries queries, OrganisationDirectory organisation, ViewRecorder views, AnhuSettings settings, CancellationToken ct,
        string? after = null, int? limit = null, string? state = null, [FromQuery(Name = "class")] int? @class = null, string? region = null, string? q = null) =>
        q is not null && !settings.Clients.SearchInAddress
            ? TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["q"] = ["Not in an address here: POST /api/v1/cases/search."] })
            : await FindAsync(http, new CaseSearchRequest(q, state, @class, region, after, limit), queries, organisation, views, ct);

    private static async Task<Results<Ok<CaseListAnswer>, ValidationProblem>> FindAsync(
        HttpContext http, CaseSearchRequest request, CaseQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        var (q, state, @class, region, after, limit) = request;
        var errors = new Dictionary<string, string[]>();
        var parsedAfter = QueryValues.Cursor(after, "after", errors);
        var parsedState = QueryValues.Kebab<CaseState>(state, "state", errors);
        QueryValues.Range(limit, 1, 200, "limit", errors);
        QueryValues.Range(@class, 1, 3, "class", errors);
        if (region is not null && (await organisation.GetAsync(ct)).Region(region) is null)
        {
            errors["region"] = ["No such region."];
        }

        if (q?.Length > 100)
        {
            errors["q"] = ["At most 100 characters."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var page = await queries.ListAsync(
            Caller.From(http.User)!,
            new CaseListFilter { After = parsedAfter, Limit = limit ?? 50, State = parsedState, Class = @class, Region = region, Words = q }, ct);
        if (!string.IsNullOrWhiteSpace(q))
        {
            views.Search("api", q, page.Items.Count);
        }
        else
        {
            views.List("api", page.Items.Count, ("state", parsedState), ("class", @class), ("region", region));
        }

        await views.DoneAsync();
        return TypedResults.Ok(new CaseListAnswer(
            [.. page.Items.Select(c => new CaseItem(
                c.CaseId, c.CaseNumber, c.State, c.Class, c.RegionCode, c.OpenedAt, c.LastAlarmAt, c.IncidentCount, c.OpenDutyCount))],
            page.Next?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static async Task<Results<Ok<CaseAnswer>, FailureResult>> GetAsync(
        HttpContext http, Guid id, CaseQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        var file = await queries.GetAsync(Caller.From(http.User)!, id, ct);
        if (file is null)
        {
            return CaseFailures.NotFound.ToProblem();
        }

        views.Case(ViewTypes.Case, id, file.Sight);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        var c = file.Case;
        return TypedResults.Ok(new CaseAnswer(
            c.CaseId, c.CaseNumber, file.View, c.State, c.Class, c.RegionCode, c.OpenedAt, c.LastAlarmAt, c.ReviewOn, file.People, file.Incidents,
            file.Grade is { } g
                ? new GradeAnswer(
                    g.Class, g.PolicyVersion, g.DecidedAt, [.. g.Reasons.Select(r => new ReasonAnswer(r.RuleId, r.Class, r.TextZh, r.TextEn))],
                    [.. g.Missing.Select(m => new MissingAnswer(m.Fact, m.ClassIfYes, m.TextZh, m.TextEn))])
                : null,
            [.. file.OpenDuties.Select(d => DutyItem.From(d, map))], [], []));
    }

    private static async Task<Results<Ok<EventListAnswer>, FailureResult, ValidationProblem>> TimelineAsync(
        HttpContext http, Guid id, CaseQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct, string? after = null, int? limit = null)
    {
        var errors = new Dictionary<string, string[]>();
        var parsedAfter = QueryValues.Cursor(after, "after", errors);
        QueryValues.Range(limit, 1, 500, "limit", errors);
        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var page = await queries.TimelineAsync(Caller.From(http.User)!, id, parsedAfter ?? 0, limit ?? 200, ct);
        if (page is null)
        {
            return CaseFailures.NotFound.ToProblem();
        }

        views.Saw(ViewTypes.CaseTimeline, id, ("shown", page.Items.Count));
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new EventListAnswer(
            [.. page.Items.Select(e => new EventItem(
                e.Sequence, e.Type, e.At, e.DutyId, e.WorkerId, e.ClientId, e.UnitId is { } u ? map.Find(u)?.Code : null, e.Class,
                JsonNode.Parse(e.Data), Convert.ToHexStringLower(e.Hash), Convert.ToHexStringLower(e.PreviousHash)))],
            page.Next));
    }

    private static async Task<Results<Ok<GradeChangeAnswer>, FailureResult>> GradeAsync(
        HttpContext http, Guid id, GradeRequest request, ChangeGradeHandler handler, CancellationToken ct)
    {
        if (request.Class is not { } @class)
        {
            return GradeFailures.ClassWrong.ToProblem();
        }

        var result = await handler.Handle(new ChangeGrade { CaseId = id, Class = @class, Reason = request.Reason ?? "", LeaksSeen = request.LeaksSeen == true }, Caller.From(http.User)!, ct);
        return result.IsOk
            ? TypedResults.Ok(new GradeChangeAnswer(result.Value.Class, result.Value.State == GradeState.Proposed ? "proposed" : "effective"))
            : result.Failure!.ToProblem();
    }

    private static async Task<Results<Ok<AnswersAnswer>, FailureResult, ValidationProblem>> AnswersAsync(
        HttpContext http, Guid id, AnswersRequest request, AnswerQuestionsHandler handler, CancellationToken ct)
    {
        var errors = new Dictionary<string, string[]>();
        var answers = new Dictionary<IncidentQuestion, string>();
        foreach (var (name, value) in request.Answers ?? new Dictionary<string, string?>())
        {
            if (!IncidentAnswer.Questions.TryGetValue(name, out var question))
            {
                errors[$"answers.{name}"] = [$"No such question. Known: {string.Join(", ", IncidentAnswer.Questions.Keys.Order(StringComparer.Ordinal))}."];
            }
            else
            {
                answers[question] = value ?? "";
            }
        }

        var source = QueryValues.Kebab<AnswerSource>(request.Source, "source", errors);
        if (source is null && errors.Count == 0)
        {
            errors["source"] = ["Missing: victim, other-person, seen, document or report."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var result = await handler.Handle(
            new AnswerQuestions { CaseId = id, IncidentId = request.IncidentId, Answers = answers, Source = source!.Value }, Caller.From(http.User)!, ct);
        return result.IsOk
            ? TypedResults.Ok(new AnswersAnswer(result.Value.Class, result.Value.Raised, result.Value.NewDuties))
            : result.Failure!.ToProblem();
    }
}
