using Anhu.Common;
using SkiaSharp;

namespace Anhu.Modules.Evidence;

/// <summary>A picture drawn anew: nothing of the file but what is to be seen is left.</summary>
/// <param name="Jpeg">For looking at.</param>
/// <param name="Thumbnail">For lists.</param>
/// <param name="Width">Pixels across of the original, as it is to be held.</param>
/// <param name="Height">Pixels down.</param>
public sealed record MadePicture(byte[] Jpeg, byte[] Thumbnail, int Width, int Height);

/// <summary>
/// Draws pictures anew, upright and small enough for a screen: place, device, owner and whatever else stood in the file stays behind. One at a time, since a
/// picture takes its pixels' room in memory.
/// </summary>
public static class PictureMaker
{
    /// <summary>Pixels of the longer side of a copy, at most.</summary>
    public const int LongSide = 1920;

    /// <summary>Pixels that a JPEG may have: the largest that phones make by themselves.</summary>
    public const long MostPixels = 64_000_000;

    /// <summary>Pixels that others may have; they can't be drawn smaller while they are read.</summary>
    public const long MostPixelsUnscaled = 40_000_000;

    private const int ThumbnailSide = 240;
    private const int MostScans = 200;
    private const int Quality = 85;
    private const int ThumbnailQuality = 72;

    /// <summary>Draws a picture anew.</summary>
    /// <param name="content">The file.</param>
    public static Result<MadePicture> Make(byte[] content)
    {
        using var data = SKData.CreateCopy(content);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.Info is not { Width: > 0, Height: > 0 } info)
        {
            return EvidenceFailures.Broken;
        }

        var isJpeg = codec.EncodedFormat == SKEncodedImageFormat.Jpeg;
        var most = isJpeg ? MostPixels : MostPixelsUnscaled;
        if ((long)info.Width * info.Height > most)
        {
            return EvidenceFailures.Dimensions(most);
        }

        // A small file can ask for thousands of passes over a large picture.
        if (isJpeg && Scans(content) > MostScans)
        {
            return EvidenceFailures.Hostile;
        }

        var size = isJpeg ? codec.GetScaledDimensions(Math.Min(1f, 2f * LongSide / Math.Max(info.Width, info.Height))) : info.Size;
        using var colours = SKColorSpace.CreateSrgb();
        using var read = new SKBitmap();
        if (!read.TryAllocPixels(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul, colours)) || codec.GetPixels(read.Info, read.GetPixels()) != SKCodecResult.Success)
        {
            return EvidenceFailures.Broken;
        }

        using var image = SKImage.FromBitmap(read);
        var origin = codec.EncodedOrigin;
        var turned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        return new MadePicture(
            Draw(image, origin, turned, LongSide, Quality), Draw(image, origin, turned, ThumbnailSide, ThumbnailQuality), turned ? info.Height : info.Width, turned ? info.Width : info.Height);
    }

    private static byte[] Draw(SKImage image, SKEncodedOrigin origin, bool turned, int longSide, int quality)
    {
        var scale = Math.Min(1f, (float)longSide / Math.Max(image.Width, image.Height));
        var (w, h) = (Math.Max(1, (int)MathF.Round(image.Width * scale)), Math.Max(1, (int)MathF.Round(image.Height * scale)));
        using var bitmap = new SKBitmap(new SKImageInfo(turned ? h : w, turned ? w : h, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            canvas.SetMatrix(origin switch
            {
                SKEncodedOrigin.TopRight => Matrix(-1, 0, w, 0, 1, 0),
                SKEncodedOrigin.BottomRight => Matrix(-1, 0, w, 0, -1, h),
                SKEncodedOrigin.BottomLeft => Matrix(1, 0, 0, 0, -1, h),
                SKEncodedOrigin.LeftTop => Matrix(0, 1, 0, 1, 0, 0),
                SKEncodedOrigin.RightTop => Matrix(0, -1, h, 1, 0, 0),
                SKEncodedOrigin.RightBottom => Matrix(0, -1, h, -1, 0, w),
                SKEncodedOrigin.LeftBottom => Matrix(0, 1, 0, -1, 0, w),
                _ => SKMatrix.Identity,
            });
            canvas.DrawImage(image, new SKRect(0, 0, w, h), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }

        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return jpeg.ToArray();
    }

    private static SKMatrix Matrix(float a, float b, float c, float d, float e, float f) => new(a, b, c, d, e, f, 0, 0, 1);

    /// <summary>Passes of a JPEG; within the picture's data the mark can't occur.</summary>
    private static int Scans(ReadOnlySpan<byte> content)
    {
        var scans = 0;
        for (var at = content.IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]); at >= 0; scans++)
        {
            content = content[(at + 2)..];
            at = content.IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        }

        return scans;
    }
}
