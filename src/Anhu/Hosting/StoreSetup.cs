using Anhu.Data;
using Anhu.Data.Postgres;
using Anhu.Data.Sqlite;
using Anhu.Modules.Protection;
using Anhu.Web;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Anhu.Hosting;

/// <summary>Opens the city's store that the settings name.</summary>
public static class StoreSetup
{
    /// <summary>Registers the store and its contexts.</summary>
    /// <param name="services">The container.</param>
    /// <param name="settings">The settings.</param>
    /// <exception cref="FormatException">The store's address is not understood.</exception>
    public static IServiceCollection AddAnhuStore(this IServiceCollection services, AnhuSettings settings)
    {
        var opened = Open(settings);

        // By a function, so that the container closes it.
        services.AddSingleton(_ => opened);
        services.AddSingleton(KeyOptions(settings));
        services.AddSingleton<IKeyTable, KeyTable>();
        services.AddSingleton<CityKeys>();
        services.AddSingleton<ServingLock>();
        services.AddPooledDbContextFactory<AnhuDbContext>((provider, options) =>
        {
            var store = provider.GetRequiredService<CityStore>();
            store.Provider.Configure(options, store.ConnectionString);
            options.UseCityKeys();
        });
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContext());
        return services;
    }

    /// <summary>Reads the store's address.</summary>
    /// <param name="settings">The settings.</param>
    public static CityStore Open(AnhuSettings settings)
    {
        if (settings.Store == "sqlite")
        {
            Directory.CreateDirectory(settings.Data);
            var sqlite = new SqliteConnectionStringBuilder { DataSource = Path.Combine(settings.Data, "anhu.db"), DefaultTimeout = 30 };
            return new CityStore(StoreKind.Sqlite, sqlite.ToString(), new SqliteStoreProvider());
        }

        if (Uri.TryCreate(settings.Store, UriKind.Absolute, out var address) && address.Scheme is "postgres" or "postgresql")
        {
            return new CityStore(StoreKind.Postgres, FromAddress(address), new PostgresStoreProvider());
        }

        throw new FormatException("--store takes \"sqlite\" or \"postgres://user:password@host:port/database\".");
    }

    private static CityKeyOptions KeyOptions(AnhuSettings settings) => new()
    {
        Address = string.IsNullOrEmpty(settings.Keys) ? $"file:{Path.Combine(settings.Data, "keys", "city.key")}" : settings.Keys,
        IsDefault = string.IsNullOrEmpty(settings.Keys),
        Suite = string.IsNullOrEmpty(settings.Crypto) ? null : settings.Crypto,
    };

    private static string FromAddress(Uri address)
    {
        var user = address.UserInfo.Split(':', 2);
        var pg = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port > 0 ? address.Port : 5432,
            Database = address.AbsolutePath.Trim('/'),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            MaxPoolSize = 40,
            IncludeErrorDetail = false,
        };
        foreach (var (key, value) in Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query))
        {
            if (key == "schema")
            {
                pg.SearchPath = value.ToString();
            }
            else
            {
                pg[key] = value.ToString();
            }
        }

        return pg.ToString();
    }
}
