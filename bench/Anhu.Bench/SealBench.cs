using System.Diagnostics;
using Anhu.Hosting;
using Anhu.Modules.Protection;
using Anhu.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Bench;

/// <summary>What sealing, opening and a blind index cost: processor time of one, the best of several rounds.</summary>
internal static class SealBench
{
    private const int Rounds = 20;
    private const int Times = 5000;
    private static readonly byte[] Column = "people_person.Name"u8.ToArray();
    private static readonly byte[] Place = [.. Column, 0, .. Guid.CreateVersion7().ToByteArray(bigEndian: true)];

    public static async Task<int> RunAsync(string[] args)
    {
        foreach (var suite in args is [var one] ? [one] : (string[])["aes-256-gcm", "guomi"])
        {
            var folder = Directory.CreateTempSubdirectory("anhu-bench");
            await using (var services = new ServiceCollection().AddLogging().AddCity(new AnhuSettings { Data = folder.FullName, Crypto = suite }).BuildServiceProvider())
            {
                var keys = services.GetRequiredService<CityKeys>();
                await keys.OpenAsync(default);
                Measure(suite, keys.Ring, "a name", "王小芳");
                Measure(suite, keys.Ring, "1,200 bytes", new string('字', 400));
            }

            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static void Measure(string suite, KeyRing ring, string what, string text)
    {
        var value = ring.Seal(Place, text);
        Console.WriteLine(
            $"{suite}, {what}: seal {Best(() => ring.Seal(Place, text)):F2} µs (bound to the column alone {Best(() => ring.Seal(Column, text)):F2} µs), open {Best(() => ring.OpenText(Place, value)):F2} µs, blind index {Best(() => ring.Blind(BlindKind.Name, text)):F2} µs");
    }

    private static double Best(Action action)
    {
        using var process = Process.GetCurrentProcess();
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            for (var i = 0; i < Times; i++)
            {
                action();
            }

            process.Refresh();
            best = Math.Min(best, (process.TotalProcessorTime - before).TotalMicroseconds / Times);
        }

        return best;
    }
}
