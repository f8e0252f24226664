using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Modules.Measures;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Measures;

/// <summary>Pages and API of measures.</summary>
public sealed class MeasurePageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private readonly Letters letters = new(app);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Officer_DraftsOnTheCaseFile_AndALeaderApproves()
    {
        var alarm = await letters.ReportAsync();
        var worker = await app.Data.CreateWorkerAsync(Letters.Station);
        using var officer = await app.SignInAsync(worker);
        using var leader = await app.SignInAsync(await app.Data.CreateWorkerAsync(Letters.Station, roles: WorkerRole.Supervisor));
        var file = await officer.GetPageAsync($"/cases/{alarm.CaseId}");
        Assert.NotNull(file.QuerySelector($"a[href='/cases/{alarm.CaseId}/measures/new?kind=warning-letter&action=propose']"));

        using var begun = await officer.SubmitAsync(await officer.GetPageAsync($"/cases/{alarm.CaseId}/measures/new"), "propose");
        Assert.Equal(HttpStatusCode.Redirect, begun.StatusCode);
        var form = begun.Headers.Location!.ToString();
        var letter = form.Split('/')[^2];
        using var empty = await officer.SubmitAsync(await officer.GetPageAsync(form), "act", new() { ["field.facts"] = "已经写好的" });
        var again = await empty.ReadPageAsync();
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.NotNull(again.QuerySelector("#f-evidence-error"));
        Assert.Equal("已经写好的", again.QuerySelector("#f-facts")!.TextContent);
        var drafted = await letters.ActAsync(Guid.Parse(letter), "edit", new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles }, letters.Draft());
        Assert.True(drafted.IsOk, drafted.Failure?.Code);
        using var denied = await officer.SubmitAsync(await officer.GetPageAsync(form), "act", new() { ["field.admits"] = "no" });
        Assert.Equal(HttpStatusCode.BadRequest, denied.StatusCode);
        Assert.NotNull((await denied.ReadPageAsync()).QuerySelector("#f-evidence-error"));
        using var submitted = await officer.SubmitAsync(await officer.GetPageAsync(form), "act");
        Assert.Equal(HttpStatusCode.Redirect, submitted.StatusCode);

        // The officer is offered nothing more; the leader is.
        Assert.Null((await officer.GetPageAsync($"/measures/{letter}")).QuerySelector($"a[href='/measures/{letter}/approve']"));
        var page = await leader.GetPageAsync($"/measures/{letter}");
        Assert.NotNull(page.QuerySelector($"a[href='/measures/{letter}/approve']"));
        Assert.Contains("受害人不谅解", page.Body!.TextContent, StringComparison.Ordinal);
        var number = $"合公告诫字〔2026〕{Guid.CreateVersion7():N}号";
        using var approved = await leader.SubmitAsync(await leader.GetPageAsync($"/measures/{letter}/approve"), "act", new() { ["field.number"] = number });
        Assert.Equal(HttpStatusCode.Redirect, approved.StatusCode);
        var list = await officer.GetPageAsync($"/measures?number={Uri.EscapeDataString(number)}");
        Assert.NotNull(list.QuerySelector($"a[href='/measures/{letter}']"));
        Assert.Contains(number, (await officer.GetPageAsync($"/cases/{alarm.CaseId}")).Body!.TextContent, StringComparison.Ordinal);

        var duty = (await letters.OpenAsync(alarm.CaseId, "letter-delivery"))!;
        Assert.NotNull((await officer.GetPageAsync($"/duties/{duty.DutyId}")).QuerySelector($"a[href='/measures/of-duty/{duty.DutyId}']"));
        using var led = await officer.GetAsync($"/measures/of-duty/{duty.DutyId}", Ct);
        Assert.EndsWith($"/measures/{letter}", led.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_GoesOnOverPages_SoonestFirst()
    {
        var (_, letter, officer, _) = await letters.LetterAsync("under-approval");
        var seen = new List<MeasureLine>();
        MeasureCursor? after = null;
        do
        {
            (var page, after) = await app.WithAsync<MeasureQueries, (IReadOnlyList<MeasureLine>, MeasureCursor?)>(q => q.ListAsync(officer, new MeasureListFilter { UnitId = officer.UnitId, After = after }, Ct));
            seen.AddRange(page);
        }
        while (after is not null);

        Assert.Contains(seen, l => l.MeasureId == letter.MeasureId);
        Assert.Equal(seen.Select(l => l.DueAt ?? DateTimeOffset.MaxValue).Order(), seen.Select(l => l.DueAt ?? DateTimeOffset.MaxValue));
        var last = new MeasureCursor(letter.DueAt!.Value, letter.MeasureId);
        var (rest, _) = await app.WithAsync<MeasureQueries, (IReadOnlyList<MeasureLine>, MeasureCursor?)>(q => q.ListAsync(officer, new MeasureListFilter { After = MeasureCursor.Parse(last.ToString()) }, Ct));
        Assert.DoesNotContain(rest, l => l.MeasureId == letter.MeasureId || l.DueAt < letter.DueAt);
    }

    [Fact]
    public async Task Api_ReadsAndActs_ByVersion()
    {
        var alarm = await letters.ReportAsync();
        using var officer = await app.SignInAsync(await app.Data.CreateWorkerAsync(Letters.Station));
        using var stranger = await app.SignInAsync(await app.Data.CreateWorkerAsync("340103001-police"));

        using var begun = await officer.PostAsJsonAsync($"/api/v1/cases/{alarm.CaseId}/measures", new { kind = "warning-letter" }, Ct);
        Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
        var path = begun.Headers.Location!.ToString();
        var etag = begun.Headers.ETag!.Tag;
        using (var wrong = await officer.PostAsJsonAsync($"{path}/submit", new { fields = new { admits = "no" } }, Ct))
        {
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
            Assert.Contains("relation", await wrong.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        using (var unknown = await officer.PostAsJsonAsync($"/api/v1/cases/{alarm.CaseId}/measures", new { kind = "banishment" }, Ct))
        {
            Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        }

        using (var early = await officer.PostAsJsonAsync($"{path}/deliver", new { fields = letters.Delivery() }, Ct))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, early.StatusCode);
        }

        using var submit = new HttpRequestMessage(HttpMethod.Post, $"{path}/submit") { Content = JsonContent.Create(new { fields = letters.Draft() }) };
        submit.Headers.TryAddWithoutValidation("If-Match", etag);
        using var submitted = await officer.SendAsync(submit, Ct);
        Assert.Equal(HttpStatusCode.OK, submitted.StatusCode);
        using var late = new HttpRequestMessage(HttpMethod.Post, $"{path}/drop") { Content = JsonContent.Create(new { fields = new { reason = "x" } }) };
        late.Headers.TryAddWithoutValidation("If-Match", etag);
        using var refused = await officer.SendAsync(late, Ct);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        var read = await officer.GetFromJsonAsync<JsonElement>(path, Ct);
        Assert.Equal("under-approval", read.GetProperty("measure").GetProperty("state").GetString());
        var listed = await officer.GetFromJsonAsync<JsonElement>($"/api/v1/cases/{alarm.CaseId}/measures", Ct);
        Assert.Equal(1, listed.GetProperty("items").GetArrayLength());
        foreach (var hidden in new[] { path, $"/api/v1/cases/{alarm.CaseId}/measures" })
        {
            using var answer = await stranger.GetAsync(hidden, Ct);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Community_SeesNoLetter_AndHearsOfItByTheNoticeOnly()
    {
        var (alarm, letter, _, _) = await letters.LetterAsync("monitoring");
        using var office = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-community-office"));

        using var answer = await office.GetAsync($"/measures/{letter.MeasureId}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);

        Assert.True(await app.QueryAsync(db => db.Timeline.AnyAsync(e => e.CaseId == alarm.CaseId && e.Type == "unit.notified" && e.Data.Contains("letter-issued"), Ct)));
    }
}
