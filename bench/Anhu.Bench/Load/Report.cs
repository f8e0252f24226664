using System.Globalization;

namespace Anhu.Bench.Load;

/// <summary>A table as it stands in docs/figures.md.</summary>
/// <param name="head">Its columns.</param>
internal sealed class Report(params string[] head)
{
    private readonly List<string[]> rows = [];

    /// <summary>Adds a line.</summary>
    /// <param name="cells">As many as columns.</param>
    public void Add(params string[] cells) => rows.Add(cells);

    /// <summary>Writes title, machine and table to standard output.</summary>
    /// <param name="title">What was measured.</param>
    public void Print(string title)
    {
        Console.WriteLine($"\n### {title}\n\n{Machine.Facts()}\n\n| {string.Join(" | ", head)} |\n|{string.Concat(head.Select(_ => " --- |"))}");
        foreach (var row in rows)
        {
            Console.WriteLine($"| {string.Join(" | ", row)} |");
        }
    }

    /// <summary>A number as people read it.</summary>
    /// <param name="value">The number.</param>
    public static string Number(double value) => value.ToString(
        Math.Abs(value) switch { >= 100 => "N0", >= 10 => "F1", >= 1 => "F2", _ => "F3" }, CultureInfo.InvariantCulture);

    /// <summary>A number of milliseconds.</summary>
    /// <param name="value">Milliseconds.</param>
    public static string Ms(double value) => $"{Number(value)} ms";
}

/// <summary>Durations of one kind.</summary>
internal sealed class Latencies
{
    private readonly List<double> sorted;

    public Latencies(IEnumerable<double> milliseconds)
    {
        sorted = [.. milliseconds];
        sorted.Sort();
    }

    public int Count => sorted.Count;

    public double Max => sorted.Count == 0 ? 0 : sorted[^1];

    /// <summary>The value that a share of all stays below.</summary>
    /// <param name="percent">0 to 100.</param>
    public double At(double percent) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * percent / 100))];
}
