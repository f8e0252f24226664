using System.Diagnostics.Metrics;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Modules.Alarms;
using Anhu.Modules.Feed;
using Anhu.Modules.Intake;
using Anhu.Modules.Timeline;
using Anhu.Web;
using OpenTelemetry.Metrics;

namespace Anhu.Modules.Operations;

/// <summary>What this node tells of its present state whenever its figures are read; says in the log where they are.</summary>
internal sealed partial class NodeFigures : IHostedService
{
    private readonly IServiceProvider services;
    private readonly AnhuSettings settings;
    private readonly ILogger<NodeFigures> logger;

    public NodeFigures(
        IMeterFactory meters, AlarmIntake intake, FeedHub feed, IServiceProvider services, AnhuSettings settings, ILogger<NodeFigures> logger)
    {
        this.services = services;
        this.settings = settings;
        this.logger = logger;
        var meter = meters.Create(Figures.MeterName);
        meter.CreateObservableGauge("anhu.intake.backlog", () => intake.Backlog, description: "Alarms that wait for the disk.");
        meter.CreateObservableGauge("anhu.intake.capacity", () => intake.Capacity, description: "How many alarms may wait.");
        meter.CreateObservableGauge("anhu.feeds.open", () => feed.OpenFeeds, description: "Open live feeds of this node.");
        meter.CreateObservableGauge("anhu.feed.following", () => feed.IsFollowing ? 1 : 0, description: "1 while the live feed follows the record.");
        meter.CreateObservableGauge("anhu.feed.cursor", () => feed.Cursor, description: "The last event that this node has pushed.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<MeterProvider>() is not null)
        {
            LogServing(settings.MetricsPort);
        }
        else if (settings.MetricsPort > 0)
        {
            LogInUse(settings.MetricsPort);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Figures for Prometheus: http://127.0.0.1:{Port}/metrics")]
    private partial void LogServing(int port);

    [LoggerMessage(LogLevel.Warning, "Port {Port} is in use: this node serves no figures. Another one is set by Anhu:MetricsPort")]
    private partial void LogInUse(int port);
}
