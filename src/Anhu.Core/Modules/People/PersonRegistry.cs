using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.People;

/// <summary>
/// The one door through which a reported person becomes a known one. Now by exact keys: a valid ID number, or phone and
/// name together. Recognition of imperfect records will stand behind this door; nobody else joins people.
/// </summary>
/// <param name="ring">The city's keys.</param>
public sealed class PersonRegistry(KeyRing ring)
{
    private readonly Dictionary<string, List<Guid>> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, Person> people = [];
    private readonly HashSet<(string, Guid)> known = [];
    private readonly Dictionary<(string? Name, string? Phone, string? IdNumber), List<string>> made = [];

    /// <summary>The keys by which a reported person could be found.</summary>
    /// <param name="reported">As reported.</param>
    public IEnumerable<string> JoiningKeys(ReportedPerson reported)
    {
        // Of all keys, in their order: the ID number's, and that of phone and name.
        var all = AllKeys(reported);
        var count = (reported.IdNumber is null ? 0 : 1)
            + (reported is { Phone: { } phone, Name: { } name } && !PersonKeys.IsWithheld(name) && PersonKeys.Digits(phone).Length >= PersonKeys.ShortestPhone ? 1 : 0);
        return all.Take(count);
    }

    /// <summary>Makes stored people findable.</summary>
    /// <param name="keys">Their keys.</param>
    /// <param name="persons">The people.</param>
    public void Load(IEnumerable<PersonKey> keys, IEnumerable<Person> persons)
    {
        foreach (var person in persons)
        {
            people[person.PersonId] = person;
        }

        foreach (var key in keys)
        {
            Index(key.Value, key.PersonId);
        }
    }

    /// <summary>A loaded person.</summary>
    /// <param name="personId">Which.</param>
    public Person? Find(Guid personId) => people.GetValueOrDefault(personId);

    /// <summary>Whether a later revision may speak of this person: no number, name or sex contradicts.</summary>
    /// <param name="person">Known.</param>
    /// <param name="reported">As reported now.</param>
    public static bool MayBe(Person person, ReportedPerson reported) =>
        !Contradicts(person, reported)
        && (person.Name is null || reported.Name is null || PersonKeys.IsWithheld(person.Name)
            || PersonKeys.NormaliseName(person.Name) == PersonKeys.NormaliseName(reported.Name));

    /// <summary>Finds or makes the person behind a report, and adds what the report newly says.</summary>
    /// <param name="reported">As reported.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="sink">Takes new rows.</param>
    /// <param name="within">The person whom an earlier revision of the same alarm named in this part.</param>
    /// <param name="taken">People whom the same report already names: nobody is in a report twice.</param>
    public Person Resolve(ReportedPerson reported, DateTimeOffset at, IChangeSink sink, Person? within, IReadOnlyCollection<Person> taken)
    {
        var person = Find(reported, taken) ?? within;
        if (person is null)
        {
            person = new Person
            {
                PersonId = Guid.CreateVersion7(at), Sex = reported.Sex, CreatedAt = at, Name = reported.Name, BirthDate = reported.BirthDate,
                IdNumber = reported.IdNumber, Phone = reported.Phone, Address = reported.Address,
            };
            people.Add(person.PersonId, person);
            sink.Add(person);
        }
        else
        {
            Complete(person, reported);
        }

        foreach (var key in AllKeys(reported))
        {
            if (known.Add((key, person.PersonId)))
            {
                Index(key, person.PersonId);
                sink.Add(new PersonKey { Value = key, PersonId = person.PersonId });
            }
        }

        return person;
    }

    /// <summary>Made once for each person of a batch: they cost more than all else that is done with them.</summary>
    private List<string> AllKeys(ReportedPerson reported)
    {
        var person = (reported.Name, reported.Phone, reported.IdNumber);
        if (!made.TryGetValue(person, out var keys))
        {
            made.Add(person, keys = [.. PersonKeys.All(ring, reported.Name, reported.Phone, reported.IdNumber)]);
        }

        return keys;
    }

    private Person? Find(ReportedPerson reported, IReadOnlyCollection<Person> taken)
    {
        foreach (var key in JoiningKeys(reported))
        {
            if (!byKey.TryGetValue(key, out var candidates))
            {
                continue;
            }

            foreach (var id in candidates)
            {
                if (people.TryGetValue(id, out var person) && !Contradicts(person, reported) && !taken.Contains(person))
                {
                    return person;
                }
            }
        }

        return null;
    }

    /// <summary>Two ID numbers are two people, whatever else agrees.</summary>
    private static bool Contradicts(Person person, ReportedPerson reported) =>
        person.IdNumber is { } a && reported.IdNumber is { } b && !string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static void Complete(Person person, ReportedPerson reported)
    {
        person.Name = reported.Name is { } name && (person.Name is null || !PersonKeys.IsWithheld(name)) ? name : person.Name;
        person.Sex = reported.Sex == Sex.Unknown ? person.Sex : reported.Sex;
        person.BirthDate = reported.BirthDate ?? person.BirthDate;
        person.IdNumber ??= reported.IdNumber;
        person.Phone = reported.Phone ?? person.Phone;
        person.Address = reported.Address ?? person.Address;
    }

    private void Index(string key, Guid personId)
    {
        known.Add((key, personId));
        if (!byKey.TryGetValue(key, out var list))
        {
            byKey.Add(key, list = []);
        }

        if (!list.Contains(personId))
        {
            list.Add(personId);
        }
    }
}
