using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SkiaSharp;

namespace InstaMessenger.Tests.Shared;

/// <summary>Small whole files of each type, no two alike, and what strangers make of them.</summary>
internal static class MediaSamples
{
    public static byte[] Jpeg(int width = 40, int height = 30) => Picture(SKEncodedImageFormat.Jpeg, width, height);

    public static byte[] Png(int width = 40, int height = 30) => Picture(SKEncodedImageFormat.Png, width, height);

    /// <summary>One pixel, with a comment of its own.</summary>
    public static byte[] Gif() =>
    [
        .. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF,
        0x21, 0xFE, 16, .. RandomNumberGenerator.GetBytes(16), 0,
        0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
    ];

    public static byte[] Mp4(int size = 2000, string brand = "isom") =>
        [.. Box("ftyp", [.. Encoding.ASCII.GetBytes(brand), 0, 0, 0, 0]), .. Box("moov", Noise(60)), .. Box("mdat", Noise(size))];

    public static byte[] Wav() => Riff("WAVE", [.. "fmt "u8, 16, 0, 0, 0, .. new byte[16], .. "data"u8, 0xC8, 0, 0, 0, .. Noise(200)]);

    public static byte[] Avi() => Riff("AVI ", [.. "LIST"u8, 0xC8, 0, 0, 0, .. Noise(200)]);

    public static byte[] WebM() => [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x84, .. "webm"u8, .. Noise(600)];

    public static byte[] Ogg() => [.. "OggS"u8, .. new byte[24], 0x80, .. "theora"u8, .. Noise(600)];

    public static byte[] Aac() => [0xFF, 0xF1, .. Noise(600)];

    public static byte[] Pdf(int size = 500) =>
        [.. "%PDF-1.4\n1 0 obj<<>>endobj\n%"u8, .. Noise(size), .. "\ntrailer<<>>\nstartxref\n9\n%%EOF\n"u8];

    /// <summary>The head of a PNG whose pixels would fill the memory, with a few bytes for all of them.</summary>
    public static byte[] Bomb(int side)
    {
        var png = Png();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), side);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), side);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc(png.AsSpan(12, 17)));
        return png;
    }

    private static byte[] Picture(SKEncodedImageFormat format, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        foreach (var (x, value) in RandomNumberGenerator.GetBytes(width).Index()) bitmap.SetPixel(x, 0, new SKColor(value, 0, (byte)x));
        using var data = bitmap.Encode(format, 80);
        return data.ToArray();
    }

    private static byte[] Box(string name, byte[] content)
    {
        byte[] box = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(name), .. content];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        return box;
    }

    private static byte[] Riff(string form, byte[] content)
    {
        byte[] riff = [.. "RIFF"u8, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(form), .. content];
        BinaryPrimitives.WriteInt32LittleEndian(riff.AsSpan(4), riff.Length - 8);
        return riff;
    }

    /// <summary>Bytes of no meaning; no byte of them begins a line or a word of a format.</summary>
    private static byte[] Noise(int count) => Array.ConvertAll(RandomNumberGenerator.GetBytes(count), value => (byte)(value & 0x0F));

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
