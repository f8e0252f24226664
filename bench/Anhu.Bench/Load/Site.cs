using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Organisation;
using Anhu.Modules.Protection;
using Anhu.Modules.Regions;
using Anhu.Testing;
using Anhu.Web;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Anhu.Bench.Load;

/// <summary>A city to be measured: its store, and the program that runs on it.</summary>
internal sealed partial class Site : IAsyncDisposable
{
    private static readonly string[] AllScopes = ["alarms.write", "cases.read", "duties.write", "feed.read"];

    private readonly bool temporary;
    private readonly bool ownsServer;
    private AnhuProcess? program;

    private Site(string folder, string store, PostgresServer? postgres, string? database, bool temporary, bool ownsServer)
    {
        Folder = folder;
        Postgres = postgres;
        Database = database;
        this.temporary = temporary;
        this.ownsServer = ownsServer;
        Settings = new() { ["Anhu:Data"] = folder, ["Anhu:Store"] = store };
    }

    public string Folder { get; }

    public PostgresServer? Postgres { get; }

    /// <summary>Name of the database on <see cref="Postgres"/>.</summary>
    public string? Database { get; }

    public Dictionary<string, string?> Settings { get; }

    public AnhuProcess Program => program ?? throw new InvalidOperationException("The program was not started.");

    /// <summary>The program's address.</summary>
    public Uri Address
    {
        get
        {
            using var client = Program.CreateClient();
            return client.BaseAddress!;
        }
    }

    /// <summary>An empty city that is gone afterwards.</summary>
    /// <param name="store"><c>sqlite</c> or <c>postgres</c>.</param>
    public static async Task<Site> TemporaryAsync(string store)
    {
        var folder = Directory.CreateTempSubdirectory("anhu-load-").FullName;
        if (store == "sqlite")
        {
            return new Site(folder, "sqlite", null, null, true, false);
        }

        // Its user must reach the server's folder.
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        var server = PostgresServer.Start(Path.Combine(folder, "pg"));
        await server.RunAsync("postgres", "CREATE DATABASE city");
        return new Site(folder, server.AddressOf("city"), server, "city", true, true);
    }

    /// <summary>A city that stays in a folder.</summary>
    /// <param name="store"><c>sqlite</c> or <c>postgres</c>.</param>
    /// <param name="folder">The folder.</param>
    public static async Task<Site> InAsync(string store, string folder)
    {
        Directory.CreateDirectory(folder);
        if (store == "sqlite")
        {
            return new Site(folder, "sqlite", null, null, false, false);
        }

        var server = PostgresServer.Start(Path.Combine(folder, "pg"));
        if (await server.RunAsync("postgres", "SELECT 1 FROM pg_database WHERE datname = 'city'") is null)
        {
            await server.RunAsync("postgres", "CREATE DATABASE city");
        }

        return new Site(folder, server.AddressOf("city"), server, "city", false, true);
    }

    /// <summary>A second, empty city beside this one, on the same kind of store with the same settings.</summary>
    public async Task<Site> BesideAsync()
    {
        if (Postgres is null)
        {
            return await TemporaryAsync("sqlite");
        }

        await Postgres.RunAsync("postgres", "CREATE DATABASE beside");
        return new Site(Path.Combine(Folder, "beside"), Postgres.AddressOf("beside"), Postgres, "beside", true, false);
    }

    /// <summary>The program's services on this store, without the program; for filling and for looking at what is in it.</summary>
    public async Task<ServiceProvider> OpenAsync()
    {
        var services = Services();
        await services.GetRequiredService<CityKeys>().OpenAsync(default);
        return services;
    }

    private ServiceProvider Services() => new ServiceCollection().AddLogging().AddCity(new AnhuSettings { Data = Folder, Store = Settings["Anhu:Store"]! }).BuildServiceProvider();

    /// <summary>Makes tables and reference data.</summary>
    public async Task PrepareAsync()
    {
        await using (var services = Services())
        {
            await AnhuApp.PrepareAsync(services, default);
        }

        CloseAll();
    }

    /// <summary>Starts the program.</summary>
    public async Task StartAsync() => program = await AnhuProcess.ServeAsync(Settings, default);

    /// <summary>Ends the program.</summary>
    public async Task StopAsync()
    {
        if (program is not null)
        {
            await program.DisposeAsync();
            program = null;
        }
    }

    /// <summary>A header that signs in as a system of a unit.</summary>
    /// <param name="unit">The unit's code.</param>
    public async Task<string> SystemAsync(string unit)
    {
        var (exit, output) = await AnhuProcess.RunAsync(
            Settings, default, ["client", "add", $"bench {unit}", "--unit", unit, .. AllScopes.SelectMany(s => (string[])["--scope", s]), "--json"]);
        if (exit != 0)
        {
            throw new InvalidOperationException(output);
        }

        var client = JsonDocument.Parse(output.Split('\n').Single(l => l.StartsWith('{'))).RootElement;
        using var http = await Program.SignInAsync(client.GetProperty("clientId").GetString()!, client.GetProperty("clientSecret").GetString()!, default);
        return $"Authorization: {http.DefaultRequestHeaders.Authorization}\r\n";
    }

    /// <summary>A worker who signed in through the pages as a person does.</summary>
    /// <param name="unit">The unit's code.</param>
    /// <param name="roles">Roles.</param>
    public async Task<SignedInWorker> WorkerAsync(string unit, params string[] roles)
    {
        var name = $"bench{Guid.CreateVersion7():N}"[..20];
        var (exit, output) = await AnhuProcess.RunAsync(
            Settings, default, ["user", "add", name, "--unit", unit, "--name", "测量员", .. roles.SelectMany(r => (string[])["--role", r]), "--json"]);
        if (exit != 0)
        {
            throw new InvalidOperationException(output);
        }

        var first = JsonDocument.Parse(output.Split('\n').Single(l => l.StartsWith('{'))).RootElement.GetProperty("password").GetString()!;
        var cookies = new System.Net.CookieContainer();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = cookies };
        using var http = new HttpClient(handler) { BaseAddress = Address };
        await PostAsync(http, "/sign-in", new() { ["Input.UserName"] = name, ["Input.Password"] = first });
        var next = $"Mo-{Guid.CreateVersion7():N}";
        await PostAsync(http, "/profile/password", new() { ["Input.Current"] = first, ["Input.Next"] = next, ["Input.Repeat"] = next });
        using var home = await http.GetAsync(new Uri("/", UriKind.Relative));
        return home.IsSuccessStatusCode
            ? new SignedInWorker(this, cookies)
            : throw new InvalidOperationException($"The worker could not sign in: {(int)home.StatusCode}, {home.Headers.Location}");
    }

    /// <summary>What the processes have cost so far.</summary>
    public CpuTimes Cpu() => new(Machine.Cpu(Program.Id), Postgres is null ? 0 : Machine.CpuOfFamily(Postgres.ProcessId), Machine.Cpu(Environment.ProcessId));

    /// <summary>Codes of the communities, in which alarms are placed.</summary>
    /// <param name="services">The store's services.</param>
    public static async Task<List<string>> CommunitiesAsync(IServiceProvider services) =>
        [.. (await services.GetRequiredService<OrganisationDirectory>().GetAsync(default)).Units.Where(u => u is { Level: RegionLevel.Community }).Select(u => u.RegionCode).Distinct()];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        CloseAll();
        if (ownsServer)
        {
            Postgres!.Dispose();
        }

        if (temporary && Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    internal static void CloseAll()
    {
        SqliteConnection.ClearAllPools();
        NpgsqlConnection.ClearAllPools();
    }

    private static async Task PostAsync(HttpClient http, string path, Dictionary<string, string> fields)
    {
        var page = await http.GetStringAsync(new Uri(path, UriKind.Relative));
        foreach (Match hidden in HiddenField().Matches(page))
        {
            // A page may have further forms behind the one that is meant.
            fields.TryAdd(hidden.Groups["name"].Value, System.Net.WebUtility.HtmlDecode(hidden.Groups["value"].Value));
        }

        using var form = new FormUrlEncodedContent(fields);
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), form);
        if ((int)answer.StatusCode is not (>= 300 and < 400))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{path}: {(int)answer.StatusCode}"));
        }
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)" */?>""")]
    private static partial Regex HiddenField();
}
