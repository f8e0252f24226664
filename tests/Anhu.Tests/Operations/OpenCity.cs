using System.Data.Common;
using Anhu.Data;
using Anhu.Data.Backup;
using Anhu.Hosting;
using Anhu.Modules.Organisation;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

/// <summary>A city as the commands see it: a store of its own and the city's services, without a web server.</summary>
internal sealed class OpenCity : IAsyncDisposable
{
    private readonly TestStore store;
    private readonly ServiceProvider services;

    private OpenCity(TestStore store, ServiceProvider services)
    {
        this.store = store;
        this.services = services;
    }

    public IServiceProvider Services => services;

    /// <summary>Settings as for the command line.</summary>
    public Dictionary<string, string?> Settings => store.Configuration;

    public CityStore Store => services.GetRequiredService<CityStore>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens a store of the kind that the run is about, or of another.</summary>
    /// <param name="filled">With regions and units; otherwise with empty tables.</param>
    /// <param name="kind">The kind.</param>
    public static async Task<OpenCity> CreateAsync(bool filled, StoreKind? kind = null)
    {
        var store = await TestStore.CreateAsync(filled && kind is null, kind);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(store.Configuration).Build().GetSection("Anhu").Get<AnhuSettings>()!;
        var services = new ServiceCollection().AddLogging().AddCity(settings)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        await Migrator.MigrateAsync(services, Ct);
        if (filled && kind is not null)
        {
            await services.GetRequiredService<OrganisationSeeder>().EnsureAsync(Ct);
        }

        return new OpenCity(store, services);
    }

    public Task<AnhuDbContext> OpenAsync() => services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(Ct);

    public async Task<T> QueryAsync<T>(Func<AnhuDbContext, Task<T>> query)
    {
        await using var db = await OpenAsync();
        return await query(db);
    }

    /// <summary>Changes the store behind the program's back.</summary>
    public async Task TamperAsync(FormattableString sql)
    {
        await using var db = await OpenAsync();
        await db.Database.ExecuteSqlAsync(sql, Ct);
    }

    /// <summary>Every row of every table as a line of what the model means by it, in one order.</summary>
    public async Task<SortedDictionary<string, List<string>>> LinesAsync()
    {
        await using var db = await OpenAsync();
        await db.Database.OpenConnectionAsync(Ct);
        var all = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var table in StoreTable.Of(db))
        {
            await using var scope = new DbCommandScope();
            await using var reader = await table.ReadAsync(db, scope, Ct);
            all[table.Name] = await ReadAsync(reader, row => Line(table, row));
        }

        return all;
    }

    /// <summary>Every row of every table as the database itself shows it, past all code of ours.</summary>
    public async Task<SortedDictionary<string, List<string>>> RawRowsAsync()
    {
        await using var db = await OpenAsync();
        await db.Database.OpenConnectionAsync(Ct);
        var all = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var table in db.Model.GetEntityTypes().Select(t => t.GetTableName()!))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            await using var reader = await command.ExecuteReaderAsync(Ct);
            all[table] = await ReadAsync(reader, row => string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => Text(row.GetValue(i)))));
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await store.DisposeAsync();
    }

    private static string Line(StoreTable table, DbDataReader row)
    {
        using var buffer = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            table.WriteLine(row, json);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Text(object value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        string[] list => string.Join(',', list),
        IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static async Task<List<string>> ReadAsync(DbDataReader reader, Func<DbDataReader, string> text)
    {
        var lines = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            lines.Add(text(reader));
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
