using System.Text.Json;
using Anhu.Api;
using Anhu.Common;
using Anhu.Components.Ui;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Protection;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Scene;

/// <summary>Taps as they are sent.</summary>
/// <param name="Entries">1 to 200, in any order; some may have been sent before.</param>
public sealed record SceneEntriesRequest(IReadOnlyList<SceneEntryRequest?>? Entries);

/// <summary>One tap.</summary>
/// <param name="Id">Made by the sender; what is sent again has the same one.</param>
/// <param name="Part"><c>check</c>, <c>fact</c>, <c>danger</c>, <c>wound</c> or <c>note</c>.</param>
/// <param name="Item">The item.</param>
/// <param name="Value">The value; missing takes an earlier one back.</param>
/// <param name="Words">Words of a note.</param>
/// <param name="MadeAt">When it was tapped.</param>
/// <param name="Count">A counter that only grows; of two taps of one officer the one with the higher count is the later.</param>
/// <param name="List">Version of the document that was shown.</param>
/// <param name="LeaksSeen">The words hold a shielded value, and are kept all the same.</param>
public sealed record SceneEntryRequest(
    Guid? Id, string? Part, string? Item, string? Value, string? Words, DateTimeOffset? MadeAt, long? Count, string? List = null, bool? LeaksSeen = null);

/// <summary>What became of a tap.</summary>
/// <param name="Id">The tap.</param>
/// <param name="Status"><c>stored</c>, <c>known</c> or <c>refused</c>.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="Words">The same in words.</param>
public sealed record SceneTapAnswer(Guid Id, string Status, string? Code, string? Words);

/// <summary>What came of taps.</summary>
/// <param name="Entries">Each tap.</param>
/// <param name="Class">The class of the case now.</param>
/// <param name="Raised">It rose.</param>
/// <param name="NewDuties">How many duties arose.</param>
/// <param name="Scene">The scene now.</param>
public sealed record SceneTakenAnswer(IReadOnlyList<SceneTapAnswer> Entries, int Class, bool Raised, int NewDuties, SceneAnswer Scene);

/// <summary>What one officer says of an item.</summary>
/// <param name="WorkerId">The officer.</param>
/// <param name="ClientId">The system.</param>
/// <param name="Value">The value.</param>
/// <param name="Words">The words of a note.</param>
/// <param name="MadeAt">When it was tapped.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="List">Version of the document that was shown.</param>
/// <param name="Text">The same as a sentence, in the caller's language.</param>
public sealed record SceneSayingAnswer(Guid? WorkerId, string? ClientId, string? Value, string? Words, DateTimeOffset MadeAt, DateTimeOffset ReceivedAt, string List, string Text);

/// <summary>An item of a scene.</summary>
/// <param name="Part">The part.</param>
/// <param name="Item">The item.</param>
/// <param name="Value">The latest value; missing where it was taken back.</param>
/// <param name="Differs">Officers say different things.</param>
/// <param name="Said">What each says, the latest first.</param>
public sealed record SceneItemAnswer(ScenePart Part, string Item, string? Value, bool Differs, IReadOnlyList<SceneSayingAnswer> Said);

/// <summary>What a risk instrument came to.</summary>
/// <param name="Instrument">Its code.</param>
/// <param name="Version">Its version.</param>
/// <param name="Level">The level; missing while unanswered items leave it open.</param>
/// <param name="CouldReach">The most serious level that the unanswered items could lead to.</param>
/// <param name="Score">How many yes.</param>
/// <param name="ScoreUpTo">How many it could be.</param>
/// <param name="Decisive">The items that made the level.</param>
/// <param name="Missing">Items that are neither yes nor no.</param>
/// <param name="Text">The same as a sentence, in the caller's language.</param>
public sealed record SceneDangerAnswer(
    string Instrument, string Version, string? Level, string? CouldReach, int? Score, int? ScoreUpTo, IReadOnlyList<string> Decisive, IReadOnlyList<string> Missing, string Text);

/// <summary>The scene of a duty.</summary>
/// <param name="DutyId">The duty.</param>
/// <param name="State">Where the duty stands.</param>
/// <param name="Unit">The unit that answers for it.</param>
/// <param name="Items">What was tapped.</param>
/// <param name="Danger">What instruments came to.</param>
/// <param name="Joint">The federation's work group, newest first.</param>
public sealed record SceneAnswer(
    Guid DutyId, DutyState? State, string? Unit, IReadOnlyList<SceneItemAnswer> Items, IReadOnlyList<SceneDangerAnswer> Danger, IReadOnlyList<JointAnswer> Joint);

/// <summary>Asks for the federation's work group.</summary>
/// <param name="Secured">The police have secured the scene.</param>
/// <param name="VictimAgrees">The victim agrees.</param>
public sealed record JointRequest(bool? Secured, bool? VictimAgrees);

/// <summary>The federation's work group.</summary>
/// <param name="DutyId">Its duty.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SupportOnly">Support, no mediation.</param>
/// <param name="UnitId">The unit that answers for it.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record JointAnswer(Guid DutyId, JointState State, bool SupportOnly, Guid UnitId, DateTimeOffset RequestedAt, string? Outcome);

/// <summary>The scenes of a case.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Checklist">Version of the checklist in force.</param>
/// <param name="Scenes">The scenes, newest first.</param>
public sealed record ScenesAnswer(Guid CaseId, string Checklist, IReadOnlyList<SceneAnswer> Scenes);

/// <summary>Services and routes of the scene.</summary>
internal static class SceneSetup
{
    private const int MostBytes = 256 * 1024;

    private static IResult WrongBody => Results.Text("Not entries of a scene.", statusCode: StatusCodes.Status400BadRequest);

    public static IServiceCollection AddScenePages(this IServiceCollection services)
    {
        services.AddScoped<SceneWords>();
        return services.AddFailureTexts<SceneText>();
    }

    public static void MapScene(this IEndpointRouteBuilder app)
    {
        app.MapPut("/scene/{dutyId:guid}/entries", PutAsync).ExcludeFromDescription().RequireAuthorization(Permissions.WorkDuties);
        var scene = app.MapGroup("/api/v1/cases/{id:guid}/scene").WithTags("Scene").RequireAuthorization(Permissions.ReadCases);
        scene.MapGet("", GetAsync).WithName("GetScene").WithSummary("What was recorded at the scenes of a case").ProducesProblem(StatusCodes.Status404NotFound);
        scene.MapPost("/{dutyId:guid}/entries", PostAsync).WithName("RecordScene")
            .WithSummary("Record taps at the scene; safe to repeat, in any order").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        scene.MapPost("/{dutyId:guid}/joint-response", JointAsync).WithName("RequestJointResponse")
            .WithSummary("Ask for the federation's work group at the scene; asked again, the answer is the one under way").RequireAuthorization(Permissions.WorkDuties)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<JointAnswer>, FailureResult>> JointAsync(
        HttpContext http, Guid id, Guid dutyId, JointRequest request, RequestJointResponseHandler handler, CancellationToken ct)
    {
        var result = await handler.Handle(new RequestJointResponse(dutyId, request.Secured == true, request.VictimAgrees == true, id), Caller.From(http.User)!, ct);
        return result.IsOk ? TypedResults.Ok(Answer(result.Value)) : result.Failure!.ToProblem();
    }

    private static JointAnswer Answer(JointLine line) => new(line.DutyId, line.State, line.SupportOnly, line.UnitId, line.RequestedAt, line.Outcome);

    /// <summary>The key under which a phone keeps what it has not sent: the same for the same worker and duty, known to nobody who is not signed in.</summary>
    /// <param name="db">The store.</param>
    /// <param name="workerId">The worker.</param>
    /// <param name="dutyId">The duty.</param>
    public static string QueueKey(AnhuDbContext db, Guid workerId, Guid dutyId) => db.Keys.DeviceKey($"{workerId:N}:{dutyId:N}");

    private static async Task<IResult> PutAsync(
        HttpContext http, Guid dutyId, RecordSceneHandler handler, SceneQueries queries, SceneWords words, SceneBook book, FailureText failures, IAntiforgery antiforgery,
        ViewRecorder views, CancellationToken ct)
    {
        if (!await antiforgery.IsRequestValidAsync(http) || Caller.From(http.User) is not { WorkerId: not null } caller || http.Request.ContentLength is null or > MostBytes)
        {
            return WrongBody;
        }

        SceneEntriesRequest? request;
        try
        {
            request = await http.Request.ReadFromJsonAsync<SceneEntriesRequest>(ct);
        }
        catch (JsonException)
        {
            return WrongBody;
        }

        return Read(request, out var taps) is { Count: > 0 } errors
            ? TypedResults.ValidationProblem(errors)
            : await TakeAsync(new RecordScene(dutyId, taps), caller, handler, queries, words, book, failures, views, ct);
    }

    private static async Task<Results<Ok<SceneTakenAnswer>, FailureResult, ValidationProblem>> PostAsync(
        HttpContext http, Guid id, Guid dutyId, SceneEntriesRequest request, RecordSceneHandler handler, SceneQueries queries, SceneWords words, SceneBook book, FailureText failures,
        ViewRecorder views, CancellationToken ct)
    {
        if (Read(request, out var taps) is { Count: > 0 } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        return await TakeAsync(new RecordScene(dutyId, taps, id), Caller.From(http.User)!, handler, queries, words, book, failures, views, ct) switch
        {
            Ok<SceneTakenAnswer> ok => ok,
            FailureResult failure => failure,
            _ => throw new InvalidOperationException(),
        };
    }

    private static async Task<IResult> TakeAsync(
        RecordScene command, Caller caller, RecordSceneHandler handler, SceneQueries queries, SceneWords words, SceneBook book, FailureText failures, ViewRecorder views, CancellationToken ct)
    {
        var result = await handler.Handle(command, caller, ct);
        if (!result.IsOk)
        {
            return result.Failure!.ToProblem();
        }

        // Who may write may read what others wrote beside it.
        var seen = await queries.OfDutyAsync(caller, command.DutyId, ct);
        if (seen is not null)
        {
            views.Case(ViewTypes.Scene, seen.CaseId, seen.Sight, command.DutyId);
            await views.DoneAsync();
        }

        var taken = result.Value;
        return TypedResults.Ok(new SceneTakenAnswer(
            [.. taken.Taps.Select(t => new SceneTapAnswer(t.Id, t.Failure is not null ? "refused" : t.IsNew ? "stored" : "known", t.Failure?.Code, t.Failure is { } f ? failures.Of(f) : null))],
            taken.Class, taken.Raised, taken.NewDuties,
            seen is { Scenes: [var scene, ..] } ? Answer(scene, null, seen.Workers, words, book) : new SceneAnswer(command.DutyId, null, null, [], [], [])));
    }

    private static async Task<Results<Ok<ScenesAnswer>, FailureResult>> GetAsync(
        HttpContext http, Guid id, SceneQueries queries, SceneWords words, SceneBook book, OrganisationDirectory organisation, ViewRecorder views, CancellationToken ct)
    {
        if (await queries.OfCaseAsync(Caller.From(http.User)!, id, ct) is not { } scenes)
        {
            return CaseFailures.NotFound.ToProblem();
        }

        views.Case(ViewTypes.Scene, id, scenes.Sight);
        await views.DoneAsync();
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(new ScenesAnswer(id, book.Checklist.Version, [.. scenes.Scenes.Select(s => Answer(s, map, scenes.Workers, words, book))]));
    }

    private static SceneAnswer Answer(SceneOfDuty scene, OrganisationMap? map, IReadOnlyDictionary<Guid, string> workers, SceneWords words, SceneBook book) => new(
        scene.DutyId, scene.State, map?.Find(scene.OwnerUnitId)?.Code,
        [.. scene.Record.Items.Order().Select(i => new SceneItemAnswer(
            i.Part, i.Item, scene.Record.Value(i.Part, i.Item), i.Part != ScenePart.Note && scene.Record.Differs(i.Part, i.Item),
            [.. scene.Record.Says(i.Part, i.Item).Select(s => new SceneSayingAnswer(
                s.Entry.WorkerId, s.Entry.ClientId, s.Value.Length == 0 ? null : s.Value, s.Entry.Words, s.At, s.Entry.ReceivedAt, s.Entry.ListVersion, words.Said(i.Part, s, workers)))]))],
        [.. book.InForce.Where(i => i.Items.Any(x => scene.Record.Says(ScenePart.Danger, i.NameOf(x)).Count > 0)).Select(i => (Of: i, Result: i.Result(scene.Record))).Select(i => new SceneDangerAnswer(
            i.Of.Id, i.Of.Version, i.Result.Level?.Id, i.Result.CouldReach?.Id, i.Result.Score, i.Result.ScoreUpTo, [.. i.Result.Decisive.Select(d => d.Id)],
            [.. i.Result.Missing.Select(d => d.Id)], words.Result(i.Of, i.Result)))], [.. scene.Joint.Select(Answer)]);

    private static Dictionary<string, string[]> Read(SceneEntriesRequest? request, out IReadOnlyList<SceneTap> taps)
    {
        var errors = new Dictionary<string, string[]>();
        var read = new List<SceneTap>();
        foreach (var (entry, at) in (request?.Entries ?? []).Take(RecordSceneHandler.MostAtOnce + 1).Select((e, n) => (e, $"entries[{n}]")))
        {
            var part = QueryValues.Kebab<ScenePart>(entry?.Part ?? "", $"{at}.part", errors);
            Need(entry?.Id, "id");
            Need(entry?.Item, "item");
            Need(entry?.MadeAt, "madeAt");
            Need(entry?.Count, "count");
            if (entry is { Id: { } id, Item: { } item, MadeAt: { } made, Count: { } count } && part is { } known)
            {
                read.Add(new SceneTap
                {
                    Id = id, Part = known, Item = item, Value = entry.Value, Words = entry.Words, MadeAt = made, Count = count, List = entry.List, LeaksSeen = entry.LeaksSeen == true,
                });
            }

            void Need(object? value, string name)
            {
                if (value is null)
                {
                    errors[$"{at}.{name}"] = ["Missing."];
                }
            }
        }

        taps = read;
        return errors;
    }
}
