using System.Collections.Concurrent;
using Anhu.Data;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Audit;

/// <summary>What is wrong with a checkpoint.</summary>
/// <param name="At">Which: its time, UTC.</param>
/// <param name="Kind"><c>signature</c>, <c>record</c> or <c>views</c>: what does not agree with it.</param>
public sealed record CheckpointFault(DateTimeOffset At, string Kind);

/// <summary>What the check of both chains found.</summary>
/// <param name="Record">What was done; null when the file holds none.</param>
/// <param name="Views">What was seen.</param>
/// <param name="Checkpoints">Checkpoints compared.</param>
/// <param name="CheckpointFaults">Those that do not agree.</param>
public sealed record AuditCheck(TimelineCheck? Record, TimelineCheck? Views, int Checkpoints, IReadOnlyList<CheckpointFault> CheckpointFaults)
{
    /// <summary>Whether nothing was found.</summary>
    public bool IsWhole => Record is not { Faults.Count: > 0 } && Views is not { Faults.Count: > 0 } && CheckpointFaults.Count == 0;
}

/// <summary>Checks both chains and every checkpoint, in the store or in a file of it.</summary>
public sealed class VerifyAudit(IDbContextFactory<AnhuDbContext> contexts)
{
    private const int MostFaults = 100;

    /// <summary>Reads both chains in the store. Needs no keys.</summary>
    /// <param name="known">Checkpoints kept outside of the store.</param>
    /// <param name="progress">Told now and then: events read, events in all.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<AuditCheck> RunAsync(IReadOnlyList<PublishedCheckpoint> known, Action<long, long>? progress, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (recordHead, viewHead) = (await db.Head().SingleAsync(ct), await db.Head(Chain.Views).SingleAsync(ct));
        var archived = await ArchivedAsync(db, ct);
        var all = recordHead.Sequence + viewHead.Sequence - (archived?.ToSequence ?? 0);
        var record = await VerifyTimeline.RunAsync(db.Timeline, recordHead, 0, null, progress is null ? null : (done, _) => progress(done, all), ct);
        var views = await ViewsAsync(db, viewHead, archived, progress is null ? null : (done, _) => progress(record.Events + done, all), ct);

        var own = (await Checkpoints.Published(db).OrderBy(c => c.Checkpoint.At).ToListAsync(ct)).ConvertAll(c => c.Publish());
        var faults = new List<CheckpointFault>();
        foreach (var checkpoint in own.Concat(known))
        {
            await CompareAsync(db, checkpoint, archived?.ToSequence ?? 0, faults, ct);
        }

        return new AuditCheck(record, views, own.Count + known.Count, faults);
    }

    /// <summary>Reads the chain of views through a context, within its transaction if it has one.</summary>
    /// <param name="db">The context.</param>
    /// <param name="ct">Cancels.</param>
    internal static async Task<TimelineCheck> ViewsAsync(AnhuDbContext db, CancellationToken ct) =>
        await ViewsAsync(db, await db.Head(Chain.Views).SingleAsync(ct), await ArchivedAsync(db, ct), null, ct);

    /// <summary>The part of the views that was archived last; null when none was.</summary>
    internal static Task<ViewArchive?> ArchivedAsync(AnhuDbContext db, CancellationToken ct) =>
        db.ViewArchives.AsNoTracking().OrderByDescending(a => a.ToSequence).FirstOrDefaultAsync(ct);

    /// <summary>Reads a file of the record: no store and no keys are needed.</summary>
    /// <param name="file">The file.</param>
    /// <param name="known">Checkpoints kept elsewhere.</param>
    /// <param name="progress">Told now and then: bytes read, bytes in all.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AuditFileException">It is no such file, or not whole.</exception>
    public static async Task<AuditCheck> RunAsync(Stream file, IReadOnlyList<PublishedCheckpoint> known, Action<long, long>? progress, CancellationToken ct)
    {
        // One thread reads, another hashes.
        var check = new FileCheck(known);
        using var lines = new BlockingCollection<AuditLine[]>(boundedCapacity: 16);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = Task.Run(
            () =>
            {
                try
                {
                    Read(file, check, lines, progress, ended.Token);
                }
                finally
                {
                    lines.CompleteAdding();
                }
            },
            CancellationToken.None);
        try
        {
            await Task.Run(
                () =>
                {
                    foreach (var portion in lines.GetConsumingEnumerable(ct))
                    {
                        Array.ForEach(portion, check.Add);
                    }
                },
                ct);
        }
        catch
        {
            await ended.CancelAsync();
            await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
            throw;
        }

        await reading;
        return check.End();
    }

    private static Task<TimelineCheck> ViewsAsync(AnhuDbContext db, TimelineHead head, ViewArchive? archived, Action<long, long>? progress, CancellationToken ct) =>
        VerifyTimeline.RunAsync(db.Views, head, archived?.ToSequence ?? 0, archived?.LastHash, progress, ct);

    private static void Read(Stream file, FileCheck check, BlockingCollection<AuditLine[]> lines, Action<long, long>? progress, CancellationToken ct)
    {
        const int Portion = 1000;
        var portion = new List<AuditLine>(Portion);
        AuditFile.Read(
            file, check.Begin,
            line =>
            {
                portion.Add(line);
                if (portion.Count == Portion)
                {
                    lines.Add([.. portion], ct);
                    portion.Clear();
                    progress?.Invoke(file.Position, file.Length);
                }
            },
            ct);
        lines.Add([.. portion], ct);
    }

    private static async Task CompareAsync(
        AnhuDbContext db, PublishedCheckpoint checkpoint, long archived, List<CheckpointFault> faults, CancellationToken ct)
    {
        if (!checkpoint.IsSigned())
        {
            Fault(faults, checkpoint, "signature");
        }

        var record = await db.Timeline.AsNoTracking().Where(e => e.Sequence == checkpoint.RecordSequence).Select(e => e.Hash).FirstOrDefaultAsync(ct) ?? TimelineHash.Genesis;
        if (!Same(record, checkpoint.RecordHash))
        {
            Fault(faults, checkpoint, "record");
        }

        // What was moved into an archive is checked there; only its end is known here.
        if (checkpoint.ViewSequence < archived)
        {
            return;
        }

        var view = checkpoint.ViewSequence == archived && archived > 0
            ? await db.ViewArchives.AsNoTracking().Where(a => a.ToSequence == archived).Select(a => a.LastHash).FirstAsync(ct)
            : await db.Views.AsNoTracking().Where(e => e.Sequence == checkpoint.ViewSequence).Select(e => e.Hash).FirstOrDefaultAsync(ct) ?? TimelineHash.Genesis;
        if (!Same(view, checkpoint.ViewHash))
        {
            Fault(faults, checkpoint, "views");
        }
    }

    private static bool Same(byte[] hash, string hexadecimal) => string.Equals(Convert.ToHexStringLower(hash), hexadecimal, StringComparison.OrdinalIgnoreCase);

    private static void Fault(List<CheckpointFault> faults, PublishedCheckpoint checkpoint, string kind)
    {
        if (faults.Count < MostFaults)
        {
            faults.Add(new CheckpointFault(checkpoint.At, kind));
        }
    }

    /// <summary>The check of a file as it is read: checkpoints first, then the events that they are compared with.</summary>
    private sealed class FileCheck(IReadOnlyList<PublishedCheckpoint> known)
    {
        private readonly List<PublishedCheckpoint> checkpoints = [.. known];
        private FileChain? record;
        private FileChain? views;

        public void Begin(AuditFileHead head)
        {
            record = head.Record is { } r ? new FileChain(r) : null;
            views = head.Views is { } v ? new FileChain(v) : null;
            foreach (var checkpoint in known)
            {
                Want(checkpoint);
            }
        }

        public void Add(AuditLine line)
        {
            if (line.Checkpoint is { } checkpoint)
            {
                checkpoints.Add(checkpoint);
                Want(checkpoint);
                return;
            }

            ((line.Chain == "record" ? record : views) ?? throw new AuditFileException($"The head of the file tells of no chain {line.Chain}.")).Add(line.ToEvent());
        }

        public AuditCheck End()
        {
            var faults = new List<CheckpointFault>();
            foreach (var checkpoint in checkpoints)
            {
                if (!checkpoint.IsSigned())
                {
                    Fault(faults, checkpoint, "signature");
                }

                if (record?.Agrees(checkpoint.RecordSequence, checkpoint.RecordHash) == false)
                {
                    Fault(faults, checkpoint, "record");
                }

                if (views?.Agrees(checkpoint.ViewSequence, checkpoint.ViewHash) == false)
                {
                    Fault(faults, checkpoint, "views");
                }
            }

            return new AuditCheck(record?.End(), views?.End(), checkpoints.Count, faults);
        }

        private void Want(PublishedCheckpoint checkpoint)
        {
            record?.Want(checkpoint.RecordSequence);
            views?.Want(checkpoint.ViewSequence);
        }
    }

    /// <summary>One chain of a file.</summary>
    private sealed class FileChain
    {
        private readonly AuditFileChain told;
        private readonly ChainChecker checker;
        private readonly Dictionary<long, byte[]?> wanted = [];

        public FileChain(AuditFileChain told)
        {
            var after = Convert.FromHexString(told.AfterHash);
            this.told = told;
            checker = new ChainChecker(
                ChainHash.Find(told.Algorithm) ?? throw new AuditFileException($"The file's hash function {told.Algorithm} is not known to this program."), told.After, after);
            wanted[told.After] = after;
        }

        public void Want(long sequence) => wanted.TryAdd(sequence, null);

        public void Add(ViewEvent e)
        {
            checker.Add(e);
            if (wanted.ContainsKey(e.Sequence))
            {
                wanted[e.Sequence] = e.Hash;
            }
        }

        /// <summary>False when the event of that place is not the one that was signed. What stands before or after the file is not told.</summary>
        public bool Agrees(long sequence, string hash) =>
            sequence < told.After || sequence > told.Sequence || (wanted[sequence] is { } found && Same(found, hash));

        public TimelineCheck End() => checker.End(told.Sequence, Convert.FromHexString(told.Hash));
    }
}
