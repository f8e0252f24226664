using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Anhu.Bench.Load;

/// <summary>One open feed. Keeps when how many bytes had come; what they say is looked at afterwards.</summary>
internal sealed class FeedReader : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[16 * 1024];
    private readonly List<(long At, long Position)> arrivals = [];
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool counts;

    /// <summary>Bytes still to come of the present HTTP chunk; below zero: of its line end.</summary>
    private int left;
    private int size;
    private State state = State.Head;

    private FeedReader(FeedStream stream) => Stream = stream;

    private enum State
    {
        Head,
        Size,
        Data,
        DataEnd,
    }

    /// <summary>What all feeds of the unit carry.</summary>
    public FeedStream Stream { get; }

    /// <summary>Bytes since <see cref="Begin"/>.</summary>
    public long Position { get; private set; }

    /// <summary>When bytes came last.</summary>
    public long LastAt { get; private set; }

    /// <summary>True when bytes were others than those that another feed of the unit got.</summary>
    public bool Differs { get; private set; }

    /// <summary>True when the program ended the feed.</summary>
    public bool Ended { get; private set; }

    /// <summary>Opens a feed and goes on reading it.</summary>
    /// <param name="address">The program's address.</param>
    /// <param name="header">Signs in.</param>
    /// <param name="stream">What all feeds of the unit carry.</param>
    public static async Task<FeedReader> OpenAsync(Uri address, string header, FeedStream stream)
    {
        var reader = new FeedReader(stream);
        await reader.socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
        await reader.socket.SendAsync(KeptConnection.Request("GET", "/api/v1/feed", header + "Accept: text/event-stream\r\n"));
        _ = reader.ReadAsync();
        await reader.opened.Task;
        return reader;
    }

    /// <summary>Counts from now on.</summary>
    public void Begin() => counts = true;

    /// <summary>When each event had come in full; 0 for what never came.</summary>
    /// <param name="events">The events, in order.</param>
    public IEnumerable<long> ArrivalsOf(IReadOnlyList<FeedEvent> events)
    {
        var i = 0;
        foreach (var e in events)
        {
            while (i < arrivals.Count && arrivals[i].Position < e.End)
            {
                i++;
            }

            yield return i < arrivals.Count ? arrivals[i].At : 0;
        }
    }

    /// <inheritdoc />
    public void Dispose() => socket.Dispose();

    private async Task ReadAsync()
    {
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var got)
            {
                LastAt = Stopwatch.GetTimestamp();
                Take(buffer.AsSpan(0, got));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed from here, or by the program: told by Ended.
        }

        Ended = true;
        opened.TrySetException(new IOException("The program did not open the feed."));
    }

    private void Take(ReadOnlySpan<byte> got)
    {
        if (state == State.Head)
        {
            var end = got.IndexOf("\r\n\r\n"u8);
            if (!got.StartsWith("HTTP/1.1 200"u8) || end < 0)
            {
                opened.TrySetException(new IOException(Encoding.ASCII.GetString(got)));
                return;
            }

            state = State.Size;
            got = got[(end + 4)..];
            opened.TrySetResult();
        }

        while (got.Length > 0)
        {
            switch (state)
            {
                case State.Size:
                    Size(got[0]);
                    got = got[1..];
                    break;
                case State.Data:
                    var part = got[..Math.Min(left, got.Length)];
                    Data(part);
                    left -= part.Length;
                    got = got[part.Length..];
                    (state, left) = left == 0 ? (State.DataEnd, 2) : (state, left);
                    break;
                case State.DataEnd:
                    got = got[1..];
                    state = --left == 0 ? State.Size : state;
                    break;
                case State.Head:
                    throw new UnreachableException();
            }
        }
    }

    private void Size(byte character)
    {
        if (character == '\n')
        {
            (state, left, size) = (State.Data, size, 0);
        }
        else if (character != '\r')
        {
            size = (size * 16) + int.Parse([(char)character], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
    }

    private void Data(ReadOnlySpan<byte> part)
    {
        if (!counts)
        {
            return;
        }

        Differs |= !Stream.Take(Position, part);
        Position += part.Length;
        arrivals.Add((LastAt, Position));
    }
}
