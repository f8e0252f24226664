using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Protection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.KeyRotation;

/// <summary>How the values are sealed anew.</summary>
public sealed record ResealOptions
{
    /// <summary>Rows of a step; each is one short transaction.</summary>
    public int StepRows { get; init; } = 200;

    /// <summary>How long after a rotation it begins: until then every node seals with the new key.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a node that holds the lease may be silent.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// Seals values of old generations anew, table by table in the order of their keys, while the platform works. One node at a time by a lease that
/// each step renews in its own transaction; a value that somebody has written meanwhile is left as it is, since it was sealed with the new key.
/// </summary>
public sealed partial class Reseal(IDbContextFactory<AnhuDbContext> contexts, CityKeys keys, TimeProvider time, ILogger<Reseal> logger, ResealOptions options)
{
    private readonly JobLease lease = new(contexts, time, "reseal", options.Lease);

    /// <summary>Does what is due.</summary>
    /// <param name="progress">Told after each step: the table and rows looked at in it.</param>
    /// <param name="ct">Cancels; what was done stays done.</param>
    /// <returns>False when another node is at it, or it is too early.</returns>
    public async Task<bool> RunAsync(Action<string, long>? progress, CancellationToken ct)
    {
        await keys.RefreshAsync(ct);
        var newest = keys.Ring.Keys.Where(k => k.Purpose == KeyPurpose.Data).MaxBy(k => k.Generation)!;
        if (keys.Ring.Generations.Count == 1)
        {
            return true;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var done = await db.ResealProgress.AsNoTracking().Where(p => p.Generation == newest.Generation && p.DoneAt != null).Select(p => p.TableName).ToListAsync(ct);
        var tables = SealedTable.Of(db).Where(t => !done.Contains(t.Name)).ToList();
        if (tables.Count == 0)
        {
            return true;
        }

        if (time.Now < newest.CreatedAt + options.Grace || !await lease.TakeAsync(ct))
        {
            return false;
        }

        LogBegun(newest.Generation, tables.Count);
        foreach (var table in tables)
        {
            if (!await RunAsync(table, newest.Generation, progress, ct))
            {
                return false;
            }
        }

        LogDone(newest.Generation);
        await lease.EndAsync(ct);
        return true;
    }

    private async Task<bool> RunAsync(SealedTable table, int generation, Action<string, long>? progress, CancellationToken ct)
    {
        while (true)
        {
            var started = time.GetTimestamp();
            var step = await StepAsync(table, generation, ct);
            if (step is null)
            {
                return false;
            }

            progress?.Invoke(table.Name, step.Rows);
            if (step.DoneAt is not null)
            {
                LogTable(table.Name, step.Rows, step.Resealed, generation);
                return true;
            }

            // As long a rest as the step took: others write, too.
            await Task.Delay(time.GetElapsedTime(started), time, ct);
        }
    }

    /// <returns>Where the table is now; null when the lease was lost.</returns>
    private async Task<ResealProgress?> StepAsync(SealedTable table, int generation, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var progress = await db.ResealProgress.SingleOrDefaultAsync(p => p.TableName == table.Name, ct);
        if (progress is null)
        {
            progress = new ResealProgress { TableName = table.Name, Generation = generation, Rows = 0, Resealed = 0 };
            db.Add(progress);
        }
        else if (progress.Generation != generation)
        {
            (progress.Generation, progress.After, progress.Rows, progress.Resealed, progress.DoneAt) = (generation, null, 0, 0, null);
        }

        // Opening and sealing takes longer than writing, so it is done before others have to wait.
        var (rows, isEnd) = await table.ReadAsync(db, progress.After is { } last ? SealedTable.Read(last) : null, options.StepRows, ct);
        var changes = new List<(ColumnOfTable Column, object[] Key, byte[] Before, byte[] After)>();
        foreach (var row in rows)
        {
            for (var i = 0; i < table.Columns.Count; i++)
            {
                if (row.Values[i] is { } value && keys.Ring.GenerationOf(value) != generation && SealAnew(table.Columns[i].Column, row.Key, value) is { } after)
                {
                    changes.Add((table.Columns[i], row.Key, value, after));
                }
            }
        }

        using var turn = await db.Store.EnterAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await lease.RenewAsync(db, ct))
        {
            return null;
        }

        foreach (var (column, key, before, sealedAnew) in changes)
        {
            progress.Resealed += await table.ReplaceAsync(db, column, key, before, sealedAnew, ct) ? 1 : 0;
        }

        progress.Rows += rows.Count;
        progress.After = rows.Count > 0 ? SealedTable.Write(rows[^1].Key) : progress.After;
        progress.DoneAt = isEnd ? time.Now : null;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return progress;
    }

    /// <summary>The value under the newest key; null when it can't be opened: it is reported and stays, and keeps its generation from being destroyed.</summary>
    private byte[]? SealAnew(SealedColumn column, object[] key, byte[] value)
    {
        var row = column.RowOf(key);
        try
        {
            return column.Seal(row, column.Open(row, value));
        }
        catch (SealedValueException e)
        {
            keys.Ring.Report(e);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Information, "Values are sealed anew with keys of generation {Generation}; {Tables} tables to do")]
    private partial void LogBegun(int generation, int tables);

    [LoggerMessage(LogLevel.Information, "{Table} is sealed anew: {Resealed} values of {Rows} rows, generation {Generation}")]
    private partial void LogTable(string table, long rows, long resealed, int generation);

    [LoggerMessage(LogLevel.Information, "All values are sealed with keys of generation {Generation}; older ones can be destroyed: anhu keys destroy")]
    private partial void LogDone(int generation);
}
