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
