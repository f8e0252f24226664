using System.Text.Json;
using Anhu.Components.Ui;
using Anhu.Modules.Messages;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Antiforgery;

namespace Anhu.Modules.Visits;

/// <summary>A draft as the browser sends it.</summary>
/// <param name="Edit">The browser's counter.</param>
/// <param name="Fields">Names and values of the form.</param>
public sealed record DraftRequest(long Edit, Dictionary<string, string[]>? Fields);

/// <summary>Services and routes of visits.</summary>
internal static class VisitSetup
{
    /// <summary>Names that a draft may hold: the form's own, never the antiforgery token.</summary>
    private static bool IsField(string name) => name == "outcome" || name.StartsWith("field.", StringComparison.Ordinal);

    /// <summary>With words, so that no error page takes its place.</summary>
    private static IResult Wrong => Results.Text("Not a draft of an open form.", statusCode: StatusCodes.Status400BadRequest);

    public static IServiceCollection AddVisits(this IServiceCollection services)
    {
        services.AddSingleton<FormDrafts>();
        services.AddSingleton<RecordVisitHandler>();
        services.AddSingleton(provider => Checked(provider.GetRequiredService<AnhuSettings>().Contacts));
        services.AddSingleton<SafeContacts>();
        services.AddSingleton<VisitQueries>();
        return services.AddFailureTexts<VisitsText>();
    }

    private static ContactSettings Checked(ContactSettings settings) => settings.ValidDays is >= 1 and <= 90
        ? settings : throw new InvalidOperationException("Anhu:Contacts:ValidDays is 1 to 90.");

    public static void MapVisits(this IEndpointRouteBuilder app) =>
        app.MapPut("/drafts/{formKey}", SaveAsync).ExcludeFromDescription()
            .RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireAssertion(context =>
                Caller.From(context.User) is { } caller && (caller.May(Permissions.WorkDuties) || caller.May(Permissions.FieldTasks))));

    private static async Task<IResult> SaveAsync(HttpContext http, string formKey, FormDrafts drafts, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(http) || Caller.From(http.User)?.WorkerId is not { } worker)
        {
            return Wrong;
        }

        if (http.Request.ContentLength is null or > FormDrafts.MaxLength || formKey.Length > FormDrafts.KeyMaxLength || !formKey.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-'))
        {
            return Wrong;
        }

        DraftRequest? draft;
        try
        {
            draft = await http.Request.ReadFromJsonAsync<DraftRequest>(http.RequestAborted);
        }
        catch (JsonException)
        {
            return Wrong;
        }

        if (draft?.Fields is null || draft.Edit < 1)
        {
            return Wrong;
        }

        var content = JsonSerializer.Serialize(draft.Fields.Where(f => IsField(f.Key)).ToDictionary(f => f.Key, f => f.Value));
        var kept = await drafts.SaveAsync(worker, formKey, content, draft.Edit, http.RequestAborted);
        return kept == draft.Edit ? Results.Json(new { edit = kept }) : Results.Json(new { edit = kept }, statusCode: StatusCodes.Status409Conflict);
    }
}
