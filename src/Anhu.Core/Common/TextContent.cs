using System.IO.Compression;
using System.Text;

namespace Anhu.Common;

/// <summary>A file of text as agencies send it: gzip, byte order marks, UTF-8 and GB18030 are recognised.</summary>
public sealed class TextContent
{
    private const int MarkLength = 4;
    private readonly FileStream file;

    private TextContent(FileStream file, Stream content, Encoding? marked) => (this.file, Content, Marked) = (file, content, marked);

    /// <summary>What it holds, unpacked and without its byte order mark. Whoever reads it disposes it.</summary>
    public Stream Content { get; }

    /// <summary>The encoding that a byte order mark names, or null.</summary>
    public Encoding? Marked { get; }

    /// <summary>How much of the file has been read, 0 to 1.</summary>
    public double Progress => file.CanRead && file.Length > 0 ? (double)file.Position / file.Length : 1;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    public static TextContent Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        Span<byte> start = stackalloc byte[2];
        var isGzip = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start[0] == 0x1F && start[1] == 0x8B;
        file.Position = 0;
        var head = new byte[MarkLength];
        int length;
        using (var peek = isGzip ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : (Stream)new MemoryStream(ReadStart(file)))
        {
            length = peek.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }

        file.Position = 0;
        var (marked, skip) = head.AsSpan(0, length) switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
            [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
            [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
            [0x84, 0x31, 0x95, 0x33] => (Gb18030(), 4),
            _ => ((Encoding?)null, 0),
        };
        Stream content = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        content.ReadExactly(head.AsSpan(0, skip));
        return new TextContent(file, content, marked);
    }

    /// <summary>The encoding of a file. What is valid UTF-8 to its last byte is UTF-8; Chinese in GB18030 never is by chance.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">A name such as <c>gb18030</c>, or <c>auto</c>.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    public static Encoding EncodingOf(string path, string wanted = "auto")
    {
        if (wanted != "auto")
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            return Encoding.GetEncoding(wanted);
        }

        var text = Open(path);
        using var content = text.Content;
        if (text.Marked is not null)
        {
            return text.Marked;
        }

        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        var bytes = new byte[1 << 16];
        var characters = new char[bytes.Length + 4];
        try
        {
            for (int length; (length = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)) > 0;)
            {
                decoder.Convert(bytes.AsSpan(0, length), characters, flush: length < bytes.Length, out _, out _, out _);
            }

            return Encoding.UTF8;
        }
        catch (DecoderFallbackException)
        {
            return Gb18030();
        }
    }

    private static byte[] ReadStart(FileStream file)
    {
        var start = new byte[MarkLength];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    private static Encoding Gb18030()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("gb18030");
    }
}
