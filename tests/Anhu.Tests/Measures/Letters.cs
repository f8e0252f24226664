using System.Globalization;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Measures;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Measures;

/// <summary>Warning letters to test with: a station of Sanlian, its officer and its leader.</summary>
internal sealed class Letters(AnhuFixture app)
{
    public const string Station = "340104001-police";
    public const string Branch = "340104-police";

    private static int number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public MeasureRules Rules { get; } = app.Services.GetRequiredService<MeasureBook>()["warning-letter"].Rules;

    public async Task<Caller> CallerAsync(string unit, params WorkerRole[] roles)
    {
        var worker = await app.Data.CreateWorkerAsync(unit, roles: roles);
        return new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
    }

    public Task<AlarmReceipt> ReportAsync(int couple = 0, Func<AlarmReport, AlarmReport>? change = null)
    {
        var report = Reports.Of(app, couple, injury: Injury.Minor);
        return app.SubmitAsync(change?.Invoke(report) ?? report);
    }

    public Task<Result<Measure>> ProposeAsync(Guid caseId, Caller caller, Guid? incidentId = null) => app.WithAsync<ActOnMeasureHandler, Result<Measure>>(h =>
        h.Handle(new ProposeMeasure { CaseId = caseId, Kind = "warning-letter", IncidentId = incidentId }, caller, Ct));

    public Task<Result<Measure>> ActAsync(Guid id, string action, Caller caller, Dictionary<string, object>? fields = null, long? version = null) =>
        app.WithAsync<ActOnMeasureHandler, Result<Measure>>(h => h.Handle(
            new ActOnMeasure { MeasureId = id, Action = action, Form = fields is null ? null : JsonSerializer.Serialize(fields, JsonText.Options), Version = version }, caller, Ct));

    public string Local(DateTimeOffset at) => Rules.Clock.Zone.ToLocal(at).ToString(DutyField.LocalTime, CultureInfo.InvariantCulture);

    public Dictionary<string, object> Draft() => new()
    {
        ["relation"] = "配偶", ["happenedAt"] = Local(app.Clock.GetUtcNow().AddHours(-1)), ["place"] = "双方共同住所", ["facts"] = "实施殴打。", ["admits"] = "yes",
        ["evidence"] = new[] { "abuser-statement", "victim-statement" }, ["circumstances"] = new[] { "not-forgiven" },
    };

    public static Dictionary<string, object> Number() => new() { ["number"] = $"合公（蜀）告诫字[2026]{Interlocked.Increment(ref number)}号", ["lateReason"] = "等待鉴定" };

    public Dictionary<string, object> Delivery() => new()
    {
        ["readAt"] = Local(app.Clock.GetUtcNow()), ["readPlace"] = "派出所", ["signed"] = "yes", ["fingerprint"] = "yes", ["victimCopyAt"] = Local(app.Clock.GetUtcNow()),
        ["victimCopyWay"] = "at-station", ["fileCopy"] = "yes",
    };

    public Dictionary<string, object> Refusal()
    {
        var fields = Delivery();
        fields.Remove("signed");
        fields.Remove("fingerprint");
        (fields["refusalNote"], fields["videoId"]) = ("拒签", "V-1");
        return fields;
    }

    public Dictionary<string, object> Notices() => new[] { "committee", "federation", "centre" }.SelectMany(to => new[]
    {
        ($"{to}Receiver", "值班员"), ($"{to}At", Local(app.Clock.GetUtcNow())), ($"{to}Way", "platform"),
    }).ToDictionary(f => f.Item1, f => (object)f.Item2);

    /// <summary>Fields that fit an action.</summary>
    public Dictionary<string, object>? For(string action) => action switch
    {
        "submit" => Draft(),
        "edit" => new() { ["facts"] = "补充：实施殴打。" },
        "approve" => Number(),
        "deliver" => Delivery(),
        "deem-delivered" => Refusal(),
        "notify" => Notices(),
        "recur" => new() { ["recurrenceFoundBy"] = "alarm", ["findings"] = "再次实施。" },
        "supersede" => new() { ["successor"] = "penalty", ["successorNumber"] = "决1号", ["reason"] = "应当处罚" },
        _ => new() { ["reason"] = "经核实" },
    };

    /// <summary>A letter that was brought to a state.</summary>
    public async Task<(AlarmReceipt Alarm, Measure Letter, Caller Officer, Caller Leader)> LetterAsync(string state, int couple = 0)
    {
        var (officer, leader) = (await CallerAsync(Station), await CallerAsync(Station, WorkerRole.Supervisor));
        var alarm = await ReportAsync(couple);
        var letter = (await ProposeAsync(alarm.CaseId, officer)).Value;
        foreach (var (action, to, who) in new[] { ("submit", "under-approval", officer), ("approve", "issued", leader), ("deliver", "delivered", officer), ("notify", "monitoring", officer) })
        {
            if (letter.State == state)
            {
                break;
            }

            var taken = await ActAsync(letter.MeasureId, action, who, For(action));
            Assert.True(taken.IsOk, $"{action}: {taken.Failure?.Code} {taken.Failure?.Field}");
            letter = taken.Value;
            Assert.Equal(to, letter.State);
        }

        Assert.Equal(state, letter.State);
        return (alarm, letter, officer, leader);
    }

    /// <summary>Gives somebody of a unit above the leave to see a case in full.</summary>
    public Task<int> LetSeeAsync(Guid caseId, Caller above) => app.QueryAsync(async db =>
    {
        db.Add(new AccessGrant
        {
            AccessGrantId = Guid.CreateVersion7(), WorkerId = above.WorkerId!.Value, UnitId = above.UnitId!.Value, CaseId = caseId, Kind = GrantKind.Purpose,
            Reason = AccessReason.Supervision, GrantedAt = app.Clock.GetUtcNow(), Until = app.Clock.GetUtcNow().AddHours(8),
        });
        return await db.SaveChangesAsync(Ct);
    });

    public Task<Duty?> OpenAsync(Guid caseId, string kind) => app.QueryAsync(db =>
        db.Duties.AsNoTracking().Where(d => d.CaseId == caseId && d.Kind == kind && Duty.OpenStates.Contains(d.State)).OrderByDescending(d => d.DutyId).FirstOrDefaultAsync(Ct));

    public Task<Measure> ReadAsync(Guid id) => app.QueryAsync(db => db.Measures.AsNoTracking().SingleAsync(m => m.MeasureId == id, Ct));

    /// <summary>Makes the visit that is due.</summary>
    public async Task<Result<Duty>> VisitAsync(Guid caseId, Caller caller, string outcome, object? form = null)
    {
        var duty = (await OpenAsync(caseId, "check-visit"))!;
        return await app.WithAsync<TakeDutyStepHandler, Result<Duty>>(h => h.Handle(
            [.. DutyWrites.StepsTo(duty.State, DutyStep.Complete).Select(s => new TakeDutyStep
            {
                DutyId = duty.DutyId, Step = s, Outcome = s == DutyStep.Complete ? outcome : null,
                Form = s == DutyStep.Complete ? JsonSerializer.Serialize(form ?? new { sawVictim = true, sawAbuser = true, seenApart = true, notes = "平稳" }) : null,
            })],
            caller, Ct));
    }
}
