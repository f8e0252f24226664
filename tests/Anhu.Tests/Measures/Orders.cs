using System.Globalization;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Measures;

/// <summary>Protection orders to test with: the federation of Shushan helps, the court of Shushan decides, the station of Sanlian assists.</summary>
internal sealed class Orders(FakeTimeFixture app)
{
    public const string Federation = "340104-womens-federation";
    public const string Court = "340104-court";
    public const string Station = "340104001-police";

    private static int number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ProtectionOrder Kind { get; } = new();

    public MeasureRules Rules { get; } = app.Services.GetRequiredService<MeasureBook>()["protection-order"].Rules;

    public Letters Letters { get; } = new(app);

    public Task<Caller> CallerAsync(string unit, params WorkerRole[] roles) => Letters.CallerAsync(unit, roles);

    public Task<Result<Measure>> BeginAsync(Guid caseId, Caller caller, string? action = null, Dictionary<string, object>? fields = null) =>
        app.WithAsync<ActOnMeasureHandler, Result<Measure>>(h => h.Handle(
            new ProposeMeasure { CaseId = caseId, Kind = "protection-order", Action = action, Form = fields is null ? null : JsonSerializer.Serialize(fields, JsonText.Options) }, caller, Ct));

    public Task<Result<Measure>> ActAsync(Guid id, string action, Caller caller, Dictionary<string, object>? fields = null, long? version = null) =>
        Letters.ActAsync(id, action, caller, fields ?? For(action), version);

    public string Now() => Letters.Local(app.Clock.GetUtcNow());

    public static string NewNumber(string word = "民保令") => $"(2026)皖0104{word}{Interlocked.Increment(ref number).ToString(CultureInfo.InvariantCulture)}号";

    /// <summary>Fields that fit an action.</summary>
    public Dictionary<string, object> For(string action) => action switch
    {
        "edit" => new() { ["facts"] = "多次被殴打。" },
        "file" => new()
        {
            ["applicantWay"] = "self", ["consent"] = "yes", ["court"] = Court, ["courtPlace"] = "violence-place", ["relation"] = "spouse", ["requests"] = new[] { "no-violence", "no-contact" },
            ["facts"] = "多次被殴打。", ["serviceAddress"] = "区妇联转交", ["filedAt"] = Now(), ["filedWay"] = "window",
        },
        "accept" or "register" => new() { ["number"] = NewNumber(), ["acceptedAt"] = Now() },
        "issue" or "overturn" => new() { ["issuedAt"] = Now(), ["measures"] = new[] { "no-violence", "no-contact" }, ["validMonths"] = "6" },
        "reject" or "refuse-change" => new() { ["ruledAt"] = Now(), ["reason"] = "证据不足" },
        "withdraw" => new() { ["ruledAt"] = Now(), ["askedAlone"] = "yes", ["coerced"] = "no" },
        "deem-withdrawn" or "terminate" or "uphold" => new() { ["ruledAt"] = Now() },
        "serve" => new() { ["servedAt"] = Now(), ["servedTo"] = new[] { "applicant", "respondent", "station", "committee" }, ["addressLeftOut"] = "yes" },
        "serve-part" => new() { ["servedAt"] = Now(), ["servedTo"] = new[] { "applicant" }, ["addressLeftOut"] = "yes" },
        "verify" => new() { ["verifiedAt"] = Now(), ["applicantVerified"] = "yes", ["respondentVerified"] = "yes", ["urged"] = "yes" },
        "ask-change" => new() { ["change"] = "extend", ["askedAt"] = Now() },
        "extend" => new() { ["rulingNumber"] = NewNumber("民保更"), ["ruledAt"] = Now(), ["validMonths"] = "3" },
        "vary" => new() { ["rulingNumber"] = NewNumber("民保更"), ["ruledAt"] = Now(), ["measures"] = new[] { "move-out" } },
        "revoke" => new() { ["rulingNumber"] = NewNumber("民保更"), ["ruledAt"] = Now(), ["askedAlone"] = "yes", ["coerced"] = "no" },
        "ask-reconsideration" => new() { ["askedBy"] = "respondent", ["askedAt"] = Now() },
        "breach" => new() { ["breachAt"] = Now(), ["breachKinds"] = new[] { "harassment" }, ["findings"] = "到单位骚扰", ["called110"] = "yes" },
        "sanction" => new() { ["ruledAt"] = Now(), ["sanctions"] = new[] { "fine" }, ["fine"] = "1000" },
        "refer-criminal" => new() { ["referredAt"] = Now(), ["referredTo"] = "分局刑侦" },
        "feedback" => new() { ["feedbackAt"] = Now(), ["kept"] = "kept", ["feedbackSigned"] = "yes", ["feedbackTo"] = "立案庭" },
        _ => new() { ["reason"] = "经核实" },
    };

    /// <summary>An order that was brought to a state by the federation and the court.</summary>
    public async Task<(AlarmReceipt Alarm, Measure Order, Caller Federation, Caller Court)> OrderAsync(string state, int couple = 0)
    {
        var (federation, court) = (await CallerAsync(Federation), await CallerAsync(Court));
        var alarm = await Letters.ReportAsync(couple);
        var order = (await BeginAsync(alarm.CaseId, federation)).Value;
        await StateReasonAsync(court, alarm.CaseId);
        foreach (var (action, who) in new[] { ("file", federation), ("accept", court), ("issue", court), ("serve", court) })
        {
            if (order.State == state)
            {
                break;
            }

            app.Time.Advance(TimeSpan.FromMinutes(1));
            var taken = await ActAsync(order.MeasureId, action, who);
            Assert.True(taken.IsOk, $"{action}: {taken.Failure?.Code} {taken.Failure?.Field}");
            order = taken.Value;
        }

        Assert.Equal(state, order.State);
        return (alarm, order, federation, court);
    }

    /// <summary>A court without a duty on the case sees it in full once it says why.</summary>
    public Task<int> StateReasonAsync(Caller caller, Guid caseId) => app.QueryAsync(db =>
    {
        db.Add(new Anhu.Modules.Cases.AccessGrant
        {
            AccessGrantId = Guid.CreateVersion7(), WorkerId = caller.WorkerId!.Value, UnitId = caller.UnitId!.Value, CaseId = caseId, Kind = Anhu.Modules.Cases.GrantKind.Purpose,
            Reason = Anhu.Modules.Cases.AccessReason.Supervision, GrantedAt = app.Clock.GetUtcNow(), Until = app.Clock.GetUtcNow().AddYears(2),
        });
        return db.SaveChangesAsync(Ct);
    });

    public Task<Duty?> OpenAsync(Guid caseId, string kind) => Letters.OpenAsync(caseId, kind);

    public Task<Measure> ReadAsync(Guid id) => Letters.ReadAsync(id);

    public Task<List<MeasureAct>> ActsAsync(Guid id) => app.QueryAsync(db => db.MeasureActs.AsNoTracking().Where(a => a.MeasureId == id).OrderBy(a => a.Ordinal).ToListAsync(Ct));

    public Task<int> TickAsync() => app.WithAsync<MeasureTimes, int>(t => t.RunAsync(Ct));

    public async Task<Result<Duty>> DoneAsync(Duty duty, Caller caller, string outcome, object form) => await app.WithAsync<TakeDutyStepHandler, Result<Duty>>(h => h.Handle(
        [.. DutyWrites.StepsTo(duty.State, DutyStep.Complete).Select(s => new TakeDutyStep
        {
            DutyId = duty.DutyId, Step = s, Outcome = s == DutyStep.Complete ? outcome : null, Form = s == DutyStep.Complete ? JsonSerializer.Serialize(form) : null,
        })],
        caller, Ct));
}
