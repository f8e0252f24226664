using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Cases;

/// <summary>What reports leave open is answered by workers, and grades at once.</summary>
public sealed class AnswerQuestionsTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_RaisesTheClass_AndAsksForDuties_AndStandsInTheRecord()
    {
        var report = Reports.Of(app);
        var receipt = await app.SubmitAsync(report with { People = [.. report.People.Select(p => p with { IdNumber = null, BirthDate = null })] });
        using var worker = await SignInAsync();

        using var answer = await worker.PostAsJsonAsync(
            $"/api/v1/cases/{receipt.CaseId}/answers", new { source = "victim", answers = new { strangulation = "yes", minorVictim = "yes" } }, Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var taken = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal((1, true), (taken.GetProperty("class").GetInt32(), taken.GetProperty("raised").GetBoolean()));
        var kinds = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == receipt.CaseId).Select(d => d.Kind).ToListAsync(Ct));
        Assert.Single(kinds, "minor-placement");
        Assert.Single(kinds, "on-site-visit");
        Assert.Equal(2, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == receipt.CaseId && e.Type == "incident.answered", Ct)));
        await app.CheckCaseAsync(receipt.CaseId);
    }

    [Fact]
    public async Task Answer_StaysInForce_WhenTheReportIsRevised()
    {
        var report = Reports.Of(app);
        var receipt = await app.SubmitAsync(report);
        await AnswerAsync(receipt.CaseId, IncidentQuestion.Weapon, "yes");

        await app.SubmitAsync(report with { Revision = 2, Summary = "更正：地点有误" });

        var incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == receipt.CaseId, Ct));
        Assert.Null(incident.Weapon);
        Assert.True(IncidentKnowledge.Of(incident).Weapon);
    }

    [Fact]
    public async Task TheSameAnswerAgain_AddsNothing_AndOneTakenBackIsOpenAgain()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        await AnswerAsync(receipt.CaseId, IncidentQuestion.Alcohol, "yes");
        await AnswerAsync(receipt.CaseId, IncidentQuestion.Alcohol, "yes");
        await AnswerAsync(receipt.CaseId, IncidentQuestion.Alcohol, "unknown");

        var incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == receipt.CaseId, Ct));

        Assert.Equal(2, incident.Answers.Count);
        Assert.Null(IncidentKnowledge.Of(incident).Alcohol);
    }

    [Fact]
    public async Task WhatAReportAffirms_NoAnswerDenies()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app, indicators: new ReportedIndicators(Weapon: true)));
        using var worker = await SignInAsync();

        using var answer = await worker.PostAsJsonAsync($"/api/v1/cases/{receipt.CaseId}/answers", new { source = "seen", answers = new { weapon = "no" } }, Ct);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("answers.reported", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"source":"victim","answers":{"weapom":"yes"}}""", "answers.weapom")]
    [InlineData("""{"source":"victim","answers":{"weapon":"maybe"}}""", "answers.weapon")]
    [InlineData("""{"source":"victim","answers":{"injury":"9"}}""", "answers.injury")]
    [InlineData("""{"source":"rumour","answers":{"weapon":"yes"}}""", "source")]
    [InlineData("""{"answers":{"weapon":"yes"}}""", "source")]
    [InlineData("""{"source":"victim","answers":{}}""", "answers")]
    [InlineData("""{"source":"victim"}""", "answers")]
    public async Task WrongAnswers_NameTheField(string body, string field)
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        using var worker = await SignInAsync();

        using var answer = await worker.PostAsync(
            $"/api/v1/cases/{receipt.CaseId}/answers", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Ct);

        Assert.InRange((int)answer.StatusCode, 400, 422);
        Assert.Contains(field, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfficersOpinion_IsForThePolice()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        using var worker = await SignInAsync();
        using var officer = await SignInAsync("340104001-police");
        var body = new { source = "seen", answers = new { policeOpinion = "1" } };

        using var refused = await worker.PostAsJsonAsync($"/api/v1/cases/{receipt.CaseId}/answers", body, Ct);
        using var taken = await officer.PostAsJsonAsync($"/api/v1/cases/{receipt.CaseId}/answers", body, Ct);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.OK), (refused.StatusCode, taken.StatusCode));
    }

    [Fact]
    public async Task ACaseOfOthers_IsNotFound()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        using var stranger = await SignInAsync("340181-womens-federation");

        using var answer = await stranger.PostAsJsonAsync($"/api/v1/cases/{receipt.CaseId}/answers", new { source = "victim", answers = new { weapon = "yes" } }, Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task TwoAtOnce_BothStand()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));

        await Task.WhenAll(
            AnswerAsync(receipt.CaseId, IncidentQuestion.Weapon, "yes"), AnswerAsync(receipt.CaseId, IncidentQuestion.Alcohol, "no"),
            AnswerAsync(receipt.CaseId, IncidentQuestion.ChildPresent, "yes"));

        var incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == receipt.CaseId, Ct));
        Assert.Equal(3, incident.Answers.Count);
        await app.CheckCaseAsync(receipt.CaseId);
    }

    /// <summary>Whatever is answered in whatever order: a danger told by a report stays, the last answer is in force, and nothing told makes the class lighter.</summary>
    [Fact]
    public void Knowledge_NeverForgetsWhatWasReported()
    {
        var flags = Enum.GetValues<IncidentQuestion>().Where(q => q <= IncidentQuestion.Separation).ToArray();
        Gen.Select(Gen.Int[0, 2].Array[8], Gen.Select(Gen.Int[0, 7], Gen.Int[0, 2]).Array[0, 12]).Sample((reported, answers) =>
        {
            bool?[] says = [.. reported.Select(r => r switch { 0 => (bool?)null, 1 => false, _ => true })];
            var incident = new Incident
            {
                IncidentId = Guid.NewGuid(), CaseId = Guid.NewGuid(), OccurredAt = DateTimeOffset.UnixEpoch, Category = AlarmCategory.DomesticViolence, Injury = Injury.Unknown,
                AlarmCount = 1, Weapon = says[0], ThreatToKill = says[1], Strangulation = says[2], ChildPresent = says[3], Pregnant = says[4], Alcohol = says[5],
                SexualViolence = says[6], Separation = says[7],
                Answers = [.. answers.Select(a => new IncidentAnswer(flags[a.Item1], a.Item2 switch { 0 => "yes", 1 => "no", _ => "unknown" }, AnswerSource.Victim, null, DateTimeOffset.UnixEpoch))],
            };
            var known = IncidentKnowledge.Of(incident);
            for (var i = 0; i < flags.Length; i++)
            {
                var last = incident.Answers.LastOrDefault(a => a.Question == flags[i])?.Value;
                var expected = says[i] == true || last == "yes" ? "yes" : says[i] == false || last == "no" ? "no" : null;
                Assert.Equal(expected, known[flags[i]]);
            }
        });
    }

    private async Task<HttpClient> SignInAsync(string unit = "340104-womens-federation") =>
        await app.SignInAsync(await app.Data.CreateWorkerAsync(unit, roles: WorkerRole.Caseworker));

    private async Task AnswerAsync(Guid caseId, IncidentQuestion question, string value)
    {
        using var worker = await SignInAsync();
        var name = JsonNamingPolicy.CamelCase.ConvertName(question.ToString());
        using var answer = await worker.PostAsJsonAsync(
            $"/api/v1/cases/{caseId}/answers", new { source = "victim", answers = new Dictionary<string, string> { [name] = value } }, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
