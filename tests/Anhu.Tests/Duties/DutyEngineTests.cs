using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Duties;

/// <summary>The promises of the duty engine on the store, with workers acting at once and time passing.</summary>
public sealed class DutyEngineTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static readonly string[] UnitCodes = ["340104001-police", "340104-police", "340100-police", "340104-womens-federation", "340104001-community-office"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RandomHistories_OfTwoWorkersAtOnce_KeepThePromises()
    {
        var callers = new List<Caller>();
        foreach (var code in UnitCodes)
        {
            foreach (var role in (WorkerRole[])[WorkerRole.Caseworker, WorkerRole.Supervisor])
            {
                var worker = await app.Data.CreateWorkerAsync(unitCode: code, roles: role);
                callers.Add(new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles });
            }
        }

        var move = Gen.Select(Gen.Int[0, 8], Gen.Int[0, callers.Count - 1], Gen.Int[0, 20], Gen.Int[0, UnitCodes.Length - 1], Gen.Int[0, 400]);
        await Gen.Select(move.Array[4, 12], Gen.Int[1, 1_000_000]).SampleAsync(
            async (moves, seed) =>
            {
                var receipt = await app.SubmitAsync(Reports.Of(app, couple: 200_000 + seed, injury: Injury.Minor));
                for (var i = 0; i + 1 < moves.Length; i += 2)
                {
                    await Task.WhenAll(StepAsync(receipt.CaseId, moves[i], callers), StepAsync(receipt.CaseId, moves[i + 1], callers));
                    app.Time.Advance(TimeSpan.FromMinutes(moves[i].Item5));
                    await app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct));
                    await app.CheckCaseAsync(receipt.CaseId);
                }

                await CheckHistoryAsync(receipt.CaseId);
            },
            iter: 8, threads: 1);
        var check = await app.WithAsync<VerifyTimeline, TimelineCheck>(verify => verify.RunAsync(null, Ct));
        Assert.Empty(check.Faults);
    }

    [Fact]
    public async Task TwoWorkers_WhoAcceptOneDuty_OnlyOneWins()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        var duty = await app.QueryAsync(db => db.Duties.FirstAsync(d => d.CaseId == receipt.CaseId, Ct));
        var workers = new List<Caller>();
        foreach (var _ in (int[])[1, 2, 3, 4])
        {
            var unit = await app.QueryAsync(db => db.Units.Where(u => u.UnitId == duty.OwnerUnitId).Select(u => u.Code).SingleAsync(Ct));
            var worker = await app.Data.CreateWorkerAsync(unitCode: unit, roles: WorkerRole.Caseworker);
            workers.Add(new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles });
        }

        var results = await Task.WhenAll(workers.Select(w => app.WithAsync<TakeDutyStepHandler, Common.Result<Duty>>(h =>
            h.Handle(new TakeDutyStep { DutyId = duty.DutyId, Step = DutyStep.Accept, Version = duty.Version }, w, Ct))));

        Assert.Single(results, r => r.IsOk);
        Assert.All(results.Where(r => !r.IsOk), r => Assert.Equal("duties.someone-was-faster", r.Failure!.Code));
    }

    [Fact]
    public async Task DutiesOfOneCase_HandedToOneNewUnitAtOnce_AreAllOffered()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        var duties = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == receipt.CaseId)
            .Join(db.Units, d => d.OwnerUnitId, u => u.UnitId, (d, u) => new { d.DutyId, Owner = u }).ToListAsync(Ct));
        var mine = duties.Where(d => d.Owner.Agency == Agency.WomensFederation).ToList();
        var receiver = mine[0].Owner.Code == "340103-womens-federation" ? "340102-womens-federation" : "340103-womens-federation";
        var chief = await app.Data.CreateWorkerAsync(unitCode: mine[0].Owner.Code, roles: WorkerRole.Supervisor);
        var caller = new Caller { WorkerId = chief.Id, UnitId = chief.UnitId, Roles = chief.Roles };

        var results = await Task.WhenAll(mine.Select(d => Task.Run(() => app.WithAsync<TakeDutyStepHandler, Common.Result<Duty>>(h =>
            h.Handle(new TakeDutyStep { DutyId = d.DutyId, Step = DutyStep.HandOver, Receiver = receiver, Reason = "当事人已搬走" }, caller, Ct)))));

        Assert.True(mine.Count > 1);
        Assert.All(results, r => Assert.True(r.IsOk, r.Failure?.Code));
    }

    [Fact]
    public async Task DeadlineWork_OnTwoNodesAtOnce_RunsOnce_AndAgainDoesNothing()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        app.Time.Advance(TimeSpan.FromDays(5));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct))));
        var again = await app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct));

        Assert.Equal(0, again);
        var marks = await app.QueryAsync(db => db.Timeline.Where(e => e.CaseId == receipt.CaseId && e.Type == "duty.overdue").ToListAsync(Ct));
        Assert.NotEmpty(marks);
        Assert.Equal(marks.Count, marks.Select(e => e.DutyId).Distinct().Count());
    }

    [Fact]
    public async Task Deadlines_SurviveARestart()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        await app.RestartAsync();
        app.Time.Advance(TimeSpan.FromDays(5));

        await app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct));

        Assert.True(await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == receipt.CaseId).AllAsync(d => d.OverdueAt != null, Ct)));
    }

    [Fact]
    public async Task LastDutyDone_PutsTheCaseUnderObservation_AndAReviewBecomesADuty()
    {
        var receipt = await app.SubmitAsync(Reports.Of(app));
        for (var guard = 0; guard < 40; guard++)
        {
            var duty = await app.QueryAsync(db => db.Duties.AsNoTracking()
                .Where(d => d.CaseId == receipt.CaseId && d.DoneAt == null && d.State != DutyState.Cancelled).FirstOrDefaultAsync(Ct));
            if (duty is null)
            {
                break;
            }

            await app.QueryAsync(async db =>
            {
                // The forms of the kinds are tested elsewhere; here a duty just ends.
                var file = (await CaseFile.LoadAsync(db, [receipt.CaseId], Ct))[receipt.CaseId];
                var mine = file.OpenDuties.Single(d => d.DutyId == duty.DutyId);
                mine.State = DutyState.Done;
                mine.DoneAt = app.Clock.GetUtcNow();
                mine.NextCheckAt = null;
                file.Case.OpenDutyCount--;
                if (file.Case.OpenDutyCount == 0)
                {
                    CaseRules.SetState(file, CaseState.Observation);
                    file.Case.ReviewOn = DateOnly.FromDateTime(app.Clock.GetUtcNow().UtcDateTime).AddDays(1);
                }

                return await db.SaveChangesAsync(Ct);
            });
        }

        await app.CheckCaseAsync(receipt.CaseId);
        app.Time.Advance(TimeSpan.FromDays(2));
        await app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct));

        var dvCase = await app.QueryAsync(db => db.Cases.SingleAsync(c => c.CaseId == receipt.CaseId, Ct));
        Assert.Equal(CaseState.Open, dvCase.State);
        await app.CheckCaseAsync(receipt.CaseId);
    }

    private async Task StepAsync(Guid caseId, (int Step, int Caller, int Duty, int Receiver, int Minutes) move, List<Caller> callers)
    {
        var duties = await app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == caseId).OrderBy(d => d.DutyId).Select(d => new { d.DutyId, d.Kind }).ToListAsync(Ct));
        var duty = duties[move.Duty % duties.Count];
        await app.WithAsync<TakeDutyStepHandler, Common.Result<Duty>>(h => h.Handle(
            new TakeDutyStep { DutyId = duty.DutyId, Step = (DutyStep)move.Step, Reason = "r", Receiver = UnitCodes[move.Receiver], Outcome = "done" },
            callers[move.Caller], Ct));
    }

    /// <summary>Promise 4: the events of a duty tell its states one after the other, without a gap.</summary>
    private async Task CheckHistoryAsync(Guid caseId)
    {
        var (duties, events) = await app.QueryAsync(async db => (
            await db.Duties.AsNoTracking().Where(d => d.CaseId == caseId).ToListAsync(Ct),
            await db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.DutyId != null).OrderBy(e => e.Sequence).ToListAsync(Ct)));
        foreach (var duty in duties)
        {
            string? state = null;
            foreach (var e in events.Where(e => e.DutyId == duty.DutyId))
            {
                using var data = System.Text.Json.JsonDocument.Parse(e.Data);
                if (data.RootElement.TryGetProperty("to", out var to))
                {
                    if (state is not null && data.RootElement.TryGetProperty("from", out var from) && e.Type != "duty.hand-over-offered")
                    {
                        Assert.Equal(state, from.GetString());
                    }

                    state = e.Type == "duty.hand-over-offered" ? state : to.GetString();
                }
            }

            Assert.Equal(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(duty.State.ToString()), state);
        }
    }
}
