using Anhu.Api;
using Anhu.Components.Ui;
using Anhu.Modules.Audit;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.MandatoryReports;

/// <summary>A mandatory report. <c>state</c> is <c>received</c>, <c>accepted</c> or <c>fed-back</c>; <c>caseId</c> is not there for who reported.</summary>
public sealed record ReportItem(
    string Number, DateTimeOffset ReceivedAt, string? Unit, string State, DateTimeOffset? DueAt, bool IsOverdue, DateTimeOffset? FedBackAt, string? Outcome, string? Feedback, Guid? CaseId);

/// <summary>A list of mandatory reports.</summary>
public sealed record ReportListAnswer(IReadOnlyList<ReportItem> Items);

/// <summary>A report that was not made.</summary>
public sealed record OmissionRequest(Guid? IncidentId, string? BodyKind, string? BodyName, DateOnly? KnewOn, string? Findings);

/// <summary>A report that was not made, as recorded.</summary>
public sealed record OmissionAnswer(Guid Id, Guid IncidentId, DateTimeOffset FoundAt, Guid? DutyId);

/// <summary>Services and the API of mandatory reports.</summary>
internal static class ReportSetup
{
    public static IServiceCollection AddReportPages(this IServiceCollection services) => services.AddFailureTexts<ReportsText>();

    public static void MapReports(this IEndpointRouteBuilder app)
    {
        var reports = app.MapGroup("/api/v1/mandatory-reports").WithTags("Mandatory reports");
        reports.MapGet("", MadeAsync).WithName("ListMadeReports").WithSummary("Mandatory reports that the caller made, with receipt and answer").RequireAuthorization(Permissions.WriteAlarms);
        reports.MapGet("/received", ReceivedAsync).WithName("ListReceivedReports").WithSummary("Mandatory reports of cases whose story the caller hears")
            .RequireAuthorization(Permissions.ReadCases);
        reports.MapGet("/{number}", GetAsync).WithName("GetReport").WithSummary("One mandatory report, for who made it").RequireAuthorization(Permissions.WriteAlarms)
            .ProducesProblem(StatusCodes.Status404NotFound);
        app.MapPost("/api/v1/cases/{id:guid}/report-omissions", OmitAsync).WithTags("Mandatory reports").WithName("RecordOmission")
            .WithSummary("Record that a unit had to report and did not").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        app.MapPost("/reports/{number}/printed", PrintedAsync).RequireAuthorization(Permissions.ReadCases).ExcludeFromDescription();
    }

    private static async Task<Ok<ReportListAnswer>> MadeAsync(HttpContext http, ReportQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct) =>
        await ListAsync("api-reports-made", await queries.MadeAsync(Caller.From(http.User)!, ct), organisation, views, ct);

    private static async Task<Ok<ReportListAnswer>> ReceivedAsync(
        HttpContext http, ReportQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct, bool overdue = false) =>
        await ListAsync("api-reports-received", await queries.ReceivedAsync(Caller.From(http.User)!, overdue, ct), organisation, views, ct);

    private static async Task<Ok<ReportListAnswer>> ListAsync(string list, IReadOnlyList<ReportLine> lines, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        views.List(list, lines.Count);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new ReportListAnswer([.. lines.Select(l => Item(l, map))]));
    }

    private static async Task<Results<Ok<ReportItem>, FailureResult>> GetAsync(
        HttpContext http, string number, ReportQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.GetAsync(Caller.From(http.User)!, number, ct) is not (var line, var caseId, var sight))
        {
            return ReportFailures.NotFound.ToProblem();
        }

        if (sight is not null)
        {
            views.Case(ViewTypes.Report, caseId, sight);
        }
        else
        {
            views.Saw(ViewTypes.Report, null, ("number", line.Number));
        }

        await views.DoneAsync();
        return TypedResults.Ok(Item(line, await organisation.GetAsync(ct)));
    }

    private static async Task<Results<Ok<OmissionAnswer>, FailureResult>> OmitAsync(
        HttpContext http, Guid id, OmissionRequest request, RecordOmissionHandler handler, CityFormat format, CancellationToken ct)
    {
        var command = new RecordOmission
        {
            CaseId = id, IncidentId = request.IncidentId, BodyKind = request.BodyKind, BodyName = request.BodyName, KnewOn = request.KnewOn, Findings = request.Findings,
        };
        if (command.Check(format.Today).ToList() is { Count: > 0 } wrong)
        {
            return wrong.ToProblem();
        }

        var result = await handler.Handle(command, Caller.From(http.User)!, ct);
        return result.IsOk
            ? TypedResults.Ok(new OmissionAnswer(result.Value.ReportOmissionId, result.Value.IncidentId, result.Value.FoundAt, result.Value.DecidingDutyId))
            : result.Failure!.ToProblem();
    }

    private static async Task<IResult> PrintedAsync(HttpContext http, string number, ReportQueries queries, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.GetAsync(Caller.From(http.User)!, number, ct) is not (_, var caseId, var sight))
        {
            return TypedResults.NotFound();
        }

        views.Saw(ViewTypes.Print, sight is null ? null : caseId, ("number", number));
        await views.DoneAsync();
        return TypedResults.NoContent();
    }

    private static ReportItem Item(ReportLine line, OrganisationMap map) => new(
        line.Number, line.ReceivedAt, map.Find(line.UnitId)?.Code, line.State switch { ReportState.Received => "received", ReportState.Accepted => "accepted", ReportState.FedBack => "fed-back" },
        line.DueAt, line.IsOverdue, line.FedBackAt, line.Outcome, line.Feedback, line.Case?.CaseId);
}
