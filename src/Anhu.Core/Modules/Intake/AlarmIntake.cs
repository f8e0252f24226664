using System.Threading.Channels;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Intake;

/// <summary>Bounds of the intake.</summary>
public sealed record AlarmIntakeOptions
{
    /// <summary>How many alarms may wait; more are refused with "send it again".</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>How many alarms share one commit at most.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>How long a failing store is tried before the callers are told to come again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>One alarm on its way to the disk.</summary>
/// <param name="Report">The report.</param>
/// <param name="Actor">Who sent it.</param>
/// <param name="OriginUnitId">The unit of the worker who entered it by hand, which stays involved as the first contact.</param>
internal sealed record IntakeItem(AlarmReport Report, Actor Actor, Guid? OriginUnitId)
{
    private readonly (string Text, byte[] Hash) content = AlarmReportWriter.ToContent(Report);

    /// <summary>What makes it one alarm: source and id.</summary>
    public string SourceKey { get; } = $"{Report.Source}/{Report.SourceId}";

    /// <summary>When it counts as taken, UTC; null for now. Set where a past is made up.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The report as it is kept. Made by the caller, many at once, rather than by the one writer.</summary>
    public string Content => content.Text;

    /// <summary>SHA-256 of <see cref="Content"/>.</summary>
    public byte[] Hash => content.Hash;

    public TaskCompletionSource<AlarmReceipt> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// The one door for alarms. Many callers share one durable transaction (group commit): what waits is taken together,
/// one transaction stores alarm, case, grade, duties and events, and only then every caller is answered.
/// </summary>
public sealed partial class AlarmIntake : IAsyncDisposable
{
    private readonly IDbContextFactory<AnhuDbContext> contexts;
    private readonly OrganisationDirectory organisation;
    private readonly RuleBook rules;
    private readonly Cases.Conflicts conflicts;
    private readonly TimeProvider time;
    private readonly ILogger<AlarmIntake> logger;
    private readonly AlarmIntakeOptions options;
    private readonly Channel<IntakeItem> channel;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lazy<Task> writer;
    private int waiting;

    /// <summary>Makes the door; its writer starts with the first alarm.</summary>
    public AlarmIntake(
        IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, Cases.Conflicts conflicts, TimeProvider time,
        ILogger<AlarmIntake> logger, AlarmIntakeOptions options)
    {
        this.contexts = contexts;
        this.organisation = organisation;
        this.rules = rules;
        this.conflicts = conflicts;
        this.time = time;
        this.logger = logger;
        this.options = options;
        channel = Channel.CreateBounded<IntakeItem>(new BoundedChannelOptions(options.Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        writer = new Lazy<Task>(() => Task.Run(WriteAsync));
    }

    /// <summary>Alarms that wait to be written.</summary>
    public int Backlog => Volatile.Read(ref waiting);

    /// <summary>How many may wait.</summary>
    public int Capacity => options.Capacity;

    /// <summary>Takes one revision of an alarm. Completes when it is on disk, or known to be there already.</summary>
    /// <param name="report">The report, checked.</param>
    /// <param name="actor">Who sent it.</param>
    /// <param name="ct">Gives up waiting; the alarm may be stored all the same.</param>
    /// <param name="originUnitId">The unit of the worker who entered it by hand.</param>
    /// <exception cref="IntakeUnavailableException">It is not durable now; send it again.</exception>
    public async Task<AlarmReceipt> SubmitAsync(AlarmReport report, Actor actor, CancellationToken ct, Guid? originUnitId = null)
    {
        var item = new IntakeItem(report, actor, originUnitId);
        Interlocked.Increment(ref waiting);
        if (!channel.Writer.TryWrite(item))
        {
            Interlocked.Decrement(ref waiting);
            Figures.Alarms("unavailable");
            throw new IntakeUnavailableException(TimeSpan.FromSeconds(1));
        }

        _ = writer.Value;
        return await item.Done.Task.WaitAsync(ct);
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

    private async Task WriteAsync()
    {
        var items = new List<IntakeItem>(options.BatchSize);
        while (await channel.Reader.WaitToReadAsync())
        {
            items.Clear();
            while (items.Count < options.BatchSize && channel.Reader.TryRead(out var item))
            {
                items.Add(item);
            }

            await WriteAsync(items);
            Interlocked.Add(ref waiting, -items.Count);
        }
    }

    private async Task WriteAsync(List<IntakeItem> items)
    {
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var receipts = await WriteOnceAsync(items);
                Figures.Batch(items.Count, time.GetElapsedTime(started));
                for (var i = 0; i < items.Count; i++)
                {
                    Figures.Alarms(Outcome(receipts[i].Status));
                    items[i].Done.TrySetResult(receipts[i]);
                }

                return;
            }
            catch (Exception e)
            {
                if (await GiveUpAsync(items, attempt, started, e))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Decides what follows a failed transaction; nothing of it was stored.</summary>
    private async Task<bool> GiveUpAsync(List<IntakeItem> items, int attempt, long started, Exception e)
    {
        var provider = Store.Provider;
        var again = provider.IsTransient(e) || provider.IsConstraint(e) || e is DbUpdateConcurrencyException or TimeoutException
            or System.Net.Sockets.SocketException;
        if (again && time.GetElapsedTime(started) < options.Patience && !stopping.IsCancellationRequested)
        {
            LogRetry(attempt, e.GetType().Name);
            var delay = TimeSpan.FromMilliseconds(Math.Min(20 * Math.Pow(2, Math.Min(attempt, 6)), 1000));
            await Task.Delay(delay, time, stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            return false;
        }

        if (items.Count > 1 && !again)
        {
            // One alarm that cannot be stored must not take its neighbours with it.
            foreach (var item in items)
            {
                await WriteAsync([item]);
            }

            return true;
        }

        LogRefused(items.Count, e);
        Figures.Alarms("unavailable", items.Count);
        foreach (var item in items)
        {
            item.Done.TrySetException(new IntakeUnavailableException(TimeSpan.FromSeconds(again ? 2 : 30), e));
        }

        return true;
    }

    private CityStore Store
    {
        get
        {
            using var db = contexts.CreateDbContext();
            return db.Store;
        }
    }

    private async Task<AlarmReceipt[]> WriteOnceAsync(List<IntakeItem> items)
    {
        var map = await organisation.GetAsync(stopping.Token);
        await using var db = await contexts.CreateDbContextAsync(stopping.Token);
        var store = db.Store;
        AlarmReceipt[] receipts;
        using (await store.EnterAsync(stopping.Token))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(stopping.Token);
            await store.Provider.ReadByKeysAsync(db, stopping.Token);
            var batch = new IntakeBatch(db, await db.TakeHeadAsync(0, stopping.Token), new Cases.CaseRules(map, rules), conflicts, time);
            receipts = await batch.RunAsync(items, stopping.Token);
            await batch.SaveAsync(stopping.Token);
            await transaction.CommitAsync(CancellationToken.None);
        }

        store.SignalChange();
        return receipts;
    }

    private static string Outcome(AlarmStatus status) => status switch
    {
        AlarmStatus.Created => "created",
        AlarmStatus.Updated => "updated",
        AlarmStatus.Duplicate => "duplicate",
        AlarmStatus.Conflict => "conflict",
    };

    [LoggerMessage(LogLevel.Warning, "Intake transaction failed with {Failure}, attempt {Attempt}; trying again")]
    private partial void LogRetry(int attempt, string failure);

    [LoggerMessage(LogLevel.Error, "{Count} alarm(s) could not be stored; the callers were told to send them again")]
    private partial void LogRefused(int count, Exception e);
}
