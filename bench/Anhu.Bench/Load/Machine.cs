using System.Globalization;

namespace Anhu.Bench.Load;

/// <summary>What is known of the machine, and what its processes cost.</summary>
internal static class Machine
{
    /// <summary>Clock ticks per second in <c>/proc</c>; fixed in the kernel's interface.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>One line: cores, memory, processor, kernel, load by others.</summary>
    public static string Facts()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "processor unknown";
        var memory = long.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / (1024.0 * 1024);
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({model}), {memory:F0} GiB, {Environment.OSVersion.VersionString}, .NET {Environment.Version}, load before {load}, {DateTimeOffset.Now:yyyy-MM-dd HH:mm}");
    }

    /// <summary>Processor time of a process, in milliseconds.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="ended">Whether its ended children count too.</param>
    public static double Cpu(int pid, bool ended = false)
    {
        if (Stat(pid) is not { } fields)
        {
            return 0;
        }

        var ticks = Number(fields, 11) + Number(fields, 12) + (ended ? Number(fields, 13) + Number(fields, 14) : 0);
        return ticks * 1000 / TicksPerSecond;
    }

    /// <summary>Processor time of a process with its children, in milliseconds.</summary>
    /// <param name="pid">The process.</param>
    public static double CpuOfFamily(int pid)
    {
        var sum = Cpu(pid, ended: true);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var child)
                && Stat(child) is { } fields && (int)Number(fields, 1) == pid)
            {
                sum += Cpu(child);
            }
        }

        return sum;
    }

    /// <summary>A figure of <c>/proc/PID/status</c> in MiB, such as <c>VmRSS</c>.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">Its name.</param>
    public static double Memory(int pid, string name)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
    }

    /// <summary>Drops what the kernel keeps of files in memory.</summary>
    /// <returns>False where that is not permitted.</returns>
    public static bool DropFileCache()
    {
        try
        {
            using var sync = System.Diagnostics.Process.Start("sync");
            sync.WaitForExit();
            File.WriteAllText("/proc/sys/vm/drop_caches", "3\n");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The fields of <c>/proc/PID/stat</c> behind the name, from the state on; null when the process is gone.</summary>
    private static string[]? Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static double Number(string[] fields, int index) => double.Parse(fields[index], CultureInfo.InvariantCulture);
}

/// <summary>Processor time in milliseconds.</summary>
/// <param name="App">Of the program.</param>
/// <param name="Database">Of the database's processes; 0 where it is in the program.</param>
/// <param name="Driver">Of this process.</param>
internal readonly record struct CpuTimes(double App, double Database, double Driver)
{
    public static CpuTimes operator -(CpuTimes a, CpuTimes b) => new(a.App - b.App, a.Database - b.Database, a.Driver - b.Driver);
}
