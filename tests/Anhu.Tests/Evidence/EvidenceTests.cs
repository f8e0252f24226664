using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Duties;
using Anhu.Modules.Evidence;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Scene;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Duties;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Evidence;

/// <summary>Photos and files: taken, shown, handed on.</summary>
public sealed class EvidenceTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Station = "340104001-police";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ReceiveEvidenceHandler Handler => app.Services.GetRequiredService<ReceiveEvidenceHandler>();

    private EvidenceQueries Queries => app.Services.GetRequiredService<EvidenceQueries>();

    private EvidenceDesk Desk => app.Services.GetRequiredService<EvidenceDesk>();

    [Fact]
    public async Task APhoto_IsKeptAsItWasMade_ShownWithoutItsPlace_AndTheItemIsCollected()
    {
        var (alarm, duty) = await SceneAsync();
        var officer = await OfficerAsync();
        var original = Photos.WithPlace(Photos.Draw(640, 480));
        var command = Photos.Of(original, null, duty);
        var kept = await Photos.SendAsync(app, CallerOf(officer), original, command);
        Assert.True(kept.IsOk, kept.Failure?.Code);
        using var client = await app.SignInAsync(officer);

        var page = await client.GetPageAsync($"/evidence/{command.Id}");
        var picture = await client.GetByteArrayAsync($"/evidence/{command.Id}/picture", Ct);
        using var taken = await client.SubmitAsync(page, $"/evidence/{command.Id}/original", new() { ["Purpose"] = "Court", ["Recipient"] = "蜀山区人民法院 李法官" });

        Assert.DoesNotContain("117.2272", Encoding.Latin1.GetString(picture), StringComparison.Ordinal);
        Assert.Equal(original, await taken.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("attachment", taken.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("application/octet-stream", taken.Content.Headers.ContentType!.MediaType);
        Assert.Contains(command.Sha256, page.Body!.TextContent, StringComparison.Ordinal);
        var custody = (await client.GetPageAsync($"/evidence/{command.Id}")).QuerySelector(".evidence-custody")!.TextContent;
        Assert.All((string[])["制作", "收到并核对哈希值", "查看", "取走原件", "李法官", "下载原件"], w => Assert.Contains(w, custody, StringComparison.Ordinal));

        // The checklist is told, and asks for another photo within two days; the scene and the list show it.
        var record = SceneRecord.Of(await app.QueryAsync(db => db.SceneEntries.AsNoTracking().Where(e => e.DutyId == duty).ToListAsync(Ct)));
        Assert.Equal("collected", record.Value(ScenePart.Check, "injury-photos"));
        Assert.Equal(1, await AgainAsync(alarm.CaseId, null));
        Assert.NotNull((await client.GetPageAsync($"/scene/{duty}")).QuerySelector($"fieldset[data-item=injury-photos] a[href='/evidence/{command.Id}'] img"));
        Assert.NotNull((await client.GetPageAsync($"/cases/{alarm.CaseId}/evidence")).QuerySelector($"a[href='/evidence/{command.Id}'] img"));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task ALaterPhoto_FulfilsTheDutyToPhotographAgain_TheFirstOnesDoNot()
    {
        var (alarm, duty) = await SceneAsync();
        var officer = CallerOf(await OfficerAsync());
        await Photos.KeptAsync(app, officer, null, duty, seed: 1);
        app.Time.Advance(TimeSpan.FromMinutes(3));
        await Photos.KeptAsync(app, officer, null, duty, seed: 2);
        Assert.Equal(1, await AgainAsync(alarm.CaseId, null));

        // Thirty hours later.
        await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.Kind == "re-photo").ExecuteUpdateAsync(d => d.SetProperty(x => x.CreatedAt, app.Clock.GetUtcNow().AddHours(-30)), Ct));
        await Photos.KeptAsync(app, officer, alarm.CaseId, null, "scene-photos", seed: 3);
        Assert.Equal(1, await AgainAsync(alarm.CaseId, null));
        await Photos.KeptAsync(app, officer, alarm.CaseId, null, seed: 4);

        Assert.Equal(0, await AgainAsync(alarm.CaseId, null));
        Assert.Equal(1, await AgainAsync(alarm.CaseId, "taken"));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    /// <summary>Parts in any order, some twice, begun anew in between, two phones' worth of calls at once: the file is the same, once.</summary>
    [Fact]
    public async Task HoweverPartsArrive_TheFileIsTheSame_Once()
    {
        var (alarm, duty) = await SceneAsync();
        var caller = CallerOf(await OfficerAsync());
        await (from length in Gen.Int[1, (3 * ReceiveEvidenceHandler.PartSize) + 70_000]
               from order in Gen.Int[0, 3].List[0, 10]
               select (length, order)).SampleAsync(
            async c =>
            {
                var content = Photos.Film(c.length);
                var command = Photos.Of(content, null, duty, "messages");
                var begun = await Handler.BeginAsync(command, caller, Ct);
                Assert.True(begun.IsOk, begun.Failure?.Code);
                await Task.WhenAll(c.order.Where(n => n < begun.Value.Missing.Count).Select(n => Handler.PartAsync(command.Id, n, Photos.Part(content, n), caller, Ct)));
                if (c.order.Distinct().Count(n => n < begun.Value.Missing.Count) < begun.Value.Missing.Count)
                {
                    Assert.Equal(EvidenceFailures.Incomplete, (await Handler.FinishAsync(command.Id, caller, Ct)).Failure);
                }

                var again = await Handler.BeginAsync(command, caller, Ct);
                Assert.Equal(begun.Value.Missing.Except(c.order), again.Value.Missing);
                foreach (var n in again.Value.Missing)
                {
                    Assert.True((await Handler.PartAsync(command.Id, n, Photos.Part(content, n), caller, Ct)).IsOk);
                }

                var done = await Task.WhenAll(Handler.FinishAsync(command.Id, caller, Ct), Handler.FinishAsync(command.Id, caller, Ct));
                Assert.All(done, d => Assert.True(d.IsOk && d.Value.IsKept, d.Failure?.Code));
                Assert.True((await Handler.BeginAsync(command, caller, Ct)).Value.IsKept);
                Assert.Equal(content, (await Desk.HandOnAsync(caller, command.Id, HandOnPurpose.Look, null, Ct)).Value.Content);
                var id = command.Id.ToString();
                Assert.Equal(1, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == alarm.CaseId && e.Type == ReceiveEvidenceHandler.Received && e.Data.Contains(id), Ct)));
            },
            iter: 12, threads: 1);
    }

    [Fact]
    public async Task WhatIsNotWhatWasHashed_OrIsHostile_IsNotKept_AndLeavesItsTrace()
    {
        var (alarm, duty) = await SceneAsync();
        var caller = CallerOf(await OfficerAsync());
        var photo = Photos.Draw();
        (byte[] Content, BeginEvidence Command, string Code)[] wrong =
        [
            (photo, Photos.Of(photo, null, duty) with { Sha256 = new string('0', 64) }, "evidence.altered"), .. ((string[])["jpeg-zip", "svg", "png-html"]).Select(n => EvidenceTypeTests.Make(n)).Select(
                c => (c, Photos.Of(c, null, duty), EvidenceType.Of(c).Failure!.Code)),
            (photo[..400], Photos.Of(photo[..400], null, duty), "evidence.broken"),
        ];
        foreach (var (content, command, code) in wrong)
        {
            Assert.Equal(code, (await Photos.SendAsync(app, caller, content, command)).Failure?.Code);
        }

        Assert.Equal(0, await app.QueryAsync(db => db.EvidenceFiles.CountAsync(f => f.CaseId == alarm.CaseId, Ct)));
        Assert.Equal(wrong.Length, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == alarm.CaseId && e.Type == ReceiveEvidenceHandler.Refused, Ct)));

        // A field that is wrong is named; what is refused can be sent again, and the same key for another file can't.
        var good = Photos.Of(photo, null, duty);
        foreach (var (bad, field) in ((BeginEvidence, string)[])[(good with { Id = Guid.Empty }, "id"), (good with { Sha256 = "x" }, "sha256"), (good with { Length = 0 }, "length"), (good with { Length = EvidenceType.LongestOfAll + 1 }, "length"),
            (good with { Item = "nothing" }, "item"), (good with { Wound = "../x" }, "wound"), (good with { Caption = new string('长', 201) }, "caption"), (good with { MadeAt = default }, "madeAt")])
        {
            Assert.Equal(field, (await Handler.BeginAsync(bad, caller, Ct)).Failure?.Field);
        }

        Assert.True((await Photos.SendAsync(app, caller, photo, good)).IsOk);
        Assert.Equal(EvidenceFailures.Taken, (await Handler.BeginAsync(good with { Length = 5 }, caller, Ct)).Failure);
        Assert.Equal(EvidenceFailures.Taken, (await Handler.BeginAsync(good, CallerOf(await OfficerAsync()), Ct)).Failure);
        Assert.Equal(EvidenceFailures.Part, (await Handler.PartAsync(good.Id, 1, photo, caller, Ct)).Failure);
        Assert.Equal(EvidenceFailures.NotFound, (await Handler.PartAsync(Guid.NewGuid(), 0, photo, caller, Ct)).Failure);
    }

    [Fact]
    public async Task WhoMaySee_IsWhoSeesHealth_OrTheStory_AndOriginalsGoToFew()
    {
        var (alarm, duty) = await SceneAsync();
        var officer = await OfficerAsync();
        var injury = (await Photos.KeptAsync(app, CallerOf(officer), null, duty, seed: 1)).Id;
        var messages = (await Photos.KeptAsync(app, CallerOf(officer), null, duty, "messages", seed: 2)).Id;
        await app.QueryAsync(async db =>
        {
            foreach (var code in (string[])["340104-health", "340104-education"])
            {
                var unit = await db.Units.Where(u => u.Code == code).Select(u => u.UnitId).SingleAsync(Ct);
                var file = await db.Cases.SingleAsync(c => c.CaseId == alarm.CaseId, Ct);
                db.Add(new Anhu.Modules.Cases.CaseAccess { CaseId = alarm.CaseId, UnitId = unit, IsDirect = true, CaseSequence = file.CaseSequence, Class = file.Class, State = file.State });
                db.Add(new Duty
                {
                    DutyId = Guid.CreateVersion7(), CaseId = alarm.CaseId, Kind = "medical-support", OwnerUnitId = unit, Class = 2, CreatedAt = app.Clock.GetUtcNow(), DueAt = app.Clock.GetUtcNow().AddDays(1), Basis = "x",
                    State = DutyState.Assigned,
                });
            }

            return await db.SaveChangesAsync(Ct);
        });

        var hospital = CallerOf(await app.Data.CreateWorkerAsync("340104-health"));
        var school = CallerOf(await app.Data.CreateWorkerAsync("340104-education"));
        var federation = CallerOf(await app.Data.CreateWorkerAsync("340104-womens-federation"));
        var elsewhere = CallerOf(await app.Data.CreateWorkerAsync("340102001-police"));
        async Task<IEnumerable<Guid>?> SeesAsync(Caller caller) => (await Queries.OfCaseAsync(caller, alarm.CaseId, null, Ct))?.Lines.Select(l => l.File.EvidenceFileId).Order();

        Assert.Equal(new[] { injury, messages }.Order(), await SeesAsync(federation));
        Assert.Equal([injury], await SeesAsync(hospital));
        Assert.Equal([], await SeesAsync(school));
        Assert.Null(await SeesAsync(elsewhere));
        Assert.NotNull(await Queries.PictureAsync(hospital, injury, Ct));
        Assert.Null(await Queries.PictureAsync(hospital, messages, Ct));
        Assert.Null(await Queries.OneAsync(school, injury, Ct));
        foreach (var caller in (Caller[])[hospital, federation])
        {
            Assert.Equal(EvidenceFailures.NotYours, (await Desk.HandOnAsync(caller, injury, HandOnPurpose.Look, null, Ct)).Failure);
        }

        Assert.Equal(EvidenceFailures.NotFound, (await Desk.HandOnAsync(elsewhere, injury, HandOnPurpose.Look, null, Ct)).Failure);
        Assert.Equal("recipient", (await Desk.HandOnAsync(CallerOf(officer), injury, HandOnPurpose.Court, " ", Ct)).Failure?.Field);
        Assert.Equal(EvidenceFailures.NotYours, (await Desk.WithdrawAsync(federation, injury, "x", Ct)).Failure);
        Assert.Equal(EvidenceFailures.NotYours, (await Handler.BeginAsync(Photos.Of(Photos.Draw(), null, duty), federation, Ct)).Failure);
    }

    [Fact]
    public async Task WithoutScript_FilesComeByTheForm_CaptionsAreGuarded_AndAMistakeIsWithdrawn()
    {
        const string Home = "翡翠花园9栋1单元901室";
        var (alarm, _) = await SceneAsync();
        await app.QueryAsync(async db =>
        {
            var victim = await db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).SingleAsync(Ct);
            (await db.People.SingleAsync(p => p.PersonId == victim, Ct)).Address = Home;
            return await db.SaveChangesAsync(Ct);
        });
        using var client = await app.SignInAsync(await OfficerAsync());
        var page = await client.GetPageAsync($"/cases/{alarm.CaseId}/evidence");

        using var refused = await PostAsync(client, page, alarm.CaseId, EvidenceTypeTests.Make("html"), "x.jpg", "");
        Assert.Contains("不是可以接收的文件", (await client.GetPageAsync(refused.Headers.Location!.ToString())).Body!.TextContent, StringComparison.Ordinal);
        using var telling = await PostAsync(client, page, alarm.CaseId, Photos.Draw(), "x.jpg", $"在{Home}");
        Assert.Contains("failed=evidence.tells-place", telling.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var kept = await PostAsync(client, page, alarm.CaseId, Photos.Draw(), "../../etc/passwd.html", "病历首页");
        Assert.DoesNotContain("failed", kept.Headers.Location!.ToString(), StringComparison.Ordinal);

        var file = await app.QueryAsync(db => db.EvidenceFiles.AsNoTracking().SingleAsync(f => f.CaseId == alarm.CaseId, Ct));
        Assert.Equal(("medical-record", "病历首页", "image/jpeg", EvidenceState.Kept), (file.Item, file.Caption, file.MediaType, file.State));
        var one = await client.GetPageAsync($"/evidence/{file.EvidenceFileId}");
        using var caption = await client.SubmitAsync(one, "caption", new() { ["Words"] = $"她住{Home}" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, caption.StatusCode);
        using var withdrawn = await client.SubmitAsync(one, "withdraw", new() { ["Reason"] = "放错了案件" });
        Assert.Equal(HttpStatusCode.Redirect, withdrawn.StatusCode);
        using var gone = await client.GetAsync($"/evidence/{file.EvidenceFileId}/picture", Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.NotEmpty(await app.QueryAsync(db => db.EvidenceChunks.Where(c => c.EvidenceFileId == file.EvidenceFileId).Select(c => c.Number).ToListAsync(Ct)));
    }

    [Fact]
    public async Task AByteThatIsChangedInTheStore_IsFound_AndTheOriginalDoesNotLeave()
    {
        var (_, duty) = await SceneAsync();
        var caller = CallerOf(await OfficerAsync());
        var id = (await Photos.KeptAsync(app, caller, null, duty)).Id;
        await app.QueryAsync(async db =>
        {
            var other = Photos.Noise(500);
            await db.EvidenceChunks.Where(c => c.EvidenceFileId == id).ExecuteDeleteAsync(Ct);
            db.Add(new EvidenceChunk { EvidenceFileId = id, Number = 0, Content = other });
            return await db.SaveChangesAsync(Ct);
        });

        Assert.Equal(EvidenceFailures.Altered, (await Desk.HandOnAsync(caller, id, HandOnPurpose.Look, null, Ct)).Failure);
    }

    [Fact]
    public async Task WhatNeverCameWhole_IsTakenAwayAfterAMonth()
    {
        var (_, duty) = await SceneAsync();
        var caller = CallerOf(await OfficerAsync());
        var content = Photos.Film(900_000);
        var command = Photos.Of(content, null, duty, "messages");
        await Handler.BeginAsync(command, caller, Ct);
        await Handler.PartAsync(command.Id, 0, Photos.Part(content, 0), caller, Ct);
        Task<int> ChunksAsync() => app.QueryAsync(db => db.EvidenceChunks.CountAsync(c => c.EvidenceFileId == command.Id, Ct));
        Task<int> BegunAsync(int daysAgo) => app.QueryAsync(db => db.EvidenceFiles.Where(f => f.EvidenceFileId == command.Id).ExecuteUpdateAsync(f => f.SetProperty(x => x.BegunAt, app.Clock.GetUtcNow().AddDays(-daysAgo)), Ct));
        await BegunAsync(29);
        await Handler.ForgetUnfinishedAsync(Ct);
        Assert.Equal(8, await ChunksAsync());

        await BegunAsync(31);
        await Handler.ForgetUnfinishedAsync(Ct);
        Assert.Equal(0, await ChunksAsync());
    }

    [Fact]
    public async Task Routes_AskForTheToken_AndTheListIsPaged()
    {
        var (alarm, duty) = await SceneAsync();
        using var client = await app.SignInAsync(await OfficerAsync());
        var content = Photos.Draw(seed: 9);
        var command = Photos.Of(content, null, duty);
        object body = new { dutyId = duty, item = command.Item, madeAt = command.MadeAt, length = command.Length, sha256 = command.Sha256 };
        var token = (await client.GetPageAsync($"/scene/{duty}")).QuerySelector("evidence-files input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

        using var without = await PutAsync(client, $"/evidence/{command.Id}", null, JsonContent.Create(body));
        using var nonsense = await PutAsync(client, $"/evidence/{command.Id}", token, JsonContent.Create("x"));
        using var begun = await PutAsync(client, $"/evidence/{command.Id}", token, JsonContent.Create(body));
        using var part = await PutAsync(client, $"/evidence/{command.Id}/parts/0", token, new ByteArrayContent(content));
        using var done = new HttpRequestMessage(HttpMethod.Post, $"/evidence/{command.Id}/done") { Headers = { { "RequestVerificationToken", token } } };
        using var kept = await client.SendAsync(done, Ct);

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.OK], new[] { without, nonsense, begun, part, kept }.Select(r => r.StatusCode));
        Assert.Equal([0], (await begun.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("missing").EnumerateArray().Select(n => n.GetInt32()));
        var list = await client.GetFromJsonAsync<JsonElement>($"/api/v1/cases/{alarm.CaseId}/evidence", Ct);
        Assert.Equal((command.Sha256, "image"), (list.GetProperty("items")[0].GetProperty("sha256").GetString(), list.GetProperty("items")[0].GetProperty("kind").GetString()));
        using var wrong = await client.GetAsync($"/api/v1/cases/{alarm.CaseId}/evidence?after=x", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static async Task<HttpResponseMessage> PutAsync(HttpClient client, string path, string? token, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = content };
        if (token is not null)
        {
            request.Headers.Add("RequestVerificationToken", token);
        }

        await content.LoadIntoBufferAsync(Ct);
        return await client.SendAsync(request, Ct);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, AngleSharp.Html.Dom.IHtmlDocument page, Guid caseId, byte[] content, string name, string caption)
    {
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent(page.QuerySelector("form.evidence-form input[name=__RequestVerificationToken]")!.GetAttribute("value")!), "__RequestVerificationToken");
        form.Add(new StringContent("medical-record"), "Item");
        form.Add(new StringContent(caption), "Caption");
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        form.Add(file, "File", name);
        return await client.PostAsync($"/cases/{caseId}/evidence/files", form, Ct);
    }

    private async Task<(AlarmReceipt Alarm, Guid Duty)> SceneAsync()
    {
        var alarm = await app.SubmitAsync(Reports.Of(app));
        return (alarm, await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.Kind == "police-first-contact").Select(d => d.DutyId).SingleAsync(Ct)));
    }

    private Task<Worker> OfficerAsync() => app.Data.CreateWorkerAsync(Station);

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    private Task<int> AgainAsync(Guid caseId, string? outcome) => app.QueryAsync(db => db.Duties.CountAsync(
        d => d.CaseId == caseId && d.Kind == "re-photo" && (outcome == null ? Duty.OpenStates.Contains(d.State) : d.State == DutyState.Done && d.Outcome == outcome), Ct));
}
