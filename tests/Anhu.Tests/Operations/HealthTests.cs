using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Feed;
using Anhu.Modules.Intake;
using Anhu.Modules.Operations;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

/// <summary>The program with figures on a port of its own.</summary>
public sealed class MeasuredCity : AnhuFixture
{
    /// <summary>Where the figures are.</summary>
    public int Port { get; private set; }

    protected override void Configure(Dictionary<string, string?> settings)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        settings["Anhu:MetricsPort"] = Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}

public sealed class HealthTests(MeasuredCity app) : IClassFixture<MeasuredCity>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_ForAnyone_IsOk()
    {
        using var client = app.CreateClient();

        using var response = await client.GetAsync("/health/live", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Ready_OnAHealthyNode_NamesEachCheck()
    {
        await Until.TrueAsync(() => app.Services.GetRequiredService<FeedHub>().IsFollowing);
        using var client = app.CreateClient();

        using var response = await client.GetAsync("/health/ready", Ct);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(body.GetProperty("ready").GetBoolean());
        Assert.Equal(["running", "store", "feed", "intake", "recognition"], body.GetProperty("checks").EnumerateObject().Select(c => c.Name));
        Assert.All(body.GetProperty("checks").EnumerateObject().Where(c => c.Name != "recognition"), check => Assert.True(check.Value.GetProperty("ok").GetBoolean()));
        Assert.Equal(app.Services.GetRequiredService<AlarmIntake>().Capacity, body.GetProperty("checks").GetProperty("intake").GetProperty("capacity").GetInt32());
    }

    [Fact]
    public async Task Metrics_AfterAnAlarm_AreOnTheirOwnPortOnly()
    {
        await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(
            new AlarmReport
            {
                Source = "110", SourceId = "figures", Revision = 1, ReceivedAt = app.Clock.GetUtcNow(), Channel = AlarmChannel.Phone,
                Category = AlarmCategory.DomesticViolence, Summary = "家中争吵",
            },
            Actor.Platform, Ct);
        using var client = app.CreateClient();

        var figures = await client.GetStringAsync(new Uri($"http://127.0.0.1:{app.Port}/metrics"), Ct);
        using var elsewhere = await client.GetAsync("/metrics", Ct);

        Assert.Matches("(?m)^anhu_alarms_total\\{.*outcome=\"created\".*\\} [1-9]", figures);
        foreach (var name in (string[])["anhu_intake_batch_size_bucket", "anhu_intake_batch_duration_seconds_sum", "anhu_intake_backlog", "anhu_feeds_open", "anhu_feed_cursor", "dotnet_gc"])
        {
            Assert.Contains(name, figures, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("anhu_", await elsewhere.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public void MetricsPort_InUse_IsSeen()
    {
        Assert.False(OperationsSetup.IsFree(app.Port));
    }
}
