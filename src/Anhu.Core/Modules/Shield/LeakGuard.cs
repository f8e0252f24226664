using System.Text.RegularExpressions;
using Anhu.Modules.People;

namespace Anhu.Modules.Shield;

/// <summary>What is shielded.</summary>
public enum ShieldKind
{
    /// <summary>Where somebody lives or stays.</summary>
    Address,

    /// <summary>A phone number.</summary>
    Phone,

    /// <summary>A school or kindergarten.</summary>
    School,

    /// <summary>A workplace.</summary>
    Workplace,

    /// <summary>A vehicle's plate.</summary>
    Vehicle,

    /// <summary>A clinic.</summary>
    Clinic,

    /// <summary>A shelter: its address is shielded for good.</summary>
    Shelter,

    /// <summary>Who reported: name or phone. Guarded, never recorded as a place.</summary>
    Reporter,
}

/// <summary>A value that must not get out.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The value.</param>
/// <param name="PersonId">Whose it is.</param>
public sealed record ShieldedValue(ShieldKind Kind, string Value, Guid PersonId);

/// <summary>Where a shielded value was found; never the value itself.</summary>
/// <param name="Field">Field of the artefact, such as <c>notes</c>.</param>
/// <param name="At">First character, from 0.</param>
/// <param name="Length">How many characters.</param>
/// <param name="Kind">What was found.</param>
public sealed record Leak(string Field, int At, int Length, ShieldKind Kind);

/// <summary>
/// Finds shielded values in texts however they are written: full or half width, Chinese numerals, spaces, other words for building
/// and room, traditional characters, a phone with +86, and the house number with its street alone. Pure.
/// </summary>
public sealed partial class LeakGuard
{
    /// <summary>What stands in a text where a shielded value stood.</summary>
    public const string Hidden = "［已隐去］";

    private const int LeastName = 2;
    private const int LeastWithoutNumber = 4;
    private readonly IReadOnlyList<Pattern> patterns;

    /// <summary>A guard of some values.</summary>
    /// <param name="values">The values; those too short to be told from any other text are left out.</param>
    public LeakGuard(IEnumerable<ShieldedValue> values) => patterns = [.. values.SelectMany(Patterns).Distinct()];

    /// <summary>A guard of nothing.</summary>
    public static LeakGuard Nothing { get; } = new([]);

    /// <summary>Whether there is anything to guard.</summary>
    public bool IsEmpty => patterns.Count == 0;

    /// <summary>All shielded values in some fields.</summary>
    /// <param name="fields">Names and texts.</param>
    public IReadOnlyList<Leak> Find(params IEnumerable<(string Field, string? Text)> fields) => [.. fields.SelectMany(f => Find(f.Field, f.Text))];

    /// <summary>All shielded values in a text, in order, without overlaps.</summary>
    /// <param name="field">Its name.</param>
    /// <param name="text">The text.</param>
    public IReadOnlyList<Leak> Find(string field, string? text)
    {
        if (IsEmpty || string.IsNullOrEmpty(text))
        {
            return [];
        }

        var (place, joined, words, digits) = (Lazily(t => Folded.Place(t)), Lazily(t => Folded.Place(t, joined: true)), Lazily(Folded.Words), Lazily(Folded.Digits));
        var hasSpaces = text.Any(char.IsWhiteSpace);
        var found = new List<Leak>();
        foreach (var pattern in patterns)
        {
            if (pattern.Kind == ShieldKind.Phone)
            {
                found.AddRange(Phones(field, digits.Value, text.Length, pattern));
                continue;
            }

            found.AddRange(In(pattern.ByWords ? words.Value : place.Value, pattern));
            if (hasSpaces && !pattern.ByWords)
            {
                found.AddRange(In(joined.Value, pattern));
            }
        }

        return Merged(found);

        Lazy<Folded> Lazily(Func<string, Folded> fold) => new(() => fold(text));

        IEnumerable<Leak> In(Folded folded, Pattern pattern)
        {
            for (var at = folded.Text.IndexOf(pattern.Text, StringComparison.Ordinal); at >= 0; at = folded.Text.IndexOf(pattern.Text, at + 1, StringComparison.Ordinal))
            {
                if (IsWhole(folded.Text, at, pattern.Text))
                {
                    yield return Place(field, folded, text.Length, at, pattern.Text.Length, pattern.Kind);
                }
            }
        }
    }

    /// <summary>The text with shielded values hidden. Of an address its name and first number are found; building, unit and room that go on behind them go with them.</summary>
    /// <param name="text">The text.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public string? Mask(string? text)
    {
        var leaks = Find("", text);

        // What one takes with it reaches into no other: they are replaced from the last to the first, and "［" ends a row of rooms.
        for (var i = leaks.Count - 1; i >= 0; i--)
        {
            var end = leaks[i].At + leaks[i].Length;
            if (leaks[i].Kind is ShieldKind.Address or ShieldKind.Shelter && Rooms().Match(text!, end) is { Success: true } rooms)
            {
                end += rooms.Length;
            }

            text = text![..leaks[i].At] + Hidden + text[end..];
        }

        return text;
    }

    /// <summary>Whether two writings mean the same place.</summary>
    /// <param name="one">An address.</param>
    /// <param name="other">Another.</param>
    public static bool SamePlace(string? one, string? other) =>
        !string.IsNullOrWhiteSpace(one) && !string.IsNullOrWhiteSpace(other) && (Core(one), Core(other)) is var (a, b) && (a == b || IsEnd(a, b) || IsEnd(b, a));

    /// <summary>黄山路300号望湖城5栋602 and 望湖城5栋602: the street may be left out.</summary>
    private static bool IsEnd(string whole, string end) =>
        end.Length >= LeastWithoutNumber && end.Count(char.IsLetter) >= LeastName && char.IsLetter(end[0]) && end.Any(char.IsAsciiDigit) && whole.EndsWith(end, StringComparison.Ordinal);

    /// <summary>The folded address without the names of province, city, district and street office, which may be left out.</summary>
    private static string Core(string address)
    {
        var text = Folded.Place(address).Text.Trim(Folded.Between);
        var admin = Administrative().Match(text);
        return text.Length - admin.Length >= LeastWithoutNumber ? text[admin.Length..] : text;
    }

    private static IEnumerable<Pattern> Patterns(ShieldedValue value)
    {
        if (value.Kind == ShieldKind.Phone)
        {
            return PersonKeys.Digits(value.Value) is { Length: >= 7 } phone ? [new Pattern(value.Kind, phone, false)] : [];
        }

        return value.Kind switch
        {
            ShieldKind.Address or ShieldKind.Shelter => Addresses(value),
            ShieldKind.Reporter => Folded.Words(value.Value).Text is { Length: >= LeastName } name ? [new Pattern(value.Kind, name, true)] : [],
            _ => Names(value),
        };
    }

    /// <summary>A school, a plate: the name as a whole.</summary>
    private static IEnumerable<Pattern> Names(ShieldedValue value)
    {
        var text = Folded.Words(value.Value).Text;
        return text.Length >= LeastWithoutNumber ? [new Pattern(value.Kind, text, true)] : [];
    }

    /// <summary>
    /// Each name in the address with the number that follows it (street and house, estate and building), each name with the last
    /// number (estate and room), the row of building, unit and room alone, and an address without numbers as a whole.
    /// </summary>
    private static IEnumerable<Pattern> Addresses(ShieldedValue value)
    {
        var text = Core(value.Value);
        var parts = Numbers().Matches(text);
        if (parts.Count == 0)
        {
            if (text.Length >= LeastWithoutNumber)
            {
                yield return new Pattern(value.Kind, text, false);
            }

            yield break;
        }

        var last = parts[^1].Value;
        var from = 0;
        foreach (Match number in parts)
        {
            var name = text[from..number.Index];
            var letters = name.Count(char.IsLetter);
            if (letters == 1 && from > 0)
            {
                // 51路12: a number that belongs to the name.
                name = text[..number.Index];
                letters = LeastName;
            }

            if (letters >= LeastName)
            {
                yield return new Pattern(value.Kind, name + number.Value, false);
                if (number.Value != last)
                {
                    yield return new Pattern(value.Kind, name + last, false);
                }
            }
            else if (from == 0 && number.Index == 0 && NumberFirst().Match(Folded.Place(value.Value.Split(',', '，')[0]).Text) is { Success: true } western)
            {
                yield return new Pattern(value.Kind, western.Value, false);
            }

            from = number.Index + number.Length;
        }

        if (RoomRow().Match(text) is { Success: true } row)
        {
            yield return new Pattern(value.Kind, row.Value, false);
        }

        if (value.Kind == ShieldKind.Shelter && Names(value).FirstOrDefault() is { } whole)
        {
            yield return whole;
        }
    }

    /// <summary>Digits at the edge of a find must not go on: 1号 is not 12号, and 3-2-501 not 3-2-5012. A number that begins a name (五一路) may stand behind another.</summary>
    private static bool IsWhole(string text, int at, string pattern) =>
        !(char.IsAsciiDigit(pattern[0]) && !pattern.Any(c => c >= '\u2E80') && at > 0 && (char.IsAsciiDigit(text[at - 1]) || (text[at - 1] == Folded.Between && !pattern.Any(char.IsLetter))))
        && !(char.IsAsciiDigit(pattern[^1]) && at + pattern.Length < text.Length && char.IsAsciiDigit(text[at + pattern.Length]));

    private static IEnumerable<Leak> Phones(string field, Folded folded, int length, Pattern pattern)
    {
        var text = folded.Text;
        for (var start = 0; start < text.Length; start++)
        {
            if (text[start] != pattern.Text[0])
            {
                continue;
            }

            var (at, matched) = (start, 0);
            while (at < text.Length && matched < pattern.Text.Length && (text[at] == pattern.Text[matched] || (matched > 0 && IsSeparator(text[at]))))
            {
                matched += text[at] == pattern.Text[matched] ? 1 : 0;
                at++;
            }

            if (matched == pattern.Text.Length && !(at < text.Length && char.IsAsciiDigit(text[at])) && MayBegin(text, start))
            {
                yield return Place(field, folded, length, start, at - start, ShieldKind.Phone);
            }
        }
    }

    private static bool IsSeparator(char c) => !char.IsLetterOrDigit(c) && c is not ('\n' or '\r' or '，' or '。' or ',' or ';' or '；');

    /// <summary>Before a phone may stand no digit, or those of the country.</summary>
    private static bool MayBegin(string text, int start)
    {
        var before = start;
        while (before > 0 && char.IsAsciiDigit(text[before - 1]))
        {
            before--;
        }

        return text[before..start] is "" or "86" or "0086" or "0" or "086";
    }

    private static Leak Place(string field, Folded folded, int length, int at, int count, ShieldKind kind)
    {
        var first = folded.Origin[at];
        var end = at + count < folded.Origin.Count ? folded.Origin[at + count] : length;
        // Numbers in Chinese numerals come from one place; a find reaches to the next character that is not part of it.
        return new Leak(field, first, Math.Max(1, end - first), kind);
    }

    private static List<Leak> Merged(List<Leak> found)
    {
        var merged = new List<Leak>();
        foreach (var leak in found.OrderBy(l => l.At).ThenByDescending(l => l.Length))
        {
            if (merged.Count > 0 && leak.At < merged[^1].At + merged[^1].Length)
            {
                merged[^1] = merged[^1] with { Length = Math.Max(merged[^1].Length, leak.At + leak.Length - merged[^1].At) };
            }
            else
            {
                merged.Add(leak);
            }
        }

        return merged;
    }

    [GeneratedRegex(@"^([\u4e00-\u9fff]{2,8}?(省|自治区))?([\u4e00-\u9fff]{2,6}?市)?([\u4e00-\u9fff]{1,6}?(?<![小社校厂景园库片新城])(区|县))?([\u4e00-\u9fff\d]{1,6}?(街道|镇|乡))?([\u4e00-\u9fff\d]{1,6}?(社区|居委会))?")]
    private static partial Regex Administrative();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Numbers();

    /// <summary>A count, a year or an age behind an address is not a part of it.</summary>
    [GeneratedRegex(
        @"\G(?:[\s\-－—#]*(?:(?:号楼|号|栋|幢|座|单元|室|楼|层|弄)|[\d０-９A-Z]+(?![\d０-９A-Z年月日天次元分人点时个岁])|[〇零一二三四五六七八九十百]+(?:号楼|号|栋|幢|座|单元|室|楼|层|弄)|[〇零一二三四五六七八九]{3,}))+")]
    private static partial Regex Rooms();

    [GeneratedRegex(@"^\d+[A-Z]{3,}")]
    private static partial Regex NumberFirst();

    [GeneratedRegex(@"\d+\|\d+\|\d{3,}$")]
    private static partial Regex RoomRow();

    private sealed record Pattern(ShieldKind Kind, string Text, bool ByWords);
}
