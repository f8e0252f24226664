using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>Who lives with whom: from reports and from what workers say, seen only as far as the cases are, and put back exactly by undoing.</summary>
public sealed class HouseholdTests(QuietFixture app) : IClassFixture<QuietFixture>
{
    private const string Home = "芜湖路88号3栋502室";
    private static int next;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CoupleWithChild_IsAHousehold_AndAnotherMembersAlarmIsOfTheSameFamily()
    {
        var (n, caller) = (Next(), await WorkerAsync());
        var first = await SubmitAsync(500, Her(n), Him(n), Child(n));
        var other = await SubmitAsync(60, Mother(n) with { Address = Home }, Him(n) with { RelationToVictim = "child", Address = Home });

        var home = Assert.Single(await OfCaseAsync(caller, other));

        Assert.NotEqual(first.CaseId, other.CaseId);
        Assert.Equal(4, home.Current.Count);
        Assert.Equal(["小明" + n], home.Current.Where(m => m.IsMinor).Select(m => m.Name));
        Assert.Equal((2, 2), (home.Incidents, home.Cases.Count));
        Assert.Contains(home.Cases, c => c.CaseId == first.CaseId);
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Caseworker));
        var page = (await client.GetPageAsync($"/cases/{other.CaseId}")).Body!.TextContent;
        Assert.Contains(first.CaseNumber, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoLeft_IsDated_AndTheNewAddressIsNowhere()
    {
        var (n, caller) = (Next(), await WorkerAsync());
        var first = await SubmitAsync(5000, Her(n) with { Address = Home }, Him(n) with { Address = Home }, Child(n));
        await SubmitAsync(60, Her(n) with { Address = "望江西路隐蔽处17号" }, Him(n) with { RelationToVictim = "former-spouse" }, Child(n));
        var him = (await app.RecordsAsync(first.AlarmId))[1].PersonId;
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Caseworker));

        var his = Assert.Single(await OfPersonAsync(caller, him));
        var page = (await client.GetPageAsync($"/people/{him}")).Body!.TextContent;

        Assert.Empty(his.Current);
        Assert.Equal(3, his.Former.Count);
        Assert.Contains("曾同住", page, StringComparison.Ordinal);
        Assert.DoesNotContain("望江西路", page, StringComparison.Ordinal);
        Assert.DoesNotContain("芜湖路", page, StringComparison.Ordinal);
        var hers = await OfPersonAsync(caller, (await app.RecordsAsync(first.AlarmId))[0].PersonId);
        Assert.Equal(2, hers[0].Current.Count);
        Assert.DoesNotContain(hers[0].Current, m => m.PersonId == him);
    }

    /// <summary>Two women at one shelter do not live together for anybody who reads of them.</summary>
    [Fact]
    public async Task ShieldedAddress_JoinsNobody_AndEndsTheHousehold()
    {
        var (n, caller) = (Next(), await WorkerAsync());
        var first = await SubmitAsync(5000, Her(n), Him(n));
        var records = await app.RecordsAsync(first.AlarmId);
        const string Shelter = "庇护所大院5号";
        await app.QueryAsync(db =>
        {
            db.Add(new ShieldedPlace
            {
                ShieldedPlaceId = Guid.CreateVersion7(), CaseId = first.CaseId, PersonId = records[0].PersonId, Kind = ShieldKind.Shelter, Value = Shelter,
                State = ShieldState.Active, RecordedAt = app.Clock.GetUtcNow().AddMinutes(-2000), RecordedByWorkerId = caller.WorkerId!.Value,
            });
            return db.SaveChangesAsync(Ct);
        });
        await SubmitAsync(60, Her(n) with { Address = Shelter }, Mother(n) with { Role = PartyRole.Perpetrator, Address = Shelter, RelationToVictim = "other" });

        var homes = await OfPersonAsync(caller, records[0].PersonId);

        var home = Assert.Single(homes);
        Assert.Empty(home.Current);
        Assert.Equal(2, home.Former.Count);
    }

    [Fact]
    public async Task WhatACallerMayNotSee_TellsNothingOfTheHousehold()
    {
        var n = Next();
        await SubmitAsync(900, Her(n), Him(n), Child(n));
        var there = await SubmitAsync("340111001001", 60, Mother(n) with { Address = Home }, Him(n) with { RelationToVictim = "child", Address = Home });
        var him = (await app.RecordsAsync(there.AlarmId))[1].PersonId;

        var elsewhere = Families.CallerOf(await app.Data.CreateWorkerAsync("340111001-police", roles: WorkerRole.Caseworker));
        var city = await Families.SupervisorAsync(app);

        Assert.Equal(2, Assert.Single(await OfPersonAsync(elsewhere, him)).Members.Count);
        Assert.Empty(await OfPersonAsync(city, him));
        Assert.Empty(await OfPersonAsync(Families.CallerOf(await app.Data.CreateWorkerAsync("340122-police", roles: WorkerRole.Caseworker)), him));
    }

    [Fact]
    public async Task WorkerCorrects_AndTakesItBack()
    {
        var (n, caller) = (Next(), await WorkerAsync());
        var first = await SubmitAsync(9000, Her(n), Him(n), Child(n));
        var (her, him) = ((await app.RecordsAsync(first.AlarmId))[0].PersonId, (await app.RecordsAsync(first.AlarmId))[1].PersonId);
        var before = Text(await OfPersonAsync(caller, her));
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Caseworker));

        var page = await client.GetPageAsync($"/people/{her}");
        var form = page.QuerySelectorAll("form").First(f => f.QuerySelector("input[name=About]")?.GetAttribute("value") == him.ToString());
        using var answer = await client.SubmitAsync(page, form.QuerySelector("input[name=_handler]")!.GetAttribute("value")!, new() { ["Kind"] = "MovedOut", ["Why"] = "社区核实已搬走" });

        Assert.Equal(System.Net.HttpStatusCode.Found, answer.StatusCode);
        var home = Assert.Single(await OfPersonAsync(caller, her));
        Assert.Equal([him], home.Former.Select(m => m.PersonId));
        Assert.Equal(2, home.Current.Count);
        var said = Assert.Single(home.Said);
        Assert.Equal("社区核实已搬走", said.Reason);
        Assert.True(await app.QueryAsync(db => db.Timeline.AnyAsync(e => e.CaseId == first.CaseId && e.Type == "household.moved-out", Ct)));
        Assert.Equal(LinkFailures.NoChange, (await SayAsync(caller, him, her, HouseholdStatementKind.MovedOut)).Failure);
        Assert.Equal(LinkFailures.DayWrong, (await SayAsync(caller, him, her, HouseholdStatementKind.LivesThere, new DateOnly(2090, 1, 1))).Failure);
        Assert.Equal(LinkFailures.NotFound, (await SayAsync(await Families.SupervisorAsync(app), him, her, HouseholdStatementKind.LivesThere)).Failure);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await app.WithAsync<HouseholdHandler, Result<Guid>>(h => h.UndoAsync(said.HouseholdStatementId, "看错了", caller, Ct))).IsOk);
        Assert.Equal(LinkFailures.SomeoneWasFaster, (await app.WithAsync<HouseholdHandler, Result<Guid>>(h => h.UndoAsync(said.HouseholdStatementId, "看错了", caller, Ct))).Failure);
        Assert.Equal(before, Text(await OfPersonAsync(caller, her)));
    }

    [Fact]
    public async Task NeverLivedThere_HoldsAgainstLaterReportsToo_AndALaterReturnIsSeenAfterMovingOut()
    {
        var (n, caller) = (Next(), await WorkerAsync());
        var first = await SubmitAsync(9000, Her(n), Him(n), Child(n));
        var (her, him, child) = ((await app.RecordsAsync(first.AlarmId))[0].PersonId, (await app.RecordsAsync(first.AlarmId))[1].PersonId, (await app.RecordsAsync(first.AlarmId))[2].PersonId);
        Assert.True((await SayAsync(caller, him, her, HouseholdStatementKind.MovedOut)).IsOk);
        Assert.True((await SayAsync(caller, child, her, HouseholdStatementKind.NeverLivedThere)).IsOk);
        app.Time.Advance(TimeSpan.FromMinutes(30));

        await SubmitAsync(1, Her(n), Him(n), Child(n));

        var home = (await OfPersonAsync(caller, her))[0];
        Assert.Equal(new[] { her, him }.Order(), home.Current.Select(m => m.PersonId).Order());
        Assert.DoesNotContain(home.Members, m => m.PersonId == child);
    }

    [Fact]
    public async Task PeopleJoinedAndPartedAgain_HouseholdsAreWhatTheyWere()
    {
        var (n, m, caller) = (Next(), Next(), await WorkerAsync());
        var (first, second) = (await LinkerAsync(), await LinkerAsync());
        var a = await SubmitAsync(900, Her(n), Him(n), Child(n));
        var b = await SubmitAsync(60, Mother(m) with { Address = Home }, Him(m) with { RelationToVictim = "child", Address = Home });
        var (one, other) = (await app.RecordsAsync(a.AlarmId), await app.RecordsAsync(b.AlarmId));
        var before = (Text(await OfPersonAsync(caller, one[1].PersonId)), Text(await OfPersonAsync(caller, other[1].PersonId)));

        var said = await app.StateAsync(one[1].RecordId, other[1].RecordId, LinkAnswer.Same, first, second);
        var joined = Assert.Single(await OfPersonAsync(caller, one[1].PersonId));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await app.UndoAsync(said.Value.LinkStatementId, first, second)).IsOk);

        Assert.Equal((4, 2), (joined.Current.Count, joined.Incidents));
        Assert.Equal(before, (Text(await OfPersonAsync(caller, one[1].PersonId)), Text(await OfPersonAsync(caller, other[1].PersonId))));
    }

    /// <summary>Whatever reports say in whatever order they are read: nobody lives in two places, nobody alone, no time ends before it begins.</summary>
    [Fact]
    public void RandomReports_NobodyLivesTwice_AndTheOrderOfReadingDoesNotMatter()
    {
        string?[] relations = [null, "spouse", "former-spouse", "cohabitant", "parent", "child", "dating"];
        var person = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 6], Gen.Int[0, 3]);
        var said = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 20]);
        Gen.Select(person.Array[1, 4].Array[1, 8], said.Array[0, 3], Gen.Int).Sample((reports, statements, shuffle) =>
        {
            var ids = Enumerable.Range(0, 6).Select(i => new Guid(i + 1, 0, 0, new byte[8])).ToArray();
            var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            var records = reports.SelectMany((report, n) => report.DistinctBy(p => p.Item1).Select((p, part) => new HomeRecord(
                new PersonRecord
                {
                    RecordId = Guid.CreateVersion7(), RecordSequence = (n * 10) + part, PersonId = ids[p.Item1], ArrivedAsPersonId = ids[p.Item1], FoundBy = FoundBy.Nothing,
                    AlarmId = new Guid(n + 1, 1, 0, new byte[8]), IncidentId = new Guid(n + 1, 2, 0, new byte[8]), Part = part, Revision = 1, Source = "t",
                    Role = (PartyRole)p.Item2, RelationToVictim = relations[p.Item3], Sex = Sex.Unknown, ReceivedAt = at.AddDays(n), StoredAt = at.AddDays(n),
                },
                ids[p.Item1], p.Item4 == 0 ? null : $"K{p.Item4}"))).ToList();
            var all = statements.Select((s, n) => (new HouseholdStatement
            {
                HouseholdStatementId = Guid.CreateVersion7(), StatementSequence = n, Kind = (HouseholdStatementKind)s.Item3, RecordId = ids[s.Item1], WithRecordId = ids[s.Item2],
                OnAt = at.AddDays(s.Item4 / 3), At = at.AddDays(s.Item4 / 2.0).AddHours(1), WorkerId = Guid.CreateVersion7(), Reason = "r",
            }, ids[s.Item1], ids[s.Item2])).ToList();
            var random = new Random(shuffle);

            var homes = Households.Of(records, [], all);
            var again = Households.Of([.. records.OrderBy(_ => random.Next())], [], [.. all.OrderBy(_ => random.Next())]);

            var now = homes.SelectMany(h => h.Members.Where(m => m.To is null)).Select(m => m.PersonId).ToList();
            Assert.Equal(now.Distinct(), now);
            Assert.All(homes, h => Assert.NotEqual(1, h.Members.Count(m => m.To is null)));
            Assert.All(homes.SelectMany(h => h.Members), m => Assert.True(m.To is null || m.From <= m.To));
            Assert.Equal(homes.Select(h => h.HouseholdId), again.Select(h => h.HouseholdId));
            Assert.Equal(homes.SelectMany(h => h.Members), again.SelectMany(h => h.Members));
        }, iter: 2000, threads: 1);
    }

    private static string Text(IReadOnlyList<HouseholdView> homes) => string.Join('\n', homes.Select(h =>
        $"{h.HouseholdId} {string.Join(',', h.Members.Select(m => $"{m.PersonId} {m.Role} {m.IsMinor} {m.From:O} {m.To:O}"))} {string.Join(',', h.Cases.Select(c => $"{c.CaseId} {c.Incidents}"))}"));

    private static ReportedPerson Her(int n) => Of(n, "黄莺", 1, Sex.Female) with { Role = PartyRole.Victim };

    private static ReportedPerson Him(int n) => Of(n, "黄河", 2, Sex.Male) with { Role = PartyRole.Perpetrator, RelationToVictim = "spouse" };

    private static ReportedPerson Child(int n) => Of(n, "小明", 3, Sex.Male) with { Role = PartyRole.Child, BirthDate = new DateOnly(2018, 5, 1), RelationToVictim = "child" };

    private static ReportedPerson Mother(int n) => Of(n, "马氏", 4, Sex.Female) with { Role = PartyRole.Victim };

    private static ReportedPerson Of(int n, string name, int part, Sex sex) =>
        new() { Role = PartyRole.Other, Name = name + n, Sex = sex, Phone = FormattableString.Invariant($"136{part}{n:0000000}") };

    private static int Next() => Interlocked.Increment(ref next) + 4200;

    private Task<IReadOnlyList<HouseholdView>> OfPersonAsync(Caller caller, Guid person) => app.WithAsync<HouseholdQueries, IReadOnlyList<HouseholdView>>(q => q.OfPersonAsync(caller, person, Ct));

    private Task<IReadOnlyList<HouseholdView>> OfCaseAsync(Caller caller, Modules.Intake.AlarmReceipt alarm) =>
        app.WithAsync<HouseholdQueries, IReadOnlyList<HouseholdView>>(q => q.OfCaseAsync(caller, alarm.CaseId, Ct));

    private Task<Result<Guid>> SayAsync(Caller caller, Guid person, Guid with, HouseholdStatementKind kind, DateOnly? on = null)
    {
        app.Time.Advance(TimeSpan.FromSeconds(1));
        return app.WithAsync<HouseholdHandler, Result<Guid>>(h => h.Handle(
            new StateHousehold { PersonId = person, WithPersonId = with, Kind = kind, On = on, Reason = "入户核实" }, caller, Ct));
    }

    private async Task<Caller> WorkerAsync() => Families.CallerOf(await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Caseworker));

    private async Task<Caller> LinkerAsync() => Families.CallerOf(await app.Data.CreateWorkerAsync("340104001-police", roles: WorkerRole.Supervisor));

    private Task<Modules.Intake.AlarmReceipt> SubmitAsync(double minutesAgo, params ReportedPerson[] people) => SubmitAsync("340104001001", minutesAgo, people);

    private Task<Modules.Intake.AlarmReceipt> SubmitAsync(string region, double minutesAgo, params ReportedPerson[] people) =>
        app.SubmitAsync(Reports.Of(app, minutesAgo: minutesAgo, region: region, address: null) with { People = [.. people] });
}
