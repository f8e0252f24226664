using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Anhu.Bench.Load;

/// <summary><c>load feeds</c>: from an alarm's departure to its event on each of many open feeds.</summary>
internal static class FeedLoad
{
    private const int Senders = 16;

    /// <summary>Units over the whole city: their feeds carry every alarm.</summary>
    private static readonly string[] Units = ["340100-police", "340100-womens-federation"];

    public static Command Create()
    {
        var store = BenchOptions.Store();
        var seconds = BenchOptions.Seconds(20);
        var readers = new Option<int>("--readers") { Description = "Open feeds.", DefaultValueFactory = _ => 1000 };
        var rate = new Option<int>("--rate") { Description = "Alarms a second.", DefaultValueFactory = _ => 100 };
        var command = new Command("feeds", "From an alarm to its event on many open feeds.") { store, seconds, readers, rate };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(store), parsed.GetValue(readers), parsed.GetValue(rate), parsed.GetValue(seconds)));
        return command;
    }

    private static async Task<int> RunAsync(string store, int count, int rate, int seconds)
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
        var headers = new List<string>();
        foreach (var unit in Units)
        {
            headers.Add(await site.SystemAsync(unit));
        }

        var requests = IntakeLoad.Requests(new AlarmMaker(1, regions, child: false, onceIn: 0), headers[0], 500 + (rate * seconds));
        var connections = await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => KeptConnection.OpenAsync(site.Address)));
        await Task.WhenAll(connections.Select((c, i) => Task.Run(() => WarmAsync(c, requests.AsMemory(i * 500 / Senders, 500 / Senders)))));

        Console.Error.WriteLine("Opening the feeds …");
        var streams = Units.Select(_ => new FeedStream()).ToArray();
        var readers = new List<FeedReader>();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(50))
        {
            readers.AddRange(await Task.WhenAll(chunk.Select(i => FeedReader.OpenAsync(site.Address, headers[i % Units.Length], streams[i % Units.Length]))));
        }

        await BeginAsync(readers);
        Console.Error.WriteLine("Sending …");
        var cpu = site.Cpu();
        var watch = Stopwatch.StartNew();
        var sent = await SendAsync(connections, requests.AsMemory(500), rate);
        cpu = site.Cpu() - cpu;
        var took = watch.Elapsed.TotalSeconds;
        await UntilAsync(() => readers.All(r => r.Position == r.Stream.Length), TimeSpan.FromSeconds(20));
        var result = await CompareAsync(site, readers, streams, headers, sent);
        var ended = readers.Count(r => r.Ended);
        readers.ForEach(r => r.Dispose());
        var report = new Report("alarm → event", $"{count} feeds, {store}");
        report.Add("alarms sent, a second", $"{sent.Count(s => s.Status is 201)}, {Report.Number(sent.Count / took)}");
        report.Add("alarm → event, each feed: p50, p99, max", $"{Report.Ms(result.Lag.At(50))}, **{Report.Ms(result.Lag.At(99))}**, {Report.Ms(result.Lag.Max)}");
        report.Add("alarm → answer to the sender: p50, p99", $"{Report.Ms(result.Answers.At(50))}, {Report.Ms(result.Answers.At(99))}");
        report.Add("measured arrivals; later than 1 s", $"{result.Lag.Count:N0}; {result.Late:N0}");
        report.Add("feeds that ended, that missed or mixed up events", $"{ended}, {result.Wrong}");
        report.Add("events per feed; bytes per feed and second", $"{result.Events:N0}; {Report.Number(streams[0].Length / took)}");
        report.Add("cores busy: program, database, driver", $"{Report.Number(cpu.App / took / 1000)}, {Report.Number(cpu.Database / took / 1000)}, {Report.Number(cpu.Driver / took / 1000)}");
        report.Print($"{count} open feeds at {rate} alarms/s, {store}");
        return result.Wrong == 0 && ended == 0 && sent.All(s => s.Status == 201) ? 0 : 1;
    }

    private static async Task WarmAsync(KeptConnection connection, ReadOnlyMemory<byte[]> requests)
    {
        for (var i = 0; i < requests.Length; i++)
        {
            await connection.SendAsync(requests.Span[i]);
        }
    }

    /// <summary>Starts counting right after a beat that all have seen, so that all feeds of a unit begin with the same byte.</summary>
    private static async Task BeginAsync(List<FeedReader> readers)
    {
        var from = Stopwatch.GetTimestamp();
        await UntilAsync(() => readers.All(r => r.LastAt > from), TimeSpan.FromSeconds(20));
        await UntilAsync(() => readers.All(r => Stopwatch.GetElapsedTime(r.LastAt).TotalMilliseconds > 500), TimeSpan.FromSeconds(20));
        readers.ForEach(r => r.Begin());
    }

    private static async Task<List<Sent>> SendAsync(KeptConnection[] connections, ReadOnlyMemory<byte[]> requests, int rate)
    {
        var next = -1;
        var sent = new Sent[requests.Length];
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select(c => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var n && n < requests.Length)
            {
                var due = (n * 1000.0 / rate) - Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (due > 1)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(due));
                }

                var at = Stopwatch.GetTimestamp();
                var status = await c.SendAsync(requests.Span[n]);
                sent[n] = new Sent(at, Stopwatch.GetElapsedTime(at).TotalMilliseconds, status, CaseIn(c.Body));
            }
        })));
        return [.. sent];
    }

    private static Guid CaseIn(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("\"caseId\":\""u8);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(body[(at + 10)..], out Guid id, out _) ? id : default;
    }

    private static async Task<Outcome> CompareAsync(Site site, List<FeedReader> readers, FeedStream[] streams, List<string> headers, List<Sent> sent)
    {
        var sentAt = sent.Where(s => s.CaseId != default).ToDictionary(s => s.CaseId, s => s.At);
        var lag = new List<double>(readers.Count * sent.Count);
        var wrong = readers.Count(r => r.Differs || r.Position != r.Stream.Length);
        var late = 0L;
        for (var u = 0; u < streams.Length; u++)
        {
            var events = streams[u].Events();
            if (!await IsCompleteAsync(site, headers[u], events))
            {
                Console.Error.WriteLine($"The feeds of {Units[u]} are not what the record says.");
                wrong += readers.Count(r => r.Stream == streams[u]);
            }

            var arrivals = events.Where(e => e.Type == "case.opened" && sentAt.ContainsKey(e.CaseId)).ToList();
            if (arrivals.Count != sentAt.Count)
            {
                Console.Error.WriteLine($"{arrivals.Count} of {sentAt.Count} alarms came on the feeds of {Units[u]}.");
                wrong += readers.Count(r => r.Stream == streams[u]);
            }

            foreach (var reader in readers.Where(r => r.Stream == streams[u]))
            {
                foreach (var (at, arrived) in reader.ArrivalsOf(arrivals).Zip(arrivals, (at, e) => (sentAt[e.CaseId], at)).Where(a => a.at > 0))
                {
                    var ms = Stopwatch.GetElapsedTime(at, arrived).TotalMilliseconds;
                    lag.Add(ms);
                    late += ms > 1000 ? 1 : 0;
                }
            }
        }

        return new Outcome(new Latencies(lag), new Latencies(sent.Select(s => s.AnswerMs)), late, wrong, streams[0].Events().Count);
    }

    /// <summary>Compares what came live with what the record says to a reader who asks afterwards.</summary>
    private static async Task<bool> IsCompleteAsync(Site site, string header, List<FeedEvent> events)
    {
        if (events.Count == 0)
        {
            return false;
        }

        using var http = site.Program.CreateClient();
        http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(header["Authorization: ".Length..].Trim());
        var text = await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/v1/feed?follow=false&after={events[0].Id - 1}"), UriKind.Relative));
        var stored = text.Split('\n').Where(l => l.StartsWith("id: ", StringComparison.Ordinal)).Select(l => long.Parse(l[4..], CultureInfo.InvariantCulture));
        return stored.SequenceEqual(events.Select(e => e.Id));
    }

    private static async Task UntilAsync(Func<bool> holds, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while (!holds() && watch.Elapsed < patience)
        {
            await Task.Delay(20);
        }
    }

    private sealed record Outcome(Latencies Lag, Latencies Answers, long Late, int Wrong, int Events);

    private readonly record struct Sent(long At, double AnswerMs, int Status, Guid CaseId);
}

/// <summary>An event as it came.</summary>
/// <param name="Id">Its sequence.</param>
/// <param name="Type">Its type.</param>
/// <param name="CaseId">Its case.</param>
/// <param name="End">Where it ends in the stream.</param>
internal readonly record struct FeedEvent(long Id, string Type, Guid CaseId, long End);

/// <summary>All bytes that the feeds of one unit carry: whoever is ahead adds, the others compare.</summary>
internal sealed class FeedStream
{
    private readonly Lock sync = new();
    private byte[] bytes = new byte[1 << 20];

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Takes bytes that came at a position.</summary>
    /// <returns>False when they differ from what others got there.</returns>
    public bool Take(long position, ReadOnlySpan<byte> got)
    {
        lock (sync)
        {
            var known = (int)Math.Min(got.Length, Length - position);
            if (!bytes.AsSpan((int)position, known).SequenceEqual(got[..known]))
            {
                return false;
            }

            while (position + got.Length > bytes.Length)
            {
                Array.Resize(ref bytes, bytes.Length * 2);
            }

            got[known..].CopyTo(bytes.AsSpan((int)Length));
            Length += got.Length - known;
            return true;
        }
    }

    /// <summary>The events in it.</summary>
    public List<FeedEvent> Events()
    {
        var events = new List<FeedEvent>();
        var from = 0;
        while (bytes.AsSpan(from, (int)Length - from).IndexOf("\n\n"u8) is >= 0 and var at)
        {
            var lines = System.Text.Encoding.UTF8.GetString(bytes, from, at).Split('\n');
            from += at + 2;
            if (lines.Length == 3 && lines[0].StartsWith("id: ", StringComparison.Ordinal))
            {
                var data = JsonDocument.Parse(lines[2]["data: ".Length..]).RootElement;
                events.Add(new FeedEvent(
                    long.Parse(lines[0][4..], CultureInfo.InvariantCulture), lines[1]["event: ".Length..],
                    data.TryGetProperty("caseId", out var id) ? id.GetGuid() : default, from));
            }
        }

        return events;
    }
}
