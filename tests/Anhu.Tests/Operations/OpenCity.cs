using System.Data.Common;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Backup;
using Anhu.Modules.Organisation;
using Anhu.Testing;
using Anhu.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

/// <summary>A city as the commands see it: a store of its own and the city's services, without a web server.</summary>
internal sealed class OpenCity : IAsyncDisposable
{
    private readonly TestStore? store;
    private readonly ServiceProvider services;

    private OpenCity(IReadOnlyDictionary<string, string?> settings, TestStore? store, ServiceProvider services)
    {
        Settings = settings;
        this.store = store;
        this.services = services;
    }

    public IServiceProvider Services => services;

    /// <summary>Settings as for the command line.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; }

    public IDbContextFactory<AnhuDbContext> Contexts => services.GetRequiredService<IDbContextFactory<AnhuDbContext>>();

    public CityStore Store => services.GetRequiredService<CityStore>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens a store of the kind that the run is about, or of another.</summary>
    /// <param name="filled">With regions and units; otherwise with empty tables.</param>
    /// <param name="kind">The kind.</param>
    public static async Task<OpenCity> CreateAsync(bool filled, StoreKind? kind = null)
    {
        var store = await TestStore.CreateAsync(filled && kind is null, kind);
        var services = Build(store.Configuration);
        await Migrator.MigrateAsync(services, Ct);
        if (filled && kind is not null)
        {
            await services.GetRequiredService<OrganisationSeeder>().EnsureAsync(Ct);
        }

        return new OpenCity(store.Configuration, store, services);
    }

    /// <summary>Opens a store that the test looks after itself.</summary>
    /// <param name="settings">Settings as in configuration.</param>
    /// <param name="filled">With regions, units and rules; otherwise with the tables that are there.</param>
    /// <param name="tables">With empty tables only.</param>
    public static async Task<OpenCity> CreateAsync(IReadOnlyDictionary<string, string?> settings, bool filled = true, bool tables = false)
    {
        var services = Build(settings);
        if (tables)
        {
            await Migrator.MigrateAsync(services, Ct);
        }
        else if (filled)
        {
            await AnhuApp.PrepareAsync(services, Ct);
        }
        else
        {
            await services.GetRequiredService<Anhu.Modules.Protection.CityKeys>().OpenAsync(Ct);
        }

        return new OpenCity(settings, null, services);
    }

    public Task<AnhuDbContext> OpenAsync() => Contexts.CreateDbContextAsync(Ct);

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
            if (table == KeyTable.TableName)
            {
                // Wrapped anew by the restoring city.
                continue;
            }

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
        await (store?.DisposeAsync() ?? default);
    }

    private static ServiceProvider Build(IReadOnlyDictionary<string, string?> values)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("Anhu").Get<AnhuSettings>()!;
        return new ServiceCollection().AddLogging().AddCity(settings)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
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
