using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Anhu.Tests.Cases;

/// <summary>No page of the day goes through a whole table that grows with the city's cases, as SQLite plans the page's queries.</summary>
public sealed partial class QueryPlanTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly HashSet<string> Growing =
    [
        "alarms_alarm", "alarms_revision", "cases_access", "cases_case", "cases_incident", "cases_incident_party", "cases_party", "duties_duty", "grading_grade",
        "messages_outbox", "messages_safe_contact", "people_key", "people_person", "timeline_event", "visits_return_visit",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PagesOfTheDay_GoThroughNoGrowingTable()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "Plans are read as SQLite writes them.");
        var alarm = await app.SubmitAlarmAsync();
        using var worker = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.Caseworker));
        using var chief = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-womens-federation", roles: WorkerRole.Supervisor));
        var store = (await app.QueryAsync(db => Task.FromResult(db.Database.GetConnectionString())))!;

        // Where nobody listened, EF looks again for listeners after a while only.
        using var sent = new SentQueries(store);
        await Until.TrueAsync(async () =>
        {
            using var warm = await worker.GetAsync("/", Ct);
            return sent.Take().Count > 0;
        });

        var plans = new List<(string Path, string Sql, string Step)>();
        foreach (var client in (HttpClient[])[worker, chief])
        {
            foreach (var path in (string[])
            [
                "/", "/board", "/board?region=340104000000&class=1&agency=police", $"/board/rows?ids={alarm.CaseId}", "/cases", "/cases?state=open&class=3",
                $"/cases/{alarm.CaseId}", "/duties?show=mine", "/duties?show=unit", "/duties?show=all&overdue=yes", "/visits",
            ])
            {
                using var answer = await client.GetAsync(path, Ct);
                Assert.True(answer.IsSuccessStatusCode, path);
                foreach (var (sql, names) in sent.Take())
                {
                    plans.AddRange((await PlanAsync(store, sql, names)).Select(step => (path, sql, step)));
                }
            }
        }

        Assert.NotEmpty(plans);
        Assert.Empty(plans.Where(p => GoesThroughAll(p.Sql, p.Step)).Select(p => $"{p.Path}: {p.Step}\n{p.Sql}").Distinct());
    }

    [Fact]
    public async Task BoardRows_TakeAsManyQueries_HoweverMany()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "Queries are counted where they are listened to.");
        var cases = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            cases.Add((await app.SubmitAlarmAsync()).CaseId);
        }

        cases = [.. cases.Distinct()];
        Assert.True(cases.Count > 1);
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.Supervisor));
        using var sent = new SentQueries((await app.QueryAsync(db => Task.FromResult(db.Database.GetConnectionString())))!);
        await Until.TrueAsync(async () => await CountAsync(cases[..1]) > 0);

        Assert.Equal(await CountAsync(cases[..1]), await CountAsync(cases));

        async Task<int> CountAsync(IEnumerable<Guid> ids)
        {
            sent.Take();
            using var answer = await client.GetAsync($"/board/rows?ids={string.Join(',', ids)}", Ct);
            Assert.True(answer.IsSuccessStatusCode);
            return sent.Take().Count(q => q.Sql.Contains("cases_party", StringComparison.Ordinal));
        }
    }

    /// <summary>A scan of a growing table, but for the index of what is overdue now; or of all that a unit may see, unless the newest or a number was asked for.</summary>
    private static bool GoesThroughAll(string sql, string step)
    {
        var tables = Named().Matches(sql).ToLookup(m => m.Groups["alias"].Value, m => m.Groups["table"].Value);
        var match = Step().Match(step);
        return match.Success && tables[match.Groups["alias"].Value].Any(Growing.Contains)
            && ((match.Groups["how"].Value == "SCAN" && !step.EndsWith("USING INDEX IX_duties_duty_DueAt", StringComparison.Ordinal))
                || (tables[match.Groups["alias"].Value].Contains("cases_access") && step.Contains("(UnitId=?)", StringComparison.Ordinal)
                    && !sql.Contains("LIMIT", StringComparison.Ordinal) && !sql.Contains("COUNT(*)", StringComparison.Ordinal)));
    }

    private static async Task<List<string>> PlanAsync(string store, string sql, string[] parameters)
    {
        await using var connection = new SqliteConnection(store);
        await connection.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        foreach (var name in parameters)
        {
            command.Parameters.AddWithValue(name, DBNull.Value);
        }

        await using var reader = await command.ExecuteReaderAsync(Ct);
        var steps = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }

    [GeneratedRegex("""(?:FROM|JOIN) "(?<table>\w+)" AS "(?<alias>\w+)""")]
    private static partial Regex Named();

    [GeneratedRegex(@"^(?<how>SCAN|SEARCH) (?<alias>\w+)")]
    private static partial Regex Step();
}
