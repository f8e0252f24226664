using System.CommandLine;
using System.Text.Json;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Web;

namespace Anhu.Commands;

/// <summary>What subcommands that work on the store run in: the city's services, without a web server.</summary>
internal static class CommandHost
{
    private static readonly JsonSerializerOptions Json = new(Anhu.Api.ApiJson.Options) { WriteIndented = false };

    /// <summary>Opens the store that the command line, the environment or <c>appsettings.json</c> names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="prepare">Makes the store ready; by default it is migrated and filled with reference data.</param>
    /// <returns>The services; dispose them.</returns>
    /// <exception cref="StoreUnavailableException">The store can't be reached or is newer than the program.</exception>
    public static async Task<ServiceProvider> OpenAsync(
        ParseResult parsed, CancellationToken ct, Func<IServiceProvider, CancellationToken, Task>? prepare = null)
    {
        var configuration = AnhuApp.Configuration(CommonOptions.ToConfiguration(parsed));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(logging => logging.AddConfiguration(configuration.GetSection("Logging"))
            .AddFilter((_, level) => level >= LogLevel.Warning).AddSimpleConsole().AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        services.AddCity(configuration.GetSection("Anhu").Get<AnhuSettings>() ?? new AnhuSettings());
        var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        try
        {
            await (prepare ?? AnhuApp.PrepareAsync)(provider, ct);
            return provider;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the store, runs a piece of work with services of its own, and closes the store.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="work">The work; returns the exit code.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="prepare">Makes the store ready; by default it is migrated and filled with reference data.</param>
    public static async Task<int> RunAsync(
        ParseResult parsed, Func<IServiceProvider, Task<int>> work, CancellationToken ct, Func<IServiceProvider, CancellationToken, Task>? prepare = null)
    {
        await using var services = await OpenAsync(parsed, ct, prepare);
        await using var scope = services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    /// <summary>Writes a value to standard output as one line of JSON.</summary>
    /// <param name="value">The value.</param>
    public static Task WriteJsonAsync<T>(T value) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(value, Json));
}
