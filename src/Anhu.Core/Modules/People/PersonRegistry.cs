using Anhu.Modules.Alarms;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.People;

/// <summary>A known record that is like a reported person.</summary>
/// <param name="RecordId">The record.</param>
/// <param name="PersonId">Who that is now.</param>
/// <param name="Probability">How probable it is that both are one person.</param>
/// <param name="Weight">Weight of the evidence, bits.</param>
/// <param name="ModelVersion">Version of the model.</param>
/// <param name="IsCertain">Certain enough to join without asking.</param>
public sealed record Likeness(Guid RecordId, Guid PersonId, double Probability, double Weight, string ModelVersion, bool IsCertain);

/// <summary>The likenesses of reported people, looked up before.</summary>
/// <param name="UpTo">Sequence of the last record that was compared with.</param>
/// <param name="Asked">The people that were looked up; there was no time for others.</param>
/// <param name="Found">Best first; people that are like nobody are missing.</param>
public sealed record Likenesses(long UpTo, IReadOnlySet<ReportedPerson> Asked, IReadOnlyDictionary<ReportedPerson, IReadOnlyList<Likeness>> Found);

/// <summary>The report, or the list, that a reported person stands in.</summary>
public sealed record ReportedIn
{
    /// <summary>The alarm; null for a list.</summary>
    public Guid? AlarmId { get; init; }

    /// <summary>The list; null for an alarm.</summary>
    public Guid? PersonListId { get; init; }

    /// <summary>The revision; 0 for a list.</summary>
    public required int Revision { get; init; }

    /// <summary>The sending system, or the list's name.</summary>
    public required string Source { get; init; }

    /// <summary>When the source received it, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Now, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was recorded of the same occurrence before, in order; grows.</summary>
    public required List<PersonRecord> Records { get; init; }
}

/// <summary>
/// The one door through which a reported person becomes a known one: by exact keys (a valid ID number, or phone and name
/// together), else by likeness, where the engine is certain. Nobody else joins people.
/// </summary>
/// <param name="ring">The city's keys.</param>
/// <param name="nextSequence">Gives records their place in the order of arrival.</param>
public sealed class PersonRegistry(KeyRing ring, Func<long> nextSequence)
{
    private readonly Dictionary<string, List<PersonKey>> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, Person> people = [];
    private readonly HashSet<(string, Guid)> known = [];
    private readonly Dictionary<(string? Name, string? Phone, string? IdNumber), List<string>> made = [];
    private Likenesses? likenesses;

    /// <summary>Pairs that a worker shall look at, found since the last <see cref="TakePairs"/>.</summary>
    private List<(PersonRecord Record, Likeness Like)> pairs = [];

    /// <summary>The keys by which a reported person could be found.</summary>
    /// <param name="reported">As reported.</param>
    public IEnumerable<string> JoiningKeys(ReportedPerson reported)
    {
        // Of all keys, in their order: the ID number's, and those of phone and name, of each generation.
        var all = AllKeys(reported);
        var count = (IsNumber(reported.IdNumber) ? 1 : 0)
            + (reported is { Phone: { } phone, Name: { } name } && !PersonKeys.IsWithheld(name) && PersonKeys.Digits(phone).Length >= PersonKeys.ShortestPhone ? 1 : 0);
        return all.Take(count * ring.IndexGenerations.Count);
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
            Index(key);
        }
    }

    /// <summary>Takes what was looked up for the people of this transaction.</summary>
    /// <param name="found">The likenesses; their people must be loaded.</param>
    public void Load(Likenesses found) => likenesses = found;

    /// <summary>A loaded person.</summary>
    /// <param name="personId">Which.</param>
    public Person? Find(Guid personId) => people.GetValueOrDefault(personId);

    /// <summary>Loaded people of whom no birth date is known.</summary>
    public HashSet<Guid> Ageless() => [.. people.Values.Where(p => p.BirthDate is null).Select(p => p.PersonId)];

    /// <summary>Whether a reported person would be found by an exact key.</summary>
    /// <param name="reported">As reported.</param>
    public bool IsKnown(ReportedPerson reported) => Find(reported, []).Person is not null;

    /// <summary>Whether a later revision may speak of this person: no number, name or sex contradicts.</summary>
    /// <param name="person">Known.</param>
    /// <param name="reported">As reported now.</param>
    public static bool MayBe(Person person, ReportedPerson reported) =>
        !Contradicts(person, reported)
        && (person.Name is null || reported.Name is null || PersonKeys.IsWithheld(person.Name)
            || PersonKeys.NormaliseName(person.Name) == PersonKeys.NormaliseName(reported.Name));

    /// <summary>Finds or makes the person behind a report, keeps what the report says, and adds what it newly says.</summary>
    /// <param name="reported">As reported.</param>
    /// <param name="report">What it stands in.</param>
    /// <param name="sink">Takes new rows.</param>
    /// <param name="within">The person whom an earlier report of the same occurrence named in this part.</param>
    /// <param name="taken">People whom the same report already names: nobody is in a report twice.</param>
    /// <returns>The person, and the record; null when an earlier revision said the same.</returns>
    public (Person Person, PersonRecord? Record) Resolve(
        ReportedPerson reported, ReportedIn report, IChangeSink sink, Person? within, IReadOnlyCollection<Person> taken)
    {
        var before = within is null ? null : report.Records.FindLast(r => r.PersonId == within.PersonId);
        var part = before is not null && before.AlarmId == report.AlarmId ? before.Part : (int?)null;
        if (report.AlarmId is not null && report.Records.Count > 0)
        {
            taken = [.. taken, .. report.Records.Where(r => r.AlarmId == report.AlarmId && r.Part != part).Select(r => Find(r.PersonId)).OfType<Person>()];
        }

        var (person, found, by) = Find(reported, taken);
        if (person is null && within is not null && !taken.Contains(within))
        {
            (person, found, by) = (within, before?.RecordId ?? within.PersonId, FoundBy.SameReport);
        }

        var like = person is null ? Alike(reported, taken) : null;
        if (like is { IsCertain: true })
        {
            (person, found, by) = (people[like.PersonId], like.RecordId, FoundBy.Likeness);
        }

        if (person is not null && report.Records.FindLast(r => r.AlarmId == report.AlarmId && r.PersonId == person.PersonId) is { } last)
        {
            part = last.Part;
            if (report.AlarmId is not null && last.Says(reported))
            {
                return (person, null);
            }
        }

        var recordId = Guid.CreateVersion7(report.At);
        var record = new PersonRecord
        {
            RecordId = recordId, RecordSequence = nextSequence(), PersonId = person?.PersonId ?? recordId, ArrivedAsPersonId = person?.PersonId ?? recordId,
            FoundRecordId = person is null ? null : found, FoundBy = by, Probability = by == FoundBy.Likeness ? like!.Probability : null,
            ModelVersion = by == FoundBy.Likeness ? like!.ModelVersion : null, AlarmId = report.AlarmId, PersonListId = report.PersonListId,
            Part = part ?? NextPart(report), Revision = report.Revision, Source = report.Source, Role = report.AlarmId is null ? null : reported.Role,
            RelationToVictim = reported.RelationToVictim, Injury = reported.Injury, Name = reported.Name, Sex = reported.Sex, BirthDate = reported.BirthDate,
            IdNumber = reported.IdNumber, Phone = reported.Phone, Address = reported.Address, ReceivedAt = report.ReceivedAt, StoredAt = report.At,
        };
        if (person is null)
        {
            person = new Person { PersonId = recordId, Sex = Sex.Unknown, CreatedAt = report.At };
            people.Add(recordId, person);
            sink.Add(person);

            // What came in beside it, or on another node, could not be asked yet.
            var asked = likenesses is not null && likenesses.Asked.Contains(reported) ? likenesses.UpTo : 0;
            record.LookUpFrom = asked == record.RecordSequence - 1 ? null : asked;
            if (like is not null)
            {
                pairs.Add((record, like));
            }
        }

        person.Learn(record);
        report.Records.Add(record);
        sink.Add(record);
        foreach (var key in AllKeys(reported))
        {
            var row = new PersonKey { Value = key, PersonId = person.PersonId, RecordId = recordId };
            if (Index(row))
            {
                sink.Add(row);
            }
        }

        return (person, record);
    }

    /// <summary>The new records that are likely one of a known person, each with that one.</summary>
    public List<(PersonRecord Record, Likeness Like)> TakePairs()
    {
        var found = pairs;
        pairs = [];
        return found;
    }

    private static int NextPart(ReportedIn report)
    {
        var next = 0;
        foreach (var record in report.Records)
        {
            next = record.AlarmId == report.AlarmId && record.Part >= next ? record.Part + 1 : next;
        }

        return next;
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

    private (Person? Person, Guid? RecordId, FoundBy By) Find(ReportedPerson reported, IReadOnlyCollection<Person> taken)
    {
        var numbers = IsNumber(reported.IdNumber) ? ring.IndexGenerations.Count : 0;
        foreach (var key in JoiningKeys(reported))
        {
            var byNumber = numbers-- > 0;
            if (byKey.TryGetValue(key, out var candidates))
            {
                foreach (var found in candidates)
                {
                    if (people.TryGetValue(found.PersonId, out var person) && (byNumber || !Contradicts(person, reported)) && !taken.Contains(person))
                    {
                        return (person, found.RecordId, byNumber ? FoundBy.IdNumber : FoundBy.PhoneAndName);
                    }
                }
            }
        }

        return (null, null, FoundBy.Nothing);
    }

    private Likeness? Alike(ReportedPerson reported, IReadOnlyCollection<Person> taken)
    {
        if (likenesses is not null && likenesses.Found.TryGetValue(reported, out var found))
        {
            foreach (var like in found)
            {
                if (people.TryGetValue(like.PersonId, out var person) && !taken.Contains(person))
                {
                    return like.IsCertain && Contradicts(person, reported) ? like with { IsCertain = false } : like;
                }
            }
        }

        return null;
    }

    /// <summary>Two ID numbers are two people, whatever else agrees.</summary>
    private static bool Contradicts(Person person, ReportedPerson reported) =>
        IsNumber(person.IdNumber) && IsNumber(reported.IdNumber) && !string.Equals(person.IdNumber, reported.IdNumber, StringComparison.OrdinalIgnoreCase);

    /// <summary>Alarms have none but right numbers; lists may have others, which are kept and find nobody.</summary>
    private static bool IsNumber(string? idNumber) => idNumber is not null && CitizenId.HasRightCheck(idNumber);

    private bool Index(PersonKey key)
    {
        if (!known.Add((key.Value, key.PersonId)))
        {
            return false;
        }

        if (!byKey.TryGetValue(key.Value, out var list))
        {
            byKey.Add(key.Value, list = []);
        }

        list.Add(key);
        return true;
    }
}
