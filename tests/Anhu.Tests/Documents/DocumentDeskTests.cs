using System.Net;
using System.Security.Cryptography;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Documents;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Documents;

/// <summary>Documents from the case's page to the check page.</summary>
public sealed class DocumentDeskTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Summary = "报警人称在家中被丈夫殴打。";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Certificate_IsIssuedDownloadedRecordedAndChecked()
    {
        var alarm = await app.SubmitAlarmAsync();
        var officer = await app.Data.CreateWorkerAsync("340104001-police");
        using var client = await app.SignInAsync(officer);

        using var issued = await client.SubmitAsync(await client.GetPageAsync($"/cases/{alarm.CaseId}/documents/new/alarm-certificate"), "issue", Answers());
        Assert.Equal(HttpStatusCode.Redirect, issued.StatusCode);

        var document = await OfCaseAsync(alarm.CaseId);
        Assert.Matches("^WS340104-[0-9]{4}-[0-9]{6}$", document.Number);
        var list = await client.GetPageAsync($"/cases/{alarm.CaseId}/documents");
        Assert.Contains(document.Number, list.Body!.TextContent, StringComparison.Ordinal);

        // The files: named by the number, kept and not shown, recorded before they leave.
        using var pdf = await client.GetAsync($"/documents/{document.IssuedDocumentId}/pdf", Ct);
        var bytes = await pdf.Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal(("attachment", $"{document.Number}.pdf", "application/pdf"), (pdf.Content.Headers.ContentDisposition!.DispositionType, pdf.Content.Headers.ContentDisposition.FileName, pdf.Content.Headers.ContentType!.MediaType));
        Assert.True(pdf.Headers.CacheControl!.NoStore);
        Assert.Equal(document.PdfHash, SHA256.HashData(bytes));
        Assert.True(await app.QueryAsync(db => db.Views.AnyAsync(v => v.Type == ViewTypes.Document && v.CaseId == alarm.CaseId && v.WorkerId == officer.Id && v.Data.Contains(".pdf"), Ct)));

        // The signature stands without the platform.
        var signature = DocumentSignature.Parse(await client.GetStringAsync($"/documents/{document.IssuedDocumentId}/signature", Ct));
        Assert.Null(signature.FaultOf(bytes));
        Assert.Equal("file", signature.FaultOf([.. bytes, 0]));
        Assert.Equal("signature", (signature with { Number = "WS340104-2026-999999" }).FaultOf(bytes));
        Assert.Equal("signature", (signature with { PublicKey = "x" }).FaultOf(bytes));
        Assert.Contains(await app.Services.GetRequiredService<DocumentArchive>().KeysAsync(Ct), k => Convert.ToHexStringLower(SHA256.HashData(k.PublicKey)) == signature.Fingerprint());

        // Anybody with the code sees what it is, and nobody's name.
        using var anyone = app.CreateClient();
        var check = await anyone.GetPageAsync($"/check/{CheckCodes.Grouped(document.CheckCode).ToLowerInvariant()}");
        var text = check.Body!.TextContent;
        Assert.All([document.Number, "报警记录证明", Convert.ToHexStringLower(document.PdfHash), "这份文书有效"], known => Assert.Contains(known, text, StringComparison.Ordinal));
        Assert.All([alarm.CaseNumber, "王小芳", "李大强", "王某", Summary], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Contains("完全一致", (await CompareAsync(anyone, check, document.CheckCode, bytes)).TextContent, StringComparison.Ordinal);
        Assert.Contains("不一致", (await CompareAsync(anyone, check, document.CheckCode, [1, 2, 3])).TextContent, StringComparison.Ordinal);
        foreach (var wrong in (string[])["", "AAAAABBBBBCCCCCDDDDD", "%2e%2e%2f", "x' OR '1'='1", new string('A', 200)])
        {
            Assert.DoesNotContain(document.Number, (await anyone.GetPageAsync($"/check/{Uri.EscapeDataString(wrong)}")).Body!.TextContent, StringComparison.Ordinal);
        }

        // Taken back: the check page says so, and not why.
        using var withdrawn = await client.SubmitAsync(list, $"withdraw-{document.IssuedDocumentId:N}", new() { ["Reason"] = "写错了时间" });
        Assert.Equal(HttpStatusCode.Redirect, withdrawn.StatusCode);
        var after = (await anyone.GetPageAsync($"/check/{document.CheckCode}")).Body!.TextContent;
        Assert.Contains("已被撤回", after, StringComparison.Ordinal);
        Assert.DoesNotContain("写错", after, StringComparison.Ordinal);
        Assert.Equal("documents.ended", (await app.Services.GetRequiredService<DocumentDesk>().WithdrawAsync(CallerOf(officer), document.IssuedDocumentId, "再次", Ct)).Failure!.Code);
    }

    [Fact]
    public async Task Document_ThatTellsWhereSheIs_IsRefusedWithTheField()
    {
        var alarm = await app.SubmitAlarmAsync();
        var victim = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).FirstAsync(Ct));
        await app.QueryAsync(async db =>
        {
            foreach (var (kind, value) in ((ShieldKind, string)[])[(ShieldKind.Address, "黄山路888号望湖城5栋602室"), (ShieldKind.Phone, "13966668888"), (ShieldKind.Shelter, "安心庇护所")])
            {
                db.ShieldedPlaces.Add(new ShieldedPlace { ShieldedPlaceId = Guid.CreateVersion7(), CaseId = alarm.CaseId, PersonId = victim, Kind = kind, Value = value, State = ShieldState.Active, RecordedByWorkerId = Guid.Empty, RecordedAt = app.Clock.Now });
            }

            return await db.SaveChangesAsync(Ct);
        });
        var officer = await app.Data.CreateWorkerAsync("340104001-police");
        var desk = app.Services.GetRequiredService<DocumentDesk>();
        var archive = app.Services.GetRequiredService<DocumentArchive>();
        foreach (var (field, words) in ((string, string)[])
            [("summary", "她现在住在望湖城 5 栋 602"), ("handling", "已送到安心庇护所。"), ("purpose", "电话１３９－６６６６－８８８８"), ("handling", "她住黄山路八百八十八号"), ("summary", "电话1396666\n8888")])
        {
            var result = await desk.IssueAsync(CallerOf(officer), Certificate(alarm.CaseId) with { Answers = new Dictionary<string, string?> { ["summary"] = Summary, ["handling"] = "已处理。", [field] = words } }, Ct);

            Assert.Equal(("documents.tells-place", field), (result.Failure?.Code, result.Failure?.Field));
        }

        Assert.False(await app.QueryAsync(db => db.IssuedDocuments.AnyAsync(d => d.CaseId == alarm.CaseId, Ct)));

        // The page says in which field, and keeps what was typed.
        using var client = await app.SignInAsync(officer);
        using var answer = await client.SubmitAsync(await client.GetPageAsync($"/cases/{alarm.CaseId}/documents/new/alarm-certificate"), "issue", Answers("她在安心庇护所"));
        var page = await answer.Content.ReadAsStringAsync(Ct);
        Assert.Contains("“内容”中含有受保护的地址", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_IsOnlyForThoseWhoMayKnow()
    {
        var alarm = await app.SubmitAlarmAsync();
        var officer = await app.Data.CreateWorkerAsync("340104001-police");
        var desk = app.Services.GetRequiredService<DocumentDesk>();
        var archive = app.Services.GetRequiredService<DocumentArchive>();
        var id = (await desk.IssueAsync(CallerOf(officer), Certificate(alarm.CaseId), Ct)).Value;
        var elsewhere = CallerOf(await app.Data.CreateWorkerAsync("340102001-police"));
        var federation = CallerOf(await app.Data.CreateWorkerAsync("340104-womens-federation"));

        Assert.Null(await archive.FileAsync(elsewhere, id, DocumentFileKind.Pdf, Ct));
        Assert.Null(await desk.OfCaseAsync(elsewhere, alarm.CaseId, Ct));
        Assert.Equal("documents.not-found", (await desk.IssueAsync(elsewhere, Certificate(alarm.CaseId), Ct)).Failure!.Code);
        Assert.Equal("documents.not-found", (await desk.WithdrawAsync(elsewhere, id, "x", Ct)).Failure!.Code);

        // A certificate of the police is the police's.
        Assert.Equal("documents.not-yours", (await desk.IssueAsync(federation, Certificate(alarm.CaseId), Ct)).Failure!.Code);
        Assert.Equal("documents.not-found", (await desk.WithdrawAsync(federation, id, "x", Ct)).Failure!.Code);
        var handOver = await desk.IssueAsync(federation, new IssueDocument
        {
            CaseId = alarm.CaseId, Kind = "hand-over", BaseAddress = "https://anhu.example",
            Answers = new Dictionary<string, string?> { ["receiver.name"] = "蜀山区司法局", ["urgency"] = "紧急", ["summary"] = "需要法律援助。", ["needs"] = "法律援助", ["consent"] = "当面同意" },
        }, Ct);
        Assert.True(handOver.IsOk, handOver.Failure?.Code);

        // What is missing or too long is said by the field.
        var missing = await desk.IssueAsync(federation, new IssueDocument { CaseId = alarm.CaseId, Kind = "hand-over", BaseAddress = "x" }, Ct);
        Assert.Equal(("documents.missing", "receiver.name"), (missing.Failure!.Code, missing.Failure.Field));
        var long_ = await desk.IssueAsync(CallerOf(officer), Certificate(alarm.CaseId) with { Answers = new Dictionary<string, string?> { ["summary"] = new('字', 1001), ["handling"] = "x" } }, Ct);
        Assert.Equal(("documents.too-long", "summary"), (long_.Failure!.Code, long_.Failure.Field));
    }

    [Fact]
    public async Task NewDocument_TakesThePlaceOfTheOld_Once()
    {
        var alarm = await app.SubmitAlarmAsync();
        var officer = CallerOf(await app.Data.CreateWorkerAsync("340104001-police"));
        var desk = app.Services.GetRequiredService<DocumentDesk>();
        var archive = app.Services.GetRequiredService<DocumentArchive>();
        var old = (await desk.IssueAsync(officer, Certificate(alarm.CaseId), Ct)).Value;

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => desk.IssueAsync(officer, Certificate(alarm.CaseId) with { Replaces = old }, Ct)));

        var issued = Assert.Single(both, r => r.IsOk).Value;
        Assert.Equal("documents.ended", Assert.Single(both, r => !r.IsOk).Failure!.Code);
        var rows = await app.QueryAsync(db => db.IssuedDocuments.AsNoTracking().Where(d => d.CaseId == alarm.CaseId).ToListAsync(Ct));
        Assert.Equal((DocumentState.Superseded, (Guid?)issued), (rows.Single(r => r.IssuedDocumentId == old).State, rows.Single(r => r.IssuedDocumentId == old).SupersededByDocumentId));
        Assert.Equal(2, rows.Select(r => r.Number).Distinct().Count());
        Assert.Contains("已由新文书替代", (await app.CreateClient().GetPageAsync($"/check/{rows.Single(r => r.IssuedDocumentId == old).CheckCode}")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CitysTemplate_IsCheckedAndVersioned()
    {
        var administrator = await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.SystemAdministrator);
        using var client = await app.SignInAsync(administrator);
        var page = await client.GetPageAsync("/documents/templates");
        var form = page.QuerySelector("form[enctype] input[name=_handler][value='template-hand-over']")!.Closest("form")!;
        string Field(string name) => form.QuerySelector($"input[name={name}]")!.GetAttribute("value")!;
        async Task<HttpResponseMessage> SendAsync(byte[] file)
        {
            using var body = new MultipartFormDataContent
            {
                { new StringContent(Field("__RequestVerificationToken")), "__RequestVerificationToken" }, { new StringContent("template-hand-over"), "_handler" }, { new StringContent("hand-over"), "Kind" },
                { new ByteArrayContent(file), "File", "x.docx" },
            };
            return await client.PostAsync("/documents/templates", body, Ct);
        }

        using var refused = await SendAsync(TemplateMaker.File(TemplateMaker.Text("{{number}}") + TemplateMaker.Text("现住{{victim.address}}")));
        var words = await refused.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Contains("正文第2段：字段“victim.address”会透露受害人的去向", words, StringComparison.Ordinal);
        using var taken = await SendAsync(ShippedTemplates.All["hand-over"]);
        Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        var templates = app.Services.GetRequiredService<Templates>();
        Assert.Contains(await templates.ListAsync(Ct), l => l.Kind.Id == "hand-over" && !l.IsShipped);
        using var file = await client.GetAsync("/documents/templates/hand-over", Ct);
        Assert.Equal(ShippedTemplates.All["hand-over"], await file.Content.ReadAsByteArrayAsync(Ct));
        Assert.True((await templates.UseShippedAsync(CallerOf(administrator), "hand-over", Ct)).IsOk);
        Assert.Equal("documents.not-yours", (await templates.AddAsync(CallerOf(await app.Data.CreateWorkerAsync("340104001-police")), "hand-over", ShippedTemplates.All["hand-over"], Ct)).Failure!.Code);
    }

    internal static IssueDocument Certificate(Guid caseId) => new()
    {
        CaseId = caseId, Kind = "alarm-certificate", BaseAddress = "https://anhu.example", Answers = new Dictionary<string, string?> { ["summary"] = Summary, ["handling"] = "民警到场制止。" },
    };

    private static Dictionary<string, string?> Answers(string summary = Summary) => new() { ["field.summary"] = summary, ["field.handling"] = "民警到场制止。", ["field.purpose"] = "申请人身安全保护令" };

    private static async Task<AngleSharp.Dom.IElement> CompareAsync(HttpClient client, AngleSharp.Dom.IDocument page, string code, byte[] file)
    {
        var form = page.QuerySelector("form[enctype]")!;
        using var body = new MultipartFormDataContent
        {
            { new StringContent(form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!), "__RequestVerificationToken" }, { new StringContent("compare"), "_handler" }, { new ByteArrayContent(file), "File", "x.pdf" },
        };
        using var answer = await client.PostAsync($"/check/{code}", body, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode} {text}");
        return new AngleSharp.Html.Parser.HtmlParser().ParseDocument(text).Body!;
    }

    private static Caller CallerOf(Modules.Organisation.Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    private Task<IssuedDocument> OfCaseAsync(Guid caseId) => app.QueryAsync(db => db.IssuedDocuments.AsNoTracking().SingleAsync(d => d.CaseId == caseId, Ct));
}

/// <summary>What checks a document from outside.</summary>
public sealed class DocumentCheckTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CheckPage_AskedTooOften_AnswersLater()
    {
        using var anyone = app.CreateClient();
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i <= new Anhu.Web.PrintSettings().ChecksPerMinute && !answers.Contains(HttpStatusCode.TooManyRequests); i++)
        {
            using var answer = await anyone.GetAsync("/check/AAAAABBBBBCCCCCDDDDD", Ct);
            answers.Add(answer.StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        using var elsewhere = await anyone.GetAsync("/safety", Ct);
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
    }

    [Theory]
    [InlineData("ecdsa-p256-sha256")]
    [InlineData("sm2-sm3")]
    public void Signature_OfEitherSuite_StandsByItself(string algorithm)
    {
        byte[] pdf = [1, 2, 3];
        var (own, shown) = AuditSignature.Create(algorithm);
        var (sha, sm3) = (Convert.ToHexStringLower(SHA256.HashData(pdf)), algorithm == "sm2-sm3" ? DocumentSignature.Sm3Of(pdf) : null);
        var at = new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.FromHours(8));
        var made = AuditSignature.Sign(algorithm, own, DocumentSignature.TextOf("WS1", "x", "u", at, sha, sm3));
        var signature = new DocumentSignature(DocumentSignature.FormatName, "WS1", "x", "u", at, sha, sm3, algorithm, Convert.ToBase64String(shown), Convert.ToBase64String(made));

        Assert.Null(DocumentSignature.Parse(signature.ToJson()).FaultOf(pdf));
        Assert.Equal("signature", (signature with { Unit = "v" }).FaultOf(pdf));
        Assert.Equal("signature", (signature with { Algorithm = "none" }).FaultOf(pdf));
        Assert.Throws<FormatException>(() => DocumentSignature.Parse("{}"));
        Assert.Throws<FormatException>(() => DocumentSignature.Parse("x"));
    }

    [Fact]
    public async Task Commands_CheckTemplatesAndDocuments()
    {
        var folder = Directory.CreateTempSubdirectory("anhu-documents-").FullName;
        try
        {
            var (good, bad, pdf, beside) = (Path.Combine(folder, "hand-over.docx"), Path.Combine(folder, "bad.docx"), Path.Combine(folder, "x.pdf"), Path.Combine(folder, "x.json"));
            await File.WriteAllBytesAsync(good, ShippedTemplates.All["hand-over"], Ct);
            await File.WriteAllBytesAsync(bad, TemplateMaker.File(TemplateMaker.Text("{{number}}") + TemplateMaker.Text("{{shelter}}")), Ct);
            var (own, shown) = AuditSignature.Create("ecdsa-p256-sha256");
            var sha = Convert.ToHexStringLower(SHA256.HashData(new byte[] { 1 }));
            await File.WriteAllBytesAsync(pdf, [1], Ct);
            await File.WriteAllTextAsync(beside, new DocumentSignature(
                DocumentSignature.FormatName, "WS1", "x", "u", Samples.At, sha, null, "ecdsa-p256-sha256", Convert.ToBase64String(shown),
                Convert.ToBase64String(AuditSignature.Sign("ecdsa-p256-sha256", own, DocumentSignature.TextOf("WS1", "x", "u", Samples.At, sha, null)))).ToJson(), Ct);

            Assert.Equal(0, (await ProgramRun.OfAsync(["documents", "check", good])).Code);
            var (code, output, _) = await ProgramRun.OfAsync(["documents", "check", bad, "--kind", "hand-over"]);
            Assert.Equal(1, code);
            Assert.Contains("word/document.xml, paragraph 2: The field \"shelter\"", output, StringComparison.Ordinal);
            Assert.Equal(0, (await ProgramRun.OfAsync(["documents", "verify", pdf, "--signature", beside, "--key", Convert.ToHexStringLower(SHA256.HashData(shown))])).Code);
            Assert.Equal(1, (await ProgramRun.OfAsync(["documents", "verify", pdf, "--signature", beside, "--key", "00"])).Code);
            Assert.Equal(1, (await ProgramRun.OfAsync(["documents", "verify", good, "--signature", beside])).Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
