using System.Diagnostics;

namespace Anhu.Testing;

/// <summary>A PostgreSQL server of a test's own, which it may stop and start (<c>tests/postgres</c>).</summary>
public sealed class TestPostgresServer : IAsyncDisposable
{
    private readonly string folder;

    private TestPostgresServer(string folder, string address)
    {
        this.folder = folder;
        Address = address;
    }

    /// <summary>Its address; stays the same.</summary>
    public string Address { get; }

    private static string Script => Repository.At("tests", "postgres");

    /// <summary>Makes and starts one.</summary>
    public static async Task<TestPostgresServer> StartNewAsync()
    {
        var folder = Directory.CreateTempSubdirectory("anhu-pg-").FullName;
        return new TestPostgresServer(folder, await RunAsync("start", folder));
    }

    /// <summary>Starts it again where it was.</summary>
    public Task StartAsync() => RunAsync("start", folder);

    /// <summary>Stops it at once, as a crash does.</summary>
    public Task StopAsync() => RunAsync("stop", folder);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(folder, "data", "postmaster.pid")))
        {
            await StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> RunAsync(string verb, string folder)
    {
        // The server keeps what it inherits: a pipe of ours would stay open as long as it runs, so the answer goes through a file.
        var answer = Path.GetTempFileName();
        try
        {
            using var process = Process.Start(new ProcessStartInfo("bash")
            {
                ArgumentList = { "-c", "exec \"$0\" \"$1\" \"$2\" >\"$3\" 2>&1 </dev/null", Script, verb, folder, answer },
            })!;
            await process.WaitForExitAsync();
            var text = (await File.ReadAllTextAsync(answer)).Trim();
            return process.ExitCode == 0 ? text : throw new InvalidOperationException($"tests/postgres {verb}: {text}");
        }
        finally
        {
            File.Delete(answer);
        }
    }
}
