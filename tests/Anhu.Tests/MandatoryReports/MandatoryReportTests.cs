using System.Net;
using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.MandatoryReports;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.MandatoryReports;

/// <summary>Mandatory reports from the receipt to the answer, and those that were not made.</summary>
public sealed class MandatoryReportTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Station = "340104001-police";
    private const string School = "340104-education";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ReportQueries Queries => app.Services.GetRequiredService<ReportQueries>();

    [Fact]
    public async Task Report_HasItsReceiptAtOnce_IsTakenOn_AndAnsweredToWhoMadeIt()
    {
        var teacher = await app.Data.CreateWorkerAsync(School, "周老师", roles: WorkerRole.CallTaker);
        var colleague = CallerOf(await app.Data.CreateWorkerAsync(School, roles: WorkerRole.CallTaker));
        var receipt = await ReportAsync(teacher);
        Assert.Matches("^MR340104-2026-[0-9]{6}$", receipt.ReportNumber);
        Assert.Equal(receipt.ReportNumber, (await ReportAsync(teacher, receipt)).ReportNumber);

        var line = Assert.Single(await Queries.MadeAsync(colleague, Ct), l => l.Number == receipt.ReportNumber);
        Assert.Equal((ReportState.Received, null, null), (line.State, line.Case, line.DutyId));
        Assert.NotNull(line.DueAt);
        var officer = CallerOf(await app.Data.CreateWorkerAsync(Station));
        var duty = await DutyAsync(receipt.CaseId);
        await StepAsync(duty, officer, DutyStep.Accept);
        Assert.Equal(ReportState.Accepted, (await Queries.MadeAsync(colleague, Ct)).Single(l => l.Number == receipt.ReportNumber).State);

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("duties.field-required", (await CompleteAsync(duty, officer, "transferred", [])).Failure!.Code);
        Assert.True((await CompleteAsync(duty, officer, "case-filed", new() { ["feedback"] = "已受案调查。", ["measures"] = "单独询问。" })).IsOk);
        var answered = (await Queries.GetAsync(colleague, receipt.ReportNumber!, Ct))!.Value.Line;
        Assert.Equal((ReportState.FedBack, "case-filed", "已受案调查。", null), (answered.State, answered.Outcome, answered.Feedback, answered.Case));

        // Neither another school nor those who do not hear the story; the federation hears that there is one, not from whom.
        Assert.Null(await Queries.GetAsync(CallerOf(await app.Data.CreateWorkerAsync("340102-education", roles: WorkerRole.CallTaker)), receipt.ReportNumber!, Ct));
        Assert.Null(await Queries.GetAsync(CallerOf(await app.Data.CreateWorkerAsync("340104-health")), receipt.ReportNumber!, Ct));
        var federation = CallerOf(await app.Data.CreateWorkerAsync());
        Assert.Null((await Queries.GetAsync(federation, receipt.ReportNumber!, Ct))!.Value.Line.OriginUnitId);
        Assert.NotNull((await Queries.GetAsync(officer, receipt.ReportNumber!, Ct))!.Value.Line.OriginUnitId);
    }

    [Fact]
    public async Task EachReportOfOneOccurrence_IsOwedAnAnswer_AlsoAfterTheFirstWasGiven()
    {
        var first = await ReportAsync(await app.Data.CreateWorkerAsync(School, roles: WorkerRole.CallTaker));
        var officer = CallerOf(await app.Data.CreateWorkerAsync(Station));
        Assert.True((await CompleteAsync(await DutyAsync(first.CaseId), officer, "not-established", new() { ["feedback"] = "未发现侵害。" })).IsOk);
        var people = await app.QueryAsync(db => db.PersonRecords.AsNoTracking().Where(r => r.AlarmId == first.AlarmId).ToListAsync(Ct));

        var second = await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(
            Reports.Of(app, channel: AlarmChannel.MandatoryReport) with
            {
                Source = "test-hospital",
                People = [.. people.Select(p => new ReportedPerson { Role = p.Role!.Value, Name = p.Name, IdNumber = p.IdNumber, Sex = p.Sex, Phone = p.Phone })],
            },
            new Actor(null, "hospital"), Ct);

        Assert.Equal(first.CaseId, second.CaseId);
        Assert.NotEqual(first.ReportNumber, second.ReportNumber);
        var hospital = new Caller { ClientId = "hospital", UnitId = await UnitAsync("340104-health"), Scopes = [Permissions.WriteAlarms] };
        var again = await DutyAsync(first.CaseId);
        Assert.True((await CompleteAsync(again, officer, "transferred", new() { ["feedback"] = "已移送。" })).IsOk);
        Assert.Equal("已移送。", Assert.Single(await Queries.MadeAsync(hospital, Ct)).Feedback);
        Assert.Equal("未发现侵害。\n已移送。", (await Queries.GetAsync(officer, first.ReportNumber!, Ct))!.Value.Line.Feedback);
    }

    [Fact]
    public async Task Unanswered_IsOverdueForSupervisors_AndTheAnswerMayNotTellWhereSheIs()
    {
        var report = await ReportAsync(await app.Data.CreateWorkerAsync(School, roles: WorkerRole.CallTaker));
        var leader = CallerOf(await app.Data.CreateWorkerAsync(Station, roles: WorkerRole.Supervisor));
        Assert.DoesNotContain(await Queries.ReceivedAsync(leader, onlyOverdue: true, Ct), l => l.Number == report.ReportNumber);

        // That there is one is part of the story: the police above, who see a card, are not told.
        var card = CallerOf(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor));
        Assert.Equal(CaseView.Card, (await app.QueryAsync(db => app.Services.GetRequiredService<CaseSights>().FindAsync(db, card, report.CaseId, Ct)))!.Value.Sight.View);
        Assert.DoesNotContain(await Queries.ReceivedAsync(card, onlyOverdue: false, Ct), l => l.Number == report.ReportNumber);
        Assert.Null(await Queries.GetAsync(card, report.ReportNumber!, Ct));

        app.Time.Advance(TimeSpan.FromDays(10));
        Assert.True(Assert.Single(await Queries.ReceivedAsync(leader, onlyOverdue: true, Ct), l => l.Number == report.ReportNumber).IsOverdue);
        Assert.DoesNotContain(await Queries.ReceivedAsync(CallerOf(await app.Data.CreateWorkerAsync("340102001-police", roles: WorkerRole.Supervisor)), false, Ct), l => l.Number == report.ReportNumber);

        var duty = await DutyAsync(report.CaseId);
        foreach (var telling in (string[])["孩子现在住娘家某路9号。", "报告人刘校医已知悉。", "可联系１３６ ０００１ ２３４５。"])
        {
            Assert.Equal("reports.tells-place", (await CompleteAsync(duty, leader, "transferred", new() { ["feedback"] = telling }, leaksSeen: true)).Failure!.Code);
        }
    }

    [Fact]
    public async Task WhatWaits_StandsFirstByItsTerm_ThenWhatWasAnswered()
    {
        var teacher = await app.Data.CreateWorkerAsync(School, roles: WorkerRole.CallTaker);
        var officer = CallerOf(await app.Data.CreateWorkerAsync(Station));
        var reports = new List<AlarmReceipt>();
        for (var i = 0; i < 4; i++)
        {
            reports.Add(await ReportAsync(teacher));
            app.Time.Advance(TimeSpan.FromDays(1));
        }

        foreach (var answered in (int[])[0, 2])
        {
            Assert.True((await CompleteAsync(await DutyAsync(reports[answered].CaseId), officer, "transferred", new() { ["feedback"] = "已移送。" })).IsOk);
        }

        var own = reports.ConvertAll(r => r.ReportNumber!);
        var listed = (await Queries.ReceivedAsync(officer, onlyOverdue: false, Ct)).Select(l => l.Number).Where(own.Contains);
        Assert.Equal([own[1], own[3], own[2], own[0]], listed);
    }

    [Fact]
    public async Task UnitThatDidNotReport_IsListed_AndAnsweredForByTheProcuratorate()
    {
        var report = await ReportAsync(await app.Data.CreateWorkerAsync(School, roles: WorkerRole.CallTaker));
        var worker = await app.Data.CreateWorkerAsync(Station, roles: WorkerRole.Supervisor);
        using var officer = await app.SignInAsync(worker);
        var form = await officer.GetPageAsync($"/cases/{report.CaseId}/report-omissions/new");
        using var empty = await officer.SubmitAsync(form, "omission", new() { ["Input.BodyKind"] = "hospital" });
        var again = await empty.ReadPageAsync();
        Assert.NotNull(again.QuerySelector("[name='Input.BodyName'][aria-invalid=true]"));
        Assert.NotNull(again.QuerySelector("[name='Input.Findings'][aria-invalid=true]"));
        using var saved = await officer.SubmitAsync(form, "omission", new() { ["Input.BodyKind"] = "hospital", ["Input.BodyName"] = "区第二医院", ["Input.Findings"] = "上月接诊时发现多处旧伤，没有报告。" });
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);

        var duty = await DutyAsync(report.CaseId, ReportOmission.DutyKind);
        var prosecutor = CallerOf(await app.Data.CreateWorkerAsync("340104-procuratorate", roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));
        Assert.Equal(prosecutor.UnitId, duty.OwnerUnitId);
        Assert.True((await CompleteAsync(duty, prosecutor, "suggestion", new() { ["decision"] = "建议完善报告流程。", ["documentNumber"] = "检建〔2026〕3号" })).IsOk);
        var line = Assert.Single(await Queries.OmissionsAsync(CallerOf(worker), Ct), o => o.CaseId == report.CaseId);
        Assert.Equal(("区第二医院", "suggestion"), (line.BodyName, line.Outcome));
        Assert.Contains("区第二医院", (await officer.GetPageAsync("/reports")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Empty(await Queries.OmissionsAsync(CallerOf(await app.Data.CreateWorkerAsync("340104-education", roles: WorkerRole.Supervisor)), Ct));
    }

    [Fact]
    public async Task Omissions_OfCasesOfWhichOneSeesACard_TakeNoPlaceFromOthers()
    {
        // The city's federation stands above cases of its districts, and works on one.
        var above = CallerOf(await app.Data.CreateWorkerAsync("340100-womens-federation", roles: WorkerRole.Supervisor));
        var (own, others) = (await app.SubmitAlarmAsync(), await app.SubmitAlarmAsync());
        await app.QueryAsync(async db =>
        {
            (await db.Duties.FirstAsync(d => d.CaseId == own.CaseId && Duty.OpenStates.Contains(d.State), Ct)).OwnerUnitId = above.UnitId!.Value;
            var incidents = await db.Incidents.Where(i => i.CaseId == own.CaseId || i.CaseId == others.CaseId).ToDictionaryAsync(i => i.CaseId, i => i.IncidentId, Ct);
            for (var i = 0; i <= ReportQueries.MostLines; i++)
            {
                db.Add(new ReportOmission
                {
                    ReportOmissionId = Guid.CreateVersion7(), IncidentId = incidents[i == 0 ? own.CaseId : others.CaseId], BodyKind = "hospital", BodyName = $"第{i}医院", Findings = "没有报告。",
                    FoundByUnitId = above.UnitId!.Value, FoundAt = app.Time.GetUtcNow().AddSeconds(i),
                });
            }

            return await db.SaveChangesAsync(Ct);
        });

        var listed = await Queries.OmissionsAsync(above, Ct);
        await app.QueryAsync(db => db.ReportOmissions.Where(o => o.FoundByUnitId == above.UnitId).ExecuteDeleteAsync(Ct));

        Assert.Contains(listed, o => o.CaseId == own.CaseId);
        Assert.DoesNotContain(listed, o => o.CaseId == others.CaseId);
    }

    private async Task<AlarmReceipt> ReportAsync(Anhu.Modules.Organisation.Worker worker, AlarmReceipt? again = null)
    {
        if (again is not null)
        {
            var stored = await app.QueryAsync(db => db.AlarmRevisions.AsNoTracking().SingleAsync(r => r.AlarmId == again.AlarmId, Ct));
            var report = AlarmReportReader.ReadStored(stored.Content) with { Reporter = Reporter };
            return await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(report, new Actor(worker.Id, null), Ct, worker.UnitId);
        }

        return await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(
            Reports.Of(app, channel: AlarmChannel.MandatoryReport) with
            {
                Source = $"manual-{School}",
                Reporter = Reporter,
                People =
                [
                    Reports.Person(Reports.NextCouple(), PartyRole.Victim) with { Address = "娘家某路9号", BirthDate = new DateOnly(2015, 5, 5), IdNumber = null },
                    Reports.Person(Reports.NextCouple(), PartyRole.Perpetrator),
                ],
            },
            new Actor(worker.Id, null), Ct, worker.UnitId);
    }

    private static ReportedReporter Reporter { get; } = new("刘校医", "13600012345", "school");

    private Task<Guid?> UnitAsync(string code) => app.QueryAsync(db => db.Units.Where(u => u.Code == code).Select(u => (Guid?)u.UnitId).SingleAsync(Ct));

    private Task<Duty> DutyAsync(Guid caseId, string kind = MandatoryReport.DutyKind) => app.QueryAsync(db =>
        db.Duties.AsNoTracking().SingleAsync(d => d.CaseId == caseId && d.Kind == kind && d.State != DutyState.Done && d.State != DutyState.Verified, Ct));

    private async Task StepAsync(Duty duty, Caller caller, DutyStep step) =>
        Assert.True((await app.Services.GetRequiredService<TakeDutyStepHandler>().Handle(new TakeDutyStep { DutyId = duty.DutyId, Step = step }, caller, Ct)).IsOk);

    private async Task<Common.Result<Duty>> CompleteAsync(Duty duty, Caller caller, string outcome, Dictionary<string, string> form, bool leaksSeen = false)
    {
        var now = await app.QueryAsync(db => db.Duties.AsNoTracking().SingleAsync(d => d.DutyId == duty.DutyId, Ct));
        return await app.Services.GetRequiredService<TakeDutyStepHandler>().Handle(
            [.. DutyWrites.StepsTo(now.State, DutyStep.Complete).Select(step => new TakeDutyStep
            {
                DutyId = duty.DutyId, Step = step, Outcome = step == DutyStep.Complete ? outcome : null, Form = step == DutyStep.Complete ? JsonSerializer.Serialize(form, JsonText.Options) : null, LeaksSeen = leaksSeen,
            })],
            caller, Ct);
    }

    private static Caller CallerOf(Anhu.Modules.Organisation.Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
}
