using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Anhu.Common;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Scene;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Scene;

/// <summary>The federation's work group at the scene.</summary>
public sealed class JointResponseTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Federation = "340104-womens-federation";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_GoesToTheFederationAtOnce_AndEndsHandedBack()
    {
        var (alarm, duty, officer) = await SceneAsync();
        var member = await app.Data.CreateWorkerAsync(Federation, displayName: "值班员周");
        await app.QueryAsync(db =>
        {
            db.Add(new DutyRosterEntry { DutyRosterEntryId = Guid.CreateVersion7(), UnitId = member.UnitId, WorkerId = member.Id, StartsAt = app.Clock.Now.AddHours(-1), EndsAt = app.Clock.Now.AddHours(8) });
            return db.SaveChangesAsync(Ct);
        });
        using var client = await app.SignInAsync(officer);
        var page = await client.GetPageAsync($"/scene/{duty}");

        using var asked = await client.SubmitAsync(page, "joint", new() { ["Secured"] = "true", ["VictimAgrees"] = "true" });

        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        var group = await app.QueryAsync(db => db.Duties.AsNoTracking().SingleAsync(d => d.CaseId == alarm.CaseId && d.Kind == JointResponse.Kind, Ct));
        Assert.Equal(member.UnitId, group.OwnerUnitId);
        Assert.Equal(1, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.DutyId == group.DutyId && e.Type == JointResponse.Requested, Ct)));
        var shown = (await client.GetPageAsync($"/scene/{duty}")).QuerySelector("#joint")!;
        Assert.Contains("值班员周", shown.TextContent, StringComparison.Ordinal);
        Assert.Null(shown.QuerySelector("form"));

        foreach (var (step, state) in ((DutyStep, string)[])[(DutyStep.Accept, "confirmed"), (DutyStep.Start, "on-site"), (DutyStep.Complete, "handed-back")])
        {
            var taken = await app.Services.GetRequiredService<TakeDutyStepHandler>().Handle(
                new TakeDutyStep
                {
                    DutyId = group.DutyId, Step = step, Outcome = step == DutyStep.Complete ? "handed-back" : null,
                    Form = step == DutyStep.Complete ? """{"support":["counselling"],"notes":"已交回"}""" : null,
                }, CallerOf(member), Ct);
            Assert.True(taken.IsOk, taken.Failure?.Code);
            var read = await client.GetFromJsonAsync<JsonElement>($"/api/v1/cases/{alarm.CaseId}/scene", Ct);
            Assert.Equal(state, read.GetProperty("scenes")[0].GetProperty("joint")[0].GetProperty("state").GetString());
        }

        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task Guards_MustHold()
    {
        var (alarm, duty, officer) = await SceneAsync();
        using var client = await app.SignInAsync(officer);
        var path = $"/api/v1/cases/{alarm.CaseId}/scene/{duty}/joint-response";
        foreach (var (body, code) in ((object, string)[])[(new { }, "scene.joint-not-secured"), (new { secured = true }, "scene.joint-no-consent"), (new { secured = false, victimAgrees = true }, "scene.joint-not-secured")])
        {
            using var answer = await client.PostAsJsonAsync(path, body, Ct);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(code, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        Assert.Equal("duties.not-your-unit", (await AskAsync(duty, await app.Data.CreateWorkerAsync(Federation))).Failure?.Code);
        Assert.Equal(DutyFailures.NotFound, (await AskAsync(duty, await app.Data.CreateWorkerAsync("340102001-police"))).Failure);
        Assert.Empty(await GroupsAsync(alarm));
    }

    [Fact]
    public async Task WhereTheDangerIsHigh_ItIsSupportOnly()
    {
        var (alarm, duty, officer) = await SceneAsync();
        var tap = new SceneTap { Id = Guid.CreateVersion7(), Part = ScenePart.Danger, Item = "danger-9.lethal-act", Value = "yes", MadeAt = app.Clock.Now, Count = 1 };
        await app.Services.GetRequiredService<RecordSceneHandler>().Handle(new RecordScene(duty, [tap]), CallerOf(officer), Ct);

        var asked = await AskAsync(duty, officer);

        Assert.True(asked.Value.SupportOnly);
        Assert.Equal([JointResponse.SupportKind], await GroupsAsync(alarm));
    }

    /// <summary>Officers who ask at once, and again and again, in between cancelled and ended groups: never two under way, and every answer is the one under way.</summary>
    [Fact]
    public async Task RandomHistories_NeverHaveTwoUnderWay()
    {
        await Gen.Int[0, 5].Array[1, 10].SampleAsync(
            async history =>
            {
                var (alarm, duty, officer) = await SceneAsync();
                var colleague = await app.Data.CreateWorkerAsync("340104001-police");
                var member = await app.Data.CreateWorkerAsync(Federation);
                var steps = app.Services.GetRequiredService<TakeDutyStepHandler>();
                JointState? expected = null;
                foreach (var act in history)
                {
                    var open = await app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == alarm.CaseId && d.Kind == JointResponse.Kind && d.DoneAt == null).SingleOrDefaultAsync(Ct));
                    if (act <= 1)
                    {
                        var both = await Task.WhenAll(AskAsync(duty, officer), AskAsync(duty, colleague));
                        Assert.All(both, b => Assert.True(b.IsOk, b.Failure?.Code));
                        Assert.Equal(both[0].Value.DutyId, both[1].Value.DutyId);
                        Assert.Equal(open?.DutyId ?? both[0].Value.DutyId, both[0].Value.DutyId);
                        expected ??= JointState.Requested;
                        Assert.Equal(expected, both[0].Value.State);
                    }
                    else if (open is not null)
                    {
                        var (step, outcome) = act switch { 2 => (DutyStep.Accept, (string?)null), 3 => (DutyStep.Start, null), 4 => (DutyStep.Complete, "not-wanted"), _ => (DutyStep.Complete, "handed-back") };
                        var taken = await steps.Handle(
                            new TakeDutyStep { DutyId = open.DutyId, Step = step, Outcome = outcome, Form = outcome is null ? null : "{\"support\":[\"company\"],\"notes\":\"x\"}" }, CallerOf(member), Ct);
                        var moves = JointResponse.Moves.Where(m => m.From == expected && m.Step == step).Select(m => m.To).ToList();
                        Assert.True(taken.IsOk == moves.Count > 0, $"{expected} {step}");
                        if (taken.IsOk)
                        {
                            var now = JointResponse.StateOf(taken.Value.State, taken.Value.Outcome);
                            Assert.Contains(now, moves);
                            expected = now is JointState.HandedBack or JointState.CalledOff ? null : now;
                        }
                    }
                }

                await app.CheckCaseAsync(alarm.CaseId);
            },
            iter: 6, threads: 1);
    }

    /// <summary>The table in the docs is the one in the code; <c>ANHU_RENEW_DOCS=1</c> writes it anew.</summary>
    [Fact]
    public void Table_InTheDocs_IsTheOneInTheCode()
    {
        const string mark = "<!-- joint -->";
        var path = Path.Combine(Repository.Root, "docs", "modules", "scene.md");
        var table = new StringBuilder(mark).Append("\n| from | to | step of the duty | who | guard |\n| --- | --- | --- | --- | --- |\n");
        foreach (var (from, to, step, actor, guard) in JointResponse.Moves)
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {from?.ToString() ?? "–"} | {to} | {step?.ToString() ?? "–"} | {actor.En} | {guard.En} |\n");
        }

        var text = File.ReadAllText(path);
        var (start, end) = (text.IndexOf(mark, StringComparison.Ordinal), text.IndexOf("## On the phone", StringComparison.Ordinal));
        var right = $"{text[..start]}{table}\n{text[end..]}";
        if (Environment.GetEnvironmentVariable("ANHU_RENEW_DOCS") == "1")
        {
            File.WriteAllText(path, right);
            text = right;
        }

        Assert.Equal(right, text);
    }

    private async Task<(AlarmReceipt Alarm, Guid Duty, Worker Officer)> SceneAsync()
    {
        var alarm = await app.SubmitAsync(Reports.Of(app));
        return (alarm, await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && d.Kind == "police-first-contact").Select(d => d.DutyId).SingleAsync(Ct)),
            await app.Data.CreateWorkerAsync("340104001-police"));
    }

    private Task<Result<JointLine>> AskAsync(Guid duty, Worker worker) =>
        app.Services.GetRequiredService<RequestJointResponseHandler>().Handle(new RequestJointResponse(duty, true, true), CallerOf(worker), Ct);

    private Task<List<string>> GroupsAsync(AlarmReceipt alarm) =>
        app.QueryAsync(db => db.Duties.Where(d => d.CaseId == alarm.CaseId && (d.Kind == JointResponse.Kind || d.Kind == JointResponse.SupportKind)).Select(d => d.Kind).ToListAsync(Ct));

    private static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
}
