using Anhu.Api;
using Anhu.Common;
using Anhu.Components.Ui;
using Anhu.Modules.Audit;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.Dispositions;

/// <summary>What the facts say of a disposition: the choices in decision order.</summary>
/// <param name="DutyId">The duty that it closes.</param>
/// <param name="IncidentId">The incident.</param>
/// <param name="Suggested">The choice that the facts point to; another one needs a reason.</param>
/// <param name="Choices">All choices, in decision order.</param>
/// <param name="Hints">Where the law is easy to get wrong.</param>
/// <param name="Additions">What can be added.</param>
/// <param name="RulesVersion">Version of the rules.</param>
public sealed record DispositionAdviceAnswer(
    Guid DutyId, Guid IncidentId, string? Suggested, IReadOnlyList<DispositionChoiceItem> Choices, IReadOnlyList<DispositionReasonItem> Hints,
    IReadOnlyList<DispositionReasonItem> Additions, string RulesVersion);

/// <summary>A choice; <c>open</c> is false where nobody may choose it, <c>needsAbove</c> where only a leader of a unit above may.</summary>
public sealed record DispositionChoiceItem(
    string Outcome, int Step, string Test, string Document, string Basis, DateTimeOffset? DueAt, bool Open, bool NeedsAbove, IReadOnlyList<DispositionReasonItem> Points,
    IReadOnlyList<DispositionReasonItem> Bars);

/// <summary>A rule in plain words with its legal basis.</summary>
public sealed record DispositionReasonItem(string Rule, string Text, string Basis);

/// <summary>A disposition that was decided.</summary>
public sealed record DispositionItem(
    Guid Id, Guid CaseId, string CaseNumber, Guid DutyId, string? Unit, string Outcome, string? Suggested, bool Deviates, bool FromAbove, DateTimeOffset DecidedAt,
    DateTimeOffset OccurredAt, string? Reason);

/// <summary>A page of dispositions, newest first; <c>next</c> goes into <c>after</c>.</summary>
public sealed record DispositionListAnswer(IReadOnlyList<DispositionItem> Items, string? Next);

/// <summary>Services and the API of dispositions.</summary>
internal static class DispositionSetup
{
    public static IServiceCollection AddDispositionPages(this IServiceCollection services)
    {
        services.AddHostedService<LetterWatchJob>();
        return services.AddFailureTexts<DispositionsText>();
    }

    public static void MapDispositions(this IEndpointRouteBuilder app)
    {
        app.MapLetterFigures();
        app.MapGet("/api/v1/duties/{id:guid}/disposition", AdviceAsync).WithTags("Dispositions").WithName("AdviseDisposition")
            .WithSummary("What the facts point to when the police dispose of an incident").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status404NotFound);
        app.MapGet("/api/v1/dispositions", ListAsync).WithTags("Dispositions").WithName("ListDispositions")
            .WithSummary("Dispositions that the caller may hear of, newest first; by person for earlier criticism").RequireAuthorization(Permissions.WorkDuties);
    }

    private static async Task<Results<Ok<DispositionAdviceAnswer>, ValidationProblem, FailureResult>> AdviceAsync(
        HttpContext http, Guid id, DispositionQueries queries, DispositionBook book, ViewRecorder views, CancellationToken ct, string? circumstances = null, string? appraisedInjury = null)
    {
        string[] ticked = [.. (circumstances ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        var errors = new Dictionary<string, string[]>();
        if (ticked.FirstOrDefault(t => !book.Rules.Circumstances.Contains(t)) is not null)
        {
            errors["circumstances"] = ["Not a circumstance."];
        }

        if (appraisedInjury is not null && DispositionForm.Degree(appraisedInjury) is null)
        {
            errors["appraisedInjury"] = ["Not a degree of injury."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        if (await queries.AdviceAsync(Caller.From(http.User)!, id, new DispositionForm(DispositionForm.Degree(appraisedInjury), ticked, [], null), ct) is not { } desk)
        {
            return DutyFailures.NotFound.ToProblem();
        }

        views.Case(ViewTypes.Duty, desk.Duty.CaseId, desk.Sight, id);
        await views.DoneAsync();
        return TypedResults.Ok(new DispositionAdviceAnswer(
            id, desk.IncidentId, desk.Advice.Suggested,
            [.. desk.Advice.Choices.Select(c => new DispositionChoiceItem(
                c.Id, c.Step, c.Test.Text, c.Document.Text, c.Basis, c.DueAt, c.Bars.Count == 0, c.Bars.Count > 0 && !c.IsClosed, [.. c.Points.Select(Item)], [.. c.Bars.Select(Item)]))],
            [.. desk.Advice.Hints.Select(Item)], [.. desk.Advice.Additions.Select(a => new DispositionReasonItem(a.Id, a.Text.Text, a.Basis))], book.Rules.Version));
    }

    private static async Task<Results<Ok<DispositionListAnswer>, ValidationProblem>> ListAsync(
        HttpContext http, DispositionQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct,
        string? outcome = null, bool? deviating = null, string? unit = null, string? q = null, string? after = null)
    {
        var map = await organisation.GetAsync(ct);
        var errors = new Dictionary<string, string[]>();
        var cursor = MeasureCursor.Parse(after);
        if (after is not null && cursor is null)
        {
            errors["after"] = ["Not a cursor of this list."];
        }

        var unitId = unit is null ? null : map.Find(unit)?.UnitId;
        if (unit is not null && unitId is null)
        {
            errors["unit"] = ["No such unit."];
        }

        if (q is { Length: > 60 })
        {
            errors["q"] = ["At most 60 characters."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var (items, next) = await queries.ListAsync(
            Caller.From(http.User)!, new DispositionListFilter { Outcome = outcome, OnlyDeviating = deviating == true, UnitId = unitId, Words = q, Before = cursor }, ct);
        views.List("api-dispositions", items.Count, ("outcome", outcome), ("unit", unit), ("words", q));
        await views.DoneAsync();
        return TypedResults.Ok(new DispositionListAnswer(
            [.. items.Select(d => new DispositionItem(
                d.DispositionId, d.CaseId, d.CaseNumber, d.DutyId, map.Find(d.UnitId)?.Code, d.Outcome, d.Suggested, d.Deviates, d.FromAbove, d.DecidedAt, d.OccurredAt, d.Reason))],
            next?.ToString()));
    }

    private static DispositionReasonItem Item(DispositionReason reason) => new(reason.Rule, reason.Text.Text, reason.Basis);
}
