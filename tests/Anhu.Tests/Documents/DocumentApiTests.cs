using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Modules;
using Anhu.Modules.Audit;
using Anhu.Modules.Documents;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Documents;

/// <summary>The API of documents.</summary>
public sealed class DocumentApiTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The command line checks templates without a store, so it has a list of its own: a kind that is in one only would have no template, or none that is checked.</summary>
    [Fact]
    public void Kinds_OfTheCommandLine_AreThoseOfTheProgram()
    {
        var catalog = app.Services.GetRequiredService<DocumentCatalog>();

        Assert.Equal(catalog.All.Select(k => k.Id).Order(StringComparer.Ordinal), DocumentKinds.All.Select(k => k.Id).Order(StringComparer.Ordinal));
        Assert.All(DocumentKinds.All, kind => Assert.Same(catalog.Find(kind.Id), kind));
    }

    [Fact]
    public async Task Document_IsIssuedOnce_ReadAndTakenBack()
    {
        var alarm = await app.SubmitAlarmAsync();
        var worker = await app.Data.CreateWorkerAsync("340104001-police");
        using var officer = await app.SignInAsync(worker);
        using var stranger = await app.SignInAsync(await app.Data.CreateWorkerAsync("340103001-police"));
        var path = $"/api/v1/cases/{alarm.CaseId}/documents";

        var kind = await officer.GetFromJsonAsync<JsonElement>($"{path}/kinds/alarm-certificate", Ct);
        Assert.Contains(kind.GetProperty("inputs").EnumerateArray(), i => i.GetProperty("name").GetString() == "summary" && i.GetProperty("required").GetBoolean());
        var incident = kind.GetProperty("incidentIds")[0].GetGuid();

        // Wrong: each names its field.
        foreach (var (answers, field) in ((object, string)[])[(new { summary = "x" }, "handling"), (new { summary = 5, handling = "x" }, "summary"), (new { summary = new string('字', 1001), handling = "x" }, "summary")])
        {
            using var wrong = await officer.PostAsJsonAsync(path, new { kind = "alarm-certificate", answers }, Ct);
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
            Assert.Contains($"\"{field}\"", await wrong.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        // Twice with one id, also at once: one document.
        var id = Guid.CreateVersion7();
        object Wish(string kindId = "alarm-certificate") => new { id, kind = kindId, incidentId = incident, answers = new Dictionary<string, string> { ["summary"] = "被打。", ["handling"] = "已处理。" } };
        var both = await Task.WhenAll(officer.PostAsJsonAsync(path, Wish(), Ct), officer.PostAsJsonAsync(path, Wish(), Ct));
        Assert.All(both, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(1, await app.QueryAsync(db => db.IssuedDocuments.CountAsync(d => d.CaseId == alarm.CaseId, Ct)));
        var other = await app.SubmitAlarmAsync();
        using (var taken = await officer.PostAsJsonAsync($"/api/v1/cases/{other.CaseId}/documents", new { id, kind = "alarm-certificate", answers = new { summary = "x", handling = "y" } }, Ct))
        {
            Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        }

        var list = await officer.GetFromJsonAsync<JsonElement>(path, Ct);
        Assert.Equal(id, list.GetProperty("items")[0].GetProperty("id").GetGuid());
        Assert.Contains(list.GetProperty("mayIssue").EnumerateArray(), k => k.GetString() == "hand-over");
        using var pdf = await officer.GetAsync($"/api/v1/documents/{id}/pdf", Ct);
        Assert.Equal("application/pdf", pdf.Content.Headers.ContentType!.MediaType);
        Assert.True(await app.QueryAsync(db => db.Views.AnyAsync(v => v.Type == ViewTypes.Document && v.CaseId == alarm.CaseId && v.WorkerId == worker.Id && v.Data.Contains(".pdf"), Ct)));
        foreach (var (client, hidden) in ((HttpClient, string)[])[(stranger, path), (stranger, $"/api/v1/documents/{id}/pdf"), (stranger, $"{path}/kinds/alarm-certificate"), (officer, $"/api/v1/documents/{id}/exe"), (officer, $"/api/v1/documents/{id}/0")])
        {
            using var answer = await client.GetAsync(hidden, Ct);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var notTheirs = await stranger.PostAsJsonAsync($"/api/v1/documents/{id}/withdraw", new { reason = "x" }, Ct);
        using var noReason = await officer.PostAsJsonAsync($"/api/v1/documents/{id}/withdraw", new { reason = " " }, Ct);
        using var withdrawn = await officer.PostAsJsonAsync($"/api/v1/documents/{id}/withdraw", new { reason = "写错了" }, Ct);
        using var again = await officer.PostAsJsonAsync($"/api/v1/documents/{id}/withdraw", new { reason = "写错了" }, Ct);
        Assert.Equal(
            [HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.NoContent, HttpStatusCode.UnprocessableEntity],
            new[] { notTheirs, noReason, withdrawn, again }.Select(a => a.StatusCode));
    }
}
