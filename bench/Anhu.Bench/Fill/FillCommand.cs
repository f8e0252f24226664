using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Anhu.Bench.Load;

namespace Anhu.Bench.Fill;

/// <summary><c>fill</c>: a store with many cases, kept for the next run.</summary>
internal static class FillCommand
{
    public static Command Create()
    {
        var cases = new Option<int>("--cases") { Description = "How many cases, about.", DefaultValueFactory = _ => 100_000 };
        var store = BenchOptions.Store();
        var folder = BenchOptions.Out();
        var command = new Command("fill", "Makes a store with many cases, or finds the one made before.") { cases, store, folder };
        command.SetAction(async (parsed, _) =>
        {
            await using var site = await FilledAsync(parsed.GetRequiredValue(store), parsed.GetValue(cases), parsed.GetRequiredValue(folder));
            Console.WriteLine(site.Folder);
            return 0;
        });
        return command;
    }

    /// <summary>A filled city; made if it is not there yet.</summary>
    /// <param name="store"><c>sqlite</c> or <c>postgres</c>.</param>
    /// <param name="cases">How many cases.</param>
    /// <param name="folder">Where filled cities are kept.</param>
    public static async Task<Site> FilledAsync(string store, int cases, DirectoryInfo folder)
    {
        var own = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{store}-{cases}"));
        var mark = Path.Combine(own, "filled");
        if (Directory.Exists(own) && !File.Exists(mark))
        {
            // Left by a run that was broken off.
            if (store == "postgres" && File.Exists(Path.Combine(own, "pg", "data", "postmaster.pid")))
            {
                PostgresServer.Start(Path.Combine(own, "pg")).Dispose();
            }

            Directory.Delete(own, recursive: true);
        }

        var site = await Site.InAsync(store, own);
        if (File.Exists(mark))
        {
            return site;
        }

        var watch = Stopwatch.StartNew();
        await site.PrepareAsync();
        var made = await new CityFiller(site).RunAsync(cases);
        Site.CloseAll();
        await File.WriteAllTextAsync(mark, made.ToString(CultureInfo.InvariantCulture));
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{made} cases in {watch.Elapsed.TotalSeconds:F0} s, {new DirectoryInfo(own).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) / 1e9:F2} GB"));
        return site;
    }
}
