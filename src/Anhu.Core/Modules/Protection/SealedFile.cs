using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Anhu.Modules.Protection;

/// <summary>A way into a sealed file: the file's key, wrapped.</summary>
/// <param name="Kind"><c>city</c>, <c>passphrase</c> or <c>public-key</c>.</param>
/// <param name="Id">Which key; null for a passphrase.</param>
/// <param name="Wrapped">The file's key, wrapped.</param>
/// <param name="Salt">Salt of the passphrase, or the ephemeral public key.</param>
/// <param name="Rounds">Rounds of the passphrase's derivation.</param>
public sealed record FileEntrance(string Kind, string? Id, byte[] Wrapped, byte[]? Salt = null, int? Rounds = null);

/// <summary>What stands at the head of a sealed file, in the open.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Entrances">The ways in; any one opens the file.</param>
public sealed record FileHead(string Suite, IReadOnlyList<FileEntrance> Entrances);

/// <summary>The file is not what was sealed, or can't be opened; the message says why.</summary>
/// <param name="message">Why.</param>
/// <param name="inner">The cause.</param>
public sealed class SealedFileException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// A file sealed in pieces of 64 KiB, so that it can be written as a stream and read anywhere in it. Each piece has its number and whether it is the last as associated
/// data together with the hash of the head: a piece that was changed, moved, repeated or taken from another file is refused, and so is a file that was cut.
/// </summary>
public static class SealedFile
{
    internal const int PieceBytes = 1 << 16;
    private const int MostHeadBytes = 1 << 20;
    private static readonly byte[] Magic = "ANHUSEAL1\n"u8.ToArray();
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Whether a file begins as a sealed one.</summary>
    /// <param name="file">The file, at its start; is put back there.</param>
    public static bool IsSealed(Stream file)
    {
        var start = new byte[Magic.Length];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == start.Length && start.AsSpan().SequenceEqual(Magic);
    }

    /// <summary>Writes a sealed file: first beside it, then on disk, then by its name, so that a file of that name is always whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="suite">The suite.</param>
    /// <param name="entrances">The ways in, for the file's key.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <param name="write">Writes what is in it; when it throws, no file is left.</param>
    public static async Task<T> SaveAsync<T>(string path, CipherSuite suite, Func<byte[], IReadOnlyList<FileEntrance>> entrances, bool overwrite, Func<Stream, Task<T>> write)
    {
        var unfinished = path + ".tmp";
        try
        {
            File.Delete(unfinished);
            T result;
            await using (var file = Create(unfinished))
            {
                var key = RandomNumberGenerator.GetBytes(CipherSuite.KeyBytes);
                await using (var stream = Write(file, suite, key, entrances(key)))
                {
                    result = await write(stream);
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite);
            return result;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>A new file that only its owner may read: it holds what the city knows about its people.</summary>
    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Begins a sealed file. Dispose the stream to end it.</summary>
    /// <param name="file">Takes the sealed bytes; stays open.</param>
    /// <param name="suite">The suite.</param>
    /// <param name="fileKey">A key of its own.</param>
    /// <param name="entrances">The ways in.</param>
    public static Stream Write(Stream file, CipherSuite suite, byte[] fileKey, IReadOnlyList<FileEntrance> entrances)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(new FileHead(suite.Name, entrances), Json);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, head.Length);
        file.Write(Magic);
        file.Write(length);
        file.Write(head);
        return new SealingStream(file, suite.Cipher(suite.Derive(fileKey, "file")), SHA256.HashData(head));
    }

    /// <summary>Opens a sealed file for reading, from anywhere in it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="unwrap">Finds the file's key by one of the ways in; null when none is known.</param>
    /// <exception cref="SealedFileException">It is damaged, cut, or there is no way in.</exception>
    public static Stream Read(Stream file, Func<CipherSuite, IReadOnlyList<FileEntrance>, byte[]?> unwrap)
    {
        var (head, hash, start) = ReadHead(file);
        var suite = CipherSuite.Find(head.Suite) ?? throw new SealedFileException($"it is sealed with {head.Suite}, which this program does not know");
        var key = unwrap(suite, head.Entrances)
            ?? throw new SealedFileException($"neither the city key nor what was given opens it; it opens with {string.Join(" or ", head.Entrances.Select(Words))}");
        return new OpeningStream(file, suite.Cipher(suite.Derive(key, "file")), hash, start);
    }

    /// <summary>The number, the mark of the last piece and the hash of the head: what a piece is bound to.</summary>
    internal static byte[] Context(byte[] headHash, long piece, bool last)
    {
        var context = new byte[headHash.Length + 9];
        headHash.CopyTo(context, 0);
        BinaryPrimitives.WriteInt64BigEndian(context.AsSpan(headHash.Length), piece);
        context[^1] = last ? (byte)1 : (byte)0;
        return context;
    }

    private static string Words(FileEntrance entrance) => entrance.Kind switch
    {
        "city" => $"the city key {entrance.Id}",
        "passphrase" => "the recovery passphrase",
        _ => $"the private key of {entrance.Id}",
    };

    private static (FileHead Head, byte[] Hash, long Start) ReadHead(Stream file)
    {
        try
        {
            var start = new byte[Magic.Length + 4];
            file.ReadExactly(start);
            var length = BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(Magic.Length));
            if (!start.AsSpan(0, Magic.Length).SequenceEqual(Magic) || length is <= 0 or > MostHeadBytes)
            {
                throw new SealedFileException("not a sealed file");
            }

            var head = new byte[length];
            file.ReadExactly(head);
            return (JsonSerializer.Deserialize<FileHead>(head, Json) is { Suite: not null, Entrances: not null } read ? read : throw new SealedFileException("its head is incomplete"),
                SHA256.HashData(head), start.Length + length);
        }
        catch (Exception e) when (e is EndOfStreamException or JsonException)
        {
            throw new SealedFileException("not a sealed file, or cut in its head", e);
        }
    }

    private sealed class SealingStream(Stream file, TextCipher cipher, byte[] headHash) : Stream
    {
        private readonly byte[] piece = new byte[PieceBytes];
        private readonly byte[] value = new byte[CipherSuite.NonceBytes + PieceBytes + CipherSuite.TagBytes];
        private int filled;
        private long number;
        private bool ended;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (buffer.Length > 0)
            {
                if (filled == PieceBytes)
                {
                    Put(last: false);
                }

                var taken = Math.Min(buffer.Length, PieceBytes - filled);
                buffer[..taken].CopyTo(piece.AsSpan(filled));
                filled += taken;
                buffer = buffer[taken..];
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !ended)
            {
                ended = true;
                Put(last: true);
                CryptographicOperations.ZeroMemory(piece);
                cipher.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Put(bool last)
        {
            var nonce = value.AsSpan(0, CipherSuite.NonceBytes);
            RandomNumberGenerator.Fill(nonce);
            var length = filled + CipherSuite.TagBytes;
            cipher.Seal(nonce, piece.AsSpan(0, filled), value.AsSpan(CipherSuite.NonceBytes, length), Context(headHash, number++, last));
            file.Write(value, 0, CipherSuite.NonceBytes + length);
            filled = 0;
        }
    }

    private sealed class OpeningStream : Stream
    {
        private const int SealedBytes = CipherSuite.NonceBytes + PieceBytes + CipherSuite.TagBytes;
        private readonly Stream file;
        private readonly TextCipher cipher;
        private readonly byte[] headHash;
        private readonly long start;
        private readonly long pieces;
        private readonly byte[] piece = new byte[PieceBytes];
        private readonly byte[] value = new byte[SealedBytes];
        private long at;
        private long here = -1;
        private int filled;

        public OpeningStream(Stream file, TextCipher cipher, byte[] headHash, long start)
        {
            (this.file, this.cipher, this.headHash, this.start) = (file, cipher, headHash, start);
            var bytes = file.Length - start;
            pieces = (bytes + SealedBytes - 1) / SealedBytes;
            var rest = bytes - ((pieces - 1) * SealedBytes);
            if (pieces == 0 || rest < CipherSuite.NonceBytes + CipherSuite.TagBytes)
            {
                throw new SealedFileException("it was cut short");
            }

            Length = ((pieces - 1) * PieceBytes) + rest - CipherSuite.NonceBytes - CipherSuite.TagBytes;

            // The last piece knows that it is: where it was cut, no piece does.
            Load(pieces - 1);
        }

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length { get; }

        public override long Position { get => at; set => at = value; }

        public override int Read(Span<byte> buffer)
        {
            if (at >= Length)
            {
                return 0;
            }

            if (here != at / PieceBytes)
            {
                Load(at / PieceBytes);
            }

            var from = (int)(at % PieceBytes);
            var taken = Math.Min(buffer.Length, filled - from);
            piece.AsSpan(from, taken).CopyTo(buffer);
            at += taken;
            return taken;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }

        public override long Seek(long offset, SeekOrigin origin) => at = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => at + offset,
            _ => Length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                CryptographicOperations.ZeroMemory(piece);
                cipher.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Load(long number)
        {
            here = -1;
            file.Position = start + (number * SealedBytes);
            var read = file.ReadAtLeast(value, SealedBytes, throwOnEndOfStream: false);
            filled = read - CipherSuite.NonceBytes - CipherSuite.TagBytes;
            if (filled < 0 || !cipher.Open(
                value.AsSpan(0, CipherSuite.NonceBytes), value.AsSpan(CipherSuite.NonceBytes, filled + CipherSuite.TagBytes), piece.AsSpan(0, filled),
                Context(headHash, number, number == pieces - 1)))
            {
                throw new SealedFileException(number == pieces - 1 ? "it was cut short, or its end was changed" : $"it was changed about {number * PieceBytes / 1024} KiB into it");
            }

            here = number;
        }
    }
}
