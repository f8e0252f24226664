using System.Text.Json;
using Anhu.Components.Ui;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Security;
using Anhu.Web;

namespace Anhu.Modules.DataRequests;

/// <summary>Services and routes of requests for data.</summary>
internal static class DataRequestSetup
{
    public static IServiceCollection AddDataRequests(this IServiceCollection services) => services.AddFailureTexts<DataRequestsText>();

    public static void MapDataRequests(this IEndpointRouteBuilder app) =>
        app.MapGet("/access/requests/{id:guid}/answer.json", AnswerAsync).RequireAuthorization().ExcludeFromDescription();

    /// <summary>The answer for the person's own programs. The name of the file tells nothing.</summary>
    private static async Task<IResult> AnswerAsync(HttpContext http, Guid id, DataRequestDesk desk, ViewRecorder views, CancellationToken ct)
    {
        var answer = await desk.AnswerAsync(id, Caller.From(http.User)!, ct);
        if (!answer.IsOk)
        {
            return TypedResults.NotFound();
        }

        views.Saw(ViewTypes.Print, null, ("list", "data-request"), ("request", id));
        await views.DoneAsync();
        return TypedResults.File(Write(answer.Value), "application/json", "answer.json");
    }

    /// <summary>An answer as the file that is given to the person.</summary>
    /// <param name="answer">The answer.</param>
    public static byte[] Write(DataAnswer answer) => JsonSerializer.SerializeToUtf8Bytes(answer, Written);

    private static JsonSerializerOptions Written { get; } = new(JsonText.Options) { WriteIndented = true };
}
