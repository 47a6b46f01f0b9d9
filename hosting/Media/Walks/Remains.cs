namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>
/// What stands behind the end of a file. Cameras put much there (a second picture, a film, their own notes), and it is left alone; a page,
/// a program or an archive makes the file another one for whoever reads it from there.
/// </summary>
internal sealed class Remains
{
    private const int Looked = 4096;

    private static readonly byte[][] Signs =
    [
        [.. "<html"u8], [.. "<script"u8], [.. "<svg"u8], [.. "<!doctype"u8], [.. "<?php"u8], [.. "<?xml"u8], [.. "<body"u8],
        [.. "<iframe"u8], [.. "pk\x03\x04"u8], [.. "rar!"u8], [(byte)'7', (byte)'z', 0xBC, 0xAF], [.. "%pdf-"u8], [0x7F, .. "elf"u8],
        [(byte)'m', (byte)'z', 0x90, 0x00],
    ];

    private readonly byte[] _first = new byte[Looked];
    private int _count;

    public bool IsAnotherFile => Array.Exists(Signs, sign => _first.AsSpan(0, _count).IndexOf(sign) >= 0);

    /// <summary>Keeps the first bytes, in lower case.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes[..Math.Min(bytes.Length, Looked - _count)])
            _first[_count++] = value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
    }
}
