using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Scene;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Scene;

/// <summary>The officer's page at the scene.</summary>
public sealed class SceneTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Station = "340104001-police";
    private static long count;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ATap_BeginsTheDuty_IsStoredOnce_AndStandsInTheRecord()
    {
        var (alarm, duty) = await SceneAsync();
        var officer = await OfficerAsync();
        var tap = Tap(ScenePart.Check, "body-camera", "collected");

        var first = await RecordAsync(duty, officer, tap);
        var again = await RecordAsync(duty, officer, tap, tap);

        Assert.True(first.Value.Taps.Single().IsNew);
        Assert.All(again.Value.Taps, t => Assert.Equal((false, (Failure?)null), (t.IsNew, t.Failure)));
        var stored = Assert.Single(await EntriesAsync(duty));
        Assert.Equal((officer.Id, "collected", "hefei-scene-2026.1"), (stored.WorkerId, stored.Value, stored.ListVersion));
        Assert.Equal(DutyState.InProgress, await app.QueryAsync(db => db.Duties.Where(d => d.DutyId == duty).Select(d => d.State).SingleAsync(Ct)));
        Assert.Equal(1, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.DutyId == duty && e.Type == RecordSceneHandler.Noted, Ct)));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task PhotosOfInjuries_AskForSecondOnes_48HoursAfterTheyWereTaken_Once()
    {
        var (alarm, duty) = await SceneAsync();
        var officer = await OfficerAsync();
        var taken = app.Clock.Now;

        await RecordAsync(duty, officer, Tap(ScenePart.Check, "injury-photos", "collected", taken));
        await RecordAsync(duty, officer, Tap(ScenePart.Check, "injury-photos", "missing"));
        await RecordAsync(duty, officer, Tap(ScenePart.Check, "injury-photos", "collected"));

        var again = await app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == alarm.CaseId && d.Kind == "re-photo").SingleAsync(Ct));
        Assert.InRange(again.DueAt, taken.AddHours(48), taken.AddHours(49));
    }

    /// <summary>A lethal act is class 1 at any score, at once; unanswered is not no.</summary>
    [Fact]
    public async Task Strangulation_OnTheDangerScale_RaisesTheCaseAtOnce()
    {
        var (alarm, duty) = await SceneAsync();
        var officer = await OfficerAsync();

        var refused = await RecordAsync(duty, officer, Tap(ScenePart.Danger, "danger-9.suffocation", "refused"));
        Assert.False(refused.Value.Raised);
        var result = await RecordAsync(duty, officer, Tap(ScenePart.Danger, "danger-9.suffocation", "yes"));

        Assert.Equal((1, true), (result.Value.Class, result.Value.Raised));
        var known = await KnownAsync(alarm.CaseId);
        Assert.Equal((true, 3), (known.Strangulation, known.DangerScale));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task SixOfNine_IsHigh_ForGradingToo()
    {
        var (alarm, duty) = await SceneAsync();
        string[] items = ["believes-he-can", "controls-life", "nobody-else", "suicide", "die-together", "watches"];

        var medium = await RecordAsync(duty, await OfficerAsync(), [.. items[..4].Select(i => Tap(ScenePart.Danger, $"danger-9.{i}", "yes"))]);
        var high = await RecordAsync(duty, await OfficerAsync(), [.. items[4..].Select(i => Tap(ScenePart.Danger, $"danger-9.{i}", "yes"))]);

        Assert.Equal((2, 1), (medium.Value.Class, high.Value.Class));
        Assert.Null((await KnownAsync(alarm.CaseId)).Strangulation);
    }

    /// <summary>Two officers at one scene: each has a record of their own; a danger that one affirms is not taken back by the other's no.</summary>
    [Fact]
    public async Task TwoOfficers_NeverOverwriteEachOther()
    {
        var (alarm, duty) = await SceneAsync();
        var (one, two) = (await OfficerAsync("张警官"), await OfficerAsync("李警官"));

        await Task.WhenAll(
            RecordAsync(duty, one, Tap(ScenePart.Fact, "weapon", "yes"), Tap(ScenePart.Check, "scene-photos", "collected")),
            RecordAsync(duty, two, Tap(ScenePart.Fact, "weapon", "no"), Tap(ScenePart.Check, "scene-photos", "refused")));

        Assert.True((await KnownAsync(alarm.CaseId)).Weapon);
        using var client = await app.SignInAsync(one);
        var page = await client.GetPageAsync($"/scene/{duty}");
        var item = page.QuerySelector("fieldset[data-item=scene-photos]")!;
        Assert.Contains("is-different", item.ClassName, StringComparison.Ordinal);
        Assert.Contains("张警官", item.TextContent, StringComparison.Ordinal);
        Assert.Contains("李警官", item.TextContent, StringComparison.Ordinal);
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task ANo_TakesBackOnlyWhatTheSceneItselfSaid()
    {
        var (alarm, duty) = await SceneAsync();
        var officer = await OfficerAsync();
        await RecordAsync(duty, officer, Tap(ScenePart.Fact, "alcohol", "yes"));
        await RecordAsync(duty, officer, Tap(ScenePart.Fact, "alcohol", "no"));
        Assert.False((await KnownAsync(alarm.CaseId)).Alcohol);

        var other = await app.Data.CreateWorkerAsync("340104-womens-federation");
        await app.Services.GetRequiredService<AnswerQuestionsHandler>().Handle(
            new AnswerQuestions { CaseId = alarm.CaseId, Answers = new Dictionary<IncidentQuestion, string> { [IncidentQuestion.Pregnant] = "yes" }, Source = AnswerSource.Victim }, CallerOf(other), Ct);
        await RecordAsync(duty, officer, Tap(ScenePart.Fact, "pregnant", "no"));
        Assert.True((await KnownAsync(alarm.CaseId)).Pregnant);
    }

    /// <summary>A phone without a line sends when the duty is long done: nothing is lost.</summary>
    [Fact]
    public async Task TapsThatArriveAfterTheDutyEnded_AreTaken()
    {
        var (_, duty) = await SceneAsync();
        var officer = await OfficerAsync();
        await RecordAsync(duty, officer, Tap(ScenePart.Check, "receipt", "collected"));
        var done = await app.Services.GetRequiredService<Anhu.Modules.Work.TakeDutyStepHandler>().Handle(
            new Anhu.Modules.Work.TakeDutyStep { DutyId = duty, Step = DutyStep.Complete, Outcome = "handled", Form = """{"rightsTold":"yes","notes":"已处置"}""" }, CallerOf(officer), Ct);
        Assert.True(done.IsOk, done.Failure?.Code);

        var late = await RecordAsync(duty, officer, Tap(ScenePart.Check, "rights-notice", "collected"));

        Assert.True(late.IsOk, late.Failure?.Code);
        Assert.Equal(2, (await EntriesAsync(duty)).Count);
    }

    [Fact]
    public async Task WhatIsNoTap_IsRefusedByItself_AndTheRestIsTaken()
    {
        var (_, duty) = await SceneAsync();
        var officer = await OfficerAsync();
        var good = Tap(ScenePart.Check, "receipt", "collected");
        SceneTap[] wrong =
        [
            Tap(ScenePart.Check, "receipt", "lost"), Tap(ScenePart.Check, "no-such", "collected"), Tap(ScenePart.Danger, "lap-11.weapon", "yes"), Tap(ScenePart.Danger, "danger-9.watches", "maybe"),
            Tap(ScenePart.Wound, "w", "front:upper-back:bruise:small"), Tap(ScenePart.Wound, "../w", "front:neck:bruise:small"), Tap(ScenePart.Fact, "policeOpinion", "1"), Tap(ScenePart.Fact, "injury", "yes"),
            Tap(ScenePart.Note, "check.receipt", null) with { Words = new string('长', 501) }, Tap(ScenePart.Check, "receipt", "collected") with { Words = "不该有" },
            Tap(ScenePart.Check, new string('x', 90), "collected"), Tap(ScenePart.Check, "receipt", "collected") with { Count = 0 }, Tap(ScenePart.Check, "receipt", "collected") with { Id = Guid.Empty },
            Tap(ScenePart.Check, "receipt", "collected", new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero)), good with { Value = "missing" },
        ];

        var result = await RecordAsync(duty, officer, [good, .. wrong]);

        Assert.Null(result.Value.Taps[0].Failure);
        Assert.All(result.Value.Taps.Skip(1), t => Assert.NotNull(t.Failure));
        Assert.Single(await EntriesAsync(duty));
        Assert.Equal(SceneFailures.Batch, (await RecordAsync(duty, officer)).Failure);
        Assert.Equal(SceneFailures.Batch, (await RecordAsync(duty, officer, [.. Enumerable.Range(0, 201).Select(_ => Tap(ScenePart.Check, "receipt", "collected"))])).Failure);
    }

    [Fact]
    public async Task AnIdThatStandsForAnotherTap_IsRefused_AtEveryScene()
    {
        var (_, duty) = await SceneAsync();
        var (_, other) = await SceneAsync();
        var (one, two) = (await OfficerAsync(), await OfficerAsync());
        var tap = Tap(ScenePart.Check, "receipt", "collected");
        await RecordAsync(duty, one, tap);

        Assert.Equal(SceneFailures.Taken, (await RecordAsync(duty, two, tap)).Value.Taps.Single().Failure);
        Assert.Equal(SceneFailures.Taken, (await RecordAsync(other, one, tap)).Value.Taps.Single().Failure);
        Assert.Equal(one.Id, Assert.Single(await EntriesAsync(duty)).WorkerId);
        Assert.Empty(await EntriesAsync(other));
    }

    [Fact]
    public async Task AClockInTheFuture_DoesNotReachBeyondNow()
    {
        var (_, duty) = await SceneAsync();
        await RecordAsync(duty, await OfficerAsync(), Tap(ScenePart.Check, "receipt", "collected", app.Clock.Now.AddYears(3)));

        var stored = Assert.Single(await EntriesAsync(duty));
        Assert.Equal(stored.ReceivedAt, stored.MadeAt);
    }

    [Fact]
    public async Task OtherAgencies_AndOtherStations_CannotWrite()
    {
        var (alarm, duty) = await SceneAsync();
        var federation = await app.Data.CreateWorkerAsync("340104-womens-federation");
        var elsewhere = await app.Data.CreateWorkerAsync("340102001-police");

        Assert.Equal("duties.not-your-unit", (await RecordAsync(duty, federation, Tap(ScenePart.Check, "receipt", "collected"))).Failure?.Code);
        Assert.Equal(DutyFailures.NotFound, (await RecordAsync(duty, elsewhere, Tap(ScenePart.Check, "receipt", "collected"))).Failure);
        using var stranger = await app.SignInAsync(elsewhere);
        foreach (var path in (string[])[$"/scene/{duty}", $"/api/v1/cases/{alarm.CaseId}/scene"])
        {
            using var answer = await stranger.GetAsync(path, Ct);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Empty(await EntriesAsync(duty));
    }

    [Fact]
    public async Task ANoteWithAShieldedPlace_IsRefused_UnlessItsWriterKeepsIt()
    {
        const string Place = "翡翠花园9栋1单元901室";
        var (alarm, duty) = await SceneAsync();
        await app.QueryAsync(async db =>
        {
            var victim = await db.CaseParties.Where(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).SingleAsync(Ct);
            (await db.People.SingleAsync(p => p.PersonId == victim, Ct)).Address = Place;
            return await db.SaveChangesAsync(Ct);
        });
        var officer = await OfficerAsync();
        var note = Tap(ScenePart.Note, "check.receipt", null) with { Words = $"她在{Place}" };

        Assert.Equal(SceneFailures.TellsPlace, (await RecordAsync(duty, officer, note)).Value.Taps.Single().Failure);
        Assert.Null((await RecordAsync(duty, officer, note with { LeaksSeen = true })).Value.Taps.Single().Failure);
    }

    [Fact]
    public async Task Page_WithoutScript_SavesWhatWasChanged_AndNothingElse()
    {
        var (alarm, duty) = await SceneAsync();
        var officer = await OfficerAsync();
        using var client = await app.SignInAsync(officer);
        var page = await client.GetPageAsync($"/scene/{duty}");

        using var saved = await client.SubmitAsync(page, "scene", new()
        {
            ["check.receipt"] = "collected", ["note.check.receipt"] = "回执2026-1", ["fact.weapon"] = "yes", ["wound.region"] = "front:neck", ["wound.kind"] = "bruise", ["wound.size"] = "small",
        });

        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var entries = await EntriesAsync(duty);
        Assert.Equal(["collected", "", "yes", "front:neck:bruise:small"], new[] { ScenePart.Check, ScenePart.Note, ScenePart.Fact, ScenePart.Wound }.Select(p => entries.Single(e => e.Part == p).Value));
        var again = await client.GetPageAsync($"/scene/{duty}");
        Assert.Equal("回执2026-1", again.QuerySelector("input[name='note.check.receipt']")!.GetAttribute("value"));
        using var unchanged = await client.SubmitAsync(again, "scene");
        Assert.Equal(4, (await EntriesAsync(duty)).Count);
        Assert.Contains("颈部", (await client.GetPageAsync($"/cases/{alarm.CaseId}")).Body!.TextContent, StringComparison.Ordinal);
        using var wrong = await client.SubmitAsync(again, "scene", new() { ["check.receipt"] = "eaten" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Page_AcceptsTaps_OnlyWithItsToken_AndAnswersInItsWords()
    {
        var (_, duty) = await SceneAsync();
        using var client = await app.SignInAsync(await OfficerAsync());
        var page = await client.GetPageAsync($"/scene/{duty}");
        var token = page.QuerySelector("form.scene input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var key = page.QuerySelector("scene-taps")!.GetAttribute("data-key");
        object body = new { entries = new[] { new { id = Guid.NewGuid(), part = "fact", item = "weapon", value = "yes", madeAt = "2026-11-23T20:00:00+08:00", count = 5 } } };

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(client, duty, null, body)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(client, duty, token, "nonsense")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(client, duty, token, new { entries = new[] { new { id = Guid.NewGuid(), part = "nothing" } } })).Status);
        var (status, json) = await SendAsync(client, duty, token, body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("stored", json!.Value.GetProperty("entries")[0].GetProperty("status").GetString());
        Assert.Equal("weapon", json.Value.GetProperty("scene").GetProperty("items")[0].GetProperty("item").GetString());

        // The same key for the same worker, another for everybody else.
        Assert.Matches("^[0-9a-f]{32}$", key);
        Assert.Equal(key, (await client.GetPageAsync($"/scene/{duty}")).QuerySelector("scene-taps")!.GetAttribute("data-key"));
        using var colleague = await app.SignInAsync(await OfficerAsync());
        Assert.NotEqual(key, (await colleague.GetPageAsync($"/scene/{duty}")).QuerySelector("scene-taps")!.GetAttribute("data-key"));
    }

    [Fact]
    public async Task Api_ReadsAndWrites_AndNamesWrongFields()
    {
        var (alarm, duty) = await SceneAsync();
        using var client = await app.SignInAsync(await OfficerAsync());
        var path = $"/api/v1/cases/{alarm.CaseId}/scene/{duty}/entries";

        using var wrong = await client.PostAsJsonAsync(path, new { entries = new object[] { new { id = Guid.NewGuid(), part = "fact" } } }, Ct);
        using var stored = await client.PostAsJsonAsync(path, new { entries = new[] { new { id = Guid.NewGuid(), part = "danger", item = "danger-9.suffocation", value = "yes", madeAt = "2026-11-23T20:00:00+08:00", count = 5 } } }, Ct);
        using var otherCase = await client.PostAsJsonAsync($"/api/v1/cases/{Guid.NewGuid()}/scene/{duty}/entries", new { entries = new[] { new { id = Guid.NewGuid(), part = "fact", item = "weapon", value = "no", madeAt = "2026-11-23T20:00:00+08:00", count = 6 } } }, Ct);
        var read = await client.GetFromJsonAsync<JsonElement>($"/api/v1/cases/{alarm.CaseId}/scene", Ct);

        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("entries[0].item", await wrong.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (stored.StatusCode, otherCase.StatusCode));
        var danger = read.GetProperty("scenes")[0].GetProperty("danger")[0];
        Assert.Equal(("high", "suffocation"), (danger.GetProperty("level").GetString(), danger.GetProperty("decisive")[0].GetString()));
    }

    /// <summary>Two phones with a bad line: batches are lost and sent again, doubled, mixed up and sent at once. The record equals what was tapped.</summary>
    [Fact]
    public async Task RandomHistories_WithLossDoublingAndReordering_EndAsTapped()
    {
        (ScenePart Part, string Item, string[] Values)[] items =
            [(ScenePart.Check, "receipt", ["collected", "missing"]), (ScenePart.Fact, "weapon", ["yes", "no"]), (ScenePart.Danger, "danger-9.watches", ["yes", "no", "unknown"]), (ScenePart.Wound, "w1", ["front:neck:bruise:small", "withdrawn"])];
        await Gen.Select(Gen.Select(Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[0, 2]).Array[1, 14], Gen.Int[0, int.MaxValue - 1]).SampleAsync(
            async (history, seed) =>
            {
                var (alarm, duty) = await SceneAsync();
                Worker[] officers = [await OfficerAsync(), await OfficerAsync()];
                var taps = history.Select(h => (Officer: h.Item1, Tap: Tap(items[h.Item2].Part, items[h.Item2].Item, items[h.Item2].Values[h.Item3 % items[h.Item2].Values.Length]))).ToList();
                var random = new Random(seed);
                var sent = taps.Concat(taps.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToList();
                await Task.WhenAll(Enumerable.Range(0, 2).Select(async n =>
                {
                    foreach (var batch in sent.Where(t => t.Officer == n).Chunk(1 + random.Next(4)))
                    {
                        Assert.True((await RecordAsync(duty, officers[n], [.. batch.Select(b => b.Tap)])).IsOk);
                    }
                }));

                var record = SceneRecord.Of(await EntriesAsync(duty));
                Assert.Equal(taps.Select(t => t.Tap.Id).Order(), record.Entries.Select(e => e.SceneEntryId).Order());
                foreach (var last in taps.GroupBy(t => (t.Officer, t.Tap.Part, t.Tap.Item)).Select(g => g.MaxBy(t => t.Tap.Count)))
                {
                    Assert.Equal(last.Tap.Value, record.Says(last.Tap.Part, last.Tap.Item).Single(s => s.Entry.WorkerId == officers[last.Officer].Id).Value);
                }

                Assert.Equal(record.Answer(ScenePart.Fact, "weapon"), (await KnownAsync(alarm.CaseId)).Weapon switch { true => "yes", false => "no", null => null });
                await app.CheckCaseAsync(alarm.CaseId);
            },
            iter: 8, threads: 1);
    }

    private async Task<(AlarmReceipt Alarm, Guid Duty)> SceneAsync()
    {
        var alarm = await app.SubmitAsync(Reports.Of(app));
        return (alarm, await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.Kind == "police-first-contact").Select(d => d.DutyId).SingleAsync(Ct)));
    }

    private Task<Worker> OfficerAsync(string? name = null) => name is null ? app.Data.CreateWorkerAsync(Station) : app.Data.CreateWorkerAsync(Station, displayName: name);

    private static SceneTap Tap(ScenePart part, string item, string? value, DateTimeOffset? at = null)
    {
        var n = Interlocked.Increment(ref count);
        return new SceneTap { Id = Guid.CreateVersion7(), Part = part, Item = item, Value = value, MadeAt = at ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(n), Count = n };
    }

    private Task<Result<SceneRecorded>> RecordAsync(Guid duty, Worker officer, params SceneTap[] taps) =>
        app.Services.GetRequiredService<RecordSceneHandler>().Handle(new RecordScene(duty, taps), CallerOf(officer), Ct);

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    private Task<List<SceneEntry>> EntriesAsync(Guid duty) => app.QueryAsync(db => db.SceneEntries.AsNoTracking().Where(e => e.DutyId == duty).ToListAsync(Ct));

    private Task<IncidentKnowledge> KnownAsync(Guid caseId) =>
        app.QueryAsync(async db => IncidentKnowledge.Of(await db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == caseId, Ct)));

    private static async Task<(HttpStatusCode Status, JsonElement? Json)> SendAsync(HttpClient client, Guid duty, string? token, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/scene/{duty}/entries") { Content = JsonContent.Create(body) };
        if (token is not null)
        {
            request.Headers.Add("RequestVerificationToken", token);
        }

        await request.Content.LoadIntoBufferAsync(Ct);
        using var answer = await client.SendAsync(request, Ct);
        return (answer.StatusCode, answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>(Ct) : null);
    }
}
