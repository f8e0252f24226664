namespace Anhu.Modules.Alarms;

/// <summary>Texts of the alarm pages.</summary>
public sealed class AlarmText;
