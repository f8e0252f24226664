using Anhu.Modules.Alarms;

namespace Anhu.Modules.People;

/// <summary>A person behind the records of the agencies (人员). Holds the newest known facts; what each report said stays with the report.</summary>
public sealed class Person
{
    /// <summary>Key.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>Name as last reported.</summary>
    public string? Name { get; set; }

    /// <summary>Sex.</summary>
    public required Sex Sex { get; set; }

    /// <summary>Birth date.</summary>
    public DateOnly? BirthDate { get; set; }

    /// <summary>Citizen ID number (GB 11643), upper case.</summary>
    public string? IdNumber { get; set; }

    /// <summary>Phone as last reported, digits only.</summary>
    public string? Phone { get; set; }

    /// <summary>Address as last reported. For a victim who moved this may be the hiding place: shown on the case page to full viewers only.</summary>
    public string? Address { get; set; }

    /// <summary>When first recorded, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The person of whom the first record of this one is a part now; null for whoever stands alone.</summary>
    public Guid? JoinedIntoPersonId { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }

    /// <summary>Takes in what a record newly says.</summary>
    /// <param name="record">The record.</param>
    public void Learn(PersonRecord record)
    {
        Name = record.Name is { } name && (Name is null || !PersonKeys.IsWithheld(name)) ? name : Name;
        Sex = record.Sex == Sex.Unknown ? Sex : record.Sex;
        BirthDate = record.BirthDate ?? BirthDate;
        if (record.IdNumber is { } number && (IdNumber is null || (!CitizenId.HasRightCheck(IdNumber) && CitizenId.HasRightCheck(number))))
        {
            IdNumber = number;
        }

        Phone = record.Phone ?? Phone;
        Address = record.Address ?? Address;
    }

    /// <summary>Forgets all that was learnt, to learn it anew.</summary>
    public void Forget()
    {
        (Name, Sex, BirthDate, IdNumber, Phone, Address, JoinedIntoPersonId) = (null, Sex.Unknown, null, null, null, null, null);
    }
}

/// <summary>An exact key under which a person is found, as a blind index (<see cref="PersonKeys"/>).</summary>
public sealed class PersonKey
{
    /// <summary>The index, hexadecimal.</summary>
    public required string Value { get; init; }

    /// <summary>The person.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>The first record of the person that says so.</summary>
    public required Guid RecordId { get; set; }
}
