using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Modules.Evidence;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Anhu.Tests.Operations;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Evidence;

/// <summary>Files on their way while the program is killed, while the disk is full, and under the national suite.</summary>
public sealed class EvidenceFailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Killed in the middle of sending: what was answered is there, the rest is sent, the file is whole once.</summary>
    [Fact]
    public async Task Kill_InTheMiddleOfAFile_CostsAPartAtMost()
    {
        await using var app = new AnhuFixture();
        await app.InitializeAsync();
        var content = Photos.Film(20 * ReceiveEvidenceHandler.PartSize);
        var (client, command, token) = await AnnouncedAsync(app, content);
        using var _ = client;
        var settings = await app.ReleaseAsync();
        var answered = 0;
        await using (var program = await AnhuProcess.ServeAsync(settings, Ct))
        {
            using var begun = await SendAsync(client, program, HttpMethod.Put, $"/evidence/{command.Id}", token, Announcement(command));
            Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
            var killed = Task.CompletedTask;
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
            {
                try
                {
                    using var sent = await SendAsync(client, program, HttpMethod.Put, $"/evidence/{command.Id}/parts/{n}", token, new ByteArrayContent(Photos.Part(content, n).ToArray()));
                    if (sent.IsSuccessStatusCode && Interlocked.Increment(ref answered) == 7)
                    {
                        killed = program.KillAsync();
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    // Killed before it answered.
                }
            }));
            await killed;
        }

        await using var again = await AnhuProcess.ServeAsync(settings, Ct);
        using var asked = await SendAsync(client, again, HttpMethod.Put, $"/evidence/{command.Id}", token, Announcement(command));
        var missing = (await asked.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("missing").EnumerateArray().Select(n => n.GetInt32()).ToList();
        Assert.True(answered >= 7 && missing.Count <= 21 - answered, $"{answered} answered, {missing.Count} missing");
        foreach (var n in missing)
        {
            using var sent = await SendAsync(client, again, HttpMethod.Put, $"/evidence/{command.Id}/parts/{n}", token, new ByteArrayContent(Photos.Part(content, n).ToArray()));
            Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        }

        using var done = await SendAsync(client, again, HttpMethod.Post, $"/evidence/{command.Id}/done", token, null);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        await again.KillAsync();
        await using var city = await OpenCity.CreateAsync(settings, filled: false);
        Assert.Equal(1, await city.QueryAsync(db => db.Timeline.CountAsync(e => e.Type == ReceiveEvidenceHandler.Received, Ct)));
    }

    /// <summary>A full disk refuses parts and says when to come again; with room the file goes on where it stopped.</summary>
    [Fact]
    public async Task Disk_Full_RefusesParts_AndLosesNone()
    {
        Assert.SkipWhen(TestStore.IsPostgres, "PostgreSQL's disk is its operator's.");
        await using var disk = await SmallDisk.MountAsync(megabytes: 96);
        Assert.SkipWhen(disk is null, "A small file system cannot be mounted here.");
        await using var app = new OnSmallDisk(disk);
        await app.InitializeAsync();
        var content = Photos.Film(30 * ReceiveEvidenceHandler.PartSize);
        var (client, command, token) = await AnnouncedAsync(app, content);
        using var _ = client;
        using var begun = await SendAsync(client, null, HttpMethod.Put, $"/evidence/{command.Id}", token, Announcement(command));
        Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
        disk.Fill();
        var refused = 0;
        for (var n = 0; n < 30; n++)
        {
            using var sent = await SendAsync(client, null, HttpMethod.Put, $"/evidence/{command.Id}/parts/{n}", token, new ByteArrayContent(Photos.Part(content, n).ToArray()));
            if (sent.StatusCode != HttpStatusCode.NoContent)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, sent.StatusCode);
                Assert.NotNull(sent.Headers.RetryAfter);
                refused++;
            }
        }

        disk.Free();
        Assert.True(refused > 0);
        using var asked = await SendAsync(client, null, HttpMethod.Put, $"/evidence/{command.Id}", token, Announcement(command));
        var missing = (await asked.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("missing").EnumerateArray().Select(n => n.GetInt32()).ToList();
        // The last part was not sent yet.
        Assert.Equal(refused + 1, missing.Count);
    }

    /// <summary>Cities under the national suite have both hashes, and pieces are sealed with SM4.</summary>
    [Fact]
    public async Task UnderTheNationalSuite_BothHashesAreKept()
    {
        await using var app = new Guomi();
        await app.InitializeAsync();
        var alarm = await app.SubmitAsync(Reports.Of(app));
        var officer = await app.Data.CreateWorkerAsync("340104001-police");
        var caller = new Caller { WorkerId = officer.Id, UnitId = officer.UnitId, Roles = officer.Roles };
        var content = "abc"u8.ToArray();
        var command = Photos.Of(content, alarm.CaseId, null, "messages");

        Assert.True((await Photos.SendAsync(app, caller, content, command)).IsOk);

        var file = await app.QueryAsync(db => db.EvidenceFiles.AsNoTracking().SingleAsync(f => f.EvidenceFileId == command.Id, Ct));
        Assert.Equal("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", file.Sm3);
        Assert.Equal(content, (await app.Services.GetRequiredService<EvidenceDesk>().HandOnAsync(caller, command.Id, HandOnPurpose.Look, null, Ct)).Value.Content);
    }

    private static async Task<(HttpClient Client, BeginEvidence Command, string Token)> AnnouncedAsync(AnhuFixture app, byte[] content)
    {
        var alarm = await app.SubmitAsync(Reports.Of(app));
        var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-police"));
        var page = await client.GetPageAsync($"/cases/{alarm.CaseId}/evidence");
        return (client, Photos.Of(content, alarm.CaseId, null, "messages", app.Clock.GetUtcNow()), page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!);
    }

    private static JsonContent Announcement(BeginEvidence c) => JsonContent.Create(new { caseId = c.CaseId, item = c.Item, madeAt = c.MadeAt, length = c.Length, sha256 = c.Sha256 });

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, AnhuProcess? program, HttpMethod method, string path, string token, HttpContent? content)
    {
        using var to = program?.CreateClient();
        using var request = new HttpRequestMessage(method, to is null ? new Uri(path, UriKind.Relative) : new Uri(to.BaseAddress!, path)) { Content = content };
        request.Headers.Add("RequestVerificationToken", token);
        await (content?.LoadIntoBufferAsync(Ct) ?? Task.CompletedTask);
        return await client.SendAsync(request, Ct);
    }

    private sealed class Guomi : AnhuFixture
    {
        protected override Task<TestStore> CreateStoreAsync() => TestStore.CreateAsync(filled: false, ownKey: true);

        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Crypto"] = "guomi";
    }

    private sealed class OnSmallDisk(SmallDisk disk) : AnhuFixture
    {
        protected override Task<TestStore> CreateStoreAsync() => TestStore.CreateAsync(filled: false, ownKey: true);

        protected override void Configure(Dictionary<string, string?> settings)
        {
            settings["Anhu:Data"] = disk.Folder;
            settings["Anhu:Store"] = "sqlite";
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            SqliteConnection.ClearAllPools();
        }
    }
}
