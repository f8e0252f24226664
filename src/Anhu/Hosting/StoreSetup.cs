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
            return new CityStore(StoreKind.Postgres, FromAddress(address, settings), new PostgresStoreProvider());
        }

        throw new FormatException("--store takes \"sqlite\" or \"postgres://user:password@host:port/database\".");
    }

    private static CityKeyOptions KeyOptions(AnhuSettings settings) => new()
    {
        Address = string.IsNullOrEmpty(settings.Keys) ? $"file:{Path.Combine(settings.Data, "keys", "city.key")}" : settings.Keys,
        IsDefault = string.IsNullOrEmpty(settings.Keys),
        Suite = string.IsNullOrEmpty(settings.Crypto) ? null : settings.Crypto,
    };

    private static string FromAddress(Uri address, AnhuSettings settings)
    {
        var user = address.UserInfo.Split(':', 2);
        var pg = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port > 0 ? address.Port : 5432,
            Database = address.AbsolutePath.Trim('/'),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : settings.StorePassword,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            MaxPoolSize = 40,
            IncludeErrorDetail = false,
        };
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query);
        foreach (var (key, value) in query)
        {
            if (key == "schema")
            {
                pg.SearchPath = value.ToString();
            }
            else if (IsSslMode(key))
            {
                // As PostgreSQL spells it, too.
                pg.SslMode = Enum.TryParse<SslMode>(value.ToString().Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode)
                    ? mode : throw new FormatException("sslmode is disable, allow, prefer, require, verify-ca or verify-full.");
            }
            else
            {
                pg[key] = value.ToString();
            }
        }

        // Looked at last: the address may name another host behind its question mark.
        var inTheClear = !settings.StoreWithoutTls && !pg.Host!.Split(',').All(IsHere);
        if (inTheClear && !query.Keys.Any(IsSslMode))
        {
            // Npgsql's own choice goes on in the clear where the server offers no TLS.
            pg.SslMode = SslMode.Require;
        }

        return inTheClear && pg.SslMode < SslMode.Require
            ? throw new FormatException("A database on another machine is reached over TLS (sslmode=verify-full, verify-ca or require); where the way there is safe without, set Anhu:StoreWithoutTls to true.")
            : pg.ToString();
    }

    /// <summary>Whether the way there stays inside this machine: loopback, or a socket's folder.</summary>
    private static bool IsHere(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var address) && System.Net.IPAddress.IsLoopback(address));

    private static bool IsSslMode(string key) => string.Equals(key.Replace(" ", "", StringComparison.Ordinal), "sslmode", StringComparison.OrdinalIgnoreCase);
}
