using Anhu.Data;
using Anhu.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Data;

public sealed class BulkInsertTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>One context, whose connection comes back from the pool with another handle each time: rows must go where the transaction is.</summary>
    [Fact]
    public async Task Insert_OnAConnectionThatWasClosedMeanwhile_StaysInItsTransaction()
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(Ct);
        var kept = 0;
        for (var round = 0; round < 6; round++)
        {
            var keep = round % 2 == 0;
            await using (var transaction = await db.Database.BeginTransactionAsync(Ct))
            {
                await db.Store.Provider.InsertAsync(db, [[new Counter { Name = $"bulk:{round}", Value = round }]], Ct);
                if (keep)
                {
                    await transaction.CommitAsync(Ct);
                    kept++;
                }
            }

            await db.Database.CloseConnectionAsync();
            SqliteConnection.ClearAllPools();
        }

        Assert.Equal(kept, await app.QueryAsync(other => other.Counters.CountAsync(c => c.Name.StartsWith("bulk:"), Ct)));
    }

    /// <summary>A pointer to no bytes means "nothing" to SQLite: an empty text must stay a text.</summary>
    [Fact]
    public async Task Insert_OfAnEmptyText_KeepsIt()
    {
        await using (var db = await app.Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(Ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await db.Store.Provider.InsertAsync(db, [[new Counter { Name = "", Value = 7 }]], Ct);
            await transaction.CommitAsync(Ct);
        }

        Assert.Equal(7, await app.QueryAsync(db => db.Counters.Where(c => c.Name == "").Select(c => c.Value).SingleAsync(Ct)));
    }

    /// <summary>
    /// SQLite: the log is copied into the file; PostgreSQL: the table has statistics. The table is the test's own, and closed to the server's
    /// own housekeeping, which would otherwise be first when the machine is busy.
    /// </summary>
    [Fact]
    public async Task Store_ThatWasWrittenTo_IsTendedByItself()
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(Ct);
        await db.Database.OpenConnectionAsync(Ct);
        if (db.Store.Kind == StoreKind.Sqlite)
        {
            var file = new FileInfo(db.Database.GetDbConnection().DataSource);
            var before = file.Length;
            db.Counters.AddRange(Enumerable.Range(0, 3000).Select(i => new Counter { Name = $"tended:{i:00000}{new string('x', 100)}", Value = i }));
            await db.SaveChangesAsync(Ct);
            await Until.TrueAsync(() =>
            {
                file.Refresh();
                return Task.FromResult(file.Length >= before + 300_000);
            });
            return;
        }

        await db.Database.ExecuteSqlAsync($"CREATE TABLE tended (number integer) WITH (autovacuum_enabled = off)", Ct);
        await db.Database.ExecuteSqlAsync($"INSERT INTO tended SELECT generate_series(1, 3000)", Ct);
        await Until.TrueAsync(() =>
        {
            // Its look comes with a change.
            db.Store.SignalChange();
            return db.Database.SqlQuery<bool>($"SELECT last_analyze IS NOT NULL AS \"Value\" FROM pg_stat_user_tables WHERE relname = 'tended' AND schemaname = current_schema()").SingleAsync(Ct);
        });
        await db.Database.ExecuteSqlAsync($"DROP TABLE tended", Ct);
    }

    [Fact]
    public async Task Context_FromThePool_ActsForNobodyElse()
    {
        var contexts = app.Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>();
        await using (var db = await contexts.CreateDbContextAsync(Ct))
        {
            db.Actor = new Modules.Timeline.Actor(Guid.CreateVersion7());
            db.Record(new Modules.Timeline.PendingEvent("test.unsaved", app.Clock.GetUtcNow()));
        }

        await using (var db = await contexts.CreateDbContextAsync(Ct))
        {
            Assert.Equal(Modules.Timeline.Actor.Platform, db.Actor);
            db.Counters.Add(new Counter { Name = "after", Value = 1 });
            await db.SaveChangesAsync(Ct);
        }

        Assert.False(await app.QueryAsync(db => db.Timeline.AnyAsync(e => e.Type == "test.unsaved", Ct)));
    }
}
