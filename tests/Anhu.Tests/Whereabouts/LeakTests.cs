using System.Net;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Intake;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Modules.Whereabouts;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Whereabouts;

/// <summary>After a leak: from the same moment nobody outside the circle is shown where she is, and what keeps her safe comes first.</summary>
public sealed class LeakTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Police = "340104001-police", Federation = "340104-womens-federation";
    private static int number = 4_400_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private WhereaboutsDesk Places => app.Services.GetRequiredService<WhereaboutsDesk>();

    private LeakDesk Desk => app.Services.GetRequiredService<LeakDesk>();

    private LeakQueries Queries => app.Services.GetRequiredService<LeakQueries>();

    private SafeContacts Contacts => app.Services.GetRequiredService<SafeContacts>();

    [Fact]
    public async Task Report_ShutsEverythingInOneTurn_ReachesHerFirst_AndASecondPersonEndsIt()
    {
        var (alarm, victim) = await SeedAsync();
        var other = await SeedAsync();
        await app.QueryAsync(async db =>
        {
            // Another case of hers, with somebody else.
            db.CaseParties.Add(new CaseParty { CaseId = other.Alarm.CaseId, PersonId = victim, Role = PartyRole.Victim });
            return await db.SaveChangesAsync(Ct);
        });
        var (reporter, chosen, outsider) = (await app.Data.CreateWorkerAsync(Federation), await app.Data.CreateWorkerAsync(Federation), await app.Data.CreateWorkerAsync(Federation, "查阅人"));
        var leader = await app.Data.CreateWorkerAsync(Federation, roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]);
        var (inside, outside) = (CallerOf(reporter), CallerOf(outsider));
        var place = await PlaceAsync(inside, alarm.CaseId, victim, "芜湖路77号东苑3栋402");
        Assert.True((await Places.CheckAsync(CallerOf(chosen), alarm.CaseId, place, true, Ct)).IsOk);
        Assert.True((await Contacts.Handle(new MarkSafeContact { CaseId = alarm.CaseId, PersonId = victim, Phone = "13955501234", SafeToCall = true }, inside, Ct)).IsOk);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("芜湖路77号东苑3栋402", (await Places.ShowAsync(outside, alarm.CaseId, place, ShieldKind.Address, ShowReason.PlannedVisit, Ct)).Value);
        using (var looking = await app.SignInAsync(outsider))
        {
            await looking.GetPageAsync($"/cases/{alarm.CaseId}");
        }

        app.Time.Advance(TimeSpan.FromMinutes(1));
        using var client = await app.SignInAsync(reporter);
        var path = $"/cases/{alarm.CaseId}/leak";
        var form = new Dictionary<string, string?>
        {
            ["Input.What"] = "Home", ["Input.To"] = "OtherParty", ["Input.Note"] = "对方打电话说知道她住芜湖路77号东苑3栋402", ["Input.Workers"] = chosen.UserName,
        };
        using var told = await client.SubmitAsync(await client.GetPageAsync(path), "leak", form);
        Assert.Contains("请删去", (await told.ReadPageAsync()).Body!.TextContent, StringComparison.Ordinal);
        form["Input.Note"] = "对方打电话说知道她住在哪里";
        using var nobody = await client.SubmitAsync(await client.GetPageAsync(path), "leak", new(form) { ["Input.Workers"] = "nobody-here" });
        Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
        using var reported = await client.SubmitAsync(await client.GetPageAsync(path), "leak", form);
        Assert.Equal(HttpStatusCode.Redirect, reported.StatusCode);

        // The places and channels, on all her cases; and the duties.
        Assert.Equal(ShieldState.DoNotUse, await app.QueryAsync(db => db.ShieldedPlaces.Where(s => s.ShieldedPlaceId == place).Select(s => s.State).SingleAsync(Ct)));
        Assert.Equal(ContactVerdict.NotMarked, (await Contacts.AskAsync(inside, alarm.CaseId, ContactChannel.Call, Ct))!.Verdict);
        var duties = (await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.CreatedAt == app.Time.GetUtcNow()).ToListAsync(Ct))).GroupBy(d => d.Kind).ToDictionary(g => g.Key, g => g.Min(d => d.DueAt - d.CreatedAt));
        Assert.Equal(TimeSpan.FromHours(1), duties[LeakDesk.ContactKind]);
        Assert.All((string[])[LeakDesk.ContactKind, "leak-safety-plan", "reassessment"], k => Assert.Contains(k, duties.Keys));
        Assert.True(await app.QueryAsync(db => db.Duties.AnyAsync(d => d.CaseId == alarm.CaseId && d.Kind == "safety-check" && d.DueAt <= app.Time.GetUtcNow().AddHours(1), Ct)));
        foreach (var caseId in (Guid[])[alarm.CaseId, other.Alarm.CaseId])
        {
            Assert.True((await Places.OfCaseAsync(outside, caseId, Ct))!.Held);
            Assert.Equal(WhereaboutsFailures.Held, (await Places.ShowAsync(outside, caseId, place, ShieldKind.Address, ShowReason.DangerNow, Ct)).Failure);
            Assert.Equal(WhereaboutsFailures.Held, (await Places.Handle(Place(caseId, victim, "别处路1号2栋3室"), outside, Ct)).Failure);
            Assert.Equal(ContactFailures.Held, (await Contacts.Handle(new MarkSafeContact { CaseId = caseId, PersonId = victim, Phone = "13955501235", SafeToCall = true }, outside, Ct)).Failure);
            Assert.Empty((await Contacts.OfCaseAsync(outside, caseId, Ct))!.Contacts);
            Assert.False((await Places.OfCaseAsync(CallerOf(chosen), caseId, Ct))!.Held);
        }

        Assert.True((await Places.ShowAsync(CallerOf(chosen), alarm.CaseId, place, ShieldKind.Address, ShowReason.DangerNow, Ct)).IsOk);

        // Who saw what: with the circle and supervisors, not with others. Nothing that tells a place.
        var page = (await client.GetPageAsync(path)).Body!.TextContent;
        Assert.Contains("查阅人", page, StringComparison.Ordinal);
        Assert.Contains("查看住处、号码1次", page, StringComparison.Ordinal);
        var seen = (await Queries.OfCaseAsync(inside, alarm.CaseId, Ct))!.Open!.Witnesses.Single(w => w.WorkerId == outsider.Id);
        Assert.Equal((1, 1), (seen.Shown, seen.Times));
        Assert.Empty((await Queries.OfCaseAsync(outside, alarm.CaseId, Ct))!.Open!.Witnesses);
        using var shut = await app.SignInAsync(outsider);
        Assert.DoesNotContain("查阅人", (await shut.GetPageAsync(path)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var file = await shut.GetPageAsync($"/cases/{alarm.CaseId}");
        Assert.Contains("只有指定的人能看到", file.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(file.QuerySelector("print-page"));
        Assert.DoesNotContain(place.ToString(), (await shut.GetPageAsync($"/cases/{alarm.CaseId}/places")).DocumentElement.OuterHtml, StringComparison.Ordinal);

        // The officer is told and has the clock.
        using var officer = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-political-legal-committee", roles: WorkerRole.DataProtectionOfficer));
        Assert.NotNull((await officer.GetPageAsync("/")).QuerySelector("a[href='/access/leaks']"));
        var leak = await app.QueryAsync(db => db.Exposures.SingleAsync(x => x.CaseId == alarm.CaseId, Ct));
        using var answered = await officer.SubmitAsync(await officer.GetPageAsync("/access/leaks"), $"answer-{leak.ExposureId:N}", new() { ["Told"] = "true", ["Answer"] = "已书面通知网信部门" });
        Assert.Equal(HttpStatusCode.Redirect, answered.StatusCode);
        Assert.Equal((leak.ReportedAt + LeakDesk.OfficerTime, true), await app.QueryAsync(db => db.Exposures.Where(x => x.CaseId == alarm.CaseId).Select(x => new ValueTuple<DateTimeOffset, bool>(x.OfficerDueAt, x.AuthorityTold == true)).SingleAsync(Ct)));
        using var refused = await client.GetAsync("/access/leaks", Ct);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        // Undone by a second person, after she was reached, and on the record.
        Assert.Equal(LeakFailures.NeedsSecondPerson, (await Desk.EndAsync(inside, alarm.CaseId, "她已经搬走", Ct)).Failure);
        Assert.Equal(LeakFailures.VictimFirst, (await Desk.EndAsync(CallerOf(leader), alarm.CaseId, "她已经搬走", Ct)).Failure);
        await app.EndDutiesAsync(alarm.CaseId);
        Assert.True((await Desk.EndAsync(CallerOf(leader), alarm.CaseId, "她已经搬走", Ct)).IsOk);
        Assert.False((await Places.OfCaseAsync(outside, alarm.CaseId, Ct))!.Held);
        Assert.Equal(
            [LeakDesk.Reported, LeakDesk.Answered, LeakDesk.Ended],
            await app.QueryAsync(db => db.Timeline.Where(e => e.CaseId == alarm.CaseId && e.Type.StartsWith("leak.")).OrderBy(e => e.Sequence).Select(e => e.Type).ToListAsync(Ct)));
    }

    [Fact]
    public async Task Programs_ReportByNamingWhoMaySee_AndHearNoMore()
    {
        var (alarm, _) = await SeedAsync();
        var worker = await app.Data.CreateWorkerAsync(Police);
        var program = new Caller { ClientId = "police", UnitId = worker.UnitId, Scopes = [Permissions.ReadCases, Permissions.WorkDuties] };
        ReportLeak Wish(params string[] workers) => new() { CaseId = alarm.CaseId, What = ExposedThing.Several, To = ExposedTo.NotKnown, Note = "平台外发现", Workers = workers };

        Assert.Equal(LeakFailures.WorkerUnknown, (await Desk.ReportAsync(Wish(), program, Ct)).Failure);
        Assert.Equal(LeakFailures.WorkerUnknown, (await Desk.ReportAsync(Wish((await app.Data.CreateWorkerAsync("340102001-police")).UserName!), program, Ct)).Failure);
        Assert.Equal(LeakFailures.SinceWrong, (await Desk.ReportAsync(Wish(worker.UserName!) with { Since = app.Time.GetUtcNow().AddDays(1) }, program, Ct)).Failure);
        Assert.Equal(LeakFailures.WhatWrong, (await Desk.ReportAsync(Wish(worker.UserName!) with { What = null }, program, Ct)).Failure);
        Assert.Equal(LeakFailures.NotFound, (await Desk.ReportAsync(Wish(worker.UserName!), CallerOf(await app.Data.CreateWorkerAsync("340102001-police")), Ct)).Failure);
        Assert.True((await Desk.ReportAsync(Wish(worker.UserName!), program, Ct)).IsOk);
        Assert.Equal(LeakFailures.AlreadyOpen, (await Desk.ReportAsync(Wish(worker.UserName!), program, Ct)).Failure);
        Assert.False((await Places.OfCaseAsync(CallerOf(worker), alarm.CaseId, Ct))!.Held);
        Assert.True((await Places.OfCaseAsync(CallerOf(await app.Data.CreateWorkerAsync(Police)), alarm.CaseId, Ct))!.Held);
        Assert.Empty((await Queries.OfCaseAsync(program, alarm.CaseId, Ct))!.Open!.Witnesses);
    }

    /// <summary>Whoever reports, lets in and ends, in whatever order: a place and a number are shown to the circle of an open leak and to nobody else, and after it to all who may see the case.</summary>
    [Fact]
    public async Task RandomHistories_NobodyOutsideTheCircleIsShownAnything()
    {
        List<Worker> workers = [];
        foreach (var unit in (string[])[Federation, Federation, Police, Police])
        {
            workers.Add(await app.Data.CreateWorkerAsync(unit));
        }

        workers.Add(await app.Data.CreateWorkerAsync(Federation, roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));
        workers.Add(await app.Data.CreateWorkerAsync(Police, roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));
        var callers = workers.ConvertAll(CallerOf);
        await Gen.Select(Gen.Int[0, 4], Gen.Int[0, workers.Count - 1], Gen.Int[0, workers.Count - 1]).Array[4, 10].SampleAsync(
            async acts =>
            {
                var (alarm, victim) = await SeedAsync();
                HashSet<Guid>? circle = null;
                Guid? reporter = null;
                foreach (var (what, i, j) in acts)
                {
                    var (who, with) = (callers[i], workers[j]);
                    app.Time.Advance(TimeSpan.FromMinutes(1));
                    switch (what)
                    {
                        case 0:
                            var reported = await Desk.ReportAsync(
                                new ReportLeak { CaseId = alarm.CaseId, What = ExposedThing.Several, To = ExposedTo.Stranger, Note = "有人问起她", Workers = [with.UserName!] }, who, Ct);
                            Assert.Equal(circle is null, reported.IsOk);
                            (circle, reporter) = circle is null ? ([who.WorkerId!.Value, with.Id], who.WorkerId) : (circle, reporter);
                            break;
                        case 1:
                            var letIn = await Desk.LetInAsync(who, alarm.CaseId, with.UserName!, Ct);
                            Assert.Equal(circle?.Contains(who.WorkerId!.Value) == true && !circle.Contains(with.Id), letIn.IsOk);
                            if (letIn.IsOk)
                            {
                                circle!.Add(with.Id);
                            }

                            break;
                        case 2:
                            await app.EndDutiesAsync(alarm.CaseId);
                            var ended = await Desk.EndAsync(who, alarm.CaseId, "她已安顿好", Ct);
                            Assert.Equal(circle is not null && who.May(Permissions.Supervise) && who.WorkerId != reporter, ended.IsOk);
                            circle = ended.IsOk ? null : circle;
                            break;
                        case 3:
                            Assert.Equal(circle?.Contains(who.WorkerId!.Value) != false, (await Places.Handle(Place(alarm.CaseId, victim, $"长江路{i + 1}{j}号西苑{j + 1}栋301"), who, Ct)).IsOk);
                            break;
                        default:
                            Assert.Equal(
                                circle?.Contains(who.WorkerId!.Value) != false,
                                (await Contacts.Handle(new MarkSafeContact { CaseId = alarm.CaseId, PersonId = victim, Phone = $"1395556{i}{j}00", SafeToCall = true }, who, Ct)).IsOk);
                            break;
                    }

                    var places = await app.QueryAsync(db => db.ShieldedPlaces.Where(s => s.PersonId == victim).ToListAsync(Ct));
                    var known = await app.QueryAsync(db => db.SafeContacts.Where(s => s.CaseId == alarm.CaseId).CountAsync(Ct));
                    foreach (var caller in callers)
                    {
                        var shown = circle?.Contains(caller.WorkerId!.Value) != false;
                        Assert.Equal(shown ? known : 0, (await Contacts.OfCaseAsync(caller, alarm.CaseId, Ct))!.Contacts.Count);
                        Assert.True(shown || (await Contacts.AskAsync(caller, alarm.CaseId, ContactChannel.Call, Ct))!.Contact is null);
                        Assert.True(shown || (await Places.OfCaseAsync(caller, alarm.CaseId, Ct))!.Items.Count == 0);
                        foreach (var place in places)
                        {
                            Assert.Equal(shown, (await Places.ShowAsync(caller, alarm.CaseId, place.ShieldedPlaceId, place.Kind, ShowReason.DangerNow, Ct)).IsOk);
                        }
                    }
                }
            },
            iter: 8, threads: 1);
    }

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    private static ShieldPlace Place(Guid caseId, Guid person, string value) => new() { CaseId = caseId, PersonId = person, Kind = ShieldKind.Address, Value = value };

    private async Task<Guid> PlaceAsync(Caller caller, Guid caseId, Guid person, string value) => (await Places.Handle(Place(caseId, person, value), caller, Ct)).Value.ShieldedPlaceId;

    private async Task<((Guid CaseId, int Couple) Alarm, Guid Victim)> SeedAsync(int couple = 0)
    {
        couple = couple == 0 ? Interlocked.Increment(ref number) : couple;
        var alarm = await app.SubmitAsync(Reports.Of(app, couple: couple, injury: Injury.Minor));
        return ((alarm.CaseId, couple), await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).SingleAsync(Ct)));
    }
}
