using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Evidence;

/// <summary>What a scanner says of a file.</summary>
public enum ScanVerdict
{
    /// <summary>Nothing known is in it, or the city has no scanner.</summary>
    Clean,

    /// <summary>Something known to do harm is in it.</summary>
    Infected,

    /// <summary>The scanner is away, or did not look at the whole of it.</summary>
    NotScanned,
}

/// <summary>Where the city's ClamAV daemon listens.</summary>
/// <param name="Address"><c>unix:PATH</c> or <c>tcp:HOST:PORT</c>; empty for none.</param>
public sealed record ScannerSettings(string Address)
{
    /// <summary>The place to connect to; null for none.</summary>
    /// <exception cref="FormatException">The address is of no form that is known.</exception>
    internal EndPoint? EndPoint() => Address.Split(':') switch
    {
        [""] => null,
        ["unix", { Length: > 0 } path] => new UnixDomainSocketEndPoint(path),
        ["tcp", { Length: > 0 } host, var port] when ushort.TryParse(port, out var number) => new DnsEndPoint(host, number),
        _ => throw new FormatException($"Anhu:Evidence:Scanner takes unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310, not {Address}."),
    };
}

/// <summary>Asks ClamAV's daemon about files (its command <c>INSTREAM</c>). What it has not looked at in full counts as not looked at.</summary>
public sealed partial class VirusScanner
{
    private const int Piece = 1 << 16;
    private const int LongestAnswer = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly EndPoint? place;
    private readonly ILogger<VirusScanner> logger;

    /// <summary>Reads where the scanner is.</summary>
    /// <param name="settings">Where.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="FormatException">The address is of no form that is known.</exception>
    public VirusScanner(ScannerSettings settings, ILogger<VirusScanner> logger) => (place, this.logger) = (settings.EndPoint(), logger);

    /// <summary>Has a file looked at.</summary>
    /// <param name="content">The whole of it.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The verdict, and the name of what was found.</returns>
    public async Task<(ScanVerdict Verdict, string? Found)> ScanAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        if (place is null)
        {
            return (ScanVerdict.Clean, null);
        }

        string answer;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Patience);
            answer = await AskAsync(content, limit.Token);
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            LogAway(e.GetType().Name);
            return (ScanVerdict.NotScanned, null);
        }

        // "stream: OK", "stream: NAME FOUND"; all else is an error, such as a limit of its own that it met.
        const string Stream = "stream: ";
        const string Hit = " FOUND";
        if (answer == "stream: OK")
        {
            return (ScanVerdict.Clean, null);
        }

        if (answer.StartsWith(Stream, StringComparison.Ordinal) && answer.EndsWith(Hit, StringComparison.Ordinal))
        {
            var name = answer[Stream.Length..^Hit.Length];

            // What it is called when the scanner met a limit (AlertExceedsMax): it did not look at the whole.
            return name.StartsWith("Heuristics.Limits.Exceeded", StringComparison.Ordinal) ? (ScanVerdict.NotScanned, name) : (ScanVerdict.Infected, name);
        }

        LogAway(answer);
        return (ScanVerdict.NotScanned, null);
    }

    private async Task<string> AskAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        using var socket = place is UnixDomainSocketEndPoint ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(place!, ct);
        await using var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync("zINSTREAM\0"u8.ToArray(), ct);
            var length = new byte[4];
            for (var at = 0; at < content.Length; at += Piece)
            {
                var piece = content.Slice(at, Math.Min(Piece, content.Length - at));
                BinaryPrimitives.WriteInt32BigEndian(length, piece.Length);
                await stream.WriteAsync(length, ct);
                await stream.WriteAsync(piece, ct);
            }

            await stream.WriteAsync(new byte[4], ct);
        }
        catch (IOException)
        {
            // It hangs up as soon as it has had enough, and says why: that is still to be read.
        }

        using var answer = new MemoryStream();
        var read = new byte[LongestAnswer];
        for (int count; answer.Length < LongestAnswer && (count = await stream.ReadAsync(read, ct)) > 0;)
        {
            answer.Write(read, 0, count);
            if (read.AsSpan(0, count).Contains((byte)0))
            {
                break;
            }
        }

        return Encoding.ASCII.GetString(answer.ToArray()).TrimEnd('\0', '\n');
    }

    [LoggerMessage(LogLevel.Error, "The virus scanner did not look at a file: {Reason}")]
    private partial void LogAway(string reason);
}
