using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Anhu.Linkage;
using CsvHelper;

namespace Anhu.Bench;

/// <summary>The live index: what adding, looking up, keeping and joining records costs, on one core where not said otherwise.</summary>
internal static class LinkageIndexBench
{
    /// <summary>Records that are held back, to be looked up and to be added at once.</summary>
    private const int HeldBack = 10_000;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Records of bench/linkage/generate_people.py." };
        var model = new Option<string>("--model") { Description = "A trained model for them.", Required = true };
        var command = new Command("linkage", "The live index of the linkage engine: insert, look up, snapshot, regroup.") { file, model };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(file), LinkageModel.Parse(File.ReadAllText(parsed.GetRequiredValue(model)))));
        return command;
    }

    private static int Run(string path, LinkageModel model)
    {
        var index = new LinkageIndex(model);
        var held = new Queue<(Guid Id, string?[] Values)>();
        var inserting = TimeSpan.Zero;
        var id = 0;
        using (var csv = CsvReader.FromFile(path, CsvReaderOptions.Default with { HasHeader = true }))
        {
            csv.ReadHeader();
            var columns = index.Columns.Select(column => csv.GetFieldIndex(column)).ToArray();
            while (csv.Read())
            {
                held.Enqueue((Id(++id), [.. columns.Select(column => csv.GetStringOrNull(column))]));
                if (held.Count > HeldBack)
                {
                    var (oldest, values) = held.Dequeue();
                    var at = Stopwatch.GetTimestamp();
                    index.Upsert(oldest, values);
                    inserting += Stopwatch.GetElapsedTime(at);
                }
            }
        }

        Say("records", index.Count.ToString("N0", CultureInfo.InvariantCulture));
        Say("insert", $"{index.Count / inserting.TotalSeconds:N0} records/s");
        Say("memory", $"{GC.GetTotalMemory(forceFullCollection: true) / index.Count} bytes a record");
        LookUp(index, held);
        index = Keep(index, model);
        LookUp(index, held);
        var started = Stopwatch.GetTimestamp();
        index.GroupAll();
        Say("group all (all cores)", $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        started = Stopwatch.GetTimestamp();
        foreach (var (added, values) in held)
        {
            index.Upsert(added, values);
        }

        index.GroupAdded([.. held.Select(h => h.Id)]);
        Say($"add {HeldBack:N0} and join them (all cores)", $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");
        return 0;
    }

    private static void LookUp(LinkageIndex index, IEnumerable<(Guid Id, string?[] Values)> held)
    {
        var times = new List<double>(HeldBack);
        var found = 0;
        foreach (var (_, values) in held)
        {
            var at = Stopwatch.GetTimestamp();
            found += index.Find(values).Count > 0 ? 1 : 0;
            times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        times.Sort();
        Say("look up", $"p50 {times[times.Count / 2]:0.000} ms, p99 {times[times.Count * 99 / 100]:0.000} ms, most {times[^1]:0.0} ms; {found} of {times.Count} found somebody");
    }

    private static LinkageIndex Keep(LinkageIndex index, LinkageModel model)
    {
        var path = Path.GetTempFileName();
        var started = Stopwatch.GetTimestamp();
        using (var to = File.Create(path))
        {
            index.Save(to);
        }

        var saved = Stopwatch.GetElapsedTime(started);
        var size = new FileInfo(path).Length;
        index = null!;
        GC.Collect();
        started = Stopwatch.GetTimestamp();
        using (var from = File.OpenRead(path))
        {
            index = LinkageIndex.Load(from, model);
        }

        Say("snapshot", $"{size >> 20} MiB, saved in {saved.TotalSeconds:0.0} s, loaded in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s (all cores)");
        File.Delete(path);
        return index;
    }

    private static Guid Id(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]);

    private static void Say(string what, string figure) => Console.WriteLine($"| {what} | {figure} |");
}
