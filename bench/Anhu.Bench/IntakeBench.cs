using System.Diagnostics;
using System.Runtime;
using Anhu.Hosting;
using Anhu.Modules.Alarms;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Timeline;
using Anhu.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Bench;

/// <summary>Durable intake without HTTP: what the pipeline itself costs.</summary>
internal static class IntakeBench
{
    public static async Task<int> RunAsync(string[] args)
    {
        var data = Option(args, "--data") ?? Directory.CreateTempSubdirectory("anhu-bench").FullName;
        var settings = new AnhuSettings { Data = data, Store = Option(args, "--store") ?? "sqlite" };
        var seconds = int.Parse(Option(args, "--seconds") ?? "10", System.Globalization.CultureInfo.InvariantCulture);
        var callers = int.Parse(Option(args, "--callers") ?? "64", System.Globalization.CultureInfo.InvariantCulture);
        await using var services = new ServiceCollection().AddLogging().AddCity(settings).BuildServiceProvider();
        await AnhuApp.PrepareAsync(services, default);
        var intake = services.GetRequiredService<AlarmIntake>();
        var map = await services.GetRequiredService<OrganisationDirectory>().GetAsync(default);
        var regions = map.Units.Where(u => u is { Level: RegionLevel.Community }).Select(u => u.RegionCode).ToList();
        var maker = new AlarmMaker(1, regions);
        var next = 0;
        var latencies = new List<double>[callers];

        // The runtime compiles hot code again and again in the first half minute.
        await RunAsync(int.Parse(Option(args, "--warm-up") ?? "20", System.Globalization.CultureInfo.InvariantCulture));
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var jit = JitInfo.GetCompilationTime();
        var pause = GC.GetTotalPauseDuration();
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = await RunAsync(seconds);
        var all = latencies.SelectMany(l => l).Order().ToList();
        Console.WriteLine($"{all.Count / watch.Elapsed.TotalSeconds:F0} alarms/s, p50 {all[all.Count / 2]:F1} ms, p99 {all[all.Count * 99 / 100]:F1} ms, {all.Count} alarms, " +
            $"{(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / all.Count:F3} CPU ms each, of it compiling " +
            $"{(JitInfo.GetCompilationTime() - jit).TotalMilliseconds / all.Count:F3}; collector's pauses {(GC.GetTotalPauseDuration() - pause).TotalMilliseconds / all.Count:F3} ms, " +
            $"{(GC.GetTotalAllocatedBytes() - allocated) / 1024 / all.Count} KiB allocated each");
        return 0;

        async Task<Stopwatch> RunAsync(int forSeconds)
        {
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, callers).Select(c => Task.Run(async () =>
            {
                var mine = latencies[c] = [];
                while (clock.Elapsed.TotalSeconds < forSeconds)
                {
                    var report = maker.Make(Interlocked.Increment(ref next), TimeProvider.System.GetUtcNow());
                    var start = Stopwatch.GetTimestamp();
                    await intake.SubmitAsync(report, Actor.Platform, default);
                    mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            })));
            return clock;
        }
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
}
