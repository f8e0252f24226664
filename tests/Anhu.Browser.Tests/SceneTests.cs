using Anhu.Modules.Alarms;
using Anhu.Modules.Intake;
using Anhu.Modules.Scene;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace Anhu.Browser.Tests;

/// <summary>The page at the scene on a phone: with a line, without one, and after the phone was put away.</summary>
public sealed class SceneTests(Browser app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Taps_WithoutALine_WaitEncrypted_AndAreSentOnce()
    {
        var (duty, worker, page) = await OpenAsync("zh-CN", narrow: true);
        await PageCheck.RunAsync(page, app.Address, $"/scene/{duty}");
        await page.Context.SetOfflineAsync(true);
        await page.Locator("fieldset[data-item=weapon] label", new() { HasText = "是" }).First.ClickAsync();
        await page.Locator("fieldset[data-item='danger-9.suffocation'] label", new() { HasText = "是" }).First.ClickAsync();
        await page.Locator("[name='note.check.receipt']").FillAsync("回执编号机密一二三");
        await page.Locator("[name='note.check.receipt']").BlurAsync();
        await page.Locator(".body-map path[data-region=neck]").First.ClickAsync();
        await page.Locator("[name='wound.kind']").SelectOptionAsync("strangulation-marks");
        await page.Locator("[name='wound.size']").SelectOptionAsync("small");
        await page.Locator("[data-add-wound]").ClickAsync();
        await page.Locator(".save-state[data-state=waiting]").WaitForAsync();

        // Said at once, without asking anybody.
        Assert.True(await page.Locator("[data-now='danger-9']").IsVisibleAsync());
        Assert.Empty(await EntriesAsync(duty));
        await Until.TrueAsync(async () => await WaitingAsync(page) == 4);
        Assert.DoesNotContain("机密", await page.EvaluateAsync<string>(
            """
            () => new Promise(done => { const o = indexedDB.open('anhu-scene'); o.onsuccess = () => { const all = o.result.transaction('taps').objectStore('taps').getAll();
              all.onsuccess = () => done(JSON.stringify(all.result.map(r => [r.id, r.duty, new TextDecoder().decode(r.data)])) + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)); }; })
            """), StringComparison.Ordinal);

        // The phone was put away: another window of the same worker finds what waits, and sends it.
        await page.GotoAsync("about:blank");
        await page.Context.SetOfflineAsync(false);
        await page.GotoAsync(new Uri(app.Address, $"/scene/{duty}").ToString());
        await Until.TrueAsync(async () => (await EntriesAsync(duty)).Count == 4);
        await Until.TrueAsync(async () => await WaitingAsync(page) == 0);
        await page.ReloadAsync();
        await page.Locator(".wounds li", new() { HasText = "颈部" }).WaitForAsync();
        Assert.Equal(4, (await EntriesAsync(duty)).Count);
        Assert.All(await EntriesAsync(duty), e => Assert.Equal(worker, e.WorkerId));
        Assert.True(await page.Locator("fieldset[data-item=weapon] input[type=radio][value=yes]").IsCheckedAsync());
        await PageCheck.RunAsync(page, app.Address, $"/scene/{duty}");
        await page.Context.CloseAsync();
    }

    /// <summary>A photo of a wound, taken without a line: it waits encrypted, is sent when the page is opened again, once, and stands beside its item.</summary>
    [Fact]
    public async Task APhoto_WithoutALine_WaitsEncrypted_AndIsSentOnce()
    {
        var (duty, worker, page) = await OpenAsync("zh-CN", narrow: true);
        await PageCheck.RunAsync(page, app.Address, $"/scene/{duty}");
        using var bitmap = new SkiaSharp.SKBitmap(1200, 900);
        using (var canvas = new SkiaSharp.SKCanvas(bitmap))
        {
            canvas.Clear(SkiaSharp.SKColors.SteelBlue);
        }

        using var encoded = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
        byte[] photo = [.. encoded.ToArray(), .. new byte[700_000]];
        await page.Context.SetOfflineAsync(true);
        await page.Locator("fieldset[data-item=injury-photos] input[type=file][capture]").SetInputFilesAsync(new FilePayload { Name = "IMG_1.png", MimeType = "image/png", Buffer = photo });
        await page.Locator(".evidence-queue li", new() { HasText = "等待网络" }).WaitForAsync();

        // The item is collected at once, and nothing of the picture lies open on the phone.
        Assert.True(await page.Locator("fieldset[data-item=injury-photos] input[value=collected]").IsCheckedAsync());
        Assert.Equal(0, await page.EvaluateAsync<int>(
            """
            () => new Promise(done => { const o = indexedDB.open('anhu-evidence'); o.onsuccess = () => { const t = o.result.transaction(['files', 'pieces']); const f = t.objectStore('files').getAll(); const p = t.objectStore('pieces').getAll();
              t.oncomplete = () => done([...f.result, ...p.result].filter(r => { const s = new TextDecoder('latin1').decode(r.data); return s.includes('PNG') || s.includes('IMG_1'); }).length + (p.result.length === 2 ? 0 : 100)); }; })
            """));
        await page.GotoAsync("about:blank");
        await page.Context.SetOfflineAsync(false);
        await page.GotoAsync(new Uri(app.Address, $"/scene/{duty}").ToString());
        await page.Locator(".evidence-queue li.is-kept").WaitForAsync();
        var file = Assert.Single(await app.QueryAsync(db => db.EvidenceFiles.AsNoTracking().Where(f => f.DutyId == duty).ToListAsync(Ct)));
        Assert.Equal((worker, photo.Length, "injury-photos"), (file.WorkerId, (int)file.Length, file.Item));
        await page.ReloadAsync();
        await page.Locator("fieldset[data-item=injury-photos] .evidence-strip img").WaitForAsync();
        Assert.Equal(0, await page.Locator(".evidence-queue li").CountAsync());

        // A page with a name of a picture is told apart by its content, in words.
        await page.Locator("fieldset[data-item=scene-photos] input[type=file][multiple]").SetInputFilesAsync(new FilePayload { Name = "x.jpg", MimeType = "image/jpeg", Buffer = "<html><script>1</script>"u8.ToArray() });
        await page.Locator(".evidence-queue li.is-refused", new() { HasText = "没有收下" }).WaitForAsync();
        await PageCheck.RunAsync(page, app.Address, $"/scene/{duty}");
        await PageCheck.RunAsync(page, app.Address, $"/evidence/{file.EvidenceFileId}");
        await PageCheck.RunAsync(page, app.Address, $"/cases/{file.CaseId}/evidence?duty={duty}&item=medical-record");
        await page.Context.CloseAsync();
        var wide = await app.SignInPageAsync(await app.Data.CreateWorkerAsync("340104001-police", change: w => w.Culture = "en", roles: WorkerRole.Caseworker), "en", narrow: false);
        await PageCheck.RunAsync(wide, app.Address, $"/evidence/{file.EvidenceFileId}");
        await PageCheck.RunAsync(wide, app.Address, $"/cases/{file.CaseId}/evidence");
        await wide.Context.CloseAsync();
    }

    [Fact]
    public async Task SigningOut_LeavesNothingOnThePhone()
    {
        var (duty, _, page) = await OpenAsync("en", narrow: false);
        await PageCheck.RunAsync(page, app.Address, $"/scene/{duty}");
        await page.RouteAsync("**/entries", route => route.AbortAsync());
        await page.Locator("fieldset[data-item=alcohol] label", new() { HasText = "Yes" }).ClickAsync();
        await Until.TrueAsync(async () => await WaitingAsync(page) == 1);
        await page.GotoAsync(new Uri(app.Address, "/").ToString());
        await page.Locator("details.shell-account summary").ClickAsync();
        await page.Locator("form[action='/sign-out'] button").ClickAsync();
        await page.ArriveAsync(url => url.Contains("/sign-in", StringComparison.Ordinal));

        Assert.Equal(0, await WaitingAsync(page));
        Assert.Empty(await EntriesAsync(duty));
        await page.Context.CloseAsync();
    }

    private async Task<(Guid Duty, Guid Worker, IPage Page)> OpenAsync(string culture, bool narrow)
    {
        var n = Random.Shared.Next(10_000_000, 99_999_999);
        var report = new AlarmReport
        {
            Source = "test-110", SourceId = Guid.CreateVersion7().ToString("N"), Revision = 1, ReceivedAt = Anhu.Common.Clock.CutToMicroseconds(app.Clock.GetUtcNow().AddMinutes(-9)),
            Channel = AlarmChannel.Phone, Category = AlarmCategory.DomesticViolence, Summary = "女方报警，称被丈夫殴打。", Location = new ReportedLocation(null, "340104001001", null, null),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = "周小梅", Sex = Sex.Female, Phone = $"138{n}" },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = "吴建军", Sex = Sex.Male, Phone = $"139{n}", RelationToVictim = "spouse" },
            ],
        };
        var alarm = await app.WithAsync<AlarmIntake, AlarmReceipt>(intake => intake.SubmitAsync(report, new Actor(ClientId: "test"), Ct));
        var duty = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.Kind == "police-first-contact").Select(d => d.DutyId).SingleAsync(Ct));
        var worker = await app.Data.CreateWorkerAsync("340104001-police", change: w => w.Culture = culture, roles: WorkerRole.Caseworker);
        return (duty, worker.Id, await app.SignInPageAsync(worker, culture, narrow));
    }

    private Task<List<SceneEntry>> EntriesAsync(Guid duty) => app.QueryAsync(db => db.SceneEntries.AsNoTracking().Where(e => e.DutyId == duty).ToListAsync(Ct));

    private static Task<int> WaitingAsync(IPage page) => page.EvaluateAsync<int>(
        """
        () => new Promise(done => { const o = indexedDB.open('anhu-scene'); o.onerror = () => done(0); o.onsuccess = () => { if (!o.result.objectStoreNames.contains('taps')) { o.result.close(); done(0); return; }
          const all = o.result.transaction('taps').objectStore('taps').count(); all.onsuccess = () => { o.result.close(); done(all.result); }; }; })
        """);
}
