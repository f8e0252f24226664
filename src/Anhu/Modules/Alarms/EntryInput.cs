namespace Anhu.Modules.Alarms;

/// <summary>What the entry page takes. It has the shape of the contract, so that a path of the reader's faults is a path in here.</summary>
internal sealed class EntryInput
{
    public const int MaxPeople = 10;

    /// <summary>Names this entry from the moment the form was opened: sent twice, it is still one alarm.</summary>
    public string? SourceId { get; set; }

    public DateOnly? ReceivedOn { get; set; }

    public TimeOnly? ReceivedAt { get; set; }

    public string? Channel { get; set; }

    public string? Category { get; set; }

    public string? Summary { get; set; }

    public EntryPlace Location { get => field; set => field = value ?? new(); } = new();

    public List<EntryPerson> People { get => field; set => field = value ?? []; } = [];

    public EntryIndicators Indicators { get => field; set => field = value ?? new(); } = new();

    public EntryReporter Reporter { get => field; set => field = value ?? new(); } = new();

    public EntryDispatch Dispatch { get => field; set => field = value ?? new(); } = new();

    public string? PoliceOpinion { get; set; }

    /// <summary>True when the button for one more person was pressed instead of save.</summary>
    public bool AddPerson { get; set; }
}

internal sealed class EntryPlace
{
    public string? Address { get; set; }

    /// <summary>Words for the region, or its code.</summary>
    public string? Region { get; set; }

    public string? Longitude { get; set; }

    public string? Latitude { get; set; }
}

internal sealed class EntryPerson
{
    public string? Role { get; set; }

    public string? Name { get; set; }

    public string? Sex { get; set; }

    public DateOnly? BirthDate { get; set; }

    public string? IdNumber { get; set; }

    public string? Phone { get; set; }

    public string? Address { get; set; }

    public string? Injury { get; set; }

    public string? RelationToVictim { get; set; }

    /// <summary>True when nothing is known but the part that the empty form offered.</summary>
    public bool IsBlank => BirthDate is null
        && new[] { Name, Sex, IdNumber, Phone, Address, Injury, RelationToVictim }.All(string.IsNullOrWhiteSpace);
}

internal sealed class EntryIndicators
{
    public bool? Weapon { get; set; }

    public bool? ThreatToKill { get; set; }

    public bool? Strangulation { get; set; }

    public bool? ChildPresent { get; set; }

    public bool? Pregnant { get; set; }

    public bool? Alcohol { get; set; }

    public bool? SexualViolence { get; set; }

    public bool? Separation { get; set; }
}

internal sealed class EntryReporter
{
    public string? Name { get; set; }

    public string? Phone { get; set; }

    public string? Relation { get; set; }
}

internal sealed class EntryDispatch
{
    public string? Unit { get; set; }
}
