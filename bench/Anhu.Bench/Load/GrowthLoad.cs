using System.CommandLine;
using System.Globalization;
using Anhu.Bench.Fill;

namespace Anhu.Bench.Load;

/// <summary><c>load growth</c>: whether the day's pages stay as fast when the record grows.</summary>
internal static class GrowthLoad
{
    public static Command Create()
    {
        var store = BenchOptions.Store();
        var folder = BenchOptions.Out();
        var seconds = BenchOptions.Seconds(10);
        var cases = new Option<int[]>("--cases")
        {
            Description = "Cases in each store, smallest first.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [10_000, 1_000_000],
        };
        var command = new Command("growth", "Worklist, case list and case file in a small and a large store.") { store, folder, seconds, cases };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetRequiredValue(store), parsed.GetRequiredValue(folder), parsed.GetValue(seconds), parsed.GetRequiredValue(cases)));
        return command;
    }

    private static async Task<int> RunAsync(string store, DirectoryInfo folder, int seconds, int[] sizes)
    {
        var runs = new List<Dictionary<string, LoopRun>>();
        foreach (var size in sizes)
        {
            await using var site = await FillCommand.FilledAsync(store, size, folder);
            await site.StartAsync();
            runs.Add(await MeasureAsync(site, seconds));
        }

        var report = new Report(
            ["what", .. sizes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s:N0} cases: p50, p99")), "ratio of p50", "ratio of p99", "CPU ms: each"]);
        foreach (var what in runs[0].Keys)
        {
            var each = runs.ConvertAll(r => r[what].Latencies);
            report.Add(
                [what, .. each.Select(l => $"{Report.Ms(l.At(50))}, {Report.Ms(l.At(99))}"), $"**{each[^1].At(50) / each[0].At(50):F2}**", $"**{each[^1].At(99) / each[0].At(99):F2}**",
                string.Join(", ", runs.Select(r => Report.Number((r[what].Cpu.App + r[what].Cpu.Database) / r[what].Done)))]);
        }

        report.Print($"Growth, {store}, one caller at a time");
        return runs.All(r => r.Values.All(l => l.Faults == 0)) ? 0 : 1;
    }

    private static async Task<Dictionary<string, LoopRun>> MeasureAsync(Site site, int seconds)
    {
        var worker = await site.WorkerAsync("340103-womens-federation", "caseworker");
        var chief = await site.WorkerAsync("340100-womens-federation", "supervisor");
        var system = await site.SystemAsync("340100-womens-federation");
        using var driver = await ClosedLoop.OpenAsync(site, 1);
        var ids = await CaseListing.IdsAsync(driver, system, 1000);
        var runs = new Dictionary<string, LoopRun>();
        foreach (var (what, who, paths) in (IReadOnlyList<(string, SignedInWorker, string[])>)
        [
            ("worklist of a caseworker in a district (home)", worker, ["/"]), ("worklist of the city's supervisor (home)", chief, ["/"]),
            ("my unit's duties", worker, ["/duties?show=unit"]), ("return visits of the day", worker, ["/visits"]),
            ("case list of a district", worker, ["/cases"]), ("case list of the city, open", chief, ["/cases?state=open"]),
            ("case file", chief, [.. ids.Select(i => $"/cases/{i}")]), ("board", chief, ["/board"]),
        ])
        {
            Console.Error.WriteLine(what);
            var n = 0;
            byte[][] requests = [];
            byte[] Next() => requests[n++ % requests.Length];
            async Task TakeSessionAsync()
            {
                var session = await who.HeaderAsync();
                requests = [.. paths.Select(p => KeptConnection.Request("GET", p, session))];
            }

            await TakeSessionAsync();
            await driver.WarmUpAsync(Next, Math.Max(3, seconds));
            await TakeSessionAsync();
            runs.Add(what, await driver.RunAsync(Next, seconds));
        }

        return runs;
    }
}
