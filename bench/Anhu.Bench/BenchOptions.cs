using System.CommandLine;

namespace Anhu.Bench;

/// <summary>Options that several commands share.</summary>
internal static class BenchOptions
{
    /// <summary>Which database.</summary>
    public static Option<string> Store() => new Option<string>("--store")
    {
        Description = "sqlite, or postgres: a server of its own that survives a power cut.", DefaultValueFactory = _ => "sqlite",
    }.AcceptOnlyFromAmong("sqlite", "postgres");

    /// <summary>How long a measurement lasts.</summary>
    /// <param name="seconds">Unless told.</param>
    public static Option<int> Seconds(int seconds) => new("--seconds") { Description = "How long each measurement lasts.", DefaultValueFactory = _ => seconds };

    /// <summary>Where filled stores are kept for the next run.</summary>
    public static Option<DirectoryInfo> Out() => new("--out")
    {
        Description = "Folder in which filled stores are kept for the next run.", HelpName = "DIR",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), "anhu-figures")),
    };
}
