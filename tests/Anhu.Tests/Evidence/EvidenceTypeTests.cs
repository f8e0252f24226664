using System.IO.Compression;
using System.Text;
using Anhu.Modules.Evidence;
using CsCheck;
using SkiaSharp;

namespace Anhu.Tests.Evidence;

/// <summary>What is taken, what is refused, and what is left of a picture.</summary>
[Trait("Store", "none")]
public sealed class EvidenceTypeTests
{
    [Fact]
    public void EachKind_IsToldByItsContent()
    {
        (byte[] Content, string Type)[] files =
        [
            (Photos.Draw(), "image/jpeg"), (Photos.Draw(format: SKEncodedImageFormat.Png), "image/png"), (Photos.Draw(format: SKEncodedImageFormat.Webp), "image/webp"),
            (Photos.Film(), "video/mp4"), (Photos.Film(brand: "M4A "), "audio/mp4"), (Photos.Film(brand: "3gp4"), "video/3gpp"), (Photos.Film(brand: "qt  "), "video/quicktime"),
            (Photos.Pdf(), "application/pdf"), ([.. "#!AMR\n"u8, .. Photos.Noise(50)], "audio/amr"), ([.. "OggS"u8, .. Photos.Noise(50)], "audio/ogg"), ([.. "ID3"u8, .. Photos.Noise(50)], "audio/mpeg"),
            ([.. "RIFF"u8, 1, 0, 0, 0, .. "WAVEfmt "u8], "audio/wav"), ("他说：今晚要杀了我。\r\n"u8.ToArray(), "text/plain"),
            (Gb18030.GetBytes("聊天记录：不许报警"), "text/plain"),
        ];
        foreach (var (content, type) in files)
        {
            Assert.Equal(type, EvidenceType.Of(content) is { IsOk: true } told ? told.Value.MediaType : EvidenceType.Of(content).Failure!.Code);
        }

        Assert.Equal("聊天记录：不许报警", EvidenceType.TextOf(Gb18030.GetBytes("聊天记录：不许报警")));
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "svg", "evidence.type" }, { "html", "evidence.type" }, { "html-with-mark", "evidence.type" }, { "exe", "evidence.type" }, { "zip", "evidence.type" }, { "nothing", "evidence.type" }, { "cut-film", "evidence.type" },
        { "jpeg-zip", "evidence.hostile" }, { "png-html", "evidence.hostile" }, { "jpeg-pdf", "evidence.hostile" }, { "film-php", "evidence.hostile" }, { "jpeg-rar", "evidence.hostile" },
        { "pdf-script", "evidence.hostile" }, { "pdf-file", "evidence.hostile" }, { "heic", "evidence.type" }, { "long-text", "evidence.type" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void WhatIsAnotherFile_OrDoesSomething_IsRefused(string name, string code) => Assert.Equal(code, EvidenceType.Of(Make(name)).Failure?.Code);

    [Fact]
    public void Pictures_AreDrawnUpright_WithoutAnythingElse()
    {
        var original = Photos.WithPlace(Photos.Draw(640, 480));
        Assert.Contains(Photos.Place, Encoding.Latin1.GetString(original), StringComparison.Ordinal);

        var made = PictureMaker.Make(original).Value;

        Assert.Equal((480, 640), (made.Width, made.Height));
        foreach (var shown in (byte[][])[made.Jpeg, made.Thumbnail])
        {
            var text = Encoding.Latin1.GetString(shown);
            Assert.DoesNotContain("Exif", text, StringComparison.Ordinal);
            Assert.DoesNotContain("117.2272", text, StringComparison.Ordinal);
            using var bitmap = SKBitmap.Decode(shown);
            Assert.True(bitmap.Height > bitmap.Width);

            // What was at the top left of the lying picture is at the top right once it is turned clockwise.
            Assert.True(bitmap.GetPixel(bitmap.Width - 5, 5).Red > 200 && bitmap.GetPixel(5, bitmap.Height / 4).Blue > 200);
        }
    }

    [Fact]
    public void EveryTurn_IsUndone()
    {
        // Where the red corner comes to lie.
        (ushort Orientation, bool Right, bool Bottom)[] turns = [(1, false, false), (2, true, false), (3, true, true), (4, false, true), (5, false, false), (6, true, false), (7, true, true), (8, false, true)];
        foreach (var (orientation, right, bottom) in turns)
        {
            using var bitmap = SKBitmap.Decode(PictureMaker.Make(Photos.WithPlace(Photos.Draw(80, 60), orientation)).Value.Jpeg);
            Assert.True(bitmap.GetPixel(right ? bitmap.Width - 4 : 3, bottom ? bitmap.Height - 4 : 3).Red > 200, $"{orientation}");
        }
    }

    [Fact]
    public void LargePictures_AreMadeSmaller_HugeAndBrokenOnesAreRefused()
    {
        using var large = SKBitmap.Decode(PictureMaker.Make(Photos.Draw(6000, 4000)).Value.Jpeg);
        Assert.Equal((1920, 1280), (large.Width, large.Height));

        // A bomb: few bytes, twenty-five thousand pixels each way.
        Assert.Equal("evidence.dimensions", PictureMaker.Make(Bomb(25_000)).Failure?.Code);
        var cut = Photos.Draw(640, 480);
        Assert.Equal("evidence.broken", PictureMaker.Make(cut[..(cut.Length / 2)]).Failure?.Code);
        Assert.Equal("evidence.broken", PictureMaker.Make([0xFF, 0xD8, 0xFF, .. Photos.Noise(500)]).Failure?.Code);
        var png = Photos.Draw(640, 480, SKEncodedImageFormat.Png);
        Assert.Equal("evidence.broken", PictureMaker.Make(png[..(png.Length / 2)]).Failure?.Code);
    }

    /// <summary>Whatever bytes come, they are told or refused, and no picture keeps words of its file.</summary>
    [Fact]
    public void AnyBytes_AreToldOrRefused() => (
        from kind in Gen.Int[0, 4]
        from changes in Gen.Select(Gen.Int[0, 3000], Gen.Byte).List[0, 12]
        from cut in Gen.Int[0, 4000]
        select (kind, changes, cut)).Sample(
        c =>
        {
            byte[] content = c.kind switch { 0 => Photos.WithPlace(Photos.Draw()), 1 => Photos.Draw(format: SKEncodedImageFormat.Png), 2 => Photos.Draw(format: SKEncodedImageFormat.Webp), 3 => Photos.Film(), _ => Photos.Pdf() };
            foreach (var (at, value) in c.changes.Where(x => x.Item1 < content.Length))
            {
                content[at] = value;
            }

            content = c.cut < content.Length ? content[..c.cut] : content;
            if (content.Length > 0 && EvidenceType.Of(content) is { IsOk: true, Value.Kind: EvidenceKind.Image } && PictureMaker.Make(content) is { IsOk: true } made)
            {
                Assert.DoesNotContain("117.2272", Encoding.Latin1.GetString(made.Value.Jpeg), StringComparison.Ordinal);
            }
        },
        iter: 400);

    private static Encoding Gb18030
    {
        get
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            return Encoding.GetEncoding("GB18030");
        }
    }

    internal static byte[] Make(string name) => name switch
    {
        "svg" => "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(),
        "html" => "<!DOCTYPE html><p>x"u8.ToArray(),
        "html-with-mark" => [0xEF, 0xBB, 0xBF, .. "  \n<html>"u8],
        "exe" => [.. "MZ"u8, .. Photos.Noise(200)],
        "zip" => Zip(),
        "nothing" => Photos.Noise(300),
        "cut-film" => Photos.Film()[..80],
        "heic" => Photos.Film(brand: "heic"),
        "jpeg-zip" => [.. Photos.Draw(), .. Zip()],
        "png-html" => [.. Photos.Draw(format: SKEncodedImageFormat.Png), .. "<SCRIPT src=x></script>"u8],
        "jpeg-pdf" => [.. Photos.Draw()[..2], 0xFF, 0xFE, 0, 12, .. "%PDF-1.4\n\n"u8, .. Photos.Draw()[2..]],
        "film-php" => [.. Photos.Film(0), 0, 0, 0, 20, .. "free<?php x();  "u8],
        "jpeg-rar" => [.. Photos.Draw(), .. "Rar!\u001a\u0007\u0001\u0000"u8],
        "pdf-script" => Photos.Pdf("/OpenAction<</S/JavaScript/JS (app.alert(1))>>"),
        "pdf-file" => Photos.Pdf("/Names<</EmbeddedFiles 2 0 R>>/EmbeddedFile"),
        "long-text" => Enumerable.Repeat((byte)'a', 6 * 1024 * 1024).ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static byte[] Zip()
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("x.txt").Open();
            entry.Write("x"u8);
        }

        return file.ToArray();
    }

    /// <summary>A PNG of one colour, written row by row so that making it takes no memory.</summary>
    private static byte[] Bomb(int side)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + ((side + 7) / 8)];
            for (var y = 0; y < side; y++)
            {
                zlib.Write(row);
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, .. "PNG\r\n\u001a\n"u8]);
        byte[] head = [.. Big(side), .. Big(side), 1, 0, 0, 0, 0];
        Chunk("IHDR", head);
        Chunk("IDAT", packed.ToArray());
        Chunk("IEND", []);
        return png.ToArray();

        void Chunk(string name, byte[] content)
        {
            byte[] named = [.. Encoding.ASCII.GetBytes(name), .. content];
            png.Write(Big(content.Length));
            png.Write(named);
            png.Write(Big((int)Crc(named)));
        }

        static byte[] Big(int value)
        {
            var bytes = new byte[4];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            return bytes;
        }

        static uint Crc(byte[] bytes)
        {
            var crc = uint.MaxValue;
            foreach (var b in bytes)
            {
                crc ^= b;
                for (var i = 0; i < 8; i++)
                {
                    crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
                }
            }

            return ~crc;
        }
    }
}
