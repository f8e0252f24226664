using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Anhu.Api;
using Anhu.Modules.Alarms;
using Anhu.Modules.Alarms.Mapping;
using Anhu.Modules.Duties;
using Anhu.Testing;

namespace Anhu.Tests.Alarms;

/// <summary>
/// Throws damaged input at everything that reads what others send: no exception but the documented ones, no hang, and what is taken can be stored and read again.
/// A slice runs with every test run; <c>ANHU_FUZZ_INPUTS=1200000</c> makes it a long one (figures in <c>docs/security/threats.md</c>), <c>ANHU_FUZZ_SEED</c> repeats one.
/// </summary>
public sealed class IntakeFuzzTests(ITestOutputHelper output)
{
    private const int Slice = 6000;

    /// <summary>One input takes well under a millisecond; one that takes this long hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-1", "1e400", "9223372036854775808", "0.0000000000000000000000001", "\u0000", "\u202e", "\r\n", "\n\n", ";", "\t",
        "=1+1", "\uFEFF", "𝕏", "2026-13-45T99:99:99+99:99", "9999-12-31T23:59:59-18:00", "0001-01-01T00:00:00+18:00", "340199199002300021", "people[0].name", "{0}", "(a+)+$", "[[[[[[[[[[[[", "保密", "：",
    ];

    /// <summary>Whose turn it is: files and mappings, which take longest, have fewer.</summary>
    private static readonly int[] Turns = [0, 1, 0, 1, 4, 0, 1, 3, 0, 1, 4, 0, 1, 0, 1, 2, 0, 1, 3, 4];

    private static readonly Encoding Gb18030 = Gb();

    [Fact]
    public async Task DamagedInput_IsTakenOrRefused_NeverACrashOrAHang()
    {
        var inputs = int.Parse(Environment.GetEnvironmentVariable("ANHU_FUZZ_INPUTS") ?? "0", CultureInfo.InvariantCulture) is var wanted and > 0 ? wanted : Slice;
        var seed = int.Parse(Environment.GetEnvironmentVariable("ANHU_FUZZ_SEED") ?? "20261123", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("anhu-fuzz-").FullName;
        try
        {
            var targets = Targets(folder);
            var started = Stopwatch.StartNew();
            var counts = new (int Inputs, int Taken, TimeSpan Longest)[targets.Length];
            for (var i = 0; i < inputs; i++)
            {
                // Each input is made by its own number, so that one that fails can be made again alone.
                var random = new Random(HashCode(seed, i));
                var which = Turns[i % Turns.Length];
                var (name, corpus, read) = targets[which];
                var input = Damage(random, corpus[random.Next(corpus.Count)], corpus);
                var before = Stopwatch.GetTimestamp();
                var taken = false;
                try
                {
                    taken = await read(input);
                }
                catch (Exception e)
                {
                    Assert.Fail($"{name}, input {i} of seed {seed}: {e}\n{Convert.ToHexString(input.AsSpan(0, Math.Min(input.Length, 4000)))}");
                }

                var took = Stopwatch.GetElapsedTime(before);
                Assert.True(took < Patience, $"{name}, input {i} of seed {seed} took {took}.");
                counts[which] = (counts[which].Inputs + 1, counts[which].Taken + (taken ? 1 : 0), took > counts[which].Longest ? took : counts[which].Longest);
            }

            foreach (var (target, (count, taken, longest)) in targets.Zip(counts))
            {
                output.WriteLine($"{target.Name}: {count} inputs, {taken} taken, longest {longest.TotalMilliseconds:0.0} ms");
            }

            output.WriteLine($"{inputs} inputs in {started.Elapsed.TotalSeconds:0} s");
            Assert.All(counts, c => Assert.True(c.Taken > 0 && c.Taken < c.Inputs));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static (string Name, IReadOnlyList<byte[]> Corpus, Func<byte[], Task<bool>> Read)[] Targets(string folder)
    {
        var files = Repository.At("tests", "Anhu.Tests", "Alarms", "Files");
        var maps = Repository.At("data", "mappings");
        byte[] example = Encoding.UTF8.GetBytes(Hefei.Example);
        byte[] line = Encoding.UTF8.GetBytes(Hefei.Example.ReplaceLineEndings(" ").Replace("\"revision\"", "\"source\": \"a\", \"sourceId\": \"1\", \"revision\"", StringComparison.Ordinal));
        byte[] lines = [.. line, .. "\n"u8, .. line, .. "\r\n\n"u8, .. line];
        var csv = new[] { ("hefei-110", Gb18030), ("chicago", Encoding.UTF8), ("orlando", Encoding.UTF8) }
            .Select(f => (Rows: Head(Path.Combine(files, f.Item1 + ".csv"), 8), Mapping: AlarmMapping.Load(Path.Combine(maps, f.Item1 + ".json")))).ToList();
        var mappings = Directory.EnumerateFiles(maps, "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        var rows = Path.Combine(folder, "rows.csv");
        return
        [
            ("report", [example, "{}"u8.ToArray(), "[]"u8.ToArray()], input => Task.FromResult(Report(input, "a", "1"))),
            ("batch", [lines, line], BatchAsync),
            ("file", [.. csv.Select(c => c.Rows)], input => Task.FromResult(FileOf(rows, input, csv[input.Length % csv.Count].Mapping))),
            ("mapping", mappings, input => Task.FromResult(Mapping(input))),
            ("query", [.. ((string[])["42", "0", "-7", "assigned", "in-progress", "9223372036854775807", "late"]).Select(Encoding.UTF8.GetBytes)], input => Task.FromResult(Query(input))),
        ];
    }

    private static bool Report(ReadOnlySpan<byte> input, string? source, string? sourceId)
    {
        var read = AlarmReportReader.Read(input, source, sourceId, Hefei.Instance, Hefei.Now);
        Assert.True(read.Report is null != (read.Errors is null));
        if (read.Report is not { } report)
        {
            return false;
        }

        // What is taken can be stored, and says the same when it is read again.
        var stored = AlarmReportWriter.ToContent(report).Content;
        Assert.Equal(stored, AlarmReportWriter.ToContent(AlarmReportReader.ReadStored(stored)).Content);
        return true;
    }

    private static async Task<bool> BatchAsync(byte[] input)
    {
        const int longest = 4096;
        var taken = false;
        var reader = PipeReader.Create(new MemoryStream(input), new StreamPipeReaderOptions(bufferSize: 97, minimumReadSize: 1));
        await foreach (var line in NdjsonLines.ReadAsync(reader, longest, TestContext.Current.CancellationToken))
        {
            Assert.True(line is null || line.Length is > 0 and <= longest);
            taken |= line is not null && Report(line, null, null);
        }

        return taken;
    }

    private static bool FileOf(string path, byte[] input, AlarmMapping mapping)
    {
        File.WriteAllBytes(path, input);
        try
        {
            var file = new AlarmFile(path, "fuzz", mapping, Hefei.Instance, static _ => ["340104001001"], Hefei.Now);
            return file.Rows().Take(100).ToList().Exists(row => row.Report is not null);
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            // Documented: file and mapping don't go together.
            return false;
        }
    }

    private static bool Mapping(byte[] input)
    {
        AlarmMapping mapping;
        try
        {
            mapping = AlarmMapping.Parse(Encoding.UTF8.GetString(input), "fuzz");
        }
        catch (FormatException)
        {
            return false;
        }

        try
        {
            _ = new AlarmRowMapper(mapping, mapping.Columns ?? ["a"], static _ => ["340104001001"]);
        }
        catch (FormatException)
        {
            // Documented: it names columns that a file has not.
        }

        return true;
    }

    private static bool Query(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var errors = new Dictionary<string, string[]>();
        var cursor = QueryValues.Cursor(text, "after", errors);
        var state = QueryValues.Kebab<DutyState>(text, "state", errors);
        return cursor is not null || state is not null;
    }

    /// <summary>One to six of the ways in which input goes wrong.</summary>
    private static byte[] Damage(Random random, byte[] input, IReadOnlyList<byte[]> corpus)
    {
        var bytes = new List<byte>(input);
        for (var times = random.Next(0, 7); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(bytes.Count - at, random.Next(1, 1 + Math.Max(1, random.Next(4) == 0 ? bytes.Count : 8)));
            switch (random.Next(9))
            {
                case 0 when bytes.Count > 0:
                    bytes[Math.Min(at, bytes.Count - 1)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 4:
                    bytes.InsertRange(at, Gb18030.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 5:
                    var other = corpus[random.Next(corpus.Count)];
                    var from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, random.Next(200))));
                    break;
                case 6:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 7:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, random.Next(20) == 0 ? 5000 : 20)));
                    break;
                default:
                    var noise = new byte[random.Next(1, 12)];
                    random.NextBytes(noise);
                    bytes.InsertRange(at, noise);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Head(string file, int rows)
    {
        var bytes = File.ReadAllBytes(file);
        var end = 0;
        for (var i = 0; i < rows && end < bytes.Length; i++)
        {
            var next = Array.IndexOf(bytes, (byte)'\n', end);
            end = next < 0 ? bytes.Length : next + 1;
        }

        return bytes[..end];
    }

    private static int HashCode(int seed, int input) => unchecked((seed * 397) ^ (input * -1640531535));

    private static Encoding Gb()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("gb18030");
    }
}
