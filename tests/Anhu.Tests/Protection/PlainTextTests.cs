using System.Diagnostics;
using System.Text;
using Anhu.Modules.Alarms;
using Anhu.Modules.Backup;
using Anhu.Modules.Messages;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Duties;
using Anhu.Tests.Intake;
using Anhu.Web;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Anhu.Tests.Protection;

/// <summary>The journey of one alarm with known values, and then a look for them wherever they must not be: log, error output, database files, dump, backup.</summary>
public sealed class PlainTextTests(PlainTextTests.LoggedCity app) : IClassFixture<PlainTextTests.LoggedCity>
{
    private const string Place = "梅花巷七十七号";

    /// <summary>Values that occur nowhere but in what is reported here.</summary>
    private static readonly string[] Secrets =
        ["欧阳婉如", "诸葛铁生", "340104199003074524", "13977700123", "13977700456", Place, "他用凳子砸门", "现在方便说话吗梅", "夜里不要打来", "117.2123456", "孩子在里屋哭", "她回了娘家暂避", "移交缘由是搬迁"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Journey_LeavesNoPersonalValue_InLogsFilesOrBackup()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        await WalkAsync(client, worker);

        var backup = Path.Combine(app.Folder, "city.backup");
        await app.WithAsync<WriteBackup>(async b => Assert.True((await b.RunAsync(backup, "test", overwrite: false, null, Ct)).IsOk));
        var database = await DatabaseAsync();

        // What is looked for can be found where it is meant to be.
        Assert.Contains(await app.QueryAsync(db => db.People.Select(p => p.Name).ToListAsync(Ct)), n => n == Secrets[0]);
        foreach (var (where, content) in new[] { ("log", Encoding.UTF8.GetBytes(app.Lines)), ("backup", await File.ReadAllBytesAsync(backup, Ct)), ("database", database) })
        {
            Assert.True(content.Length > 0, where);
            foreach (var secret in Secrets)
            {
                Assert.True(content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{secret} in the {where}");
                Assert.True(content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(secret)) < 0, $"{secret} (UTF-16) in the {where}");
                Assert.True(Encoding.Latin1.GetString(content).IndexOf(Convert.ToHexString(Encoding.UTF8.GetBytes(secret)), StringComparison.OrdinalIgnoreCase) < 0, $"{secret} (hex) in the {where}");
            }
        }
    }

    private async Task WalkAsync(HttpClient client, Anhu.Modules.Organisation.Worker worker)
    {
        var report = Reports.Of(app) with
        {
            Summary = "他用凳子砸门，孩子在里屋哭",
            Location = new ReportedLocation(Place, "340104000000", 117.2123456, 31.8123456),
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = Secrets[0], IdNumber = Secrets[2], Phone = Secrets[3], Sex = Sex.Female, Injury = Injury.Minor, Address = Place },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = Secrets[1], Phone = Secrets[4], Sex = Sex.Male, Injury = Injury.Unknown },
            ],
        };
        var receipt = await app.Services.GetRequiredService<Anhu.Modules.Intake.AlarmIntake>().SubmitAsync(report, Anhu.Modules.Timeline.Actor.Platform, Ct);
        var caseId = receipt.CaseId;
        foreach (var path in new[] { "/", "/cases", $"/cases/{caseId}", "/duties", "/visits", $"/cases?q={Uri.EscapeDataString(Secrets[0])}", $"/cases/{Secrets[3]}", $"/{Uri.EscapeDataString(Place)}" })
        {
            using var _ = await client.GetAsync(path, Ct);
        }

        using var search = await client.GetAsync($"/api/v1/cases?q={Secrets[2]}", Ct);
        using var wrong = await client.PostAsync("/api/v1/alarms", new StringContent($$"""{"summary":"{{Secrets[6]}}","people":[{"name":"{{Secrets[0]}}","phone":7}]""", Encoding.UTF8, "application/json"), Ct);
        using var stranger = app.CreateClient();
        using var signIn = await stranger.PostAsync("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["UserName"] = Secrets[3], ["Password"] = Secrets[0] }), Ct);

        var victim = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == caseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).SingleAsync(Ct));
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
        await app.WithAsync<SafeContacts>(contacts => contacts.Handle(
            new MarkSafeContact { CaseId = caseId, PersonId = victim, Phone = Secrets[3], SafeToCall = true, SafeToText = true, SafePhrase = Secrets[7], Note = Secrets[8] }, caller, Ct));
        var duty = await app.DutyAsync(receipt, "phone-return-visit");
        var page = await client.GetPageAsync($"/visits/{duty.DutyId}");
        using var visit = await client.SubmitAsync(page, "visit", new() { ["outcome"] = "refused", ["notes"] = Secrets[11] });
        await app.QueryAsync(async db =>
        {
            db.Record(new Anhu.Modules.Timeline.PendingEvent("duty.returned", app.Clock.GetUtcNow(), caseId, Data: Anhu.Modules.Timeline.EventData.Of(("kind", "x"), ("reason", Secrets[12]))));
            return await db.SaveChangesAsync(Ct);
        });
    }

    /// <summary>All that the database keeps: the file with its log, or a dump.</summary>
    private async Task<byte[]> DatabaseAsync()
    {
        if (!TestStore.IsPostgres)
        {
            using var all = new MemoryStream();
            foreach (var path in Directory.GetFiles(app.Folder, "anhu.db*"))
            {
                await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                await file.CopyToAsync(all, Ct);
            }

            return all.ToArray();
        }

        var address = new Npgsql.NpgsqlConnectionStringBuilder(app.Services.GetRequiredService<Anhu.Data.CityStore>().ConnectionString);
        var start = new ProcessStartInfo("pg_dump", ["-h", address.Host!, "-p", $"{address.Port}", "-U", address.Username!, address.Database!]) { RedirectStandardOutput = true };
        start.Environment["PGPASSWORD"] = address.Password;
        using var dump = Process.Start(start)!;
        using var content = new MemoryStream();
        await dump.StandardOutput.BaseStream.CopyToAsync(content, Ct);
        await dump.WaitForExitAsync(Ct);
        Assert.Equal(0, dump.ExitCode);
        return content.ToArray();
    }

    /// <summary>The program with all that it logs, down to the finest level, in memory.</summary>
    public sealed class LoggedCity : AnhuFixture, ILoggerProvider, ILogger
    {
        private readonly StringBuilder lines = new();

        /// <summary>What was logged.</summary>
        public string Lines
        {
            get
            {
                lock (lines)
                {
                    return lines.ToString();
                }
            }
        }

        /// <summary>The data folder.</summary>
        public string Folder => Services.GetRequiredService<AnhuSettings>().Data;

        /// <inheritdoc />
        public ILogger CreateLogger(string categoryName) => this;

        /// <inheritdoc />
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                lines.Append(formatter(state, exception)).Append(' ').Append(exception).Append('\n');
            }
        }

        /// <inheritdoc />
        public bool IsEnabled(LogLevel logLevel) => true;

        /// <inheritdoc />
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        /// <inheritdoc />
        public void Dispose()
        {
        }

        /// <inheritdoc />
        protected override void Configure(Dictionary<string, string?> settings)
        {
            settings["Logging:LogLevel:Default"] = "Information";
            settings["Logging:LogLevel:Microsoft.AspNetCore"] = "Information";
            settings["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database"] = "Information";
        }

        /// <inheritdoc />
        protected override void ConfigureServices(IServiceCollection services) => services.AddLogging(logging => logging.AddProvider(this));
    }
}
