using System.Text;
using InstaMessenger.Hosting.Media;

namespace InstaMessenger.Tests.Hosting.Media;

public sealed class MediaSignatureTests
{
    [Theory]
    [InlineData("FF D8 FF E0", null, "image/jpeg")]
    [InlineData("89 'PNG' 0D 0A 1A 0A", null, "image/png")]
    [InlineData("'GIF89a'", null, "image/gif")]
    [InlineData("'RIFF' 00 00 00 00 'WEBP'", null, "image/webp")]
    [InlineData("'RIFF' 00 00 00 00 'WAVE'", null, "audio/wav")]
    [InlineData("'RIFF' 00 00 00 00 'AVI '", null, "video/x-msvideo")]
    [InlineData("00 00 00 18 'ftypisom'", null, "video/mp4")]
    [InlineData("00 00 00 18 'ftypisom'", "audio", "audio/mp4")]
    [InlineData("00 00 00 18 'ftypM4A '", "video", "audio/mp4")]
    [InlineData("00 00 00 18 'ftypqt  '", null, "video/quicktime")]
    [InlineData("00 00 00 18 'ftypheic'", "image", "image/heic")]
    [InlineData("00 00 00 18 'ftypavif'", "image", "image/avif")]
    [InlineData("1A 45 DF A3 00 'webm'", null, "video/webm")]
    [InlineData("'OggS' 00 80 'theora'", null, "video/ogg")]
    [InlineData("'OggS' 00 'OpusHead'", null, "audio/ogg")]
    [InlineData("FF F1 50", null, "audio/aac")]
    [InlineData("FF FB 90", null, "audio/mpeg")]
    [InlineData("'ID3' 04", null, "audio/mpeg")]
    [InlineData("'%PDF-1.7'", null, "application/pdf")]
    [InlineData("'<html>'", "image", null)]
    [InlineData("'<svg>'", "image", null)]
    [InlineData("'<?xml version=\"1.0\"?><svg/>'", "image", null)]
    [InlineData("' GIF89a'", "image", null)]
    [InlineData("'PK' 03 04", "image", null)]
    [InlineData("7F 'ELF'", null, null)]
    [InlineData("'RIFF'", null, null)]
    [InlineData("'RIFF' 00 00 00 00 'HTML'", "image", null)]
    [InlineData("1A 45 DF A3 00 'matroska'", "video", null)]
    [InlineData("FF FF", "image", "audio/mpeg")]
    [InlineData("FF", null, null)]
    [InlineData("", "image", null)]
    public void The_first_bytes_say_what_a_file_is(string head, string? declared, string? mimeType) =>
        (MediaSignature.Of(Bytes(head), declared)?.MimeType).ShouldBe(mimeType);

    /// <summary>Hex digits, and text in quotation marks.</summary>
    private static byte[] Bytes(string written)
    {
        var bytes = new List<byte>();
        for (var place = 0; place < written.Length;)
        {
            if (written[place] == ' ')
            {
                place++;
            }
            else if (written[place] == '\'')
            {
                var end = written.IndexOf('\'', place + 1);
                bytes.AddRange(Encoding.Latin1.GetBytes(written[(place + 1)..end]));
                place = end + 1;
            }
            else
            {
                bytes.Add(Convert.ToByte(written[place..(place + 2)], 16));
                place += 2;
            }
        }

        return [.. bytes];
    }
}
