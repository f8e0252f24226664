namespace Anhu.Data;

/// <summary>A row that one node holds so that a job runs once (storage rule 8).</summary>
public sealed class Lease
{
    /// <summary>The job.</summary>
    public required string Name { get; init; }

    /// <summary>The node that holds it.</summary>
    public required string Holder { get; set; }

    /// <summary>Until when, UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>A counter of human-readable numbers, raised in the transaction that uses the number.</summary>
public sealed class Counter
{
    /// <summary>Name, such as <c>case:340104:2026</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Last value given out.</summary>
    public required long Value { get; set; }
}
