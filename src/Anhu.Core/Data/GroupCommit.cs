using System.Threading.Channels;
using Anhu.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Data;

/// <summary>Bounds of a door through which many callers share transactions.</summary>
public record GroupCommitOptions
{
    /// <summary>How many items may wait; more are refused with "come again".</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>How many items share one commit at most.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>How long a failing store is tried before the callers are told to come again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How a door writes.</summary>
/// <typeparam name="TItem">What is handed in.</typeparam>
/// <typeparam name="TAnswer">What each caller gets once it is on disk.</typeparam>
public sealed record GroupCommitWork<TItem, TAnswer>
{
    /// <summary>What the items are called in the log.</summary>
    public required string Name { get; init; }

    /// <summary>Writes some items in one transaction; when it throws, nothing of them was stored. Answers stand in the order of the items.</summary>
    public required Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TAnswer>>> Write { get; init; }

    /// <summary>What the callers are told when nothing could be stored: after what time to come again, and why.</summary>
    public required Func<TimeSpan, Exception?, Exception> Refusal { get; init; }

    /// <summary>Told of a batch that was written: its size and the time since it was taken.</summary>
    public Action<int, TimeSpan> Written { get; init; } = static (_, _) => { };
}

/// <summary>
/// A door through which many callers write in one durable transaction (group commit): what waits is taken together, stored, and only then is
/// every caller answered. A store that fails for a moment is tried again; an item that cannot be stored does not take its neighbours with it;
/// when more waits than may, callers are refused at once.
/// </summary>
/// <typeparam name="TItem">What is handed in.</typeparam>
/// <typeparam name="TAnswer">What each caller gets once it is on disk.</typeparam>
public sealed class GroupCommit<TItem, TAnswer> : IAsyncDisposable
{
    private readonly GroupCommitWork<TItem, TAnswer> work;
    private readonly GroupCommitOptions options;
    private readonly CityStore store;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Channel<Waiting> channel;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lazy<Task> writer;
    private int waiting;

    /// <summary>Makes the door; its writer starts with the first item.</summary>
    public GroupCommit(GroupCommitWork<TItem, TAnswer> work, GroupCommitOptions options, CityStore store, TimeProvider time, ILogger logger)
    {
        (this.work, this.options, this.store, this.time, this.logger) = (work, options, store, time, logger);
        channel = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(options.Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        writer = new Lazy<Task>(() => Task.Run(RunAsync));
    }

    /// <summary>Items that wait to be written.</summary>
    public int Backlog => Volatile.Read(ref waiting);

    /// <summary>Hands in an item. The task ends when it is on disk.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Null when too many wait: nothing was taken.</returns>
    public Task<TAnswer>? TrySubmit(TItem item)
    {
        var entry = new Waiting(item);
        Interlocked.Increment(ref waiting);
        if (!channel.Writer.TryWrite(entry))
        {
            Interlocked.Decrement(ref waiting);
            return null;
        }

        _ = writer.Value;
        return entry.Done.Task;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        channel.Writer.TryComplete();
        if (writer.IsValueCreated)
        {
            // What was taken is still written; only a dead store is not waited for.
            await Task.WhenAny(writer.Value, Task.Delay(options.Patience, time));
            await stopping.CancelAsync();
            await writer.Value;
        }

        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var entries = new List<Waiting>(options.BatchSize);
        while (await channel.Reader.WaitToReadAsync())
        {
            entries.Clear();
            while (entries.Count < options.BatchSize && channel.Reader.TryRead(out var entry))
            {
                entries.Add(entry);
            }

            await WriteAsync(entries);
            Interlocked.Add(ref waiting, -entries.Count);
        }
    }

    private async Task WriteAsync(List<Waiting> entries)
    {
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answers = await work.Write(entries.ConvertAll(e => e.Item), stopping.Token);
                work.Written(entries.Count, time.GetElapsedTime(started));
                for (var i = 0; i < entries.Count; i++)
                {
                    entries[i].Done.TrySetResult(answers[i]);
                }

                return;
            }
            catch (Exception e)
            {
                if (await GiveUpAsync(entries, attempt, started, e))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Decides what follows a failed transaction; nothing of it was stored.</summary>
    private async Task<bool> GiveUpAsync(List<Waiting> entries, int attempt, long started, Exception e)
    {
        var again = store.Provider.IsTransient(e) || store.Provider.IsConstraint(e) || e is DbUpdateConcurrencyException or TimeoutException
            or System.Net.Sockets.SocketException;
        if (again && time.GetElapsedTime(started) < options.Patience && !stopping.IsCancellationRequested)
        {
            GroupCommitLog.Retry(logger, work.Name, attempt, e.GetType().Name);
            var delay = TimeSpan.FromMilliseconds(Math.Min(20 * Math.Pow(2, Math.Min(attempt, 6)), 1000));
            await Task.Delay(delay, time, stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            return false;
        }

        if (entries.Count > 1 && !again)
        {
            foreach (var entry in entries)
            {
                await WriteAsync([entry]);
            }

            return true;
        }

        GroupCommitLog.Refused(logger, entries.Count, work.Name, e);
        foreach (var entry in entries)
        {
            entry.Done.TrySetException(work.Refusal(TimeSpan.FromSeconds(again ? 2 : 30), e));
        }

        return true;
    }

    private sealed record Waiting(TItem Item)
    {
        public TaskCompletionSource<TAnswer> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What a door writes into the log.</summary>
internal static partial class GroupCommitLog
{
    [LoggerMessage(LogLevel.Warning, "The transaction of {Name} failed with {Failure}, attempt {Attempt}; trying again")]
    public static partial void Retry(ILogger logger, string name, int attempt, string failure);

    [LoggerMessage(LogLevel.Error, "{Count} of {Name} could not be stored; the callers were told to come again")]
    public static partial void Refused(ILogger logger, int count, string name, Exception e);
}
