using Anhu.Common;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.KeyRotation;

/// <summary>The right of one node to do a long job, renewed in the transaction of each of its steps.</summary>
/// <param name="contexts">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="name">The job.</param>
/// <param name="length">How long a node that holds it may be silent.</param>
internal sealed class JobLease(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time, string name, TimeSpan length)
{
    private readonly string holder = Guid.CreateVersion7().ToString("N");

    /// <summary>Takes the lease.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when another node has it.</returns>
    public async Task<bool> TakeAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ExclusivelyAsync(
            async () =>
            {
                var lease = await db.Leases.SingleOrDefaultAsync(l => l.Name == name, ct);
                if (lease is null)
                {
                    db.Add(new Lease { Name = name, Holder = holder, ExpiresAt = time.Now + length });
                    return true;
                }

                if (lease.Holder != holder && lease.ExpiresAt > time.Now)
                {
                    return false;
                }

                (lease.Holder, lease.ExpiresAt) = (holder, time.Now + length);
                return true;
            },
            ct);
    }

    /// <summary>Renews it within the transaction of a step.</summary>
    /// <param name="db">The step's context.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when it was lost.</returns>
    public async Task<bool> RenewAsync(AnhuDbContext db, CancellationToken ct)
    {
        var until = time.Now + length;
        return await db.Leases.Where(l => l.Name == name && l.Holder == holder).ExecuteUpdateAsync(l => l.SetProperty(x => x.ExpiresAt, until), ct) == 1;
    }

    /// <summary>Gives it back.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task EndAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        using var turn = await db.Store.EnterAsync(ct);
        await db.Leases.Where(l => l.Name == name && l.Holder == holder).ExecuteDeleteAsync(ct);
    }
}
