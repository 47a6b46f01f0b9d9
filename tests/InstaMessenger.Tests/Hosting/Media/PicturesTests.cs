using System.Buffers.Binary;
using System.Diagnostics;
using InstaMessenger.Hosting.Media;
using SkiaSharp;

namespace InstaMessenger.Tests.Hosting.Media;

public sealed class PicturesTests
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg, 4000, 1000, 320, 80)]
    [InlineData(SKEncodedImageFormat.Jpeg, 1000, 4000, 80, 320)]
    [InlineData(SKEncodedImageFormat.Png, 640, 640, 320, 320)]
    [InlineData(SKEncodedImageFormat.Webp, 960, 480, 320, 160)]
    [InlineData(SKEncodedImageFormat.Png, 100, 50, 100, 50)]
    [InlineData(SKEncodedImageFormat.Png, 2000, 1, 320, 1)]
    public void A_picture_becomes_small_and_keeps_its_shape(
        SKEncodedImageFormat format, int width, int height, int smallWidth, int smallHeight)
    {
        var picture = Encode(format, width, height);
        Pictures.SizeOf(picture.AsSpan(0, Math.Min(picture.Length, Pictures.HeadBytes))).ShouldBe((width, height));

        var small = Pictures.Thumbnail(picture, 320)!;

        MediaSignature.Of(small)!.MimeType.ShouldBe("image/jpeg");
        Pictures.SizeOf(small).ShouldBe((smallWidth, smallHeight));
    }

    [Fact]
    public void A_picture_that_says_it_has_a_thousand_million_pixels_is_refused_by_its_header()
    {
        var bomb = Encode(SKEncodedImageFormat.Png, 10, 10);
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(16), 40_000);
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(20), 40_000);
        BinaryPrimitives.WriteUInt32BigEndian(bomb.AsSpan(29), Crc(bomb.AsSpan(12, 17)));
        Pictures.SizeOf(bomb).ShouldBe((40_000, 40_000), "its header is well formed");
        var before = Peak();

        Pictures.Thumbnail(bomb, 320).ShouldBeNull();

        // Its pixels would take 6 GB, outside of the heap; what other tests take beside this one is far less.
        (Peak() - before).ShouldBeLessThan(3_000_000_000);

        static long Peak()
        {
            using var self = Process.GetCurrentProcess();
            return self.PeakVirtualMemorySize64;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("GIF89a")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>")]
    public void What_is_no_picture_has_neither_a_size_nor_a_small_one(string content)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);

        Pictures.SizeOf(bytes).ShouldBeNull();
        Pictures.Thumbnail(bytes, 320).ShouldBeNull();
    }

    [Fact]
    public void Bytes_that_are_spoilt_anywhere_make_no_error()
    {
        var random = new Random(1);
        foreach (var format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp])
        {
            var whole = Encode(format, 300, 200);
            for (var n = 0; n < 60; n++)
            {
                var spoilt = whole.AsSpan(0, random.Next(1, whole.Length)).ToArray();
                for (var flip = 0; flip < 5; flip++) spoilt[random.Next(spoilt.Length)] ^= (byte)random.Next(256);
                Should.NotThrow(() => Pictures.Thumbnail(spoilt, 320));
            }
        }
    }

    private static byte[] Encode(SKEncodedImageFormat format, int width, int height)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        surface.Canvas.Clear(SKColors.Teal);
        using var image = surface.Snapshot();
        using var data = image.Encode(format, 90);
        return data.ToArray();
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFF;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
