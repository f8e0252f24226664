using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Feed;
using Anhu.Modules.Organisation;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Feed;

/// <summary>
/// The node's one follower of the timeline. Reads new events once, writes each as server-sent event bytes once per unit
/// that may see it, and hands the same bytes to all of that unit's open feeds. A reader that falls too far behind is
/// ended; its browser comes back with the last id and misses nothing.
/// </summary>
public sealed partial class FeedHub(FeedQueries feed, OrganisationDirectory organisation, FeedSessions sessions, CityStore store, TimeProvider time, ILogger<FeedHub> logger)
    : BackgroundService
{
    /// <summary>How many chunks may wait for one reader.</summary>
    private const int Depth = 256;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Events that come within this time leave together.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(15);

    /// <summary>A comment this often keeps proxies from closing a quiet feed.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private readonly Lock sync = new();
    private readonly Dictionary<Guid, List<Subscription>> byUnit = [];
    private long cursor = -1;
    private int open;
    private long readAt;

    /// <summary>The sequence up to which this node has pushed.</summary>
    public long Cursor => Volatile.Read(ref cursor);

    /// <summary>Number of open feeds.</summary>
    public int OpenFeeds => Volatile.Read(ref open);

    /// <summary>True while the follower reads; false before start and when the store is away.</summary>
    public bool IsFollowing { get; private set; }

    /// <summary>How long ago it last read the record.</summary>
    public TimeSpan SinceRead => Volatile.Read(ref readAt) is var at and > 0 ? time.GetElapsedTime(at) : TimeSpan.MaxValue;

    /// <summary>Opens a feed for a unit. Read what was before <see cref="Subscription.From"/> from the store.</summary>
    /// <param name="unitId">The unit.</param>
    /// <param name="workerId">The worker, who may be shut out of some of its cases; null for a system.</param>
    public Subscription Subscribe(Guid unitId, Guid? workerId)
    {
        lock (sync)
        {
            var subscription = new Subscription(this, unitId, workerId, cursor);
            if (!byUnit.TryGetValue(unitId, out var list))
            {
                byUnit.Add(unitId, list = []);
            }

            list.Add(subscription);
            open++;
            return subscription;
        }
    }

    /// <summary>Writes one event in the form of the contract.</summary>
    /// <param name="to">Takes the bytes.</param>
    /// <param name="item">The event.</param>
    /// <param name="map">Units as of now.</param>
    public static void Write(IBufferWriter<byte> to, FeedItem item, OrganisationMap map)
    {
        to.Write("id: "u8);
        Span<byte> number = stackalloc byte[20];
        System.Buffers.Text.Utf8Formatter.TryFormat(item.Sequence, number, out var length);
        to.Write(number[..length]);
        to.Write("\nevent: "u8);
        to.Write(System.Text.Encoding.UTF8.GetBytes(item.Type));
        to.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(to))
        {
            json.WriteStartObject();
            json.WriteString("type", item.Type);
            if (item.CaseId is { } caseId)
            {
                json.WriteString("caseId", caseId);
            }

            if (item.DutyId is { } dutyId)
            {
                json.WriteString("dutyId", dutyId);
            }

            if (item.Class is { } @class)
            {
                json.WriteNumber("class", @class);
            }

            json.WriteString("at", item.At);
            if (item.UnitId is { } unitId && map.Find(unitId) is { } unit)
            {
                json.WriteString("unit", unit.Code);
            }

            json.WriteEndObject();
        }

        to.Write("\n\n"u8);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                if (IsFollowing || cursor < 0)
                {
                    LogLost(e);
                }

                IsFollowing = false;
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }

        lock (sync)
        {
            foreach (var subscription in byUnit.Values.SelectMany(s => s))
            {
                subscription.End();
            }
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        if (cursor < 0)
        {
            Volatile.Write(ref cursor, await feed.HeadAsync(ct));
        }

        var quietSince = time.GetTimestamp();
        while (true)
        {
            if (time.GetElapsedTime(quietSince) >= KeepAlive)
            {
                quietSince = time.GetTimestamp();
                Beat();
            }

            var changed = store.NextChange;
            var heard = OpenFeeds > 0;
            var events = await feed.FollowAsync(cursor, 2000, heard, ct);
            if (!IsFollowing)
            {
                IsFollowing = true;
                LogFollowing(cursor);
            }

            Volatile.Write(ref readAt, time.GetTimestamp());
            if (events.Count > 0)
            {
                // First, so that who was shut out hears nothing of what came after.
                await sessions.SeenAsync(events.Select(e => e.Item), ct);
                if (!Push(events, heard, await organisation.GetAsync(ct)))
                {
                    continue;
                }

                Figures.Pushed(time.GetUtcNow() - events[0].Item.At);
                await Task.Delay(Gather, time, ct);
                continue;
            }

            await changed.WaitAsync(Poll, time, ct).ContinueWith(static _ => { }, ct, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Hands events to the feeds of those who may see them.</summary>
    /// <returns>False when a feed was opened while they were read for nobody: they are read again.</returns>
    private bool Push(IReadOnlyList<FeedRow> events, bool heard, OrganisationMap map)
    {
        lock (sync)
        {
            if (!heard && open > 0)
            {
                return false;
            }

            var chunks = new Dictionary<Guid, ArrayBufferWriter<byte>>();
            var bytes = new ArrayBufferWriter<byte>(256);
            foreach (var (item, units, _) in events)
            {
                bytes.ResetWrittenCount();
                foreach (var unit in units)
                {
                    if (!byUnit.ContainsKey(unit) || !Hears(unit, item, map))
                    {
                        continue;
                    }

                    if (bytes.WrittenCount == 0)
                    {
                        Write(bytes, item, map);
                    }

                    if (!chunks.TryGetValue(unit, out var chunk))
                    {
                        chunks.Add(unit, chunk = new ArrayBufferWriter<byte>(1024));
                    }

                    chunk.Write(bytes.WrittenSpan);
                }
            }

            var shut = events.SelectMany(e => e.Shut).ToHashSet();
            foreach (var (unit, chunk) in chunks)
            {
                var shared = chunk.WrittenMemory;
                foreach (var subscription in byUnit[unit])
                {
                    subscription.Offer(subscription.WorkerId is { } worker && shut.Contains(worker) ? Without(worker, unit, events, map) : shared);
                }
            }

            Volatile.Write(ref cursor, events[^1].Item.Sequence);
            return true;
        }
    }

    private static bool Hears(Guid unitId, FeedItem item, OrganisationMap map) =>
        !AccessPolicy.TellsStory(item.Type) || (map.Find(unitId) is { } unit && AccessPolicy.HearsStory(unit.Agency));

    /// <summary>What a worker hears who is shut out of some of the cases; an empty chunk when there is nothing else.</summary>
    private static ReadOnlyMemory<byte> Without(Guid worker, Guid unit, IReadOnlyList<FeedRow> events, OrganisationMap map)
    {
        var own = new ArrayBufferWriter<byte>(1024);
        foreach (var (item, units, shut) in events)
        {
            if (units.Contains(unit) && !shut.Contains(worker) && Hears(unit, item, map))
            {
                Write(own, item, map);
            }
        }

        return own.WrittenMemory;
    }

    private void Beat()
    {
        lock (sync)
        {
            foreach (var subscription in byUnit.Values.SelectMany(s => s))
            {
                subscription.Offer(": \n\n"u8.ToArray());
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (sync)
        {
            if (byUnit.TryGetValue(subscription.UnitId, out var list) && list.Remove(subscription))
            {
                open--;
                if (list.Count == 0)
                {
                    byUnit.Remove(subscription.UnitId);
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The live feed follows the record from event {Sequence}")]
    private partial void LogFollowing(long sequence);

    [LoggerMessage(LogLevel.Warning, "The live feed lost the store; it is tried again every second")]
    private partial void LogLost(Exception e);

    /// <summary>One open feed.</summary>
    public sealed class Subscription : IDisposable
    {
        private readonly FeedHub hub;
        private readonly Channel<ReadOnlyMemory<byte>> chunks =
            Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(Depth) { SingleReader = true, SingleWriter = true });

        internal Subscription(FeedHub hub, Guid unitId, Guid? workerId, long from)
        {
            this.hub = hub;
            UnitId = unitId;
            WorkerId = workerId;
            From = from;
        }

        /// <summary>The unit.</summary>
        public Guid UnitId { get; }

        /// <summary>The worker; null for a system.</summary>
        public Guid? WorkerId { get; }

        /// <summary>Everything after this sequence comes through <see cref="Chunks"/>.</summary>
        public long From { get; }

        /// <summary>Event bytes, ready to be sent.</summary>
        public ChannelReader<ReadOnlyMemory<byte>> Chunks => chunks.Reader;

        /// <inheritdoc />
        public void Dispose() => hub.Remove(this);

        internal void Offer(ReadOnlyMemory<byte> chunk)
        {
            if (!chunks.Writer.TryWrite(chunk))
            {
                End();
            }
        }

        internal void End() => chunks.Writer.TryComplete();
    }
}
