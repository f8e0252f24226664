using System.Net;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Alarms;

public sealed class EntryPageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly Dictionary<string, string?> Little = new() { ["Input.Summary"] = "来电称与丈夫争吵" };

    [Fact]
    public async Task Entry_WithAFewWords_BecomesACaseOnce_HoweverOftenItIsSent()
    {
        using var client = await SignInAsync();
        var page = await client.GetPageAsync("/alarms/new");

        var first = await client.SubmitAsync(page, "alarm", Little);
        var second = await client.SubmitAsync(page, "alarm", Little);

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.Redirect), (first.StatusCode, second.StatusCode));
        Assert.Matches("/cases/[0-9a-f-]{36}$", first.Headers.Location!.ToString());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        var id = Id(page);
        var alarm = Assert.Single(await app.QueryAsync(db => db.Alarms.Where(a => a.SourceId == id).ToListAsync()));
        Assert.Equal(("manual-340104-womens-federation", 1), (alarm.Source, alarm.Revision));
    }

    [Fact]
    public async Task Entry_SentAtOnceManyTimes_IsOneAlarm()
    {
        using var client = await SignInAsync();
        var page = await client.GetPageAsync("/alarms/new");

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.SubmitAsync(page, "alarm", Little)));

        Assert.Single(answers.Select(a => a.Headers.Location).Distinct());
        var id = Id(page);
        Assert.Equal(1, await app.QueryAsync(db => db.Alarms.CountAsync(a => a.SourceId == id)));
    }

    [Fact]
    public async Task Entry_GoneBackToAndCorrected_IsARevisionOfTheSameAlarm()
    {
        using var client = await SignInAsync();
        var page = await client.GetPageAsync("/alarms/new");
        await client.SubmitAsync(page, "alarm", Little);

        var corrected = await client.SubmitAsync(page, "alarm", new() { ["Input.Summary"] = "来电称被丈夫殴打" });

        Assert.Equal(HttpStatusCode.Redirect, corrected.StatusCode);
        var id = Id(page);
        Assert.Equal([2], await app.QueryAsync(db => db.Alarms.Where(a => a.SourceId == id).Select(a => a.Revision).ToListAsync()));
    }

    [Fact]
    public async Task Entry_WithEverything_KeepsEveryFact()
    {
        using var client = await SignInAsync("340104001-police");
        var page = await client.GetPageAsync("/alarms/new");

        var answer = await client.SubmitAsync(page, "alarm", new()
        {
            ["Input.Channel"] = "walk-in", ["Input.Category"] = "protection-order-breach", ["Input.Summary"] = "称被前夫跟踪", ["Input.ReceivedOn"] = "2026-01-05",
            ["Input.ReceivedAt"] = "08:15", ["Input.Location.Address"] = "保密", ["Input.Location.Region"] = "三里庵街道", ["Input.Location.Longitude"] = "117.25",
            ["Input.Location.Latitude"] = "31.85", ["Input.People[0].Name"] = "王小芳", ["Input.People[0].IdNumber"] = "340199199001010021",
            ["Input.People[0].Sex"] = "female", ["Input.People[0].BirthDate"] = "1990-01-01", ["Input.People[0].Injury"] = "minor", ["Input.People[1].Name"] = "李大强",
            ["Input.People[1].RelationToVictim"] = "former-spouse", ["Input.Indicators.Weapon"] = "false", ["Input.Indicators.ThreatToKill"] = "true",
            ["Input.Reporter.Name"] = "张某", ["Input.Reporter.Relation"] = "neighbour", ["Input.Dispatch.Unit"] = "340104001-police", ["Input.PoliceOpinion"] = "2",
        });

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var report = await ReportAsync(Id(page));
        Assert.Equal((AlarmChannel.WalkIn, AlarmCategory.ProtectionOrderBreach, "称被前夫跟踪"), (report.Channel, report.Category, report.Summary));
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 8, 15, 0, TimeSpan.FromHours(8)), report.ReceivedAt);
        Assert.Equal(new ReportedLocation(null, "340104001000", 117.25, 31.85) { AddressPlaceholder = "保密" }, report.Location);
        Assert.Equal(["王小芳", "李大强"], report.People.Select(p => p.Name));
        Assert.Equal(("340199199001010021", Sex.Female, Injury.Minor), (report.People[0].IdNumber, report.People[0].Sex, report.People[0].Injury));
        Assert.Equal("former-spouse", report.People[1].RelationToVictim);
        Assert.Equal(new ReportedIndicators(Weapon: false, ThreatToKill: true), report.Indicators);
        Assert.Equal(new ReportedReporter("张某", null, "neighbour"), report.Reporter);
        Assert.Equal(("340104001-police", 2), (report.Dispatch!.Unit, report.PoliceOpinion));
    }

    [Fact]
    public async Task Entry_WithWrongFields_NamesThemAllBesideTheFields_AndStoresNothing()
    {
        using var client = await SignInAsync();
        var page = await client.GetPageAsync("/alarms/new");

        // The first person stays empty and is left out, so that the fault of the second must still be shown at the second.
        var answer = await (await client.SubmitAsync(page, "alarm", new()
        {
            ["Input.ReceivedOn"] = app.Clock.GetUtcNow().AddDays(3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), ["Input.Location.Region"] = "月亮街道", ["Input.Location.Longitude"] = "两百",
            ["Input.People[1].IdNumber"] = "340199198803030012", ["Input.People[1].Sex"] = "x",
        })).ReadPageAsync();

        Assert.Contains("校验码", answer.TextOf("[id*='People'][id*='1'][id$='IdNumber-error']")!, StringComparison.Ordinal);
        var problems = answer.QuerySelectorAll("form-errors li").Select(li => li.TextContent).ToList();
        Assert.Equal(6, problems.Count);
        Assert.Contains(problems, p => p.Contains("没有这个地名", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("此处应为数字", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("请从列表中选择", StringComparison.Ordinal));
        Assert.Equal("340199198803030012", answer.QuerySelector("[name='Input.People[1].IdNumber']")!.GetAttribute("value"));
        Assert.Equal(Id(page), Id(answer));
        var id = Id(page);
        Assert.False(await app.QueryAsync(db => db.Alarms.AnyAsync(a => a.SourceId == id)));
    }

    [Fact]
    public async Task Entry_OfNothing_AsksForWordsOrPeople()
    {
        using var client = await SignInAsync();

        var answer = await (await client.SubmitAsync(await client.GetPageAsync("/alarms/new"), "alarm")).ReadPageAsync();

        Assert.Contains("至少填写一项", Assert.Single(answer.QuerySelectorAll("form-errors li")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entry_OnePersonMore_KeepsWhatWasTyped()
    {
        using var client = await SignInAsync();

        var page = await (await client.SubmitAsync(await client.GetPageAsync("/alarms/new"), "alarm", new() { ["Input.Summary"] = "争吵", ["Input.AddPerson"] = "true" })).ReadPageAsync();

        Assert.Equal("争吵", page.TextOf("[name='Input.Summary']"));
        Assert.NotNull(page.QuerySelector("[name='Input.People[2].Name']"));
        Assert.Empty(page.QuerySelectorAll("form-errors li"));
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(page, "alarm", new() { ["Input.People[2].Name"] = "李小宝" })).StatusCode);
        Assert.Equal([(PartyRole.Child, "李小宝")], (await ReportAsync(Id(page))).People.Select(p => (p.Role, p.Name!)));
    }

    [Theory]
    [InlineData("340104-womens-federation", "hotline")]
    [InlineData("340104-police", "walk-in")]
    [InlineData("340104-education", "mandatory-report")]
    [InlineData("340104-justice", "referral")]
    public async Task Entry_StartsWithWhatTheUnitMostlyTakes(string unit, string channel)
    {
        using var client = await SignInAsync(unit);

        var page = await client.GetPageAsync("/alarms/new");

        Assert.Equal(channel, page.QuerySelector("select[name='Input.Channel'] option[selected]")!.GetAttribute("value"));
        Assert.Equal(unit.EndsWith("police", StringComparison.Ordinal), page.QuerySelector("[name='Input.PoliceOpinion']") is not null);
    }

    [Fact]
    public async Task Entry_InEnglish_SpeaksEnglish()
    {
        using var client = await SignInAsync();

        var page = await client.GetPageAsync("/alarms/new?culture=en");

        Assert.Equal("Record a report", page.TextOf("h1"));
        Assert.DoesNotContain(page.QuerySelectorAll("label, legend, option").Select(e => e.TextContent), t => t.Contains('_', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Entry_ByAGridWorker_IsNotAllowed()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-community-office", change: w => w.RegionCode = "340104001001", roles: WorkerRole.GridWorker));

        using var page = await client.GetAsync("/alarms/new", TestContext.Current.CancellationToken);
        using var regions = await client.GetAsync("/alarms/new/regions?q=x", TestContext.Current.CancellationToken);

        Assert.NotEqual(HttpStatusCode.OK, page.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, regions.StatusCode);
    }

    [Theory]
    [InlineData("三里庵", "蜀山区 三里庵街道")]
    [InlineData("蜀山 三里庵", "蜀山区 三里庵街道")]
    [InlineData("合肥市蜀山区三里庵街道", "蜀山区 三里庵街道")]
    [InlineData("340104001000", "蜀山区 三里庵街道")]
    [InlineData("蜀山区", "蜀山区")]
    [InlineData("巢湖市", "巢湖市")]
    [InlineData("月亮", null)]
    [InlineData("街道", null)]
    [InlineData("999999999999", null)]
    public async Task Regions_AreFoundByAnyPartOfTheirNames(string words, string? found)
    {
        var map = await MapAsync();

        var region = EntryRegions.Resolve(map, words, out _);

        Assert.Equal(found, region is null ? null : EntryRegions.Name(map, region));
    }

    [Fact]
    public async Task Regions_AsTheyAreSuggested_AreAllFoundAgain()
    {
        var map = await MapAsync();

        foreach (var county in map.Children(map.CityCode).SelectMany(c => map.Children(c.RegionCode).Prepend(c)).SelectMany(t => map.Children(t.RegionCode).Take(3).Prepend(t)))
        {
            Assert.Equal(county.RegionCode, EntryRegions.Resolve(map, EntryRegions.Name(map, county), out _)?.RegionCode);
        }
    }

    private static string Id(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelector("[name='Input.SourceId']")!.GetAttribute("value")!;

    private async Task<HttpClient> SignInAsync(string unit = "340104-womens-federation") => await app.SignInAsync(await app.Data.CreateWorkerAsync(unit, roles: WorkerRole.CallTaker));

    private Task<OrganisationMap> MapAsync() => app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(TestContext.Current.CancellationToken).AsTask();

    private Task<AlarmReport> ReportAsync(string sourceId) => app.QueryAsync(async db =>
    {
        var last = await db.AlarmRevisions.Where(r => db.Alarms.Any(a => a.AlarmId == r.AlarmId && a.SourceId == sourceId)).OrderByDescending(r => r.Revision).FirstAsync();
        var by = await db.AlarmReporters.SingleOrDefaultAsync(r => r.AlarmId == last.AlarmId && r.Revision == last.Revision);
        return AlarmReportReader.ReadStored(last.Content) with { Reporter = by?.Reported };
    });
}
