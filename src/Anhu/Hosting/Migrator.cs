using System.Data.Common;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Hosting;

/// <summary>Brings the store to the program's version at start, one program at a time.</summary>
internal static class Migrator
{
    /// <summary>Applies what is missing.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StoreUnavailableException">The store is newer than the program, or can't be reached.</exception>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken ct)
    {
        var store = services.GetRequiredService<CityStore>();
        using var file = store.Kind == StoreKind.Sqlite ? await LockAsync(store, ct) : null;
        try
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(ct);
            var known = db.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
            var unknown = (await db.Database.CanConnectAsync(ct) ? await db.Database.GetAppliedMigrationsAsync(ct) : [])
                .Where(m => !known.Contains(m)).ToList();
            if (unknown.Count > 0)
            {
                throw new StoreUnavailableException(
                    $"The store is newer than this program: it has {string.Join(", ", unknown)}. Start the newer program, or restore a backup made by this one.");
            }

            if (store.Kind == StoreKind.Sqlite)
            {
                await DropStaleLockAsync(db, ct);
            }

            await db.Database.MigrateAsync(ct);
        }
        catch (Exception e) when (e is DbException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new StoreUnavailableException($"The store can't be reached: {e.GetBaseException().Message}", e);
        }
    }

    /// <summary>EF's migration lock on SQLite is a row, which a killed program leaves behind for ever. We hold the file lock, so nobody else migrates and the row is stale.</summary>
    private static async Task DropStaleLockAsync(AnhuDbContext db, CancellationToken ct)
    {
        var exists = await db.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS \"Value\" FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(ct);
        if (exists > 0)
        {
            await db.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsLock\"", ct);
        }
    }

    private static async Task<FileStream> LockAsync(CityStore store, CancellationToken ct)
    {
        var path = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(store.ConnectionString).DataSource + ".migrating";
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (attempt < 300)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
            }
        }
    }
}
