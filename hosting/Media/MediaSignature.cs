using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Hosting.Media;

/// <summary>
/// Tells what a file is by its first bytes, and by nothing else: names and announced types are what somebody says. What is not in this list
/// (a page, a script, an SVG, an archive) has no type here.
/// </summary>
/// <param name="MediaType">One of <see cref="MediaTypes"/>.</param>
/// <param name="MimeType">As browsers call it.</param>
/// <param name="Extension">Without its dot.</param>
public sealed record MediaSignature(string MediaType, string MimeType, string Extension)
{
    /// <summary>Bytes that nobody knows, to be saved and never shown.</summary>
    public static readonly MediaSignature Unknown = new(MediaTypes.File, "application/octet-stream", "bin");

    private static readonly MediaSignature Jpeg = new(MediaTypes.Image, "image/jpeg", "jpg");
    private static readonly MediaSignature Png = new(MediaTypes.Image, "image/png", "png");
    private static readonly MediaSignature Gif = new(MediaTypes.Image, "image/gif", "gif");
    private static readonly MediaSignature WebP = new(MediaTypes.Image, "image/webp", "webp");
    private static readonly MediaSignature Heic = new(MediaTypes.Image, "image/heic", "heic");
    private static readonly MediaSignature Avif = new(MediaTypes.Image, "image/avif", "avif");
    private static readonly MediaSignature Mp4 = new(MediaTypes.Video, "video/mp4", "mp4");
    private static readonly MediaSignature Mov = new(MediaTypes.Video, "video/quicktime", "mov");
    private static readonly MediaSignature WebM = new(MediaTypes.Video, "video/webm", "webm");
    private static readonly MediaSignature Avi = new(MediaTypes.Video, "video/x-msvideo", "avi");
    private static readonly MediaSignature OggVideo = new(MediaTypes.Video, "video/ogg", "ogv");
    private static readonly MediaSignature OggAudio = new(MediaTypes.Audio, "audio/ogg", "ogg");
    private static readonly MediaSignature M4A = new(MediaTypes.Audio, "audio/mp4", "m4a");
    private static readonly MediaSignature Wav = new(MediaTypes.Audio, "audio/wav", "wav");
    private static readonly MediaSignature Aac = new(MediaTypes.Audio, "audio/aac", "aac");
    private static readonly MediaSignature Mp3 = new(MediaTypes.Audio, "audio/mpeg", "mp3");
    private static readonly MediaSignature Pdf = new(MediaTypes.File, "application/pdf", "pdf");

    private static readonly MediaSignature[] All =
        [Jpeg, Png, Gif, WebP, Heic, Avif, Mp4, Mov, WebM, Avi, OggVideo, OggAudio, M4A, Wav, Aac, Mp3, Pdf, Unknown];

    private static readonly Dictionary<string, string> Extensions = All.ToDictionary(type => type.MimeType, type => type.Extension);
    private static readonly Dictionary<string, string> MimeTypes = All.ToDictionary(type => type.Extension, type => type.MimeType);

    /// <summary>Other names under which browsers and programs announce a type.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["image/jpg"] = "image/jpeg", ["image/pjpeg"] = "image/jpeg", ["image/x-png"] = "image/png",
        ["video/x-m4v"] = "video/mp4", ["video/m4v"] = "video/mp4", ["application/mp4"] = "video/mp4",
        ["video/avi"] = "video/x-msvideo", ["video/msvideo"] = "video/x-msvideo", ["application/ogg"] = "video/ogg",
        ["audio/x-m4a"] = "audio/mp4", ["audio/m4a"] = "audio/mp4",
        ["audio/x-wav"] = "audio/wav", ["audio/wave"] = "audio/wav", ["audio/vnd.wave"] = "audio/wav",
        ["audio/x-aac"] = "audio/aac", ["audio/aacp"] = "audio/aac", ["application/x-pdf"] = "application/pdf",
    };

    /// <summary>What Instagram takes (Send API, "Media specifications").</summary>
    private static readonly MediaSignature[] Sendable = [Jpeg, Png, Gif, Mp4, OggVideo, Avi, Mov, WebM, Aac, M4A, Wav, Pdf];

    /// <summary>Whether Instagram takes files of the type.</summary>
    public bool IsSendable => Sendable.Contains(this);

    /// <summary>The extension of files of a type.</summary>
    /// <param name="mimeType">One that was found here; any other is unknown bytes.</param>
    /// <returns>Without its dot.</returns>
    public static string ExtensionOf(string mimeType) => Extensions.GetValueOrDefault(mimeType, Unknown.Extension);

    /// <summary>The type of files with an extension.</summary>
    /// <param name="extension">One that <see cref="ExtensionOf"/> gave, without its dot.</param>
    /// <returns>As browsers call it; null for any other.</returns>
    public static string? MimeTypeOf(string extension) => MimeTypes.GetValueOrDefault(extension);

    /// <summary>Whether a file of this type may be announced so.</summary>
    /// <param name="mimeType">What somebody says that it is; nothing, and <c>application/octet-stream</c>, say nothing.</param>
    /// <returns>False when it says something else.</returns>
    public bool Is(string? mimeType) =>
        mimeType is null or "" || Unknown.MimeType.Equals(mimeType, StringComparison.OrdinalIgnoreCase)
        || MimeType.Equals(Aliases.GetValueOrDefault(mimeType, mimeType), StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the first bytes.</summary>
    /// <param name="head">The first bytes: 512, which are enough for every type, or more; all when there are fewer.</param>
    /// <param name="declared">
    /// What the file was said to be. It counts only where the bytes leave a choice: an MP4 may hold sound alone. Null for nothing.
    /// </param>
    /// <returns>What it is; null when it is nothing of the list.</returns>
    public static MediaSignature? Of(ReadOnlySpan<byte> head, string? declared = null)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Jpeg;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return Png;
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)) return Gif;
        if (head.StartsWith("%PDF-"u8)) return Pdf;
        if (head.StartsWith("RIFF"u8) && head.Length >= 12) return OfRiff(head[8..12]);
        if (head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8)) return OfBrand(head[8..12], declared);
        if (head.StartsWith("OggS"u8)) return head.IndexOf("theora"u8) >= 0 ? OggVideo : OggAudio;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return head[..Math.Min(head.Length, 64)].IndexOf("webm"u8) >= 0 ? WebM : null;
        if (head.StartsWith("ID3"u8)) return Mp3;
        return head.Length >= 2 && head[0] == 0xFF ? OfFrame(head[1]) : null;
    }

    private static MediaSignature? OfRiff(ReadOnlySpan<byte> form) =>
        form.SequenceEqual("WEBP"u8) ? WebP : form.SequenceEqual("WAVE"u8) ? Wav : form.SequenceEqual("AVI "u8) ? Avi : null;

    private static MediaSignature OfBrand(ReadOnlySpan<byte> brand, string? declared)
    {
        if (brand.SequenceEqual("M4A "u8) || brand.SequenceEqual("M4B "u8)) return M4A;
        if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8)) return Avif;
        if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8))
            return Heic;
        if (declared == MediaTypes.Audio) return M4A;
        return brand.SequenceEqual("qt  "u8) ? Mov : Mp4;
    }

    /// <summary>The second byte of a frame of MPEG sound: its layer is 0 in AAC alone.</summary>
    private static MediaSignature? OfFrame(byte second) =>
        (second & 0xF6) == 0xF0 ? Aac : (second & 0xE0) == 0xE0 && (second & 0x06) != 0 ? Mp3 : null;
}
