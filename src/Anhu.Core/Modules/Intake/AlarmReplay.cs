using System.Collections.Concurrent;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Alarms.Mapping;

namespace Anhu.Modules.Intake;

/// <summary>How a replay runs.</summary>
public sealed record ReplayOptions
{
    /// <summary>Seconds of the data that pass in one second; null sends everything at once.</summary>
    public double? Speed { get; init; }

    /// <summary>Each alarm is received at the moment when it is sent, the first one now; only with a speed.</summary>
    public bool AsOfNow { get; init; }

    /// <summary>Stops after so many alarms of the file.</summary>
    public int? Limit { get; init; }

    /// <summary>Alarms under way at a time.</summary>
    public int InFlight { get; init; } = 256;

    /// <summary>Rows read ahead to find those that are due earlier but stand later in the file.</summary>
    public int LookAhead { get; init; } = 10_000;

    /// <summary>How long one alarm is offered again to a store that can't take it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>What became of the rows of a replay.</summary>
/// <param name="Rows">Rows read.</param>
/// <param name="Skipped">Left out by the mapping's filter.</param>
/// <param name="Accepted">New alarms.</param>
/// <param name="Updated">Higher revisions.</param>
/// <param name="Duplicate">There already.</param>
/// <param name="Refused">Wrong, or in conflict with what is stored.</param>
/// <param name="Interrupted">True when the replay was stopped before its end.</param>
public sealed record ReplayCounts(long Rows, long Skipped, long Accepted, long Updated, long Duplicate, long Refused, bool Interrupted);

/// <summary>Why a row was refused.</summary>
/// <param name="Row">The row.</param>
/// <param name="StoredRevision">The stored revision that it contradicts; null when the row itself is wrong.</param>
/// <param name="NotStored">The store did not take it in time.</param>
public sealed record RefusedRow(AlarmFileRow Row, int? StoredRevision = null, bool NotStored = false);

/// <summary>
/// Feeds a file through the same door as every other alarm. With a speed, each alarm is sent when its time has come, in the
/// order of the times whatever the order of the rows; one that comes too late is sent at once. Revisions of one alarm keep
/// the order of the file.
/// </summary>
/// <param name="submit">The door; completes when the alarm is durable.</param>
/// <param name="time">The clock.</param>
/// <param name="refused">Told of each refused row, one at a time.</param>
public sealed class AlarmReplay(Func<AlarmReport, CancellationToken, Task<AlarmReceipt>> submit, TimeProvider time, Action<RefusedRow> refused)
{
    private readonly Lock refusing = new();
    private readonly ConcurrentDictionary<string, Task> underWay = new(StringComparer.Ordinal);
    private long rows;
    private long skipped;
    private long accepted;
    private long updated;
    private long duplicate;
    private long refusals;
    private long lastSuccess;
    private volatile Exception? failure;
    private long? total;

    /// <summary>The counts so far.</summary>
    public ReplayCounts Counts => new(
        Interlocked.Read(ref rows), Interlocked.Read(ref skipped), Interlocked.Read(ref accepted), Interlocked.Read(ref updated),
        Interlocked.Read(ref duplicate), Interlocked.Read(ref refusals), false);

    /// <summary>How far the replay of a file is, 0 to 1: by rows where they were counted first, else by bytes.</summary>
    /// <param name="file">The file.</param>
    public double Progress(AlarmFile file)
    {
        var done = Counts;
        return total is { } all ? (double)(done.Accepted + done.Updated + done.Duplicate + done.Refused) / Math.Max(1, all) : file.Progress;
    }

    /// <summary>Runs the replay to the end of the file, or until it is interrupted; what is under way then is still waited for.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How.</param>
    /// <param name="ct">Interrupts.</param>
    /// <exception cref="IntakeUnavailableException">The store took nothing for longer than the patience.</exception>
    public async Task<ReplayCounts> RunAsync(AlarmFile file, ReplayOptions options, CancellationToken ct)
    {
        using var slots = new SemaphoreSlim(options.InFlight);
        lastSuccess = time.GetTimestamp();
        var interrupted = false;
        try
        {
            await SendAsync(file, options, slots, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            interrupted = true;
        }
        finally
        {
            await Task.WhenAll(underWay.Values);
        }

        return failure is null ? Counts with { Interrupted = interrupted } : throw failure;
    }

    private async Task SendAsync(AlarmFile file, ReplayOptions options, SemaphoreSlim slots, CancellationToken ct)
    {
        if (options.Speed is not { } speed)
        {
            foreach (var row in Alarms(file, options))
            {
                await StartAsync(row, row.Report!, options, slots, ct);
            }

            return;
        }

        if (Start(file, options) is not { } start)
        {
            foreach (var _ in Alarms(file, options))
            {
                // Nothing to send, but every row is counted and named.
            }

            return;
        }

        var begun = time.Now;
        foreach (var row in InOrder(Alarms(file, options), options.LookAhead))
        {
            var report = row.Report!;
            var due = begun + ((report.ReceivedAt - start) / speed);
            if (due - time.GetUtcNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, time, ct);
            }

            await StartAsync(row, options.AsOfNow ? Shift(report, Clock.CutToMicroseconds(due)) : report, options, slots, ct);
        }
    }

    /// <summary>The alarms of the file; what is left out or wrong is counted on the way.</summary>
    private IEnumerable<AlarmFileRow> Alarms(AlarmFile file, ReplayOptions options)
    {
        var alarms = 0;
        foreach (var row in file.Rows())
        {
            Interlocked.Increment(ref rows);
            if (row.IsSkipped)
            {
                Interlocked.Increment(ref skipped);
            }
            else if (row.Report is null)
            {
                Refuse(new RefusedRow(row));
            }
            else
            {
                yield return row;
                if (++alarms >= options.Limit)
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>The earliest time among the alarms to be sent; counts them on the way.</summary>
    private DateTimeOffset? Start(AlarmFile file, ReplayOptions options)
    {
        DateTimeOffset? start = null;
        long alarms = 0, wrong = 0;
        foreach (var row in file.Rows().Where(r => !r.IsSkipped))
        {
            if (row.Report is not { } report)
            {
                wrong++;
                continue;
            }

            start = start < report.ReceivedAt ? start : report.ReceivedAt;
            if (++alarms >= options.Limit)
            {
                break;
            }
        }

        total = alarms + wrong;
        return start;
    }

    private static IEnumerable<AlarmFileRow> InOrder(IEnumerable<AlarmFileRow> alarms, int lookAhead)
    {
        PriorityQueue<AlarmFileRow, (DateTimeOffset, long)> waiting = new();
        foreach (var row in alarms)
        {
            waiting.Enqueue(row, (row.Report!.ReceivedAt, row.Line));
            if (waiting.Count > lookAhead)
            {
                yield return waiting.Dequeue();
            }
        }

        while (waiting.TryDequeue(out var row, out _))
        {
            yield return row;
        }
    }

    private static AlarmReport Shift(AlarmReport report, DateTimeOffset receivedAt) => report with
    {
        ReceivedAt = receivedAt,
        Dispatch = report.Dispatch is { DispatchedAt: { } dispatchedAt } dispatch ? dispatch with { DispatchedAt = receivedAt + (dispatchedAt - report.ReceivedAt) } : report.Dispatch,
    };

    private async Task StartAsync(AlarmFileRow row, AlarmReport report, ReplayOptions options, SemaphoreSlim slots, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await slots.WaitAsync(ct);
        if (failure is { } failed)
        {
            slots.Release();
            throw failed;
        }

        underWay.TryGetValue(report.SourceId, out var before);
        var sent = OfferAsync(row, report, before, options, slots, ct);
        underWay[report.SourceId] = sent;
        _ = sent.ContinueWith(done => underWay.TryRemove(KeyValuePair.Create(report.SourceId, done)), TaskScheduler.Default);
    }

    /// <summary>Offers one alarm until it is taken. Never throws: a failure ends the replay from its own loop.</summary>
    private async Task OfferAsync(AlarmFileRow row, AlarmReport report, Task? before, ReplayOptions options, SemaphoreSlim slots, CancellationToken ct)
    {
        try
        {
            if (before is not null)
            {
                await before;
            }

            var begun = time.GetTimestamp();
            while (true)
            {
                try
                {
                    // Not cancelled by the interrupt: what may already be on disk is counted as what it is.
                    Count(row, await submit(report, CancellationToken.None));
                    Interlocked.Exchange(ref lastSuccess, time.GetTimestamp());
                    return;
                }
                catch (IntakeUnavailableException e) when (time.GetElapsedTime(begun) < options.Patience)
                {
                    await Task.Delay(e.RetryAfter, time, ct);
                }
                catch (IntakeUnavailableException) when (Interlocked.Read(ref lastSuccess) > begun)
                {
                    Refuse(new RefusedRow(row, NotStored: true)); // The store takes others: this one alone can't be stored.
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Interrupted while waiting for the store: not sent, not counted.
        }
        catch (Exception e)
        {
            failure = e;
        }
        finally
        {
            slots.Release();
        }
    }

    private void Count(AlarmFileRow row, AlarmReceipt receipt)
    {
        switch (receipt.Status)
        {
            case AlarmStatus.Created:
                Interlocked.Increment(ref accepted);
                break;
            case AlarmStatus.Updated:
                Interlocked.Increment(ref updated);
                break;
            case AlarmStatus.Duplicate:
                Interlocked.Increment(ref duplicate);
                break;
            case AlarmStatus.Conflict:
                Refuse(new RefusedRow(row, receipt.StoredRevision));
                break;
        }
    }

    private void Refuse(RefusedRow row)
    {
        lock (refusing)
        {
            refusals++;
            refused(row);
        }
    }
}
