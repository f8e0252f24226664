using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Audit;

/// <summary>What is unusual is found, and told to those who look after it only.</summary>
public sealed class ViewDaysTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ViewDays Days => app.Services.GetRequiredService<ViewDays>();

    private ViewLog Log => app.Services.GetRequiredService<ViewLog>();

    private ViewQueries Queries => app.Services.GetRequiredService<ViewQueries>();

    [Fact]
    public async Task Patterns_AreFound_AndCountedOnce()
    {
        var noon = new DateTimeOffset(2026, 3, 2, 4, 0, 0, TimeSpan.Zero);
        var night = new DateTimeOffset(2026, 3, 1, 18, 0, 0, TimeSpan.Zero);
        var many = await WorkerAsync("340104-womens-federation");
        var colleagues = new List<Worker> { await WorkerAsync("340104-womens-federation"), await WorkerAsync("340104-womens-federation"), await WorkerAsync("340104-womens-federation") };
        var own = await WorkerAsync("340104-womens-federation");
        var owl = await WorkerAsync("340104-womens-federation");
        var police = await WorkerAsync("340104001-police");
        var prober = await WorkerAsync("340104001-police");
        var neighbour = await WorkerAsync("340104001-police");
        await app.Services.GetRequiredService<Conflicts>().DeclareAsync(
            CallerOf(neighbour), neighbour.Id, new NewTie(TieKind.Self, "邻居", null, "13912312399", null, CaseData.Township), Ct);
        var near = await app.SubmitAlarmAsync();

        await SeeAsync(many, ViewDays.ManyFiles, noon);
        foreach (var colleague in colleagues)
        {
            await SeeAsync(colleague, 4, noon);
        }

        await RecordAsync(own, ViewTypes.Search, null, noon, "{\"own\":true,\"shown\":0}");
        await SeeAsync(owl, ViewDays.ManyAtNight, night);
        await SeeAsync(police, ViewDays.ManyAtNight, night);
        for (var i = 0; i < ViewDays.ManyRefused; i++)
        {
            await RecordAsync(prober, ViewTypes.Refused, null, noon, "{\"status\":404}");
        }

        await RecordAsync(neighbour, ViewTypes.Case, near.CaseId, noon, "{\"view\":\"full\",\"tie\":\"involved\"}");
        await Days.CountAsync(Ct);
        await SeeAsync(many, 1, noon);
        await Days.CountAsync(Ct);
        await Days.CountAsync(Ct);

        var officer = CallerOf(await app.Data.CreateWorkerAsync("340100-political-legal-committee", roles: WorkerRole.DataProtectionOfficer));
        var all = await Days.UnusualAsync(officer, Ct);
        (PatternKind, int)[] Of(Worker worker) => [.. all.Where(p => p.WorkerId == worker.Id).Select(p => (p.Kind, p.Count))];
        Assert.Equal([(PatternKind.ManyFiles, ViewDays.ManyFiles + 1)], Of(many));
        Assert.Equal(4, all.Single(p => p.WorkerId == many.Id).Usual);
        Assert.All(colleagues, c => Assert.Empty(Of(c)));
        Assert.Equal([(PatternKind.OwnName, 1)], Of(own));
        Assert.Equal([(PatternKind.AtNight, ViewDays.ManyAtNight)], Of(owl));
        Assert.Empty(Of(police));
        Assert.Equal([(PatternKind.Refused, ViewDays.ManyRefused)], Of(prober));
        Assert.Equal([(PatternKind.Neighbours, 1)], Of(neighbour));

        // A supervisor hears of the own unit and below, never of oneself; others hear nothing.
        var leader = await app.Data.CreateWorkerAsync("340104-womens-federation", roles: WorkerRole.Supervisor);
        await RecordAsync(leader, ViewTypes.Search, null, noon, "{\"own\":true}");
        await Days.CountAsync(Ct);
        var told = await Days.UnusualAsync(CallerOf(leader), Ct);
        Assert.Equal(new HashSet<Guid> { many.Id, own.Id, owl.Id }, told.Select(p => p.WorkerId).ToHashSet());
        Assert.Empty(await Days.UnusualAsync(CallerOf(many), Ct));
    }

    [Fact]
    public async Task CuriousLooks_AreFound_AndWorkIsNot()
    {
        var noon = new DateTimeOffset(2026, 3, 2, 4, 0, 0, TimeSpan.Zero);
        // Another agency than in the test above: what is usual is counted among all of an agency, whichever test runs first.
        const string unit = "340104-civil-affairs";
        var (namesake, worksOnThem) = (await app.Data.CreateWorkerAsync(unit, "王同姓"), await app.Data.CreateWorkerAsync(unit, "王办案"));
        var (faithful, late, searcher, finder) = (await app.Data.CreateWorkerAsync(unit, "赵甲"), await app.Data.CreateWorkerAsync(unit, "赵乙"), await app.Data.CreateWorkerAsync(unit, "赵丙"), await app.Data.CreateWorkerAsync(unit, "赵丁"));
        const string looks = "{\"view\":\"full\",\"tie\":\"involved\"}", works = "{\"view\":\"full\",\"tie\":\"working\"}";
        List<Guid> cases = [];
        for (var i = 0; i < ViewDays.ManyOfSurname; i++)
        {
            // 王小芳 and 李大强.
            cases.Add((await app.SubmitAlarmAsync()).CaseId);
            await RecordAsync(namesake, ViewTypes.Case, cases[i], noon, looks);
            await RecordAsync(worksOnThem, ViewTypes.Case, cases[i], noon, works);
            await RecordAsync(faithful, ViewTypes.Case, cases[0], noon, looks);
            await RecordAsync(late, ViewTypes.Case, cases[i], noon.AddMinutes(i), looks);
        }

        await app.QueryAsync(db => db.Cases.Where(c => cases.Contains(c.CaseId)).ExecuteUpdateAsync(
            c => c.SetProperty(x => x.State, CaseState.Closed).SetProperty(x => x.ClosedAt, noon.AddSeconds(-1)), Ct));
        for (var i = 0; i <= ViewDays.ManySearchOnly; i++)
        {
            await RecordAsync(searcher, ViewTypes.Search, null, noon, "{\"shown\":3}");
            await RecordAsync(finder, ViewTypes.Search, null, noon, "{\"shown\":3}");
            await RecordAsync(finder, ViewTypes.Case, cases[0], noon, works);
        }

        await Days.CountAsync(Ct);

        var all = await Days.UnusualAsync(CallerOf(await app.Data.CreateWorkerAsync("340100-political-legal-committee", roles: WorkerRole.DataProtectionOfficer)), Ct);
        (PatternKind, int)[] Of(Worker worker) => [.. all.Where(p => p.WorkerId == worker.Id).Select(p => (p.Kind, p.Count))];
        Assert.Equal([(PatternKind.Surname, ViewDays.ManyOfSurname), (PatternKind.AfterClosing, ViewDays.ManyAfterClosing)], Of(namesake));
        Assert.Equal([(PatternKind.Again, ViewDays.ManyAgain)], Of(faithful));
        Assert.Equal([(PatternKind.AfterClosing, ViewDays.ManyAfterClosing)], Of(late));
        Assert.Equal([(PatternKind.SearchOnly, ViewDays.ManySearchOnly)], Of(searcher));
        Assert.All((Worker[])[worksOnThem, finder], w => Assert.Empty(Of(w)));
    }

    [Fact]
    public async Task WhoOpenedWhat_IsToldToThoseWhoLookAfterIt()
    {
        var alarm = await app.SubmitAlarmAsync();
        var sealedAlarm = await app.SubmitAlarmAsync();
        var worker = await WorkerAsync("340104001-police");
        await RecordAsync(worker, ViewTypes.Case, alarm.CaseId, app.Time.GetUtcNow(), "{\"view\":\"full\",\"tie\":\"working\",\"leave\":\"purpose\",\"why\":\"victim-asked\"}");
        await RecordAsync(worker, ViewTypes.Case, sealedAlarm.CaseId, app.Time.GetUtcNow(), "{\"view\":\"full\"}");
        await RecordAsync(worker, ViewTypes.Search, null, app.Time.GetUtcNow(), "{\"list\":\"cases\",\"shown\":2,\"words\":\"王小芳\"}");
        var sealer = CallerOf(await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Supervisor));
        Assert.True((await app.Services.GetRequiredService<SealCaseHandler>().SealAsync(sealer, sealedAlarm.CaseId, [], "同事", Ct)).IsOk);
        var officer = CallerOf(await app.Data.CreateWorkerAsync("340100-political-legal-committee", roles: WorkerRole.DataProtectionOfficer));
        var leader = CallerOf(await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Supervisor));
        var stranger = CallerOf(await app.Data.CreateWorkerAsync("340102001-police", roles: WorkerRole.Supervisor));

        var line = Assert.Single((await Queries.OfCaseAsync(officer, alarm.CaseNumber.ToLowerInvariant(), null, 10, Ct))!.Value.Page.Items);
        Assert.Equal((worker.Id, CaseView.Full, GrantKind.Purpose, AccessReason.VictimAsked), (line.WorkerId, line.View, line.Leave, line.Why));
        Assert.Single((await Queries.OfCaseAsync(leader, alarm.CaseNumber, null, 10, Ct))!.Value.Page.Items);
        Assert.Null(await Queries.OfCaseAsync(stranger, alarm.CaseNumber, null, 10, Ct));
        Assert.Null(await Queries.OfCaseAsync(CallerOf(worker), alarm.CaseNumber, null, 10, Ct));
        Assert.Null(await Queries.OfCaseAsync(leader, sealedAlarm.CaseNumber, null, 10, Ct));

        var known = (await Queries.OfWorkerAsync(officer, worker.Id, null, 10, Ct))!.Value.Page.Items;
        Assert.Equal(["王小芳", null, null], known.Select(l => l.Words));
        Assert.Equal([null, sealedAlarm.CaseNumber, alarm.CaseNumber], known.Select(l => l.CaseNumber));
        var told = (await Queries.OfWorkerAsync(leader, worker.Id, null, 10, Ct))!.Value.Page.Items;
        Assert.Equal([null, alarm.CaseNumber], told.Select(l => l.CaseNumber));
        Assert.All(told, l => Assert.Null(l.Words));
        Assert.Null(await Queries.OfWorkerAsync(stranger, worker.Id, null, 10, Ct));
        Assert.Null(await Queries.OfWorkerAsync(leader, leader.WorkerId!.Value, null, 10, Ct));

        // Page by page.
        var (first, second) = ((await Queries.OfWorkerAsync(officer, worker.Id, null, 2, Ct))!.Value.Page, default(KeysetPage<ViewLine>));
        second = (await Queries.OfWorkerAsync(officer, worker.Id, first.Next, 2, Ct))!.Value.Page;
        Assert.Equal((2, 1, (long?)null), (first.Items.Count, second.Items.Count, second.Next));

        var agencies = await Queries.AgenciesAsync(alarm.CaseId, Ct);
        Assert.Equal((Agency.Police, 1), (Assert.Single(agencies).Agency, agencies[0].Times));
    }

    [Fact]
    public async Task Pages_ShowIt_AndOnlyToThem()
    {
        var alarm = await app.SubmitAlarmAsync();
        var worker = await WorkerAsync("340104001-police");
        using var reader = await app.SignInAsync(worker);
        await reader.GetPageAsync($"/cases/{alarm.CaseId}");
        using var officer = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-political-legal-committee", roles: WorkerRole.DataProtectionOfficer));

        var page = await officer.GetPageAsync($"/access/case?number={alarm.CaseNumber}");

        Assert.Contains("个案", page.TextOf(".line-title"), StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector($"a[href='/access/workers/{worker.Id}']"));
        Assert.DoesNotContain("王小芳", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains(alarm.CaseNumber, (await officer.GetPageAsync($"/access/workers/{worker.Id}")).Body!.TextContent, StringComparison.Ordinal);

        // Looking up who looked is no look at the case.
        Assert.Equal([Agency.Police], (await Queries.AgenciesAsync(alarm.CaseId, Ct)).Select(a => a.Agency));
        Assert.Contains("没有这样的个案", (await officer.GetPageAsync("/access/case?number=DV0")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("公安", (await reader.GetPageAsync($"/cases/{alarm.CaseId}")).Body!.TextContent, StringComparison.Ordinal);
        foreach (var path in (string[])["/access/case", "/access/unusual", $"/access/workers/{worker.Id}"])
        {
            using var refused = await reader.GetAsync(path, Ct);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, refused.StatusCode);
        }
    }

    private Task<Worker> WorkerAsync(string unit) => app.Data.CreateWorkerAsync(unit);

    private async Task SeeAsync(Worker worker, int cases, DateTimeOffset at)
    {
        for (var i = 0; i < cases; i++)
        {
            await RecordAsync(worker, ViewTypes.Case, Guid.CreateVersion7(), at, "{\"view\":\"full\",\"tie\":\"working\"}");
        }
    }

    private Task RecordAsync(Worker worker, string type, Guid? caseId, DateTimeOffset at, string data) =>
        Log.RecordAsync(new PendingEvent(type, at, caseId, null, worker.UnitId, Data: data), new Actor(worker.Id));

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
}
