using System.Text;
using System.Text.Json;

namespace Anhu.Modules.Alarms;

// From one field to the next, whatever is wrong with it.
public static partial class AlarmReportReader
{
    private ref partial struct Parser
    {
        private bool Next() => json.Read();

        private bool Enter(string name)
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                section = name;
                return true;
            }

            if (json.TokenType != JsonTokenType.Null)
            {
                Wrong(name, FieldFault.NotAnObject);
            }

            return false;
        }

        /// <summary>Moves to the value of the next field that the contract knows; unknown and repeated ones are noted and passed over.</summary>
        private bool NextField(JsonEncodedText[] names, ref uint seen, out int field)
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                field = IndexOfName(names, out var text);
                if (field < 0)
                {
                    json.Read();
                    Wrong(Path(text!), FieldFault.UnknownField);
                    continue;
                }

                json.Read();
                if ((seen & (1u << field)) != 0)
                {
                    Wrong(Path(names[field].Value), FieldFault.DuplicateField);
                    continue;
                }

                seen |= 1u << field;
                return true;
            }

            field = -1;
            return false;
        }

        private readonly int IndexOfName(JsonEncodedText[] names, out string? unknown)
        {
            unknown = null;
            if (!json.ValueIsEscaped)
            {
                for (var i = 0; i < names.Length; i++)
                {
                    if (json.ValueSpan.SequenceEqual(names[i].EncodedUtf8Bytes))
                    {
                        return i;
                    }
                }
            }

            unknown = UnescapedText() ?? "?";
            for (var i = 0; json.ValueIsEscaped && i < names.Length; i++)
            {
                if (unknown == names[i].Value)
                {
                    return i;
                }
            }

            // The name goes into the answer: no longer and no stranger than a field's name can be.
            const int longest = 60;
            var printable = unknown.AsSpan(0, Math.Min(unknown.Length, longest)).ToString();
            unknown = printable.AsSpan().ContainsAny(Forbidden) || HasLoneSurrogate(printable) ? "?" : printable;
            return -1;
        }

        /// <summary>The text of a string or name, or null when it contains half a character.</summary>
        private readonly string? UnescapedText()
        {
            try
            {
                return json.GetString();
            }
            catch (InvalidOperationException) when (json.ValueIsEscaped)
            {
                return null;
            }
        }

        private readonly string Path(string name) => section is null ? name : index < 0 ? $"{section}.{name}" : $"{section}[{index}].{name}";

        /// <summary>Notes a value that is of the wrong kind and passes over it.</summary>
        private void Wrong(string path, FieldFault fault, string? detail = null)
        {
            Fault(path, fault, detail);
            json.Skip();
        }
    }
}
