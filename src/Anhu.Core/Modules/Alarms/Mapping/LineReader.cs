namespace Anhu.Modules.Alarms.Mapping;

/// <summary>Lines of a stream as the bytes they are, each at most as long as an alarm can be.</summary>
/// <param name="stream">The stream.</param>
internal sealed class LineReader(Stream stream)
{
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private bool isAtEnd;

    /// <summary>The line, valid until the next read; empty when it is too long.</summary>
    public ArraySegment<byte> Line { get; private set; }

    /// <summary>True when the line was longer than an alarm can be and was passed over.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Moves to the next line.</summary>
    /// <returns>False at the end.</returns>
    public bool Read()
    {
        IsTooLong = false;
        var searched = 0;
        while (true)
        {
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (at >= 0 || isAtEnd)
            {
                var length = at >= 0 ? searched + at : end - start;
                var isLine = at >= 0 || length > 0 || IsTooLong;
                IsTooLong |= length > AlarmLimits.Bytes;
                Line = IsTooLong ? default : new ArraySegment<byte>(buffer, start, length);
                start += Math.Min(length + 1, end - start);
                return isLine;
            }

            searched = end - start;
            if (searched > AlarmLimits.Bytes)
            {
                IsTooLong = true;
                start = end;
                searched = 0;
            }

            Fill();
        }
    }

    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = stream.Read(buffer, end, buffer.Length - end);
        isAtEnd = read == 0;
        end += read;
    }
}
