using System.Diagnostics.Metrics;

namespace Anhu.Common;

/// <summary>What the platform counts about itself, for operators (OpenTelemetry meter <c>Anhu</c>). Numbers only: no ids, no names.</summary>
public static class Figures
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Anhu";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> AlarmCounter = Meter.CreateCounter<long>("anhu.alarms", description: "Alarm revisions by what became of them.");

    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram(
        "anhu.intake.batch.size", description: "Alarms that shared one commit.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });

    private static readonly Histogram<double> BatchDuration = Meter.CreateHistogram(
        "anhu.intake.batch.duration", unit: "s", description: "Time from taking a batch to its commit.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });

    private static readonly Histogram<double> FeedDelay = Meter.CreateHistogram(
        "anhu.feed.delay", unit: "s", description: "Time from an event to its push to the open feeds of this node.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });

    private static readonly Counter<long> OverdueCounter = Meter.CreateCounter<long>("anhu.duties.overdue", description: "Duties that this node marked as overdue.");

    private static readonly Counter<long> MessageCounter = Meter.CreateCounter<long>("anhu.messages", description: "Messages by what became of them.");

    /// <summary>Alarms were answered.</summary>
    /// <param name="outcome"><c>created</c>, <c>updated</c>, <c>duplicate</c>, <c>conflict</c> or <c>unavailable</c>.</param>
    /// <param name="count">How many.</param>
    public static void Alarms(string outcome, long count = 1) => AlarmCounter.Add(count, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A batch was committed.</summary>
    /// <param name="size">Alarms in it.</param>
    /// <param name="duration">How long it took.</param>
    public static void Batch(int size, TimeSpan duration)
    {
        BatchSize.Record(size);
        BatchDuration.Record(duration.TotalSeconds);
    }

    /// <summary>Events were pushed.</summary>
    /// <param name="delay">Age of the oldest of them.</param>
    public static void Pushed(TimeSpan delay) => FeedDelay.Record(Math.Max(0, delay.TotalSeconds));

    /// <summary>Duties were marked as overdue.</summary>
    /// <param name="count">How many.</param>
    public static void Overdue(long count) => OverdueCounter.Add(count);

    /// <summary>A message was handled.</summary>
    /// <param name="outcome"><c>sent</c>, <c>failed</c> (tried again later) or <c>given-up</c>.</param>
    public static void Message(string outcome) => MessageCounter.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
