using System.Net;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.DataRequests;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Audit;

/// <summary>Who looks at what is on the record before it is shown.</summary>
public sealed class ViewLogTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AccessGrants Grants => app.Services.GetRequiredService<AccessGrants>();

    [Fact]
    public async Task CaseFile_IsRecorded_WithWhoHowMuchAndWhy()
    {
        var alarm = await app.SubmitAlarmAsync();
        var worker = await app.Data.CreateWorkerAsync("340104001-police");
        using var client = await app.SignInAsync(worker);
        await client.GetPageAsync($"/cases/{alarm.CaseId}");
        var above = await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor);
        using var supervisor = await app.SignInAsync(above);
        await supervisor.GetPageAsync($"/cases/{alarm.CaseId}");
        Assert.True((await Grants.StateAsync(CallerOf(above), alarm.CaseId, AccessReason.Complaint, "来信", Ct)).IsOk);
        await supervisor.GetPageAsync($"/cases/{alarm.CaseId}");

        var views = await ViewsAsync(v => v.CaseId == alarm.CaseId);

        Assert.All(views, v => Assert.Equal(ViewTypes.Case, v.Type));
        Assert.Equal([worker.Id, above.Id, above.Id], views.Select(v => v.WorkerId!.Value));
        Assert.Equal([worker.UnitId, above.UnitId, above.UnitId], views.Select(v => v.UnitId));
        Assert.Equal(["full", "card", "full"], views.Select(v => Text(v, "view")));
        Assert.Equal(["working", "above", "above"], views.Select(v => Text(v, "tie")));
        Assert.Equal([null, null, "purpose"], views.Select(v => Text(v, "leave")));
        Assert.Equal([null, null, "complaint"], views.Select(v => Text(v, "why")));
        Assert.All(views, v => Assert.Equal("127.0.0.1", Text(v, "from")?.Replace("::ffff:", "", StringComparison.Ordinal)));
        Assert.DoesNotContain(await app.QueryAsync(db => db.Timeline.Select(e => e.Type).Distinct().ToListAsync(Ct)), t => t.StartsWith(ViewTypes.Prefix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_KeepsItsWordsSealed_AndKnowsTheWorkersOwn()
    {
        var worker = await app.Data.CreateWorkerAsync("340104001-police", displayName: "钱多多");
        await app.Services.GetRequiredService<Conflicts>().DeclareAsync(
            CallerOf(worker), worker.Id, new NewTie(TieKind.Partner, "孙小美", null, "139-8877-6655", null), Ct);
        using var client = await app.SignInAsync(worker);
        foreach (var words in (string[])["赵不见", "钱 多多", "孙小美", "13988776655"])
        {
            using var found = await client.SubmitAsync(await client.GetPageAsync("/cases"), "find", new() { ["Words"] = words });
            await client.GetPageAsync(found.Headers.Location!.ToString());
        }

        var stored = await ViewsAsync(v => v.WorkerId == worker.Id && v.Type == ViewTypes.Search);

        Assert.Equal([false, true, true, true], stored.Select(v => Json(v.Data).TryGetProperty("own", out _)));
        Assert.All(stored, v => Assert.Equal(JsonValueKind.Object, Json(v.Data).GetProperty("words").ValueKind));
        Assert.DoesNotContain("赵不见", string.Concat(stored.Select(v => v.Data)), StringComparison.Ordinal);
        await app.QueryAsync(async db =>
        {
            Assert.Equal("赵不见", Json((await EventTexts.OpenDataAsync(db, [stored[0].Data], Ct))[0]).GetProperty("words").GetString());
            return true;
        });
    }

    [Fact]
    public async Task Guessing_LeavesATrace()
    {
        var alarm = await app.SubmitAlarmAsync();
        var stranger = await app.Data.CreateWorkerAsync("340102001-police");
        using var client = await app.SignInAsync(stranger);
        foreach (var path in (string[])[$"/cases/{alarm.CaseId}", $"/cases/{Guid.NewGuid()}", $"/duties/{Guid.NewGuid()}", "/security/second-step"])
        {
            using var answer = await client.GetAsync(path, Ct);
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        }

        var refused = await ViewsAsync(v => v.WorkerId == stranger.Id && v.Type == ViewTypes.Refused);

        // The last names nobody's record.
        Assert.Equal(3, refused.Count);
        Assert.All(refused, v => Assert.Null(v.CaseId));
        Assert.Contains(refused, v => Text(v, "path") == $"/cases/{alarm.CaseId}");
    }

    [Fact]
    public async Task Printing_IsRecorded()
    {
        var alarm = await app.SubmitAlarmAsync();
        var worker = await app.Data.CreateWorkerAsync("340104001-police");
        using var client = await app.SignInAsync(worker);
        using var stranger = await app.SignInAsync(await app.Data.CreateWorkerAsync("340102001-police"));

        using var printed = await client.PostAsync($"/cases/{alarm.CaseId}/printed", null, Ct);
        using var refused = await stranger.PostAsync($"/cases/{alarm.CaseId}/printed", null, Ct);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (printed.StatusCode, refused.StatusCode));
        Assert.Equal(worker.Id, Assert.Single(await ViewsAsync(v => v.CaseId == alarm.CaseId && v.Type == ViewTypes.Print)).WorkerId);
    }

    [Fact]
    public async Task GridWorker_WhoLivesWhereTheTaskIs_IsNoNosyNeighbour()
    {
        const string Community = "340104001003";
        var alarm = await app.SubmitAlarmAsync(r => r with { Location = new ReportedLocation("走访路3号", Community, null, null), PoliceOpinion = 2 });
        var task = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.Kind == "community-notice-visit")
            .Join(db.Units, d => d.OwnerUnitId, u => u.UnitId, (d, u) => new { d.DutyId, u.Code }).SingleAsync(Ct));
        var grid = await app.Data.CreateWorkerAsync(task.Code, change: w => w.RegionCode = Community, roles: WorkerRole.GridWorker);
        await app.Services.GetRequiredService<Conflicts>().DeclareAsync(CallerOf(grid), grid.Id, new NewTie(TieKind.Self, "网格员", null, "13912312377", null, Community), Ct);
        using var client = await app.SignInAsync(grid);

        await client.GetPageAsync($"/tasks/{task.DutyId}");

        await app.Services.GetRequiredService<ViewDays>().CountAsync(Ct);
        var day = await app.QueryAsync(db => db.ViewDays.AsNoTracking().SingleAsync(d => d.WorkerId == grid.Id, Ct));
        Assert.Equal((1, 0), (day.Cases, day.Neighbours));
    }

    /// <summary>Pages and answers that show nothing of a case.</summary>
    private static readonly string[] ShowNothingOfCases =
    [
        "/profile", "/profile/password", "/profile/two-step", "/profile/passkeys", "/profile/sessions", "/profile/ties", "/workers/{WorkerId:guid}/ties", "/units", "/units/{Code}", "/units/{Code}/roster", "/workers", "/workers/new",
        "/workers/{WorkerId:guid}", "/workers/review", "/rules", "/rules/{Kind}/{Version}", "/alarms/new", "/alarms/new/regions", "/api/v1/units", "/security/second-step", "/security/clients", "/security/clients/{Id}", "/emergency", "/sign-out",
        "/audit/checkpoints", "/access/requests/new", "/documents/templates", "/documents/templates/{kind}",

        // Leads to the page of the duty's letter.
        "/measures/of-duty/{DutyId:guid}",

        // Parts of an open board, which was recorded when it was opened; they hold no names.
        "/board/rows",
    ];

    [Fact]
    public async Task EveryPageAndAnswer_ThatShowsCases_IsRecorded()
    {
        var alarm = await app.SubmitAlarmAsync(r => r with { Location = new ReportedLocation("走访路1号", "340104001002", null, null), PoliceOpinion = 2 });
        var duties = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId).Select(d => new { d.DutyId, d.Kind }).ToListAsync(Ct));
        Guid Duty(string kind) => duties.First(d => d.Kind == kind).DutyId;
        var people = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == alarm.CaseId).Select(p => p.PersonId).ToListAsync(Ct));
        var worker = await app.Data.CreateWorkerAsync("340104-womens-federation", roles: [WorkerRole.CallTaker, WorkerRole.Caseworker, WorkerRole.Supervisor, WorkerRole.DataProtectionOfficer]);
        var report = (await app.SubmitAlarmAsync(r => r with { Channel = AlarmChannel.MandatoryReport })).ReportNumber;
        var task = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.Kind == "community-notice-visit")
            .Join(db.Units, d => d.OwnerUnitId, u => u.UnitId, (d, u) => new { d.DutyId, u.Code }).SingleAsync(Ct));
        var grid = await app.Data.CreateWorkerAsync(task.Code, change: w => w.RegionCode = "340104001002", roles: WorkerRole.GridWorker);
        var officer = await app.Data.CreateWorkerAsync("340104001-police", roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]);
        var letter = (await app.WithAsync<Anhu.Modules.Measures.ActOnMeasureHandler, Anhu.Common.Result<Anhu.Modules.Measures.Measure>>(h => h.Handle(
            new Anhu.Modules.Measures.ProposeMeasure { CaseId = alarm.CaseId, Kind = "warning-letter" }, CallerOf(officer), Ct))).Value.MeasureId;
        using var client = await app.SignInAsync(worker);
        using var officerClient = await app.SignInAsync(officer);
        using var gridClient = await app.SignInAsync(grid);
        var request = $"/access/requests/{await RequestAsync(worker)}";
        var paper = await app.Services.GetRequiredService<Anhu.Modules.Documents.DocumentDesk>().IssueAsync(CallerOf(worker), new()
        {
            CaseId = alarm.CaseId, Kind = "hand-over", BaseAddress = "https://anhu.example",
            Answers = new Dictionary<string, string?> { ["receiver.name"] = "司法局", ["urgency"] = "紧急", ["summary"] = "需要法律援助。", ["needs"] = "法律援助", ["consent"] = "当面同意" },
        }, Ct);
        var photo = (await Evidence.Photos.KeptAsync(app, CallerOf(officer), alarm.CaseId, null)).Id;
        var list = (await app.Services.GetRequiredService<Anhu.Modules.Documents.DocumentDesk>().IssueAsync(CallerOf(officer), new()
        {
            CaseId = alarm.CaseId, Kind = "evidence-list", BaseAddress = "https://anhu.example", Answers = new Dictionary<string, string?> { ["receiver.name"] = "蜀山区人民法院" },
        }, Ct)).Value;
        var places = new Dictionary<string, string>
        {
            ["/documents/{id:guid}/bundle"] = $"/documents/{list}/bundle", ["/api/v1/documents/{id:guid}/bundle"] = $"/api/v1/documents/{list}/bundle",
            ["/cases/{CaseId:guid}/evidence"] = $"/cases/{alarm.CaseId}/evidence", ["/evidence/{Id:guid}"] = $"/evidence/{photo}", ["/evidence/{id:guid}/picture"] = $"/evidence/{photo}/picture",
            ["/api/v1/cases/{id:guid}/evidence"] = $"/api/v1/cases/{alarm.CaseId}/evidence",
            ["/cases/{CaseId:guid}/documents"] = $"/cases/{alarm.CaseId}/documents", ["/cases/{CaseId:guid}/documents/new/{Kind}"] = $"/cases/{alarm.CaseId}/documents/new/hand-over",
            ["/api/v1/cases/{id:guid}/documents"] = $"/api/v1/cases/{alarm.CaseId}/documents", ["/api/v1/cases/{id:guid}/documents/kinds/{kind}"] = $"/api/v1/cases/{alarm.CaseId}/documents/kinds/hand-over",
            ["/api/v1/documents/{id:guid}/{file}"] = $"/api/v1/documents/{paper.Value}/pdf",
            ["/documents/{id:guid}/pdf"] = $"/documents/{paper.Value}/pdf", ["/documents/{id:guid}/docx"] = $"/documents/{paper.Value}/docx", ["/documents/{id:guid}/signature"] = $"/documents/{paper.Value}/signature",
            ["/people/links"] = "/people/links", ["/people/links/history"] = "/people/links/history", ["/people/{PersonId:guid}"] = $"/people/{people[0]}",
            ["/api/v1/people/links"] = "/api/v1/people/links",
            ["/"] = "/", ["/board"] = "/board", ["/cases"] = "/cases", ["/cases/{Id:guid}"] = $"/cases/{alarm.CaseId}", ["/duties"] = "/duties",
            ["/duties/{DutyId:guid}"] = $"/duties/{Duty("phone-return-visit")}", ["/duties/{DutyId:guid}/hand-over"] = $"/duties/{Duty("phone-return-visit")}/hand-over", ["/cases/{CaseId:guid}/sharing"] = $"/cases/{alarm.CaseId}/sharing",
            ["/api/v1/duties/{id:guid}/hand-overs"] = $"/api/v1/duties/{Duty("phone-return-visit")}/hand-overs", ["/api/v1/cases/{id:guid}/consents"] = $"/api/v1/cases/{alarm.CaseId}/consents",
            ["/visits"] = "/visits", ["/scene/{DutyId:guid}"] = $"/scene/{Duty("police-first-contact")}", ["/api/v1/cases/{id:guid}/scene"] = $"/api/v1/cases/{alarm.CaseId}/scene", ["/visits/{DutyId:guid}"] = $"/visits/{Duty("phone-return-visit")}",
            ["/visits/{DutyId:guid}/done"] = $"/visits/{Duty("phone-return-visit")}/done", ["/visits/contacts/{CaseId:guid}"] = $"/visits/contacts/{alarm.CaseId}",
            ["/messages"] = "/messages", ["/messages/{DutyId:guid}"] = $"/messages/{Duty("caring-message")}", ["/cases/{CaseId:guid}/places"] = $"/cases/{alarm.CaseId}/places",
            ["/cases/{CaseId:guid}/leak"] = $"/cases/{alarm.CaseId}/leak", ["/api/v1/cases/{id:guid}/leaks"] = $"/api/v1/cases/{alarm.CaseId}/leaks", ["/access/leaks"] = "/access/leaks",
            ["/measures"] = "/measures", ["/measures/court-notices"] = "/measures/court-notices", ["/measures/{MeasureId:guid}"] = $"/measures/{letter}", ["/measures/{MeasureId:guid}/{Action}"] = $"/measures/{letter}/edit",
            ["/cases/{CaseId:guid}/measures/new"] = $"/cases/{alarm.CaseId}/measures/new", ["/api/v1/cases/{id:guid}/measures"] = $"/api/v1/cases/{alarm.CaseId}/measures",
            ["/api/v1/measures"] = "/api/v1/measures?number=1&kind=administrative-penalty", ["/api/v1/measures/{id:guid}"] = $"/api/v1/measures/{letter}",
            ["/reports"] = "/reports", ["/reports/{Number}"] = $"/reports/{report}", ["/cases/{CaseId:guid}/report-omissions/new"] = $"/cases/{alarm.CaseId}/report-omissions/new",
            ["/api/v1/mandatory-reports"] = "/api/v1/mandatory-reports", ["/api/v1/mandatory-reports/received"] = "/api/v1/mandatory-reports/received", ["/api/v1/mandatory-reports/{number}"] = $"/api/v1/mandatory-reports/{report}",
            ["/dispositions"] = "/dispositions", ["/dispositions/{DutyId:guid}"] = $"/dispositions/{Duty("police-disposition")}", ["/api/v1/dispositions"] = "/api/v1/dispositions",
            ["/dispositions/letters"] = "/dispositions/letters", ["/dispositions/letters.csv"] = "/dispositions/letters.csv", ["/api/v1/letters/figures"] = "/api/v1/letters/figures",
            ["/api/v1/duties/{id:guid}/disposition"] = $"/api/v1/duties/{Duty("police-disposition")}/disposition",
            ["/access"] = "/access", ["/access/case"] = $"/access/case?number={alarm.CaseNumber}", ["/access/workers/{WorkerId:guid}"] = $"/access/workers/{(await Colleague()).Id}",
            ["/access/unusual"] = "/access/unusual", ["/access/requests"] = "/access/requests", ["/access/retention"] = "/access/retention", ["/access/requests/{DataRequestId:guid}"] = request,
            ["/access/requests/{DataRequestId:guid}/answer"] = $"{request}/answer", ["/access/requests/{id:guid}/answer.json"] = $"{request}/answer.json",
            ["/tasks/{DutyId:guid}"] = $"/tasks/{task.DutyId}", ["/api/v1/cases"] = "/api/v1/cases", ["/api/v1/cases/{id:guid}"] = $"/api/v1/cases/{alarm.CaseId}",
            ["/api/v1/cases/{id:guid}/timeline"] = $"/api/v1/cases/{alarm.CaseId}/timeline", ["/api/v1/people/{id:guid}/history"] = $"/api/v1/people/{people[0]}/history",
            ["/api/v1/duties"] = "/api/v1/duties", ["/api/v1/duties/{id:guid}"] = $"/api/v1/duties/{Duty("phone-return-visit")}", ["/api/v1/feed"] = "/api/v1/feed?follow=false",
        };
        var routes = app.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAuthorizeData>() is not null && e.Metadata.GetMetadata<IAllowAnonymous>() is null
                && (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is not { } methods || methods.Contains("GET")))
            .Select(e => "/" + e.RoutePattern.RawText!.Trim('/')).Distinct().Except(ShowNothingOfCases).Order(StringComparer.Ordinal).ToList();

        Assert.Empty(routes.Except(places.Keys));
        foreach (var route in routes)
        {
            var before = await LastAsync();
            using var answer = await (route.StartsWith("/tasks", StringComparison.Ordinal) ? gridClient : (route.Contains("/bundle", StringComparison.Ordinal) || route.Contains("disposition", StringComparison.Ordinal) || route.Contains("letters", StringComparison.Ordinal)) ? officerClient : client).GetAsync(places[route], Ct);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{route}: {answer.StatusCode}");
            Assert.True(await LastAsync() > before, $"{route} is not recorded.");
        }

        Task<Worker> Colleague() => app.Data.CreateWorkerAsync("340104-womens-federation");
        Task<long> LastAsync() => app.QueryAsync(db => db.Head(Chain.Views).Select(h => h.Sequence).SingleAsync(Ct));
    }

    /// <summary>A request for data that two people have taken and approved.</summary>
    private async Task<Guid> RequestAsync(Worker worker)
    {
        var desk = app.Services.GetRequiredService<DataRequestDesk>();
        var id = (await desk.RecordAsync(
            new RecordDataRequest { SubjectName = "陌生人", SubjectIdNumber = CitizenId.Complete("34010419700102333"), Requester = Requester.Self, Proof = IdentityProof.IdCard }, CallerOf(worker), Ct)).Value;
        var second = await app.Data.CreateWorkerAsync("340104-womens-federation", roles: WorkerRole.Supervisor);
        Assert.True((await desk.DecideAsync(id, true, KnownBy.Nothing, null, CallerOf(second), Ct)).IsOk);
        return id;
    }

    private async Task<List<ViewEvent>> ViewsAsync(System.Linq.Expressions.Expression<Func<ViewEvent, bool>> which) =>
        await app.QueryAsync(db => db.Views.AsNoTracking().Where(which).OrderBy(v => v.Sequence).ToListAsync(Ct));

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    private static JsonElement Json(string data) => JsonDocument.Parse(data).RootElement.Clone();

    private static string? Text(ViewEvent view, string name) => Json(view.Data).TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>What cannot be recorded is not shown.</summary>
public sealed class UnrecordedViewTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Fact]
    public async Task CaseFile_ThatCannotBeRecorded_IsNotShown()
    {
        var alarm = await app.SubmitAlarmAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-police"));
        await app.Services.GetRequiredService<ViewLog>().DisposeAsync();

        foreach (var path in (string[])[$"/cases/{alarm.CaseId}", $"/api/v1/cases/{alarm.CaseId}"])
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.DoesNotContain("王小芳", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }
}
