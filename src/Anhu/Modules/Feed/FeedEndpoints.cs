using System.Buffers;
using System.Globalization;
using Anhu.Modules.Audit;
using Anhu.Modules.Feed;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Web;

namespace Anhu.Modules.Feed;

/// <summary><c>GET /api/v1/feed</c>: server-sent events over the timeline.</summary>
public static class FeedEndpoints
{
    /// <summary>Maps the feed.</summary>
    /// <param name="app">Routes.</param>
    public static void MapFeed(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/feed", FeedAsync).WithName("Feed").WithTags("Feed").WithSummary("Every timeline event that the caller may see, live")
            .RequireAuthorization(Permissions.ReadFeed).DisableRateLimiting()
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task FeedAsync(
        HttpContext http, FeedHub hub, FeedQueries feed, OrganisationDirectory organisation, FeedSessions sessions, ViewRecorder views, long? after, bool? follow)
    {
        var ct = http.RequestAborted;
        var caller = Caller.From(http.User)!;
        var from = after;
        if (http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last)
        {
            if (!long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                await TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["Last-Event-ID"] = ["A sequence number is expected."] }).ExecuteAsync(http);
                return;
            }

            from = id;
        }

        views.Saw(ViewTypes.Feed, null, ("after", from));
        await views.DoneAsync();
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache, no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        using var subscription = follow == false ? null : hub.Subscribe(caller.UnitId ?? Guid.Empty, caller.WorkerId);
        var body = http.Response.BodyWriter;
        var until = subscription?.From is { } live and >= 0 ? live : await feed.HeadAsync(ct);
        var cursor = from ?? (follow == false ? 0 : until);
        while (cursor < until)
        {
            var (items, next) = await feed.AfterAsync(caller, cursor, 500, ct);
            var map = await organisation.GetAsync(ct);
            foreach (var item in items)
            {
                if (item.Sequence <= until)
                {
                    FeedHub.Write(body, item, map);
                }
            }

            cursor = next;
            await body.FlushAsync(ct);
        }

        if (subscription is null)
        {
            return;
        }

        body.Write(": live\n\n"u8);
        await body.FlushAsync(ct);
        await LiveAsync(http, subscription, body, sessions, ct);
    }

    private static async Task LiveAsync(
        HttpContext http, FeedHub.Subscription subscription, System.IO.Pipelines.PipeWriter body, FeedSessions sessions, CancellationToken ct)
    {
        using var session = sessions.Watch(http.User);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, session.Ended);
        try
        {
            await sessions.CheckAsync(session, ct);
            while (await subscription.Chunks.WaitToReadAsync(ended.Token))
            {
                while (subscription.Chunks.TryRead(out var chunk))
                {
                    body.Write(chunk.Span);
                }

                await body.FlushAsync(ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader left, or the session was closed: its alerts end with it.
        }
    }
}
