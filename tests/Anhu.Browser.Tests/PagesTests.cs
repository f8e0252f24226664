using System.Globalization;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Account;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.DataRequests;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Measures;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>Every page, in both languages, wide and as narrow as a phone: nothing for axe to report, no script error, nothing cut off.</summary>
public sealed class PagesTests(Browser app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    /// <summary>Pages of a supervisor of a district women's federation, and those of an administrator.</summary>
    public static TheoryData<string, bool> Looks => new() { { "zh-CN", false }, { "zh-CN", true }, { "en", false }, { "en", true } };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task CasePages_AreCleanAndWhole(string culture, bool narrow)
    {
        var receipt = await SubmitAsync();
        var duty = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == receipt.CaseId && d.Kind == "phone-return-visit").Select(d => d.DutyId).FirstAsync(Ct));
        var message = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == receipt.CaseId && d.Kind == "caring-message").Select(d => d.DutyId).FirstAsync(Ct));
        var rules = app.Services.GetRequiredService<RuleBook>().Current;
        var worker = await app.Data.CreateWorkerAsync(unitCode: "340104-womens-federation", change: w => w.Culture = culture, roles: [WorkerRole.Supervisor, WorkerRole.CallTaker]);
        var page = await app.SignInPageAsync(worker, culture, narrow);

        foreach (var path in (string[])["/", "/board", "/cases", $"/cases/{receipt.CaseId}", $"/cases/{receipt.CaseId}/places", "/duties", $"/duties/{duty}", "/visits", $"/visits/{duty}",
            $"/visits/contacts/{receipt.CaseId}", "/messages", $"/messages/{message}", "/alarms/new", "/units", "/units/340104-womens-federation/roster", "/rules",
            $"/rules/playbook/{rules.Playbook.Version}", $"/rules/policy/{rules.Policy.Version}", "/profile", "/profile/password", "/profile/two-step"])
        {
            await CheckAsync(page, path);
        }

        // The form of a leak, and what stands there after one.
        await CheckAsync(page, $"/cases/{receipt.CaseId}/leak");
        Assert.True((await app.Services.GetRequiredService<Anhu.Modules.Whereabouts.LeakDesk>().ReportAsync(
            new() { CaseId = receipt.CaseId, What = ExposedThing.Home, To = ExposedTo.OtherParty, Note = "对方说知道她在哪里" }, CallerOf(worker), Ct)).IsOk);
        await CheckAsync(page, $"/cases/{receipt.CaseId}/leak");
        await CheckAsync(page, $"/cases/{receipt.CaseId}");
        await page.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task AdministrationPages_AreCleanAndWhole(string culture, bool narrow)
    {
        var worker = await app.Data.CreateWorkerAsync(unitCode: "340100-police", change: w => w.Culture = culture, roles: WorkerRole.SystemAdministrator);
        var page = await app.SignInPageAsync(worker, culture, narrow);

        foreach (var path in (string[])["/", "/units", "/units/340104-womens-federation", "/workers", "/workers/new", $"/workers/{worker.Id}", "/rules", "/no-such-page", "/cases", "/error/500"])
        {
            await CheckAsync(page, path);
        }

        await page.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task TaskPages_AreCleanAndWhole(string culture, bool narrow)
    {
        var receipt = await SubmitAsync();
        var task = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == receipt.CaseId && d.Kind == "community-notice-visit")
            .Join(db.Units, d => d.OwnerUnitId, u => u.UnitId, (d, u) => new { d.DutyId, u.Code }).FirstAsync(Ct));
        var worker = await app.Data.CreateWorkerAsync(task.Code, change: w => (w.Culture, w.RegionCode) = (culture, "340104001001"), roles: WorkerRole.GridWorker);
        var page = await app.SignInPageAsync(worker, culture, narrow);

        foreach (var path in (string[])["/", $"/tasks/{task.DutyId}"])
        {
            await CheckAsync(page, path);
        }

        await page.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task SecurityAndAuditPages_AreCleanAndWhole(string culture, bool narrow)
    {
        var locked = await app.Data.CreateWorkerAsync(change: w => (w.LockoutEnd, w.AccessDueAt) = (app.Clock.GetUtcNow().AddMinutes(25), Common.Clock.CutToMicroseconds(app.Clock.GetUtcNow().AddDays(-3))));
        var security = await app.Data.CreateWorkerAsync("340100-police", change: w => w.Culture = culture, roles: WorkerRole.SecurityAdministrator);
        var page = await app.SignInPageAsync(security, culture, narrow);
        foreach (var path in (string[])["/", "/security/second-step", "/workers?only=locked", "/workers?only=no-second-step", $"/workers/{locked.Id}", "/workers/review"])
        {
            await CheckAsync(page, path);
        }

        await page.Context.CloseAsync();
        var audit = await app.SignInPageAsync(
            await app.Data.CreateWorkerAsync("340100-police", change: w => w.Culture = culture, roles: WorkerRole.AuditAdministrator), culture, narrow);
        await CheckAsync(audit, "/");
        await audit.Context.CloseAsync();
    }

    /// <summary>A warning letter from its draft to its approval, documents, and the page that anybody may check them on.</summary>
    [Theory]
    [MemberData(nameof(Looks))]
    public async Task LettersAndDocuments_AreCleanAndWhole(string culture, bool narrow)
    {
        var (alarm, other) = (await SubmitAsync(), await SubmitAsync());
        var officer = await app.Data.CreateWorkerAsync("340104001-police", change: w => w.Culture = culture);
        var leader = await app.Data.CreateWorkerAsync("340104001-police", change: w => w.Culture = culture, roles: WorkerRole.Supervisor);
        var admin = await app.Data.CreateWorkerAsync("340100-police", change: w => w.Culture = culture, roles: WorkerRole.SystemAdministrator);
        var measures = app.Services.GetRequiredService<MeasureBook>()["warning-letter"].Rules;
        var letter = (await app.WithAsync<ActOnMeasureHandler, Result<Measure>>(h => h.Handle(
            new ProposeMeasure { CaseId = alarm.CaseId, Kind = "warning-letter" }, CallerOf(officer), Ct))).Value;
        var disposition = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == other.CaseId && d.Kind == "police-disposition").Select(d => d.DutyId).FirstAsync(Ct));
        await LookAsync(officer, $"/dispositions/{disposition}", "/dispositions");
        await LookAsync(officer, "/measures", $"/measures/{letter.MeasureId}", $"/measures/{letter.MeasureId}/submit", $"/cases/{other.CaseId}/measures/new");
        var draft = new Dictionary<string, object>
        {
            ["relation"] = "配偶", ["happenedAt"] = measures.Clock.Zone.ToLocal(app.Clock.GetUtcNow().AddHours(-1)).ToString(DutyField.LocalTime, CultureInfo.InvariantCulture), ["place"] = "双方共同住所",
            ["facts"] = "实施殴打。", ["admits"] = "yes", ["evidence"] = new[] { "abuser-statement", "victim-statement" }, ["circumstances"] = new[] { "not-forgiven" },
        };
        Assert.True((await app.WithAsync<ActOnMeasureHandler, Result<Measure>>(h => h.Handle(
            new ActOnMeasure { MeasureId = letter.MeasureId, Action = "submit", Form = JsonSerializer.Serialize(draft) }, CallerOf(officer), Ct))).IsOk);
        var report = await SubmitAsync(channel: AlarmChannel.MandatoryReport);
        await LookAsync(leader, "/reports", $"/reports/{report.ReportNumber}", $"/cases/{report.CaseId}/report-omissions/new");
        await LookAsync(leader, "/dispositions/letters", $"/measures/{letter.MeasureId}", $"/measures/{letter.MeasureId}/approve");
        await LookAsync(officer, $"/cases/{alarm.CaseId}/documents", $"/cases/{alarm.CaseId}/documents/new/alarm-certificate");
        await LookAsync(admin, "/documents/templates");

        // Protection orders and penalties are other kinds on the same pages.
        var federation = await app.Data.CreateWorkerAsync("340104-womens-federation", change: w => w.Culture = culture, roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]);
        var order = (await app.WithAsync<ActOnMeasureHandler, Result<Measure>>(h => h.Handle(
            new ProposeMeasure { CaseId = other.CaseId, Kind = "protection-order" }, CallerOf(federation), Ct))).Value;
        await LookAsync(
            federation, $"/measures/{order.MeasureId}", $"/measures/{order.MeasureId}/file", $"/cases/{alarm.CaseId}/measures/new?kind=protection-order", "/measures?kind=protection-order",
            "/measures/court-notices");
        await LookAsync(officer, $"/cases/{alarm.CaseId}/measures/new?kind=administrative-penalty", $"/cases/{alarm.CaseId}/measures/new?kind=criminal-case");

        // A duty that is handed over, with and without her consent.
        var duties = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.OwnerUnitId == federation.UnitId).OrderBy(d => d.DutyId).Select(d => d.DutyId).Take(2).ToListAsync(Ct));
        foreach (var (handed, ground) in duties.Zip((SharingGround?[])[SharingGround.Agreed, null]))
        {
            Assert.True((await app.WithAsync<Anhu.Modules.Work.TakeDutyStepHandler, Result<Duty>>(h => h.Handle(
                new Anhu.Modules.Work.TakeDutyStep
                {
                    DutyId = handed, Step = DutyStep.HandOver, Receiver = "340104-civil-affairs", Reason = "需要临时住处",
                    Sheet = new() { Summary = "需要临时住处。", Needs = "安排庇护", Done = ["已电话联系"], Open = ["安排住处", "三日内反馈"], Ground = ground, Explanation = ground is null ? null : "当面同意，只说需要住处" },
                }, CallerOf(federation), Ct))).IsOk);
        }

        await LookAsync(federation, $"/duties/{duties[0]}", $"/duties/{duties[1]}/hand-over?unit=340104-justice", $"/cases/{alarm.CaseId}/sharing");
        var anybody = await app.OpenAsync(culture, narrow);
        await CheckAsync(anybody, "/check");
        await CheckAsync(anybody, "/check/AAAAA-BBBBB-CCCCC-DDDDD");
        await anybody.Context.CloseAsync();

        async Task LookAsync(Worker worker, params string[] paths)
        {
            var page = await app.SignInPageAsync(worker, culture, narrow);
            foreach (var path in paths)
            {
                await CheckAsync(page, path);
            }

            await page.Context.CloseAsync();
        }
    }

    /// <summary>Cases seen in part, seeing more for a reason and in an emergency, conflicts of interest, a sealed case.</summary>
    [Theory]
    [MemberData(nameof(Looks))]
    public async Task AccessPages_AreCleanAndWhole(string culture, bool narrow)
    {
        var (receipt, hidden, other) = (await SubmitAsync(), await SubmitAsync(), await SubmitAsync());
        Task<Worker> WorkerAsync(string unit, params WorkerRole[] roles) => app.Data.CreateWorkerAsync(unit, change: w => w.Culture = culture, roles: roles);
        var (above, stranger) = (await WorkerAsync("340100-womens-federation", WorkerRole.Supervisor), await WorkerAsync("340102-womens-federation", WorkerRole.Caseworker));
        var leader = await WorkerAsync("340104-womens-federation", WorkerRole.Supervisor);
        var officer = await WorkerAsync("340100-political-legal-committee", WorkerRole.DataProtectionOfficer);
        var grants = app.Services.GetRequiredService<AccessGrants>();
        Assert.True((await grants.BreakGlassAsync(CallerOf(stranger), receipt.CaseNumber, AccessReason.Danger, "她在门外呼救", Ct)).IsOk);
        Assert.True((await app.Services.GetRequiredService<Conflicts>().DeclareAsync(
            CallerOf(above), above.Id, new NewTie(TieKind.Self, "赵样本", null, "13612340000", new DateOnly(1985, 2, 3)), Ct)).IsOk);
        Assert.True((await app.Services.GetRequiredService<SealCaseHandler>().SealAsync(CallerOf(leader), hidden.CaseId, [], "同事", Ct)).IsOk);

        Assert.True((await app.Services.GetRequiredService<Anhu.Modules.Whereabouts.LeakDesk>().ReportAsync(
            new() { CaseId = receipt.CaseId, What = ExposedThing.Several, To = ExposedTo.NotKnown, Note = "不该知道的人问起她" }, CallerOf(leader), Ct)).IsOk);

        // One who searched for himself at night, for the data-protection officer to look into.
        var views = app.Services.GetRequiredService<ViewLog>();
        for (var i = 0; i < ViewDays.ManyAtNight; i++)
        {
            var at = app.Services.GetRequiredService<TimeProvider>().GetUtcNow().Date.AddHours(-6);
            await views.RecordAsync(new PendingEvent(ViewTypes.Case, at, Guid.CreateVersion7(), null, stranger.UnitId, Data: """{"view":"full","leave":"emergency","why":"danger"}"""), new Actor(stranger.Id));
            await views.RecordAsync(new PendingEvent(ViewTypes.Search, at, null, null, stranger.UnitId, Data: """{"list":"cases","shown":0,"own":true,"words":"赵样本"}"""), new Actor(stranger.Id));
        }

        var desk = app.Services.GetRequiredService<DataRequestDesk>();
        async Task<string> RequestAsync()
        {
            var subject = new RecordDataRequest { SubjectName = "赵样本", SubjectIdNumber = CitizenId.Complete("34010419850203002"), Requester = Requester.Self, Proof = IdentityProof.IdCard };
            return $"/access/requests/{(await desk.RecordAsync(subject, CallerOf(leader), Ct)).Value}";
        }

        var (request, waiting) = (await RequestAsync(), await RequestAsync());
        Assert.True((await desk.DecideAsync(Guid.Parse(request[^36..]), true, KnownBy.Nothing, null, CallerOf(officer), Ct)).IsOk);
        foreach (var (worker, paths) in ((Worker, string[])[])
            [(above, ["/", $"/cases/{other.CaseId}", "/emergency", "/access", "/access?show=reasons", "/profile/ties"]), (stranger, [$"/cases/{receipt.CaseId}"]),
             (leader, ["/cases", $"/cases/{hidden.CaseId}"]), (officer, ["/", "/access", "/access/case", $"/access/case?number={receipt.CaseNumber}", "/access/unusual", $"/access/workers/{stranger.Id}", "/access/leaks", "/access/requests", "/access/retention", "/access/retention?show=held", "/access/requests/new", request, $"{request}/answer", waiting])])
        {
            var page = await app.SignInPageAsync(worker, culture, narrow);
            foreach (var path in paths)
            {
                await CheckAsync(page, path);
            }

            await page.Context.CloseAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task EmptyPages_AreCleanAndWhole(string culture, bool narrow)
    {
        var worker = await app.Data.CreateWorkerAsync(unitCode: "340181-trade-union", change: w => w.Culture = culture, roles: WorkerRole.Supervisor);
        var page = await app.SignInPageAsync(worker, culture, narrow);

        foreach (var path in (string[])["/", "/board", "/cases", "/duties", "/visits", "/messages", "/workers?q=nobody"])
        {
            await CheckAsync(page, path);
        }

        await page.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task EndOfAVisit_IsCleanAndWhole(string culture, bool narrow)
    {
        var receipt = await SubmitAsync();
        var duty = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == receipt.CaseId && d.Kind == "phone-return-visit").Select(d => d.DutyId).FirstAsync(Ct));
        var worker = await app.Data.CreateWorkerAsync(unitCode: "340104-womens-federation", change: w => w.Culture = culture, roles: WorkerRole.Caseworker);
        var page = await app.SignInPageAsync(worker, culture, narrow);

        await page.GotoAsync(new Uri(app.Address, $"/visits/{duty}").ToString());
        await page.Locator("input[value=refused]").CheckAsync();
        await page.Locator("main form button[type=submit]").Last.ClickAsync();
        await page.ArriveAsync(url => url.Contains("/done", StringComparison.Ordinal));
        await CheckAsync(page, $"/visits/{duty}/done");

        await page.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task SecondStepOfSigningIn_IsCleanAndWhole(string culture, bool narrow)
    {
        var worker = await app.Data.CreateWorkerAsync(change: w => w.Culture = culture);
        await app.WithAsync<WorkerManager>(async workers =>
        {
            var known = (await workers.FindByIdAsync(worker.Id.ToString()))!;
            await workers.ResetAuthenticatorKeyAsync(known);
            await workers.SetTwoFactorEnabledAsync(known, true);
        });
        var page = await app.OpenAsync(culture, narrow);
        await Browser.SignInAsync(page, app, worker, landing: "/sign-in/code");

        foreach (var path in (string[])["/sign-in/code", "/sign-in/recovery"])
        {
            await CheckAsync(page, path);
            Assert.EndsWith(path, page.Url, StringComparison.Ordinal);
        }

        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task NewAlarm_RisesOnTheBoard_WithoutReloading()
    {
        var worker = await app.Data.CreateWorkerAsync(unitCode: "340104-womens-federation", roles: WorkerRole.Supervisor);
        var page = await app.SignInPageAsync(worker, "zh-CN", narrow: false);
        await page.GotoAsync(new Uri(app.Address, "/board").ToString());
        await page.Locator("[data-state=live]").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });

        var receipt = await SubmitAsync();

        await page.GetByText(receipt.CaseNumber).First.WaitForAsync();
        await page.Context.CloseAsync();
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task PublicPages_AreCleanAndWhole(string culture, bool narrow)
    {
        var page = await app.OpenAsync(culture, narrow);

        foreach (var path in (string[])["/sign-in", "/safety", "/calendar", "/error/404"])
        {
            await CheckAsync(page, path);
        }

        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task CaseFile_OnPaper_HasNoNavigationAndFitsTheSheet()
    {
        var receipt = await SubmitAsync();
        var worker = await app.Data.CreateWorkerAsync(unitCode: "340104-womens-federation", roles: WorkerRole.Supervisor);
        var page = await app.SignInPageAsync(worker, "zh-CN", narrow: false);
        await page.SetViewportSizeAsync(718, 1000);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });

        await CheckAsync(page, $"/cases/{receipt.CaseId}");

        Assert.False(await page.Locator("nav").First.IsVisibleAsync());
        Assert.False(await page.GetByRole(AriaRole.Button).First.IsVisibleAsync());
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Board_TellsTheTime_ByTheCitysClock_WhereverItIsRead()
    {
        var context = await app.NewContextAsync(new BrowserNewContextOptions { TimezoneId = "America/New_York" });
        var page = await context.NewPageAsync();
        await Browser.SignInAsync(page, app, await app.Data.CreateWorkerAsync("340104-police", roles: WorkerRole.Supervisor));
        var before = DateTimeOffset.UtcNow;
        await page.GotoAsync(new Uri(app.Address, "/board").ToString());
        await page.Locator("[data-state=live]").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });

        var told = await page.Locator("[data-part=state-text]").TextContentAsync();

        string[] times = [.. new[] { before, DateTimeOffset.UtcNow }.Select(t => t.ToOffset(TimeSpan.FromHours(8)).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Contains(times, time => told!.Contains(time, StringComparison.Ordinal));
        await context.CloseAsync();
    }

    [Fact]
    public async Task SignedOut_NoPageIsShown()
    {
        var worker = await app.Data.CreateWorkerAsync(unitCode: "340104-womens-federation", roles: WorkerRole.Caseworker);
        var page = await app.SignInPageAsync(worker, "zh-CN", narrow: false);
        await page.Context.ClearCookiesAsync();

        await page.GotoAsync(new Uri(app.Address, "/cases").ToString());

        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    private Task CheckAsync(IPage page, string path) => PageCheck.RunAsync(page, app.Address, path);

    private Task<AlarmReceipt> SubmitAsync(AlarmChannel channel = AlarmChannel.Phone)
    {
        var id = Guid.CreateVersion7().ToString("N");
        var number = Math.Abs(id.GetHashCode(StringComparison.Ordinal)) % 400;
        return app.WithAsync<AlarmIntake, AlarmReceipt>(intake => intake.SubmitAsync(
            new AlarmReport
            {
                Source = "browser", SourceId = id, Revision = 1, ReceivedAt = Common.Clock.CutToMicroseconds(app.Clock.GetUtcNow()), Channel = channel,
                Category = AlarmCategory.DomesticViolence, Summary = "报警人称在家中被丈夫殴打。",
                Location = new ReportedLocation("测试路1号2栋", "340104001001", 117.25, 31.85),
                Indicators = new ReportedIndicators(ThreatToKill: true, ChildPresent: true),
                People =
                [
                    new ReportedPerson
                    {
                        Role = PartyRole.Victim, Name = "王芳", Sex = Sex.Female, Phone = "138" + id[..8].Aggregate("", (t, c) => t + (c % 10)), Injury = Injury.Minor,
                        IdNumber = CitizenId.Complete($"34019919850101{number * 2:000}"),
                    },
                    new ReportedPerson { Role = PartyRole.Perpetrator, Name = "李强", Sex = Sex.Male, RelationToVictim = "spouse" },
                ],
            },
            Actor.Platform, Ct));
    }
}
