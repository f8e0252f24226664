using System.Net;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

/// <summary>The real program as a process: killed, without its database, without room on the disk, beside another node.</summary>
public sealed class FailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_InTheMiddleOfIntake_LosesAndDoublesNothing()
    {
        await using var store = await TestStore.CreateAsync();

        var result = await new KillDrill(store.Configuration, seed: 7).RunAsync(rounds: 3, null, Ct);

        Assert.True(result.Acknowledged > 0);
        Assert.Equal((0, 0, 0), (result.Lost, result.Doubled, result.Faults));
    }

    [Theory]
    [InlineData("serve", "--urls", "http://127.0.0.1:0")]
    [InlineData("audit", "verify")]
    [InlineData("backup", "never.zip")]
    public async Task Start_OnANewerStore_IsRefused(params string[] command)
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        await city.TamperAsync($"""INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('29990101000000_Later', '99.0.0')""");

        var (exit, output) = await AnhuProcess.RunAsync(city.Settings, Ct, command);

        Assert.Equal(3, exit);
        Assert.Contains("newer than this program", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.False(File.Exists("never.zip"));
    }

    [Fact]
    public async Task Store_GoneAndBack_IsSurvivedWithoutARestart()
    {
        Assert.SkipUnless(TestStore.IsPostgres, "A file does not go away.");
        await using var server = await TestPostgresServer.StartNewAsync();
        await using var city = await OpenCity.CreateAsync(new Dictionary<string, string?> { ["Anhu:Store"] = server.Address });
        var credentials = await city.AddClientAsync();
        await using var program = await AnhuProcess.ServeAsync(city.Settings, Ct);
        using var http = await program.SignInAsync(credentials);
        using var before = (await http.SendAlarmAsync("before")).Response;
        Assert.Equal(HttpStatusCode.Created, before.StatusCode);

        await server.StopAsync();
        await http.ReadyAsync(false);
        using var meanwhile = (await http.SendAlarmAsync("meanwhile")).Response;
        using var reading = await http.GetAsync("/api/v1/cases", Ct);
        using var live = await http.GetAsync("/health/live", Ct);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (meanwhile.StatusCode, reading.StatusCode, live.StatusCode));
        Assert.NotNull(meanwhile.Headers.RetryAfter);
        Assert.NotNull(reading.Headers.RetryAfter);

        await server.StartAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();
        await http.ReadyAsync();
        using var again = (await http.SendAlarmAsync("meanwhile")).Response;

        Assert.Contains(again.StatusCode, (HttpStatusCode[])[HttpStatusCode.Created, HttpStatusCode.OK]);
        Assert.Equal(["before", "meanwhile"], await city.QueryAsync(db => db.Alarms.OrderBy(a => a.SourceId).Select(a => a.SourceId).ToListAsync(Ct)));
    }

    [Fact]
    public async Task Disk_Full_RefusesAndLosesNothing()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "PostgreSQL's disk is its operator's.");
        await using var disk = await SmallDisk.MountAsync(megabytes: 96);
        Assert.SkipWhen(disk is null, "A small file system cannot be mounted here.");
        await using var city = await OpenCity.CreateAsync(new Dictionary<string, string?> { ["Anhu:Data"] = disk.Folder, ["Anhu:Store"] = "sqlite" });
        var credentials = await city.AddClientAsync();
        await using var program = await AnhuProcess.ServeAsync(city.Settings, Ct);
        using var http = await program.SignInAsync(credentials);
        await http.ReadyAsync();
        var kept = new List<string>();
        async Task<HttpStatusCode> SendAsync(int padding)
        {
            var (response, id) = await http.SendAlarmAsync(padding: padding);
            using (response)
            {
                if (response.StatusCode == HttpStatusCode.Created)
                {
                    kept.Add(id);
                }
                else
                {
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                    Assert.NotNull(response.Headers.RetryAfter);
                }

                return response.StatusCode;
            }
        }

        Assert.Equal(HttpStatusCode.Created, await SendAsync(0));
        disk.Fill();
        while (await SendAsync(500) == HttpStatusCode.Created)
        {
            // Until what the log of the store had left is used up.
        }

        disk.Free();
        var recovered = await SendAsync(0);
        await program.KillAsync();

        Assert.Equal(HttpStatusCode.Created, recovered);
        var stored = await city.QueryAsync(db => db.Alarms.Select(a => a.SourceId).ToListAsync(Ct));
        Assert.Empty(kept.Except(stored));
    }

    [Fact]
    public async Task TwoNodes_OnOneStore_ShowEachOthersEvents()
    {
        Assert.SkipUnless(TestStore.IsPostgres, "One file is for one node.");

        // Both start at once on an empty database: one migrates it, the other waits.
        await using var store = await TestStore.CreateAsync(filled: false);
        var starting = Enumerable.Range(0, 2).Select(_ => AnhuProcess.ServeAsync(store.Configuration, Ct)).ToList();
        await using var first = await starting[0];
        await using var second = await starting[1];
        await using var city = await OpenCity.CreateAsync(store.Configuration);
        var credentials = await city.AddClientAsync();
        using var onFirst = await first.SignInAsync(credentials);
        using var onSecond = await second.SignInAsync(credentials);
        using var seenOnFirst = await OpenFeed.OpenAsync(onFirst);
        using var seenOnSecond = await OpenFeed.OpenAsync(onSecond);

        using var a = (await onFirst.SendAlarmAsync()).Response;
        using var b = (await onSecond.SendAlarmAsync()).Response;
        string[] cases = [(await a.JsonAsync()).GetProperty("caseId").GetString()!, (await b.JsonAsync()).GetProperty("caseId").GetString()!];

        var eventsOfFirst = await seenOnFirst.ReadUntilAsync(cases);
        var eventsOfSecond = await seenOnSecond.ReadUntilAsync(cases);

        var both = Math.Min(eventsOfFirst[^1], eventsOfSecond[^1]);
        Assert.Equal(eventsOfFirst.Order().Distinct(), eventsOfFirst);
        Assert.Equal(eventsOfFirst.Where(id => id <= both), eventsOfSecond.Where(id => id <= both));
        Assert.Equal(1, await city.QueryAsync(db => db.Timeline.CountAsync(e => e.Type == "organisation.seeded", Ct)));
        Assert.Empty((await city.Services.GetRequiredService<VerifyTimeline>().RunAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task Restore_IntoAStoreThatIsServed_IsRefused_UntilThatEnds()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await new RandomRows(22).FillAsync(from, 5);
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "city.zip");
        Assert.Equal(0, (await AnhuProcess.RunAsync(from.Settings, Ct, "backup", file)).ExitCode);
        await using var store = await TestStore.CreateAsync(filled: false);

        await using var serving = await AnhuProcess.ServeAsync(store.Configuration, Ct);
        var (refused, words) = await AnhuProcess.RunAsync(store.Configuration, Ct, "restore", file);
        await serving.KillAsync();
        var allowed = 1;
        await Until.TrueAsync(async () => (allowed = (await AnhuProcess.RunAsync(store.Configuration, Ct, "restore", file)).ExitCode) == 0);

        Assert.Equal((1, 0), (refused, allowed));
        Assert.Contains("being served", words, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_TwiceOnOneFile_IsRefused_ButNotAfterAKill()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "A database is for several nodes.");
        await using var store = await TestStore.CreateAsync();

        await using var first = await AnhuProcess.ServeAsync(store.Configuration, Ct);
        var (refused, words) = await AnhuProcess.RunAsync(store.Configuration, Ct, "serve", "--urls", "http://127.0.0.1:0");
        var (besides, _) = await AnhuProcess.RunAsync(store.Configuration, Ct, "audit", "verify");
        await first.KillAsync();
        await using var next = await AnhuProcess.ServeAsync(store.Configuration, Ct);

        Assert.Equal((1, 0), (refused, besides));
        Assert.Contains("being served", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_WhoseDatabaseWasRestarted_KeepsItsSign()
    {
        Assert.SkipUnless(TestStore.IsPostgres, "A file does not go away.");
        await using var server = await TestPostgresServer.StartNewAsync();
        await using var city = await OpenCity.CreateAsync(new Dictionary<string, string?> { ["Anhu:Store"] = server.Address });
        await using var program = await AnhuProcess.ServeAsync(city.Settings, Ct);

        await server.StopAsync();
        await server.StartAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();

        await Until.TrueAsync(async () =>
            await city.QueryAsync(db => db.Database.SqlQuery<long>($"""SELECT count(*) AS "Value" FROM pg_locks WHERE locktype = 'advisory' AND granted""").SingleAsync(Ct)) == 1);
    }

    [Fact]
    public async Task Restore_Killed_LeavesTheStoreEmpty()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await new RandomRows(21).FillAsync(from, 900, textLength: 1000);
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "city.zip");
        Assert.Equal(0, (await AnhuProcess.RunAsync(from.Settings, Ct, "backup", file)).ExitCode);
        await using var store = await TestStore.CreateAsync(filled: false);

        await using (var restore = AnhuProcess.StartCommand(store.Configuration, "restore", file))
        {
            await Until.TrueAsync(() => store.HasGrownAsync());
            await restore.KillAsync();
        }

        await using var to = await OpenCity.CreateAsync(store.Configuration, filled: false);
        Assert.Equal(0, await to.QueryAsync(db => db.Units.CountAsync(Ct)));
        Assert.Equal(0, (await AnhuProcess.RunAsync(store.Configuration, Ct, "restore", file)).ExitCode);
        Assert.Equal(await from.QueryAsync(db => db.Duties.CountAsync(Ct)), await to.QueryAsync(db => db.Duties.CountAsync(Ct)));
    }
}
