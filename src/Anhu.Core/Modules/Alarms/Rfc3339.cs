using System.Buffers.Text;

namespace Anhu.Modules.Alarms;

/// <summary>Times as RFC 3339 writes them; the framework's own parser takes times without an offset for local ones.</summary>
public static class Rfc3339
{
    /// <summary>Parses a time with offset.</summary>
    /// <param name="text">UTF-8 text such as <c>2026-11-22T20:15:03.5+08:00</c>.</param>
    /// <param name="time">The instant in UTC, cut to the microsecond.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static FieldFault? Parse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':'
            || !Number(text[..4], out var year) || !Number(text.Slice(5, 2), out var month) || !Number(text.Slice(8, 2), out var day)
            || !Number(text.Slice(11, 2), out var hour) || !Number(text.Slice(14, 2), out var minute) || !Number(text.Slice(17, 2), out var second))
        {
            return FieldFault.NotATime;
        }

        var rest = text[19..];
        var ticks = 0L;
        if (rest.Length > 0 && rest[0] == '.')
        {
            var digits = 1;
            for (var unit = TimeSpan.TicksPerSecond / 10; digits < rest.Length && rest[digits] is >= (byte)'0' and <= (byte)'9'; digits++, unit /= 10)
            {
                ticks += (rest[digits] - '0') * unit;
            }

            if (digits == 1)
            {
                return FieldFault.NotATime;
            }

            rest = rest[digits..];
        }

        if (rest.Length == 0)
        {
            return FieldFault.NoOffset;
        }

        var offset = 0;
        if (rest.Length == 6 && rest[0] is (byte)'+' or (byte)'-' && rest[3] == ':' && Number(rest.Slice(1, 2), out var hours) && Number(rest.Slice(4, 2), out var minutes) && minutes < 60)
        {
            offset = (rest[0] == '-' ? -1 : 1) * ((hours * 60) + minutes);
        }
        else if (rest.Length != 1 || (rest[0] | 0x20) != 'z')
        {
            return FieldFault.NotATime;
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59 || Math.Abs(offset) > 14 * 60)
        {
            return FieldFault.NotATime;
        }

        var utc = new DateTime(year, month, day, hour, minute, second).Ticks + ticks - (offset * TimeSpan.TicksPerMinute);
        if (utc < 0 || utc > DateTime.MaxValue.Ticks)
        {
            return FieldFault.NotATime;
        }

        time = new DateTimeOffset(utc - (utc % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        return null;
    }

    /// <summary>Writes an instant in UTC with microseconds, the fraction left out when it is zero.</summary>
    /// <param name="time">The instant.</param>
    /// <param name="utf8">At least 27 bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Format(DateTimeOffset time, Span<byte> utf8)
    {
        var utc = time.UtcDateTime;
        utc.TryFormat(utf8, out var written, utc.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture);
        return written;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int number) =>
        Utf8Parser.TryParse(digits, out number, out var read) && read == digits.Length && digits[0] is >= (byte)'0' and <= (byte)'9';
}
