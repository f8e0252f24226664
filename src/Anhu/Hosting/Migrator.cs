using System.Data.Common;
using Anhu.Data;
using Anhu.Modules.Protection;
using Microsoft.Data.Sqlite;
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
            // Refused keys change nothing; the keys of a new store are written once its tables are there.
            var keys = services.GetRequiredService<CityKeys>();
            await keys.OpenAsync(ct);
            await using var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(ct);
            RefuseNewer(db, await db.Database.CanConnectAsync(ct) ? await db.Database.GetAppliedMigrationsAsync(ct) : []);
            if (store.Kind == StoreKind.Sqlite)
            {
                await DropStaleLockAsync(db, ct);
            }

            await db.Database.MigrateAsync(ct);
            await keys.SaveAsync(ct);
        }
        catch (Exception e) when (e is DbException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new StoreUnavailableException($"The store can't be reached: {e.GetBaseException().Message}", e);
        }
    }

    /// <summary>For commands that read a store as it is: changes nothing, and refuses a store that is not of this program's version.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StoreUnavailableException">There is no city, it is of another version, or the store can't be reached.</exception>
    public static Task RequireAsync(IServiceProvider services, CancellationToken ct) => RequireAsync(services, withKeys: true, ct);

    /// <summary>The same for commands that open no sealed value, and so need no keys.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="ct">Cancels.</param>
    public static Task RequireWithoutKeysAsync(IServiceProvider services, CancellationToken ct) => RequireAsync(services, withKeys: false, ct);

    private static async Task RequireAsync(IServiceProvider services, bool withKeys, CancellationToken ct)
    {
        var store = services.GetRequiredService<CityStore>();
        if (store.Kind == StoreKind.Sqlite && !File.Exists(new SqliteConnectionStringBuilder(store.ConnectionString).DataSource))
        {
            throw new StoreUnavailableException("There is no city in this folder. Name the folder with --data or the store with --store.");
        }

        try
        {
            await using var db = await WithKeysAsync(services, withKeys, ct);
            var applied = (await db.Database.GetAppliedMigrationsAsync(ct)).ToList();
            RefuseNewer(db, applied);
            if (applied.Count < db.Database.GetMigrations().Count())
            {
                throw new StoreUnavailableException("The store is of an older program. Use that program, or start this one's serve once: it brings the store up to date.");
            }
        }
        catch (Exception e) when (e is DbException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new StoreUnavailableException($"The store can't be reached: {e.GetBaseException().Message}", e);
        }
    }

    private static async Task<AnhuDbContext> WithKeysAsync(IServiceProvider services, bool withKeys, CancellationToken ct)
    {
        if (withKeys)
        {
            await services.GetRequiredService<CityKeys>().OpenAsync(ct);
        }

        return await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(ct);
    }

    private static void RefuseNewer(AnhuDbContext db, IEnumerable<string> applied)
    {
        var unknown = applied.Except(db.Database.GetMigrations(), StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            throw new StoreUnavailableException(
                $"The store is newer than this program: it has {string.Join(", ", unknown)}. Start the newer program, or restore a backup made by this one.");
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
        var path = new SqliteConnectionStringBuilder(store.ConnectionString).DataSource + ".migrating";
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
