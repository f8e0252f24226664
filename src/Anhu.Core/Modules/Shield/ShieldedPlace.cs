namespace Anhu.Modules.Shield;

/// <summary>Where a shielded place stands.</summary>
public enum ShieldState
{
    /// <summary>Waits for a second person's check: nothing goes there yet, and nobody is shown it but who asks for it with a reason.</summary>
    Proposed,

    /// <summary>In force.</summary>
    Active,

    /// <summary>Do not use: she has moved, or it was wrong. Still shielded.</summary>
    DoNotUse,
}

/// <summary>A place or number of a person that is shielded on its own, beside what reports say (victim-safety C). Kept apart from the person.</summary>
public sealed class ShieldedPlace
{
    /// <summary>The longest value.</summary>
    public const int ValueMaxLength = 300;

    /// <summary>The longest place to meet.</summary>
    public const int MeetAtMaxLength = 200;

    /// <summary>Key.</summary>
    public required Guid ShieldedPlaceId { get; init; }

    /// <summary>The case in which it was recorded.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The person.</summary>
    public required Guid PersonId { get; set; }

    /// <summary>The person of whom it was recorded, where recognition found since that this is another; null when it is the same.</summary>
    public Guid? OriginPersonId { get; set; }

    /// <summary>What it is.</summary>
    public required ShieldKind Kind { get; init; }

    /// <summary>The address, name or number.</summary>
    public required string Value { get; init; }

    /// <summary>Where field workers may meet her instead; told to them, so never the place itself.</summary>
    public string? MeetAt { get; init; }

    /// <summary>State.</summary>
    public required ShieldState State { get; set; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Who recorded it.</summary>
    public required Guid RecordedByWorkerId { get; init; }

    /// <summary>Who checked it; never who recorded it.</summary>
    public Guid? CheckedByWorkerId { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}
