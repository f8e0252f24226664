using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Anhu.Bench.Load;

/// <summary>One kept-alive HTTP connection that costs next to nothing: requests are bytes made before, answers are looked at as bytes.</summary>
internal sealed class KeptConnection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[64 * 1024];
    private int length;
    private int bodyStart;

    /// <summary>The last answer's body as it came, chunk sizes included.</summary>
    public ReadOnlySpan<byte> Body => buffer.AsSpan(bodyStart, length - bodyStart);

    /// <summary>Opens one.</summary>
    /// <param name="address">The program's address.</param>
    public static async Task<KeptConnection> OpenAsync(Uri address)
    {
        var connection = new KeptConnection();
        await connection.socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
        return connection;
    }

    /// <summary>The bytes of a request.</summary>
    /// <param name="method">Method.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="headers">Further headers, each line ended.</param>
    /// <param name="body">JSON; null for none.</param>
    public static byte[] Request(string method, string path, string headers, byte[]? body = null)
    {
        var head = $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
            + (body is null && method == "GET" ? "" : $"Content-Type: application/json\r\nContent-Length: {body?.Length ?? 0}\r\n") + "\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body ?? []];
    }

    /// <summary>Sends a request and waits for all of its answer.</summary>
    /// <param name="request">The request's bytes.</param>
    /// <returns>The status.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        length = 0;
        bodyStart = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var got = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (got == 0)
            {
                throw new IOException("The program closed the connection.");
            }

            length += got;
            if (IsWhole())
            {
                return Status();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => socket.Dispose();

    private bool IsWhole()
    {
        var all = buffer.AsSpan(0, length);
        if (bodyStart == 0)
        {
            var end = all.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            bodyStart = end + 4;
        }

        var head = all[..bodyStart];
        if (head.IndexOf("Content-Length: "u8) is >= 0 and var at)
        {
            return Utf8Parser.TryParse(head[(at + 16)..], out int size, out _) && length >= bodyStart + size;
        }

        return head.IndexOf("chunked"u8) < 0 || all.EndsWith("0\r\n\r\n"u8);
    }

    private int Status()
    {
        return buffer.AsSpan().StartsWith("HTTP/1.1 "u8) && Utf8Parser.TryParse(buffer.AsSpan(9, 3), out int status, out _)
            ? status : throw new IOException("An answer did not begin where the one before it ended.");
    }
}
