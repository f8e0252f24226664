namespace Anhu.Modules.Alarms;

/// <summary>One revision of an alarm as the contract defines it, checked: every value that is there is valid.</summary>
public sealed record AlarmReport
{
    /// <summary>The sending system, such as <c>hefei-110</c>; letters, digits, <c>.</c>, <c>-</c>, <c>_</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The alarm's name in its source.</summary>
    public required string SourceId { get; init; }

    /// <summary>Revision, 1 or more.</summary>
    public required int Revision { get; init; }

    /// <summary>When the source received it, to the microsecond.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Channel.</summary>
    public required AlarmChannel Channel { get; init; }

    /// <summary>Category.</summary>
    public required AlarmCategory Category { get; init; }

    /// <summary>What happened, in the call taker's words.</summary>
    public string? Summary { get; init; }

    /// <summary>Who reported it; to be seen by the receiving police only.</summary>
    public ReportedReporter? Reporter { get; init; }

    /// <summary>Where.</summary>
    public ReportedLocation? Location { get; init; }

    /// <summary>Who is in it.</summary>
    public IReadOnlyList<ReportedPerson> People { get; init; } = [];

    /// <summary>What is known of danger; a missing answer is not a no.</summary>
    public ReportedIndicators Indicators { get; init; } = new();

    /// <summary>The police unit sent.</summary>
    public ReportedDispatch? Dispatch { get; init; }

    /// <summary>The class that the police officer holds right (1 to 3), where given.</summary>
    public int? PoliceOpinion { get; init; }
}

/// <summary>Who reported an alarm.</summary>
/// <param name="Name">Name.</param>
/// <param name="Phone">Phone.</param>
/// <param name="Relation">Relation to the victim: <c>self</c>, <c>neighbour</c>, <c>school</c> …</param>
public sealed record ReportedReporter(string? Name, string? Phone, string? Relation);

/// <summary>Where it happened.</summary>
/// <param name="Address">Address; null when the source withholds it.</param>
/// <param name="RegionCode">An area code that exists in the city.</param>
/// <param name="Longitude">Degrees, −180 to 180.</param>
/// <param name="Latitude">Degrees, −90 to 90.</param>
public sealed record ReportedLocation(string? Address, string? RegionCode, double? Longitude, double? Latitude)
{
    /// <summary>What the source wrote in the place of an address, such as <c>Restricted Address</c> or 保密; <see cref="Address"/> is then null.</summary>
    public string? AddressPlaceholder { get; init; }
}

/// <summary>A person as reported.</summary>
public sealed record ReportedPerson
{
    /// <summary>The part played.</summary>
    public required PartyRole Role { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Sex.</summary>
    public Sex Sex { get; init; }

    /// <summary>Birth date.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>Citizen ID number with a right check character, upper case.</summary>
    public string? IdNumber { get; init; }

    /// <summary>Phone.</summary>
    public string? Phone { get; init; }

    /// <summary>Address; null when the source withholds it.</summary>
    public string? Address { get; init; }

    /// <summary>What the source wrote in the place of an address; <see cref="Address"/> is then null.</summary>
    public string? AddressPlaceholder { get; init; }

    /// <summary>Degree of injury.</summary>
    public Injury Injury { get; init; }

    /// <summary>Relation to the victim, such as <c>spouse</c>.</summary>
    public string? RelationToVictim { get; init; }
}

/// <summary>What is known of danger. Null: nobody said.</summary>
/// <param name="Weapon">A weapon was used or shown.</param>
/// <param name="ThreatToKill">He threatened to kill.</param>
/// <param name="Strangulation">Strangling, smothering or another lethal act.</param>
/// <param name="ChildPresent">A child was there.</param>
/// <param name="Pregnant">The victim is pregnant.</param>
/// <param name="Alcohol">Alcohol or drugs.</param>
/// <param name="SexualViolence">Forced sex, sexual abuse or assault.</param>
/// <param name="Separation">She left, or tries to: separation, divorce or break-up under way or within the past year.</param>
public sealed record ReportedIndicators(
    bool? Weapon = null, bool? ThreatToKill = null, bool? Strangulation = null, bool? ChildPresent = null, bool? Pregnant = null, bool? Alcohol = null,
    bool? SexualViolence = null, bool? Separation = null);

/// <summary>The police unit sent.</summary>
/// <param name="Unit">A unit's code that exists.</param>
/// <param name="DispatchedAt">When.</param>
public sealed record ReportedDispatch(string? Unit, DateTimeOffset? DispatchedAt);
