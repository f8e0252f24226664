using System.Net;
using System.Net.Http.Json;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents;
using Anhu.Modules.Intake;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Testing;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Measures;

/// <summary>The application for a protection order on paper: the court's edition, and the copy that the respondent gets.</summary>
public sealed class OrderDocumentTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private readonly Orders orders = new(app);
    private readonly DocumentDesk desk = app.Services.GetRequiredService<DocumentDesk>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Application_IsRefused_WithAllThatIsMissing_UntilItIsWhole()
    {
        var (alarm, order, federation) = await DraftAsync(2101, fields: null);

        var empty = await IssueAsync(federation, alarm.CaseId, OrderDocuments.Application);
        Assert.Equal("measures.order-incomplete", empty.Failure?.Code);
        Assert.All(["applicantWay", "court", "facts", "serviceAddress", "evidence", "requestMonths"], f => Assert.Contains(orders.Rules.Fields[f].Label.Text, empty.Failure!.Detail, StringComparison.Ordinal));

        // Not without her, not against her, and not to any court.
        foreach (var (change, code, field) in ((Dictionary<string, object>, string, string)[])
        [
            (new() { ["consent"] = "no" }, "measures.order-no-consent", "consent"),
            (new() { ["applicantWay"] = "proxy", ["proxyGround"] = "elderly", ["proxyKind"] = "committee", ["proxyName"] = "社区", ["proxyWish"] = "no" }, "measures.order-against-wish", "proxyWish"),
            (new() { ["applicantWay"] = "proxy", ["proxyGround"] = "coerced", ["proxyKind"] = "civil-affairs", ["proxyName"] = "民政" }, "measures.order-not-a-proxy", "proxyKind"),
            (new() { ["applicantWay"] = "proxy" }, "measures.order-incomplete", "proxyGround"),
            (new() { ["court"] = Orders.Station }, "measures.order-wrong-court", "court"),
            (new() { ["urgent"] = "yes" }, "measures.field-required", "urgentReason"),
            (new() { ["currentAddress"] = "某处" }, "measures.order-address-not-wanted", "currentAddress"),
        ])
        {
            await EditAsync(order, federation, Whole(change));
            var refused = await IssueAsync(federation, alarm.CaseId, OrderDocuments.Application);
            Assert.Equal((code, field), (refused.Failure?.Code, refused.Failure?.Field));
            Assert.Equal(code, (await IssueAsync(federation, alarm.CaseId, OrderDocuments.Copy)).Failure?.Code);
        }

        await EditAsync(order, federation, Whole(new() { ["urgent"] = "no", ["currentAddress"] = "", ["covered"] = "女儿" }));
        var paper = await TextAsync(federation, await IssuedAsync(federation, alarm.CaseId, OrderDocuments.Application));
        Assert.All(["多次被殴打", "禁止实施家庭暴力", "期限6个月", "区妇联转交", "当事人陈述", "请求调取", "本人同意申请", "报警", "女儿"], words => Assert.Contains(words, paper, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Api_GivesTheApplication_WithoutWhereSheIsReached()
    {
        var (_, order, federation) = await DraftAsync(2190, Whole(new() { ["serviceAddress"] = "长江西路77号联系点", ["servicePhone"] = "0551-65551234" }));
        using var client = await app.SignInAsync(await app.QueryAsync(db => db.Workers.SingleAsync(w => w.Id == federation.WorkerId, Ct)));

        using var answer = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync($"/api/v1/measures/{order.MeasureId}", Ct));

        var fields = answer.RootElement.GetProperty("fields").EnumerateObject().Select(f => f.Name).ToList();
        Assert.Contains("requestMonths", fields);
        Assert.Empty(fields.Intersect(["serviceAddress", "servicePhone", "currentAddress"]));
    }

    [Fact]
    public async Task AfterALeak_OnlyItsCircleSeesWhereSheIsReached_AndTakesPapers()
    {
        var (alarm, order, inside) = await DraftAsync(2191, Whole(new() { ["serviceAddress"] = "区妇联转交", ["servicePhone"] = "0551-65551234" }));
        var outside = await orders.CallerAsync(Orders.Federation);
        var paper = await IssuedAsync(inside, alarm.CaseId, OrderDocuments.Application);
        var (archive, measures) = (app.Services.GetRequiredService<DocumentArchive>(), app.Services.GetRequiredService<MeasureQueries>());
        Assert.NotNull(await archive.FileAsync(outside, paper, DocumentFileKind.Pdf, Ct));
        Assert.True((await measures.GetAsync(outside, order.MeasureId, Ct))!.Measure.Fields.ContainsKey("servicePhone"));

        Assert.True((await app.Services.GetRequiredService<Anhu.Modules.Whereabouts.LeakDesk>().ReportAsync(
            new() { CaseId = alarm.CaseId, What = ExposedThing.Home, To = ExposedTo.Stranger, Note = "有人问起她" }, inside, Ct)).IsOk);

        foreach (var (caller, sees) in ((Caller, bool)[])[(inside, true), (outside, false)])
        {
            Assert.Equal(sees, await archive.FileAsync(caller, paper, DocumentFileKind.Pdf, Ct) is not null);
            Assert.Equal(sees, await archive.FileAsync(caller, paper, DocumentFileKind.Docx, Ct) is not null);
            var fields = (await measures.GetAsync(caller, order.MeasureId, Ct))!.Measure.Fields;
            Assert.Equal((sees, sees, true), (fields.ContainsKey("servicePhone"), fields.ContainsKey("serviceAddress"), fields.ContainsKey("facts")));
            Assert.Equal(sees, !string.IsNullOrEmpty((await measures.TextsAsync(caller, order.MeasureId, Ct))!["servicePhone"]));
        }
    }

    [Fact]
    public async Task Copy_TellsNothingOfWhereSheIs_WhoReported_OrWhoSaw()
    {
        var (alarm, order, federation) = await DraftAsync(2102, Whole(new()
        {
            ["facts"] = "张三打了她。刘 春花看见并报警，电话13911112222。后来她住在望湖城5栋602，孩子转到青苹果幼儿园。他三月三日又来堵门，她表姐开的面馆在巷口。",
            ["serviceAddress"] = "长江西路77号联系点", ["servicePhone"] = "0551-65551234", ["places"] = "翠竹园小学、菜市场", ["covered"] = "表姐刘春花",
            ["urgent"] = "yes", ["urgentReason"] = "他去长江西路77号找过她，也去翠竹园小学门口等过。", ["evidence"] = new[] { "statements", "testimony" }, ["evidenceHolders"] = "刘春花",
        }));
        await app.QueryAsync(async db =>
        {
            var stored = await db.AlarmRevisions.Where(r => db.Alarms.Any(a => a.AlarmId == r.AlarmId && a.CaseId == alarm.CaseId)).OrderBy(r => r.Revision).FirstAsync(Ct);
            db.AlarmReporters.Add(new AlarmReporter { AlarmId = stored.AlarmId, Revision = 900, Name = "刘春花", Phone = "13911112222", Relation = "neighbour" });
            return await db.SaveChangesAsync(Ct);
        });
        var victim = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).FirstAsync(Ct));
        foreach (var (kind, value) in ((ShieldKind, string)[])[(ShieldKind.Address, "望湖城5栋602室"), (ShieldKind.School, "青苹果幼儿园")])
        {
            await app.QueryAsync(async db =>
            {
                db.ShieldedPlaces.Add(new ShieldedPlace { ShieldedPlaceId = Guid.CreateVersion7(), CaseId = alarm.CaseId, PersonId = victim, Kind = kind, Value = value, State = ShieldState.Active, RecordedByWorkerId = Guid.Empty, RecordedAt = app.Clock.GetUtcNow() });
                return await db.SaveChangesAsync(Ct);
            });
        }

        // What was shielded after it was written stops the court's edition too: it is written anew, not printed.
        Assert.Equal(("documents.tells-place", "facts"), Code(await IssueAsync(federation, alarm.CaseId, OrderDocuments.Application)));
        Assert.Equal(("measures.order-not-in-text", "leave.out"), Code(await IssueAsync(federation, alarm.CaseId, OrderDocuments.Copy, ("leave.out", "她姨妈家"))));

        var id = await IssuedAsync(federation, alarm.CaseId, OrderDocuments.Copy, ("leave.out", "她表姐开的面馆在巷口\n"));
        var paper = await TextAsync(federation, id);
        Assert.All(["张三打了她", "三月三日又来堵门", "［已隐去］", "证人证言", "申请书载明的未成年子女、近亲属"], words => Assert.Contains(words, paper, StringComparison.Ordinal));
        Assert.All(
            ["春花", "13911112222", "望湖城", "602", "青苹果", "面馆", "巷口", "长江西路", "65551234", "翠竹园", "菜市场", "亲友邻居", "报警回执"],
            words => Assert.DoesNotContain(words, paper, StringComparison.Ordinal));
    }

    /// <summary>However a text is put together of secrets and other words, the copy holds none of them and keeps the rest.</summary>
    [Fact]
    public async Task Copy_HidesEachSecret_WhereverItStands()
    {
        var (alarm, _, _) = await DraftAsync(2103, Whole(new()));
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<Anhu.Data.AnhuDbContext>>().CreateDbContextAsync(Ct);
        (ShieldKind Kind, string Value, string[] Ways)[] secrets =
        [
            (ShieldKind.Address, "黄山路300号望湖城5栋602室", ["望湖城5栋602", "黄山路300号", "望湖城 5 栋 602 室", "望湖城五栋六〇二室"]),
            (ShieldKind.Phone, "13877776666", ["13877776666", "138-7777-6666"]), (ShieldKind.School, "青苹果幼儿园", ["青苹果幼儿园"]),
        ];
        var guard = await Anhu.Modules.Cases.OtherPartyGuard.LoadAsync(db, alarm.CaseId, [.. secrets.Select(s => new ShieldedValue(s.Kind, s.Value, Guid.Empty))], Ct);
        string[] words = ["他又来了，", "她很害怕；", "当晚，", .. secrets.SelectMany(s => s.Ways)];
        (from parts in Gen.Int[0, words.Length - 1].Select(i => words[i]).List[1, 12]
         select parts).Sample(
            parts =>
            {
                var masked = guard.Mask(string.Join("。", parts));
                Assert.False(guard.Tells(masked), masked);
                Assert.All(secrets.SelectMany(s => s.Ways).Append("602").Append("六〇二"), way => Assert.DoesNotContain(way, masked, StringComparison.Ordinal));
                Assert.All(parts.Where(p => p.EndsWith('，') || p.EndsWith('；')), p => Assert.Contains(p, masked, StringComparison.Ordinal));
            },
            iter: 300);
    }

    [Fact]
    public async Task Papers_AreForWhoDraftsAndTheCourt_TheCopyNotForAStation_AndStandOnTheOrdersPage()
    {
        var (alarm, order, federation) = await DraftAsync(2104, Whole(new()));
        var court = await orders.CallerAsync(Orders.Court);
        await orders.StateReasonAsync(court, alarm.CaseId);
        foreach (var (unit, kind, may) in ((string, DocumentKind, bool)[])
        [
            (Orders.Federation, OrderDocuments.Application, true), (Orders.Federation, OrderDocuments.Copy, true), (Orders.Station, OrderDocuments.Application, false),
            (Orders.Station, OrderDocuments.Copy, false), ("340103-womens-federation", OrderDocuments.Application, false), ("340104001-community-office", OrderDocuments.Copy, false),
        ])
        {
            Assert.True((await IssueAsync(await orders.CallerAsync(unit), alarm.CaseId, kind)).IsOk == may, $"{unit} {kind.Id}");
        }

        // On the page, by the form, and through the API.
        using var client = await app.SignInAsync(await app.QueryAsync(db => db.Workers.SingleAsync(w => w.Id == federation.WorkerId, Ct)));
        var page = await client.GetPageAsync($"/measures/{order.MeasureId}");
        var form = $"/cases/{alarm.CaseId}/documents/new/order-application-copy?subject={order.MeasureId}";
        Assert.Contains(page.QuerySelectorAll("a").Select(a => a.GetAttribute("href")), href => href == form);
        using (var made = await client.SubmitAsync(await client.GetPageAsync(form), "issue", new() { ["field.leave.out"] = "多次" }))
        {
            Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        }

        using (var posted = await client.PostAsJsonAsync($"/api/v1/cases/{alarm.CaseId}/documents", new { kind = "order-application", subjectId = order.MeasureId }, Ct))
        {
            Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        }

        await EditAsync(order, federation, Whole(new() { ["evidence"] = Array.Empty<string>(), ["facts"] = "" }));
        using (var refused = await client.PostAsJsonAsync($"/api/v1/cases/{alarm.CaseId}/documents", new { kind = "order-application", subjectId = order.MeasureId }, Ct))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("measures.order-incomplete", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        Assert.True((await orders.ActAsync(order.MeasureId, "drop", federation)).IsOk);
        Assert.Equal("documents.no-subject", Code(await IssueAsync(federation, alarm.CaseId, OrderDocuments.Application)).Code);
    }

    private static (string Code, string? Field) Code(Result<Guid> result) => (result.Failure?.Code ?? "ok", result.Failure?.Field);

    /// <summary>A whole application, with changes.</summary>
    private static Dictionary<string, object> Whole(Dictionary<string, object> changes)
    {
        var fields = new Dictionary<string, object>
        {
            ["applicantWay"] = "self", ["consent"] = "yes", ["court"] = Orders.Court, ["courtPlace"] = "violence-place", ["relation"] = "spouse", ["requests"] = new[] { "no-violence", "no-contact" },
            ["requestMonths"] = "6", ["facts"] = "多次被殴打。", ["serviceAddress"] = "区妇联转交", ["evidence"] = new[] { "statements", "police-records" }, ["evidenceHolders"] = "派出所",
            ["evidenceCollect"] = new[] { "police-records" }, ["respondentAddress"] = "竹荫里",
        };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return fields;
    }

    private async Task<(AlarmReceipt Alarm, Measure Order, Caller Federation)> DraftAsync(int couple, Dictionary<string, object>? fields)
    {
        var federation = await orders.CallerAsync(Orders.Federation);
        var alarm = await orders.Letters.ReportAsync(couple);
        var order = await orders.BeginAsync(alarm.CaseId, federation, "draft", fields);
        Assert.True(order.IsOk, $"{order.Failure?.Code} {order.Failure?.Field}");
        return (alarm, order.Value, federation);
    }

    private async Task EditAsync(Measure order, Caller caller, Dictionary<string, object> fields)
    {
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var edited = await orders.ActAsync(order.MeasureId, "edit", caller, fields);
        Assert.True(edited.IsOk, $"{edited.Failure?.Code} {edited.Failure?.Field}");
    }

    private Task<Result<Guid>> IssueAsync(Caller caller, Guid caseId, DocumentKind kind, params (string Field, string Text)[] answers) => desk.IssueAsync(
        caller, new IssueDocument { CaseId = caseId, Kind = kind.Id, BaseAddress = "https://anhu.example", Answers = answers.ToDictionary(a => a.Field, a => (string?)a.Text) }, Ct);

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
