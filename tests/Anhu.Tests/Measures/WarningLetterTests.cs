using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Anhu.Testing;
using Anhu.Tests.Intake;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Measures;

/// <summary>The life of a warning letter on the store (handbook §4.4, §4.5).</summary>
public sealed class WarningLetterTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private readonly Letters letters = new(app);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Letter_FromDraftToVisits_LeavesDutiesNoticesAndDeadlines()
    {
        var (officer, leader) = (await letters.CallerAsync(Letters.Station), await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor));
        var alarm = await letters.ReportAsync();
        var incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == alarm.CaseId, Ct));

        var letter = (await letters.ProposeAsync(alarm.CaseId, officer)).Value;
        Assert.Equal(letters.Rules.Clock.Hours(incident.OccurredAt, 72), letter.DueAt);
        Assert.Equal(letter.DueAt, (await letters.OpenAsync(alarm.CaseId, "warning-letter"))!.DueAt);

        await letters.ActAsync(letter.MeasureId, "submit", officer, letters.Draft());
        app.Time.Advance(TimeSpan.FromHours(2));
        letter = (await letters.ActAsync(letter.MeasureId, "approve", leader, Letters.Number())).Value;
        Assert.Equal((leader.WorkerId, officer.WorkerId), (letter.DecidedByWorkerId, letter.DraftedByWorkerId));
        Assert.Empty(letter.Overlays);
        Assert.Equal(letters.Rules.Clock.Hours(app.Clock.GetUtcNow(), 24), letter.DueAt);
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "warning-letter"));
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "police-disposition"));
        Assert.NotNull(await letters.OpenAsync(alarm.CaseId, "letter-delivery"));

        letter = (await letters.ActAsync(letter.MeasureId, "deliver", officer, letters.Delivery())).Value;
        Assert.Equal(app.Clock.GetUtcNow(), letter.DeliveredAt);
        Assert.Equal(letters.Rules.Clock.Days(app.Clock.GetUtcNow(), 7), (await letters.OpenAsync(alarm.CaseId, "check-visit"))!.DueAt);
        letter = (await letters.ActAsync(letter.MeasureId, "notify", officer, letters.Notices())).Value;
        Assert.Equal(("monitoring", true, null), (letter.State, letter.IsOpen, letter.DueAt));

        var events = await app.QueryAsync(db => db.Timeline.AsNoTracking().Where(e => e.CaseId == alarm.CaseId).OrderBy(e => e.Sequence).Select(e => new { e.Type, e.Data }).ToListAsync(Ct));
        Assert.Equal(
            ["letter.proposed", "letter.under-approval", "letter.issued", "letter.delivered", "letter.notified", "letter.monitoring"],
            events.Select(e => e.Type).Where(t => t.StartsWith("letter.", StringComparison.Ordinal)));
        Assert.Equal(3, events.Count(e => e.Type == EventTypes.UnitNotified && e.Data.Contains("letter-issued", StringComparison.Ordinal)));
        incident = await app.QueryAsync(db => db.Incidents.AsNoTracking().SingleAsync(i => i.CaseId == alarm.CaseId, Ct));
        Assert.Equal(("warning-letter", letter.IssuedAt), (incident.Disposition, incident.LetterAt));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task Texts_OfALetter_SayWhatIsNeeded_AndNothingOfWhereSheLives()
    {
        var (alarm, letter, officer, _) = await letters.LetterAsync("issued");
        var victim = await app.QueryAsync(db => db.People.AsNoTracking().SingleAsync(
            p => db.CaseParties.Any(c => c.CaseId == alarm.CaseId && c.PersonId == p.PersonId && c.Role == Anhu.Modules.Alarms.PartyRole.Victim), Ct));

        var texts = (await app.WithAsync<MeasureQueries, IReadOnlyDictionary<string, string>?>(q => q.TextsAsync(officer, letter.MeasureId, Ct)))!;

        Assert.Equal(letter.Number, texts["number"]);
        Assert.Equal(victim.Name, texts["victimName"]);
        Assert.Contains("第七十三条", texts["law"], StringComparison.Ordinal);
        Assert.All(texts.Keys, k => Assert.False(k.StartsWith("victim", StringComparison.Ordinal) && (k.Contains("Address") || k.Contains("Phone")), k));
        Assert.DoesNotContain(texts.Values, v => v.Contains(victim.Phone!, StringComparison.Ordinal));
        Assert.Equal(texts.Count, typeof(WarningLetterTexts).GetProperties().Length);
    }

    [Fact]
    public async Task Approval_IsAnotherPersons_AndALeaders()
    {
        var alarm = await letters.ReportAsync();
        var leader = await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor);
        var letter = (await letters.ProposeAsync(alarm.CaseId, leader)).Value;
        await letters.ActAsync(letter.MeasureId, "submit", leader, letters.Draft());

        async Task<string?> Refused(Caller who, string action = "approve", Dictionary<string, object>? fields = null) =>
            (await letters.ActAsync(letter.MeasureId, action, who, fields ?? letters.For(action))).Failure?.Code;
        Assert.Equal("measures.needs-another", await Refused(leader));
        Assert.Equal("measures.needs-leader", await Refused(await letters.CallerAsync(Letters.Station)));
        Assert.Equal("measures.not-found", await Refused(await letters.CallerAsync("340103001-police", WorkerRole.Supervisor)));
        Assert.Equal("measures.field-required", await Refused(await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor), fields: []));

        // The victim does not forgive: in Anhui the letter is a must, and only the unit above may say no.
        Assert.Equal("measures.must-needs-superior", await Refused(await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor), "reject"));
        var above = await letters.CallerAsync(Letters.Branch, WorkerRole.Supervisor);
        await letters.LetSeeAsync(alarm.CaseId, above);
        Assert.Null(await Refused(above, "reject"));
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "warning-letter"));
    }

    [Fact]
    public async Task Steps_ThatTheRulesForbid_NameFieldOrRule()
    {
        var (officer, leader) = (await letters.CallerAsync(Letters.Station), await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor));
        var alarm = await letters.ReportAsync();
        var id = (await letters.ProposeAsync(alarm.CaseId, officer)).Value.MeasureId;
        Assert.Equal("measures.already-open", (await letters.ProposeAsync(alarm.CaseId, officer)).Failure?.Code);
        Assert.Equal("measures.wrong-agency", (await letters.ProposeAsync(alarm.CaseId, await letters.CallerAsync("340104-womens-federation"))).Failure?.Code);

        async Task RefusedAsync(string action, Caller who, string code, string? field, Dictionary<string, object> fields)
        {
            var failure = (await letters.ActAsync(id, action, who, fields)).Failure;
            Assert.Equal((code, field), (failure?.Code, failure?.Field));
        }

        Dictionary<string, object> With(Dictionary<string, object> fields, string name, object? value)
        {
            fields.Remove(name);
            if (value is not null)
            {
                fields[name] = value;
            }

            return fields;
        }

        await RefusedAsync("submit", officer, "measures.field-required", "facts", With(letters.Draft(), "facts", null));
        await RefusedAsync("submit", officer, "measures.field-invalid", "admits", With(letters.Draft(), "admits", "perhaps"));
        await RefusedAsync("submit", officer, "measures.field-invalid", "fields", With(letters.Draft(), "factz", "x"));
        await RefusedAsync("submit", officer, "measures.field-invalid", "number", With(letters.Draft(), "number", "x"));
        await RefusedAsync("submit", officer, "measures.field-invalid", "facts", With(letters.Draft(), "facts", new string('长', 5000)));
        await RefusedAsync("submit", officer, "measures.evidence-no-word", "evidence", With(letters.Draft(), "evidence", new[] { "abuser-statement", "medical" }));
        await RefusedAsync("submit", officer, "measures.evidence-no-auxiliary", "evidence", With(letters.Draft(), "admits", "no"));
        await RefusedAsync("submit", officer, "measures.penalty-is-due", "circumstances", With(letters.Draft(), "circumstances", new[] { "will-not-stop" }));
        await RefusedAsync("deliver", officer, "measures.not-from-here", null, letters.Delivery());
        await RefusedAsync("monitor", officer, "measures.action-unknown", null, []);
        await RefusedAsync("fly", officer, "measures.action-unknown", null, []);

        Assert.True((await letters.ActAsync(id, "submit", officer, letters.Draft())).IsOk);
        app.Time.Advance(TimeSpan.FromHours(73));
        await RefusedAsync("approve", leader, "measures.late-reason-missing", "lateReason", With(Letters.Number(), "lateReason", null));
        var issued = (await letters.ActAsync(id, "approve", leader, Letters.Number())).Value;
        Assert.Equal(["late"], issued.Overlays);
        await RefusedAsync("deliver", officer, "measures.not-signed", "signed", With(letters.Delivery(), "signed", "no"));
        await RefusedAsync("deliver", officer, "measures.copies-missing", "fileCopy", With(letters.Delivery(), "fileCopy", "no"));
        await RefusedAsync("deliver", officer, "measures.in-the-future", "readAt", With(letters.Delivery(), "readAt", letters.Local(app.Clock.GetUtcNow().AddHours(1))));
        await RefusedAsync("deliver", officer, "measures.before-issue", "readAt", With(letters.Delivery(), "readAt", letters.Local(app.Clock.GetUtcNow().AddHours(-5))));
        await RefusedAsync("deem-delivered", officer, "measures.field-required", "videoId", With(letters.Refusal(), "videoId", null));
        Assert.True((await letters.ActAsync(id, "deem-delivered", officer, letters.Refusal())).IsOk);
        await RefusedAsync("notify", officer, "measures.field-required", "federationReceiver", With(letters.Notices(), "federationReceiver", null));
        await RefusedAsync("notify", officer, "measures.employer-not-asked", "employerAsked", With(letters.Notices(), "employerReceiver", "单位"));
        Assert.True((await letters.ActAsync(id, "notify", officer, letters.Notices())).IsOk);
    }

    [Fact]
    public async Task Number_IsUnique_WhateverItsBrackets()
    {
        var (_, first, officer, leader) = await letters.LetterAsync("issued");
        var alarm = await letters.ReportAsync();
        var id = (await letters.ProposeAsync(alarm.CaseId, officer)).Value.MeasureId;
        await letters.ActAsync(id, "submit", officer, letters.Draft());

        var taken = await letters.ActAsync(id, "approve", leader, new() { ["number"] = " " + first.Number!.Replace("[", "〔", StringComparison.Ordinal).Replace("]", "〕", StringComparison.Ordinal) });
        var (found, _) = await app.WithAsync<MeasureQueries, (IReadOnlyList<MeasureLine>, MeasureCursor?)>(q =>
            q.ListAsync(officer, new MeasureListFilter { Number = first.Number.Replace('[', '【').Replace(']', '】') }, Ct));

        Assert.Equal(MeasureFailures.NumberTaken, taken.Failure);
        Assert.Equal(first.MeasureId, Assert.Single(found).MeasureId);
    }

    [Fact]
    public async Task ShieldedPlace_InALetter_IsRefused()
    {
        var (alarm, letter, officer, _) = await letters.LetterAsync("proposed");
        await app.QueryAsync(async db =>
        {
            var victim = await db.CaseParties.FirstAsync(p => p.CaseId == alarm.CaseId && p.Role == Anhu.Modules.Alarms.PartyRole.Victim, Ct);
            db.Add(new Anhu.Modules.Shield.ShieldedPlace
            {
                ShieldedPlaceId = Guid.CreateVersion7(), CaseId = alarm.CaseId, PersonId = victim.PersonId, Kind = Anhu.Modules.Shield.ShieldKind.Address, Value = "翠微路99号安心小区",
                State = Anhu.Modules.Shield.ShieldState.Active, RecordedAt = app.Clock.GetUtcNow(), RecordedByWorkerId = officer.WorkerId!.Value,
            });
            return await db.SaveChangesAsync(Ct);
        });
        var fields = letters.Draft();
        fields["facts"] = "到翠微路99号安心小区找到受害人后殴打。";

        Assert.Equal(MeasureFailures.TellsPlace, (await letters.ActAsync(letter.MeasureId, "submit", officer, fields)).Failure);
    }

    [Fact]
    public async Task Visits_EndAfterThreeCleanBesidesTheFirst_BothSeen()
    {
        var (alarm, letter, officer, _) = await letters.LetterAsync("monitoring");
        Assert.Equal("duties.both-not-seen", (await letters.VisitAsync(alarm.CaseId, officer, "clean", new { sawVictim = true, sawAbuser = false, seenApart = true, notes = "x" })).Failure?.Code);
        Assert.Equal("duties.both-not-seen", (await letters.VisitAsync(alarm.CaseId, officer, "clean", new { sawVictim = true, sawAbuser = true, seenApart = false, notes = "x" })).Failure?.Code);

        Assert.True((await letters.VisitAsync(alarm.CaseId, officer, "clean")).IsOk);
        Assert.Equal(letters.Rules.Clock.Months(app.Clock.GetUtcNow(), 3), (await letters.OpenAsync(alarm.CaseId, "check-visit"))!.DueAt);
        foreach (var outcome in new[] { "clean", "suspected", "clean", "not-met", "clean" })
        {
            // One visit comes after the other.
            app.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.True((await letters.VisitAsync(alarm.CaseId, officer, outcome)).IsOk);
            Assert.Equal("monitoring", (await letters.ReadAsync(letter.MeasureId)).State);
            Assert.NotNull(await letters.OpenAsync(alarm.CaseId, "check-visit"));
        }

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await letters.VisitAsync(alarm.CaseId, officer, "clean")).IsOk);
        var ended = await letters.ReadAsync(letter.MeasureId);
        Assert.Equal(("closed", false), (ended.State, ended.IsOpen));
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "check-visit"));
        await app.CheckCaseAsync(alarm.CaseId);
    }

    [Fact]
    public async Task Visit_WhereNobodyIsMetThreeTimes_GoesUp()
    {
        var (alarm, _, officer, _) = await letters.LetterAsync("monitoring");
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await letters.VisitAsync(alarm.CaseId, officer, "not-met")).IsOk);
        }

        var next = (await letters.OpenAsync(alarm.CaseId, "check-visit"))!;
        Assert.Equal(Letters.Branch, await app.QueryAsync(db => db.Units.Where(u => u.UnitId == next.OwnerUnitId).Select(u => u.Code).SingleAsync(Ct)));
    }

    [Fact]
    public async Task Visit_ThatFindsARecurrence_EndsTheWatchAndAsksForADisposition()
    {
        const int couple = 299_999;
        var (alarm, letter, officer, _) = await letters.LetterAsync("monitoring", couple);
        app.Time.Advance(TimeSpan.FromDays(2));

        Assert.True((await letters.VisitAsync(alarm.CaseId, officer, "recurrence", new { notes = "邻居称又动手" })).IsOk);

        Assert.Equal("recurrence", (await letters.ReadAsync(letter.MeasureId)).State);
        var anew = await letters.OpenAsync(alarm.CaseId, "police-disposition");
        Assert.Equal(letters.Rules.Clock.Hours(app.Clock.GetUtcNow(), 72), anew?.DueAt);
        Assert.Null(await letters.OpenAsync(alarm.CaseId, "check-visit"));

        // A letter may not follow a letter: the penalty is due.
        var again = await letters.ReportAsync(couple);
        Assert.Equal(alarm.CaseId, again.CaseId);
        var second = await letters.ProposeAsync(again.CaseId, officer, await app.QueryAsync(db => db.Incidents.Where(i => i.CaseId == again.CaseId && i.LetterAt == null).Select(i => i.IncidentId).SingleAsync(Ct)));
        Assert.Equal("measures.penalty-is-due", (await letters.ActAsync(second.Value.MeasureId, "submit", officer, letters.Draft())).Failure?.Code);
    }

    [Fact]
    public async Task Duty_OfALetter_IsNotDoneByAFormOfItsOwn()
    {
        var (alarm, _, officer, _) = await letters.LetterAsync("issued");
        var duty = (await letters.OpenAsync(alarm.CaseId, "letter-delivery"))!;

        var done = await app.WithAsync<TakeDutyStepHandler, Result<Duty>>(h => h.Handle(
            [.. DutyWrites.StepsTo(duty.State, DutyStep.Complete).Select(s => new TakeDutyStep { DutyId = duty.DutyId, Step = s, Outcome = "delivered", Form = "{}" })], officer, Ct));

        Assert.Equal(DutyFailures.DoneByMeasure, done.Failure);
    }

    [Fact]
    public async Task TwoLeaders_AtOnce_OnlyOneDecides()
    {
        var (_, letter, _, leader) = await letters.LetterAsync("under-approval");
        var other = await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor);

        var results = await Task.WhenAll(
            Task.Run(() => letters.ActAsync(letter.MeasureId, "approve", leader, Letters.Number(), letter.Version), Ct),
            Task.Run(() => letters.ActAsync(letter.MeasureId, "approve", other, Letters.Number(), letter.Version), Ct));

        Assert.Single(results, r => r.IsOk);
        Assert.Single(results, r => r.Failure == MeasureFailures.SomeoneWasFaster);
    }

    /// <summary>Whatever anybody tries in whatever order, two at once: only listed steps, by who may, one accountable unit, deadlines as the rules say, a record that fits.</summary>
    [Fact]
    public async Task RandomHistories_FollowTheTable()
    {
        var kind = new WarningLetter();
        var callers = new[]
        {
            await letters.CallerAsync(Letters.Station), await letters.CallerAsync(Letters.Station, WorkerRole.Supervisor), await letters.CallerAsync(Letters.Branch, WorkerRole.Supervisor),
            await letters.CallerAsync("340104-womens-federation", WorkerRole.Supervisor), await letters.CallerAsync("340103001-police", WorkerRole.Supervisor),
        };
        var actions = kind.Rows.Select(r => r.Action).Distinct().ToArray();
        var visits = new[] { "clean", "suspected", "recurrence", "not-met" };

        // Most steps go forward, so that histories get somewhere.
        var move = Gen.Select(Gen.Frequency((3, Gen.Const(-1)), (2, Gen.Int[0, actions.Length - 1])), Gen.Int[0, callers.Length - 1], Gen.Int[0, visits.Length - 1], Gen.Int[0, 300]);
        await Gen.Select(move.Array[6, 14], Gen.Int[1, 1_000_000]).SampleAsync(
            async (moves, seed) =>
            {
                var alarm = await letters.ReportAsync(300_000 + seed);
                var id = (await letters.ProposeAsync(alarm.CaseId, callers[0])).Value.MeasureId;
                for (var i = 0; i + 1 < moves.Length; i += 2)
                {
                    await Task.WhenAll(StepAsync(alarm.CaseId, id, moves[i]), StepAsync(alarm.CaseId, id, moves[i + 1]));
                    app.Time.Advance(TimeSpan.FromMinutes(moves[i].Item4));
                    await CheckAsync(alarm.CaseId, id);
                }
            },
            iter: 6, threads: 1);

        async Task StepAsync(Guid caseId, Guid id, (int Action, int Caller, int Visit, int) step)
        {
            var letter = await letters.ReadAsync(id);
            if (step.Action < 0 && letter.State == "monitoring" && await letters.OpenAsync(caseId, "check-visit") is not null)
            {
                await letters.VisitAsync(caseId, callers[step.Caller], visits[step.Visit]);
                return;
            }

            var action = step.Action >= 0 ? actions[step.Action]
                : letter.State switch { "proposed" => "submit", "under-approval" => "approve", "issued" => step.Visit == 0 ? "deem-delivered" : "deliver", "delivered" or "deemed-delivered" => "notify", _ => "withdraw" };
            var row = kind.Find(action, letter.State);
            var who = callers[step.Action < 0 && row is not null ? row.Who == MeasureWho.Leader ? 1 : 0 : step.Caller];
            var result = await letters.ActAsync(id, action, who, letters.For(action), letter.Version);
            if (result.IsOk)
            {
                Assert.NotNull(row);
                Assert.NotEqual(MeasureWho.Platform, row.Who);
                Assert.Contains(who, callers[..3]);
                Assert.True(row.Who != MeasureWho.Leader || (who.Roles.Contains(WorkerRole.Supervisor) && who.WorkerId != letter.DraftedByWorkerId));
            }
            else if (row is null)
            {
                Assert.Contains(result.Failure!.Code, new[] { "measures.not-from-here", "measures.not-found", "measures.action-unknown", "measures.someone-was-faster", "measures.not-your-unit" });
            }
        }

        async Task CheckAsync(Guid caseId, Guid id)
        {
            var letter = await letters.ReadAsync(id);
            await app.CheckCaseAsync(caseId);
            Assert.NotEqual(Guid.Empty, letter.UnitId);
            Assert.Equal(kind.IsOpen(letter.State), letter.IsOpen);
            var events = await app.QueryAsync(db => db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.Type.StartsWith("letter.")).OrderBy(e => e.Sequence).Select(e => e.Data).ToListAsync(Ct));
            string? state = null;
            foreach (var data in events.Select(e => System.Text.Json.JsonDocument.Parse(e).RootElement))
            {
                var row = kind.Find(data.GetProperty("action").GetString()!, state);
                Assert.NotNull(row);
                Assert.Equal(row.To, data.GetProperty("to").GetString());
                state = row.To;
            }

            Assert.Equal(state, letter.State);
            var open = await app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.CaseId == caseId && Duty.OpenStates.Contains(d.State)).ToListAsync(Ct));
            string[] mine = ["warning-letter", "letter-delivery", "letter-notices", "check-visit"];
            if (letter.IsOpen)
            {
                // Somebody has to act next: exactly one unit answers for it, the letter's own or, where visits went up, the one above.
                Assert.Contains(open, d => mine.Contains(d.Kind));
                Assert.All(open.Where(d => d.Kind is "warning-letter" or "letter-delivery" or "letter-notices"), d => Assert.Equal(letter.UnitId, d.OwnerUnitId));
            }
            else
            {
                Assert.DoesNotContain(open, d => mine.Contains(d.Kind));
            }

            Assert.Equal(letter.State is "proposed" or "under-approval" ? "issue" : letter.State == "issued" ? "deliver" : letter.State is "delivered" or "deemed-delivered" ? "notify" : null, letter.DeadlineKey);
            if (letter.DeadlineKey is { } key)
            {
                var from = key switch { "issue" => letter.StartsAt, "deliver" => letter.IssuedAt!.Value, _ => letter.DeliveredAt!.Value };
                Assert.Equal(letters.Rules.Clock.Hours(from, key == "issue" ? 72 : 24), letter.DueAt);
            }
        }
    }
}
