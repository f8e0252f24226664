using System.Globalization;
using Anhu.Testing;

namespace Anhu.Bench;

/// <summary>Kills the program in the middle of intake, round after round, and compares what it acknowledged with the store.</summary>
internal static class KillBench
{
    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = int.Parse(Option(args, "--rounds") ?? "200", CultureInfo.InvariantCulture);
        var data = Option(args, "--data") ?? Directory.CreateTempSubdirectory("anhu-kill").FullName;
        var settings = new Dictionary<string, string?> { ["Anhu:Data"] = data, ["Anhu:Store"] = Option(args, "--store") ?? "sqlite" };
        var drill = new KillDrill(settings, int.Parse(Option(args, "--seed") ?? "1", CultureInfo.InvariantCulture));
        var result = await drill.RunAsync(rounds, round => Console.Error.Write($"\r{round} of {rounds} rounds"), default);
        Console.Error.WriteLine();
        Console.WriteLine(
            $"{result.Rounds} kills, {result.Acknowledged} acknowledged, {result.Unanswered} without an answer, {result.Lost} lost, {result.Doubled} doubled, {result.Faults} faults in the record");
        return result is { Lost: 0, Doubled: 0, Faults: 0 } ? 0 : 1;
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
}
