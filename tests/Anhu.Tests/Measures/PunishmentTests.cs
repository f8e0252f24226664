using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.Intake;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.Punishments;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Measures;

/// <summary>Penalties and criminal cases on the store: their clocks, and what is due before, on and after a release (handbook §2.7, §2.8, §4.3).</summary>
public sealed class PunishmentTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private static readonly string[] BeforeRelease = ["release-safety-plan", "release-contact"];

    private static int number;

    private readonly Letters letters = new(app);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => app.Clock.GetUtcNow();

    [Fact]
    public async Task Detention_IsKnownToEnd_SafetyPlanAndContactComeBefore_ReassessmentOnTheDay()
    {
        var (alarm, penalty, officer) = await DecidedAsync("detention", days: 10);
        var grade = await GradeAsync(alarm.CaseId);
        Assert.Contains(grade.Reasons, r => r.RuleId == "punished");

        penalty = await DoneAsync(penalty, "detain", officer, new() { ["detainedAt"] = letters.Local(Now) });
        Assert.Equal(Minute(Now).AddDays(10), penalty.ReleaseAt);
        Assert.Equal(penalty.ReleaseAt!.Value.AddHours(-48), (await letters.OpenAsync(alarm.CaseId, "release-safety-plan"))!.DueAt);
        Assert.Equal(penalty.ReleaseAt!.Value.AddHours(-24), (await letters.OpenAsync(alarm.CaseId, "release-contact"))!.DueAt);
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "penalty-execution"));

        // The day changes: what was asked for by the old one is asked for anew.
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var changed = Minute(Now).AddMinutes(30);
        penalty = await DoneAsync(penalty, "set-release", officer, new() { ["releaseAt"] = letters.Local(changed), ["reason"] = "折抵" });
        Assert.Equal(Now.AddHours(4), (await letters.OpenAsync(alarm.CaseId, "release-safety-plan"))!.DueAt);
        Assert.Equal([(1, "date-changed"), (1, "date-changed")], await app.QueryAsync(async db => (await db.Duties.AsNoTracking()
            .Where(d => d.CaseId == alarm.CaseId && BeforeRelease.Contains(d.Kind) && d.Outcome != null).Select(d => d.Outcome!).ToListAsync(Ct)).Select(o => (1, o)).ToArray()));

        // The day has come; nobody has said so yet.
        await RunToAsync(changed);
        Assert.Equal("detained", (await letters.ReadAsync(penalty.MeasureId)).State);
        var reassessment = (await letters.OpenAsync(alarm.CaseId, "reassessment"))!;
        await app.WithAsync<MeasureTimes, int>(t => t.RunAsync(Ct));
        Assert.Equal(1, await CountAsync(alarm.CaseId, "reassessment"));

        app.Time.Advance(TimeSpan.FromMinutes(2));
        penalty = await DoneAsync(penalty, "release", officer, Released(Now));
        Assert.Equal(("ended", false), (penalty.State, penalty.IsOpen));
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "safety-check"));
        Assert.Equal(1, await CountAsync(alarm.CaseId, "reassessment"));

        // The assessment raises the class with its reason, and never lowers it.
        var federation = await letters.CallerAsync("340104-womens-federation");
        await CompleteAsync(reassessment, "assessed", federation, new { changes = "已释放，扬言报复", riskView = "1", reason = "短信威胁" });
        grade = await GradeAsync(alarm.CaseId);
        Assert.Equal((1, "visitor-high"), (grade.Class, grade.Reasons[0].RuleId));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task Release_EarlierThanKnown_OrUnknown_IsActedOnAtOnce()
    {
        var (alarm, penalty, officer) = await DecidedAsync("detention-and-fine", days: 15);
        penalty = await DoneAsync(penalty, "detain", officer, new() { ["detainedAt"] = letters.Local(Now) });
        app.Time.Advance(TimeSpan.FromMinutes(10));

        await DoneAsync(penalty, "release", officer, Released(Now));

        Assert.Equal(Now.AddMinutes(240), (await letters.OpenAsync(alarm.CaseId, "safety-check"))!.DueAt);
        Assert.Contains(await app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == alarm.CaseId && d.Kind == "release-contact").ToListAsync(Ct)), d => d.IsOpen && d.DueAt == Now.AddMinutes(120));
        Assert.NotNull(await letters.OpenAsync(alarm.CaseId, "reassessment"));

        // Of a suspect nobody knew the day.
        var (second, crime, police) = await FiledAsync();
        crime = await DoneAsync(crime, "detain", police, new() { ["detainedAt"] = letters.Local(Now) });
        Assert.Null(crime.ReleaseAt);
        Assert.Equal(["detained"], crime.Overlays);
        Assert.Null(await letters.OpenAsync(second.CaseId, "release-safety-plan"));
        app.Time.Advance(TimeSpan.FromMinutes(1));
        crime = await DoneAsync(crime, "bail", police, new()
        {
            ["bailAt"] = letters.Local(Now), ["bailUntil"] = Day(100), ["bailConditions"] = new[] { "no-violence", "no-contact" },
        });
        Assert.Equal(["bail"], crime.Overlays);
        Assert.NotNull(await letters.OpenAsync(second.CaseId, "safety-check"));
        await app.CheckCaseAsync(second.CaseId);
    }

    [Fact]
    public async Task Clock_OfAPenalty_StandsDuringAnAppraisal_AndMayBeExtendedOnce()
    {
        var officer = await letters.CallerAsync(Letters.Station);
        var leader = await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor);
        var alarm = await letters.ReportAsync();
        var accepted = Minute(Now.AddDays(-25));
        var penalty = (await ProposeAsync(alarm.CaseId, AdministrativePenalty.KindId, "accept", officer, Accepted(25))).Value;
        Assert.Equal(letters.Rules.Clock.Days(accepted, 30), penalty.DueAt);
        Assert.Equal(penalty.DueAt, (await letters.OpenAsync(alarm.CaseId, "penalty-decision"))!.DueAt);

        penalty = await DoneAsync(penalty, "appraise", officer, new() { ["appraisalFrom"] = letters.Local(Now.AddDays(-20)) });
        Assert.Null(penalty.DueAt);
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "penalty-decision"));
        Assert.NotNull(await letters.OpenAsync(alarm.CaseId, "penalty-appraisal"));
        Assert.Equal("measures.not-from-here", (await letters.ActAsync(penalty.MeasureId, "decide", officer, Decision("warning", 0))).Failure?.Code);
        penalty = await DoneAsync(penalty, "resume", officer, new() { ["appraisalTo"] = letters.Local(Now) });
        Assert.Equal(letters.Rules.Clock.Days(accepted.AddDays(20), 30), penalty.DueAt);

        penalty = await DoneAsync(penalty, "extend", leader, new() { ["extendedBy"] = "蜀山分局", ["reason"] = "案情复杂" });
        Assert.Equal(letters.Rules.Clock.Days(accepted.AddDays(20), 60), penalty.DueAt);
        Assert.Equal("measures.not-from-here", (await letters.ActAsync(penalty.MeasureId, "extend", leader, new() { ["extendedBy"] = "蜀山分局", ["reason"] = "再延长" })).Failure?.Code);

        // Another one, accepted a hundred days ago.
        alarm = await letters.ReportAsync();
        penalty = (await ProposeAsync(alarm.CaseId, AdministrativePenalty.KindId, "accept", officer, Accepted(100))).Value;
        var late = Decision("fine", 0);
        Assert.Equal(("measures.late-reason-missing", "lateReason"), Of(await letters.ActAsync(penalty.MeasureId, "decide", officer, late)));
        late["lateReason"] = "证人外出";
        penalty = await DoneAsync(penalty, "decide", officer, late);
        Assert.Contains("late", penalty.Overlays);
        penalty = await DoneAsync(penalty, "carry-out", officer, new() { ["executedAt"] = letters.Local(Now) });
        Assert.Equal(("ended", false), (penalty.State, penalty.IsOpen));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task Steps_ThatTheRulesForbid_NameTheField()
    {
        var officer = await letters.CallerAsync(Letters.Station);
        var alarm = await letters.ReportAsync();
        Assert.Equal(("measures.in-the-future", "acceptedAt"), Of(await ProposeAsync(
            alarm.CaseId, AdministrativePenalty.KindId, "accept", officer, new() { ["acceptedAt"] = letters.Local(Now.AddDays(1)), ["acceptanceNumber"] = "受1" })));
        Assert.Equal("measures.wrong-agency", (await ProposeAsync(
            alarm.CaseId, AdministrativePenalty.KindId, "accept", await letters.CallerAsync("340104-womens-federation"), Accepted())).Failure?.Code);
        var penalty = (await ProposeAsync(alarm.CaseId, AdministrativePenalty.KindId, "accept", officer, Accepted())).Value;
        async Task RefusedAsync(string code, string field, Dictionary<string, object> fields) => Assert.Equal((code, field), Of(await letters.ActAsync(penalty.MeasureId, "decide", officer, fields)));
        await RefusedAsync("measures.penalty-days", "detentionDays", Decision("detention", 16));
        await RefusedAsync("measures.penalty-days", "detentionDays", Decision("detention", 0));
        await RefusedAsync("measures.field-invalid", "detentionDays", Decision("warning", 3));
        var fined = Decision("fine", 0);
        fined.Remove("fine");
        await RefusedAsync("measures.penalty-fine", "fine", fined);
        var early = Decision("warning", 0);
        early["decidedAt"] = letters.Local(Now.AddDays(-3));
        await RefusedAsync("measures.punishment-before", "decidedAt", early);
        var merged = Decision("detention", 20);
        merged["merged"] = "yes";
        penalty = await DoneAsync(penalty, "decide", officer, merged);
        Assert.Equal("measures.penalty-is-detention", (await letters.ActAsync(penalty.MeasureId, "carry-out", officer, new() { ["executedAt"] = letters.Local(Now) })).Failure?.Code);
        Assert.Equal(("measures.release-not-ahead", "releaseAt"), Of(await letters.ActAsync(
            penalty.MeasureId, "detain", officer, new() { ["detainedAt"] = letters.Local(Now), ["releaseAt"] = letters.Local(Now.AddMinutes(-5)) })));
        penalty = await DoneAsync(penalty, "not-execute", officer, new() { ["notExecutedBecause"] = "age-70" });
        Assert.NotNull(await letters.OpenAsync(alarm.CaseId, "reassessment"));

        // Revoked: no history any more, and the class stays.
        var leader = await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor);
        var @class = (await GradeAsync(alarm.CaseId)).Class;
        await DoneAsync(penalty, "revoke", leader, new() { ["reason"] = "复议撤销" });
        Assert.Equal((null, null), await FateAsync(alarm.CaseId));
        Assert.Equal(@class, (await GradeAsync(alarm.CaseId)).Class);

        var (filed, withdrawn, investigator) = await FiledAsync();
        Assert.Equal("criminal", (await FateAsync(filed.CaseId)).Disposition);
        await DoneAsync(withdrawn, "withdraw-case", investigator, new() { ["reason"] = "不构成犯罪" });
        Assert.Equal((null, null), await FateAsync(filed.CaseId));

        var (_, crime, police) = await FiledAsync();
        Assert.Equal(("measures.bail-contact", "bailConditions"), Of(await letters.ActAsync(crime.MeasureId, "bail", police, new()
        {
            ["bailAt"] = letters.Local(Now), ["bailUntil"] = Day(30), ["bailConditions"] = new[] { "papers" },
        })));
        Assert.Equal(("measures.term-wrong", "bailUntil"), Of(await letters.ActAsync(crime.MeasureId, "bail", police, new()
        {
            ["bailAt"] = letters.Local(Now), ["bailUntil"] = Day(400), ["bailConditions"] = new[] { "no-contact" },
        })));
        Assert.Equal("measures.not-in-custody", (await letters.ActAsync(crime.MeasureId, "release", police, Released(Now, "term-over"))).Failure?.Code);
        Assert.Equal(("measures.choice-not-told", "choiceTold"), Of(await ProposeAsync((await letters.ReportAsync()).CaseId, CriminalCase.KindId, "not-file", police, new()
        {
            ["decidedAt"] = letters.Local(Now), ["reason"] = "轻伤，愿意自诉", ["choiceTold"] = "no", ["choiceToldAt"] = letters.Local(Now),
        })));
    }

    /// <summary>A punishment that falls takes only itself away, and whoever was acquitted is in no history with it.</summary>
    [Fact]
    public async Task PunishmentThatFalls_LeavesWhatElseStands_AndAnAcquittalLeavesNothing()
    {
        foreach (var crimeFalls in (bool[])[true, false])
        {
            var (alarm, crime, police) = await FiledAsync();
            var leader = await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor);
            var begun = await ProposeAsync(alarm.CaseId, AdministrativePenalty.KindId, "accept", police, Accepted());
            Assert.True(begun.IsOk, begun.Failure?.Code);
            app.Time.Advance(TimeSpan.FromMinutes(1));
            var penalty = await DoneAsync(begun.Value, "decide", police, Decision("warning", 0));
            if (crimeFalls)
            {
                await DoneAsync(crime, "withdraw-case", police, new() { ["reason"] = "不构成犯罪" });
                Assert.Equal(("penalty", penalty.IssuedAt), await FateAsync(alarm.CaseId));
                await DoneAsync(penalty, "revoke", leader, new() { ["reason"] = "复议撤销" });
                Assert.Equal((null, null), await FateAsync(alarm.CaseId));
            }
            else
            {
                await DoneAsync(penalty, "revoke", leader, new() { ["reason"] = "复议撤销" });
                Assert.Equal(("criminal", crime.StartsAt), await FateAsync(alarm.CaseId));
            }

            await app.CheckCaseAsync(alarm.CaseId);
        }

        var (tried, charged, officer) = await FiledAsync();
        var (procuratorate, court) = (await InvolvedAsync("340104-procuratorate", tried.CaseId), await InvolvedAsync("340104-court", tried.CaseId));
        charged = await DoneAsync(charged, "transfer", officer, new() { ["transferredAt"] = letters.Local(Now) });
        charged = await DoneAsync(charged, "prosecute", procuratorate, new() { ["prosecutedAt"] = letters.Local(Now) });
        await DoneAsync(charged, "judge", court, new() { ["judgedAt"] = letters.Local(Now), ["judgmentNumber"] = "（2026）皖0104刑初9号", ["verdict"] = "not-guilty" });
        Assert.Equal((null, null), await FateAsync(tried.CaseId));
        await app.CheckCaseAsync(tried.CaseId);
    }

    [Fact]
    public async Task CriminalCase_IsEnteredByEachOfThem_ToTheSentence()
    {
        var (alarm, crime, police) = await FiledAsync();
        Assert.Equal("criminal", await app.QueryAsync(db => db.Incidents.Where(i => i.CaseId == alarm.CaseId).Select(i => i.Disposition).SingleAsync(Ct)));
        crime = await DoneAsync(crime, "transfer", police, new() { ["transferredAt"] = letters.Local(Now) });
        Assert.Equal("measures.wrong-agency", (await letters.ActAsync(crime.MeasureId, "prosecute", police, new() { ["prosecutedAt"] = letters.Local(Now) })).Failure?.Code);

        var (procuratorate, court) = (await InvolvedAsync("340104-procuratorate", alarm.CaseId), await InvolvedAsync("340104-court", alarm.CaseId));
        crime = await DoneAsync(crime, "prosecute", procuratorate, new() { ["prosecutedAt"] = letters.Local(Now) });
        crime = await DoneAsync(crime, "judge", court, new()
        {
            ["judgedAt"] = letters.Local(Now), ["judgmentNumber"] = "（2026）皖0104刑初1号", ["verdict"] = "guilty", ["sentence"] = "imprisonment", ["sentenceMonths"] = 8,
        });
        crime = await DoneAsync(crime, "begin-sentence", court, new() { ["detainedAt"] = letters.Local(Now), ["releaseAt"] = letters.Local(Now.AddMonths(8)) });
        Assert.Equal("serving", crime.State);
        Assert.Equal(["serving-time"], crime.Overlays);
        Assert.Equal(crime.ReleaseAt!.Value.AddHours(-24), (await letters.OpenAsync(alarm.CaseId, "release-contact"))!.DueAt);

        crime = await DoneAsync(crime, "set-release", court, new() { ["releaseAt"] = letters.Local(Now.AddMinutes(20)), ["reason"] = "减刑" });
        await RunToAsync(crime.ReleaseAt!.Value);
        Assert.NotNull(await letters.OpenAsync(alarm.CaseId, "reassessment"));
        crime = await DoneAsync(crime, "release", court, Released(Now));
        Assert.Equal(("ended", 0), (crime.State, crime.Overlays.Count));
        Assert.Equal(
            ["file", "transfer", "prosecute", "judge", "begin-sentence", "set-release", "release"],
            await app.QueryAsync(db => db.MeasureActs.Where(a => a.MeasureId == crime.MeasureId).OrderBy(a => a.Ordinal).Select(a => a.Action).ToListAsync(Ct)));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task Number_FindsPenaltyAndCriminalCase_ForWhoReadsTheCase()
    {
        var (alarm, penalty, officer) = await DecidedAsync("warning", days: 0);
        var (other, crime, _) = await FiledAsync();
        using var client = await SignInAsync(officer);
        using var stranger = await SignInAsync(await letters.CallerAsync("340103001-police"));

        Assert.Equal([(penalty.MeasureId, alarm.CaseNumber)], await FindAsync(client, penalty.Number!));
        Assert.Equal([(penalty.MeasureId, alarm.CaseNumber)], await FindAsync(client, penalty.Number!.Replace('[', '〔').Replace(']', '〕'), AdministrativePenalty.KindId));
        Assert.Empty(await FindAsync(client, penalty.Number!, CriminalCase.KindId));
        Assert.Equal([(crime.MeasureId, other.CaseNumber)], await FindAsync(client, crime.Number!, CriminalCase.KindId));
        Assert.Empty(await FindAsync(stranger, penalty.Number!));
        Assert.Empty(await FindAsync(client, "没有这个文号"));

        // Who is told that a case exists, and no more, is told of no penalty: by number or in a list.
        var city = await letters.CallerAsync("340100-police", WorkerRole.Supervisor);
        using var above = await SignInAsync(city);
        var sight = await app.WithAsync<CaseQueries, CaseSight?>(q => q.SightAsync(city, alarm.CaseId, Ct));
        Assert.False(sight!.Shows(FieldClass.Personal));
        Assert.Empty(await FindAsync(above, penalty.Number!));
        Assert.NotNull((await client.GetPageAsync($"/measures?number={Uri.EscapeDataString(penalty.Number!)}")).QuerySelector($"a[href='/measures/{penalty.MeasureId}']"));
        Assert.Null((await above.GetPageAsync($"/measures?number={Uri.EscapeDataString(penalty.Number!)}")).QuerySelector($"a[href='/measures/{penalty.MeasureId}']"));

        foreach (var (query, field) in new[] { ("", "number"), ("?number=%20", "number"), ($"?number={new string('1', 200)}", "number"), ("?number=1&kind=nothing", "kind") })
        {
            using var wrong = await client.GetAsync($"/api/v1/measures{query}", Ct);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, wrong.StatusCode);
            Assert.Contains($"\"{field}\"", await wrong.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        async Task<HttpClient> SignInAsync(Caller caller) => await app.SignInAsync(await app.QueryAsync(db => db.Workers.SingleAsync(w => w.Id == caller.WorkerId, Ct)));

        async Task<List<(Guid, string)>> FindAsync(HttpClient who, string number, string? kind = null)
        {
            using var json = JsonDocument.Parse(await who.GetStringAsync($"/api/v1/measures?number={Uri.EscapeDataString(number)}{(kind is null ? "" : "&kind=" + kind)}", Ct));
            return [.. json.RootElement.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("id").GetGuid(), i.GetProperty("caseNumber").GetString()!))];
        }
    }

    [Fact]
    public async Task Push_OfTheSameStepAgain_ChangesNothing()
    {
        var officer = await letters.CallerAsync(Letters.Station);
        var alarm = await letters.ReportAsync();
        var filing = Filing();
        var crime = (await ProposeAsync(alarm.CaseId, CriminalCase.KindId, "file", officer, filing)).Value;
        var detained = new Dictionary<string, object> { ["detainedAt"] = letters.Local(Now), ["releaseAt"] = letters.Local(Now.AddDays(5)) };
        crime = await DoneAsync(crime, "detain", officer, detained);
        crime = await DoneAsync(crime, "transfer", officer, new() { ["transferredAt"] = letters.Local(Now) });
        var events = await EventsAsync(alarm.CaseId);

        Assert.Equal(crime.MeasureId, (await ProposeAsync(alarm.CaseId, CriminalCase.KindId, "file", officer, filing)).Value.MeasureId);
        Assert.Equal(crime.Version, (await DoneAsync(crime, "detain", officer, detained)).Version);
        Assert.Equal(events, await EventsAsync(alarm.CaseId));

        // Other content is another step, and the table says no.
        detained["releaseAt"] = letters.Local(Now.AddDays(6));
        Assert.Equal("measures.not-from-here", (await letters.ActAsync(crime.MeasureId, "detain", officer, detained)).Failure?.Code);
        Assert.Equal("measures.already-open", (await ProposeAsync(alarm.CaseId, CriminalCase.KindId, "file", officer, Filing())).Failure?.Code);
        var federation = await letters.CallerAsync("340104-womens-federation");
        Assert.Equal("measures.wrong-agency", (await letters.ActAsync(crime.MeasureId, "set-release", federation, new() { ["releaseAt"] = letters.Local(Now.AddDays(7)), ["reason"] = "x" })).Failure?.Code);
    }

    /// <summary>Whatever is entered in whatever order: the table is kept, the case stays whole, custody and its end agree, and the class only rises.</summary>
    [Fact]
    public async Task RandomHistories_KeepTheTable() => await Gen.Select(Gen.Bool, Gen.Int[0, 1000].Array[4, 14]).SampleAsync(
        async (criminal, choices) =>
        {
            var (officer, leader) = (await letters.CallerAsync(Letters.Station), await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor));
            var (kind, _) = app.Services.GetRequiredService<MeasureBook>()[criminal ? CriminalCase.KindId : AdministrativePenalty.KindId];
            var alarm = await letters.ReportAsync();
            var begun = await ProposeAsync(alarm.CaseId, kind.Id, kind.Rows[0].Action, officer, For(kind.Rows[0]));
            Assert.True(begun.IsOk, begun.Failure?.Code);
            var (measure, @class) = (begun.Value, 3);
            foreach (var choice in choices)
            {
                app.Time.Advance(TimeSpan.FromMinutes(1 + (choice % 9)));
                await app.WithAsync<MeasureTimes, int>(t => t.RunAsync(Ct));
                var row = kind.Rows[choice % kind.Rows.Count];
                if (row.From.Count == 0)
                {
                    continue;
                }

                var fits = (kind.Find(row.Action, measure.State), measure) is ({ } fit, _) && MeasureKind.Fits(fit, measure);
                var result = await letters.ActAsync(measure.MeasureId, row.Action, row.Who == MeasureWho.Leader ? leader : officer, For(row));
                var now = await letters.ReadAsync(measure.MeasureId);
                Assert.True(fits || result.Failure?.Kind == FailureKind.NotAllowed || (result.IsOk && now.Version == measure.Version), $"{measure.State} {row.Action} {result.Failure?.Code}");
                Assert.Equal(result.IsOk ? result.Value.State : measure.State, now.State);
                Assert.Equal(kind.IsOpen(now.State), now.IsOpen);
                Assert.True(now.ReleasedAt is null || now.DeliveredAt is not null);
                Assert.True(now.NextCheckAt is null || now is { ReleasedAt: null, ReleaseAt: not null });
                Assert.False(now.Overlays.Contains("bail") && now.Overlays.Intersect(["detained", "arrested"]).Any());
                measure = now;
                var graded = (await GradeAsync(alarm.CaseId)).Class;
                Assert.True(graded <= @class);
                @class = graded;
                await app.CheckCaseAsync(alarm.CaseId);
            }
        },
        iter: 8, threads: 1);

    private async Task<(string? Disposition, DateTimeOffset? PunishedAt)> FateAsync(Guid caseId)
    {
        var incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == caseId, Ct));
        return (incident.Disposition, incident.PunishedAt);
    }

    private static (string?, string?) Of(Result<Measure> result) => (result.Failure?.Code, result.Failure?.Field);

    private DateTimeOffset Minute(DateTimeOffset at) => letters.Rules.Instant(letters.Local(at))!.Value;

    private string Day(int days) => letters.Rules.Clock.Zone.DateOf(Now.AddDays(days)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private Dictionary<string, object> Accepted(int daysAgo = 0) => new() { ["acceptedAt"] = letters.Local(Now.AddDays(-daysAgo)), ["acceptanceNumber"] = "蜀公受案字1号" };

    private Dictionary<string, object> Released(DateTimeOffset at, string why = "served") => new() { ["releasedAt"] = letters.Local(at), ["releasedBecause"] = why };

    private Dictionary<string, object> Decision(string penalty, int days)
    {
        var fields = new Dictionary<string, object>
        {
            ["decidedAt"] = letters.Local(Now), ["number"] = $"蜀公行罚决字[2026]{Interlocked.Increment(ref number)}号", ["penalty"] = penalty, ["clause"] = "art-51", ["facts"] = "殴打他人。",
        };
        if (days > 0)
        {
            fields["detentionDays"] = days;
        }

        if (penalty.Contains("fine", StringComparison.Ordinal))
        {
            fields["fine"] = 500;
        }

        return fields;
    }

    private Dictionary<string, object> Filing() => new()
    {
        ["filedAt"] = letters.Local(Now), ["number"] = $"蜀公立字[2026]{Interlocked.Increment(ref number)}号", ["charge"] = "injury", ["facts"] = "殴打致轻伤。",
    };

    /// <summary>Fields that fit a row.</summary>
    private Dictionary<string, object> For(MeasureRow row) => row.Action switch
    {
        "decide" => Decision(Now.Minute % 2 == 0 ? "detention" : "warning", Now.Minute % 2 == 0 ? 5 : 0),
        "file" or "file-after-all" => Filing(),
        "not-execute" => new() { ["notExecutedBecause"] = "age-70" },
        "judge" => new() { ["judgedAt"] = letters.Local(Now), ["judgmentNumber"] = "刑初2号", ["verdict"] = "guilty", ["sentence"] = "imprisonment" },
        "begin-sentence" => new() { ["detainedAt"] = letters.Local(Now), ["releaseAt"] = letters.Local(Now.AddDays(40)) },
        "set-release" => new() { ["releaseAt"] = letters.Local(Now.AddMinutes(8)), ["reason"] = "更改" },
        "release" => Released(Now, "other"),
        _ => row.Required.ToDictionary(f => f, f => (object)(f switch
        {
            "bailUntil" or "residenceUntil" => Day(60),
            "bailConditions" => new[] { "no-contact" },
            _ when f.EndsWith("At", StringComparison.Ordinal) || f.EndsWith("From", StringComparison.Ordinal) || f.EndsWith("To", StringComparison.Ordinal) => letters.Local(Now),
            _ => "经查",
        })),
    };

    private Task<Result<Measure>> ProposeAsync(Guid caseId, string kind, string action, Caller caller, Dictionary<string, object> fields) => app.WithAsync<ActOnMeasureHandler, Result<Measure>>(h =>
        h.Handle(new ProposeMeasure { CaseId = caseId, Kind = kind, Action = action, Form = JsonSerializer.Serialize(fields, JsonText.Options) }, caller, Ct));

    private async Task<Measure> DoneAsync(Measure measure, string action, Caller caller, Dictionary<string, object> fields)
    {
        var result = await letters.ActAsync(measure.MeasureId, action, caller, fields);
        Assert.True(result.IsOk, $"{action}: {result.Failure?.Code} {result.Failure?.Field}");
        return result.Value;
    }

    private async Task<(AlarmReceipt Alarm, Measure Penalty, Caller Officer)> DecidedAsync(string penalty, int days)
    {
        var officer = await letters.CallerAsync(Letters.Station);
        var alarm = await letters.ReportAsync();
        app.Time.Advance(TimeSpan.FromMinutes(10));
        var measure = (await ProposeAsync(alarm.CaseId, AdministrativePenalty.KindId, "accept", officer, Accepted())).Value;
        measure = await DoneAsync(measure, "decide", officer, Decision(penalty, days));
        Assert.NotNull(await letters.OpenAsync(alarm.CaseId, "penalty-execution"));
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "penalty-decision"));
        return (alarm, measure, officer);
    }

    private async Task<(AlarmReceipt Alarm, Measure Crime, Caller Officer)> FiledAsync()
    {
        var officer = await letters.CallerAsync(Letters.Station);
        var alarm = await letters.ReportAsync();
        app.Time.Advance(TimeSpan.FromMinutes(10));
        var begun = await ProposeAsync(alarm.CaseId, CriminalCase.KindId, "file", officer, Filing());
        Assert.True(begun.IsOk, $"{begun.Failure?.Code} {begun.Failure?.Field}");
        return (alarm, begun.Value, officer);
    }

    /// <summary>A worker of a unit that has been given a duty of the case.</summary>
    private async Task<Caller> InvolvedAsync(string unit, Guid caseId)
    {
        var caller = await letters.CallerAsync(unit);
        await app.QueryAsync(async db =>
        {
            var dvCase = await db.Cases.SingleAsync(c => c.CaseId == caseId, Ct);
            db.Add(new CaseAccess { UnitId = caller.UnitId!.Value, CaseId = caseId, CaseSequence = dvCase.CaseSequence, State = dvCase.State, Class = dvCase.Class, IsDirect = true });
            db.Add(new AccessGrant
            {
                AccessGrantId = Guid.CreateVersion7(), WorkerId = caller.WorkerId!.Value, UnitId = caller.UnitId!.Value, CaseId = caseId, Kind = GrantKind.Purpose,
                Reason = AccessReason.Supervision, GrantedAt = Now, Until = Now.AddYears(1),
            });
            return await db.SaveChangesAsync(Ct);
        });
        return caller;
    }

    private async Task RunToAsync(DateTimeOffset at)
    {
        app.Time.Advance(at - Now);
        await app.WithAsync<MeasureTimes, int>(t => t.RunAsync(Ct));
    }

    private Task<int> EventsAsync(Guid caseId) => app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == caseId, Ct));

    private Task<int> CountAsync(Guid caseId, string kind) => app.QueryAsync(db => db.Duties.CountAsync(d => d.CaseId == caseId && d.Kind == kind, Ct));

    private Task<Grade> GradeAsync(Guid caseId) => app.QueryAsync(db => db.Grades.AsNoTracking()
        .Where(g => g.CaseId == caseId && g.State == GradeState.Effective).OrderByDescending(g => g.DecidedAt).FirstAsync(Ct));

    private Task<Result<Duty>> CompleteAsync(Duty duty, string outcome, Caller caller, object form) => app.WithAsync<TakeDutyStepHandler, Result<Duty>>(h => h.Handle(
        [.. DutyWrites.StepsTo(duty.State, DutyStep.Complete).Select(s => new TakeDutyStep
        {
            DutyId = duty.DutyId, Step = s, Outcome = s == DutyStep.Complete ? outcome : null, Form = s == DutyStep.Complete ? JsonSerializer.Serialize(form) : null,
        })],
        caller, Ct));
}
