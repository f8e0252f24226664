using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Dispositions;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.Punishments;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Anhu.Tests.Measures;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Dispositions;

/// <summary>What comes to warning letters from outside: new violence while one runs, and letters that were due and are missing.</summary>
public sealed class LetterWatchTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private readonly Letters letters = new(app);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LetterWatch Watch => app.Services.GetRequiredService<LetterWatch>();

    [Fact]
    public async Task NewAlarm_OfTheSameTwo_EndsARunningLetter_WithItsIncident()
    {
        var couple = Reports.NextCouple();
        var (alarm, letter, _, _) = await letters.LetterAsync("monitoring", couple);
        var (_, other, _, _) = await letters.LetterAsync("monitoring");
        app.Time.Advance(TimeSpan.FromDays(2));

        // The other way round, and a quarrel without violence, do not end it.
        await letters.ReportAsync(couple, r => r with { People = [.. r.People.Select(p => p with { Role = p.Role == PartyRole.Victim ? PartyRole.Perpetrator : PartyRole.Victim })] });
        app.Time.Advance(TimeSpan.FromHours(5));
        var quarrel = Reports.Of(app, couple, category: AlarmCategory.FamilyDispute);
        var again = await app.SubmitAsync(quarrel);
        await Watch.RunAsync(Ct);
        Assert.Equal("monitoring", (await letters.ReadAsync(letter.MeasureId)).State);
        var quarrelled = await app.QueryAsync(db => db.Alarms.Where(a => a.AlarmId == again.AlarmId).Select(a => a.IncidentId).SingleAsync(Ct));

        // What is told later counts from then on.
        await app.SubmitAsync(quarrel with { Revision = 2, Indicators = new ReportedIndicators { Weapon = true } });
        await Watch.RunAsync(Ct);

        var ended = await letters.ReadAsync(letter.MeasureId);
        Assert.Equal(("recurrence", false, "alarm", quarrelled.ToString()), (ended.State, ended.IsOpen, ended.Fields["recurrenceFoundBy"], ended.Fields[WarningLetter.RecurrenceIncident]));
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "check-visit"));
        Assert.Equal("monitoring", (await letters.ReadAsync(other.MeasureId)).State);
        var dispositions = await app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == alarm.CaseId && d.Kind == "police-disposition" && d.IncidentId == quarrelled).ToListAsync(Ct));
        Assert.Single(dispositions);
        await Watch.RunAsync(Ct);
        Assert.Single(await app.QueryAsync(db => db.Timeline.AsNoTracking().Where(e => e.CaseId == alarm.CaseId && e.Type == "letter.recurrence").ToListAsync(Ct)));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task MissedLetter_BecomesOneDutyOfTheLeader_AndEndsByTheLetter()
    {
        var alarm = await ElderlyAsync();
        var incident = await IncidentAsync(alarm);
        await Watch.RunAsync(Ct);
        var due = await DueAsync(incident);
        Assert.Equal((GroundStrength.Must, null, letters.Rules.Clock.Hours(due!.OccurredAt, 72)), (due.Strength, due.MissedAt, due.DueAt));
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "missed-letter"));

        app.Time.Advance(TimeSpan.FromHours(75));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Watch.RunAsync(Ct)));
        var duty = Assert.Single(await MissedAsync(incident));
        Assert.Single(await app.QueryAsync(db => db.Timeline.AsNoTracking().Where(e => e.CaseId == alarm.CaseId && e.Type == "letter.missed").ToListAsync(Ct)));

        // Killed before it kept how far it was: the same cases are looked at again, to no effect.
        await app.QueryAsync(db => db.Counters.Where(c => c.Name == "letter-watch").ExecuteUpdateAsync(c => c.SetProperty(x => x.Value, 0L), Ct));
        await Watch.RunAsync(Ct);
        Assert.Single(await MissedAsync(incident));

        var officer = await letters.CallerAsync(Letters.Station);
        var leader = await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor);
        Assert.Equal(MeasureFailures.NeedsLeader, (await CompleteAsync(duty, "not-due", officer, """{"reason":"不应当"}""")).Failure);
        Assert.Equal(DutyFailures.DoneByMeasure, (await CompleteAsync(duty, "issued", leader, "{}")).Failure);

        var figures = app.Services.GetRequiredService<LetterFigures>();
        var (from, to) = (due.OccurredAt, due.OccurredAt.AddSeconds(1));
        // Letters of other tests that are late by now stay so: there are no others in between.
        var late = Assert.Single(await figures.OfUnitsAsync(leader, from, to, Ct)).NotDelivered;
        Assert.Equal((1, 0, 0, 1, late), Told(Assert.Single(await figures.OfUnitsAsync(leader, from, to, Ct))));
        Assert.Equal((incident, duty.DutyId), Assert.Single(await figures.MissedAsync(leader, null, from, to, Ct)) is var line ? (line.IncidentId, line.DutyId!.Value) : default);
        Assert.Empty(await figures.OfUnitsAsync(officer, from, to, Ct));
        Assert.Empty(await figures.OfUnitsAsync(await letters.CallerAsync("340103001-police", WorkerRole.Supervisor), from, to, Ct));

        var letter = (await letters.ProposeAsync(alarm.CaseId, officer)).Value;
        Assert.True((await letters.ActAsync(letter.MeasureId, "submit", officer, letters.Draft())).IsOk);
        Assert.True((await letters.ActAsync(letter.MeasureId, "approve", leader, Letters.Number())).IsOk);
        Assert.Equal("issued", Assert.Single(await MissedAsync(incident)).Outcome);
        await Watch.RunAsync(Ct);
        Assert.Equal((1, 1, 0, 0, late), Told(Assert.Single(await figures.OfUnitsAsync(leader, from, to, Ct))));
        app.Time.Advance(TimeSpan.FromHours(26));
        Assert.Equal((1, 1, 0, 0, late + 1), Told(Assert.Single(await figures.OfUnitsAsync(leader, from, to, Ct))));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task ManyAlarmsAtOnce_AreEachKeptDueOnce_HoweverManyWatch()
    {
        // Figures of other tests count what happened at their own time.
        app.Time.Advance(TimeSpan.FromHours(1));
        var alarms = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ElderlyAsync()));
        app.Time.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Watch.RunAsync(Ct)));

        var incidents = await Task.WhenAll(alarms.Select(IncidentAsync));
        var due = await app.QueryAsync(db => db.LettersDue.AsNoTracking().Where(d => incidents.Contains(d.IncidentId)).ToListAsync(Ct));
        Assert.Equal(incidents.Distinct().Order(), due.Select(d => d.IncidentId).Order());
        Assert.All(due, d => Assert.Equal((GroundStrength.Must, null), (d.Strength, d.MissedAt)));
    }

    [Fact]
    public async Task FactsThatComeLate_MakeItDue_AndAPenaltyEndsIt()
    {
        var alarm = await letters.ReportAsync();
        var incident = await IncidentAsync(alarm);
        app.Time.Advance(TimeSpan.FromHours(200));
        await Watch.RunAsync(Ct);
        Assert.Null(await DueAsync(incident));

        await AnswerElderlyAsync(alarm);
        await Watch.RunAsync(Ct);
        Assert.Null(Assert.Single(await MissedAsync(incident)).DoneAt);

        await DisposeAsync(alarm, "penalty");
        await Watch.RunAsync(Ct);
        Assert.Equal("ended", Assert.Single(await MissedAsync(incident)).Outcome);
        Assert.Null(await DueAsync(incident));
    }

    [Fact]
    public async Task PenaltyThatIsRevoked_IsNothingHeavier_AndTheLetterIsAskedFor()
    {
        var alarm = await ElderlyAsync();
        var incident = await IncidentAsync(alarm);
        var (officer, leader) = (await letters.CallerAsync(Letters.Station), await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor));
        app.Time.Advance(TimeSpan.FromMinutes(10));
        var accepted = await app.WithAsync<ActOnMeasureHandler, Result<Measure>>(h => h.Handle(
            new ProposeMeasure
            {
                CaseId = alarm.CaseId, Kind = AdministrativePenalty.KindId, Action = "accept",
                Form = JsonSerializer.Serialize(new { acceptedAt = letters.Local(app.Clock.GetUtcNow()), acceptanceNumber = "蜀公受案字7号" }, JsonText.Options),
            },
            officer, Ct));
        Assert.True(accepted.IsOk, accepted.Failure?.Code);
        var penalty = accepted.Value;
        async Task Do(string action, Caller who, Dictionary<string, object> fields)
        {
            var done = await letters.ActAsync(penalty.MeasureId, action, who, fields);
            Assert.True(done.IsOk, $"{action}: {done.Failure?.Code} {done.Failure?.Field}");
        }

        await Do("decide", officer, new()
        {
            ["decidedAt"] = letters.Local(app.Clock.GetUtcNow()), ["number"] = "蜀公行罚决字[2026]90007号", ["penalty"] = "warning", ["clause"] = "art-51", ["facts"] = "殴打他人。",
        });
        app.Time.Advance(TimeSpan.FromHours(80));
        await Watch.RunAsync(Ct);
        Assert.Null(await DueAsync(incident));

        await Do("revoke", leader, new() { ["reason"] = "复议撤销" });
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await Watch.RunAsync(Ct);
        Assert.NotNull((await DueAsync(incident))?.MissedAt);
        Assert.True(Assert.Single(await MissedAsync(incident)).IsOpen);
        await app.CheckCaseAsync(alarm.CaseId);
    }

    /// <summary>Over random histories: a row where a letter is due by the facts and nowhere else, one duty at most, open only while it is missing.</summary>
    [Fact]
    public async Task Watch_HoldsItsPromises_OverRandomHistories()
    {
        await Gen.Int[0, 5].List[3, 9].SampleAsync(
            async steps =>
            {
                var alarm = await letters.ReportAsync();
                var incident = await IncidentAsync(alarm);
                var (officer, leader) = (await letters.CallerAsync(Letters.Station), await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor));
                var (elderly, disposed, missed) = (false, (string?)null, false);
                foreach (var step in steps)
                {
                    app.Time.Advance(TimeSpan.FromMinutes(1));
                    var row = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.IncidentId == incident, Ct));
                    switch (step)
                    {
                        case 0:
                            app.Time.Advance(TimeSpan.FromHours(40));
                            break;
                        case 1 when !elderly:
                            await AnswerElderlyAsync(alarm);
                            elderly = true;
                            break;
                        case 2 or 3 when row.Disposition is null:
                            await DisposeAsync(alarm, disposed = step == 2 ? "penalty" : "not-established");
                            break;
                        case 4 when row.Disposition is null:
                            var letter = (await letters.ProposeAsync(alarm.CaseId, officer)).Value;
                            var draft = letters.Draft();
                            draft.Remove("circumstances");
                            Assert.True((await letters.ActAsync(letter.MeasureId, "submit", officer, draft)).IsOk);
                            Assert.True((await letters.ActAsync(letter.MeasureId, "approve", leader, Letters.Number())).IsOk);
                            disposed = "warning-letter";
                            break;
                        default:
                            break;
                    }

                    await Watch.RunAsync(Ct);
                    row = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.IncidentId == incident, Ct));
                    var due = await DueAsync(incident);
                    var isDue = elderly && disposed is null or "warning-letter" && elderly;
                    Assert.Equal(isDue, due is not null);
                    var isMissing = isDue && row.LetterAt is null && letters.Rules.Clock.Hours(row.OccurredAt, 72) <= app.Clock.GetUtcNow();
                    missed |= isMissing;
                    var duties = await MissedAsync(incident);
                    Assert.Equal(missed ? 1 : 0, duties.Count);
                    Assert.Equal(isMissing, duties.Any(d => d.IsOpen));
                }

                await app.CheckCaseAsync(alarm.CaseId);
            },
            iter: 12, threads: 1);
    }

    [Fact]
    public void PublishedFigures_HideSmallCells_AndWhatTheyCouldBeWorkedOutFrom() => Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 9]).List[0, 6].Sample(list =>
    {
        var rows = list.Select(r => new LetterUnitFigures(Guid.CreateVersion7(), r.Item1 + r.Item2, r.Item1, Math.Min(r.Item1, r.Item3), r.Item2, 0, 0)).ToList();
        var (shown, total) = LetterFigures.Published(rows);
        foreach (var cells in shown.Select(s => s.Cells).Append(total))
        {
            Assert.All(cells, c => Assert.False(c is > 0 and < LetterFigures.SmallestCell));
            Assert.NotEqual(1, new[] { cells[0], cells[1], cells[3] }.Count(c => c is null));
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.False(total[i] is not null && shown.Count(s => s.Cells[i] is null) == 1);
        }
    });

    private static (int, int, int, int, int) Told(LetterUnitFigures f) => (f.Due, f.Issued, f.InTime, f.Missed, f.NotDelivered);

    private Task<AlarmReceipt> ElderlyAsync() => letters.ReportAsync(change: r => r with
    {
        People = [.. r.People.Select(p => p.Role == PartyRole.Victim ? p with { IdNumber = null, BirthDate = new DateOnly(1950, 1, 1) } : p)],
    });

    private Task<Guid> IncidentAsync(AlarmReceipt alarm) => app.QueryAsync(db => db.Alarms.Where(a => a.AlarmId == alarm.AlarmId).Select(a => a.IncidentId).SingleAsync(Ct));

    private Task<LetterDue?> DueAsync(Guid incident) => app.QueryAsync(db => db.LettersDue.AsNoTracking().SingleOrDefaultAsync(d => d.IncidentId == incident, Ct));

    private Task<List<Duty>> MissedAsync(Guid incident) => app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.IncidentId == incident && d.Kind == LetterWatch.MissedKind).ToListAsync(Ct));

    private async Task AnswerElderlyAsync(AlarmReceipt alarm)
    {
        var incident = await IncidentAsync(alarm);
        var answered = await app.WithAsync<AnswerQuestionsHandler, Result<AnswersTaken>>(async h => await h.Handle(
            new AnswerQuestions { CaseId = alarm.CaseId, IncidentId = incident, Answers = new Dictionary<IncidentQuestion, string> { [IncidentQuestion.ElderlyVictim] = "yes" }, Source = AnswerSource.Seen }, await letters.CallerAsync(Letters.Station), Ct));
        Assert.True(answered.IsOk, answered.Failure?.Code);
    }

    private async Task DisposeAsync(AlarmReceipt alarm, string outcome)
    {
        var done = await CompleteAsync((await letters.OpenAsync(alarm.CaseId, "police-disposition"))!, outcome, await letters.CallerAsync(Letters.Station), """{"documentNumber":"决1","facts":"殴打","reason":"经核实"}""");
        Assert.True(done.IsOk, $"{done.Failure?.Code} {done.Failure?.Detail}");
    }

    private Task<Result<Duty>> CompleteAsync(Duty duty, string outcome, Caller who, string form) => app.WithAsync<TakeDutyStepHandler, Result<Duty>>(h => h.Handle(
        [.. DutyWrites.StepsTo(duty.State, DutyStep.Complete).Select(s => new TakeDutyStep { DutyId = duty.DutyId, Step = s, Outcome = s == DutyStep.Complete ? outcome : null, Form = s == DutyStep.Complete ? form : null })],
        who, Ct));
}
