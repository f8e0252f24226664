using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Dispositions;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Anhu.Tests.Measures;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Dispositions;

/// <summary>Disposing of an incident on the store, on the page and by the API.</summary>
public sealed class DispositionTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private readonly Letters letters = new(app);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BarredChoice_IsRefusedWithItsBasis_AndALeaderFromAboveMayOpenWhatTheLawLetsHim()
    {
        var alarm = await letters.ReportAsync();
        var duty = (await letters.OpenAsync(alarm.CaseId, "police-disposition"))!;
        var officer = await letters.CallerAsync(Letters.Station);

        var mediation = (await DisposeAsync(duty, "police-mediation", officer, new { documentNumber = "调1", facts = "推搡", reason = "双方情绪平稳" })).Failure!;
        Assert.Equal((FailureKind.NotAllowed, "dispositions.barred", "outcome"), (mediation.Kind, mediation.Code, mediation.Field));
        Assert.Contains("第一百七十九条", mediation.Detail, StringComparison.Ordinal);
        Assert.Equal("duties.outcome-unknown", (await DisposeAsync(duty, "mediated-no-record", officer, new { facts = "x", reason = "x" })).Failure?.Code);

        // She does not forgive: in Anhui the letter is a must.
        object criticism = new { facts = "推搡", reason = "情节较轻", circumstances = new[] { "not-forgiven" } };
        Assert.Equal("dispositions.needs-above", (await DisposeAsync(duty, "criticism", officer, criticism)).Failure?.Code);
        Assert.Equal("dispositions.needs-above", (await DisposeAsync(duty, "criticism", await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor), criticism)).Failure?.Code);
        Assert.Equal(DutyState.Assigned, (await letters.OpenAsync(alarm.CaseId, "police-disposition"))!.State);
        var above = await letters.CallerAsync(Letters.Branch, WorkerRole.Supervisor);
        await letters.LetSeeAsync(alarm.CaseId, above);
        var done = await DisposeAsync(duty, "criticism", above, criticism);
        Assert.True(done.IsOk, done.Failure?.Code);

        var record = await app.QueryAsync(db => db.Dispositions.AsNoTracking().SingleAsync(d => d.DutyId == duty.DutyId, Ct));
        Assert.Equal(("criticism", "warning-letter", true, true, "情节较轻"), (record.Outcome, record.Suggested, record.Deviates, record.FromAbove, record.Reason));
        Assert.Contains("anhui-not-forgiven", record.RuleIds);
        var incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == alarm.CaseId, Ct));
        Assert.Equal("criticism", incident.Disposition);
        Assert.Single(await app.QueryAsync(db => db.Timeline.AsNoTracking().Where(e => e.CaseId == alarm.CaseId && e.Type == "disposition.decided").ToListAsync(Ct)));
    }

    [Fact]
    public async Task WhatIsAdded_MakesItsDuties()
    {
        var alarm = await letters.ReportAsync();
        var duty = (await letters.OpenAsync(alarm.CaseId, "police-disposition"))!;

        var done = await DisposeAsync(duty, "penalty", await letters.CallerAsync(Letters.Station), new
        {
            documentNumber = "决1", facts = "殴打", appraisedInjury = "minor", additions = new[] { "medical", "appraisal", "protection-order", "shelter", "referral", "no-contact-order", "family-education" },
        });

        Assert.True(done.IsOk, $"{done.Failure?.Code} {done.Failure?.Detail}");
        foreach (var kind in (string[])["medical-help", "injury-appraisal", "protection-order-help", "shelter", "federation-referral", "no-contact-order", "family-education-order"])
        {
            Assert.True(await letters.OpenAsync(alarm.CaseId, kind) is not null, kind);
        }

        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task Criticism_IsFoundByThePerson_AndTheSecondOneMakesTheLetterDue()
    {
        var couple = Reports.NextCouple();
        var officer = await letters.CallerAsync(Letters.Station);
        var first = await letters.ReportAsync(couple, r => r with { ReceivedAt = r.ReceivedAt.AddDays(-20), People = [.. r.People.Select(p => p with { Injury = Injury.None })] });
        var done = await DisposeAsync((await letters.OpenAsync(first.CaseId, "police-disposition"))!, "criticism", officer, new { facts = "推搡", reason = "显著轻微", circumstances = new[] { "manifestly-minor" } });
        Assert.True(done.IsOk, done.Failure?.Code);
        var abuser = Reports.Person(couple, PartyRole.Perpetrator);
        foreach (var words in new[] { abuser.IdNumber!, abuser.Phone!, first.CaseNumber })
        {
            var (found, _) = await app.WithAsync<DispositionQueries, (IReadOnlyList<DispositionLine>, MeasureCursor?)>(q => q.ListAsync(officer, new DispositionListFilter { Outcome = "criticism", Words = words }, Ct));
            Assert.Equal("显著轻微", Assert.Single(found).Reason);
        }

        var (elsewhere, _) = await app.WithAsync<DispositionQueries, (IReadOnlyList<DispositionLine>, MeasureCursor?)>(async q =>
            await q.ListAsync(await letters.CallerAsync("340103001-police"), new DispositionListFilter { Words = abuser.IdNumber }, Ct));
        Assert.Empty(elsewhere);
        var (victim, _) = await app.WithAsync<DispositionQueries, (IReadOnlyList<DispositionLine>, MeasureCursor?)>(q =>
            q.ListAsync(officer, new DispositionListFilter { Words = Reports.Person(couple, PartyRole.Victim).IdNumber }, Ct));
        Assert.Empty(victim);

        var second = await letters.ReportAsync(couple);
        var again = (await letters.OpenAsync(second.CaseId, "police-disposition"))!;
        var desk = (await app.WithAsync<DispositionQueries, DispositionDesk?>(q => q.AdviceAsync(officer, again.DutyId, null, Ct)))!;
        Assert.Equal(("warning-letter", 1), (desk.Advice.Suggested, desk.Facts.History.Criticisms));
        Assert.Equal("dispositions.needs-above", (await DisposeAsync(again, "criticism", officer, new { facts = "x", reason = "x", circumstances = new[] { "manifestly-minor" } })).Failure?.Code);
    }

    [Fact]
    public async Task Page_ShowsWhatTheFactsPointTo_AndEntersIt()
    {
        var alarm = await letters.ReportAsync();
        var duty = (await letters.OpenAsync(alarm.CaseId, "police-disposition"))!;
        using var officer = await app.SignInAsync(await app.Data.CreateWorkerAsync(Letters.Station));
        Assert.NotNull((await officer.GetPageAsync($"/duties/{duty.DutyId}")).QuerySelector($"a[href='/dispositions/{duty.DutyId}']"));
        var path = $"/dispositions/{duty.DutyId}";
        var page = await officer.GetPageAsync(path);
        Assert.Contains("轻微伤不是轻伤", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.True(page.QuerySelector("input[name=outcome][value=police-mediation]")!.HasAttribute("disabled"));

        using var looked = await officer.SubmitAsync(page, "dispose", new() { ["look"] = "yes", ["field.circumstances"] = "not-forgiven", ["field.facts"] = "写好的" });
        var shown = await looked.ReadPageAsync();
        Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        Assert.Equal("warning-letter", shown.QuerySelector("input[name=outcome]")!.GetAttribute("value"));
        Assert.Equal("写好的", shown.QuerySelector("#f-facts")!.TextContent);
        Assert.Equal(DutyState.Assigned, (await letters.OpenAsync(alarm.CaseId, "police-disposition"))!.State);

        using var refused = await officer.SubmitAsync(shown, "dispose", new() { ["outcome"] = "criticism", ["field.circumstances"] = "not-forgiven", ["field.facts"] = "推搡", ["field.reason"] = "较轻" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("安徽省实施办法第二十条", (await refused.ReadPageAsync()).Body!.TextContent, StringComparison.Ordinal);
        using var done = await officer.SubmitAsync(shown, "dispose", new()
        {
            ["outcome"] = "penalty", ["field.circumstances"] = "not-forgiven", ["field.facts"] = "殴打", ["field.documentNumber"] = "决2", ["field.reason"] = "情节较重",
        });
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Contains("情节较重", (await officer.GetPageAsync("/dispositions?show=deviating")).Body!.TextContent, StringComparison.Ordinal);
        using var stranger = await app.SignInAsync(await app.Data.CreateWorkerAsync("340103001-police"));
        using var hidden = await stranger.GetAsync(path, Ct);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
    }

    [Fact]
    public async Task RunningLetter_IsShown_OnTheDutiesOfANewAlarm()
    {
        var couple = Reports.NextCouple();
        var (alarm, letter, _, _) = await letters.LetterAsync("issued", couple);
        var duty = (await app.QueryAsync(db => db.Duties.AsNoTracking().FirstAsync(d => d.CaseId == alarm.CaseId && d.Kind == "police-first-contact", Ct))).DutyId;
        using var officer = await app.SignInAsync(await app.Data.CreateWorkerAsync(Letters.Station));

        Assert.NotNull((await officer.GetPageAsync($"/duties/{duty}")).QuerySelector($"a[href='/measures/{letter.MeasureId}']"));
    }

    [Fact]
    public async Task Api_Advises_AndNamesTheField_WhereAReasonIsMissing()
    {
        var alarm = await letters.ReportAsync();
        var duty = (await letters.OpenAsync(alarm.CaseId, "police-disposition"))!;
        using var officer = await app.SignInAsync(await app.Data.CreateWorkerAsync(Letters.Station));
        var advice = await officer.GetFromJsonAsync<JsonElement>($"/api/v1/duties/{duty.DutyId}/disposition?circumstances=not-forgiven", Ct);
        Assert.Equal("warning-letter", advice.GetProperty("suggested").GetString());
        Assert.Equal(6, advice.GetProperty("choices").GetArrayLength());
        using var wrong = await officer.GetAsync($"/api/v1/duties/{duty.DutyId}/disposition?circumstances=nothing", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        using var accepted = await officer.PostAsJsonAsync($"/api/v1/duties/{duty.DutyId}/accept", new { }, Ct);
        using var missing = await officer.PostAsJsonAsync($"/api/v1/duties/{duty.DutyId}/complete", new { outcome = "penalty", form = new { documentNumber = "1", facts = "x", circumstances = new[] { "not-forgiven" } } }, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        Assert.True((await missing.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("errors").TryGetProperty("reason", out _));
        using var done = await officer.PostAsJsonAsync($"/api/v1/duties/{duty.DutyId}/complete", new { outcome = "penalty", form = new { documentNumber = "1", facts = "x", reason = "较重", circumstances = new[] { "not-forgiven" } } }, Ct);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        var list = await officer.GetFromJsonAsync<JsonElement>($"/api/v1/dispositions?deviating=true&q={alarm.CaseNumber}", Ct);
        Assert.Equal("较重", Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("reason").GetString());
    }

    private Task<Result<Duty>> DisposeAsync(Duty duty, string outcome, Caller who, object form) => app.WithAsync<TakeDutyStepHandler, Result<Duty>>(h => h.Handle(
        [.. DutyWrites.StepsTo(duty.State, DutyStep.Complete).Select(s => new TakeDutyStep
        {
            DutyId = duty.DutyId, Step = s, Outcome = s == DutyStep.Complete ? outcome : null, Form = s == DutyStep.Complete ? JsonSerializer.Serialize(form, JsonText.Options) : null,
        })],
        who, Ct));
}
