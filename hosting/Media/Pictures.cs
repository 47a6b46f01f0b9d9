using SkiaSharp;

namespace InstaMessenger.Hosting.Media;

/// <summary>
/// Reads pictures that strangers sent. What would need too much memory is refused by its header, before anything is decoded.
/// </summary>
public static class Pictures
{
    /// <summary>So many first bytes hold the size of nearly every picture, also behind what a camera wrote about it.</summary>
    public const int HeadBytes = 64 * 1024;

    /// <summary>The most pixels that are decoded: a larger picture needs over 200 MB.</summary>
    public const long MostPixels = 50_000_000;

    private const int Quality = 80;

    /// <summary>The size of a picture as it is shown.</summary>
    /// <param name="head">Its first bytes, <see cref="HeadBytes"/> or all when there are fewer.</param>
    /// <returns>Pixels; null when it is no picture that can be read.</returns>
    public static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> head)
    {
        using var data = SKData.CreateCopy(head);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.Info.Width <= 0 || codec.Info.Height <= 0) return null;
        return IsTurned(codec.EncodedOrigin) ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
    }

    /// <summary>Makes a small JPEG of a picture; of several frames it shows the first.</summary>
    /// <param name="picture">The whole picture.</param>
    /// <param name="most">The longer side of the small one, in pixels. A picture that is smaller keeps its size.</param>
    /// <returns>The JPEG; null when the picture cannot be read or is too large to be.</returns>
    public static byte[]? Thumbnail(ReadOnlySpan<byte> picture, int most)
    {
        using var data = SKData.CreateCopy(picture);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.Info.Width <= 0 || codec.Info.Height <= 0) return null;
        if ((long)codec.Info.Width * codec.Info.Height > MostPixels) return null;
        var scale = Math.Min(1, (float)most / Math.Max(codec.Info.Width, codec.Info.Height));
        // A JPEG can be decoded at an eighth of its size and in steps up from there, which spares nearly all of the work.
        var decoded = codec.GetScaledDimensions(scale);
        using var bitmap = new SKBitmap(new SKImageInfo(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) is not (SKCodecResult.Success or SKCodecResult.IncompleteInput)) return null;
        var size = new SKSizeI(Math.Max(1, (int)(codec.Info.Width * scale)), Math.Max(1, (int)(codec.Info.Height * scale)));
        return Encode(bitmap, size, codec.EncodedOrigin);
    }

    private static byte[]? Encode(SKBitmap bitmap, SKSizeI size, SKEncodedOrigin origin)
    {
        var turned = IsTurned(origin);
        var (width, height) = turned ? (size.Height, size.Width) : (size.Width, size.Height);
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        if (surface is null) return null;
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Concat(Turn(origin, size));
        using var image = SKImage.FromBitmap(bitmap);
        surface.Canvas.DrawImage(
            image, SKRect.Create(size.Width, size.Height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var small = surface.Snapshot();
        using var jpeg = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return jpeg?.ToArray();
    }

    private static bool IsTurned(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>How a camera held the picture: what the file says must be done to see it upright.</summary>
    private static SKMatrix Turn(SKEncodedOrigin origin, SKSizeI size) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, size.Width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, size.Width, 0, -1, size.Height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, size.Height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, size.Height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, size.Height, -1, 0, size.Width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, size.Width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
