using System.Text;

namespace Anhu.Modules.People;

/// <summary>Makes the exact keys of people. The one place that decides what counts as the same writing of a key.</summary>
public static class PersonKeys
{
    /// <summary>Key of a citizen ID number: joins records.</summary>
    /// <param name="idNumber">A valid number.</param>
    public static string IdNumber(string idNumber) => "i:" + idNumber.Trim().ToUpperInvariant();

    /// <summary>The start of all keys that hold a phone: finds people in a search, joins nobody, since couples share phones.</summary>
    /// <param name="phone">A phone in any writing.</param>
    public static string PhonePrefix(string phone) => "b:" + Digits(phone) + ":";

    /// <summary>Key of a name alone: finds people in a search, joins nobody.</summary>
    /// <param name="name">A name.</param>
    public static string Name(string name) => "n:" + NormaliseName(name);

    /// <summary>Key of phone and name together: joins records. With an empty name it only finds.</summary>
    /// <param name="phone">A phone in any writing.</param>
    /// <param name="name">A name.</param>
    public static string PhoneAndName(string phone, string name) => "b:" + Digits(phone) + ":" + NormaliseName(name);

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
