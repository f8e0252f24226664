using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Grading;
using Anhu.Modules.Intake;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>A pair's place in the queue is that of its cases as they are now, and it never points at a case that another one stands for.</summary>
public sealed class PairRankTests(QuietFixture app) : IClassFixture<QuietFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClassRaisedAndLoweredByHand_PairFollows()
    {
        var workers = new[] { await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Supervisor), await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Supervisor) };
        var (first, second) = (Families.CallerOf(workers[0]), Families.CallerOf(workers[1]));
        var (a, b) = (await app.SubmitAsync(Reports.Of(app)), await app.SubmitAsync(Reports.Of(app)));
        var pair = await PairAsync(a, b);

        Assert.True((await GradeAsync(h => h.Handle(new ChangeGrade { CaseId = b.CaseId, Class = 1, Reason = "持刀威胁" }, first, Ct))).IsOk);
        var raised = await FindAsync(pair);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await GradeAsync(h => h.Handle(new ChangeGrade { CaseId = b.CaseId, Class = 3, Reason = "误报" }, first, Ct))).IsOk);
        Assert.True((await GradeAsync(h => h.Decide(b.CaseId, true, second, Ct))).IsOk);

        Assert.Equal((1, 2), (raised.Class, raised.Incidents));
        Assert.Equal(LinkPair.RankOf(1, 2, raised.FoundAt), raised.Rank);
        Assert.Equal((3, LinkPair.RankOf(3, 2, raised.FoundAt)), ((await FindAsync(pair)).Class, (await FindAsync(pair)).Rank));
    }

    [Fact]
    public async Task RepeatedAlarm_LiftsThePair()
    {
        var a = await app.SubmitAsync(Reports.Of(app, couple: 7701, minutesAgo: 600));
        var pair = await PairAsync(a, await app.SubmitAsync(Reports.Of(app)));

        var again = await app.SubmitAsync(Reports.Of(app, couple: 7701, indicators: new ReportedIndicators(Weapon: true)));

        var now = await FindAsync(pair);
        Assert.Equal(a.CaseId, again.CaseId);
        Assert.Equal((again.Class, 3), (now.Class, now.Incidents));
        Assert.Equal(LinkPair.RankOf(again.Class, 3, now.FoundAt), now.Rank);
    }

    [Fact]
    public async Task CaseThatARevisionJoinsIntoAnother_ItsPairsGoAlong()
    {
        var known = await app.SubmitAsync(Reports.Of(app, couple: 7702, minutesAgo: 900, indicators: new ReportedIndicators(Weapon: true)));
        var stranger = Reports.Of(app, sourceId: "joins-7702", minutesAgo: 60) is var r
            ? r with { People = [new ReportedPerson { Role = PartyRole.Victim, Name = "女事主", Sex = Sex.Female }] } : throw new InvalidOperationException();
        var opened = await app.SubmitAsync(stranger);
        var pair = await PairAsync(await app.SubmitAsync(Reports.Of(app)), opened);
        var revised = await app.SubmitAsync(Reports.Of(app, couple: 7702, sourceId: "joins-7702", revision: 2, minutesAgo: 60));

        var now = await FindAsync(pair);
        Assert.NotEqual(known.CaseId, opened.CaseId);
        Assert.Equal(known.CaseId, revised.CaseId);
        Assert.Equal(known.CaseId, now.RightCaseId);
        Assert.Equal((revised.Class, 3), (now.Class, now.Incidents));
    }

    [Fact]
    public async Task PeopleJoinedAndPartedAgain_PairIsWhereItWas()
    {
        var (first, second) = (await Families.SupervisorAsync(app), await Families.SupervisorAsync(app));
        var a = await app.SubmitAsync(Families.Report(app, "庚女", null, "庚男", null, 700));
        var b = await app.SubmitAsync(Families.Report(app, "庚女士", null, "庚先生", null, 60, new ReportedIndicators(Weapon: true)));
        var pair = await PairAsync(await app.SubmitAsync(Reports.Of(app)), b);
        var (one, other) = (await app.RecordsAsync(a.AlarmId), await app.RecordsAsync(b.AlarmId));

        var her = await app.StateAsync(one[0].RecordId, other[0].RecordId, LinkAnswer.Same, first, second);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var him = await app.StateAsync(one[1].RecordId, other[1].RecordId, LinkAnswer.Same, first, second);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var joined = await FindAsync(pair);
        Assert.True((await app.UndoAsync(him.Value.LinkStatementId, first, second)).IsOk);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await app.UndoAsync(her.Value.LinkStatementId, first, second)).IsOk);

        Assert.Equal((a.CaseId, 1, 3), (joined.RightCaseId, joined.Class, joined.Incidents));
        var after = await FindAsync(pair);
        Assert.Equal((b.CaseId, 1, 2), (after.RightCaseId, after.Class, after.Incidents));
    }

    /// <summary>A pair of the first people of two alarms, placed as it would be where nothing is known.</summary>
    private async Task<Guid> PairAsync(AlarmReceipt left, AlarmReceipt right)
    {
        var (one, other) = ((await app.RecordsAsync(left.AlarmId))[0], (await app.RecordsAsync(right.AlarmId))[0]);
        var (id, at) = (Guid.CreateVersion7(), app.Clock.GetUtcNow());
        return await app.QueryAsync(async db =>
        {
            db.Add(new LinkPair
            {
                LinkPairId = id, LeftRecordId = one.RecordId, RightRecordId = other.RecordId, LeftPersonId = one.PersonId, RightPersonId = other.PersonId,
                LeftCaseId = left.CaseId, RightCaseId = right.CaseId, Probability = 0.7, Weight = 2, ModelVersion = "test", FoundAt = Common.Clock.CutToMicroseconds(at),
                State = LinkPairState.Open, Class = 3, Incidents = 2, Rank = LinkPair.RankOf(3, 2, at),
            });
            await db.SaveChangesAsync(Ct);
            return id;
        });
    }

    private Task<LinkPair> FindAsync(Guid pair) => app.QueryAsync(db => db.LinkPairs.AsNoTracking().SingleAsync(p => p.LinkPairId == pair, Ct));

    private Task<Common.Result<Grade>> GradeAsync(Func<ChangeGradeHandler, Task<Common.Result<Grade>>> change) => app.WithAsync(change);
}
