using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Bench.Load;

/// <summary><c>load intake</c>: durable intake over HTTP, and beside it what the same rows cost without the platform.</summary>
internal static class IntakeLoad
{
    /// <summary>The runtime compiles hot code again and again in the first half minute; that is not what is asked here.</summary>
    private const int WarmUp = 20_000;

    /// <summary>More than any machine takes in a second.</summary>
    private const int PerSecond = 6000;

    public static Command Create()
    {
        var store = BenchOptions.Store();
        var seconds = BenchOptions.Seconds(20);
        var callers = new Option<int>("--callers") { Description = "Callers at once.", DefaultValueFactory = _ => 64 };
        var raw = new Option<bool>("--raw") { Description = "Also inserts the very same rows without the platform, in as many transactions." };
        var command = new Command("intake", "Durable intake of single alarms over HTTP.") { store, seconds, callers, raw };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(store), parsed.GetValue(seconds), parsed.GetValue(callers), parsed.GetValue(raw)));
        return command;
    }

    private static async Task<int> RunAsync(string store, int seconds, int callers, bool raw)
    {
        await using var site = await Site.TemporaryAsync(store);
        await site.PrepareAsync();
        List<string> regions;
        await using (var services = await site.OpenAsync())
        {
            regions = await Site.CommunitiesAsync(services);
        }

        Site.CloseAll();
        await site.StartAsync();
        var header = await site.SystemAsync("340100-police");
        Console.Error.WriteLine("Making the alarms …");
        var requests = Requests(new AlarmMaker(1, regions, child: false), header, WarmUp + (seconds * PerSecond));
        Console.Error.WriteLine("Sending …");
        var run = await SendAsync(site, requests, callers, seconds);
        await site.StopAsync();
        var (stored, commits) = await CountAsync(site);
        var rate = run.Taken / run.Seconds;
        var report = new Report("durable intake over HTTP", store);
        report.Add("alarms/s", Report.Number(rate));
        report.Add("p50, p99, max", $"{Report.Ms(run.Latencies.At(50))}, {Report.Ms(run.Latencies.At(99))}, {Report.Ms(run.Latencies.Max)}");
        report.Add("CPU per alarm: program, database", $"{Report.Ms(run.Cpu.App / run.Taken)}, {Report.Ms(run.Cpu.Database / run.Taken)}");
        report.Add("two free cores could do", $"{Report.Number(2000 / ((run.Cpu.App + run.Cpu.Database) / run.Taken))}/s");
        report.Add("driver's share of all CPU", $"{run.Cpu.Driver / (run.Cpu.App + run.Cpu.Database + run.Cpu.Driver):P0}, {Report.Ms(run.Cpu.Driver / run.Taken)} per alarm");
        report.Add("cores busy", Report.Number((run.Cpu.App + run.Cpu.Database + run.Cpu.Driver) / 1000 / run.Seconds));
        report.Add("answers: taken, 503, others", $"{run.Taken}, {run.Unavailable}, {run.Others}");
        report.Add("acknowledged (warm-up included), stored", $"{run.Acknowledged}, {stored}");
        report.Add("alarms per commit", Report.Number((double)stored / commits));
        if (raw)
        {
            await using var beside = await site.BesideAsync();
            await beside.PrepareAsync();
            var reference = await RawInserts.RunAsync(site, beside, commits);
            report.Add("the same rows raw: rows per alarm", Report.Number((double)reference.Rows / stored));
            report.Add("the same rows raw: alarms/s", Report.Number(stored / reference.Seconds));
            report.Add("the same rows raw: CPU per alarm", $"{Report.Ms(reference.CpuMilliseconds / stored)}");
            report.Add("**share of raw**", $"**{rate / (stored / reference.Seconds):P0}** (CPU: {reference.CpuMilliseconds / stored / ((run.Cpu.App + run.Cpu.Database) / run.Taken):P0})");
        }

        report.Print($"Durable intake, {store}, {callers} callers, {seconds} s");
        return stored >= run.Acknowledged && run.Others == 0 ? 0 : 1;
    }

    /// <summary>Requests made before, so that sending costs little.</summary>
    internal static byte[][] Requests(AlarmMaker maker, string header, int count, string source = "bench")
    {
        var requests = new byte[count][];
        var at = TimeProvider.System.GetUtcNow().AddMinutes(-2);
        Parallel.For(0, count, n => requests[n] = KeptConnection.Request(
            "PUT", string.Create(CultureInfo.InvariantCulture, $"/api/v1/alarms/{source}/{n}"), header, maker.Body(n, at.AddMilliseconds(n))));
        return requests;
    }

    private static async Task<IntakeRun> SendAsync(Site site, byte[][] requests, int callers, int seconds)
    {
        var next = -1;
        var acknowledged = 0;
        var connections = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => KeptConnection.OpenAsync(site.Address)));
        var warm = new Stopwatch();
        async Task CallAsync(KeptConnection connection, Func<bool> goesOn, ConcurrentBag<(int Status, double Ms)> answers)
        {
            while (goesOn() && Interlocked.Increment(ref next) is var n && n < requests.Length)
            {
                var start = Stopwatch.GetTimestamp();
                var status = await connection.SendAsync(requests[n]);
                answers.Add((status, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
                if (status is 200 or 201)
                {
                    Interlocked.Increment(ref acknowledged);
                }
            }
        }

        warm.Start();
        await Task.WhenAll(connections.Select(c => Task.Run(() => CallAsync(c, () => next < WarmUp && warm.Elapsed.TotalSeconds < seconds, []))));
        ConcurrentBag<(int Status, double Ms)> answers = [];
        var cpu = site.Cpu();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(connections.Select(c => Task.Run(() => CallAsync(c, () => watch.Elapsed.TotalSeconds < seconds, answers))));
        var took = watch.Elapsed.TotalSeconds;
        cpu = site.Cpu() - cpu;
        foreach (var connection in connections)
        {
            connection.Dispose();
        }

        var taken = answers.Count(a => a.Status is 200 or 201);
        var away = answers.Count(a => a.Status == 503);
        foreach (var (status, count) in answers.Where(a => a.Status is not (200 or 201 or 503)).CountBy(a => a.Status))
        {
            Console.Error.WriteLine($"{count} answers were {status}.");
        }

        return new IntakeRun(taken, away, answers.Count - taken - away, acknowledged, took, cpu, new Latencies(answers.Select(a => a.Ms)));
    }

    private static async Task<(int Stored, int Commits)> CountAsync(Site site)
    {
        await using var services = await site.OpenAsync();
        await using var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync();

        // All alarms of one commit carry one instant.
        return (await db.Alarms.CountAsync(), await db.Alarms.Select(a => a.StoredAt).Distinct().CountAsync());
    }

    private sealed record IntakeRun(int Taken, int Unavailable, int Others, int Acknowledged, double Seconds, CpuTimes Cpu, Latencies Latencies);
}
