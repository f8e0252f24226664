using System.Text;
using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.DataRequests;
using Anhu.Modules.Documents;
using Anhu.Modules.Feed;
using Anhu.Modules.Intake;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.MandatoryReports;

/// <summary>Who reported is told to the receiving police on the case file, and nowhere else (handbook §0.2 no. 1, §4.15).</summary>
public sealed class ReporterTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Name = "诸葛校医";
    private const string Phone = "13655512345";
    private const string School = "340104-education";
    private const string Teacher = "上官老师";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnlyTheReceivingPolice_AreTold_OnEverySurface()
    {
        var alarm = await ReportAsync();
        var station = await app.Data.CreateWorkerAsync("340104001-police");
        using var police = await app.SignInAsync(station);
        var page = await police.GetPageAsync($"/cases/{alarm.CaseId}");
        var line = page.QuerySelectorAll(".line-facts").Single(l => l.TextContent.Contains(Name, StringComparison.Ordinal));
        Assert.Contains("d-print-none", line.ClassName, StringComparison.Ordinal);

        var queries = (app.Services.GetRequiredService<CaseQueries>(), app.Services.GetRequiredService<CasePageQueries>(), app.Services.GetRequiredService<FeedQueries>());
        foreach (var (unit, role) in ((string, WorkerRole)[])
            [("340104-womens-federation", WorkerRole.Caseworker), ("340104-womens-federation", WorkerRole.Supervisor), ("340100-police", WorkerRole.Supervisor), (School, WorkerRole.Caseworker), ("340104-procuratorate", WorkerRole.Supervisor), ("340104-civil-affairs", WorkerRole.Caseworker)])
        {
            var worker = await app.Data.CreateWorkerAsync(unit, roles: role);
            var caller = CallerOf(worker);
            List<object?> told = [];
            if (await queries.Item1.GetAsync(caller, alarm.CaseId, Ct) is { } file)
            {
                told.AddRange([file, await queries.Item2.ExtrasAsync(file, null, 200, Ct), await queries.Item1.TimelineAsync(caller, alarm.CaseId, 0, 500, Ct)]);
            }

            told.Add((await queries.Item3.AfterAsync(caller, 0, 100_000, Ct)).Items.Where(i => i.CaseId == alarm.CaseId));
            told.Add(await queries.Item2.BoardAsync(caller, new BoardFilter(), Ct));
            AssertSilent(JsonSerializer.Serialize(told, JsonText.Options), $"{unit} {role}", alarm.Worker);
            using var client = await app.SignInAsync(worker);
            using var html = await client.GetAsync($"/cases/{alarm.CaseId}", Ct);
            AssertSilent(await html.Content.ReadAsStringAsync(Ct), $"page of {unit} {role}", alarm.Worker);
        }

        // Nobody finds a case by who reported it, the police neither.
        foreach (var words in (string[])[Name, Phone])
        {
            Assert.Empty((await queries.Item1.ListAsync(CallerOf(station), new CaseListFilter { Words = words }, Ct)).Items);
        }
    }

    [Fact]
    public async Task Store_HoldsItApartAndSealed_AndTheRecordDoesNotTellIt()
    {
        var alarm = await ReportAsync();

        Assert.DoesNotContain(Name, await app.QueryAsync(db => db.AlarmRevisions.Where(r => r.AlarmId == alarm.AlarmId).Select(r => r.Content).SingleAsync(Ct)), StringComparison.Ordinal);
        Assert.Equal(Name, await app.QueryAsync(db => db.AlarmReporters.Where(r => r.AlarmId == alarm.AlarmId).Select(r => r.Name).SingleAsync(Ct)));
        var record = await app.QueryAsync(db => db.Timeline.AsNoTracking().Where(e => e.CaseId == alarm.CaseId).Select(e => e.Data).ToListAsync(Ct));
        Assert.All(record, data => Assert.False(data.Contains(Name, StringComparison.Ordinal) || data.Contains(Phone, StringComparison.Ordinal)));
        await using var raw = await app.QueryAsync(async db =>
        {
            var connection = db.Database.GetDbConnection();
            await db.Database.OpenConnectionAsync(Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT * FROM alarms_reporter";
            var all = new MemoryStream();
            await using var reader = await command.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct))
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    await all.WriteAsync(reader.GetValue(i) as byte[] ?? Encoding.UTF8.GetBytes(reader.GetValue(i).ToString()!), Ct);
                }
            }

            return all;
        });
        Assert.True(raw.Length > 0);
        Assert.DoesNotContain(Name, Encoding.UTF8.GetString(raw.ToArray()), StringComparison.Ordinal);
        Assert.DoesNotContain(Phone, Encoding.UTF8.GetString(raw.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoDocumentMessageOrAnswer_CanCarryIt()
    {
        var alarm = await ReportAsync();
        var officer = CallerOf(await app.Data.CreateWorkerAsync("340104001-police"));
        var desk = app.Services.GetRequiredService<DocumentDesk>();
        foreach (var words in (string[])[$"学校{Name}报告。", "电话136-5551-2345。", "１３６５５５１２３４５"])
        {
            var refused = await desk.IssueAsync(officer, Documents.DocumentDeskTests.Certificate(alarm.CaseId) with { Answers = new Dictionary<string, string?> { ["summary"] = words, ["handling"] = "到场制止。" } }, Ct);
            Assert.Equal(("documents.tells-place", "summary"), (refused.Failure!.Code, refused.Failure.Field));
        }

        Assert.True((await desk.IssueAsync(officer, Documents.DocumentDeskTests.Certificate(alarm.CaseId), Ct)).IsOk);

        // What every outgoing text is read by: messages, documents, answers to requests.
        var guard = await app.QueryAsync(async db => (await CaseSecrets.LoadAsync(db, alarm.CaseId, Ct)).Guard);
        Assert.NotEmpty(guard.Find("", $"请联系{Name}"));
        Assert.NotEmpty(guard.Find("", $"请联系+86 136 5551 2345"));
        Assert.Empty(guard.Find("", "请联系妇联"));
        var parties = await app.QueryAsync(db => db.PersonRecords.AsNoTracking().Where(r => r.AlarmId == alarm.AlarmId).Select(r => r.Name).ToListAsync(Ct));
        Assert.DoesNotContain(Name, parties);
    }

    private async Task<Reported> ReportAsync()
    {
        var teacher = await app.Data.CreateWorkerAsync(School, Teacher, roles: WorkerRole.CallTaker);
        var mark = Guid.CreateVersion7().ToString("N")[^8..];
        var receipt = await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(
            new AlarmReport
            {
                Source = $"manual-{School}", SourceId = mark, Revision = 1, ReceivedAt = app.Clock.GetUtcNow().AddMinutes(-5), Channel = AlarmChannel.MandatoryReport,
                Category = AlarmCategory.DomesticViolence, Summary = "发现多处伤痕", Reporter = new ReportedReporter(Name, Phone, "school"), Location = new ReportedLocation(null, "340104001001", null, null),
                People =
                [
                    new ReportedPerson { Role = PartyRole.Victim, Name = $"童{mark}", Sex = Sex.Male, BirthDate = new DateOnly(2016, 1, 1), Injury = Injury.Minor },
                    new ReportedPerson { Role = PartyRole.Perpetrator, Name = $"父{mark}", Sex = Sex.Male, RelationToVictim = "parent" },
                ],
            },
            new Actor(teacher.Id, null), Ct, teacher.UnitId);
        return new Reported(receipt.AlarmId, receipt.CaseId, teacher.Id);
    }

    private static void AssertSilent(string told, string where, Guid worker)
    {
        foreach (var secret in (string[])[Name, Phone, Teacher, $"manual-{School}"])
        {
            Assert.False(told.Contains(secret, StringComparison.Ordinal), $"{where} is told {secret}.");
        }

        Assert.False(told.Contains(worker.ToString(), StringComparison.Ordinal), $"{where} is told who entered it.");
    }

    private static Caller CallerOf(Anhu.Modules.Organisation.Worker worker) => new() { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

    private sealed record Reported(Guid AlarmId, Guid CaseId, Guid Worker);
}
