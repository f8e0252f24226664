using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>From an alarm about somebody who is likely known, over the pair that a worker decides, to one file; and who may see what of it.</summary>
public sealed class LinkPagesTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LikelyPerson_GetsAPersonOfItsOwn_AndAPairWithReasons()
    {
        var (first, second) = await LikelyAsync("欧阳雪梅", "尉迟建国", "13812340001");

        var pair = await PairAsync(first[1], second[1]);
        var records = await app.RecordsAsync(await AlarmOfAsync(second[1]));
        Assert.NotEqual(first[1], records[1].PersonId);
        Assert.InRange(pair.Probability, 0.5, 1);
        Assert.Equal(LinkPairState.Open, pair.State);
        Assert.NotEqual("none", pair.ModelVersion);
    }

    [Fact]
    public async Task Page_ShowsThePair_AndOnePostDecides()
    {
        var (first, second) = await LikelyAsync("慕容雪", "公孙大海", "13812340002");
        var pair = await PairAsync(first[1], second[1]);
        var worker = await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Supervisor);
        using var client = await app.SignInAsync(worker);

        var page = await client.GetPageAsync($"/people/links?pair={pair.LinkPairId}");
        using var answer = await client.SubmitAsync(page, "answer", new() { ["Answer"] = "Different", ["Reason"] = "两家人" });

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal(LinkPairState.Settled, (await PairAsync(first[1], second[1])).State);
        Assert.Contains("两家人", (await client.GetPageAsync("/people/links/history")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondAnswerOnOnePair_IsAConflict()
    {
        var (first, second) = await LikelyAsync("诸葛明月", "司徒长风", "13812340003");
        var pair = await PairAsync(first[1], second[1]);
        var callers = new[] { await Families.SupervisorAsync(app), await Families.SupervisorAsync(app) };

        var results = await Task.WhenAll(callers.Select(c => app.WithAsync<LinkPeopleHandler, Result<PeopleStated>>(h => h.Handle(
            new StatePeople { LeftRecordId = pair.LeftRecordId, RightRecordId = pair.RightRecordId, Answer = LinkAnswer.Different }, c, Ct))));

        Assert.Single(results, r => r.IsOk);
        Assert.Single(results, r => r.Failure == LinkFailures.SomeoneWasFaster);
    }

    [Fact]
    public async Task WhoMaySeeOneCaseOnly_FindsNeitherPairNorRecord()
    {
        var (first, second) = await LikelyAsync("东方红霞", "南宫铁柱", "13812340004", elsewhere: "340111001001");
        var pair = await PairAsync(first[1], second[1]);
        var worker = await app.Data.CreateWorkerAsync("340104-police", roles: WorkerRole.Supervisor);
        using var client = await app.SignInAsync(worker);

        using var answer = await client.PostAsJsonAsync($"/api/v1/people/links/{pair.LinkPairId}", new { answer = "same" }, Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain(await ListAsync(client), p => p.GetProperty("linkPairId").GetGuid() == pair.LinkPairId);
        Assert.DoesNotContain("南宫", (await client.GetPageAsync($"/people/links?pair={pair.LinkPairId}")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CityLevel_SeesBothByFamilyName_AndMayDecide()
    {
        var (first, second) = await LikelyAsync("皇甫玉兰", "令狐大勇", "13812340005", elsewhere: "340111001001");
        var pair = await PairAsync(first[1], second[1]);
        var worker = await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor);
        using var client = await app.SignInAsync(worker);

        var shown = (await ListAsync(client)).Single(p => p.GetProperty("linkPairId").GetGuid() == pair.LinkPairId);

        Assert.Equal("令某", shown.GetProperty("left").GetProperty("name").GetString());
        Assert.False(shown.GetProperty("left").TryGetProperty("phone", out _));
        using var answer = await client.PostAsJsonAsync($"/api/v1/people/links/{pair.LinkPairId}", new { answer = "unsure", reason = "再查" }, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task SealedCase_ItsPairIsNobodysButItsSeats()
    {
        var (first, second) = await LikelyAsync("上官文静", "夏侯大山", "13812340006");
        var pair = await PairAsync(first[1], second[1]);
        await app.QueryAsync(async db =>
        {
            var dvCase = await db.Cases.SingleAsync(c => c.CaseId == pair.LeftCaseId, Ct);
            dvCase.IsSealed = true;
            await db.CaseAccess.Where(a => a.CaseId == dvCase.CaseId).ExecuteDeleteAsync(Ct);
            return await db.SaveChangesAsync(Ct);
        });
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104-police", roles: WorkerRole.Supervisor));

        Assert.DoesNotContain(await ListAsync(client), p => p.GetProperty("linkPairId").GetGuid() == pair.LinkPairId);
    }

    [Fact]
    public async Task Pages_OneByOne_AreTheWholeList()
    {
        await LikelyAsync("宇文静怡", "长孙无病", "13812340007");
        await LikelyAsync("独孤求雨", "澹台灭火", "13812340008");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor));
        var whole = await ListAsync(client);
        var single = new List<Guid>();
        string? after = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/api/v1/people/links?limit=1{(after is null ? "" : $"&after={after}")}", Ct);
            single.AddRange(page.GetProperty("pairs").EnumerateArray().Select(p => p.GetProperty("linkPairId").GetGuid()));
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (after is not null && single.Count <= whole.Count);

        Assert.True(whole.Count >= 2);
        Assert.Equal(whole.Select(p => p.GetProperty("linkPairId").GetGuid()), single);
    }

    /// <summary>Of the pairs before this one nobody may see who is concerned: the page ends where enough was read, and the next ones reach it.</summary>
    [Fact]
    public async Task ListThatIsMostlyInvisible_IsReadInBoundedPages_AndNothingIsSkipped()
    {
        var (first, second) = await LikelyAsync("闻人秋水", "轩辕铁柱", "13812340009");
        var pair = await PairAsync(first[1], second[1]);
        var hidden = Enumerable.Range(0, LinkQueries.MostRead + 20).Select(n => new LinkPair
        {
            LinkPairId = Guid.CreateVersion7(), LeftRecordId = Guid.CreateVersion7(), RightRecordId = Guid.CreateVersion7(), LeftPersonId = Guid.CreateVersion7(),
            RightPersonId = Guid.CreateVersion7(), LeftCaseId = pair.LeftCaseId, Probability = 0.6, Weight = 1, ModelVersion = "hidden", FoundAt = pair.FoundAt,
            State = LinkPairState.Open, Class = 1, Incidents = 1, Rank = n,
        }).ToList();
        await app.QueryAsync(db =>
        {
            db.AddRange(hidden);
            return db.SaveChangesAsync(Ct);
        });
        try
        {
            using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor));

            var page = await client.GetFromJsonAsync<JsonElement>("/api/v1/people/links", Ct);
            var html = await client.GetPageAsync("/people/links");
            var shown = await client.GetPageAsync(html.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
            var next = await client.GetFromJsonAsync<JsonElement>($"/api/v1/people/links?after={page.GetProperty("next").GetString()}", Ct);

            Assert.Empty(page.GetProperty("pairs").EnumerateArray());
            Assert.Contains(next.GetProperty("pairs").EnumerateArray(), p => p.GetProperty("linkPairId").GetGuid() == pair.LinkPairId);
            Assert.NotNull(shown.QuerySelector("table"));
        }
        finally
        {
            await app.QueryAsync(db => db.LinkPairs.Where(p => p.ModelVersion == "hidden").ExecuteDeleteAsync(Ct));
        }
    }

    /// <summary>Of a case whose people it does not see, the committee sees neither pairs nor what was said, and no fault.</summary>
    [Fact]
    public async Task WhoSeesOfCasesThatTheyExistOnly_FindsNoPairs()
    {
        var (first, second) = await LikelyAsync("呼延静", "申屠大力", "13812340010");
        var pair = await PairAsync(first[1], second[1]);
        Assert.True((await app.StateAsync(pair.LeftRecordId, pair.RightRecordId, LinkAnswer.Unsure, await Families.SupervisorAsync(app), await Families.SupervisorAsync(app))).IsOk);
        await app.QueryAsync(async db =>
        {
            var committee = await db.Units.Where(u => u.Agency == Agency.PoliticalLegalCommittee && u.RegionCode.StartsWith("3401000")).Select(u => u.UnitId).FirstAsync(Ct);
            foreach (var caseId in new[] { pair.LeftCaseId!.Value, pair.RightCaseId!.Value })
            {
                var row = await db.CaseAccess.AsNoTracking().FirstAsync(a => a.CaseId == caseId, Ct);
                if (!await db.CaseAccess.AnyAsync(a => a.CaseId == caseId && a.UnitId == committee, Ct))
                {
                    db.Add(new Modules.Cases.CaseAccess { UnitId = committee, CaseId = caseId, CaseSequence = row.CaseSequence, State = row.State, Class = row.Class, IsDirect = false });
                }
            }

            return await db.SaveChangesAsync(Ct);
        });
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-political", roles: WorkerRole.Supervisor));

        Assert.DoesNotContain("申", (await client.GetPageAsync("/people/links?show=unsure")).Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("申", (await client.GetPageAsync("/people/links/history")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WorkerRole.CallTaker)]
    [InlineData(WorkerRole.DataProtectionOfficer)]
    [InlineData(WorkerRole.SystemAdministrator)]
    public async Task OtherRoles_MayNotDecide(WorkerRole role)
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104-police", roles: role));

        using var answer = await client.GetAsync("/api/v1/people/links", Ct);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task PersonPage_TellsWhatHappenedOverTime_OfVisibleCasesOnly()
    {
        var here = await app.SubmitAsync(Reports.Of(app, couple: 9001, minutesAgo: 900));
        var report = Reports.Of(app, couple: 9002, region: "340111001001");
        var there = await app.SubmitAsync(report with { People = [report.People[0], Reports.Person(9001, PartyRole.Perpetrator)] });
        var him = (await app.RecordsAsync(here.AlarmId))[1].PersonId;
        using var own = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104-police", roles: WorkerRole.Caseworker));
        using var city = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor));

        var small = (await own.GetPageAsync($"/people/{him}")).Body!.TextContent;
        var wide = (await city.GetPageAsync($"/people/{him}")).Body!.TextContent;

        Assert.Contains(here.CaseNumber, small, StringComparison.Ordinal);
        Assert.DoesNotContain(there.CaseNumber, small, StringComparison.Ordinal);
        Assert.Contains(here.CaseNumber, wide, StringComparison.Ordinal);
        Assert.Contains(there.CaseNumber, wide, StringComparison.Ordinal);
    }

    /// <summary>A couple, and later a report of the same man in another writing, with another victim.</summary>
    private async Task<(Guid[] First, Guid[] Second)> LikelyAsync(string her, string him, string phone, string elsewhere = "340104001001")
    {
        var index = app.Services.GetRequiredService<PersonIndex>();
        await Until.TrueAsync(() => index.IsReady);
        var one = await SubmitAsync(her, him, phone, "340104001001");
        await Until.TrueAsync(() => index.UpTo >= index.End && index.UpTo > 0);
        var last = await app.QueryAsync(db => db.PersonRecords.MaxAsync(r => r.RecordSequence, Ct));
        await Until.TrueAsync(() => index.UpTo >= last);
        var two = await SubmitAsync($"{her[..1]}某某", $"{him[..^1]}{him[^1]}", $"{phone[..^2]}{phone[^1]}{phone[^2]}", elsewhere, born: true);
        return ([.. (await app.RecordsAsync(one)).Select(r => r.PersonId)], [.. (await app.RecordsAsync(two)).Select(r => r.PersonId)]);
    }

    private async Task<Guid> SubmitAsync(string her, string him, string phone, string region, bool born = false)
    {
        var report = Reports.Of(app, region: region, address: null, minutesAgo: born ? 1 : 300);
        var receipt = await app.SubmitAsync(report with
        {
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = her, Sex = Sex.Female },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = him, Sex = Sex.Male, Phone = phone, BirthDate = new DateOnly(1985, 4, 12), RelationToVictim = "spouse" },
            ],
        });
        return receipt.AlarmId;
    }

    private async Task<LinkPair> PairAsync(Guid one, Guid other)
    {
        LinkPair? pair = null;
        await Until.TrueAsync(async () => (pair = await app.QueryAsync(db => db.LinkPairs.AsNoTracking().FirstOrDefaultAsync(
            p => (p.LeftPersonId == one && p.RightPersonId == other) || (p.LeftPersonId == other && p.RightPersonId == one), Ct))) is not null);
        return pair!;
    }

    private Task<Guid> AlarmOfAsync(Guid personId) =>
        app.QueryAsync(db => db.PersonRecords.Where(r => r.RecordId == personId).Select(r => r.AlarmId!.Value).SingleAsync(Ct));

    private static async Task<List<JsonElement>> ListAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/v1/people/links", Ct)).GetProperty("pairs").EnumerateArray().Select(e => e.Clone())];
}
