using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Duties;

/// <summary>Hand-overs with their sheets, and what the victim agrees to share with whom.</summary>
public sealed class HandOverTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Federation = "340104-womens-federation";
    private const string Civil = "340104-civil-affairs";
    private const string Kind = "phone-return-visit";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static HandOverSheet Sheet { get; } = new()
    {
        Summary = "需要临时住处。", Needs = "安排庇护", Done = ["已电话联系", "已告知权利"], Open = ["安排住处", "三日内反馈"], Enclosed = "个案登记表复印件",
    };

    private TakeDutyStepHandler Steps => app.Services.GetRequiredService<TakeDutyStepHandler>();

    private SharingConsents Consents => app.Services.GetRequiredService<SharingConsents>();

    private HandOverQueries HandOvers => app.Services.GetRequiredService<HandOverQueries>();

    private CaseQueries Cases => app.Services.GetRequiredService<CaseQueries>();

    [Fact]
    public async Task WithoutConsent_TheReceiverSeesThatThereIsACase_AndMoreOnlyWhileTheConsentHolds()
    {
        var (alarm, duty) = await DutyAsync();
        var (giver, receiver) = (await CallerAsync(Federation), await CallerAsync(Civil));

        Assert.Equal("duties.sheet-missing", (await OfferAsync(duty, giver, null)).Failure?.Code);
        Assert.Equal(("duties.sheet-open-missing", "open"), Of(await OfferAsync(duty, giver, Sheet with { Open = [" "] })));
        Assert.Equal(("duties.sheet-too-long", "summary"), Of(await OfferAsync(duty, giver, Sheet with { Summary = new('字', 301) })));
        Assert.True((await OfferAsync(duty, giver, Sheet)).IsOk);

        Assert.Equal(CaseView.Existence, await ViewAsync(receiver, alarm));
        var offered = Assert.Single((await HandOvers.OfDutyAsync(receiver, duty, Ct))!);
        Assert.Equal((HandOverState.Offered, false, true), (offered.State, offered.IsTold, offered.Sheet.WithoutConsent));
        Assert.Null(offered.Sheet.Summary);
        Assert.Empty(offered.Sheet.Steps);
        Assert.Null(await Consents.ListAsync(receiver, alarm.CaseId, Ct));
        Assert.Equal("access.nothing-more", (await app.Services.GetRequiredService<AccessGrants>().StateAsync(receiver, alarm.CaseId, AccessReason.Conference, null, Ct)).Failure?.Code);
        Assert.True((await TakeAsync(duty, DutyStep.Accept, receiver)).IsOk);
        Assert.Equal(CaseView.Existence, await ViewAsync(receiver, alarm));
        Assert.DoesNotContain("已电话联系", JsonSerializer.Serialize(await app.Services.GetRequiredService<DutyDetailsQueries>().GetAsync(receiver, duty, Ct)), StringComparison.Ordinal);

        // Whom it concerns does not say it for itself; a ground must be explained and fit what is known.
        var give = new GiveConsent(alarm.CaseId, Civil, Kind, SharingGround.Agreed, "当面同意，只说需要住处");
        Assert.Equal("cases.not-found", (await Consents.GiveAsync(give, receiver, Ct)).Failure?.Code);
        Assert.Equal("consents.not-for-oneself", (await Consents.GiveAsync(give with { Receiver = Federation }, giver, Ct)).Failure?.Code);
        Assert.Equal("consents.explanation-missing", (await Consents.GiveAsync(give with { Explanation = " " }, giver, Ct)).Failure?.Code);
        await app.QueryAsync(async db =>
        {
            foreach (var person in await db.People.Where(p => db.CaseParties.Any(c => c.CaseId == alarm.CaseId && c.PersonId == p.PersonId)).ToListAsync(Ct))
            {
                person.BirthDate = new DateOnly(1988, 1, 1);
            }

            return await db.SaveChangesAsync(Ct);
        });
        Assert.Equal("consents.no-minor", (await Consents.GiveAsync(give with { Ground = SharingGround.Minor }, giver, Ct)).Failure?.Code);
        Assert.Equal("consents.no-mandatory-report", (await Consents.GiveAsync(give with { Ground = SharingGround.MandatoryReport }, giver, Ct)).Failure?.Code);
        Assert.Equal("consents.purpose-unknown", (await Consents.GiveAsync(give with { Purpose = "nothing" }, giver, Ct)).Failure?.Code);
        Assert.True((await Consents.GiveAsync(give with { Purpose = "case-file" }, giver, Ct)).IsOk);
        Assert.Equal(CaseView.Existence, await ViewAsync(receiver, alarm));
        var consent = await Consents.GiveAsync(give, giver, Ct);
        Assert.True(consent.IsOk, consent.Failure?.Code);
        Assert.Equal("consents.holds-already", (await Consents.GiveAsync(give, giver, Ct)).Failure?.Code);
        Assert.Equal(CaseView.Working, await ViewAsync(receiver, alarm));
        var told = Assert.Single((await HandOvers.OfDutyAsync(receiver, duty, Ct))!);
        Assert.Equal((HandOverState.Accepted, true, true, "安排庇护"), (told.State, told.IsTold, told.MayMark, told.Sheet.Needs));
        Assert.Equal([true, true, false, false], told.Sheet.Steps.Select(s => s.DoneAt is not null));

        // Steps are marked once, by who has the duty.
        Assert.Equal("duties.not-your-unit", (await HandOvers.MarkAsync(giver, duty, told.Sheet.HandOverId, 2, Ct)).Failure?.Code);
        Assert.True((await HandOvers.MarkAsync(receiver, duty, told.Sheet.HandOverId, 2, Ct)).IsOk);
        foreach (var wrong in (int[])[-1, 0, 2, 4])
        {
            Assert.Equal("duties.sheet-step-unknown", (await HandOvers.MarkAsync(receiver, duty, told.Sheet.HandOverId, wrong, Ct)).Failure?.Code);
        }

        Assert.Equal("cases.reason-missing", (await Consents.WithdrawAsync(giver, alarm.CaseId, consent.Value.SharingConsentId, " ", Ct)).Failure?.Code);
        Assert.True((await Consents.WithdrawAsync(giver, alarm.CaseId, consent.Value.SharingConsentId, "她改变了主意", Ct)).IsOk);
        Assert.Equal("consents.withdrawn-already", (await Consents.WithdrawAsync(giver, alarm.CaseId, consent.Value.SharingConsentId, "再次", Ct)).Failure?.Code);
        Assert.Equal(CaseView.Existence, await ViewAsync(receiver, alarm));
        Assert.False(Assert.Single((await HandOvers.OfDutyAsync(receiver, duty, Ct))!).IsTold);
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task WithdrawnConsent_LeavesWhatTheUnitHasByItsOwnRight()
    {
        var (alarm, duty) = await DutyAsync();
        var station = await app.QueryAsync(async db => (await db.Units.SingleAsync(u => u.UnitId == db.Duties.Where(d => d.CaseId == alarm.CaseId && d.Kind == "police-disposition").Select(d => d.OwnerUnitId).First(), Ct)).Code);
        var (giver, police) = (await CallerAsync(Federation), await CallerAsync(station));
        var offered = await Steps.Handle(Offer(duty, Sheet with { Ground = SharingGround.DangerToLife, Explanation = "对方扬言今晚上门" }) with { Receiver = station }, giver, Ct);
        Assert.True(offered.IsOk, offered.Failure?.Code);
        Assert.True((await TakeAsync(duty, DutyStep.Accept, police)).IsOk);
        Assert.Equal(CaseView.Full, await ViewAsync(police, alarm));
        var consent = Assert.Single((await Consents.ListAsync(giver, alarm.CaseId, Ct))!);
        Assert.Equal(SharingGround.DangerToLife, consent.Ground);

        Assert.True((await Consents.WithdrawAsync(giver, alarm.CaseId, consent.SharingConsentId, "危险已过", Ct)).IsOk);

        Assert.Equal(CaseView.Full, await ViewAsync(police, alarm));
    }

    [Fact]
    public async Task Returned_OrNotAnswered_TheSuperiorOfBothFindsTheOwner()
    {
        var (alarm, duty) = await DutyAsync();
        var (giver, receiver) = (await CallerAsync(Federation), await CallerAsync(Civil));
        Assert.True((await OfferAsync(duty, giver, Sheet with { Urgency = HandOverUrgency.VeryUrgent })).IsOk);
        Assert.Equal("duties.reason-missing", (await Steps.Handle(new TakeDutyStep { DutyId = duty, Step = DutyStep.Return }, receiver, Ct)).Failure?.Code);
        Assert.True((await Steps.Handle(new TakeDutyStep { DutyId = duty, Step = DutyStep.Return, Reason = "应由市救助站接收" }, receiver, Ct)).IsOk);

        var returned = Assert.Single((await HandOvers.OfDutyAsync(giver, duty, Ct))!);
        Assert.Equal((HandOverState.Returned, "应由市救助站接收"), (returned.State, returned.Answer));
        var row = await RowAsync(duty);
        var decides = await app.QueryAsync(db => db.Units.SingleAsync(u => u.UnitId == row.OwnerUnitId, Ct));
        Assert.Equal((Agency.PoliticalLegalCommittee, row.OwnerUnitId), (decides.Agency, row.DecidingUnitId));

        var committee = await CallerAsync(decides.Code, WorkerRole.Supervisor);
        Assert.True((await Steps.Handle(new TakeDutyStep { DutyId = duty, Step = DutyStep.Reassign, Receiver = Federation, Reason = "仍由妇联办理" }, committee, Ct)).IsOk);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await OfferAsync(duty, giver, Sheet)).IsOk);
        app.Time.Advance(TimeSpan.FromDays(4));
        await app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct));

        Assert.Equal([HandOverState.Expired, HandOverState.Returned], (await HandOvers.OfDutyAsync(giver, duty, Ct))!.Select(h => h.State));
        Assert.Equal(decides.UnitId, (await RowAsync(duty)).OwnerUnitId);
        Assert.Equal(CaseView.Existence, await ViewAsync(receiver, alarm));
    }

    [Fact]
    public async Task Page_KeepsWhatWasTyped_TheSheetTellsNoPlace_AndIsPrinted()
    {
        var (alarm, duty) = await DutyAsync();
        var victim = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).SingleAsync(Ct));
        await app.QueryAsync(db =>
        {
            db.Add(new Anhu.Modules.Shield.ShieldedPlace
            {
                ShieldedPlaceId = Guid.CreateVersion7(), CaseId = alarm.CaseId, PersonId = victim, Kind = Anhu.Modules.Shield.ShieldKind.Address, Value = "翡翠花园三号楼2-501",
                State = Anhu.Modules.Shield.ShieldState.Active, RecordedByWorkerId = Guid.Empty, RecordedAt = app.Clock.GetUtcNow(),
            });
            return db.SaveChangesAsync(Ct);
        });
        var worker = await app.Data.CreateWorkerAsync(Federation);
        using var client = await app.SignInAsync(worker);
        using var other = await app.SignInAsync(await app.Data.CreateWorkerAsync(Civil));
        var path = $"/duties/{duty}/hand-over?unit={Civil}";
        Dictionary<string, string?> fields = new()
        {
            ["Input.Receiver"] = Civil, ["Input.Reason"] = "需要住处", ["Input.Done"] = "已电话联系\n已告知权利", ["Input.Open"] = "安排住处",
            ["Input.Summary"] = "她住翡翠花园三号楼2-501", ["Input.Needs"] = "安排庇护", ["Input.Ground"] = "Agreed", ["Input.Explanation"] = "当面同意", ["LeaksSeen"] = "true",
        };

        using var refused = await client.SubmitAsync(await client.GetPageAsync(path), "hand-over", fields);
        var page = await refused.ReadPageAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("安排住处", page.QuerySelector("textarea[name='Input.Open']")!.TextContent);
        Assert.Empty(page.QuerySelectorAll("input[name=LeaksSeen]"));
        fields["Input.Summary"] = "需要临时住处。";
        using var offered = await client.SubmitAsync(page, "hand-over", fields);
        Assert.Equal(HttpStatusCode.Redirect, offered.StatusCode);

        using var accepted = await other.SubmitAsync(await other.GetPageAsync($"/duties/{duty}"), $"/duties/{duty}?take=Accept");
        Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);
        var shown = await other.GetPageAsync($"/duties/{duty}");
        Assert.Contains("当面同意", shown.Body!.TextContent, StringComparison.Ordinal);
        using var marked = await other.SubmitAsync(shown, $"/duties/{duty}?take=Mark", new() { ["MarkStep"] = "2" });
        Assert.Equal(HttpStatusCode.Redirect, marked.StatusCode);
        var list = await client.GetFromJsonAsync<JsonElement>($"/api/v1/duties/{duty}/hand-overs", Ct);
        Assert.All(list.GetProperty("items")[0].GetProperty("steps").EnumerateArray(), s => Assert.True(s.TryGetProperty("doneAt", out _)));

        // The sheet on paper begins with what was written here.
        var paper = await client.GetPageAsync($"/cases/{alarm.CaseId}/documents/new/hand-over");
        Assert.Contains("本人同意", paper.Body!.InnerHtml, StringComparison.Ordinal);
        var printed = await app.Services.GetRequiredService<DocumentDesk>().IssueAsync(CallerOf(worker), new IssueDocument
        {
            CaseId = alarm.CaseId, Kind = "hand-over", BaseAddress = "https://anhu.example",
            Answers = new Dictionary<string, string?> { ["receiver.name"] = "区民政局", ["urgency"] = "一般", ["summary"] = "需要住处", ["needs"] = "庇护", ["consent"] = "本人同意" },
        }, Ct);
        Assert.True(printed.IsOk, printed.Failure?.Code);

        // Withdrawn on the page of the case.
        var sharing = await client.GetPageAsync($"/cases/{alarm.CaseId}/sharing");
        Assert.Contains("本人同意", sharing.Body!.TextContent, StringComparison.Ordinal);
        var consent = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/cases/{alarm.CaseId}/consents", Ct)).GetProperty("items")[0].GetProperty("id").GetString();
        using var withdrawn = await client.SubmitAsync(
            sharing, "withdraw", new() { ["Input.ConsentId"] = consent, ["Input.Reason"] = "她改变了主意", ["__RequestVerificationToken"] = sharing.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value") });
        Assert.Equal(HttpStatusCode.Redirect, withdrawn.StatusCode);
        using var hidden = await other.GetAsync($"/cases/{alarm.CaseId}/sharing", Ct);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.DoesNotContain("当面同意", (await other.GetPageAsync($"/duties/{duty}")).Body!.TextContent, StringComparison.Ordinal);

        // And given again through the API.
        using var wrong = await client.PostAsJsonAsync($"/api/v1/cases/{alarm.CaseId}/consents", new { receiver = Civil, purpose = Kind, explanation = "当面同意" }, Ct);
        using var given = await client.PostAsJsonAsync($"/api/v1/cases/{alarm.CaseId}/consents", new { receiver = Civil, purpose = Kind, ground = "agreed", explanation = "再次当面同意" }, Ct);
        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.OK], new[] { wrong.StatusCode, given.StatusCode });
        Assert.Contains("再次当面同意", (await client.GetPageAsync($"/cases/{alarm.CaseId}/sharing")).Body!.TextContent, StringComparison.Ordinal);
    }

    /// <summary>Whatever is offered, accepted, returned, forgotten, given, withdrawn or decided, and in whatever order: one accountable owner, and no unit sees more than her consent and its own right give.</summary>
    [Fact]
    public async Task RandomHistories_OneOwner_AndNobodySeesMoreThanTheConsentGives()
    {
        string[] codes = [Federation, Civil, "340104-justice", "340104-health", "340103-womens-federation"];
        var callers = new List<Caller>();
        foreach (var code in codes)
        {
            callers.Add(await CallerAsync(code, WorkerRole.Supervisor));
        }

        var committee = await CallerAsync("340104-political-legal-committee", WorkerRole.Supervisor);
        var act = Gen.Select(Gen.Int[0, 7], Gen.Int[0, codes.Length - 1], Gen.Bool);
        await Gen.Select(act.Array[3, 14], Gen.Int[1, 1_000_000]).SampleAsync(
            async (acts, seed) =>
            {
                var alarm = await app.SubmitAsync(Reports.Of(app, couple: 3_000_000 + seed, injury: Injury.Minor));
                var duty = (await app.DutyAsync(alarm, Kind)).DutyId;
                var direct = await app.QueryAsync(db => db.CaseAccess.Where(a => a.CaseId == alarm.CaseId && a.IsDirect).Select(a => a.UnitId).ToListAsync(Ct));
                foreach (var (what, unit, agreed) in acts)
                {
                    var row = await RowAsync(duty);
                    var (owner, target) = (callers.Find(c => c.UnitId == row.OwnerUnitId) ?? committee, callers[unit]);
                    _ = what switch
                    {
                        0 or 1 => (await Steps.Handle(Offer(duty, agreed ? Sheet with { Ground = SharingGround.Agreed, Explanation = "同意" } : Sheet) with { Receiver = codes[unit] }, owner, Ct)).IsOk,
                        2 => (await TakeAsync(duty, DutyStep.Accept, target)).IsOk,
                        3 => (await Steps.Handle(new TakeDutyStep { DutyId = duty, Step = DutyStep.Return, Reason = "不属于我单位" }, target, Ct)).IsOk,
                        4 => (await Consents.GiveAsync(new GiveConsent(alarm.CaseId, codes[unit], Kind, SharingGround.Agreed, "同意"), callers[0], Ct)).IsOk,
                        5 => await WithdrawAnyAsync(alarm.CaseId, callers[0], target.UnitId!.Value),
                        6 => (await Steps.Handle(new TakeDutyStep { DutyId = duty, Step = DutyStep.Reassign, Receiver = codes[unit], Reason = "由你单位办理" }, committee, Ct)).IsOk,
                        _ => await TimeAsync(),
                    };
                    app.Time.Advance(TimeSpan.FromMinutes(1));
                    await app.CheckCaseAsync(alarm.CaseId);
                    var after = await RowAsync(duty);
                    Assert.NotEqual(Guid.Empty, after.OwnerUnitId);
                    Assert.True(after.HandOverToUnitId is null == after.HandOverId is null);
                    var agreedWith = await app.QueryAsync(db => db.SharingConsents.Where(c => c.CaseId == alarm.CaseId && c.WithdrawnAt == null).Select(c => c.UnitId).ToListAsync(Ct));
                    var own = await app.QueryAsync(db => db.Timeline.Where(e => e.CaseId == alarm.CaseId && e.UnitId != null
                        && (e.Type == "duty.created" || e.Type == "unit.notified" || e.Type == "duty.escalated" || e.Type == "duty.returned" || e.Type == "duty.hand-over-refused" || e.Type == "duty.hand-over-expired"))
                        .Select(e => e.UnitId!.Value).ToListAsync(Ct));
                    foreach (var (caller, code) in callers.Zip(codes).Where(c => !c.Second.EndsWith("federation", StringComparison.Ordinal)))
                    {
                        var id = caller.UnitId!.Value;
                        if (!direct.Contains(id) && !own.Contains(id) && !agreedWith.Contains(id))
                        {
                            var view = await ViewAsync(caller, alarm);
                            Assert.True(view <= CaseView.Card, $"{code} sees {view}.");
                            Assert.All(await HandOvers.OfDutyAsync(caller, duty, Ct) ?? [], h => Assert.False(h.IsTold && h.Sheet.FromUnitId != id, code));
                        }
                        else if (agreedWith.Contains(id) && after.OwnerUnitId == id)
                        {
                            Assert.Equal(CaseView.Working, await ViewAsync(caller, alarm));
                        }
                    }
                }
            },
            iter: 12, threads: 1);

        async Task<bool> WithdrawAnyAsync(Guid caseId, Caller caller, Guid unit) =>
            (await Consents.ListAsync(caller, caseId, Ct))?.FirstOrDefault(c => c.UnitId == unit && c.WithdrawnAt is null) is { } consent
            && (await Consents.WithdrawAsync(caller, caseId, consent.SharingConsentId, "改变主意", Ct)).IsOk;

        async Task<bool> TimeAsync()
        {
            app.Time.Advance(TimeSpan.FromHours(20));
            return await app.WithAsync<DeadlineWork, int>(work => work.RunAsync(Ct)) > 0;
        }
    }

    private static (string? Code, string? Field) Of(Result<Duty> result) => (result.Failure?.Code, result.Failure?.Field);

    private static TakeDutyStep Offer(Guid duty, HandOverSheet? sheet) => new() { DutyId = duty, Step = DutyStep.HandOver, Receiver = Civil, Reason = "需要住处", Sheet = sheet };

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    private Task<Result<Duty>> OfferAsync(Guid duty, Caller caller, HandOverSheet? sheet) => Steps.Handle(Offer(duty, sheet), caller, Ct);

    private Task<Result<Duty>> TakeAsync(Guid duty, DutyStep step, Caller caller) => Steps.Handle(new TakeDutyStep { DutyId = duty, Step = step }, caller, Ct);

    private async Task<CaseView> ViewAsync(Caller caller, AlarmReceipt alarm) => (await Cases.SightAsync(caller, alarm.CaseId, Ct))?.View ?? CaseView.None;

    private Task<Duty> RowAsync(Guid duty) => app.QueryAsync(db => db.Duties.AsNoTracking().SingleAsync(d => d.DutyId == duty, Ct));

    private async Task<Caller> CallerAsync(string unit, WorkerRole role = WorkerRole.Caseworker) => CallerOf(await app.Data.CreateWorkerAsync(unit, roles: role));

    private async Task<(AlarmReceipt Alarm, Guid Duty)> DutyAsync()
    {
        var alarm = await app.ReportAsync(policeOpinion: 2);
        return (alarm, (await app.DutyAsync(alarm, Kind)).DutyId);
    }
}
