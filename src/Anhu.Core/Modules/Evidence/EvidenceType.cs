using System.Text;
using Anhu.Common;

namespace Anhu.Modules.Evidence;

/// <summary>A kind of file that is taken, told by its content alone.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Extension">What its name ends with when it leaves, without the dot.</param>
public sealed record EvidenceType(EvidenceKind Kind, string MediaType, string Extension)
{
    private const int Mega = 1024 * 1024;

    /// <summary>The longest file of any kind, bytes.</summary>
    public const long LongestOfAll = 100L * Mega;

    /// <summary>The longest file of each kind, bytes.</summary>
    public static IReadOnlyDictionary<EvidenceKind, long> Longest { get; } = new Dictionary<EvidenceKind, long>
    {
        [EvidenceKind.Image] = 30L * Mega, [EvidenceKind.Video] = LongestOfAll, [EvidenceKind.Audio] = 50L * Mega, [EvidenceKind.Document] = 30L * Mega, [EvidenceKind.Text] = 5L * Mega,
    };

    /// <summary>All.</summary>
    public static IReadOnlyList<EvidenceType> All { get; } =
    [
        new(EvidenceKind.Image, "image/jpeg", "jpg"), new(EvidenceKind.Image, "image/png", "png"), new(EvidenceKind.Image, "image/webp", "webp"),
        new(EvidenceKind.Video, "video/mp4", "mp4"), new(EvidenceKind.Video, "video/3gpp", "3gp"), new(EvidenceKind.Video, "video/quicktime", "mov"),
        new(EvidenceKind.Audio, "audio/mp4", "m4a"), new(EvidenceKind.Audio, "audio/mpeg", "mp3"), new(EvidenceKind.Audio, "audio/amr", "amr"),
        new(EvidenceKind.Audio, "audio/wav", "wav"), new(EvidenceKind.Audio, "audio/ogg", "ogg"),
        new(EvidenceKind.Document, "application/pdf", "pdf"), new(EvidenceKind.Text, "text/plain", "txt"),
    ];

    /// <summary>The type of a media type; null when none is known.</summary>
    /// <param name="mediaType">The media type.</param>
    public static EvidenceType? Find(string? mediaType) => All.FirstOrDefault(t => t.MediaType == mediaType);

    /// <summary>Tells what a file is, and refuses what is of no kind, is two files in one, or does something when it is opened.</summary>
    /// <param name="content">The whole file.</param>
    public static Result<EvidenceType> Of(byte[] content)
    {
        if (MediaTypeOf(content) is not { } mediaType || Find(mediaType) is not { } type)
        {
            return EvidenceFailures.Type;
        }

        if (content.Length > Longest[type.Kind])
        {
            return EvidenceFailures.TooLarge(Longest[type.Kind]);
        }

        return HoldsAnother(content, type) ? EvidenceFailures.Hostile : type;
    }

    private static string? MediaTypeOf(ReadOnlySpan<byte> c) => c switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        _ when c.Length > 12 && c.StartsWith("RIFF"u8) && c[8..].StartsWith("WEBP"u8) => "image/webp",
        _ when c.Length > 12 && c.StartsWith("RIFF"u8) && c[8..].StartsWith("WAVE"u8) => "audio/wav",
        _ when c.Length > 12 && c[4..].StartsWith("ftyp"u8) => Brand(c),
        _ when c.StartsWith("%PDF-"u8) => c[^Math.Min(c.Length, 2048)..].IndexOf("%%EOF"u8) >= 0 ? "application/pdf" : null,
        _ when c.StartsWith("OggS"u8) => "audio/ogg",
        _ when c.StartsWith("#!AMR"u8) => "audio/amr",
        _ when c.StartsWith("ID3"u8) || c is [0xFF, 0xFB or 0xF3 or 0xF2 or 0xFA, ..] => "audio/mpeg",
        _ => TextOf(c) is null ? null : "text/plain",
    };

    /// <summary>Films and recordings in boxes (ISO 14496-12): the boxes must fill the file, and one must tell what is in it.</summary>
    private static string? Brand(ReadOnlySpan<byte> c)
    {
        var (at, told) = (0L, false);
        while (at + 8 <= c.Length)
        {
            var size = (long)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(c[(int)at..]);
            told |= c[((int)at + 4)..].StartsWith("moov"u8) || c[((int)at + 4)..].StartsWith("moof"u8);
            size = size == 0 ? c.Length - at : size == 1 && at + 16 <= c.Length ? (long)System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(c[((int)at + 8)..]) : size;
            if (size < 8 || size > c.Length - at)
            {
                return null;
            }

            at += size;
        }

        if (!told || at != c.Length)
        {
            return null;
        }

        return c[8..12] switch
        {
            var b when b.StartsWith("M4A"u8) || b.StartsWith("M4B"u8) => "audio/mp4",
            var b when b.StartsWith("3g"u8) => "video/3gpp",
            var b when b.StartsWith("qt"u8) => "video/quicktime",
            var b when b.StartsWith("heic"u8) || b.StartsWith("mif1"u8) || b.StartsWith("avif"u8) => null,
            _ => "video/mp4",
        };
    }

    /// <summary>Whether somebody who opens it as something else finds something else: an archive at its end, a page or a program in it.</summary>
    private static bool HoldsAnother(ReadOnlySpan<byte> content, EvidenceType type)
    {
        if (EndsAsZip(content) || content.IndexOf("Rar!\u001a\u0007"u8) >= 0 || content.IndexOf((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C]) >= 0)
        {
            return true;
        }

        if (type.Kind == EvidenceKind.Document)
        {
            return Holds(content, ["/JavaScript", "/JS ", "/JS(", "/Launch", "/EmbeddedFile", "/RichMedia", "/XFA"]);
        }

        if (type.Kind == EvidenceKind.Text)
        {
            return false;
        }

        return content[..Math.Min(content.Length, 1024)].IndexOf("%PDF-"u8) >= 0 || Holds(content, ["<script", "<html", "<!doctype html", "<svg ", "<?php"]);
    }

    /// <summary>A zip is read from its end: its last record names its own place and the length of the comment behind it.</summary>
    private static bool EndsAsZip(ReadOnlySpan<byte> content)
    {
        var tail = content[^Math.Min(content.Length, 65_557)..];
        for (var at = tail.IndexOf("PK\u0005\u0006"u8); at >= 0 && at + 22 <= tail.Length;)
        {
            if (tail.Length - at - 22 == System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(tail[(at + 20)..]))
            {
                return true;
            }

            var next = tail[(at + 4)..].IndexOf("PK\u0005\u0006"u8);
            at = next < 0 ? -1 : at + 4 + next;
        }

        return false;
    }

    private static bool Holds(ReadOnlySpan<byte> content, ReadOnlySpan<string> words)
    {
        // ASCII only, in whatever case: bytes above 127 stay what they are and match nothing.
        var lower = new byte[content.Length];
        for (var i = 0; i < content.Length; i++)
        {
            lower[i] = content[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(content[i] + 32) : content[i];
        }

        foreach (var word in words)
        {
            if (lower.AsSpan().IndexOf(Encoding.ASCII.GetBytes(word.ToLowerInvariant())) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The words of a text in UTF-8 or GB18030; null for what is no text, or is one that a browser would run.</summary>
    /// <param name="content">The file.</param>
    public static string? TextOf(ReadOnlySpan<byte> content)
    {
        if (content.Length == 0 || content.Length > Longest[EvidenceKind.Text] || content.IndexOf((byte)0) >= 0)
        {
            return null;
        }

        foreach (var encoding in (Encoding[])[new UTF8Encoding(false, throwOnInvalidBytes: true), Gb18030])
        {
            try
            {
                var text = encoding.GetString(content).TrimStart('\uFEFF');
                if (!text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
                {
                    return text.TrimStart() is ['<', ..] ? null : text;
                }
            }
            catch (DecoderFallbackException)
            {
                // Not in this encoding.
            }
        }

        return null;
    }

    private static Encoding Gb18030
    {
        get
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            return Encoding.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
    }
}
