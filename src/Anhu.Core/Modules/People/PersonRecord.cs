using Anhu.Modules.Alarms;

namespace Anhu.Modules.People;

/// <summary>How the door knew on arrival whom a record speaks of.</summary>
public enum FoundBy
{
    /// <summary>It did not: the record began a person of its own.</summary>
    Nothing,

    /// <summary>By the same valid ID number.</summary>
    IdNumber,

    /// <summary>By the same phone and name.</summary>
    PhoneAndName,

    /// <summary>An earlier revision, or another report of the same occurrence, named the same part.</summary>
    SameReport,

    /// <summary>The engine was certain.</summary>
    Likeness,
}

/// <summary>
/// What one report, or one row of another agency's list, says of one person, kept as it came. A person is a set of records;
/// the first of them gives the person its id, so that every reference to a person is a reference to a record.
/// </summary>
public sealed class PersonRecord
{
    /// <summary>Name of the counter that gives records their order.</summary>
    public const string Counter = "people:record";

    /// <summary>Key. Also the id of the person that begins with it.</summary>
    public required Guid RecordId { get; init; }

    /// <summary>Position in the order of arrival, without gaps; the order of all that is counted from records.</summary>
    public required long RecordSequence { get; init; }

    /// <summary>Who that is now: worked out from records and statements (<see cref="WhoIsWho"/>), kept here to be looked up.</summary>
    public required Guid PersonId { get; set; }

    /// <summary>Who that was taken to be on arrival; never changes.</summary>
    public required Guid ArrivedAsPersonId { get; init; }

    /// <summary>The record that the door found on arrival; null when the record began a person.</summary>
    public Guid? FoundRecordId { get; init; }

    /// <summary>How it was found.</summary>
    public required FoundBy FoundBy { get; init; }

    /// <summary>How probable it is that both are one person, 0 to 1, where the engine said so.</summary>
    public double? Probability { get; init; }

    /// <summary>Version of the engine's model, where it said so.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>The alarm; null for a row of a list.</summary>
    public Guid? AlarmId { get; init; }

    /// <summary>The incident of the alarm.</summary>
    public Guid? IncidentId { get; set; }

    /// <summary>Which of the people of the report; two parts are two people.</summary>
    public required int Part { get; init; }

    /// <summary>Revision of the alarm that said so; 0 for a row of a list.</summary>
    public required int Revision { get; init; }

    /// <summary>The list; null for an alarm.</summary>
    public Guid? PersonListId { get; init; }

    /// <summary>The sending system, or the name of the list.</summary>
    public required string Source { get; init; }

    /// <summary>The part played; null where the list tells none.</summary>
    public PartyRole? Role { get; init; }

    /// <summary>Relation to the victim as reported.</summary>
    public string? RelationToVictim { get; init; }

    /// <summary>Degree of injury.</summary>
    public Injury Injury { get; init; }

    /// <summary>Name as reported.</summary>
    public string? Name { get; init; }

    /// <summary>Sex as reported.</summary>
    public required Sex Sex { get; init; }

    /// <summary>Birth date as reported.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>Citizen ID number as reported, upper case.</summary>
    public string? IdNumber { get; init; }

    /// <summary>Phone as reported.</summary>
    public string? Phone { get; init; }

    /// <summary>Address as reported.</summary>
    public string? Address { get; init; }

    /// <summary>When the source received it, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When it came in here, UTC.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>Its likenesses to records after this sequence are still to be looked up; null when that is done, or an exact key found it.</summary>
    public long? LookUpFrom { get; set; }

    /// <summary>Whether another revision of the report says the same of the same person.</summary>
    /// <param name="reported">As reported now.</param>
    public bool Says(ReportedPerson reported) =>
        Role == reported.Role && RelationToVictim == reported.RelationToVictim && Injury == reported.Injury && Name == reported.Name && Sex == reported.Sex
        && BirthDate == reported.BirthDate && IdNumber == reported.IdNumber && Phone == reported.Phone && Address == reported.Address;
}
