using System.Net;
using System.Text.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.Intake;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Modules.Timeline;
using Anhu.Modules.Whereabouts;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Anhu.Tests.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Whereabouts;

/// <summary>Where she is stays where it is: seeded secrets are looked for in everything that the program gives out.</summary>
public sealed class WhereaboutsTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static int number = 7000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private WhereaboutsDesk Desk => app.Services.GetRequiredService<WhereaboutsDesk>();

    [Fact]
    public async Task SeededSecrets_AreInNothingThatAnybodyIsGiven()
    {
        var city = await SeedAsync();
        var guard = new LeakGuard(city.Secrets);
        var found = new List<string>();
        foreach (var (unit, roles) in (IEnumerable<(string, WorkerRole[])>)[
            ("340104-womens-federation", [WorkerRole.Supervisor, WorkerRole.CallTaker]), ("340104-police", [WorkerRole.Caseworker]), ("340100-womens-federation", [WorkerRole.Supervisor]),
            ("340104001-street-office", [WorkerRole.Caseworker])])
        {
            using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(unit, roles: roles));
            foreach (var path in city.Paths)
            {
                using var answer = await client.GetAsync(path, Ct);
                var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Ct));
                found.AddRange(guard.Find($"{unit} {path}", html).Select(l => $"{l.Field} {l.Kind}"));
                found.AddRange(guard.Find("headers", answer.Headers + answer.RequestMessage!.RequestUri!.ToString()).Select(l => $"headers {path}"));
            }
        }

        foreach (var duty in await app.DutiesAsync(city.Alarm))
        {
            var grid = await app.Data.CreateWorkerAsync(await CodeAsync(duty.OwnerUnitId), change: w => w.RegionCode = "340104001001", roles: WorkerRole.GridWorker);
            using var client = await app.SignInAsync(grid);
            foreach (var path in (string[])["/", $"/tasks/{duty.DutyId}"])
            {
                using var answer = await client.GetAsync(path, Ct);
                found.AddRange(guard.Find($"grid {path}", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Ct))).Select(l => $"{l.Field} {l.Kind}"));
            }
        }

        var events = await app.QueryAsync(db => db.Timeline.Select(e => e.Type + e.Data).ToListAsync(Ct));
        found.AddRange(events.SelectMany(e => guard.Find("timeline", e)).Select(l => l.Field));

        Assert.Empty(found);
    }

    [Fact]
    public async Task CaseApi_LeavesAddressAndPhoneOut_AndSaysSo()
    {
        var city = await SeedAsync();
        var worker = await app.Data.CreateWorkerAsync();
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

        var file = (await app.Services.GetRequiredService<CaseQueries>().GetAsync(caller, city.Alarm.CaseId, Ct))!;
        var victim = file.People.Single(p => p.Role == PartyRole.Victim);
        var other = file.People.Single(p => p.Role == PartyRole.Perpetrator);

        Assert.Equal((null, null, true, true), (victim.Address, victim.Phone, victim.AddressShielded, victim.PhoneShielded));
        Assert.Equal(("测试路55号", false), (other.Address, other.AddressShielded));
        Assert.Contains(LeakGuard.Hidden, file.Incidents[0].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Value_IsShownWithAReason_InTheAnswerToThePostOnly_AndTheRecordHoldsNoValue()
    {
        var city = await SeedAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var path = $"/cases/{city.Alarm.CaseId}/places";
        var page = await client.GetPageAsync(path);
        var form = $"show-Address-{city.Victim:N}";

        using var without = await client.SubmitAsync(page, form, new() { ["Reason"] = "" });
        using var shown = await client.SubmitAsync(page, form, new() { ["Reason"] = "DangerNow" });

        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.DoesNotContain(city.Address, await without.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        var answer = await shown.ReadPageAsync();
        Assert.Equal(city.Address, answer.TextOf(".shielded-value"));
        Assert.True(answer.QuerySelector(".shielded-value")!.ParentElement!.ClassList.Contains("d-print-none"));
        Assert.DoesNotContain(city.Address, answer.Title + shown.RequestMessage!.RequestUri, StringComparison.Ordinal);
        Assert.Contains("no-store", shown.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(city.Address, (await client.GetPageAsync(path)).DocumentElement.OuterHtml, StringComparison.Ordinal);
        var fact = await app.QueryAsync(db => db.Timeline.SingleAsync(e => e.CaseId == city.Alarm.CaseId && e.Type == WhereaboutsDesk.Shown, Ct));
        using var data = JsonDocument.Parse(fact.Data);
        Assert.Equal(("danger-now", city.Victim), (data.RootElement.GetProperty("why").GetString(), data.RootElement.GetProperty("person").GetGuid()));
        Assert.NotNull(fact.WorkerId);
    }

    [Fact]
    public async Task Value_IsShownToNobodyWhoDoesNotSeeTheCaseInFull_NorToAProgram()
    {
        var city = await SeedAsync();
        using var street = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-street-office"));
        using var answer = await street.GetAsync($"/cases/{city.Alarm.CaseId}/places", Ct);
        var police = await app.Data.CreateWorkerAsync("340104-police");
        var program = new Caller { ClientId = "x", UnitId = police.UnitId, Scopes = [Permissions.ReadCases] };

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(WhereaboutsFailures.NotFound, (await Desk.ShowAsync(program, city.Alarm.CaseId, city.Victim, ShieldKind.Address, ShowReason.DangerNow, Ct)).Failure);
    }

    [Fact]
    public async Task NewAddress_EndsTheOldAtOnce_StopsLettersToIt_AndWaitsForASecondPerson()
    {
        var city = await SeedAsync();
        var (first, second) = (await CallerAsync(), await CallerAsync());
        var contacts = app.Services.GetRequiredService<SafeContacts>();
        var old = await Desk.Handle(Place(city, "黄山路300号望湖城5栋1单元602"), first, Ct);
        await Desk.CheckAsync(second, city.Alarm.CaseId, old.Value.ShieldedPlaceId, true, Ct);
        await contacts.Handle(new MarkSafeContact { CaseId = city.Alarm.CaseId, PersonId = city.Victim, Address = "望湖城五号楼1-602", SafeForLetters = true, SafeInPerson = true }, first, Ct);
        var before = await contacts.AskAsync(first, city.Alarm.CaseId, ContactChannel.Letter, Ct);

        var moved = await Desk.Handle(Place(city, "芜湖路9号东苑2栋302"), first, Ct);
        var own = await Desk.CheckAsync(first, city.Alarm.CaseId, moved.Value.ShieldedPlaceId, true, Ct);
        var letter = await contacts.AskAsync(first, city.Alarm.CaseId, ContactChannel.Letter, Ct);
        var waiting = await StatesAsync(city);
        var check = await Desk.CheckAsync(second, city.Alarm.CaseId, moved.Value.ShieldedPlaceId, true, Ct);
        var again = await Desk.CheckAsync(second, city.Alarm.CaseId, moved.Value.ShieldedPlaceId, true, Ct);

        Assert.Equal(ContactVerdict.Safe, before!.Verdict);
        Assert.Equal((ContactVerdict.NotMarked, null), (letter!.Verdict, letter.Contact));
        Assert.Equal([ShieldState.Proposed, ShieldState.DoNotUse], waiting);
        Assert.Equal((WhereaboutsFailures.OwnCheck, null, WhereaboutsFailures.Checked), (own.Failure, check.Failure, again.Failure));
        Assert.Equal([ShieldState.Active, ShieldState.DoNotUse], await StatesAsync(city));
    }

    [Theory]
    [InlineData("测试路五十五号", null, "whereabouts.other-partys")]
    [InlineData("芜湖路9号东苑2栋302", "东苑2栋楼下", "whereabouts.meet-at-tells")]
    [InlineData("短", null, "whereabouts.value-wrong")]
    public async Task NewAddress_ThatCannotBeRight_IsRefused(string value, string? meetAt, string expected)
    {
        var city = await SeedAsync();

        var result = await Desk.Handle(Place(city, value) with { MeetAt = meetAt }, await CallerAsync(), Ct);

        Assert.Equal(expected, result.Failure?.Code);
    }

    [Fact]
    public async Task Task_WhosePlaceIsASecret_SaysWhereToMeet_AndNoMoreThanTheDistrict()
    {
        var city = await SeedAsync();
        var (first, second) = (await CallerAsync(), await CallerAsync());
        var duty = await app.DutyAsync(city.Alarm, "community-notice-visit");
        var worker = await app.Data.CreateWorkerAsync(await CodeAsync(duty.OwnerUnitId), change: w => w.RegionCode = "340104001001", roles: WorkerRole.GridWorker);
        using var client = await app.SignInAsync(worker);
        var open = (await client.GetPageAsync($"/tasks/{duty.DutyId}")).TextOf("main")!;

        // She hides where it happened: he was sent away, and the place is hers alone now.
        var place = await Desk.Handle(Place(city, "测试路55号") with { Kind = ShieldKind.Shelter }, first, Ct);
        Assert.Equal(WhereaboutsFailures.OtherPartys, place.Failure);
        await app.QueryAsync(async db =>
        {
            (await db.People.SingleAsync(p => p.PersonId == city.Other, Ct)).Address = "别处路1号";
            return await db.SaveChangesAsync(Ct);
        });
        var hidden = await Desk.Handle(Place(city, "测试路55号"), first, Ct);
        var ask = (await client.GetPageAsync($"/tasks/{duty.DutyId}")).TextOf("main")!;
        var met = await Desk.Handle(Place(city, "测试路55号") with { MeetAt = "社区活动室" }, second, Ct);
        await Desk.CheckAsync(first, city.Alarm.CaseId, met.Value.ShieldedPlaceId, true, Ct);
        var meet = (await client.GetPageAsync($"/tasks/{duty.DutyId}")).TextOf("main")!;
        var home = (await client.GetPageAsync("/")).Body!.TextContent;

        Assert.True(hidden.IsOk && met.IsOk, hidden.Failure?.Code ?? met.Failure?.Code);
        Assert.Contains("测试路55号", open, StringComparison.Ordinal);
        Assert.Contains("请先问妇联", ask, StringComparison.Ordinal);
        Assert.All((string[])[ask, meet], text =>
        {
            Assert.DoesNotContain("测试路55", text, StringComparison.Ordinal);
            Assert.DoesNotContain("梅山路", text, StringComparison.Ordinal);
        });
        Assert.All((string[])[meet, home], text => Assert.Contains("约在：社区活动室", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Notes_ThatTellAPlace_AreNotSavedUnseen_AndThePageSaysWhere()
    {
        var city = await SeedAsync();
        var duty = await app.DutyAsync(city.Alarm, "phone-return-visit");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var page = await client.GetPageAsync($"/visits/{duty.DutyId}");
        var fields = new Dictionary<string, string?> { ["outcome"] = "refused", ["field.notes"] = "她已搬到翡翠花园三号楼2-501，不要外传" };

        using var warned = await client.SubmitAsync(page, "visit", fields);
        var words = (await warned.ReadPageAsync()).Body!.TextContent;
        fields["LeaksSeen"] = "true";
        using var kept = await client.SubmitAsync(page, "visit", fields);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, warned.StatusCode);
        Assert.Contains("第 5 到第", words, StringComparison.Ordinal);
        Assert.Contains("受保护的地址或去向", words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);
    }

    /// <summary>Reasons of hand-overs and forms of any duty: refused, the page says where and keeps what was typed and chosen, and takes it when the writer insists.</summary>
    [Fact]
    public async Task ReasonsAndFormsOfDuties_ThatTellAPlace_AreNotSavedUnseen()
    {
        var city = await SeedAsync();
        var duty = await app.DutyAsync(city.Alarm, "phone-return-visit");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var path = $"/duties/{duty.DutyId}";
        const string told = "她和孩子住翡翠花园三号楼2-501，请你们去";
        const string other = "340100-womens-federation";
        var name = await app.QueryAsync(db => db.Units.Where(u => u.Code == other).Select(u => u.Name).SingleAsync(Ct));

        using var refused = await client.SubmitAsync(
            await client.GetPageAsync($"{path}/hand-over?unit={Uri.EscapeDataString(name)}"), "hand-over", new() { ["Input.Reason"] = told, ["Input.Receiver"] = other });
        var page = await refused.ReadPageAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("“原因”第 6 到第", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(told, page.QuerySelector("textarea[name='Input.Reason']")!.TextContent);
        Assert.Equal(other, page.QuerySelector("select[name='Input.Receiver'] option[selected]")!.GetAttribute("value"));
        Assert.Null((await app.DutyAsync(city.Alarm, "phone-return-visit")).HandOverToUnitId);

        using var kept = await client.SubmitAsync(page, "hand-over", new() { ["Input.Reason"] = told, ["Input.Receiver"] = other, ["LeaksSeen"] = "true" });
        Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);
        Assert.Equal(told, (await app.DutyAsync(city.Alarm, "phone-return-visit")).HandOverReason);
    }

    /// <summary>However the writer comes in: handlers stand in front of pages and programs alike, for forms however deep their texts lie.</summary>
    [Fact]
    public async Task EveryDoor_AsksBeforeATextThatTellsAPlaceIsKept()
    {
        var city = await SeedAsync();
        var caller = await CallerAsync() with { Roles = [WorkerRole.Caseworker, WorkerRole.Supervisor] };
        var steps = app.Services.GetRequiredService<TakeDutyStepHandler>();
        var visit = await app.DutyAsync(city.Alarm, "phone-return-visit");
        TakeDutyStep Complete(string form, bool seen = false) => new() { DutyId = visit.DutyId, Step = DutyStep.Complete, Outcome = "x", Form = form, LeaksSeen = seen };
        Assert.Equal(DutyFailures.TellsPlace, (await steps.Handle(Complete("""{"notes":"她在翡翠花园3栋2单元501室"}"""), caller, Ct)).Failure);
        Assert.Equal(DutyFailures.TellsPlace, (await steps.Handle(Complete("""{"a":[{"b":["翡翠花园 3 号楼 2-501"]}]}"""), caller, Ct)).Failure);
        Assert.Equal(DutyFailures.TellsPlace, (await steps.Handle(Complete("""{"a":{"翡翠花园3栋2单元501室":1}}"""), caller, Ct)).Failure);
        Assert.NotEqual(DutyFailures.TellsPlace, (await steps.Handle(Complete("""{"notes":"她在翡翠花园"}"""), caller, Ct)).Failure);
        Assert.NotEqual(DutyFailures.TellsPlace, (await steps.Handle(Complete("""{"notes":"她在翡翠花园3栋2单元501室"}""", seen: true), caller, Ct)).Failure);

        // Somebody who has nothing to do with the case learns nothing by trying addresses.
        var stranger = new Caller { WorkerId = Guid.CreateVersion7(), UnitId = Guid.CreateVersion7(), Roles = [WorkerRole.Caseworker] };
        Assert.Equal(DutyFailures.NotFound, (await steps.Handle(Complete("""{"notes":"她在翡翠花园3栋2单元501室"}"""), stranger, Ct)).Failure);

        var grades = app.Services.GetRequiredService<ChangeGradeHandler>();
        var wish = new ChangeGrade { CaseId = city.Alarm.CaseId, Class = city.Alarm.Class == 1 ? 2 : 1, Reason = "对方找到了翡翠花园3栋2单元501室" };
        Assert.Equal(GradeFailures.TellsPlace, (await grades.Handle(wish, caller, Ct)).Failure);
        Assert.True((await grades.Handle(wish with { LeaksSeen = true }, caller, Ct)).IsOk);
        Assert.NotEqual(GradeFailures.TellsPlace, (await grades.Handle(wish, stranger, Ct)).Failure);
    }

    /// <summary>Grades and closing texts.</summary>
    [Fact]
    public async Task GradeAndClosingPages_ThatTellAPlace_SayWhere()
    {
        var city = await SeedAsync();
        var path = $"/cases/{city.Alarm.CaseId}";
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]));
        var grade = new Dictionary<string, string?> { ["Input.Class"] = city.Alarm.Class == 1 ? "2" : "1", ["Input.Reason"] = "翡翠花园三号楼2-501门口有人" };
        using var refused = await client.SubmitAsync(await client.GetPageAsync(path), "change-grade", grade);
        Assert.Contains("第 1 到第", (await refused.ReadPageAsync()).Body!.TextContent, StringComparison.Ordinal);
        grade["LeaksSeen"] = "true";
        using var kept = await client.SubmitAsync(await client.GetPageAsync(path), "change-grade", grade);
        Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);

        await app.EndDutiesAsync(city.Alarm.CaseId);
        var closing = await client.GetPageAsync(path);
        foreach (var box in closing.QuerySelectorAll("input[name=Confirmed]"))
        {
            box.SetAttribute("checked", "");
        }

        using var asked = await client.SubmitAsync(closing, "close-case", new() { ["CloseReason"] = "已安置在翡翠花园三号楼2-501" });
        var answer = await asked.ReadPageAsync();
        Assert.Contains("第 5 到第", answer.Body!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(answer.QuerySelector("input[name=LeaksSeen]"));
    }

    private static ShieldPlace Place(Seeded city, string value) => new() { CaseId = city.Alarm.CaseId, PersonId = city.Victim, Kind = ShieldKind.Address, Value = value };

    private async Task<IEnumerable<ShieldState>> StatesAsync(Seeded city) => (await app.QueryAsync(db => db.ShieldedPlaces.AsNoTracking()
        .Where(s => s.PersonId == city.Victim).Select(s => s.State).ToListAsync(Ct))).Order();

    private async Task<string> CodeAsync(Guid unitId) => await app.QueryAsync(db => db.Units.Where(u => u.UnitId == unitId).Select(u => u.Code).SingleAsync(Ct));

    private async Task<Caller> CallerAsync()
    {
        var worker = await app.Data.CreateWorkerAsync();
        return new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
    }

    /// <summary>She has moved; the call taker typed the new place into the story, and the school is shielded too.</summary>
    private async Task<Seeded> SeedAsync()
    {
        var n = Interlocked.Increment(ref number);
        const string address = "合肥市蜀山区翡翠花园3栋2单元501室";
        var phone = $"1377000{n:D4}";
        AlarmReport Report(int revision, string summary) => new()
        {
            Source = "seed", SourceId = $"{n}", Revision = revision, ReceivedAt = app.Time.GetUtcNow(), Channel = AlarmChannel.Phone, Category = AlarmCategory.DomesticViolence,
            Summary = summary, Location = new ReportedLocation("测试路55号", "340104001001", 117.25, 31.85), Reporter = new ReportedReporter("李红", phone, "self"),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = $"受害{n}", Phone = phone, Address = address },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = $"对方{n}", Phone = $"1399000{n:D4}", Address = "测试路55号" },
                new ReportedPerson { Role = PartyRole.Witness, Name = $"母亲{n}", Address = "翡翠花园三号楼二单元五〇一" },
                new ReportedPerson { Role = PartyRole.Child, Name = $"孩子{n}", Address = address },
            ],
        };
        var intake = app.Services.GetRequiredService<AlarmIntake>();
        await intake.SubmitAsync(Report(1, "家中争吵"), Actor.Platform, Ct);
        var alarm = await intake.SubmitAsync(Report(2, $"她已搬到翡翠花园 3 号楼 2-501，电话 {phone[..3]} {phone[3..7]} {phone[7..]}，孩子在第四十八中学"), Actor.Platform, Ct);
        var people = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == alarm.CaseId).ToListAsync(Ct));
        var victim = people.Single(p => p.Role == PartyRole.Victim).PersonId;
        await Desk.Handle(
            new ShieldPlace { CaseId = alarm.CaseId, PersonId = people.Single(p => p.Role == PartyRole.Child).PersonId, Kind = ShieldKind.School, Value = "合肥市第四十八中学" }, await CallerAsync(), Ct);
        await Desk.Handle(
            new ShieldPlace { CaseId = alarm.CaseId, PersonId = people.Single(p => p.Role == PartyRole.Child).PersonId, Kind = ShieldKind.School, Value = "第四十八中学" }, await CallerAsync(), Ct);
        var duties = await app.DutiesAsync(alarm);
        return new Seeded(
            alarm, victim, people.Single(p => p.Role == PartyRole.Perpetrator).PersonId, address,
            [new ShieldedValue(ShieldKind.Address, address, victim), new ShieldedValue(ShieldKind.Phone, phone, victim), new ShieldedValue(ShieldKind.School, "第四十八中学", victim)],
            [
                "/", "/board", "/board/rows", "/cases", $"/cases/{alarm.CaseId}", $"/cases/{alarm.CaseId}/places", "/duties", "/visits", "/messages", $"/visits/contacts/{alarm.CaseId}",
                $"/api/v1/cases/{alarm.CaseId}", $"/api/v1/cases/{alarm.CaseId}/timeline", "/api/v1/cases?limit=5", "/api/v1/duties", $"/api/v1/people/{victim}/history", "/api/v1/feed?follow=false",
                .. duties.Select(d => $"/duties/{d.DutyId}"), .. duties.Select(d => $"/visits/{d.DutyId}"), .. duties.Where(d => d.Kind == "caring-message").Select(d => $"/messages/{d.DutyId}"),
            ]);
    }

    private sealed record Seeded(
        AlarmReceipt Alarm, Guid Victim, Guid Other, string Address, IReadOnlyList<ShieldedValue> Secrets, IReadOnlyList<string> Paths);
}
