namespace Anhu.Modules.Duties;

/// <summary>How soon the receiver of a hand-over must answer (handbook §4.13).</summary>
public enum HandOverUrgency
{
    /// <summary>As the class of the case says.</summary>
    Normal,

    /// <summary>Within a day.</summary>
    Urgent,

    /// <summary>Within hours: danger to life, an injury, a child, nowhere to stay.</summary>
    VeryUrgent,
}

/// <summary>What became of a hand-over.</summary>
public enum HandOverState
{
    /// <summary>The receiver has not answered; the giver answers for the duty.</summary>
    Offered,

    /// <summary>The receiver has it.</summary>
    Accepted,

    /// <summary>The receiver gave it back with a reason; the superior of both finds the owner.</summary>
    Returned,

    /// <summary>Nobody answered in time; the superior of both finds the owner.</summary>
    Expired,

    /// <summary>It came to nothing: offered to another unit meanwhile, given to one by a supervisor, or the duty ended.</summary>
    Ended,
}

/// <summary>A step of the work that is handed over.</summary>
/// <param name="What">What.</param>
/// <param name="DoneAt">When it was done, or was known to be done, UTC; null while it is open.</param>
/// <param name="UnitId">The unit that did it.</param>
/// <param name="WorkerId">Who did it.</param>
public sealed record HandOverStep(string What, DateTimeOffset? DoneAt, Guid? UnitId, Guid? WorkerId);

/// <summary>
/// The sheet of a hand-over (转介单, handbook form j): what was done, what is open, why, and what may be told to the receiver. What became of it
/// stands on the duty and in the record alone.
/// </summary>
public sealed class HandOver
{
    /// <summary>Key.</summary>
    public required Guid HandOverId { get; init; }

    /// <summary>The duty.</summary>
    public required Guid DutyId { get; init; }

    /// <summary>The unit that hands over.</summary>
    public required Guid FromUnitId { get; init; }

    /// <summary>The receiver.</summary>
    public required Guid ToUnitId { get; init; }

    /// <summary>When it was offered, UTC.</summary>
    public required DateTimeOffset OfferedAt { get; init; }

    /// <summary>Who hands over; null for a system.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>How soon.</summary>
    public required HandOverUrgency Urgency { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>What the receiver must know of the case, at most 300 characters.</summary>
    public string? Summary { get; init; }

    /// <summary>What is asked of the receiver.</summary>
    public string? Needs { get; init; }

    /// <summary>Documents that go with it.</summary>
    public string? Enclosed { get; init; }

    /// <summary>Steps, done and open.</summary>
    public IReadOnlyList<HandOverStep> Steps { get; set; } = [];

    /// <summary>The consent, or the ground in law, by which the receiver is told; null where none is needed or there is none.</summary>
    public Guid? SharingConsentId { get; set; }

    /// <summary>The receiver is told no more than a card: it is of another agency, she does not agree, and no law replaces her word.</summary>
    public bool WithoutConsent { get; set; }

    /// <summary>The receiver had to do with the case before.</summary>
    public required bool WasInvolved { get; init; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}
