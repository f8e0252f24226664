using System.Globalization;
using System.Text;

namespace Anhu.Modules.Shield;

/// <summary>
/// A text in the one writing in which places, phones and words are compared: one width and case, simplified characters, Arabic
/// digits, no spaces or punctuation. Knows where in the original each character comes from.
/// </summary>
/// <param name="Text">The folded text.</param>
/// <param name="Origin">For each of its characters, the index in the original.</param>
public sealed record Folded(string Text, IReadOnlyList<int> Origin)
{
    /// <summary>Where two digits came apart: <c>3-2-501</c>, <c>3栋2单元501室</c> and <c>3号楼二单元五零一</c> are all <c>3|2|501</c>.</summary>
    public const char Between = '|';

    private const string Numerals = "〇零一二三四五六七八九两幺壹贰叁肆伍陆柒捌玖";
    private const string NumeralDigits = "001234567892" + "1" + "123456789";

    /// <summary>What is written behind a number of a building, unit, floor or room, and means no more than a border.</summary>
    private static readonly string[] Units = ["号楼", "号院", "单元", "楼层", "号", "栋", "幢", "座", "楼", "层", "室", "房", "户", "院", "弄", "门", "#"];

    /// <summary>Folds a text for comparing places: numbers stay apart, words of buildings go.</summary>
    /// <param name="text">The text.</param>
    /// <param name="joined">Reads over spaces, for <c>2 5 号</c>; else they hold numbers apart, as in <c>3 2 501</c>.</param>
    public static Folded Place(string text, bool joined = false)
    {
        var (chars, origin) = Plain(text);
        if (joined)
        {
            var kept = Enumerable.Range(0, chars.Count).Where(i => !char.IsWhiteSpace(chars[i])).ToList();
            (chars, origin) = ([.. kept.Select(i => chars[i])], [.. kept.Select(i => origin[i])]);
        }

        (chars, origin) = WithDigits(chars, origin);
        var folded = new StringBuilder(chars.Count);
        var from = new List<int>(chars.Count);
        for (var i = 0; i < chars.Count;)
        {
            if (folded.Length > 0 && (char.IsAsciiDigit(folded[^1]) || folded[^1] == Between) && Unit(chars, i) is { } length)
            {
                Add(Between, origin[i]);
                i += length;
            }
            else if (char.IsLetterOrDigit(chars[i]))
            {
                Add(chars[i], origin[i]);
                i++;
            }
            else
            {
                if (folded.Length > 0 && char.IsAsciiDigit(folded[^1]))
                {
                    Add(Between, origin[i]);
                }

                i++;
            }
        }

        return new Folded(folded.ToString(), from);

        void Add(char c, int at)
        {
            // 第3栋: the word before a number says nothing. A border counts only between numbers.
            if (folded.Length > 0 && folded[^1] == Between && !char.IsAsciiDigit(c))
            {
                if (c == Between)
                {
                    return;
                }

                folded.Length--;
                from.RemoveAt(from.Count - 1);
            }

            if (folded.Length > 0 && folded[^1] == '第' && char.IsAsciiDigit(c))
            {
                folded.Length--;
                from.RemoveAt(from.Count - 1);
                if (folded.Length > 0 && char.IsAsciiDigit(folded[^1]))
                {
                    folded.Append(Between);
                    from.Add(at);
                }
            }

            folded.Append(c);
            from.Add(at);
        }
    }

    /// <summary>Folds a text for comparing words: letters and digits only.</summary>
    /// <param name="text">The text.</param>
    public static Folded Words(string text)
    {
        var (chars, origin) = Plain(text);
        var folded = new StringBuilder(chars.Count);
        var from = new List<int>(chars.Count);
        for (var i = 0; i < chars.Count; i++)
        {
            if (char.IsLetterOrDigit(chars[i]))
            {
                folded.Append(chars[i]);
                from.Add(origin[i]);
            }
        }

        return new Folded(folded.ToString(), from);
    }

    /// <summary>Folds a text for comparing phones: digits in any writing; all else stays, so that what stands between digits can be judged.</summary>
    /// <param name="text">The text.</param>
    public static Folded Digits(string text)
    {
        var (chars, origin) = Plain(text);
        for (var i = 0; i < chars.Count; i++)
        {
            if (Numerals.IndexOf(chars[i]) is >= 0 and var n)
            {
                chars[i] = NumeralDigits[n];
            }
        }

        return new Folded(new string([.. chars]), origin);
    }

    /// <summary>One width and case, simplified, without what is not seen. Character by character, so that places in the original are kept.</summary>
    private static (List<char> Chars, List<int> Origin) Plain(string text)
    {
        var chars = new List<char>(text.Length);
        var origin = new List<int>(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            var part = text.Substring(i, length);
            if (!char.IsSurrogate(part[0]) || length == 2)
            {
                part = part.Normalize(NormalizationForm.FormKC);
            }

            foreach (var c in part)
            {
                if (char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark && c is not ('\n' or '\r' or '\t'))
                {
                    continue;
                }

                chars.Add(Script.Simplify(char.ToUpperInvariant(c)));
                origin.Add(i);
            }

            i += length;
        }

        return (chars, origin);
    }

    private static int? Unit(List<char> chars, int at)
    {
        foreach (var unit in Units)
        {
            if (at + unit.Length <= chars.Count && unit.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(chars).Slice(at, unit.Length)))
            {
                return unit.Length;
            }
        }

        return null;
    }

    /// <summary>Numbers in Chinese numerals become digits: by place (五零一) and by value (十二, 一百零五).</summary>
    private static (List<char> Chars, List<int> Origin) WithDigits(List<char> chars, List<int> origin)
    {
        var result = new List<char>(chars.Count);
        var from = new List<int>(chars.Count);
        for (var i = 0; i < chars.Count;)
        {
            var end = i;
            while (end < chars.Count && (Numerals.Contains(chars[end], StringComparison.Ordinal) || chars[end] is '十' or '百' or '拾' or '佰' or '廿'))
            {
                end++;
            }

            if (end == i)
            {
                result.Add(chars[i]);
                from.Add(origin[i]);
                i++;
                continue;
            }

            foreach (var digit in Number(chars, i, end))
            {
                result.Add(digit);
                from.Add(origin[i]);
            }

            i = end;
        }

        return (result, from);
    }

    private static string Number(List<char> chars, int start, int end)
    {
        var byPlace = new StringBuilder();
        var (total, last, hasPlaces) = (0, -1, false);
        for (var i = start; i < end; i++)
        {
            switch (chars[i])
            {
                case '百' or '佰':
                    (total, last, hasPlaces) = (total + (Math.Max(last, 1) * 100), -1, true);
                    break;
                case '十' or '拾':
                    (total, last, hasPlaces) = (total + ((last < 0 ? 1 : last) * 10), -1, true);
                    break;
                case '廿':
                    (total, last, hasPlaces) = (total + 20, -1, true);
                    break;
                case var c:
                    last = NumeralDigits[Numerals.IndexOf(c)] - '0';
                    byPlace.Append(last);
                    break;
            }
        }

        return hasPlaces ? (total + Math.Max(last, 0)).ToString(CultureInfo.InvariantCulture) : byPlace.ToString();
    }
}
