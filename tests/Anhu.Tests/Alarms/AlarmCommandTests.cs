using Anhu.Commands;
using Anhu.Modules.Alarms;
using Anhu.Modules.Alarms.Mapping;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Alarms;

public sealed class AlarmCommandTests(AnhuFixture app) : IClassFixture<AnhuFixture>, IDisposable
{
    private static readonly string Files = Path.Combine(AppContext.BaseDirectory, "Alarms", "Files");

    private readonly string folder = Directory.CreateTempSubdirectory("anhu-command-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("milwaukee.csv.gz", "milwaukee", 43, 0)]
    [InlineData("chicago.csv", "chicago", 18, 0)]
    [InlineData("hefei-110.csv", "hefei-110", 4, 1)]
    public async Task Replay_IntoARealStore_AddsEachAlarmOnce(string file, string mapping, int accepted, int updated)
    {
        var source = $"test-{mapping}";

        var first = await ReplayAsync(file, mapping, source);
        var second = await ReplayAsync(file, mapping, source);

        Assert.Equal((accepted, updated, 0), (first.Accepted, first.Updated, first.Duplicate));
        Assert.Equal((0, 0), (second.Accepted, second.Updated));
        Assert.Equal(accepted, await app.QueryAsync(db => db.Alarms.CountAsync(a => a.Source == source)));
        Assert.Equal(accepted + updated, await app.QueryAsync(db => db.AlarmRevisions.CountAsync(r => db.Alarms.Any(a => a.AlarmId == r.AlarmId && a.Source == source))));
    }

    [Fact]
    public async Task Command_WithRefusedRows_EndsWith1AndWritesThemWithReasons()
    {
        var file = Path.Combine(folder, "export.csv");
        File.Copy(Path.Combine(Files, "hefei-110.csv"), file);

        Assert.Equal(1, await RunAsync("alarms", "replay", file, "--source", "hefei-110", "--map", "hefei-110", "--json"));

        var refused = await File.ReadAllLinesAsync(file + ".refused.csv", TestContext.Current.CancellationToken);
        Assert.Equal(4, refused.Length);
        Assert.EndsWith(",line,reason", refused[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WithNothingRefused_EndsWith0AndRemovesTheOldRefusedRows()
    {
        var file = Path.Combine(folder, "orlando.csv");
        File.Copy(Path.Combine(Files, "orlando.csv"), file);
        await File.WriteAllTextAsync(file + ".refused.csv", "old", TestContext.Current.CancellationToken);

        Assert.Equal(0, await RunAsync("alarms", "replay", file, "--source", "orlando", "--map", "orlando"));

        Assert.False(File.Exists(file + ".refused.csv"));
    }

    [Theory]
    [InlineData(2, "nofile.csv", "--source", "x")]
    [InlineData(2, "orlando.csv")]
    [InlineData(2, "orlando.csv", "--source", "a b")]
    [InlineData(2, "orlando.csv", "--source", "x")] // its columns are not fields
    [InlineData(2, "orlando.csv", "--source", "x", "--map", "chicago")]
    [InlineData(2, "orlando.csv", "--source", "x", "--map", "nomap")]
    [InlineData(2, "orlando.csv", "--source", "x", "--map", "orlando", "--speed", "60x", "--at-once")]
    [InlineData(2, "orlando.csv", "--source", "x", "--map", "orlando", "--speed", "fast")]
    [InlineData(2, "orlando.csv", "--source", "x", "--map", "orlando", "--now")]
    [InlineData(2, "orlando.csv", "--source", "x", "--map", "orlando", "--limit", "0")]
    [InlineData(3, "orlando.csv", "--source", "x", "--map", "orlando", "--store", "postgres://nobody@127.0.0.1:1/none")]
    public async Task Command_UsedWrongly_SaysSoByItsExitCode(int code, string file, params string[] options) =>
        Assert.Equal(code, await RunAsync(["alarms", "replay", Path.Combine(Files, file), .. options]));

    private Task<int> RunAsync(params string[] args) =>
        CommandLine.RunAsync([.. args, "--data", folder, .. args.Contains("--store") ? Array.Empty<string>() : ["--store", "sqlite"]]);

    private async Task<ReplayCounts> ReplayAsync(string file, string mapping, string source)
    {
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(TestContext.Current.CancellationToken);
        var intake = app.Services.GetRequiredService<AlarmIntake>();
        var alarms = new AlarmFile(
            Path.Combine(Files, file), source, AlarmMapping.Load(Path.Combine(AppContext.BaseDirectory, "data", "mappings", mapping + ".json")),
            new CityVocabulary(map), within => AlarmRowMapper.CommunitiesOf(map, within), app.Clock.GetUtcNow().AddYears(1));
        return await new AlarmReplay((report, ct) => intake.SubmitAsync(report, Actor.Platform, ct), app.Clock, _ => { })
            .RunAsync(alarms, new ReplayOptions(), TestContext.Current.CancellationToken);
    }
}
