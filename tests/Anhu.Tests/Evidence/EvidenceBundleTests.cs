using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Documents;
using Anhu.Modules.Evidence;
using Anhu.Modules.Intake;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Measures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Evidence;

/// <summary>The list of evidence and its archive: for the court, and for the respondent.</summary>
public sealed class EvidenceBundleTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Station = "340104001-police";
    private readonly Letters letters = new(app);
    private readonly DocumentDesk desk = app.Services.GetRequiredService<DocumentDesk>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Archive_HoldsAllOriginals_AsTheyWereMade_AndAnybodyCanCheckIt()
    {
        var (alarm, officer) = await CaseAsync(2201);
        var photo = Photos.WithPlace(Photos.Draw(640, 480));
        await KeepAsync(officer, alarm.CaseId, photo, "injury-photos");
        await KeepAsync(officer, alarm.CaseId, Photos.Film(3 * 1024 * 1024), "messages");
        await KeepAsync(officer, alarm.CaseId, Photos.Pdf(), "medical-record");
        var list = await IssuedAsync(officer, alarm.CaseId, EvidenceDocuments.List);

        using var client = await ClientAsync(officer);
        var page = await client.GetPageAsync($"/cases/{alarm.CaseId}/documents");
        Assert.NotNull(page.QuerySelector($"a[href='/documents/{list}/bundle']"));
        Assert.NotNull((await client.GetPageAsync($"/cases/{alarm.CaseId}/evidence")).QuerySelector($"a[href='/cases/{alarm.CaseId}/documents/new/evidence-list']"));
        using var answer = await client.GetAsync($"/documents/{list}/bundle", Ct);
        Assert.Equal(("application/zip", "attachment"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.DispositionType));
        var files = Unpack(await answer.Content.ReadAsByteArrayAsync(Ct));

        // As sha256sum -c does.
        var sums = Encoding.UTF8.GetString(files["SHA256SUMS"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("  ", 2)).ToDictionary(l => l[1], l => l[0]);
        Assert.Equal(files.Keys.Where(n => n != "SHA256SUMS").Order(StringComparer.Ordinal), sums.Keys.Order(StringComparer.Ordinal));
        Assert.All(sums, s => Assert.Equal(s.Value, Convert.ToHexStringLower(SHA256.HashData(files[s.Key]))));
        Assert.Equal(3, files.Keys.Count(n => n.StartsWith("files/", StringComparison.Ordinal)));
        Assert.Contains(files.Values, f => f.AsSpan().SequenceEqual(photo));

        // The signed list on paper and the one for programs tell the same hashes.
        var words = await TextAsync(officer, list);
        var manifest = JsonDocument.Parse(files["manifest.json"]).RootElement;
        Assert.Equal(("anhu-evidence-1", "court"), (manifest.GetProperty("format").GetString(), manifest.GetProperty("edition").GetString()));
        foreach (var file in manifest.GetProperty("files").EnumerateArray())
        {
            Assert.Contains(file.GetProperty("sha256").GetString()!, words, StringComparison.Ordinal);
            Assert.Equal(sums[file.GetProperty("path").GetString()!], file.GetProperty("sha256").GetString());
            Assert.Equal(["made", "received"], file.GetProperty("custody").EnumerateArray().Select(c => c.GetProperty("what").GetString()));
            Assert.False(file.TryGetProperty("id", out _));
        }

        Assert.All(["受伤的部位、形态和程度", "收到并核对", "共3件"], w => Assert.Contains(w, words, StringComparison.Ordinal));

        // Each download stands in the record of each file, and in the views.
        var one = await app.QueryAsync(db => db.EvidenceFiles.Where(f => f.CaseId == alarm.CaseId).Select(f => f.EvidenceFileId).FirstAsync(Ct));
        var custody = (await app.Services.GetRequiredService<EvidenceQueries>().OneAsync(officer, one, Ct))!.Custody;
        Assert.Contains(custody, c => c.What == "handed-on");
        Assert.Contains(custody, c => c.What == "bundle");
    }

    [Fact]
    public async Task RespondentsArchive_HoldsOnlyWhatWasLookedAt_DrawnAnew_AndNamesTheRestByNumber()
    {
        var (alarm, officer) = await CaseAsync(2202);
        await app.QueryAsync(async db =>
        {
            var victim = await db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == Anhu.Modules.Alarms.PartyRole.Victim).Select(p => p.PersonId).FirstAsync(Ct);
            db.ShieldedPlaces.Add(new Anhu.Modules.Shield.ShieldedPlace
            {
                ShieldedPlaceId = Guid.CreateVersion7(), CaseId = alarm.CaseId, PersonId = victim, Kind = Anhu.Modules.Shield.ShieldKind.Address, Value = "望湖城5栋602室",
                State = Anhu.Modules.Shield.ShieldState.Active, RecordedByWorkerId = Guid.Empty, RecordedAt = app.Clock.GetUtcNow(),
            });
            return await db.SaveChangesAsync(Ct);
        });
        var original = Photos.WithPlace(Photos.Draw(320, 240));
        foreach (var (item, content) in ((string, byte[])[])
        [
            ("injury-photos", original), ("messages", Encoding.UTF8.GetBytes("再敢报警就弄死你")), ("messages", Encoding.UTF8.GetBytes("我知道你住望湖城5栋602")), ("medical-record", Photos.Draw(seed: 4)),
            ("witness-statements", Photos.Draw(seed: 5)), ("messages", Photos.Film()), ("scene-photos", Photos.Draw(seed: 6)),
        ])
        {
            await KeepAsync(officer, alarm.CaseId, content, item);
        }

        Assert.Equal("documents.no-subject", (await IssueAsync(officer, alarm.CaseId, EvidenceDocuments.Copy)).Failure?.Code);
        var list = await IssuedAsync(officer, alarm.CaseId, EvidenceDocuments.List);
        foreach (var (given, code, detail) in ((string, string, string?)[])[("9", "evidence.wrong", null), ("一", "evidence.wrong", null), ("3-1", "evidence.wrong", null), ("1、4-5", "evidence.never-given", "4、5")])
        {
            var refused = await IssueAsync(officer, alarm.CaseId, EvidenceDocuments.Copy, ("given", given));
            Assert.Equal((code, "given", detail), (refused.Failure?.Code, refused.Failure?.Field, refused.Failure?.Detail));
        }

        var copy = await IssuedAsync(officer, alarm.CaseId, EvidenceDocuments.Copy, ("given", "1-3，6"));
        var words = await TextAsync(officer, copy);
        Assert.All(["第3号：含有住址", "第4号：涉及医疗信息", "第5号：涉及证人", "第6号：含有无法去除", "第7号：未经逐件审看", "提供2件"], w => Assert.Contains(w, words, StringComparison.Ordinal));
        Assert.All(["望湖城", "就诊材料", "证言", "现场照片", "收到并核对"], w => Assert.DoesNotContain(w, words, StringComparison.Ordinal));
        using var client = await ClientAsync(officer);
        var bytes = await client.GetByteArrayAsync($"/api/v1/documents/{copy}/bundle", Ct);
        var files = Unpack(bytes);
        Assert.Equal(["files/001", "files/002"], files.Keys.Where(n => n.StartsWith("files/", StringComparison.Ordinal)).Select(n => n[..9]).Order(StringComparer.Ordinal));
        Assert.All(files.Values, f => Assert.DoesNotContain("117.2272", Encoding.Latin1.GetString(f), StringComparison.Ordinal));
        var manifest = Encoding.UTF8.GetString(files["manifest.json"]);
        Assert.All(["caseNumber", "worker", "caption", "custody", "madeAt\":\"2026-03-01T20", "望湖城"], w => Assert.DoesNotContain($"\"{w}\"", manifest, StringComparison.Ordinal));
        Assert.Contains("\"medical\"", manifest, StringComparison.Ordinal);
        Assert.NotEqual(list, copy);
    }

    [Fact]
    public async Task FileThatIsNoLongerWhatItWas_OrWasWithdrawn_StopsTheArchive_AndIsNamed()
    {
        var (alarm, officer) = await CaseAsync(2203);
        var first = await KeepAsync(officer, alarm.CaseId, Photos.Draw(seed: 11), "scene-photos");
        var second = await KeepAsync(officer, alarm.CaseId, Photos.Draw(seed: 12), "injury-photos");
        Assert.Equal("evidence.bundle-empty", (await IssueAsync(officer, (await letters.ReportAsync(2204)).CaseId, EvidenceDocuments.List)).Failure?.Code);
        var list = await IssuedAsync(officer, alarm.CaseId, EvidenceDocuments.List);
        var given = await IssuedAsync(officer, alarm.CaseId, EvidenceDocuments.Copy, ("given", "1"));
        using var client = await ClientAsync(officer);

        await app.QueryAsync(async db =>
        {
            var piece = await db.EvidenceChunks.AsNoTracking().SingleAsync(c => c.EvidenceFileId == second && c.Number == 0, Ct);
            db.EvidenceChunks.Remove(piece);
            await db.SaveChangesAsync(Ct);
            db.ChangeTracker.Clear();
            db.EvidenceChunks.Add(new EvidenceChunk { EvidenceFileId = second, Number = 0, Content = [.. piece.Content[..^1], (byte)~piece.Content[^1]] });
            return await db.SaveChangesAsync(Ct);
        });
        Assert.Equal(("evidence.bundle-altered", "2 伤情照片"), await RefusedAsync(client, list));
        var refused = await IssueAsync(officer, alarm.CaseId, EvidenceDocuments.List);
        Assert.Equal(("evidence.bundle-altered", "2 伤情照片"), (refused.Failure?.Code, refused.Failure?.Detail));
        using (var back = await client.GetAsync($"/documents/{list}/bundle", Ct))
        {
            Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        }

        Assert.Contains("2 伤情照片", (await client.GetPageAsync($"/cases/{alarm.CaseId}/documents")).Body!.TextContent, StringComparison.Ordinal);

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await app.Services.GetRequiredService<EvidenceDesk>().WithdrawAsync(officer, first, "放错个案", Ct)).IsOk);
        Assert.Equal(("evidence.bundle-withdrawn", "1"), await RefusedAsync(client, list));
        Assert.Equal(("evidence.bundle-withdrawn", "1"), await RefusedAsync(client, given));
        Assert.True((await desk.WithdrawAsync(officer, list, "重做", Ct)).IsOk);
        Assert.Equal("documents.ended", (await RefusedAsync(client, list)).Code);
        Assert.Equal(0, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == alarm.CaseId && e.Type == EvidenceDesk.HandedOn, Ct)));
    }

    [Fact]
    public async Task Bundles_AreForPoliceProcuratorateAndCourt_OnceForEachClick()
    {
        var (alarm, officer) = await CaseAsync(2205);
        await KeepAsync(officer, alarm.CaseId, Photos.Draw(seed: 21), "scene-photos");
        var id = Guid.CreateVersion7();
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.IssueAsync(officer, Wish(alarm.CaseId, EvidenceDocuments.List, [("receiver.name", "法院")]) with { DocumentId = id }, Ct)));
        Assert.All(both, b => Assert.Equal(id, b.Value));
        Assert.Equal(1, await app.QueryAsync(db => db.IssuedDocuments.CountAsync(d => d.CaseId == alarm.CaseId, Ct)));

        foreach (var (unit, may) in ((string, bool)[])[(Station, true), ("340104-womens-federation", false), ("340104001-community-office", false), ("340103001-police", false)])
        {
            using var client = await ClientAsync(await letters.CallerAsync(unit));
            using var answer = await client.GetAsync($"/api/v1/documents/{id}/bundle", Ct);
            Assert.Equal(may ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Equal(1, await app.QueryAsync(db => db.Views.CountAsync(v => v.CaseId == alarm.CaseId && v.Type == ViewTypes.Evidence && v.Data.Contains("bundle"), Ct)));

        // Two take it at once; a paper without files has none.
        using var one = await ClientAsync(officer);
        var archives = await Task.WhenAll(one.GetByteArrayAsync($"/api/v1/documents/{id}/bundle", Ct), one.GetByteArrayAsync($"/api/v1/documents/{id}/bundle", Ct));
        Assert.Equal(archives[0], archives[1]);
        var other = await desk.IssueAsync(officer, Wish(alarm.CaseId, CaseDocumentSource.AlarmCertificate, [("summary", "被打。"), ("handling", "已处理。")]), Ct);
        using var none = await one.GetAsync($"/api/v1/documents/{other.Value}/bundle", Ct);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private static Dictionary<string, byte[]> Unpack(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        return zip.Entries.ToDictionary(e => e.FullName, e =>
        {
            using var content = new MemoryStream();
            using var from = e.Open();
            from.CopyTo(content);
            return content.ToArray();
        });
    }

    private static async Task<(string? Code, string? Detail)> RefusedAsync(HttpClient client, Guid id)
    {
        using var answer = await client.GetAsync($"/api/v1/documents/{id}/bundle", Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        var words = problem.GetProperty("detail").GetString()!;
        return (problem.GetProperty("code").GetString(), words.Contains("2 伤情照片", StringComparison.Ordinal) ? "2 伤情照片" : words.Contains("第1号", StringComparison.Ordinal) ? "1" : null);
    }

    private static IssueDocument Wish(Guid caseId, DocumentKind kind, (string Field, string Text)[] answers) =>
        new() { CaseId = caseId, Kind = kind.Id, BaseAddress = "https://anhu.example", Answers = answers.ToDictionary(a => a.Field, a => (string?)a.Text) };

    private async Task<(AlarmReceipt Alarm, Caller Officer)> CaseAsync(int couple) => (await letters.ReportAsync(couple), await letters.CallerAsync(Station));

    private async Task<HttpClient> ClientAsync(Caller caller) => await app.SignInAsync(await app.QueryAsync(db => db.Workers.SingleAsync(w => w.Id == caller.WorkerId, Ct)));

    private async Task<Guid> KeepAsync(Caller caller, Guid caseId, byte[] content, string item)
    {
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var command = Photos.Of(content, caseId, null, item, app.Clock.GetUtcNow());
        var kept = await Photos.SendAsync(app, caller, content, command);
        Assert.True(kept.IsOk, kept.Failure?.Code);
        return command.Id;
    }

    private Task<Result<Guid>> IssueAsync(Caller caller, Guid caseId, DocumentKind kind, params (string Field, string Text)[] answers) =>
        desk.IssueAsync(caller, Wish(caseId, kind, [("receiver.name", "合肥市蜀山区人民法院"), .. answers]), Ct);

    private async Task<Guid> IssuedAsync(Caller caller, Guid caseId, DocumentKind kind, params (string Field, string Text)[] answers)
    {
        var result = await IssueAsync(caller, caseId, kind, answers);
        Assert.True(result.IsOk, $"{kind.Id}: {result.Failure?.Code} {result.Failure?.Field} {result.Failure?.Detail}");
        return result.Value;
    }

    private async Task<string> TextAsync(Caller caller, Guid id)
    {
        var file = (await app.Services.GetRequiredService<DocumentArchive>().FileAsync(caller, id, DocumentFileKind.Docx, Ct))!;
        using var word = DocumentFormat.OpenXml.Packaging.WordprocessingDocument.Open(new MemoryStream(file.Content), false);
        return word.MainDocumentPart!.Document!.InnerText;
    }
}
