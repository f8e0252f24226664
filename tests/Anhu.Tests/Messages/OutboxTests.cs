using System.Net;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Duties;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Anhu.Tests.Messages;

/// <summary>A real gateway on a port of its own, which answers as the test tells it.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private GatewayServer(WebApplication app) => this.app = app;

    /// <summary>What to answer.</summary>
    public int Status { get; set; } = StatusCodes.Status202Accepted;

    /// <summary>Whether it answers at all.</summary>
    public bool Hangs { get; set; }

    public List<(string Path, IQueryCollection Query, string Body, string? Authorization)> Received { get; } = [];

    public string Url => app.Urls.First();

    public static async Task<GatewayServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new GatewayServer(builder.Build());
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        lock (Received)
        {
            Received.Add((http.Request.Path, http.Request.Query, body, http.Request.Headers.Authorization));
        }

        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        http.Response.StatusCode = Status;
        http.Response.Headers.Location = Status == StatusCodes.Status307TemporaryRedirect ? "/elsewhere" : default(Microsoft.Extensions.Primitives.StringValues);
        await http.Response.WriteAsync("""{"id":"gw-1"}""");
    }
}

/// <summary>The program with a gateway of the given kind; the job is away, so that only the test sends.</summary>
public abstract class GatewayFixture(string kind) : FakeTimeFixture
{
    public GatewayServer Gateway { get; private set; } = default!;

    protected override async Task PrepareAsync() => Gateway = await GatewayServer.StartAsync();

    protected override void Configure(Dictionary<string, string?> settings)
    {
        settings["Anhu:Messages:Gateway"] = kind;
        settings["Anhu:Messages:Url"] = kind == "http" ? Gateway.Url + "/send" : Gateway.Url;
        settings["Anhu:Messages:Token"] = "token";
        settings["Anhu:Messages:UserName"] = "user";
        settings["Anhu:Messages:Password"] = "pass";
        settings["Anhu:Messages:From"] = "10690";
        settings["Anhu:Messages:PublicUrl"] = "http://anhu.test/";
        settings["Anhu:Messages:DeliverySecret"] = "geheim";
        settings["Anhu:Messages:TimeoutSeconds"] = "1";
    }

    protected override void ConfigureServices(IServiceCollection services) =>
        services.Remove(services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType == typeof(OutboxJob)));

    public async Task<(AlarmReceipt Alarm, Duty Duty, OutboxMessage Message, Caller Caller)> QueueAsync(TimeOnly? from = null)
    {
        var ct = TestContext.Current.CancellationToken;
        var alarm = await this.ReportAsync();
        var worker = await Data.CreateWorkerAsync();
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
        var contacts = Services.GetRequiredService<SafeContacts>();
        var victim = (await contacts.OfCaseAsync(caller, alarm.CaseId, ct))!.Victims[0].PersonId;
        await contacts.Handle(
            new MarkSafeContact { CaseId = alarm.CaseId, PersonId = victim, Phone = $"135{Random.Shared.Next(10000000, 99999999)}", SafeToText = true, SafeFrom = from }, caller, ct);
        var duty = await this.DutyAsync(alarm, "caring-message");
        var queued = await Services.GetRequiredService<SendCaringMessageHandler>().Handle(
            new SendCaringMessage { DutyId = duty.DutyId, TemplateId = "greeting" }, caller, ct);
        Assert.True(queued.IsOk, queued.Failure?.Code);
        return (alarm, duty, queued.Value, caller);
    }

    public Task<int> SendAsync() => Services.GetRequiredService<OutboxSender>().RunAsync(TestContext.Current.CancellationToken);

    public Task<OutboxMessage> MessageAsync(OutboxMessage message) =>
        QueryAsync(db => db.OutboxMessages.AsNoTracking().SingleAsync(m => m.OutboxMessageId == message.OutboxMessageId, TestContext.Current.CancellationToken));
}

public sealed class HttpGatewayFixture() : GatewayFixture("http");

public sealed class KannelGatewayFixture() : GatewayFixture("kannel");

public sealed class OutboxTests(HttpGatewayFixture app) : IClassFixture<HttpGatewayFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_TakenByTheGateway_EndsItsDuty_AndIsReportedDelivered()
    {
        var (alarm, duty, message, caller) = await app.QueueAsync();
        var again = await app.Services.GetRequiredService<SendCaringMessageHandler>().Handle(
            new SendCaringMessage { DutyId = duty.DutyId, TemplateId = "greeting" }, caller, Ct);

        await app.SendAsync();

        Assert.Equal(MessageFailures.AlreadyQueued, again.Failure);
        Assert.Equal((MessageState.Sent, "gw-1"), ((await app.MessageAsync(message)).State, (await app.MessageAsync(message)).GatewayReference));
        Assert.Equal((DutyState.Done, "sent"), ((await app.DutyAsync(alarm, "caring-message")).State, (await app.DutyAsync(alarm, "caring-message")).Outcome));
        Assert.Equal("Bearer token", app.Gateway.Received[^1].Authorization);
        using var client = app.CreateClient();
        using var wrong = await client.PostAsync($"/api/v1/messages/{message.OutboxMessageId}/delivery?secret=x&status=delivered", null, Ct);
        using var right = await client.PostAsync($"/api/v1/messages/{message.OutboxMessageId}/delivery?secret=geheim&status=delivered", null, Ct);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NoContent), (wrong.StatusCode, right.StatusCode));
        Assert.Equal(MessageState.Delivered, (await app.MessageAsync(message)).State);
        var events = await app.QueryAsync(db => db.Timeline.Where(e => e.CaseId == alarm.CaseId).Select(e => e.Data).ToListAsync(Ct));
        Assert.DoesNotContain(events, e => e.Contains(message.Phone, StringComparison.Ordinal) || e.Contains(message.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Message_ThatFails_IsTriedAgainLaterAndLater_ThenGivenUp()
    {
        var (_, _, message, _) = await app.QueueAsync();
        app.Gateway.Status = StatusCodes.Status500InternalServerError;
        try
        {
            foreach (var wait in OutboxSender.Backoff)
            {
                await app.SendAsync();
                Assert.Equal(app.Time.GetUtcNow() + wait, (await app.MessageAsync(message)).NextAttemptAt);
                Assert.Equal(0, await app.SendAsync());
                app.Time.Advance(wait);
            }

            await app.SendAsync();
        }
        finally
        {
            app.Gateway.Status = StatusCodes.Status202Accepted;
        }

        Assert.Equal((MessageState.Failed, 6), ((await app.MessageAsync(message)).State, (await app.MessageAsync(message)).Attempts));
    }

    [Fact]
    public async Task Message_WhoseGatewayHangs_IsTriedAgain()
    {
        var (_, _, message, _) = await app.QueueAsync();
        app.Gateway.Hangs = true;
        await app.SendAsync();
        app.Gateway.Hangs = false;
        Assert.Equal((MessageState.Queued, "timeout"), ((await app.MessageAsync(message)).State, (await app.MessageAsync(message)).LastError));

        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.SendAsync();

        Assert.Equal(MessageState.Sent, (await app.MessageAsync(message)).State);
    }

    [Fact]
    public async Task Gateway_ThatSendsElsewhere_IsNotFollowed()
    {
        var (_, _, message, _) = await app.QueueAsync();
        app.Gateway.Status = StatusCodes.Status307TemporaryRedirect;
        await app.SendAsync();
        app.Gateway.Status = StatusCodes.Status202Accepted;

        Assert.Equal(MessageState.Failed, (await app.MessageAsync(message)).State);
        Assert.DoesNotContain(app.Gateway.Received, r => r.Path == "/elsewhere");
    }

    [Fact]
    public async Task Message_WhoseContactIsLocked_StopsAtOnce()
    {
        var (alarm, _, message, caller) = await app.QueueAsync();

        await app.Services.GetRequiredService<SafeContacts>().WithdrawAsync(alarm.CaseId, message.SafeContactId, caller, Ct);

        Assert.Equal(MessageState.Stopped, (await app.MessageAsync(message)).State);
        Assert.Equal(0, await app.SendAsync());
    }

    [Fact]
    public async Task Message_ThatWaitsForItsHour_IsStoppedWithinOneTick_WhenANewIncidentLocksTheChannel_WhicheverNodeLooks()
    {
        var opens = TimeOnly.FromDateTime(app.Time.GetUtcNow().AddHours(8 + 5).DateTime);
        var (alarm, _, message, _) = await app.QueueAsync(opens);
        app.Time.Advance(TimeSpan.FromMinutes(5));
        await app.QueryAsync(async db =>
        {
            (await db.Cases.SingleAsync(c => c.CaseId == alarm.CaseId, Ct)).LastAlarmAt = app.Time.GetUtcNow();
            return await db.SaveChangesAsync(Ct);
        });
        var sent = app.Gateway.Received.Count;

        // Two nodes look at the same time: one of them stops it, none sends it.
        await Task.WhenAll(app.SendAsync(), ActivatorUtilities.CreateInstance<OutboxSender>(app.Services).RunAsync(Ct));

        Assert.Equal((MessageState.Stopped, nameof(ContactVerdict.NewIncident)), ((await app.MessageAsync(message)).State, (await app.MessageAsync(message)).LastError));
        Assert.Equal(sent, app.Gateway.Received.Count);
        Assert.Equal(1, await app.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == alarm.CaseId && e.Type == "message.stopped", Ct)));
    }

    [Fact]
    public async Task Message_WhoseWordsBecameASecretWhileItWaited_IsNotSent()
    {
        var (alarm, _, message, _) = await app.QueueAsync();
        await app.QueryAsync(async db =>
        {
            var victim = await db.CaseParties.FirstAsync(p => p.CaseId == alarm.CaseId && p.Role == PartyRole.Victim, Ct);
            db.Add(new Anhu.Modules.Shield.ShieldedPlace
            {
                ShieldedPlaceId = Guid.CreateVersion7(), CaseId = alarm.CaseId, PersonId = victim.PersonId, Kind = Anhu.Modules.Shield.ShieldKind.Shelter, Value = "祝您一切都好",
                State = Anhu.Modules.Shield.ShieldState.Active, RecordedAt = app.Time.GetUtcNow(), RecordedByWorkerId = Guid.CreateVersion7(),
            });
            return await db.SaveChangesAsync(Ct);
        });
        var sent = app.Gateway.Received.Count;

        await app.SendAsync();

        Assert.Equal((MessageState.Stopped, sent), ((await app.MessageAsync(message)).State, app.Gateway.Received.Count));
    }

    [Fact]
    public async Task Message_WhoseContactGoesStaleWhileItWaits_IsNotSent()
    {
        var (_, _, message, _) = await app.QueueAsync();
        var sent = app.Gateway.Received.Count;
        app.Time.Advance(TimeSpan.FromDays(ContactGate.StaleAfterDays));

        await app.SendAsync();

        Assert.Equal((MessageState.Stopped, nameof(ContactVerdict.Stale)), ((await app.MessageAsync(message)).State, (await app.MessageAsync(message)).LastError));
        Assert.Equal(sent, app.Gateway.Received.Count);
    }

    [Fact]
    public async Task Message_OutsideTheSafeHours_WaitsForThem()
    {
        var opens = TimeOnly.FromDateTime(app.Time.GetUtcNow().AddHours(8 + 3).DateTime);
        var (_, _, message, _) = await app.QueueAsync(opens);

        Assert.Equal(0, await app.SendAsync());
        app.Time.Advance(TimeSpan.FromHours(3));
        await app.SendAsync();

        Assert.Equal(MessageState.Sent, (await app.MessageAsync(message)).State);
    }

    [Fact]
    public async Task CaseFile_TellsWhatBecameOfMessages_WithoutTheNumber_ToWhoSeesTheCaseInFull()
    {
        var (alarm, _, message, _) = await app.QueueAsync();
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        async Task<string?> ShownAsync()
        {
            var page = await client.GetPageAsync($"/cases/{alarm.CaseId}");
            Assert.DoesNotContain(message.Phone, page.DocumentElement.OuterHtml, StringComparison.Ordinal);
            Assert.DoesNotContain(message.Text, page.DocumentElement.OuterHtml, StringComparison.Ordinal);
            return page.TextOf(".message-line .line-head")?.ReplaceLineEndings(" ");
        }

        Assert.Contains("等待发送", await ShownAsync(), StringComparison.Ordinal);
        await app.SendAsync();
        Assert.Contains("已发出", await ShownAsync(), StringComparison.Ordinal);
        app.Time.Advance(TimeSpan.FromMinutes(7));
        using var gateway = app.CreateClient();
        using var delivered = await gateway.PostAsync($"/api/v1/messages/{message.OutboxMessageId}/delivery?secret=geheim&status=delivered", null, Ct);
        Assert.Contains("已送达", await ShownAsync(), StringComparison.Ordinal);
        var caller = new Caller { WorkerId = Guid.CreateVersion7(), UnitId = (await app.Data.CreateWorkerAsync()).UnitId, Roles = [WorkerRole.Caseworker] };
        Assert.Equal(app.Time.GetUtcNow(), Assert.Single(await app.Services.GetRequiredService<CaseMessages>().OfCaseAsync(caller, alarm.CaseId, Ct)).At);

        var street = await app.QueryAsync(db => db.Units.Where(u => u.Agency == Agency.StreetOffice).Select(u => u.UnitId).FirstAsync(Ct));
        Assert.Empty(await app.Services.GetRequiredService<CaseMessages>().OfCaseAsync(caller with { UnitId = street }, alarm.CaseId, Ct));
    }

    [Fact]
    public async Task Page_WithoutASafeContact_SaysWhyAndSendsNothing()
    {
        var alarm = await app.ReportAsync();
        var duty = await app.DutyAsync(alarm, "caring-message");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        var batch = await client.GetPageAsync("/messages");
        var page = await client.GetPageAsync($"/messages/{duty.DutyId}");

        Assert.NotNull(batch.QuerySelector($"a[href='/messages/{duty.DutyId}']"));
        Assert.Null(batch.QuerySelector($"input[value='{duty.DutyId}']"));
        Assert.DoesNotContain(page.Forms, f => f.QuerySelector("input[name=_handler]")?.GetAttribute("value") == "send");
    }
}

public sealed class KannelTests(KannelGatewayFixture app) : IClassFixture<KannelGatewayFixture>
{
    [Fact]
    public async Task Message_GoesToSendsmsWithKannelsParameters()
    {
        var (_, _, message, _) = await app.QueueAsync();

        await app.SendAsync();

        var (path, query, _, _) = Assert.Single(app.Gateway.Received);
        Assert.Equal("/cgi-bin/sendsms", path);
        Assert.Equal(("user", "pass", "10690", message.Phone), ((string?)query["username"], (string?)query["password"], (string?)query["from"], (string?)query["to"]));
        Assert.Equal((message.Text, "UTF-8", "2", "19"), ((string?)query["text"], (string?)query["charset"], (string?)query["coding"], (string?)query["dlr-mask"]));
        Assert.Equal($"http://anhu.test/api/v1/messages/{message.OutboxMessageId}/delivery?secret=geheim&status=%d", (string?)query["dlr-url"]);
    }
}
