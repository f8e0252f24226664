using Anhu.Data;
using Anhu.Data.Postgres;
using Anhu.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Data;

public sealed class MigrationTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public void Migrations_OfEachProvider_AreWhatTheModelSays(StoreKind kind)
    {
        using var db = Context(kind);

        Assert.False(db.Database.HasPendingModelChanges(), "The model changed: run tests/migrations NAME.");
    }

    [Fact]
    public void Migrations_OfBothProviders_HaveTheSameNames()
    {
        using var sqlite = Context(StoreKind.Sqlite);
        using var postgres = Context(StoreKind.Postgres);

        // The date before the name differs by the seconds between the two runs of the tool.
        Assert.Equal(sqlite.Database.GetMigrations().Select(NameOf), postgres.Database.GetMigrations().Select(NameOf));
    }

    private static string NameOf(string id) => id[(id.IndexOf('_') + 1)..];

    private static AnhuDbContext Context(StoreKind kind)
    {
        IStoreProvider provider = kind == StoreKind.Sqlite ? new SqliteStoreProvider() : new PostgresStoreProvider();
        var options = new DbContextOptionsBuilder<AnhuDbContext>();
        provider.Configure(options, kind == StoreKind.Sqlite ? "Data Source=unused.db" : "Host=localhost;Database=unused");
        return new AnhuDbContext(options.Options);
    }
}
