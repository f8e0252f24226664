using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Anhu.Testing;

/// <summary>The built program as a process of its own, to be killed, starved and run beside others.</summary>
public sealed class AnhuProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AnhuProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException("The program ended before it listened."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All that the program wrote so far.</summary>
    public string Output => string.Join('\n', lines);

    /// <summary>The process's id.</summary>
    public int Id => process.Id;

    private static string Program => Environment.GetEnvironmentVariable("ANHU_TEST_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "anhu.dll");

    /// <summary>Starts <c>anhu serve</c> and waits until it listens.</summary>
    /// <param name="settings">Settings as in configuration, such as <c>Anhu:Data</c>.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="wrapper">A program and its arguments that run the program given after them.</param>
    public static async Task<AnhuProcess> ServeAsync(IReadOnlyDictionary<string, string?> settings, CancellationToken ct, params string[] wrapper)
    {
        var program = new AnhuProcess(Start(settings, wrapper, "serve", "--urls", "http://127.0.0.1:0"));
        try
        {
            await program.address.Task.WaitAsync(ct);
            return program;
        }
        catch (InvalidOperationException)
        {
            await program.process.WaitForExitAsync(ct);
            throw new InvalidOperationException($"The program ended with {program.process.ExitCode}:\n{program.Output}");
        }
    }

    /// <summary>Starts a command.</summary>
    /// <param name="settings">Settings as in configuration.</param>
    /// <param name="args">The command line.</param>
    public static AnhuProcess StartCommand(IReadOnlyDictionary<string, string?> settings, params string[] args) => new(Start(settings, [], args));

    /// <summary>Runs a command to its end.</summary>
    /// <param name="settings">Settings as in configuration.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="args">The command line.</param>
    /// <returns>Exit code and all that it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string?> settings, CancellationToken ct, params string[] args)
    {
        await using var program = StartCommand(settings, args);
        return (await program.ExitAsync(ct), program.Output);
    }

    /// <summary>A client of the running program.</summary>
    public HttpClient CreateClient() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = address.Task.Result, Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>A client that has signed in as a system.</summary>
    /// <param name="clientId">The system.</param>
    /// <param name="secret">Its secret.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<HttpClient> SignInAsync(string clientId, string secret, CancellationToken ct)
    {
        var client = CreateClient();
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = secret });
        using var response = await client.PostAsync(new Uri("/connect/token", UriKind.Relative), form, ct);
        response.EnsureSuccessStatusCode();
        var token = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        return client;
    }

    /// <summary>Ends the program without a word to it (SIGKILL).</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks the program to end (SIGTERM) and waits until it has.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(CancellationToken ct)
    {
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(ct);
        }

        return await ExitAsync(ct);
    }

    /// <summary>Waits for the end.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(CancellationToken ct)
    {
        await process.WaitForExitAsync(ct);
        return process.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static ProcessStartInfo Start(IReadOnlyDictionary<string, string?> settings, string[] wrapper, params string[] args)
    {
        string[] command = [.. wrapper, Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", Program, .. args];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var arg in command[1..])
        {
            start.ArgumentList.Add(arg);
        }

        foreach (var (key, value) in settings.Where(s => s.Key != "urls" && !s.Key.StartsWith("Logging", StringComparison.Ordinal)))
        {
            start.Environment[$"ANHU_{key.Replace(":", "__", StringComparison.Ordinal)}"] = value;
        }

        start.Environment["ANHU_Anhu__MetricsPort"] = 0.ToString(CultureInfo.InvariantCulture);
        return start;
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lines.Enqueue(line);
        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            address.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
        }
    }
}
