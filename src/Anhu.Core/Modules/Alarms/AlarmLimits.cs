namespace Anhu.Modules.Alarms;

/// <summary>Limits of the alarm contract; the tables are at least as wide.</summary>
public static class AlarmLimits
{
    /// <summary>Characters of a source's name.</summary>
    public const int Source = 60;

    /// <summary>Characters of an alarm's name in its source.</summary>
    public const int SourceId = 120;

    /// <summary>Characters of the summary.</summary>
    public const int Summary = 4000;

    /// <summary>Characters of a person's name.</summary>
    public const int Name = 80;

    /// <summary>Characters of a phone.</summary>
    public const int Phone = 30;

    /// <summary>Characters of an address.</summary>
    public const int Address = 300;

    /// <summary>Characters of a relation.</summary>
    public const int Relation = 40;

    /// <summary>People in one report.</summary>
    public const int People = 50;

    /// <summary>How far ahead of our clock a source's clock may be.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>The first year that a report can be from.</summary>
    public static readonly DateTimeOffset Earliest = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first birth date taken.</summary>
    public static readonly DateOnly EarliestBirth = new(1880, 1, 1);

    /// <summary>Bytes of one report.</summary>
    public const int Bytes = 1024 * 1024;
}
