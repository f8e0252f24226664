using System.Globalization;
using System.Text;
using Anhu.Api;
using Anhu.Modules.Audit;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Dispositions;

/// <summary>Letters of one unit: due by the facts, issued, in time, missed; and issued ones that wait too long for delivery or notices.</summary>
public sealed record LetterFiguresItem(string? Unit, int Due, int Issued, int InTime, int Missed, int? RatePercent, int NotDelivered, int NotNotified);

/// <summary>Figures of letters per unit.</summary>
public sealed record LetterFiguresAnswer(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<LetterFiguresItem> Items);

/// <summary>Figures of letters by API, and as CSV as they may be published.</summary>
internal static class LetterFigureEndpoints
{
    public static void MapLetterFigures(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/letters/figures", FiguresAsync).WithTags("Dispositions").WithName("LetterFigures")
            .WithSummary("Per unit: letters due by the facts, issued, in time, missed").RequireAuthorization(Permissions.WorkDuties);
        app.MapGet("/dispositions/letters.csv", CsvAsync).RequireAuthorization(Permissions.Supervise).ExcludeFromDescription();
    }

    private static async Task<Results<Ok<LetterFiguresAnswer>, ValidationProblem>> FiguresAsync(
        HttpContext http, LetterFigures figures, OrganisationDirectory organisation, TimeProvider time, ViewRecorder views, CancellationToken ct,
        DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var until = to ?? time.GetUtcNow();
        var since = from ?? until.AddMonths(-3);
        if (since > until)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["from"] = ["After \"to\"."] });
        }

        var rows = await figures.OfUnitsAsync(Caller.From(http.User)!, since, until, ct);
        views.List("api-letter-figures", rows.Count);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new LetterFiguresAnswer(since, until,
            [.. rows.Select(r => new LetterFiguresItem(map.Find(r.UnitId)?.Code, r.Due, r.Issued, r.InTime, r.Missed, r.RatePercent, r.NotDelivered, r.NotNotified))]));
    }

    private static async Task<IResult> CsvAsync(
        HttpContext http, LetterFigures figures, OrganisationDirectory organisation, TimeProvider time, ViewRecorder views, IStringLocalizer<DispositionsText> text, CancellationToken ct,
        int months = 3)
    {
        var to = time.GetUtcNow();
        var (rows, total) = LetterFigures.Published(await figures.OfUnitsAsync(Caller.From(http.User)!, to.AddMonths(-Math.Clamp(months, 1, 12)), to, ct));
        views.List("letters-due-csv", rows.Count, ("months", months.ToString(CultureInfo.InvariantCulture)));
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        var csv = new StringBuilder();
        Line(csv, [text["Col_Unit"], text["Due_Due"], text["Due_Issued"], text["Due_InTime"], text["Due_Missed"], text["Due_Rate"]]);
        foreach (var (unit, cells, rate) in rows)
        {
            Line(csv, [map.Find(unit)?.Name ?? "", .. cells.Select(Cell), rate is { } percent ? $"{percent}%" : ""]);
        }

        Line(csv, [text["Due_Total"], .. total.Select(Cell), ""]);

        // With its mark, so that spreadsheets read the Chinese.
        return Results.File([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(csv.ToString())], "text/csv; charset=utf-8", "letters.csv");
    }

    private static string Cell(int? n) => n?.ToString(CultureInfo.InvariantCulture) ?? $"<{LetterFigures.SmallestCell}";

    private static void Line(StringBuilder csv, IEnumerable<string> cells) =>
        csv.AppendJoin(',', cells.Select(c => c.AsSpan().IndexOfAny(",\"\n") >= 0 ? $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : c)).Append("\r\n");
}
