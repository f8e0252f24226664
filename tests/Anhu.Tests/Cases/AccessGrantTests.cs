using System.Net;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Cases;

/// <summary>Seeing more for a reason, in an emergency; being shut out; seals.</summary>
public sealed class AccessGrantTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AccessGrants Grants => app.Services.GetRequiredService<AccessGrants>();

    private CaseQueries Cases => app.Services.GetRequiredService<CaseQueries>();

    private Conflicts Conflicts => app.Services.GetRequiredService<Conflicts>();

    private SealCaseHandler Seals => app.Services.GetRequiredService<SealCaseHandler>();

    [Fact]
    public async Task Supervisor_OfTheBureauAbove_StatesAReason_SeesTheFile_AndItIsRecorded()
    {
        var alarm = await app.SubmitAlarmAsync();
        var caller = await CallerAsync("340100-police", WorkerRole.Supervisor);
        Assert.Equal(CaseView.Card, (await Cases.GetAsync(caller, alarm.CaseId, Ct))!.View);

        Assert.Equal("access.note-wrong", (await Grants.StateAsync(caller, alarm.CaseId, AccessReason.Other, " ", Ct)).Failure?.Code);
        Assert.Equal("access.reason-unknown", (await Grants.StateAsync(caller, alarm.CaseId, AccessReason.Danger, null, Ct)).Failure?.Code);
        Assert.True((await Grants.StateAsync(caller, alarm.CaseId, AccessReason.Complaint, "来信", Ct)).IsOk);

        var file = (await Cases.GetAsync(caller, alarm.CaseId, Ct))!;
        Assert.Equal(CaseView.Full, file.View);
        Assert.False(file.Sight.Shows(FieldClass.Reporter));
        Assert.Equal("access.nothing-more", (await Grants.StateAsync(caller, alarm.CaseId, AccessReason.Complaint, null, Ct)).Failure?.Code);
        Assert.Equal(caller.WorkerId, await app.QueryAsync(db => db.Timeline.Where(e => e.CaseId == alarm.CaseId && e.Type == EventTypes.AccessStated).Select(e => e.WorkerId).SingleAsync(Ct)));

        app.Time.Advance(AccessGrants.PurposeTime);
        Assert.Equal(CaseView.Card, (await Cases.GetAsync(caller, alarm.CaseId, Ct))!.View);
    }

    [Fact]
    public async Task Reason_IsStatedOnThePage()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-womens-federation"));
        var path = $"/cases/{alarm.CaseId}";
        Assert.DoesNotContain("称在家中", (await client.GetPageAsync(path)).Body!.TextContent, StringComparison.Ordinal);

        using var none = await client.SubmitAsync(await client.GetPageAsync(path), "state-reason", new() { ["Input.Reason"] = "" });
        Assert.NotNull((await none.ReadPageAsync()).QuerySelector("form-errors"));
        using var stated = await client.SubmitAsync(await client.GetPageAsync(path), "state-reason", new() { ["Input.Reason"] = "Supervision" });

        Assert.Equal(HttpStatusCode.Redirect, stated.StatusCode);
        Assert.Contains("称在家中", (await client.GetPageAsync(path)).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Emergency_OpensOneCaseForTwoHours_AndIsReviewed()
    {
        var alarm = await app.SubmitAlarmAsync();
        var other = await app.SubmitAlarmAsync();
        var caller = await CallerAsync("340102001-police", WorkerRole.Caseworker);
        Assert.Null(await Cases.GetAsync(caller, alarm.CaseId, Ct));
        Assert.Equal("access.note-wrong", (await Grants.BreakGlassAsync(caller, alarm.CaseNumber, AccessReason.Danger, "急", Ct)).Failure?.Code);
        Assert.Equal("access.no-such-case", (await Grants.BreakGlassAsync(caller, "王小芳", AccessReason.Danger, "她在门外呼救", Ct)).Failure?.Code);

        var grant = (await Grants.BreakGlassAsync(caller, alarm.CaseNumber, AccessReason.Danger, "她在门外呼救", Ct)).Value;

        var file = (await Cases.GetAsync(caller, alarm.CaseId, Ct))!;
        Assert.Equal((CaseView.Full, GrantKind.Emergency), (file.View, file.Sight.Grant));
        Assert.False(file.Sight.Shows(FieldClass.Reporter));
        Assert.Null(await Cases.GetAsync(caller, other.CaseId, Ct));
        Assert.DoesNotContain((await Cases.ListAsync(caller, new CaseListFilter(), Ct)).Items, c => c.CaseId == alarm.CaseId);

        var duty = await app.QueryAsync(db => db.Duties.SingleAsync(d => d.DutyId == grant.ReviewDutyId, Ct));
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(Ct);
        Assert.Equal("340102-police", map.Find(duty.OwnerUnitId)!.Code);
        Assert.Equal(AccessGrants.ReviewKind, duty.Kind);
        var officer = await CallerAsync("340100-political-legal-committee", WorkerRole.DataProtectionOfficer);
        var supervisor = await CallerAsync("340102-police", WorkerRole.Supervisor);
        var colleague = await CallerAsync("340102001-police", WorkerRole.Caseworker);
        Assert.Contains(await Grants.ListAsync(officer, GrantKind.Emergency, null, 50, Ct), l => l.AccessGrantId == grant.AccessGrantId && l.ReviewedAt is null);
        Assert.Contains(await Grants.ListAsync(supervisor, GrantKind.Emergency, null, 50, Ct), l => l.AccessGrantId == grant.AccessGrantId);
        Assert.Empty(await Grants.ListAsync(colleague, GrantKind.Emergency, null, 50, Ct));
        Assert.NotEqual(0, await Grants.UnreviewedAsync(officer, Ct));
        Assert.Null(await Cases.GetAsync(officer, alarm.CaseId, Ct));

        app.Time.Advance(AccessGrants.EmergencyTime);
        Assert.Null(await Cases.GetAsync(caller, alarm.CaseId, Ct));
    }

    [Fact]
    public async Task Emergency_OnThePage_AsksForACodeOfTheAuthenticator()
    {
        var alarm = await app.SubmitAlarmAsync();
        var worker = await app.Data.CreateWorkerAsync("340102001-police");
        using var client = await app.SignInAsync(worker);
        Assert.NotNull((await client.GetPageAsync("/emergency")).QuerySelector("a[href='/profile/two-step']"));

        var page = await client.GetPageAsync("/profile/two-step");
        var key = page.QuerySelector(".secret-key")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        var used = Account.TwoStepTests.Code(key, 0);
        using var on = await client.SubmitAsync(page, "two-step-off", new() { ["Input.Code"] = used });
        Dictionary<string, string?> Form(string code) => new()
        {
            ["Input.Number"] = alarm.CaseNumber, ["Input.Reason"] = "Danger", ["Input.Note"] = "她在门外呼救", ["Input.Code"] = code,
        };

        using var refused = await client.SubmitAsync(await client.GetPageAsync("/emergency"), "emergency", Form("000000"));
        Assert.NotNull((await refused.ReadPageAsync()).QuerySelector("form-errors"));
        using var again = await client.SubmitAsync(await client.GetPageAsync("/emergency"), "emergency", Form(used));
        Assert.NotEqual(HttpStatusCode.Redirect, again.StatusCode);
        using var opened = await client.SubmitAsync(await client.GetPageAsync("/emergency"), "emergency", Form(Account.TwoStepTests.Code(key, 1)));

        Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        var file = await client.GetPageAsync($"/cases/{alarm.CaseId}");
        Assert.Contains("称在家中", file.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(file.QuerySelector("print-page"));
    }

    [Fact]
    public async Task WorkerWhoIsAParty_IsShutOut_WithoutATrace_AndTheUnitAboveTakesOver()
    {
        var worker = await app.Data.CreateWorkerAsync("340104001-police", roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]);
        var caller = CallerOf(worker);
        Assert.True((await Conflicts.DeclareAsync(caller, worker.Id, new NewTie(TieKind.Self, "赵民警", null, "+86 136-1234-5678", null), Ct)).IsOk);

        AlarmReport? reported = null;
        var alarm = await app.SubmitAlarmAsync(r => reported = r with
        {
            Location = r.Location! with { RegionCode = "340104001001" },
            People = [.. r.People.Select(p => p.Role == PartyRole.Perpetrator ? p with { Name = "赵某", Phone = "13612345678" } : p)],
        });

        Assert.Null(await Cases.GetAsync(caller, alarm.CaseId, Ct));
        Assert.Null(await Cases.TimelineAsync(caller, alarm.CaseId, 0, 10, Ct));
        Assert.Empty((await Cases.ListAsync(caller, new CaseListFilter { Words = alarm.CaseNumber }, Ct)).Items);
        Assert.Equal("access.no-such-case", (await Grants.BreakGlassAsync(caller, alarm.CaseNumber, AccessReason.Danger, "她在门外呼救", Ct)).Failure?.Code);
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(Ct);
        var owners = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId).Select(d => d.OwnerUnitId).ToListAsync(Ct));
        Assert.DoesNotContain(worker.UnitId, owners);

        // Nor does the unit get what arises later, not even for a moment.
        Task<int> GivenAsync() => app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == alarm.CaseId && e.Type == EventTypes.DutyCreated && e.UnitId == worker.UnitId, Ct));
        var given = await GivenAsync();
        await app.SubmitAlarmAsync(_ => reported! with { SourceId = reported!.SourceId + "b", ReceivedAt = reported.ReceivedAt.AddHours(-5) });
        Assert.DoesNotContain(worker.UnitId, await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId).Select(d => d.OwnerUnitId).ToListAsync(Ct)));
        Assert.Equal(given, await GivenAsync());
        Assert.True(await app.QueryAsync(db => db.Duties.CountAsync(d => d.CaseId == alarm.CaseId, Ct)) > owners.Count);
        Assert.Contains(map.Find("340104-police")!.UnitId, owners);
        Assert.False(await app.QueryAsync(db => db.Timeline.AnyAsync(e => e.CaseId == alarm.CaseId && e.Type == EventTypes.AccessShut, Ct)));
        Assert.Equal(CaseView.Full, (await Cases.GetAsync(await CallerAsync("340104001-police", WorkerRole.Caseworker), alarm.CaseId, Ct))!.View);

        // Nor does the live feed tell, nor can the worker undo it.
        var feed = app.Services.GetRequiredService<Anhu.Modules.Feed.FeedQueries>();
        Assert.DoesNotContain((await feed.AfterAsync(caller, 0, 100_000, Ct)).Items, i => i.CaseId == alarm.CaseId);
        var tie = Assert.Single(await Conflicts.TiesAsync(caller, worker.Id, Ct));
        Assert.False((await Conflicts.WithdrawAsync(caller, tie.WorkerTieId, Ct)).IsOk);
        var security = await CallerAsync("340100-police", WorkerRole.SecurityAdministrator);
        Assert.True((await Conflicts.WithdrawAsync(security, tie.WorkerTieId, Ct)).IsOk);
        Assert.NotNull(await Cases.GetAsync(caller, alarm.CaseId, Ct));
    }

    [Fact]
    public async Task Tie_DeclaredAfterTheAlarm_ShutsOut_ByIdNumberOrByNameAndBirthDate_ButNotByNameAlone()
    {
        var id = CitizenId.Complete("34019919850203001");
        var alarm = await app.SubmitAlarmAsync(r => r with
        {
            People = [.. r.People.Select(p => p.Role == PartyRole.Perpetrator ? p with { Name = "钱连襟", IdNumber = id, BirthDate = new DateOnly(1985, 2, 3) } : p)],
        });
        var (byId, byBirth, byName, stranger) = (await WorkerAsync(), await WorkerAsync(), await WorkerAsync(), await WorkerAsync());
        Assert.Equal("ties.too-little", (await Conflicts.DeclareAsync(CallerOf(byName), byName.Id, new NewTie(TieKind.Sibling, "钱连襟", null, null, null), Ct)).Failure?.Code);
        Assert.True((await Conflicts.DeclareAsync(CallerOf(byId), byId.Id, new NewTie(TieKind.Sibling, "钱别名", id, null, null), Ct)).IsOk);
        Assert.True((await Conflicts.DeclareAsync(CallerOf(byBirth), byBirth.Id, new NewTie(TieKind.Other, "钱 连襟", null, null, new DateOnly(1985, 2, 3)), Ct)).IsOk);
        Assert.True((await Conflicts.DeclareAsync(CallerOf(stranger), stranger.Id, new NewTie(TieKind.Other, "钱连襟", null, null, new DateOnly(1986, 2, 3)), Ct)).IsOk);

        Assert.Null(await Cases.GetAsync(CallerOf(byId), alarm.CaseId, Ct));
        Assert.Null(await Cases.GetAsync(CallerOf(byBirth), alarm.CaseId, Ct));
        Assert.NotNull(await Cases.GetAsync(CallerOf(stranger), alarm.CaseId, Ct));
    }

    [Fact]
    public async Task SealedCase_IsFoundByTheNamedWorkersOnly_AndGoesOn()
    {
        var alarm = await app.SubmitAlarmAsync();
        var named = await WorkerAsync();
        var supervisor = CallerOf(await app.Data.CreateWorkerAsync(roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));
        var outsider = await CallerAsync("340104-womens-federation", WorkerRole.Caseworker);
        Assert.Equal("seal.worker-unknown", (await Seals.SealAsync(supervisor, alarm.CaseId, ["nobody-there"], "同事", Ct)).Failure?.Code);
        Assert.Equal("seal.not-allowed", (await Seals.SealAsync(outsider, alarm.CaseId, [], "同事", Ct)).Failure?.Code);
        Assert.True((await Seals.SealAsync(supervisor, alarm.CaseId, [named.UserName!], "同事", Ct)).IsOk);

        Assert.Null(await Cases.GetAsync(outsider, alarm.CaseId, Ct));
        Assert.Empty((await Cases.ListAsync(outsider, new CaseListFilter { Words = alarm.CaseNumber }, Ct)).Items);
        var duties = app.Services.GetRequiredService<Anhu.Modules.Work.DutyQueries>();
        Assert.DoesNotContain((await duties.ListAsync(outsider, new() { Limit = 200 }, Ct)).Items, d => d.CaseId == alarm.CaseId);
        Assert.Contains((await duties.ListAsync(CallerOf(named), new() { Limit = 200, UnitId = named.UnitId }, Ct)).Items, d => d.CaseId == alarm.CaseId);
        Assert.Equal(CaseView.Full, (await Cases.GetAsync(CallerOf(named), alarm.CaseId, Ct))!.View);
        Assert.Contains(await Seals.OfAsync(CallerOf(named), Ct), c => c.CaseId == alarm.CaseId);
        Assert.Equal("access.no-such-case", (await Grants.BreakGlassAsync(outsider, alarm.CaseNumber, AccessReason.Danger, "她在门外呼救", Ct)).Failure?.Code);

        Assert.True((await Seals.UnsealAsync(supervisor, alarm.CaseId, "不再需要", Ct)).IsOk);
        Assert.Equal(CaseView.Full, (await Cases.GetAsync(outsider, alarm.CaseId, Ct))!.View);
    }

    [Fact]
    public async Task NewAlarm_OnASealedCase_StaysSealed()
    {
        AlarmReport? first = null;
        var alarm = await app.SubmitAlarmAsync(r => first = r with
        {
            People = [.. r.People.Select(p => p.Role == PartyRole.Perpetrator ? p with { Phone = "13588887777" } : p)],
        });
        var supervisor = CallerOf(await app.Data.CreateWorkerAsync(roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));
        Assert.True((await Seals.SealAsync(supervisor, alarm.CaseId, [], "同事", Ct)).IsOk);

        var second = await app.SubmitAlarmAsync(_ => first! with { SourceId = first!.SourceId + "b", ReceivedAt = first.ReceivedAt.AddHours(-3), Revision = 1 });

        Assert.Equal(alarm.CaseId, second.CaseId);
        Assert.False(await app.QueryAsync(db => db.CaseAccess.AnyAsync(a => a.CaseId == alarm.CaseId, Ct)));
        Assert.Equal(2, (await Cases.GetAsync(supervisor, alarm.CaseId, Ct))!.Case.IncidentCount);
    }

    private Task<Worker> WorkerAsync() => app.Data.CreateWorkerAsync();

    private async Task<Caller> CallerAsync(string unit, WorkerRole role) => CallerOf(await app.Data.CreateWorkerAsync(unit, roles: [role]));

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
}
