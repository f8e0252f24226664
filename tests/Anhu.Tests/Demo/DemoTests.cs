using System.Text.RegularExpressions;
using Anhu.Hosting;
using Anhu.Modules.Alarms;
using Anhu.Modules.Demo;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Account;
using Anhu.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anhu.Tests.Demo;

/// <summary>A small demo: two months, 40 occurrences, nothing coming in, on a clock that stands still.</summary>
public class SmallDemoFixture : FakeTimeFixture
{
    protected override void Configure(Dictionary<string, string?> settings)
    {
        settings["Anhu:Demo"] = "true";
        settings["Anhu:DemoMonths"] = "2";
        settings["Anhu:DemoIncidents"] = "40";
        settings["Anhu:DemoSimulator"] = "false";
    }

    /// <summary>All that a demo consists of. Keys differ from store to store: each becomes the place at which it first appears.</summary>
    public async Task<List<string>> DigestAsync()
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new List<string>();
        await QueryAsync(async db =>
        {
            var units = await db.Units.ToDictionaryAsync(u => u.UnitId, u => u.Code);
            string Unit(Guid? id) => id is { } unit ? units[unit] : "";
            foreach (var e in await EventTexts.OpenAsync(db, await db.Timeline.AsNoTracking().Where(e => e.Type != OrganisationEvents.Seeded).OrderBy(e => e.Sequence).ToListAsync(), CancellationToken.None))
            {
                lines.Add($"{e.Type} {e.At:O} {e.CaseId} {e.DutyId} {e.WorkerId} {e.ClientId} {Unit(e.UnitId)} {e.Class} {e.Data}");
            }

            foreach (var duty in (await db.Duties.AsNoTracking().ToListAsync()).OrderBy(d => lines.FindIndex(l => l.Contains($"{d.DutyId}", StringComparison.Ordinal))))
            {
                lines.Add($"{duty.DutyId} {duty.State} {Unit(duty.OwnerUnitId)} {duty.DueAt:O} {duty.NextCheckAt:O} {duty.EscalationLevel} {duty.Outcome} {duty.Form}");
            }

            lines.AddRange(await db.Cases.OrderBy(c => c.CaseNumber)
                .Select(c => $"{c.CaseNumber} {c.Class} {c.State} {c.IncidentCount} {c.OpenDutyCount} {c.RegionCode} {c.LastAlarmAt:O}").ToListAsync());
            lines.AddRange((await db.AlarmRevisions.Select(r => r.Content).ToListAsync()).Order(StringComparer.Ordinal));
            lines.AddRange((await db.AlarmReporters.AsNoTracking().ToListAsync()).Select(r => $"{r.Name} {r.Phone} {r.Relation}").Order(StringComparer.Ordinal));
            lines.AddRange((await db.MandatoryReports.AsNoTracking().ToListAsync()).Select(r => $"{r.Number} {r.DueAt:O} {r.FedBackAt:O} {r.Outcome} {r.Feedback}").Order(StringComparer.Ordinal));
            lines.AddRange((await db.OutboxMessages.Select(m => $"{m.State} {m.QueuedAt:O} {m.Text} {m.Phone}").ToListAsync()).Order(StringComparer.Ordinal));
            lines.AddRange((await db.SafeContacts.Select(c => $"{c.Phone} {c.SafeToText} {c.ConfirmedAt:O} {c.SafeFrom} {c.SafePhrase}").ToListAsync()).Order(StringComparer.Ordinal));
            lines.AddRange((await db.People.Select(p => $"{p.Name} {p.IdNumber} {p.Phone} {p.BirthDate}").ToListAsync()).Order(StringComparer.Ordinal));
            lines.AddRange((await db.DutyRoster.Join(db.Workers, r => r.WorkerId, w => w.Id, (r, w) => $"{w.UserName} {r.StartsAt:O} {r.EndsAt:O}").ToListAsync())
                .Order(StringComparer.Ordinal));
            return 0;
        });
        return [.. lines.Select(line => Key.Replace(line, key => seen.TryGetValue(key.Value, out var place) ? place : seen[key.Value] = $"#{seen.Count}"))];
    }

    private static readonly Regex Key = new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
}

public sealed class DemoTests(SmallDemoFixture app) : IClassFixture<SmallDemoFixture>
{
    [Fact]
    public async Task Demo_OfTheSameSeed_IsTheSame()
    {
        await using var other = new SmallDemoFixture();
        await other.InitializeAsync();

        var digest = await other.DigestAsync();

        Assert.NotEmpty(digest);
        Assert.Equal(await app.DigestAsync(), digest);
    }

    [Fact]
    public async Task Demo_StartedAgain_AddsNothing()
    {
        await using var other = new SmallDemoFixture();
        await other.InitializeAsync();
        var (cases, events, workers) = await CountAsync(other);

        await other.RestartAsync();

        Assert.Equal((cases, events, workers), await CountAsync(other));
    }

    [Fact]
    public async Task Demo_LeavesARecordThatHolds()
    {
        var check = await app.WithAsync<VerifyTimeline, TimelineCheck>(verify => verify.RunAsync(null, TestContext.Current.CancellationToken));

        Assert.Empty(check.Faults);
        Assert.True(check.Events > 300, $"{check.Events} events");
    }

    [Fact]
    public async Task Demo_LeavesOpenOverdueAndDoneDuties()
    {
        var duties = await app.QueryAsync(db => db.Duties.AsNoTracking().ToListAsync());
        var cases = await app.QueryAsync(db => db.Cases.AsNoTracking().ToListAsync());
        var accesses = await app.QueryAsync(db => db.Duties.CountAsync(d => !db.CaseAccess.Any(a => a.CaseId == d.CaseId && a.UnitId == d.OwnerUnitId)));

        Assert.Contains(duties, d => d.State == DutyState.Done);
        Assert.Contains(duties, d => d.IsOpen && d.HandOverToUnitId is not null);
        Assert.Contains(duties, d => d.OverdueAt is not null);
        Assert.Contains(cases, c => c.IncidentCount > 1);
        Assert.Equal([1, 2, 3], cases.Select(c => c.Class).Distinct().Order());
        Assert.Equal(0, accesses);
        Assert.All(cases, c => Assert.Equal(duties.Count(d => d.CaseId == c.CaseId && d.IsOpen), c.OpenDutyCount));
        Assert.All(duties.Where(d => d.DoneAt is not null), d => Assert.True(d.CreatedAt <= d.DoneAt));
    }

    [Fact]
    public async Task SignInPage_OfADemo_ShowsThem()
    {
        using var client = app.CreateClient();

        var page = await client.GetPageAsync("/sign-in");

        Assert.Contains(DemoCast.Password, page.TextOf(".demo-list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Life_GoesOn_WithNewAlarmsAndWork()
    {
        await using var other = new SmallDemoFixture();
        await other.InitializeAsync();
        var life = other.Services.GetRequiredService<DemoLife>();
        var before = await other.QueryAsync(db => db.Alarms.CountAsync());
        var sequence = await other.QueryAsync(db => db.Timeline.MaxAsync(e => e.Sequence));

        for (var i = 0; i < 60; i++)
        {
            other.Time.Advance(await life.StepAsync(TestContext.Current.CancellationToken));
        }

        Assert.True(await other.QueryAsync(db => db.Alarms.CountAsync()) >= before + life.Alarms);
        Assert.True(life.Alarms > 20, $"{life.Alarms} alarms");
        Assert.True(await other.QueryAsync(db => db.Timeline.AnyAsync(e => e.Sequence > sequence && e.Type == "duty.accepted")));
    }

    private static Task<(int, int, int)> CountAsync(AnhuFixture app) => app.QueryAsync(async db =>
        (await db.Cases.CountAsync(), await db.Timeline.CountAsync(), await db.Workers.CountAsync()));
}

public sealed class DemoRefusalTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Fact]
    public async Task Demo_OnAStoreWithRealData_IsRefusedAndChangesNothing()
    {
        await app.Data.CreateWorkerAsync();
        var events = await app.QueryAsync(db => db.Timeline.CountAsync());
        var city = ActivatorUtilities.CreateInstance<DemoCity>(
            app.Services, app.Services.GetRequiredService<DemoSignIns>(), new DemoOptions { Months = 1, Incidents = 1 });

        await Assert.ThrowsAsync<DemoRefusedException>(() => city.EnsureAsync(TestContext.Current.CancellationToken));

        Assert.Equal(events, await app.QueryAsync(db => db.Timeline.CountAsync()));
        Assert.Equal(1, await app.QueryAsync(db => db.Workers.CountAsync()));
    }

    [Fact]
    public async Task Reports_AreMadeUpAndKeepTheContract()
    {
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(TestContext.Current.CancellationToken);
        var zone = CityZone.Of();
        var now = new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
        var reports = new DemoStory(7, map, zone, now).Past(new DemoOptions { Seed = 7, Incidents = 400 }, now);

        Assert.All(reports.SelectMany(r => r.Report.People).Where(p => p.IdNumber is not null), p =>
        {
            Assert.StartsWith("340199", p.IdNumber, StringComparison.Ordinal);
            Assert.True(CitizenId.HasRightCheck(p.IdNumber));
            Assert.Equal(p.Sex, CitizenId.SexOf(p.IdNumber));
        });
        Assert.All(reports.SelectMany(r => r.Report.People).Where(p => p.Phone is not null), p => Assert.StartsWith("139000", p.Phone, StringComparison.Ordinal));
        Assert.All(reports, r => Assert.True(r.At < now && r.Report.ReceivedAt < r.At));
        var vocabulary = new CityVocabulary(map);
        Assert.All(reports, r => Assert.Null(AlarmReportReader
            .Read(System.Text.Encoding.UTF8.GetBytes(AlarmReportWriter.ToContent(r.Report).Content), r.Report.Source, r.Report.SourceId, vocabulary, now).Errors));
        Assert.Equal(reports.Count, reports.Select(r => (r.Report.Source, r.Report.SourceId, r.Report.Revision)).Distinct().Count());
        Assert.Contains(reports, r => r.Report.Revision == 2);
        Assert.Contains(reports, r => r.Report.People.Count == 0);
    }
}
