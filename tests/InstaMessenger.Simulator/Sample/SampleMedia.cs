using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Customers;

namespace InstaMessenger.Simulator.Sample;

/// <summary>The files of the sample conversations, made here: pictures of several shapes, a recording, a document.</summary>
internal static class SampleMedia
{
    public static void PutInto(Cdn cdn, IReadOnlyList<Customer> people)
    {
        foreach (var (customer, n) in people.Select((customer, n) => (customer, n)))
            cdn.Put($"avatar-{customer.Igsid}.png", Picture(96, 96, n * 47), "image/png");
        cdn.Put("lamp.png", Picture(600, 800, 30), "image/png");
        cdn.Put("one.png", Picture(800, 600, 200), "image/png");
        cdn.Put("two.png", Picture(800, 800, 120), "image/png");
        cdn.Put("story.png", Picture(540, 960, 300), "image/png");
        cdn.Put("post.png", Picture(800, 800, 80), "image/png");
        cdn.Put("voice.wav", Recording(), "audio/wav");
        cdn.Put("order.pdf", Document("Order 4711: one jacket, blue, M"), "application/pdf");
    }

    /// <summary>A sun over a slope, in shades of one hue (0 to 360).</summary>
    private static byte[] Picture(int width, int height, int hue)
    {
        var pixels = new byte[height * ((width * 3) + 1)];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (dx, dy) = (x - (width * 0.65), y - (height * 0.35));
                var isSun = (dx * dx) + (dy * dy) < width * height * 0.02;
                var isSlope = y > height - (x * 0.4 * height / width) - (height * 0.15);
                var light = isSun ? 0.92 : isSlope ? 0.38 : 0.55 + (0.3 * y / height);
                var at = (y * ((width * 3) + 1)) + 1 + (x * 3);
                for (var channel = 0; channel < 3; channel++)
                {
                    var wave = Math.Cos((hue - (channel * 120)) * Math.PI / 180);
                    pixels[at + channel] = (byte)Math.Clamp(255 * (light + (0.18 * wave)), 0, 255);
                }
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, 2);
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zip.Write(pixels);
        Chunk(png, "IHDR"u8, head);
        Chunk(png, "IDAT"u8, packed.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void Chunk(Stream png, ReadOnlySpan<byte> name, byte[] content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        byte[] named = [.. name, .. content];
        png.Write(named);
        var crc = 0xFFFFFFFFu;
        foreach (var one in named)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
        }

        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        png.Write(number);
    }

    /// <summary>Three seconds of a tune: WAV, 8,000 samples a second, 16 bits.</summary>
    private static byte[] Recording()
    {
        const int Rate = 8_000;
        double[] tune = [392, 440, 494, 587, 494, 440];
        var samples = new byte[Rate * tune.Length];
        for (var n = 0; n < samples.Length / 2; n++)
        {
            var (note, into) = (n / (Rate / 2), n % (Rate / 2));
            var loud = 9_000 * Math.Exp(-into / 1_500.0);
            BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(n * 2), (short)(loud * Math.Sin(2 * Math.PI * tune[note] * n / Rate)));
        }

        using var wav = new MemoryStream();
        using var writer = new BinaryWriter(wav);
        writer.Write("RIFF"u8);
        writer.Write(36 + samples.Length);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(Rate);
        writer.Write(Rate * 2);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(samples.Length);
        writer.Write(samples);
        return wav.ToArray();
    }

    /// <summary>A page with one line.</summary>
    private static byte[] Document(string line)
    {
        var content = $"BT /F1 18 Tf 72 720 Td ({line}) Tj ET";
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            $"<< /Length {content.Length} >>\nstream\n{content}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ];
        var pdf = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        for (var n = 0; n < objects.Length; n++)
        {
            places.Add(pdf.Length);
            pdf.Append($"{n + 1} 0 obj\n{objects[n]}\nendobj\n");
        }

        var table = pdf.Length;
        pdf.Append($"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var place in places) pdf.Append($"{place:D10} 00000 n \n");
        pdf.Append($"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }
}
