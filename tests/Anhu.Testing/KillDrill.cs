using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Timeline;
using Anhu.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Testing;

/// <summary>What the drill found.</summary>
/// <param name="Rounds">How often the program was killed.</param>
/// <param name="Acknowledged">Revisions that it had acknowledged.</param>
/// <param name="Unanswered">Revisions that were under way when it was killed; sent again afterwards.</param>
/// <param name="Lost">Acknowledged revisions that the store does not have.</param>
/// <param name="Doubled">Alarms or facts that the store has more than once.</param>
/// <param name="Faults">Faults in the record.</param>
public sealed record KillDrillResult(int Rounds, long Acknowledged, long Unanswered, long Lost, long Doubled, int Faults);

/// <summary>
/// Kills the program (SIGKILL) in the middle of taking alarms, again and again, and compares what it acknowledged with what the store has.
/// What was under way is sent again after the restart, as a caller does that got no answer.
/// </summary>
/// <param name="settings">Settings of the store, as in configuration.</param>
/// <param name="seed">Decides when each kill comes.</param>
public sealed class KillDrill(IReadOnlyDictionary<string, string?> settings, int seed)
{
    private const int Senders = 16;

    private readonly Random random = new(seed);
    private readonly ConcurrentDictionary<(string Source, string SourceId), int> acknowledged = new();
    private ConcurrentBag<(string Source, string SourceId, int Revision)> unanswered = [];

    /// <summary>Runs the drill.</summary>
    /// <param name="rounds">How often to kill.</param>
    /// <param name="progress">Told after each round.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<KillDrillResult> RunAsync(int rounds, Action<int>? progress, CancellationToken ct)
    {
        var (exit, output) = await AnhuProcess.RunAsync(settings, ct, "client", "add", "drill", "--unit", "340100-police", "--scope", "alarms.write", "--json");
        if (exit != 0)
        {
            throw new InvalidOperationException(output);
        }

        var client = JsonDocument.Parse(output.Split('\n').Single(l => l.StartsWith('{'))).RootElement;
        var (id, secret) = (client.GetProperty("clientId").GetString()!, client.GetProperty("clientSecret").GetString()!);
        long open = 0;
        for (var round = 1; round <= rounds; round++)
        {
            await RoundAsync(round, id, secret, ct);
            open += unanswered.Count;
            progress?.Invoke(round);
        }

        // The last answers that are owed.
        await using (var program = await AnhuProcess.ServeAsync(settings, ct))
        {
            using var http = await program.SignInAsync(id, secret, ct);
            await SendAgainAsync(http, ct);
            await program.KillAsync();
        }

        return await CompareAsync(rounds, open, ct);
    }

    private async Task RoundAsync(int round, string id, string secret, CancellationToken ct)
    {
        await using var program = await AnhuProcess.ServeAsync(settings, ct);
        using var http = await program.SignInAsync(id, secret, ct);
        await SendAgainAsync(http, ct);
        var until = random.Next(1, 400);
        var answers = 0;
        var sent = 0;
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var senders = Enumerable.Range(0, Senders).Select(async _ =>
        {
            while (true)
            {
                var number = Interlocked.Increment(ref sent);
                var alarm = (Source: $"drill-{round}", SourceId: (number - (number % 5 == 0 ? 4 : 0)).ToString(CultureInfo.InvariantCulture), Revision: number % 5 == 0 ? 2 : 1);
                if (!await SendAsync(http, alarm, ct))
                {
                    unanswered.Add(alarm);
                    return;
                }

                if (Interlocked.Increment(ref answers) == until)
                {
                    killed.SetResult();
                }
            }
        }).ToList();
        await killed.Task.WaitAsync(ct);
        await program.KillAsync();
        await Task.WhenAll(senders);
    }

    private async Task SendAgainAsync(HttpClient http, CancellationToken ct)
    {
        var owed = unanswered;
        unanswered = [];
        foreach (var alarm in owed.OrderBy(a => a.Revision))
        {
            if (!await SendAsync(http, alarm, ct))
            {
                throw new InvalidOperationException($"{alarm} was not taken after the restart.");
            }
        }
    }

    /// <summary>Sends one revision; false when no answer came.</summary>
    private async Task<bool> SendAsync(HttpClient http, (string Source, string SourceId, int Revision) alarm, CancellationToken ct)
    {
        try
        {
            var number = int.Parse(alarm.SourceId, CultureInfo.InvariantCulture);
            var round = int.Parse(alarm.Source["drill-".Length..], CultureInfo.InvariantCulture);
            using var response = await http.PutAsJsonAsync(
                $"/api/v1/alarms/{alarm.Source}/{alarm.SourceId}",
                new
                {
                    alarm.Revision, ReceivedAt = "2026-11-22T20:15:03+08:00", Channel = "phone", Category = "domestic-violence",
                    Summary = $"演练 {alarm.SourceId} 第 {alarm.Revision} 版",
                    People = new object[]
                    {
                        new { Role = "victim", Name = $"受害{round}甲{number}", Phone = $"139{((round * 10_000L) + number) % 100_000_000:00000000}" },
                        new { Role = "perpetrator", Name = $"施暴{round}乙{number}", RelationToVictim = "spouse" },
                    },
                },
                ct);
            if (response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK)
            {
                acknowledged.AddOrUpdate((alarm.Source, alarm.SourceId), alarm.Revision, (_, known) => Math.Max(known, alarm.Revision));
                return true;
            }

            // A later revision may have overtaken the first: the store has both facts that matter, and says so.
            return response.StatusCode == HttpStatusCode.Conflict ? true
                : throw new InvalidOperationException($"{alarm}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<KillDrillResult> CompareAsync(int rounds, long open, CancellationToken ct)
    {
        var own = new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("Anhu").Get<AnhuSettings>()!;
        await using var services = new ServiceCollection().AddLogging().AddCity(own).BuildServiceProvider();
        await using var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(ct);
        var stored = await db.Alarms.Where(a => a.Source.StartsWith("drill-")).Select(a => new { a.Source, a.SourceId, a.Revision }).ToListAsync(ct);
        var bySource = stored.ToLookup(a => (a.Source, a.SourceId));
        var lost = acknowledged.Count(a => !bySource[a.Key].Any(s => s.Revision >= a.Value));
        var twice = bySource.Sum(a => a.Count() - 1);
        var received = await db.Timeline.LongCountAsync(e => e.Type == EventTypes.AlarmReceived, ct);
        var opened = await db.Timeline.LongCountAsync(e => e.Type == EventTypes.CaseOpened, ct);
        var incidents = await db.Incidents.LongCountAsync(ct);

        // Each alarm is about people of its own: one fact, one incident, one case for each.
        var doubled = twice + Math.Abs(received - stored.Count) + Math.Abs(opened - stored.Count) + Math.Abs(incidents - stored.Count);
        var check = await services.GetRequiredService<VerifyTimeline>().RunAsync(null, ct);
        return new KillDrillResult(rounds, acknowledged.Values.Sum(revision => (long)revision), open, lost, doubled, check.Faults.Count);
    }
}
