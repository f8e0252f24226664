using System.Data;
using System.Globalization;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Protection;
using Anhu.Testing;
using Anhu.Web;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Data;

/// <summary>On SQLite connections stay open with their contexts, and queries stay prepared on them: nothing of one use may be seen in the next.</summary>
public sealed class KeptConnectionTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IDbContextFactory<AnhuDbContext> Contexts => app.Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>();

    [Fact]
    public async Task Query_AskedAgain_SeesWhatWasWrittenMeanwhile_AndItsOwnParameters()
    {
        for (var round = 0; round < 5; round++)
        {
            var (first, second) = ($"kept:{round}:a", $"kept:{round}:b");
            Assert.Null(await ValueAsync(first));
            await using (var db = await Contexts.CreateDbContextAsync(Ct))
            {
                db.Counters.AddRange(new Counter { Name = first, Value = round }, new Counter { Name = second, Value = -round });
                await db.SaveChangesAsync(Ct);
            }

            Assert.Equal(round, await ValueAsync(first));
            Assert.Equal(-round, await ValueAsync(second));
        }
    }

    [Fact]
    public async Task Query_WithinItself_ReadsBothToTheEnd()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "PostgreSQL reads one query at a time.");
        await using var db = await Contexts.CreateDbContextAsync(Ct);
        db.Counters.AddRange(Enumerable.Range(0, 4).Select(i => new Counter { Name = $"within:{i}", Value = i }));
        await db.SaveChangesAsync(Ct);

        var pairs = 0;
        await foreach (var outer in Within(db).WithCancellation(Ct))
        {
            await foreach (var inner in Within(db).WithCancellation(Ct))
            {
                Assert.NotEmpty(inner.Name + outer.Name);
                pairs++;
            }
        }

        Assert.Equal(16, pairs);

        static IAsyncEnumerable<Counter> Within(AnhuDbContext db) => db.Counters.AsNoTracking().Where(c => c.Name.StartsWith("within:")).AsAsyncEnumerable();
    }

    [Fact]
    public async Task Query_LeftInTheMiddle_DoesNotHoldTheStoreAsItWas()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "A connection to PostgreSQL is reset when it is given back.");
        string store;
        var db = await Contexts.CreateDbContextAsync(Ct);
        store = db.Database.GetConnectionString()!;
        await using (var middle = db.Regions.AsNoTracking().AsAsyncEnumerable().GetAsyncEnumerator(Ct))
        {
            Assert.True(await middle.MoveNextAsync());
            Assert.True(await middle.MoveNextAsync());

            // Before the query is: who works so has forgotten it.
            await db.DisposeAsync();
            await using var other = await Contexts.CreateDbContextAsync(Ct);
            other.Counters.Add(new Counter { Name = "middle", Value = 1 });
            await other.SaveChangesAsync(Ct);
            await using var connection = new SqliteConnection(store);
            await connection.OpenAsync(Ct);
            await Until.TrueAsync(async () =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
                await using var reader = await command.ExecuteReaderAsync(Ct);
                return await reader.ReadAsync(Ct) && reader.GetInt64(1) == reader.GetInt64(2);
            });
        }
    }

    [Fact]
    public async Task Query_AskedAgain_FollowsAChangedTable()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "PostgreSQL prepares by itself.");
        await ExecuteAsync("CREATE TABLE kept_test (a INTEGER)");
        await ExecuteAsync("INSERT INTO kept_test VALUES (1)");
        Assert.Equal([1], await ReadAsync());
        await ExecuteAsync("ALTER TABLE kept_test ADD COLUMN b INTEGER");
        await ExecuteAsync("CREATE INDEX kept_index ON kept_test (a)");
        await ExecuteAsync("INSERT INTO kept_test (a) VALUES (2)");
        Assert.Equal([1, 2], await ReadAsync());
        await ExecuteAsync("DROP TABLE kept_test");
        await Assert.ThrowsAsync<SqliteException>(ReadAsync);

        async Task<List<int>> ReadAsync()
        {
            await using var db = await Contexts.CreateDbContextAsync(Ct);
            return await db.Database.SqlQueryRaw<int>("SELECT a AS \"Value\" FROM kept_test").OrderBy(v => v).ToListAsync(Ct);
        }

        async Task ExecuteAsync(string sql)
        {
            await using var db = await Contexts.CreateDbContextAsync(Ct);
            await db.Database.ExecuteSqlRawAsync(sql, Ct);
        }
    }

    /// <summary>The program may end while somebody still works: what he uses is his, the rest is closed.</summary>
    [Fact]
    public async Task StoreThatEnds_ClosesWhatRests_AndLeavesWhatIsUsed()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "Nothing is kept open on PostgreSQL.");
        await using var store = await TestStore.CreateAsync();
        var services = new ServiceCollection().AddLogging().AddCity(new AnhuSettings { Data = store.Configuration["Anhu:Data"]!, Store = "sqlite" }).BuildServiceProvider();
        await services.GetRequiredService<CityKeys>().OpenAsync(Ct);
        var contexts = services.GetRequiredService<IDbContextFactory<AnhuDbContext>>();
        var used = await contexts.CreateDbContextAsync(Ct);
        var restingContext = await contexts.CreateDbContextAsync(Ct);
        await restingContext.Regions.CountAsync(Ct);
        var (resting, working) = (restingContext.Database.GetDbConnection(), used.Database.GetDbConnection());
        await restingContext.DisposeAsync();
        await used.Database.BeginTransactionAsync(Ct);
        var before = await used.Counters.CountAsync(Ct);
        used.Counters.Add(new Counter { Name = "used", Value = 1 });
        Assert.Equal(ConnectionState.Open, resting.State);

        await services.DisposeAsync();

        Assert.Equal(ConnectionState.Closed, resting.State);
        Assert.Equal(before, await used.Counters.CountAsync(Ct));
        Assert.Equal(ConnectionState.Open, working.State);
        await used.DisposeAsync();
    }

    [Fact]
    public async Task ManyDifferentQueries_AreAllAnswered()
    {
        await using var db = await Contexts.CreateDbContextAsync(Ct);
        for (var i = 0; i < 1100; i++)
        {
            var sql = string.Create(CultureInfo.InvariantCulture, $"SELECT {i} AS \"Value\"");
            Assert.Equal([i], await db.Database.SqlQueryRaw<int>(sql).ToListAsync(Ct));
        }
    }

    private async Task<long?> ValueAsync(string name)
    {
        await using var db = await Contexts.CreateDbContextAsync(Ct);
        return (await db.Counters.AsNoTracking().SingleOrDefaultAsync(c => c.Name == name, Ct))?.Value;
    }
}
