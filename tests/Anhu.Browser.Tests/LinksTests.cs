using Anhu.Modules.Alarms;
using Anhu.Modules.Intake;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>The pages about who is who, and deciding by keys.</summary>
public sealed class LinksTests(Browser app)
{
    private static int number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(PagesTests.Looks), MemberType = typeof(PagesTests))]
    public async Task LinkPages_AreCleanAndWhole(string culture, bool narrow)
    {
        var unit = "340104002-police";
        var first = await PairAsync("340104002001");
        await PairAsync("340104002001");
        var worker = await app.Data.CreateWorkerAsync(unit, change: w => w.Culture = culture, roles: WorkerRole.Supervisor);
        var page = await app.SignInPageAsync(worker, culture, narrow);

        foreach (var path in (string[])["/people/links", "/people/links?show=waiting", "/people/links/history", $"/people/{first.LeftPersonId}", $"/cases/{first.LeftCaseId}"])
        {
            await PageCheck.RunAsync(page, app.Address, path);
        }

        await page.GotoAsync(new Uri(app.Address, $"/people/links?pair={first.LinkPairId}").ToString());
        await page.Locator("link-review").WaitForAsync();
        await page.Keyboard.PressAsync("d");
        await page.ArriveAsync(url => !url.Contains("pair=", StringComparison.Ordinal));
        await PageCheck.RunAsync(page, app.Address, "/people/links/history?shown");
        Assert.Equal(LinkPairState.Settled, await app.QueryAsync(db => db.LinkPairs.Where(p => p.LinkPairId == first.LinkPairId).Select(p => p.State).SingleAsync(Ct)));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task EmptyLinks_AreCleanAndWhole()
    {
        var worker = await app.Data.CreateWorkerAsync("340181-police", roles: WorkerRole.Supervisor);
        var page = await app.SignInPageAsync(worker, "zh-CN", narrow: true);

        await PageCheck.RunAsync(page, app.Address, "/people/links?show=unsure");

        await page.Context.CloseAsync();
    }

    /// <summary>Two reports about one man in two writings, with two women.</summary>
    private async Task<LinkPair> PairAsync(string region)
    {
        var n = Interlocked.Increment(ref number);
        var phone = $"1390{n:000}{1234 + (n * 37)}";
        var him = $"{"赵钱孙李周吴郑王"[n % 8]}建{"国军民华平"[n % 5]}";
        Guid?[] cases =
        [
            await SubmitAsync(region, "王小芳", him, phone, "三里庵街道测试路8号3栋201", 400),
            await SubmitAsync(region, "陈静", him, $"{phone[..^2]}{phone[^1]}{phone[^2]}", "测试路8号3栋201室", 2),
        ];
        LinkPair? pair = null;
        await Until.TrueAsync(async () => (pair = await app.QueryAsync(db => db.LinkPairs.AsNoTracking()
            .Where(p => p.State == LinkPairState.Open && cases.Contains(p.LeftCaseId) && cases.Contains(p.RightCaseId)).FirstOrDefaultAsync(Ct))) is not null);
        return pair!;
    }

    private async Task<Guid> SubmitAsync(string region, string her, string him, string phone, string address, double minutesAgo)
    {
        var report = new AlarmReport
        {
            Source = "test-110", SourceId = Guid.CreateVersion7().ToString("N"), Revision = 1,
            ReceivedAt = Anhu.Common.Clock.CutToMicroseconds(app.Clock.GetUtcNow().AddMinutes(-minutesAgo)), Channel = AlarmChannel.Phone,
            Category = AlarmCategory.DomesticViolence, Summary = "家中争吵", Location = new ReportedLocation(null, region, null, null),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = her, Sex = Sex.Female },
                new ReportedPerson { Role = PartyRole.Child, Name = $"{her[..1]}小宝", Sex = Sex.Female, BirthDate = new DateOnly(2019, 6, 1), RelationToVictim = "child" },
                new ReportedPerson
                {
                    Role = PartyRole.Perpetrator, Name = him, Sex = Sex.Male, Phone = phone, BirthDate = new DateOnly(1984, 5, 6), Address = address, RelationToVictim = "spouse",
                },
            ],
        };
        return (await app.WithAsync<AlarmIntake, AlarmReceipt>(intake => intake.SubmitAsync(report, new Actor(ClientId: "test"), Ct))).CaseId;
    }
}
