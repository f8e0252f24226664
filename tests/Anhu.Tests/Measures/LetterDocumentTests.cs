using System.Net;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Documents;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Testing;
using Anhu.Tests.Documents;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Measures;

/// <summary>The papers of a warning letter: which there are when, what stands in them, and who may have them.</summary>
public sealed class LetterDocumentTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private readonly Letters letters = new(app);
    private readonly DocumentDesk desk = app.Services.GetRequiredService<DocumentDesk>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Papers_ComeWithTheStepsOfTheLetter_AndSayWhatIsTheirs()
    {
        var (alarm, letter, officer, leader) = await letters.LetterAsync("under-approval", couple: 801);

        Assert.Equal([LetterDocuments.Request.Id], await OfferedAsync(officer, alarm.CaseId));
        var request = await TextAsync(officer, await IssuedAsync(officer, alarm.CaseId, LetterDocuments.Request, ("opinion", "事实清楚，应当告诫。")));
        Assert.All(["实施殴打", "事实清楚，应当告诫。", "受害人不谅解", "安徽省实施办法第二十条"], words => Assert.Contains(words, request, StringComparison.Ordinal));
        Assert.Equal(("documents.no-subject", "subjectId"), Code(await IssueAsync(officer, alarm.CaseId, LetterDocuments.Letter)));
        Assert.Equal("documents.no-subject", Code(await IssueAsync(officer, alarm.CaseId, LetterDocuments.Request, Guid.CreateVersion7(), ("opinion", "x"))).Code);

        app.Time.Advance(TimeSpan.FromMinutes(1));
        var approved = (await letters.ActAsync(letter.MeasureId, "approve", leader, Letters.Number())).Value;
        Assert.Equal([LetterDocuments.Letter.Id, LetterDocuments.RightsNotice.Id], await OfferedAsync(officer, alarm.CaseId));
        var issued = await IssuedAsync(officer, alarm.CaseId, LetterDocuments.Letter);
        var paper = await TextAsync(officer, issued);
        Assert.All([approved.Number!, "实施殴打", "加害人陈述、受害人陈述", "《中华人民共和国反家庭暴力法》", "一式三份"], words => Assert.Contains(words, paper, StringComparison.Ordinal));
        var row = await app.QueryAsync(db => db.IssuedDocuments.SingleAsync(d => d.IssuedDocumentId == issued, Ct));
        Assert.Equal((alarm.CaseId, (Guid?)letter.MeasureId, (Guid?)letter.IncidentId), (row.CaseId, row.SubjectId, row.IncidentId));

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await letters.ActAsync(letter.MeasureId, "deem-delivered", officer, letters.Refusal())).IsOk);
        Assert.True((await letters.ActAsync(letter.MeasureId, "notify", officer, letters.Notices())).IsOk);
        Assert.Equal([LetterDocuments.Letter.Id, LetterDocuments.Notice.Id, LetterDocuments.RightsNotice.Id, LetterDocuments.Delivery.Id], await OfferedAsync(officer, alarm.CaseId));

        // A notice is no copy.
        var notice = await TextAsync(officer, await IssuedAsync(officer, alarm.CaseId, LetterDocuments.Notice, ("receiver.name", "竹荫里社区居民委员会"), ("asked", "请协助查访。")));
        Assert.All(["竹荫里社区居民委员会", approved.Number!, "请协助查访。"], words => Assert.Contains(words, notice, StringComparison.Ordinal));
        Assert.All(["实施殴打", "双方共同住所", "证据"], words => Assert.DoesNotContain(words, notice, StringComparison.Ordinal));

        var proof = await TextAsync(officer, await IssuedAsync(officer, alarm.CaseId, LetterDocuments.Delivery));
        Assert.All(["拒签", "V-1", "妇女联合会", "综治中心", "派出所领取"], words => Assert.Contains(words, proof, StringComparison.Ordinal));
        var rights = await TextAsync(officer, await IssuedAsync(officer, alarm.CaseId, LetterDocuments.RightsNotice));
        Assert.All(["人身安全保护令", "12338", "临时庇护、法律援助时的书面凭证"], words => Assert.Contains(words, rights, StringComparison.Ordinal));
        Assert.DoesNotContain("实施殴打", rights, StringComparison.Ordinal);

        // The letter's page shows its papers and offers them.
        using var client = await app.SignInAsync(await app.QueryAsync(db => db.Workers.SingleAsync(w => w.Id == officer.WorkerId, Ct)));
        var page = await client.GetPageAsync($"/measures/{letter.MeasureId}");
        Assert.Contains(page.QuerySelectorAll("a").Select(a => a.GetAttribute("href")), href => href == $"/cases/{alarm.CaseId}/documents/new/letter-notice?subject={letter.MeasureId}");
        var number = await app.QueryAsync(db => db.IssuedDocuments.Where(d => d.IssuedDocumentId == issued).Select(d => d.Number).SingleAsync(Ct));
        Assert.Contains(number, page.Body!.TextContent, StringComparison.Ordinal);
        using var made = await client.SubmitAsync(await client.GetPageAsync($"/cases/{alarm.CaseId}/documents/new/letter-notice?subject={letter.MeasureId}"), "issue", new() { ["field.receiver.name"] = "蜀山区妇女联合会" });
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
    }

    [Fact]
    public async Task Papers_AreTheIssuingStations()
    {
        var (alarm, letter, officer, leader) = await letters.LetterAsync("delivered", couple: 802);
        foreach (var (unit, may) in ((string, bool)[])[("340104001-police", true), ("340104002-police", false), ("340104-womens-federation", false), ("340104001-community-office", false)])
        {
            var caller = await letters.CallerAsync(unit);
            var result = await IssueAsync(caller, alarm.CaseId, LetterDocuments.Letter, letter.MeasureId);

            Assert.True(result.IsOk == may, $"{unit}: {result.Failure?.Code}");
        }

        // Withdrawn, there is nothing to be made of it.
        Assert.True((await letters.ActAsync(letter.MeasureId, "withdraw", leader, letters.For("withdraw"))).IsOk);
        Assert.Equal("documents.no-subject", Code(await IssueAsync(officer, alarm.CaseId, LetterDocuments.Letter, letter.MeasureId)).Code);
    }

    [Fact]
    public async Task Paper_ThatTellsWhereSheIs_IsRefused()
    {
        var (alarm, letter, officer, _) = await letters.LetterAsync("delivered", couple: 803);
        var victim = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).FirstAsync(Ct));
        await app.QueryAsync(async db =>
        {
            db.ShieldedPlaces.Add(new ShieldedPlace { ShieldedPlaceId = Guid.CreateVersion7(), CaseId = alarm.CaseId, PersonId = victim, Kind = ShieldKind.Address, Value = "望湖城5栋602室", State = ShieldState.Active, RecordedByWorkerId = Guid.Empty, RecordedAt = app.Clock.Now });
            return await db.SaveChangesAsync(Ct);
        });

        Assert.Equal(("documents.tells-place", "asked"), Code(await IssueAsync(officer, alarm.CaseId, LetterDocuments.Notice, letter.MeasureId, ("receiver.name", "社区"), ("asked", "她在望湖城 5 栋 602"))));
        Assert.Equal(("documents.missing", "asked"), Code(await IssueAsync(officer, alarm.CaseId, LetterDocuments.Notice, letter.MeasureId, ("receiver.name", "社区"))));
    }

    private static (string Code, string? Field) Code(Result<Guid> result) => (result.Failure?.Code ?? "ok", result.Failure?.Field);

    /// <summary>Kinds about letters that the case's page offers.</summary>
    private async Task<IReadOnlyList<string>> OfferedAsync(Caller caller, Guid caseId) =>
        [.. (await desk.OfCaseAsync(caller, caseId, Ct))!.MayIssue.Where(k => k.About == DocumentAbout.Subject && k.Id.Contains("letter", StringComparison.Ordinal)).Select(k => k.Id)];

    private Task<Result<Guid>> IssueAsync(Caller caller, Guid caseId, DocumentKind kind, params (string Field, string Text)[] answers) => IssueAsync(caller, caseId, kind, null, answers);

    private Task<Result<Guid>> IssueAsync(Caller caller, Guid caseId, DocumentKind kind, Guid? subject, params (string Field, string Text)[] answers) => desk.IssueAsync(
        caller,
        new IssueDocument { CaseId = caseId, Kind = kind.Id, SubjectId = subject, BaseAddress = "https://anhu.example", Answers = answers.ToDictionary(a => a.Field, a => (string?)a.Text) }, Ct);

    private async Task<Guid> IssuedAsync(Caller caller, Guid caseId, DocumentKind kind, params (string Field, string Text)[] answers)
    {
        var result = await IssueAsync(caller, caseId, kind, answers);
        Assert.True(result.IsOk, $"{kind.Id}: {result.Failure?.Code} {result.Failure?.Field}");
        return result.Value;
    }

    /// <summary>The words of the Word file without spaces and line ends.</summary>
    private async Task<string> TextAsync(Caller caller, Guid id)
    {
        var file = (await app.Services.GetRequiredService<DocumentArchive>().FileAsync(caller, id, DocumentFileKind.Docx, Ct))!;
        using var word = DocumentFormat.OpenXml.Packaging.WordprocessingDocument.Open(new MemoryStream(file.Content), false);
        return word.MainDocumentPart!.Document!.InnerText;
    }
}
