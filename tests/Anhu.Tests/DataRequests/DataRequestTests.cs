using System.Net;
using System.Text;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.DataRequests;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.DataRequests;

/// <summary>People who ask for their own data, and abusers who ask for hers by asking for theirs.</summary>
public sealed class DataRequestTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static int number = 100;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DataRequestDesk Desk => app.Services.GetRequiredService<DataRequestDesk>();

    [Fact]
    public async Task Victim_GetsHerOwnData_WithoutAddressesOrAnybodyElse()
    {
        var family = await FamilyAsync();

        var answer = await AnswerAsync(Of(family.Mother));

        Assert.True(answer.HoldsData);
        Assert.Equal((family.Mother.Name, family.Mother.Id, null, true), (answer.Name!, answer.IdNumber!, answer.Phone, answer.IsReachHeld));
        var own = Assert.Single(answer.Cases!);
        Assert.Equal(family.Alarm.CaseNumber, own.CaseNumber);
        Assert.Equal(Injury.Minor, Assert.Single(own.Incidents).Injury);
        Assert.NotEmpty(own.Agencies);
        await AssertTellsNobodyElseAsync(family, answer, family.Mother);
    }

    /// <summary>He may not even learn that somebody reported him: the answer is the one that a stranger gets, letter by letter.</summary>
    [Fact]
    public async Task Abuser_WhoMayNotKnow_GetsTheAnswerOfAStranger()
    {
        var family = await FamilyAsync();
        var stranger = Someone("陌生人", 1970);

        var his = await AnswerAsync(Of(family.Father));
        var nobodys = await AnswerAsync(Of(stranger));

        Assert.Equal(nobodys with { DataRequestId = his.DataRequestId }, his);
        Assert.False(his.HoldsData);
    }

    [Fact]
    public async Task Abuser_WhoKnowsOfTheCase_GetsHisOwnParticularsAndNoCase()
    {
        var family = await FamilyAsync();

        var answer = await AnswerAsync(Of(family.Father), KnownBy.WarningLetter);

        Assert.Equal((family.Father.Name, family.Father.Id, family.Father.Phone), (answer.Name!, answer.IdNumber!, answer.Phone!));
        Assert.Empty(answer.Cases!);
        await AssertTellsNobodyElseAsync(family, answer, family.Father);
        Assert.DoesNotContain(family.Alarm.CaseNumber, Written(answer), StringComparison.Ordinal);
    }

    /// <summary>He reports her in return, with her number as his own and her new address as his: still nothing of hers comes out.</summary>
    [Fact]
    public async Task Abuser_WhoReportsInReturn_LearnsNothingOfHer()
    {
        var family = await FamilyAsync();
        await app.SubmitAlarmAsync(r => r with
        {
            Summary = "称被妻子打",
            Reporter = null,
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = family.Father.Name, IdNumber = family.Father.Id, Sex = Sex.Male, Phone = family.Mother.Phone, Address = family.Mother.Address },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = family.Mother.Name, IdNumber = family.Mother.Id, Sex = Sex.Female, RelationToVictim = "spouse" },
            ],
        });

        foreach (var known in (KnownBy[])[KnownBy.Nothing, KnownBy.PoliceDecision])
        {
            await AssertTellsNobodyElseAsync(family, await AnswerAsync(Of(family.Father), known), family.Father);
        }
    }

    /// <summary>As the child's father, under a wrong name, with a wrong number: a guardian who is opposed to the child in any of its cases gets the answer of a stranger.</summary>
    [Fact]
    public async Task Abuser_WhoAsksAsTheChildsGuardian_GetsTheAnswerOfAStranger()
    {
        var family = await FamilyAsync();
        var other = Someone("李四", 1961);
        foreach (var (name, id) in (IEnumerable<(string, string)>)[(family.Father.Name, family.Father.Id), (family.Father.Name, other.Id), (other.Name, family.Father.Id), ($" {family.Father.Name} ", other.Id.ToLowerInvariant())])
        {
            var answer = await AnswerAsync(Guardian(family.Child, name, id));
            Assert.False(answer.HoldsData);
        }

        var mothers = await AnswerAsync(Guardian(family.Child, family.Mother.Name, family.Mother.Id));
        Assert.True(mothers.HoldsData);
        Assert.Null(mothers.Phone);
        await AssertTellsNobodyElseAsync(family, mothers, family.Child);
    }

    /// <summary>Her number with another name, his name with her number, a number that is off by a digit: nobody's data.</summary>
    [Fact]
    public async Task NumberAndName_HaveToBeOnePersons()
    {
        var family = await FamilyAsync();

        Assert.False((await AnswerAsync(Of(family.Mother with { Name = family.Father.Name }))).HoldsData);
        Assert.False((await AnswerAsync(Of(family.Father with { Id = family.Mother.Id }), KnownBy.Judgment)).HoldsData);
        Assert.True((await AnswerAsync(Of(family.Mother with { Name = $" {family.Mother.Name[..1]} {family.Mother.Name[1..]}" }))).HoldsData);
    }

    [Fact]
    public async Task SealedCase_IsToldOfToNobody()
    {
        var family = await FamilyAsync();
        await app.QueryAsync(db => db.Cases.Where(c => c.CaseId == family.Alarm.CaseId).ExecuteUpdateAsync(c => c.SetProperty(x => x.IsSealed, true), Ct));

        Assert.False((await AnswerAsync(Of(family.Mother))).HoldsData);
    }

    [Fact]
    public async Task WrongInput_IsRefusedByField_AndLooksNobodyUp()
    {
        var officer = await OfficerAsync();
        var someone = Someone("赵六", 1980);
        var child = Someone("赵小", 2018);
        async Task<string?> Fault(RecordDataRequest command) => (await Desk.RecordAsync(command, officer, Ct)).Failure?.Code;

        Assert.Equal("requests.name-wrong", await Fault(Of(someone with { Name = "赵某" })));
        Assert.Equal("requests.name-wrong", await Fault(Of(someone with { Name = "" })));
        Assert.Equal("requests.name-wrong", await Fault(Of(someone with { Name = new string('赵', 61) })));
        Assert.Equal("requests.number-wrong", await Fault(Of(someone with { Id = someone.Id[..17] + (someone.Id[17] == '1' ? '2' : '1') })));
        Assert.Equal("requests.number-wrong", await Fault(Of(someone with { Id = "'; DROP TABLE" })));
        Assert.Equal("requests.proof-wrong", await Fault(Of(someone) with { Proof = null }));
        Assert.Equal("requests.proof-wrong", await Fault(Guardian(child, someone.Name, someone.Id) with { Proof = IdentityProof.IdCard }));
        Assert.Equal("requests.no-child", await Fault(Guardian(someone, child.Name, child.Id)));
        Assert.Equal("requests.not-found", (await Desk.RecordAsync(Of(someone), await CallerAsync(WorkerRole.Caseworker), Ct)).Failure?.Code);
    }

    [Fact]
    public async Task ASecondPersonDecides_Once_AndTheAnswerEnds()
    {
        var family = await FamilyAsync();
        var (first, second) = (await OfficerAsync(), await OfficerAsync());
        var id = (await Desk.RecordAsync(Of(family.Mother), first, Ct)).Value;

        Assert.Equal("requests.over", (await Desk.AnswerAsync(id, first, Ct)).Failure?.Code);
        Assert.Equal("requests.needs-second-person", (await Desk.DecideAsync(id, true, KnownBy.Nothing, null, first, Ct)).Failure?.Code);
        Assert.Equal("requests.reason-missing", (await Desk.DecideAsync(id, false, KnownBy.Nothing, null, second, Ct)).Failure?.Code);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Desk.DecideAsync(id, true, KnownBy.Nothing, null, second, Ct)));
        Assert.Single(outcomes, o => o.IsOk);
        Assert.Equal(3, outcomes.Count(o => o.Failure?.Code == "requests.decided"));
        Assert.True((await Desk.AnswerAsync(id, first, Ct)).IsOk);
        Assert.Equal("requests.not-found", (await Desk.AnswerAsync(id, await CallerAsync(WorkerRole.Caseworker), Ct)).Failure?.Code);
        Assert.Equal("requests.not-found", (await Desk.AnswerAsync(id, await CallerAsync(WorkerRole.Supervisor, "340104-police"), Ct)).Failure?.Code);

        var past = app.Clock.Now.AddMinutes(-1);
        await app.QueryAsync(db => db.Set<DataRequest>().Where(r => r.DataRequestId == id).ExecuteUpdateAsync(r => r.SetProperty(x => x.Until, past), Ct));
        Assert.Equal("requests.over", (await Desk.AnswerAsync(id, first, Ct)).Failure?.Code);

        var events = await app.QueryAsync(db => db.Timeline.Where(e => e.Type.StartsWith("data-request.") && e.Data.Contains(id.ToString())).OrderBy(e => e.Sequence).Select(e => new { e.Type, e.WorkerId, e.Data }).ToListAsync(Ct));
        Assert.Equal([(DataRequestDesk.Recorded, first.WorkerId), (DataRequestDesk.Approved, second.WorkerId)], events.Select(e => (e.Type, e.WorkerId)));
        Assert.All(events, e => Assert.DoesNotContain(family.Mother.Name, e.Data, StringComparison.Ordinal));
    }

    /// <summary>A worker who is shut out of a case of that person neither decides nor sees the answer, in the words that anybody gets.</summary>
    [Fact]
    public async Task WhoIsShutOutOfTheCase_DecidesNothingAndSeesNoAnswer()
    {
        var family = await FamilyAsync();
        var (first, second, tied) = (await OfficerAsync(), await OfficerAsync(), await OfficerAsync());
        var id = (await Desk.RecordAsync(Of(family.Mother), first, Ct)).Value;
        await app.QueryAsync(db =>
        {
            db.Add(new AccessBlock { WorkerId = tied.WorkerId!.Value, CaseId = family.Alarm.CaseId, TiedWorkerId = tied.WorkerId.Value, PersonId = Guid.CreateVersion7(), Since = app.Clock.Now });
            return db.SaveChangesAsync(Ct);
        });

        Assert.Equal("requests.needs-second-person", (await Desk.DecideAsync(id, true, KnownBy.Nothing, null, tied, Ct)).Failure?.Code);
        Assert.True((await Desk.DecideAsync(id, true, KnownBy.Nothing, null, second, Ct)).IsOk);
        Assert.Equal("requests.not-found", (await Desk.AnswerAsync(id, tied, Ct)).Failure?.Code);
    }

    /// <summary>A call taker typed the mother's new address into the field of the father's name. The guard is what then stands between him and it.</summary>
    [Fact]
    public async Task Answer_ThatHoldsHerCurrentAddress_IsStoppedAndRecorded()
    {
        var (mother, father) = (Someone("欧阳若兰", 1990), Someone("司马刚", 1988));
        father = father with { Name = $"{father.Name}{mother.Address}" };
        await app.SubmitAlarmAsync(r => r with
        {
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = mother.Name, IdNumber = mother.Id, Sex = Sex.Female, Phone = mother.Phone, Address = mother.Address },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = father.Name, IdNumber = father.Id, Sex = Sex.Male, RelationToVictim = "spouse" },
            ],
        });
        var (first, second) = (await OfficerAsync(), await OfficerAsync());
        var id = (await Desk.RecordAsync(Of(father), first, Ct)).Value;
        Assert.Equal("requests.over", (await Desk.ExportAsync(id, Ct)).Failure?.Code);
        Assert.True((await Desk.DecideAsync(id, true, KnownBy.WarningLetter, null, second, Ct)).IsOk);

        Assert.Equal("requests.blocked", (await Desk.AnswerAsync(id, first, Ct)).Failure?.Code);
        Assert.Equal("requests.blocked", (await Desk.ExportAsync(id, Ct)).Failure?.Code);
        var events = await EventsOfAsync(id);
        Assert.Equal([DataRequestDesk.Recorded, DataRequestDesk.Approved, DataRequestDesk.Blocked, DataRequestDesk.Blocked], events);
    }

    /// <summary>The operator's command gives what two people approved, once they did, and says so in the record.</summary>
    [Fact]
    public async Task Export_OfAnApprovedRequest_IsItsAnswerAndIsRecorded()
    {
        var family = await FamilyAsync();
        var (first, second) = (await OfficerAsync(), await OfficerAsync());
        var id = (await Desk.RecordAsync(Of(family.Mother), first, Ct)).Value;
        Assert.Equal("requests.not-found", (await Desk.ExportAsync(Guid.CreateVersion7(), Ct)).Failure?.Code);
        Assert.Equal("requests.over", (await Desk.ExportAsync(id, Ct)).Failure?.Code);
        Assert.True((await Desk.DecideAsync(id, true, KnownBy.Nothing, null, second, Ct)).IsOk);

        Assert.Equal(Written((await Desk.AnswerAsync(id, first, Ct)).Value), Written((await Desk.ExportAsync(id, Ct)).Value));
        Assert.Equal(DataRequestDesk.Exported, (await EventsOfAsync(id))[^1]);
    }

    [Fact]
    public async Task Pages_TakeDecideAndPrint_AndAllIsRecorded()
    {
        var family = await FamilyAsync();
        using var one = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.DataProtectionOfficer));
        using var two = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.DataProtectionOfficer));

        using var taken = await one.SubmitAsync(await one.GetPageAsync("/access/requests/new"), "data-request", new()
        {
            ["Input.Requester"] = "Self", ["Input.SubjectName"] = family.Mother.Name, ["Input.SubjectIdNumber"] = family.Mother.Id, ["Input.Proof"] = "IdCard",
        });
        Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        var path = taken.Headers.Location!.ToString();
        Assert.Contains("由另一人决定", (await one.GetPageAsync(path)).Body!.TextContent, StringComparison.Ordinal);

        using var refused = await two.SubmitAsync(await two.GetPageAsync(path), "decide", new() { ["Decision"] = "refuse" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var approved = await two.SubmitAsync(await two.GetPageAsync(path), "decide", new() { ["Decision"] = "approve", ["Known"] = "Nothing" });
        Assert.Equal(HttpStatusCode.Redirect, approved.StatusCode);

        var paper = (await one.GetPageAsync($"{path}/answer")).Body!.TextContent;
        Assert.Contains(family.Alarm.CaseNumber, paper, StringComparison.Ordinal);
        Assert.DoesNotContain(family.Father.Name, paper, StringComparison.Ordinal);
        using var file = await one.GetAsync($"{path}/answer.json", Ct);
        Assert.Equal("answer.json", file.Content.Headers.ContentDisposition!.FileName);
        using var json = JsonDocument.Parse(await file.Content.ReadAsStringAsync(Ct));
        Assert.Equal(family.Mother.Name, json.RootElement.GetProperty("name").GetString());

        using var other = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.Caseworker));
        foreach (var each in (string[])["/access/requests", "/access/requests/new", path, $"{path}/answer", $"{path}/answer.json"])
        {
            using var none = await other.GetAsync(each, Ct);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    private static RecordDataRequest Of(Human person) => new() { SubjectName = person.Name, SubjectIdNumber = person.Id, Requester = Requester.Self, Proof = IdentityProof.IdCard };

    private static RecordDataRequest Guardian(Human child, string name, string id) => new()
    {
        SubjectName = child.Name, SubjectIdNumber = child.Id, Requester = Requester.Guardian, RequesterName = name, RequesterIdNumber = id, Proof = IdentityProof.CardAndRegister,
    };

    private static Human Someone(string name, int year)
    {
        var n = Interlocked.Increment(ref number);
        return new Human(name + Letters(n), CitizenId.Complete($"340104{year:D4}0102{n % 1000:D3}"), $"1386{n:D7}", $"安宁路{n}号5栋{n}室");
    }

    private static string Letters(int n) => string.Concat(n.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(c => "甲乙丙丁戊己庚辛壬癸"[c - '0']));

    private static string Written(DataAnswer answer) => Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(answer, JsonText.Options));

    /// <summary>Nothing of anybody but the person, and no address at all, in whatever writing.</summary>
    private async Task AssertTellsNobodyElseAsync(Family family, DataAnswer answer, Human own)
    {
        var text = Written(answer);
        foreach (var other in family.All.Where(p => p != own))
        {
            Assert.DoesNotContain(other.Name, text, StringComparison.Ordinal);
            Assert.DoesNotContain(other.Id, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(other.Phone, text, StringComparison.Ordinal);
        }

        Assert.Empty(new LeakGuard(family.All.Select(p => new ShieldedValue(ShieldKind.Address, p.Address, Guid.Empty))).Find("answer", text));
        Assert.DoesNotContain("13711112222", text, StringComparison.Ordinal);
        Assert.DoesNotContain("热心邻居", text, StringComparison.Ordinal);
        Assert.DoesNotContain("哭着", text, StringComparison.Ordinal);
        foreach (var worker in await app.QueryAsync(db => db.Workers.Select(w => w.DisplayName).Distinct().ToListAsync(Ct)))
        {
            Assert.DoesNotContain(worker, text, StringComparison.Ordinal);
        }
    }

    private async Task<DataAnswer> AnswerAsync(RecordDataRequest command, KnownBy known = KnownBy.Nothing)
    {
        var (first, second) = (await OfficerAsync(), await OfficerAsync());
        var id = (await Desk.RecordAsync(command, first, Ct)).Value;
        Assert.True((await Desk.DecideAsync(id, true, known, null, second, Ct)).IsOk);
        var answer = await Desk.AnswerAsync(id, first, Ct);
        Assert.True(answer.IsOk, answer.Failure?.Code);
        return answer.Value;
    }

    private Task<List<string>> EventsOfAsync(Guid request) => app.QueryAsync(db =>
        db.Timeline.Where(e => e.Type.StartsWith("data-request.") && e.Data.Contains(request.ToString())).OrderBy(e => e.Sequence).Select(e => e.Type).ToListAsync(Ct));

    private Task<Caller> OfficerAsync() => CallerAsync(WorkerRole.DataProtectionOfficer);

    private async Task<Caller> CallerAsync(WorkerRole role, string unit = "340104-womens-federation")
    {
        var worker = await app.Data.CreateWorkerAsync(unit, roles: role);
        return new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
    }

    private async Task<Family> FamilyAsync()
    {
        var (mother, father, child) = (Someone("欧阳若兰", 1990), Someone("司马刚", 1988), Someone("司马宝", 2018));
        var alarm = await app.SubmitAlarmAsync(r => r with
        {
            Summary = "她哭着说带孩子搬走了",
            Reporter = new ReportedReporter("热心邻居", "13711112222", "neighbour"),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = mother.Name, IdNumber = mother.Id, Sex = Sex.Female, Phone = mother.Phone, Address = mother.Address, Injury = Injury.Minor },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = father.Name, IdNumber = father.Id, Sex = Sex.Male, Phone = father.Phone, Address = father.Address, RelationToVictim = "spouse" },
                new ReportedPerson { Role = PartyRole.Child, Name = child.Name, IdNumber = child.Id, Sex = Sex.Male, Address = mother.Address },
            ],
        });
        return new Family(alarm, mother, father, child);
    }

    private sealed record Human(string Name, string Id, string Phone, string Address);

    private sealed record Family(Anhu.Modules.Intake.AlarmReceipt Alarm, Human Mother, Human Father, Human Child)
    {
        public IReadOnlyList<Human> All => [Mother, Father, Child];
    }
}
