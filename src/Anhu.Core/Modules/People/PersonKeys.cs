using System.Text;
using Anhu.Modules.Alarms;
using Anhu.Modules.Protection;

namespace Anhu.Modules.People;

/// <summary>
/// Makes the exact keys of people, as blind indexes: the store holds none of what they are made of. The one place that decides what counts as the same writing of a key.
/// Each comes once for each generation of the index key in use (<see cref="KeyRing.IndexGenerations"/>), lowest first.
/// </summary>
public static class PersonKeys
{
    /// <summary>Shortest phone that finds people, in digits.</summary>
    public const int ShortestPhone = 7;

    /// <summary>Hexadecimal digits of the part of a key that stands for the name beside a phone.</summary>
    private const int NamePart = 16;

    /// <summary>Keys of a citizen ID number: join records.</summary>
    /// <param name="keys">The city's keys.</param>
    /// <param name="idNumber">A valid number.</param>
    public static IReadOnlyList<string> IdNumber(KeyRing keys, string idNumber) => keys.Blind(BlindKind.IdNumber, idNumber.Trim().ToUpperInvariant());

    /// <summary>The first and the last of all keys that hold a phone, of each generation: finds people in a search, joins nobody, since couples share phones.</summary>
    /// <param name="keys">The city's keys.</param>
    /// <param name="phone">A phone in any writing.</param>
    public static IReadOnlyList<(string From, string To)> PhoneRange(KeyRing keys, string phone) =>
        [.. keys.Blind(BlindKind.Phone, Digits(phone)).Select(key => (key, key + new string('f', NamePart)))];

    /// <summary>Keys of a name alone: find people in a search, join nobody.</summary>
    /// <param name="keys">The city's keys.</param>
    /// <param name="name">A name.</param>
    public static IReadOnlyList<string> Name(KeyRing keys, string name) => keys.Blind(BlindKind.Name, NormaliseName(name));

    /// <summary>Keys of phone and name together: join records. With an empty name they only find. Each begins with the key of the phone alone.</summary>
    /// <param name="keys">The city's keys.</param>
    /// <param name="phone">A phone in any writing.</param>
    /// <param name="name">A name.</param>
    public static IReadOnlyList<string> PhoneAndName(KeyRing keys, string phone, string name)
    {
        var digits = Digits(phone);
        return [.. keys.Blind(BlindKind.Phone, digits).Zip(
            keys.Blind(BlindKind.PhoneAndName, $"{digits}:{NormaliseName(name)}"), (phonePart, both) => phonePart + both[2..(2 + NamePart)])];
    }

    /// <summary>All keys under which somebody is found.</summary>
    /// <param name="keys">The city's keys.</param>
    /// <param name="name">Name.</param>
    /// <param name="phone">Phone.</param>
    /// <param name="idNumber">Citizen ID number.</param>
    public static IEnumerable<string> All(KeyRing keys, string? name, string? phone, string? idNumber)
    {
        if (idNumber is not null && CitizenId.HasRightCheck(idNumber))
        {
            foreach (var key in IdNumber(keys, idNumber))
            {
                yield return key;
            }
        }

        name = name is not null && !IsWithheld(name) ? name : null;
        if (phone is not null && Digits(phone).Length >= ShortestPhone)
        {
            foreach (var key in PhoneAndName(keys, phone, name ?? ""))
            {
                yield return key;
            }
        }

        if (name is not null)
        {
            foreach (var key in Name(keys, name))
            {
                yield return key;
            }
        }
    }

    /// <summary>The national digits of a phone number: no spaces, hyphens, or +86.</summary>
    /// <param name="phone">A phone in any writing.</param>
    /// <returns>Digits only.</returns>
    public static string Digits(string phone)
    {
        var digits = new StringBuilder(phone.Length);
        foreach (var c in phone.Normalize(NormalizationForm.FormKC))
        {
            if (char.IsAsciiDigit(c))
            {
                digits.Append(c);
            }
        }

        var text = digits.ToString();
        if (text.StartsWith("0086", StringComparison.Ordinal))
        {
            return text[4..];
        }

        return text.Length == 13 && text.StartsWith("86", StringComparison.Ordinal) ? text[2..] : text;
    }

    /// <summary>A name without spaces, in one width and case; the middle dot of minority names in one form.</summary>
    /// <param name="name">A name.</param>
    /// <returns>The normalised name.</returns>
    public static string NormaliseName(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormKC))
        {
            if (char.IsWhiteSpace(c))
            {
                continue;
            }

            text.Append(c is '・' or '•' or '．' or '∙' or '‧' ? '·' : char.ToUpperInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>True when a name is only a surname with a placeholder (王某, 李某某), which names nobody.</summary>
    /// <param name="name">A name.</param>
    public static bool IsWithheld(string name) => name.Contains('某', StringComparison.Ordinal) || NormaliseName(name) is "匿名" or "不详" or "未知";
}
