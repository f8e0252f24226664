using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Audit;

/// <summary>Writes both chains with their checkpoints into a file that is checked without the store (<see cref="AuditFile"/>).</summary>
public sealed class ExportAudit(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time)
{
    /// <summary>Event: the record was written into a file; data: <c>events</c>, <c>views</c>.</summary>
    public const string Exported = "audit.exported";

    private const int Portion = 5000;

    /// <summary>Writes it. What happens meanwhile is not in it.</summary>
    /// <param name="file">Takes the lines.</param>
    /// <param name="progress">Told after each portion: events written, events in all.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Events and views written.</returns>
    public async Task<(long Events, long Views)> RunAsync(Stream file, Action<long, long>? progress, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (recordHead, viewHead) = (await db.Head().SingleAsync(ct), await db.Head(Chain.Views).SingleAsync(ct));
        var archived = await VerifyAudit.ArchivedAsync(db, ct);
        var record = Of(recordHead, 0, TimelineHash.Genesis);
        var views = Of(viewHead, archived?.ToSequence ?? 0, archived?.LastHash ?? TimelineHash.Genesis);
        var all = record.Sequence + views.Sequence - views.After;

        var writer = new AuditFile.Writer(file);
        writer.Head(new AuditFileHead(AuditFile.Format, time.Now, record, views));
        foreach (var checkpoint in await Checkpoints.Published(db).OrderBy(c => c.Checkpoint.At).ToListAsync(ct))
        {
            writer.Add(new AuditLine { Checkpoint = checkpoint.Publish() });
        }

        await WriteAsync(db.Timeline, record, writer, done => progress?.Invoke(done, all), ct);
        await WriteAsync(db.Views, views, writer, done => progress?.Invoke(record.Sequence + done, all), ct);
        writer.End();

        db.Record(new PendingEvent(Exported, time.Now, Data: EventData.Of(("events", record.Sequence), ("views", views.Sequence - views.After))));
        await db.SaveChangesAsync(ct);
        return (record.Sequence, views.Sequence - views.After);
    }

    private static AuditFileChain Of(TimelineHead head, long after, byte[] afterHash) =>
        new(head.Algorithm, after, Convert.ToHexStringLower(afterHash), head.Sequence, Convert.ToHexStringLower(head.Hash));

    private static async Task WriteAsync<TEvent>(IQueryable<TEvent> chain, AuditFileChain part, AuditFile.Writer writer, Action<long> progress, CancellationToken ct)
        where TEvent : ChainedEvent
    {
        for (var from = part.After; from < part.Sequence;)
        {
            var portion = await chain.AsNoTracking().Where(e => e.Sequence > from && e.Sequence <= part.Sequence).OrderBy(e => e.Sequence).Take(Portion).ToListAsync(ct);
            if (portion.Count == 0)
            {
                // What is missing shows when the file is checked.
                return;
            }

            portion.ForEach(e => writer.Add(AuditLine.Of(e)));
            from = portion[^1].Sequence;
            progress(from - part.After);
        }
    }
}
