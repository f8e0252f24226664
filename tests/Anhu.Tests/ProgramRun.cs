using System.Diagnostics;
using Anhu.Commands;

namespace Anhu.Tests;

/// <summary>The program run as a process of its own, as an operator runs it.</summary>
internal static class ProgramRun
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="args">Arguments.</param>
    /// <param name="environment">Environment on top of the test's own.</param>
    /// <returns>Exit code, what it wrote to standard output, and to standard error.</returns>
    public static async Task<(int Code, string Output, string Errors)> OfAsync(IEnumerable<string> args, Dictionary<string, string?>? environment = null)
    {
        var ct = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output, await errors);
    }
}
