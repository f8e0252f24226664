using Anhu.Modules.Timeline;

namespace Anhu.Modules.Cases;

/// <summary>Texts of the timeline: <c>Event_&lt;type&gt;</c> for each type of event.</summary>
public sealed class TimelineText;
