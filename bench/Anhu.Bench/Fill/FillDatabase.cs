using Anhu.Data;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Bench.Fill;

/// <summary>What makes filling fast on each database: no indexes beside the keys, no waiting for the disk; all as it was afterwards.</summary>
internal abstract class FillDatabase(AnhuDbContext db)
{
    private List<string> indexes = [];

    protected AnhuDbContext Db => db;

    public static FillDatabase Of(AnhuDbContext db) => db.Store.Kind == StoreKind.Sqlite ? new Sqlite(db) : new Postgres(db);

    /// <summary>Empties the tables and takes their indexes off. The connection stays open.</summary>
    /// <param name="tables">The tables.</param>
    public async Task BeginAsync(IReadOnlyList<string> tables)
    {
        await PrepareAsync();
        var list = string.Join(",", tables.Select(t => $"'{t}'"));
        indexes = await Db.Database.SqlQueryRaw<string>(Definitions(list)).ToListAsync();
        foreach (var name in await Db.Database.SqlQueryRaw<string>(Names(list)).ToListAsync())
        {
            await RunAsync($"DROP INDEX \"{name}\"");
        }

        foreach (var table in tables)
        {
            await RunAsync(table == "timeline_event" ? "DELETE FROM timeline_event WHERE \"Type\" NOT LIKE 'organisation.%'" : $"DELETE FROM \"{table}\"");
        }
    }

    /// <summary>Puts everything back.</summary>
    public async Task EndAsync()
    {
        foreach (var index in indexes)
        {
            await RunAsync(index);
        }

        await FinishAsync();
    }

    protected abstract string Definitions(string tables);

    protected abstract string Names(string tables);

    protected abstract Task PrepareAsync();

    protected abstract Task FinishAsync();

    protected async Task RunAsync(string sql)
    {
        Db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
        await Db.Database.ExecuteSqlRawAsync(sql);
    }

    private sealed class Sqlite(AnhuDbContext db) : FillDatabase(db)
    {
        protected override string Definitions(string tables) => $"SELECT sql AS \"Value\" FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({tables})";

        protected override string Names(string tables) => $"SELECT name AS \"Value\" FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({tables})";

        protected override async Task PrepareAsync()
        {
            foreach (var pragma in (string[])["journal_mode=MEMORY", "synchronous=OFF", "cache_size=-1000000", "temp_store=FILE", "threads=2", "mmap_size=0"])
            {
                await RunAsync($"PRAGMA {pragma}");
            }
        }

        protected override Task FinishAsync() => RunAsync("PRAGMA journal_mode=WAL");
    }

    private sealed class Postgres(AnhuDbContext db) : FillDatabase(db)
    {
        protected override string Definitions(string tables) => $"SELECT indexdef AS \"Value\" FROM pg_indexes WHERE tablename IN ({tables}) AND indexname NOT LIKE 'PK_%'";

        protected override string Names(string tables) => $"SELECT indexname::text AS \"Value\" FROM pg_indexes WHERE tablename IN ({tables}) AND indexname NOT LIKE 'PK_%'";

        protected override async Task PrepareAsync()
        {
            await RunAsync("SET synchronous_commit = off");
            await RunAsync("SET maintenance_work_mem = '1GB'");
        }

        protected override async Task FinishAsync()
        {
            await RunAsync("VACUUM (ANALYZE)");
            await RunAsync("CHECKPOINT");
        }
    }
}
