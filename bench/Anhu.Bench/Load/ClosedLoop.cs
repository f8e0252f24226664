using System.Diagnostics;

namespace Anhu.Bench.Load;

/// <summary>What a measurement gave.</summary>
/// <param name="Done">Answers as they should be.</param>
/// <param name="Faults">Other answers.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Cpu">What it cost.</param>
/// <param name="Latencies">From request to answer.</param>
internal sealed record LoopRun(int Done, int Faults, double Seconds, CpuTimes Cpu, Latencies Latencies);

/// <summary>Some connections, each of which sends the next request as soon as the last is answered.</summary>
internal sealed class ClosedLoop : IDisposable
{
    private readonly Site site;
    private readonly KeptConnection[] connections;

    private ClosedLoop(Site site, KeptConnection[] connections)
    {
        this.site = site;
        this.connections = connections;
    }

    /// <summary>The first connection, for asking in between.</summary>
    public KeptConnection First => connections[0];

    /// <summary>Opens the connections.</summary>
    /// <param name="site">The city.</param>
    /// <param name="count">How many.</param>
    public static async Task<ClosedLoop> OpenAsync(Site site, int count) =>
        new(site, await Task.WhenAll(Enumerable.Range(0, count).Select(_ => KeptConnection.OpenAsync(site.Address))));

    /// <summary>Sends for some time, or until there are no more requests.</summary>
    /// <param name="next">The next request; null when there are no more.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="most">How many at most.</param>
    public async Task<LoopRun> RunAsync(Func<byte[]?> next, double seconds, int most = int.MaxValue)
    {
        var started = 0;
        var faults = 0;
        var latencies = connections.Select(_ => new List<double>()).ToArray();
        var cpu = site.Cpu();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(connections.Select((connection, c) => Task.Run(async () =>
        {
            while (watch.Elapsed.TotalSeconds < seconds && Interlocked.Increment(ref started) <= most && next() is { } request)
            {
                var start = Stopwatch.GetTimestamp();
                var status = await connection.SendAsync(request);
                if (status is >= 200 and < 300)
                {
                    latencies[c].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
                else if (Interlocked.Increment(ref faults) == 1)
                {
                    Console.Error.WriteLine($"{status}: {System.Text.Encoding.UTF8.GetString(connection.Body)}\n{string.Join('\n', site.Program.Output.Split('\n').TakeLast(20))}");
                }
            }
        })));
        var took = watch.Elapsed.TotalSeconds;
        return new LoopRun(latencies.Sum(l => l.Count), faults, took, site.Cpu() - cpu, new Latencies(latencies.SelectMany(l => l)));
    }

    /// <summary>
    /// Sends until the cost of an answer no longer falls: the runtime compiles what is often called anew, twice, and a run of a
    /// few seconds measures how far it has come rather than the program.
    /// </summary>
    /// <param name="next">The next request.</param>
    /// <param name="most">Seconds at most.</param>
    public async Task WarmUpAsync(Func<byte[]?> next, int most)
    {
        var best = double.MaxValue;
        for (var (second, since) = (0, 0); second < most && since < 3; second++)
        {
            var run = await RunAsync(next, 1);
            if (run.Done == 0)
            {
                return;
            }

            var cost = (run.Cpu.App + run.Cpu.Database) / run.Done;
            since = cost < best * 0.95 ? 0 : since + 1;
            best = Math.Min(best, cost);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var connection in connections)
        {
            connection.Dispose();
        }
    }
}
