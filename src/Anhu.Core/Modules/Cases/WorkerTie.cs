using System.Globalization;
using Anhu.Modules.People;
using Anhu.Modules.Protection;

namespace Anhu.Modules.Cases;

/// <summary>Who a person is to a worker.</summary>
public enum TieKind
{
    /// <summary>The worker.</summary>
    Self,

    /// <summary>Spouse or partner.</summary>
    Partner,

    /// <summary>Parent or parent-in-law.</summary>
    Parent,

    /// <summary>Child.</summary>
    Child,

    /// <summary>Sibling.</summary>
    Sibling,

    /// <summary>Another relative or a close friend.</summary>
    Other,
}

/// <summary>The worker's own particulars, or those of declared family, to be matched against the parties of cases (victim-safety D8). Shown to the worker and to security administrators only.</summary>
public sealed class WorkerTie
{
    /// <summary>Key.</summary>
    public required Guid WorkerTieId { get; init; }

    /// <summary>The worker.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>Who it is.</summary>
    public required TieKind Kind { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Citizen ID number.</summary>
    public string? IdNumber { get; init; }

    /// <summary>Phone, digits only.</summary>
    public string? Phone { get; init; }

    /// <summary>Birth date; names are too common to match alone.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>Community or street where the person lives; who opens cases there without a duty on them is asked about it.</summary>
    public string? RegionCode { get; init; }
}

/// <summary>A key under which a tie is found when people are reported (<see cref="TieKeys"/>).</summary>
public sealed class WorkerTieKey
{
    /// <summary>The key, as a blind index.</summary>
    public required string Value { get; init; }

    /// <summary>The tie.</summary>
    public required Guid WorkerTieId { get; init; }
}

/// <summary>
/// The keys on which a worker's tie and a party of a case are the same person: the ID number; the phone; name and birth date
/// together. A name alone is shared by thousands and shuts nobody out. Each comes once for each generation of the index key in use.
/// </summary>
public static class TieKeys
{
    /// <summary>The keys of a person.</summary>
    /// <param name="keys">The city's keys.</param>
    /// <param name="name">Name.</param>
    /// <param name="idNumber">ID number.</param>
    /// <param name="phone">Phone in any writing.</param>
    /// <param name="birthDate">Birth date.</param>
    public static IEnumerable<string> Of(KeyRing keys, string? name, string? idNumber, string? phone, DateOnly? birthDate)
    {
        if (!string.IsNullOrWhiteSpace(idNumber))
        {
            foreach (var key in PersonKeys.IdNumber(keys, idNumber))
            {
                yield return key;
            }
        }

        if (phone is not null && PersonKeys.Digits(phone) is { Length: >= PersonKeys.ShortestPhone } digits)
        {
            foreach (var key in keys.Blind(BlindKind.Phone, digits))
            {
                yield return key;
            }
        }

        var born = birthDate ?? (idNumber?.Trim() is { Length: 18 } id && Alarms.CitizenId.TryGetBirthDate(id, out var date) ? date : null);
        if (born is { } day && !string.IsNullOrWhiteSpace(name) && !PersonKeys.IsWithheld(name))
        {
            foreach (var key in keys.Blind(BlindKind.NameAndBirthDate, string.Create(CultureInfo.InvariantCulture, $"{PersonKeys.NormaliseName(name)}:{day:yyyyMMdd}")))
            {
                yield return key;
            }
        }
    }
}
