using Anhu.Data;
using Anhu.Modules.Regions;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>
/// Keeps the <see cref="OrganisationMap"/>. A change made through this node is seen at once, one made through another
/// node within <see cref="CheckPeriod"/>: every change raises a counter, which is looked at that often.
/// </summary>
#pragma warning disable CA1001 // The semaphore is never waited for by handle: nothing to free, and at shutdown someone may still hold it.
public sealed class OrganisationDirectory(IDbContextFactory<AnhuDbContext> contexts, CityBorders borders, TimeProvider time)
#pragma warning restore CA1001
{
    /// <summary>Name of the counter that every change of regions, units and jurisdictions raises.</summary>
    public const string CounterName = "organisation";

    /// <summary>How often the counter is looked at.</summary>
    public static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim loading = new(1, 1);
    private Snapshot? current;
    private long invalidations;
    private long checkedAt;
    private int checking;

    /// <summary>The present picture; from memory except after a change.</summary>
    /// <param name="ct">Cancels.</param>
    public ValueTask<OrganisationMap> GetAsync(CancellationToken ct)
    {
        var snapshot = Volatile.Read(ref current);
        if (snapshot is null || snapshot.Invalidations != Interlocked.Read(ref invalidations))
        {
            return new ValueTask<OrganisationMap>(LoadAsync(ct));
        }

        // One caller looks, the others go on with what there is.
        if (time.GetElapsedTime(Interlocked.Read(ref checkedAt)) >= CheckPeriod && Interlocked.Exchange(ref checking, 1) == 0)
        {
            return new ValueTask<OrganisationMap>(CheckAsync(snapshot, ct));
        }

        return new ValueTask<OrganisationMap>(snapshot.Map);
    }

    /// <summary>Says that something was changed and committed: the next caller reads it anew.</summary>
    public void Invalidate() => Interlocked.Increment(ref invalidations);

    /// <summary>Raises the counter, in the transaction of the change, so that other nodes see it.</summary>
    /// <param name="db">The context that makes the change.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task RaiseAsync(AnhuDbContext db, CancellationToken ct)
    {
        var counter = await db.Counters.FindAsync([CounterName], ct);
        if (counter is null)
        {
            db.Counters.Add(new Counter { Name = CounterName, Value = 1 });
        }
        else
        {
            counter.Value++;
        }
    }

    private static async Task<long> VersionAsync(AnhuDbContext db, CancellationToken ct) =>
        await db.Counters.AsNoTracking().Where(c => c.Name == CounterName).Select(c => c.Value).SingleOrDefaultAsync(ct);

    private async Task<OrganisationMap> CheckAsync(Snapshot snapshot, CancellationToken ct)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            if (await VersionAsync(db, ct) != snapshot.Version)
            {
                Invalidate();
                return await LoadAsync(ct);
            }

            Interlocked.Exchange(ref checkedAt, time.GetTimestamp());
            return snapshot.Map;
        }
        finally
        {
            Interlocked.Exchange(ref checking, 0);
        }
    }

    private async Task<OrganisationMap> LoadAsync(CancellationToken ct)
    {
        await loading.WaitAsync(ct);
        try
        {
            var wanted = Interlocked.Read(ref invalidations);
            if (Volatile.Read(ref current) is { } snapshot && snapshot.Invalidations == wanted)
            {
                return snapshot.Map;
            }

            await using var db = await contexts.CreateDbContextAsync(ct);

            // The version first: a change that slips in while reading is found at the next look.
            var version = await VersionAsync(db, ct);
            var map = new OrganisationMap(
                await db.Regions.AsNoTracking().ToListAsync(ct), await db.Units.AsNoTracking().ToListAsync(ct),
                await db.Jurisdictions.AsNoTracking().ToListAsync(ct), borders);
            Interlocked.Exchange(ref checkedAt, time.GetTimestamp());
            Volatile.Write(ref current, new Snapshot(map, version, wanted));
            return map;
        }
        finally
        {
            loading.Release();
        }
    }

    private sealed record Snapshot(OrganisationMap Map, long Version, long Invalidations);
}
