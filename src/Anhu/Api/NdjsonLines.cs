using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Anhu.Api;

/// <summary>Splits a body into lines without holding it whole.</summary>
internal static class NdjsonLines
{
    /// <summary>Reads lines; empty ones are passed over.</summary>
    /// <param name="body">The body.</param>
    /// <param name="longest">Longest line in bytes.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Lines; null for one that is too long.</returns>
    public static async IAsyncEnumerable<byte[]?> ReadAsync(PipeReader body, int longest, [EnumeratorCancellation] CancellationToken ct)
    {
        var skipping = false;
        while (true)
        {
            var part = await body.ReadAsync(ct);
            var buffer = part.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                if (skipping || line.Length > longest)
                {
                    skipping = false;
                    yield return null;
                }
                else if (Trimmed(line) is { Length: > 0 } bytes)
                {
                    yield return bytes;
                }
            }

            if (part.IsCompleted)
            {
                if (skipping || buffer.Length > longest)
                {
                    yield return null;
                }
                else if (Trimmed(buffer) is { Length: > 0 } bytes)
                {
                    yield return bytes;
                }

                body.AdvanceTo(part.Buffer.End);
                yield break;
            }

            if (skipping || buffer.Length > longest)
            {
                // The rest of a line that is too long is thrown away as it comes.
                skipping = true;
                body.AdvanceTo(buffer.End);
            }
            else
            {
                body.AdvanceTo(buffer.Start, buffer.End);
            }
        }
    }

    private static byte[] Trimmed(ReadOnlySequence<byte> line) => line.ToArray().AsSpan().Trim(" \t\r"u8).ToArray();
}
