using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Audit;

/// <summary>A file of the record is not one, or not whole.</summary>
/// <param name="message">What is wrong, and in which line.</param>
/// <param name="inner">Why.</param>
public sealed class AuditFileException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Where a chain in a file begins and ends.</summary>
/// <param name="Algorithm">Its hash function.</param>
/// <param name="After">Sequence of the event before the first; 0 for a whole chain.</param>
/// <param name="AfterHash">That event's hash, hexadecimal.</param>
/// <param name="Sequence">Sequence of the last.</param>
/// <param name="Hash">That event's hash, hexadecimal.</param>
public sealed record AuditFileChain(string Algorithm, long After, string AfterHash, long Sequence, string Hash);

/// <summary>The first line of a file of the record.</summary>
/// <param name="Format">Always <see cref="AuditFile.Format"/>.</param>
/// <param name="At">When it was written, UTC.</param>
/// <param name="Record">What was done; null when the file holds no such events.</param>
/// <param name="Views">What was seen.</param>
public sealed record AuditFileHead(string? Format, DateTimeOffset At, AuditFileChain? Record, AuditFileChain? Views);

/// <summary>Any line after the first: an event of one of the chains, a checkpoint, or the end.</summary>
public sealed record AuditLine
{
    /// <summary><c>record</c> or <c>views</c> on events.</summary>
    public string? Chain { get; init; }

    /// <summary>See <see cref="ChainedEvent.Sequence"/>.</summary>
    public long Sequence { get; init; }

    /// <summary>See <see cref="ChainedEvent.Type"/>.</summary>
    public string? Type { get; init; }

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    public long At { get; init; }

    /// <summary>See <see cref="ChainedEvent.CaseId"/>.</summary>
    public Guid? Case { get; init; }

    /// <summary>See <see cref="ChainedEvent.DutyId"/>.</summary>
    public Guid? Duty { get; init; }

    /// <summary>See <see cref="ChainedEvent.WorkerId"/>.</summary>
    public Guid? Worker { get; init; }

    /// <summary>See <see cref="ChainedEvent.ClientId"/>.</summary>
    public string? Client { get; init; }

    /// <summary>See <see cref="ChainedEvent.UnitId"/>.</summary>
    public Guid? Unit { get; init; }

    /// <summary>See <see cref="ChainedEvent.Class"/>.</summary>
    public int? Class { get; init; }

    /// <summary>See <see cref="ChainedEvent.Data"/>; texts in it stay sealed.</summary>
    public string? Data { get; init; }

    /// <summary>Hash of the event before, Base64.</summary>
    public byte[]? Previous { get; init; }

    /// <summary>The event's hash, Base64.</summary>
    public byte[]? Hash { get; init; }

    /// <summary>The key of the text in it; only in archives, which are sealed themselves.</summary>
    public byte[]? Key { get; init; }

    /// <summary>A checkpoint.</summary>
    public PublishedCheckpoint? Checkpoint { get; init; }

    /// <summary>On the last line: how many lines stand before it.</summary>
    public long? End { get; init; }

    /// <summary>The line of an event.</summary>
    /// <param name="e">The event.</param>
    /// <param name="key">The key of its text.</param>
    public static AuditLine Of(ChainedEvent e, byte[]? key = null) => new()
    {
        Chain = e is TimelineEvent ? "record" : "views", Sequence = e.Sequence, Type = e.Type, At = (e.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
        Case = e.CaseId, Duty = e.DutyId, Worker = e.WorkerId, Client = e.ClientId, Unit = e.UnitId, Class = e.Class, Data = e.Data,
        Previous = e.PreviousHash, Hash = e.Hash, Key = key,
    };

    /// <summary>The event of a line.</summary>
    public ViewEvent ToEvent() => new()
    {
        Sequence = Sequence, Type = Type ?? "", At = DateTimeOffset.UnixEpoch.AddTicks(At * TimeSpan.TicksPerMicrosecond), CaseId = Case, DutyId = Duty,
        WorkerId = Worker, ClientId = Client, UnitId = Unit, Class = Class, Data = Data ?? "", PreviousHash = Previous ?? [], Hash = Hash ?? [],
    };
}

/// <summary>How lines are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(AuditFileHead))]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;

/// <summary>
/// The record as a file that is checked without the store, the keys or this program: UTF-8, a JSON object a line. First the head, then the checkpoints,
/// then each event with its chain, then <c>{"end":number of lines before}</c>. Texts stay sealed in it.
/// </summary>
public static class AuditFile
{
    /// <summary>Name of the format.</summary>
    public const string Format = "anhu-audit-1";

    private static readonly AuditJson Json = new(new JsonSerializerOptions(AuditJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes lines.</summary>
    internal sealed class Writer(Stream file)
    {
        private long lines;

        public void Head(AuditFileHead head) => Line(JsonSerializer.SerializeToUtf8Bytes(head, Json.AuditFileHead));

        public void Add(AuditLine line) => Line(JsonSerializer.SerializeToUtf8Bytes(line, Json.AuditLine));

        public void End() => Add(new AuditLine { End = lines });

        private void Line(byte[] json)
        {
            file.Write(json);
            file.Write("\n"u8);
            lines++;
        }
    }

    /// <summary>Reads the lines of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="onHead">Told of the head, first.</param>
    /// <param name="onLine">Told of each line after it but the last.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AuditFileException">It is none, or not whole.</exception>
    public static void Read(Stream file, Action<AuditFileHead> onHead, Action<AuditLine> onLine, CancellationToken ct)
    {
        long lines = 0;
        var ended = false;
        var held = new byte[1 << 16];
        int filled = 0, read;
        while ((read = file.Read(held, filled, held.Length - filled)) > 0)
        {
            ct.ThrowIfCancellationRequested();
            filled += read;
            var start = 0;
            while (held.AsSpan(start, filled - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                if (ended)
                {
                    throw new AuditFileException($"Line {lines + 2}: the file goes on after its end.");
                }

                ended = Line(held.AsSpan(start, length), lines, onHead, onLine);
                lines += ended ? 0 : 1;
                start += length + 1;
            }

            held.AsSpan(start, filled - start).CopyTo(held);
            filled -= start;
            if (filled == held.Length)
            {
                Array.Resize(ref held, held.Length * 2);
            }
        }

        if (!ended || filled > 0)
        {
            throw new AuditFileException($"Line {lines + 1}: the file was cut.");
        }
    }

    /// <returns>True for the last line.</returns>
    private static bool Line(ReadOnlySpan<byte> text, long before, Action<AuditFileHead> onHead, Action<AuditLine> onLine)
    {
        try
        {
            if (before == 0)
            {
                var head = JsonSerializer.Deserialize(text, Json.AuditFileHead);
                onHead(head?.Format == Format ? head : throw new AuditFileException("This is no file of the record."));
                return false;
            }

            var line = JsonSerializer.Deserialize(text, Json.AuditLine) ?? throw new JsonException();
            if (line.End is { } end)
            {
                return end == before ? true : throw new AuditFileException($"Line {before + 1}: the file had {end} lines, {before} are there.");
            }

            onLine(line.Chain is not null || line.Checkpoint is not null ? line : throw new JsonException());
            return false;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new AuditFileException(before == 0 ? "This is no file of the record." : $"Line {before + 1} can't be read.", e);
        }
    }
}
