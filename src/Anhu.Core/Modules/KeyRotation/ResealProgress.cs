namespace Anhu.Modules.KeyRotation;

/// <summary>How far the sealing or indexing anew of one table is; written in the transaction of each step, so that a killed program goes on where it was.</summary>
public sealed class ResealProgress
{
    /// <summary>The table.</summary>
    public required string TableName { get; init; }

    /// <summary>The generation that its values are to have: of data keys, or of the index key for a table of blind indexes.</summary>
    public required int Generation { get; set; }

    /// <summary>Key of the last row looked at, as JSON, or its sequence number; null at the start.</summary>
    public string? After { get; set; }

    /// <summary>Rows looked at.</summary>
    public required long Rows { get; set; }

    /// <summary>Values sealed anew, or indexes added.</summary>
    public required long Resealed { get; set; }

    /// <summary>When the table was done, UTC; null while it is not.</summary>
    public DateTimeOffset? DoneAt { get; set; }
}
