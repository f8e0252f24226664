using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Anhu.Modules.Alarms;

// Single values: each either right or a fault with the path of its field.
public static partial class AlarmReportReader
{
    private ref partial struct Parser
    {
        private string? Text(string name, int longest, bool lines = false)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.String)
            {
                Wrong(Path(name), FieldFault.NotText);
                return null;
            }

            if (UnescapedText() is not { } text)
            {
                Fault(Path(name), FieldFault.BrokenText);
                return null;
            }

            return CheckText(name, text, longest, lines);
        }

        /// <summary>Text without outer spaces; null when nothing is left, since an empty field says nothing.</summary>
        private string? CheckText(string name, string text, int longest, bool lines)
        {
            if (text.AsSpan().ContainsAny(lines ? ForbiddenInLines : Forbidden))
            {
                Fault(Path(name), FieldFault.ControlCharacter);
                return null;
            }

            if (HasLoneSurrogate(text))
            {
                Fault(Path(name), FieldFault.BrokenText);
                return null;
            }

            text = text.Trim();
            if (text.Length > longest)
            {
                Fault(Path(name), FieldFault.TooLong, longest.ToString(System.Globalization.CultureInfo.InvariantCulture));
                return null;
            }

            return text.Length == 0 ? null : text;
        }

        /// <summary>A name; its search key, in which one character can become eighteen, must fit as well.</summary>
        private string? Name(string name)
        {
            var text = Text(name, AlarmLimits.Name);
            if (text is not null && !text.IsNormalized(NormalizationForm.FormKC) && text.Normalize(NormalizationForm.FormKC).Length > AlarmLimits.Name)
            {
                Fault(Path(name), FieldFault.TooLong, AlarmLimits.Name.ToString(System.Globalization.CultureInfo.InvariantCulture));
                return null;
            }

            return text;
        }

        private TEnum? OneOf<TEnum>(string name)
            where TEnum : struct, Enum
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.String)
            {
                Wrong(Path(name), FieldFault.NotText);
                return null;
            }

            var words = AlarmNames.Encoded<TEnum>();
            var text = json.ValueIsEscaped ? UnescapedText() : null;
            for (var i = 0; i < words.Length; i++)
            {
                if (json.ValueIsEscaped ? text == words[i].Value : json.ValueSpan.SequenceEqual(words[i].EncodedUtf8Bytes))
                {
                    return System.Runtime.CompilerServices.Unsafe.BitCast<int, TEnum>(i);
                }
            }

            Fault(Path(name), FieldFault.NotOneOf, string.Join(", ", words.Select(w => w.Value)));
            return null;
        }

        private bool? TrueOrFalse(string name)
        {
            switch (json.TokenType)
            {
                case JsonTokenType.True: return true;
                case JsonTokenType.False: return false;
                case JsonTokenType.Null: return null;
                default:
                    Wrong(Path(name), FieldFault.NotTrueOrFalse);
                    return null;
            }
        }

        private int? Whole(string name, int lowest, int highest)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.Number)
            {
                Wrong(Path(name), FieldFault.NotAWholeNumber);
                return null;
            }

            if (json.ValueSpan.ContainsAny(".eE"u8))
            {
                Fault(Path(name), FieldFault.NotAWholeNumber);
                return null;
            }

            if (json.TryGetInt32(out var number) && number >= lowest && number <= highest)
            {
                return number;
            }

            Fault(Path(name), FieldFault.OutOfRange, $"{lowest} … {highest}");
            return null;
        }

        private double? Number(string name, double highest)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.Number)
            {
                Wrong(Path(name), FieldFault.NotANumber);
                return null;
            }

            if (json.TryGetDouble(out var number) && Math.Abs(number) <= highest)
            {
                return number == 0 ? 0 : number; // Minus zero is zero.
            }

            Fault(Path(name), FieldFault.OutOfRange, $"−{highest} … {highest}");
            return null;
        }

        private DateTimeOffset? Time(string name)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.String)
            {
                Wrong(Path(name), FieldFault.NotText);
                return null;
            }

            var fault = json.ValueIsEscaped && UnescapedText() is { } text
                ? Rfc3339.Parse(Encoding.UTF8.GetBytes(text), out var time)
                : Rfc3339.Parse(json.ValueSpan, out time);
            if (fault is null && time > now + AlarmLimits.Ahead)
            {
                fault = FieldFault.TooFarAhead;
            }
            else if (fault is null && time < AlarmLimits.Earliest)
            {
                fault = FieldFault.TooLongAgo;
            }

            if (fault is { } wrong)
            {
                Fault(Path(name), wrong);
                return null;
            }

            return time;
        }

        private static bool HasLoneSurrogate(string text)
        {
            if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            {
                return false;
            }

            for (var i = 0; i < text.Length; i++)
            {
                if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                {
                    i++;
                }
                else if (char.IsSurrogate(text[i]))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static readonly SearchValues<char> SourceCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    /// <summary>C0 and C1 controls, line separators, and the marks that turn the direction of writing and so can disguise a text.</summary>
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(ForbiddenCharacters(lines: false));

    private static readonly SearchValues<char> ForbiddenInLines = SearchValues.Create(ForbiddenCharacters(lines: true));

    private static string ForbiddenCharacters(bool lines)
    {
        IEnumerable<int> all =
            [.. Enumerable.Range(0, 0x20), .. Enumerable.Range(0x7F, 0x21), 0x200E, 0x200F, .. Enumerable.Range(0x2028, 7), .. Enumerable.Range(0x2066, 4), 0xFFFE, 0xFFFF];
        return string.Concat(all.Select(c => (char)c).Where(c => !lines || c is not ('\n' or '\r' or '\t')));
    }
}
