using Anhu.Common;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using CsCheck;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Organisation;

public sealed class WorkerTests(SeededCity city) : IClassFixture<SeededCity>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_GivesAFirstPasswordThatSignsInAndHasToBeChanged()
    {
        var made = (await AddAsync(New("zhang.min"), null)).Value;

        var (right, due) = await city.WithAsync<WorkerManager, (bool, DateTimeOffset)>(async workers =>
        {
            var worker = await workers.FindByNameAsync("ZHANG.MIN");
            return (await workers.CheckPasswordAsync(worker!, made.Password), PasswordRules.DueAt(worker!, new()));
        });
        Assert.True(right);
        Assert.Equal(DateTimeOffset.UnixEpoch, due);
    }

    [Fact]
    public void FirstPassword_ObeysTheRules() => Gen.Int.Sample(_ =>
    {
        var password = FirstPassword.Create();
        return password.Length >= PasswordRules.MinLength && password.Any(char.IsAsciiLetterLower) && password.Any(char.IsAsciiLetterUpper)
            && password.Any(char.IsAsciiDigit) && password.IndexOfAny(['0', 'O', 'o', '1', 'l', 'I']) < 0;
    });

    [Fact]
    public async Task Add_WithATakenName_IsAConflict()
    {
        await AddAsync(New("li.na"), null);

        var again = await AddAsync(New("Li.Na"), null);

        Assert.Equal("organisation.user-name-taken", again.Failure?.Code);
    }

    [Theory]
    [InlineData("ab", "王芳", "340104-police", null, "organisation.user-name")]
    [InlineData("a b c", "王芳", "340104-police", null, "organisation.user-name")]
    [InlineData("abc1", " ", "340104-police", null, "organisation.display-name")]
    [InlineData("abc2", "王芳", "340104-fire", null, "organisation.unit-unknown")]
    [InlineData("abc3", "王芳", "340104-police", "340103001001", "organisation.grid-unknown")]
    [InlineData("abc4", "王芳", "340104-police", "340104001", "organisation.grid-unknown")]
    public async Task Add_WithAWrongField_NamesIt(string user, string name, string unit, string? region, string code)
    {
        var result = await AddAsync(new NewWorker { UserName = user, DisplayName = name, UnitCode = unit, RegionCode = region }, null);

        Assert.Equal(code, result.Failure?.Code);
    }

    [Theory]
    [InlineData(WorkerRole.SystemAdministrator, WorkerRole.SecurityAdministrator)]
    [InlineData(WorkerRole.AuditAdministrator, WorkerRole.Caseworker)]
    public async Task Roles_OfAnAdministrator_GoWithNoOther(WorkerRole first, WorkerRole second)
    {
        var worker = await city.Data.CreateWorkerAsync();

        var result = await city.WithAsync<WorkerAdministration, Result>(w => w.SetRolesAsync(worker.Id, null, [first, second], null, Ct));

        Assert.Equal("organisation.roles-together", result.Failure?.Code);
    }

    [Fact]
    public async Task Roles_AreTheSecurityAdministratorsAlone_AndNobodysOwn()
    {
        var worker = await city.Data.CreateWorkerAsync("340104001-womens-federation");
        var security = await CallerAsync("340104-police", WorkerRole.SecurityAdministrator);
        var system = await CallerAsync("340104-police", WorkerRole.SystemAdministrator);
        var elsewhere = await CallerAsync("340103-police", WorkerRole.SecurityAdministrator);

        Assert.Equal(FailureKind.Forbidden, (await SetAsync(worker.Id, system)).Failure?.Kind);
        Assert.Equal(FailureKind.Forbidden, (await SetAsync(worker.Id, elsewhere)).Failure?.Kind);
        Assert.Equal("organisation.own-roles", (await SetAsync(security.WorkerId!.Value, security)).Failure?.Code);
        Assert.True((await SetAsync(worker.Id, security)).IsOk);
        var roles = await city.QueryAsync(db => db.Workers.Where(w => w.Id == worker.Id).Select(w => w.Roles).SingleAsync(Ct));
        Assert.Equal([WorkerRole.Supervisor], roles);
        Assert.Equal("organisation.roles-forbidden", (await AddAsync(New("with.roles") with { Roles = [WorkerRole.Caseworker] }, system)).Failure?.Code);

        Task<Result> SetAsync(Guid id, Caller by) =>
            city.WithAsync<WorkerAdministration, Result>(w => w.SetRolesAsync(id, null, [WorkerRole.Supervisor], by, Ct));
    }

    [Fact]
    public async Task Change_OfAWorkerThatSomeoneChangedMeanwhile_IsAConflict()
    {
        var worker = await city.Data.CreateWorkerAsync();
        var seen = worker.Version;

        var first = await ChangeAsync("王方");
        var second = await ChangeAsync("王房");

        Assert.True(first.IsOk);
        Assert.Equal("organisation.someone-faster", second.Failure?.Code);

        Task<Result> ChangeAsync(string name) =>
            city.WithAsync<WorkerAdministration, Result>(w => w.ChangeAsync(worker.Id, seen, name, "340104-womens-federation", null, null, Ct));
    }

    [Fact]
    public async Task Deactivate_EndsRunningSessions()
    {
        var worker = await city.Data.CreateWorkerAsync();
        var stamp = worker.SecurityStamp;

        await city.WithAsync<WorkerAdministration, Result>(w => w.SetActiveAsync(worker.Id, false, null, Ct));

        var now = await city.QueryAsync(db => db.Workers.SingleAsync(w => w.Id == worker.Id, Ct));
        Assert.False(now.IsActive);
        Assert.NotEqual(stamp, now.SecurityStamp);
    }

    [Fact]
    public async Task List_PageByPage_GivesEachWorkerOnce()
    {
        for (var i = 0; i < 7; i++)
        {
            await city.Data.CreateWorkerAsync("340121-police", $"周{i}");
        }

        var names = new List<string>();
        string? after = null;
        do
        {
            (var page, after) = await city.WithAsync<WorkerList, (IReadOnlyList<WorkerItem>, string?)>(
                list => list.RunAsync(new WorkerSearch { Agency = Agency.Police, RegionCode = "340121000000", Text = "周", After = after, Limit = 3 }, Ct));
            names.AddRange(page.Select(w => w.DisplayName));
        }
        while (after is not null);

        Assert.Equal(["周0", "周1", "周2", "周3", "周4", "周5", "周6"], names.Order());
    }

    [Fact]
    public async Task Roster_TakesNoOverlap_AndOnlyWorkersOfTheUnit()
    {
        var worker = await city.Data.CreateWorkerAsync("340122-police");
        var other = await city.Data.CreateWorkerAsync("340123-police");
        var start = city.Clock.Now.AddHours(1);

        Assert.True((await PutAsync(worker.Id, 0, 8)).IsOk);
        Assert.Equal("organisation.roster-overlap", (await PutAsync(worker.Id, 7, 9)).Failure?.Code);
        Assert.True((await PutAsync(worker.Id, 8, 16)).IsOk);
        Assert.Equal("organisation.roster-times", (await PutAsync(worker.Id, 20, 20)).Failure?.Code);
        Assert.Equal("organisation.roster-past", (await PutAsync(worker.Id, -30, -20)).Failure?.Code);
        Assert.Equal("organisation.worker-not-here", (await PutAsync(other.Id, 0, 8)).Failure?.Code);
        var map = await city.Organisation.GetAsync(Ct);
        var turns = await city.WithAsync<RosterAdministration, IReadOnlyList<RosterTurn>>(
            r => r.ListAsync(map.Find("340122-police")!.UnitId, start.AddHours(4), start.AddHours(8), Ct));
        Assert.Single(turns);

        Task<Result> PutAsync(Guid id, int from, int to) => city.WithAsync<RosterAdministration, Result>(
            r => r.AddAsync("340122-police", id, start.AddHours(from), start.AddHours(to), null, Ct));
    }

    private static NewWorker New(string userName) => new() { UserName = userName, DisplayName = "张敏", UnitCode = "340104-womens-federation" };

    private Task<Result<FirstSignIn>> AddAsync(NewWorker worker, Caller? by) =>
        city.WithAsync<WorkerAdministration, Result<FirstSignIn>>(w => w.AddAsync(worker, by, Ct));

    private async Task<Caller> CallerAsync(string unit, WorkerRole role)
    {
        var worker = await city.Data.CreateWorkerAsync(unit, roles: role);
        return new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
    }
}
