using System.Text.Json.Serialization;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Feed;
using Anhu.Modules.Intake;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Operations;

/// <summary>Whether this node can do its work now.</summary>
/// <param name="Ready">All checks hold.</param>
/// <param name="Checks">The checks.</param>
public sealed record Readiness([property: JsonPropertyOrder(-1)] bool Ready, ReadinessChecks Checks);

/// <summary>The checks.</summary>
/// <param name="Running">The node is not stopping.</param>
/// <param name="Store">The store answers.</param>
/// <param name="Feed">The live feed follows the record.</param>
/// <param name="Intake">Alarms do not pile up.</param>
/// <param name="Recognition">Whether likenesses of people are looked up; a node that does not yet is ready all the same.</param>
public sealed record ReadinessChecks(RunningCheck Running, StoreCheck Store, FeedCheck Feed, IntakeCheck Intake, RecognitionCheck Recognition);

/// <summary>Whether likenesses of people are looked up, beside exact keys.</summary>
/// <param name="Ok">They are: all records that were there at the start are in memory.</param>
/// <param name="Records">Records in memory.</param>
/// <param name="Of">Records in the store.</param>
public sealed record RecognitionCheck(bool Ok, long Records, long Of);

/// <summary>Whether the node is not stopping.</summary>
/// <param name="Ok">It is not.</param>
public sealed record RunningCheck(bool Ok);

/// <summary>Whether the store answers.</summary>
/// <param name="Ok">It does.</param>
/// <param name="Milliseconds">How long the answer took.</param>
public sealed record StoreCheck(bool Ok, long Milliseconds);

/// <summary>Whether the live feed follows the record.</summary>
/// <param name="Ok">It does.</param>
/// <param name="Behind">Events that it has not pushed yet; null when the store does not answer.</param>
/// <param name="SecondsSinceRead">Since it last read the record.</param>
/// <param name="Open">Open feeds of this node.</param>
public sealed record FeedCheck(bool Ok, long? Behind, double SecondsSinceRead, int Open);

/// <summary>Whether alarms do not pile up.</summary>
/// <param name="Ok">They do not.</param>
/// <param name="Backlog">Alarms that wait for the disk.</param>
/// <param name="Capacity">How many may wait.</param>
public sealed record IntakeCheck(bool Ok, int Backlog, int Capacity);

/// <summary>Checks whether this node can do its work now.</summary>
internal sealed class Health(
    IDbContextFactory<AnhuDbContext> contexts, FeedHub feed, AlarmIntake intake, People.PersonIndex index, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>A store that takes longer is as good as away.</summary>
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(3);

    /// <summary>The feed reads four times a second.</summary>
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);

    /// <summary>What a node pushes in some seconds at the highest rate of alarms.</summary>
    private const long MostBehind = 20_000;

    public async Task<Readiness> CheckAsync(CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var head = await HeadAsync(ct);
        var store = new StoreCheck(head is not null, (long)time.GetElapsedTime(started).TotalMilliseconds);
        var behind = head - Math.Max(feed.Cursor, 0);
        var sinceRead = feed.SinceRead;
        var following = new FeedCheck(
            feed.IsFollowing && sinceRead < ReadLimit && behind is null or <= MostBehind, behind, Math.Round(sinceRead.TotalSeconds, 1), feed.OpenFeeds);
        var backlog = intake.Backlog;
        var waiting = new IntakeCheck(backlog < intake.Capacity * 0.8, backlog, intake.Capacity);
        var running = new RunningCheck(!lifetime.ApplicationStopping.IsCancellationRequested);
        return new Readiness(
            running.Ok && store.Ok && following.Ok && waiting.Ok, new ReadinessChecks(running, store, following, waiting, new RecognitionCheck(index.IsReady, index.UpTo, index.End)));
    }

    /// <summary>The end of the record, or null when the store does not tell it in time.</summary>
    private async Task<long?> HeadAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StoreLimit);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(limit.Token);
            return await db.Head().Select(h => (long?)h.Sequence).SingleAsync(limit.Token);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // Whatever it is, the answer is the same: not now. The jobs that need the store log why.
            return null;
        }
    }
}
