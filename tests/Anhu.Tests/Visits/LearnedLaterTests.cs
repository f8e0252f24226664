using System.Net;
using System.Net.Http.Json;
using Anhu.Modules.Cases;
using Anhu.Modules.Intake;
using Anhu.Modules.Visits;
using Anhu.Testing;
using Anhu.Tests.Duties;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Visits;

/// <summary>What is learned after the alarm, by a visit or by an answer, forces a reassessment.</summary>
public sealed class LearnedLaterTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("separated", null, IncidentQuestion.Separation)]
    [InlineData("calm", "yes", IncidentQuestion.Pregnant)]
    public async Task AVisitThatLearnsOfIt_AnswersTheQuestion_AndForcesAReassessment(string relations, string? pregnant, IncidentQuestion question)
    {
        var alarm = await app.ReportAsync(policeOpinion: 3);

        await VisitAsync(alarm, relations, pregnant);

        var incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == alarm.CaseId, Ct));
        var answer = Assert.Single(incident.Answers);
        Assert.Equal((question, "yes", AnswerSource.Victim), (answer.Question, answer.Value, answer.Source));
        Assert.NotNull(answer.WorkerId);
        Assert.Equal(1, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == alarm.CaseId && e.Type == "incident.answered", Ct)));
        var duty = Assert.Single(await app.DutiesAsync(alarm), d => d.Kind == "reassessment");
        Assert.StartsWith("reassess-learned-", duty.RuleId, StringComparison.Ordinal);
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Theory]
    [InlineData("calm", null)]
    [InlineData("quarrels", "no")]
    public async Task AVisitThatLearnsNothing_AsksForNothing(string relations, string? pregnant)
    {
        var alarm = await app.ReportAsync(policeOpinion: 3);

        await VisitAsync(alarm, relations, pregnant);

        Assert.Empty((await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == alarm.CaseId, Ct))).Answers);
        Assert.DoesNotContain(await app.DutiesAsync(alarm), d => d.Kind == "reassessment");
    }

    [Fact]
    public async Task WhatIsKnownAlready_IsNotLearnedAgain_AndANoTakesNothingBack()
    {
        var alarm = await app.ReportAsync(policeOpinion: 3);
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var answered = await client.PostAsJsonAsync($"/api/v1/cases/{alarm.CaseId}/answers", new { source = "document", answers = new { pregnant = "yes" } }, Ct);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Single(await app.DutiesAsync(alarm), d => d.Kind == "reassessment");
        app.Time.Advance(TimeSpan.FromMinutes(1));

        await VisitAsync(alarm, "calm", "no");

        var incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == alarm.CaseId, Ct));
        Assert.Equal(AnswerSource.Document, Assert.Single(incident.Answers).Source);
        Assert.True(IncidentKnowledge.Of(incident).Pregnant);
        Assert.Single(await app.DutiesAsync(alarm), d => d.Kind == "reassessment");
    }

    private async Task VisitAsync(AlarmReceipt alarm, string relations, string? pregnant)
    {
        var duty = await app.DutyAsync(alarm, "phone-return-visit");
        var worker = await app.Data.CreateWorkerAsync();
        var field = pregnant is null ? "" : $"\"pregnant\":\"{pregnant}\",";
        var form = $$"""{ {{field}}"familyRelations":"{{relations}}","policeHandling":"satisfied","disputeSettled":"settled","riskView":"3"}""";
        var result = await app.WithAsync<RecordVisitHandler, Common.Result<VisitRecorded>>(h => h.Handle(
            new RecordVisit { DutyId = duty.DutyId, Outcome = "reached", Form = form },
            new Modules.Security.Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles }, Ct));
        Assert.True(result.IsOk, result.Failure?.Code);
    }
}
