using System.CommandLine;
using System.Globalization;
using System.Text;
using Anhu.Bench.Fill;

namespace Anhu.Bench.Load;

/// <summary><c>load operations</c>: what each operation of the day costs, beside what a city would pick instead.</summary>
internal static class OperationsLoad
{
    /// <summary>Directus 11.17 on two shared cores with 100,000 rows, 4 connections: CPU ms per operation. From the plan; it measured them once.</summary>
    private static readonly Dictionary<string, double> Directus = new()
    {
        ["create"] = 10.4, ["hand over"] = 15.8, ["list 50 newest open"] = 7.0, ["open one"] = 8.0, ["search a phone"] = 6.3,
    };

    public static Command Create()
    {
        var store = BenchOptions.Store();
        var folder = BenchOptions.Out();
        var seconds = BenchOptions.Seconds(10);
        var cases = new Option<int>("--cases") { Description = "Cases in the store.", DefaultValueFactory = _ => 100_000 };
        var connections = new Option<int>("--connections") { Description = "Connections at once.", DefaultValueFactory = _ => 4 };
        var only = new Option<string?>("--only") { Description = "Only operations with this in their name." };
        var command = new Command("operations", "CPU time and rate of each operation over HTTP.") { store, folder, seconds, cases, connections, only };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetRequiredValue(store), parsed.GetRequiredValue(folder), parsed.GetValue(seconds), parsed.GetValue(cases), parsed.GetValue(connections), parsed.GetValue(only)));
        return command;
    }

    private static async Task<int> RunAsync(string store, DirectoryInfo folder, int seconds, int cases, int connections, string? only)
    {
        await using var site = await FillCommand.FilledAsync(store, cases, folder);
        await site.StartAsync();
        var driver = await ClosedLoop.OpenAsync(site, connections);
        var report = new Report("operation", "operations/s", "p50", "p99", "CPU ms: program + database", "two cores could do /s", "Directus: CPU ms → /s", "CPU as a share of Directus'");
        var faults = 0;
        foreach (var operation in await OperationsAsync(site, driver, seconds))
        {
            if (only is not null && !operation.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            Console.Error.WriteLine(operation.Name);
            await operation.PrepareAsync();
            await driver.WarmUpAsync(operation.Next, Math.Max(3, seconds));
            await operation.PrepareAsync();
            var run = await driver.RunAsync(operation.Next, seconds);
            faults += run.Faults;
            var cost = (run.Cpu.App + run.Cpu.Database) / run.Done;
            var directus = Directus.TryGetValue(operation.Name, out var known) ? known : (double?)null;
            report.Add(
                operation.Name, Report.Number(run.Done / run.Seconds), Report.Ms(run.Latencies.At(50)), Report.Ms(run.Latencies.At(99)),
                $"{Report.Number(run.Cpu.App / run.Done)} + {Report.Number(run.Cpu.Database / run.Done)}", Report.Number(2000 / cost),
                directus is { } d ? $"{Report.Number(d)} → {Report.Number(2000 / d)}" : "–", directus is { } e ? $"**{cost / e:P0}**" : "–");
        }

        driver.Dispose();
        report.Print($"Operations, {store}, {cases:N0} cases, {connections} connections");
        if (faults > 0)
        {
            Console.Error.WriteLine($"{faults} answers were not as they should be.");
        }

        return faults == 0 ? 0 : 1;
    }

    private static async Task<List<Operation>> OperationsAsync(Site site, ClosedLoop driver, int seconds)
    {
        List<string> regions;
        await using (var services = await site.OpenAsync())
        {
            regions = await Site.CommunitiesAsync(services);
        }

        Site.CloseAll();
        var police = await site.SystemAsync("340100-police");
        var federation = await site.SystemAsync("340100-womens-federation");
        var worker = await site.WorkerAsync("340100-womens-federation", "caseworker");
        var ids = await CaseListing.IdsAsync(driver, federation, 1000);
        // Another one for each state of the store, so that a second run on it adds alarms too; the same store gives the same run.
        var seed = Convert.ToInt32($"{ids[0]}"[^5..], 16);
        var phones = await CaseListing.PhonesAsync(driver, federation, ids.Take(300));
        var duties = await CaseListing.DutiesAsync(driver, federation, 1500 * 2 * (seconds + 3));
        byte[] Get(string header, string path) => KeptConnection.Request("GET", path, header);
        byte[][] opening = [.. ids.Select(i => Get(federation, $"/api/v1/cases/{i}"))];
        byte[][] searching = [.. phones.Select(p => Get(federation, $"/api/v1/cases?q={p}"))];
        var list = Get(federation, "/api/v1/cases?limit=50&state=open");
        var creating = IntakeLoad.Requests(
            new AlarmMaker(seed, regions, child: false), police, 1500 * 2 * (seconds + 3), string.Create(CultureInfo.InvariantCulture, $"bench-{seed}"));
        byte[][] handing = [.. duties.Select(d => KeptConnection.Request(
            "POST", $"/api/v1/duties/{d.Id}/hand-over", federation, Encoding.UTF8.GetBytes($$"""{"receiver":"{{(d.Unit == "340103-womens-federation" ? "340104" : "340103")}}-womens-federation","reason":"当事人已搬到该区"}""")))];
        return
        [
            new("create", i => i < creating.Length ? creating[i] : null),
            new("hand over", i => i < handing.Length ? handing[i] : null),
            new("list 50 newest open", _ => list),
            new("open one", i => opening[i % opening.Length]),
            new("search a phone", i => searching[i % searching.Length]),
            Page("page: case list, 50 open", "", "/cases?state=open"),
            Page("page: home", "", "/"),
            Page("page: case file", "", [.. ids.Select(i => $"/cases/{i}")]),
            Page("page: case list, compressed", "Accept-Encoding: br, gzip\r\n", "/cases?state=open"),
        ];

        Operation Page(string name, string header, params string[] paths)
        {
            byte[][] requests = [];
            return new Operation(name, i => requests[i % requests.Length])
            {
                PrepareAsync = async () =>
                {
                    var session = await worker.HeaderAsync();
                    requests = [.. paths.Select(p => Get(session + header, p))];
                },
            };
        }
    }

    /// <summary>An operation.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Next">The n-th request; null when there are no more.</param>
    private sealed class Operation(string name, Func<int, byte[]?> request)
    {
        private int count = -1;

        public string Name { get; } = name;

        /// <summary>Called before a run.</summary>
        public Func<Task> PrepareAsync { get; init; } = () => Task.CompletedTask;

        public byte[]? Next() => request(Interlocked.Increment(ref count));
    }
}
