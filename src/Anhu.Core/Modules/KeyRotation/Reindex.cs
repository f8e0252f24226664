using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Protection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.KeyRotation;

/// <summary>A table of blind indexes, which can be made again from what it is the index of.</summary>
public interface IBlindIndex
{
    /// <summary>The table.</summary>
    string TableName { get; }

    /// <summary>Adds the indexes that are missing, of every generation in use, for the next rows that they are made of; in the caller's transaction, saved by the caller.</summary>
    /// <param name="db">The context.</param>
    /// <param name="after">Where the last step ended; null at the start.</param>
    /// <param name="rows">How many rows at most.</param>
    /// <param name="ct">Cancels.</param>
    Task<BlindStep> FillAsync(AnhuDbContext db, string? after, int rows, CancellationToken ct);

    /// <summary>Deletes indexes of generations below one.</summary>
    /// <param name="db">The context.</param>
    /// <param name="generation">The lowest that stays.</param>
    /// <param name="ct">Cancels.</param>
    Task ForgetAsync(AnhuDbContext db, int generation, CancellationToken ct);
}

/// <summary>What a step did.</summary>
/// <param name="After">Where it ended.</param>
/// <param name="Rows">Rows looked at.</param>
/// <param name="Added">Indexes added.</param>
/// <param name="IsEnd">Whether nothing is left.</param>
public sealed record BlindStep(string? After, int Rows, int Added, bool IsEnd);

/// <summary>
/// Makes every blind index anew after the index key was rotated, while the platform works: meanwhile indexes of both generations are stored and looked up. One node at a time
/// by a lease; the place reached is written in the transaction of each step, so that a killed program goes on from there.
/// </summary>
public sealed partial class Reindex(
    IDbContextFactory<AnhuDbContext> contexts, CityKeys keys, IEnumerable<IBlindIndex> indexes, TimeProvider time, ILogger<Reindex> logger, ResealOptions options)
{
    private readonly JobLease lease = new(contexts, time, "reindex", options.Lease);

    /// <summary>The tables of blind indexes.</summary>
    public IReadOnlyList<string> TableNames { get; } = [.. indexes.Select(i => i.TableName)];

    /// <summary>Does what is due.</summary>
    /// <param name="progress">Told after each step: the table and rows looked at so far.</param>
    /// <param name="ct">Cancels; what was done stays done.</param>
    /// <returns>False when another node is at it, or it is too early.</returns>
    public async Task<bool> RunAsync(Action<string, long>? progress, CancellationToken ct)
    {
        await keys.RefreshAsync(ct);
        var newest = keys.Ring.Keys.Where(k => k.Purpose == KeyPurpose.Index).MaxBy(k => k.Generation)!;
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (keys.Ring.IndexGenerations.Count == 1)
        {
            // A node that learned of the destruction last may have written a few more.
            if (newest.Generation > 1)
            {
                using var turn = await db.Store.EnterAsync(ct);
                foreach (var index in indexes)
                {
                    await index.ForgetAsync(db, newest.Generation, ct);
                }
            }

            return true;
        }

        if (await IsDoneAsync(db, newest.Generation, ct))
        {
            return true;
        }

        if (time.Now < newest.CreatedAt + options.Grace || !await lease.TakeAsync(ct))
        {
            return false;
        }

        foreach (var index in indexes)
        {
            while (true)
            {
                var started = time.GetTimestamp();
                var step = await StepAsync(index, newest.Generation, ct);
                if (step is null)
                {
                    return false;
                }

                progress?.Invoke(index.TableName, step.Rows);
                if (step.DoneAt is not null)
                {
                    break;
                }

                // As long a rest as the step took: others write, too.
                await Task.Delay(time.GetElapsedTime(started), time, ct);
            }
        }

        LogDone(newest.Generation);
        await lease.EndAsync(ct);
        return true;
    }

    /// <summary>Whether all indexes are there in a generation.</summary>
    /// <param name="db">The context.</param>
    /// <param name="generation">Which.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<bool> IsDoneAsync(AnhuDbContext db, int generation, CancellationToken ct)
    {
        return await db.ResealProgress.CountAsync(p => TableNames.Contains(p.TableName) && p.Generation == generation && p.DoneAt != null, ct) == TableNames.Count;
    }

    /// <summary>Looks at everything once more and adds what a node that was late has left out.</summary>
    /// <param name="ct">Cancels.</param>
    internal async Task CompleteAsync(CancellationToken ct)
    {
        foreach (var index in indexes)
        {
            for (string? after = null; ;)
            {
                await using var db = await contexts.CreateDbContextAsync(ct);
                var step = await db.ExclusivelyAsync(() => index.FillAsync(db, after, options.StepRows, ct), ct);
                if (step.IsEnd)
                {
                    break;
                }

                after = step.After;
            }
        }
    }

    /// <returns>Where the table is now; null when the lease was lost.</returns>
    private async Task<ResealProgress?> StepAsync(IBlindIndex index, int generation, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ExclusivelyAsync(
            async () =>
            {
                if (!await lease.RenewAsync(db, ct))
                {
                    return null;
                }

                var progress = await db.ResealProgress.SingleOrDefaultAsync(p => p.TableName == index.TableName, ct);
                if (progress is null)
                {
                    db.Add(progress = new ResealProgress { TableName = index.TableName, Generation = generation, Rows = 0, Resealed = 0 });
                }
                else if (progress.Generation != generation)
                {
                    (progress.Generation, progress.After, progress.Rows, progress.Resealed, progress.DoneAt) = (generation, null, 0, 0, null);
                }

                if (progress.DoneAt is null)
                {
                    var step = await index.FillAsync(db, progress.After, options.StepRows, ct);
                    (progress.After, progress.DoneAt) = (step.After, step.IsEnd ? time.Now : null);
                    progress.Rows += step.Rows;
                    progress.Resealed += step.Added;
                }

                return progress;
            },
            ct);
    }

    [LoggerMessage(LogLevel.Information, "All indexes are there in generation {Generation}; the older one can be destroyed: anhu keys destroy")]
    private partial void LogDone(int generation);
}
