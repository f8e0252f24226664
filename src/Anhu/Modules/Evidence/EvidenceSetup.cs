using System.Security.Cryptography;
using System.Text.Json;
using Anhu.Api;
using Anhu.Common;
using Anhu.Components.Ui;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents;
using Anhu.Modules.Organisation;
using Anhu.Modules.Protection;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Evidence;

/// <summary>Announces a file.</summary>
/// <param name="CaseId">The case; missing where the duty names it.</param>
/// <param name="DutyId">The duty at which it was made.</param>
/// <param name="Item">The item of the checklist.</param>
/// <param name="Wound">The wound that it shows.</param>
/// <param name="Caption">What it shows, in words.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Length">Bytes of the whole.</param>
/// <param name="Sha256">SHA-256 of the whole, hexadecimal.</param>
/// <param name="LeaksSeen">The caption holds a shielded value, and is kept all the same.</param>
public sealed record EvidenceRequest(
    Guid? CaseId, Guid? DutyId, string? Item, string? Wound, string? Caption, DateTimeOffset? MadeAt, long? Length, string? Sha256, bool? LeaksSeen = null);

/// <summary>How far a file is.</summary>
/// <param name="Id">The file.</param>
/// <param name="Kept">It is whole.</param>
/// <param name="Missing">Parts to be sent.</param>
/// <param name="PartSize">Bytes of each part but the last.</param>
public sealed record EvidenceProgressAnswer(Guid Id, bool Kept, IReadOnlyList<int> Missing, int PartSize);

/// <summary>A file of a case.</summary>
/// <param name="Id">The file.</param>
/// <param name="Item">The item of the checklist.</param>
/// <param name="Kind">What it is.</param>
/// <param name="MediaType">Its media type, as its content says.</param>
/// <param name="Length">Bytes of the original.</param>
/// <param name="Sha256">SHA-256 of the original.</param>
/// <param name="Sm3">SM3 of the original, in cities that work with the national suite.</param>
/// <param name="MadeAt">When it was made, by the device's clock.</param>
/// <param name="ReceivedAt">When it was whole here.</param>
/// <param name="Unit">Code of the unit that made it.</param>
/// <param name="DutyId">The duty at which it was made.</param>
/// <param name="Caption">What it shows, in words.</param>
public sealed record EvidenceItemAnswer(
    Guid Id, string Item, EvidenceKind Kind, string MediaType, long Length, string Sha256, string? Sm3, DateTimeOffset MadeAt, DateTimeOffset ReceivedAt, string? Unit, Guid? DutyId, string? Caption);

/// <summary>The files of a case.</summary>
/// <param name="Items">The files, the last received first.</param>
/// <param name="Next">Where the next page begins; missing at the end.</param>
public sealed record EvidenceListAnswer(IReadOnlyList<EvidenceItemAnswer> Items, string? Next);

/// <summary>Services and routes of photos and files.</summary>
internal static class EvidenceSetup
{
    /// <summary>The longest post of the page's form where there is no script; with script, files come in parts.</summary>
    public const int MostFormBytes = 28_000_000;

    private const int MostJsonBytes = 16 * 1024;

    public static IServiceCollection AddEvidencePages(this IServiceCollection services)
    {
        services.AddScoped<EvidenceWords>();
        services.AddHostedService<EvidenceJob>();
        return services.AddFailureTexts<EvidenceText>();
    }

    public static void MapEvidence(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/evidence/{id:guid}").ExcludeFromDescription();
        files.MapPut("", BeginAsync).RequireAuthorization(Permissions.WorkDuties);
        files.MapPut("/parts/{part:int}", PartAsync).RequireAuthorization(Permissions.WorkDuties);
        files.MapPost("/done", DoneAsync).RequireAuthorization(Permissions.WorkDuties);
        files.MapGet("/picture", PictureAsync).RequireAuthorization(Permissions.ReadCases);
        files.MapPost("/original", OriginalAsync).RequireAuthorization(Permissions.WorkDuties);

        app.MapGet("/documents/{id:guid}/bundle", BundleLinkAsync).ExcludeFromDescription().RequireAuthorization(Permissions.WorkDuties);
        app.MapGet("/api/v1/documents/{id:guid}/bundle", BundleAsync).WithTags("Documents").WithName("GetDocumentBundle").WithSummary("The files that go along with a list of evidence, as a ZIP archive")
            .RequireAuthorization(Permissions.WorkDuties).Produces(StatusCodes.Status200OK, contentType: "application/zip").ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        // Held in memory while it is read: a file that waits on the server's disk would lie there unsealed.
        app.MapPost("/cases/{id:guid}/evidence/files", FormAsync).ExcludeFromDescription().RequireAuthorization(Permissions.WorkDuties)
            .WithFormOptions(memoryBufferThreshold: MostFormBytes, multipartBodyLengthLimit: MostFormBytes);
        app.MapGet("/api/v1/cases/{id:guid}/evidence", ListAsync).WithTags("Evidence").WithName("ListEvidence").WithSummary("Photos and files of a case, the last received first")
            .RequireAuthorization(Permissions.ReadCases).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>A list's files as an archive. It is looked at and recorded before the first byte leaves; what breaks off while it leaves has no end and opens nowhere.</summary>
    private static async Task<IResult> BundleAsync(HttpContext http, Guid id, EvidenceBundles bundles, ViewRecorder views, CancellationToken ct)
    {
        var result = await bundles.OpenAsync(Caller.From(http.User)!, id, ct);
        if (!result.IsOk)
        {
            return result.Failure!.ToProblem();
        }

        var open = result.Value;
        views.Saw(
            ViewTypes.Evidence, open.Document.CaseId, ("view", open.Sight.View), ("tie", open.Sight.Relation), ("leave", open.Sight.Grant), ("shown", "bundle"), ("file", open.Name),
            ("files", open.Bundle.Files.Select(f => f.Id!.Value.ToString())));
        await views.DoneAsync();
        http.Response.Headers.CacheControl = "no-store";

        // The library writes the few bytes around each entry synchronously; the files themselves are written asynchronously.
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        return Results.Stream(into => bundles.WriteAsync(open, into, ct), "application/zip", open.Name);
    }

    /// <summary>The same for a page's link: what stops it is told on the page of the documents.</summary>
    private static async Task<IResult> BundleLinkAsync(HttpContext http, Guid id, EvidenceBundles bundles, ViewRecorder views, Flash flash, FailureText failures, DocumentDesk documents, CancellationToken ct)
    {
        var answer = await BundleAsync(http, id, bundles, views, ct);
        if (answer is not FailureResult refused || refused.StatusCode == StatusCodes.Status404NotFound || await documents.CaseOfAsync(Caller.From(http.User)!, id, ct) is not { } caseId)
        {
            return answer is FailureResult ? Results.NotFound() : answer;
        }

        flash.Say(failures.Of(refused.Failures[0]));
        return Results.LocalRedirect($"/cases/{caseId}/documents");
    }

    /// <summary>The key under which a phone keeps files that it has not sent: the same for the same worker and place, known to nobody who is not signed in.</summary>
    /// <param name="db">The store.</param>
    /// <param name="workerId">The worker.</param>
    /// <param name="placeId">The duty or the case.</param>
    public static string QueueKey(AnhuDbContext db, Guid workerId, Guid placeId) => db.Keys.DeviceKey($"files:{workerId:N}:{placeId:N}");

    private static async Task<IResult> BeginAsync(HttpContext http, Guid id, ReceiveEvidenceHandler handler, IAntiforgery antiforgery, CancellationToken ct)
    {
        EvidenceRequest? request = null;
        try
        {
            request = await MayAsync(http, antiforgery) && http.Request.ContentLength is <= MostJsonBytes ? await http.Request.ReadFromJsonAsync<EvidenceRequest>(ct) : null;
        }
        catch (JsonException)
        {
            // Answered below.
        }

        if (request is not { Item: { } item, MadeAt: { } made, Length: { } length, Sha256: { } hash })
        {
            return WrongBody;
        }

        return Answer(await handler.BeginAsync(
            new BeginEvidence
            {
                Id = id, CaseId = request.CaseId, DutyId = request.DutyId, Item = item, Wound = request.Wound, Caption = request.Caption, MadeAt = made, Length = length, Sha256 = hash,
                LeaksSeen = request.LeaksSeen == true,
            },
            Caller.From(http.User)!, ct));
    }

    private static async Task<IResult> PartAsync(HttpContext http, Guid id, int part, ReceiveEvidenceHandler handler, IAntiforgery antiforgery, CancellationToken ct)
    {
        if (!await MayAsync(http, antiforgery) || http.Request.ContentLength is not (> 0 and <= ReceiveEvidenceHandler.PartSize))
        {
            return WrongBody;
        }

        var content = new byte[http.Request.ContentLength.Value];
        await http.Request.Body.ReadExactlyAsync(content, ct);
        var result = await handler.PartAsync(id, part, content, Caller.From(http.User)!, ct);
        return result.IsOk ? Results.NoContent() : result.Failure!.ToProblem();
    }

    private static async Task<IResult> DoneAsync(HttpContext http, Guid id, ReceiveEvidenceHandler handler, IAntiforgery antiforgery, CancellationToken ct) =>
        await MayAsync(http, antiforgery) ? Answer(await handler.FinishAsync(id, Caller.From(http.User)!, ct)) : WrongBody;

    private static async Task<IResult> PictureAsync(HttpContext http, Guid id, EvidenceQueries queries, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.PictureAsync(Caller.From(http.User)!, id, ct) is not { } picture)
        {
            return Results.NotFound();
        }

        views.Saw(ViewTypes.Evidence, picture.CaseId, ("view", picture.Sight.View), ("tie", picture.Sight.Relation), ("leave", picture.Sight.Grant), ("shown", "picture"), ("files", (string[])[id.ToString()]));
        await views.DoneAsync();
        return Results.Bytes(picture.Content, picture.MediaType);
    }

    /// <summary>An original leaves as a file to be kept, never shown in the browser's window.</summary>
    private static async Task<IResult> OriginalAsync(HttpContext http, Guid id, EvidenceDesk desk, ViewRecorder views, IAntiforgery antiforgery, CancellationToken ct)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            return WrongBody;
        }

        var form = await http.Request.ReadFormAsync(ct);
        var purpose = Enum.TryParse<HandOnPurpose>(form["Purpose"], out var known) && Enum.IsDefined(known) ? known : (HandOnPurpose?)null;
        var result = await desk.HandOnAsync(Caller.From(http.User)!, id, purpose, form["Recipient"], ct);
        if (!result.IsOk)
        {
            return result.Failure!.Kind is FailureKind.NotFound ? Results.NotFound() : Results.LocalRedirect($"/evidence/{id}?failed={Uri.EscapeDataString(result.Failure.Code)}&field={Uri.EscapeDataString(result.Failure.Field ?? "")}");
        }

        var original = result.Value;
        views.Saw(ViewTypes.Evidence, original.CaseId, ("view", original.Sight.View), ("tie", original.Sight.Relation), ("leave", original.Sight.Grant), ("shown", "file"), ("files", (string[])[id.ToString()]));
        await views.DoneAsync();
        http.Response.Headers.CacheControl = "no-store";
        return Results.File(original.Content, "application/octet-stream", original.Name);
    }

    /// <summary>The page's form where there is no script: the hash is made here, as soon as the file is.</summary>
    private static async Task<IResult> FormAsync(
        HttpContext http, Guid id, ReceiveEvidenceHandler handler, IAntiforgery antiforgery, Flash flash, FailureText failures, IStringLocalizer<EvidenceText> text, TimeProvider time, CancellationToken ct)
    {
        if (http.Request.ContentLength is null or > MostFormBytes || !await antiforgery.IsRequestValidAsync(http))
        {
            return http.Request.ContentLength is > MostFormBytes ? Results.LocalRedirect($"/cases/{id}/evidence?failed=evidence.form-too-large") : WrongBody;
        }

        var (form, caller) = (await http.Request.ReadFormAsync(ct), Caller.From(http.User)!);
        var duty = Guid.TryParse(form["Duty"], out var dutyId) ? dutyId : (Guid?)null;
        Failure? failure = form.Files.Count == 0 ? EvidenceFailures.Missing("file") : null;
        foreach (var file in form.Files.TakeWhile(_ => failure is null))
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content, ct);
            failure = (await KeepAsync(content.ToArray())).Failure;
        }

        if (failure is null)
        {
            flash.Say(text["Said_Kept", form.Files.Count]);
        }

        var back = $"/cases/{id}/evidence?item={Uri.EscapeDataString(form["Item"].ToString())}{(duty is null ? "" : $"&duty={duty}")}";
        return Results.LocalRedirect(failure is null ? back : $"{back}&failed={Uri.EscapeDataString(failure.Code)}&detail={Uri.EscapeDataString(failure.Detail ?? "")}");

        async Task<Result<EvidenceProgress>> KeepAsync(byte[] content)
        {
            var now = time.Now;
            var begun = await handler.BeginAsync(
                new BeginEvidence
                {
                    Id = Guid.CreateVersion7(now), CaseId = id, DutyId = duty, Item = form["Item"].ToString(), Caption = form["Caption"], MadeAt = now, Length = content.Length,
                    Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), LeaksSeen = form["LeaksSeen"] == "true",
                },
                caller, ct);
            foreach (var part in begun.IsOk ? begun.Value.Missing : [])
            {
                var at = part * ReceiveEvidenceHandler.PartSize;
                await handler.PartAsync(begun.Value.Id, part, content.AsMemory(at, Math.Min(ReceiveEvidenceHandler.PartSize, content.Length - at)), caller, ct);
            }

            return begun.IsOk ? await handler.FinishAsync(begun.Value.Id, caller, ct) : begun;
        }
    }

    private static async Task<Results<Ok<EvidenceListAnswer>, FailureResult, ValidationProblem>> ListAsync(
        HttpContext http, Guid id, string? after, EvidenceQueries queries, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        var errors = new Dictionary<string, string[]>();
        var before = QueryValues.Cursor(after, "after", errors);
        if (errors.Count > 0 || before > DateTimeOffset.MaxValue.Ticks)
        {
            return TypedResults.ValidationProblem(errors.Count > 0 ? errors : new Dictionary<string, string[]> { ["after"] = ["Not a cursor of this list."] });
        }

        if (await queries.OfCaseAsync(Caller.From(http.User)!, id, before, ct) is not { } files)
        {
            return CaseFailures.NotFound.ToProblem();
        }

        Saw(views, files);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new EvidenceListAnswer(
            [.. files.Lines.Select(l => l.File).Select(f => new EvidenceItemAnswer(
                f.EvidenceFileId, f.Item, f.Kind!.Value, f.MediaType!, f.Length, f.Sha256, f.Sm3, f.MadeAt, f.KeptAt!.Value, map.Find(f.UnitId)?.Code, f.DutyId, f.Caption))],
            files.Next?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Records that a list with its small pictures is shown.</summary>
    public static void Saw(ViewRecorder views, CaseEvidence files) => views.Saw(
        ViewTypes.Evidence, files.CaseId, ("view", files.Sight.View), ("tie", files.Sight.Relation), ("leave", files.Sight.Grant), ("shown", "list"),
        ("files", files.Lines.Count == 0 ? null : files.Lines.Select(l => l.File.EvidenceFileId.ToString())));

    private static IResult WrongBody => Results.Text("Not a file.", statusCode: StatusCodes.Status400BadRequest);

    private static async Task<bool> MayAsync(HttpContext http, IAntiforgery antiforgery) => await antiforgery.IsRequestValidAsync(http) && Caller.From(http.User) is { WorkerId: not null };

    private static IResult Answer(Result<EvidenceProgress> result) => result.IsOk
        ? TypedResults.Ok(new EvidenceProgressAnswer(result.Value.Id, result.Value.IsKept, result.Value.Missing, ReceiveEvidenceHandler.PartSize)) : result.Failure!.ToProblem();
}
