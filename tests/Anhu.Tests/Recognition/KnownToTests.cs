using System.Globalization;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Recognition;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Anhu.Tests.Operations;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>How many agencies know a family, on the live board: the case file's number, and nobody learns of a case that they may not see.</summary>
public sealed class KnownToTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Board_AndItsRows_TellTheCaseFilesNumber()
    {
        var alarm = await app.SubmitAsync(Reports.Of(app, couple: 9101));
        var worker = await app.Data.CreateWorkerAsync("340104-police", roles: WorkerRole.Supervisor);
        using var client = await app.SignInAsync(worker);

        var expected = (await AgenciesAsync(worker, alarm.CaseId)).Count;

        Assert.InRange(expected, 2, 20);
        var page = await client.GetPageAsync("/board");
        Assert.Equal($"{expected} 个部门知悉", page.QuerySelector($"[data-case='{alarm.CaseId}'] .board-known")?.TextContent);
        Assert.Contains($"{expected} 个部门知悉", await client.GetStringAsync($"/board/rows?ids={alarm.CaseId}", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_CountWhatTheViewerMaySee_NeverSealedCases()
    {
        var here = await app.SubmitAsync(Reports.Of(app, couple: 9102, minutesAgo: 900));
        var report = Reports.Of(app, couple: 9103, region: "340111001001");
        var there = await app.SubmitAsync(report with { People = [report.People[0], Reports.Person(9102, PartyRole.Perpetrator)] });
        var (own, city) = (await app.Data.CreateWorkerAsync("340104-police", roles: WorkerRole.Supervisor), await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor));
        var before = await AgenciesAsync(city, here.CaseId);

        // An agency that knows him by the other case only.
        var more = await app.QueryAsync(async db =>
        {
            var unit = await db.Units.AsNoTracking().FirstAsync(u => !before.Contains(u.Agency), Ct);
            var dvCase = await db.Cases.AsNoTracking().SingleAsync(c => c.CaseId == there.CaseId, Ct);
            db.CaseAccess.Add(new CaseAccess { UnitId = unit.UnitId, CaseId = dvCase.CaseId, CaseSequence = dvCase.CaseSequence, State = dvCase.State, Class = dvCase.Class, IsDirect = true });
            await db.SaveChangesAsync(Ct);
            return unit.Agency;
        });

        Assert.Equal([.. before.Append(more).Order()], await AgenciesAsync(city, here.CaseId));
        Assert.Equal(before.Count + 1, await OnRowAsync(city, here.CaseId));
        Assert.DoesNotContain(more, await AgenciesAsync(own, here.CaseId));
        Assert.Equal((await AgenciesAsync(own, here.CaseId)).Count, await OnRowAsync(own, here.CaseId));

        await app.QueryAsync(async db =>
        {
            await db.CaseAccess.Where(a => a.CaseId == there.CaseId).ExecuteDeleteAsync(Ct);
            return await db.Cases.Where(c => c.CaseId == there.CaseId).ExecuteUpdateAsync(c => c.SetProperty(x => x.IsSealed, true), Ct);
        });
        Assert.DoesNotContain(more, await AgenciesAsync(city, here.CaseId));
        Assert.Equal((await AgenciesAsync(city, here.CaseId)).Count, await OnRowAsync(city, here.CaseId));
    }

    /// <summary>He stands on lists of three agencies: as soon as the feed tells of the alarm, the board's row says so, to who sees his name only.</summary>
    [Fact]
    public async Task FeedTellsOfTheAlarm_AndTheRowOfAgenciesWithLists()
    {
        var him = Reports.Person(9105, PartyRole.Perpetrator);
        foreach (var agency in (Agency[])[Agency.CivilAffairs, Agency.TradeUnion, Agency.DisabledPersonsFederation])
        {
            await app.WithAsync<LinkPersonListHandler, int>(h => h.TakeAsync(
                $"{agency} 名单", agency, Guid.CreateVersion7().ToByteArray(), [him with { Role = PartyRole.Other, RelationToVictim = null }], null, Ct));
        }

        var (own, city) = (await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Supervisor), await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor));
        using var client = await app.SignInAsync(own);
        using var feed = await OpenFeed.OpenAsync(client);
        var alarm = await app.SubmitAsync(Reports.Of(app, couple: 9105));

        await feed.ReadUntilAsync([alarm.CaseId.ToString()]);

        var (near, far) = (await AgenciesAsync(own, alarm.CaseId), await AgenciesAsync(city, alarm.CaseId));
        Assert.Superset(new HashSet<Agency> { Agency.Police, Agency.CivilAffairs, Agency.TradeUnion, Agency.DisabledPersonsFederation }, near.ToHashSet());
        Assert.DoesNotContain(Agency.TradeUnion, far);
        Assert.Equal((near.Count, far.Count), (await OnRowAsync(own, alarm.CaseId), await OnRowAsync(city, alarm.CaseId)));
    }

    [Fact]
    public async Task CasesThatTheCallerDoesNotFind_AreLeftOut()
    {
        var alarm = await app.SubmitAsync(Reports.Of(app, couple: 9104));
        var other = Families.CallerOf(await app.Data.CreateWorkerAsync("340111-police", roles: WorkerRole.Supervisor));

        var known = await app.WithAsync<PersonQueries, IReadOnlyDictionary<Guid, IReadOnlyList<Agency>>>(q => q.KnownToAsync(other, [alarm.CaseId, Guid.CreateVersion7()], Ct));

        Assert.Empty(known);
    }

    private async Task<IReadOnlyList<Agency>> AgenciesAsync(Worker worker, Guid caseId) =>
        await app.WithAsync<PersonQueries, IReadOnlyList<Agency>>(q => q.KnownToAsync(Families.CallerOf(worker), caseId, null, Ct));

    private async Task<int> OnRowAsync(Worker worker, Guid caseId)
    {
        using var client = await app.SignInAsync(worker);
        var rows = await client.GetPageAsync($"/board/rows?ids={caseId}");
        return int.Parse(rows.QuerySelector(".board-known")!.TextContent.Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
