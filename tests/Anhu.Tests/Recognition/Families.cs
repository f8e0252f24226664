using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>Families whose members several agencies report imperfectly, and the state of all that recognition changes.</summary>
internal static class Families
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A supervisor of the city's police, who sees of all cases who is concerned.</summary>
    public static async Task<Caller> SupervisorAsync(AnhuFixture app) =>
        CallerOf(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.Supervisor));

    /// <summary>A worker as the caller.</summary>
    public static Caller CallerOf(Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = [.. worker.Roles] };

    /// <summary>A report of a couple by names and phones only.</summary>
    public static AlarmReport Report(AnhuFixture app, string her, string? herPhone, string him, string? hisPhone, double minutesAgo, ReportedIndicators? indicators = null)
    {
        var report = Reports.Of(app, minutesAgo: minutesAgo, indicators: indicators, address: null);
        return report with
        {
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = her, Sex = Sex.Female, Phone = herPhone },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = him, Sex = Sex.Male, Phone = hisPhone, RelationToVictim = "spouse" },
            ],
        };
    }

    /// <summary>The records of an alarm in the order of its people.</summary>
    public static Task<List<PersonRecord>> RecordsAsync(this AnhuFixture app, Guid alarmId) =>
        app.QueryAsync(db => db.PersonRecords.AsNoTracking().Where(r => r.AlarmId == alarmId).OrderBy(r => r.RecordSequence).ToListAsync(Ct));

    /// <summary>Says something about two records, with the second person where one is needed.</summary>
    public static async Task<Result<PeopleStated>> StateAsync(this AnhuFixture app, Guid left, Guid right, LinkAnswer answer, Caller first, Caller second)
    {
        var result = await app.WithAsync<LinkPeopleHandler, Result<PeopleStated>>(h => h.Handle(
            new StatePeople { LeftRecordId = left, RightRecordId = right, Answer = answer, Reason = "同一户籍地址" }, first, Ct));
        return await AgreeAsync(app, result, second);
    }

    /// <summary>Takes something back, with the second person where one is needed.</summary>
    public static async Task<Result<PeopleStated>> UndoAsync(this AnhuFixture app, Guid target, Caller first, Caller second)
    {
        var result = await app.WithAsync<LinkPeopleHandler, Result<PeopleStated>>(h => h.UndoAsync(target, "不是同一人", first, Ct));
        return await AgreeAsync(app, result, second);
    }

    /// <summary>All that recognition can change of some cases and people, as text that can be compared.</summary>
    public static Task<string> StateOfAsync(this AnhuFixture app, IReadOnlyCollection<Guid> alarmIds) => app.QueryAsync(async db =>
    {
        var lines = new List<string>();
        var alarms = await db.Alarms.AsNoTracking().Where(a => alarmIds.Contains(a.AlarmId)).OrderBy(a => a.AlarmId).ToListAsync(Ct);
        var incidents = alarms.Select(a => (Guid?)a.IncidentId).Distinct().ToList();
        var records = await db.PersonRecords.AsNoTracking().Where(r => incidents.Contains(r.IncidentId)).OrderBy(r => r.RecordSequence).ToListAsync(Ct);
        lines.AddRange(alarms.Select(a => $"alarm {a.AlarmId} case {a.CaseId}"));
        lines.AddRange(records.Select(r => $"record {r.RecordId} person {r.PersonId}"));
        var people = records.Select(r => r.PersonId).Distinct().ToList();
        foreach (var p in await db.People.AsNoTracking().Where(p => people.Contains(p.PersonId)).OrderBy(p => p.PersonId).ToListAsync(Ct))
        {
            lines.Add($"person {p.PersonId} {p.Name} {p.Sex} {p.BirthDate} {p.IdNumber} {p.Phone} {p.Address} {p.JoinedIntoPersonId} {p.CreatedAt:O}");
        }

        foreach (var k in (await db.PersonKeys.AsNoTracking().Where(k => people.Contains(k.PersonId)).ToListAsync(Ct)).OrderBy(k => k.Value).ThenBy(k => k.PersonId))
        {
            lines.Add($"key {k.Value} {k.PersonId} {k.RecordId}");
        }

        foreach (var i in await db.Incidents.AsNoTracking().Where(i => incidents.Contains(i.IncidentId)).OrderBy(i => i.IncidentId).ToListAsync(Ct))
        {
            Assert.Equal(i.CaseId, alarms.First(a => a.IncidentId == i.IncidentId).CaseId);
            lines.Add($"incident {i.IncidentId} case {i.CaseId}");
        }

        foreach (var p in await db.IncidentParties.AsNoTracking().Where(p => incidents.Contains(p.IncidentId)).OrderBy(p => p.IncidentId).ThenBy(p => p.PersonId).ToListAsync(Ct))
        {
            lines.Add($"part {p.IncidentId} {p.PersonId} {p.Role} {p.RelationToVictim} {p.Injury}");
        }

        var caseIds = alarms.Select(a => a.CaseId).Distinct().ToList();
        foreach (var c in await db.Cases.AsNoTracking().Where(c => caseIds.Contains(c.CaseId)).OrderBy(c => c.CaseSequence).ToListAsync(Ct))
        {
            lines.Add($"case {c.CaseNumber} {c.State} class {c.Class} {c.RegionCode} {c.LastAlarmAt:O} {c.IncidentCount} incidents {c.OpenDutyCount} duties {c.ReviewOn} {c.ReopenCount} {c.JoinedIntoCaseId} across {string.Join(',', c.Across)}");
            var grade = await db.Grades.AsNoTracking().Where(g => g.CaseId == c.CaseId && g.State == Modules.Grading.GradeState.Effective)
                .OrderByDescending(g => g.DecidedAt).FirstAsync(Ct);
            lines.Add($"grade {c.CaseNumber} {grade.Class} {string.Join(',', grade.Reasons.Select(r => r.RuleId))} missing {string.Join(',', grade.Missing.Select(m => m.Fact))}");
        }

        foreach (var p in await db.CaseParties.AsNoTracking().Where(p => caseIds.Contains(p.CaseId)).OrderBy(p => p.CaseId).ThenBy(p => p.PersonId).ToListAsync(Ct))
        {
            lines.Add($"party {p.CaseId} {p.PersonId} {p.Role} {p.RelationToVictim}");
        }

        foreach (var a in await db.CaseAccess.AsNoTracking().Where(a => caseIds.Contains(a.CaseId)).OrderBy(a => a.CaseId).ThenBy(a => a.UnitId).ToListAsync(Ct))
        {
            lines.Add($"access {a.CaseId} {a.UnitId} {a.IsDirect} {a.State} {a.Class}");
        }

        foreach (var d in (await db.Duties.AsNoTracking().Where(d => caseIds.Contains(d.CaseId)).OrderBy(d => d.DutyId).ToListAsync(Ct)).Where(d => d.IsOpen))
        {
            // What only a raised class gave rise to is withdrawn with it, and arises anew.
            lines.Add($"duty {(d.LinkStatementId is null ? d.DutyId.ToString() : d.Kind)} {d.CaseId} {d.OwnerUnitId} {d.State} class {d.Class}");
        }

        return string.Join('\n', lines);
    });

    /// <summary>Compares two states, and names the lines that differ only.</summary>
    public static void AssertSame(string expected, string actual)
    {
        var (one, other) = (expected.Split('\n'), actual.Split('\n'));
        Assert.Equal(string.Join('\n', one.Except(other)), string.Join('\n', other.Except(one)));
    }

    private static Task<Result<PeopleStated>> AgreeAsync(AnhuFixture app, Result<PeopleStated> result, Caller second) =>
        result is { IsOk: true, Value.Waits: true }
            ? app.WithAsync<LinkPeopleHandler, Result<PeopleStated>>(h => h.SecondAsync(result.Value.LinkStatementId, true, null, second, Ct))
            : Task.FromResult(result);
}
