using System.Net;
using System.Net.Http.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Visits;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Visits;

/// <summary>What a grid worker can do with a task, and what stays closed.</summary>
public sealed class FieldTaskTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Community = "340104001002";
    private const string OtherCommunity = "340104001003";

    private static int number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Community)]
    [InlineData(Community + "007")]
    public async Task Task_IsOpenedAndDoneByTheGridWorker(string place)
    {
        var (_, duty) = await ReportAsync();
        using var client = await app.SignInAsync(await GridWorkerAsync(duty, place));

        var link = (await client.GetPageAsync("/")).QuerySelector($"a[href='/tasks/{duty.DutyId}']");
        var page = await client.GetPageAsync($"/tasks/{duty.DutyId}");
        using var incomplete = await client.SubmitAsync(page, "visit", new() { ["outcome"] = "signs", ["field.notes"] = "门口有碎玻璃" });
        using var done = await client.SubmitAsync(page, "visit", new() { ["outcome"] = "safe", ["field.way"] = "passing" });

        Assert.NotNull(link);
        Assert.Equal(HttpStatusCode.BadRequest, incomplete.StatusCode);
        Assert.Equal("门口有碎玻璃", (await incomplete.ReadPageAsync()).QuerySelector("#f-notes")!.TextContent);
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        var now = await app.QueryAsync(db => db.Duties.AsNoTracking().SingleAsync(d => d.DutyId == duty.DutyId, Ct));
        Assert.Equal((DutyState.Done, "safe"), (now.State, now.Outcome));
        Assert.True(await app.QueryAsync(db => db.ReturnVisits.AnyAsync(v => v.DutyId == duty.DutyId && v.OnSite, Ct)));
        Assert.DoesNotContain(duty.DutyId.ToString(), (await client.GetPageAsync("/")).Body!.InnerHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_TellsWhereWhomAndWhen_ButNotTheStory()
    {
        var (n, duty) = await ReportAsync();
        using var client = await app.SignInAsync(await GridWorkerAsync(duty, Community));

        foreach (var path in (string[])["", "?culture=en"])
        {
            var page = await client.GetPageAsync($"/tasks/{duty.DutyId}{path}");
            var text = page.Body!.TextContent;

            Assert.Contains($"走访路{n}号", text, StringComparison.Ordinal);
            Assert.Contains($"受访{n}", text, StringComparison.Ordinal);
            Assert.NotNull(page.QuerySelector("main time"));
            foreach (var secret in (string[])["掐脖子", $"1360000{n:D4}", $"1350000{n:D4}", $"对方{n}", "DV3401", "/cases/", "/duties/"])
            {
                Assert.DoesNotContain(secret, page.DocumentElement.OuterHtml, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Task_OfAnotherPlaceUnitOrRole_IsNotFound()
    {
        var (_, duty) = await ReportAsync();
        var (_, elsewhere) = await ReportAsync(OtherCommunity);
        var workers = new[]
        {
            await GridWorkerAsync(duty, OtherCommunity), await GridWorkerAsync(elsewhere, Community), await GridWorkerAsync(duty, null),
        };

        foreach (var worker in workers)
        {
            using var client = await app.SignInAsync(worker);
            using var answer = await client.GetAsync($"/tasks/{duty.DutyId}", Ct);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.DoesNotContain(duty.DutyId.ToString(), (await client.GetPageAsync("/")).Body!.InnerHtml, StringComparison.Ordinal);
            var refused = await app.Services.GetRequiredService<RecordVisitHandler>().Handle(
                new RecordVisit { DutyId = duty.DutyId, Outcome = "safe", Form = """{"way":"passing"}""" }, CallerOf(worker), Ct);
            Assert.Equal(DutyFailures.NotFound, refused.Failure);
        }

        using var caseworker = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        using var wrongRole = await caseworker.GetAsync($"/tasks/{duty.DutyId}", Ct);
        Assert.Equal(HttpStatusCode.Forbidden, wrongRole.StatusCode);
    }

    [Fact]
    public async Task GridWorker_ReachesNothingElseOfTheCase()
    {
        var (_, duty) = await ReportAsync();
        var other = await app.QueryAsync(db => db.Duties.AsNoTracking().FirstAsync(d => d.CaseId == duty.CaseId && d.OwnerUnitId != duty.OwnerUnitId, Ct));
        using var client = await app.SignInAsync(await GridWorkerAsync(duty, Community));

        foreach (var path in (string[])
        [
            "/cases", $"/cases/{duty.CaseId}", "/board", "/duties", $"/duties/{duty.DutyId}", $"/duties/{other.DutyId}", "/visits", $"/visits/{duty.DutyId}",
            $"/visits/{duty.DutyId}/done", $"/cases/{duty.CaseId}/contacts", "/messages", "/api/v1/cases", $"/api/v1/cases/{duty.CaseId}",
            $"/api/v1/cases/{duty.CaseId}/timeline", "/api/v1/duties", $"/api/v1/duties/{duty.DutyId}", "/api/v1/feed?follow=false",
        ])
        {
            using var answer = await client.GetAsync(path, Ct);
            Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{path}: {answer.StatusCode}");
        }

        using var notOurs = await client.GetAsync($"/tasks/{other.DutyId}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, notOurs.StatusCode);
    }

    [Fact]
    public async Task Draft_OfATask_IsKept()
    {
        var (_, duty) = await ReportAsync();
        using var client = await app.SignInAsync(await GridWorkerAsync(duty, Community));
        var page = await client.GetPageAsync($"/tasks/{duty.DutyId}");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/drafts/{FormDrafts.KeyOf(duty.DutyId)}");
        request.Headers.Add("RequestVerificationToken", page.QuerySelector(".visit-form input[name=__RequestVerificationToken]")!.GetAttribute("value"));
        request.Content = JsonContent.Create(new { edit = 1, fields = new Dictionary<string, string[]> { ["field.notes"] = ["写到一半"] } });
        await request.Content.LoadIntoBufferAsync(Ct);

        using var saved = await client.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.Equal("写到一半", (await client.GetPageAsync($"/tasks/{duty.DutyId}")).QuerySelector("#f-notes")!.TextContent);
    }

    [Theory]
    [InlineData(DutyStep.Return)]
    [InlineData(DutyStep.HandOver)]
    [InlineData(DutyStep.Cancel)]
    [InlineData(DutyStep.Reassign)]
    [InlineData(DutyStep.Verify)]
    public async Task GridWorker_DecidesNothing(DutyStep step)
    {
        var (_, duty) = await ReportAsync();
        var worker = await GridWorkerAsync(duty, Community);

        var result = await app.Services.GetRequiredService<TakeDutyStepHandler>().Handle(
            new TakeDutyStep { DutyId = duty.DutyId, Step = step, Reason = "x", Receiver = "340104-police" }, CallerOf(worker), Ct);

        Assert.Equal("duties.not-allowed", result.Failure?.Code);
        Assert.Equal(duty.Version, (await app.QueryAsync(db => db.Duties.AsNoTracking().SingleAsync(d => d.DutyId == duty.DutyId, Ct))).Version);
    }

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles, RegionCode = worker.RegionCode };

    private async Task<Worker> GridWorkerAsync(Duty duty, string? place)
    {
        var unit = await app.QueryAsync(db => db.Units.Where(u => u.UnitId == duty.OwnerUnitId).Select(u => u.Code).SingleAsync(Ct));
        return await app.Data.CreateWorkerAsync(unit, "网格员", w => w.RegionCode = place, WorkerRole.GridWorker);
    }

    /// <summary>A family of a community that its community office is to look after.</summary>
    private async Task<(int Number, Duty Duty)> ReportAsync(string region = Community)
    {
        var n = Interlocked.Increment(ref number);
        var report = new AlarmReport
        {
            Source = "test-110", SourceId = $"task-{n}", Revision = 1, ReceivedAt = app.Clock.GetUtcNow(), Channel = AlarmChannel.Phone,
            Category = AlarmCategory.DomesticViolence, Summary = "丈夫掐脖子", PoliceOpinion = 2, Location = new ReportedLocation($"走访路{n}号", region, null, null),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = $"受访{n}", Sex = Sex.Female, Phone = $"1360000{n:D4}" },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = $"对方{n}", Sex = Sex.Male, Phone = $"1350000{n:D4}" },
            ],
        };
        var alarm = await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(report, Actor.Platform, Ct);
        return (n, await app.DutyAsync(alarm, "community-notice-visit"));
    }
}
