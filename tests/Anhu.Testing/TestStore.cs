using Anhu.Data;
using Anhu.Hosting;
using Anhu.Web;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Anhu.Testing;

/// <summary>
/// A store of its own for one test class: a copy of a template that is migrated and filled with reference data once per test run.
/// <c>ANHU_TEST_STORE</c> picks the database (<c>sqlite</c>, the default, or <c>postgres</c>); for PostgreSQL,
/// <c>ANHU_TEST_POSTGRES</c> holds the address of a user who may create databases (<c>postgres://user:password@host:port/postgres</c>).
/// </summary>
public sealed class TestStore : IAsyncDisposable
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static (string Folder, string? Database)? template;

    private readonly string folder;
    private readonly string? database;

    private TestStore(string folder, string? database)
    {
        this.folder = folder;
        this.database = database;
    }

    /// <summary>Whether tests run on PostgreSQL.</summary>
    public static bool IsPostgres => Environment.GetEnvironmentVariable("ANHU_TEST_STORE") == "postgres";

    /// <summary>Settings that open the store.</summary>
    public Dictionary<string, string?> Configuration => Settings(folder, database);

    /// <summary>Makes a store.</summary>
    /// <param name="filled">False for a store without tables.</param>
    /// <param name="kind">Another database than the one that this run is about; without tables only.</param>
    /// <param name="ownKey">True for a store without tables that makes a city key of its own; else it has that of all the others, so that their backups can be restored into it.</param>
    public static async Task<TestStore> CreateAsync(bool filled = true, StoreKind? kind = null, bool ownKey = false)
    {
        var name = $"anhu_test_{Guid.CreateVersion7():N}";
        var made = ownKey ? default : await TemplateAsync();
        (string Folder, string? Database)? from = filled ? made : null;
        var folder = Directory.CreateTempSubdirectory("anhu-test-").FullName;
        CopyKey(made.Folder, folder);
        if (kind is null ? IsPostgres : kind == StoreKind.Postgres)
        {
            await AdministerAsync(from is null ? $"CREATE DATABASE {name}" : $"CREATE DATABASE {name} TEMPLATE {from.Value.Database}");
            return new TestStore(folder, name);
        }

        if (from is not null)
        {
            File.Copy(Path.Combine(from.Value.Folder, "anhu.db"), Path.Combine(folder, "anhu.db"));
        }

        return new TestStore(folder, null);
    }

    /// <summary>Whether some ten megabytes were written, committed or not.</summary>
    public async Task<bool> HasGrownAsync()
    {
        const long Much = 24L << 20;
        if (database is null)
        {
            var log = new FileInfo(Path.Combine(folder, "anhu.db-wal"));
            return log.Exists && log.Length > Much;
        }

        await using var connection = new NpgsqlConnection(AdminConnection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_database_size($1)", connection) { Parameters = { new NpgsqlParameter { Value = database } } };
        return (long)(await command.ExecuteScalarAsync())! > Much;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        if (database is not null)
        {
            await AdministerAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        }

        Directory.Delete(folder, recursive: true);
    }

    private static void CopyKey(string? from, string to)
    {
        if (from is not null)
        {
            Directory.CreateDirectory(Path.Combine(to, "keys"));
            File.Copy(Path.Combine(from, "keys", "city.key"), Path.Combine(to, "keys", "city.key"));
        }
    }

    private static async Task<(string Folder, string? Database)> TemplateAsync()
    {
        await Gate.WaitAsync();
        try
        {
            return template ??= await MakeTemplateAsync();
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task<(string Folder, string? Database)> MakeTemplateAsync()
    {
        var name = $"anhu_template_{Environment.ProcessId}";
        var folder = Directory.CreateTempSubdirectory("anhu-template-").FullName;
        if (IsPostgres)
        {
            await AdministerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            await AdministerAsync($"CREATE DATABASE {name}");
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            Directory.Delete(folder, recursive: true);
            if (IsPostgres)
            {
                // The process waits for nothing that is awaited any more.
                using var connection = new NpgsqlConnection(AdminConnection);
                connection.Open();
                using var command = new NpgsqlCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", connection);
                command.ExecuteNonQuery();
            }
        };
        await using (var app = AnhuApp.Build(Settings(folder, IsPostgres ? name : null)))
        {
            await AnhuApp.PrepareAsync(app.Services, CancellationToken.None);
        }

        // The copy takes the file alone: closing the last connection moves the write-ahead log into it.
        SqliteConnection.ClearAllPools();
        NpgsqlConnection.ClearAllPools();
        return (folder, IsPostgres ? name : null);
    }

    private static Dictionary<string, string?> Settings(string folder, string? database) => new()
    {
        ["urls"] = "http://127.0.0.1:0",
        ["Anhu:Data"] = folder,
        ["Anhu:Store"] = database is null ? "sqlite" : Address(database),
        ["Anhu:MetricsPort"] = "0",
        ["Anhu:Security:RequireTotp:0"] = "none",
        ["Logging:LogLevel:Default"] = "Warning",
    };

    private static string AdminAddress => Environment.GetEnvironmentVariable("ANHU_TEST_POSTGRES")
        ?? throw new InvalidOperationException("ANHU_TEST_STORE=postgres needs ANHU_TEST_POSTGRES=postgres://user:password@host:port/postgres.");

    private static string AdminConnection
    {
        get
        {
            using var store = StoreSetup.Open(new AnhuSettings { Store = AdminAddress });
            return new NpgsqlConnectionStringBuilder(store.ConnectionString) { Pooling = false }.ToString();
        }
    }

    private static string Address(string database) => new UriBuilder(AdminAddress) { Path = database }.Uri.AbsoluteUri;

    private static async Task AdministerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(AdminConnection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
