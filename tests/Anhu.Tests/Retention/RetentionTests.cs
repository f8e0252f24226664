using System.Net;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Intake;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Retention;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Visits;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Anhu.Tests.Duties;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Retention;

/// <summary>What is deleted at the end of its term, and above all what is not.</summary>
public sealed class RetentionTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static int number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private RetentionDesk Desk => app.Services.GetRequiredService<RetentionDesk>();

    private RetentionKeeper Keeper => app.Services.GetRequiredService<RetentionKeeper>();

    /// <summary>Everything that is kept of a case, in every table, opened: nothing of it is found once the case is deleted, and the chains hold.</summary>
    [Fact]
    public async Task DeletedCase_LeavesNoPersonalValueAnywhere_AndTheRecordHolds()
    {
        var (one, two) = (await OfficerAsync(), await OfficerAsync());
        var worker = await app.Data.CreateWorkerAsync(roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]);
        using var client = await app.SignInAsync(worker);
        string[] secrets = ["欧阳婉如", "诸葛铁生", "340104199003074524", "13977700123", "13977700456", "梅花巷七十七号", "他用凳子砸门", "热心邻居老许", "13977700789", "现在方便说话吗梅", "夜里不要打来", "她回了娘家暂避", "移交缘由是搬迁", "草稿里的话", "法院来函要卷"];
        var alarm = await app.SubmitAlarmAsync(r => r with
        {
            Summary = secrets[6],
            Location = new ReportedLocation(secrets[5], "340104001000", null, null),
            Reporter = new ReportedReporter(secrets[7], secrets[8], "neighbour"),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = secrets[0], IdNumber = secrets[2], Phone = secrets[3], Sex = Sex.Female, Injury = Injury.Minor, Address = secrets[5] },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = secrets[1], Phone = secrets[4], Sex = Sex.Male, RelationToVictim = "spouse" },
            ],
        });
        var victim = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).SingleAsync(Ct));
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
        await app.WithAsync<SafeContacts>(contacts => contacts.Handle(
            new MarkSafeContact { CaseId = alarm.CaseId, PersonId = victim, Phone = secrets[3], SafeToCall = true, SafeToText = true, SafePhrase = secrets[9], Note = secrets[10] }, caller, Ct));
        var duty = await app.DutyAsync(alarm, "phone-return-visit");
        using (await client.SubmitAsync(await client.GetPageAsync($"/visits/{duty.DutyId}"), "visit", new() { ["outcome"] = "refused", ["field.notes"] = secrets[11] }))
        {
        }

        foreach (var words in (string[])[secrets[0], $"0086 {secrets[3]}"])
        {
            using var found = await client.SubmitAsync(await client.GetPageAsync("/cases"), "find", new() { ["Words"] = words });
            await client.GetPageAsync(found.Headers.Location!.ToString());
        }

        await app.QueryAsync(async db =>
        {
            db.Add(new FormDraft { WorkerId = worker.Id, FormKey = FormDrafts.KeyOf(duty.DutyId), Edit = 1, SavedAt = app.Clock.Now, Content = secrets[13] });
            db.Add(new SavedFilter { SavedFilterId = Guid.CreateVersion7(), WorkerId = worker.Id, Name = "我的", Query = $"?q={Uri.EscapeDataString(secrets[0])}" });
            db.Record(new PendingEvent("duty.returned", app.Clock.Now, alarm.CaseId, Data: EventData.Of(("kind", "x"), ("reason", secrets[12]))));
            return await db.SaveChangesAsync(Ct);
        });
        var hold = (await Desk.HoldAsync(alarm.CaseNumber, secrets[14], null, one, Ct)).Value;
        await CloseAsync(alarm.CaseId, years: 30);
        Assert.Equal(2, await app.QueryAsync(db => db.Views.CountAsync(v => v.WorkerId == worker.Id && v.Type == ViewTypes.Search, Ct)));
        var before = await StoreAsync();
        Assert.All(secrets, s => Assert.Contains(before, v => v.Value.Contains(s, StringComparison.Ordinal)));
        var keys = await app.QueryAsync(db => Task.FromResult(PersonKeys.All(db.Keys, secrets[0], secrets[3], secrets[2]).Concat(PersonKeys.All(db.Keys, secrets[1], secrets[4], null)).ToList()));
        Assert.True(await app.QueryAsync(db => db.PersonKeys.AnyAsync(k => keys.Contains(k.Value), Ct)));

        Assert.Equal("retention.not-due", (await Desk.ProposeAsync(alarm.CaseId, one, Ct)).Failure?.Code);
        Assert.True((await Desk.ReleaseAsync(hold, two, Ct)).IsOk);
        var id = await DecideAsync(alarm.CaseId, one, two);
        await Keeper.RunAsync(Ct);

        var after = await StoreAsync();
        foreach (var secret in secrets)
        {
            Assert.True(after.Find(v => v.Value.Contains(secret, StringComparison.Ordinal)) is { Value: null }, $"{secret} in {after.Find(v => v.Value.Contains(secret, StringComparison.Ordinal)).Place}");
        }

        Assert.False(await app.QueryAsync(db => db.PersonKeys.AnyAsync(k => keys.Contains(k.Value), Ct)));
        Assert.DoesNotContain(after, v => v.Place.EndsWith(".CaseId", StringComparison.Ordinal) && !v.Place.StartsWith("timeline_event", StringComparison.Ordinal)
            && !v.Place.StartsWith("audit_view", StringComparison.Ordinal) && v.Value == alarm.CaseId.ToString());
        var verified = await app.Services.GetRequiredService<VerifyAudit>().RunAsync([], null, Ct);
        Assert.True(verified.IsWhole, "the record");
        var done = Assert.Single(await Desk.DeletionsAsync(one, [DeletionState.Done], 100, Ct), d => d.CaseDeletionId == id);
        Assert.Equal((alarm.CaseNumber, one.WorkerId, two.WorkerId), (done.CaseNumber, (Guid?)done.ProposedByWorkerId, done.ConfirmedByWorkerId));
        using var gone = await client.GetAsync($"/cases/{alarm.CaseId}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    /// <summary>What a court reported of people whom no case here knows does not stay for ever; what was joined to a case goes with the case.</summary>
    [Fact]
    public async Task CourtNotices_OfNoCase_GoAtTheEndOfTheirTerm()
    {
        var court = await app.QueryAsync(db => db.Units.Where(u => u.Agency == Agency.Court).Select(u => u.UnitId).FirstAsync(Ct));
        var alarm = await app.SubmitAlarmAsync();
        var incident = await app.QueryAsync(db => db.Incidents.Where(i => i.CaseId == alarm.CaseId).Select(i => i.IncidentId).SingleAsync(Ct));
        var now = DateTimeOffset.UtcNow;
        CourtNotice Notice(int days, CourtNoticeState state, Guid? of = null) => new()
        {
            CourtNoticeId = Guid.CreateVersion7(), UnitId = court, Source = "retention", SourceId = Guid.NewGuid().ToString("N"), OrderKey = "K1", Event = "issued", HappenedAt = now.AddDays(-days),
            ReceivedAt = now.AddDays(-days), Content = state == CourtNoticeState.Dismissed ? "" : """{"applicant":{"name":"上官无案"}}""", State = state, IncidentId = of, MeasureId = of is null ? null : Guid.CreateVersion7(),
        };
        List<CourtNotice> gone = [Notice(733, CourtNoticeState.Waiting), Notice(733, CourtNoticeState.Refused), Notice(900, CourtNoticeState.Dismissed)];
        List<CourtNotice> kept = [Notice(728, CourtNoticeState.Waiting), Notice(1, CourtNoticeState.Dismissed), Notice(900, CourtNoticeState.Applied, incident), Notice(900, CourtNoticeState.Waiting, incident)];
        await app.QueryAsync(async db =>
        {
            db.AddRange([.. gone, .. kept]);
            return await db.SaveChangesAsync(Ct);
        });
        var recorded = await RecordedAsync();

        await Task.WhenAll(Keeper.RunAsync(Ct), Keeper.RunAsync(Ct));
        await Keeper.RunAsync(Ct);

        List<Guid> all = [.. gone.Concat(kept).Select(n => n.CourtNoticeId)];
        Assert.Equal(kept.Select(n => n.CourtNoticeId).Order(), (await app.QueryAsync(db => db.CourtNotices.Where(n => all.Contains(n.CourtNoticeId)).Select(n => n.CourtNoticeId).ToListAsync(Ct))).Order());
        Assert.Equal(recorded + 1, await RecordedAsync());

        Task<int> RecordedAsync() => app.QueryAsync(db => db.Timeline.CountAsync(e => e.Type == RetentionKeeper.NoticesDeleted, Ct));
    }

    /// <summary>Every table with sealed values goes with its case, or is named here with the reason why it stays.</summary>
    [Fact]
    public async Task EveryTableWithPersonalData_IsReached()
    {
        string[] stay =
        [
            "people_list", // names of lists
            "cases_saved_filter", // by its words
            "cases_worker_tie", // workers' own family
            "requests_data_request", // has a term of its own
            "documents_issued_files", // goes with documents_issued, by the store itself
            "documents_key",
            "evidence_chunk", "evidence_copy", // go with evidence_file, by the store itself
            "timeline_text_key_", "audit_key", "DataProtectionKeys", "AspNetUserTokens", "AspNetUserPasskeys", "organisation_worker", "security_session", "security_signing_key", "protection_",
        ];
        var types = await app.QueryAsync(db => Task.FromResult(db.Model.GetEntityTypes().Where(t => t.GetProperties().Any(p => p.IsSealed()) && !CaseEraser.Reaches(t)).Select(t => t.GetTableName()!).ToList()));

        Assert.DoesNotContain(types, t => !stay.Any(s => t.StartsWith(s, StringComparison.Ordinal)));
    }

    /// <summary>Stopped at any step, as by kill -9, nothing is gone; the next turn does it. Two nodes at once do it once.</summary>
    [Fact]
    public async Task Deletion_StoppedAnywhere_IsWholeOrNotAtAll_AndHappensOnce()
    {
        var (one, two) = (await OfficerAsync(), await OfficerAsync());
        var alarm = await app.SubmitAlarmAsync();
        await CloseAsync(alarm.CaseId, years: 30);
        await DecideAsync(alarm.CaseId, one, two);
        var before = await OfCaseAsync(alarm.CaseId);

        var steps = 0;
        for (var stop = 0; ; stop++)
        {
            steps = 0;
            try
            {
                await Keeper.RunAsync(_ => { if (steps++ == stop) { throw new StoppedException(); } }, Ct);
                break;
            }
            catch (StoppedException)
            {
                Assert.Equal(before, await OfCaseAsync(alarm.CaseId));
                if (steps > 40)
                {
                    throw;
                }

                stop += 4;
            }
        }

        Assert.Equal(0, await app.QueryAsync(db => db.Cases.CountAsync(c => c.CaseId == alarm.CaseId, Ct)));
        var second = await app.SubmitAlarmAsync();
        await CloseAsync(second.CaseId, years: 30);
        await DecideAsync(second.CaseId, one, two);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Keeper.RunAsync(Ct))));
        Assert.Equal(1, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == second.CaseId && e.Type == RetentionKeeper.Deleted, Ct)));
    }

    [Fact]
    public async Task OnePerson_CannotDelete_AndAHoldInBetweenStopsIt()
    {
        var (one, two, tied) = (await OfficerAsync(), await OfficerAsync(), await OfficerAsync());
        var alarm = await app.SubmitAlarmAsync();
        await CloseAsync(alarm.CaseId, years: 30);
        await app.QueryAsync(db =>
        {
            db.Add(new AccessBlock { WorkerId = tied.WorkerId!.Value, CaseId = alarm.CaseId, TiedWorkerId = tied.WorkerId.Value, PersonId = Guid.CreateVersion7(), Since = app.Clock.Now });
            return db.SaveChangesAsync(Ct);
        });

        Assert.Equal("retention.not-found", (await Desk.ProposeAsync(alarm.CaseId, tied, Ct)).Failure?.Code);
        Assert.Equal("retention.not-found", (await Desk.ProposeAsync(alarm.CaseId, await CallerAsync(WorkerRole.Supervisor), Ct)).Failure?.Code);
        Assert.Equal("retention.case-unknown", (await Desk.HoldAsync(alarm.CaseNumber, "x", null, tied, Ct)).Failure?.Code);
        Assert.Equal("retention.reason-wrong", (await Desk.HoldAsync(alarm.CaseNumber, " ", null, one, Ct)).Failure?.Code);
        Assert.Equal("retention.until-wrong", (await Desk.HoldAsync(alarm.CaseNumber, "x", new DateOnly(2020, 1, 1), one, Ct)).Failure?.Code);
        var proposals = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Desk.ProposeAsync(alarm.CaseId, one, Ct))));
        var id = Assert.Single(proposals, p => p.IsOk).Value;
        Assert.Equal("retention.needs-second-person", (await Desk.DecideAsync(id, true, one, Ct)).Failure?.Code);
        Assert.Equal("retention.not-found", (await Desk.DecideAsync(id, true, tied, Ct)).Failure?.Code);
        Assert.DoesNotContain(await Desk.DeletionsAsync(tied, [DeletionState.Proposed], 1000, Ct), d => d.CaseDeletionId == id);
        Assert.True((await Desk.DecideAsync(id, true, two, Ct)).IsOk);
        Assert.Equal("retention.decided", (await Desk.DecideAsync(id, true, two, Ct)).Failure?.Code);

        Assert.True((await Desk.HoldAsync(alarm.CaseNumber, "法院需要", null, null, Ct)).IsOk);
        await Keeper.RunAsync(Ct);

        Assert.Equal(1, await app.QueryAsync(db => db.Cases.CountAsync(c => c.CaseId == alarm.CaseId, Ct)));
        Assert.Single(await Desk.DeletionsAsync(one, [DeletionState.Withdrawn], 1000, Ct), d => d.CaseDeletionId == id);
    }

    /// <summary>A new report between decision and deletion reopens the case; it stays.</summary>
    [Fact]
    public async Task NewReport_AfterTheDecision_KeepsTheCase()
    {
        var (one, two) = (await OfficerAsync(), await OfficerAsync());
        var mother = new ReportedPerson { Role = PartyRole.Victim, Name = "公孙若水", IdNumber = CitizenId.Complete("34010419890102711"), Sex = Sex.Female };
        var father = new ReportedPerson { Role = PartyRole.Perpetrator, Name = "公孙若山", IdNumber = CitizenId.Complete("34010419870102711"), Sex = Sex.Male, RelationToVictim = "spouse" };
        var alarm = await app.SubmitAlarmAsync(r => r with { People = [mother, father] });
        await CloseAsync(alarm.CaseId, years: 30);
        await DecideAsync(alarm.CaseId, one, two);

        var again = await app.SubmitAlarmAsync(r => r with { People = [mother, father] });
        await Keeper.RunAsync(Ct);

        Assert.Equal(alarm.CaseId, again.CaseId);
        Assert.Equal(1, await app.QueryAsync(db => db.Cases.CountAsync(c => c.CaseId == alarm.CaseId && c.State == CaseState.Open, Ct)));
    }

    /// <summary>An incident that moved from one case to another, or a case that was joined to another: they go together or not at all.</summary>
    [Theory]
    [InlineData("incident")]
    [InlineData("duty")]
    [InlineData("joined")]
    [InlineData("across")]
    public async Task CasesThatHangTogether_GoTogetherOrNotAtAll(string tie)
    {
        var (one, two) = (await OfficerAsync(), await OfficerAsync());
        var (first, second) = (await app.SubmitAlarmAsync(), await app.SubmitAlarmAsync());
        await app.QueryAsync(async db =>
        {
            switch (tie)
            {
                case "incident":
                    return await db.Incidents.Where(i => i.CaseId == first.CaseId).ExecuteUpdateAsync(i => i.SetProperty(x => x.OriginCaseId, second.CaseId), Ct);
                case "duty":
                    return await db.Duties.Where(d => d.CaseId == first.CaseId).ExecuteUpdateAsync(d => d.SetProperty(x => x.OriginCaseId, second.CaseId), Ct);
                case "joined":
                    return await db.Cases.Where(c => c.CaseId == second.CaseId).ExecuteUpdateAsync(c => c.SetProperty(x => x.JoinedIntoCaseId, first.CaseId), Ct);
                default:
                    (await db.Cases.AsTracking().SingleAsync(c => c.CaseId == first.CaseId, Ct)).Across = [second.CaseId];
                    return await db.SaveChangesAsync(Ct);
            }
        });
        await CloseAsync(first.CaseId, years: 30);

        Assert.Equal("retention.not-due", (await Desk.ProposeAsync(first.CaseId, one, Ct)).Failure?.Code);
        await CloseAsync(second.CaseId, years: 30);
        var hold = (await Desk.HoldAsync(second.CaseNumber, "x", null, two, Ct)).Value;
        Assert.Equal("retention.not-due", (await Desk.ProposeAsync(first.CaseId, one, Ct)).Failure?.Code);
        Assert.True((await Desk.ReleaseAsync(hold, two, Ct)).IsOk);
        await DecideAsync(first.CaseId, one, two);
        await Keeper.RunAsync(Ct);

        Assert.Equal(0, await app.QueryAsync(db => db.Cases.CountAsync(c => c.CaseId == first.CaseId || c.CaseId == second.CaseId, Ct)));
        Assert.Equal(2, await app.QueryAsync(db => db.Timeline.CountAsync(e => (e.CaseId == first.CaseId || e.CaseId == second.CaseId) && e.Type == RetentionKeeper.Deleted, Ct)));
    }

    /// <summary>A sealed case is due only for who has a seat in it; nobody else is told of it by any list or answer.</summary>
    [Fact]
    public async Task SealedCase_IsDueOnlyForWhoHasASeat()
    {
        var (one, seated) = (await OfficerAsync(), await OfficerAsync());
        var alarm = await app.SubmitAlarmAsync();
        await CloseAsync(alarm.CaseId, years: 30);
        await app.QueryAsync(async db =>
        {
            db.Add(new SealedSeat { CaseId = alarm.CaseId, WorkerId = seated.WorkerId!.Value, Since = app.Clock.Now });
            await db.Cases.Where(c => c.CaseId == alarm.CaseId).ExecuteUpdateAsync(c => c.SetProperty(x => x.IsSealed, true), Ct);
            return await db.SaveChangesAsync(Ct);
        });

        async Task<bool> IsDueAsync(Caller caller)
        {
            for (long? after = 0; after is { } from;)
            {
                var page = await Desk.DueAsync(caller, from, 3, Ct);
                if (page.Cases.Any(c => c.CaseId == alarm.CaseId))
                {
                    return true;
                }

                after = page.Next;
            }

            return false;
        }

        Assert.False(await IsDueAsync(one));
        Assert.True(await IsDueAsync(seated));
        Assert.Equal(await CodeOfAsync("X-0", one), await CodeOfAsync(alarm.CaseNumber, one));
        Assert.Equal("retention.not-found", (await Desk.ProposeAsync(alarm.CaseId, one, Ct)).Failure?.Code);
        Assert.Equal("retention.not-found", (await Desk.ProposeAsync(Guid.CreateVersion7(), one, Ct)).Failure?.Code);
        Assert.True((await Desk.ProposeAsync(alarm.CaseId, seated, Ct)).IsOk);
        Assert.DoesNotContain(await Desk.DeletionsAsync(one, [DeletionState.Proposed], 1000, Ct), d => d.CaseNumber == alarm.CaseNumber);

        async Task<string?> CodeOfAsync(string caseNumber, Caller caller) => (await Desk.HoldAsync(caseNumber, "x", null, caller, Ct)).Failure?.Code;
    }

    /// <summary>A child of the case keeps it until it is of age, and so does one whose birthday nobody wrote down.</summary>
    [Fact]
    public async Task Children_KeepACaseUntilTheyAreOfAge()
    {
        var one = await OfficerAsync();
        async Task<string?> CodeAsync(ReportedPerson child)
        {
            var n = Interlocked.Increment(ref number);
            var alarm = await app.SubmitAlarmAsync(r => r with { People = [.. r.People, child with { Name = $"小朋友{Letters(n)}" }] });
            await CloseAsync(alarm.CaseId, years: 12);
            return (await Desk.ProposeAsync(alarm.CaseId, one, Ct)).Failure?.Code;
        }

        var today = DateOnly.FromDateTime(app.Clock.Now.UtcDateTime);
        Assert.Equal("retention.not-due", await CodeAsync(new ReportedPerson { Role = PartyRole.Child, Sex = Sex.Male, BirthDate = today.AddYears(-14) }));
        Assert.Equal("retention.not-due", await CodeAsync(new ReportedPerson { Role = PartyRole.Child, Sex = Sex.Male }));
        Assert.Null(await CodeAsync(new ReportedPerson { Role = PartyRole.Child, Sex = Sex.Male, BirthDate = today.AddYears(-25) }));
    }

    /// <summary>
    /// Random families over shared people, some closed long ago, some lately, some open, some held; everything that can be proposed is deleted. Nothing goes that
    /// is held, not due or needed; whatever stays has all that it had, and people of it are known as before by it.
    /// </summary>
    [Fact]
    public async Task RandomHistories_NothingHeldOrNotDueIsDeleted_AndWhatStaysIsWhole()
    {
        var (one, two) = (await OfficerAsync(), await OfficerAsync());
        var gen = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2].Select(i => i switch { 0 => 0, 1 => 1, _ => 30 }), Gen.Bool, (victim, perpetrator, years, held) => (victim, perpetrator, years, held)).Array[2, 6];
        await gen.SampleAsync(
            async history =>
            {
                var people = Enumerable.Range(0, 8).Select(_ => Interlocked.Increment(ref number)).Select(n => (Name: $"司徒{Letters(n)}", Id: CitizenId.Complete($"3401041985{1 + (n / 1000 % 9):D2}03{n % 1000:D3}"), Phone: $"1375{n:D7}")).ToList();
                var cases = new Dictionary<Guid, (int Years, bool Held, string Summary)>();
                foreach (var (victim, perpetrator, years, held) in history)
                {
                    var summary = $"经过{Letters(Interlocked.Increment(ref number))}";
                    var alarm = await app.SubmitAlarmAsync(r => r with
                    {
                        Summary = summary,
                        People =
                        [
                            new ReportedPerson { Role = PartyRole.Victim, Name = people[victim].Name, IdNumber = people[victim].Id, Phone = people[victim].Phone, Sex = Sex.Female },
                            new ReportedPerson { Role = PartyRole.Perpetrator, Name = people[4 + perpetrator].Name, IdNumber = people[4 + perpetrator].Id, Sex = Sex.Male, RelationToVictim = "spouse" },
                        ],
                    });
                    cases[alarm.CaseId] = (years, held || (cases.TryGetValue(alarm.CaseId, out var was) && was.Held), summary);
                }

                foreach (var (id, (years, held, _)) in cases)
                {
                    if (held)
                    {
                        var caseNumber = await app.QueryAsync(db => db.Cases.Where(c => c.CaseId == id).Select(c => c.CaseNumber).SingleAsync(Ct));
                        Assert.True((await Desk.HoldAsync(caseNumber, "x", null, one, Ct)).IsOk);
                    }

                    if (years > 0)
                    {
                        await CloseAsync(id, years);
                    }
                }

                var ids = cases.Keys.ToList();
                var parties = await app.QueryAsync(db => db.CaseParties.AsNoTracking().Where(p => ids.Contains(p.CaseId)).ToListAsync(Ct));
                var before = new Dictionary<Guid, string>();
                foreach (var id in ids)
                {
                    before[id] = await OfCaseAsync(id);
                }

                foreach (var id in ids)
                {
                    if ((await Desk.ProposeAsync(id, one, Ct)) is { IsOk: true } proposed)
                    {
                        Assert.True((await Desk.DecideAsync(proposed.Value, true, two, Ct)).IsOk);
                    }
                }

                await Keeper.RunAsync(Ct);
                var left = await app.QueryAsync(db => db.Cases.Where(c => ids.Contains(c.CaseId)).Select(c => c.CaseId).ToListAsync(Ct));
                foreach (var id in ids)
                {
                    var mine = parties.Where(p => p.CaseId == id).Select(p => p.PersonId).ToHashSet();
                    var needed = parties.Any(p => p.CaseId != id && mine.Contains(p.PersonId) && cases[p.CaseId].Years == 0);
                    Assert.Equal(cases[id] is not { Years: 30, Held: false } || needed, left.Contains(id));
                }

                foreach (var id in left)
                {
                    Assert.Equal(before[id], await OfCaseAsync(id));
                }

                // Everybody who is left is known by number and name; nobody else is.
                var keep = parties.Where(p => left.Contains(p.CaseId)).Select(p => p.PersonId).ToHashSet();
                var all = parties.Select(p => p.PersonId).Distinct().ToList();
                var known = await app.QueryAsync(db => db.People.AsNoTracking().Where(p => all.Contains(p.PersonId)).ToListAsync(Ct));
                Assert.Equal(keep.Order(), known.Select(p => p.PersonId).Order());
                Assert.All(known, p => Assert.True(p.Name is not null && p.IdNumber is not null));
                Assert.Equal(keep.Order(), (await app.QueryAsync(db => db.PersonKeys.Where(k => all.Contains(k.PersonId)).Select(k => k.PersonId).Distinct().ToListAsync(Ct))).Order());
                foreach (var summary in cases.Where(c => !left.Contains(c.Key)).Select(c => c.Value.Summary))
                {
                    var contents = await app.QueryAsync(db => db.Incidents.AsNoTracking().Select(i => i.Summary).ToListAsync(Ct));
                    Assert.DoesNotContain(contents, c => c == summary);
                }
            },
            iter: 12, threads: 1);
    }

    [Fact]
    public async Task Page_ShowsProposesConfirmsAndHolds()
    {
        var first = await app.Data.CreateWorkerAsync(roles: WorkerRole.DataProtectionOfficer);
        var second = await app.Data.CreateWorkerAsync(roles: WorkerRole.DataProtectionOfficer);
        using var one = await app.SignInAsync(first);
        using var two = await app.SignInAsync(second);
        var alarm = await app.SubmitAlarmAsync();
        await CloseAsync(alarm.CaseId, years: 30);

        using var proposed = await one.SubmitAsync(await one.GetPageAsync("/access/retention"), "retention", new() { ["Act"] = $"propose:{alarm.CaseId}" });
        Assert.Equal(HttpStatusCode.Redirect, proposed.StatusCode);
        var waiting = await one.GetPageAsync("/access/retention?show=waiting");
        Assert.Contains(alarm.CaseNumber, waiting.Body!.TextContent, StringComparison.Ordinal);
        var id = await app.QueryAsync(db => db.Set<CaseDeletion>().Where(d => d.CaseNumber == alarm.CaseNumber).Select(d => d.CaseDeletionId).SingleAsync(Ct));
        using var alone = await one.SubmitAsync(waiting, "retention", new() { ["Act"] = $"confirm:{id}" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, alone.StatusCode);
        using var wrong = await one.SubmitAsync(await one.GetPageAsync("/access/retention?show=held"), "hold", new() { ["Input.CaseNumber"] = "X-0", ["Input.Reason"] = "x" });
        Assert.Contains("没有这个编号的个案", await wrong.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var held = await one.SubmitAsync(await one.GetPageAsync("/access/retention?show=held"), "hold", new() { ["Input.CaseNumber"] = alarm.CaseNumber, ["Input.Reason"] = "监察需要" });
        Assert.Equal(HttpStatusCode.Redirect, held.StatusCode);
        var page = await two.GetPageAsync("/access/retention?show=held");
        Assert.Contains("监察需要", page.Body!.TextContent, StringComparison.Ordinal);
        using var notDue = await two.SubmitAsync(await two.GetPageAsync("/access/retention?show=waiting"), "retention", new() { ["Act"] = $"confirm:{id}" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, notDue.StatusCode);
        foreach (var act in (string[])["confirm:x", "delete:" + id, "confirm:" + Guid.Empty, ""])
        {
            using var hostile = await two.SubmitAsync(page, "retention", new() { ["Act"] = act });
            Assert.NotEqual(HttpStatusCode.InternalServerError, hostile.StatusCode);
        }

        using var other = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.Supervisor));
        using var none = await other.GetAsync("/access/retention", Ct);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private static string Letters(int n) => string.Concat(n.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(c => "甲乙丙丁戊己庚辛壬癸"[c - '0']));

    private async Task<Guid> DecideAsync(Guid caseId, Caller one, Caller two)
    {
        var proposed = await Desk.ProposeAsync(caseId, one, Ct);
        Assert.True(proposed.IsOk, proposed.Failure?.Code);
        var confirmed = await Desk.DecideAsync(proposed.Value, true, two, Ct);
        Assert.True(confirmed.IsOk, confirmed.Failure?.Code);
        return proposed.Value;
    }

    private Task<Caller> OfficerAsync() => CallerAsync(WorkerRole.DataProtectionOfficer);

    private async Task<Caller> CallerAsync(WorkerRole role)
    {
        var worker = await app.Data.CreateWorkerAsync(roles: role);
        return new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
    }

    /// <summary>Closed so many years ago; how it came to that does not matter here.</summary>
    private async Task CloseAsync(Guid caseId, int years)
    {
        var at = app.Clock.Now.AddYears(-years).AddDays(-2);
        await app.QueryAsync(db => db.Cases.Where(c => c.CaseId == caseId).ExecuteUpdateAsync(c => c.SetProperty(x => x.State, CaseState.Closed).SetProperty(x => x.ClosedAt, at).SetProperty(x => x.OpenedAt, at), Ct));
    }

    /// <summary>What the store keeps of a case, in one text.</summary>
    private Task<string> OfCaseAsync(Guid caseId) => app.QueryAsync(async db =>
    {
        var incidents = await db.Incidents.AsNoTracking().Where(i => i.CaseId == caseId).OrderBy(i => i.IncidentId).Select(i => new { i.IncidentId, i.Summary, i.Address }).ToListAsync(Ct);
        var alarms = await db.Alarms.AsNoTracking().Where(a => a.CaseId == caseId).OrderBy(a => a.AlarmId).Select(a => a.AlarmId).ToListAsync(Ct);
        var contents = await db.AlarmRevisions.AsNoTracking().Where(r => alarms.Contains(r.AlarmId)).OrderBy(r => r.AlarmId).ThenBy(r => r.Revision).Select(r => r.Content).ToListAsync(Ct);
        var parties = await db.CaseParties.AsNoTracking().Where(p => p.CaseId == caseId).OrderBy(p => p.PersonId).Select(p => new { p.PersonId, p.Role }).ToListAsync(Ct);
        var records = await db.PersonRecords.AsNoTracking().Where(r => r.AlarmId != null && alarms.Contains(r.AlarmId.Value)).OrderBy(r => r.RecordSequence).Select(r => new { r.RecordId, r.PersonId, r.Name, r.IdNumber, r.Phone }).ToListAsync(Ct);
        var duties = await db.Duties.AsNoTracking().Where(d => d.CaseId == caseId).OrderBy(d => d.DutyId).Select(d => d.DutyId).ToListAsync(Ct);
        return JsonSerializer.Serialize(new { incidents, alarms, contents, parties, records, duties });
    });

    /// <summary>Every value of every row, opened.</summary>
    private Task<List<(string Place, string Value)>> StoreAsync() => app.QueryAsync(async db =>
    {
        var values = new List<(string, string)>();
        foreach (var type in db.Model.GetEntityTypes().Where(t => !t.IsOwned() && t.FindPrimaryKey() is not null && !t.HasSharedClrType))
        {
            var rows = await (Task<List<object>>)typeof(RetentionTests).GetMethod(nameof(RowsAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
                .MakeGenericMethod(type.ClrType).Invoke(null, [db])!;
            foreach (var property in type.GetProperties().Where(p => p.PropertyInfo is not null))
            {
                values.AddRange(rows.Select(r => property.PropertyInfo!.GetValue(r)).OfType<object>().Select(v => ($"{type.GetTableName()}.{property.Name}", v as string ?? (v is Guid id ? id.ToString() : Written(v)))));
            }
        }

        foreach (var (place, data) in new[]
        {
            ("timeline_event.Data opened", await EventTexts.OpenDataAsync(db, await db.Timeline.Select(e => e.Data).ToListAsync(Ct), Ct)),
            ("audit_view.Data opened", await EventTexts.OpenDataAsync(db, await db.Views.Select(e => e.Data).ToListAsync(Ct), Ct)),
        })
        {
            values.AddRange(data.Select(d => (place, d)));
        }

        return values;
    });

    private static string Written(object value) => value is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : JsonSerializer.Serialize(value, JsonText.Options);

    private static async Task<List<object>> RowsAsync<T>(AnhuDbContext db)
        where T : class => [.. await db.Set<T>().AsNoTracking().ToListAsync(Ct)];

    private sealed class StoppedException : Exception;
}
