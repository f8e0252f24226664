using System.Net;
using Anhu.Common;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Account;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Organisation;

/// <summary>Somebody confirms, again and again, that workers still need what they have; who is not confirmed is listed, told, and shut out where the city wants that.</summary>
public sealed class AccessReviewTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Unit = "340181-womens-federation";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AccessReviews Reviews => app.Services.GetRequiredService<AccessReviews>();

    [Fact]
    public async Task Supervisor_ConfirmsOnThePage_AndItIsRecorded()
    {
        var due = await WorkerAsync(Unit, -1);
        var later = await WorkerAsync(Unit, 60);
        var supervisor = await WorkerAsync(Unit, -1, WorkerRole.Supervisor);
        using var client = await app.SignInAsync(supervisor);
        var home = await client.GetPageAsync("/");
        var page = await client.GetPageAsync("/workers/review");

        using var confirmed = await SendAsync(client, page, due);

        Assert.NotNull(home.QuerySelector("a[href='/workers/review']"));
        Assert.Null(page.QuerySelector($"a[href='/workers/{later.Id}']"));
        Assert.Null(page.QuerySelector($"form[action='/workers/{supervisor.Id}/confirm']"));
        Assert.Equal("/workers/review", confirmed.Target());
        Assert.Null((await client.GetPageAsync("/workers/review")).QuerySelector($"a[href='/workers/{due.Id}']"));
        var now = await StoredAsync(due);
        Assert.True(now.AccessDueAt > app.Clock.Now.AddDays(80));
        var data = await app.QueryAsync(db => db.Timeline.Where(e => e.Type == OrganisationEvents.AccessConfirmed && e.WorkerId == supervisor.Id).Select(e => e.Data).SingleAsync(Ct));
        Assert.Contains(due.Id.ToString(), data, StringComparison.Ordinal);
        Assert.Contains("caseworker", data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Confirming_WhatWasChangedMeanwhile_OrTwice_DoesNothing()
    {
        var due = await WorkerAsync(Unit, -1);
        using var client = await app.SignInAsync(await WorkerAsync(Unit, 60, WorkerRole.Supervisor));
        var page = await client.GetPageAsync("/workers/review");
        await app.WithAsync<WorkerAdministration>(async workers => Assert.True((await workers.ChangeAsync(due.Id, null, "新名", Unit, null, null, Ct)).IsOk));

        using var stale = await SendAsync(client, page, due);
        var said = await client.GetPageAsync(stale.Target());
        using var right = await SendAsync(client, await client.GetPageAsync("/workers/review"), due);
        using var again = await SendAsync(client, page, due);

        Assert.Equal(("/workers/review?changed=1", "/workers/review", "/workers/review?changed=1"), (stale.Target(), right.Target(), again.Target()));
        Assert.NotNull(said.QuerySelector(".notice"));
    }

    [Fact]
    public async Task OneConfirms_WhomOneAnswersFor_AndNeverOneself()
    {
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(Ct);
        var worker = await WorkerAsync("340104-womens-federation", -1);
        var administrator = await WorkerAsync("340104-womens-federation", -1, WorkerRole.AuditAdministrator);
        var own = await WorkerAsync("340104-womens-federation", -1, WorkerRole.Supervisor);
        var above = await WorkerAsync("340100-womens-federation", -1, WorkerRole.Supervisor);
        var elsewhere = await WorkerAsync("340104-police", -1, WorkerRole.Supervisor);
        var committee = await WorkerAsync("340100-political-legal-committee", -1, WorkerRole.Supervisor);
        var colleague = await WorkerAsync("340104-womens-federation", -1);
        var security = await WorkerAsync("340104-womens-federation", -1, WorkerRole.SecurityAdministrator);
        var securityElsewhere = await WorkerAsync("340102-womens-federation", -1, WorkerRole.SecurityAdministrator);
        (Worker By, Worker About, bool May)[] table =
        [
            (own, worker, true), (above, worker, true), (above, own, true), (security, worker, true), (security, own, true), (security, administrator, true),
            (own, own, false), (security, security, false), (own, administrator, false), (elsewhere, worker, false), (committee, worker, false), (colleague, worker, false),
            (securityElsewhere, worker, false), (administrator, worker, false), (own, above, false),
        ];

        foreach (var (by, about, may) in table)
        {
            var (caller, what) = (CallerOf(by), $"{string.Join(' ', by.Roles)} of {map.Find(by.UnitId)!.Code} about {string.Join(' ', about.Roles)}");
            Assert.True(may == AccessReviews.MayConfirm(map, caller, about), what);
            Assert.True(may == (await AllAsync(caller)).Contains(about.Id), what + " in the list");
            if (!may)
            {
                Assert.Equal(FailureKind.Forbidden, (await Reviews.ConfirmAsync(about.Id, null, caller, Ct)).Failure?.Kind);
            }
        }

        Assert.True((await Reviews.ConfirmAsync(security.Id, null, null, Ct)).IsOk);
        Assert.Equal(0, await Reviews.OverdueAsync(CallerOf(colleague), Ct));
        Assert.True(await Reviews.OverdueAsync(CallerOf(own), Ct) >= 2);
    }

    [Fact]
    public async Task List_GoesOnOverPages_WhatIsDueFirstAbove()
    {
        const string unit = "340123-womens-federation";
        var workers = new List<Worker>();
        foreach (var days in (int[])[-3, -3, -3, -9, 5])
        {
            workers.Add(await WorkerAsync(unit, days));
        }

        var caller = CallerOf(await WorkerAsync(unit, 60, WorkerRole.Supervisor));
        var (seen, after) = (new List<Guid>(), (string?)null);
        do
        {
            var (page, next) = await Reviews.ListAsync(caller, after, 2, Ct);
            seen.AddRange(page.Select(w => w.WorkerId));
            after = next;
        }
        while (after is not null);

        Assert.Equal([workers[3].Id, .. workers[..3].OrderBy(w => w.UserName!.ToUpperInvariant(), StringComparer.Ordinal).Select(w => w.Id), workers[4].Id], seen);
        foreach (var wrong in (string[])["x", "~", "-1~A", $"{long.MaxValue}~A", "9~"])
        {
            Assert.NotNull((await Reviews.ListAsync(caller, wrong, 2, Ct)).Workers);
        }
    }

    [Fact]
    public async Task GivingRoles_Moving_AndComingBack_SetTheDate()
    {
        var worker = await WorkerAsync(Unit, -40);
        await app.WithAsync<WorkerAdministration>(async workers =>
        {
            Assert.True((await workers.SetRolesAsync(worker.Id, null, [WorkerRole.CallTaker], null, Ct)).IsOk);
            Assert.True((await StoredAsync(worker)).AccessDueAt > app.Clock.Now.AddDays(80));
            Assert.True((await workers.ChangeAsync(worker.Id, null, "王芳", "340104-womens-federation", null, null, Ct)).IsOk);
        });

        var moved = await StoredAsync(worker);

        Assert.InRange(moved.AccessDueAt!.Value, app.Clock.Now.AddMinutes(-5), app.Clock.Now);
    }

    [Fact]
    public async Task Unconfirmed_AreListedOnly_UnlessTheCityEndsThem()
    {
        var (late, inGrace, undecided) = (await WorkerAsync(Unit, -15), await WorkerAsync(Unit, -13), await WorkerAsync(Unit, 0, decided: false));
        using var client = await app.SignInAsync(late);
        AccessReviews With(bool ends) => new(
            app.Services.GetRequiredService<IDbContextFactory<Anhu.Data.AnhuDbContext>>(), app.Services.GetRequiredService<OrganisationDirectory>(), new AccessReviewSettings(3, 14, ends), app.Clock);

        await With(false).FollowAsync(Ct);
        var told = await StoredAsync(late);
        await With(true).FollowAsync(Ct);
        await With(true).FollowAsync(Ct);

        Assert.True(told.IsActive);
        Assert.Equal((false, true, true), ((await StoredAsync(late)).IsActive, (await StoredAsync(inGrace)).IsActive, (await StoredAsync(undecided)).IsActive));
        Assert.True((await StoredAsync(undecided)).AccessDueAt > app.Clock.Now.AddDays(80));
        await Until.TrueAsync(async () =>
        {
            using var next = await client.GetAsync("/profile", Ct);
            return next.StatusCode == HttpStatusCode.Redirect;
        });
        var ended = await app.QueryAsync(db => db.Timeline.Where(e => e.Type == OrganisationEvents.WorkerDeactivated && e.Data.Contains(late.Id.ToString())).Select(e => e.Data).ToListAsync(Ct));
        Assert.Contains("not-confirmed", Assert.Single(ended), StringComparison.Ordinal);

        // Who comes back has the days of grace again.
        await app.WithAsync<WorkerAdministration>(async workers => Assert.True((await workers.SetActiveAsync(late.Id, true, null, Ct)).IsOk));
        await With(true).FollowAsync(Ct);
        Assert.True((await StoredAsync(late)).IsActive);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, AngleSharp.Html.Dom.IHtmlDocument page, Worker worker)
    {
        var form = page.QuerySelector($"form[action='/workers/{worker.Id}/confirm']")!;
        using var body = new FormUrlEncodedContent(form.QuerySelectorAll("input[name]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!));
        return await client.PostAsync(new Uri(form.GetAttribute("action")!, UriKind.Relative), body, Ct);
    }

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    private Task<Worker> WorkerAsync(string unit, int dueInDays, WorkerRole role = WorkerRole.Caseworker, bool decided = true) =>
        app.Data.CreateWorkerAsync(unit, change: w => w.AccessDueAt = decided ? app.Clock.Now.AddDays(dueInDays) : null, roles: role);

    private Task<Worker> StoredAsync(Worker worker) => app.QueryAsync(db => db.Workers.AsNoTracking().SingleAsync(w => w.Id == worker.Id, Ct));

    private async Task<HashSet<Guid>> AllAsync(Caller caller)
    {
        var (all, after) = (new HashSet<Guid>(), (string?)null);
        do
        {
            var (page, next) = await Reviews.ListAsync(caller, after, 200, Ct);
            all.UnionWith(page.Select(w => w.WorkerId));
            after = next;
        }
        while (after is not null);
        return all;
    }
}
