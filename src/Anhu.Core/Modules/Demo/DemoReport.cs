using Anhu.Modules.Alarms;

namespace Anhu.Modules.Demo;

/// <summary>Who sends a made-up report.</summary>
internal enum DemoSender
{
    /// <summary>The command centre's system.</summary>
    CommandCentre,

    /// <summary>A police worker at a counter.</summary>
    Police,

    /// <summary>The women's federation's hotline.</summary>
    Hotline,
}

/// <summary>A made-up report on its way to the intake.</summary>
/// <param name="At">When it arrives, UTC.</param>
/// <param name="Report">The report.</param>
/// <param name="Sender">Who sends it.</param>
internal sealed record DemoReport(DateTimeOffset At, AlarmReport Report, DemoSender Sender);
