using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Intake;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>What statements about who is who do to people and cases, and that taking them back restores both, in whatever order.</summary>
public sealed class LinkPeopleTests(QuietFixture app) : IClassFixture<QuietFixture>
{
    private static int family;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConfirmedCouple_IsOneFile_AndTwoAgainWhenUndone()
    {
        var (first, second) = (await Families.SupervisorAsync(app), await Families.SupervisorAsync(app));
        var a = await SubmitAsync("王小芳", "13870000001", "李大强", "13970000001", 600);
        var b = await SubmitAsync("王晓芳", null, "李大墙", null, 60);
        var (one, other) = (await app.RecordsAsync(a.AlarmId), await app.RecordsAsync(b.AlarmId));
        var before = await app.StateOfAsync([a.AlarmId, b.AlarmId]);

        var her = await app.StateAsync(one[0].RecordId, other[0].RecordId, LinkAnswer.Same, first, second);
        Move();
        var him = await app.StateAsync(one[1].RecordId, other[1].RecordId, LinkAnswer.Same, first, second);
        Move();

        Assert.True(her.IsOk && him.IsOk);
        var joined = await app.QueryAsync(db => db.Cases.AsNoTracking().Where(c => c.CaseId == a.CaseId || c.CaseId == b.CaseId).OrderBy(c => c.CaseSequence).ToListAsync(Ct));
        Assert.Equal((2, 0), (joined[0].IncidentCount, joined[1].IncidentCount));
        Assert.Equal(joined[0].CaseId, joined[1].JoinedIntoCaseId);
        await app.CheckCaseAsync(a.CaseId);
        await app.CheckCaseAsync(b.CaseId);

        Assert.True((await app.UndoAsync(her.Value.LinkStatementId, first, second)).IsOk);
        Move();
        Assert.True((await app.UndoAsync(him.Value.LinkStatementId, first, second)).IsOk);

        Assert.Equal(before, await app.StateOfAsync([a.AlarmId, b.AlarmId]));
        await app.CheckCaseAsync(a.CaseId);
        await app.CheckCaseAsync(b.CaseId);
    }

    [Fact]
    public async Task TwoOfOneReport_AreNeverOne()
    {
        var worker = await Families.SupervisorAsync(app);
        var a = await SubmitAsync("赵一", null, "钱二", null, 5);
        var records = await app.RecordsAsync(a.AlarmId);

        var result = await app.StateAsync(records[0].RecordId, records[1].RecordId, LinkAnswer.Same, worker, worker);

        Assert.Equal(LinkFailures.SameReport, result.Failure);
    }

    [Fact]
    public async Task JoinThatRaisesAClass_AndItsUndoing_BothWaitForAnotherSupervisor()
    {
        var (first, second) = (await Families.SupervisorAsync(app), await Families.SupervisorAsync(app));
        var caseworker = Families.CallerOf(await app.Data.CreateWorkerAsync("340100-police", roles: Modules.Security.WorkerRole.Caseworker));
        var a = await SubmitAsync("甲女", null, "甲男", null, 300);
        var b = await SubmitAsync("乙女", null, "乙男", null, 5, new ReportedIndicators(Weapon: true));
        var (one, other) = (await app.RecordsAsync(a.AlarmId), await app.RecordsAsync(b.AlarmId));
        var before = await app.StateOfAsync([a.AlarmId, b.AlarmId]);
        Assert.True((await app.StateAsync(one[0].RecordId, other[0].RecordId, LinkAnswer.Same, first, second)).IsOk);
        Move();

        var joining = await SayAsync(one[1].RecordId, other[1].RecordId, first);

        Assert.True(joining.Value.Waits);
        Assert.Equal(3, await ClassAsync(a.CaseId));
        Assert.Equal(LinkFailures.NeedsSecondPerson, (await SecondAsync(joining.Value.LinkStatementId, first)).Failure);
        Assert.Equal(LinkFailures.NeedsSecondPerson, (await SecondAsync(joining.Value.LinkStatementId, caseworker)).Failure);
        Assert.True((await SecondAsync(joining.Value.LinkStatementId, second)).IsOk);
        Assert.Equal(1, await ClassAsync(a.CaseId));
        Move();

        var undoing = await app.WithAsync<LinkPeopleHandler, Result<PeopleStated>>(h => h.UndoAsync(joining.Value.LinkStatementId, "两对夫妻", second, Ct));

        Assert.True(undoing.Value.Waits);
        Assert.Equal(1, await ClassAsync(a.CaseId));
        Assert.True((await SecondAsync(undoing.Value.LinkStatementId, first)).IsOk);
        var grade = await app.QueryAsync(db => db.Grades.AsNoTracking().Where(g => g.CaseId == a.CaseId).OrderByDescending(g => g.DecidedAt).FirstAsync(Ct));
        Assert.Equal((3, second.WorkerId, first.WorkerId, "两对夫妻"), (grade.Class, grade.WorkerId, grade.ApprovedByWorkerId, grade.Note));
        Move();
        Assert.True((await app.UndoAsync((await StatementAsync(one[0].RecordId)).LinkStatementId, first, second)).IsOk);
        Families.AssertSame(before, await app.StateOfAsync([a.AlarmId, b.AlarmId]));
    }

    /// <summary>What must not leak of somebody, and how she may be reached, stays hers whoever she turns out to be.</summary>
    [Fact]
    public async Task ShieldedPlacesAndContacts_FollowThePerson_AndComeBack()
    {
        var (first, second) = (await Families.SupervisorAsync(app), await Families.SupervisorAsync(app));
        var a = await SubmitAsync("丁女", null, "丁男", null, 300);
        var b = await SubmitAsync("丁女士", null, "丁先生", null, 5);
        var (one, other) = (await app.RecordsAsync(a.AlarmId), await app.RecordsAsync(b.AlarmId));
        var (place, contact) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await app.QueryAsync(async db =>
        {
            db.Add(new Modules.Shield.ShieldedPlace
            {
                ShieldedPlaceId = place, CaseId = b.CaseId, PersonId = other[0].PersonId, Kind = Modules.Shield.ShieldKind.Address, Value = "望江路隐蔽处9号",
                State = Modules.Shield.ShieldState.Active, RecordedAt = app.Clock.GetUtcNow(), RecordedByWorkerId = first.WorkerId!.Value,
            });
            db.Add(new Modules.Messages.SafeContact
            {
                SafeContactId = contact, CaseId = b.CaseId, PersonId = other[0].PersonId, Phone = "13700009999", SafeToCall = false, SafeToText = false,
                ConfirmedAt = app.Clock.GetUtcNow(),
            });
            return await db.SaveChangesAsync(Ct);
        });

        var her = await app.StateAsync(one[0].RecordId, other[0].RecordId, LinkAnswer.Same, first, second);
        Move();
        var him = await app.StateAsync(one[1].RecordId, other[1].RecordId, LinkAnswer.Same, first, second);

        Assert.Equal((one[0].PersonId, a.CaseId, one[0].PersonId), await WhereAsync());
        Move();
        Assert.True((await app.UndoAsync(him.Value.LinkStatementId, first, second)).IsOk);
        Move();
        Assert.True((await app.UndoAsync(her.Value.LinkStatementId, first, second)).IsOk);
        Assert.Equal((other[0].PersonId, b.CaseId, other[0].PersonId), await WhereAsync());

        Task<(Guid, Guid, Guid)> WhereAsync() => app.QueryAsync(async db =>
        {
            var said = await db.SafeContacts.AsNoTracking().SingleAsync(c => c.SafeContactId == contact, Ct);
            return ((await db.ShieldedPlaces.AsNoTracking().SingleAsync(s => s.ShieldedPlaceId == place, Ct)).PersonId, said.CaseId, said.PersonId);
        });
    }

    [Fact]
    public async Task RefusedJoin_ChangesNothing_AndCanBeDecidedAgain()
    {
        var (first, second) = (await Families.SupervisorAsync(app), await Families.SupervisorAsync(app));
        var a = await SubmitAsync("丙女", null, "丙男", null, 300);
        var b = await SubmitAsync("丙女士", null, "丙先生", null, 5, new ReportedIndicators(Weapon: true));
        var (one, other) = (await app.RecordsAsync(a.AlarmId), await app.RecordsAsync(b.AlarmId));
        Assert.True((await app.StateAsync(one[0].RecordId, other[0].RecordId, LinkAnswer.Same, first, second)).IsOk);
        var before = await app.StateOfAsync([a.AlarmId, b.AlarmId]);
        Move();

        var joining = await SayAsync(one[1].RecordId, other[1].RecordId, first);
        var refused = await app.WithAsync<LinkPeopleHandler, Result<PeopleStated>>(h => h.SecondAsync(joining.Value.LinkStatementId, false, "证据不足", second, Ct));

        Assert.True(refused.IsOk);
        Families.AssertSame(before, await app.StateOfAsync([a.AlarmId, b.AlarmId]));
        Assert.Equal(LinkFailures.SomeoneWasFaster, (await SecondAsync(joining.Value.LinkStatementId, second)).Failure);
        Move();
        Assert.True((await SayAsync(one[1].RecordId, other[1].RecordId, first)).IsOk);
    }

    /// <summary>Random histories of reports, joins, refusals and undoings: taken back in any order, everything is as it was.</summary>
    [Fact]
    public async Task RandomHistory_TakenBackInAnyOrder_RestoresEverything()
    {
        var (first, second) = (await Families.SupervisorAsync(app), await Families.SupervisorAsync(app));
        var op = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 99]);
        await Gen.Select(Gen.Int[0, 3].Array[6, 12], op.Array[2, 8], op.Array[1, 4], Gen.Int).SampleAsync(
            async (writings, history, extra, shuffle) =>
            {
                var alarms = await ReportAsync(writings);
                var before = await app.StateOfAsync(alarms);
                var kept = await DoAsync(alarms, history, first, second);
                var middle = await app.StateOfAsync(alarms);
                var more = await DoAsync(alarms, extra, first, second);
                await TakeBackAsync(more, shuffle, first, second);
                Families.AssertSame(middle, await app.StateOfAsync(alarms));
                await TakeBackAsync(kept, shuffle, first, second);
                Families.AssertSame(before, await app.StateOfAsync(alarms));
            },
            iter: 12, threads: 1);

        Assert.Empty((await app.WithAsync<VerifyTimeline, TimelineCheck>(v => v.RunAsync(null, Ct))).Faults);
    }

    private Task<Result<PeopleStated>> SayAsync(Guid left, Guid right, Modules.Security.Caller caller) => app.WithAsync<LinkPeopleHandler, Result<PeopleStated>>(
        h => h.Handle(new StatePeople { LeftRecordId = left, RightRecordId = right, Answer = LinkAnswer.Same }, caller, Ct));

    private Task<Result<PeopleStated>> SecondAsync(Guid statement, Modules.Security.Caller caller) =>
        app.WithAsync<LinkPeopleHandler, Result<PeopleStated>>(h => h.SecondAsync(statement, true, null, caller, Ct));

    private Task<int> ClassAsync(Guid caseId) => app.QueryAsync(db => db.Cases.Where(c => c.CaseId == caseId).Select(c => c.Class).SingleAsync(Ct));

    private Task<LinkStatement> StatementAsync(Guid record) =>
        app.QueryAsync(db => db.LinkStatements.AsNoTracking().FirstAsync(s => s.LeftRecordId == record && s.Kind == LinkStatementKind.Confirmed, Ct));

    private async Task<List<Guid>> ReportAsync(int[] writings)
    {
        // Two women and two men, each in two writings; each report names one of each in one writing.
        var n = Interlocked.Increment(ref family);
        var alarms = new List<Guid>();
        for (var i = 0; i + 1 < writings.Length; i += 2)
        {
            var (her, him) = (writings[i], writings[i + 1]);
            var receipt = await SubmitAsync(
                $"女{(char)('甲' + her)}{n}", $"138{n:0000}{her:0000}", $"男{(char)('甲' + him)}{n}", $"139{n:0000}{him:0000}", 600 - (i * 70),
                new ReportedIndicators(Weapon: her == 3 ? true : null, ChildPresent: him == 2 ? true : null));
            alarms.Add(receipt.AlarmId);
            Move();
        }

        return alarms;
    }

    private async Task<List<Guid>> DoAsync(List<Guid> alarms, (int, int, int)[] ops, Modules.Security.Caller first, Modules.Security.Caller second)
    {
        var done = new List<Guid>();
        var records = new List<PersonRecord>();
        foreach (var alarm in alarms)
        {
            records.AddRange(await app.RecordsAsync(alarm));
        }

        foreach (var (what, a, b) in ops)
        {
            var (left, right) = (records[a % records.Count], records[b % records.Count]);
            if (what < 75)
            {
                var answer = what < 55 ? LinkAnswer.Same : what < 70 ? LinkAnswer.Different : LinkAnswer.Unsure;
                if (left.RecordId != right.RecordId && await app.StateAsync(left.RecordId, right.RecordId, answer, first, second) is { IsOk: true } made)
                {
                    done.Add(made.Value.LinkStatementId);
                }
            }
            else if (done.Count > 0 && what < 85)
            {
                if ((await app.UndoAsync(done[a % done.Count], first, second)).IsOk)
                {
                    done.RemoveAt(a % done.Count);
                }
            }
            else if (left.FoundRecordId is not null && await app.UndoAsync(left.RecordId, first, second) is { IsOk: true } undone)
            {
                done.Add(undone.Value.LinkStatementId);
            }

            Move();
        }

        return done;
    }

    private async Task TakeBackAsync(List<Guid> done, int shuffle, Modules.Security.Caller first, Modules.Security.Caller second)
    {
        var random = new Random(shuffle);
        foreach (var target in done.OrderBy(_ => random.Next()))
        {
            var result = await app.UndoAsync(target, first, second);
            Assert.True(result.IsOk, result.Failure?.Code);
            Move();
        }
    }

    private Task<AlarmReceipt> SubmitAsync(string her, string? herPhone, string him, string? hisPhone, double minutesAgo, ReportedIndicators? indicators = null) =>
        app.SubmitAsync(Families.Report(app, her, herPhone, him, hisPhone, minutesAgo, indicators));

    private void Move() => app.Time.Advance(TimeSpan.FromSeconds(1));
}
