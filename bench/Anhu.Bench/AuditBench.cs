using System.Diagnostics;
using System.Globalization;
using Anhu.Hosting;
using Anhu.Modules.Audit;
using Anhu.Modules.Timeline;
using Anhu.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Bench;

/// <summary>What recording a view costs, on SQLite with a durable commit, and how fast an export of the record is checked.</summary>
internal static class AuditBench
{
    private const int Checked = 1_000_000;

    public static async Task<int> RunAsync(string[] args)
    {
        foreach (var suite in args is [var one] ? [one] : (string[])["aes-256-gcm", "guomi"])
        {
            var folder = Directory.CreateTempSubdirectory("anhu-bench");
            await using (var services = new ServiceCollection().AddLogging().AddCity(new AnhuSettings { Data = folder.FullName, Crypto = suite }).BuildServiceProvider())
            {
                await AnhuApp.PrepareAsync(services, default);
                Console.WriteLine($"\n### Views, {suite}\n\n{Load.Machine.Facts()}\n\n| callers | views/s | p50, p99 | CPU of one |\n| --- | --- | --- | --- |");
                foreach (var callers in (int[])[1, 4, 64])
                {
                    await RecordAsync(services.GetRequiredService<ViewLog>(), callers, TimeSpan.FromSeconds(1));
                    Console.WriteLine(await RecordAsync(services.GetRequiredService<ViewLog>(), callers, TimeSpan.FromSeconds(5)));
                }

                await RecordManyAsync(services.GetRequiredService<ViewLog>());
                Console.WriteLine();
                await CheckAsync(services, Path.Combine(folder.FullName, "export.jsonl"));
            }

            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static PendingEvent View() => new(
        ViewTypes.Case, DateTimeOffset.UtcNow, Guid.CreateVersion7(), null, Guid.CreateVersion7(), Data: """{"from":"10.20.30.40","view":"full","tie":"working"}""");

    private static async Task<string> RecordAsync(ViewLog log, int callers, TimeSpan length)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(started) < length)
            {
                var at = Stopwatch.GetTimestamp();
                await log.RecordAsync(View(), new Actor(Guid.CreateVersion7()));
                own.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }

            return own;
        })));
        var all = times.SelectMany(t => t).Order().ToList();
        process.Refresh();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {callers} | {all.Count / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} | {all[all.Count / 2]:F2} ms, {all[all.Count * 99 / 100]:F2} ms | {(process.TotalProcessorTime - before).TotalMilliseconds / all.Count:F3} ms |");
    }

    private static async Task RecordManyAsync(ViewLog log)
    {
        for (var done = 0; done < Checked; done += 4000)
        {
            await Task.WhenAll(Enumerable.Range(0, 4000).Select(_ => log.RecordAsync(View(), new Actor(Guid.CreateVersion7()))));
        }
    }

    private static async Task CheckAsync(IServiceProvider services, string path)
    {
        long events, views;
        await using (var file = File.Create(path, 1 << 16))
        {
            (events, views) = await services.GetRequiredService<ExportAudit>().RunAsync(file, null, default);
        }

        for (var round = 0; round < 3; round++)
        {
            await using var file = File.OpenRead(path);
            using var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            var started = Stopwatch.GetTimestamp();
            var check = await VerifyAudit.RunAsync(file, [], null, default);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            process.Refresh();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Checked an export of {events + views:N0} events ({file.Length / 1e6:N0} MB): {(events + views) / seconds:N0} events/s, {(process.TotalProcessorTime - before).TotalMicroseconds / (events + views):F2} µs of CPU each, {(check.IsWhole ? "whole" : "NOT WHOLE")}"));
        }
    }
}
