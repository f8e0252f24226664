using System.Text.RegularExpressions;
using Anhu.Commands;
using Anhu.Modules.Alarms;
using Anhu.Modules.DryRun;
using Anhu.Modules.Grading;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Playbooks;

public sealed class PlaybookDryRunTests(PlaybookDryRunTests.PastAlarms app) : IClassFixture<PlaybookDryRunTests.PastAlarms>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SameRules_ChangeNothing()
    {
        var report = await RunAsync(PolicyText, PlaybookText);

        Assert.True(report.IsSame);
        Assert.Equal((3, 4), (report.Cases, report.Incidents));
        Assert.Equal([(1, 1, 1), (2, 2, 1), (3, 3, 1)], report.Classes.Select(c => (c.From, c.To, c.Cases)));
        Assert.NotEmpty(report.Units);
    }

    [Fact]
    public async Task StricterPolicy_ShowsCasesThatRiseAndTheWorkThatFollows()
    {
        var report = await RunAsync(Renamed(PolicyText).Replace("{atLeast: 3, withinMonths: 12}", "{atLeast: 2, withinMonths: 12}", StringComparison.Ordinal), PlaybookText);

        var risen = report.Classes.Single(c => c.From != c.To);
        Assert.Equal((2, 1, 1), (risen.From, risen.To, risen.Cases));
        var sample = Assert.Single(risen.Samples);
        Assert.StartsWith("DV", sample.CaseNumber, StringComparison.Ordinal);
        Assert.Equal("12个月内2次警情", sample.Reason.Zh);
        var visits = report.Kinds.Single(k => k.Kind == "on-site-visit");
        Assert.Equal((1, 2), (visits.Before, visits.After));
        Assert.Contains(report.Units, u => u.Unit == "340104-womens-federation" && u.After > u.Before);
        Assert.Equal(("hefei-2026.3", "tried"), (report.Policy.Before, report.Policy.After));
    }

    [Fact]
    public async Task LaterDeadline_MovesWorkToOtherDays()
    {
        var changed = Renamed(PlaybookText).Replace(
            "duty: {kind: phone-return-visit, agency: womens-federation, level: county}\n    deadline: {endOfDay: 1}",
            "duty: {kind: phone-return-visit, agency: womens-federation, level: county}\n    deadline: {endOfDay: 2}", StringComparison.Ordinal);

        var report = await RunAsync(PolicyText, changed);

        Assert.False(report.IsSame);
        Assert.All(report.Kinds, k => Assert.Equal(k.Before, k.After));
        Assert.Contains(report.Days, d => d.Agency == Agency.WomensFederation && d.Before != d.After);
    }

    [Fact]
    public async Task FollowUpVisits_AreCountedUpToToday()
    {
        var fewer = Renamed(PlaybookText).Replace("1: {days: [1, 3, 7, 14, 30]", "1: {days: [1, 14, 30]", StringComparison.Ordinal);

        var visits = (await RunAsync(PolicyText, fewer)).Kinds.Single(k => k.Kind == "regular-return-visit");

        Assert.True(visits.After < visits.Before);
    }

    [Fact]
    public async Task RuleThatCallsItself_IsNamed()
    {
        var endless = Renamed(PlaybookText)
            + "  - id: again\n    on: duty.done\n    if: {kind: safety-check}\n    duty: {kind: safety-check, agency: police, level: township}\n    deadline: {endOfDay: 0}\n    basis: x\n"
            + "  - id: start\n    on: alarm.received\n    duty: {kind: safety-check, agency: police, level: township}\n    deadline: {endOfDay: 0}\n    basis: x\n";

        Assert.Equal(3, (await RunAsync(PolicyText, endless)).EndlessCases);
    }

    [Fact]
    public async Task Since_LeavesOutEarlierWork()
    {
        var report = await RunAsync(PolicyText, PlaybookText, new DateOnly(2026, 2, 20));

        Assert.Equal((1, 1), (report.Cases, report.Incidents));
        Assert.All(report.Days, d => Assert.True(d.On >= new DateOnly(2026, 2, 20)));
    }

    [Fact]
    public async Task DryRun_LeavesTheStoreAsItWas()
    {
        var before = await CountAsync();

        await RunAsync(Renamed(PolicyText).Replace("atLeast: 3, within", "atLeast: 1, within", StringComparison.Ordinal), Renamed(PlaybookText));

        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task Check_EndsWith0ForGoodAnd1ForBrokenAnd2ForMissingFiles()
    {
        var broken = Path.Combine(Path.GetTempPath(), $"anhu-broken-{Guid.CreateVersion7():N}.yaml");
        await File.WriteAllTextAsync(broken, PolicyText.Replace("class: 1", "class: 7", StringComparison.Ordinal), Ct);
        string[] good = [Path.Combine(Folder, "policies", "hefei.yaml"), Path.Combine(Folder, "playbooks", "hefei.yaml"), Path.Combine(Folder, "calendar", "2026.yaml")];

        Assert.Equal(0, await CommandLine.RunAsync(["playbook", "check", .. good]));
        Assert.Equal(1, await CommandLine.RunAsync(["playbook", "check", broken, .. good]));
        Assert.Equal(2, await CommandLine.RunAsync(["playbook", "check", broken + ".no"]));
        Assert.Equal(2, await CommandLine.RunAsync(["playbook", "check"]));
        Assert.Equal(2, await CommandLine.RunAsync(["playbook", "dry-run"]));
        Assert.Equal(2, await CommandLine.RunAsync(["playbook", "dry-run", "--policy", good[0], "--since", "yesterday"]));
        File.Delete(broken);
    }

    private static string Renamed(string text) => Regex.Replace(text, @"^version: hefei-2026\.\d+$", "version: tried", RegexOptions.Multiline);

    private Task<DryRunReport> RunAsync(string policy, string playbook, DateOnly? since = null) => app.WithAsync<PlaybookDryRun, DryRunReport>(run => run.RunAsync(
        new RuleSet(GradingPolicy.Parse(policy, "policy.yaml"), Playbook.Parse(playbook, "playbook.yaml", HefeiClock)), since, null, Ct));

    private async Task<(int, int, int, int)> CountAsync() => await app.QueryAsync(async db =>
        (await db.Timeline.CountAsync(Ct), await db.Duties.CountAsync(Ct), await db.Grades.CountAsync(Ct), await db.RuleDocuments.CountAsync(Ct)));

    /// <summary>Three families of Hefei: one alarm; two alarms; one alarm with a weapon. The clock stands on 2 March 2026.</summary>
    public sealed class PastAlarms : FakeTimeFixture, IAsyncLifetime
    {
        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            await SendAsync("A1", "2025-11-03T21:00:00+08:00", "13900000001", weapon: false);
            await SendAsync("B1", "2025-11-10T22:00:00+08:00", "13900000002", weapon: false);
            await SendAsync("C1", "2026-02-01T23:30:00+08:00", "13900000003", weapon: true);
            await SendAsync("B2", "2026-02-25T20:00:00+08:00", "13900000002", weapon: false);
        }

        private Task<AlarmReceipt> SendAsync(string id, string at, string phone, bool weapon) => Services.GetRequiredService<AlarmIntake>().SubmitAsync(
            new AlarmReport
            {
                Source = "test-110", SourceId = id, Revision = 1, ReceivedAt = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture),
                Channel = AlarmChannel.Phone, Category = AlarmCategory.DomesticViolence, Summary = "x", Location = new ReportedLocation(null, "340104001001", null, null),
                People =
                [
                    new ReportedPerson { Role = PartyRole.Victim, Name = "受害" + phone[^1], Phone = phone, BirthDate = new DateOnly(1990, 1, 1), Injury = Injury.None },
                    new ReportedPerson { Role = PartyRole.Perpetrator, Name = "加害" + phone[^1], Phone = "1380000000" + phone[^1] },
                ],
                Indicators = new ReportedIndicators(weapon, false, false, false, false, false),
            },
            Actor.Platform, Ct);
    }
}
