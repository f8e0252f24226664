using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Clients;
using Anhu.Modules.Intake;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Measures;

/// <summary>What a court's system reports of protection orders.</summary>
public sealed class CourtNoticeTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private readonly Orders orders = new(app);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Notices_AreIdempotent_ConflictsAreNamed_AndMistakesByField()
    {
        var (_, order, _, _) = await orders.OrderAsync("filed");
        using var court = await SystemAsync(Orders.Court);
        var number = Orders.NewNumber();
        await WithNumberAsync(order, number);
        var accepted = Notice("accepted", number);

        Assert.Equal((HttpStatusCode.Created, "created", "applied"), await PutAsync(court, "a-1", accepted));
        Assert.Equal((HttpStatusCode.OK, "duplicate", "applied"), await PutAsync(court, "a-1", accepted));
        accepted["urgent"] = true;
        using (var conflict = await court.PutAsJsonAsync($"/api/v1/protection-orders/court-test/{number}-a-1", accepted, Ct))
        {
            Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
            Assert.Contains("urgent", await conflict.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        foreach (var (field, value) in new (string, JsonNode?)[]
        {
            ("event", "maybe"), ("caseNumber", " "), ("at", "2999-01-01T00:00:00+08:00"), ("measures", new JsonArray(9)), ("validMonths", -1), ("servedTo", new JsonArray("nobody")), ("colour", "red"),
        })
        {
            var wrong = Notice("issued", number);
            wrong[field] = value;
            using var refused = await court.PutAsJsonAsync("/api/v1/protection-orders/court-test/wrong", wrong, Ct);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(field, await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        using var police = await SystemAsync(Orders.Station);
        using var forbidden = await police.PutAsJsonAsync("/api/v1/protection-orders/court-test/other", Notice("issued", number), Ct);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    [Fact]
    public async Task Notices_InAnyOrder_LeadToTheSameEnd()
    {
        string[] events = ["accepted", "issued", "served", "extended", "revoked"];
        await Gen.Shuffle(events).SampleAsync(
            async order =>
            {
                using var court = await SystemAsync(Orders.Court);
                var (alarm, people) = await CoupleAsync();
                var number = Orders.NewNumber();
                app.Time.Advance(TimeSpan.FromMinutes(10));
                var from = app.Clock.GetUtcNow().AddMinutes(-8);
                foreach (var name in order)
                {
                    var notice = Notice(name, number, from.AddMinutes(Array.IndexOf(events, name)));
                    (notice["applicant"], notice["respondent"]) = (Party(people, PartyRole.Victim), Party(people, PartyRole.Perpetrator));
                    Assert.Equal(HttpStatusCode.Created, (await PutAsync(court, name, notice)).Status);
                }

                var made = await app.QueryAsync(db => db.Measures.AsNoTracking().SingleAsync(m => m.NumberKey == Measure.KeyOf(number), Ct));
                Assert.Equal("revoked", made.State);
                var acts = (await orders.ActsAsync(made.MeasureId)).Select(a => a.Action).ToList();
                Assert.Equal(("issue", "revoke"), (acts[0], acts[^1]));
                Assert.Equal(acts, acts.Distinct());
                Assert.Equal(alarm.CaseId, await app.QueryAsync(db => db.Incidents.Where(i => i.IncidentId == made.IncidentId).Select(i => i.CaseId).SingleAsync(Ct)));
                await app.CheckCaseAsync(alarm.CaseId);
            },
            iter: 6, threads: 1);
    }

    [Fact]
    public async Task OrderThatMatchesNothing_IsKept_AndAPersonJoinsIt()
    {
        using var court = await SystemAsync(Orders.Court);
        var number = Orders.NewNumber();
        var issued = Notice("issued", number);
        issued["applicant"] = new JsonObject { ["name"] = "赵某某" };
        Assert.Equal((HttpStatusCode.Created, "created", "waiting"), await PutAsync(court, "i-1", issued));
        app.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((HttpStatusCode.Created, "created", "waiting"), await PutAsync(court, "s-1", Notice("served", number)));

        var leader = await orders.CallerAsync(Orders.Federation, WorkerRole.Supervisor, WorkerRole.Caseworker);
        var stranger = await orders.CallerAsync("340103-womens-federation", WorkerRole.Supervisor, WorkerRole.Caseworker);
        async Task<List<CourtNotice>> Waiting(Caller who, string? of = null) => [.. (await WaitingAsync(who)).SelectMany(p => p).Where(n => n.OrderKey == Measure.KeyOf(of ?? number))];
        var kept = await Waiting(leader);
        Assert.Equal(["issued", "served"], kept.Select(k => k.Event));
        Assert.Empty(await Waiting(stranger));
        Assert.Empty(await Waiting(await orders.CallerAsync(Orders.Federation)));

        var alarm = await orders.Letters.ReportAsync();
        async Task<Result<CourtNotice>> Join(Caller who, string caseNumber) => await app.WithAsync<CourtNotices, Result<CourtNotice>>(n => n.JoinAsync(kept[0].CourtNoticeId, caseNumber, who, Ct));
        Assert.False((await Join(stranger, alarm.CaseNumber)).IsOk);
        Assert.False((await Join(leader, "DV999")).IsOk);
        Assert.True((await Join(leader, alarm.CaseNumber)).IsOk);
        Assert.Empty(await Waiting(leader));
        var made = await app.QueryAsync(db => db.Measures.AsNoTracking().SingleAsync(m => m.NumberKey == Measure.KeyOf(number), Ct));
        Assert.Equal("served", made.State);
        Assert.NotNull(await orders.OpenAsync(alarm.CaseId, "protection-order-assistance"));

        // Another that concerns nobody here is dismissed: nothing of it is left.
        var foreign = Orders.NewNumber();
        Assert.Equal("waiting", (await PutAsync(court, "x-1", Notice("issued", foreign))).State);
        var other = Assert.Single(await Waiting(leader, foreign));
        Assert.True((await app.WithAsync<CourtNotices, Result<CourtNotice>>(n => n.DismissAsync(other.CourtNoticeId, leader, Ct))).IsOk);
        Assert.Equal("", await app.QueryAsync(db => db.CourtNotices.Where(n => n.CourtNoticeId == other.CourtNoticeId).Select(n => n.Content).SingleAsync(Ct)));
    }

    [Fact]
    public async Task Waiting_ArePagedInTheStore_AndThoseOfOtherCourtsHideNone()
    {
        var map = await app.QueryAsync(db => db.Units.AsNoTracking().Where(u => u.Agency == Agency.Court).ToListAsync(Ct));
        var (own, foreign) = (map.Single(u => u.Code == Orders.Court), map.First(u => u.Code == "340103-court"));
        var now = app.Clock.GetUtcNow();
        CourtNotice Made(Guid unit, int n) => new()
        {
            CourtNoticeId = Guid.CreateVersion7(now.AddMilliseconds(n)), UnitId = unit, Source = "pages", SourceId = $"{unit:N}-{n}", OrderKey = "PAGES", Event = "served", HappenedAt = now, ReceivedAt = now.AddMilliseconds(n),
            Content = $$"""{"event":"served","caseNumber":"pages","at":"2026-01-01T00:00:00+08:00"}""",
        };
        var mine = Enumerable.Range(1100, CourtNotices.PageSize + 3).Select(n => Made(own.UnitId, n)).ToList();
        await app.QueryAsync(async db =>
        {
            db.AddRange([.. Enumerable.Range(0, 1001).Select(n => Made(foreign.UnitId, n)), .. mine]);
            return await db.SaveChangesAsync(Ct);
        });

        var pages = await WaitingAsync(await orders.CallerAsync(Orders.Federation, WorkerRole.Supervisor, WorkerRole.Caseworker));

        Assert.Equal(mine.Select(n => n.SourceId), pages.SelectMany(p => p).Where(n => n.OrderKey == "PAGES").Select(n => n.SourceId));
        Assert.All(pages.SkipLast(1), p => Assert.Equal(CourtNotices.PageSize, p.Count));
        Assert.DoesNotContain(pages.SelectMany(p => p), n => n.UnitId == foreign.UnitId);
    }

    [Fact]
    public async Task NoticeOfASealedCase_AnswersAsOneThatMatchesNothing_AndProtectsAllTheSame()
    {
        using var court = await SystemAsync(Orders.Court);
        var (alarm, people) = await CoupleAsync();
        await app.QueryAsync(async db =>
        {
            var dvCase = await db.Cases.SingleAsync(c => c.CaseId == alarm.CaseId, Ct);
            dvCase.IsSealed = true;
            db.CaseAccess.RemoveRange(db.CaseAccess.Where(a => a.CaseId == alarm.CaseId));
            return await db.SaveChangesAsync(Ct);
        });
        var number = Orders.NewNumber();
        var issued = Notice("issued", number);
        (issued["applicant"], issued["respondent"]) = (Party(people, PartyRole.Victim), Party(people, PartyRole.Perpetrator));

        Assert.Equal((HttpStatusCode.Created, "created", "waiting"), await PutAsync(court, "i-1", issued));

        Assert.Equal("issued", (await app.QueryAsync(db => db.Measures.AsNoTracking().SingleAsync(m => m.NumberKey == Measure.KeyOf(number), Ct))).State);
    }

    /// <summary>All pages that somebody is shown.</summary>
    private async Task<List<List<CourtNotice>>> WaitingAsync(Caller who)
    {
        List<List<CourtNotice>> pages = [];
        Guid? next = null;
        do
        {
            (var page, next) = await app.WithAsync<CourtNotices, (IReadOnlyList<(CourtNotice Notice, CourtNoticeReport)>, Guid?)>(n => n.WaitingAsync(who, next, Ct));
            pages.Add([.. page.Select(p => p.Notice)]);
        }
        while (next is not null);
        return pages;
    }

    private static JsonObject Party(List<ReportedPerson> people, PartyRole role) =>
        new() { ["name"] = people.Find(p => p.Role == role)!.Name, ["idNumber"] = people.Find(p => p.Role == role)!.IdNumber };

    private JsonObject Notice(string name, string number, DateTimeOffset? at = null)
    {
        var notice = new JsonObject { ["event"] = name, ["caseNumber"] = number, ["at"] = (at ?? app.Clock.GetUtcNow()).ToString("yyyy-MM-ddTHH:mm:ssK", System.Globalization.CultureInfo.InvariantCulture) };
        switch (name)
        {
            case "issued":
                (notice["measures"], notice["validMonths"]) = (new JsonArray(1, 4), 6);
                break;
            case "extended":
                (notice["rulingNumber"], notice["validMonths"]) = (Orders.NewNumber("民保更"), 2);
                break;
            case "revoked":
                notice["rulingNumber"] = Orders.NewNumber("民保更");
                break;
            case "served":
                (notice["servedTo"], notice["addressLeftOut"]) = (new JsonArray("applicant", "respondent", "station", "committee"), true);
                break;
        }

        return notice;
    }

    private async Task<(AlarmReceipt Alarm, List<ReportedPerson> People)> CoupleAsync()
    {
        var report = Reports.Of(app, injury: Injury.Minor);
        return (await app.SubmitAsync(report), [.. report.People]);
    }

    /// <summary>The federation has entered the court's number already.</summary>
    private async Task WithNumberAsync(Measure order, string number) => await app.QueryAsync(async db =>
    {
        var tracked = await db.Measures.AsTracking().SingleAsync(m => m.MeasureId == order.MeasureId, Ct);
        (tracked.Number, tracked.NumberKey) = (number, Measure.KeyOf(number));
        return await db.SaveChangesAsync(Ct);
    });

    private static async Task<(HttpStatusCode Status, string Answer, string State)> PutAsync(HttpClient court, string id, JsonObject notice)
    {
        using var answer = await court.PutAsJsonAsync($"/api/v1/protection-orders/court-test/{Uri.EscapeDataString(notice["caseNumber"]!.GetValue<string>())}-{id}", notice, Ct);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return (answer.StatusCode, json.GetProperty("status").GetString()!, json.GetProperty("state").GetString()!);
    }

    private async Task<HttpClient> SystemAsync(string unit)
    {
        var client = app.CreateClient();
        var made = await app.WithAsync<ClientAdministration, Result<ClientCredentials>>(c => c.AddAsync("court", unit, ["duties.write"], Ct));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = made.Value.ClientId, ["client_secret"] = made.Value.Secret,
        });
        using var answer = await client.PostAsync(new Uri("/connect/token", UriKind.Relative), form, Ct);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", json.RootElement.GetProperty("access_token").GetString());
        return client;
    }
}
