using System.CommandLine;
using System.Diagnostics;
using Anhu.Bench.Fill;

namespace Anhu.Bench.Load;

/// <summary><c>load start</c>: from the program's start to the first page, with nothing of the store in memory; and what it holds at rest.</summary>
internal static class StartLoad
{
    public static Command Create()
    {
        var store = BenchOptions.Store();
        var folder = BenchOptions.Out();
        var cases = new Option<int>("--cases") { Description = "Cases in the store.", DefaultValueFactory = _ => 1_000_000 };
        var rest = new Option<int>("--rest") { Description = "Seconds of rest before memory is read.", DefaultValueFactory = _ => 30 };
        var command = new Command("start", "Cold start to the first page, and memory at rest.") { store, folder, cases, rest };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetRequiredValue(store), parsed.GetRequiredValue(folder), parsed.GetValue(cases), parsed.GetValue(rest)));
        return command;
    }

    private static async Task<int> RunAsync(string store, DirectoryInfo folder, int cases, int rest)
    {
        await using var site = await FillCommand.FilledAsync(store, cases, folder);
        await site.StartAsync();
        var worker = await (await site.WorkerAsync("340100-womens-federation", "supervisor")).HeaderAsync();
        await site.StopAsync();
        Site.CloseAll();
        var report = new Report("start", "listening", "sign-in page", "home, signed in", "case list", "memory at rest: all, without files", "database's memory is its own");
        foreach (var isCold in (bool[])[true, false])
        {
            var cold = isCold && Machine.DropFileCache();
            var watch = Stopwatch.StartNew();
            await site.StartAsync();
            var listening = watch.Elapsed;
            using var connection = await KeptConnection.OpenAsync(site.Address);
            async Task<TimeSpan> PageAsync(string path, string header)
            {
                var status = await connection.SendAsync(KeptConnection.Request("GET", path, header));
                return status == 200 ? watch.Elapsed : throw new InvalidOperationException($"{path}: {status}");
            }

            var signIn = await PageAsync("/sign-in", "");
            var home = await PageAsync("/", worker);
            var list = await PageAsync("/cases", worker);
            await Task.Delay(TimeSpan.FromSeconds(rest));
            report.Add(
                cold ? "cold" : isCold ? "file cache could not be dropped" : "warm", Seconds(listening), $"**{Seconds(signIn)}**", $"**{Seconds(home)}**", Seconds(list),
                $"**{Machine.Memory(site.Program.Id, "VmRSS"):F0} MiB**, {Machine.Memory(site.Program.Id, "RssAnon"):F0} MiB", site.Postgres is null ? "no" : "yes");
            await site.StopAsync();
        }

        report.Print($"Start, {store}, {cases:N0} cases");
        return 0;
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:F2} s";
}
