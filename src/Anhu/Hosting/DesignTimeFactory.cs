using Anhu.Data;
using Anhu.Data.Postgres;
using Anhu.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Anhu.Hosting;

/// <summary>Used by <c>dotnet ef</c> only: <c>… -- sqlite</c> or <c>… -- postgres</c>.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<AnhuDbContext>
{
    public AnhuDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<AnhuDbContext>();
        IStoreProvider provider = args.Contains("postgres") ? new PostgresStoreProvider() : new SqliteStoreProvider();
        provider.Configure(options, args.Contains("postgres") ? "Host=localhost;Database=design" : "Data Source=design.db");
        return new AnhuDbContext(options.Options);
    }
}
