using Anhu.Common;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Measures;

/// <summary>The life of a protection order on the store (handbook §4.6).</summary>
public sealed class ProtectionOrderTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private readonly Orders orders = new(app);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Order_FromDraftToFeedback_LeavesDutiesNoticesAndClocks()
    {
        var (alarm, order, federation, court) = await orders.OrderAsync("filed");
        var clock = orders.Rules.Clock;
        Assert.Equal(order.DueAt, (await orders.OpenAsync(alarm.CaseId, "protection-order-acceptance"))!.DueAt);
        Assert.Equal(court.UnitId, (await orders.OpenAsync(alarm.CaseId, "protection-order-acceptance"))!.OwnerUnitId);

        var fields = orders.For("accept");
        fields["urgent"] = "yes";
        order = (await orders.ActAsync(order.MeasureId, "accept", court, fields)).Value;
        Assert.Equal(("rule-urgent", clock.Hours(order.StartsAt, 24)), (order.DeadlineKey!, order.DueAt!.Value));
        Assert.Equal(order.DueAt, (await orders.OpenAsync(alarm.CaseId, "protection-order-ruling"))!.DueAt);

        app.Time.Advance(TimeSpan.FromHours(3));
        order = (await orders.ActAsync(order.MeasureId, "issue", court)).Value;
        Assert.Equal(clock.Hours(order.IssuedAt!.Value, 24), order.DueAt);
        Assert.NotNull(await orders.OpenAsync(alarm.CaseId, "protection-order-service"));
        Assert.NotNull(await orders.OpenAsync(alarm.CaseId, "protection-order-follow-up"));
        Assert.Null(await orders.OpenAsync(alarm.CaseId, "protection-order-ruling"));
        var last = clock.Zone.DateOf(order.IssuedAt.Value).AddMonths(6);
        Assert.Equal(last, order.ValidUntil);

        order = (await orders.ActAsync(order.MeasureId, "serve-part", court)).Value;
        Assert.Equal("issued", order.State);
        var rest = orders.For("serve");
        rest["servedTo"] = new[] { "respondent", "station", "committee" };
        order = (await orders.ActAsync(order.MeasureId, "serve", court, rest)).Value;
        Assert.Equal(("served", "verify"), (order.State, order.DeadlineKey));
        var check = (await orders.OpenAsync(alarm.CaseId, "protection-order-assistance"))!;
        Assert.Equal(clock.Hours(order.DeliveredAt!.Value, 24), check.DueAt);
        var officer = await orders.CallerAsync(Orders.Station);
        Assert.Equal("measures.police-only", (await orders.ActAsync(order.MeasureId, "verify", federation)).Failure?.Code);
        order = (await orders.ActAsync(order.MeasureId, "verify", officer)).Value;
        Assert.Equal(("served", null, true), (order.State, order.DueAt, order.IsOpen));
        Assert.Null(await orders.OpenAsync(alarm.CaseId, "protection-order-assistance"));
        Assert.Equal(federation.UnitId, order.UnitId);

        // Reminders, then the end with its feedback.
        foreach (var days in (int[])[30, 14, 3])
        {
            Assert.Equal(clock.Zone.At(last.AddDays(-days), new TimeOnly(8, 0)), (await orders.ReadAsync(order.MeasureId)).NextCheckAt);
            app.Time.Advance(clock.Zone.At(last.AddDays(-days), new TimeOnly(8, 0)) - app.Clock.GetUtcNow());
            await orders.TickAsync();
            Assert.NotNull(await orders.OpenAsync(alarm.CaseId, "protection-order-extension"));
        }

        app.Time.Advance(clock.Zone.StartOf(last.AddDays(1)).AddSeconds(-1) - app.Clock.GetUtcNow());
        await orders.TickAsync();
        Assert.Equal("served", (await orders.ReadAsync(order.MeasureId)).State);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await orders.TickAsync();
        Assert.Equal(0, await orders.TickAsync());
        order = await orders.ReadAsync(order.MeasureId);
        Assert.Equal(("expired", "feedback"), (order.State, order.DeadlineKey));
        Assert.Null(await orders.OpenAsync(alarm.CaseId, "protection-order-follow-up"));
        Assert.Equal(order.DueAt, (await orders.OpenAsync(alarm.CaseId, "protection-order-feedback"))!.DueAt);
        order = (await orders.ActAsync(order.MeasureId, "feedback", federation)).Value;
        Assert.Equal(("closed", false), (order.State, order.IsOpen));

        var events = await app.QueryAsync(db => db.Timeline.AsNoTracking().Where(e => e.CaseId == alarm.CaseId).OrderBy(e => e.Sequence).Select(e => new { e.Type, e.Data }).ToListAsync(Ct));
        Assert.Equal(
            ["drafting", "filed", "accepted", "issued", "serve-part", "served", "verify", "expiring", "expiring", "expiring", "expired", "closed"],
            events.Where(e => e.Type.StartsWith("order.", StringComparison.Ordinal)).Select(e => e.Type[6..]));
        Assert.Equal(3, events.Count(e => e.Type == EventTypes.UnitNotified && e.Data.Contains("order-in-force", StringComparison.Ordinal)));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Theory]
    [InlineData("08-31T10:00", "6", "", 2)]
    [InlineData("10-31T10:00", "1", "", 11)]
    [InlineData("12-31T23:59", "2", "1", 3)]
    [InlineData("03-01T00:30", "", "30", 3)]
    public async Task LastDay_IsRightAtMonthEnds_AndByTheCitysClock(string issued, string months, string days, int lastMonth)
    {
        // Time goes forward only: the day is one of next year.
        var at = orders.Rules.Instant($"{orders.Rules.Clock.Zone.DateOf(app.Clock.GetUtcNow()).Year + 1}-{issued}")!.Value;
        app.Time.Advance(at.AddMinutes(-10) - app.Clock.GetUtcNow());
        var (_, order, _, court) = await orders.OrderAsync("accepted");
        app.Time.Advance(at - app.Clock.GetUtcNow());

        order = (await orders.ActAsync(order.MeasureId, "issue", court, With("issue", ("validMonths", months), ("validDays", days)))).Value;

        var last = order.ValidUntil!.Value;
        var monthEnd = DateTime.DaysInMonth(last.Year, last.Month);
        Assert.Equal((lastMonth, days switch { "30" => 31, "1" => 1, _ => monthEnd }), (last.Month, last.Day));
    }

    [Fact]
    public async Task Application_NeedsConsentOrALawfulProxy_AndABasicLevelCourt()
    {
        var (_, order, federation, _) = await orders.OrderAsync("drafting");
        async Task RefusedAsync(string code, string field, params (string Field, object Value)[] changes)
        {
            var fields = orders.For("file");
            foreach (var (name, value) in changes)
            {
                fields[name] = value;
            }

            var failure = (await orders.ActAsync(order.MeasureId, "file", federation, fields)).Failure;
            Assert.Equal((code, field), (failure?.Code, failure?.Field));
        }

        await RefusedAsync("measures.order-no-consent", "consent", ("consent", "no"));
        (string, object)[] proxy = [("applicantWay", "proxy"), ("proxyGround", "elderly"), ("proxyKind", "civil-affairs"), ("proxyName", "区民政局")];
        await RefusedAsync("measures.order-against-wish", "proxyWish", proxy);
        await RefusedAsync("measures.order-not-a-proxy", "proxyKind", [.. proxy, ("proxyGround", "coerced")]);
        await RefusedAsync("measures.field-required", "proxyName", [.. proxy, ("proxyName", "")]);
        await RefusedAsync("measures.field-required", "courtPlace", ("courtPlace", ""));
        await RefusedAsync("measures.field-invalid", "courtPlace", ("courtPlace", "elsewhere"));
        await RefusedAsync("measures.order-wrong-court", "court", ("court", "340100-court"));
        await RefusedAsync("measures.order-address-not-wanted", "currentAddress", ("currentAddress", "某路1号"));
        await RefusedAsync("measures.field-required", "urgentReason", ("urgent", "yes"));
        await RefusedAsync("measures.in-the-future", "filedAt", ("filedAt", orders.Letters.Local(app.Clock.GetUtcNow().AddHours(1))));
        var fields = orders.For("file");
        foreach (var (name, value) in proxy)
        {
            fields[name] = value;
        }

        fields["proxyWish"] = "yes";
        Assert.True((await orders.ActAsync(order.MeasureId, "file", federation, fields)).IsOk);
    }

    [Fact]
    public async Task Withdrawal_IsNotTaken_WhereSheMayBeCoerced()
    {
        var (alarm, order, federation, court) = await orders.OrderAsync("accepted");
        async Task<string?> Refused(Caller who, params (string, object)[] fields) =>
            (await orders.ActAsync(order.MeasureId, "withdraw", who, fields.Append(("ruledAt", orders.Now())).ToDictionary(f => f.Item1, f => f.Item2))).Failure?.Code;
        Assert.Equal("measures.order-not-asked-alone", await Refused(federation));
        Assert.Equal("measures.order-coerced", await Refused(court, ("askedAlone", "yes"), ("coerced", "yes")));
        Assert.Equal("measures.order-coerced", await Refused(court, ("askedAlone", "yes")));
        Assert.Null(await Refused(court, ("askedAlone", "yes"), ("coerced", "no")));
        Assert.Equal("withdrawn", (await orders.ReadAsync(order.MeasureId)).State);
        Assert.NotNull(await orders.OpenAsync(alarm.CaseId, "phone-return-visit"));
        Assert.Null(await orders.OpenAsync(alarm.CaseId, "protection-order-ruling"));
    }

    [Fact]
    public async Task CourtSteps_AreTheCourts_OrOfTheUnitThatMirrorsItsPaper()
    {
        var (alarm, order, federation, court) = await orders.OrderAsync("filed");
        var officer = await orders.CallerAsync(Orders.Station);
        Assert.Equal("measures.court-only", (await orders.ActAsync(order.MeasureId, "accept", officer)).Failure?.Code);
        Assert.Equal("measures.not-found", (await orders.ActAsync(order.MeasureId, "accept", await orders.CallerAsync("340103-court"))).Failure?.Code);
        var fields = orders.For("accept");
        fields["number"] = "（2026）皖0104民保令【9001】号";
        Assert.True((await orders.ActAsync(order.MeasureId, "accept", federation, fields)).IsOk);
        Assert.Equal("measures.order-before", (await orders.ActAsync(order.MeasureId, "issue", court, With("issue", ("issuedAt", orders.Letters.Local(app.Clock.GetUtcNow().AddHours(-5)))))).Failure?.Code);
        Assert.Equal("measures.order-too-long", (await orders.ActAsync(order.MeasureId, "issue", court, With("issue", ("validDays", "1")))).Failure?.Code);
        Assert.Equal("measures.order-no-term", (await orders.ActAsync(order.MeasureId, "issue", court, With("issue", ("validMonths", "0")))).Failure?.Code);
        Assert.True((await orders.ActAsync(order.MeasureId, "issue", court)).IsOk);
        Assert.Equal("measures.order-address-in-copy", (await orders.ActAsync(order.MeasureId, "serve", court, With("serve", ("addressLeftOut", "no")))).Failure?.Code);
        Assert.Equal("measures.order-not-all-served", (await orders.ActAsync(order.MeasureId, "serve", court, With("serve", ("servedTo", new[] { "applicant" })))).Failure?.Code);

        // Numbers are one whatever the brackets; another order may not have it.
        var (_, other, _, otherCourt) = await orders.OrderAsync("filed");
        fields["number"] = "(2026)皖0104民保令[9001]号";
        Assert.Equal("measures.number-taken", (await orders.ActAsync(other.MeasureId, "accept", otherCourt, fields)).Failure?.Code);
        Assert.NotEqual(Guid.Empty, alarm.CaseId);
    }

    [Fact]
    public async Task Breach_MakesTheCaseClass1_TellsPoliceAndCourt_AndEndsWithAnAnswer()
    {
        var (alarm, order, federation, court) = await orders.OrderAsync("served");
        Assert.NotEqual(1, await ClassAsync(alarm.CaseId));
        Assert.Equal("measures.order-before", (await orders.ActAsync(order.MeasureId, "breach", federation, With("breach", ("breachAt", orders.Letters.Local(app.Clock.GetUtcNow().AddDays(-2)))))).Failure?.Code);
        Assert.Equal("measures.not-from-here", (await orders.ActAsync(order.MeasureId, "sanction", court)).Failure?.Code);

        var follow = (await orders.OpenAsync(alarm.CaseId, "protection-order-follow-up"))!;
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await orders.DoneAsync(follow, federation, "breach", new { notes = "对方到单位堵门", called110 = "yes" })).IsOk);

        Assert.Equal(1, await ClassAsync(alarm.CaseId));
        Assert.Contains("breach", (await orders.ReadAsync(order.MeasureId)).Overlays);
        Assert.Equal(await UnitAsync(Orders.Station), (await orders.OpenAsync(alarm.CaseId, "protection-order-breach"))!.OwnerUnitId);
        Assert.True(await app.QueryAsync(db => db.Timeline.AnyAsync(e => e.CaseId == alarm.CaseId && e.Type == EventTypes.UnitNotified && e.UnitId == court.UnitId, Ct)));
        Assert.NotNull(await orders.OpenAsync(alarm.CaseId, "protection-order-follow-up"));

        Assert.Equal("fine", (await orders.ActAsync(order.MeasureId, "sanction", federation, With("sanction", ("fine", "1001")))).Failure?.Field);
        Assert.Equal("measures.police-or-court", (await orders.ActAsync(order.MeasureId, "unfounded", federation)).Failure?.Code);
        order = (await orders.ActAsync(order.MeasureId, "sanction", federation)).Value;
        Assert.Equal(["sanctioned"], order.Overlays);

        // A second one: no breach. The first stays one.
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await orders.ActAsync(order.MeasureId, "breach", federation);
        order = (await orders.ActAsync(order.MeasureId, "unfounded", await orders.CallerAsync(Orders.Station))).Value;
        Assert.Equal(["sanctioned"], order.Overlays);
        Assert.NotNull(await app.QueryAsync(db => db.Incidents.Where(i => i.CaseId == alarm.CaseId).Select(i => i.OrderBreachedAt).SingleAsync(Ct)));
        Assert.Equal(["issue", "serve", "breach", "sanction", "breach", "unfounded"], (await orders.ActsAsync(order.MeasureId)).Select(a => a.Action));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task Changes_AreAChainOfRulings_ReconsiderationIsOnce_AndDoesNotSuspend()
    {
        var (alarm, order, federation, court) = await orders.OrderAsync("served");
        var first = order.ValidUntil!.Value;
        Assert.True((await orders.ActAsync(order.MeasureId, "ask-reconsideration", federation)).IsOk);
        Assert.Equal("served", (await orders.ReadAsync(order.MeasureId)).State);
        Assert.True((await orders.ActAsync(order.MeasureId, "uphold", court)).IsOk);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("measures.not-from-here", (await orders.ActAsync(order.MeasureId, "ask-reconsideration", federation)).Failure?.Code);

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("measures.order-not-asked-alone", (await orders.ActAsync(order.MeasureId, "ask-change", federation, With("ask-change", ("change", "revoke")))).Failure?.Code);
        Assert.True((await orders.ActAsync(order.MeasureId, "ask-change", federation)).IsOk);
        order = (await orders.ActAsync(order.MeasureId, "extend", court)).Value;
        Assert.Equal(("issued", first.AddMonths(3), "serve"), (order.State, order.ValidUntil!.Value, order.DeadlineKey));
        Assert.NotNull(await orders.OpenAsync(alarm.CaseId, "protection-order-service"));
        app.Time.Advance(TimeSpan.FromMinutes(1));

        // Served anew: who was served with the first ruling does not count.
        Assert.Equal("measures.order-not-all-served", (await orders.ActAsync(order.MeasureId, "serve", court, With("serve", ("servedTo", new[] { "respondent", "station", "committee" })))).Failure?.Code);
        Assert.True((await orders.ActAsync(order.MeasureId, "serve", court)).IsOk);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await orders.ActAsync(order.MeasureId, "vary", court)).IsOk);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        order = (await orders.ActAsync(order.MeasureId, "revoke", court)).Value;
        Assert.Equal(("revoked", false), (order.State, order.IsOpen));
        Assert.Equal(
            ["issue", "serve", "ask-reconsideration", "uphold", "ask-change", "extend", "serve", "vary", "revoke"], (await orders.ActsAsync(order.MeasureId)).Select(a => a.Action));
        Assert.Null(await orders.OpenAsync(alarm.CaseId, "protection-order-follow-up"));

        // Found by the number of each ruling.
        var extension = (await orders.ActsAsync(order.MeasureId)).First(a => a.Action == "extend").Fields["rulingNumber"];
        var (found, _) = await app.WithAsync<MeasureQueries, (IReadOnlyList<MeasureLine>, MeasureCursor?)>(q => q.ListAsync(federation, new MeasureListFilter { Number = extension.Replace('(', '（') }, Ct));
        Assert.Equal(order.MeasureId, Assert.Single(found).MeasureId);
    }

    [Fact]
    public async Task Rejected_MayBeReconsideredWithinFiveDays_AndLeadToAnOrder()
    {
        var (alarm, order, federation, court) = await orders.OrderAsync("accepted");
        order = (await orders.ActAsync(order.MeasureId, "reject", court)).Value;
        Assert.False(order.IsOpen);
        Assert.True((await orders.ActAsync(order.MeasureId, "ask-reconsideration", federation, With("ask-reconsideration", ("askedBy", "applicant")))).IsOk);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        order = (await orders.ActAsync(order.MeasureId, "overturn", federation)).Value;
        Assert.Equal(("issued", true, null), (order.State, order.IsOpen, order.EndedAt));
        Assert.NotNull(await orders.OpenAsync(alarm.CaseId, "protection-order-service"));

        (_, order, federation, court) = await orders.OrderAsync("accepted");
        order = (await orders.ActAsync(order.MeasureId, "reject", court)).Value;
        app.Time.Advance(orders.Rules.DueAt("reconsider", order.IssuedAt!.Value, new DateOnly(2026, 3, 1))!.Value.AddMinutes(2) - app.Clock.GetUtcNow());
        Assert.Equal("measures.order-too-late", (await orders.ActAsync(order.MeasureId, "ask-reconsideration", federation)).Failure?.Code);
    }

    [Fact]
    public async Task Application_IsFiledOnTheOrder_NotByTheDutysForm()
    {
        var (alarm, _, federation, _) = await orders.OrderAsync("drafting");
        var duty = await app.QueryAsync(async db =>
        {
            var map = await app.WithAsync<OrganisationDirectory, OrganisationMap>(o => o.GetAsync(Ct).AsTask());
            var help = new Duty
            {
                DutyId = Guid.CreateVersion7(), CaseId = alarm.CaseId, Kind = "protection-order-help", OwnerUnitId = map.Find(Orders.Federation)!.UnitId, State = DutyState.Assigned,
                CreatedAt = app.Clock.GetUtcNow(), DueAt = app.Clock.GetUtcNow().AddDays(1), Class = 2, Basis = "test",
            };
            db.Add(help);
            (await db.Cases.SingleAsync(c => c.CaseId == alarm.CaseId, Ct)).OpenDutyCount++;
            await db.SaveChangesAsync(Ct);
            return help;
        });

        Assert.Equal("duties.done-by-measure", (await orders.DoneAsync(duty, federation, "filed", new { court = "区法院", inHerPlace = "no" })).Failure?.Code);
        Assert.True((await orders.DoneAsync(duty, federation, "declined", new { })).IsOk);
    }

    [Fact]
    public async Task RandomHistories_FollowTheTable_AndLeaveOneWhoActsNext()
    {
        Caller[] callers = [await orders.CallerAsync(Orders.Federation), await orders.CallerAsync(Orders.Court), await orders.CallerAsync(Orders.Station), await orders.CallerAsync("340103-court")];
        string[] actions = [.. orders.Kind.Rows.Where(r => r.From.Count > 0).Select(r => r.Action).Distinct()];
        string[] onwards = ["file", "accept", "issue", "serve", "verify", "breach", "sanction", "ask-change", "extend", "feedback"];
        var move = Gen.Select(Gen.Int[-onwards.Length, actions.Length - 1], Gen.Int[0, callers.Length - 1], Gen.Int[0, 4].Select(i => new[] { 1, 1, 30, 60 * 24, 60 * 24 * 40 }[i]));
        await Gen.Select(move.Array[8, 24], Gen.Int[1, 1_000_000]).SampleAsync(
            async (moves, seed) =>
            {
                var alarm = await orders.Letters.ReportAsync(2_000_000 + seed);
                var id = (await orders.BeginAsync(alarm.CaseId, callers[0])).Value.MeasureId;
                foreach (var (action, who, minutes) in moves)
                {
                    var before = await orders.ReadAsync(id);
                    var name = action >= 0 ? actions[action] : onwards.FirstOrDefault(o => orders.Kind.Find(o, before.State) is { } r && MeasureKind.Fits(r, before) && (!r.MayStay || action % 3 == 0)) ?? "feedback";
                    var row = orders.Kind.Find(name, before.State);
                    var caller = callers[action < 0 && row?.Who == MeasureWho.Court ? 1 : action < 0 && name == "verify" ? 2 : action < 0 ? 0 : who];
                    var result = await orders.ActAsync(id, name, caller, version: before.Version);
                    if (result.IsOk)
                    {
                        Assert.True(row is not null && MeasureKind.Fits(row, before) && row.Who != MeasureWho.Platform, name);
                        Assert.NotSame(callers[3], caller);
                    }
                    else if (row is null || !MeasureKind.Fits(row, before))
                    {
                        Assert.Contains(result.Failure!.Code, new[] { "measures.not-from-here", "measures.not-found", "measures.action-unknown" });
                    }

                    app.Time.Advance(TimeSpan.FromMinutes(minutes));
                    await orders.TickAsync();
                    await CheckAsync(alarm.CaseId, id);
                }
            },
            iter: 6, threads: 1);

        async Task CheckAsync(Guid caseId, Guid id)
        {
            var order = await orders.ReadAsync(id);
            await app.CheckCaseAsync(caseId);
            Assert.Equal(orders.Kind.IsOpen(order.State), order.IsOpen);
            Assert.Equal(callers[0].UnitId, order.UnitId);
            var events = await app.QueryAsync(db => db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.Type.StartsWith("order.")).OrderBy(e => e.Sequence)
                .Select(e => new { e.Type, e.Data }).ToListAsync(Ct));
            string? state = null;
            foreach (var data in events.Where(e => e.Type != "order.expiring").Select(e => System.Text.Json.JsonDocument.Parse(e.Data).RootElement))
            {
                var row = orders.Kind.Find(data.GetProperty("action").GetString()!, state);
                Assert.NotNull(row);
                state = row.To == MeasureRow.Stays ? state : row.To;
                Assert.Equal(state, data.GetProperty("to").GetString());
            }

            Assert.Equal(state, order.State);
            var acts = await orders.ActsAsync(id);
            Assert.Equal(Enumerable.Range(0, acts.Count), acts.Select(a => a.Ordinal));
            var inForce = order.State is "issued" or "served";
            Assert.True(!inForce || order.ValidUntil >= orders.Rules.Clock.Zone.DateOf(app.Clock.GetUtcNow()));
            Assert.Equal(inForce, order.NextCheckAt is not null);
            Assert.Equal(order.ValidUntil, await app.QueryAsync(db => db.Incidents.Where(i => i.IncidentId == order.IncidentId).Select(i => i.OrderUntil).SingleAsync(Ct)));
            var open = await app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == caseId && Duty.OpenStates.Contains(d.State)).Select(d => d.Kind).ToListAsync(Ct));
            string? due = order.State switch
            {
                "filed" => "protection-order-acceptance",
                "accepted" => "protection-order-ruling",
                "issued" => "protection-order-service",
                "expired" => "protection-order-feedback",
                "served" => "protection-order-follow-up",
                _ => null,
            };
            if (due is not null)
            {
                Assert.Contains(due, open);
            }

            if (!order.IsOpen)
            {
                Assert.DoesNotContain(open, k => k is "protection-order-acceptance" or "protection-order-ruling" or "protection-order-service" or "protection-order-follow-up" or "protection-order-feedback");
            }
        }
    }

    private Dictionary<string, object> With(string action, params (string Field, object Value)[] changes)
    {
        var fields = orders.For(action);
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return fields;
    }

    private Task<int> ClassAsync(Guid caseId) => app.QueryAsync(db => db.Cases.Where(c => c.CaseId == caseId).Select(c => c.Class).SingleAsync(Ct));

    private Task<Guid> UnitAsync(string code) => app.QueryAsync(db => db.Units.Where(u => u.Code == code).Select(u => u.UnitId).SingleAsync(Ct));
}
