using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Anhu.Common;
using Anhu.Modules.Evidence;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;

namespace Anhu.Tests.Evidence;

/// <summary>Pictures drawn by code, as phones send them, and worse.</summary>
internal static class Photos
{
    public const string Place = "31.8206N,117.2272E somebody's phone";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A picture: red at the top left, blue elsewhere.</summary>
    public static byte[] Draw(int width = 64, int height = 48, SKEncodedImageFormat format = SKEncodedImageFormat.Jpeg, int seed = 0)
    {
        using var bitmap = new SKBitmap(width, height);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(new SKColor(0, 0, 255, 255));
            using var red = new SKPaint { Color = new SKColor(255, 0, (byte)seed) };
            canvas.DrawRect(0, 0, width / 2, height / 2, red);
            using var dot = new SKPaint { Color = new SKColor((byte)(seed * 37), 90, 40) };
            canvas.DrawRect(width - 9, height - 9, 8, 8, dot);
        }

        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }

    /// <summary>As a phone held upright makes it: lying, with the turn, the place and the device in its metadata.</summary>
    public static byte[] WithPlace(byte[] jpeg, ushort orientation = 6)
    {
        var text = Encoding.ASCII.GetBytes(Place + "\0");
        var tiff = new byte[8 + 2 + (3 * 12) + 4 + text.Length + 2 + 12 + 4];
        Encoding.ASCII.GetBytes("II*\0").CopyTo(tiff, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(tiff.AsSpan(4), 8);
        BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(8), 3);
        var after = 8 + 2 + (3 * 12) + 4;
        Entry(10, 0x010E, 2, (uint)text.Length, (uint)after);
        Entry(22, 0x0112, 3, 1, orientation);
        Entry(34, 0x8825, 4, 1, (uint)(after + text.Length));
        text.CopyTo(tiff, after);
        BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(after + text.Length), 1);
        Entry(after + text.Length + 2, 1, 2, 2, 'N');
        byte[] head = [0xFF, 0xE1, 0, 0, .. "Exif\0\0"u8];
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)(2 + 6 + tiff.Length));
        return [.. jpeg[..2], .. head, .. tiff, .. jpeg[2..]];

        void Entry(int at, ushort tag, ushort type, uint count, uint value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(at), tag);
            BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(at + 2), type);
            BinaryPrimitives.WriteUInt32LittleEndian(tiff.AsSpan(at + 4), count);
            BinaryPrimitives.WriteUInt32LittleEndian(tiff.AsSpan(at + 8), value);
        }
    }

    /// <summary>A film of nothing: boxes that fill the file.</summary>
    public static byte[] Film(int bytes = 200, string brand = "isom") => [.. Box("ftyp", [.. Encoding.ASCII.GetBytes(brand), 0, 0, 2, 0]), .. Box("moov", new byte[32]), .. Box("mdat", Noise(bytes))];

    /// <summary>A PDF of one empty page.</summary>
    public static byte[] Pdf(string more = "") => Encoding.ASCII.GetBytes($"%PDF-1.4\n1 0 obj<</Type/Catalog{more}>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

    /// <summary>Bytes without meaning, the same each time.</summary>
    public static byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        new Random(7).NextBytes(noise);
        return noise;
    }

    /// <summary>Announces a file, of a duty or of a case.</summary>
    public static BeginEvidence Of(byte[] content, Guid? caseId, Guid? dutyId, string item = "injury-photos", DateTimeOffset? madeAt = null) => new()
    {
        Id = Guid.CreateVersion7(), CaseId = caseId, DutyId = dutyId, Item = item, MadeAt = madeAt ?? new DateTimeOffset(2026, 3, 1, 20, 0, 0, TimeSpan.Zero), Length = content.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
    };

    /// <summary>Sends a whole file.</summary>
    public static async Task<Result<EvidenceProgress>> SendAsync(AnhuFixture app, Caller caller, byte[] content, BeginEvidence command)
    {
        var handler = app.Services.GetRequiredService<ReceiveEvidenceHandler>();
        var begun = await handler.BeginAsync(command, caller, Ct);
        foreach (var part in begun.IsOk ? begun.Value.Missing : [])
        {
            Assert.True((await handler.PartAsync(command.Id, part, Part(content, part), caller, Ct)).IsOk);
        }

        return begun.IsOk ? await handler.FinishAsync(command.Id, caller, Ct) : begun;
    }

    /// <summary>A photo that is kept.</summary>
    public static async Task<EvidenceProgress> KeptAsync(AnhuFixture app, Caller caller, Guid? caseId, Guid? dutyId, string item = "injury-photos", DateTimeOffset? madeAt = null, int seed = 0)
    {
        var content = Draw(seed: seed);
        var kept = await SendAsync(app, caller, content, Of(content, caseId, dutyId, item, madeAt ?? app.Clock.GetUtcNow()));
        Assert.True(kept.IsOk, kept.Failure?.Code);
        return kept.Value;
    }

    /// <summary>A part of a file.</summary>
    public static ReadOnlyMemory<byte> Part(byte[] content, int part) =>
        content.AsMemory(part * ReceiveEvidenceHandler.PartSize, Math.Min(ReceiveEvidenceHandler.PartSize, content.Length - (part * ReceiveEvidenceHandler.PartSize)));

    private static byte[] Box(string name, byte[] content)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, 8 + content.Length);
        return [.. size, .. Encoding.ASCII.GetBytes(name), .. content];
    }
}
