using System.Text.Json.Nodes;
using Anhu.Api;
using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.Documents;

/// <summary>A document that was issued.</summary>
public sealed record DocumentItem(
    Guid Id, string? Kind, string? Title, string Number, string? Unit, string? Worker, DateTimeOffset IssuedAt, DocumentState State, DateTimeOffset? EndedAt, Guid? IncidentId,
    Guid? SubjectId, string CheckCode)
{
    /// <summary>Makes it of a line.</summary>
    public static DocumentItem From(DocumentLine l, OrganisationMap map) => new(
        l.DocumentId, l.Kind?.Id, l.Kind?.Title, l.Number, map.Find(l.UnitId)?.Code, l.WorkerName, l.IssuedAt, l.State, l.EndedAt, l.IncidentId, l.SubjectId, CheckCodes.Grouped(l.CheckCode));
}

/// <summary>The documents of a case, newest first, and the kinds that the caller may issue now.</summary>
public sealed record CaseDocumentsAnswer(IReadOnlyList<DocumentItem> Items, IReadOnlyList<string> MayIssue);

/// <summary>What a kind of document asks for, and what it can be about.</summary>
public sealed record DocumentKindAnswer(
    string Kind, string Title, IReadOnlyList<DocumentInputItem> Inputs, IReadOnlyList<Guid> IncidentIds, IReadOnlyList<DocumentSubjectItem> Subjects);

/// <summary>A question of a kind; its answer goes into <c>answers</c> under its name.</summary>
public sealed record DocumentInputItem(string Name, bool Required, int MaxLength, string? Proposed);

/// <summary>What a document can be about, such as a warning letter by its number.</summary>
public sealed record DocumentSubjectItem(Guid Id, string Label);

/// <summary>Issues a document.</summary>
public sealed record IssueDocumentRequest
{
    /// <summary>A UUID that the caller makes; the same one again makes no second document.</summary>
    public Guid? Id { get; init; }

    /// <summary>Kind, such as <c>warning-letter</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The incident, for kinds about one; the newest when left out.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>What else it is about, for kinds that have it; the newest when left out.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>A document of the same unit and kind that it replaces.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>Answers by the names of the kind's inputs; texts.</summary>
    public JsonObject? Answers { get; init; }
}

/// <summary>Takes a document back.</summary>
public sealed record WithdrawDocumentRequest
{
    /// <summary>Why; stays on the case and is not told by the check page.</summary>
    public required string Reason { get; init; }
}

/// <summary>The API of documents.</summary>
internal static class DocumentEndpoints
{
    public static void MapDocumentEndpoints(this IEndpointRouteBuilder app)
    {
        var ofCase = app.MapGroup("/api/v1/cases/{id:guid}/documents").WithTags("Documents").ProducesProblem(StatusCodes.Status404NotFound);
        ofCase.MapGet("", ListAsync).WithName("ListCaseDocuments").WithSummary("Documents of a case, newest first").RequireAuthorization(Permissions.ReadCases);
        ofCase.MapGet("/kinds/{kind}", KindAsync).WithName("GetDocumentKind").WithSummary("What a kind of document asks for in this case").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        ofCase.MapPost("", IssueAsync).WithName("IssueDocument").WithSummary("Issue a document").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        var one = app.MapGroup("/api/v1/documents/{id:guid}").WithTags("Documents").ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("/{file}", FileAsync).WithName("GetDocumentFile").WithSummary("A file of a document: pdf, docx or signature").RequireAuthorization(Permissions.ReadCases)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream");
        one.MapPost("/withdraw", WithdrawAsync).WithName("WithdrawDocument").WithSummary("Take a document back").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<CaseDocumentsAnswer>, FailureResult>> ListAsync(
        HttpContext http, Guid id, DocumentDesk desk, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        if (await desk.OfCaseAsync(Caller.From(http.User)!, id, ct) is not { } file)
        {
            return DocumentFailures.NotFound.ToProblem();
        }

        views.Case(ViewTypes.Document, id, file.Sight);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new CaseDocumentsAnswer([.. file.Lines.Select(l => DocumentItem.From(l, map))], [.. file.MayIssue.Select(k => k.Id)]));
    }

    private static async Task<Results<Ok<DocumentKindAnswer>, FailureResult>> KindAsync(HttpContext http, Guid id, string kind, DocumentDesk desk, ViewRecorder views, CancellationToken ct)
    {
        var result = await desk.StartAsync(Caller.From(http.User)!, id, kind, ct);
        if (!result.IsOk)
        {
            return result.Failure!.ToProblem();
        }

        var start = result.Value;
        views.Case(ViewTypes.Document, id, start.Sight);
        await views.DoneAsync();
        return TypedResults.Ok(new DocumentKindAnswer(
            start.Kind.Id, start.Kind.Title, [.. start.Kind.Inputs.Select(i => new DocumentInputItem(i.Name, i.IsRequired, i.MaxLength, start.Answers.GetValueOrDefault(i.Name)))],
            [.. start.Incidents.Select(i => i.IncidentId)], [.. start.Subjects.Select(s => new DocumentSubjectItem(s.SubjectId, s.Label))]));
    }

    private static async Task<Results<Created<DocumentItem>, FailureResult>> IssueAsync(
        HttpContext http, Guid id, IssueDocumentRequest request, DocumentDesk desk, OrganisationDirectory organisation, CancellationToken ct)
    {
        var answers = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, value) in request.Answers ?? [])
        {
            if (value is not null && !(value is JsonValue text && text.TryGetValue<string>(out _)))
            {
                return DocumentFailures.NoText(name).ToProblem();
            }

            answers[name] = value?.GetValue<string>();
        }

        var caller = Caller.From(http.User)!;
        var result = await desk.IssueAsync(
            caller,
            new IssueDocument
            {
                CaseId = id, DocumentId = request.Id, Kind = request.Kind, IncidentId = request.IncidentId, SubjectId = request.SubjectId, Replaces = request.Replaces, Answers = answers,
                BaseAddress = $"{http.Request.Scheme}://{http.Request.Host}",
            },
            ct);
        if (!result.IsOk || await desk.OfCaseAsync(caller, id, ct) is not { } file || file.Lines.FirstOrDefault(l => l.DocumentId == result.Value) is not { } made)
        {
            return (result.Failure ?? DocumentFailures.NotFound).ToProblem();
        }

        return TypedResults.Created($"/api/v1/documents/{made.DocumentId}/pdf", DocumentItem.From(made, await organisation.GetAsync(ct)));
    }

    private static async Task<IResult> FileAsync(HttpContext http, Guid id, string file, DocumentArchive archive, ViewRecorder views) =>
        Enum.TryParse<DocumentFileKind>(file, ignoreCase: true, out var format) && Enum.IsDefined(format) && !char.IsAsciiDigit(file[0])
            ? await DocumentSetup.FileAsync(id, format, http, archive, views) is var answer && answer is not NotFound ? answer : DocumentFailures.NotFound.ToProblem()
            : DocumentFailures.NotFound.ToProblem();

    private static async Task<Results<NoContent, FailureResult>> WithdrawAsync(HttpContext http, Guid id, WithdrawDocumentRequest request, DocumentDesk desk, CancellationToken ct) =>
        await desk.WithdrawAsync(Caller.From(http.User)!, id, request.Reason, ct) is { IsOk: false } refused ? refused.Failure!.ToProblem() : TypedResults.NoContent();
}
