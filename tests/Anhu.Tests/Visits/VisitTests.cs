using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Visits;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Visits;

public sealed class VisitTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Reached = """{"familyRelations":"calm","policeHandling":"satisfied","disputeSettled":"settled","riskView":"3"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("reached", Reached, VisitOutcome.Reached)]
    [InlineData("refused", "{}", VisitOutcome.Refused)]
    [InlineData("unsafe-to-talk", "{}", VisitOutcome.UnsafeToTalk)]
    public async Task Visit_WithAnOutcome_EndsTheDutyAndIsStored(string outcome, string form, VisitOutcome stored)
    {
        var alarm = await app.ReportAsync();
        var duty = await app.DutyAsync(alarm, "phone-return-visit");

        var result = await RecordAsync(duty, outcome, form);

        Assert.True(result.IsOk, result.Failure?.Code);
        Assert.True(result.Value.Done);
        var visit = await app.QueryAsync(db => db.ReturnVisits.SingleAsync(v => v.DutyId == duty.DutyId, Ct));
        Assert.Equal(stored, visit.Outcome);
        Assert.Equal(outcome, (await app.DutyAsync(alarm, "phone-return-visit")).Outcome);
        Assert.Equal(outcome == "unsafe-to-talk", (await app.DutiesAsync(alarm)).Exists(d => d.Kind == "safety-check"));
    }

    /// <summary>What the form says of each side alone decides whether there was a mediation at all (victim-safety G2).</summary>
    [Fact]
    public async Task Mediation_NeedsEachSidesOwnWill_AndAnAgreementThatTheyWereKeptApart()
    {
        var alarm = await app.ReportAsync(policeOpinion: 3);
        await RecordAsync(
            await app.DutyAsync(alarm, "phone-return-visit"), "reached", """{"familyRelations":"tense","policeHandling":"satisfied","disputeSettled":"not-settled","needs":["mediation"],"riskView":"3"}""");
        var duty = await app.DutyAsync(alarm, "mediation");
        var code = await app.QueryAsync(db => db.Units.Where(u => u.UnitId == duty.OwnerUnitId).Select(u => u.Code).SingleAsync(Ct));
        var mediator = await app.Data.CreateWorkerAsync(code);
        var caller = new Caller { WorkerId = mediator.Id, UnitId = mediator.UnitId, Roles = mediator.Roles };
        Task<Anhu.Common.Result<Duty>> StepAsync(DutyStep step, string? outcome = null, string? form = null) => app.WithAsync<TakeDutyStepHandler, Anhu.Common.Result<Duty>>(
            h => h.Handle(new TakeDutyStep { DutyId = duty.DutyId, Step = step, Outcome = outcome, Form = form }, caller, Ct));
        foreach (var step in (DutyStep[])[DutyStep.Accept, DutyStep.Start])
        {
            Assert.True((await StepAsync(step)).IsOk);
        }

        string Form(bool she, bool he, bool apart) => System.Text.Json.JsonSerializer.Serialize(new { victimWilling = she, otherWilling = he, heldApart = apart, agreementNumber = "1", notes = "分别听取" });
        foreach (var (form, outcome) in ((string, string)[])[(Form(false, true, true), "agreed"), (Form(true, false, true), "agreed"), (Form(true, true, false), "agreed"), (Form(false, true, true), "failed")])
        {
            Assert.Equal("duties.not-willing", (await StepAsync(DutyStep.Complete, outcome, form)).Failure?.Code);
        }

        Assert.True((await StepAsync(DutyStep.Complete, "agreed", Form(true, true, true))).IsOk);
    }

    [Fact]
    public async Task Needs_ProposeTheDutiesThatAnswerThem_AndASeriousViewProposesRaising()
    {
        var alarm = await app.ReportAsync(policeOpinion: 3);
        var duty = await app.DutyAsync(alarm, "phone-return-visit");

        var result = await RecordAsync(
            duty, "reached", """{"familyRelations":"violence","policeHandling":"pending","disputeSettled":"not-settled","needs":["legal","shelter"],"riskView":"1"}""");

        Assert.Equal(1, result.Value.RaiseTo);
        var proposed = (await app.DutiesAsync(alarm)).Where(d => d.State == DutyState.Proposed).Select(d => d.Kind).Order();
        Assert.Equal(["legal-aid", "shelter"], proposed);

        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var raised = await client.SubmitAsync(await client.GetPageAsync($"/visits/{duty.DutyId}/done"), "raise");
        Assert.Equal(HttpStatusCode.Redirect, raised.StatusCode);
        Assert.Equal(1, (await app.QueryAsync(db => db.Cases.SingleAsync(c => c.CaseId == alarm.CaseId, Ct))).Class);
    }

    [Fact]
    public async Task NotReached_IsTriedAtThreeDifferentHours_ThenTheCommunityLooks()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        var duty = await app.DutyAsync(alarm, "phone-return-visit");

        Assert.Equal(new VisitRecorded(false, 1, null), (await RecordAsync(duty, "not-reached", "{}")).Value);
        Assert.Equal(VisitFailures.SameHour, (await RecordAsync(duty, "not-reached", "{}")).Failure);
        app.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, (await RecordAsync(duty, "not-reached", "{}")).Value.Try);
        Assert.Equal(DutyState.InProgress, (await app.DutyAsync(alarm, "phone-return-visit")).State);
        app.Time.Advance(TimeSpan.FromHours(1));
        var last = await RecordAsync(duty, "not-reached", "{}");

        Assert.True(last.Value.Done);
        Assert.Equal("not-reached", (await app.DutyAsync(alarm, "phone-return-visit")).Outcome);
        Assert.Contains(await app.DutiesAsync(alarm), d => d.Kind == "community-notice-visit");
        Assert.Equal(3, await app.QueryAsync(db => db.ReturnVisits.CountAsync(v => v.DutyId == duty.DutyId, Ct)));
    }

    [Fact]
    public async Task OnSiteVisit_KeepsItsDetails_AndDangerBringsThePolice()
    {
        var alarm = await app.ReportAsync(policeOpinion: 1);
        var duty = await app.DutyAsync(alarm, "on-site-visit");

        var result = await RecordAsync(duty, "danger", """{"called110":"yes","notes":"门内有人呼喊","riskView":"1","signs":["noise","injuries"]}""");

        Assert.True(result.IsOk, result.Failure?.Code);
        var visit = await app.QueryAsync(db => db.ReturnVisits.SingleAsync(v => v.DutyId == duty.DutyId, Ct));
        Assert.True(visit.OnSite);
        using var details = JsonDocument.Parse(visit.Details!);
        Assert.Equal("danger", details.RootElement.GetProperty("result").GetString());
        Assert.Contains(await app.DutiesAsync(alarm), d => d.Kind == "safety-check");
    }

    [Fact]
    public async Task Visit_OfAnotherUnit_IsRefused()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        var police = await app.Data.CreateWorkerAsync("340104-police");

        var result = await RecordAsync(await app.DutyAsync(alarm, "phone-return-visit"), "refused", "{}", police);

        Assert.Equal(FailureKind.Forbidden, result.Failure?.Kind);
    }

    [Fact]
    public async Task Page_WithoutASafeContact_ShowsNoNumber_AndPostsLikeAnyForm()
    {
        var alarm = await app.ReportAsync(victimPhone: "13712345678");
        var duty = await app.DutyAsync(alarm, "phone-return-visit");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync($"/visits/{duty.DutyId}");
        Assert.DoesNotContain("13712345678", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        using var incomplete = await client.SubmitAsync(page, "visit", new() { ["outcome"] = "reached", ["field.notes"] = "半句" });
        Assert.Equal(HttpStatusCode.BadRequest, incomplete.StatusCode);
        Assert.Equal("半句", (await incomplete.ReadPageAsync()).QuerySelector("#f-notes")!.TextContent);

        using var done = await client.SubmitAsync(page, "visit", new() { ["outcome"] = "refused" });
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
    }

    [Fact]
    public async Task List_ShowsTheNextCallFirst()
    {
        var (light, serious) = (await app.ReportAsync(policeOpinion: 3), await app.ReportAsync(policeOpinion: 1));
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var page = await client.GetPageAsync("/visits");

        var links = page.QuerySelectorAll("a[data-visit]").Select(a => a.GetAttribute("href")).ToList();
        var (first, second) = (await app.DutyAsync(serious, "phone-return-visit"), await app.DutyAsync(light, "phone-return-visit"));
        Assert.Contains($"/visits/{first.DutyId}", links);
        // What other tests left may push the light one to a later page.
        Assert.True(!links.Contains($"/visits/{second.DutyId}") || links.IndexOf($"/visits/{first.DutyId}") < links.IndexOf($"/visits/{second.DutyId}"));
        Assert.Equal(links[0], page.QuerySelector("a[data-next]")?.GetAttribute("href"));
    }

    [Fact]
    public async Task List_LongerThanAPage_GoesOn_AndEachPageHasItsNext()
    {
        for (var i = 0; i < 55; i++)
        {
            await app.ReportAsync(policeOpinion: 1 + (i % 3));
        }

        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var seen = new List<string?>();
        var ordered = new List<string?>();
        for (string? path = "/visits"; path is not null;)
        {
            var page = await client.GetPageAsync(path);
            var links = page.QuerySelectorAll("a[data-visit]").Select(a => a.GetAttribute("href")).ToList();
            Assert.InRange(links.Count, 1, 50);
            Assert.Equal(links[0], page.QuerySelector("a[data-next]")!.GetAttribute("href"));
            seen.AddRange(links);
            ordered.AddRange(page.QuerySelectorAll("tbody .class-badge").Select(b => b.TextContent.Trim()));
            path = page.QuerySelector("a[rel=next]")?.GetAttribute("href");
        }

        Assert.True(seen.Count > 50);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(ordered.GroupBy(c => c).Count(), 1 + ordered.Zip(ordered.Skip(1)).Count(p => p.First != p.Second));
        using var wrong = await client.GetAsync("/visits?after=9_x", Ct);
        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
    }

    [Fact]
    public async Task Draft_OfAnOlderEdit_NeverOverwritesANewerOne_AndIsRestored()
    {
        var duty = await app.DutyAsync(await app.ReportAsync(), "phone-return-visit");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var page = await client.GetPageAsync($"/visits/{duty.DutyId}");
        var token = page.QuerySelector(".visit-form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

        Assert.Equal(HttpStatusCode.OK, await SaveAsync(client, duty, token, 2, "后写的"));
        Assert.Equal(HttpStatusCode.Conflict, await SaveAsync(client, duty, token, 1, "先写的"));
        Assert.Equal(HttpStatusCode.BadRequest, await SaveAsync(client, duty, "x", 3, "没有令牌"));

        var again = await client.GetPageAsync($"/visits/{duty.DutyId}");
        Assert.Equal("后写的", again.QuerySelector("#f-notes")!.TextContent);
        Assert.Equal("2", again.QuerySelector("auto-save-form")!.GetAttribute("data-edit"));
        using var other = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        Assert.Equal("", (await other.GetPageAsync($"/visits/{duty.DutyId}")).QuerySelector("#f-notes")!.TextContent);

        using var sent = await client.SubmitAsync(again, "visit", new() { ["outcome"] = "refused" });
        Assert.Equal(0, await app.QueryAsync(db => db.FormDrafts.CountAsync(d => d.FormKey == FormDrafts.KeyOf(duty.DutyId), Ct)));
    }

    [Fact]
    public async Task Contact_MarkedSafe_IsShown_UntilANewAlarm()
    {
        var alarm = await app.ReportAsync(770, 1);
        var caller = await CallerAsync();
        var contacts = app.Services.GetRequiredService<SafeContacts>();
        var victim = (await contacts.OfCaseAsync(caller, alarm.CaseId, Ct))!.Victims[0].PersonId;
        var marked = await contacts.Handle(new MarkSafeContact { CaseId = alarm.CaseId, PersonId = victim, Phone = "137 0000 0770", SafeToCall = true }, caller, Ct);
        Assert.True(marked.IsOk, marked.Failure?.Code);
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var path = $"/visits/{(await app.DutyAsync(alarm, "phone-return-visit")).DutyId}";

        Assert.Equal("13700000770", (await client.GetPageAsync(path)).TextOf(".visit-phone"));
        app.Time.Advance(TimeSpan.FromHours(5));
        await app.ReportAsync(770, 2);

        // The session has ended meanwhile.
        using var later = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        Assert.Null((await later.GetPageAsync(path)).TextOf(".visit-phone"));
        Assert.Equal(ContactVerdict.NewIncident, (await contacts.OfCaseAsync(caller, alarm.CaseId, Ct))!.ForCall!.Call);
    }

    [Fact]
    public async Task Contact_ThatTheOtherPartyHasToo_IsRefused()
    {
        var alarm = await app.ReportAsync(otherPhone: "13611112222");
        var caller = await CallerAsync();
        var contacts = app.Services.GetRequiredService<SafeContacts>();
        var victim = (await contacts.OfCaseAsync(caller, alarm.CaseId, Ct))!.Victims[0].PersonId;

        var marked = await contacts.Handle(new MarkSafeContact { CaseId = alarm.CaseId, PersonId = victim, Phone = "+86 136-1111-2222", SafeToCall = true }, caller, Ct);

        Assert.Equal(ContactFailures.Shared, marked.Failure);
    }

    private static async Task<HttpStatusCode> SaveAsync(HttpClient client, Duty duty, string token, long edit, string notes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/drafts/{FormDrafts.KeyOf(duty.DutyId)}");
        request.Headers.Add("RequestVerificationToken", token);
        request.Content = JsonContent.Create(new { edit, fields = new Dictionary<string, string[]> { ["field.notes"] = [notes] } });
        await request.Content.LoadIntoBufferAsync(Ct);
        using var answer = await client.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private async Task<Caller> CallerAsync(Worker? worker = null)
    {
        worker ??= await app.Data.CreateWorkerAsync();
        return new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
    }

    private async Task<Result<VisitRecorded>> RecordAsync(Duty duty, string outcome, string form, Worker? worker = null) =>
        await app.Services.GetRequiredService<RecordVisitHandler>()
            .Handle(new RecordVisit { DutyId = duty.DutyId, Outcome = outcome, Form = form }, await CallerAsync(worker), Ct);
}
