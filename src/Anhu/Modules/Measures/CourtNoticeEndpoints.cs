using System.Text.Json;
using System.Text.Json.Nodes;
using Anhu.Api;
using Anhu.Common;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.Measures;

/// <summary>The answer to a court's notice: <c>created</c> or <c>duplicate</c>, and whether the order says so by now (<c>applied</c>), it waits, or it was refused.</summary>
public sealed record CourtNoticeAnswer(Guid Id, string Status, CourtNoticeState State);

/// <summary>The API for courts' systems.</summary>
internal static class CourtNoticeEndpoints
{
    public static void MapCourtNotices(this IEndpointRouteBuilder app) =>
        app.MapPut("/api/v1/protection-orders/{source}/{sourceId}", PutAsync).WithTags("ProtectionOrders").WithName("PutProtectionOrderNotice")
            .WithSummary("Takes one step of a protection order from a court's system; safe to repeat, in any order").RequireAuthorization(Permissions.WorkDuties).Accepts<CourtNoticeReport>("application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Created<CourtNoticeAnswer>, Ok<CourtNoticeAnswer>, FailureResult>> PutAsync(
        HttpContext http, string source, string sourceId, JsonObject body, CourtNotices notices, TimeProvider time, CancellationToken ct)
    {
        var read = Read(body);
        if (!read.IsOk)
        {
            return read.Failure!.ToProblem();
        }

        var report = read.Value;

        List<Failure> faults = [.. report.Check(time.Now)];
        foreach (var (name, value) in new[] { ("source", source), ("sourceId", sourceId) })
        {
            if (value.Length > CourtNotice.NameMaxLength || value.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            {
                faults.Add(MeasureFailures.Invalid(name));
            }
        }

        if (faults.Count > 0)
        {
            return ((IReadOnlyList<Failure>)faults).ToProblem();
        }

        var result = await notices.ReceiveAsync(source, sourceId, report, Caller.From(http.User)!, ct);
        if (!result.IsOk)
        {
            return result.Failure!.ToProblem();
        }

        var answer = new CourtNoticeAnswer(result.Value.Id, result.Value.IsNew ? "created" : "duplicate", result.Value.State);
        return result.Value.IsNew ? TypedResults.Created($"/api/v1/protection-orders/{Uri.EscapeDataString(source)}/{Uri.EscapeDataString(sourceId)}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>Names the field that is unknown, of a wrong type, or missing.</summary>
    private static Result<CourtNoticeReport> Read(JsonObject body)
    {
        try
        {
            return body.Deserialize<CourtNoticeReport>(ApiJson.Options)!;
        }
        catch (JsonException e)
        {
            var path = e.Path?.TrimStart('$').TrimStart('.') ?? "";
            return MeasureFailures.Invalid(path.Length > 0 ? path : ((string[])["event", "caseNumber", "at"]).FirstOrDefault(f => !body.ContainsKey(f)) ?? "$");
        }
    }
}
